from django.urls import path

from equipoise.web.designs import exports, stories, views

app_name = "designs"
urlpatterns = [
    path("questions/<int:pk>/search/", views.start, name="start"),
    path("searches/", views.index, name="list"),
    path("searches/<int:pk>/", views.detail, name="detail"),
    path("searches/<int:pk>/progress/", views.progress, name="progress"),
    path("searches/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("searches/<int:pk>/charts/<slug:name>.json", exports.chart_json, name="chart"),
    path("searches/<int:pk>/charts/<slug:name>.svg", exports.chart_svg, name="picture"),
    path("searches/<int:pk>/designs/<slug:design>/trial/", stories.page, name="story"),
    path("searches/<int:pk>/designs/<slug:design>/trial/<slug:name>.<slug:kind>", stories.chart, name="story-chart"),
    path("searches/<int:pk>/result.json", exports.result_json, name="json"),
    path("searches/<int:pk>/candidates.csv", exports.table_csv, name="csv"),
]
