"""The whole search: what it answers holds, whatever the number of threads."""

import json

import numpy as np
import pytest

from equipoise.errors import InputError, NoSolutionError
from equipoise.search import (
    OwnDesign,
    Question,
    SearchCancelled,
    SearchResult,
    evaluate_design,
    power_curve,
    run_search,
)
from tests.search.questions import clustered, data, every_kind, question


def own(candidate):
    facts = {name: value for name, value in candidate.design.items() if name in OwnDesign.model_fields}
    return OwnDesign.read({**facts, "family": candidate.family})


@pytest.mark.parametrize("asked", every_kind(), ids=lambda asked: f"{asked.endpoint.kind}-{asked.consider.families[0]}")
class TestEveryKind:
    def test_recommends_a_design_with_the_target_power(self, asked):
        result = run_search(asked)
        best = result.candidate(result.recommended)
        assert best is not None
        assert best.rank == 1
        assert best.on_front
        for candidate in result.candidates:
            assert candidate.on_front or set(candidate.roles) <= {"plain-fixed"}
        assert best.scenarios[asked.primary].power >= asked.endpoint.power - 1e-6
        assert result.why
        assert best.score == max(candidate.score for candidate in result.candidates if candidate.feasible)

    def test_is_the_same_on_one_thread_and_on_several(self, asked):
        one, several = (run_search(asked, workers=workers).model_dump(exclude={"seconds"}) for workers in (1, 3))
        assert one == several

    def test_is_read_back_from_its_json(self, asked):
        result = run_search(asked, keep=10)
        assert SearchResult.read(json.loads(result.model_dump_json(by_alias=True))) == result

    def test_a_candidate_evaluated_as_a_design_of_ones_own_has_the_same_figures(self, asked):
        for candidate in run_search(asked, keep=3).candidates:
            alone = evaluate_design(asked, own(candidate)).candidates[0]
            assert alone.design == candidate.design
            assert alone.model_dump()["scenarios"] == candidate.model_dump()["scenarios"]

    def test_chances_and_figures_are_coherent(self, asked):
        for candidate in run_search(asked, keep=20).candidates:
            for scenario in candidate.scenarios:
                assert 0 <= scenario.power <= 1 + 1e-9
                assert scenario.type_one_error <= asked.endpoint.one_sided_alpha + 1e-6
                assert scenario.expected_patients <= scenario.max_patients + 1e-6
                assert scenario.expected_months <= scenario.max_months + 1e-6
                assert sum(scenario.stop_efficacy) == pytest.approx(scenario.power)
                assert list(scenario.months) == sorted(scenario.months)
                assert scenario.max_patients <= candidate.design["patients"] + 1e-6

    def test_the_power_curve_passes_through_the_planned_effect(self, asked):
        candidate = run_search(asked, keep=1).candidates[0]
        curve = power_curve(asked, candidate.family, candidate.design, points=9)
        planned = candidate.scenarios[asked.primary].power
        rising = np.array(curve["power"])
        assert rising[0] < 0.06
        assert rising[5] == pytest.approx(planned, abs=1e-6)  # 8 steps to 1.6: the sixth point is the effect as planned
        assert (np.diff(rising) > -1e-9).all()


def test_a_design_of_ones_own_with_events_that_never_come_is_refused():
    asked = question("survival")
    fixed = {"family": "fixed", "patients": 100, "sites": 8}
    with pytest.raises(InputError, match=r"^design.events: 500 was given.*100"):
        evaluate_design(asked, OwnDesign.read({**fixed, "events": 500}))
    with pytest.raises(InputError, match=r"^design.events: 99 .*never reached"):
        evaluate_design(asked, OwnDesign.read({**fixed, "events": 99}))
    reached = evaluate_design(asked, OwnDesign.read({**fixed, "events": 60})).candidates[0]
    assert all(scenario.max_months < 1000 for scenario in reached.scenarios)


def test_scenarios_of_harm_have_little_power():
    for kind, harm in (
        ("mean", {"difference": -5.0}),
        ("proportion", {"treatment": 0.4}),
        ("survival", {"hazard_ratio": 1.3}),
        ("count", {"rate_ratio": 1.3}),
    ):
        base = data(kind)
        base["scenarios"][1] |= harm
        for candidate in run_search(Question.read(base), keep=3).candidates:
            assert candidate.scenarios[1].power < 0.001


def test_limits_are_kept():
    base = data("proportion", limits={"max_patients": 2200, "max_months": 60.0, "max_cost": 1e7})
    result = run_search(Question.read(base))
    kept = [candidate for candidate in result.candidates if candidate.feasible]
    assert 0 < result.feasible < result.evaluated
    assert all(candidate.design["patients"] <= 2200 for candidate in kept)
    assert all(candidate.scenarios[0].max_months <= 60 for candidate in kept)


def test_when_nothing_fits_it_says_which_limit_stands_in_the_way():
    result = run_search(question("proportion", limits={"max_patients": 100}))
    assert result.recommended is None
    assert "limits.max_patients" in result.why[0]
    assert result.with_role("plain-fixed") is not None


def test_an_effect_in_the_wrong_direction_is_explained():
    base = data("mean")
    base["endpoint"] = {**base["endpoint"], "better": "lower"}
    with pytest.raises(NoSolutionError, match="as planned"):
        run_search(Question.read(base))


def test_it_can_be_cancelled_and_tells_its_progress():
    seen = []
    run_search(question("mean"), on_progress=lambda done, total, stage: seen.append((done, total, stage)))
    assert {stage for *_, stage in seen} == {"boundaries", "designs", "front"}
    assert seen[-1] == (1, 1, "front")
    with pytest.raises(SearchCancelled):
        run_search(question("mean"), cancelled=lambda: True)


def test_keep_must_be_positive():
    with pytest.raises(InputError, match="keep"):
        run_search(question("mean"), keep=0)


def test_clusters_available_bound_the_candidates():
    free = clustered("cluster")
    numbers = [c.design["clusters_treatment"] + c.design["clusters_control"] for c in run_search(free).candidates]
    middle = (min(numbers) + max(numbers)) // 2
    assert free.clusters is not None
    bounded = free.model_copy(update={"clusters": free.clusters.model_copy(update={"available": middle})})
    for candidate in run_search(bounded).candidates:
        assert candidate.design["clusters_treatment"] + candidate.design["clusters_control"] <= middle
