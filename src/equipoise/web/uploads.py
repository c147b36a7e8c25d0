"""Files that people bring: what may come in, and how it goes out again without doing harm."""

from pathlib import PurePath
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _

ZIP = b"PK\x03\x04"
KINDS = {
    # ending: (media type, how such a file begins, most bytes)
    "pdf": ("application/pdf", (b"%PDF-",), 50_000_000),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (ZIP,), 20_000_000),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (ZIP,), 20_000_000),
    "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", (ZIP,), 100_000_000),
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",), 10_000_000),
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",), 10_000_000),
    "csv": ("text/csv", (), 5_000_000),
    "txt": ("text/plain", (), 1_000_000),
    "toml": ("application/toml", (), 1_000_000),
    "vtt": ("text/vtt", (b"WEBVTT", b"\xef\xbb\xbfWEBVTT"), 2_000_000),
    "mp4": ("video/mp4", (), 2_000_000_000),
    "webm": ("video/webm", (b"\x1a\x45\xdf\xa3",), 2_000_000_000),
}
DOCUMENTS = ("pdf", "docx", "xlsx", "pptx", "png", "jpg", "csv", "txt", "toml")


def check_upload(file: UploadedFile, allowed: tuple[str, ...] = DOCUMENTS) -> str:
    """The media type of a file that may come in; raises ValidationError, which says what is allowed."""
    ending = PurePath(file.name or "").suffix.lower().lstrip(".").replace("jpeg", "jpg")
    if ending not in allowed:
        endings = ", ".join(allowed)
        raise ValidationError(_("This kind of file is not taken. Allowed: %(endings)s.") % {"endings": endings})
    media, beginnings, most = KINDS[ending]
    if not file.size:
        raise ValidationError(_("The file is empty."))
    if file.size > most:
        raise ValidationError(_("The file is too large. Allowed: %(most)s MB.") % {"most": most // 1_000_000})
    head = file.read(4096)
    file.seek(0)
    wrong = not head.startswith(beginnings) if beginnings else ending != "mp4" and b"\0" in head
    if wrong or (ending == "mp4" and head[4:8] != b"ftyp"):
        raise ValidationError(_("The file is not what its name says (.%(ending)s).") % {"ending": ending})
    return media


def clean_filename(file: UploadedFile) -> str:
    """The name that people see, without a path and without anything that is not a letter to read."""
    name = PurePath((file.name or "").replace("\\", "/")).name
    return "".join(letter for letter in name if letter.isprintable())[-150:] or "file"


def send_file(
    stored, filename: str, media_type: str = "application/octet-stream", *, inline: bool = False
) -> HttpResponse:
    """A stored file as a download that no browser runs; `inline` for players and pictures."""
    response = FileResponse(stored.open("rb"), content_type=media_type)
    how = "inline" if inline else "attachment"
    response["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(filename)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
