"""What a design promises, exactly: endpoints, fixed and group-sequential tests, clusters."""

from equipoise.design.accrual import Accrual
from equipoise.design.batch import Designs, solve_many
from equipoise.design.cluster import cluster_count, cluster_effect, cluster_power, design_effect
from equipoise.design.count import count_effect, count_power, count_size
from equipoise.design.crossover import crossover_effect, crossover_power, crossover_size
from equipoise.design.group_sequential import (
    Boundaries,
    GroupSequential,
    crossing_along,
    crossing_probabilities,
    drifts_for,
    expected_time,
)
from equipoise.design.hazard import Hazard
from equipoise.design.interim import (
    Interim,
    conditional_power,
    conditional_rejection,
    median_unbiased_estimate,
    predictive_power,
    repeated_confidence_interval,
    repeated_p_value,
    spend_at_observed,
    stagewise_confidence_interval,
    stagewise_p_value,
)
from equipoise.design.mean import mean_effect, mean_power, mean_size
from equipoise.design.proportion import proportion_effect, proportion_power, proportion_size
from equipoise.design.size import Size
from equipoise.design.stages import two_arm_means
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
from equipoise.design.survival import (
    SurvivalSize,
    TwoArms,
    event_probability,
    expected_events,
    logrank_noncentrality,
    survival_size,
    time_of_events,
    trial_events,
)
from equipoise.design.survival_power import events_required, survival_effect, survival_power

__all__ = [
    "Accrual",
    "Boundaries",
    "Designs",
    "GroupSequential",
    "Hazard",
    "Interim",
    "Size",
    "SurvivalSize",
    "TwoArms",
    "cluster_count",
    "cluster_effect",
    "cluster_power",
    "conditional_power",
    "conditional_rejection",
    "count_effect",
    "count_power",
    "count_size",
    "crossing_along",
    "crossing_probabilities",
    "crossover_cluster_layout",
    "crossover_effect",
    "crossover_power",
    "crossover_size",
    "design_effect",
    "drifts_for",
    "event_probability",
    "events_required",
    "expected_events",
    "expected_time",
    "logrank_noncentrality",
    "mean_effect",
    "mean_power",
    "mean_size",
    "median_unbiased_estimate",
    "parallel_layout",
    "parallel_with_baseline_layout",
    "predictive_power",
    "proportion_effect",
    "proportion_power",
    "proportion_size",
    "repeated_confidence_interval",
    "repeated_p_value",
    "solve_many",
    "spend_at_observed",
    "stagewise_confidence_interval",
    "stagewise_p_value",
    "stepped_wedge_clusters",
    "stepped_wedge_effect",
    "stepped_wedge_layout",
    "stepped_wedge_power",
    "stepped_wedge_variance",
    "survival_effect",
    "survival_power",
    "survival_size",
    "time_of_events",
    "trial_events",
    "two_arm_means",
]
