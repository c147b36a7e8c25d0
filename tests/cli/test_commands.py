"""The commands do what they say, on real input."""

import io
import json
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest

from equipoise import __version__
from equipoise.search import SearchResult, read_question

ANSWERS = ["A title", "p", "i", "c", "o", "t", "5", "1", "lower", "0.9", "0.3", "0.2", "", "12", "2", "3", "6"]


def test_search_prints_tables_and_why(equipoise, small):
    status, out, _ = equipoise("search", small)
    assert status == 0
    assert "Worth considering" in out
    assert "Plain fixed" in out
    assert "Power" in out


def test_json_is_one_object_that_reads_back(equipoise, small):
    status, out, _ = equipoise("search", small, "--json", "--keep", "5")
    assert status == 0
    result = SearchResult.read(json.loads(out))
    assert result.recommended is not None


def test_out_writes_everything_and_keeps_what_else_is_there(equipoise, small, tmp_path):
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    assert equipoise("search", small, "--out", folder)[0] == 0
    names = {"report.html", "front.svg", "front.png", "candidates.csv", "result.json", "mine.txt"}
    assert {path.name for path in folder.iterdir()} == names
    page = (folder / "report.html").read_text()
    assert "http" not in page.replace("http://www.w3.org/", "")
    assert "<script" not in page
    assert (folder / "front.png").read_bytes().startswith(b"\x89PNG")


def test_evaluate_has_the_figures_of_the_search(equipoise, small, tmp_path):
    best = json.loads(equipoise("search", small, "--json")[1])["candidates"][0]
    facts = best["design"]
    lines = [f'family = "{best["family"]}"', f"patients_treatment = {facts['patients_treatment']}"]
    lines += [f"patients_control = {facts['patients_control']}", f"sites = {facts['sites']}"]
    lines += [f"information = {facts['information']}", f'spending = "{facts["spending"]}"']
    lines += [f'futility_spending = "{facts["futility_spending"]}"']
    lines += [
        f"{name} = {facts[name]}" for name in ("spending_parameter", "futility_parameter") if facts[name] is not None
    ]
    path = tmp_path / "design.toml"
    path.write_text(small.read_text() + "\n[design]\n" + "\n".join(lines) + "\n")
    status, out, _ = equipoise("evaluate", path, "--json")
    assert status == 0
    assert json.loads(out)["candidates"][0]["scenarios"] == best["scenarios"]
    assert equipoise("evaluate", small)[0] == 2


def test_new_asks_until_the_answer_does_and_writes_a_question(equipoise, tmp_path, monkeypatch):
    path = tmp_path / "asked.toml"
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(ANSWERS) + "\n"))
    status, _, err = equipoise("new", path)
    assert status == 0, err
    assert "Not quite" in err  # "5" is no kind of endpoint
    question = read_question(path)
    assert question.endpoint.kind == "proportion"
    assert question.scenarios[1].treatment == pytest.approx(0.225)
    assert equipoise("search", path, "--json")[0] == 0


def test_new_takes_a_share_in_per_cent_too(equipoise, tmp_path, monkeypatch):
    path = tmp_path / "asked.toml"
    answers = [{"0.9": "90%", "0.3": "30%", "0.2": "20", "": "5%"}.get(answer, answer) for answer in ANSWERS]
    answers.insert(answers.index("20") + 1, "20%")
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(answers) + "\n"))
    status, _, err = equipoise("new", path)
    assert status == 0, err
    assert "Not quite: a share from" in err  # 20 is no share
    assert "30%" in err
    assert "?:" not in err
    planned = read_question(path).scenarios[0]
    assert (planned.control, planned.treatment, planned.dropout) == (0.3, 0.2, 0.05)


def test_new_replaces_nothing_without_a_yes_and_leaves_nothing_half_written(equipoise, tmp_path, monkeypatch):
    path = tmp_path / "there.toml"
    path.write_text("mine")
    monkeypatch.setattr(sys, "stdin", io.StringIO("no\n"))
    assert equipoise("new", path)[0] == 2
    monkeypatch.setattr(sys, "stdin", io.StringIO("yes\nA title\n"))
    assert equipoise("new", path)[0] == 2
    assert path.read_text() == "mine"
    assert [file.name for file in tmp_path.iterdir()] == ["there.toml"]


def test_validate_passes_and_finds_a_changed_figure(equipoise, tmp_path):
    from equipoise.validation.report import shipped_files

    shipped = next(path for path in shipped_files() if path.name == "group_sequential.csv")
    status, out, _ = equipoise("validate", shipped, "--report", tmp_path / "report.md")
    assert status == 0
    assert "all within tolerance" in out
    assert "| critical | 222 |" in (tmp_path / "report.md").read_text()
    changed = tmp_path / "changed.csv"
    changed.write_text(shipped.read_text().replace("1.00712640956765", "1.00713640956765"))
    status, out, _ = equipoise("validate", changed)
    assert status == 1
    assert "BEYOND: changed.csv row 2 inflation" in out


