"""Hypothesis strategies for unkind plans, orders and draws; used by every test that says "for any plan".

Kind plans hide disagreement. So: short horizons, capacity that steps down below use or is lost, several
resources of several units, strict and passing hand-out, milestones in chains, calendars that start late,
have gaps and freezes and end early, predecessors with a higher index, running tasks that hold more than
there is or that should have waited for something unfinished, live items, enablers, release dates,
hold-backs, stages that do not exist.
"""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from onelogin_sim.calendars import NEVER, Calendar
from onelogin_sim.distributions import Distribution
from onelogin_sim.draws import Draws, draw
from onelogin_sim.errors import PlanError
from onelogin_sim.plan import (
    Barrier,
    CapacityLoss,
    Delay,
    Department,
    Gate,
    Item,
    NotBefore,
    Order,
    Pace,
    Plan,
    Resource,
    Risk,
    Target,
    Task,
)

#: Days before the status date that every calendar covers.
PAST = 6

positive = st.floats(0.5, 12.0).map(lambda value: round(value, 1))


def _triple(kind):
    return st.lists(positive, min_size=3, max_size=3).map(lambda p: Distribution(kind, tuple(sorted(p))))


durations = st.one_of(
    st.integers(1, 9).map(lambda days: Distribution("fixed", (float(days),))),
    _triple("pert"),
    _triple("triangular"),
    _triple("split_lognormal"),
    st.lists(positive, min_size=2, max_size=2).map(lambda p: Distribution("lognormal", tuple(sorted(p)))),
    st.lists(st.integers(1, 15).map(float), min_size=1, max_size=6).map(
        lambda p: Distribution("observed", tuple(p))
    ),
)

factors = st.sampled_from(
    [
        Distribution("fixed", (1.0,)),
        Distribution("triangular", (0.7, 1.0, 1.6)),
        Distribution("split_lognormal", (1.1, 1.4, 2.2)),
    ]
)

readiness_days = st.one_of(
    st.integers(0, 8).map(lambda days: Distribution("fixed", (float(days),))),
    st.just(Distribution("cumulative", (0.0, 0.4, 6.0, 0.8, 15.0, 1.0))),
)


def _one_in(draw_, count):
    """True about once in `count`; shrinks to False, the plainer plan."""
    return draw_(st.integers(1, count)) == count


def _calendars(draw_, horizon):
    """One every-day calendar and up to two unkind ones, some with a freeze, some without work late on."""
    size = horizon + PAST
    nothing = np.zeros(size, dtype=np.bool_)
    calendars = [Calendar("c0", -PAST, ~nothing, nothing)]
    for number in range(draw_(st.integers(0, 2))):
        pattern = np.array(draw_(st.lists(st.booleans(), min_size=1, max_size=7)))
        working = np.resize(pattern, size)
        ends = draw_(st.one_of(st.just(size), st.integers(0, size)))
        working[ends:] = False
        frozen = nothing.copy()
        if draw_(st.booleans()):
            first = draw_(st.integers(0, size - 1))
            frozen[first : first + draw_(st.integers(1, 6))] = True
        calendars.append(Calendar(f"c{number + 1}", -PAST, working & ~frozen, frozen))
    return tuple(calendars)


def _resources(draw_, horizon):
    resources = []
    for number in range(draw_(st.sampled_from([1, 1, 2, 2, 3, 0]))):
        later = draw_(st.lists(st.integers(1, horizon), max_size=2, unique=True))
        units = draw_(st.lists(st.integers(0, 4), min_size=1 + len(later), max_size=1 + len(later)))
        if not any(units):
            units[0] = 1
        steps = tuple(zip([0, *sorted(later)], units, strict=True))
        resources.append(Resource(f"r{number}", f"Resource {number}", steps))
    return tuple(resources)


def _needs(draw_, resources):
    if not resources or _one_in(draw_, 5):
        return ()
    least = min(len(resources), draw_(st.sampled_from([1, 2])))
    wanted = draw_(st.lists(st.sampled_from(resources), min_size=least, max_size=2, unique=True))
    units = st.sampled_from([1, 2, 1, 3, 4])
    return tuple(sorted((resource.id, min(draw_(units), resource.most)) for resource in wanted))


