"""Several arms against one control: sizes and powers published or exact, and patients drawn one by one."""

import math

import numpy as np
import pytest
from scipy import stats

from equipoise.errors import InputError
from equipoise.simulate import (
    Boundaries,
    MultiArmMeanTrial,
    MultiArmProportionTrial,
    MultiArmSurvivalTrial,
    multi_arm_boundaries,
    multi_arm_rejection,
    simulate,
)

TRIALS = 200_000
TRIANGULAR = multi_arm_boundaries(3, (38, 76), (76, 152), 0.05, shape="triangular", futility="triangular")
MAMS = {"boundaries": TRIANGULAR, "patients_treatment": (38, 76), "patients_control": (76, 152)}
THREE = {
    "boundaries": Boundaries(efficacy=(2.9, 2.4, 2.1), futility=(0.1, 0.4)),
    "patients_treatment": (8, 15, 30),
    "patients_control": (10, 25, 40),
}


def within(own, exact, reference_error=0.0):
    return abs(own.mean - exact) < 4 * math.hypot(own.standard_error, reference_error)


def test_agrees_with_the_published_mams_design():
    """Jaki, Pallmann & Magirr 2019, section 3.2: p = 0.65 and p0 = 0.55 are differences of 0.545 and 0.178 SD.

    Their mams.sim gives family-wise error 0.05 and 244.9 patients under the null (100,000 trials), and the sizes were
    chosen for power 0.9 to reject, and recommend, the first arm.
    """
    null = simulate(MultiArmMeanTrial(**MAMS, differences=(0, 0, 0)), trials=TRIALS, seed=1)
    assert within(null.reject, 0.05)
    assert within(null.expected_patients, 244.907, 0.3)
    effects = [math.sqrt(2) * stats.norm.ppf(p) for p in (0.65, 0.55, 0.55)]
    own = simulate(MultiArmMeanTrial(**MAMS, differences=effects), trials=TRIALS, seed=2)
    assert within(own.mean("chosen_1"), 0.9015, 0.001)
    assert own.mean("chosen_1").mean > 0.9


@pytest.mark.parametrize("stop", ["first", "all"])
@pytest.mark.parametrize("effects", [(0, 0, 0), (0.5, 0.2, 0), (-0.5, 0.3, 0.3)])
def test_the_chance_of_any_rejection_is_exact(effects, stop):
    trial = MultiArmMeanTrial(**THREE, differences=[10 * x for x in effects], sd=10, stop=stop)
    exact = multi_arm_rejection(trial.boundaries, trial.patients_treatment, trial.patients_control, effects)
    assert within(simulate(trial, trials=TRIALS, seed=3).reject, exact)


def test_the_error_over_true_nulls_is_kept_whatever_the_other_arms_do():
    """Strong control: what happens to an arm that works does not touch the others when all are followed."""
    for works in (0.0, 0.3, 5.0):
        own = simulate(MultiArmMeanTrial(**MAMS, differences=(works, 0, 0), stop="all"), trials=TRIALS, seed=4)
        each = multi_arm_rejection(TRIANGULAR, (38, 76), (76, 152), (0.0,))
        assert within(own.mean("rejected_2"), each)
        assert within(own.mean("rejected_3"), each)


def test_one_look_with_a_common_variance_is_dunnetts_test():
    """The nominal level of the t quantile comes from the normal, so the truth is the multivariate t (by quadrature)."""
    critical, n, n0 = stats.norm.sf(2.062), 6, 8
    degrees = 3 * n + n0 - 4
    t = stats.t.isf(critical, degrees)
    x, w = np.polynomial.hermite_e.hermegauss(60)
    s = np.sqrt(stats.chi2.ppf((np.arange(4000) + 0.5) / 4000, degrees) / degrees)
    ratio = n / n0
    inside = stats.norm.cdf(t * s[:, None] * math.sqrt(1 + ratio) + math.sqrt(ratio) * x) ** 3 @ (w / w.sum())
    trial = MultiArmMeanTrial(
        boundaries=Boundaries(efficacy=(2.062,)), patients_treatment=(n,), patients_control=(n0,),
        differences=(0, 0, 0), test="t", sd=3,
    )  # fmt: skip
    assert within(simulate(trial, trials=TRIALS, seed=5).reject, 1 - inside.mean())


