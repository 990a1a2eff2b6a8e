"""The order search: race the known rules, evolve a rule, move the whole list, race neighbours, rank the finalists.

Each stage is made of small steps, and between two steps everything known is plain data: so a search can be
interrupted with the best so far kept, and gone on with later. Workers share the orders of a step, so results do
not depend on how many there are.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from onelogin_sim.orders.search.descent import descend
from onelogin_sim.orders.search.evolution import evolve_rule
from onelogin_sim.orders.search.finals import meet
from onelogin_sim.orders.search.ground import Ground, State
from onelogin_sim.orders.search.neighbours import FEW, race_neighbours
from onelogin_sim.orders.search.problem import (
    Checkpoint,
    Found,
    Limits,
    Objectives,
    Report,
    SearchProgress,
    Step,
)
from onelogin_sim.orders.search.race import MOST, race_every_order, race_rules
from onelogin_sim.orders.search.scheduling import schedule
from onelogin_sim.orders.search.walk import walk
from onelogin_sim.plan import Order, Plan

#: One step of a stage, given the schedules it may still spend; whether it was the last.
Stage = Callable[[Ground, int], bool]

#: Schedules that tell the known rules apart at all.
RULES_FIRST = 200

#: Seconds between two checkpoints, and between two reports.
SECONDS = 2.0


def search(
    plan: Plan,
    objectives: Objectives,
    limits: Limits | None = None,
    *,
    start: Order,
    budget: int,
    seed: int,
    workers: int = 1,
    checkpoint: Checkpoint | None = None,
    progress: Report | None = None,
) -> Found:
    """Look for a better order. What it finds is no proof that it is better: `proof.prove` is.

    Parameters
    ----------
    plan, objectives, limits
        What is done, what is asked of an order, what it must keep to.
    start
        The planner's own order: where the search starts from, among others.
    budget
        Schedules that may be spent, one order run in one future each.
    seed
        Root seed, 0 ≤ seed < 2**64. Same plan, question, seed and budget: same result.
    workers
        Threads; the result does not depend on it.
    checkpoint
        Where the state is kept, and where an interrupted search is taken up from.
    progress
        Told from time to time how things stand.

    Raises
    ------
    PlanError
        When an id is unknown, limits contradict one another or the plan, there is nothing to order, or no
        order found keeps the latest days.
    ValueError
        When the budget, the seed or the workers are out of range, or the checkpoint belongs to another search.
    """
    if budget < 1:
        raise ValueError(f"the budget must be at least 1 schedule, got {budget}")
    if not 0 <= seed < 2**64:
        raise ValueError(f"seed must be at least 0 and below 2**64, not {seed}")
    if workers < 1:
        raise ValueError(f"there must be at least 1 worker, got {workers}")
    limits = limits or Limits()
    question = f"{plan.digest} {objectives} {limits} {start.digest} {seed} {budget}"
    ground = Ground(plan, objectives, limits, start=start, budget=budget, seed=seed, workers=workers)
    try:
        return _run(ground, question, checkpoint, progress)
    finally:
        ground.close()


def stages(budget: int, items: int, *, certain: bool = False) -> list[tuple[str, Stage, int]]:
    """Return the stages of a budget: name, what it does, and what may be spent by its end.

    Small budgets go to the rule and the list; racing neighbours pays off later, and from then on list and
    neighbours take turns, so that hold-backs found by the one are taken along by the other. With few items
    neighbours get most: their keys are a coarse measure, and there are not many neighbours. The rules come first
    whatever the budget: of a very small one they take a half.
    """
    race = min(max(budget // 10, min(budget // 2, RULES_FIRST)), 3000)
    rule, final = min(budget // 5, 4500), min(budget // 6, 4000)
    rest = budget - race - rule - final
    if certain:
        return _ends(_certain(budget, items), budget)
    turns = sum(budget >= least for least in ((10_000, 60_000) if items <= FEW else (40_000, 120_000)))
    spans: list[tuple[str, Stage, float]] = [("rules", race_rules, race), ("rule", evolve_rule, rule)]
    if items <= MOST:
        spans.append(("every order", race_every_order, rest / 2))
        rest -= rest // 2
    if turns == 0:
        spans.append(("list", descend, rest))
    for turn in range(turns):
        share, listed = rest / turns, 0.2 if items <= FEW else 0.65
        spans.append(("list" if turn == 0 else "list again", descend, listed * share))
        spans.append(("neighbours", race_neighbours, (1 - listed) * share))
    return _ends(spans, budget)


def _certain(budget: int, items: int) -> list[tuple[str, Stage, float]]:
    """The stages where nothing is uncertain: an order takes one schedule, and half of them are serial ones.

    What a stage leaves, as where a plan is no scheduling problem of the literature, the next may spend.
    """
    race, final = min(max(budget // 10, min(budget // 2, RULES_FIRST)), 3000), min(budget // 10, 20)
    rest = budget - race - final
    every = [("every order", race_every_order, 0.1)] if items <= MOST else []
    shares = [("schedules", schedule, 0.5), *every, ("rule", evolve_rule, 0.05), ("list", descend, 0.15)]
    spans = [(name, stage, share * rest) for name, stage, share in shares]
    left = rest - sum(span for _, _, span in spans)
    return [("rules", race_rules, race), *spans, ("neighbours", walk, left)]


def _ends(spans: list[tuple[str, Stage, float]], budget: int) -> list[tuple[str, Stage, int]]:
    ends, total = [], 0.0
    for name, stage, span in spans:
        total += span
        ends.append((name, stage, int(total)))
    return [*ends, ("finalists", meet, budget)]


def _run(ground: Ground, question: str, checkpoint: Checkpoint | None, progress: Report | None) -> Found:
    kept = checkpoint.load() if checkpoint else None
    if kept is not None:
        if kept["question"] != question:
            raise ValueError(
                "this checkpoint belongs to another search: plan, question, seed or budget differ"
            )
        ground.state = State.from_json(kept["state"])
    kept = ground.state.as_json()
    planned = stages(ground.budget, len(ground.permitted.items), certain=ground.certain)
    told = time.monotonic()
    complete = True
    try:
        while ground.state.stage < len(planned):
            name, stage, end = planned[ground.state.stage]
            ground.stage = name
            done = stage(ground, end - ground.state.spent)
            ground.state.step += 1
            if ground.is_optimal and stage is not meet:
                ground.state.stage, ground.state.data = len(planned) - 1, None
            elif done:
                ground.state.stage, ground.state.data = ground.state.stage + 1, None
            kept = ground.state.as_json()
            if time.monotonic() - told > SECONDS:
                told = time.monotonic()
                _tell(ground, question, kept, checkpoint, progress)
    except KeyboardInterrupt:
        complete = False
        ground.state = State.from_json(kept)
    _tell(ground, question, kept, checkpoint, progress)
    return _found(ground, complete)


def _tell(
    ground: Ground,
    question: str,
    kept: dict[str, Any],
    checkpoint: Checkpoint | None,
    progress: Report | None,
) -> None:
    state = ground.state
    if checkpoint:
        checkpoint.save({"question": question, "state": kept})
    if progress and state.best:
        order = ground.order(state.best, "found")
        progress(SearchProgress(state.spent, ground.budget, ground.stage, order, state.value))


def _found(ground: Ground, complete: bool) -> Found:
    state = ground.state
    if state.best is None:
        # Interrupted before anything was known.
        raise KeyboardInterrupt
    finalists = [state.best, *(one for one in state.considered if one != state.best)]
    orders = [
        ground.order(one, "found" if turn == 0 else f"found-{turn + 1}") for turn, one in enumerate(finalists)
    ]
    return Found(
        order=orders[0],
        finalists=tuple(orders),
        value=state.value,
        start_value=state.start_value,
        rule=ground.rule(),
        rules=dict(state.rules),
        curve=tuple(
            Step(spent, stage, value, ground.order(one, f"after {spent}"))
            for spent, stage, value, one in state.curve
        ),
        costs=dict(state.costs),
        seed=ground.seed,
        budget=ground.budget,
        spent=state.spent,
        complete=complete,
        bound=state.bound,
    )
