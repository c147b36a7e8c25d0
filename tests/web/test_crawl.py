"""Every page that a link leads to, read in Chinese by people of each role: it is there, and no English is left on it."""

import re
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from equipoise.search import read_question, run_search

pytestmark = pytest.mark.django_db
EXAMPLE = Path(__file__).parents[2] / "examples" / "infliximab-biosimilar.toml"
MOST_PAGES = 400
# names, units and identities that are the same in every language
ALLOWED = re.compile(
    r"[\w.+-]+@[\w.-]+|https?://\S*|\bEquipoise\b|\b(Asia|America|UTC|Europe|Africa|Australia|Pacific|Atlantic|Indian|Arctic|Antarctica|US|Canada|Brazil|Mexico|Chile)[/\w +−:-]*"
    r"|\b(fx|gs|cl|sw|co)-\d+\b|\b(English|CNY|USD|PICOT|FINER|TOML|JSON|CSV|SVG|PDF|Word|Excel|ICC|SD|CV|ICS|iCalendar|PPTX|MP4|WebM|csv|xlsx|Ctrl|Webex|Zoom|Teams|Outlook|Google|Apple|WebVTT)\b"
    r"|\.(toml|csv|json|svg|pdf|docx|xlsx|pptx|png|jpg|txt|vtt|mp4|webm|ics)\b|\b[a-z]+_[a-z_]+\b|O.Brien|Fleming|Pocock|Hwang|Shih|DeCani|Kim|DeMets|Lan|Wang|Tsiatis|"
    r"Pareto|Farrington|Manning|Schoenfeld|Freedman|Wald|FREQ=[A-Z0-9=;,+-]+|RRULE|RFC|BYDAY|MONTHLY|WEEKLY|CSF|Joint Task Force|\bMB\b|\bemail\b|\brole\b|\binstitution\b|\blanguage\b"
)  # fmt: skip


class Reader(HTMLParser):
    """The words that a person sees or hears on a page, and its links."""

    SILENT = {"script", "style", "noscript"}
    HEARD = ("aria-label", "placeholder", "title", "alt")

    def __init__(self):
        super().__init__()
        self.words, self.links, self.inside, self.foreign = [], [], [], []

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        if tag not in {"meta", "link", "input", "img", "br", "hr", "source", "track", "wbr", "col"}:
            self.inside.append((tag, facts.get("lang") == "en"))
        self.words += [facts[name] for name in self.HEARD if facts.get(name)]
        if tag == "input" and facts.get("type") in ("submit", "button"):
            self.words.append(facts.get("value", ""))
        if tag == "a" and facts.get("href"):
            self.links.append(facts["href"])

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if data.strip() and not any(tag in self.SILENT or foreign for tag, foreign in self.inside):
            self.words.append(data.strip())


def english(words: list[str]) -> list[str]:
    """What still has a word of Latin letters once what is allowed has gone."""
    return [word for word in words if re.search(r"[A-Za-z]{3,}", ALLOWED.sub("", word))]


@pytest.fixture(scope="module")
def answer():
    return run_search(read_question(EXAMPLE))


