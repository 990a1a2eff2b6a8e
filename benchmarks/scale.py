"""How much is measured: everything, enough for a look, or next to nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Scale:
    """Sizes of a run.

    Attributes
    ----------
    rounds
        Rounds counted, after one of warm-up.
    services
        Services of the synthetic plan that engines are compared on.
    fast, loop, slow
        Replications a round of this project's engine, of the C loop and of SimPy.
    rerun, rerun_slow
        Futures run again under another order, and those SimPy does in the meantime.
    scenario
        The real one.
    forecast, reference
        Replications of its forecast, and of the reference engine beside it.
    sizes
        Services of the synthetic plans that grow.
    growth
        Replications at each of these sizes: the same, so that what is done once a run weighs alike.
    runs
        Replications of the forecasts whose time and memory are compared.
    starts
        Times a fresh process is started.
    instances
        Instances of each size on which the order search is measured.
    schedules, searches
        Budgets of a search when days are fixed, and when they are random.
    futures
        Fresh ones in which an order found is judged.
    """

    rounds: int
    services: int
    fast: int
    loop: int
    slow: int
    rerun: int
    rerun_slow: int
    scenario: Path
    forecast: int
    reference: int
    sizes: tuple[int, ...]
    growth: int
    runs: tuple[int, ...]
    starts: int
    instances: int
    schedules: int
    searches: tuple[int, ...]
    futures: int


_REAL = ROOT / "scenarios" / "roadmap-2025" / "scenario.yaml"

FULL = Scale(
    rounds=11,
    services=200,
    fast=4000,
    loop=1000,
    slow=20,
    rerun=1000,
    rerun_slow=10,
    scenario=_REAL,
    forecast=10_000,
    reference=30,
    sizes=(200, 1000, 5000),
    growth=1000,
    runs=(1000, 10_000, 100_000),
    starts=11,
    instances=60,
    schedules=50_000,
    searches=(5000, 25_000),
    futures=1000,
)

QUICK = Scale(
    rounds=3,
    services=200,
    fast=1000,
    loop=300,
    slow=5,
    rerun=1000,
    rerun_slow=10,
    scenario=_REAL,
    forecast=2000,
    reference=5,
    sizes=(200, 1000),
    growth=250,
    runs=(500, 2000),
    starts=3,
    instances=4,
    schedules=50_000,
    searches=(5000,),
    futures=1000,
)

TINY = Scale(
    rounds=1,
    services=12,
    fast=6,
    loop=6,
    slow=2,
    rerun=4,
    rerun_slow=2,
    scenario=ROOT / "scenarios" / "small" / "scenario.yaml",
    forecast=60,
    reference=2,
    sizes=(10, 20),
    growth=20,
    runs=(20, 60),
    starts=1,
    instances=1,
    schedules=300,
    searches=(300,),
    futures=20,
)
