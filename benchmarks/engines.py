"""Engine only: `run(plan, order, draws)` on prepared draws, against the peers, and whether they agree.

Ours includes what it prepares for the plan and the order, and the arrays it fills; the peers' models are
made beforehand. Each call of ours has an order of its own, so that nothing prepared for one serves another.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from benchmarks.figure import Figure
from benchmarks.peers import heap_loop, priority_resource
from benchmarks.plans import SEED, Shape, make
from benchmarks.scale import Scale
from benchmarks.timing import Contender, alternate, ratios
from onelogin_sim.blocks import ENGINES
from onelogin_sim.calendars import NEVER, Calendar
from onelogin_sim.draws import Draws, draw
from onelogin_sim.engines import reference
from onelogin_sim.plan import Order, Plan
from onelogin_sim.timeline import Timeline

Ints = npt.NDArray[np.int32]
Peer = heap_loop.Model | priority_resource.Model

#: The engine a user gets who does not choose one.
ENGINE = next(iter(ENGINES))
run = ENGINES[ENGINE]


@dataclass(frozen=True)
class Case:
    """A synthetic plan, its order and its draws."""

    plan: Plan
    order: Order
    draws: Draws


@lru_cache(maxsize=8)
def case(shape: Shape, replications: int) -> Case:
    """Return the case of a shape."""
    plan = make(shape)
    return Case(plan, rotated(plan, 0), draw(plan, SEED, replications))


def rotated(plan: Plan, places: int) -> Order:
    """Return the items in one fixed mixed order, the first `places` of them moved to the end."""
    count = len(plan.items)
    step = next(step for step in range(int(count * 0.618) + 1, 2 * count + 2) if np.gcd(step, count) == 1)
    rank = tuple((item * step - places) % count for item in range(count))
    return Order(f"rotated by {places}", rank)


def plain(scale: Scale) -> list[Figure]:
    """Tasks need one unit of one resource: against SimPy and the C loop, every day worked and working days."""
    shape, week = Shape(scale.services), Shape(scale.services, every_day=False)
    figures = [agreement(shape, scale), agreement(week, scale), difference(shape, scale)]
    figures += [against_simpy(shape, scale, at_least=400), against_simpy(week, scale)]
    if heap_loop.is_available():
        figures += [against_c(shape, scale, at_least=3), against_c(week, scale)]
    return figures


def double(scale: Scale) -> list[Figure]:
    """Stages that need two resources at once: against SimPy with one request inside the other."""
    shape, week = Shape(scale.services, double=True), Shape(scale.services, double=True, every_day=False)
    return [
        agreement(shape, scale),
        difference(shape, scale),
        against_simpy(shape, scale, at_least=150),
        against_simpy(week, scale),
    ]


def rerun(scale: Scale) -> list[Figure]:
    """Another order on the draws there are: our many futures in the time SimPy takes for ten."""
    figures = []
    for shape in (Shape(scale.services), Shape(scale.services, double=True)):
        made = case(shape, scale.rerun)
        peer = priority_resource.Model(made.plan, made.order)
        ours, theirs = _in_turns(made, peer, scale.rerun_slow, scale.rounds)
        fast, slow = [one * scale.rerun for one in ours], [one * scale.rerun_slow for one in theirs]
        figures.append(
            Figure(
                f"another order, {scale.rerun:,} futures against {scale.rerun_slow} of SimPy, {shape.name}",
                ratios(slow, fast),
                at_least=1,
                note=f"{min(fast) * 1e3:.3g} ms against {min(slow) * 1e3:.3g} ms",
            )
        )
    return figures


def against_simpy(shape: Shape, scale: Scale, at_least: float | None = None) -> Figure:
    """How many times as many replications a second as an ordinary SimPy model."""
    made = case(shape, scale.fast)
    peer = priority_resource.Model(made.plan, made.order)
    ours, theirs = _in_turns(made, peer, scale.slow, scale.rounds)
    how = "nested requests" if shape.double else "PriorityResource"
    name = f"engine only, {shape.name}, against SimPy ({how})"
    return Figure(name, ratios(theirs, ours), at_least=at_least, note=_rates(ours, theirs))


def against_c(shape: Shape, scale: Scale, at_least: float | None = None) -> Figure:
    """How many times as many replications a second as the C loop, which counts days and knows no calendar."""
    made = case(shape, scale.fast)
    peer = heap_loop.Model(made.plan, made.order)
    ours, theirs = _in_turns(made, peer, scale.loop, scale.rounds)
    name = f"engine only, {shape.name}, against C -O3 (binary heaps)"
    return Figure(name, ratios(theirs, ours), at_least=at_least, note=_rates(ours, theirs))


def agreement(shape: Shape, scale: Scale) -> Figure:
    """Share of starts and finishes in which the engine equals the reference, and the C loop where it can."""
    made = case(shape, scale.fast)
    ours = run(made.plan, made.order, made.draws)
    few = draw(made.plan, SEED, scale.slow)
    readable = reference.run(made.plan, made.order, few)
    shares = [_equal(ours, readable.start, readable.finish)]
    note = f"{scale.slow} replications of the reference engine"
    if shape.double:
        note += "; the C loop knows no second resource"
    elif heap_loop.is_available():
        found = heap_loop.Model(made.plan, made.order).run(made.draws.days)
        shares.append(_equal(ours, *in_days(made.plan.calendar_of[0], *found)))
        note += f", {scale.fast:,} of the C loop"
    else:
        note += f"; there is no C compiler ({heap_loop.COMMAND[0]}), so no C loop"
    return Figure(
        f"agreement, {shape.name}, starts and finishes equal",
        (min(shares) * 100,),
        unit="%",
        at_least=100,
        note=note,
    )


def in_days(calendar: Calendar, start: Ints, finish: Ints) -> tuple[Ints, Ints]:
    """Return starts and finishes counted in working days from day 0 as days of a calendar.

    Work that finishes after n working days finishes on the day after the n-th.
    """
    first = calendar.worked_before[-calendar.first]
    day = np.append(calendar.day_of_work[first:], NEVER).astype(np.int32)
    last = len(day) - 1
    starts = day[np.minimum(start, last)]
    ends = day[np.minimum(finish - 1, last)]
    return starts, np.where(ends >= calendar.horizon - 1, NEVER, ends + (ends < NEVER)).astype(np.int32)


def difference(shape: Shape, scale: Scale) -> Figure:
    """Share of finishes in which SimPy's own order of simultaneous events gives another day."""
    made = case(shape, scale.fast)
    theirs = priority_resource.Model(made.plan, made.order).run(made.draws.days[: scale.slow])
    ours = run(made.plan, made.order, made.draws).finish[: scale.slow]
    return Figure(
        f"finishes in which SimPy differs, {shape.name}",
        (float((theirs != ours).mean()) * 100,),
        unit="%",
        note=f"last finish {theirs.max(axis=1).mean():.0f} against {ours.max(axis=1).mean():.0f} on average",
    )


def _in_turns(made: Case, peer: Peer, rows: int, rounds: int) -> list[list[float]]:
    """Seconds a replication of our engine on all the draws, and of a peer on the first rows."""

    def ours(number: int) -> object:
        return run(made.plan, rotated(made.plan, number), made.draws)

    few = made.draws.days[:rows]
    return alternate(
        rounds,
        Contender(ours, len(made.draws.replications)),
        Contender(lambda _: peer.run(few), rows),
    )


def _equal(ours: Timeline, start: Ints, finish: Ints) -> float:
    rows = len(start)
    return float(((ours.start[:rows] == start) & (ours.finish[:rows] == finish)).mean())


def _rates(fast: list[float], slow: list[float]) -> str:
    return f"{1 / min(fast):,.0f} against {1 / min(slow):,.0f} replications a second at best"
