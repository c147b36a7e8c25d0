"""Stories of single trials: they agree with the trials' records, and with a plain retelling of the patients."""

import numpy as np
import pytest
from scipy import stats

from equipoise.errors import InputError
from equipoise.simulate import (
    Boundaries,
    ClusterMeanTrial,
    MaxCombo,
    MeanTrial,
    Milestone,
    ProportionTrial,
    RestrictedMean,
    SiteRecruitment,
    Story,
    SurvivalTrial,
    story,
)
from equipoise.simulate.streams import new_stream, open_trial
from equipoise.simulate.survival_kernel import new_room, survival_trial

LOOKS = Boundaries(efficacy=(2.6, None, 2.0), futility=(-0.5, 0.3))
SIZES = {"boundaries": LOOKS, "patients_treatment": (10, 20, 40), "patients_control": (12, 20, 38)}
SURVIVAL = SurvivalTrial(
    boundaries=LOOKS,
    patients=81,
    events=(15, 30, 55),
    breaks=(0, 6),
    hazard_treatment=(0.1, 0.03),
    hazard_control=(0.1, 0.09),
    accrual_months=10,
    dropout_hazard=0.01,
    treatment_share=2 / 3,
)
BY_MONTH = {"events": (), "months": (8.0, 14.0, 22.0)}
SITES = SiteRecruitment(sites=6, patients_per_site_month=1.5, rate_cv=0.6, opening_months=4, opening="uniform")


def changed(trial, **fields):
    return type(trial).read({**trial.model_dump(), **fields})


TRIALS = [
    MeanTrial(**SIZES, difference=0.4),
    MeanTrial(**SIZES, difference=0.4, test="t"),
    MeanTrial(**SIZES, difference=0.4, test="welch", sd_control=2.0, margin=0.3),
    ProportionTrial(**SIZES, rate_treatment=0.5, rate_control=0.3),
    ProportionTrial(**SIZES, rate_treatment=0.2, rate_control=0.4, better="lower", measure="ratio", test="unpooled"),
    SURVIVAL,
    changed(SURVIVAL, **BY_MONTH, test=MaxCombo()),
    changed(SURVIVAL, accrual_months=None, recruitment=SITES, max_months=30, cured_treatment=0.5),
    changed(SURVIVAL, **BY_MONTH, test=RestrictedMean(months=7)),
    changed(SURVIVAL, test=Milestone(months=6), events=(), patients_followed=(20, 40, 70)),
]
NAME = {"seed": 2**40 + 1, "design": 5, "scenario": 6}


def records(trial, first, end):
    kernel, arguments = trial.kernel()
    rows = np.zeros((end - first, 2 + len(trial.columns)))
    kernel(first, end, rows, *(np.uint64(part) for part in NAME.values()), *arguments)
    return rows


@pytest.mark.parametrize("trial", TRIALS, ids=lambda t: f"{type(t).__name__}-{getattr(t.test, 'kind', t.test)}")
def test_a_story_agrees_with_the_trial_s_record(trial):
    for number, row in enumerate(records(trial, 100, 300), start=100):
        told = story(trial, number, **NAME)
        assert (told.trial, told.look, told.outcome) == (number, *row[:2])
        assert list(told.record) == [column.name for column in trial.columns]
        assert list(told.record.values()) == pytest.approx(row[2:].tolist(), rel=1e-12, abs=1e-12)
        assert len(told.looks) == told.look
        end = told.looks[-1]
        assert end.patients == told.control.patients + told.treatment.patients == row[2]
        assert [look.outcome for look in told.looks[:-1]] == [0] * (told.look - 1)
        for k, look in enumerate(told.looks):
            assert look.upper == LOOKS.efficacy[k]
            if look.z is not None:
                reject = look.upper is not None and look.z >= look.upper
                futile = look.lower is not None and look.z <= look.lower
                assert look.outcome == (1 if reject else -1 if futile else 0)
        assert (np.diff([look.information for look in told.looks]) > -1e-12).all()
        assert 0 < end.information <= 1


