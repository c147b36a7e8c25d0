"""The room of programme."""

from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "equipoise.web.programme"
    label = "programme"
