"""A document of headings, sentences, facts and tables, as Word and as PDF. What it is about is decided elsewhere."""

import io
from dataclasses import asdict, dataclass, field
from pathlib import Path

from equipoise.typeset import make_pdf

TEMPLATE = Path(__file__).parent / "report.typ"
ACCENT = "0B6E69"
CHINESE_LETTERS = "Microsoft YaHei"


@dataclass(frozen=True)
class Text:
    """A paragraph; `quiet` for what explains."""

    text: str
    quiet: bool = False
    kind: str = "text"


@dataclass(frozen=True)
class Facts:
    """Labels with their values."""

    rows: list[tuple[str, str]]
    kind: str = "facts"


@dataclass(frozen=True)
class Table:
    """Rows under a heading; `numbers` are the columns set to the right, `widths` the columns' shares of the width."""

    head: list[str]
    rows: list[list[str]]
    numbers: list[int] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    kind: str = "table"


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it."""

    title: str
    parts: list[Text | Facts | Table]


@dataclass(frozen=True)
class Paper:
    """A whole document in one language; `one_page` makes its letters as small as it needs."""

    title: str
    subtitle: str
    language: str
    sections: list[Section]
    footer: str = ""
    one_page: bool = False


def to_pdf(paper: Paper) -> bytes:
    """The document as PDF."""
    return make_pdf(TEMPLATE, asdict(paper))


def to_word(paper: Paper) -> bytes:
    """The document as Word, with real headings, and tables whose first row is a heading on every page."""
    import docx  # slow to import
    from docx.shared import Mm, Pt

    file = docx.Document()
    page = file.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(20)
    page.top_margin = page.bottom_margin = Mm(18)
    _letters(file, paper)
    file.core_properties.title, file.core_properties.language = paper.title, _tag(paper.language)
    file.core_properties.author = "Equipoise"
    file.add_heading(paper.title, level=0)
    file.add_paragraph(paper.subtitle)
    for section in paper.sections:
        file.add_heading(section.title, level=1)
        for part in section.parts:
            if isinstance(part, Text):
                file.add_paragraph().add_run(part.text).italic = part.quiet
            elif isinstance(part, Facts):
                _table(file, [list(row) for row in part.rows], [], [2, 5], head=False)
            else:
                _table(file, [part.head, *part.rows], part.numbers, part.widths, head=True)
    if paper.footer:
        page.footer.paragraphs[0].add_run(paper.footer).font.size = Pt(8)
    made = io.BytesIO()
    file.save(made)
    return made.getvalue()


def _letters(file, paper: Paper) -> None:
    """The styles' letters, Chinese ones too, and the language that the spelling is checked in."""
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    sizes = {"Normal": 9.5 if paper.one_page else 10.5, "Title": 20, "Heading 1": 12 if paper.one_page else 14}
    for name, size in sizes.items():
        style = file.styles[name]
        style.font.name, style.font.size = "Calibri", Pt(size)
        letters = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            letters.attrib.pop(qn(kind), None)
        letters.set(qn("w:eastAsia"), CHINESE_LETTERS)
        if name != "Normal":
            style.font.color.rgb = RGBColor.from_string(ACCENT)
    for language in file.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), _tag(paper.language))
        language.set(qn("w:eastAsia"), "zh-CN")
    spacing = file.styles["Normal"].paragraph_format
    spacing.space_after = Pt(3 if paper.one_page else 6)


def _table(file, rows: list[list[str]], numbers: list[int], widths: list[int], *, head: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.shared import Mm, Pt

    columns = len(rows[0]) if rows else 0
    if not columns:
        return
    shares = widths or [1] * columns
    table = file.add_table(rows=0, cols=columns)
    table.style = "Table Grid"
    for place, row in enumerate(rows):
        cells = table.add_row().cells
        for column, words in enumerate(row):
            cells[column].width = Mm(170 * shares[column] / sum(shares))
            paragraph = cells[column].paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            run = paragraph.add_run(words)
            run.font.size = Pt(9)
            run.bold = (head and place == 0) or (not head and column == 0)
            if column in numbers:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if head:
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    file.add_paragraph().paragraph_format.space_after = Pt(2)


def _tag(language: str) -> str:
    return "zh-CN" if language.startswith("zh") else "en-US"
