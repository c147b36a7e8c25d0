"""Virtual trials, for what no formula covers: compiled kernels on reproducible streams."""

from equipoise.simulate.adaptive import (
    AdaptiveMeanTrial,
    AdaptiveProportionTrial,
    AdaptiveSurvivalTrial,
    AdaptiveTrial,
)
from equipoise.simulate.arrivals import RateRecruitment
from equipoise.simulate.calibration import CalibratedSuccess, calibrated_success
from equipoise.simulate.clusters import ClusterCountTrial, ClusterMeanTrial, ClusterProportionTrial
from equipoise.simulate.counts import CountTrial
from equipoise.simulate.engine import SimulationCancelled, simulate
from equipoise.simulate.enrichment import DifferenceRule, EnrichmentMeanTrial, EnrichmentProportionTrial, PowerRule
from equipoise.simulate.estimand import BinaryEstimandTrial, LongitudinalTrial
from equipoise.simulate.multi_arm import (
    MultiArmMeanTrial,
    MultiArmProportionTrial,
    MultiArmSurvivalTrial,
    MultiArmTrial,
)
from equipoise.simulate.multi_arm_bounds import dunnett_distribution, multi_arm_boundaries, multi_arm_rejection
from equipoise.simulate.null import NullPoint, NullSearch, worst_type_one_error
from equipoise.simulate.parts import PARTS, Lived, live_through, lived_from_lists
from equipoise.simulate.predictive import PredictiveSingleArmTrial, PredictiveTwoArmTrial, predictive_endings
from equipoise.simulate.recruitment import RecruitmentTrial, SiteRecruitment
from equipoise.simulate.reestimation import (
    Arms,
    BlindedCountTrial,
    BlindedMeanTrial,
    BlindedProportionTrial,
    PromisingZoneMeanTrial,
    PromisingZoneProportionTrial,
)
from equipoise.simulate.seamless import (
    SeamlessMeanTrial,
    SeamlessProportionTrial,
    SeamlessTrial,
    fisher_boundaries,
)
from equipoise.simulate.stepped_wedge import SteppedWedgeMeanTrial, SteppedWedgeProportionTrial
from equipoise.simulate.story import Story, StoryArm, StoryLook, story
from equipoise.simulate.survival import (
    FlemingHarrington,
    LogRank,
    MaxCombo,
    Milestone,
    RestrictedMean,
    SurvivalTest,
    SurvivalTrial,
)
from equipoise.simulate.survival_max_combo_bounds import max_combo_boundaries
from equipoise.simulate.tally import Estimate, SimulatedTrials
from equipoise.simulate.trial import Boundaries, VirtualTrial
from equipoise.simulate.two_arm import MeanTrial, ProportionTrial, TwoArmTrial

__all__ = [
    "PARTS",
    "AdaptiveMeanTrial",
    "AdaptiveProportionTrial",
    "AdaptiveSurvivalTrial",
    "AdaptiveTrial",
    "Arms",
    "BinaryEstimandTrial",
    "BlindedCountTrial",
    "BlindedMeanTrial",
    "BlindedProportionTrial",
    "Boundaries",
    "CalibratedSuccess",
    "ClusterCountTrial",
    "ClusterMeanTrial",
    "ClusterProportionTrial",
    "CountTrial",
    "DifferenceRule",
    "EnrichmentMeanTrial",
    "EnrichmentProportionTrial",
    "Estimate",
    "FlemingHarrington",
    "Lived",
    "LogRank",
    "LongitudinalTrial",
    "MaxCombo",
    "MeanTrial",
    "Milestone",
    "MultiArmMeanTrial",
    "MultiArmProportionTrial",
    "MultiArmSurvivalTrial",
    "MultiArmTrial",
    "NullPoint",
    "NullSearch",
    "PowerRule",
    "PredictiveSingleArmTrial",
    "PredictiveTwoArmTrial",
    "PromisingZoneMeanTrial",
    "PromisingZoneProportionTrial",
    "ProportionTrial",
    "RateRecruitment",
    "RecruitmentTrial",
    "RestrictedMean",
    "SeamlessMeanTrial",
    "SeamlessProportionTrial",
    "SeamlessTrial",
    "SimulatedTrials",
    "SimulationCancelled",
    "SiteRecruitment",
    "SteppedWedgeMeanTrial",
    "SteppedWedgeProportionTrial",
    "Story",
    "StoryArm",
    "StoryLook",
    "SurvivalTest",
    "SurvivalTrial",
    "TwoArmTrial",
    "VirtualTrial",
    "calibrated_success",
    "dunnett_distribution",
    "fisher_boundaries",
    "live_through",
    "lived_from_lists",
    "max_combo_boundaries",
    "multi_arm_boundaries",
    "multi_arm_rejection",
    "predictive_endings",
    "simulate",
    "story",
    "worst_type_one_error",
]
