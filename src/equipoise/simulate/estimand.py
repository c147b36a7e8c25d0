"""Virtual trials with missing data and intercurrent events, analysed under the estimand strategies of ICH E9(R1).

What is true under the strategy is computed beside the trials, so that bias (`estimate` against `truth`), coverage (the column
`covered`) and power are seen together. Strategy and analysis are chosen apart on purpose: a mismatch shows.
"""

from __future__ import annotations

from functools import lru_cache
from math import inf, log
from typing import Any, ClassVar, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, PositiveInt, model_validator

from equipoise.design.normal import upper_quantile
from equipoise.errors import InputError
from equipoise.simulate.binary_estimand_kernel import binary_trials
from equipoise.simulate.estimand_kernels import longitudinal_trials, true_sums
from equipoise.simulate.tally import Estimate
from equipoise.simulate.trial import ESTIMATE, PATIENTS, Column, VirtualTrial

Strategy = Literal["treatment-policy", "hypothetical", "while-on-treatment", "composite", "principal-stratum"]
Analysis = Literal["complete-case", "ancova", "imputation", "jump-to-reference", "responder"]
BinaryStrategy = Literal["treatment-policy", "hypothetical", "composite"]
BinaryAnalysis = Literal["complete-case", "non-responder"]
AfterDiscontinuation = Literal["same", "reference", "baseline"]
STRATEGIES, ANALYSES, BINARY_STRATEGIES = (get_args(words) for words in (Strategy, Analysis, BinaryStrategy))
# the compiled code's numbers are places in these
TRUTH_PATIENTS, _TRUTH_SEED = 1_000_000, 20261125
_TRUTH_ROWS = {"treatment-policy": 0, "while-on-treatment": 1, "composite": 2, "principal-stratum": 3}


class LongitudinalTrial(VirtualTrial):
    """A continuous outcome at a baseline visit of mean 0 and at later visits; higher is better.

    Assumed: outcomes are normal with means `changes_...` by visit on treatment and one `covariance` (visits + 1 square, the
    baseline first). After each visit, the baseline too but not the last, a patient on treatment discontinues with the
    probability whose log odds are those of `discontinuation_...` at a value of 0, plus `discontinuation_slope` by unit of the
    visit's value. From the next visit on, means are the "same", the control arm's ("reference") or 0 ("baseline"). A patient
    still in the study leaves it likewise by `dropout_...`, and with probability `leaves_on_discontinuation` as treatment is
    discontinued. Outcomes after leaving are missing, so at random given what was seen and whether treatment was discontinued.

    The estimand is the difference, treatment minus control, at the last visit: whatever happened ("treatment-policy"), had
    nobody discontinued ("hypothetical"), of the last outcome on treatment ("while-on-treatment"), of the share with a change
    of `response` or more without discontinuing ("composite"), or among those who would discontinue on neither arm
    ("principal-stratum"; assuming a patient's residuals are the same on both arms and what else makes patients discontinue is
    independent between them, which no trial can show). Data after discontinuation are used for treatment policy alone.

    Analyses: "complete-case", mean changes of those with the last visit; "ancova", the same given the baseline; "imputation",
    multiple imputation at random by regressions on arm and all earlier visits, then ANCOVA; "jump-to-reference", the same with
    missing outcomes from the control arm's means (Carpenter, Roger & Kenward 2013, with Rubin's variance, which is known to be
    large for it); "responder", for the composite strategy alone, with missing outcomes as no response. An interval of level
    1 - 2 alpha says whether the truth is `covered`; the arm's effect is shown where a test at `alpha` rejects 0. A trial that
    leaves too few patients to fit the analysis rejects nothing, estimates 0 and covers nothing.
    """

    columns: ClassVar[tuple[Column, ...]] = (PATIENTS, ESTIMATE, Column("covered"))
    patients_treatment: PositiveInt
    patients_control: PositiveInt
    changes_treatment: tuple[float, ...] = Field(min_length=1, max_length=20)
    changes_control: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    discontinuation_treatment: float = Field(default=0.0, ge=0, lt=1)
    discontinuation_control: float = Field(default=0.0, ge=0, lt=1)
    discontinuation_slope: float = 0.0
    after_discontinuation: AfterDiscontinuation = "reference"
    leaves_on_discontinuation: float = Field(default=0.0, ge=0, le=1)
    dropout_treatment: float = Field(default=0.0, ge=0, lt=1)
    dropout_control: float = Field(default=0.0, ge=0, lt=1)
    dropout_slope: float = 0.0
    response: float = 0.0
    strategy: Strategy
    analysis: Analysis
    imputations: int = Field(default=20, ge=2, le=1000)
    alpha: float = Field(default=0.025, gt=0, lt=0.5)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        visits = len(self.changes_treatment)
        if len(self.changes_control) != visits:
            raise InputError(
                "changes_control", len(self.changes_control), f"one change for each of the {visits} visits"
            )
        if len(self.covariance) != visits + 1 or any(len(row) != visits + 1 for row in self.covariance):
            raise InputError("covariance", len(self.covariance), f"{visits + 1} rows of {visits + 1} numbers")
        matrix = np.array(self.covariance)
        if not np.allclose(matrix, matrix.T) or np.linalg.eigvalsh(matrix).min() <= 0:
            raise InputError("covariance", self.covariance, "a symmetric, positive definite matrix")
        if min(self.patients_treatment, self.patients_control) < 2:
            raise InputError("patients_treatment", self.patients_treatment, "2 patients or more in each arm")
        allowed = {"composite": ("responder",), "while-on-treatment": ("complete-case", "ancova")}.get(
            self.strategy, ("complete-case", "ancova", "imputation", "jump-to-reference")
        )
        if self.analysis not in allowed:
            raise InputError("analysis", self.analysis, f"{' or '.join(allowed)} with the strategy {self.strategy}")
        return self

    @property
    def looks(self) -> int:
        return 1

    def truth(self) -> Estimate:
        """The estimand's value, with its Monte-Carlo error: exact for "hypothetical", else over 1,000,000 patients.

        Raises InputError for a principal stratum that almost nobody is in.
        """
        if self.strategy == "hypothetical":
            return Estimate(mean=self.changes_treatment[-1] - self.changes_control[-1], standard_error=0.0)
        number, total, squares = _sums(*self._law())[_TRUTH_ROWS[self.strategy]]
        if number < 1000:
            raise InputError("strategy", self.strategy, "another, since almost everybody would discontinue on some arm")
        mean = total / number
        return Estimate(mean=mean, standard_error=max(squares / number - mean**2, 0.0) ** 0.5 / number**0.5)

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        arms = np.repeat([1, 0], [self.patients_treatment, self.patients_control])
        leaves = np.array([_log_odds(self.dropout_control), _log_odds(self.dropout_treatment), self.dropout_slope])
        codes = STRATEGIES.index(self.strategy), ANALYSES.index(self.analysis)
        return longitudinal_trials, (
            arms, self._means(), self._root(), self._stops(), leaves, self.leaves_on_discontinuation, self.response, *codes,
            self.imputations, self.truth().mean, upper_quantile(self.alpha),
        )  # fmt: skip

    def _means(self) -> NDArray[np.float64]:
        on = {1: (0.0, *self.changes_treatment), 0: (0.0, *self.changes_control)}
        off = {"same": on, "reference": {1: on[0], 0: on[0]}, "baseline": dict.fromkeys((0, 1), [0.0] * len(on[0]))}
        return np.array([[on[arm], off[self.after_discontinuation][arm]] for arm in (0, 1)])

    def _root(self) -> NDArray[np.float64]:
        return np.linalg.cholesky(np.array(self.covariance))

    def _stops(self) -> NDArray[np.float64]:
        odds = _log_odds(self.discontinuation_control), _log_odds(self.discontinuation_treatment)
        return np.array([*odds, self.discontinuation_slope])

    def _law(self) -> tuple[Any, ...]:
        """What the truth depends on, to be remembered by."""
        return *(
            (array.tobytes(), array.shape) for array in (self._means(), self._root(), self._stops())
        ), self.response


