"""Spreadsheets that people bring, as rows: CSV in the encodings of two countries, or Excel."""

import csv
import io
import zipfile

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from equipoise.web.uploads import check_upload

MOST_ROWS = 5000


def read_sheet(file: UploadedFile) -> list[dict[str, str]]:
    """The rows as dicts by the headings of the first row, in lower case; raises ValidationError."""
    media = check_upload(file, ("csv", "txt", "xlsx"))
    data = file.read()
    table = _excel(data) if "spreadsheet" in media else _csv(data)
    if not table:
        raise ValidationError(_("The file has no rows."))
    if len(table) - 1 > MOST_ROWS:
        raise ValidationError(_("The file has too many rows. Allowed: %(most)s.") % {"most": MOST_ROWS})
    head = [cell.strip().lower().replace(" ", "_").replace("-", "_") for cell in table[0]]
    rows = [[cell.strip() for cell in row] for row in table[1:]]
    return [dict(zip(head, row + [""] * (len(head) - len(row)), strict=False)) for row in rows if any(row)]


def _csv(data: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise ValidationError(_("The text of the file cannot be read. Save it as CSV in UTF-8."))
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise ValidationError(_("The file is not a table: %(fault)s.") % {"fault": error}) from None


def _excel(data: bytes) -> list[list[str]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(values_only=True, max_row=MOST_ROWS + 2)
        return [["" if cell is None else str(cell) for cell in row] for row in rows]
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, IndexError):
        raise ValidationError(_("The file is not an Excel workbook.")) from None
