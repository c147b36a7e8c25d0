"""Lectures from a spreadsheet: each row is checked as if it had been filled in on the page."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from equipoise.web.lectures import queries
from equipoise.web.lectures.actions import plan_lectures
from equipoise.web.lectures.competencies import COMPETENCIES
from equipoise.web.lectures.forms import LectureForm, TimeForm
from equipoise.web.lectures.models import Lecture, Series
from equipoise.web.people.models import User

COLUMNS = {
    # column: the headings that are read as this one
    "topic_en": ("topic", "topic in english", "topic_en", "title", "英文题目", "英文主题"),
    "topic_zh": ("topic in chinese", "topic_zh", "中文题目", "中文主题", "题目"),
    "date": ("date", "day", "日期"),
    "at": ("time", "hour", "时间"),
    "time_zone": ("time zone", "time_zone", "时区"),
    "minutes": ("minutes", "分钟", "时长"),
    "speaker_email": ("speaker", "speaker e-mail", "speaker email", "讲者", "讲者邮箱", "主讲人"),
    "language": ("language", "语言"),
    "competencies": ("competencies", "competency", "胜任力", "胜任力领域"),
    "summary_en": ("summary", "summary in english", "summary_en", "英文简介"),
    "summary_zh": ("summary in chinese", "summary_zh", "中文简介", "简介"),
    "capacity": ("places", "capacity", "名额"),
}
TEMPLATE = (
    "topic in english", "topic in chinese", "date", "time", "time zone", "minutes", "speaker e-mail", "language",
    "competencies", "summary in english", "summary in chinese", "places",
)  # fmt: skip
LANGUAGES = {
    "en": "en", "english": "en", "英文": "en", "英语": "en", "zh": "zh-hans", "zh-hans": "zh-hans", "chinese": "zh-hans",
    "simplified chinese": "zh-hans", "中文": "zh-hans", "简体中文": "zh-hans",
}  # fmt: skip
MOST_LECTURES = 500


@dataclass
class Row:
    """A row of the file: its number there, what it says, and what is wrong with it; `warnings` do not keep it out."""

    line: int
    cells: dict[str, str]
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    facts: dict | None = None


def template_file() -> bytes:
    """An example to fill in, as csv that spreadsheets open with its Chinese whole."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(TEMPLATE)
    example = (
        "Why trials stop early", "试验为何提前终止", "2030-01-16", "20:00", "America/New_York", "60",
        "speaker@example.org", "English", "science; ethics", "", "", "",
    )  # fmt: skip
    writer.writerow(example)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def read_lectures(rows: Sequence[Sequence[str]], series: Series) -> list[Row]:
    """Each row as a lecture that could be planned, or with all its problems; ValidationError where there is no table."""
    start, places = _heading(rows)
    found = []
    for number, row in enumerate(rows[start + 1 :], start + 2):
        if any(row):
            cells = {what: row[place] if place < len(row) else "" for what, place in places.items()}
            found.append(Row(number, cells))
    if not found:
        raise ValidationError(_("The file has no rows under its headings."))
    if len(found) > MOST_LECTURES:
        raise ValidationError(_("The file has too many rows. Allowed: %(most)s.") % {"most": MOST_LECTURES})
    return check_rows(found, series)


def check_rows(rows: list[Row], series: Series) -> list[Row]:
    """Fill in the facts and the problems of every row."""
    known = set(series.lectures.exclude(status=Lecture.Status.CANCELLED).values_list("topic_en", "starts"))
    emails = [row.cells.get("speaker_email", "").strip().lower() for row in rows]
    read = queries.around(series.programme_id), queries.members_by_email(series.programme_id, filter(None, emails))
    for row in rows:
        _check(row, series, *read)
        if row.facts is not None:
            mark = (row.facts["topic_en"], row.facts["starts"])
            if mark in known:
                row.problems.append(_("This lecture is in the series already, or in a row above."))
                row.facts = None
            known.add(mark)
    return rows


@transaction.atomic
def take_in(rows: list[Row], series: Series) -> list[Lecture]:
    """Plan the lectures of the rows without a problem."""
    Series.objects.select_for_update().get(pk=series.pk)
    good = [row.facts for row in check_rows(rows, series) if row.facts is not None]
    return plan_lectures(series=series, lectures=good)


def _heading(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    for number, row in enumerate(rows[:20]):
        places = {}
        for place, cell in enumerate(row):
            heading = re.sub(r"\s+", " ", cell).strip().lower()
            what = next((what for what, names in COLUMNS.items() if heading in names), None)
            if what and what not in places:
                places[what] = place
        if "topic_en" in places:
            return number, places
    raise ValidationError(_("The file has no heading “topic in English”. Start from the example file."))


def _check(row: Row, series: Series, around: queries.Around, people: dict[str, User]) -> None:
    cells, programme = row.cells, series.programme_id
    codes, unknown = _competencies(cells.get("competencies", ""))
    language = LANGUAGES.get(cells.get("language", "").strip().lower() or "en", cells.get("language", ""))
    data = cells | {"competencies": codes, "language": language, "capacity": cells.get("capacity", "")}
    lecture = Lecture(series=series, programme=series.programme)
    about = LectureForm(data, programme_id=programme, people=people, instance=lecture)
    zone = cells.get("time_zone", "") or around.places[0].zone.key
    day, _space, hour = cells.get("date", "").strip().replace("/", "-").partition(" ")
    hours = cells.get("at", "").strip() or hour
    times = {"date": day, "at": hours, "time_zone": zone, "minutes": cells.get("minutes", "") or "60"}
    when = TimeForm(times | {"anyway": "on"}, programme_id=programme, optional=True, around=around)
    row.problems = [_("Unknown competency: %(given)s") % {"given": word[:60]} for word in unknown]
    for form in (about, when):
        for name, errors in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            row.problems += [f"{label}: {error}" if label else str(error) for error in errors]
    if not row.problems:
        row.facts = about.facts() | when.facts()
        row.warnings = when.against() if when.starts else []


def _competencies(text: str) -> tuple[list[str], list[str]]:
    """The codes named, by code or by name in either language, and the words that name none."""
    names: dict[str, str] = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            names |= {str(name).lower(): code for code, name in COMPETENCIES.items()}
    names |= {code: code for code in COMPETENCIES}
    words = [word.strip() for word in re.split(r"[;；\n|]", text) if word.strip()]
    if len(words) == 1 and words[0].lower() not in names:
        words = [word.strip() for word in re.split(r"[,，、]", text) if word.strip()]
    codes = [names[word.lower()] for word in words if word.lower() in names]
    return list(dict.fromkeys(codes)), [word for word in words if word.lower() not in names]
