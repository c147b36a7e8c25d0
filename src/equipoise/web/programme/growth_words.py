"""A physician's path as a page, and as a curriculum vitae of one page."""

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from equipoise.web.lectures.competencies import COMPETENCIES
from equipoise.web.people.expertise import words_for
from equipoise.web.programme.growth import Growth, stage_now, stages
from equipoise.web.programme.paper import Facts, Paper, Section, Table, Text

MOST_LECTURES = 14
"""Lectures that a curriculum vitae of one page names."""


def present_growth(growth: Growth) -> dict:
    """What the page shows."""
    most = max(growth.covered.values(), default=0)
    return {
        "growth": growth,
        "counts": growth.counts,
        "stages": (steps := stages(growth.counts)),
        "stage": stage_now(growth.counts),
        "coming": next((step for step in steps if not step["reached"]), None),
        "domains": [
            {
                "name": name,
                "number": growth.covered[code],
                "length": round(100 * growth.covered[code] / most, 1) if most else 0,
            }
            for code, name in COMPETENCIES.items()
        ],
    }


def cv_paper(growth: Growth, language: str) -> Paper:
    """One page about a person, in a language."""
    with translation.override(language):
        person = growth.person
        return Paper(
            title=person.name,
            subtitle=" · ".join(part for part in (person.title, person.department) if part) or person.email,
            language=language,
            sections=[_about(growth), _research(growth), _domains(growth), _lectures(growth)],
            footer=_("Clinical research record, made by Equipoise on %(day)s") % {"day": formats.date_format(timezone.localdate())},
            one_page=True,
        )  # fmt: skip


def _about(growth: Growth) -> Section:
    person, stage = growth.person, stage_now(growth.counts)
    institutions = {
        each.institution_id: each.institution.name for each in person.memberships.select_related("institution")
    }
    rows = [(_("Institution"), "; ".join(institutions.values()) or "–"), (_("E-mail"), person.email)]
    if fields := words_for(person.expertise):
        rows.append((_("Fields"), "; ".join(fields)))
    rows.append((_("Stage in clinical research"), f"{stage['name']}: {stage['text']}"))
    about = [Text(person.biography[:700])] if person.biography else []
    return Section(_("About"), [*about, Facts(rows)])


def _research(growth: Growth) -> Section:
    counts = growth.counts
    rows = [
        (_("Research questions written"), str(counts["questions"])),
        (_("Searches for designs"), str(counts["searches"])),
        (_("Consultations of the advisory board"), str(counts["consultations"])),
        (_("Recommendations adopted"), _("%(part)s of %(whole)s") % {"part": counts["adopted"], "whole": counts["recommendations"]}),
    ]  # fmt: skip
    return Section(_("Research"), [Facts(rows)])


def _domains(growth: Growth) -> Section:
    rows = [[str(name), str(growth.covered[code])] for code, name in COMPETENCIES.items()]
    title = _("Competencies: %(number)s of 8 domains") % {"number": growth.counts["domains"]}
    return Section(title, [Table([_("Domain"), _("Lectures attended")], rows, numbers=[1], widths=[6, 2])])


def _lectures(growth: Growth) -> Section:
    title = _("Education in clinical research: %(lectures)s lectures, %(certificates)s certificates") % growth.counts
    codes = {certificate.lecture_id: certificate.code for certificate in growth.certificates}
    shown = growth.attendances[:MOST_LECTURES]
    rows = [
        [formats.date_format(each.lecture.starts.date()) if each.lecture.starts else "–", each.lecture.topic, codes.get(each.lecture_id, "–")]
        for each in shown
    ]  # fmt: skip
    if not rows:
        return Section(title, [Text(_("No lecture attended yet."), quiet=True)])
    parts = [Table([_("Date"), _("Lecture"), _("Certificate")], rows, widths=[3, 8, 4])]
    if len(growth.attendances) > len(shown):
        parts.append(Text(_("The latest %(number)s are named.") % {"number": len(shown)}, quiet=True))
    return Section(title, parts)
