"""The message catalogues, without gettext's own tools: one for each room of the web, and one for what lies outside rooms.

`update [ROOM ...]` brings catalogues in step with the strings in the code and templates, keeping every translation;
`missing ROOM` prints what lacks its Chinese as JSON, and `fill ROOM FILE.json` takes {"English": "Chinese"} in;
`compile` makes the .mo files that Django reads; `check` fails where a string lacks its Chinese, is uncertain or out of
use, loses a placeholder, or is put differently in two rooms. The room outside rooms is called "web".
"""

import io
import json
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

WEB = Path(__file__).parent.parent / "src" / "equipoise" / "web"
ROOMS = ["web", *sorted(path.parent.name for path in WEB.glob("*/apps.py"))]
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "N_": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def folder_of(room: str) -> Path:
    return WEB if room == "web" else WEB / room


def po_of(room: str) -> Path:
    return folder_of(room) / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


def blank() -> Catalog:
    return Catalog(
        locale="zh_Hans", charset="utf-8", project="Equipoise", fuzzy=False, copyright_holder="The Equipoise developers",
        header_comment="# The Chinese (Simplified) of Equipoise.",
    )  # fmt: skip


def room_of(path: Path) -> str:
    first = path.relative_to(WEB).parts[0]
    return first if first in ROOMS else "web"


def strings(room: str) -> Catalog:
    """Every string that a room's code and templates mark for translation, but for those held outside rooms."""
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure()
    shared = set() if room == "web" else keys(strings("web"))
    catalog = blank()
    for path in sorted(folder_of(room).rglob("*")):
        if path.suffix not in (".py", ".html", ".txt") or {"static", "migrations"} & {*path.parts}:
            continue
        if room_of(path) != room:
            continue
        text = path.read_text(encoding="utf-8")
        source = text if path.suffix == ".py" else templatize(text, origin=str(path))
        place = path.relative_to(WEB).as_posix()
        for _line, message, _comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
            if (message if isinstance(message, str) else message[0], context) not in shared:
                catalog.add(message, locations=[(place, 0)], context=context)
    return catalog


def read(room: str) -> Catalog:
    """A room's catalogue as it stands."""
    if not po_of(room).exists():
        return blank()
    with po_of(room).open("rb") as file:
        return read_po(file, locale="zh_Hans", charset="utf-8")


def write(room: str, catalog: Catalog) -> None:
    """Keep a room's catalogue, and its compiled form."""
    po_of(room).parent.mkdir(parents=True, exist_ok=True)
    with po_of(room).open("wb") as file:
        write_po(file, catalog, width=110, sort_output=True, omit_header=False, include_lineno=False)
    compile_catalogue(room)


def update(room: str) -> Catalog:
    """Add what is new, drop what is out of use, keep every translation."""
    catalog = read(room)
    catalog.update(strings(room), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    write(room, catalog)
    return catalog


def compile_catalogue(room: str) -> None:
    """Make the .mo file beside the catalogue."""
    if po_of(room).exists():
        with po_of(room).with_suffix(".mo").open("wb") as file:
            write_mo(file, read(room))


def fill(room: str, chinese: dict[str, str]) -> None:
    """Take translations in, by their English; the words of a plural have one Chinese."""
    catalog = update(room)
    for message in catalog:
        if message.id and source_of(message) in chinese:
            words = chinese[source_of(message)]
            message.string = words if isinstance(message.id, str) else (words,)
    write(room, catalog)


def missing(room: str) -> list[str]:
    """What a room lacks its Chinese for."""
    return [source_of(message) for message in update(room) if message.id and not all(words_of(message))]


def faults(room: str) -> list[str]:
    """What is wrong with a room's Chinese, a line each."""
    catalog, wanted = read(room), strings(room)
    found = [f"out of use: {message.id}" for message in catalog if message.id and key(message) not in keys(wanted)]
    for message in wanted:
        if not message.id:
            continue
        held = catalog.get(key(message)[0], message.context)
        words = words_of(held) if held else [""]
        if not all(words):
            found.append(f"no Chinese: {message.id}")
        elif held.fuzzy:
            found.append(f"uncertain: {message.id}")
        elif any(set(PLACEHOLDER.findall(source_of(message))) != set(PLACEHOLDER.findall(word)) for word in words):
            found.append(f"placeholders differ: {message.id}")
    return [f"{room}: {line}" for line in found]


def quarrels() -> list[str]:
    """The strings that two rooms put differently."""
    said: dict[tuple, tuple[str, list[str]]] = {}
    found: list[str] = []
    for room in ROOMS:
        for message in read(room):
            other, words = said.setdefault(key(message), (room, words_of(message)))
            if message.id and words != words_of(message):
                found.append(f"{other} and {room} differ: {message.id}")
    return found


def words_of(message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or [""])


def source_of(message) -> str:
    return message.id if isinstance(message.id, str) else message.id[-1]


def key(message) -> tuple:
    return (message.id if isinstance(message.id, str) else message.id[0], message.context)


def keys(catalog: Catalog) -> set[tuple]:
    return {key(message) for message in catalog}


def main(action: str = "", *arguments: str) -> int:
    if not set(arguments[:1]) <= {*ROOMS}:
        print(f"no such room: {arguments[0]}; there are {', '.join(ROOMS)}")
        return 2
    if action == "update":
        for room in arguments or ROOMS:
            update(room)
    elif action == "missing" and arguments:
        print(json.dumps(dict.fromkeys(missing(arguments[0]), ""), ensure_ascii=False, indent=1))
    elif action == "fill" and len(arguments) == 2:
        fill(arguments[0], json.loads(Path(arguments[1]).read_text(encoding="utf-8")))
    elif action == "compile":
        for room in ROOMS:
            compile_catalogue(room)
    elif action == "check":
        lines = [line for room in ROOMS for line in faults(room)] + quarrels()
        print("\n".join(lines) or "every string has its Chinese")
        return bool(lines)
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