def test_looks_by_patients_tell_the_groups_means():
    told = story(TRIALS[1], 3, **NAME)
    for k, look in enumerate(told.looks):
        assert (told.control.at[k], told.treatment.at[k]) == (
            SIZES["patients_control"][k],
            SIZES["patients_treatment"][k],
        )
        assert look.estimate == pytest.approx(told.treatment.values[k] - told.control.values[k])
        assert look.month is look.events is None
    told = story(TRIALS[3], 3, **NAME)
    for x, n in zip(told.control.values, told.control.at, strict=True):
        assert x * n == pytest.approx(round(x * n))


def test_known_variances_give_the_z_of_the_means():
    for number in range(20):
        for look, n0, n1 in zip(story(TRIALS[0], number, **NAME).looks, *list(SIZES.values())[:0:-1], strict=False):
            assert look.z == pytest.approx(look.estimate / np.sqrt(1 / n0 + 1 / n1))


def slow_survival(arrivals, follow, event, now):
    """The Kaplan-Meier steps, month by month."""
    seen = [
        (min(f, now - a), bool(e) and a + f <= now) for a, f, e in zip(arrivals, follow, event, strict=True) if a <= now
    ]
    at, share = [0.0], [1.0]
    for month in sorted({t for t, e in seen if e}):
        deaths = sum(e for t, e in seen if t == month)
        share.append(share[-1] * (1 - deaths / sum(t >= month for t, _ in seen)))
        at.append(month)
    return at, share, sorted(t for t, e in seen if not e)


@pytest.mark.parametrize("trial", TRIALS[5:8], ids=["events", "months", "sites"])
def test_curves_agree_with_the_patients(trial):
    arguments = trial.kernel()[1]
    truth, test = arguments[4], arguments[6]
    for number in range(10):
        stream = new_stream(*(np.uint64(part) for part in NAME.values()))
        open_trial(stream, number)
        room = new_room(trial.patients, len(test.weights))
        survival_trial(stream, *arguments, room, np.zeros((3, 5)))
        patients, told = room[1], story(trial, number, **NAME)
        now = told.looks[-1].month
        for arm, mine in enumerate((told.control, told.treatment)):
            own = truth.arm == arm
            at, share, censored = slow_survival(patients.arrivals[own], patients.follow[own], patients.event[own], now)
            assert mine.at == pytest.approx(at)
            assert mine.values == pytest.approx(share)
            assert mine.censored == pytest.approx(censored)
            assert mine.arrivals == pytest.approx(sorted(a for a in patients.arrivals[own] if a <= now))
            assert mine.until == pytest.approx(max([*at, *censored]))
        assert told.looks[-1].events == len(told.control.at) + len(told.treatment.at) - 2  # no two at one moment


def test_t_statistics_stand_on_the_scale_of_the_boundaries():
    plain, student = TRIALS[0], TRIALS[1]
    wide = {"boundaries": Boundaries(efficacy=(9.0, 9.0, 9.0)), "difference": 0.0}
    z = [story(changed(student, **wide), number, **NAME).looks[0].z for number in range(1500)]
    assert stats.kstest(z, "norm").pvalue > 1e-3
    assert story(changed(plain, **wide), 4, **NAME).looks[2].lower is None


def test_a_story_goes_through_json():
    told = story(SURVIVAL, 9, **NAME)
    assert Story.model_validate_json(told.model_dump_json()) == told
    assert told == story(SURVIVAL, 9, **NAME)
    assert told != story(SURVIVAL, 10, **NAME)


def test_what_cannot_be_told_is_refused():
    cluster = ClusterMeanTrial(
        boundaries=Boundaries(efficacy=(2.0,)), clusters_treatment=(3,), clusters_control=(3,), size=5, icc=0.1,
        difference=0.5,
    )  # fmt: skip
    for trial, number, seed, field in [
        (cluster, 0, 1, "trial"),
        (SURVIVAL, -1, 1, "first_trial"),
        (SURVIVAL, 1, -1, "seed"),
    ]:
        with pytest.raises(InputError) as error:
            story(trial, number, seed=seed)
        assert error.value.field == field
