"""Every benchmark by name, in the order in which they run."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks import (
    demand,
    engines,
    forecasts,
    growth,
    journeys,
    phases,
    queues,
    real_order,
    search,
    starting,
)
from benchmarks.figure import Figure
from benchmarks.scale import Scale

#: A new benchmark joins with one line here; its docstring is its title.
BENCHMARKS: dict[str, Callable[[Scale], list[Figure]]] = {
    "plain": engines.plain,
    "double": engines.double,
    "rerun": engines.rerun,
    "rerun-real": forecasts.rerun_real,
    "forecast": forecasts.real,
    "phases": phases.sizes_and_phases,
    "services": growth.by_services,
    "replications": growth.by_replications,
    "customers": queues.customers,
    "hours": queues.hours,
    "trust": queues.trust,
    "daily-demand": demand.daily,
    "journeys": journeys.passing,
    "loads": journeys.ensemble,
    "help": starting.help_text,
    "compiling": starting.second_forecast,
    "fixed-days": search.fixed_days,
    "random-days": search.random_days,
    "real-order-gain": real_order.gain,
}


def title(name: str) -> str:
    """Return the first line of a benchmark's docstring."""
    return (BENCHMARKS[name].__doc__ or "").strip().splitlines()[0]