def slow(trial, draw, statistic, trials, rng):
    """The same design with every patient drawn and every look written out; a record for each trial."""
    (upper, lower), looks = trial.boundaries.as_arrays(), trial.looks
    n, n0 = getattr(trial, "patients_treatment", None), getattr(trial, "patients_control", None)
    keep = [*(trial.keep or [trial.arms] * (looks - 1)), trial.arms]
    rows = np.zeros((trials, 2 + len(trial.columns)))
    for row in rows:
        control, arms = draw(rng)
        state, last, z = ["in"] * trial.arms, [0] * trial.arms, [-math.inf] * trial.arms
        for j in range(looks):
            for a in range(trial.arms):
                if state[a] == "in":
                    last[a] = j
            data = [x[: n[i]] for x, i in zip(arms, last, strict=True)]
            for a in range(trial.arms):
                if state[a] == "in":
                    z[a], u, v = statistic(a, data, control[: n0[j]], upper[j], lower[j])
                    state[a] = "rejected" if z[a] >= u else "dropped" if z[a] <= v else "in"
            if "rejected" in state and trial.stop == "first":
                break
            left = sorted((a for a in range(trial.arms) if state[a] == "in"), key=lambda a: -z[a])
            for a in left[keep[j] :]:
                state[a] = "dropped"
            if "in" not in state:
                break
        rejected = [s == "rejected" for s in state]
        from_these = [a for a in range(trial.arms) if (rejected[a] if any(rejected) else last[a] == j)]
        best = max(from_these, key=lambda a: z[a])
        patients = n0[j] + sum(n[i] for i in last)
        estimate = arms[best][: n[last[best]]].mean() - control[: n0[j]].mean()
        chosen = [a == best and rejected[a] for a in range(trial.arms)]
        outcome = 1 if any(rejected) else 0 if "in" in state else -1
        row[:] = [j + 1, outcome, patients, best + 1, state.count("dropped"), estimate, *rejected, *chosen]
    return rows


def compare(trial, rows, seed):
    """Every column's mean, and every ending, within joint Monte-Carlo error."""
    own, trials = simulate(trial, trials=TRIALS, seed=seed), len(rows)
    for place, column in enumerate(trial.columns, start=2):
        assert within(own.mean(column.name), rows[:, place].mean(), rows[:, place].std() / math.sqrt(trials)), column
    for look in range(trial.looks):
        for place, outcome in enumerate((-1, 0, 1)):
            share = own.endings[look][place] / TRIALS
            theirs = ((rows[:, 0] == look + 1) & (rows[:, 1] == outcome)).mean()
            error = math.sqrt(max(share * (1 - share), 1e-9) * (1 / TRIALS + 1 / trials))
            assert abs(share - theirs) < 4 * error, (look, outcome)


@pytest.mark.parametrize("stop", ["first", "all"])
def test_pooled_t_tests_agree_with_patients_drawn_one_by_one(stop):
    effects = (0.0, 0.4, 0.6, 0.5)
    trial = MultiArmMeanTrial(**THREE, differences=effects, test="t", stop=stop, keep=(3, 2))

    def draw(rng):
        return rng.standard_normal(40), [rng.standard_normal(30) + e for e in effects]

    def statistic(a, data, control, upper, lower):
        groups = [*data, control]
        degrees = sum(map(len, groups)) - len(groups)
        variance = sum(((g - g.mean()) ** 2).sum() for g in groups) / degrees
        t = (data[a].mean() - control.mean()) / math.sqrt(variance * (1 / len(data[a]) + 1 / len(control)))
        limits = stats.norm.sf(abs(np.array([upper, lower])))
        return t, *(np.sign([upper, lower]) * cached_quantiles(*limits, degrees))

    compare(trial, slow(trial, draw, statistic, 1_500, np.random.default_rng(6)), 6)


QUANTILES = {}


def cached_quantiles(upper, lower, degrees):
    key = upper, lower, degrees
    if key not in QUANTILES:
        QUANTILES[key] = stats.t.isf([upper, lower], degrees)
    return QUANTILES[key]


def test_proportions_agree_with_patients_drawn_one_by_one():
    rates = (0.3, 0.45, 0.6)
    trial = MultiArmProportionTrial(**THREE, rates_treatment=rates, rate_control=0.3, stop="all", keep=(2, 1))

    def draw(rng):
        return rng.random(40) < 0.3, [rng.random(30) < r for r in rates]

    def statistic(a, data, control, upper, lower):
        n, m = len(data[a]), len(control)
        p = (data[a].sum() + control.sum()) / (n + m)
        variance = p * (1 - p) * (1 / n + 1 / m)
        return (data[a].mean() - control.mean()) / math.sqrt(variance) if variance else 0.0, upper, lower

    compare(trial, slow(trial, draw, statistic, 4_000, np.random.default_rng(7)), 7)


def test_survival_has_the_power_of_its_log_rank_statistics():
    ratios, events = (0.6, 0.8, 1.0), ((20, 40), (20, 40))
    boundaries = multi_arm_boundaries(3, *events, 0.025)
    trial = MultiArmSurvivalTrial(
        boundaries=boundaries, events_treatment=events[0], events_control=events[1], hazard_ratios=ratios
    )
    own = simulate(trial, trials=TRIALS, seed=8)
    assert within(own.reject, multi_arm_rejection(boundaries, *events, [-math.log(r) for r in ratios]))
    assert own.mean("events").mean <= 160
    null = simulate(trial.model_copy(update={"hazard_ratios": (1.0, 1.0, 1.0)}), trials=TRIALS, seed=9)
    assert within(null.reject, 0.025)


