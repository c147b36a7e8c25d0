"""Addresses of the room of lectures."""

from django.urls import path  # noqa: F401

app_name = "lectures"
urlpatterns = []
