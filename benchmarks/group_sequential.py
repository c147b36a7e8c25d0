"""Group-sequential designs a second on one core, against R's rpact in the same run.

Each design: five looks, O'Brien-Fleming-type spending; boundaries, and the power and expected sizes under three truths
(in rpact, getDesignGroupSequential with getDesignCharacteristics). The designs differ in alpha and looks, so that nothing
can be remembered from one to the next.
"""

import os
import shutil
import subprocess
import time

import numpy as np

from equipoise.design import GroupSequential, solve_many

OURS, THEIRS = 4000, 40
R_SCRIPT = """
suppressMessages(library(rpact))
set.seed(1); n <- {n}
run <- function(i, full) {{
  t <- c(.2, .4, .6, .8, 1); t[1:4] <- t[1:4] + runif(4, -.03, .03)
  d <- getDesignGroupSequential(kMax=5, alpha=.025 - i * 1e-5, beta=.1, informationRates=t, typeOfDesign="asOF", sided=1)
  if (full) getDesignCharacteristics(d)$inflationFactor
}}
invisible(run(0, TRUE))
for (full in c(FALSE, TRUE)) {{
  s <- proc.time()[["elapsed"]]; for (i in 1:n) run(i, full); cat((proc.time()[["elapsed"]] - s) / n, "\\n")
}}
"""


def main() -> None:
    """Print both speeds and their ratio."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    random = np.random.default_rng(1)
    information = np.arange(1, 6) / 5 + np.column_stack([random.uniform(-0.03, 0.03, (OURS, 4)), np.zeros(OURS)])
    alpha = 0.025 - np.arange(OURS) * 1e-6
    like = GroupSequential.even(5)
    solve_many(information[:2], like=like, alpha=alpha[:2], power=0.9)
    rounds = []
    for _ in range(5):
        started = time.perf_counter()
        solve_many(information, like=like, alpha=alpha, power=0.9)
        rounds.append((time.perf_counter() - started) / OURS)
    ours = float(np.median(rounds))
    print(f"equipoise: {1 / ours:8.0f} designs/s ({ours * 1e6:.0f} microseconds each, one core, median of 5 x {OURS})")
    if shutil.which("Rscript") is None:
        print("rpact: R is not installed, nothing to compare with")
        return
    done = subprocess.run(["Rscript", "-e", R_SCRIPT.format(n=THEIRS)], capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"rpact: not available ({done.stderr.strip().splitlines()[-1]})")
        return
    bounds, full = (float(line) for line in done.stdout.split())
    print(
        f"rpact:     {1 / full:8.1f} designs/s with characteristics ({full * 1e3:.1f} ms), {bounds * 1e3:.1f} ms without"
    )
    print(
        f"ratio: {full / ours:.0f} with characteristics in both; {bounds / ours:.0f} against rpact's boundaries alone"
    )
