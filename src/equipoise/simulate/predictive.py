"""Virtual trials with binary outcomes that stop by predictive probability: one arm against a fixed rate, or two arms.

Lee & Liu 2008, "A predictive probability design for phase II cancer clinical trials", Clin Trials 5:93-106; two arms:
Saville et al. 2014, Clin Trials 11:485-493. Everything a look can see is a count, so every decision is tabulated, and the
operating characteristics are known exactly too (`predictive_endings`).
"""

from __future__ import annotations

from typing import Any, Self

import numba
import numpy as np
from numpy.typing import NDArray
from pydantic import Field, PositiveFloat, PositiveInt, model_validator
from scipy import stats

from equipoise.errors import InputError
from equipoise.simulate.posterior import TIE, beta_exceeds
from equipoise.simulate.streams import new_stream, open_trial, uniform
from equipoise.simulate.trial import (
    ESTIMATE,
    FIRST_COLUMN,
    FUTILE,
    PATIENTS,
    REJECTED,
    UNDECIDED,
    Column,
    VirtualTrial,
    check_increasing,
)
from equipoise.simulate.two_arm import binomial_tables

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Pair = tuple[PositiveFloat, PositiveFloat]


class _Predictive(VirtualTrial):
    """What both families share; see the families.

    The null is rejected at the end when the posterior probability of benefit is `success` or more. At each look before, the
    trial stops for futility when the predictive probability of that is below `futility`, and rejects when it is above
    `efficacy` (1: never). Columns: patients, successes (in all), and the `estimate` from observed proportions.
    """

    columns = (PATIENTS, Column("successes"), ESTIMATE)
    success: float = Field(gt=0, le=1)
    futility: float = Field(default=0.0, ge=0, le=1)
    efficacy: float = Field(default=1.0, ge=0, le=1)

    @property
    def looks(self) -> int:
        return len(self._sizes()[0])

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        (treatment, control), rates = self._sizes(), self._rates()
        tables = binomial_tables(treatment, rates[0]), binomial_tables(control, rates[1])
        return predictive_trials, (treatment, control, *tables, self._verdicts(), self._null_rate())

    def predictive_probabilities(self) -> Floats:
        """(looks, treatment successes, control successes): the chance that the null is rejected at the end, at each look.

        NaN where there cannot be so many successes; at the last look, 1 or 0.
        """
        treatment, control = self._sizes()
        wins = self._wins()
        table = np.full((self.looks, *wins.shape), np.nan)
        for look, (n, n0) in enumerate(zip(treatment, control, strict=True)):
            ahead = _final_counts(int(n), int(treatment[-1]), self._priors()[0])
            ahead0 = _final_counts(int(n0), int(control[-1]), self._priors()[1])
            table[look, : n + 1, : n0 + 1] = np.minimum(ahead @ wins @ ahead0.T, 1.0)
        return table

    def _verdicts(self) -> NDArray[np.int8]:
        chance = np.nan_to_num(self.predictive_probabilities(), nan=0.5)
        table = np.where(chance > self.efficacy, REJECTED, np.where(chance < self.futility, FUTILE, UNDECIDED))
        table[-1] = np.where(chance[-1] == 1.0, REJECTED, UNDECIDED)
        return table.astype(np.int8)

    def _sizes(self) -> tuple[Integers, Integers]:
        raise NotImplementedError

    def _rates(self) -> tuple[float, float]:
        raise NotImplementedError

    def _priors(self) -> tuple[Pair, Pair]:
        raise NotImplementedError

    def _wins(self) -> Floats:
        """1 where the final counts reject, shape (treatment + 1, control + 1)."""
        raise NotImplementedError

    def _null_rate(self) -> float:
        """What the estimate subtracts when there is no control arm."""
        return 0.0


class PredictiveSingleArmTrial(_Predictive):
    """One arm with the beta `prior` (a, b), against the rate `rate_null`: looks at the cumulative `patients`.

    The estimate is the observed proportion minus `rate_null`.
    """

    patients: tuple[PositiveInt, ...] = Field(min_length=1)
    rate: float = Field(ge=0, le=1)
    rate_null: float = Field(gt=0, lt=1)
    prior: Pair = (1.0, 1.0)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        check_increasing("patients", self.patients)
        return self

    def _sizes(self) -> tuple[Integers, Integers]:
        return np.array(self.patients, np.int64), np.zeros(len(self.patients), np.int64)

    def _rates(self) -> tuple[float, float]:
        return self.rate, 0.0

    def _priors(self) -> tuple[Pair, Pair]:
        return self.prior, (1.0, 1.0)

    def _wins(self) -> Floats:
        x, n = np.arange(self.patients[-1] + 1), self.patients[-1]
        posterior = stats.beta.sf(self.rate_null, self.prior[0] + x, self.prior[1] + n - x)
        return (posterior >= self.success - TIE).astype(float)[:, None]

    def _null_rate(self) -> float:
        return self.rate_null


