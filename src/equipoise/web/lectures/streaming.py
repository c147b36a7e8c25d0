"""A stored recording, sent whole or in the part that a player asks for (RFC 9110, section 14)."""

import re
from pathlib import PurePath

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

PIECE = 256 * 1024
RANGE = re.compile(r"bytes=(?:(\d+)-(\d*)|-(\d+))")


def stream(request: HttpRequest, stored, *, filename: str, media_type: str) -> HttpResponseBase:
    """The file, or one range of it; a request for several ranges, or for another version, gets it whole."""
    try:
        size = stored.size
        file = stored.open("rb")
    except OSError:
        raise Http404 from None
    mark = f'"{PurePath(stored.name).name}"'  # a stored file never changes, and its name is its own
    wanted = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if wanted and request.headers.get("If-Range", mark) == mark:
        response = _part(file, size, wanted, media_type)
    else:
        response = FileResponse(file, content_type=media_type)
        response["Content-Length"] = str(size)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = mark
    response["Content-Disposition"] = content_disposition_header(False, filename)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _part(file, size: int, wanted: re.Match, media_type: str) -> HttpResponseBase:
    first, last, tail = wanted.groups()
    start = int(first) if first is not None else max(size - int(tail), 0)
    end = min(int(last), size - 1) if first is not None and last else size - 1
    backwards = first is not None and last and int(last) < start
    if start >= size or backwards or (first is None and int(tail) == 0):
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    file.seek(start)
    response = StreamingHttpResponse(_Part(file, end - start + 1), status=206, content_type=media_type)
    response["Content-Range"] = f"bytes {start}-{end}/{size}"
    response["Content-Length"] = str(end - start + 1)
    return response


class _Part:
    """The next `left` bytes of an open file, which is closed with the response."""

    def __init__(self, file, left: int):
        self.file, self.left, self.close = file, left, file.close

    def __iter__(self):
        while self.left > 0 and (piece := self.file.read(min(PIECE, self.left))):
            self.left -= len(piece)
            yield piece
