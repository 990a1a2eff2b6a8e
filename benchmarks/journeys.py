"""Identity checks person by person and month by month: the network against SimPy, a year, a future, and the ensemble.

Always on the real scenario, whose stations the sizes of other benchmarks do not have; seconds are process time.
"""

from __future__ import annotations

import time
from functools import lru_cache

import numpy as np

import onelogin_sim
from benchmarks.figure import Figure
from benchmarks.scale import ROOT, Scale
from benchmarks.timing import Contender, alternate, ratios
from onelogin_sim.engines import compiled
from onelogin_sim.timeline import Timeline
from onelogin_sim.verification import network, reference
from onelogin_sim.verification import passing as following
from onelogin_sim.verification.arrivals import arrivals
from onelogin_sim.verification.demand import Demand, demand
from onelogin_sim.verification.journeys import lay_out, stations_of
from onelogin_sim.verification.loads import load_of
from onelogin_sim.verification.network import NOT_MADE
from onelogin_sim.verification.population import Verification
from onelogin_sim.verification.sizing import size_capacity

SCENARIO = ROOT / "scenarios" / "roadmap-2025" / "scenario.yaml"

WEEK, YEAR = 7, 365

#: People of a national year.
NATION = 3_000_000

#: First day of those in which people pass SimPy's network too: a thousand or two a day.
QUIET = 30

#: Futures whose load is made at once, as in a block.
TOGETHER = 50


@lru_cache(maxsize=2)
def futures(count: int) -> tuple[Verification, Timeline, Demand]:
    """Return the real scenario's population, so many futures of its plan, and the demand in them."""
    scenario = onelogin_sim.load_scenario(SCENARIO)
    verification, plan = scenario.verification(), scenario.plan()
    assert verification is not None
    timeline = compiled.run(plan, scenario.order(), onelogin_sim.draw(plan, 1, count))
    return verification, timeline, demand(verification, timeline)


def passing(scale: Scale) -> list[Figure]:
    """People through all routes and stations, with SimPy's waits: how much faster; a national year, a whole future."""
    verification, _, asked = futures(4)
    days = _busiest(asked, min(YEAR, scale.fast))
    against = range(QUIET, QUIET + scale.slow)
    few = arrivals(asked, 0, against, 1)
    paths, _, _ = lay_out(verification, few, 0, 1)
    stations = stations_of(verification, against)
    ours, theirs = network.travel(paths, stations), reference.travel(paths, stations)
    for name in ("wait", "leave", "outcome", "end"):
        one, other = getattr(ours, name), getattr(theirs, name)
        if not np.array_equal(one, other, equal_nan=name in ("wait", "leave")):
            raise RuntimeError(f"SimPy and we disagree on '{name}'")
    visits = int(np.count_nonzero(ours.outcome != NOT_MADE))
    fast, slow = alternate(
        min(scale.rounds, 3),
        Contender(lambda _: [network.travel(paths, stations) for _ in range(20)], 20 * visits),
        Contender(lambda _: reference.travel(paths, stations), visits),
    )
    seconds, people = [], 0
    for _ in range(min(scale.rounds, 3)):
        begun = time.process_time()
        came = arrivals(asked, 0, days, 1)
        network.travel(lay_out(verification, came, 0, 1)[0], stations_of(verification, days))
        people = len(came.at)
        seconds.append((time.process_time() - begun) / people * NATION)
    return [
        Figure(
            "visits through the network, against SimPy",
            ratios(slow, fast),
            note=f"{visits:,} visits of {len(against)} days, equal to the bit; "
            f"millions a second: {1e-6 / min(fast):.3g} and {1e-6 / min(slow):.2g}",
        ),
        Figure(
            "three million people, from arrival to proof",
            tuple(seconds),
            unit="s",
            at_most=10.0,
            note=f"from {people:,} of {len(days)} days: arrivals, luck, routes and stations",
        ),
        _whole_future(asked, min(asked.verification.horizon, scale.fast)),
    ]


def _whole_future(asked: Demand, length: int) -> Figure:
    """Everybody from the status date on, week by week, with those whom earlier weeks have left standing."""
    weeks = [range(first, min(first + WEEK, length)) for first in range(0, length, WEEK)]
    list(following.passing(asked, 0, weeks[:1], 1))  # warm-up
    begun = time.process_time()
    people = sum(each.came for each in following.passing(asked, 0, weeks, 1))
    took = time.process_time() - begun
    return Figure(
        "a future person by person, from the status date on",
        (1e6 * took / people,),
        unit="µs a person",
        note=f"{people:,} people of {length:,} days, every week a window, in {took:.3g} s",
    )


def ensemble(scale: Scale) -> list[Figure]:
    """The load of every future, all stations hour by hour, beside the demand it comes from; and capacity sized."""
    count = min(TOGETHER, scale.fast)
    verification, timeline, asked = futures(count)
    hours = count * len(verification.stations) * verification.horizon * 24
    demands, loads = alternate(
        min(scale.rounds, 5),
        Contender(lambda _: demand(verification, timeline), count),
        Contender(lambda _: load_of(asked), count),
    )
    few = futures(4)[2]
    begun = time.process_time()
    size_capacity(few)
    sized = time.process_time() - begun
    return [
        Figure(
            "load of a future, as a multiple of its demand",
            tuple(load / asking for load, asking in zip(loads, demands, strict=True)),
            note=f"demand {1e3 * min(demands):.3g} ms, load {1e3 * min(loads):.3g} ms a future; "
            f"{1e-6 * hours / count / min(loads):.3g} million station-hours a second",
        ),
        Figure("capacity sized for 4 futures, all stations and months", (sized,), unit="s"),
    ]


def _busiest(asked: Demand, length: int) -> range:
    """The days in which most come in the first future, so many in a row."""
    daily = (asked.checks[0] + asked.uplifts[0]).sum(axis=(0, 1))
    sums = np.concatenate([[0.0], np.cumsum(daily)])
    start = int(np.argmax(sums[length:] - sums[:-length]))
    return range(start, start + length)
