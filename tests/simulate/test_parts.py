"""Trials in parts: the whole is that of `simulate`, ranges add up, and errors of differences are right."""

import numpy as np
import pytest

from equipoise.simulate import PARTS, Boundaries, MeanTrial, live_through, lived_from_lists, simulate


def trial(per_arm=60, difference=0.5):
    return MeanTrial(
        boundaries=Boundaries(efficacy=(2.8, 1.98), futility=(0.0, 1.98)),
        patients_treatment=(per_arm // 2, per_arm), patients_control=(per_arm // 2, per_arm),
        difference=difference, sd=1.0,
    )  # fmt: skip


@pytest.mark.parametrize("trials", [1, 31, 1000, 20_001])
def test_the_whole_is_that_of_simulate(trials):
    lived = live_through(trial(), trials=trials, seed=5, scenario=2, first_trial=17)
    assert lived.whole == simulate(trial(), trials=trials, seed=5, scenario=2, first_trial=17)
    assert lived.endings.sum(axis=0).tolist() == [list(row) for row in lived.whole.endings]
    sizes = lived.endings.sum(axis=(1, 2))
    assert sizes.max() - sizes.min() <= 1


def test_ranges_add_up_part_by_part_and_survive_a_file():
    first, then = (live_through(trial(), trials=640, seed=5, first_trial=begin) for begin in (0, 640))
    both = first + then
    assert both.whole == simulate(trial(), trials=1280, seed=5)
    assert (both.endings == first.endings + then.endings).all()
    again = lived_from_lists(both.whole, both.endings.tolist(), both.totals.tolist())
    assert (again.endings == both.endings).all()
    with pytest.raises(ValueError, match="other trials"):
        lived_from_lists(first.whole, both.endings.tolist(), both.totals.tolist())


def test_the_error_of_a_difference_is_what_differences_vary_by():
    """Standard errors from the parts, against the spread of the difference over 300 searches with seeds of their own."""
    found, errors = [], []
    for seed in range(300):
        parts = []
        for each in (trial(60), trial(64)):
            lived = live_through(each, trials=960, seed=seed)
            parts.append(lived.endings[..., 2].sum(axis=1) / (960 // PARTS))
        difference = parts[1] - parts[0]
        found.append(difference.mean())
        errors.append(difference.std(ddof=1) / np.sqrt(PARTS))
    rms = np.sqrt(np.mean(np.square(errors)))
    assert np.std(found) == pytest.approx(rms, rel=0.15)  # 4 per cent is the standard error of a spread of 300
    independent = np.sqrt(2 * 0.8 * 0.2 / 960)
    assert rms < independent / 2  # the same random numbers tell designs apart
