"""The search as a background task."""

import logging
import time

from django_tasks import task

from equipoise.errors import InputError, NoSolutionError
from equipoise.search import SearchCancelled, run_search
from equipoise.web.designs import actions
from equipoise.web.designs.models import Search

PULSE = 0.4
"""Seconds between two notes of progress."""


@task
def run(pk: int) -> None:
    """Do the search if it still waits; whatever happens, its row says how it ended."""
    search = actions.take_up(pk)
    if search is None:
        return
    pulse = Pulse(pk)
    try:
        question = search.question.at_version(search.version).read()
        actions.finish(pk, run_search(question, on_progress=pulse.progress, cancelled=lambda: pulse.stopped))
    except SearchCancelled:
        actions.stop(pk)
    except NoSolutionError as error:
        actions.fail(pk, str(error) if str(error).startswith(Search.NO_DESIGN) else f"{Search.NO_DESIGN}: {error}")
    except InputError as error:
        actions.fail(pk, str(error))
    except Exception:
        logging.getLogger(__name__).exception("search %s failed", pk)
        actions.fail(pk, Search.UNEXPECTED)


class Pulse:
    """Writes progress down now and then, and hears then whether to stop."""

    def __init__(self, pk: int) -> None:
        self.pk, self.last, self.stopped = pk, 0.0, False

    def progress(self, done: int, total: int, stage: str) -> None:
        """One step is done."""
        now = time.monotonic()
        if now - self.last >= PULSE:
            self.last = now
            self.stopped = not actions.tell_progress(self.pk, stage, done, total)
