"""The yearly report in words: its frozen figures as a document, in the language that is active."""

from datetime import date, datetime

from django.utils import formats, translation
from django.utils.translation import gettext as _

from equipoise.web.advice.models import Consultation
from equipoise.web.lectures.competencies import COMPETENCIES
from equipoise.web.lectures.models import Lecture
from equipoise.web.programme.paper import Facts, Paper, Section, Table, Text

NONE = "–"


def report_paper(told: dict, language: str) -> Paper:
    """The document of a report's figures in a language."""
    with translation.override(language):
        place = int(language.startswith("zh"))
        return Paper(
            title=_("Yearly report %(year)s") % {"year": told["year"]},
            subtitle=f"{told['programme'][place]} · " + ", ".join(pair[place] for pair in told["institutions"]),
            language=language,
            sections=[
                _summary(told, place), _lectures(told, place), _competencies(told), _departments(told),
                _consultations(told, place), _outcomes(told), _plan(told, place),
            ],
            footer=_("Made by Equipoise on %(day)s from the records of the programme; no patient and no requester is named.")
            % {"day": formats.date_format(datetime.fromisoformat(told["made"]).date())},
        )  # fmt: skip


def _summary(told: dict, place: int) -> Section:
    counts, cases, adopted = told["counts"], told["consultations"], told["adoption"]
    rows = [
        (_("Lectures held"), _("%(held)s of %(planned)s agreed for a year") % {"held": counts["held"], "planned": told["lectures_a_year"]}),
        (_("Attendances"), _("%(number)s by %(people)s people") % {"number": told["attendances"], "people": told["attenders"]}),
        (_("Certificates issued"), str(told["certificates"])),
        (_("Consultations requested"), str(cases["submitted"])),
        (_("Sessions of the board held"), str(told["sessions"])),
        (_("Recommendations given"), str(sum(adopted.values()))),
        (_("Recommendations adopted"), _of(adopted["adopted"], adopted["adopted"] + adopted["declined"])),
        (_("Members of the programme"), str(told["people"])),
        (_("Term of the agreement"), " – ".join(_day(day) for day in told["term"])),
    ]  # fmt: skip
    if told["signed_on"]:
        rows.append((_("Agreement signed on"), _day(told["signed_on"])))
    aims = [Text(part.strip()) for part in told["aims"][place].splitlines() if part.strip()]
    return Section(_("Summary"), [*aims, Facts(rows)])


def _lectures(told: dict, place: int) -> Section:
    shown = [row for row in told["lectures"] if row["when"]]
    if not shown:
        return Section(_("Lectures"), [Text(_("No lecture had a date in this year."))])
    rows = [
        [_when(row, place), _topic(row, place), row["speaker"] or NONE, str(row["registered"]), _came(row),
         _mean(row["useful"])]
        for row in shown
    ]  # fmt: skip
    head = [_("When"), _("Topic"), _("Speaker"), _("Registered"), _("Came"), _("Useful")]
    note = _("Usefulness is the mean on a scale of 1 to 5, shown from five answers on.")
    return Section(
        _("Lectures"), [Table(head, rows, numbers=[3, 4, 5], widths=[30, 34, 20, 14, 9, 10]), Text(note, quiet=True)]
    )


def _competencies(told: dict) -> Section:
    rows = [
        [str(COMPETENCIES[row["code"]]), str(row["lectures"]), str(row["attended"])]
        for row in told["competencies"]
        if row["code"] in COMPETENCIES
    ]
    head = [_("Domain"), _("Lectures held"), _("Attendances")]
    note = _("The eight domains of the Joint Task Force for Clinical Trial Competency; a lecture may be about several.")
    return Section(
        _("Competencies covered"), [Table(head, rows, numbers=[1, 2], widths=[6, 2, 2]), Text(note, quiet=True)]
    )


def _departments(told: dict) -> Section:
    if not told["departments"]:
        return Section(_("Attendance by department"), [Text(_("Nobody has registered or come yet."))])
    few = _("fewer than 3")
    rows = [
        [name or _("Other departments"), *(few if number is None else str(number) for number in numbers)]
        for name, *numbers in told["departments"]
    ]
    head = [_("Department"), _("Registered"), _("Came")]
    return Section(_("Attendance by department"), [Table(head, rows, numbers=[1, 2], widths=[6, 2, 2])])


