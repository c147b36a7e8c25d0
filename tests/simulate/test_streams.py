"""The streams: the published vectors, the distributions, and independence of who draws."""

import numpy as np
import pytest
from numba import njit
from scipy import stats

from equipoise.simulate import streams

# Random123 1.14.0, tests/kat_vectors: counter, key, result.
PUBLISHED = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


@njit
def draws(kind, seed, design, scenario, trial, size):
    stream = streams.new_stream(np.uint64(seed), np.uint64(design), np.uint64(scenario))
    streams.open_trial(stream, trial)
    out = np.empty(size)
    for i in range(size):
        if kind == 0:
            out[i] = streams.uniform(stream)
        elif kind == 1:
            out[i] = streams.normal(stream)
        elif kind == 2:
            out[i] = streams.exponential(stream)
        else:
            out[i] = streams.chi_square(stream, kind - 2)
    return out


@njit
def philox(c0, c1, c2, c3, seed):
    return streams.philox(c0, c1, c2, c3, seed)


def hexes(text):
    return [int(word, 16) for word in text.split()]


@pytest.mark.parametrize(("counter", "key", "result"), PUBLISHED)
def test_philox_gives_the_published_words(counter, key, result):
    k0, k1 = hexes(key)
    assert list(philox(*map(np.uint64, hexes(counter)), np.uint64(k0 | k1 << 32))) == hexes(result)


def test_a_draw_depends_on_each_part_of_its_name():
    names = [(1, 2, 3, 4), (2, 2, 3, 4), (1, 3, 3, 4), (1, 2, 4, 4), (1, 2, 3, 5), (1 + 2**32, 2, 3, 4)]
    assert len({draws(0, *name, 2).tobytes() for name in names}) == len(names)
    assert draws(0, *names[0], 5).tobytes() == draws(0, *names[0], 9)[:5].tobytes()


def test_uniforms_come_from_the_named_block():
    w0, w1, w2, w3 = (int(w) for w in philox(*map(np.uint64, (0, 4, 3, 2)), np.uint64(1)))
    expected = [((hi << 32 | lo) // 2**12 + 0.5) / 2**52 for lo, hi in ((w0, w1), (w2, w3))]
    assert draws(0, 1, 2, 3, 4, 2).tolist() == expected


def test_normal_quantile_agrees_with_scipy():
    p = np.concatenate([np.linspace(1e-6, 1 - 1e-6, 4001), 10.0 ** -np.arange(1, 300), 1 - 2.0 ** -np.arange(2, 53)])
    own = np.array([streams.normal_quantile(x) for x in p])
    np.testing.assert_allclose(own, stats.norm.ppf(p), rtol=2e-14, atol=1e-15)


@pytest.mark.parametrize(
    ("kind", "law"),
    [(0, stats.uniform()), (1, stats.norm()), (2, stats.expon()), *((k + 2, stats.chi2(k)) for k in (1, 2, 5, 118))],
)
def test_draws_follow_their_law(kind, law):
    x = draws(kind, 20261124, 0, 0, 0, 200_000)
    assert stats.kstest(x, law.cdf).pvalue > 1e-4
    assert abs(np.corrcoef(x[:-1], x[1:])[0, 1]) < 4 / np.sqrt(len(x))


@njit
def in_bulk_and_one_by_one(seed, blocks):
    stream = streams.new_stream(np.uint64(seed), np.uint64(3), np.uint64(4))
    streams.open_trial(stream, 5)
    streams.words(stream)
    bulk = np.empty(4 * blocks, np.uint32)
    streams.fill_words(stream, bulk)
    after = streams.words(stream)[0]
    streams.open_trial(stream, 5)
    streams.words(stream)
    single = np.empty((4, blocks), np.uint32)
    for b in range(blocks):
        single[0, b], single[1, b], single[2, b], single[3, b] = streams.words(stream)
    return bulk, single.ravel(), after == streams.words(stream)[0]


@pytest.mark.parametrize("blocks", [0, 1, 7, 64])
def test_words_in_bulk_are_the_same_blocks(blocks):
    bulk, single, goes_on = in_bulk_and_one_by_one(2**50 + 1, blocks)
    assert (bulk == single).all()
    assert goes_on
