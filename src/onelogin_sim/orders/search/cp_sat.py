"""What no order can beat: CP-SAT (OR-tools) on a plan without uncertainty, as bound, as judge and as polish.

An interval for each task, its arcs, a cumulative constraint for each resource. Capacity that comes later is taken
up until then by fixed intervals. The model knows no order and no hand-out: it may start anything at any time that
capacity allows, so its lower bound holds for every order with every hold-back.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import numpy as np

from onelogin_sim.calendars import NEVER
from onelogin_sim.errors import PlanError
from onelogin_sim.orders.search.fixed import NOTHING, START, Fixed, Ints

#: Seconds between two looks at the clock.
LOOK = 0.05

#: What to do when OR-tools is not there.
MISSING = "bound not available: OR-tools is not installed; pip install 'onelogin-sim[optimise]'"


@dataclass(frozen=True)
class Bound:
    """What CP-SAT found and proved about the time at which the last service is live.

    Attributes
    ----------
    bound, best
        No schedule is earlier than the one, one is as early as the other (None: none was found within the
        limit). Working days, as in `Fixed`.
    bound_day, best_day
        The same as days of the plan; NEVER where they do not lie within the horizon.
    starts
        When each task begins in the best schedule; None if there is none.
    seconds, limit
        Taken and allowed, by the clock it was given: with a limit, what is found depends on the machine.
    workers
        Searches side by side.
    version
        Of OR-tools.
    """

    bound: int
    best: int | None
    bound_day: int
    best_day: int
    starts: tuple[int, ...] | None
    seconds: float
    limit: float
    workers: int
    version: str

    @property
    def proven(self) -> bool:
        """Whether nothing better exists."""
        return self.best == self.bound


def is_installed() -> bool:
    """Return whether OR-tools is there."""
    return find_spec("ortools") is not None


def solve(
    problem: Fixed,
    *,
    limit: float = 60.0,
    workers: int = 1,
    seed: int = 1,
    known: Ints | None = None,
    clock: Callable[[], float] = time.perf_counter,
    effort: float | None = None,
) -> Bound:
    """Return the best schedule CP-SAT finds in `limit` seconds, and what it proves.

    Parameters
    ----------
    problem
        The plan, by `fixed`.
    limit
        Seconds by `clock`.
    workers
        Searches side by side, one a core.
    seed
        Of CP-SAT's own luck.
    known
        Starts of a schedule to begin with, so that the answer is never worse (polish); None begins with nothing.
    clock
        By which the limit is kept: the wall's, or `time.process_time`, so that a busy machine does not matter.
    effort
        Seconds by CP-SAT's own count of what it does. Its searches then take turns, so that the same effort, workers
        and seed find the same.

    Raises
    ------
    PlanError
        When OR-tools is not installed.
    ValueError
        When the limit or the workers are not above 0.
    """
    if limit <= 0 or workers < 1:
        raise ValueError(f"limit and workers must be above 0, got {limit:g} and {workers}")
    try:
        from ortools.sat.python import cp_model
    except ImportError:
        raise PlanError(MISSING) from None
    begun = clock()
    model = cp_model.CpModel()
    starts, met = _model(problem, model)
    if known is not None:
        for variable, value in zip(starts, known, strict=True):
            model.add_hint(variable, int(value))
        model.add(met <= problem.time_met(known))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed
    if effort is not None:
        solver.parameters.interleave_search = True
        solver.parameters.max_deterministic_time = effort
    status = _solved(solver, model, lambda: clock() - begun >= limit)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    values = np.array([solver.value(start) for start in starts], dtype=np.int32) if found else known
    best = None if values is None else problem.time_met(values)
    # Without a solution there may be no bound yet; nothing is met before day 0.
    bound = max(0, round(solver.best_objective_bound)) if found or status == cp_model.UNKNOWN else 0
    bound = bound if best is None else min(bound, best)
    return Bound(
        bound,
        best,
        problem.day_of(bound),
        NEVER if best is None else problem.day_of(best),
        None if values is None else tuple(int(value) for value in values),
        clock() - begun,
        limit,
        workers,
        version("ortools"),
    )


def _solved(solver: Any, model: Any, is_over: Callable[[], bool]) -> Any:
    """Solve until it is done or over; the status. In a thread, because Ctrl-C cannot reach what waits for C++."""
    solver.parameters.catch_sigint_signal = False
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(solver.solve(model)))
    thread.start()
    try:
        while thread.is_alive():
            thread.join(LOOK)
            if is_over():
                # Asked again and again: the first time the solver may not have begun.
                solver.stop_search()
    finally:
        while thread.is_alive():
            solver.stop_search()
            thread.join(LOOK)
    return found[0]


def _model(problem: Fixed, model: Any) -> tuple[list[Any], Any]:
    """Fill the model; return the start of each task and the time that is to be as early as possible."""
    latest = len(problem.capacity) - 1
    starts, tasks = [], []
    for task, days in enumerate(problem.days.tolist()):
        last = 0 if problem.running[task] else latest - days
        start = model.new_int_var(min(int(problem.release[task]), last), last, f"s{task}")
        starts.append(start)
        tasks.append(model.new_fixed_size_interval_var(start, days, f"t{task}"))
    for task in range(len(starts)):
        for before in problem.waits_for(task).tolist():
            model.add(starts[task] >= starts[before] + int(problem.days[before]))
    for resource in range(problem.needs.shape[1]):
        _add_capacity(problem, model, resource, tasks)
    met = model.new_int_var(0, latest, "met")
    for task, how in enumerate(problem.counted.tolist()):
        if how != NOTHING:
            model.add(met >= starts[task] + (0 if how == START else int(problem.days[task])))
    model.minimize(met)
    return starts, met


def _add_capacity(problem: Fixed, model: Any, resource: int, tasks: list[Any]) -> None:
    """What holds a resource never exceeds its capacity; what is not there yet is held by nobody."""
    capacity = problem.capacity[:, resource]
    users = np.flatnonzero((problem.needs[:, resource] > 0) & (problem.days > 0)).tolist()
    intervals = [tasks[task] for task in users]
    demands = [int(problem.needs[task, resource]) for task in users]
    most = int(capacity[-1])
    edges = [0, *(np.flatnonzero(np.diff(capacity)) + 1).tolist()]
    for start, stop in itertools.pairwise(edges):
        intervals.append(model.new_fixed_size_interval_var(start, stop - start, f"later{resource}at{start}"))
        demands.append(most - int(capacity[start]))
    if intervals:
        model.add_cumulative(intervals, demands, most)
