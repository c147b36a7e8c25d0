"""Counts in two arms: against figures printed in the PASS manual and by R, and a likelihood maximised by search."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from equipoise.design.count import count_effect, count_power, count_size
from equipoise.errors import InputError, NoSolutionError

NULLS = ["true", "reference", "restricted"]


@pytest.mark.parametrize(
    ("rate", "n", "power"), [(1.9, 704, 0.90012), (2.0, 246, 0.90057), (2.2, 95, 0.90039), (2.5, 396, 0.90045)]
)
def test_poisson_equivalence_powers_are_those_in_the_pass_manual(rate, n, power):
    """Equivalence within 0.8 to 1.25 of two Poisson rates, 2.5 units each, alpha 0.025 a side; as kept by statsmodels."""
    found = count_power(
        n, n, control_rate=2.2, rate_ratio=rate / 2.2, dispersion=0, exposure_treatment=2.5, exposure_control=2.5,
        margin=1.25, objective="equivalence", alpha=0.025, sided=1,
    )  # fmt: skip
    assert found == pytest.approx(power, abs=6e-6)


@pytest.mark.parametrize(
    ("rate", "n", "power"), [(1.8, 29, 0.90056), (1.9, 39, 0.90649), (2.2, 115, 0.90014), (2.4, 404, 0.90064)]
)
def test_poisson_non_inferiority_powers_are_those_in_the_pass_manual(rate, n, power):
    found = count_power(
        n, n, control_rate=2.2, rate_ratio=rate / 2.2, dispersion=0, exposure_treatment=2.5, exposure_control=2.5,
        margin=1.2, objective="non-inferiority", alpha=0.05, sided=2,
    )  # fmt: skip
    assert found == pytest.approx(power, abs=6e-6)


@pytest.mark.parametrize(("null_variance", "n", "power"), [("true", 965, 0.90022), ("restricted", 966, 0.90034)])
def test_negative_binomial_equivalence_powers_are_those_in_the_pass_manual(null_variance, n, power):
    """Chapter 468, validation against Zhu's example of equivalence; as kept by statsmodels."""
    found = count_power(
        n, n, control_rate=2.5, rate_ratio=1, dispersion=0.35, exposure_treatment=0.9, exposure_control=0.9,
        margin=0.875, objective="equivalence", alpha=0.05, sided=1, null_variance=null_variance,
    )  # fmt: skip
    assert found == pytest.approx(power, abs=6e-6)


def restricted_by_search(limit, nt, nc, rate, ratio, k, st_, sc):
    """The likeliest control rate when treatment's is `limit` times it: expected negative binomial likelihood."""

    def unlikely(log_rate):
        value = 0.0
        for n, truth, mean in (
            (nt, rate * ratio * st_, limit * np.exp(log_rate) * st_),
            (nc, rate * sc, np.exp(log_rate) * sc),
        ):
            spread = mean if k == 0 else (truth + 1 / k) * np.log1p(k * mean)
            value -= n * (truth * np.log(mean) - spread)
        return value

    return np.exp(optimize.minimize_scalar(unlikely, bounds=(-12, 12), method="bounded", options={"xatol": 1e-11}).x)


@pytest.mark.parametrize("k", [0.0, 0.4, 3.0])
@pytest.mark.parametrize(("ratio", "limit"), [(0.7, 1.0), (1.05, 1.4), (0.9, 1.2)])
@pytest.mark.parametrize(("st_", "sc"), [(1.0, 1.0), (0.6, 2.0), (12.0, 5.0)])
def test_power_with_each_null_variance_is_the_formula(k, ratio, limit, st_, sc):
    nt, nc, rate, z = 160, 90, 0.8, stats.norm.isf(0.025)

    def error(rt, rc):
        return np.sqrt((1 / (st_ * rt) + k) / nt + (1 / (sc * rc) + k) / nc)

    at = restricted_by_search(limit, nt, nc, rate, ratio, k, st_, sc)
    nulls = {
        "true": error(rate * ratio, rate),
        "reference": error(limit * rate, rate),
        "restricted": error(limit * at, at),
    }
    case = {"objective": "superiority"} if limit == 1 else {"objective": "non-inferiority", "margin": limit}
    for name, null in nulls.items():
        slow = stats.norm.cdf((np.log(limit / ratio) - z * null) / error(rate * ratio, rate))
        fast = count_power(
            nt, nc, control_rate=rate, rate_ratio=ratio, dispersion=k, exposure_treatment=st_, exposure_control=sc,
            alpha=0.05, null_variance=name, **case,
        )  # fmt: skip
        assert fast == pytest.approx(slow, abs=1e-8)


def test_power_is_near_that_of_virtual_trials():
    """The log ratio of the arms' rates over its standard error at the true rates."""
    rng = np.random.default_rng(3)
    n, rate, ratio, k = 120, 1.2, 0.65, 0.6
    means = np.array([rate * ratio, rate])
    counts = rng.poisson(rng.gamma(1 / k, k, (20_000, n, 2)) * means).mean(axis=1)
    error = np.sqrt(np.sum(1 / counts + k, axis=1) / n)
    simulated = np.mean(np.log(counts[:, 1] / counts[:, 0]) / error > stats.norm.isf(0.025))
    power = count_power(n, n, control_rate=rate, rate_ratio=ratio, dispersion=k, alpha=0.05)
    assert power == pytest.approx(simulated, abs=0.015)


