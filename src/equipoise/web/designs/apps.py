"""The room of searches."""

from django.apps import AppConfig


class DesignsConfig(AppConfig):
    name = "equipoise.web.designs"
    label = "designs"
