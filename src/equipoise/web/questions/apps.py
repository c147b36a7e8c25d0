"""The room of questions."""

from django.apps import AppConfig


class QuestionsConfig(AppConfig):
    name = "equipoise.web.questions"
    label = "questions"
