"""What keeping limits by construction leaves open: who begins before another all the same, and what lanes cost.

`must_before` decides whom a slot is given, so a service that is ready earlier than the one that must come before it
may begin before it. `at_once` is kept by lanes, each with a sequence of its own: a place stays empty while the next
of its lane has not come forward, though another service waits. Both are counted in futures of one order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onelogin_sim.draws import Draws, draw
from onelogin_sim.engines import compiled
from onelogin_sim.errors import Finding
from onelogin_sim.orders.search.breaches import first_work
from onelogin_sim.orders.search.problem import Limits
from onelogin_sim.plan import Order, Plan
from onelogin_sim.timeline import Timeline

#: Futures that are enough for a share told as whole percent.
FUTURES = 400

#: Code of the findings made here.
CODE = "limits"

Days = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class AsKept:
    """How an order keeps limits.

    Attributes
    ----------
    passed
        (item id, item id, share of the futures in which the second begins before the first although it must come
        after it) for each must-before of which neither had begun at the status date.
    empty
        (department id, most at once, share) for each department in lanes: of the days on which a service that is
        ready waits for its lane, those on which fewer than the most are in hand; 0 where none ever waits.
    futures
        How many were looked at.
    """

    passed: tuple[tuple[str, str, float], ...]
    empty: tuple[tuple[str, int, float], ...]
    futures: int


def as_kept(plan: Plan, order: Order, limits: Limits, *, seed: int, replications: range) -> AsKept:
    """Return how an order keeps must-befores and at once, in the first of some replications."""
    looked_at = replications[:FUTURES]
    if not (limits.must_before or limits.at_once):
        return AsKept((), (), len(looked_at))
    draws = draw(plan, seed, looked_at)
    timeline = compiled.run(plan, order, draws)
    passed = [
        (one, other, float((first_work(plan, timeline, other) < first_work(plan, timeline, one)).mean()))
        for one, other in limits.must_before
        if not plan.has_begun(one) and not plan.has_begun(other)
    ]
    empty = [
        (name, most, _empty(plan, order, draws, timeline, name, most))
        for name, most in limits.at_once.items()
    ]
    return AsKept(tuple(passed), tuple(empty), len(looked_at))


def findings(kept: AsKept) -> tuple[Finding, ...]:
    """Return in sentences for a planner what limits leave open; nothing where they leave nothing."""
    told = [
        f"'{one}' before '{other}' holds wherever both want the same slot. In {_percent(share)} of {kept.futures} "
        f"futures '{other}' begins first all the same: '{one}' is not ready yet, or what it needs is taken."
        for one, other, share in kept.passed
        if share
    ]
    told += [
        f"At most {most} of '{name}' at once is kept by lanes with a fixed sequence, which costs more than the limit "
        f"itself: of the days on which a service that is ready waits for its lane, fewer than {most} are in hand on "
        f"{_percent(share)}, because a lane whose next one is not ready takes nobody from another."
        for name, most, share in kept.empty
        if share
    ]
    return tuple(Finding(CODE, text) for text in told)


def _empty(plan: Plan, order: Order, draws: Draws, timeline: Timeline, department: str, most: int) -> float:
    """The share of the days of waiting for a lane on which a place of the department is empty."""
    own = [
        index
        for index, item in enumerate(plan.items)
        if item.department == department and item.kind == "service" and plan.tasks_of[item.id]
    ]
    in_hand, waiting = np.zeros((2, len(draws.days), plan.horizon + 1), dtype=np.int64)
    for index in own:
        name = plan.items[index].id
        lane = [
            plan.tasks_of[plan.items[until].id][-1]
            for held, until in order.hold_backs
            if held == index and until in own
        ]
        last = timeline.finish[:, plan.tasks_of[name][-1]]
        _between(in_hand, first_work(plan, timeline, name).clip(min=0), last)
        if lane and not plan.has_begun(name):
            _between(waiting, _ready(plan, draws, timeline, index), timeline.finish[:, lane].max(axis=1))
    waits = waiting.cumsum(axis=1) > 0
    empty = waits & (in_hand.cumsum(axis=1) < most)
    return float(empty.sum() / max(waits.sum(), 1))


def _ready(plan: Plan, draws: Draws, timeline: Timeline, index: int) -> Days:
    """int64 [replication]: the day on which an item waits for nothing but capacity and its lane."""
    ready = draws.earliest[:, index].astype(np.int64)
    for before in plan.predecessors[plan.tasks_of[plan.items[index].id][0]]:
        ready = np.maximum(ready, timeline.finish[:, before])
    return ready.clip(min=0)


def _between(steps: Days, first: Days, last: npt.NDArray[np.integer]) -> None:
    """Add 1 in each replication from one day to before another, as the steps of a count; nothing past its end."""
    end = steps.shape[1] - 1
    rows = np.flatnonzero(first < np.minimum(last, end))
    np.add.at(steps, (rows, first[rows]), 1)
    np.add.at(steps, (rows, np.minimum(last[rows], end)), -1)


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.005 else "under 1%"
