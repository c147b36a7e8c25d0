"""Means in two arms: against rpact, the noncentral t, Owen's integral by quadrature, and virtual trials."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from equipoise.design.mean import mean_effect, mean_power, mean_size
from equipoise.errors import InputError, NoSolutionError

REFERENCE = Path(__file__).parents[2] / "src/equipoise/validation/reference/fixed.csv"


def reference_rows():
    with REFERENCE.open() as file:
        return [row for row in csv.DictReader(file) if row["kind"].startswith("means")]


@pytest.mark.parametrize("row", reference_rows(), ids=lambda row: f"{row['kind']} {row['inputs']} {row['n'][:6]}")
def test_sizes_equal_those_of_rpact(row):
    inputs = dict(pair.split("=") for pair in row["inputs"].split(";"))
    size = mean_size(
        power=float(row["power"]),
        difference=float(inputs["difference"]),
        sd=float(inputs["sd"]),
        alpha=float(row["alpha"]),
        sided=int(row["sided"]),
        test=row["kind"][-1],
        ratio=float(row["ratio"]),
    )
    # rpact finds the t test's size to about 4e-7: its rows for ratio 2 and 1/2 differ by so much
    close = 1e-12 if row["kind"] == "means_z" else 1e-6
    assert size.total == pytest.approx(float(row["n"]), rel=close)
    assert size.treatment == pytest.approx(float(row["n1"]), rel=close)
    assert size.control == pytest.approx(float(row["n2"]), rel=close)


# rpact 3.3.4, getSampleSizeMeans with random inputs: test, difference, sd, margin, alpha, power, ratio, nFixed
RPACT_MORE = [
    ("t", 5.7, 9.67, 0, 0.01, 0.95, 3, 244.800703424982),
    ("z", 4.98, 13.43, 0, 0.025, 0.9, 0.4, 374.442933085705),
    ("t", 2.78, 5.79, 0, 0.05, 0.95, 1.7, 202.67575922301),
    ("z", 1.18, 12.37, 0, 0.05, 0.9, 1, 3764.47392609143),
    ("t", 1.68, 7.61, 0, 0.025, 0.8, 1, 646.122926732218),
    ("z", 5.17, 4.21, 0.6, 0.01, 0.8, 0.4, 26.1800529889906),
    ("t", 1.3, 6.3, 0.51, 0.025, 0.9, 1, 511.118698159376),
    ("z", 1.86, 4.1, 2.64, 0.01, 0.95, 0.4, 64.1479251606934),
    ("t", 7.7, 10.19, 1.82, 0.01, 0.7, 1, 40.05643963654),
    ("z", 2.65, 5.55, 1.89, 0.025, 0.9, 3, 83.7469900703228),
]


@pytest.mark.parametrize(("test", "difference", "sd", "margin", "alpha", "power", "ratio", "total"), RPACT_MORE)
def test_sizes_equal_those_of_rpact_with_margins_and_any_ratio(
    test, difference, sd, margin, alpha, power, ratio, total
):
    size = mean_size(
        power=power,
        difference=difference,
        sd=sd,
        margin=margin,
        objective="non-inferiority" if margin else "superiority",
        alpha=alpha,
        sided=1,
        test=test,
        ratio=ratio,
    )
    assert size.total == pytest.approx(total, rel=1e-6)


def test_power_is_the_noncentral_t_distribution():
    n_treatment, n_control = np.array([3.0, 10, 40, 200]), np.array([4.0, 15, 40, 100])
    df, error = n_treatment + n_control - 2, 2.5 * np.sqrt(1 / n_treatment + 1 / n_control)
    slow = stats.nct.sf(stats.t.isf(0.025, df), df, 1.2 / error)
    assert mean_power(n_treatment, n_control, difference=1.2, sd=2.5, alpha=0.05) == pytest.approx(slow, abs=1e-9)


@pytest.mark.parametrize(("n", "difference"), [(3, 0.0), (8, 0.2), (15, -0.3), (60, 0.4), (500, 0.5)])
def test_equivalence_power_is_the_integral_over_the_estimated_sd(n, difference):
    df, error, critical = 2 * n - 2, np.sqrt(2 / n), stats.t.isf(0.05, 2 * n - 2)

    def both_pass(s):
        inside = 0.7 - critical * s * error
        low, high = (-inside - difference) / error, (inside - difference) / error
        return (stats.norm.cdf(high) - stats.norm.cdf(low)) * stats.chi.pdf(s * np.sqrt(df), df) * np.sqrt(df)

    most = 0.7 / (critical * error)
    peak = [spot for spot in (0.5, 0.8, 1.0, 1.2, 1.5) if spot < most]
    slow, _ = integrate.quad(both_pass, 0, min(most, 10), epsabs=1e-12, limit=500, points=peak)
    fast = mean_power(n, n, difference=difference, sd=1, margin=0.7, objective="equivalence", alpha=0.05, sided=1)
    assert fast == pytest.approx(slow, abs=1e-8)


def test_two_sds_agree_with_virtual_welch_tests():
    rng = np.random.default_rng(7)
    first, second = rng.normal(1.0, 1.0, (40_000, 14)), rng.normal(0.0, 2.0, (40_000, 22))
    p = stats.ttest_ind(first, second, axis=1, equal_var=False, alternative="greater").pvalue
    power = mean_power(14, 22, difference=1, sd=1, sd_control=2, alpha=0.05)
    assert power == pytest.approx(np.mean(p < 0.025), abs=0.008)


def test_equal_sds_in_equal_arms_need_no_welch():
    given = {"difference": 3, "sd": 5, "alpha": 0.05}
    assert mean_power(30, 30, sd_control=5, **given) == pytest.approx(mean_power(30, 30, **given), abs=1e-12)


@given(
    difference=st.floats(0.05, 3),
    sd=st.floats(0.3, 4),
    sd_control=st.none() | st.floats(0.3, 4),
    power=st.floats(0.3, 0.99),
    ratio=st.floats(0.25, 4),
    test=st.sampled_from("tz"),
    objective=st.sampled_from(["superiority", "non-inferiority", "equivalence"]),
)
def test_the_size_gives_the_power(difference, sd, sd_control, power, ratio, test, objective):
    case = {"sd": sd, "sd_control": sd_control, "alpha": 0.05, "test": test, "objective": objective}
    case |= (
        {"difference": difference} if objective == "superiority" else {"difference": -0.5, "margin": 0.5 + difference}
    )
    size = mean_size(power=power, ratio=ratio, **case)
    reached = mean_power(size.treatment, size.control, **case)
    smallest = test == "t" and (size.total < 3.0001 or min(size.treatment, size.control) < 2.0001)
    assert reached >= power - 1e-9 if smallest else reached == pytest.approx(power, abs=1e-9)
    assert size.treatment / size.control == pytest.approx(ratio)
    assert size.treatment + size.control == pytest.approx(size.total)


@given(
    n=st.floats(3, 500),
    more=st.floats(1.05, 3),
    difference=st.floats(0.05, 1),
    test=st.sampled_from("tz"),
    objective=st.sampled_from(["superiority", "non-inferiority", "equivalence"]),
)
def test_power_increases_with_patients(n, more, difference, test, objective):
    case = {"difference": difference, "sd": 2, "alpha": 0.05, "test": test, "objective": objective}
    case["margin"] = 0.0 if objective == "superiority" else 1.2
    before, after = mean_power(n, n, **case), mean_power(n * more, n * more, **case)
    # with a few patients, where equivalence has less power than its level, it may lose some first
    assert after >= before - 1e-9 or (objective == "equivalence" and before < 0.025)


@given(
    n_treatment=st.floats(3, 200),
    n_control=st.floats(3, 200),
    difference=st.floats(-2, 2),
    objective=st.sampled_from(["superiority", "non-inferiority", "equivalence"]),
)
def test_swapping_the_arms_changes_nothing(n_treatment, n_control, difference, objective):
    case = {"alpha": 0.05, "objective": objective, "margin": 0.0 if objective == "superiority" else 1.0}
    one = mean_power(n_treatment, n_control, difference=difference, sd=1, sd_control=2, **case)
    other = mean_power(n_control, n_treatment, difference=-difference, sd=2, sd_control=1, better="lower", **case)
    assert one == pytest.approx(other, abs=1e-12)


@given(
    n_treatment=st.floats(2, 400),
    n_control=st.floats(2, 400),
    power=st.floats(0.2, 0.99),
    better=st.sampled_from(["higher", "lower"]),
    test=st.sampled_from("tz"),
    margin=st.sampled_from([0.0, 0.4]),
)
def test_the_smallest_detectable_difference_has_the_power(n_treatment, n_control, power, better, test, margin):
    objective = "non-inferiority" if margin else "superiority"
    case = {"sd": 2, "alpha": 0.05, "test": test, "better": better, "margin": margin, "objective": objective}
    effect = mean_effect(n_treatment, n_control, power=power, **case)
    assert mean_power(n_treatment, n_control, difference=effect, **case) == pytest.approx(power, abs=1e-8)
    assert (effect > -margin) if better == "higher" else (effect < margin)


def test_arrays_broadcast_and_agree_with_numbers():
    n, difference = np.array([20.0, 50, 90])[:, None], np.array([0.3, 0.5])
    table = mean_power(n, n, difference=difference, sd=1, alpha=0.05)
    assert table.shape == (3, 2)
    assert table[1, 0] == mean_power(50, 50, difference=0.3, sd=1, alpha=0.05)
    sizes = mean_size(power=[0.8, 0.9], difference=[[0.3], [900.0]], sd=1, alpha=0.05)
    assert sizes.total.shape == (2, 2)
    assert sizes.total[0, 1] == mean_size(power=0.9, difference=0.3, sd=1, alpha=0.05).total
    assert np.all(sizes.total[1] == 3.0)


def test_the_opposite_tail_is_not_counted():
    assert mean_power(20, 20, difference=0, sd=1, alpha=0.05) == pytest.approx(0.025, abs=1e-9)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("sd", 0),
        ("sd_control", -1),
        ("alpha", 1.5),
        ("alpha", 0),
        ("sided", 3),
        ("test", "u"),
        ("better", "up"),
        ("objective", "best"),
        ("margin", 0.5),
        ("difference", float("nan")),
        ("power", 0.02),
        ("ratio", 0),
    ],
)
def test_wrong_input_is_named(field, wrong):
    right = {"power": 0.8, "difference": 1, "sd": 1, "alpha": 0.05}
    with pytest.raises(InputError) as error:
        mean_size(**{**right, field: wrong})
    assert error.value.field == field


def test_what_cannot_be_reached_is_said():
    with pytest.raises(NoSolutionError, match="wrong side"):
        mean_size(power=0.8, difference=-1, sd=1, alpha=0.05)
    with pytest.raises(NoSolutionError, match="margin"):
        mean_size(power=0.8, difference=1, sd=1, margin=0.5, objective="equivalence", alpha=0.05)
    with pytest.raises(NoSolutionError, match="freedom"):
        mean_effect(1, 1, power=0.8, sd=1, alpha=0.05)
    with pytest.raises(InputError):
        mean_effect(9, 9, power=0.8, sd=1, margin=1, objective="equivalence", alpha=0.05)
