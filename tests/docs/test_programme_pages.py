"""What the pages for coordinators and for IT say is so: the names on the screen, the columns, the variables, the commands."""

import configparser
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WEB = ROOT / "src" / "equipoise" / "web"
HOW_TO = ROOT / "docs" / "how-to"
SERVER = (HOW_TO / "run-a-server.md").read_text(encoding="utf-8")
PROGRAMME = (HOW_TO / "keep-a-programme.md").read_text(encoding="utf-8")
FOR_MEMBERS = ("plan-a-lecture-series", "ask-the-board", "run-the-board", "keep-a-programme")
ON_SCREEN = re.compile(r"(?<![*\w])\*([^*\n]+(?:\n[^*\n]+)?)\*(?![*\w])")
VARIABLE = re.compile(r"\bEQUIPOISE_[A-Z]+(?:_[A-Z]+)*")


def table(text: str, heading: str) -> list[list[str]]:
    """The first table below a heading, without its own two lines of heading."""
    lines = text.split(f"{heading}\n", 1)[1].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("| ---"))
    rows = []
    for line in lines[start + 1 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def block(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.fixture(scope="module")
def said_on_screen():
    """Every string of the pages, in English."""
    from babel.messages.pofile import read_po

    strings = set()
    for path in WEB.rglob("django.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                strings.update([message.id] if isinstance(message.id, str) else message.id)
    return {re.sub(r"%\(\w+\)[sd]", "…", text) for text in strings}


@pytest.mark.parametrize("page", FOR_MEMBERS)
def test_what_stands_in_italics_is_on_the_screen(page, said_on_screen):
    named = ON_SCREEN.findall((HOW_TO / f"{page}.md").read_text(encoding="utf-8"))
    assert len(named) > 5
    assert [words for words in named if " ".join(words.split()) not in said_on_screen] == []


def test_every_variable_is_in_the_table_and_every_one_in_the_table_is_read():
    read = set()
    for path in [*WEB.glob("*.py"), *(ROOT / "src" / "equipoise" / "cli").glob("*.py")]:
        code = path.read_text(encoding="utf-8")
        read.update(re.findall(r"""(?:environ(?:\.get\(|\[)|words\()\s*["'](EQUIPOISE_[A-Z_]+)["']""", code))
    listed = [row[0].strip("`") for row in table(SERVER, "## Settings")]
    assert len(listed) == len(set(listed))
    assert set(listed) == read
    assert set(VARIABLE.findall(SERVER)) == read


def test_what_holds_without_a_variable_is_what_the_code_says():
    code = "".join((WEB / name).read_text(encoding="utf-8") for name in ("settings.py", "environment.py"))
    given = dict(re.findall(r"""(?:get|words)\("(EQUIPOISE_\w+)", "([^"]+)"\)""", code))
    said = {row[0].strip("`"): row[1] for row in table(SERVER, "## Settings")}
    assert len(given) >= 6
    for name, value in given.items():
        assert value in said[name].replace("./var", "var"), name


def test_the_example_settings_are_read_as_meant(monkeypatch, tmp_path):
    from equipoise.web import environment

    example = next(text for text in block(SERVER, "ini") if text.startswith("EQUIPOISE_"))
    lines = dict(line.split("=", 1) for line in example.splitlines())
    for name, value in lines.items():
        monkeypatch.setenv(name, value.strip('"'))
    assert environment.database(tmp_path)["NAME"] == "equipoise"
    assert environment.mail(tmp_path) | {"EMAIL_PORT": 587, "EMAIL_USE_TLS": True} == environment.mail(tmp_path)
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str
    unit.read_string(next(text for text in block(SERVER, "ini") if text.startswith("[Unit]")))
    assert unit["Service"]["EnvironmentFile"] == "/etc/equipoise.env"


def test_every_command_named_is_there():
    from django.core.management import get_commands
    from typer.main import get_command

    from equipoise.cli.main import app

    text = SERVER + PROGRAMME
    named = set(re.findall(r"python -m equipoise\.web ([a-z_]+)", text))
    assert {"clock", "db_worker", "found", "leave", "migrate"} <= named
    assert named <= set(get_commands())
    assert set(re.findall(r"equipoise (serve|demo|search|new)\b", text)) <= set(get_command(app).commands)


def test_the_columns_of_the_sheets_are_those_that_are_read():
    from equipoise.web.lectures.spreadsheet import COLUMNS, TEMPLATE

    lectures = [[cell.strip("`") for cell in row] for row in table(PROGRAMME, "### Lectures from a spreadsheet")]
    assert tuple(row[0] for row in lectures) == TEMPLATE
    for english, chinese, *_rest in lectures:
        assert any({english, chinese} <= set(names) for names in COLUMNS.values()), english
    people = [row[0].strip("`") for row in table(PROGRAMME, "### People from a spreadsheet")]
    code = (WEB / "people" / "importing.py").read_text(encoding="utf-8")
    assert set(people) == set(re.findall(r"""row(?:\.get\(|\[)["'](\w+)["']""", code))


def test_the_roles_are_those_that_there_are():
    from equipoise.web.people.models import Membership

    assert [row[0].strip("`") for row in table(PROGRAMME, "## People")] == Membership.Role.values
    competencies = re.search(r"`(science[^`]+)`", PROGRAMME)[1]
    from equipoise.web.lectures.competencies import COMPETENCIES

    assert competencies.split("; ") == list(COMPETENCIES)
