"""What can happen to a consultation: it is asked for, triaged, advised on and answered."""

from equipoise.web.advice.actions.advice import (
    answer_recommendation,
    keep_draft,
    reopen_case,
    reopen_recommendation,
    sign_advice,
)
from equipoise.web.advice.actions.request import (
    MOST_FILES,
    attach,
    detach,
    drop_or_withdraw,
    save_request,
    submit,
)
from equipoise.web.advice.actions.triage import (
    accept,
    ask_back,
    assign,
    decline,
    hand_back,
    release_second,
    reschedule,
    step_aside,
)

__all__ = [
    "MOST_FILES",
    "accept",
    "answer_recommendation",
    "ask_back",
    "assign",
    "attach",
    "decline",
    "detach",
    "drop_or_withdraw",
    "hand_back",
    "keep_draft",
    "release_second",
    "reopen_case",
    "reopen_recommendation",
    "reschedule",
    "save_request",
    "sign_advice",
    "step_aside",
    "submit",
]
