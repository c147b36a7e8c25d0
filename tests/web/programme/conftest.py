"""A programme with people, and a year of lectures and consultations to count."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

YEAR = timezone.now().year


@pytest.fixture
def people(person, hangzhou, boston, programme):
    """One of each kind that the programme tells apart."""
    from equipoise.web.people.models import Institution

    elsewhere = Institution.objects.create(name_en="Hill Clinic", time_zone="Europe/London")
    made = {
        "member": person(hangzhou, "investigator", department="Neurology"),
        "contact": person(boston, "investigator", department="Cardiology"),
        "coordinator": person(hangzhou, "coordinator", department="Office"),
        "auditor": person(boston, "auditor", department="Office"),
        "partner": person(boston, "coordinator", department="Office"),
        "outsider": person(elsewhere, "coordinator"),
    }
    programme.contacts.add(made["contact"])
    return made


@pytest.fixture
def lecture_of(programme):
    """lecture_of(year, **facts): a lecture of that year's series."""
    from equipoise.web.lectures.models import Lecture, Series

    def make(year=YEAR, **facts):
        series, _made = Series.objects.get_or_create(programme=programme, year=year, defaults={"title_en": str(year)})
        facts = {"topic_en": "Topic", "status": "held", "starts": datetime(year, 1, 15, 1, tzinfo=UTC)} | facts
        return Lecture.objects.create(series=series, programme=programme, **facts)

    return make


@pytest.fixture
def year(programme, people, person, hangzhou, boston, lecture_of):
    """Three lectures held, one to come and one cancelled; four cases, two with advice; what each figure must be is in the tests."""
    from equipoise.web.advice.models import Advice, BoardMember, Consultation, Recommendation
    from equipoise.web.lectures.models import Attendance, Certificate, Feedback, Registration
    from equipoise.web.questions.models import Question

    speaker = person(boston, "speaker", family_name="Speakerson")
    crowd = [person(hangzhou, "investigator", department="Neurology") for _ in range(5)]
    lonely = person(hangzhou, "investigator", department="Lonely Department")
    held = [
        lecture_of(topic_en="Randomisation", topic_zh="随机化", competencies=["science", "ethics"], speaker=speaker),
        lecture_of(topic_en="Monitoring", competencies=["operations"], starts=datetime(YEAR, 1, 20, 1, tzinfo=UTC)),
        lecture_of(topic_en="Data", competencies=["data"], starts=datetime(YEAR, 1, 25, 1, tzinfo=UTC)),
    ]
    soon = timezone.now() + timedelta(days=3)
    coming = lecture_of(
        topic_en="Leading teams", competencies=["leadership", "teamwork"], status="confirmed", starts=soon
    )
    lecture_of(topic_en="Called off", status="cancelled")
    lecture_of(YEAR + 1, topic_en="Next year", status="proposed", starts=None, speaker=speaker)
    for place, user in enumerate([*crowd, lonely]):
        for lecture in held[: 1 + place % 2]:
            Registration.objects.create(lecture=lecture, user=user)
            Attendance.objects.create(lecture=lecture, user=user, how="code", entered_by=user)
        Feedback.objects.create(
            lecture=held[0], user=user, useful=4, confidence_before=2, confidence_after=4, will_change=place < 3
        )
    Certificate.objects.create(lecture=held[0], user=crowd[0], code="EQ-1", said={}, signature="x")
    owner = crowd[0]
    owner.family_name = "Requesterson"
    owner.save()
    question = Question.objects.create(
        owner=owner, institution=hangzhou, title="Secret question", payload={"title": "Secret question"}, status="ready"
    )
    seat = BoardMember.objects.create(programme=programme, user=person(boston, "adviser"), since=date(YEAR, 1, 1))
    submitted = datetime(YEAR, 2, 1, 12, tzinfo=UTC)
    for number, status in enumerate(["advised", "closed", "submitted", "draft"]):
        case = Consultation.objects.create(
            programme=programme, institution=hangzhou, owner=owner, kind="design" if number else "question",
            title=f"Secret case {number}", asked="A patient of 63 years", status=status, adviser=seat if number < 2 else None,
            question=question if number == 0 else None, submitted=submitted if status != "draft" else None,
            assigned=submitted + timedelta(days=1) if number < 2 else None,
            advised=submitted + timedelta(days=2 + 2 * number) if number < 2 else None,
        )  # fmt: skip
        if number < 2:
            advice = Advice.objects.create(consultation=case, author=seat.user, summary="Do it so")
            Advice.objects.filter(pk=advice.pk).update(created=case.advised)
            now = timezone.now()
            Recommendation.objects.create(advice=advice, text="A", state="adopted", answered=now)
            if number:
                Recommendation.objects.create(
                    advice=advice, text="B", state="declined", answer="too dear", answered=now
                )
                Recommendation.objects.create(advice=advice, text="C")
    return {
        "held": held,
        "coming": coming,
        "crowd": crowd,
        "lonely": lonely,
        "owner": owner,
        "speaker": speaker,
        "seat": seat,
    }


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
