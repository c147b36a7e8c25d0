"""What rpact's own group-sequential bounds do, where a figure differs: its accuracy, measured on the row itself.

rpact 3.3.4 solves each bound until the error spent is right to 1e-8, integrates less finely where looks are close or many,
puts a bound that would spend less than about 1e-15 at infinity, and no futility bound below -6. So its bounds are put
through our crossing probabilities: where they do not spend the error that they should, the difference is rpact's. That
holds only for a row that agrees with itself (its levels are those of its bounds, and it says that it spends all of
alpha), and only for a miss of the size rpact makes; else a row of wrong figures would explain itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.design import Boundaries, GroupSequential, drifts_for
from equipoise.validation.table import Figures, Row

Floats = NDArray[np.float64]

SMALLEST_MISS = 1e-9
"""Our crossing probabilities are accurate to this."""
LARGEST_MISS = 1e-4
"""rpact's bounds miss their error by at most 5e-5 in the designs tried with looks further apart than `CLOSE`."""
CLOSE, LARGEST_SHARE = 0.03, 0.5
"""Looks less than so much of the information apart are too close for rpact's grid: it misses up to half of the error."""
ROOT_ERROR = 1.1e-8
"""rpact solves its bounds until the error spent is right to 1e-8."""
NO_FUTILITY, NO_EFFICACY = -6.0, 7.5
"""Where rpact puts a futility bound that spends nothing, and where it integrates to for a bound at infinity."""
BOUNDS = ("critical", "stage_levels", "futility_bounds")
BY_FUNCTION = ("obrien-fleming-type", "pocock-type", "hwang-shih-decani", "kim-demets", "user")
FOLLOWING = ("inflation", "asn_h0", "power_by_stage")
AGREES = 1e-6


@dataclass(frozen=True)
class Miss:
    """The look at which bounds spend least rightly of an error: what they spend by it, and what they should."""

    error: str
    look: int
    spent: float
    should: float

    @property
    def size(self) -> float:
        """How far off."""
        return abs(self.spent - self.should)

    def __str__(self) -> str:
        return (
            f"rpact's bounds spend {self.spent:.9g} of {self.error} by look {self.look} instead of {self.should:.9g}, "
            f"{self.size:.1e} off"
        )


def explain(
    row: Row, design: GroupSequential, reached: float, column: str, given: list[float], figures: Figures
) -> str | None:
    """Why the peer's figures of a column differ though both are right by their own lights; None if nothing says so."""
    if column == "futility_bounds" and design.futility == "none":
        return "rpact writes -6 where there is no futility bound" if set(given) == {NO_FUTILITY} else None
    if reached != 1.0 and column.startswith("asn_"):
        return _counted_full(design, reached, column, given, figures)
    critical = row.figures("critical") if "critical" in row.cells else []
    if len(critical) != len(design.information) or np.isnan(critical).any() or not _agrees_with_itself(row, design):
        return None
    if column == "alpha_spent" and design.spending in BY_FUNCTION and not _close(design):
        return None  # what a spending function says has nothing to do with the bounds
    theirs = _peers_bounds(row, design, critical)
    if theirs is None:
        return None
    misses = [_alpha_missed(design, theirs), *_beta_missed(design, theirs)]
    worst = max(misses, key=lambda miss: miss.size)
    if column not in BOUNDS and _follows(design, theirs, column, given):
        return f"what follows from rpact's own bounds: {worst}" + _limits(critical, row, design)
    if column in BOUNDS and worst.size <= ROOT_ERROR:
        return (
            f"rpact's bounds spend the error to within {worst.size:.1e} of what they should: its root finding stops at 1e-8"
            + _limits(critical, row, design)
        )
    if not SMALLEST_MISS < worst.size <= _largest_miss(design, worst):
        return None
    if column == "futility_bounds":  # no column has their levels; but size and power are those of the bounds
        kept = all(name in row.cells and _follows(design, theirs, name, row.figures(name)) for name in FOLLOWING)
    else:
        kept = column in BOUNDS or _in_keeping(worst, column, given, figures)
    return str(worst) if kept else None


def _largest_miss(design: GroupSequential, miss: Miss) -> float:
    return LARGEST_SHARE * miss.should if _close(design) else LARGEST_MISS


def _close(design: GroupSequential) -> bool:
    return bool(np.diff(design.information).min(initial=1.0) < CLOSE)


def _limits(critical: list[float], row: Row, design: GroupSequential) -> str:
    """Which of rpact's two limits the row shows."""
    said = ["; a bound that spends next to nothing is put at infinity"] if np.isinf(critical).any() else []
    if design.futility != "none" and NO_FUTILITY in row.figures("futility_bounds"):
        said.append("; a futility bound is never put below -6")
    return "".join(said)