@pytest.fixture
def world(hangzhou, boston, programme, person, answer):
    """Two hospitals' year with nothing written in English."""
    from equipoise.web.advice.models import Advice, BoardMember, Clinic, Consultation, Recommendation, Session
    from equipoise.web.designs import actions
    from equipoise.web.lectures.models import (
        Attendance,
        AudienceQuestion,
        JoinLink,
        Lecture,
        QuizItem,
        Registration,
        Series,
    )
    from equipoise.web.questions.actions import share_question, start_question

    for place, name in ((hangzhou, "湖畔教学医院"), (boston, "海港医疗系统")):
        place.name_zh, place.city_zh = name, "杭州" if place == hangzhou else "波士顿"
        place.save()
    programme.aims_zh = "共同提高临床研究能力"
    programme.save()
    facts = {
        "language": "zh-hans",
        "time_zone": "Asia/Shanghai",
        "given_name": "宁",
        "department": "心内科",
        "title": "教授",
    }
    people = {role: person(hangzhou, role, family_name="周", expertise=["cardiology"], **facts)
              for role in ("investigator", "coordinator", "auditor", "statistician")}  # fmt: skip
    people["adviser"] = person(boston, "adviser", family_name="艾", **facts)
    people["speaker"] = person(boston, "speaker", family_name="史", **facts)
    payload = answer.question.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    payload |= {"title": "生物类似药", "picot": dict.fromkeys(payload["picot"], "患者")}
    payload["scenarios"] = [each | {"name": f"情景{number}"} for number, each in enumerate(payload["scenarios"])]
    payload["cost"] |= {"currency": "CNY"}
    payload.pop("published", None)
    question = start_question(owner=people["investigator"], institution=hangzhou, payload=payload)
    share_question(question=question, programme=programme)
    search = actions.start_search(question=question, owner=people["investigator"])
    actions.take_up(search.pk)
    actions.finish(search.pk, run_search(question.read()))
    series = Series.objects.create(programme=programme, year=timezone.now().year, title_en="X", title_zh="系列讲座")
    now = timezone.now()
    for days, status in ((-9, "held"), (12, "confirmed"), (40, "invited"), (70, "proposed"), (20, "cancelled")):
        lecture = Lecture.objects.create(
            series=series, programme=programme, topic_en="X", topic_zh="讲座题目", summary_zh="概要", status=status,
            competencies=["science"], starts=now + timedelta(days=days), time_zone="America/New_York", example=question,
            speaker=people["speaker"], cancel_reason="改期" if status == "cancelled" else "",
        )  # fmt: skip
        JoinLink.objects.create(lecture=lecture, region="cn", label="会议", url="https://example.org/x")
        Registration.objects.create(lecture=lecture, user=people["investigator"])
        AudienceQuestion.objects.create(lecture=lecture, asked_by=people["investigator"], text="样本量怎么算？")
        QuizItem.objects.create(
            lecture=lecture,
            text_en="X",
            text_zh="问",
            options=[{"en": "a", "zh": "甲"}, {"en": "b", "zh": "乙"}],
            correct=0,
        )
        if status == "held":
            Attendance.objects.create(
                lecture=lecture, user=people["investigator"], how="code", entered_by=people["investigator"]
            )
    member = BoardMember.objects.create(programme=programme, user=people["adviser"], since=date(2026, 1, 1))
    clinic = Clinic.objects.create(programme=programme, title_en="X", title_zh="门诊", time_zone="America/New_York",
                                   first=date(2026, 1, 21), at="20:00")  # fmt: skip
    session = Session.objects.create(
        programme=programme, clinic=clinic, starts=now + timedelta(days=6), time_zone="America/New_York"
    )
    for status in ("draft", "submitted", "accepted", "assigned", "advised", "closed"):
        given = status in ("advised", "closed")
        case = Consultation.objects.create(
            programme=programme, institution=hangzhou, owner=people["investigator"], kind="design", title="界值怎么定", asked="问",
            status=status, question=question, question_version=1, search=search, design=search.recommended or "", expertise=["survival"],
            adviser=member if given or status == "assigned" else None, session=session if status == "assigned" else None,
            submitted=None if status == "draft" else now, assigned=now if given else None, advised=now if given else None,
            closed=now if status == "closed" else None, due=now + timedelta(days=3),
        )  # fmt: skip
        if given:
            advice = Advice.objects.create(consultation=case, author=people["adviser"], summary="建议", question_version=1,
                                           created=now)  # fmt: skip
            done = (
                {"state": "adopted", "answered": now, "answered_by": people["investigator"]}
                if status == "closed"
                else {}
            )
            Recommendation.objects.create(advice=advice, text="缩小界值", reason="更稳妥", **done)
    return people


@pytest.mark.parametrize("role", ["investigator", "coordinator", "adviser", "speaker", "auditor", "statistician"])
def test_every_page_is_there_and_in_chinese(role, world, client_of):
    client = client_of(world[role])
    waiting, seen, left = ["/", "/account/2fa/", "/account/password/change/"], set(), {}
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        plain = urlsplit(address)
        # one page of each kind of address is enough where only filters differ
        kind = plain.path if not plain.query else plain.path + "?" + re.sub(r"=[^&]*", "", plain.query)
        if kind in seen or not address.startswith("/") or address.startswith(("/static", "//")):
            continue
        seen.add(kind)
        page = client.get(address)
        assert page.status_code in (200, 302), (role, address, page.status_code)
        if page.status_code == 302:
            waiting.append(page["Location"])
        elif page["Content-Type"].startswith("text/html"):
            reader = Reader()
            reader.feed(page.text)
            waiting += [link.split("#")[0] for link in reader.links if link and not link.startswith("#")]
            for word in english(reader.words):
                left.setdefault(word, address)
    assert len(seen) > 25, seen
    assert left == {}