def _consultations(told: dict, place: int) -> Section:
    cases, turnaround, adopted = told["consultations"], told["turnaround"], told["adoption"]
    kinds = [[str(label), str(cases["by_kind"].get(code, 0))] for code, label in Consultation.Kind.choices]
    sites = [[row[place], str(row[2])] for row in cases["by_institution"]]
    within = turnaround["within_review_days"]
    days = _("Advised within %(days)s working days") % {"days": turnaround["review_days"]}
    facts = [
        (_("Requested"), str(cases["submitted"])),
        (_("Of these with advice"), _of(cases["advised"], cases["submitted"])),
        (_("Waiting for the board when this was made"), str(told["open_now"])),
        (_("Advised in the year"), str(turnaround["n"])),
        (_("Days from the request to the advice (median)"), _mean(turnaround["median_days"])),
        (days, NONE if within is None else f"{round(100 * within)} %"),
        (_("Recommendations adopted"), str(adopted["adopted"])),
        (_("Recommendations declined, with a reason"), str(adopted["declined"])),
        (_("Recommendations superseded"), str(adopted["superseded"])),
        (_("Recommendations not answered yet"), str(adopted["open"])),
    ]
    parts = [Facts(facts), Table([_("Subject of the request"), _("Requested")], kinds, numbers=[1], widths=[6, 2])]
    if sites:
        parts.append(Table([_("Institution"), _("Requested")], sites, numbers=[1], widths=[6, 2]))
    return Section(_("Consultations"), parts)


def _outcomes(told: dict) -> Section:
    funnel, said = told["funnel"], told["confidence"]
    facts = [
        (_("Research questions begun"), str(funnel["questions"])),
        (_("Of these searched for designs"), _of(funnel["searches"], funnel["questions"])),
        (_("Of these brought to the board"), _of(funnel["consultations"], funnel["questions"])),
        (_("Of these changed by its advice"), _of(funnel["followed"], funnel["questions"])),
        (_("People who took a quiz"), str(told["quizzes"]["people"])),
    ]
    if said:
        facts += [
            (_("Answers to the feedback"), str(said["answers"])),
            (_("Confidence before a lecture, 1 to 5"), _mean(said["before"])),
            (_("Confidence after it, 1 to 5"), _mean(said["after"])),
            (_("Will do something differently"), _of(said["will_change"], said["answers"])),
        ]
    note = [] if said else [Text(_("Too few answers to the feedback to show what they say."), quiet=True)]
    return Section(_("Outcomes"), [Facts(facts), *note])


def _plan(told: dict, place: int) -> Section:
    title = _("Plan for %(year)s") % {"year": told["year"] + 1}
    uncovered = [
        str(COMPETENCIES[row["code"]])
        for row in told["competencies"]
        if not row["lectures"] and row["code"] in COMPETENCIES
    ]
    gaps = Text(_("Not covered in %(year)s: %(domains)s.") % {"year": told["year"], "domains": "; ".join(uncovered)})
    sessions = Facts(
        [
            (_("Lectures planned"), str(len(told["plan"]))),
            (_("Sessions of the board planned"), str(told["sessions_planned"])),
        ]
    )
    parts = [sessions, *([gaps] if uncovered else [])]
    if told["plan"]:
        statuses = dict(Lecture.Status.choices)
        rows = [
            [_when(row, place), _topic(row, place), row["speaker"] or NONE, str(statuses.get(row["status"], ""))]
            for row in told["plan"]
        ]
        parts.append(Table([_("When"), _("Topic"), _("Speaker"), _("State")], rows, widths=[30, 40, 22, 16]))
    return Section(title, parts)


def _when(row: dict, place: int) -> str:
    return "\n".join(f"{when[place]} {when[2]}" for when in row["when"]) or _("no date yet")


def _came(row: dict) -> str:
    return str(row["attended"]) if row["status"] == Lecture.Status.HELD or row["attended"] else NONE


def _topic(row: dict, place: int) -> str:
    return row["topic"][place]


def _mean(number: float | None) -> str:
    return NONE if number is None else f"{number:.1f}"


def _of(part: int, whole: int) -> str:
    return f"{part} ({round(100 * part / whole)} %)" if whole else str(part)


def _day(text: str) -> str:
    return formats.date_format(date.fromisoformat(text))
