"""Malformed question files: one clear line that names the field, exit status 2, nothing printed, nothing written."""

import pytest

GOOD = """
title = "A question"
[picot]
population = "p"
intervention = "i"
comparator = "c"
outcome = "o"
time = "t"
[endpoint]
kind = "survival"
better = "lower"
alpha = 0.025
sided = 1
power = 0.9
[[scenarios]]
name = "planned"
weight = 2
control_median_months = 12
hazard_ratio = 0.7
[[scenarios]]
name = "smaller"
weight = 1
control_event_free = { 12 = 0.6, 24 = 0.3 }
hazard_ratio = 0.8
[recruitment]
sites = [10, 20]
patients_per_site_month = 1.5
[follow_up]
months = 12
[limits]
max_months = 90
[consider]
looks = [2, 3]
sizes = 3
"""

CHANGES = {  # what is wrong: (text, its replacement, words that the line must have)
    "kind misspelt": ('"survival"', '"surviva"', "endpoint.kind"),
    "alpha too large": ("alpha = 0.025", "alpha = 0.7", "endpoint.alpha"),
    "alpha zero": ("alpha = 0.025", "alpha = 0", "endpoint.alpha"),
    "alpha text": ("alpha = 0.025", 'alpha = "small"', "endpoint.alpha"),
    "power one": ("power = 0.9", "power = 1", "endpoint.power"),
    "power in per cent": ("power = 0.9", "power = 90", "endpoint.power"),
    "power not a number": ("power = 0.9", "power = nan", "endpoint.power"),
    "three-sided": ("sided = 1", "sided = 3", "endpoint.sided"),
    "better misspelt": ('"lower"', '"smaller"', "endpoint.better"),
    "margin without non-inferiority": ("power = 0.9", "power = 0.9\nmargin = 1.3", "endpoint.margin"),
    "non-inferiority without margin": ("power = 0.9", 'power = 0.9\nobjective = "non-inferiority"', "endpoint.margin"),
    "margin on the wrong side": ("power = 0.9", 'power = 0.9\nobjective = "non-inferiority"\nmargin = 0.8', "margin"),
    "two-sided equivalence": (
        "sided = 1\npower = 0.9",
        'sided = 2\npower = 0.9\nobjective = "equivalence"\nmargin = 1.3',
        "endpoint.sided",
    ),
    "unknown table": ("[limits]", "[limit]", "limit"),
    "unknown field": ("hazard_ratio = 0.7", "hazard_ratio = 0.7\nhr = 0.7", "scenarios.1.hr"),
    "no title": ('title = "A question"', "", "title"),
    "empty title": ('"A question"', '""', "title"),
    "title a number": ('"A question"', "7", "title"),
    "no picot": ('[picot]\npopulation = "p"', '[limits.x]\npopulation = "p"', ""),
    "picot incomplete": ('time = "t"\n', "", "picot.time"),
    "no scenarios": ("[[scenarios]]", "[[scenario]]", "scenario"),
    "hazard ratio missing": ("hazard_ratio = 0.8", "", "scenarios.2.hazard_ratio"),
    "hazard ratio negative": ("hazard_ratio = 0.8", "hazard_ratio = -0.8", "scenarios.2.hazard_ratio"),
    "hazard ratio infinite": ("hazard_ratio = 0.8", "hazard_ratio = inf", "scenarios.2.hazard_ratio"),
    "hazard ratio true": ("hazard_ratio = 0.8", "hazard_ratio = true", "scenarios.2.hazard_ratio"),
    "another endpoint's term": ("hazard_ratio = 0.8", "hazard_ratio = 0.8\ncontrol = 0.3", "scenarios.2.control"),
    "two control terms": (
        "control_median_months = 12",
        "control_median_months = 12\ncontrol_event_free = { 6 = 0.7 }",
        "scenarios.1",
    ),
    "no control term": ("control_median_months = 12", "", "scenarios.1.control_median_months"),
    "event-free rising": ("24 = 0.3", "24 = 0.7", "scenarios.2.control_event_free"),
    "event-free month a word": ("24 = 0.3", "later = 0.3", "scenarios.2.control_event_free"),
    "event-free above one": ("12 = 0.6", "12 = 1.6", "scenarios.2.control_event_free"),
    "weights all zero": ("weight = 2", "weight = 0", None),
    "weight negative": ("weight = 2", "weight = -2", "scenarios.1.weight"),
    "two of one name": ('"smaller"', '"planned"', "scenarios.2.name"),
    "two primaries": ("weight = ", "primary = true\nweight = ", "scenarios"),
    "no sites": ("sites = [10, 20]", "sites = []", "recruitment.sites"),
    "zero sites": ("sites = [10, 20]", "sites = 0", "recruitment.sites"),
    "half a site": ("sites = [10, 20]", "sites = 1.5", "recruitment.sites"),
    "nobody comes": (
        "patients_per_site_month = 1.5",
        "patients_per_site_month = 0",
        "recruitment.patients_per_site_month",
    ),
    "negative follow-up": ("months = 12\n[limits]", "months = -1\n[limits]", "follow_up.months"),
    "follow-up in words": ("months = 12\n[limits]", 'months = "a year"\n[limits]', "follow_up.months"),
    "limit negative": ("max_months = 90", "max_months = -90", "limits.max_months"),
    "one look of several": ("looks = [2, 3]", "looks = 1", "consider.looks"),
    "too many looks": ("looks = [2, 3]", "looks = 21", "consider.looks"),
    "no sizes": ("sizes = 3", "sizes = 0", "consider.sizes"),
    "unknown family": ("sizes = 3", 'sizes = 3\nfamilies = ["fixe"]', "consider.families"),
    "clusters missing": ("sizes = 3", 'sizes = 3\nfamilies = ["cluster"]', "clusters"),
    "unknown spending": ("sizes = 3", 'sizes = 3\nspending = "haybittle"', "consider.spending"),
    "preferences all zero": (
        "[limits]",
        "[preferences]\nassurance = 0\nexpected_patients = 0\nmax_patients = 0\nexpected_months = 0\nexpected_cost = 0\n[limits]",
        "preferences.assurance",
    ),
    "a billion sites": ("sites = [10, 20]", "sites = 1000000000", "recruitment.sites"),
    "more sites than numbers": ("sites = [10, 20]", "sites = 1" + 400 * "0", "recruitment.sites"),
    "sites true": ("sites = [10, 20]", "sites = true", "recruitment.sites"),
    "sites in a list in a list": ("sites = [10, 20]", "sites = [[10]]", "recruitment.sites"),
    "hardly anybody comes": ("= 1.5", "= 1e-308", "recruitment.patients_per_site_month"),
    "everybody comes": ("= 1.5", "= 1e308", "recruitment.patients_per_site_month"),
    "recruitment stands still": (
        "hazard_ratio = 0.7",
        "hazard_ratio = 0.7\nrecruitment = 5e-324",
        "scenarios.1.recruitment",
    ),
    "everyone lost": ("hazard_ratio = 0.7", "hazard_ratio = 0.7\ndropout = 1", "scenarios.1.dropout"),
    "effect after ages": (
        "hazard_ratio = 0.7",
        "hazard_ratio = 0.7\neffect_delay_months = 1e9",
        "scenarios.1.effect_delay_months",
    ),
    "follow-up of ages": ("months = 12\n[limits]", "months = 1e308\n[limits]", "follow_up.months"),
    "median of ages": ("control_median_months = 12", "control_median_months = 1e308", "scenarios.1.control_median"),
    "weight overflows": ("weight = 2", "weight = 1e308", "scenarios.1.weight"),
    "ratio overflows": ("sizes = 3", "sizes = 3\nratio = [1, 1e308]", "consider.ratio.2"),
    "cost overflows": ("[limits]", "[cost]\nper_patient = 1e308\n[limits]", "cost.per_patient"),
    "currency a number": ("[limits]", "[cost]\ncurrency = 5\n[limits]", "cost.currency"),
    "preference overflows": ("[limits]", "[preferences]\nassurance = 1e308\n[limits]", "preferences.assurance"),
    "power all but one": ("power = 0.9", "power = 0.9999999999999999", "endpoint.power"),
    "a quote too many": ('"planned"', '"plan"ned"', "the file"),
    "a number of five thousand digits": ("weight = 2", "weight = 1" + 5000 * "0", "the file"),
    "looks none": ("looks = [2, 3]", "looks = []", "consider.looks"),
    "looks in words": ("looks = [2, 3]", 'looks = "three"', "consider.looks"),
    "primary in words": ("weight = 2", 'weight = 2\nprimary = "perhaps"', "scenarios.1.primary"),
    "one table of scenarios": ("[[scenarios]]\nname", "[scenarios]\nname", ""),
    "endpoint a list": ("[endpoint]", "[[endpoint]]", "endpoint"),
    "a date": ("hazard_ratio = 0.7", "hazard_ratio = 2026-11-24", "scenarios.1.hazard_ratio"),
    "a design in a question": ("[limits]", '[design]\nfamily = "fixed"\n[limits]', "design"),
    "TOML broken": ("[limits]", "[limits", "the file"),
    "a field twice": ("sizes = 3", "sizes = 3\nsizes = 4", "the file"),
    "schema of the future": ('title = "A question"', 'title = "A question"\nschema = 2', "schema"),
    "effect the wrong way": ("hazard_ratio = 0.7", "hazard_ratio = 1.4", "planned"),
    "no effect as planned": ("hazard_ratio = 0.7", "hazard_ratio = 1.0", "planned"),
}


