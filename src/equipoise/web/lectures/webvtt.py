"""Captions as WebVTT: read, checked, and told where they are wrong.

Source: W3C, WebVTT: The Web Video Text Tracks Format, sections 3 and 4 (what a conforming file looks like).
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

STAMP = re.compile(r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})")
TIMING = re.compile(rf"({STAMP.pattern})[ \t]+-->[ \t]+({STAMP.pattern})(?:[ \t]+\S.*)?")
ARROW = "-->"


@dataclass(frozen=True)
class Cue:
    """Words, and from which second to which they are shown."""

    start: float
    end: float
    text: str


class CaptionError(ValueError):
    """What is wrong with captions, and in which line (from 1)."""

    def __init__(self, line: int, what: str):
        self.line, self.what = line, what
        super().__init__(_("Line %(line)d: %(what)s") % {"line": line, "what": what})


def clean_captions(raw: bytes) -> str:
    """The text of a caption file, with plain line ends; raises CaptionError."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise CaptionError(line, _("the file is not in UTF-8; save it with that encoding.")) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    read_captions(text)
    return text.rstrip("\n") + "\n"


def read_captions(text: str) -> list[Cue]:
    """The cues of a WebVTT text in their order; raises CaptionError for the first thing that is wrong."""
    lines = text.split("\n")
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        raise CaptionError(1, _("a caption file begins with WEBVTT."))
    if ARROW in lines[0] or (len(lines) > 1 and ARROW in lines[1]):
        raise CaptionError(2, _("an empty line is missing after WEBVTT."))
    cues: list[Cue] = []
    for first, block in _blocks(lines):
        if first == 1 or block[0].split(" ")[0].split("\t")[0] in ("NOTE", "STYLE", "REGION"):
            continue
        cues.append(_cue(first, block, cues[-1].start if cues else 0.0))
    if not cues:
        raise CaptionError(len(lines), _("there is no caption in the file."))
    return cues


def _blocks(lines: list[str]):
    """(number of its first line, its lines) for each run of lines that are not empty."""
    block: list[str] = []
    for number, line in enumerate([*lines, ""], start=1):
        if line:
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _cue(first: int, block: list[str], earliest: float) -> Cue:
    place = 0 if ARROW in block[0] else 1
    number = first + place
    if place >= len(block) or ARROW not in block[place]:
        raise CaptionError(number, _("here should stand a time such as 00:01.000 --> 00:04.000."))
    timing = TIMING.fullmatch(block[place].strip())
    if timing is None:
        if re.search(r"\d,\d{3}", block[place]):
            raise CaptionError(number, _("write thousandths of a second after a point, not a comma: 00:01.000."))
        raise CaptionError(number, _("the time is not like 00:01.000 --> 00:04.000."))
    start, end = (_seconds(timing.group(place)) for place in (1, 6))
    if end <= start:
        raise CaptionError(number, _("the caption ends before it begins."))
    if start < earliest:
        raise CaptionError(number, _("the caption begins before the one above it."))
    words = block[place + 1 :]
    for more, line in enumerate(words, start=number + 1):
        if ARROW in line:
            raise CaptionError(more, _("an empty line is missing before this time."))
    if not words:
        raise CaptionError(number, _("there are no words under this time."))
    return Cue(start, end, "\n".join(words))


def _seconds(stamp: str) -> float:
    hours, minutes, seconds, thousandths = STAMP.fullmatch(stamp).groups()
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + int(thousandths) / 1000
