"""What is told to a whole programme, as a background task: it may have tens of thousands of people."""

from django.utils import timezone
from django.utils.translation import gettext_noop
from django_tasks import task

from equipoise.web.lectures import phrases
from equipoise.web.lectures.models import Lecture
from equipoise.web.notices.actions import tell
from equipoise.web.people.queries import members_of


@task
def announce(pk: int) -> None:
    """Tell everyone of the programme of a lecture to come, once each; its speaker, who is told otherwise, not."""
    coming = Lecture.objects.filter(pk=pk, status=Lecture.Status.CONFIRMED, starts__gt=timezone.now())
    for lecture in coming.select_related("speaker"):
        tell(
            members_of(lecture.programme_id).exclude(pk=lecture.speaker_id), key=f"lecture:{pk}:announced", kind="lecture",
            text=gettext_noop("New lecture by %(speaker)s: “%(topic)s”. %(when)s"),
            values={"speaker": lecture.speaker.name, "topic": phrases.topic(lecture), "when": phrases.when(lecture)},
            url=lecture.get_absolute_url(),
        )  # fmt: skip
