"""Two-arm virtual trials: against rpact's simulators, slow versions of the statistics, and any split of the work."""

import csv
import math

import numpy as np
import polars as pl
import pytest
from scipy import stats

from equipoise.errors import InputError
from equipoise.simulate import (
    Boundaries,
    MeanTrial,
    ProportionTrial,
    SimulatedTrials,
    SimulationCancelled,
    SurvivalTrial,
    simulate,
)
from equipoise.simulate.tally import Sums
from equipoise.validation.report import shipped_files

REFERENCE = next(path for path in shipped_files() if path.name == "simulated.csv")
TRIALS = 200_000
AT_5_PER_CENT = Boundaries(efficacy=(1.96,))
# rpact 3.3.4, getDesignGroupSequential(kMax=3, typeOfDesign="asOF", alpha=.025, informationRates=...)$criticalValues
EQUAL = (3.710302873262500, 2.511427484452724, 1.993047483265400)
SURVIVAL = (3.704539712540333, 2.513599120080471, 1.992859624326229)


def live(trial, boundaries, **options):
    """Simulate a trial with other boundaries than it was made with."""
    return simulate(trial.model_copy(update={"boundaries": boundaries}), **options)


def rows():
    with REFERENCE.open() as file:
        return list(csv.DictReader(file))


def numbers(cell):
    return tuple(float(x) for x in cell.split(";"))


