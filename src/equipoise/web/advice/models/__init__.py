"""The board, its clinics, consultations, and the advice that came of them."""

from equipoise.web.advice.models.advice import Advice, AdviceDraft, Recommendation
from equipoise.web.advice.models.board import BoardMember, Clinic, Conflict, Session
from equipoise.web.advice.models.consultation import Attachment, Consultation, Event
from equipoise.web.advice.models.vote import Ballot, BoardVote

__all__ = [
    "Advice",
    "AdviceDraft",
    "Attachment",
    "Ballot",
    "BoardMember",
    "BoardVote",
    "Clinic",
    "Conflict",
    "Consultation",
    "Event",
    "Recommendation",
    "Session",
]
