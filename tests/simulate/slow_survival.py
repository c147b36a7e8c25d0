"""Slow, plain versions of the statistics of survival trials, from their definitions, on (month, event, arm) by patient."""

import math

import numpy as np


def observed(now, arrivals, follow, event, arm):
    """What is known at calendar month `now`: months followed, whether to the event, and the arm, of those enrolled."""
    enrolled = arrivals <= now
    censored = now - arrivals
    month = np.minimum(follow, censored)[enrolled]
    return month, (event & (arrivals + follow <= now))[enrolled], arm[enrolled]


def weighted_parts(month, event, arm, rho=0.0, gamma=0.0):
    """Score (expected minus observed on treatment), its variance and information; tied events one by one in any order."""
    score = variance = information = 0.0
    survival = 1.0
    for t in np.sort(month[event]):
        risk = month >= t
        share = arm[risk].mean()
        weight = survival**rho * (1 - survival) ** gamma
        score += weight * (share - arm[event & (month == t)][0])
        variance += weight**2 * share * (1 - share)
        information += weight * share * (1 - share)
        survival *= 1 - 1 / risk.sum()
    return score, variance, information


def weighted_test(month, event, arm, rho=0.0, gamma=0.0):
    """z and the one-step log hazard ratio."""
    score, variance, information = weighted_parts(month, event, arm, rho, gamma)
    return (score / math.sqrt(variance), -score / information) if variance else (0.0, 0.0)


def curve(month, event):
    """Kaplan-Meier: distinct event months, survival after each, events and numbers at risk."""
    months = np.unique(month[event])
    died = np.array([(event & (month == t)).sum() for t in months])
    risk = np.array([(month >= t).sum() for t in months])
    return months, np.cumprod(1 - died / risk), died, risk


def known_to(month, event, tau):
    """Whether the curve is known up to tau: somebody is followed so long, or nobody survives."""
    months, survival, _, _ = curve(month, event)
    return (month >= tau).any() or (survival[months <= tau] == 0).any()


def arm_milestone(month, event, tau):
    """Survival at tau and Greenwood's variance."""
    months, survival, died, risk = curve(month, event)
    by = months <= tau
    s = survival[by][-1] if by.any() else 1.0
    return s, s**2 * (died[by] / (risk[by] * (risk[by] - died[by]))).sum() if s > 0 else 0.0


def arm_mean(month, event, tau):
    """The area under the curve to tau and its variance, by steps."""
    months, survival, died, risk = curve(month, event)
    by = months <= tau
    months, survival, died, risk = months[by], survival[by], died[by], risk[by]
    edges, heights = np.concatenate([[0.0], months, [tau]]), np.concatenate([[1.0], survival])
    pieces = heights * np.diff(edges)
    after = [pieces[i + 1 :].sum() for i in range(len(months))]
    terms = [a**2 * d / (n * (n - d)) for a, d, n in zip(after, died, risk, strict=True) if d < n]
    return pieces.sum(), sum(terms)


def difference_test(by_arm, month, event, arm, tau):
    """z and the difference, treatment minus control; NaN and 0 where a curve is not known to tau."""
    arms = [(month[arm == g], event[arm == g]) for g in (0, 1)]
    if not all(known_to(*one, tau) for one in arms):
        return math.nan, 0.0
    (s0, v0), (s1, v1) = (by_arm(*one, tau) for one in arms)
    return ((s1 - s0) / math.sqrt(v0 + v1) if v0 + v1 > 0 else 0.0), s1 - s0
