"""Of orders that do as well by what was asked for, the one that does least harm to what was not.

What was asked for seldom tells the best orders apart: several lie within noise and within what is worth acting on. A
board asks of them what else they do. So, in the futures that nominate, one is taken that surely puts off fewer of the
other targets; of those, one that connects users sooner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from onelogin_sim.claims import by_t
from onelogin_sim.orders.search.problem import Objective, Objectives
from onelogin_sim.plan import Order, Plan

if TYPE_CHECKING:
    from onelogin_sim.orders.search.proof import OrderJudge

#: Orders looked at, and futures in which they are, at most.
MOST, ENOUGH = 8, 1000


def gentlest(
    judge: OrderJudge, ranked: Sequence[Order], start: Order, replications: range, delta: float, level: float
) -> Order:
    """Return which of the best orders to nominate.

    Parameters
    ----------
    judge
        Of the objectives; its limits have been seen to.
    ranked
        Orders by how they fared, the best first.
    start
        The planner's own: what is put off is put off against it. It is not looked at itself.
    replications
        Futures that nominate.
    delta, level
        An order does as well as the best where the interval of its difference at this level holds 0, and the
        difference is less than delta.
    """
    some = [order for order in ranked[:MOST] if order is not start]
    if len(some) < 2 or ranked[0] is start:
        return ranked[0]
    aside = _aside(judge.plan, judge.scoring.objectives)
    asked = judge.scoring.objectives.parts
    looking = judge.beside(Objectives((*asked, *aside), verification=judge.scoring.objectives.verification))
    outcome = looking.outcome([*some, start], replications[:ENOUGH])
    own = replace(outcome, values=outcome.values[: len(asked)])
    scores = judge.scoring.scores(own, judge.scoring.focus(own))
    extra = outcome.values[len(asked) :]
    best: tuple[int, float, int] | None = None
    for place in range(len(some)):
        apart = scores[place] - scores[0]
        if place and not (by_t(apart, level).low <= 0 and apart.mean() < delta):
            continue
        later = sum(
            by_t(one[place] - one[-1], level).low > 0
            for part, one in zip(aside, extra, strict=True)
            if part.kind == "mean"
        )
        weeks = sum(
            float(one[place].mean())
            for part, one in zip(aside, extra, strict=True)
            if part.kind == "user_weeks"
        )
        best = min(best or (later, weeks, place), (later, weeks, place))
    assert best is not None
    return some[best[2]]


def _aside(plan: Plan, objectives: Objectives) -> tuple[Objective, ...]:
    """What was not asked for: the mean days of the other targets, and user-weeks up to the last target's date."""
    asked = {part.target for part in objectives.parts}
    others = [Objective("mean", target.id) for target in plan.targets if target.id not in asked]
    last = max((min(target.by, plan.horizon) for target in plan.targets), default=plan.horizon)
    if plan.users.sum() and last > 0 and "user_weeks" not in {part.kind for part in objectives.parts}:
        others.append(Objective("user_weeks", by=last))
    return tuple(others)
