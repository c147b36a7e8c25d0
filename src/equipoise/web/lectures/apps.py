"""The room of lectures."""

from django.apps import AppConfig


class LecturesConfig(AppConfig):
    name = "equipoise.web.lectures"
    label = "lectures"
