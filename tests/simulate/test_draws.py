"""Draws from further distributions: against scipy's laws."""

import numpy as np
import pytest
from numba import njit
from scipy import stats

from equipoise.simulate import draws, streams

SIZE = 200_000


@njit
def many(kind, first, second, size):
    stream = streams.new_stream(np.uint64(20261125), np.uint64(kind), np.uint64(0))
    streams.open_trial(stream, 0)
    out = np.empty(size)
    for i in range(size):
        if kind == 0:
            out[i] = draws.gamma(stream, first)
        elif kind == 1:
            out[i] = draws.beta(stream, first, second)
        elif kind == 2:
            out[i] = draws.poisson(stream, first)
        elif kind == 3:
            out[i] = draws.negative_binomial(stream, first, second)
        else:
            out[i] = draws.binomial(stream, int(first), second)
    return out


CONTINUOUS = [
    *((0, (shape, 0.0), stats.gamma(shape)) for shape in (0.05, 0.5, 1.0, 1.7, 40.0)),
    *((1, (a, b), stats.beta(a, b)) for a, b in ((0.3, 0.25), (0.5, 3.0), (2.0, 2.0), (300.0, 20.0))),
]
COUNTS = [
    *((2, (mean, 0.0), stats.poisson(mean)) for mean in (0.0, 0.2, 3.0, 9.99, 10.0, 37.5, 5000.0)),
    *((3, (mean, r), stats.nbinom(r, r / (r + mean))) for mean, r in ((0.4, 0.1), (5.0, 1.2), (400.0, 30.0))),
    *((4, (n, p), stats.binom(n, p)) for n, p in ((0, 0.3), (1, 0.7), (20, 0.0), (20, 1.0), (30, 0.2))),
    *((4, (n, p), stats.binom(n, p)) for n, p in ((20, 0.5), (50, 0.8), (1000, 0.35), (100_000, 0.001))),
]


def named(case):
    return f"{case[2].dist.name}{case[1]}"


@pytest.mark.parametrize("case", CONTINUOUS, ids=named)
def test_continuous_draws_follow_their_law(case):
    kind, (first, second), law = case
    x = many(kind, float(first), float(second), SIZE)
    assert stats.kstest(x, law.cdf).pvalue > 1e-4
    assert abs(np.corrcoef(x[:-1], x[1:])[0, 1]) < 4 / np.sqrt(SIZE)


@pytest.mark.parametrize("case", COUNTS, ids=named)
def test_counts_follow_their_law(case):
    kind, (first, second), law = case
    x = many(kind, float(first), float(second), SIZE)
    assert (x == np.floor(x)).all()
    # cells that hold at least 20 expected draws each
    edges = np.unique(law.ppf(np.linspace(0, 1, 200)[1:-1]))
    chance = np.diff(np.concatenate(([0.0], law.cdf(edges), [1.0])))
    found = np.bincount(np.searchsorted(edges, x, side="left"), minlength=len(chance))
    assert found[chance * SIZE < 1e-3].sum() == 0
    sure = chance * SIZE >= 20
    if sure.sum() > 1:
        expected = chance[sure] / chance[sure].sum() * found[sure].sum()
        assert stats.chisquare(found[sure], expected).pvalue > 1e-4
    if law.std() > 0:
        assert abs(x.mean() - law.mean()) < 4 * law.std() / np.sqrt(SIZE)
