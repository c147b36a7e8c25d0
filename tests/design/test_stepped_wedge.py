"""Stepped-wedge numerics against published formulas, R's swCRTdesign and SteppedPower, and slow exact versions."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from equipoise.design.cluster import cluster_power
from equipoise.design.stepped_wedge import (
    crossover_cluster_layout,
    parallel_layout,
    parallel_with_baseline_layout,
    stepped_wedge_clusters,
    stepped_wedge_effect,
    stepped_wedge_layout,
    stepped_wedge_power,
    stepped_wedge_variance,
)
from equipoise.errors import InputError, NoSolutionError

icc_values = st.floats(0, 0.5)
unit = st.floats(0, 0.95)


def people_variance(layout, sizes, icc, cac, iac, decay):
    """GLS variance from the covariance matrix of every single observation; one cluster a row of `layout`."""
    rows = []
    for cluster, treated in enumerate(layout):
        for period, value in enumerate(treated):
            if not np.isnan(value):
                rows += [(cluster, period, person, value) for person in range(int(sizes[cluster]))]
    V = np.zeros((len(rows), len(rows)))
    for (i, a), (j, b) in itertools.product(enumerate(rows), repeat=2):
        if a[0] != b[0]:
            continue
        gap = abs(a[1] - b[1])
        V[i, j] = icc * ((cac**gap if decay else cac) if gap else 1.0)
        if a[2] == b[2]:
            V[i, j] += (1 - icc) * (iac if gap else 1.0)
    X = np.zeros((len(rows), len(layout[0]) + 1))
    for i, (_, period, _, value) in enumerate(rows):
        X[i, period], X[i, -1] = 1, value
    X = X[:, X.any(axis=0)]
    return np.linalg.inv(X.T @ np.linalg.inv(V) @ X)[-1, -1]


def hussey_hughes(layout, clusters, size, icc):
    """Hussey & Hughes (2007), equation 8, for every cluster in its own row."""
    X = np.repeat(layout, clusters, axis=0)
    clusters_all, periods = X.shape
    e, t = (1 - icc) / size, icc
    U, W, V = X.sum(), (X.sum(axis=0) ** 2).sum(), (X.sum(axis=1) ** 2).sum()
    top = clusters_all * e * (e + periods * t)
    below = (clusters_all * U - W) * e
    below += (U**2 + clusters_all * periods * U - periods * W - clusters_all * V) * t
    return top / below


@pytest.mark.parametrize("decay", [False, True])
@pytest.mark.parametrize(
    ("layout", "icc", "cac", "iac"),
    [
        (stepped_wedge_layout(3), 0.1, 1.0, 0.0),
        (stepped_wedge_layout(3), 0.1, 0.7, 0.0),
        (stepped_wedge_layout(3, transition_periods=1), 0.2, 0.6, 0.4),
        (crossover_cluster_layout(periods=3), 0.05, 0.8, 0.5),
        (parallel_with_baseline_layout(), 0.3, 0.9, 0.2),
        ([[0, 0.5, 1], [np.nan, 0, 1]], 0.3, 0.9, 0.0),
        ([[0, np.nan, 1], [0, np.nan, 0]], 0.3, 0.9, 0.0),
    ],
)
def test_variance_is_that_of_the_whole_covariance_matrix(layout, icc, cac, iac, decay):
    layout = np.asarray(layout, float)
    slow = people_variance(layout, [4] * len(layout), icc, cac, iac, decay)
    fast = stepped_wedge_variance(layout=layout, size=4, icc=icc, cac=cac, iac=iac, decay=decay)
    assert fast == pytest.approx(slow, rel=1e-10)
    twice = stepped_wedge_variance(
        layout=layout, clusters_per_sequence=2, sd=3.0, size=4, icc=icc, cac=cac, iac=iac, decay=decay
    )
    assert twice == pytest.approx(slow * 9 / 2, rel=1e-10)


@given(st.integers(2, 6), st.integers(1, 5), st.integers(1, 200), icc_values)
def test_exchangeable_agrees_with_hussey_and_hughes(sequences, clusters, size, icc):
    layout = stepped_wedge_layout(sequences)
    variance = stepped_wedge_variance(layout=layout, clusters_per_sequence=clusters, size=size, icc=icc)
    assert variance == pytest.approx(hussey_hughes(layout, clusters, size, icc), rel=1e-8)


@given(st.integers(2, 6), st.integers(1, 3), st.integers(1, 3), st.integers(1, 100), icc_values)
def test_exchangeable_agrees_with_woertman_design_effect(k, b, t, n, icc):
    """Woertman et al. (2013), J Clin Epidemiol 66:752: k steps, b baseline periods, t periods a step."""
    layout = stepped_wedge_layout(k, baseline_periods=b, step_periods=t)
    effect = (1 + icc * (k * t * n + b * n - 1)) / (1 + icc * (k * t * n / 2 + b * n - 1))
    effect *= 3 * (1 - icc) / (2 * t * (k - 1 / k))
    variance = stepped_wedge_variance(layout=layout, size=n, icc=icc)
    assert variance == pytest.approx(4 * effect / (k * n), rel=1e-8)


@given(st.integers(2, 6), st.integers(1, 100), icc_values, unit, unit)
def test_nested_exchangeable_cohort_agrees_with_hooper(sequences, m, icc, cac, iac):
    """Hooper et al. (2016), Stat Med 35:4718, design effects for clustering and for repeated assessment."""
    clustering = 1 + (m - 1) * icc
    r = (m * icc * cac + (1 - icc) * iac) / clustering
    repeated = 3 * sequences * (1 - r) * (1 + sequences * r) / ((sequences**2 - 1) * (2 + sequences * r))
    layout = stepped_wedge_layout(sequences)
    variance = stepped_wedge_variance(layout=layout, size=m, icc=icc, cac=cac, iac=iac)
    assert variance == pytest.approx(4 * clustering * repeated / (sequences * m), rel=1e-8)


def test_power_is_that_of_the_swcrtdesign_readme():
    """24 clusters, 5 periods, 120 people, prevalence 0.05 to 0.035, between-cluster SD 0.01; there sigma is residual."""
    residual = 0.0425 * 0.9575
    total = residual + 0.01**2
    power = stepped_wedge_power(
        sequences=4,
        clusters_per_sequence=6,
        size=120,
        icc=0.01**2 / total,
        difference=-0.015,
        sd=np.sqrt(total),
        test="z",
    )
    assert power == pytest.approx(0.7861896, abs=5e-8)


@pytest.mark.parametrize(
    ("plan", "expected"),
    [  # swCRTdesign 4.0, swPwr(distn="gaussian", sigma=1), run on R 4.2.2; sigma is the residual SD
        ({"clusters_per_sequence": 3, "size": 20, "icc": 0.05, "difference": 0.25}, 0.7036026451),
        ({"clusters_per_sequence": 3, "size": 20, "icc": 0.05, "cac": 0.8, "difference": 0.3}, 0.7917934135),
        (
            {"clusters_per_sequence": 3, "size": 20, "icc": 0.05, "cac": 0.8, "iac": 0.4, "difference": 0.3},
            0.7194544416,
        ),
        (
            {
                "layout": stepped_wedge_layout(3),
                "clusters_per_sequence": 1,
                "sequence_weights": [2, 1, 3],
                "size": 15,
                "icc": 0.1,
                "cac": 0.7,
                "difference": 0.4,
            },
            0.4178166569,
        ),
    ],
)
def test_power_is_that_of_swcrtdesign(plan, expected):
    plan = {"sequences": None if "layout" in plan else 4, "test": "z", **plan}
    sd = 1 / np.sqrt((1 - plan["icc"]) * (1 - plan.get("iac", 0)))
    assert stepped_wedge_power(sd=sd, **plan) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("plan", "expected"),
    [  # SteppedPower 0.3.5, glsPower(), run on R 4.2.2
        ({"sequences": 4, "size": 20, "icc": 0.05, "cac": 0.8, "decay": True, "difference": 0.3}, 0.7831615627),
        ({"sequences": 3, "size": 15, "icc": 0.1, "cac": 0.7, "decay": True}, 0.4356412628),
        ({"layout": stepped_wedge_layout(3, transition_periods=1), "size": 15, "icc": 0.1}, 0.3769713205),
        ({"layout": parallel_layout(periods=3), "size": 15, "icc": 0.1}, 0.6068681353),
    ],
)
def test_power_is_that_of_steppedpower(plan, expected):
    weights = {0.4356412628: [2, 1, 3], 0.6068681353: [8, 7]}.get(expected)
    plan = {"difference": 0.4, "clusters_per_sequence": 1 if weights else 3, "sequence_weights": weights, **plan}
    assert stepped_wedge_power(sd=1.0, test="z", **plan) == pytest.approx(expected, abs=1e-9)


def test_simulated_mixed_model_has_this_power():
    """People simulated from random effects, each trial analysed by GLS with the true covariance."""
    rng = np.random.default_rng(20261)
    layout, per, m, icc, cac, trials = stepped_wedge_layout(3), 3, 8, 0.1, 0.7, 20_000
    X = np.repeat(layout, per, axis=0)
    clusters, periods = X.shape
    y = 0.35 * X + np.sqrt(icc * cac) * rng.standard_normal((trials, clusters, 1))
    y = y + np.sqrt(icc * (1 - cac)) * rng.standard_normal((trials, clusters, periods))
    y = y + np.sqrt(1 - icc) * rng.standard_normal((trials, clusters, periods, m)).mean(axis=-1)
    V = icc * np.where(np.eye(periods) == 1, 1, cac) + (1 - icc) / m * np.eye(periods)
    Z = np.stack([np.column_stack([np.eye(periods), row]) for row in X])
    W = np.linalg.inv(V)
    M = np.linalg.inv(np.einsum("cji,jk,ckl->il", Z, W, Z))
    estimate = np.einsum("i,cji,jk,tck->t", M[-1], Z, W, y)
    variance = stepped_wedge_variance(layout=layout, clusters_per_sequence=per, size=m, icc=icc, cac=cac)
    assert np.var(estimate) == pytest.approx(variance, rel=4 * np.sqrt(2 / trials))
    rejected = np.mean(np.abs(estimate) > stats.norm.isf(0.025) * np.sqrt(M[-1, -1]))
    power = stepped_wedge_power(
        sequences=3, clusters_per_sequence=per, size=m, icc=icc, cac=cac, difference=0.35, sd=1, test="z"
    )
    assert rejected == pytest.approx(power, abs=4 * np.sqrt(power * (1 - power) / trials))


def test_unequal_sizes_average_the_information_over_a_gamma_distribution():
    layout = stepped_wedge_layout(3)
    rng = np.random.default_rng(7)
    m, cv, icc, cac = 20.0, 0.6, 0.05, 0.8
    sizes = np.sort(rng.gamma(1 / cv**2, m * cv**2, 40_000))
    apart = np.eye(4) == 1
    V = icc * np.where(apart, 1, cac) + (1 - icc) / sizes[:, None, None] * np.eye(4)
    W = np.linalg.inv(V).mean(axis=0)
    Z = np.stack([np.column_stack([np.eye(4), row]) for row in layout])
    slow = np.linalg.inv(np.einsum("cji,jk,ckl->il", Z, W, Z))[-1, -1]
    fast = stepped_wedge_variance(layout=layout, size=m, icc=icc, cac=cac, size_cv=cv)
    assert fast == pytest.approx(slow, rel=5e-3)
    equal = stepped_wedge_variance(layout=layout, size=m, icc=icc, cac=cac)
    assert fast > equal
    mixed = stepped_wedge_variance(layout=layout, size=m, icc=icc, cac=cac, size_cv=[0.0, 0.6])
    np.testing.assert_allclose(mixed, [equal, fast], rtol=1e-12)


@given(st.integers(2, 30), st.integers(1, 100), icc_values, st.floats(0.05, 1.0))
def test_parallel_layout_is_the_parallel_trial(clusters, size, icc, difference):
    wedge = stepped_wedge_power(
        layout=parallel_layout(),
        clusters_per_sequence=clusters,
        size=size,
        icc=icc,
        difference=difference,
        sd=1.0,
    )
    assert wedge == pytest.approx(
        cluster_power(clusters, clusters, size=size, icc=icc, difference=difference, sd=1.0), abs=1e-9
    )


@given(st.integers(1, 100), icc_values, unit, unit)
def test_baseline_layout_leaves_one_minus_r_squared(size, icc, cac, iac):
    plain = stepped_wedge_variance(layout=parallel_layout(), size=size, icc=icc)
    with_baseline = stepped_wedge_variance(layout=parallel_with_baseline_layout(), size=size, icc=icc, cac=cac, iac=iac)
    r = (size * icc * cac + (1 - icc) * iac) / (1 + (size - 1) * icc)
    assert with_baseline == pytest.approx(plain * (1 - r**2), rel=1e-8)


@given(st.integers(2, 6), icc_values, unit, st.booleans())
def test_variance_is_symmetric_under_reversal_of_time_and_treatment(sequences, icc, cac, decay):
    layout = stepped_wedge_layout(sequences)
    mirrored = 1 - layout[::-1, ::-1]
    flipped = 1 - layout[:, ::-1]
    plan = {"size": 10, "icc": icc, "cac": cac, "decay": decay}
    one = stepped_wedge_variance(layout=layout, **plan)
    assert stepped_wedge_variance(layout=mirrored, **plan) == pytest.approx(one, rel=1e-9)
    assert stepped_wedge_variance(layout=flipped, **plan) == pytest.approx(one, rel=1e-9)
    assert stepped_wedge_variance(layout=layout[::-1], **plan) == pytest.approx(one, rel=1e-9)


@given(st.integers(2, 5), st.integers(2, 20), icc_values, unit, st.booleans())
def test_power_rises_with_clusters(sequences, clusters, icc, cac, decay):
    plan = {"sequences": sequences, "size": 10, "icc": icc, "cac": cac, "decay": decay, "difference": 0.2}
    power = stepped_wedge_power(clusters_per_sequence=[clusters, clusters + 1], sd=1.0, **plan)
    assert power[0] <= power[1]


def test_plans_broadcast_as_they_compute_one_by_one():
    sizes, iccs = np.array([[5.0], [20.0]]), np.array([0.01, 0.05, 0.2])
    clusters = np.array([2, 3, 4])
    together = stepped_wedge_power(
        sequences=3, clusters_per_sequence=clusters, size=sizes, icc=iccs, cac=0.8, control=0.3, treatment=0.2
    )
    assert together.shape == (2, 3)
    for i, j in itertools.product(range(2), range(3)):
        alone = stepped_wedge_power(
            sequences=3,
            clusters_per_sequence=clusters[j],
            size=sizes[i, 0],
            icc=iccs[j],
            cac=0.8,
            control=0.3,
            treatment=0.2,
        )
        assert together[i, j] == pytest.approx(alone, rel=1e-12)


@pytest.mark.parametrize("better", ["higher", "lower"])
@pytest.mark.parametrize("objective", ["superiority", "non-inferiority"])
def test_the_detectable_effect_is_the_closed_form_and_has_the_power(objective, better):
    plan = {"size": 15, "icc": 0.05, "cac": 0.8, "objective": objective, "better": better}
    plan |= {"margin": 0.25} if objective == "non-inferiority" else {}
    sign, clusters = 1 if better == "higher" else -1, np.array([2, 3])
    error = np.sqrt(stepped_wedge_variance(layout=stepped_wedge_layout(4), clusters_per_sequence=clusters, size=15,
                                           icc=0.05, cac=0.8, sd=2.0))  # fmt: skip
    z = 1.959963984540054 + 1.2815515655446004
    found = stepped_wedge_effect(sequences=4, clusters_per_sequence=clusters, power=0.9, sd=2.0, test="z", **plan)
    np.testing.assert_allclose(found, sign * (z * error - plan.get("margin", 0.0)), rtol=1e-8)
    risks = stepped_wedge_effect(sequences=4, clusters_per_sequence=20, power=0.8, control=0.4, **plan)
    power = stepped_wedge_power(sequences=4, clusters_per_sequence=20, control=0.4, treatment=0.4 + risks, **plan)
    assert power == pytest.approx(0.8, abs=1e-8)


@pytest.mark.parametrize("objective", ["superiority", "non-inferiority", "equivalence"])
def test_clusters_give_the_power(objective):
    plan = {"sequences": 4, "size": 15, "icc": 0.05, "cac": 0.8, "sd": 1.0, "objective": objective}
    if objective == "superiority":
        plan |= {"difference": [0.2, 0.4]}
    else:
        plan |= {"difference": [0.0, 0.05], "margin": 0.25, "better": "higher"}
    count = stepped_wedge_clusters(power=0.9, **plan)
    reached = stepped_wedge_power(clusters_per_sequence=count.unrounded, **plan)
    np.testing.assert_allclose(reached, 0.9, atol=1e-7)
    assert np.all(stepped_wedge_power(clusters_per_sequence=count.per_sequence, **plan) >= 0.9 - 1e-9)
    assert np.all(count.total == 4 * count.per_sequence)


def test_layouts_are_the_standard_ones():
    np.testing.assert_array_equal(stepped_wedge_layout(3), [[0, 1, 1, 1], [0, 0, 1, 1], [0, 0, 0, 1]])
    np.testing.assert_array_equal(
        stepped_wedge_layout(2, step_periods=2, transition_periods=1),
        [[0, np.nan, 1, 1, 1], [0, 0, 0, np.nan, 1]],
    )
    np.testing.assert_array_equal(parallel_layout(periods=2), [[0, 0], [1, 1]])
    np.testing.assert_array_equal(parallel_with_baseline_layout(), [[0, 0], [0, 1]])
    np.testing.assert_array_equal(crossover_cluster_layout(), [[0, 1], [1, 0]])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sequences": 1}, "sequences"),
        ({"sequences": None}, "sequences"),
        ({"icc": 1.0}, "icc"),
        ({"icc": -0.1}, "icc"),
        ({"cac": 1.5}, "cac"),
        ({"iac": 1.0}, "iac"),
        ({"size": 0}, "size"),
        ({"sd": 0}, "sd"),
        ({"difference": None}, "difference"),
        ({"clusters_per_sequence": 0}, "clusters_per_sequence"),
        ({"sequence_weights": [1, 2]}, "sequence_weights"),
        ({"sequences": None, "layout": [[0, 1], [0, 1]]}, "layout"),
        ({"sequences": None, "layout": [0, 1]}, "layout"),
        ({"sequences": None, "layout": [[0, "x"], [0, 1]]}, "layout"),
        ({"sequences": "3"}, "sequences"),
        ({"sequences": None, "layout": [[0, 1], [0, 2]]}, "layout"),
        ({"control": 0.3, "treatment": 0.2}, "difference"),
        ({"test": "F"}, "test"),
        ({"sided": 3}, "sided"),
        ({"alpha": 0}, "alpha"),
        ({"siz": 10}, "siz"),
        ({"icc": [0.01, 0.02], "difference": [0.1, 0.2, 0.3]}, "difference"),
    ],
)
def test_bad_input_is_refused_by_name(change, field):
    plan = {"sequences": 3, "clusters_per_sequence": 2, "size": 10, "icc": 0.05, "difference": 0.3, "sd": 1}
    with pytest.raises(InputError) as refused:
        stepped_wedge_power(**(plan | change))
    assert refused.value.field == field


def test_no_effect_has_no_number_of_clusters():
    with pytest.raises(NoSolutionError):
        stepped_wedge_clusters(sequences=3, size=10, icc=0.05, difference=0.0, sd=1)
