"""Registry files as they are downloaded, read one record at a time: plain, gzipped or zipped, of any of three layouts."""

from __future__ import annotations

import gzip
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import ParseError

import msgspec

from equipoise.errors import InputError
from equipoise.portfolio.ctgov import read_study
from equipoise.portfolio.record import Record, Refusal
from equipoise.portfolio.split import JSON_START, XML_START, Piece, split
from equipoise.portfolio.who import read_trial

NCT = re.compile(rb'"nctId"\s*:\s*"(NCT\d{8})"')
TRIAL_ID = re.compile(rb"<(?:TrialID|trial_id)>\s*([^<\s]{3,40})")
ENCODING = re.compile(rb"""<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']""")
# What may stand between records and around them: an array's or a page's own punctuation, its paging members, white space.
GLUE = re.compile(
    r'(?:[\s,\[\]\ufeff]|\{?\s*"(?:studies|nextPageToken|totalCount)"\s*:\s*(?:"[^"]*"|\d+|\[)|\}(?=\s*(?:\{|$)))*'
)
XML_HEAD = re.compile(r"[\s\ufeff]*(<\?[^>]*\?>|<!--.*?-->|</?[A-Za-z_]+[^<>]*>|\s)*", re.DOTALL)
BROKEN = (EOFError, OSError, zlib.error, zipfile.BadZipFile)
SUFFIXES = (".json", ".jsonl", ".ndjson", ".xml", ".gz", ".zip")


def read_records(paths: Iterable[Path]) -> Iterator[Record | Refusal]:
    """Every record of the files in their order, and what was refused and why, in its place.

    Files are ClinicalTrials.gov JSON (API version 2: a study, a page, an array, one a line), ICTRP's and ChiCTR's XML, each
    plain, gzipped, or in a zip of one or many; folders are read file by file. Memory is bounded by the largest record.
    Raises InputError for a path that is not there or cannot be opened.
    """
    for path in paths:
        for name, opened in _streams(path):
            if isinstance(opened, str):
                yield Refusal(file=name, place="the file", reason=opened)
            else:
                with opened:
                    yield from read_stream(opened, name)


def read_stream(stream: IO[bytes], name: str) -> Iterator[Record | Refusal]:
    """The records of one decompressed stream; see `read_records`."""
    for result in pieces_of(stream, name):
        if isinstance(result, Refusal):
            yield result
        else:
            yield from read_piece(*result)


Cut = tuple[str, str, Piece]
"""A file's name, its layout ("json" or an XML encoding) and one record's bytes."""


def cut_records(paths: Iterable[Path]) -> Iterator[Cut | Refusal]:
    """The records' bytes, unread: what `read_piece` turns into records, in another process perhaps."""
    for path in paths:
        for name, opened in _streams(path):
            if isinstance(opened, str):
                yield Refusal(file=name, place="the file", reason=opened)
            else:
                with opened:
                    yield from pieces_of(opened, name)


def pieces_of(stream: IO[bytes], name: str) -> Iterator[Cut | Refusal]:
    """One stream cut into records; a stream that breaks off is refused at its end, after all that came before."""
    found = False
    try:
        head = stream.read(4096)
        layout = _layout(head)
        if layout is None:
            yield Refusal(file=name, place="the file", reason="neither JSON nor XML of a trial registry")
            return
        for piece in split(_Rejoined(head, stream), JSON_START if layout == "json" else XML_START):  # type: ignore[arg-type]
            found = found or piece.number > 0
            yield name, layout, piece
    except BROKEN as error:
        found = True
        yield Refusal(file=name, place="its end", reason=f"the file is broken or ends early ({_said(error)})")
    if not found:
        yield Refusal(file=name, place="the file", reason="no record of a trial in it")