def _tasks(draw_, item, calendars, resources, barriers):
    count = draw_(st.sampled_from([1, 2, 3, 4]))
    running = _one_in(draw_, 4)
    live = draw_(st.one_of(st.none(), st.integers(0, count - 1)))
    tasks = []
    for place in range(count):
        runs = running and place == 0
        marked = place == live
        milestone = not runs and not marked and _one_in(draw_, 5)
        may_lack = not runs and not marked and _one_in(draw_, 4)
        tasks.append(
            Task(
                item=item,
                stage=f"s{place}",
                duration=None if milestone else draw_(durations),
                calendar=draw_(st.sampled_from([calendars[0], *calendars])).id,
                needs=() if milestone else _needs(draw_, resources),
                gates=(Gate(f"gate{draw_(st.integers(0, 1))}", 0.5, repeat=draw_(st.booleans())),)
                if may_lack
                else (),
                slowed_by=tuple(sorted(draw_(st.sets(st.sampled_from(barriers))))) if barriers else (),
                live=marked,
                since=-draw_(st.integers(0, PAST)) if runs else None,
            )
        )
    return tasks


def _arcs(draw_, tasks):
    """Each item's own sequence, and arcs forward in some interleaving of the items, whatever their ids."""
    owners = [task.item for task in tasks]
    indices = {item: [index for index, owner in enumerate(owners) if owner == item] for item in owners}
    arcs = {arc for chain in indices.values() for arc in pairwise(chain)}
    supply = {item: iter(chain) for item, chain in indices.items()}
    merged = [next(supply[item]) for item in draw_(st.permutations(owners))]
    if len(merged) > 1:
        ends = st.lists(st.integers(0, len(merged) - 1), min_size=2, max_size=2, unique=True).map(sorted)
        for first, second in draw_(st.lists(ends, max_size=5)):
            arcs.add((merged[first], merged[second]))
    return tuple(sorted(arcs))


def _risks(draw_, items, resources, horizon):
    def window():
        return sorted(draw_(st.lists(st.integers(0, horizon - 1), min_size=2, max_size=2)))

    risks = []
    for number in range(draw_(st.sampled_from([0, 1, 2, 3]))):
        some = tuple(sorted(draw_(st.sets(st.sampled_from(items), min_size=1))))
        kinds = ["delay", "not_before", *(["capacity"] * 3 if resources else [])]
        kind = draw_(st.sampled_from(kinds))
        if kind == "capacity":
            lost = draw_(st.sampled_from(resources))
            effect = CapacityLoss(
                lost.id, draw_(st.integers(1, 3)), draw_(st.integers(1, horizon)), *window()
            )
        elif kind == "delay":
            effect = Delay(f"s{draw_(st.integers(0, 1))}", some, draw_(durations))
        else:
            effect = NotBefore(some, *window())
        risks.append(Risk(f"risk{number}", f"Risk {number}", draw_(st.sampled_from([0.0, 0.5, 1.0])), effect))
    return tuple(risks)


