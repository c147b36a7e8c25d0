from django.urls import path

from equipoise.web.questions import views

app_name = "questions"
urlpatterns = [
    path("", views.index, name="list"),
    path("new/", views.new, name="new"),
    path("upload/", views.upload, name="upload"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/share/", views.share, name="share"),
    path("<int:pk>/versions/<int:version>/", views.detail, name="version"),
    path("<int:pk>/question.toml", views.download, name="download"),
    path("<int:pk>/edit/scenarios/", views.scenarios, name="scenarios"),
    path("<int:pk>/edit/check/", views.check, name="check"),
    path("<int:pk>/edit/<slug:name>/", views.edit, name="edit"),
]
