"""The list of those who were in a meeting, as Zoom, Tencent Meeting, Teams and their like write it. No database here.

Their files differ in the lines before the table, the headings, the separator and how times and durations are written; a
person who joined several times has several lines.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

HEADINGS = {
    "name": ("name", "participant", "full name", "display name", "姓名", "用户昵称", "昵称", "成员", "参会者"),
    "email": ("email", "e-mail", "mail", "user email", "email address", "邮箱", "电子邮箱", "电子邮件", "邮件"),
    "joined": ("join time", "first join", "joined", "join", "加入时间", "首次入会时间", "入会时间"),
    "left": ("leave time", "last leave", "left", "leave", "离开时间", "最后退会时间", "退会时间", "离会时间"),
    "minutes": (
        "duration",
        "minutes",
        "in-meeting duration",
        "total duration",
        "时长",
        "参会时长",
        "累计参会时长",
        "会议时长",
    ),
}
TIMES = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p", "%m/%d/%Y, %I:%M:%S %p", "%m/%d/%y, %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M",
    "%b %d, %Y %H:%M:%S", "%Y年%m月%d日 %H:%M:%S",
)  # fmt: skip
UNITS = re.compile(
    r"^(?:(\d+)\s*(?:d|天)\w*)?\s*(?:(\d+)\s*(?:h|小时|時)\w*)?\s*(?:(\d+)\s*(?:m|分)\w*)?\s*(?:(\d+)\s*(?:s|秒)\w*)?$",
    re.I,
)
EMAIL = re.compile(r"^[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+$")


@dataclass(frozen=True)
class Line:
    """One line of the list: `line` is its number in the file; a problem keeps it from counting."""

    line: int
    name: str
    email: str
    joined: datetime | None
    left: datetime | None
    minutes: int | None
    problem: str = ""


def read_meeting(rows: Sequence[Sequence[str]]) -> list[Line]:
    """The lines of the table, wherever it begins; raises ValidationError where there is none."""
    start, places = _heading(rows)
    lines = []
    for number, row in enumerate(rows[start + 1 :], start + 2):
        if not any(row):
            if lines:
                break  # what follows an empty line is another table
            continue
        lines.append(_line(number, row, places))
    if not lines:
        raise ValidationError(_("The list has no lines under its headings."))
    return lines


def minutes_present(lines: Sequence[Line]) -> int | None:
    """How long one person was there over all their lines: time on two devices at once counts once; None if not said."""
    spans = sorted((line.joined, line.left) for line in lines if line.joined and line.left)
    total, until = timedelta(0), None
    for start, end in spans:
        begin = start if until is None else max(start, until)
        total += max(end - begin, timedelta(0))
        until = end if until is None else max(until, end)
    told = [line.minutes for line in lines if not (line.joined and line.left) and line.minutes is not None]
    if not spans and not told:
        return None
    return min(round(total.total_seconds() / 60) + sum(told), 32_767)


def _heading(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """The line that names the most columns: a summary of the meeting may name some before it."""
    found = [(number, _places(row)) for number, row in enumerate(rows[:60])]
    headings = [(number, places) for number, places in found if "email" in places and len(places) > 1]
    if headings:
        return max(headings, key=lambda heading: (len(heading[1]), -heading[0]))
    raise ValidationError(
        _(
            "The list has no headings that can be read. Needed: name, e-mail, and the times of joining and leaving or minutes."
        )
    )


def _places(row: Sequence[str]) -> dict[str, int]:
    """Which column is what. The whole heading first, then a heading that begins so, such as Duration (Minutes)."""
    places: dict[str, int] = {}
    cells = [re.sub(r"\s+", " ", cell).strip().lower() for cell in row]
    bare = [re.split(r"[(（]", cell)[0].strip() for cell in cells]
    for what, names in HEADINGS.items():
        found = next(
            (number for number, cell in enumerate(bare) if cell in names and number not in places.values()), None
        )
        if found is not None:
            places[what] = found
    return places


def _line(number: int, row: Sequence[str], places: dict[str, int]) -> Line:
    def cell(what: str) -> str:
        place = places.get(what)
        return row[place].strip() if place is not None and place < len(row) else ""

    name, email = cell("name"), cell("email").lower()
    joined, left, minutes = _moment(cell("joined")), _moment(cell("left")), _minutes(cell("minutes"))
    problem = ""
    if not email:
        problem = _("No e-mail, so that nobody can be found.")
    elif not EMAIL.match(email):
        problem = _("This is not an e-mail: %(given)s") % {"given": email[:80]}
    elif (cell("joined") and joined is None) or (cell("left") and left is None):
        problem = _("A time that cannot be read: %(given)s") % {
            "given": (cell("joined") if joined is None else cell("left"))[:40]
        }
    elif joined and left and left < joined:
        problem = _("Left before joining.")
    elif cell("minutes") and minutes is None:
        problem = _("A duration that cannot be read: %(given)s") % {"given": cell("minutes")[:40]}
    return Line(number, name, email, joined, left, minutes, problem)


def _moment(text: str) -> datetime | None:
    text = re.sub(r"\s+", " ", text.replace("\u202f", " ")).strip()
    for form in TIMES:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007  (only how long it is between two of them counts)
        except ValueError:
            continue
    return None


def _minutes(text: str) -> int | None:
    """Of 58, 58.5, 0:58:31, 1h 2m 3s, 58 分钟; at least 1 where there was any time at all."""
    text = text.strip()
    seconds: float | None = None
    if re.fullmatch(r"\d{1,6}(\.\d+)?", text):
        seconds = float(text) * 60
    elif clock := re.fullmatch(r"(\d{1,3}):(\d\d):(\d\d)", text):
        hours, minutes, rest = (int(part) for part in clock.groups())
        seconds = hours * 3600 + minutes * 60 + rest
    elif text and (units := UNITS.match(text.replace(",", ""))):
        parts = [int(part or 0) for part in units.groups()]
        seconds = ((parts[0] * 24 + parts[1]) * 60 + parts[2]) * 60 + parts[3]
    return None if seconds is None or seconds > 7 * 86_400 else round(max(seconds, 60 if seconds else 0) / 60)
