"""The folder that `equipoise search --out` writes: whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from equipoise.charts import front_chart
from equipoise.errors import InputError
from equipoise.search import SearchResult, candidates_csv


def write_folder(result: SearchResult, folder: Path) -> None:
    """Write report.html, front.svg, front.png, candidates.csv and result.json; a failure leaves what was there before.

    Files are made beside the folder and moved into it together; others in it are left alone. Raises InputError.
    """
    import vl_convert

    from equipoise.cli.report import report_html

    spec = front_chart(result).to_json()
    files = {
        "result.json": result.model_dump_json(by_alias=True, indent=1).encode(),
        "candidates.csv": candidates_csv(result).encode("utf-8-sig"),
        "front.svg": vl_convert.vegalite_to_svg(spec).encode(),
        "front.png": vl_convert.vegalite_to_png(spec, scale=2),
        "report.html": report_html(result).encode(),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder, prefix=".making-"))
        try:
            for name, content in files.items():
                (made / name).write_bytes(content)
            for name in files:
                (made / name).replace(folder / name)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise InputError("--out", str(folder), f"a folder that can be written ({error.strerror})") from None
