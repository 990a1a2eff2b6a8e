"""Sizes × phases: how long each phase of a forecast takes, from files to summary, and as a multiple of the engine's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import onelogin_sim
from benchmarks.figure import Figure
from benchmarks.plans import Shape, write
from benchmarks.recipe import timed_forecast
from benchmarks.scale import ROOT, Scale
from benchmarks.timing import Clock
from onelogin_sim.blocks import SIZE

#: Done once for a plan: `prepare` is its first forecast, of one replication, and what is kept from it.
ONCE = ("read", "plan", "prepare")

#: Done for each replication.
REPEATED = ("draw", "run", "summarise")

#: Replications of each size: two blocks.
REPLICATIONS = 2 * SIZE


@contextmanager
def scenario_files(scale: Scale) -> Iterator[dict[str, Path]]:
    """The scenario file of each size, by name; the synthetic ones are there as long as the context."""
    with TemporaryDirectory() as folder:
        found = {"small": ROOT / "scenarios" / "small" / "scenario.yaml", "real": scale.scenario}
        for size in scale.sizes:
            shape = Shape(size, every_day=False)
            place = Path(folder) / str(size)
            place.mkdir()
            found[shape.name] = write(shape, place)
        yield found


def sizes_and_phases(scale: Scale) -> list[Figure]:
    """Seconds of each phase at each size; the last three also as a multiple of the engine's."""
    with scenario_files(scale) as files:
        return [figure for name, file in files.items() for figure in _of_size(name, file, scale)]


def _of_size(name: str, file: Path, scale: Scale) -> list[Figure]:
    found = [_once(file) for _ in range(min(scale.rounds, 3) + 1)][1:]
    engine = median(seconds["run"] for seconds in found)
    figures = [
        Figure(f"{name}, {phase}", tuple(one[phase] * 1e3 for one in found), unit="ms") for phase in ONCE
    ]
    for phase in REPEATED:
        figures.append(
            Figure(
                f"{name}, {phase}",
                tuple(one[phase] * 1e6 / REPLICATIONS for one in found),
                unit="µs a replication",
                note=f"{median(one[phase] for one in found) / engine:.3g} of run",
            )
        )
    return figures


def _once(file: Path) -> dict[str, float]:
    once, repeated = Clock(), Clock()
    scenario = once("read", onelogin_sim.load_scenario, file)
    plan, order = once("plan", lambda: (scenario.plan(), scenario.order()))
    once("prepare", timed_forecast, plan, order, 1, Clock())
    timed_forecast(plan, order, REPLICATIONS, repeated)
    return once.seconds | repeated.seconds
