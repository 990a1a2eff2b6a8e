"""Make the stored bounds that are missing, and keep each as soon as it is there.

python benchmarks/bounds/make.py SIZE [SECONDS]

SECONDS, 60 unless told, is CP-SAT's limit for one instance, on the processor, all its threads added up: a machine that
is busy with something else takes longer and finds the same. What is proved, or was allowed as much before, is not made
again, unless it belongs to another instance than the generator makes now; delete the file to begin anew.
"""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path

# Started as a file, Python looks for modules beside it; `benchmarks` itself is two levels up.
sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks import bounds
from benchmarks.instances import Instance, as_plan, family
from onelogin_sim.orders.search.cp_sat import solve
from onelogin_sim.orders.search.fixed import fixed

#: CP-SAT is made for several searches side by side: with one, it found schedules a tenth longer in the same time.
WORKERS = 8


def main() -> None:
    """Go through the instances of a size and print what is found."""
    size, limit = int(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
    # By turns through the levels of the factors, so that a part of a file is a fair part too.
    for instance in sorted(family(size), key=lambda instance: int(instance.name.split("-")[1]) % 7):
        try:
            known = bounds.of(instance)
            if known is not None and (
                known.proven or (known.counted == "processor" and known.limit >= limit)
            ):
                continue
        except ValueError:
            pass
        found = made(instance, limit)
        print(*found, flush=True)
        keep(size, found)


def made(instance: Instance, limit: float) -> bounds.Stored:
    """Return what CP-SAT finds for an instance, without any help."""
    problem = fixed(as_plan(instance))
    begun = time.perf_counter()
    found = solve(problem, limit=limit, workers=WORKERS, clock=time.process_time)
    if found.best is None:
        raise RuntimeError(f"CP-SAT finds no schedule of {instance.name} within {limit:g} s")
    return bounds.Stored(
        instance.name,
        instance.digest,
        instance.critical_path,
        found.bound,
        found.best,
        found.proven,
        round(time.perf_counter() - begun, 1),
        round(found.seconds, 1),
        limit,
        "processor",
        found.workers,
        found.version,
    )


def keep(size: int, found: bounds.Stored) -> None:
    """Put a line in its place, by name."""
    lines = bounds.stored(size) | {found.instance: found}
    with bounds.path(size).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(bounds.Stored._fields)
        writer.writerows(lines[name] for name in sorted(lines))


if __name__ == "__main__":
    main()
