"""Fetch the browser libraries from npm into src/equipoise/web/static/vendored, with licences and hashes.

    python tools/vendor.py          # fetch again and rewrite manifest.json

The files are committed, so that installing needs no npm and a page never asks another machine for anything.
"""

import hashlib
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "src/equipoise/web/static/vendored"

# package, version, licence file, file inside the package, name here
PARTS = [
    ("@picocss/pico", "2.1.1", "LICENSE.md", "css/pico.min.css", "pico.min.css"),
    ("htmx.org", "2.0.11", "LICENSE", "dist/htmx.min.js", "htmx.min.js"),
    ("vega", "6.4.0", "LICENSE", "build/vega.min.js", "vega.min.js"),
    ("vega-lite", "6.4.3", "LICENSE", "build/vega-lite.min.js", "vega-lite.min.js"),
    ("vega-interpreter", "2.3.2", "LICENSE", "build/vega-interpreter.js", "vega-interpreter.js"),
]


def as_classic_script(source: str) -> str:
    """vega-interpreter ships as a module importing vega-util by a bare name, which a strict CSP page cannot map.

    vega.min.js already carries vega-util, so the import is pointed there and the export is put beside it.
    """
    head = "import { ascending, isString, DisallowedObjectProperties } from 'vega-util';"
    tail = "export { expression as expressionInterpreter };"
    if source.count(head) != 1 or source.count(tail) != 1:
        raise SystemExit("vega-interpreter changed its imports or exports: look again at as_classic_script")
    source = source.replace(head, "const { ascending, isString, DisallowedObjectProperties } = window.vega;")
    source = source.replace(tail, "window.vegaInterpreter = { expressionInterpreter: expression };")
    return f"(function () {{\n{source}\n}})();\n"


def unpack(package: str, version: str, folder: Path) -> Path:
    name = subprocess.run(
        ["npm", "pack", "--silent", f"{package}@{version}"], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()
    with tarfile.open(folder / name) as archive:
        archive.extractall(folder / name.removesuffix(".tgz"), filter="data")
    return folder / name.removesuffix(".tgz") / "package"


def main() -> None:
    manifest = {}
    for package, version, licence, source, name in PARTS:
        with tempfile.TemporaryDirectory() as scratch:
            root = unpack(package, version, Path(scratch))
            place = TARGET / f"{package.split('/')[-1]}-{version}"
            place.mkdir(parents=True, exist_ok=True)
            text = (root / source).read_text(encoding="utf-8")
            if package == "vega-interpreter":
                text = as_classic_script(text)
            # source maps are not shipped; a dangling pointer would fail the manifest storage
            lines = [
                line
                for line in text.rstrip("\n").split("\n")
                if not line.startswith(("//# sourceMappingURL", "/*# source"))
            ]
            (place / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
            (place / "LICENSE").write_text((root / licence).read_text(encoding="utf-8"), encoding="utf-8")
    for path in sorted(TARGET.rglob("*")):
        if path.is_file() and path.name != "manifest.json":
            manifest[path.relative_to(TARGET).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    (TARGET / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