def read_piece(name: str, layout: str, piece: Piece) -> Iterator[Record | Refusal]:
    """The record in some bytes, or why it was refused; what else stands among them is refused too."""

    def refused(reason: str, content: bytes = piece.content, after: int = 0) -> Refusal:
        known = (NCT if layout == "json" else TRIAL_ID).search(content)
        number = f"after record {piece.number:,}" if after else f"record {piece.number:,}"
        return Refusal(
            file=name,
            place=f"{number}, byte {piece.offset + after:,}",
            reason=reason,
            registry_id=known[1].decode("ascii", "replace") if known else "",
        )

    if piece.number == 0:
        head = piece.content.decode("utf-8", "replace")
        if not (GLUE if layout == "json" else XML_HEAD).fullmatch(head):
            yield refused(f"not a trial's record: {_shown(head)}")
        return
    if piece.cut:
        yield refused("larger than any record can be")
        return
    try:
        if layout == "json":
            yield from _read_json(piece.content, refused)
        else:
            yield read_trial(piece.content, layout)
    except (msgspec.DecodeError, UnicodeDecodeError, ParseError, InputError) as error:
        yield refused(_said(error))


def _read_json(content: bytes, refused: Callable[[str, bytes, int], Refusal]) -> Iterator[Record | Refusal]:
    try:
        yield read_study(content.rstrip(b", \t\r\n"))
        return
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        # the record may be whole, with the end of its page, or something that is no record, behind it
        text = content.decode()
        try:
            _, end = json.JSONDecoder().raw_decode(text)
        except json.JSONDecodeError as error:
            raise msgspec.DecodeError(f"not JSON: {error}") from None
    record, rest = text[:end].encode(), text[end:]
    yield read_study(record)
    if not GLUE.fullmatch(rest):
        gap = len(rest) - len(rest.lstrip(", \t\r\n"))
        yield refused(f"not a trial's record: {_shown(rest[gap:])}", rest.encode(), len(record) + gap)


class _Rejoined:
    """A stream whose beginning was read to see what it is."""

    def __init__(self, head: bytes, stream: IO[bytes]) -> None:
        self.head, self.stream = head, stream

    def read(self, size: int) -> bytes:
        if self.head:
            head, self.head = self.head, b""
            return head
        return self.stream.read(size)


def _layout(head: bytes) -> str | None:
    """ "json", or the encoding of an XML text; None for what is neither."""
    begun = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if begun[:1] in (b"{", b"["):
        return "json"
    if begun[:1] != b"<":
        return None
    declared = ENCODING.search(head)
    return declared[1].decode() if declared else "utf-8"


def _streams(path: Path) -> Iterator[tuple[str, IO[bytes] | str]]:
    """The streams in a path, by name; a text instead of a stream says why there is none."""
    if path.is_dir():
        for inner in sorted(inner for inner in path.rglob("*") if inner.suffix.lower() in SUFFIXES):
            yield from _streams(inner)
        return
    try:
        file = path.open("rb")
        magic = file.read(4)
        file.seek(0)
    except OSError as error:
        raise InputError("file", str(path), f"a file that can be read ({error.strerror or error})") from None
    if magic[:2] == b"\x1f\x8b":
        with file:
            yield path.name, gzip.GzipFile(fileobj=file)  # type: ignore[misc]
    elif magic == b"PK\x03\x04":
        with file:
            yield from _zipped(path.name, file)
    else:
        yield path.name, file


def _zipped(name: str, file: IO[bytes]) -> Iterator[tuple[str, IO[bytes] | str]]:
    try:
        archive = zipfile.ZipFile(file)
    except BROKEN as error:
        yield name, f"the archive is broken or ends early ({_said(error)})"
        return
    with archive:
        for member in archive.infolist():
            if member.is_dir() or not member.filename.lower().endswith((".json", ".xml", ".jsonl", ".ndjson")):
                continue
            try:
                yield f"{name}/{member.filename}", archive.open(member)
            except (*BROKEN, RuntimeError, NotImplementedError) as error:  # encrypted, or a method unknown
                yield f"{name}/{member.filename}", f"cannot be unpacked ({_said(error)})"


def _said(error: Exception) -> str:
    return " ".join((str(error) or type(error).__name__).split())[:300]


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "..."
