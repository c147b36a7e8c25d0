import hashlib
import json
from pathlib import Path

import equipoise.web

FOLDER = Path(equipoise.web.__file__).parent / "static/vendored"


def test_vendored_files_are_the_ones_that_were_reviewed():
    found = {
        path.relative_to(FOLDER).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in FOLDER.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert found == json.loads((FOLDER / "manifest.json").read_text())


def test_every_vendored_part_brings_its_licence():
    for folder in FOLDER.iterdir():
        assert folder.name == "manifest.json" or (folder / "LICENSE").is_file()
