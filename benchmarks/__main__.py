"""Run every benchmark, or those named: `python -m benchmarks [group_sequential] [search] [web]`."""

import sys

from benchmarks import group_sequential, search, web

BENCHMARKS = {"group_sequential": group_sequential.main, "search": search.main, "web": web.main}

for name in sys.argv[1:] or BENCHMARKS:
    print(f"== {name}")
    BENCHMARKS[name]()
