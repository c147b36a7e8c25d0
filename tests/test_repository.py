"""What holds for the repository as a whole."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src/equipoise"
MOST_LINES = 400
# written in pieces, so that this file does not hold them itself
FORBIDDEN = [
    "/" + "work/",
    "py" + "pi.org",
    "python" + "hosted.org",
    "registry." + "npmjs",
    "conda" + ".anaconda",
]


def tracked():
    """Files under version control, or all but the made ones where there is no git."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
        names = [name for name in listed.stdout.decode().split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        made = {".venv", ".tools", ".git", "site", "build", "dist", "var"}
        found = (path.relative_to(ROOT) for path in ROOT.rglob("*"))
        names = [path.as_posix() for path in found if not made & {*path.parts}]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def own_text(path):
    """The text of a file of our own, or None for what others made and what is no text."""
    if "vendored" in path.parts or path.name == "LICENSE":
        return None
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def test_no_source_file_is_longer_than_400_lines():
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in SOURCE.rglob("*.py")
        if "migrations" not in path.parts and (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert long == {}


def test_no_file_names_a_workplace_or_a_package_registry():
    found = [
        (path.relative_to(ROOT).as_posix(), word)
        for path in tracked()
        if (text := own_text(path)) is not None
        for word in FORBIDDEN
        if word in text.lower()
    ]
    assert found == []


def test_no_file_holds_a_private_key():
    mark = re.compile("-----BEGIN ([A-Z0-9]+ )*" + "PRIVATE KEY")
    assert [path for path in tracked() if mark.search(own_text(path) or "")] == []


def dependencies():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    wanted += [name for extra in project["project"]["optional-dependencies"].values() for name in extra]
    return wanted


def name_of(requirement):
    return re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9._-]+", requirement)[0]).lower()


def locked():
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return {name_of(line): re.search(r"==([^\s;\\]+)", line)[1] for line in lines if re.match(r"[A-Za-z0-9]", line)}


@pytest.mark.parametrize("requirement", dependencies(), ids=name_of)
def test_every_direct_dependency_is_locked_at_a_version_that_it_allows(requirement):
    from packaging.requirements import Requirement

    assert locked()[name_of(requirement)] in Requirement(requirement).specifier, "run `make lock`"


def test_the_lock_file_has_hashes_and_no_addresses():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert all(f"\n{name}=={version}" in f"\n{text}" for name, version in locked().items())
    assert text.count("--hash=sha256:") >= len(locked())


def test_licence_notice_and_changelog_are_there():
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8").lower()
    for part in (SOURCE / "web/static/vendored").iterdir():
        if part.is_dir():
            name, version = part.name.rsplit("-", 1)
            assert name.removesuffix(".org").split("-")[0] in notice
            assert version in notice
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_package_says_what_it_is_for():
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in SOURCE.rglob("__init__.py")
        if "migrations" not in path.parts and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_the_glossary_has_each_word_once():
    rows = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").splitlines()
    words = [row.split("|")[1].strip() for row in rows if row.startswith("| ") and "---" not in row]
    words = [word for word in words if word != "word"]
    assert len(words) > 40
    assert len(words) == len(set(words))
