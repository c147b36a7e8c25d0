"""PDFs: Chinese without boxes on a machine that has no fonts, one page, the same bytes, and data that stays data."""

import json

import pytest
import typst

from equipoise.typeset import FONTS, make_pdf
from equipoise.web.lectures import certificates

SAID = {
    "code": "EQ-7K2M-0QZT-93AB-XH4D", "name": "林晓喆", "institution": ["Lakeside Teaching Hospital", "湖畔教学医院"],
    "topic": ["Estimands in practice", "估计目标实务"], "programme": ["Lakeside and Harbor", "湖畔与海港"],
    "speaker": "Margaret Ellis", "starts": "2026-11-18T20:00:00-05:00", "minutes": 60, "time_zone": "America/New_York",
    "competencies": [["Scientific concepts and research design", "科学概念与研究设计"]], "quiz": {"right": 4, "of": 5},
    "issued": "2026-11-20", "when": ["18 November 2026", "2026年11月18日"], "verify": "https://example.org/verify/EQ",
}  # fmt: skip
LINE = (
    '#set page(width: 60pt, height: 60pt, margin: 5pt)\n#set text(font: "Noto Sans SC", size: 40pt, fallback: false)\n'
)


def draw(character: str) -> bytes:
    """A picture of one character, with our fonts alone."""
    source = (LINE + "#sys.inputs.data").encode()
    return typst.compile(
        source, format="png", font_paths=[str(FONTS)], ignore_system_fonts=True, sys_inputs={"data": character}
    )


def pages(said: dict) -> int:
    """How many pages a certificate has."""
    drawn = typst.compile(
        str(certificates.TEMPLATE), root=str(certificates.TEMPLATE.parent), font_paths=[str(FONTS)], format="svg",
        ignore_system_fonts=True, sys_inputs={"data": json.dumps(said, ensure_ascii=False)},
    )  # fmt: skip
    return len(drawn) if isinstance(drawn, list) else 1


def test_our_font_draws_chinese_and_no_boxes():
    box = draw("\U0001f9ea")  # which no Chinese font has
    drawn = [draw(character) for character in "出席证书林晓喆堃玥，。“”（）é–ü"]
    assert box not in drawn
    assert len(set(drawn)) == len(drawn)


def test_our_font_has_every_character_of_gb2312_and_of_our_own_chinese_pages():
    """By the font's own table of characters, read with the fewest means: the format-12 or format-4 `cmap`."""
    held = characters_of((FONTS / "NotoSansSC-Regular.ttf").read_bytes())
    words = {*"".join(path.read_text(encoding="utf-8") for path in FONTS.parents[1].rglob("django.po"))}
    wanted = {
        character for character in words if "\u4e00" <= character <= "\u9fff" or "\u3000" <= character <= "\u303f"
    }
    for row in range(0xB0, 0xF8):
        for cell in range(0xA1, 0xFF):
            wanted |= {*bytes([row, cell]).decode("gb2312", errors="ignore")}
    assert len(wanted) > 6763
    assert wanted <= held


def characters_of(font: bytes) -> set[str]:
    import struct

    tables = struct.unpack(">H", font[4:6])[0]
    records = [struct.unpack(">4sLLL", font[12 + 16 * n : 28 + 16 * n]) for n in range(tables)]
    start = next(offset for name, _sum, offset, _length in records if name == b"cmap")
    subtables = struct.unpack(">H", font[start + 2 : start + 4])[0]
    found: set[str] = set()
    for n in range(subtables):
        at = start + struct.unpack(">HHL", font[start + 4 + 8 * n : start + 12 + 8 * n])[2]
        if struct.unpack(">H", font[at : at + 2])[0] == 12:
            groups = struct.unpack(">L", font[at + 12 : at + 16])[0]
            for group in range(groups):
                first, last, _glyph = struct.unpack(">LLL", font[at + 16 + 12 * group : at + 28 + 12 * group])
                found |= {chr(code) for code in range(first, last + 1)}
        elif struct.unpack(">H", font[at : at + 2])[0] == 4:
            segments = struct.unpack(">H", font[at + 6 : at + 8])[0] // 2
            ends = struct.unpack(f">{segments}H", font[at + 14 : at + 14 + 2 * segments])
            firsts = struct.unpack(f">{segments}H", font[at + 16 + 2 * segments : at + 16 + 4 * segments])
            for first, last in zip(firsts, ends, strict=True):
                found |= {chr(code) for code in range(first, min(last, 0xFFFE) + 1)}
    return found


def test_the_same_input_gives_the_same_bytes():
    made = {make_pdf(certificates.TEMPLATE, SAID, own_fonts_only=True) for _again in range(2)}
    assert len(made) == 1
    assert made != {make_pdf(certificates.TEMPLATE, SAID | {"name": "Another"}, own_fonts_only=True)}


def test_what_people_wrote_is_data_and_never_source():
    sly = '#panic("run") #read("/etc/passwd") $x$ *b* _i_ `c` \\ ] } " // /* <label> @cite'
    said = SAID | {"name": sly, "topic": [sly, sly], "institution": [sly, sly], "speaker": sly}
    assert make_pdf(certificates.TEMPLATE, said).startswith(b"%PDF-")


@pytest.mark.parametrize("times", [1, 100])
def test_a_certificate_is_one_page_however_long_its_words(times):
    words = ["A lecture " * (times * 20 // 100 + 1), "讲座" * times]
    said = SAID | {"topic": words, "programme": words, "institution": words, "competencies": SAID["competencies"] * 8}
    assert pages(said) == 1


def test_a_certificate_without_what_is_optional_is_typeset_too():
    said = SAID | {"speaker": "", "institution": ["", ""], "competencies": [], "quiz": None}
    assert make_pdf(certificates.TEMPLATE, said).startswith(b"%PDF-")
