"""Question files: plain TOML, read and written."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from equipoise.errors import InputError
from equipoise.search.question import Question

LARGEST_FILE = 1_000_000
LONGEST_SHOWN = 76


class NotTomlError(InputError):
    """A text that is no TOML; the message is a sentence that says where, and what is wrong, in the parser's words."""

    def __init__(self, fault: str) -> None:
        super().__init__("the file", fault, "TOML: one `name = value` a line, text in quotes")
        said = re.fullmatch(r"(.*) \(at (line \d+, column \d+|end of document)\)", fault, re.DOTALL)
        what, place = (said[1], f" at {said[2]}".replace("end of document", "its end")) if said else (fault, "")
        found = " ".join((what[:1].lower() + what[1:]).split())
        self.args = (f"the file is not TOML{place}: {found} (TOML has one `name = value` a line, text in quotes)",)


def read_question(path: Path) -> Question:
    """Read a question file; raise InputError that names the file's fault."""
    return parse_question(read_text(path))


def parse_question(text: str) -> Question:
    """A question from the text of its file; raise InputError for the first fault."""
    return Question.read(parse_toml(text))


def read_text(path: Path) -> str:
    """The text of a small UTF-8 file; raise InputError when there is none."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InputError("the file", _shown(path), f"at most {LARGEST_FILE:,} bytes")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("the file", _shown(path), "text in UTF-8") from None
    except OSError as error:
        raise InputError("the file", _shown(path), f"a file that can be read ({error.strerror or error})") from None


def _shown(path: Path) -> str:
    """The path as it was given; of a very long one its end, which tells the file."""
    text = str(path)
    return text if len(text) <= LONGEST_SHOWN else "..." + text[3 - LONGEST_SHOWN :]


def parse_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML text; raise InputError with the line where it goes wrong."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotTomlError(str(error)) from None
    except ValueError:
        raise NotTomlError("a number or date is too long") from None
    except RecursionError:
        raise NotTomlError("tables or lists are too deep in one another") from None


def write_toml(question: Question) -> str:
    """The question as the text of a question file; reading it gives an equal question."""
    data = question.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    scenarios = data.pop("scenarios")
    lines = ["schema = 1", f"title = {_toml(data.pop('title'))}"]
    data.pop("schema", None)
    tables = [("picot", data.pop("picot")), ("endpoint", data.pop("endpoint"))]
    lines += [line for name, table in tables for line in _table(f"[{name}]", table)]
    lines += [line for scenario in scenarios for line in _table("[[scenarios]]", scenario)]
    lines += [line for name, table in data.items() for line in _table(f"[{name}]", table)]
    return "\n".join(lines) + "\n"


def _table(heading: str, table: dict[str, Any]) -> list[str]:
    return ["", heading, *(f"{name} = {_toml(value)}" for name, value in table.items())]


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + "".join(_ESCAPES.get(char, char) for char in value) + '"'
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_toml(str(name))} = {_toml(item)}" for name, item in value.items()) + " }"
    return repr(value)


_ESCAPES = {chr(code): f"\\u{code:04x}" for code in (*range(32), 127)} | {
    '"': '\\"',
    "\\": "\\\\",
    "\n": "\\n",
    "\t": "\\t",
}
