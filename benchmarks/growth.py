"""How time and memory grow with services and with replications, each in a fresh process.

The process started is this file: ``python -m benchmarks.growth PLAN REPLICATIONS`` with a number of services
or a scenario file as the plan; it prints one JSON object.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import onelogin_sim
from benchmarks.engines import rotated
from benchmarks.figure import Figure
from benchmarks.plans import Shape, make
from benchmarks.recipe import timed_forecast
from benchmarks.scale import ROOT, Scale
from benchmarks.timing import Clock
from onelogin_sim.blocks import SIZE
from onelogin_sim.memory import peak_memory

PHASES = ("draw", "run", "summarise")

#: Time may grow with this power of the work, and no more, to be called near-linear.
NEAR_LINEAR = 1.15

#: Peak memory of the longest run against the shortest's.
BOUNDED = 1.05


def by_services(scale: Scale) -> list[Figure]:
    """Seconds a task and replication as services grow with their resources; the power with which time grows."""
    found = {size: measured(str(size), scale.growth) for size in scale.sizes}
    first, last = scale.sizes[0], scale.sizes[-1]
    figures = []
    for phase in (*PHASES, "all"):
        unit = {size: _unit(found[size], phase) for size in found}
        power = 1 + math.log(unit[last] / unit[first]) / math.log(last / first)
        spent = ", ".join(f"{size:,}: {seconds * 1e9:.3g}" for size, seconds in unit.items())
        figures.append(
            Figure(
                f"growth with services, {phase}",
                (power,),
                unit="as power",
                at_most=NEAR_LINEAR,
                note=f"ns a task and replication at {spent}",
            )
        )
    for size, result in found.items():
        figures.append(
            Figure(f"peak memory, {size:,} services, blocks of {SIZE}", (result["peak"] / 2**20,), unit="MiB")
        )
    return figures


def by_replications(scale: Scale) -> list[Figure]:
    """Seconds a replication and peak memory of the real scenario as replications grow."""
    found = {count: measured(str(scale.scenario), count) for count in scale.runs}
    first, last = scale.runs[0], scale.runs[-1]
    unit = {count: sum(found[count][phase] for phase in PHASES) / count for count in found}
    spent = ", ".join(f"{count:,}: {seconds * 1e6:.3g}" for count, seconds in unit.items())
    peaks = ", ".join(f"{count:,}: {found[count]['peak'] / 2**20:.0f}" for count in found)
    # Four bytes a target and replication are kept on purpose: percentiles are exact.
    kept = 4 * found[last]["targets"] * last
    return [
        Figure(
            f"growth with replications, {first:,} to {last:,}, real scenario",
            (1 + math.log(unit[last] / unit[first]) / math.log(last / first),),
            unit="as power",
            at_most=NEAR_LINEAR,
            note=f"µs a replication at {spent}",
        ),
        Figure(
            f"peak memory, {last:,} replications against {first:,}, real scenario",
            ((found[last]["peak"] - kept) / found[first]["peak"],),
            at_most=BOUNDED,
            note=f"MiB at {peaks}; {kept / 2**20:.1f} MiB of days on which targets are met taken off",
        ),
    ]


def measured(plan: str, replications: int) -> dict[str, float]:
    """Return what a forecast took in a fresh process: seconds by phase, peak memory in bytes, and its size."""
    command = [sys.executable, "-m", "benchmarks.growth", plan, str(replications)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def forecast_once(name: str, replications: int) -> dict[str, float]:
    """Warm up on a few replications, forecast, and return what `measured` does."""
    plan = make(Shape(int(name))) if name.isdigit() else onelogin_sim.load_scenario(Path(name)).plan()
    order = rotated(plan, 0)
    timed_forecast(plan, order, 2, Clock())
    clock = Clock()
    timed_forecast(plan, order, replications, clock)
    facts = {"tasks": len(plan.tasks), "targets": len(plan.targets), "replications": replications}
    return {**clock.seconds, **facts, "peak": peak_memory()[0]}


def _unit(result: dict[str, float], phase: str) -> float:
    seconds = sum(result[name] for name in PHASES) if phase == "all" else result[phase]
    return seconds / (result["tasks"] * result["replications"])


if __name__ == "__main__":
    print(json.dumps(forecast_once(sys.argv[1], int(sys.argv[2]))))
