"""Random numbers that depend only on (seed, design, scenario, trial, draw), never on who draws them or when.

Philox4x32-10 turns a 128-bit counter and a 64-bit key into 128 random bits (Salmon, Moraes, Dror & Shaw 2011,
"Parallel random numbers: as easy as 1, 2, 3", SC '11, section 4 and table 2). Here the key is the seed and the counter's
four words are (block of draws, trial, scenario, design): distinct trials can never share a number, and any split of
the trials over threads, processes or machines gives the same bits. (`exponential` and `normal` also call the
machine's `log`; another mathematics library may round its last bit differently.)

A stream is an array of `STREAM_WORDS` unsigned 64-bit words, made once per thread and re-opened for each trial.
"""

from __future__ import annotations

from math import log, sqrt

import numba
import numpy as np

STREAM_WORDS = 7
_BLOCK, _TRIAL, _SCENARIO, _DESIGN, _SEED, _SPARE, _HAS_SPARE = range(STREAM_WORDS)

_MULTIPLIER_0, _MULTIPLIER_1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_WEYL_0, _WEYL_1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_WORD, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
_ZERO, _ONE, _TWELVE = np.uint64(0), np.uint64(1), np.uint64(12)


@numba.njit(cache=True, nogil=True, inline="always")
def philox(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, seed: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Four random 32-bit words (held in uint64) for a counter of four 32-bit words and a 64-bit seed.

    The key's first word is the seed's low half. Salmon et al. 2011, table 2: Philox4x32-10.
    """
    k0, k1 = seed & _WORD, seed >> _HALF
    for _ in range(10):
        p0, p1 = _MULTIPLIER_0 * c0, _MULTIPLIER_1 * c2
        c0, c1, c2, c3 = (p1 >> _HALF) ^ c1 ^ k0, p1 & _WORD, (p0 >> _HALF) ^ c3 ^ k1, p0 & _WORD
        k0, k1 = (k0 + _WEYL_0) & _WORD, (k1 + _WEYL_1) & _WORD
    return c0, c1, c2, c3


@numba.njit(cache=True, nogil=True)
def new_stream(seed: int, design: int, scenario: int) -> np.ndarray:
    """A stream to be opened at a trial; `seed` is uint64, `design` and `scenario` are below 2^32."""
    stream = np.zeros(STREAM_WORDS, np.uint64)
    stream[_SEED], stream[_DESIGN], stream[_SCENARIO] = seed, design, scenario
    return stream


@numba.njit(cache=True, nogil=True, inline="always")
def open_trial(stream: np.ndarray, trial: int) -> None:
    """Put the stream at the first draw of a trial (below 2^32)."""
    stream[_TRIAL], stream[_BLOCK], stream[_HAS_SPARE] = np.uint64(trial), _ZERO, _ZERO


@numba.njit(cache=True, nogil=True, inline="always")
def words(stream: np.ndarray) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """The next block: four 32-bit words (in uint64), for kernels that spend bits with care."""
    block = stream[_BLOCK]
    stream[_BLOCK] = block + _ONE
    return philox(block, stream[_TRIAL], stream[_SCENARIO], stream[_DESIGN], stream[_SEED])


@numba.njit(cache=True, nogil=True)
def fill_words(stream: np.ndarray, out: np.ndarray) -> None:
    """Fill `out` (uint32, a multiple of 4 long) with the next blocks: their first words, then their second, and so on.

    In this order the compiler works on several blocks at once.
    """
    blocks = len(out) // 4
    block, trial, scenario, design, seed = (
        stream[_BLOCK],
        stream[_TRIAL],
        stream[_SCENARIO],
        stream[_DESIGN],
        stream[_SEED],
    )
    first, second = out[:blocks], out[blocks : 2 * blocks]
    third, fourth = out[2 * blocks : 3 * blocks], out[3 * blocks :]
    for b in range(blocks):
        w0, w1, w2, w3 = philox(block + np.uint64(b), trial, scenario, design, seed)
        first[b], second[b], third[b], fourth[b] = w0, w1, w2, w3
    stream[_BLOCK] = block + np.uint64(blocks)


@numba.njit(cache=True, nogil=True)
def uniform(stream: np.ndarray) -> float:
    """One uniform draw, strictly between 0 and 1: (k + 1/2) / 2^52, k from 52 bits."""
    if stream[_HAS_SPARE] == _ONE:
        stream[_HAS_SPARE] = _ZERO
        bits = stream[_SPARE]
    else:
        w0, w1, w2, w3 = words(stream)
        bits = (w1 << _HALF) | w0
        stream[_SPARE], stream[_HAS_SPARE] = (w3 << _HALF) | w2, _ONE
    return (np.float64(bits >> _TWELVE) + 0.5) * 2.0**-52


@numba.njit(cache=True, nogil=True, inline="always")
def uniform32(word: np.uint64) -> float:
    """A uniform strictly between 0 and 1 from one 32-bit word (in uint64): (word + 1/2) / 2^32."""
    return (np.float64(word) + 0.5) * 2.0**-32


@numba.njit(cache=True, nogil=True)
def exponential(stream: np.ndarray) -> float:
    """One draw from the exponential distribution with mean 1, by inversion."""
    return -log(uniform(stream))


@numba.njit(cache=True, nogil=True)
def normal(stream: np.ndarray) -> float:
    """One standard normal draw, by inversion (exactly one uniform each)."""
    return normal_quantile(uniform(stream))


@numba.njit(cache=True, nogil=True)
def chi_square(stream: np.ndarray, degrees: float) -> float:
    """One chi-square draw; 0 for 0 degrees of freedom. Uses a random number of draws.

    Marsaglia & Tsang 2000, "A simple method for generating gamma variables", ACM TOMS 26:363-372; for one degree of
    freedom the square of a normal.
    """
    if degrees <= 0:
        return 0.0
    if degrees == 1:
        return normal(stream) ** 2
    d = degrees / 2.0 - 1.0 / 3.0
    c = 1.0 / sqrt(9.0 * d)
    while True:
        x = normal(stream)
        v = 1.0 + c * x
        if v > 0.0:
            v = v * v * v
            if log(uniform(stream)) < 0.5 * x * x + d * (1.0 - v + log(v)):
                return 2.0 * d * v


@numba.njit(cache=True, nogil=True)
def normal_quantile(p: float) -> float:
    """The standard normal quantile of 0 < p < 1; relative accuracy about 1e-15.

    Wichura 1988, "Algorithm AS 241: the percentage points of the normal distribution" (PPND16), Applied Statistics
    37:477-484.
    """
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * _ratio(r, _CENTRE_TOP, _CENTRE_BOTTOM)
    r = sqrt(-log(p if q < 0.0 else 1.0 - p))
    z = _ratio(r - 1.6, _MIDDLE_TOP, _MIDDLE_BOTTOM) if r <= 5.0 else _ratio(r - 5.0, _TAIL_TOP, _TAIL_BOTTOM)
    return -z if q < 0.0 else z


# fmt: off
_CENTRE_TOP = (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
               1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0)
_CENTRE_BOTTOM = (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
                  5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0)
_MIDDLE_TOP = (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
               1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0,
               4.63033784615654529590e0, 1.42343711074968357734e0)
_MIDDLE_BOTTOM = (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
                  1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0,
                  2.05319162663775882187e0, 1.0)
_TAIL_TOP = (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
             2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0,
             5.46378491116411436990e0, 6.65790464350110377720e0)
_TAIL_BOTTOM = (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
                7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
                5.99832206555887937690e-1, 1.0)
# fmt: on


@numba.njit(cache=True, nogil=True, inline="always")
def _ratio(r: float, top: tuple[float, ...], bottom: tuple[float, ...]) -> float:
    above, below = top[0], bottom[0]
    for i in range(1, 8):
        above, below = above * r + top[i], below * r + bottom[i]
    return above / below
