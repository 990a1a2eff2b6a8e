"""A stage for plans without uncertainty: serial schedules, CP-SAT's polish, and a day that no order can beat.

A genetic search looks for a schedule on which the services that count are live as early as possible; it becomes an
order with hold-backs, made to keep the limits, and joins the orders at hand if the engine finds it better. Where
OR-tools is installed, CP-SAT goes on from the best schedule; it works by an effort of its own and not by the
clock, so that the same search has the same end. What it proves holds for every order, whatever the limits.
"""

from __future__ import annotations

import base64
import zlib
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from onelogin_sim.coverage import met_day
from onelogin_sim.draws import deterministic
from onelogin_sim.engines.compiled import run
from onelogin_sim.errors import PlanError
from onelogin_sim.orders.search.as_order import as_order
from onelogin_sim.orders.search.cp_sat import is_installed, solve
from onelogin_sim.orders.search.deterministic import KEPT_BY_ITEM, SHARE_KEPT
from onelogin_sim.orders.search.fixed import Fixed, Ints, fixed
from onelogin_sim.orders.search.genetic import Population, evolve, population
from onelogin_sim.orders.search.ground import Candidate, Ground
from onelogin_sim.orders.search.sgs import network
from onelogin_sim.plan import Target
from onelogin_sim.uniforms import decision_key

#: Schedules of a step: what an interruption can lose, and how often progress is told.
STEP = 2000

#: Fewest schedules that are worth beginning with.
LEAST = 60

#: CP-SAT's effort in its own deterministic seconds: one for so many schedules of the budget.
EFFORT = 25_000

#: Schedules that beginning and comparing with the incumbent take.
ENDING = 3

#: Most tasks: who waits for whom is looked up in a table of tasks by tasks.
LARGEST = 3000

#: Searches that CP-SAT runs in turn; results depend on it, so it is not the number of workers.
SEARCHES = 8


def schedule(ground: Ground, room: int) -> bool:
    """Look at some serial schedules; with the last, see whether their order is better. Returns whether it is done."""
    problem = _problem(ground)
    if problem is None:
        return True
    if ground.state.data is None:
        if room < LEAST:
            return True
        kept = min(room // SHARE_KEPT, KEPT_BY_ITEM * len(ground.permitted.items))
        ground.state.data = _begun(ground, problem, room - kept - ENDING)
        problem = _problem(ground)
        assert problem is not None
    if not ground.state.data["done"]:
        ground.state.data = _evolved(ground, problem, ground.state.data)
        return False
    if ground.state.data["counted"]:
        starts, bound = _polished(ground, problem, _array(ground.state.data["best"], np.int32).copy())
        target = _target(ground)
        if target is not None and target.measure == "services" and target.needed == len(ground.plan.services):
            ground.state.bound = problem.day_of(bound)
        _take(ground, problem, starts, max(room - 2, 2))
    return True


def _target(ground: Ground) -> Target | None:
    """The target of the first objective that is a day; where nothing is uncertain, mean and percentiles are one."""
    targets = {target.id: target for target in ground.plan.targets}
    days = (part.target for part in ground.scoring.objectives.parts if part.kind in ("mean", "p50", "p80"))
    return next((targets[name] for name in days if name is not None), None)


def _problem(ground: Ground) -> Fixed | None:
    """The plan as a scheduling problem, if it is one and a day is asked for."""
    if not ground.certain or _target(ground) is None or len(ground.plan.tasks) > LARGEST:
        return None
    try:
        problem = fixed(ground.plan)
    except PlanError:
        return None
    if ground.state.data is None:
        return problem
    counted = np.zeros_like(problem.counted)
    those = ground.state.data["counted"]
    counted[those] = problem.counted[those]
    return replace(problem, counted=counted)


def _begun(ground: Ground, problem: Fixed, budget: int) -> dict[str, Any]:
    """Begin: what counts are the services by which the incumbent meets the target, and all others need not be early."""
    target = _target(ground)
    assert target is not None
    best = ground.order(ground.best, "best")
    go_live = run(ground.plan, best, deterministic(ground.plan)).go_live
    ground.charge(1)
    met = int(met_day(ground.plan, target, go_live)[0])
    tasks = [
        ground.plan.go_live_task[service.id][0]
        for service, day in zip(ground.plan.services, go_live[0].tolist(), strict=True)
        if day <= met and service.id in ground.plan.go_live_task
    ]
    luck = np.zeros(7, dtype=np.uint64)
    luck[0], luck[1] = ground.seed, decision_key("@search", f"schedules {ground.state.step}")
    return {
        "done": not tasks,
        "counted": tasks,
        "budget": budget,
        "best": _text(np.zeros(len(problem.days), dtype=np.int32)),
        "luck": _text(luck),
        **_as_texts(population(len(problem.days))),
    }


def _evolved(ground: Ground, problem: Fixed, data: dict[str, Any]) -> dict[str, Any]:
    """Go on for one step."""
    kept = _population(data, len(problem.days))
    best, luck = _array(data["best"], np.int32).copy(), _array(data["luck"], np.uint64).copy()
    before = int(kept.now[0])
    upto = min(before + STEP, data["budget"])
    place = np.empty_like(problem.line)
    place[problem.line] = np.arange(len(place), dtype=np.int32)
    goal = problem.least_time
    spent = int(evolve(network(problem), place, problem.awaited, problem.tail, luck, upto, goal, best, kept))
    ground.charge(spent - before)
    return {
        **data,
        "done": problem.time_met(best) <= goal or upto == data["budget"],
        "best": _text(best),
        "luck": _text(luck),
        **_as_texts(kept),
    }


def _polished(ground: Ground, problem: Fixed, starts: Ints) -> tuple[Ints, int]:
    """The best schedule after CP-SAT, where it is there, and a time that nothing beats."""
    if problem.time_met(starts) <= problem.least_time or not is_installed():
        return starts, problem.least_time
    effort = ground.budget / EFFORT
    found = solve(problem, limit=float("inf"), workers=SEARCHES, known=starts, effort=effort)
    if found.starts is not None:
        starts = np.array(found.starts, dtype=np.int32)
    return starts, max(found.bound, problem.least_time)


def _take(ground: Ground, problem: Fixed, starts: Ints, room: int) -> None:
    """Say a schedule as an order that keeps the limits; it becomes the incumbent if it is better."""
    run_as = as_order(problem, starts, room)
    ground.charge(run_as.runs)
    permitted = ground.permitted
    rank = permitted.ranks(permitted.keys(run_as.order.rank)[np.newaxis])[0]
    held = run_as.order.hold_backs if permitted.may_hold_back else ()
    held = held if permitted.acyclic(permitted.held(rank, held)) else ()
    ground.adopt(Candidate("schedule", tuple(rank.tolist()), held), 1)


def _as_texts(kept: Population) -> dict[str, Any]:
    return {name: _text(values) for name, values in kept._asdict().items()}


def _population(data: dict[str, Any], tasks: int) -> Population:
    """What `_as_texts` was made from, to be written to."""
    room = population(tasks)
    for name, values in room._asdict().items():
        values[...] = _array(data[name], values.dtype).reshape(values.shape)
    return room


def _text(values: npt.NDArray[Any]) -> str:
    """An array as text that JSON can hold."""
    return base64.b64encode(zlib.compress(values.tobytes(), 1)).decode("ascii")


def _array(text: str, kind: npt.DTypeLike) -> npt.NDArray[Any]:
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), dtype=kind)