def changed(name):
    old, new, _ = CHANGES[name]
    assert old in GOOD
    text = GOOD.replace(old, new)
    return text.replace("weight = 1", "weight = 0") if name == "weights all zero" else text


def refused(outcome, words):
    status, out, err = outcome
    assert status == 2, err
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("equipoise: ")
    assert "Traceback" not in err
    assert words in err


def test_the_unchanged_file_is_searched(equipoise, tmp_path):
    path = tmp_path / "good.toml"
    path.write_text(GOOD, encoding="utf-8")
    status, out, _ = equipoise("search", path, "--json")
    assert status == 0
    assert out.startswith('{"schema":1,')


@pytest.mark.parametrize("name", CHANGES)
def test_each_gets_one_clear_line(equipoise, tmp_path, name):
    path, folder = tmp_path / "question.toml", tmp_path / "out"
    path.write_text(changed(name), encoding="utf-8")
    refused(equipoise("search", path, "--json", "--out", folder), CHANGES[name][2] or "")
    assert not folder.exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"\x00" * 100, b"PK\x03\x04 not toml", b"a" * 2_000_000, b"x = " + b"[" * 5000, b"{}"],
    ids=["empty", "not UTF-8", "zeros", "a zip", "too large", "too deep", "JSON"],
)
def test_files_that_are_no_question(equipoise, tmp_path, content):
    path = tmp_path / "question.toml"
    path.write_bytes(content)
    refused(equipoise("search", path), "")


