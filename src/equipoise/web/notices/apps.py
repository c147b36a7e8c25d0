"""The room of notices."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "equipoise.web.notices"
    label = "notices"