def test_rare_events_without_dispersion_are_weighed_by_events_alone():
    """Without dispersion only patients times exposure count."""
    case = {"control_rate": 0.5, "rate_ratio": 0.7, "dispersion": 0, "alpha": 0.05}
    one = count_power(100, 100, exposure_treatment=3, exposure_control=2, **case)
    assert one == pytest.approx(count_power(300, 200, **case), abs=1e-12)


def case_of(objective, better):
    if objective == "superiority":
        return {"objective": objective, "better": better}
    return {"objective": objective, "better": better, "margin": 0.7 if better == "higher" else 1 / 0.7}


@given(
    objective=st.sampled_from(["superiority", "non-inferiority", "equivalence"]),
    null_variance=st.sampled_from(NULLS),
    rate=st.floats(0.05, 20),
    effect=st.floats(0.5, 0.95),
    k=st.floats(0, 3),
    power=st.floats(0.3, 0.99),
    ratio=st.floats(0.25, 4),
)
def test_the_size_gives_the_power(objective, null_variance, rate, effect, k, power, ratio):
    effect = effect if objective != "equivalence" else 0.9 + effect / 10
    case = {"control_rate": rate, "rate_ratio": effect, "dispersion": k, "alpha": 0.05, "exposure_control": 1.5}
    case |= case_of(objective, "lower") | {"null_variance": null_variance}
    size = count_size(power=power, ratio=ratio, **case)
    assert count_power(size.treatment, size.control, **case) == pytest.approx(power, abs=1e-9)
    assert count_power(1.2 * size.treatment, 1.2 * size.control, **case) > power


@given(
    objective=st.sampled_from(["superiority", "non-inferiority", "equivalence"]),
    null_variance=st.sampled_from(["true", "restricted"]),
    effect=st.floats(0.4, 2.5),
    k=st.floats(0, 3),
    exposure=st.floats(0.1, 10),
)
def test_swapping_the_arms_changes_nothing(objective, null_variance, effect, k, exposure):
    case = {"dispersion": k, "alpha": 0.05, "null_variance": null_variance}
    one = count_power(
        70, 110, control_rate=2, rate_ratio=effect, exposure_treatment=exposure, **case, **case_of(objective, "lower")
    )
    other = count_power(
        110, 70, control_rate=2 * effect, rate_ratio=1 / effect, exposure_control=exposure, **case,
        **case_of(objective, "higher"),
    )  # fmt: skip
    assert one == pytest.approx(other, abs=1e-9)


@given(
    objective=st.sampled_from(["superiority", "non-inferiority"]),
    better=st.sampled_from(["lower", "higher"]),
    null_variance=st.sampled_from(NULLS),
    k=st.floats(0, 2),
    n=st.floats(300, 3000),
    power=st.floats(0.5, 0.95),
)
def test_the_detectable_rate_ratio_has_the_power(objective, better, null_variance, k, n, power):
    case = {"control_rate": 1, "dispersion": k, "alpha": 0.05, "null_variance": null_variance}
    case |= case_of(objective, better)
    found = count_effect(n, n, power=power, **case)
    assert count_power(n, n, rate_ratio=found, **case) == pytest.approx(power, abs=1e-8)
    if objective == "superiority":
        assert (found < 1) == (better == "lower")


def test_the_detectable_rate_ratio_is_the_nearest_one():
    """Power is lost again where hardly any events are left on treatment."""
    case = {"control_rate": 0.5, "dispersion": 0, "alpha": 0.05}
    found = count_effect(60, 60, power=0.8, **case)
    nearer = np.linspace(found + 1e-6, 1, 200)
    assert np.all(count_power(60, 60, rate_ratio=nearer, **case) < 0.8)
    assert count_power(60, 60, rate_ratio=1e-6, **case) < 0.8


def test_arrays_broadcast_and_agree_with_numbers():
    n, ratio = np.array([50.0, 200, 700])[:, None], np.array([0.6, 0.8])
    table = count_power(n, n, control_rate=1, rate_ratio=ratio, dispersion=0.5, alpha=0.05)
    assert table.shape == (3, 2)
    assert table[2, 1] == count_power(700, 700, control_rate=1, rate_ratio=0.8, dispersion=0.5, alpha=0.05)
    effects = count_effect([300, 900], 400, power=0.8, control_rate=[[1], [2]], dispersion=0.5, alpha=0.05)
    one = count_effect(300, 400, power=0.8, control_rate=2, dispersion=0.5, alpha=0.05)
    assert effects[1, 0] == pytest.approx(one, rel=1e-12)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("control_rate", 0),
        ("rate_ratio", -1),
        ("dispersion", -0.1),
        ("exposure_treatment", 0),
        ("exposure_control", float("inf")),
        ("margin", 0.9),
        ("null_variance", "pooled"),
        ("better", "up"),
        ("alpha", 1),
        ("sided", 4),
        ("power", 1),
        ("ratio", 0),
    ],
)
def test_wrong_input_is_named(field, wrong):
    right = {"power": 0.8, "control_rate": 1, "rate_ratio": 1, "dispersion": 0.5, "margin": 1.3, "alpha": 0.05}
    with pytest.raises(InputError) as error:
        count_size(**{**right, "objective": "non-inferiority", field: wrong})
    assert error.value.field == field


def test_what_cannot_be_reached_is_said():
    case = {"power": 0.8, "control_rate": 1, "dispersion": 0.5, "alpha": 0.05}
    with pytest.raises(NoSolutionError, match="wrong side"):
        count_size(rate_ratio=1.2, **case)
    with pytest.raises(NoSolutionError, match="add patients"):
        count_effect(3, 3, **case)
    with pytest.raises(InputError):
        count_effect(30, 30, margin=1.3, objective="equivalence", **case)
