"""Every view of consultations for every reader. The case is assigned unless a row names another."""

SEE = {"requester": 200, "colleague": 200, "coordinator": 200, "partner": 200, "adviser": 200, "second": 404, "third": 404, "auditor": 200,
       "bystander": 404, "outsider": 404, "conflicted": 404, "visitor": 302}  # fmt: skip
CLOSED = SEE | dict.fromkeys(("requester", "colleague", "coordinator", "partner", "adviser", "auditor"), 403)
TRIAGE = CLOSED | {"coordinator": 200, "partner": 200}
DECIDE = CLOSED | {"coordinator": 302, "partner": 302}
ADVISE = CLOSED | {"adviser": 200}
TEAM = CLOSED | {"requester": 302, "colleague": 302}
DRAFT = dict.fromkeys(SEE, 404) | {"requester": 200, "colleague": 200, "visitor": 302}
LIST = dict.fromkeys(SEE, 200) | {"outsider": 403, "visitor": 302}
ASK = LIST | {"auditor": 403}

VIEWS = [
    ("advice:list", (), "get", LIST),
    ("advice:new", (), "get", ASK),
    ("advice:colleagues", (), "get", ASK),
    ("advice:detail", ("case",), "get", SEE),
    ("advice:detail", ("draft",), "get", DRAFT),
    ("advice:file", ("case", "file"), "get", SEE),
    ("advice:edit", ("case",), "get", CLOSED),
    ("advice:edit", ("draft",), "get", DRAFT),
    ("advice:submit", ("draft",), "post", DRAFT | {"requester": 302, "colleague": 302}),
    ("advice:detach", ("draft", "draft_file"), "post", DRAFT | {"requester": 302, "colleague": 302}),
    ("advice:withdraw", ("draft",), "post", DRAFT | {"requester": 302, "colleague": 302}),
    ("advice:withdraw", ("case",), "post", TEAM),
    ("advice:triage", ("case",), "get", TRIAGE),
    ("advice:decide", ("case",), "post", TRIAGE | {"coordinator": 422, "partner": 422}),
    ("advice:schedule", ("case",), "post", TRIAGE | {"coordinator": 422, "partner": 422}),
    ("advice:assign", ("case",), "post", DECIDE),
    ("advice:release", ("case",), "post", DECIDE),
    ("advice:advise", ("case",), "get", ADVISE),
    ("advice:step-aside", ("case",), "post", ADVISE | {"adviser": 422}),
    ("advice:answer", ("advised", "point"), "post", CLOSED | {"requester": 422, "colleague": 422}),
    ("advice:reopen-recommendation", ("advised", "point"), "post", CLOSED | {"requester": 422, "colleague": 422}),
    ("advice:reopen", ("advised",), "post",
     CLOSED | {"requester": 422, "colleague": 422, "coordinator": 422, "partner": 422}),
]  # fmt: skip
