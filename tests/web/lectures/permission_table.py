"""Every view of planning, registering and attending, and who may enter: by a lecture that is announced, and one that is not.

Who: the coordinator (of either hospital), the speaker, a member, an auditor, someone outside the programme, a visitor.
"""

MEMBERS = {"coordinator": 200, "speaker": 200, "member": 200, "auditor": 200, "outsider": 404, "visitor": 302}
LIST = MEMBERS | {"outsider": 403}
PLAN = {"coordinator": 200, "speaker": 403, "member": 403, "auditor": 403, "outsider": 404, "visitor": 302}
PLANNING = PLAN | {"speaker": 403, "member": 403, "outsider": 403}
CHANGE = PLAN
CHANGE_POST = CHANGE | {"coordinator": 302}
HIDDEN = {"coordinator": 200, "speaker": 200, "member": 404, "auditor": 200, "outsider": 404, "visitor": 302}
HIDDEN_CHANGE = {"coordinator": 200, "speaker": 403, "member": 404, "auditor": 403, "outsider": 404, "visitor": 302}
ANSWER = {"coordinator": 403, "speaker": 200, "member": 404, "auditor": 403, "outsider": 404, "visitor": 302}
TAKE_PART = {"coordinator": 302, "speaker": 302, "member": 302, "auditor": 403, "outsider": 404, "visitor": 302}
KEEP = {"coordinator": 200, "speaker": 200, "member": 403, "auditor": 403, "outsider": 404, "visitor": 302}
KEEP_POST = KEEP | {"coordinator": 302, "speaker": 302}
ATTENDANCE = KEEP | {"auditor": 200}
VIEWS = [
    ("lectures:list", (), "get", LIST),
    ("lectures:subscribe", (), "get", LIST),
    ("lectures:renew", (), "post", dict.fromkeys(LIST, 302) | {"outsider": 403}),
    ("lectures:series_new", (), "get", PLANNING),
    ("lectures:sheet_template", (), "get", PLANNING),
    ("lectures:series", ("series",), "get", MEMBERS),
    ("lectures:plan", ("series",), "get", PLAN),
    ("lectures:suggestions", ("series",), "get", PLAN),
    ("lectures:regular", ("series",), "get", PLAN),
    ("lectures:import", ("series",), "get", PLAN),
    ("lectures:new", ("series",), "get", PLAN),
    ("lectures:detail", ("lecture",), "get", MEMBERS),
    ("lectures:detail", ("proposed",), "get", HIDDEN),
    ("lectures:ics", ("lecture",), "get", MEMBERS),
    ("lectures:ics", ("proposed",), "get", HIDDEN),
    ("lectures:register", ("lecture",), "post", TAKE_PART),
    ("lectures:register", ("proposed",), "post", TAKE_PART | {"coordinator": 403, "speaker": 403, "member": 404}),
    ("lectures:withdraw", ("lecture",), "post", TAKE_PART),
    ("lectures:change", ("lecture",), "get", CHANGE),
    ("lectures:change", ("proposed",), "get", HIDDEN_CHANGE),
    ("lectures:move", ("lecture",), "get", CHANGE),
    ("lectures:cancel", ("lecture",), "get", CHANGE),
    ("lectures:invite", ("lecture",), "post", CHANGE_POST),
    ("lectures:confirm", ("lecture",), "post", CHANGE_POST),
    ("lectures:answer", ("invited",), "get", ANSWER),
    ("lectures:decide", ("invited", "proposal"), "post", HIDDEN_CHANGE | {"coordinator": 404}),
    ("lectures:links", ("lecture",), "get", KEEP),
    ("lectures:code", ("lecture",), "get", KEEP),
    ("lectures:code_count", ("lecture",), "get", KEEP),
    ("lectures:attend", ("lecture",), "get", TAKE_PART | {"coordinator": 200, "speaker": 200, "member": 200}),
    ("lectures:attendance", ("lecture",), "get", ATTENDANCE),
    ("lectures:attendance_add", ("lecture",), "post", KEEP_POST | {"coordinator": 422, "speaker": 422}),
    ("lectures:attendance_remove", ("lecture", 0), "post", KEEP | {"coordinator": 404, "speaker": 404}),
    ("lectures:meeting", ("lecture",), "get", KEEP),
    ("lectures:attendance_csv", ("lecture",), "get", ATTENDANCE),
]
