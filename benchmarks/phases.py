"""Sizes × phases: how long each phase of a forecast takes, from files to summary, and its share of the engine's."""

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

PHASES = ("read", "plan", "draw", "run", "summarise")

#: The first two are done once, the others for each replication.
ONCE = ("read", "plan")


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
    rounds = min(scale.rounds, 3)
    found = [_once(file, scale) for _ in range(rounds + 1)][1:]
    count, engine = SIZE, median(seconds["run"] for seconds in found)
    figures = []
    for phase in PHASES:
        if phase in ONCE:
            figures.append(Figure(f"{name}, {phase}", tuple(one[phase] * 1e3 for one in found), unit="ms"))
            continue
        figures.append(
            Figure(
                f"{name}, {phase}",
                tuple(one[phase] * 1e6 / count for one in found),
                unit="µs a replication",
                note=f"{median(one[phase] for one in found) / engine:.3g} of run",
            )
        )
    return figures


def _once(file: Path, scale: Scale) -> dict[str, float]:
    clock = Clock()
    scenario = clock("read", onelogin_sim.load_scenario, file)
    plan, order = clock("plan", lambda: (scenario.plan(), scenario.order()))
    timed_forecast(plan, order, SIZE, clock)
    return clock.seconds
