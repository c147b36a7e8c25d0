"""Spreadsheets: those that people bring, as rows of text, csv of any usual encoding and separator or xlsx; and cells to give."""

import csv
import io
import zipfile
from datetime import date, datetime, time
from itertools import zip_longest

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_ROWS, MOST_COLUMNS, MOST_LETTERS = 5_000, 60, 5_000
MOST_UNPACKED = 100_000_000
MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


def read_rows(data: bytes, filename: str, *, headed: bool = False) -> list[list[str]]:
    """The rows of the file, cells without the space around them; raises ValidationError where it cannot be read."""
    rows = _excel(data) if filename.lower().endswith(".xlsx") else _separated(data, headed)
    if len(rows) - headed > MOST_ROWS:
        raise ValidationError(_("The file has too many rows. Allowed: %(most)s.") % {"most": MOST_ROWS})
    return rows


def read_table(data: bytes, filename: str) -> list[dict[str, str]]:
    """The rows below a first one of headings, as dicts by those in small letters with _ for spaces; what has
    no heading, and rows of nothing, are left out.

    Stricter than `read_rows`: the headings alone say what separates the columns, and no encoding is guessed at.
    """
    rows = read_rows(data, filename, headed=True)
    if not rows:
        raise ValidationError(_("The file has no rows."))
    head = [cell.lower().replace(" ", "_").replace("-", "_") for cell in rows[0]]
    return [
        {name: cell for name, cell in zip_longest(head, row[: len(head)], fillvalue="") if name}
        for row in rows[1:]
        if any(row)
    ]


def harmless(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _separated(data: bytes, headed: bool) -> list[list[str]]:
    text = _text(data, strict=headed)
    if "\0" in text:
        raise ValidationError(_("The file is not a table that can be read."))
    head = text.split("\n", 1)[0] if headed else text[:10_000]
    separator = max(",\t;", key=head.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        return [[cell.strip()[:MOST_LETTERS] for cell in row[:MOST_COLUMNS]] for row in rows]
    except csv.Error as error:
        raise ValidationError(_("The file is not a table that can be read.")) from error


def _text(data: bytes, *, strict: bool) -> str:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace").lstrip("\ufeff")
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    if strict:
        raise ValidationError(_("The text of the file cannot be read. Save it as CSV in UTF-8."))
    return data.decode("latin-1")


def _excel(data: bytes) -> list[list[str]]:
    import openpyxl  # slow to import

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            size = sum(part.file_size for part in packed.infolist())
        if size > MOST_UNPACKED:
            raise ValidationError(_("The file is too large once unpacked."))
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True)
        return [[_cell(value) for value in row] for row in rows]
    except ValidationError:
        raise
    except Exception as error:  # a broken file fails in whatever way its makers thought of
        raise ValidationError(_("The file is not a table that can be read.")) from error


def _cell(value) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        midnight = value.time() == time(0)
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="seconds") if value.second else value.isoformat(timespec="minutes")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()[:MOST_LETTERS]
