"""Reference files made for a test: a row of a layout, changed."""

import csv

import pytest

from equipoise.validation import validate_files
from equipoise.validation.report import shipped_files


@pytest.fixture
def shipped():
    """The first shipped row of a layout that the words fit, as a dictionary."""

    def row(name, **words):
        path = next(path for path in shipped_files() if path.stem == name)
        with path.open(encoding="utf-8") as stream:
            return next(row for row in csv.DictReader(stream) if all(row[key] == value for key, value in words.items()))

    return row


@pytest.fixture
def validate(tmp_path):
    """The report on a file of these rows."""

    def run(*rows, name="mine.csv"):
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        return validate_files([path])

    return run
