"""Proportions in two arms: against rpact, the likelihood maximised by search, and exact enumeration."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, special, stats

from equipoise.design.proportion import proportion_effect, proportion_power, proportion_size
from equipoise.errors import InputError, NoSolutionError

REFERENCE = Path(__file__).parents[2] / "src/equipoise/validation/reference/fixed.csv"
MEASURES = ["difference", "ratio", "odds-ratio"]


def reference_rows():
    with REFERENCE.open() as file:
        return [row for row in csv.DictReader(file) if row["kind"] == "rates"]


@pytest.mark.parametrize("row", reference_rows(), ids=lambda row: f"{row['inputs']} {row['margin']} {row['n'][:7]}")
def test_sizes_equal_those_of_rpact(row):
    inputs = dict(pair.split("=") for pair in row["inputs"].split(";"))
    treatment, control, margin = float(inputs["pi1"]), float(inputs["pi2"]), float(row["margin"])
    if row["objective"] == "superiority":
        case = {"better": "higher" if treatment > control else "lower"}
    elif "difference" in row["objective"]:
        case = {"objective": "non-inferiority", "better": "higher", "margin": -margin}
    else:
        case = {"objective": "non-inferiority", "better": "lower", "margin": margin, "measure": "ratio"}
    case |= {name: float(row[name]) for name in ("power", "alpha", "ratio")} | {"sided": int(row["sided"])}
    size = proportion_size(control=control, treatment=treatment, **case)
    assert size.total == pytest.approx(float(row["n"]), rel=1e-12)
    assert size.treatment == pytest.approx(float(row["n1"]), rel=1e-12)
    assert size.control == pytest.approx(float(row["n2"]), rel=1e-12)


# rpact 3.3.4, getSampleSizeRates with random inputs (riskRatio where "ratio"; margin is rpact's thetaH0, none is 0):
# measure, treatment, control, margin, sided, alpha, power, allocation ratio, nFixed
RPACT_MORE = [
    ("difference", 0.421, 0.321, 0, 2, 0.01, 0.95, 1.7, 1779.91039778762),
    ("ratio", 0.422, 0.204, 0, 1, 0.05, 0.95, 3, 251.232764721017),
    ("difference", 0.72, 0.507, 0, 2, 0.05, 0.8, 1, 161.70829036292),
    ("ratio", 0.326, 0.244, 0, 2, 0.05, 0.9, 0.4, 1541.27372557477),
    ("difference", 0.665, 0.464, 0, 2, 0.01, 0.8, 3, 367.171573591869),
    ("ratio", 0.589, 0.419, 0, 2, 0.01, 0.95, 0.4, 744.263201118073),
    ("difference", 0.486, 0.513, -0.091, 1, 0.025, 0.8, 0.4, 2328.32946839963),
    ("difference", 0.163, 0.145, 0.122, 1, 0.01, 0.95, 1.7, 765.798754065181),
    ("difference", 0.165, 0.119, -0.085, 1, 0.01, 0.8, 3, 460.221784972473),
    ("difference", 0.212, 0.185, 0.132, 1, 0.025, 0.7, 3, 393.173649294721),
    ("difference", 0.725, 0.751, -0.149, 1, 0.025, 0.95, 1, 663.064577480337),
    ("difference", 0.611, 0.605, 0.147, 1, 0.025, 0.95, 1.7, 671.445882693976),
    ("ratio", 0.678, 0.671, 0.592, 1, 0.05, 0.95, 1, 83.2146764517294),
    ("ratio", 0.443, 0.423, 1.297, 1, 0.05, 0.95, 1.7, 1429.30874207264),
    ("ratio", 0.532, 0.52, 0.757, 1, 0.05, 0.7, 1.7, 188.700061353323),
    ("ratio", 0.764, 0.797, 1.526, 1, 0.025, 0.7, 1.7, 50.8289442501502),
    ("ratio", 0.218, 0.207, 0.793, 1, 0.05, 0.8, 1, 1143.95672427205),
    ("ratio", 0.483, 0.461, 1.748, 1, 0.05, 0.95, 3, 324.41035120066),
]


@pytest.mark.parametrize(
    ("measure", "treatment", "control", "margin", "sided", "alpha", "power", "ratio", "total"), RPACT_MORE
)
def test_sizes_equal_those_of_rpact_for_either_direction(
    measure, treatment, control, margin, sided, alpha, power, ratio, total
):
    case = {"measure": measure, "better": "higher" if treatment > control else "lower"}
    if margin:
        worse = margin < (0 if measure == "difference" else 1)
        case |= {"objective": "non-inferiority", "better": "higher" if worse else "lower"}
        case["margin"] = abs(margin) if measure == "difference" else margin
    size = proportion_size(
        control=control, treatment=treatment, power=power, alpha=alpha, sided=sided, ratio=ratio, **case
    )
    assert size.total == pytest.approx(total, rel=1e-12)


def on_limit(measure, limit, pc):
    if measure == "difference":
        return pc + limit
    return pc * limit if measure == "ratio" else pc * limit / (1 - pc + pc * limit)


def restricted_by_search(measure, limit, share, pt, pc):
    """The likeliest pair of proportions on the limit, found without the closed forms."""

    def unlikely(at):
        there = on_limit(measure, limit, at)
        if not 0 < there < 1:
            return np.inf
        arms = (share, pt, there), (1 - share, pc, at)
        return -sum(w * (special.xlogy(p, q) + special.xlog1py(1 - p, -q)) for w, p, q in arms)

    low, high = 1e-9, 1 - 1e-9
    if measure == "difference":
        low, high = max(0, -limit) + 1e-9, min(1, 1 - limit) - 1e-9
    if measure == "ratio":
        high = min(1, 1 / limit) - 1e-9
    grid = np.linspace(low, high, 400)
    best = int(np.argmin([unlikely(at) for at in grid]))
    around = (grid[max(best - 1, 0)], grid[min(best + 1, 399)])
    found = optimize.minimize_scalar(unlikely, bounds=around, method="bounded", options={"xatol": 1e-12}).x
    return on_limit(measure, limit, found), found


def statistic_by_search(measure, limit, share, pt, pc):
    """The statistic and its null standard error (for a total of one), from the restricted proportions."""
    qt, qc = restricted_by_search(measure, limit, share, pt, pc)
    vt, vc = qt * (1 - qt) / share, qc * (1 - qc) / (1 - share)
    if measure == "odds-ratio":  # Miettinen & Nurminen's score
        return (pt - qt) / (qt * (1 - qt)) - (pc - qc) / (qc * (1 - qc)), np.sqrt(
            1 / (share * qt * (1 - qt)) + 1 / ((1 - share) * qc * (1 - qc))
        )
    weight = limit if measure == "ratio" else 1
    return (pt - pc - limit if measure == "difference" else pt - limit * pc), np.sqrt(vt + weight**2 * vc)


def power_by_search(measure, limit, sign, nt, nc, pt, pc, z):
    """The normal approximation, its true standard error by numerical derivatives of the statistic whose
    null standard error is held."""
    total, share = nt + nc, nt / (nt + nc)
    value, null = statistic_by_search(measure, limit, share, pt, pc)
    if measure == "odds-ratio":
        qt, qc = restricted_by_search(measure, limit, share, pt, pc)
        it, ic = share * qt * (1 - qt), (1 - share) * qc * (1 - qc)
        scale = it * ic / (it + ic)
        step = 1e-3

        def score(p, q):  # share (p - restricted), whose variance under the null is `scale`
            return share * (p - restricted_by_search(measure, limit, share, p, q)[0])

        slopes = (
            (score(pt + step, pc) - score(pt - step, pc)) / (2 * step),
            (score(pt, pc + step) - score(pt, pc - step)) / (2 * step),
        )
        value, null = score(pt, pc), np.sqrt(scale)
    else:
        slopes = 1, (limit if measure == "ratio" else 1)
    true = np.sqrt(slopes[0] ** 2 * pt * (1 - pt) / share + slopes[1] ** 2 * pc * (1 - pc) / (1 - share))
    return stats.norm.cdf((sign * value * np.sqrt(total) - z * null) / true)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(
    ("better", "pt", "pc", "nt", "nc"),
    [
        ("higher", 0.3, 0.28, 150, 100),
        ("lower", 0.1, 0.12, 80, 200),
        ("higher", 0.85, 0.8, 90, 90),
        ("lower", 0.6, 0.62, 300, 120),
    ],
)
def test_non_inferiority_power_is_that_of_the_restricted_likelihood(measure, better, pt, pc, nt, nc):
    margin = {"difference": 0.1, "ratio": 0.7, "odds-ratio": 0.6}[measure]
    if better == "lower":
        margin = margin if measure == "difference" else 1 / margin
    limit = margin if measure != "difference" else (-margin if better == "higher" else margin)
    fast = proportion_power(
        nt, nc, control=pc, treatment=pt, measure=measure, margin=margin, objective="non-inferiority",
        better=better, alpha=0.025, sided=1,
    )  # fmt: skip
    slow = power_by_search(measure, limit, 1 if better == "higher" else -1, nt, nc, pt, pc, stats.norm.isf(0.025))
    # the odds ratio's slopes are numerical derivatives of a search
    assert fast == pytest.approx(slow, abs=2e-5 if measure == "odds-ratio" else 1e-6)


def exact_power(measure, limit, sign, n, pt, pc, alpha):
    """Enumerates every pair of counts: how often the score test rejects, with restricted estimates in closed form
    by bisection of the score, vectorised over the counts."""
    events = np.arange(n + 1)
    xt, xc = (events[:, None] + np.zeros(n + 1)) / n, (events + np.zeros((n + 1, 1))) / n
    low = np.full(xt.shape, max(0.0, -limit) if measure == "difference" else 0.0)
    top = 1 - max(limit, 0) if measure == "difference" else min(1.0, 1 / limit) if measure == "ratio" else 1.0
    low, high = low + 1e-12, np.full(xt.shape, top - 1e-12)
    for _ in range(60):
        at = (low + high) / 2
        there = on_limit(measure, limit, at)
        slope = {"difference": 1.0, "ratio": limit, "odds-ratio": there * (1 - there) / (at * (1 - at))}[measure]
        up = (xt - there) / (there * (1 - there)) * slope + (xc - at) / (at * (1 - at)) > 0
        low, high = np.where(up, at, low), np.where(up, high, at)
    qc, qt = at, on_limit(measure, limit, at)
    if measure == "odds-ratio":
        value = (xt - qt) * np.sqrt(1 / (qt * (1 - qt)) + 1 / (qc * (1 - qc)))
        null = np.ones_like(value)
    else:
        weight = limit if measure == "ratio" else 1.0
        value = xt - weight * xc - (limit if measure == "difference" else 0.0)
        null = np.sqrt(qt * (1 - qt) + weight**2 * qc * (1 - qc))
    rejects = sign * value * np.sqrt(n) > stats.norm.isf(alpha) * null + 1e-12
    chance = stats.binom.pmf(events, n, pt)[:, None] * stats.binom.pmf(events, n, pc)
    return np.sum(chance[rejects])


@pytest.mark.parametrize(
    ("measure", "objective", "margin", "pt", "pc"),
    [
        ("difference", "superiority", None, 0.45, 0.25),
        ("odds-ratio", "superiority", None, 0.35, 0.15),
        ("difference", "non-inferiority", 0.15, 0.8, 0.8),
        ("ratio", "non-inferiority", 0.75, 0.7, 0.7),
        ("odds-ratio", "non-inferiority", 0.4, 0.6, 0.6),
        ("odds-ratio", "non-inferiority", 0.4, 0.3, 0.28),
    ],
)
def test_the_exact_power_of_the_score_test_is_near(measure, objective, margin, pt, pc):
    case = {"control": pc, "treatment": pt, "measure": measure, "margin": margin, "objective": objective}
    n = int(np.ceil(proportion_size(power=0.8, alpha=0.025, sided=1, **case).control))
    limit = {"difference": -(margin or 0.0), "ratio": margin or 1.0, "odds-ratio": margin or 1.0}[measure]
    exact = exact_power(measure, limit, 1, n, pt, pc, 0.025)
    assert proportion_power(n, n, alpha=0.025, sided=1, **case) == pytest.approx(exact, abs=0.02)


def test_superiority_is_the_same_test_for_every_measure():
    case = {"control": 0.3, "treatment": 0.2, "better": "lower", "alpha": 0.05}
    powers = [proportion_power(250, 200, measure=measure, **case) for measure in MEASURES]
    pooled = (250 * 0.2 + 200 * 0.3) / 450
    null = np.sqrt(pooled * (1 - pooled) * (1 / 250 + 1 / 200))
    true = np.sqrt(0.2 * 0.8 / 250 + 0.3 * 0.7 / 200)
    assert powers == pytest.approx([stats.norm.cdf((0.1 - stats.norm.isf(0.025) * null) / true)] * 3, abs=1e-12)


@pytest.mark.parametrize("measure", MEASURES)
def test_limits_next_to_no_effect_lead_to_the_superiority_test(measure):
    margin = 1e-7 if measure == "difference" else 1 + 1e-7
    case = {"control": 0.3, "treatment": 0.2, "better": "lower", "alpha": 0.05, "measure": measure}
    near = proportion_power(250, 200, margin=margin, objective="non-inferiority", **case)
    assert near == pytest.approx(proportion_power(250, 200, **case), abs=1e-5)


def test_equivalence_of_a_ratio_is_hardly_more_than_its_lower_bound():
    """Both tests together, their joint normal distribution sampled."""
    n, p, margin, z = 400, 0.4, 1.25, stats.norm.isf(0.05)
    case = {"control": p, "treatment": p, "measure": "ratio", "margin": margin, "alpha": 0.05, "sided": 1}
    rng = np.random.default_rng(5)
    xt, xc = rng.normal(p, np.sqrt(p * (1 - p) / n), (2, 1_000_000))
    passed = np.ones(xt.shape, dtype=bool)
    for limit, sign in [(1 / margin, 1), (margin, -1)]:
        _, null = statistic_by_search("ratio", limit, 0.5, p, p)
        passed &= sign * (xt - limit * xc) > z * null / np.sqrt(2 * n)
    power = proportion_power(n, n, objective="equivalence", **case)
    assert power == pytest.approx(np.mean(passed), abs=0.002)


def cases(measure, objective):
    if objective == "superiority":
        return None
    return {"difference": 0.15, "ratio": 0.7, "odds-ratio": 0.5}[measure]


@given(
    measure=st.sampled_from(MEASURES),
    objective=st.sampled_from(["superiority", "non-inferiority", "equivalence"]),
    control=st.floats(0.1, 0.7),
    gain=st.floats(0.01, 0.2),
    power=st.floats(0.3, 0.99),
    ratio=st.floats(0.2, 5),
)
def test_the_size_gives_the_power(measure, objective, control, gain, power, ratio):
    treatment = control + gain if objective != "equivalence" else control * (1 + gain / 4)
    case = {"control": control, "treatment": treatment, "measure": measure, "objective": objective, "alpha": 0.05}
    case["margin"] = cases(measure, objective)
    size = proportion_size(power=power, ratio=ratio, **case)
    reached = proportion_power(size.treatment, size.control, **case)
    assert reached == pytest.approx(power, abs=1e-9)
    assert proportion_power(1.2 * size.treatment, 1.2 * size.control, **case) > power


@given(
    measure=st.sampled_from(MEASURES),
    objective=st.sampled_from(["superiority", "non-inferiority", "equivalence"]),
    control=st.floats(0.02, 0.98),
    treatment=st.floats(0.02, 0.98),
    n_treatment=st.floats(5, 1000),
    n_control=st.floats(5, 1000),
)
def test_swapping_the_arms_changes_nothing(measure, objective, control, treatment, n_treatment, n_control):
    margin = cases(measure, objective)
    inverse = margin if margin is None or measure == "difference" else 1 / margin
    case = {"measure": measure, "objective": objective, "alpha": 0.05}
    one = proportion_power(n_treatment, n_control, control=control, treatment=treatment, margin=margin, **case)
    other = proportion_power(
        n_control, n_treatment, control=treatment, treatment=control, margin=inverse, better="lower", **case
    )
    assert one == pytest.approx(other, abs=1e-6)


@given(
    measure=st.sampled_from(["difference", "odds-ratio"]),
    control=st.floats(0.02, 0.98),
    treatment=st.floats(0.02, 0.98),
    objective=st.sampled_from(["superiority", "non-inferiority", "equivalence"]),
)
def test_counting_the_other_outcome_changes_nothing(measure, control, treatment, objective):
    margin = cases(measure, objective)
    inverse = margin if margin is None or measure == "difference" else 1 / margin
    case = {"measure": measure, "objective": objective, "alpha": 0.05}
    one = proportion_power(80, 50, control=control, treatment=treatment, margin=margin, **case)
    other = proportion_power(
        80, 50, control=1 - control, treatment=1 - treatment, margin=inverse, better="lower", **case
    )
    assert one == pytest.approx(other, abs=1e-6)


@given(
    measure=st.sampled_from(MEASURES),
    better=st.sampled_from(["higher", "lower"]),
    objective=st.sampled_from(["superiority", "non-inferiority"]),
    control=st.floats(0.2, 0.8),
    n=st.floats(200, 3000),
    power=st.floats(0.5, 0.95),
)
def test_the_detectable_proportion_has_the_power(measure, better, objective, control, n, power):
    margin = cases(measure, objective)
    if margin and better == "lower" and measure != "difference":
        margin = 1 / margin
    case = {"control": control, "measure": measure, "margin": margin, "objective": objective, "better": better}
    found = proportion_effect(n, n, power=power, alpha=0.05, **case)
    reached = proportion_power(n, n, treatment=found, alpha=0.05, **case)
    if 1e-8 < found < 1 - 1e-8:
        assert reached == pytest.approx(power, abs=1e-8)
    else:  # the margin allows every proportion
        assert reached >= power
    if objective == "superiority":
        assert (found > control) == (better == "higher")


def test_arrays_broadcast_and_agree_with_numbers():
    n, control = np.array([50.0, 200, 700])[:, None], np.array([0.2, 0.3])
    case = {"treatment": 0.4, "margin": 0.1, "objective": "equivalence", "alpha": 0.05}
    table = proportion_power(n, n, control=control, **case)
    assert table.shape == (3, 2)
    assert table[2, 1] == proportion_power(700, 700, control=0.3, **case)
    sizes = proportion_size(power=[0.8, 0.9], control=[[0.38], [0.41]], **case)
    assert sizes.total[1, 0] == pytest.approx(proportion_size(power=0.8, control=0.41, **case).total, rel=1e-12)
    effects = proportion_effect([100, 400], 200, power=0.8, control=[[0.2], [0.5]], alpha=0.05)
    assert effects[1, 0] == pytest.approx(proportion_effect(100, 200, power=0.8, control=0.5, alpha=0.05), rel=1e-12)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("control", 1.2),
        ("treatment", 0),
        ("measure", "rate"),
        ("margin", 1.1),
        ("margin", -0.1),
        ("margin", None),
        ("objective", "best"),
        ("better", "up"),
        ("alpha", 0),
        ("sided", 0),
        ("power", 0.01),
        ("ratio", -1),
    ],
)
def test_wrong_input_is_named(field, wrong):
    right = {
        "power": 0.8,
        "control": 0.3,
        "treatment": 0.3,
        "margin": 0.1,
        "objective": "non-inferiority",
        "alpha": 0.05,
    }
    with pytest.raises(InputError) as error:
        proportion_size(**{**right, field: wrong})
    assert error.value.field == field


@pytest.mark.parametrize(("better", "margin"), [("higher", 1.2), ("lower", 0.8)])
def test_a_ratio_on_the_wrong_side_of_one_is_refused(better, margin):
    case = {"control": 0.3, "treatment": 0.3, "objective": "non-inferiority", "measure": "ratio", "alpha": 0.05}
    with pytest.raises(InputError, match="margin"):
        proportion_power(50, 50, margin=margin, better=better, **case)


def test_what_cannot_be_reached_is_said():
    with pytest.raises(NoSolutionError, match="wrong side"):
        proportion_size(power=0.8, control=0.3, treatment=0.2, alpha=0.05)
    with pytest.raises(NoSolutionError, match="add patients"):
        proportion_effect(5, 5, power=0.95, control=0.6, alpha=0.05)
    with pytest.raises(InputError):
        proportion_effect(50, 50, power=0.8, control=0.6, margin=0.1, objective="equivalence", alpha=0.05)
