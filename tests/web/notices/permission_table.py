"""Who may enter which view of notices: everyone their own."""

VIEWS = [
    # name, arguments, method, (the person whose notice it is, anyone else, a visitor)
    ("notices:list", (), "get", (200, 200, 302)),
    ("notices:read", ("notice",), "post", (302, 404, 302)),
    ("notices:read_all", (), "post", (302, 302, 302)),
]
