"""Virtual trials a second, against R's rpact in the same run: the same designs and as many trials.

The reference case: two arms, 500 patients, exponential survival with a control median of 12 months, hazard ratio 0.7, 24
months' accrual, 2.4 % dropout in 12 months, the log-rank test at 117, 233 and 350 events with O'Brien-Fleming-type spending.
Means and rates have three looks too. Speeds of one thread are by processor time, so that a busy machine does not matter;
two threads are by the clock.
"""

import math
import multiprocessing
import os
import resource
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable

from equipoise.design import GroupSequential
from equipoise.simulate import Boundaries, MeanTrial, ProportionTrial, SurvivalTrial, VirtualTrial, simulate

TRIALS = {"survival": 20_000, "mean": 200_000, "rate": 100_000}
REPEATS = 5
MEMORY_TRIALS = 10_000_000
R_SCRIPT = """
suppressMessages(library(rpact))
design <- function(t) getDesignGroupSequential(kMax=3, alpha=.025, sided=1, typeOfDesign="asOF", informationRates=t)
timed <- function(f) {{
  used <- function() sum(proc.time()[c("user.self", "sys.self")])
  start <- used(); x <- f(); cat(used() - start, x$overallReject, "\\n")
}}
s <- design(c(117, 233, 350) / 350); d <- design(c(1, 2, 3) / 3)
timed(function() getSimulationSurvival(s, hazardRatio=.7, lambda2=log(2)/12, dropoutRate1=.024, dropoutRate2=.024,
  dropoutTime=12, accrualTime=c(0, 24), maxNumberOfSubjects=500, plannedEvents=c(117, 233, 350), directionUpper=FALSE,
  maxNumberOfIterations={survival}, seed=11))
timed(function() getSimulationMeans(d, alternative=.3, stDev=1, plannedSubjects=c(160, 320, 480),
  maxNumberOfIterations={mean}, seed=21))
timed(function() getSimulationRates(d, pi1=.3, pi2=.2, plannedSubjects=c(200, 400, 600),
  maxNumberOfIterations={rate}, seed=23))
"""


def reference(patients: int = 500) -> SurvivalTrial:
    """The reference case, with events in proportion to the patients."""
    events = tuple(round(share * patients / 500) for share in (117, 233, 350))
    return SurvivalTrial(
        boundaries=_boundaries(tuple(d / events[-1] for d in events)),
        patients=patients,
        events=events,
        hazard_treatment=(0.7 * math.log(2) / 12,),
        hazard_control=(math.log(2) / 12,),
        accrual_months=24,
        dropout_hazard=-math.log1p(-0.024) / 12,
    )


def cases() -> dict[str, VirtualTrial]:
    """The three designs that rpact simulates too."""
    even = _boundaries((1 / 3, 2 / 3, 1.0))
    thirds, hundreds = (80, 160, 240), (100, 200, 300)
    return {
        "survival": reference(),
        "mean": MeanTrial(boundaries=even, patients_treatment=thirds, patients_control=thirds, difference=0.3),
        "rate": ProportionTrial(
            boundaries=even,
            patients_treatment=hundreds,
            patients_control=hundreds,
            rate_treatment=0.3,
            rate_control=0.2,
        ),
    }


def main() -> None:
    """Print speeds and ratios, how they grow, and the memory of many trials."""
    if hasattr(os, "sched_setaffinity"):  # a benchmark before may have kept to one processor
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
    theirs = _rpact()
    for name, trial in cases().items():
        number = TRIALS[name]
        one, reject = _speed(trial, number, threads=1)
        two, _ = _speed(trial, number, threads=2)
        print(
            f"{name:9s} equipoise {one:12,.0f}/s one thread, {two:12,.0f}/s two threads; power {reject:.4f}, {number:,} trials"
        )
        if name in theirs:
            speed, power = theirs[name]
            print(f"{'':9s} rpact     {speed:12,.0f}/s one thread; power {power:.4f}; ratio per core {one / speed:.1f}")
    print("growth with patients, survival, one thread: microseconds a trial, nanoseconds a patient")
    for patients in (125, 250, 500, 1000, 2000, 4000, 8000):
        speed, _ = _speed(reference(patients), max(500, 4_000_000 // patients), threads=1)
        print(f"{patients:9d} {1e6 / speed:10.1f} {1e9 / speed / patients:8.1f}")
    load = os.getloadavg()[0]
    print(
        f"growth with threads, survival, {os.cpu_count()} processors, load {load:.1f} before: by the clock; processor time"
    )
    for threads in (1, 2, 4):
        speed, _ = _speed(reference(), 2 * TRIALS["survival"], threads=threads, clock=time.perf_counter)
        busy, _ = _speed(reference(), 2 * TRIALS["survival"], threads=threads, clock=time.process_time)
        print(f"{threads:9d} {speed:12,.0f}/s {1e6 / busy:8.1f} microseconds a trial")
    before, after = _peak_memory()
    print(f"peak memory: {before:.0f} MB ready, {after:.0f} MB after {MEMORY_TRIALS:,} mean trials")


def _boundaries(information: tuple[float, ...]) -> Boundaries:
    solution = GroupSequential(information=information, alpha=0.025, sided=1, spending="obrien-fleming-type").solution
    return Boundaries(efficacy=solution.critical)


def _speed(
    trial: VirtualTrial, number: int, *, threads: int, clock: Callable[[], float] | None = None
) -> tuple[float, float]:
    """The median of some repeats, in trials a second, and the share that rejects."""
    read = clock or (time.process_time if threads == 1 else time.perf_counter)
    simulate(trial, trials=10, seed=1, threads=1)
    spent = []
    reject = 0.0
    for _ in range(REPEATS):
        started = read()
        reject = simulate(trial, trials=number, seed=1, threads=threads).reject.mean
        spent.append(read() - started)
    return number / statistics.median(spent), reject


def _rpact() -> dict[str, tuple[float, float]]:
    """Trials a second and power by rpact, one round."""
    if shutil.which("Rscript") is None:
        print("rpact: R is not installed, nothing to compare with")
        return {}
    done = subprocess.run(["Rscript", "-e", R_SCRIPT.format(**TRIALS)], capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"rpact: not available ({done.stderr.strip().splitlines()[-1]})")
        return {}
    rows = [line.split() for line in done.stdout.strip().splitlines()]
    return {
        name: (TRIALS[name] / float(seconds), float(power)) for name, (seconds, power) in zip(TRIALS, rows, strict=True)
    }


def _peak_memory() -> tuple[float, float]:
    """Megabytes of a fresh process, before and after many trials of means."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_live_through_many)


def _live_through_many() -> tuple[float, float]:
    trial = cases()["mean"]
    simulate(trial, trials=100_000, seed=1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    simulate(trial, trials=MEMORY_TRIALS, seed=1)
    return before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
