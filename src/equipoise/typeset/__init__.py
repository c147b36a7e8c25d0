"""PDF documents and drawings, by Typst: the source is a template of ours, and what people wrote comes in as data, never as source."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent / "fonts"
"""Fonts that come with us, so that Chinese is never boxes (fonts/README.md)."""

__all__ = ["FONTS", "make_drawing", "make_pdf", "make_pictures"]


def make_pdf(template: Path, data: Mapping[str, Any], *, own_fonts_only: bool = False) -> bytes:
    """Typeset a template (.typ), which reads `json(bytes(sys.inputs.data))`; the same input gives the same bytes.

    The machine's own fonts help with characters that ours lack, but for `own_fonts_only`: then the bytes are the same
    on every machine.
    """
    return _pages(template, data, ignore_system_fonts=own_fonts_only, format="pdf")[0]


def make_pictures(template: Path, data: Mapping[str, Any], *, ppi: float = 144) -> list[bytes]:
    """The pages of the same as pictures (PNG) of so many dots an inch, with our own fonts only."""
    return _pages(template, data, ignore_system_fonts=True, format="png", ppi=ppi)


def make_drawing(template: Path, data: Mapping[str, Any]) -> str:
    """The one page of the same as a drawing (SVG), letters as outlines, with our own fonts only."""
    return _pages(template, data, ignore_system_fonts=True, format="svg")[0].decode()


def _pages(template: Path, data: Mapping[str, Any], **options: Any) -> list[bytes]:
    import typst  # slow to import, and seldom needed

    made = typst.compile(
        str(template), root=str(template.parent), font_paths=[str(FONTS)], timestamp=0,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, **options,
    )  # fmt: skip
    return made if isinstance(made, list) else [made]
