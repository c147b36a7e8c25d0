"""A worker's work that kills its process the first time, wherever that is; the mark says that it has."""

import os
import signal
from pathlib import Path

from equipoise.search import workers

_live = workers.live


def live(batch):
    mark = Path(os.environ["EQUIPOISE_TEST_MARK"])
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return _live(batch)
