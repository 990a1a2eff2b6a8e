"""Look long for schedules of the instances of which CP-SAT has no proof, so that there is a best known.

python benchmarks/bounds/long_search.py SIZE
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

# Started as a file, Python looks for modules beside it; `benchmarks` itself is two levels up.
sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks import bounds
from benchmarks.instances import as_plan, family
from onelogin_sim.orders.search.deterministic import best_schedule
from onelogin_sim.orders.search.fixed import fixed

#: Another seed than the benchmark's, so that what is measured is not what it is measured by.
SEED, SCHEDULES = 1, 500_000


def main() -> None:
    """Go through a size, and write its file anew."""
    size = int(sys.argv[1])
    rows = []
    for instance in family(size):
        known = bounds.of(instance)
        if known is not None and not known.proven:
            problem = fixed(as_plan(instance))
            starts, spent = best_schedule(problem, budget=SCHEDULES, seed=SEED)
            rows.append((instance.name, instance.digest, problem.time_met(starts), spent, SEED))
            print(*rows[-1], flush=True)
    with (bounds.FOLDER / f"{size}-long-search.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("instance", "digest", "best", "schedules", "seed"))
        writer.writerows(rows)


if __name__ == "__main__":
    main()
