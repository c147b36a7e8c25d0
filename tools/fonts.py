"""Make the Chinese font of our PDFs: Noto Sans SC from npm, cut down to what people write.

    pip install fonttools        # into an environment of its own
    python tools/fonts.py        # fetch, cut, and rewrite src/equipoise/typeset/fonts/NotoSansSC-Regular.ttf

Kept are ASCII, Latin-1, general punctuation, GB 2312 (signs and 6,763 characters), and the characters that the Table of
General Standard Chinese Characters (2013) has beyond it, which people's names use (fonts/characters.txt). The result is
committed, so that neither npm nor fonttools is needed to install or to run.
"""

import subprocess
import tarfile
import tempfile
from pathlib import Path

from fontTools import subset

PACKAGE = "@expo-google-fonts/noto-sans-sc@0.4.3"
TARGET = Path(__file__).resolve().parent.parent / "src/equipoise/typeset/fonts"


def gb2312() -> set[str]:
    """Every character of GB 2312, by Python's own codec."""
    found = set()
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                found.add(bytes([row, cell]).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return found


def wanted() -> set[int]:
    """The code points that are kept."""
    more = (TARGET / "characters.txt").read_text(encoding="utf-8")
    latin = {*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2050), 0x20AC, 0x2122, 0x2212, 0x2264, 0x2265}
    return latin | {ord(character) for character in gb2312() | {*more} if character.isprintable()}


def main() -> None:
    options = subset.Options(
        hinting=False, layout_features=["kern", "mark", "mkmk", "ccmp", "locl"], notdef_outline=True
    )
    with tempfile.TemporaryDirectory() as scratch:
        command = ["npm", "pack", "--silent", PACKAGE]
        name = subprocess.run(command, cwd=scratch, check=True, capture_output=True, text=True).stdout.strip()
        with tarfile.open(Path(scratch) / name) as archive:
            archive.extractall(scratch, filter="data")
        root = Path(scratch) / "package"
        font = subset.load_font(root / "400Regular/NotoSansSC_400Regular.ttf", options)
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=wanted())
        cutter.subset(font)
        font["head"].modified = font["head"].created  # the same bytes each time
        font.recalcTimestamp = False
        subset.save_font(font, TARGET / "NotoSansSC-Regular.ttf", options)
        (TARGET / "LICENSE").write_text((root / "LICENSE_FONT").read_text(encoding="utf-8"), encoding="utf-8")


if __name__ == "__main__":
    main()
