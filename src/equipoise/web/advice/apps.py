"""The room of advice."""

from django.apps import AppConfig


class AdviceConfig(AppConfig):
    name = "equipoise.web.advice"
    label = "advice"
