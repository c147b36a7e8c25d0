"""Run every benchmark, or those named: `python -m benchmarks [group_sequential] [search]`."""

import sys

from benchmarks import group_sequential, search

BENCHMARKS = {"group_sequential": group_sequential.main, "search": search.main}

for name in sys.argv[1:] or BENCHMARKS:
    print(f"== {name}")
    BENCHMARKS[name]()