def trial_of(row):
    if row["endpoint"] == "survival":
        return SurvivalTrial(
            boundaries=boundaries_of(row),
            patients=int(row["patients"]),
            events=tuple(int(x) for x in row["events"].split(";")),
            breaks=numbers(row["breaks"]),
            hazard_treatment=numbers(row["hazard_treatment"]),
            hazard_control=numbers(row["hazard_control"]),
            accrual_months=float(row["accrual_months"]),
            dropout_hazard=-math.log1p(-float(row["dropout_12_months"])) / 12,
        )
    half = tuple(int(n) // 2 for n in row["patients"].split(";"))
    sizes = {"boundaries": boundaries_of(row), "patients_treatment": half, "patients_control": half}
    if row["endpoint"] == "mean":
        return MeanTrial(**sizes, difference=float(row["difference"]), sd=float(row["sd"]), test=row["test"])
    return ProportionTrial(
        **sizes, rate_treatment=float(row["rate_treatment"]), rate_control=float(row["rate_control"])
    )


def boundaries_of(row):
    return Boundaries(efficacy=SURVIVAL if row["endpoint"] == "survival" else EQUAL)


def share_z(count, trials, share, reference_trials):
    pooled = (count + share * reference_trials) / (trials + reference_trials)
    return (count / trials - share) / math.sqrt(pooled * (1 - pooled) * (1 / trials + 1 / reference_trials))


def z_scores(row, result):
    """Reject by look, overall, expected patients: our difference from rpact in joint standard errors."""
    theirs, n = numbers(row["reject_per_stage"]), int(row["trials"])
    z = [share_z(c, result.trials, p, n) for c, p in zip(result.rejections, theirs, strict=True)]
    z.append(share_z(sum(result.rejections), result.trials, float(row["overall_reject"]), n))
    own = result.expected_patients
    scale = math.sqrt(1 + result.trials / n) * own.standard_error
    return [*z, (own.mean - float(row["expected_patients"])) / scale]


@pytest.mark.parametrize("row", [r for r in rows() if r["test"] != "t"], ids=lambda r: r["call"][:45])
def test_agrees_with_rpact_within_monte_carlo_error(row):
    result = live(trial_of(row), boundaries_of(row), trials=TRIALS, seed=7)
    assert np.abs(z_scores(row, result)).max() < 4


def rejections(statistics, critical):
    """How many trials first reach `critical` at each look; statistics is (trials, looks)."""
    reached = statistics >= np.asarray(critical)
    return (reached & (np.cumsum(reached, axis=1) == 1)).sum(axis=0)


@pytest.mark.parametrize("row", [r for r in rows() if r["test"] == "t"], ids=lambda r: r["call"][:45])
def test_rpact_adds_stagewise_t_statistics_where_we_pool_the_data(row):
    """rpact's .getTestStatisticsMeans takes sum(sqrt(n_k) t_k) / sqrt(sum n_k) as a t on all the degrees of freedom.

    Its tails are heavier than a t's (overall 0.028, not 0.025), so its row is matched by that statistic alone.
    """
    n, trials = 30, 400_000
    t = np.random.default_rng(5).standard_t(n - 2, size=(trials, 3))
    statistics = t.cumsum(axis=1) / np.sqrt([1, 2, 3])
    degrees = np.array([n, 2 * n, 3 * n]) - 2
    counts = rejections(statistics, stats.t.isf(stats.norm.sf(EQUAL), degrees))
    theirs = numbers(row["reject_per_stage"])
    assert max(abs(share_z(c, trials, p, int(row["trials"]))) for c, p in zip(counts, theirs, strict=True)) < 4
    assert abs(share_z(counts.sum(), trials, float(row["overall_reject"]), int(row["trials"]))) < 4


@pytest.mark.parametrize("difference", [0.0, 0.8])
def test_t_test_agrees_with_patients_drawn_one_by_one(difference):
    rng, trials, sizes = np.random.default_rng(3), 100_000, ((10, 20, 35), (5, 11, 30))
    critical = (2.5, 2.3, 2.0)
    x = rng.standard_normal((trials, 35)) + difference
    y = rng.standard_normal((trials, 30))
    looks = list(zip(*sizes, strict=True))
    t = np.column_stack([stats.ttest_ind(x[:, :a], y[:, :b], axis=1).statistic for a, b in looks])
    counts = rejections(t, stats.t.isf(stats.norm.sf(critical), np.array([a + b - 2 for a, b in looks])))
    trial = MeanTrial(
        boundaries=Boundaries(efficacy=critical), patients_treatment=sizes[0], patients_control=sizes[1],
        difference=difference, test="t",
    )  # fmt: skip
    own = simulate(trial, trials=TRIALS, seed=1)
    assert max(abs(share_z(c, TRIALS, s / trials, trials)) for c, s in zip(own.rejections, counts, strict=True)) < 4


def test_one_t_test_has_exactly_its_level():
    boundaries = Boundaries(efficacy=(stats.norm.isf(0.025),))
    trial = MeanTrial(boundaries=boundaries, patients_treatment=(4,), patients_control=(4,), difference=0, test="t")
    own = simulate(trial, trials=TRIALS, seed=2).reject
    assert abs(own.mean - 0.025) < 4 * own.standard_error


def test_the_z_test_has_its_exact_power():
    trial = MeanTrial(boundaries=AT_5_PER_CENT, patients_treatment=(50,), patients_control=(100,), difference=3, sd=6)
    own = simulate(trial, trials=TRIALS, seed=2).reject
    exact = stats.norm.sf(1.96 - 0.5 / math.sqrt(1 / 50 + 1 / 100))
    assert abs(own.mean - exact) < 4 * own.standard_error


def test_proportions_have_the_enumerated_power():
    trial = ProportionTrial(
        boundaries=AT_5_PER_CENT, patients_treatment=(20,), patients_control=(30,), rate_treatment=0.6, rate_control=0.3
    )
    own = simulate(trial, trials=TRIALS, seed=2).reject
    exact = 0.0
    for a in range(21):
        for b in range(31):
            p = (a + b) / 50
            if 0 < p < 1 and (a / 20 - b / 30) / math.sqrt(p * (1 - p) * (1 / 20 + 1 / 30)) >= 1.96:
                exact += stats.binom.pmf(a, 20, 0.6) * stats.binom.pmf(b, 30, 0.3)
    assert abs(own.mean - exact) < 4 * own.standard_error


TWO_LOOKS = Boundaries(efficacy=(2.5, 2.0), futility=(0.0,))
SMALL_SURVIVAL = SurvivalTrial(
    boundaries=TWO_LOOKS,
    patients=101,
    events=(20, 60),
    breaks=(0, 6),
    hazard_treatment=(0.1, 0.02),
    hazard_control=(0.1, 0.08),
    accrual_months=10,
    dropout_hazard=0.01,
    treatment_share=2 / 3,
)
SIZES = {"boundaries": TWO_LOOKS, "patients_treatment": (10, 30), "patients_control": (12, 25)}
KINDS = [
    MeanTrial(**SIZES, difference=0.3),
    MeanTrial(**SIZES, difference=0.3, test="t"),
    ProportionTrial(**SIZES, rate_treatment=0.5, rate_control=0.3),
    SMALL_SURVIVAL,
]


@pytest.mark.parametrize("trial", KINDS, ids=lambda t: type(t).__name__)
def test_any_split_gives_the_same_bytes(trial):
    def run(**options):
        return live(trial, TWO_LOOKS, seed=2**40 + 1, design=5, scenario=6, **options)

    whole = run(trials=5_000, threads=1)
    for threads in (2, 3, 4):
        assert run(trials=5_000, threads=threads).model_dump_json() == whole.model_dump_json()
    assert run(trials=1_234) + run(trials=3_766, first_trial=1_234) == whole
    assert sum(whole.rejections) + sum(whole.futility_stops) > 0
    assert SimulatedTrials.model_validate_json(whole.model_dump_json()) == whole


@pytest.mark.parametrize("name", ["seed", "design", "scenario", "first_trial"])
def test_another_name_gives_other_trials(name):
    base = {"seed": 1, "design": 1, "scenario": 1, "first_trial": 0, "trials": 5_000}
    assert live(KINDS[0], TWO_LOOKS, **base) != live(KINDS[0], TWO_LOOKS, **{**base, name: 70_000})


def test_estimates_carry_their_standard_errors():
    patients = Sums(step=1.0, total=((0, 0, 15), (10, 0, 15)), squares=((0, 0, 225), (50, 0, 225)))
    counts = SimulatedTrials(trials=4, endings=((0, 0, 1), (2, 0, 1)), sums={"patients": patients})
    assert (counts.reject.mean, counts.reject.standard_error) == (0.5, 0.25)
    assert [e.mean for e in counts.reject_by_look] == [0.25, 0.25]
    assert [e.mean for e in counts.futility_by_look] == [0, 0.5]
    assert counts.expected_patients.mean == 10
    assert counts.expected_patients.standard_error == pytest.approx(math.sqrt(100 / 3 / 4))
    assert counts.mean("patients", outcome=1).mean == 15
    assert counts.mean("patients", look=2).mean == pytest.approx(25 / 3)
    assert counts.stop_early.mean == 0.25
    for wrong in ({"column": "months"}, {"column": "patients", "look": 1, "outcome": -1}):
        with pytest.raises(InputError):
            counts.mean(**wrong)
    with pytest.raises(InputError, match="as many endings"):
        SimulatedTrials(trials=5, endings=((0, 0, 1), (2, 0, 1)))


def test_infinite_boundaries_are_none():
    given = Boundaries(efficacy=(math.inf, 2.0), futility=(-math.inf,))
    assert given == Boundaries(efficacy=(None, 2.0), futility=(None,))
    own = live(KINDS[1], given, trials=1_000, seed=1)
    assert own.rejections[0] == 0
    assert own.futility_stops == (0, 0)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"trials": 0}, "trials"),
        ({"trials": 2, "first_trial": 2**32 - 1}, "first_trial"),
        ({"trials": 2, "first_trial": -1}, "first_trial"),
        ({"trials": 2, "threads": 0}, "threads"),
        ({"trials": 2, "seed": -1}, "seed"),
        ({"trials": 2, "design": 2**32}, "design"),
        ({"trials": 2, "scenario": 2**32}, "scenario"),
    ],
)
def test_numbers_out_of_range_are_refused(options, field):
    with pytest.raises(InputError) as error:
        live(KINDS[0], TWO_LOOKS, **{"seed": 1, **options})
    assert error.value.field == field


