"""PDF documents, by Typst: the source is a template of ours, and what people wrote comes in as data, never as source."""

import json
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
"""Fonts that come with us, so that Chinese is never boxes (fonts/README.md)."""


def make_pdf(template: Path, data: dict, *, own_fonts_only: bool = False) -> bytes:
    """Typeset a template (.typ), which reads `json(bytes(sys.inputs.data))`; the same input gives the same bytes.

    The machine's own fonts help with characters that ours lack, but for `own_fonts_only`: then the bytes are the same
    on every machine.
    """
    import typst  # slow to import, and seldom needed

    return typst.compile(
        str(template), root=str(template.parent), font_paths=[str(FONTS)], ignore_system_fonts=own_fonts_only,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, timestamp=0,
    )  # fmt: skip