def test_files_that_are_not_there(equipoise, tmp_path):
    refused(equipoise("search", tmp_path / "missing.toml"), "missing.toml")
    refused(equipoise("search", tmp_path), "the file")
    refused(equipoise("search"), "file")
    refused(equipoise("search", tmp_path / "x.toml", "--keep", "0"), "keep")
    refused(equipoise("serch"), "serch")


def test_a_byte_order_mark_is_no_fault(equipoise, tmp_path):
    path = tmp_path / "question.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert equipoise("search", path, "--json")[0] == 0


def test_what_is_no_toml_is_said_in_a_sentence_with_its_place(equipoise, tmp_path):
    path = tmp_path / "question.toml"
    for text, words in (
        ('title = "x"\n[limits\n', "the file is not TOML at line 2, column 8: expected ']' at the end of a table"),
        ('title = "x', "the file is not TOML at its end: unterminated string"),
        ("x = " + 5000 * "1", "the file is not TOML: a number or date is too long"),
    ):
        path.write_text(text)
        refused(equipoise("search", path), words)


def test_a_path_is_named_as_given(equipoise, tmp_path, monkeypatch):
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    refused(equipoise("search", "./folder/../folder"), "'folder/../folder'")
    refused(equipoise("search", "folder/none.toml"), "'folder/none.toml'")
