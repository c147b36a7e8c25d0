"""The question file: a clinical question with everything a search needs, as a value."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from equipoise.errors import InputError
from equipoise.search.scenario import Fraction, Months, Positive, Ratio, Scenario, Weight, check_scenario
from equipoise.value import Value

NonNegative = Annotated[float, Field(strict=True, ge=0, le=1e12)]
Count = Annotated[int, Field(strict=True, gt=0, le=1_000_000_000)]
Sites = Annotated[int, Field(strict=True, gt=0, le=100_000)]
ClusterSize = Annotated[int, Field(strict=True, gt=0, le=1_000_000)]
Text = Annotated[str, Field(min_length=1, max_length=4000)]
Kind = Literal["mean", "proportion", "survival", "count"]
Family = Literal["fixed", "group-sequential", "cluster", "stepped-wedge", "crossover", "re-estimation"]
Spending = Literal[
    "obrien-fleming-type",
    "pocock-type",
    "hwang-shih-decani",
    "kim-demets",
    "obrien-fleming",
    "pocock",
    "wang-tsiatis",
]
Futility = Literal["none", "obrien-fleming-type", "pocock-type", "hwang-shih-decani", "kim-demets"]
Timing = Literal["even", "late", "root"]


def _as_tuple(given: object) -> object:
    """One value or a list of them, as a person would write it."""
    return tuple(given) if isinstance(given, list | tuple) else (given,)


def Several(item: object) -> object:  # noqa: N802  (reads as a type)
    """One or several values of a type, at least one."""
    return Annotated[tuple[item, ...], BeforeValidator(_as_tuple), Field(min_length=1, max_length=50)]


class Picot(Value):
    """Population, intervention, comparator, outcome and time of the question."""

    population: Text
    intervention: Text
    comparator: Text
    outcome: Text
    time: Text


class Endpoint(Value):
    """What is measured, and what would count as success.

    `margin` is the allowed loss, positive, for differences; the limiting ratio (1.3 when lower is better) for ratios,
    rate ratios and hazard ratios. With superiority of a survival endpoint it is the hazard ratio to be beaten, such as 0.7 for a
    vaccine that must protect more than 30 per cent. `alpha` belongs to `sided` tests.
    """

    kind: Kind
    objective: Literal["superiority", "non-inferiority", "equivalence"] = "superiority"
    better: Literal["lower", "higher"] = "lower"
    alpha: Annotated[float, Field(strict=True, gt=0, lt=0.5)] = 0.025
    sided: Literal[1, 2] = 1
    power: Annotated[float, Field(strict=True, ge=0.5, le=0.999999)] = 0.9
    margin: Positive | None = None
    measure: Literal["difference", "ratio", "odds-ratio"] = "difference"
    test: Literal["t", "z"] = "t"
    events_formula: Literal["schoenfeld", "freedman"] = "schoenfeld"

    @property
    def one_sided_alpha(self) -> float:
        """The type I error in the direction of benefit."""
        return self.alpha / self.sided

    @model_validator(mode="after")
    def _margin_where_needed(self) -> Self:
        if self.objective == "superiority" and self.margin is not None:
            self._check_bound(self.margin)
            return self
        if self.objective != "superiority" and self.margin is None:
            raise InputError("margin", None, f"a positive number; {self.objective} needs a margin")
        if self.objective != "superiority" and self.sided == 2:
            raise InputError("sided", 2, f"1, since {self.objective} is tested one-sided")
        if self.margin is not None and self.on_ratio_scale:
            beyond = self.margin > 1 if self.better == "lower" or self.objective == "equivalence" else self.margin < 1
            if not beyond:
                side = "above 1 when lower is better or for equivalence, below 1 when higher is better"
                raise InputError("margin", self.margin, f"a limiting ratio {side}")
        return self

    def _check_bound(self, bound: float) -> None:
        """A hazard ratio that superiority must beat, as vaccine trials ask for."""
        if self.kind != "survival" or self.events_formula != "schoenfeld":
            raise InputError("margin", bound, "none for superiority; remove it, or set objective to non-inferiority")
        if bound == 1 or (bound < 1) != (self.better == "lower"):
            side = "below 1 when lower is better, above 1 when higher is better"
            raise InputError("margin", bound, f"a hazard ratio to beat, {side}")

    @property
    def on_ratio_scale(self) -> bool:
        """Whether the effect is a ratio (hazard, rate, risk or odds) rather than a difference."""
        return self.kind in ("survival", "count") or (self.kind == "proportion" and self.measure != "difference")


class Recruitment(Value):
    """Sites (one number, or several to choose from), opening evenly one after another over `opening_months`."""

    sites: Several(Sites)  # type: ignore[valid-type]
    patients_per_site_month: Annotated[float, Field(strict=True, ge=1e-4, le=1e5)]
    opening_months: Months = 0.0


class FollowUp(Value):
    """Months from a patient's entry to the outcome; for survival, from the last entry to the planned end.

    Several values give several candidates. `per_patient` true stops each patient's follow-up after that many months.
    """

    months: Several(Months)  # type: ignore[valid-type]
    per_patient: bool = False


class Cost(Value):
    """What a trial costs, in any one currency."""

    currency: Annotated[str, Field(min_length=1, max_length=12)] = "USD"
    fixed: NonNegative = 0.0
    per_site: NonNegative = 0.0
    per_patient: NonNegative = 0.0
    per_patient_month: NonNegative = 0.0
    per_look: NonNegative = 0.0


class Limits(Value):
    """What cannot be exceeded, whatever the gain."""

    max_patients: Count | None = None
    max_months: Annotated[float, Field(strict=True, gt=0, le=1e6)] | None = None
    max_cost: Positive | None = None


class Clusters(Value):
    """Clusters for cluster-randomised and stepped-wedge candidates.

    `size` is patients in a cluster (in a cluster-period for the stepped wedge), `size_cv` the coefficient of variation of
    cluster sizes, `available` the clusters that can be had, `steps` the numbers of steps tried, `period_months` how long
    a period lasts.
    """

    size: Several(ClusterSize)  # type: ignore[valid-type]
    size_cv: Annotated[float, Field(strict=True, ge=0, le=10)] = 0.0
    available: ClusterSize | None = None
    steps: Several(Annotated[int, Field(strict=True, ge=2, le=20)]) = (3, 4, 5, 6)  # type: ignore[valid-type]
    period_months: Annotated[float, Field(strict=True, ge=0.01, le=1200)] = 3.0


class Consider(Value):
    """Which designs the search tries; the defaults try what most trials would.

    `judged` "simulated" has fixed and group-sequential designs live through virtual trials, with the variances that a real
    trial has to estimate, instead of their large-sample formulas. Designs that choose their size anew at an interim look
    ("re-estimation") may grow by a factor of `most_increase` where the conditional power is at least `promising_from`.
    """

    families: Annotated[tuple[Family, ...], BeforeValidator(_as_tuple), Field(min_length=1)] = (
        "fixed",
        "group-sequential",
    )
    looks: Several(Annotated[int, Field(strict=True, ge=2, le=20)]) = (2, 3, 4, 5)  # type: ignore[valid-type]
    spending: Several(Spending) = (  # type: ignore[valid-type]
        "obrien-fleming-type",
        "pocock-type",
        "hwang-shih-decani",
        "kim-demets",
    )
    futility: Several(Futility) = ("none", "obrien-fleming-type", "hwang-shih-decani", "pocock-type")  # type: ignore[valid-type]
    binding: bool = False
    timing: Several(Timing) = ("even", "late")  # type: ignore[valid-type]
    ratio: Several(Ratio) = (1.0,)  # type: ignore[valid-type]
    sizes: Annotated[int, Field(strict=True, ge=1, le=10_000)] = 12
    judged: Literal["exact", "simulated"] = "exact"
    most_increase: Several(Annotated[float, Field(strict=True, gt=1, le=10)]) = (1.5, 2.0)  # type: ignore[valid-type]
    promising_from: Several(Fraction) = (0.3, 0.5)  # type: ignore[valid-type]


class Preferences(Value):
    """How much a one per cent saving in each counts; they need not add up to one.

    `assurance` weighs the chance of missing a real effect, so that halving that chance counts as halving a cost does.
    """

    assurance: Weight = 0.4
    expected_patients: Weight = 1.0
    max_patients: Weight = 0.5
    expected_months: Weight = 1.0
    expected_cost: Weight = 0.5
    simplicity: Weight = 0.01

    @model_validator(mode="after")
    def _something_matters(self) -> Self:
        if not any(weight > 0 for name, weight in self.model_dump().items() if name != "simplicity"):
            raise InputError("assurance", 0.0, "at least one preference above 0")
        return self


class Simulation(Value):
    """How virtual trials are spent on designs that no formula covers.

    Each candidate begins with `first_trials` under each scenario; those that may be worth considering go on to `trials`,
    and those that may be the best to `most_trials`, until the recommendation is stable with probability `confidence`.
    """

    first_trials: Annotated[int, Field(strict=True, ge=100, le=10_000_000)] = 500
    trials: Annotated[int, Field(strict=True, ge=100, le=100_000_000)] = 100_000
    most_trials: Annotated[int, Field(strict=True, ge=100, le=1_000_000_000)] = 800_000
    confidence: Annotated[float, Field(strict=True, ge=0.5, le=0.9999)] = 0.95
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**63)] = 1

    @model_validator(mode="after")
    def _more_and_more(self) -> Self:
        if self.trials < self.first_trials:
            raise InputError("trials", self.trials, f"at least first_trials, {self.first_trials:,}")
        if self.most_trials < self.trials:
            raise InputError("most_trials", self.most_trials, f"at least trials, {self.trials:,}")
        return self


class Published(Value):
    """What the trial's own publication gives, for the examples."""

    source: Text
    patients: Count | None = None
    events: Count | None = None
    clusters: Count | None = None
    note: str = ""


