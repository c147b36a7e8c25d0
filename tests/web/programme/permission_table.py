"""Who may enter which view of the programme: an investigator, the contact, a coordinator, an auditor, the partner's
coordinator, someone from elsewhere, a visitor. Growth is that of the investigator."""

READ = {
    "member": 200,
    "contact": 200,
    "coordinator": 200,
    "auditor": 200,
    "partner": 200,
    "outsider": 404,
    "visitor": 302,
}
LIST = dict.fromkeys(READ, 302) | {"outsider": 403}  # the only programme opens at once
CHANGE = READ | {"member": 403, "contact": 403, "auditor": 403}
POST = CHANGE | {"coordinator": 302, "partner": 302}
PAPER = READ | {"member": 404}
REMOVE = POST | {"member": 404}
COHORT = READ | {"member": 403, "contact": 403}
REPORT = COHORT | {"member": 404, "contact": 404}
AGAIN = REPORT | {"coordinator": 302, "auditor": 403, "partner": 302}
GROWTH = {
    "member": 200,
    "contact": 403,
    "coordinator": 200,
    "auditor": 200,
    "partner": 200,
    "outsider": 404,
    "visitor": 302,
}
VIEWS = [
    ("programme:list", (), "get", LIST),
    ("programme:detail", ("programme",), "get", READ),
    ("programme:edit", ("programme",), "get", CHANGE),
    ("programme:add_document", ("programme",), "post", CHANGE | {"coordinator": 422, "partner": 422}),
    ("programme:document", ("document",), "get", PAPER),
    ("programme:remove_document", ("document",), "post", REMOVE),
    ("programme:reports", ("programme",), "get", COHORT),
    ("programme:report", ("programme",), "post", POST),
    ("programme:report_page", ("report",), "get", REPORT),
    ("programme:report_progress", ("report",), "get", REPORT),
    ("programme:report_again", ("report",), "post", AGAIN),
    ("programme:report_file", ("report", "en", "pdf"), "get", REPORT),
    ("programme:cohort", ("programme",), "get", COHORT),
    ("programme:cohort_csv", ("programme",), "get", COHORT),
    ("programme:growth", ("person",), "get", GROWTH),
    ("programme:cv", ("person", "en", "docx"), "get", GROWTH),
]  # fmt: skip
