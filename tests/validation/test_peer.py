"""Where rpact 3.3.4 differs by a limit of its own, that is said; a wrong figure is not explained away."""

import pytest

ROW = {
    "type": "asOF", "parameter": "", "sided": "1", "alpha": "0.025", "beta": "0.1", "futility": "none", "binding": "",
    "futility_parameter": "",
}  # fmt: skip
EARLY_END = {
    **ROW, "information": "0.3;0.6;0.9", "critical": "3.92857254262661;2.66997200995684;2.12119422107935",
    "alpha_spent": "4.27257874446862e-05;3.80806324888783e-03;1.81449900000000e-02", "inflation": "1.21631951583607",
    "shift": "12.7803837307763", "power_by_stage": "0.0243915274729414;0.5397112646164401;0.9000000000000001",
    "asn_h1": "1.01048074427321", "asn_h01": "1.1794455805944", "asn_h0": "1.21491437780311",
}  # fmt: skip
AT_INFINITY = {
    **ROW, "alpha": "1e-6", "information": "0.25;0.5;0.75;1",
    "critical": "Inf;6.81483776122332;5.52801104635000;4.75462449342012",
    "stage_levels": "6.66133814775094e-16;4.71715533184830e-12;1.61911893101990e-08;9.94163010574830e-07",
    "alpha_spent": "6.66133814775094e-16;4.58633131472652e-12;1.61969121448280e-08;1.00000000000000e-06",
    "asn_h1": "0.903454875188406",
    "power_by_stage": "3.69597005522859e-06;5.43549319805148e-03;3.81778603999623e-01;8.99999999999999e-01",
}  # fmt: skip
FLOOR = {
    **ROW, "information": "0.02;0.5;1", "futility": "bsOF", "binding": "TRUE",
    "critical": "Inf;2.96258824318647;1.95548260957003",
    "stage_levels": "6.66133814775094e-16;0.00152532176566;0.0252630449945",
    "alpha_spent": "6.66133814775094e-16;1.52532272443207e-03;2.49999900000000e-02",
    "futility_bounds": "-6.000000000000000; 0.257835078518838", "asn_h0": "0.710178397885704",
    "power_by_stage": "9.76996261670138e-13;2.57460202152497e-01;8.99999999999999e-01",
}  # fmt: skip
POCOCK_20 = {
    **ROW, "type": "P", "information": ";".join(str((k + 1) / 20) for k in range(20)),
    "critical": ";".join(["2.67200622786974"] * 20), "stage_levels": "", "inflation": "1.32589069102977",
    "alpha_spent": "0.00376996245327010;0.00670986920179473;0.00903668893750142;0.01095516512154837;0.01258729108120293;"
    "0.01400827785592940;0.01526724982673633;0.01639795150988910;0.01742453773951058;0.01836488969396322;"
    "0.01923261600874926;0.02003831600348716;0.02079040826706002;0.02149569218683278;0.02215973922285897;"
    "0.02278717201520042;0.02338186735354664;0.02394710602905126;0.02448568469898582;0.02499999000000000",
    "asn_h1": "0.664726531992905",
}  # fmt: skip


def filled(row):
    """With the levels of its bounds, as rpact gives them."""
    from scipy.special import ndtr

    return {**row, "stage_levels": ";".join(repr(float(ndtr(-float(part)))) for part in row["critical"].split(";"))}


def test_a_last_look_before_all_information_leaves_error_unspent(validate):
    report = validate(EARLY_END)
    assert report.ok
    assert {difference.column for difference in report.explained} == {"asn_h1", "asn_h01", "asn_h0"}
    assert "all of the information" in report.explained[0].explanation
    assert not validate({**EARLY_END, "asn_h0": "1.2159"}).ok


def test_rounding_in_the_last_fraction_is_no_early_end(shipped, validate):
    row = shipped("group_sequential")
    assert validate({**row, "information": "0.5;0.9999999"}).ok
    assert not validate({**row, "information": "0.5;0.99999"}).ok


@pytest.mark.parametrize("row", [AT_INFINITY, FLOOR, POCOCK_20], ids=["infinite", "floor", "twenty looks"])
def test_the_limits_of_rpact_are_explained(validate, row):
    report = validate(filled(row))
    assert report.ok
    assert "critical" in {difference.column for difference in report.explained}
    assert all("rpact" in difference.explanation for difference in report.explained)


@pytest.mark.parametrize("row", [FLOOR, POCOCK_20], ids=["floor", "twenty looks"])
def test_a_row_that_contradicts_itself_is_beyond(validate, row):
    good = filled(row)
    for column in ("critical", "asn_h0" if "asn_h0" in row else "asn_h1", "alpha_spent"):
        *before, last = good[column].split(";")
        report = validate({**good, column: ";".join([*before, repr(float(last) + 2e-4)])})
        assert column in {difference.column for difference in report.beyond}


@pytest.mark.parametrize(
    "column",
    ["critical", "stage_levels", "alpha_spent", "futility_bounds", "inflation", "shift", "asn_h0", "power_by_stage"],
)
@pytest.mark.parametrize("words", [{"binding": "TRUE"}, {"binding": "FALSE"}], ids=["binding", "not binding"])
def test_a_changed_figure_is_never_explained_away(shipped, validate, column, words):
    row = shipped("group_sequential", **words)
    for step in (1e-5, -1e-4, 1e-2):
        first, *rest = row[column].split(";")
        report = validate({**row, column: ";".join([repr(float(first) + step * max(1, abs(float(first)))), *rest])})
        assert column in {difference.column for difference in report.beyond}


def test_the_bounds_of_another_question_are_not_explained(shipped, validate):
    row = shipped("group_sequential", binding="TRUE")
    for change in ({"binding": "FALSE"}, {"alpha": "0.026"}, {"beta": "0.11"}):
        assert not validate({**row, **change}).ok


def test_minus_six_is_no_futility_bound(shipped, validate):
    row = shipped("group_sequential", futility="none")
    report = validate({**row, "futility_bounds": "-6"})
    assert report.ok
    assert "-6" in report.explained[0].explanation


def test_a_repeated_p_value_below_what_rpact_looks_for(shipped, validate):
    row = shipped("interim_analysis", K="3", stage="1") | {
        "n1": "70", "n2": "70", "mean1": "2.3", "mean2": "0", "sd1": "1", "sd2": "1", "planned": "140;140", "type": "asOF",
        "alpha": "0.025", "repeated_p": "1.14903964996338e-05",
    }  # fmt: skip
    report = validate(row)
    found = [difference for difference in report.explained if difference.column == "repeated_p"]
    assert "bisection" in found[0].explanation
    beyond = validate({**row, "repeated_p": "3e-05"}).beyond
    assert "repeated_p" in {difference.column for difference in beyond}