@st.composite
def plans(draw_, *, limits=True, gates=True):
    """An unkind plan of up to six items. Without `limits`, every day is worked and nothing is short."""
    horizon = draw_(st.integers(1, 8) if _one_in(draw_, 6) else st.integers(12, 40))
    ids = [f"i{number}" for number in range(draw_(st.sampled_from([2, 3, 3, 4, 5, 6, 1])))]
    calendars = _calendars(draw_, horizon) if limits else _calendars(draw_, horizon)[:1]
    resources = _resources(draw_, horizon) if limits else ()
    barriers = tuple(Barrier(f"b{number}", 0.5, draw_(factors)) for number in range(draw_(st.integers(0, 2))))
    departments = tuple(
        Department(
            f"d{number}", f"Department {number}", tuple(b.id for b in barriers if draw_(st.booleans()))
        )
        for number in range(2)
    )
    items, tasks = [], []
    for name in ids:
        is_live = _one_in(draw_, 7)
        enabler = not is_live and _one_in(draw_, 5)
        owner = draw_(st.sampled_from(departments)).id
        readiness = ((f"@department:{owner}", draw_(readiness_days)),) if draw_(st.booleans()) else ()
        items.append(
            Item(
                name,
                name.upper(),
                owner,
                "enabler" if enabler else "service",
                users=draw_(st.integers(0, 1000)),
                live_on=-draw_(st.integers(0, 50)) if is_live else None,
                planned_live=draw_(st.one_of(st.none(), st.integers(0, horizon))),
                release=draw_(st.sampled_from([0, 0, 1, 5])),
                readiness=() if is_live else readiness,
            )
        )
        if not is_live:
            tasks += _tasks(draw_, name, calendars, resources, [b.id for b in barriers])
    if not gates:
        tasks = [replace(task, gates=()) for task in tasks]
    return Plan(
        status_date=date(2024, 1, 1),
        horizon=horizon,
        items=tuple(items),
        tasks=tuple(tasks),
        arcs=_arcs(draw_, tasks),
        departments=departments,
        calendars=calendars,
        resources=resources,
        barriers=barriers,
        risks=_risks(draw_, ids, resources, horizon) if limits else (),
        targets=_targets(draw_, items, horizon),
        pace=Pace(*(draw_(st.one_of(st.none(), factors)) for _ in range(3))),
        strict=limits and draw_(st.booleans()),
    )


def _targets(draw_, items, horizon):
    services = [item for item in items if item.kind == "service"]
    totals = {
        "services": len(services),
        "departments": len({item.department for item in services}),
        "annual_users": sum(item.users for item in services),
    }
    return tuple(
        Target(measure, measure, measure, draw_(st.integers(1, total)), total, draw_(st.integers(0, horizon)))
        for measure, total in totals.items()
        if total and draw_(st.booleans())
    )


@st.composite
def orders(draw_, plan):
    """Any permutation of the items, often with hold-backs that do not contradict the arcs."""
    ids = draw_(st.permutations([item.id for item in plan.items]))
    hold_backs = []
    if len(ids) > 1 and draw_(st.booleans()):
        pairs = st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True).map(tuple)
        for pair in draw_(st.lists(pairs, min_size=1, max_size=4, unique=True)):
            try:
                Order.of(plan, ids, hold_backs=[*hold_backs, pair])
            except PlanError:
                continue
            hold_backs.append(pair)
    return Order.of(plan, ids, hold_backs=hold_backs)


@st.composite
def made_draws(draw_, plan, *, replications=2, gates=True):
    """Any days, earliest days and losses, whatever their probability; 0 days where a task may not exist.

    A milestone has 0 days; what runs has at least one left. Some days go far beyond the horizon.
    """
    horizon = plan.horizon

    def length(task):
        if task.duration is None:
            return st.just(0)
        some = [1, 2, 3, 4, 5, 6, 3, 4, 5, horizon, horizon + 1, 99_999]
        if task.since is not None or not gates:
            return st.sampled_from(some)
        return st.sampled_from([*some, 0, 0])

    early = st.sampled_from([0, 0, 0, 0, 0, 1, 2, 5, horizon // 2, horizon - 1, horizon, horizon + 2])
    begins = st.sampled_from([0, 1, 3, 5, horizon // 2, horizon - 1, horizon, NEVER])
    losses = sum(isinstance(risk.effect, CapacityLoss) for risk in plan.risks)

    def rows(column_strategies):
        rows = [[draw_(column) for column in column_strategies] for _ in range(replications)]
        return np.array(rows, dtype=np.int32).reshape(replications, len(column_strategies))

    return Draws(
        replications=range(replications),
        days=rows([length(task) for task in plan.tasks]),
        earliest=rows([early for _ in plan.items]),
        loss_start=rows([begins] * losses),
    )


@st.composite
def cases(draw_, **fields):
    """(plan, order, draws), the draws made directly or by the package's own `draw`."""
    plan = draw_(plans(**fields))
    order = draw_(orders(plan))
    gates = fields.get("gates", True)
    if gates and _one_in(draw_, 4):
        return plan, order, draw(plan, draw_(st.integers(0, 2**64 - 1)), 2)
    return plan, order, draw_(made_draws(plan, gates=gates))
