"""Virtual Bayesian trials with response-adaptive randomisation, and their decision threshold by simulation.

Thall & Wathen 2007, "Practical Bayesian adaptive randomisation in clinical trials", Eur J Cancer 43:859-866; Trippa et
al. 2012, "Bayesian adaptive randomized trial design for patients with recurrent glioblastoma", J Clin Oncol
30:3258-3263.
"""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator

from equipoise.errors import InputError
from equipoise.simulate.adaptive_kernels import adaptive_trials
from equipoise.simulate.multi_arm import MOST_ARMS, check_rates
from equipoise.simulate.posterior import BETA, NORMAL, RATE, STUDENT
from equipoise.simulate.trial import ESTIMATE, EVENTS, MONTHS, PATIENTS, Column, VirtualTrial

Floats = NDArray[np.float64]
Pair = tuple[PositiveFloat, PositiveFloat]
RULES = ("equal", "best", "control-protected")
PEAK = "peak"


class _Adaptive(VirtualTrial):
    """What the outcomes share; see the families.

    The first `burn_in` patients of each arm are allocated in turn; then, after each `cohort` of patients, the posteriors
    are worked out from what is known by then, and again with `patients` enrolled and all followed. Where P(arm better than
    control | data) of some arm is `success` or more, the nulls of all such arms are rejected: at the end only, or at any
    analysis when `stop_for_success`, which ends the trial. An arm below `drop` recruits no more; with none left the trial
    stops for futility. A dropped arm cannot be rejected.

    `allocation` of the next patients: "equal" among the arms that are in; "best", in proportion to the posterior
    probability of being the best, control included, raised to `power` (None: n / 2N with n of at most N patients, Thall &
    Wathen); "control-protected", arms in proportion to P(better than control) to that power, and control to
    exp(c n / N (largest arm - control)) / arms with c the `control_power`, so that it keeps up with the largest (Trippa et
    al.). Each share is kept between `floor` and `cap`.

    Patients arrive `patients_per_month` apart evenly, or as a Poisson process. Columns: patients, months, the `estimate` of
    the best arm's effect (posterior means), `peak` (the highest P(better than control) of an arm that was in at any analysis
    that could reject, which `calibrated_success` needs), best_arm (by P(better than control)), arms_dropped, then those of
    the family, patients_control, patients_k and rejected_k.
    """

    patients: PositiveInt
    burn_in: PositiveInt
    cohort: PositiveInt
    allocation: Literal["equal", "best", "control-protected"] = "best"
    power: NonNegativeFloat | None = None
    control_power: NonNegativeFloat = 0.25
    floor: float = Field(default=0.0, ge=0, lt=1)
    cap: float = Field(default=1.0, gt=0, le=1)
    success: float = Field(default=0.975, gt=0)
    stop_for_success: bool = True
    drop: float = Field(default=0.0, ge=0, lt=1)
    patients_per_month: PositiveFloat = 1.0
    recruitment: Literal["even", "poisson"] = "even"

    @property
    def arms(self) -> int:
        """How many arms there are beside control."""
        raise NotImplementedError

    @property
    def looks(self) -> int:
        return len(self._schedule())

    @property
    def columns(self) -> tuple[Column, ...]:  # pyright: ignore[reportIncompatibleVariableOverride]
        arms = range(1, self.arms + 1)
        return (
            PATIENTS,
            MONTHS,
            ESTIMATE,
            Column(PEAK, 1e-6),
            Column("best_arm"),
            Column("arms_dropped"),
            self._counted(),
            Column("patients_control"),
            *(Column(f"patients_{k}") for k in arms),
            *(Column(f"rejected_{k}") for k in arms),
        )

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        kind, truth, prior, delay, follow_up = self._outcome()
        timing = 1.0 / self.patients_per_month, self.recruitment == "poisson", delay, follow_up
        power = -1.0 if self.power is None else self.power
        allocation = RULES.index(self.allocation), power, self.control_power, self.floor, self.cap
        decision = self.success, self.stop_for_success, self.drop
        return adaptive_trials, (kind, truth, prior, self._schedule(), self.burn_in, timing, allocation, decision)

    def _schedule(self) -> NDArray[np.int64]:
        """Patients enrolled at each analysis."""
        start = self.burn_in * (self.arms + 1)
        return np.array([*range(start, self.patients, self.cohort), self.patients], np.int64)

    def _counted(self) -> Column:
        return Column("successes")

    def _outcome(self) -> tuple[int, Floats, Floats, float, float]:
        """Kind of posterior, truth and prior of each arm (control first), and the months to an outcome and to the end."""
        raise NotImplementedError

    def _check(self, truth: str) -> None:
        most = self.arms + 1
        if self.arms > MOST_ARMS:
            raise InputError(truth, self.arms, f"at most {MOST_ARMS} arms")
        if self.patients < self.burn_in * most:
            raise InputError("patients", self.patients, f"at least the {self.burn_in * most} of the burn-in")
        if self.floor * most > 1.0:
            raise InputError("floor", self.floor, f"at most {1 / most:g}, with {most} arms")
        if self.cap < 0.5:
            raise InputError("cap", self.cap, "at least 0.5, since two arms may be left")