class BinaryEstimandTrial(VirtualTrial):
    """A response at the end, an intercurrent event before it in some, and missing responses.

    Assumed: without the event a patient responds at `rate_...`, after it at `rate_after_...`; whether the event happens
    (`event_...`) says nothing of the response without it, so the hypothetical estimand is the difference of `rate_...` (and so
    would be the principal stratum's, of patients with the event on neither arm). Responses are missing with the probabilities
    `missing_without_event` and `missing_after_event`, whatever they are; the event is always known.

    Strategies: "treatment-policy", the response whatever happened; "hypothetical", had the event not happened, for which
    responses after it are set aside; "composite", the event is no response. Analyses: "complete-case", those with a response that
    the strategy uses; "non-responder", missing as no response. The difference has Wald's interval of level 1 - 2 alpha.
    """

    columns: ClassVar[tuple[Column, ...]] = (PATIENTS, ESTIMATE, Column("covered"))
    patients_treatment: PositiveInt
    patients_control: PositiveInt
    rate_treatment: float = Field(ge=0, le=1)
    rate_control: float = Field(ge=0, le=1)
    event_treatment: float = Field(default=0.0, ge=0, le=1)
    event_control: float = Field(default=0.0, ge=0, le=1)
    rate_after_treatment: float = Field(default=0.0, ge=0, le=1)
    rate_after_control: float = Field(default=0.0, ge=0, le=1)
    missing_without_event: float = Field(default=0.0, ge=0, le=1)
    missing_after_event: float = Field(default=0.0, ge=0, le=1)
    strategy: BinaryStrategy
    analysis: BinaryAnalysis
    alpha: float = Field(default=0.025, gt=0, lt=0.5)

    @property
    def looks(self) -> int:
        return 1

    def truth(self) -> float:
        """The estimand's value, exactly."""
        treatment, control = (self._true_rate(arm) for arm in ("treatment", "control"))
        return treatment - control

    def _true_rate(self, arm: str) -> float:
        rate, event, after = (getattr(self, f"{name}_{arm}") for name in ("rate", "event", "rate_after"))
        if self.strategy == "hypothetical":
            return rate
        return (1 - event) * rate + (event * after if self.strategy == "treatment-policy" else 0.0)

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        laws = [
            [self.event_control, self.rate_control, self.rate_after_control],
            [self.event_treatment, self.rate_treatment, self.rate_after_treatment],
        ]
        return binary_trials, (
            np.array([self.patients_control, self.patients_treatment]), np.array(laws), self.missing_without_event,
            self.missing_after_event, BINARY_STRATEGIES.index(self.strategy), self.analysis == "non-responder",
            self.truth(), upper_quantile(self.alpha),
        )  # fmt: skip


@lru_cache(maxsize=64)
def _sums(
    means: tuple[Any, ...], root: tuple[Any, ...], stops: tuple[Any, ...], response: float
) -> NDArray[np.float64]:
    on_off, factor, odds = (np.frombuffer(data).reshape(shape).copy() for data, shape in (means, root, stops))
    return true_sums(0, TRUTH_PATIENTS, np.uint64(_TRUTH_SEED), on_off, factor, odds, response)


def _log_odds(chance: float) -> float:
    return log(chance / (1 - chance)) if chance > 0 else -inf
