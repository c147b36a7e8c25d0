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
    return _typeset(template, data, ignore_system_fonts=own_fonts_only, format="pdf")


def make_pictures(template: Path, data: dict, *, ppi: float = 144) -> list[bytes]:
    """The pages of the same as pictures (PNG) of so many dots an inch, with our own fonts only."""
    pages = _typeset(template, data, ignore_system_fonts=True, format="png", ppi=ppi)
    return pages if isinstance(pages, list) else [pages]


def _typeset(template: Path, data: dict, **options):
    import typst  # slow to import, and seldom needed

    return typst.compile(
        str(template), root=str(template.parent), font_paths=[str(FONTS)], timestamp=0,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, **options,
    )  # fmt: skip
