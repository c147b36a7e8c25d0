"""Virtual trials, for what no formula covers: compiled kernels on reproducible streams."""

from equipoise.simulate.engine import SimulationCancelled, simulate
from equipoise.simulate.tally import Estimate, SimulatedTrials
from equipoise.simulate.trial import Boundaries, VirtualTrial
from equipoise.simulate.two_arm import MeanTrial, ProportionTrial, SurvivalTrial, TwoArmTrial

__all__ = [
    "Boundaries",
    "Estimate",
    "MeanTrial",
    "ProportionTrial",
    "SimulatedTrials",
    "SimulationCancelled",
    "SurvivalTrial",
    "TwoArmTrial",
    "VirtualTrial",
    "simulate",
]
