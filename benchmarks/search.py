"""How the time and memory of a search grow with its candidates, and how long the command takes from a warm start."""

import resource
import subprocess
import sys
import time
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent / "examples"
RUN = """
import resource, sys, time
from pathlib import Path
from equipoise.search import read_question, run_search
question = read_question(Path(sys.argv[1]))
consider = question.consider.model_copy(update={"sizes": int(sys.argv[2])})
question = question.model_copy(update={"consider": consider})
run_search(question.model_copy(update={"consider": consider.model_copy(update={"sizes": 1, "looks": (2,)})}), workers=2)
started = time.perf_counter()
result = run_search(question, workers=2)
seconds = time.perf_counter() - started
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f"{result.evaluated:>9,} candidates x {len(question.scenarios)} scenarios: {seconds:6.2f} s on 2 threads, "
      f"{seconds / result.evaluated * 1e6:5.0f} microseconds each, {memory:5.0f} MB at most, front {result.front_size:,}")
"""


def main() -> None:
    """Print time and memory for growing numbers of sizes, each in a process of its own; then the whole command."""
    for name in ("dapagliflozin-hfref.toml", "growth-means.toml"):
        path = Path(__file__).parent / name if name.startswith("growth") else EXAMPLES / name
        print(f"-- {name}")
        for sizes in (4, 12, 40, 120, 400):
            subprocess.run([sys.executable, "-c", RUN, str(path), str(sizes)], check=True)
    command = [sys.executable, "-m", "equipoise", "search", str(Path(__file__).parent / "small.toml"), "--json"]
    subprocess.run(command, check=True, capture_output=True)
    times = []
    for _ in range(5):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - started)
    print(f"warm `equipoise search small.toml --json`, whole process: median {sorted(times)[2]:.2f} s of {len(times)}")
    print(f"(largest child: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB)")
