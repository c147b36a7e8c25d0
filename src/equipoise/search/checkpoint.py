"""A search under way, kept in a file: whoever starts it again goes on where it was, to the same answer."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from equipoise.errors import InputError
from equipoise.search.question import Question
from equipoise.simulate import Lived, SimulatedTrials, lived_from_lists

FORMAT = 2


class Lap(NamedTuple):
    """Where a race is: `who` are to come to `goal` trials; `left` are all who may still be on the front."""

    deciding: bool
    goal: int
    left: tuple[int, ...]
    who: tuple[int, ...]


Held = dict[tuple[int, int], Lived]
"""The trials lived through so far, by candidate and scenario."""


class Checkpoint:
    """The file of one search; it is written whole or not at all."""

    def __init__(self, file: Path, question: Question) -> None:
        self.file, self.digest = file, digest_of(question)

    def read(self) -> tuple[Lap, Held] | None:
        """What was kept, None if there is no file. Raises InputError for the file of another search, or a broken one."""
        try:
            kept = json.loads(gzip.decompress(self.file.read_bytes()))
            if kept["format"] != FORMAT or kept["question"] != self.digest:
                raise InputError(
                    "--checkpoint", str(self.file), "the file of this very question's search; remove it to begin anew"
                )
            deciding, goal, left, who = kept["lap"]
            held = {
                (c, s): lived_from_lists(SimulatedTrials.read(whole), endings, totals)
                for c, s, whole, endings, totals in kept["held"]
            }
            return Lap(bool(deciding), int(goal), tuple(left), tuple(who)), held
        except FileNotFoundError:
            return None
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError("--checkpoint", str(self.file), "the file of a search that was interrupted") from None

    def write(self, lap: Lap, held: Held) -> None:
        """Keep what has been lived through."""
        rows: list[Any] = [
            (c, s, held[c, s].whole.model_dump(mode="json"), held[c, s].endings.tolist(), held[c, s].totals.tolist())
            for c, s in sorted(held)
        ]
        text = json.dumps({"format": FORMAT, "question": self.digest, "lap": lap, "held": rows}, separators=(",", ":"))
        unfinished = self.file.with_name(self.file.name + ".part")
        with unfinished.open("wb") as file:
            file.write(gzip.compress(text.encode(), compresslevel=1, mtime=0))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.file)

    def remove(self) -> None:
        """The search has its answer."""
        self.file.unlink(missing_ok=True)


def digest_of(question: Question) -> str:
    """Two questions with the same digest have the same search."""
    return hashlib.sha256(question.model_dump_json().encode()).hexdigest()
