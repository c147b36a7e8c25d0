"""Addresses of the room of advice."""

from django.urls import path  # noqa: F401

app_name = "advice"
urlpatterns = []
