"""Run every benchmark, or those named: `python -m benchmarks [group_sequential] [search] [simulate] [race] [web]`."""

import sys

from benchmarks import group_sequential, race, search, simulate, web

BENCHMARKS = {
    "group_sequential": group_sequential.main,
    "search": search.main,
    "simulate": simulate.main,
    "race": race.main,
    "web": web.main,
}

for name in sys.argv[1:] or BENCHMARKS:
    print(f"== {name}")
    BENCHMARKS[name]()
