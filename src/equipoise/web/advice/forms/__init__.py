"""The forms of a consultation."""

from equipoise.web.advice.forms.advice import AdviceForm, PointRows
from equipoise.web.advice.forms.answers import AnswerForm, ReasonForm, ReopenForm
from equipoise.web.advice.forms.request import RequestForm, data_of, say_what_lacks
from equipoise.web.advice.forms.triage import AssignForm, DecideForm, FilterForm, ScheduleForm

__all__ = [
    "AdviceForm",
    "AnswerForm",
    "AssignForm",
    "DecideForm",
    "FilterForm",
    "PointRows",
    "ReasonForm",
    "ReopenForm",
    "RequestForm",
    "ScheduleForm",
    "data_of",
    "say_what_lacks",
]
