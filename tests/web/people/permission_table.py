"""Who may enter which view of people: self, a colleague, a coordinator, an auditor, someone from elsewhere, a visitor."""

ALL = {"self": 200, "colleague": 200, "coordinator": 200, "auditor": 200, "outsider": 200, "visitor": 302}
SEE = ALL | {"outsider": 404}
INVITE = {"self": 403, "colleague": 403, "coordinator": 200, "auditor": 403, "outsider": 403, "visitor": 302}
POST_INVITE = INVITE | {"coordinator": 302}
OWN = INVITE | {"self": 404, "colleague": 404, "coordinator": 302, "auditor": 404, "outsider": 404}
VIEWS = [
    ("people:list", (), "get", ALL),
    ("people:me", (), "get", ALL),
    ("people:new_feed", (), "post", dict.fromkeys(ALL, 302)),
    ("people:detail", ("person",), "get", SEE),
    ("people:invitations", (), "get", INVITE),
    ("people:withdraw", ("invitation",), "post", OWN),
    ("people:import", (), "get", INVITE),
    ("people:do_import", (), "post", POST_INVITE),
    ("people:sheet_template", (), "get", INVITE),
    ("people:accept", ("token",), "get", dict.fromkeys(ALL, 200)),
    ("people:holidays", ("place",), "get", INVITE),
    ("people:fill_holidays", ("place",), "post", POST_INVITE),
    ("people:remove_holiday", ("holiday",), "post", POST_INVITE),
]