def test_looks_must_match():
    with pytest.raises(InputError, match="2 looks"):
        MeanTrial.read(KINDS[0].model_dump() | {"boundaries": {"efficacy": (2.0,)}})
    with pytest.raises(InputError, match="boundaries"):
        Boundaries.read({"efficacy": (2.0, 2.0, 2.0), "futility": (0.0,)})
    with pytest.raises(InputError, match="increase"):
        MeanTrial.read(KINDS[0].model_dump() | {"patients_treatment": (5, 5), "patients_control": (4, 5)})


def test_every_trial_leaves_its_record_on_request(tmp_path):
    result = simulate(SMALL_SURVIVAL, trials=20_000, seed=4, first_trial=7, threads=2, records=tmp_path / "trials")
    rows = pl.read_parquet(tmp_path / "trials" / "*.parquet").sort("trial")
    assert rows["trial"].to_list() == list(range(7, 20_007))
    for look in (1, 2):
        for place, outcome in enumerate((-1, 0, 1)):
            ended = rows.filter((pl.col("look") == look) & (pl.col("outcome") == outcome))
            assert len(ended) == result.endings[look - 1][place]
    for column, step in (("patients", 1), ("events", 1), ("months", 1e-3), ("patient_months", 0.1), ("estimate", 1e-6)):
        own = result.mean(column)
        assert rows[column].mean() == pytest.approx(own.mean, abs=step)
        assert rows[column].std() / math.sqrt(20_000) == pytest.approx(own.standard_error, rel=1e-4)
    assert not list(tmp_path.glob("**/*.part"))


def test_it_stops_when_asked():
    asked = iter([False, False, True, True])
    with pytest.raises(SimulationCancelled):
        simulate(KINDS[0], trials=100_000, seed=1, threads=1, cancelled=lambda: next(asked))
