"""Virtual trials, for what no formula covers: compiled kernels on reproducible streams."""

from equipoise.simulate.arrivals import RateRecruitment
from equipoise.simulate.clusters import ClusterCountTrial, ClusterMeanTrial, ClusterProportionTrial
from equipoise.simulate.counts import CountTrial
from equipoise.simulate.engine import SimulationCancelled, simulate
from equipoise.simulate.multi_arm import (
    MultiArmMeanTrial,
    MultiArmProportionTrial,
    MultiArmSurvivalTrial,
    MultiArmTrial,
)
from equipoise.simulate.multi_arm_bounds import dunnett_distribution, multi_arm_boundaries, multi_arm_rejection
from equipoise.simulate.recruitment import RecruitmentTrial, SiteRecruitment
from equipoise.simulate.seamless import (
    SeamlessMeanTrial,
    SeamlessProportionTrial,
    SeamlessTrial,
    fisher_boundaries,
)
from equipoise.simulate.survival import (
    FlemingHarrington,
    LogRank,
    MaxCombo,
    Milestone,
    RestrictedMean,
    SurvivalTest,
    SurvivalTrial,
)
from equipoise.simulate.tally import Estimate, SimulatedTrials
from equipoise.simulate.trial import Boundaries, VirtualTrial
from equipoise.simulate.two_arm import MeanTrial, ProportionTrial, TwoArmTrial

__all__ = [
    "Boundaries",
    "ClusterCountTrial",
    "ClusterMeanTrial",
    "ClusterProportionTrial",
    "CountTrial",
    "Estimate",
    "FlemingHarrington",
    "LogRank",
    "MaxCombo",
    "MeanTrial",
    "Milestone",
    "MultiArmMeanTrial",
    "MultiArmProportionTrial",
    "MultiArmSurvivalTrial",
    "MultiArmTrial",
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
    "SurvivalTest",
    "SurvivalTrial",
    "TwoArmTrial",
    "VirtualTrial",
    "dunnett_distribution",
    "fisher_boundaries",
    "multi_arm_boundaries",
    "multi_arm_rejection",
    "simulate",
]
