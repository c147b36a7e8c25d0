"""A series of lectures, who comes, what is shown, asked and learnt."""

from equipoise.web.lectures.models.learning import Certificate, Feedback, QuizAttempt, QuizItem
from equipoise.web.lectures.models.lecture import DateProposal, JoinLink, Lecture, Series
from equipoise.web.lectures.models.material import Caption, Material, Place
from equipoise.web.lectures.models.presence import Attendance, Registration
from equipoise.web.lectures.models.talk import AudienceQuestion, Vote

__all__ = [
    "Attendance",
    "AudienceQuestion",
    "Caption",
    "Certificate",
    "DateProposal",
    "Feedback",
    "JoinLink",
    "Lecture",
    "Material",
    "Place",
    "QuizAttempt",
    "QuizItem",
    "Registration",
    "Series",
    "Vote",
]