def test_validate_refuses_what_is_no_reference_file(equipoise, tmp_path):
    for text, words in (("", "heading"), ("a,b\n1,2\n", "layout"), ("kind\n", "row"), ("a,b\n1\n", "cells")):
        path = tmp_path / "x.csv"
        path.write_text(text)
        status, out, err = equipoise("validate", path)
        assert (status, out) == (2, "")
        assert words in err


def test_validate_goes_on_after_a_bad_file_and_a_bad_row(equipoise, tmp_path):
    heading = "kind,objective,inputs,margin,sided,alpha,power,ratio,n\nrates,superiority,pi1=0.3;pi2=0.2,0,"
    good, odd = tmp_path / "good.csv", tmp_path / "odd.csv"
    good.write_text(heading + "1,0.025,0.8,1,586.302571010974\n")
    odd.write_text(heading + "1.7,0.025,0.8,1,586\n")
    status, out, err = equipoise("validate", tmp_path / "missing.csv", odd, good)
    assert status == 2
    assert "1 cells checked, 0 within the peer's own error, all within tolerance, 2 not read." in out
    assert err.splitlines()[1] == (
        "equipoise: odd.csv row 2 sided: '1.7' was given; allowed: a whole number from 1 to 2"
    )
    good.write_text(heading + "1,0.025,0.8,1,600\n")
    status, out, err = equipoise("validate", good)
    assert (status, err) == (1, "")
    assert "BEYOND: good.csv row 2 n: expected 600, got 586.302571" in out


def test_a_report_that_cannot_be_written_is_refused_before_the_work(equipoise, tmp_path):
    for place in (tmp_path / "none" / "x.md", tmp_path):
        status, out, err = equipoise("validate", "--report", place)
        assert (status, out) == (2, "")
        assert err.startswith("equipoise: --report: ")


def test_the_figures_fit_eighty_letters_with_every_name_whole(equipoise, monkeypatch):
    from equipoise.validation.report import shipped_files

    monkeypatch.setenv("COLUMNS", "80")
    path = next(path for path in shipped_files() if path.name == "survival_group_sequential.csv")
    lines = equipoise("validate", path)[1].splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert lines[0] == "survival_group_sequential.csv"
    assert any(line.startswith(" expected_patients_h1 ") for line in lines)


def test_the_version_and_the_module():
    done = subprocess.run([sys.executable, "-m", "equipoise", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"equipoise {__version__}"


def test_what_a_file_says_is_shown_as_it_is(equipoise, small):
    text = small.read_text().replace('"as planned"', '"[/x] [bold]a :smile: \\u001b[31m"')
    small.write_text(text.replace('title = "', 'title = "[/red] '))
    status, out, err = equipoise("search", small)
    assert (status, err) == (0, "")
    assert "[/red] A question" in out
    assert "“[/x] [bold]a :smile:" in out
    assert "\x1b" not in out


def started(*arguments, **pipes):
    return subprocess.Popen([sys.executable, "-m", "equipoise", *map(str, arguments)], text=True, **pipes)


def hears_interrupts(run):
    """Wait until Python has begun to listen for SIGINT: before, it ends a process without a word."""
    status = Path(f"/proc/{run.pid}/status")
    while run.poll() is None and status.exists():
        caught = next(line for line in status.read_text().splitlines() if line.startswith("SigCgt:"))
        if int(caught.split()[1], 16) >> (signal.SIGINT - 1) & 1:
            return
        time.sleep(0.01)


def test_an_interrupt_ends_in_one_line_and_leaves_what_was_there(tmp_path):
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "result.json").write_text("before")
    large = Path(__file__).parents[2] / "examples" / "dapagliflozin-hfref.toml"
    for wait in (0.3, 1.5):
        run = started("search", large, "--out", folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        hears_interrupts(run)
        with suppress(subprocess.TimeoutExpired):
            run.wait(wait)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate()
        assert (run.returncode, out) == (130, "")
        assert err == "equipoise: interrupted; nothing was changed\n"
    assert [(path.name, path.read_text()) for path in folder.iterdir()] == [("result.json", "before")]


def test_a_reader_who_has_seen_enough_is_no_fault(small):
    with started("search", small, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        run.stdout.close()
        assert run.stderr.read() == ""
    assert run.returncode in (0, 1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_line(small):
    with open("/dev/full", "w") as full:
        run = started("search", small, "--json", stdout=full, stderr=subprocess.PIPE)
        err = run.communicate()[1]
    assert run.returncode == 74
    assert err.startswith("equipoise: could not write")
    assert err.count("\n") == 1


def test_what_should_not_happen_is_one_line_with_the_place_of_the_details(equipoise, small, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("equipoise.cli.search.run_search", lambda *_, **__: 1 / 0)
    status, out, err = equipoise("search", small)
    assert (status, out) == (70, "")
    assert err.count("\n") == 1
    log = Path(err.rsplit(" ", 1)[1].strip())
    assert "ZeroDivisionError" in log.read_text()


def test_a_folder_that_cannot_be_written_is_refused_before_the_search(equipoise, small, tmp_path):
    (tmp_path / "file").write_text("mine")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        status, out, err = equipoise("search", small, "--out", folder)
        assert (status, out) == (2, "")
        assert err.startswith("equipoise: --out: ")
    assert (tmp_path / "file").read_text() == "mine"
