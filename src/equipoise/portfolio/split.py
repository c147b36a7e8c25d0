"""A stream of published records, cut where each begins, so that one that is broken costs no other.

Neither a JSON nor an XML parser can go on past a fault. What every layout has is an unmistakable beginning of a record:
an object whose first member is one of a study's sections (which no inner object has), or a `<Trial>` element (whose text
cannot hold that mark unescaped). Between two beginnings there is one record and some glue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, NamedTuple

JSON_START = re.compile(
    rb'\{\s*"(?:protocolSection|derivedSection|hasResults|documentSection|annotationSection|resultsSection)"\s*:'
)
XML_START = re.compile(rb"<[Tt]rial(?=[\s>])")
LARGEST = 64 * 2**20
"""Bytes of one record. The largest published ones, with results of hundreds of sites, have a few million."""
BLOCK = 2**20
LONGEST_MARK = 4096  # a beginning cut in two by the end of a block is found again from so far back


class Piece(NamedTuple):
    """Bytes from one beginning to the next, and where they stand in the (decompressed) stream.

    `number` counts records from 1; 0 is what precedes the first. `cut` marks one that was too large to keep.
    """

    number: int
    offset: int
    content: bytes
    cut: bool = False


def split(stream: IO[bytes], start: re.Pattern[bytes], largest: int = LARGEST) -> Iterator[Piece]:
    """Cut the stream at each beginning; memory is bounded by the largest record allowed.

    What the stream raises (a truncated archive) is raised after all that came before it has been given out.
    """
    held, offset, number, seen = bytearray(), 0, 0, 0
    dropped, fault = 0, None  # bytes left out of the record that `held` begins with
    while True:
        try:
            block = stream.read(BLOCK)
        except Exception as error:  # given on below, when what was read has been
            block, fault = b"", error
        held += block
        begun = 0
        for mark in start.finditer(held, max(seen, 1 if number else 0)):
            if mark.start() > begun or number == 0:
                yield Piece(number, offset, bytes(held[begun : mark.start()]), dropped > 0)
            number, offset = number + 1, offset + mark.start() - begun + dropped
            begun, dropped = mark.start(), 0
        del held[:begun]
        if not block:
            break
        if len(held) > largest:  # keep its beginning for the report, and look for the next
            dropped += len(held) - LONGEST_MARK
            del held[LONGEST_MARK // 2 : -LONGEST_MARK // 2]
        seen = max(0, len(held) - LONGEST_MARK // 2)
    yield Piece(number, offset, bytes(held), dropped > 0)
    if fault is not None:
        raise fault