class AdaptiveProportionTrial(_Adaptive):
    """Binary outcomes, known `response_months` after enrolment, with beta priors (a, b) of the probabilities.

    `prior_control` None means the same as the arms'. The column successes counts every enrolled patient's outcome.
    """

    rates_treatment: tuple[float, ...] = Field(min_length=1)
    rate_control: float = Field(ge=0, le=1)
    prior: Pair = (1.0, 1.0)
    prior_control: Pair | None = None
    response_months: NonNegativeFloat = 0.0

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        self._check("rates_treatment")
        check_rates("rates_treatment", self.rates_treatment)
        return self

    @property
    def arms(self) -> int:
        return len(self.rates_treatment)

    def _outcome(self) -> tuple[int, Floats, Floats, float, float]:
        rates = np.array([[self.rate_control], *([rate] for rate in self.rates_treatment)])
        priors = np.array([self.prior_control or self.prior, *[self.prior] * self.arms])
        return BETA, rates, priors, self.response_months, self.response_months


class AdaptiveMeanTrial(_Adaptive):
    """Normal outcomes of standard deviation `sd`, known `response_months` after enrolment; the higher the better.

    With `known_sd` the prior of each mean is normal, (mean, sd); else the arms have unknown variances of their own, and the
    prior is normal-inverse-gamma, (mean, weight in patients, shape, scale): the variance has an inverse gamma with that
    shape and scale, the mean a normal whose variance is the variance / weight. The column `successes` is 0.
    """

    means_treatment: tuple[float, ...] = Field(min_length=1)
    mean_control: float
    sd: PositiveFloat = 1.0
    known_sd: bool = True
    prior: tuple[float, ...] = (0.0, 1000.0)
    response_months: NonNegativeFloat = 0.0

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        self._check("means_treatment")
        if len(self.prior) != (2 if self.known_sd else 4) or min(self.prior[1:]) <= 0.0:
            allowed = "mean and positive sd" if self.known_sd else "mean, and positive weight, shape and scale"
            raise InputError("prior", self.prior, allowed)
        return self

    @property
    def arms(self) -> int:
        return len(self.means_treatment)

    def _outcome(self) -> tuple[int, Floats, Floats, float, float]:
        truth = np.array([[mean, self.sd] for mean in (self.mean_control, *self.means_treatment)])
        prior = np.array([[*self.prior, self.sd] if self.known_sd else self.prior] * (self.arms + 1))
        kind = NORMAL if self.known_sd else STUDENT
        return kind, truth, prior, self.response_months, self.response_months


class AdaptiveSurvivalTrial(_Adaptive):
    """Exponential times to event followed in calendar time, with gamma priors (shape, months) of the hazards per month.

    An analysis counts the events and the months of follow-up so far; the final one is `follow_up_months` after the last
    patient. The estimate is the log hazard ratio of control to the best arm: benefit is positive. Counts `events`.
    """

    hazards_treatment: tuple[PositiveFloat, ...] = Field(min_length=1)
    hazard_control: PositiveFloat
    prior: Pair
    follow_up_months: NonNegativeFloat

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        self._check("hazards_treatment")
        return self

    @property
    def arms(self) -> int:
        return len(self.hazards_treatment)

    def _counted(self) -> Column:
        return EVENTS

    def _outcome(self) -> tuple[int, Floats, Floats, float, float]:
        hazards = np.array([[self.hazard_control], *([hazard] for hazard in self.hazards_treatment)])
        return RATE, hazards, np.array([self.prior] * (self.arms + 1)), 0.0, self.follow_up_months


AdaptiveTrial = AdaptiveProportionTrial | AdaptiveMeanTrial | AdaptiveSurvivalTrial
