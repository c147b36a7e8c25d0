"""The published records that the tests of this folder read."""

import gzip
import json
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
REAL = HERE / "ctg-studies.json.gz"


@cache
def studies():
    """The real studies, as published."""
    return json.loads(gzip.decompress(REAL.read_bytes()))


def as_lines(chosen):
    return b"".join(json.dumps(study, ensure_ascii=False).encode() + b"\n" for study in chosen)