class PredictiveTwoArmTrial(_Predictive):
    """Two arms with beta priors (a, b) of their own: benefit is a higher probability on treatment."""

    patients_treatment: tuple[PositiveInt, ...] = Field(min_length=1)
    patients_control: tuple[PositiveInt, ...] = Field(min_length=1)
    rate_treatment: float = Field(ge=0, le=1)
    rate_control: float = Field(ge=0, le=1)
    prior_treatment: Pair = (1.0, 1.0)
    prior_control: Pair = (1.0, 1.0)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for name in ("patients_treatment", "patients_control"):
            check_increasing(name, getattr(self, name))
        if len(self.patients_control) != len(self.patients_treatment):
            raise InputError("patients_control", len(self.patients_control), "as many looks as patients_treatment")
        return self

    def _sizes(self) -> tuple[Integers, Integers]:
        return np.array(self.patients_treatment, np.int64), np.array(self.patients_control, np.int64)

    def _rates(self) -> tuple[float, float]:
        return self.rate_treatment, self.rate_control

    def _priors(self) -> tuple[Pair, Pair]:
        return self.prior_treatment, self.prior_control

    def _wins(self) -> Floats:
        n, n0 = self.patients_treatment[-1], self.patients_control[-1]
        return (_superiority(n, n0, *self.prior_treatment, *self.prior_control) >= self.success - TIE).astype(float)


def predictive_endings(trial: PredictiveSingleArmTrial | PredictiveTwoArmTrial) -> Floats:
    """The exact probabilities (looks, 3) of ending at each look for futility, undecided, and rejected."""
    (treatment, control), (rate, rate0) = trial._sizes(), trial._rates()  # pyright: ignore[reportPrivateUsage]
    verdicts = trial._verdicts()  # pyright: ignore[reportPrivateUsage]
    going, endings = np.zeros(verdicts.shape[1:]), np.zeros((trial.looks, 3))
    going[0, 0] = 1.0
    for look in range(trial.looks):
        m = int(treatment[look] - (treatment[look - 1] if look else 0))
        m0 = int(control[look] - (control[look - 1] if look else 0))
        steps, steps0 = (_binomial_steps(len(side), k, p) for side, k, p in ((going, m, rate), (going.T, m0, rate0)))
        going = steps.T @ going @ steps0
        for place, verdict in enumerate((FUTILE, UNDECIDED, REJECTED)):
            endings[look, place] = going[verdicts[look] == verdict].sum()
        going = np.where(verdicts[look] == UNDECIDED, going, 0.0)
    endings[:-1, 1] = 0.0
    return endings


def _binomial_steps(size: int, patients: int, rate: float) -> Floats:
    """(from, to): the chance that a count grows so much with the next patients."""
    counts = np.arange(size)
    return np.asarray(stats.binom.pmf(counts - counts[:, None], patients, rate))


def _final_counts(known: int, final: int, prior: Pair) -> Floats:
    """(known + 1, final + 1): the chance of each final count given the count so far, beta-binomial."""
    x, y = np.arange(known + 1)[:, None], np.arange(final + 1)
    if known == final:
        return (x == y).astype(float)
    return np.asarray(stats.betabinom.pmf(y - x, final - known, prior[0] + x, prior[1] + known - x))


@numba.njit(cache=True, nogil=True)
def _superiority(n: int, n0: int, a: float, b: float, c: float, d: float) -> np.ndarray:
    table = np.empty((n + 1, n0 + 1))
    for x in range(n + 1):
        for y in range(n0 + 1):
            table[x, y] = beta_exceeds(a + x, b + n - x, c + y, d + n0 - y)
    return table


@numba.njit(cache=True, nogil=True)
def predictive_trials(
    first: int,
    end: int,
    records: np.ndarray,
    seed: int,
    design: int,
    scenario: int,
    treatment: np.ndarray,
    control: np.ndarray,
    treatment_cdf: np.ndarray,
    control_cdf: np.ndarray,
    verdicts: np.ndarray,
    rate_null: float,
) -> None:
    """Record trials `first` to `end`; `verdicts` says what each look's counts mean, control's may be of no patients."""
    looks = len(treatment)
    stream = new_stream(seed, design, scenario)
    for trial in range(first, end):
        open_trial(stream, trial)
        x1 = x0 = look = outcome = 0
        for look in range(looks):
            x1 += np.searchsorted(treatment_cdf[look], uniform(stream), side="left")
            if control[look] > 0:
                x0 += np.searchsorted(control_cdf[look], uniform(stream), side="left")
            outcome = verdicts[look, x1, x0]
            if outcome != UNDECIDED:
                break
        n, n0 = treatment[look], control[look]
        record = records[trial - first]
        record[0], record[1], record[FIRST_COLUMN], record[FIRST_COLUMN + 1] = look + 1, outcome, n + n0, x1 + x0
        record[FIRST_COLUMN + 2] = x1 / n - (x0 / n0 if n0 > 0 else rate_null)