def _counted_full(
    design: GroupSequential, reached: float, column: str, given: list[float], figures: Figures
) -> str | None:
    """rpact's expected size where the last look comes early: it counts a trial that goes on to the end as all of the information."""
    bounds = design.solution
    drift = bounds.drift * {"asn_h1": 1.0, "asn_h01": 0.5, "asn_h0": 0.0}[column]
    outcome = bounds.crossing(drift)
    early = float(((outcome.up + outcome.down)[0, :-1] * (1 - np.array(bounds.information[:-1]))).sum())
    as_rpact = figures["inflation"][0] * (1 - reached * early)
    if len(given) != 1 or abs(given[0] / as_rpact - 1) > AGREES:
        return None
    return f"rpact counts a trial that ends at the last look as all of the information; it ends at {reached:g} of it"


def _agrees_with_itself(row: Row, design: GroupSequential) -> bool:
    """Whether the levels are those of the bounds, and all of alpha is said to be spent."""
    if not {"stage_levels", "alpha_spent"} <= set(row.cells):
        return False
    critical, levels, spent = (np.array(row.figures(name)) for name in ("critical", "stage_levels", "alpha_spent"))
    if not critical.size == levels.size == spent.size:
        return False
    upper = np.array([_tail(bound) for bound in critical])
    return bool((abs(upper - levels) <= SMALLEST_MISS).all() and abs(spent[-1] - design.alpha) <= ROOT_ERROR)


def _tail(bound: float) -> float:
    from scipy import special

    return float(special.ndtr(-bound))


def _peers_bounds(row: Row, design: GroupSequential, critical: list[float]) -> Boundaries | None:
    """The bounds of a row, infinity where rpact integrates to; None if it does not give all of them."""
    futility: list[float | None] = [None] * (len(critical) - 1)
    if design.futility != "none":
        if "futility_bounds" not in row.cells:
            return None
        futility = list[float | None](row.figures("futility_bounds")[: len(critical) - 1])
        if len(futility) != len(critical) - 1 or not np.isfinite(np.array(futility, float)).all():
            return None
    upper = tuple(min(bound, NO_EFFICACY) if np.isinf(bound) else bound for bound in critical)
    found = design.solution.model_copy(update={"critical": upper, "futility": tuple(futility)})
    lower = found.lower
    return found if (lower[:-1] < np.array(upper)[:-1]).all() and min(upper) > -8 else None


def _worst(error: str, spent: Floats, should: Floats) -> Miss:
    look = int(np.abs(spent - should).argmax())
    return Miss(error, look + 1, float(spent[look]), float(should[look]))


def _alpha_missed(design: GroupSequential, theirs: Boundaries) -> Miss:
    """Where the bounds of one direction miss the one-sided alpha; only the last look's is set where none is spent by function."""
    bounds = theirs
    if not design.binding and design.sided == 1:
        bounds = theirs.model_copy(update={"futility": (None,) * len(theirs.futility)})
    spent = bounds.crossing(0.0).up[0].cumsum()
    should = np.array(design.solution.alpha_spent)
    if design.spending not in BY_FUNCTION:
        should = np.append(spent[:-1], design.alpha / design.sided)
    return _worst("alpha", spent, should)


def _beta_missed(design: GroupSequential, theirs: Boundaries) -> list[Miss]:
    """Where the futility bounds miss the type II error, at the drift that has the power."""
    if design.futility == "none":
        return []
    ours = design.solution
    drift = float(drifts_for(theirs, design.power)[0])
    spent = theirs.crossing(drift).down[0].cumsum()
    return [_worst("beta", spent, ours.crossing(ours.drift).down[0].cumsum())]


def _follows(design: GroupSequential, theirs: Boundaries, column: str, given: list[float]) -> bool:
    """Whether the peer's figure is what our numerics make of its bounds."""
    drift = float(drifts_for(theirs, design.power)[0])
    truths = {"asn_h1": drift, "asn_h01": drift / 2, "asn_h0": 0.0}
    inflation = design.solution.inflation * (drift / design.solution.drift) ** 2
    found: Floats
    if column in truths:
        found = inflation * theirs.crossing(truths[column]).expected_information
    elif column == "power_by_stage":
        found = theirs.crossing(drift).up[0].cumsum()
    elif column == "alpha_spent":
        found = design.sided * theirs.crossing(0.0).up[0].cumsum()
    else:
        found = np.array([{"inflation": inflation, "shift": drift**2}[column]])
    if len(given) != len(found):
        return False
    gap = np.abs(np.array(given) - found)
    return bool((gap <= AGREES * np.maximum(1.0, np.abs(found))).all())


def _in_keeping(miss: Miss, column: str, given: list[float], figures: Figures) -> bool:
    """Whether the figures differ by no more than the error missed, as a share of the error, would make them."""
    theirs, ours = np.array(given), np.array(figures[column])
    return bool((np.abs(theirs / ours - 1) <= 2 * miss.size / miss.should).all())