def patient_level_log_rank(arms, per_arm, events, ratios, trials, rng):
    """z of each arm against control when control has had each of `events` events; exponential, all enrolled at once."""
    times = rng.exponential(1 / np.array([1.0, *ratios])[:, None], (trials, arms + 1, per_arm))
    out = np.empty((trials, len(events), arms))
    ends = np.sort(times[:, 0], axis=1)[:, np.array(events) - 1]
    for t in range(trials):
        for a in range(arms):
            x = np.concatenate([times[t, 0], times[t, a + 1]])
            treated = np.repeat([0, 1], per_arm)[x.argsort()]
            x.sort()
            at_risk = len(x) - np.arange(len(x))
            share = treated[::-1].cumsum()[::-1] / at_risk
            for j, now in enumerate(ends[t]):
                d = np.searchsorted(x, now, side="right")
                out[t, j, a] = (share - treated)[:d].sum() / math.sqrt((share * (1 - share))[:d].sum())
    return out


def test_log_rank_statistics_of_patients_have_nearly_the_joint_distribution():
    """Near the null the correlations over arms and looks, and the family-wise error, are those of patients followed."""
    trials, events = 4_000, (40, 80)
    z = patient_level_log_rank(2, 130, events, (1.0, 1.0), trials, np.random.default_rng(10)).reshape(trials, 4)
    half = math.sqrt(0.5)
    expected = [[1, 0.5, half, half / 2], [0.5, 1, half / 2, half], [half, half / 2, 1, 0.5], [half / 2, half, 0.5, 1]]
    assert np.abs(np.corrcoef(z.T) - expected).max() < 4 / math.sqrt(trials)
    boundaries = multi_arm_boundaries(2, events, events, 0.05)
    upper = np.repeat(boundaries.as_arrays()[0], 2)
    rejected = (z >= upper).any(axis=1).mean()
    assert abs(rejected - 0.05) < 4 * math.sqrt(0.05 * 0.95 / trials)


@pytest.mark.parametrize(
    "trial",
    [
        MultiArmMeanTrial(**THREE, differences=(0.2, 0.4), stop="all"),
        MultiArmMeanTrial(**THREE, differences=(0.2, 0.4), test="t", keep=(1, 1)),
        MultiArmProportionTrial(**THREE, rates_treatment=(0.2, 0.4), rate_control=0.2),
    ],
    ids=["z", "t", "proportion"],
)
def test_any_split_gives_the_same_bytes(trial):
    name = {"seed": 2**41 + 5, "design": 3, "scenario": 4}
    whole = simulate(trial, trials=6_000, threads=1, **name)
    assert simulate(trial, trials=6_000, threads=3, **name).model_dump_json() == whole.model_dump_json()
    parts = simulate(trial, trials=1_111, **name) + simulate(trial, trials=4_889, first_trial=1_111, **name)
    assert parts == whole
    assert type(trial).model_validate_json(trial.model_dump_json()) == trial


@pytest.mark.parametrize(
    ("family", "change", "field"),
    [
        (MultiArmMeanTrial, {"patients_treatment": (8, 8, 30)}, "patients_treatment"),
        (MultiArmMeanTrial, {"patients_control": (8, 30)}, "patients_control"),
        (MultiArmMeanTrial, {"boundaries": Boundaries(efficacy=(2.0,))}, "boundaries.efficacy"),
        (MultiArmMeanTrial, {"differences": ()}, "differences"),
        (MultiArmMeanTrial, {"differences": (0.0,) * 21}, "differences"),
        (MultiArmMeanTrial, {"keep": (1,)}, "keep"),
        (MultiArmMeanTrial, {"keep": (1, 2)}, "keep"),
        (MultiArmMeanTrial, {"sd": 0}, "sd"),
        (MultiArmMeanTrial, {"test": "t", "patients_treatment": (1, 2, 3), "patients_control": (1, 2, 3)},
         "patients_treatment"),
        (MultiArmProportionTrial, {"rates_treatment": (0.5, 1.1)}, "rates_treatment.2"),
        (MultiArmProportionTrial, {"rate_control": -0.1}, "rate_control"),
        (MultiArmSurvivalTrial, {"hazard_ratios": (0.5, 0)}, "hazard_ratios.2"),
        (MultiArmSurvivalTrial, {"events_control": (5, 5, 6)}, "events_control"),
    ],
)  # fmt: skip
def test_designs_that_make_no_sense_are_refused(family, change, field):
    truth = {
        MultiArmMeanTrial: {"differences": (0.0, 0.1)},
        MultiArmProportionTrial: {"rates_treatment": (0.5, 0.6), "rate_control": 0.4},
        MultiArmSurvivalTrial: {"hazard_ratios": (0.5, 0.7)},
    }[family]
    sizes = {"patients_treatment": THREE["patients_treatment"], "patients_control": THREE["patients_control"]}
    if family is MultiArmSurvivalTrial:
        sizes = {f"events_{key.removeprefix('patients_')}": sizes[key] for key in sizes}
    with pytest.raises(InputError) as error:
        family.read({"boundaries": THREE["boundaries"], **sizes, **truth, **change})
    assert error.value.field == field