class Question(Value):
    """A clinical question with the assumptions, limits and preferences that a search needs."""

    schema_version: Annotated[Literal[1], Field(alias="schema")] = 1
    title: Annotated[str, Field(min_length=1, max_length=300)]
    picot: Picot
    endpoint: Endpoint
    scenarios: Annotated[tuple[Scenario, ...], Field(min_length=1, max_length=50)]
    recruitment: Recruitment
    follow_up: FollowUp
    cost: Cost = Cost()
    limits: Limits = Limits()
    clusters: Clusters | None = None
    consider: Consider = Consider()
    preferences: Preferences = Preferences()
    simulation: Simulation = Simulation()
    published: Published | None = None

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Self:
        names = [scenario.name for scenario in self.scenarios]
        for place, scenario in enumerate(self.scenarios):
            if scenario.name in names[:place]:
                raise InputError(f"scenarios.{place + 1}.name", scenario.name, "a name that no other scenario has")
            check_scenario(scenario, self.endpoint, f"scenarios.{place + 1}")
        if sum(scenario.primary for scenario in self.scenarios) > 1:
            raise InputError("scenarios", "several primary scenarios", "primary = true in at most one of them")
        if not sum(scenario.weight for scenario in self.scenarios) > 0:
            raise InputError("scenarios.1.weight", 0.0, "at least one scenario with a weight above 0")
        self._families_fit()
        return self

    def _families_fit(self) -> None:
        families = set(self.consider.families)
        grouped = families & {"cluster", "stepped-wedge"}
        if grouped and self.clusters is None:
            raise InputError(
                "clusters",
                None,
                "a [clusters] table, since consider.families has " + ", ".join(sorted(grouped)),
            )
        if "stepped-wedge" in families and self.endpoint.kind == "survival":
            raise InputError("consider.families", "stepped-wedge", "not with a survival endpoint; use cluster")
        if "crossover" in families and self.endpoint.kind != "mean":
            raise InputError("consider.families", "crossover", 'only with endpoint.kind = "mean"')
        if "group-sequential" in families and self.endpoint.objective == "equivalence":
            raise InputError("consider.families", "group-sequential", "fixed, cluster or crossover for equivalence")
        if "re-estimation" in families and self.endpoint.kind not in ("mean", "proportion"):
            raise InputError("consider.families", "re-estimation", "only for means and proportions")
        if "re-estimation" in families and self.endpoint.measure != "difference":
            raise InputError("consider.families", "re-estimation", 'only with endpoint.measure = "difference"')
        self._can_be_simulated()
        for place, scenario in enumerate(self.scenarios):
            if grouped and scenario.icc is None:
                raise InputError(
                    f"scenarios.{place + 1}.icc",
                    None,
                    "a number from 0 to below 1, for designs with clusters",
                )
            if "crossover" in families and scenario.correlation is None:
                raise InputError(
                    f"scenarios.{place + 1}.correlation",
                    None,
                    "the within-patient correlation, for crossover designs",
                )

    def _can_be_simulated(self) -> None:
        """No virtual trial is written for equivalence, nor for a margin of a survival endpoint."""
        endpoint, judged, families = self.endpoint, self.consider.judged, self.consider.families
        if endpoint.kind == "survival" and endpoint.margin is not None and judged == "simulated":
            raise InputError("consider.judged", judged, '"exact", since a survival endpoint has a margin')
        if endpoint.objective == "equivalence" and judged == "simulated":
            raise InputError("consider.judged", judged, '"exact" for equivalence')
        if endpoint.objective == "equivalence" and "re-estimation" in families:
            raise InputError("consider.families", "re-estimation", "fixed, cluster or crossover for equivalence")

    @property
    def primary(self) -> int:
        """Index of the scenario whose power must reach the target: the one marked so, else the heaviest, else the first."""
        marked = [place for place, scenario in enumerate(self.scenarios) if scenario.primary]
        return marked[0] if marked else max(range(len(self.scenarios)), key=lambda i: self.scenarios[i].weight)
