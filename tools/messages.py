"""The message catalogues, without gettext's own tools: `update`, `compile` and `check`.

`update` brings src/equipoise/web/locale in step with the strings in the code and templates; `compile` makes the .mo files
that Django reads; `check` fails where a string lacks its Chinese, is uncertain or out of use, or loses a placeholder.
"""

import io
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

WEB = Path(__file__).parent.parent / "src" / "equipoise" / "web"
PO = WEB / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "N_": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def strings() -> Catalog:
    """Every string that the web's code and templates mark for translation."""
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure()
    catalog = Catalog(locale="zh_Hans", charset="utf-8")
    for path in sorted(WEB.rglob("*")):
        if path.suffix not in (".py", ".html", ".txt") or "static" in path.parts or "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        source = text if path.suffix == ".py" else templatize(text, origin=str(path))
        place = path.relative_to(WEB).as_posix()
        for _line, message, _comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
            catalog.add(message, locations=[(place, 0)], context=context)
    return catalog


def read() -> Catalog:
    """The catalogue as it stands."""
    if not PO.exists():
        return Catalog(locale="zh_Hans", charset="utf-8")
    with PO.open("rb") as file:
        return read_po(file, locale="zh_Hans", charset="utf-8")


def update() -> None:
    """Add what is new, drop what is out of use, keep every translation; then compile."""
    catalog = read()
    catalog.update(strings(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, catalog, width=110, sort_output=True, omit_header=False, include_lineno=False)
    compile_catalogue()


def compile_catalogue() -> None:
    """Make the .mo file beside the catalogue."""
    with PO.with_suffix(".mo").open("wb") as file:
        write_mo(file, read())


def faults() -> list[str]:
    """What is wrong with the Chinese catalogue, a line each."""
    catalog, wanted = read(), strings()
    found = [f"out of use: {message.id}" for message in catalog if message.id and key(message) not in keys(wanted)]
    for message in wanted:
        if not message.id:
            continue
        held = catalog.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
        words = [held.string] if held and isinstance(held.string, str) else list(held.string) if held else []
        if held is None or not words or not all(words):
            found.append(f"no Chinese: {message.id}")
        elif held.fuzzy:
            found.append(f"uncertain: {message.id}")
        elif any(set(PLACEHOLDER.findall(source_of(message))) != set(PLACEHOLDER.findall(word)) for word in words):
            found.append(f"placeholders differ: {message.id}")
    return found


def source_of(message) -> str:
    return message.id if isinstance(message.id, str) else message.id[-1]


def key(message) -> tuple:
    return (message.id if isinstance(message.id, str) else message.id[0], message.context)


def keys(catalog: Catalog) -> set[tuple]:
    return {key(message) for message in catalog}


def main(action: str = "") -> int:
    if action == "update":
        update()
    elif action == "compile":
        compile_catalogue()
    elif action == "check":
        lines = faults()
        print("\n".join(lines) or "every string has its Chinese")
        return bool(lines)
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
