"""Virtual trials, for what no formula covers: compiled kernels on reproducible streams."""

from equipoise.simulate.tally import Estimate, SimulatedTrials
from equipoise.simulate.two_arm import (
    Boundaries,
    MeanTrial,
    ProportionTrial,
    SurvivalTrial,
    TwoArmTrial,
    simulate_two_arm,
)

__all__ = [
    "Boundaries",
    "Estimate",
    "MeanTrial",
    "ProportionTrial",
    "SimulatedTrials",
    "SurvivalTrial",
    "TwoArmTrial",
    "simulate_two_arm",
]
