"""Every row is compared in full or named with what is wrong; nothing passes unread."""

import pytest

from equipoise.validation import validate_files

FIXED = {
    "kind": "rates", "objective": "superiority", "inputs": "pi1=0.3;pi2=0.2", "margin": "0", "sided": "1",
    "alpha": "0.025", "power": "0.8", "ratio": "1", "n": "586.302571010", "n1": "", "n2": "", "events": "",
}  # fmt: skip

WRONG = {  # layout: what is changed in a shipped row, and the column that the fault must name
    "group_sequential": [
        ({"sided": "1.7"}, "sided"), ({"sided": "1e400"}, "sided"), ({"binding": "yes please"}, "binding"),
        ({"alpha": "0"}, "alpha"), ({"beta": "0.6"}, "beta"), ({"beta": "1e400"}, "beta"), ({"beta": "nan"}, "beta"),
        ({"information": "0.5;2.0"}, "information"), ({"information": "0.5;0.9"}, "information"),
        ({"information": "0.5;NA"}, "information"), ({"information": "0.7;0.5;1"}, "information"),
        ({"type": "as"}, "type"), ({"parameter": "0.3"}, "parameter"), ({"futility": "bsKD"}, "futility_parameter"),
        ({"critical": "2.8;x"}, "critical"),
    ],
    "survival_group_sequential": [
        ({"K": "2.5"}, "K"), ({"K": "1e400"}, "K"), ({"K": "21"}, "K"), ({"power": "0.3"}, "power"),
        ({"accrual_intensity": "a;b;c"}, "accrual_intensity"), ({"accrual_intensity": "0.1;0.3"}, "accrual_intensity"),
        ({"accrual_times": "0;6;6;24"}, "accrual_times"), ({"dropout": "2.5.1% in 12 months"}, "dropout"),
        ({"dropout": "100% in 12 months"}, "dropout"), ({"follow_up": "-1"}, "follow_up"),
        ({"hazard_ratio": "1"}, "hazard_ratio"), ({"lambda2_per_month": "0"}, "lambda2_per_month"),
    ],
    "interim_analysis": [
        ({"K": "2.5"}, "K"), ({"stage": "2"}, "n1"), ({"stage": "1.5"}, "stage"), ({"planned": ""}, "planned"),
        ({"n1": "1"}, "n1"), ({"sd2": "-1"}, "sd2"), ({"type": "WT"}, "parameter"),
    ],
    "simulated": [
        ({"sided": "1.7"}, "sided"), ({"patients": "100.5"}, "patients"), ({"endpoint": "x"}, "endpoint"),
        ({"information": "0.5;2"}, "information"), ({"accrual_months": ""}, "accrual_months"),
    ],
    "fixed": [
        ({"inputs": "pi1=0.3"}, "inputs"), ({"inputs": "pi1=1.3;pi2=0.2"}, "inputs"), ({"power": "1e400"}, "power"),
        ({"inputs": "pi1=0.3;pi2=0.2;thetaH0=0.1"}, "inputs"), ({"sided": "1.7"}, "sided"), ({"ratio": "-1"}, "ratio"),
        ({"margin": "0.02"}, "margin"), ({"inputs": "pi1=0.2;pi2=0.2"}, "inputs"), ({"events": "12"}, "events"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("layout", "change", "column"), [(layout, *case) for layout, cases in WRONG.items() for case in cases]
)
def test_a_cell_that_does_not_do_is_named_and_no_other(shipped, validate, layout, change, column):
    row = shipped(layout)
    report = validate({**row, **change})
    assert [fault.field for fault in report.faults] == [f"mine.csv row 2 {column}"]
    if column in row:
        assert report.faults[0].given == ({**row, **change}[column] or None)


def test_one_bad_row_leaves_the_others_compared(validate, tmp_path):
    report = validate(FIXED, {**FIXED, "sided": "1.7"}, {**FIXED, "n": "600"}, {**FIXED, "alpha": "x"})
    assert [fault.field for fault in report.faults] == ["mine.csv row 3 sided", "mine.csv row 5 alpha"]
    assert [(difference.row, difference.column) for difference in report.beyond] == [(4, "n")]
    assert report.tables[0].rows == 2
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    both = validate_files([tmp_path / "missing.csv", tmp_path / "other.csv", tmp_path / "mine.csv"])
    assert len(both.faults) == 4
    assert both.tables[0].rows == 2


def test_a_row_of_another_length_is_named_by_its_line(tmp_path, validate):
    validate(FIXED)
    text = (tmp_path / "mine.csv").read_text()
    (tmp_path / "mine.csv").write_text(text + "\n1,2,3\n")
    report = validate_files([tmp_path / "mine.csv"])
    assert [fault.field for fault in report.faults] == ["mine.csv row 4"]
    assert report.cells == 1


def test_a_list_cut_short_or_too_long_is_beyond(shipped, validate):
    row = shipped("group_sequential")
    whole = row["critical"]
    for given in (whole.split(";")[0], whole + ";1.9", ""):
        report = validate({**row, "critical": given})
        assert [difference.column for difference in report.beyond] == ["critical"] * bool(given)


def test_what_is_not_available_at_the_end_does_not_count(shipped, validate):
    row = shipped("interim_analysis", K="3", stage="2")
    report = validate({**row, "conditional_rejection": row["conditional_rejection"] + ";NA", "final_p": "NA;NA;NA"})
    assert report.ok
    row = shipped("interim_analysis", K="3", stage="1")
    assert validate({**row, "repeated_p": row["repeated_p"] + ";NA;NA"}).ok


def test_columns_that_are_not_known_are_said(validate):
    report = validate({**FIXED, "nn": "586"})
    assert report.ok
    assert "nn" in report.notes[0]
    named = {
        "n_total" if name == "n" else name: value for name, value in FIXED.items() if name not in ("n1", "n2", "events")
    }
    report = validate(named)
    assert not report.ok
    assert "n_total" in str(report.faults[0])
    assert "n, n1, n2, events" in str(report.faults[0])


def test_a_file_without_any_figure_is_no_pass(validate):
    report = validate({**FIXED, "n": ""})
    assert not report.ok
    assert report.cells == 0


def test_two_files_of_one_name_are_told_apart(validate, tmp_path):
    validate(FIXED)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "mine.csv").write_text((tmp_path / "mine.csv").read_text())
    report = validate_files([tmp_path / "mine.csv", tmp_path / "more" / "mine.csv"])
    assert {column.file for column in report.tables} == {
        str(tmp_path / "mine.csv"),
        str(tmp_path / "more" / "mine.csv"),
    }


RPACT = {  # rows as rpact 3.3.4 gives them: what is changed in FIXED, and its size
    "superiority of means beyond a margin": (
        {"kind": "means_z", "inputs": "difference=0.5;sd=1", "margin": "0.1", "power": "0.9"}, 262.685576536016,
    ),
    "by the t test": (
        {"kind": "means_t", "inputs": "difference=0.5;sd=1", "margin": "0.1", "power": "0.9"}, 264.621135428370,
    ),
    "no worse by at most 0.3": (
        {"kind": "means_z", "objective": "non-inferiority", "inputs": "difference=0;sd=1", "margin": "-0.3", "power": "0.9"},
        466.996580508472,
    ),
    "lower is better, as the margin says": (
        {"objective": "non-inferiority", "inputs": "pi1=0.2;pi2=0.2", "margin": "0.1", "ratio": "3"}, 586.094340910019,
    ),
    "higher is better, as the margin says": (
        {"objective": "non-inferiority", "inputs": "pi1=0.2;pi2=0.2", "margin": "-0.1", "ratio": "3"}, 751.581949435750,
    ),
    "a ratio above 1": (
        {"objective": "non-inferiority (risk ratio)", "inputs": "pi1=0.2;pi2=0.2", "margin": "1.5"}, 773.396010820422,
    ),
    "a ratio below 1": (
        {"objective": "non-inferiority (risk ratio)", "inputs": "pi1=0.2;pi2=0.2", "margin": "0.6"}, 490.650424377017,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RPACT)
def test_margins_are_those_of_rpact(validate, name):
    change, size = RPACT[name]
    report = validate({**FIXED, **change, "n": repr(size)})
    assert report.ok
    assert report.cells == 1


def test_a_margin_on_the_side_that_is_better_is_refused(validate):
    row = {**FIXED, "objective": "non-inferiority (risk difference; higher is better)", "margin": "0.1"}
    assert [fault.field for fault in validate(row).faults] == ["mine.csv row 2 margin"]


def test_dropout_may_be_none_or_of_any_months(shipped, validate):
    row = shipped("fixed", kind="survival_Schoenfeld")
    name = row["inputs"].partition(";dropout")[0]
    sizes = []
    for text in ("", ";dropout=", ";dropout=0", ";dropout=0% in 1 month", ";dropout=2% in 1 month"):
        report = validate({**row, "inputs": name + text})
        assert not report.faults
        sizes.append(next(float(found.got) for found in report.beyond if found.column == "n"))
    assert sizes[:4] == [sizes[0]] * 4
    assert sizes[4] > float(row["n"]) > sizes[0]
