"""The demo programme: an agreement of two hospitals, and a year of it; no person or hospital in it is real."""

from datetime import date

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from equipoise.web.advice.demo import load_demo as load_advice
from equipoise.web.lectures.demo import load_demo as load_lectures
from equipoise.web.notices.models import Mail
from equipoise.web.people.demo import INSTITUTIONS
from equipoise.web.people.models import Institution, User
from equipoise.web.programme.models import Document, Programme
from equipoise.web.programme.paper import Facts, Paper, Section, Text, to_pdf
from equipoise.web.questions.models import Question

NAME_EN = "Lakeside–Harbor Clinical Research Programme"
NAME_ZH = "湖畔—海港临床研究合作项目"
AIMS_EN = """A lecture every month by an expert of the partner, so that physicians of both hospitals learn to plan and run clinical research.

An advisory board that answers questions about questions, designs and protocols within five working days, and holds a clinic every month.

By the end of the term: at least twelve studies planned together, four of them running at both hospitals."""
AIMS_ZH = """每月由合作方专家举办一次讲座，帮助两院医师学习临床研究的设计与实施。

设立顾问委员会，五个工作日内就研究问题、设计与方案给予首次答复，并每月开设咨询门诊。

至合作期满：共同设计至少十二项研究，其中四项在两院同时开展。"""
SHARED = 8
"""Demo questions that their authors have shared with the programme."""


def load_year(people: dict[str, User]) -> Programme:
    """Make the demo programme with its papers, and have the rooms fill its year. Safe to repeat.

    `people` are the demo people, by what stands before the @ of their e-mail.
    """
    with transaction.atomic():
        programme = _programme(people)
        _agreement(programme, people["zhou.ning"])
        _share_questions(programme)
        for user in people.values():  # those who asked for their programmes before there was one
            for known in ("programme_ids", "coordinated_programme_ids", "roles"):
                user.__dict__.pop(known, None)
        load_lectures(programme, people)
        load_advice(programme, people)
    _send_nothing(people)
    return programme


def _programme(people: dict[str, User]) -> Programme:
    year = timezone.localdate().year
    facts = {
        "name_zh": NAME_ZH, "signed_on": date(year - 1, 11, 18), "starts_on": date(year - 1, 12, 1),
        "ends_on": date(year + 4, 11, 30), "aims_en": AIMS_EN, "aims_zh": AIMS_ZH,
    }  # fmt: skip
    programme, fresh = Programme.objects.get_or_create(name_en=NAME_EN, defaults=facts)
    if fresh:
        programme.institutions.set(
            Institution.objects.filter(name_en__in=[place["name_en"] for place in INSTITUTIONS.values()])
        )
        programme.contacts.set([people["zhou.ning"], people["t.okafor"], people["he.yun"]])
    return programme


def _agreement(programme: Programme, by: User) -> None:
    """The agreement as a document to open, in each language."""
    for language, title, aims in (("en", "Agreement", AIMS_EN), ("zh-hans", "合作协议", AIMS_ZH)):
        filename = f"agreement-{language}.pdf"
        if programme.documents.filter(filename=filename).exists():
            continue
        chinese = language != "en"
        labels = ("签署日期", "期限", "目标") if chinese else ("Signed on", "Term", "Aims")
        facts = [(labels[0], f"{programme.signed_on}"), (labels[1], f"{programme.starts_on} – {programme.ends_on}")]
        parts = [Text(part) for part in aims.split("\n\n")]
        name = NAME_ZH if chinese else NAME_EN
        paper = Paper(
            title, name, language, [Section(labels[1], [Facts(facts)]), Section(labels[2], parts)], footer=name
        )
        shown = f"{title} · {name}"
        Document.objects.create(programme=programme, title=shown, filename=filename, added_by=by,
                                file=ContentFile(to_pdf(paper), name=filename))  # fmt: skip


def _share_questions(programme: Programme) -> None:
    """Some of the demo questions are there for the partner to see."""
    theirs = Question.objects.filter(owner__email__endswith=".example.org", institution__programmes=programme)
    if not theirs.filter(shared_with=programme).exists():
        shared = list(theirs.order_by("pk").values_list("pk", flat=True)[:SHARED])
        Question.objects.filter(pk__in=shared).update(shared_with=programme)


def _send_nothing(people: dict[str, User]) -> None:
    """What the demo has told people of its past is not mailed now."""
    Mail.objects.filter(user__in=people.values(), status=Mail.Status.WAITING).update(status=Mail.Status.WITHDRAWN)
