"""Addresses of the room of notices."""

from django.urls import path

from equipoise.web.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.index, name="list"),
    path("read/", views.read_all, name="read_all"),
    path("<int:number>/read/", views.read, name="read"),
]
