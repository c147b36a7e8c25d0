"""Trials whose size is chosen anew at an interim look: against rpact, integrals and patients drawn one by one."""

import math

import numpy as np
import pytest
from scipy import special, stats

from equipoise.errors import InputError
from equipoise.simulate import (
    Arms,
    BlindedCountTrial,
    BlindedMeanTrial,
    BlindedProportionTrial,
    Boundaries,
    PromisingZoneMeanTrial,
    PromisingZoneProportionTrial,
    simulate,
)
from equipoise.simulate import reestimation_rules as rules

TRIALS = 200_000
OBRIEN_FLEMING = Boundaries(efficacy=(2.96258804273, 1.96859564632))
POCOCK = Boundaries(efficacy=(2.17827242, 2.17827242))
FIXED = Boundaries(efficacy=(None, stats.norm.isf(0.025)))


def arms(treatment, control=None):
    return Arms(treatment=treatment, control=control or treatment)


def near(count, trials, share, others):
    pooled = (count + share * others) / (trials + others)
    return abs(count / trials - share) < 4 * math.sqrt(pooled * (1 - pooled) * (1 / trials + 1 / others))


# conditional power and the promising zone

EQUAL = {"boundaries": OBRIEN_FLEMING, "interim": arms(30), "planned": arms(60)}
# rpact 3.3.4: d <- getDesignInverseNormal(kMax=2, typeOfDesign="asOF", alpha=.025, informationRates=c(.5,1)), and
# getSimulationMeans(d, maxNumberOfIterations=1000000, seed=7, stDev=1, plannedSubjects=c(60,120), normalApproximation=TRUE, ...);
# the last: d <- getDesignInverseNormal(kMax=2, typeOfDesign="P", alpha=.025, informationRates=c(.4,1), futilityBounds=0)
RPACT = [
    (
        "alternative=.3, minNumberOfSubjectsPerStage=c(NA,40), maxNumberOfSubjectsPerStage=c(NA,240), conditionalPower=.9, thetaH1=.35, stDevH1=1",
        {"least": arms(50), "maximum": arms(150), "power": 0.9, "assumed_difference": 0.35, "assumed_sd": 1, "difference": 0.3},
        0.657627, (0.03598, 0.621647), 256.2208,
    ),
    (
        "alternative=.3, minNumberOfSubjectsPerStage=c(NA,60), maxNumberOfSubjectsPerStage=c(NA,180), conditionalPower=.8",
        {"maximum": arms(120), "power": 0.8, "difference": 0.3},
        0.538207, (0.03598, 0.502227), 194.5409,
    ),
    (
        "alternative=0, minNumberOfSubjectsPerStage=c(NA,60), maxNumberOfSubjectsPerStage=c(NA,180), conditionalPower=.8",
        {"maximum": arms(120), "power": 0.8, "difference": 0},
        0.024982, (0.0015, 0.023482), 232.0218,
    ),
    (
        "alternative=4, stDev=10, plannedSubjects=c(60,150), minNumberOfSubjectsPerStage=c(NA,60), maxNumberOfSubjectsPerStage=c(NA,300), "
        "conditionalPower=.85, thetaH1=5, stDevH1=11, allocationRatioPlanned=2, normalApproximation=FALSE",
        {
            "boundaries": Boundaries(efficacy=(2.19330940712,) * 2, futility=(0,)), "interim": arms(40, 20),
            "planned": arms(100, 50), "least": arms(80, 40), "maximum": arms(240, 120), "power": 0.85, "assumed_difference": 5,
            "assumed_sd": 11, "difference": 4, "sd": 10, "test": "t",
        },
        0.751911, (0.222899, 0.529012), 189.5834,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("call", "change", "overall", "stages", "patients"), RPACT, ids=lambda x: str(x)[:30])
def test_conditional_power_reestimation_agrees_with_rpact(call, change, overall, stages, patients):
    trial = PromisingZoneMeanTrial(**(EQUAL | change))
    own = simulate(trial, trials=TRIALS, seed=21)
    assert near(sum(own.rejections), TRIALS, overall, 1e6)
    assert all(near(count, TRIALS, share, 1e6) for count, share in zip(own.rejections, stages, strict=True))
    # our arms are rounded up to whole patients
    found = own.expected_patients
    assert -4 * found.standard_error < found.mean - patients < 4 * found.standard_error + 1.5


# rpact 3.3.4: d <- getDesignInverseNormal(kMax=2, typeOfDesign="P", alpha=.025, informationRates=c(.5,1));
# getSimulationRates(d, maxNumberOfIterations=500000, seed=7, pi1=.45, pi2=.3, thetaH0=0, riskRatio=FALSE,
#   plannedSubjects=c(100,200), minNumberOfSubjectsPerStage=c(NA,80), maxNumberOfSubjectsPerStage=c(NA,300),
#   conditionalPower=.85, pi1H1=.45, pi2H1=.3, directionUpper=TRUE)
def test_conditional_power_reestimation_of_proportions_agrees_with_rpact():
    """rpact's variance under the alternative is that of the two rates, ours that of their mean: 0.23 % apart here."""
    trial = PromisingZoneProportionTrial(
        boundaries=POCOCK, interim=arms(50), planned=arms(100), least=arms(90), maximum=arms(200), power=0.85,
        assumed_rates=(0.45, 0.3), rate_treatment=0.45, rate_control=0.3,
    )  # fmt: skip
    own = simulate(trial, trials=TRIALS, seed=21)
    assert near(own.rejections[0], TRIALS, 0.271932, 5e5)
    assert sum(own.rejections) / TRIALS == pytest.approx(0.782892, abs=0.006)
    assert own.expected_patients.mean == pytest.approx(297.8466, abs=3)


def integrated(trial, difference, critical):
    """Rejection at the second look, patients and conditional power of a z test, by integrating over the first statistic."""
    first, planned, least, most = trial.informations()
    share = trial.planned.treatment / trial.planned.total
    z = np.linspace(-9, 9, 100_001)
    needed = (critical - math.sqrt(first / (first + planned)) * z) / math.sqrt(planned / (first + planned))
    powers = stats.norm.cdf(z / math.sqrt(first) * math.sqrt(planned) - needed)
    reach = needed + stats.norm.ppf(trial.power)
    wanted = np.where(z > 0, np.clip((reach / np.where(z > 0, z, 1.0)) ** 2 * first, least, most), most)
    wanted = np.where(powers < trial.least_conditional_power, planned, np.where(reach <= 0, least, wanted))
    patients = 2 * np.ceil(wanted / (share * (1 - share)) / 2 - 1e-9)
    second = patients * share * (1 - share)
    if trial.combination == "unweighted":
        needed = (critical * np.sqrt(first + second) - z * math.sqrt(first)) / np.sqrt(second)
    reject = stats.norm.sf(needed - difference * np.sqrt(second))
    density = stats.norm.pdf(z - difference * math.sqrt(first))
    return tuple(np.trapezoid(density * values, z) for values in (reject, patients, powers))


ZONE = PromisingZoneMeanTrial(
    boundaries=FIXED, interim=arms(50), planned=arms(100), maximum=arms(200), power=0.9, least_conditional_power=0.36,
    difference=0.3,
)  # fmt: skip


@pytest.mark.parametrize("combination", ["inverse-normal", "unweighted"])
@pytest.mark.parametrize("difference", [0.0, 0.3])
def test_the_promising_zone_is_the_integral_over_the_first_stage(combination, difference):
    trial = ZONE.model_copy(update={"combination": combination, "difference": difference})
    reject, patients, power = integrated(trial, difference, stats.norm.isf(0.025))
    own = simulate(trial, trials=400_000, seed=22)
    assert abs(own.reject.mean - reject) < 4 * own.reject.standard_error
    found = own.expected_patients
    assert abs(found.mean - 100 - patients) < 4 * found.standard_error
    found = own.mean("conditional_power")
    assert abs(found.mean - power) < 4 * found.standard_error
    if difference == 0:
        assert own.reject.mean < 0.0257
        assert reject == pytest.approx(0.025, abs=1e-4) if combination == "inverse-normal" else reject <= 0.025
    assert 0 < own.mean("increased").mean < 1
    assert own.mean("patients", look=2).mean == pytest.approx(100 + patients, abs=1)


def test_the_unweighted_statistic_is_refused_where_it_would_raise_the_level():
    low = ZONE.model_dump() | {"least_conditional_power": 0.1, "combination": "unweighted"}
    with pytest.raises(InputError, match="unweighted") as error:
        PromisingZoneMeanTrial.read(low)
    assert error.value.field == "least_conditional_power"
    allowed = float(error.value.allowed.split()[0])
    PromisingZoneMeanTrial.read(low | {"least_conditional_power": allowed})
    with pytest.raises(InputError):
        PromisingZoneMeanTrial.read(low | {"least_conditional_power": allowed - 0.01})
    # what was refused does raise it
    forced = ZONE.model_copy(update={"least_conditional_power": 0.0, "combination": "unweighted", "maximum": arms(500)})
    assert integrated(forced, 0.0, stats.norm.isf(0.025))[0] > 0.0275


@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_the_combination_of_proportions_keeps_its_level(rate):
    trial = PromisingZoneProportionTrial(
        boundaries=OBRIEN_FLEMING, interim=arms(80), planned=arms(160), maximum=arms(400), rate_treatment=rate,
        rate_control=rate,
    )  # fmt: skip
    own = simulate(trial, trials=TRIALS, seed=23).reject
    assert own.mean < 0.0265  # discrete: near 0.025, not at it


@pytest.mark.parametrize("combination", ["inverse-normal", "unweighted"])
def test_stages_of_proportions_agree_with_enumeration(combination):
    trial = PromisingZoneProportionTrial(
        boundaries=Boundaries(efficacy=(2.6, 1.9), futility=(-0.5,)), interim=arms(12), planned=arms(24), maximum=arms(48),
        least_conditional_power=0.4, rate_treatment=0.3, rate_control=0.6, better="lower", power=0.9,
    ).model_copy(update={"combination": combination})  # fmt: skip

    def z(a, b, n):
        p = (a + b) / (2 * n)
        return (b - a) / n / math.sqrt(p * (1 - p) * 2 / n) if 0 < p < 1 else 0.0

    reject, patients = [0.0, 0.0], 0.0
    for a in range(13):
        for b in range(13):
            chance = stats.binom.pmf(a, 12, 0.3) * stats.binom.pmf(b, 12, 0.6)
            z1 = z(a, b, 12)
            if z1 >= 2.6 or z1 <= -0.5:
                reject[0] += chance * (z1 >= 2.6)
                patients += 24 * chance
                continue
            needed = (1.9 - math.sqrt(0.5) * z1) / math.sqrt(0.5)
            n = 12
            if stats.norm.cdf(z1 - needed) >= 0.4:
                reach = needed + stats.norm.ppf(0.9)
                n = min(max(math.ceil(12 * (reach / z1) ** 2 - 1e-9), 12), 36) if reach > 0 else 12
            patients += chance * 2 * (12 + n)
            x, y = np.arange(n + 1), np.arange(n + 1)
            late = np.outer(stats.binom.pmf(x, n, 0.3), stats.binom.pmf(y, n, 0.6))
            if combination == "inverse-normal":
                final = math.sqrt(0.5) * z1 + math.sqrt(0.5) * np.array([[z(i, j, n) for j in y] for i in x])
            else:
                final = np.array([[z(a + i, b + j, 12 + n) for j in y] for i in x])
            reject[1] += chance * late[final >= 1.9].sum()
    own = simulate(trial, trials=TRIALS, seed=24)
    for count, exact in zip(own.rejections, reject, strict=True):
        assert abs(count / TRIALS - exact) < 4 * math.sqrt(exact * (1 - exact) / TRIALS)
    found = own.expected_patients
    assert abs(found.mean - patients) < 4 * found.standard_error


# blinded

BLINDED_MEANS = BlindedMeanTrial(
    interim=arms(15, 10), planned=arms(30, 20), maximum=arms(90, 60), difference=0.9, sd=1.5, assumed_difference=0.8,
)  # fmt: skip


def blinded_by_patients(trial, trials, rng):
    """Rejections and sizes with patients drawn one by one."""
    share, rejected, sizes = 0.6, 0, []
    unit = (stats.norm.isf(trial.alpha) + stats.norm.ppf(trial.power)) ** 2 / (share * (1 - share) * 0.8**2)
    low = trial.least or trial.planned
    for _ in range(trials):
        x, y = rng.normal(trial.difference, trial.sd, 90), rng.normal(0, trial.sd_control or trial.sd, 60)
        seen = np.concatenate([x[:15], y[:10]])
        variance = seen.var(ddof=1) - (25 / 24 * share * (1 - share) * 0.8**2 if trial.adjusted else 0)
        wanted = unit * max(variance, 0)
        a = min(max(math.ceil(wanted * share), low.treatment), 90)
        b = min(max(math.ceil(wanted * (1 - share)), low.control), 60)
        parts, df = (x[:a].var(ddof=1) / a, y[:b].var(ddof=1) / b), a + b - 2
        if trial.test == "t":
            pooled = (parts[0] * a * (a - 1) + parts[1] * b * (b - 1)) / df
            parts = pooled / a, pooled / b
        else:
            df = sum(parts) ** 2 / (parts[0] ** 2 / (a - 1) + parts[1] ** 2 / (b - 1))
        rejected += special.stdtr(df, (y[:b].mean() - x[:a].mean()) / math.sqrt(sum(parts))) <= trial.alpha
        sizes.append(a + b)
    return rejected / trials, np.array(sizes)


@pytest.mark.parametrize(
    "change", [{}, {"test": "welch", "sd_control": 0.8, "adjusted": True, "least": arms(15, 10)}], ids=["t", "welch"]
)
def test_blinded_means_agree_with_patients_drawn_one_by_one(change):
    trial = BLINDED_MEANS.model_copy(update=change)
    share, sizes = blinded_by_patients(trial, 6_000, np.random.default_rng(6))
    own = simulate(trial, trials=TRIALS, seed=25)
    assert near(sum(own.rejections), TRIALS, share, 6_000)
    assert near(round(own.mean("increased").mean * TRIALS), TRIALS, (sizes > 50).mean(), 6_000)
    found = own.expected_patients
    assert abs(found.mean - sizes.mean()) < 4 * math.hypot(found.standard_error, sizes.std() / math.sqrt(6_000))


def test_blinded_reestimation_reaches_the_power_that_a_wrong_guess_would_miss():
    small = {"difference": 0.5, "assumed_difference": 0.5, "power": 0.9, "maximum": arms(1000)}
    trial = BlindedMeanTrial(interim=arms(30), planned=arms(86), sd=1.5, **small)
    assert simulate(trial, trials=20_000, seed=1).reject.mean == pytest.approx(0.9, abs=0.02)
    fixed = trial.model_copy(update={"maximum": arms(86)})
    assert simulate(fixed, trials=20_000, seed=1).reject.mean < 0.65


def test_blinded_proportions_are_the_sum_over_the_first_stage():
    trial = BlindedProportionTrial(
        interim=arms(15), planned=arms(25), maximum=arms(60), rate_treatment=0.35, rate_control=0.6, better="lower",
        assumed_difference=-0.3,
    )  # fmt: skip
    sizes = rules.blinded_proportion_sizes(
        30, difference=-0.3, margin=None, better="lower", share=0.5, alpha=0.025, power=0.8
    )
    reject = patients = 0.0
    for a in range(16):
        for b in range(16):
            chance = stats.binom.pmf(a, 15, 0.35) * stats.binom.pmf(b, 15, 0.6)
            n = min(max(math.ceil(sizes[a + b] / 2), 25), 60)
            patients += chance * 2 * n
            x, y = np.arange(n - 14)[:, None], np.arange(n - 14)[None, :]
            p = (a + b + x + y) / (2 * n)
            with np.errstate(invalid="ignore", divide="ignore"):
                z = (b + y - a - x) / n / np.sqrt(p * (1 - p) * 2 / n)
            late = stats.binom.pmf(x, n - 15, 0.35) * stats.binom.pmf(y, n - 15, 0.6)
            reject += chance * late[z >= stats.norm.isf(0.025)].sum()
    own = simulate(trial, trials=TRIALS, seed=26)
    assert abs(own.reject.mean - reject) < 4 * own.reject.standard_error
    assert abs(own.expected_patients.mean - patients) < 4 * own.expected_patients.standard_error


@pytest.mark.parametrize("how", ["known", "estimated"])
def test_blinded_counts_size_by_the_events_seen(how):
    trial = BlindedCountTrial(
        interim=arms(20), planned=arms(60), maximum=arms(150), rate_treatment=0.048, rate_control=0.08, dispersion=0.5,
        assumed_ratio=0.6, assumed_dispersion=0.5, dispersion_in_test=how,
    )  # fmt: skip
    rng = np.random.default_rng(7)
    events = rng.negative_binomial(40, 1 / (1 + 0.5 * 0.576), 100_000)  # 20 patients of mean 0.576 and shape 2
    events += rng.negative_binomial(40, 1 / (1 + 0.5 * 0.96), 100_000)
    slope, base = rules.blinded_count_line(
        ratio=0.6, margin=None, better="lower", dispersion=0.5, share=0.5, alpha=0.025, power=0.8
    )
    n = 2 * np.clip(np.ceil((slope * 40 / events + base) / 2), 60, 150)
    own = simulate(trial, trials=50_000, seed=27)
    found = own.expected_patients
    assert abs(found.mean - n.mean()) < 4 * math.hypot(found.standard_error, n.std() / math.sqrt(100_000))
    assert own.mean("events").mean == pytest.approx(n.mean() * 0.768, rel=0.02)
    assert own.mean("estimate").mean == pytest.approx(math.log(0.6), abs=0.02)
    assert own.reject.mean == pytest.approx(0.8, abs=0.03)


# all families

COUNTS = BlindedCountTrial(
    interim=arms(8), planned=arms(20), maximum=arms(50), rate_treatment=0.03, rate_control=0.08, dispersion=0.5,
    assumed_ratio=0.6, assumed_dispersion=0.4,
)  # fmt: skip
PROPORTIONS = BlindedProportionTrial(
    interim=arms(10), planned=arms(20), maximum=arms(50), rate_treatment=0.5, rate_control=0.3, assumed_difference=0.3
)
ZONE_OF_PROPORTIONS = PromisingZoneProportionTrial(
    boundaries=POCOCK, interim=arms(20), planned=arms(40), maximum=arms(80), rate_treatment=0.5, rate_control=0.3
)
FAMILIES = [BLINDED_MEANS, PROPORTIONS, COUNTS, ZONE, ZONE_OF_PROPORTIONS]


@pytest.mark.parametrize("trial", FAMILIES, ids=lambda t: type(t).__name__)
def test_any_split_gives_the_same_bytes(trial):
    whole = simulate(trial, trials=3_000, seed=5, threads=1)
    assert simulate(trial, trials=3_000, seed=5, threads=3) == whole
    assert simulate(trial, trials=1_000, seed=5) + simulate(trial, trials=2_000, seed=5, first_trial=1_000) == whole
    assert type(trial).model_validate_json(trial.model_dump_json()) == trial
    assert 0 < sum(whole.rejections) < 3_000


@pytest.mark.parametrize(
    ("trial", "change", "field"),
    [
        (ZONE, {"interim": {"treatment": 101, "control": 50}}, "interim"),
        (ZONE, {"interim": {"treatment": 99, "control": 50}}, "interim"),
        (ZONE, {"maximum": {"treatment": 90, "control": 200}}, "maximum"),
        (ZONE, {"least": {"treatment": 40, "control": 80}}, "least"),
        (ZONE, {"interim": {"treatment": 0, "control": 50}}, "interim.treatment"),
        (ZONE, {"boundaries": {"efficacy": (2.0,)}}, "boundaries.efficacy"),
        (ZONE, {"boundaries": {"efficacy": (2.0, None)}}, "boundaries.efficacy"),
        (ZONE, {"power": 1.0}, "power"),
        (ZONE, {"assumed_difference": 0.2}, "assumed_sd"),
        (ZONE_OF_PROPORTIONS, {"assumed_rates": (0.3, 1.0)}, "assumed_rates"),
        (ZONE_OF_PROPORTIONS, {"margin": 0.1}, "test"),
        (BLINDED_MEANS, {"assumed_difference": 0.0}, "assumed_difference"),
        (BLINDED_MEANS, {"interim": {"treatment": 1, "control": 2}}, "interim"),
        (BLINDED_MEANS, {"power": 0.01}, "power"),
        (PROPORTIONS, {"assumed_difference": -0.3}, "assumed_difference"),
        (PROPORTIONS, {"margin": 0.1}, "test"),
        (COUNTS, {"assumed_ratio": 1.2}, "assumed_ratio"),
        (COUNTS, {"rate_control": 0}, "rate_control"),
    ],
)
def test_trials_that_make_no_sense_are_refused(trial, change, field):
    with pytest.raises(InputError) as error:
        type(trial).read(trial.model_dump() | change)
    assert error.value.field == field
