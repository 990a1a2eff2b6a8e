"""What may be said of the orders a search found, from futures it never saw.

Kim and Nelson's procedure nominates one of the finalists, the known rules and the planner's own order; a separate
paired test, on further replications, says what may be claimed of it. One claim is made, so it is false with
probability 5% at most, however many orders the search looked at. An order that is not shown better is not
recommended: then the answer is the planner's own. Only where the planner's own breaks the limits it is not: then
those are nominated that keep them, and the claim says what keeping them gains or costs.

Once an order was shown better, the best of the known rules is tested against it in its turn. Where the rule is
surely better it is the answer, and was shown better than the planner's own with it. The second test is made only
after the first has held, so both together are wrong with probability 5% at most (fixed-sequence testing, Maurer,
Hothorn and Lehmacher 1995).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np

from onelogin_sim.claims import Claim
from onelogin_sim.draws import draw
from onelogin_sim.engines.compiled.many import Many
from onelogin_sim.orders.search.breaches import breaches
from onelogin_sim.orders.search.claiming import claim_of, part_differences
from onelogin_sim.orders.search.permitted import Permitted
from onelogin_sim.orders.search.problem import Found, Limits, Objectives
from onelogin_sim.orders.search.scoring import Floats, Focus, Outcome, Scoring
from onelogin_sim.pairs import Mean
from onelogin_sim.plan import Order, Plan
from onelogin_sim.selection import INITIAL, select

#: What is said: the order found is better; as good, within the indifference zone; or no order found is
#: distinguishably better than the planner's own.
Said = Literal["shown better", "equivalent", "not distinguishable"]

#: Replications run at a time.
BLOCK = 500

#: Replications in which limits are judged that are a matter of luck, before anybody is nominated.
JUDGED = 400


@dataclass(frozen=True, slots=True)
class Proof:
    """What may be claimed of an order that was found, against the planner's own.

    Attributes
    ----------
    answer
        The order to use: the nominated one if it is "shown better", or if the planner's own breaks the limits,
        and the nominated one keeps them; otherwise the planner's own.
    said
        What is claimed of the nominated order.
    nominated
        The one that Kim and Nelson's procedure chose from all finalists, the known rules and the planner's own
        order, all that keep the limits; or the rule that was then shown better still.
    claim
        The paired test behind it: a is the nominated order, b the planner's own; None when the nominated order
        is the planner's own. In the objectives' units, times their prices: days for one objective "mean".
    parts
        By how much the nominated order differs from the planner's own in each objective, in its own unit, with an
        interval each; () where the planner's own was nominated.
    nomination, claimed
        Replications used for the one and for the other, none of them both.
    missed
        Limits judged by simulation that the nominated order does not keep in enough of the claimed
        replications, in words: then it is not the answer.
    own_breaks
        Limits that the planner's own order breaks, in words.
    rule
        The best of the known rules as nominating saw them: the nominated order itself where that is a rule.
        None when no rule was there to compare with, or the planner's own was nominated.
    rule_claim
        The paired test of the rule, a, against the nominated order, b; None when they are one.
    """

    answer: Order
    said: Said
    nominated: Order
    claim: Claim | None
    nomination: range
    claimed: range
    missed: tuple[str, ...] = ()
    own_breaks: tuple[str, ...] = ()
    parts: tuple[Mean, ...] = ()
    rule: Order | None = None
    rule_claim: Claim | None = None

    @property
    def is_rule(self) -> bool:
        """Whether what was nominated is a known rule."""
        return self.rule is not None and self.rule_claim is None


def prove(
    plan: Plan,
    found: Found | Sequence[Order],
    start: Order,
    objectives: Objectives,
    *,
    seed: int,
    replications: range,
    delta: float,
    limits: Limits | None = None,
    rules: Sequence[Order] = (),
    level: float = 0.95,
    workers: int = 1,
) -> Proof:
    """Return what may be claimed of what a search found.

    Parameters
    ----------
    plan, objectives, limits
        As for the search.
    found
        What it found, or its finalists.
    start
        The planner's own order.
    seed, replications
        Futures: any of a forecast's, because a search has a root seed of its own. The first half at most
        nominates, the rest is claimed on.
    delta
        Indifference zone in the objectives' units, times their prices: days for one objective in days.
    rules
        Orders that known rules give, by their names: made to keep the limits, they are finalists too.
    level
        Confidence level of the claim.
    workers
        Threads; the result does not depend on it.

    Raises
    ------
    PlanError
        As the search, for limits that contradict one another.
    ValueError
        When there are fewer than `2 * INITIAL` replications, or delta or the level is out of range.
    """
    _check(replications, delta, level)
    half = len(replications) // 2
    judge = _Judge(plan, objectives, limits or Limits(), seed, workers)
    finalists = found.finalists if isinstance(found, Found) else tuple(found)
    entered, own_breaks = judge.entered(start, finalists, rules, replications[:half])
    none = range(replications.start, replications.start)
    if not entered or entered == [start]:
        return Proof(start, "not distinguishable", start, None, none, none, own_breaks=own_breaks)
    ranked, nomination = judge.nominate(entered, replications[:half], delta, 1 - level)
    if ranked[0] is start:
        return Proof(start, "not distinguishable", start, None, nomination, replications[half:])
    known = {judge.alike(judge.kept(order)) for order in rules}
    rule = next((order for order in ranked if judge.alike(order) in known and order is not start), None)
    proof = judge.claim(ranked[0], start, rule, replications[half:], delta, level)
    use = not proof.missed and (proof.said == "shown better" or bool(own_breaks))
    return replace(
        proof, answer=proof.nominated if use else start, nomination=nomination, own_breaks=own_breaks
    )


def _check(replications: range, delta: float, level: float) -> None:
    if len(replications) < 2 * INITIAL:
        raise ValueError(f"a proof needs at least {2 * INITIAL} replications, got {len(replications)}")
    if not 0 < delta < np.inf:
        raise ValueError(f"delta, the indifference zone, must be above 0, got {delta}")
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, got {level}")


class _Judge:
    """Judges orders in blocks of replications, by objectives and limits."""

    def __init__(self, plan: Plan, objectives: Objectives, limits: Limits, seed: int, workers: int) -> None:
        self.plan, self.limits, self.seed, self.workers = plan, limits, seed, workers
        self.scoring = Scoring(plan, objectives, limits)
        self.bound = Permitted(plan, limits) if limits != Limits() else None

    def kept(self, order: Order) -> Order:
        """Return what the limits make of an order."""
        return order if self.bound is None else self.bound.kept(order)

    def alike(self, order: Order) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
        """Return what two orders have in common that serve everybody alike: what is done has no turn."""
        done = [not self.plan.tasks_of[item.id] for item in self.plan.items]
        turns = sorted(range(len(done)), key=order.rank.__getitem__)
        held = tuple(sorted(pair for pair in order.hold_backs if not (done[pair[0]] or done[pair[1]])))
        return tuple(turn for turn in turns if not done[turn]), held

    def entered(
        self, start: Order, finalists: Sequence[Order], rules: Sequence[Order], trial: range
    ) -> tuple[list[Order], tuple[str, ...]]:
        """Return who may be nominated, each once, the planner's own first; and what that breaks.

        Of those that are alike a known rule comes before what was found, so that it goes by its name. Where
        nobody keeps the limits that are a matter of luck, those enter that come nearest.
        """
        others: dict[object, Order] = {}
        for order in (*map(self.kept, rules), *finalists):
            if self.bound is None or self.bound.keeps(order.rank, order.hold_backs):
                others.setdefault(self.alike(order), order)
        others.pop(self.alike(start), None)
        entered = [start, *others.values()]
        if self.bound is None:
            return entered, ()
        judged = trial[:JUDGED]
        breaks = breaches(self.plan, self.limits, start, seed=self.seed, replications=judged)
        outcome = self.outcome(entered, judged)
        short = self.scoring.broken(outcome)
        breaks = (*breaks, *self.scoring.missed(outcome, 0))
        keeping = [order for order, much in zip(entered[1:], short[1:], strict=True) if much == 0]
        if breaks and not keeping and others:
            keeping = [entered[place] for place in range(1, len(entered)) if short[place] == short[1:].min()]
        return ([] if breaks else [start]) + keeping, breaks

    def outcome(self, orders: Sequence[Order], replications: range) -> Outcome:
        """Run orders in the same replications, block by block, and judge them in all."""
        judged = []
        with ThreadPoolExecutor(self.workers) as threads:
            for first in range(replications.start, replications.stop, BLOCK):
                block = range(first, min(first + BLOCK, replications.stop))
                many = Many(self.plan, draw(self.plan, self.seed, block), workers=self.workers)
                days = many.go_live(
                    np.array([order.rank for order in orders]),
                    [order.hold_backs for order in orders],
                    np.arange(len(block)),
                    executor=threads if self.workers > 1 else None,
                )
                judged.append(self.scoring.outcome(days, many, executor=threads))
        # Futures are the last axis of everything that is judged.
        arrays = [[getattr(one, field.name) for one in judged] for field in fields(Outcome)]
        return Outcome(*(np.concatenate(parts, axis=-1) for parts in arrays))

    def nominate(
        self, entered: Sequence[Order], replications: range, delta: float, alpha: float
    ) -> tuple[list[Order], range]:
        """Return the orders by how they fared, the nominated first, and the replications that took.

        Percentiles are watched where the first has them.
        """
        if len(entered) == 1:
            return list(entered), replications[:0]
        focus: list[Focus] = []

        def observe(systems: tuple[int, ...], some: range) -> Floats:
            outcome = self.outcome([entered[system] for system in systems], some)
            if not focus:
                focus.append(self.scoring.focus(outcome))
            return self.scoring.scores(outcome, focus[0]).T

        chosen = select(observe, len(entered), replications, delta=delta, alpha=alpha, batch=BLOCK)
        ranked = sorted(
            range(len(entered)),
            key=lambda place: (place != chosen.best, -chosen.used[place], chosen.means[place], place),
        )
        return [entered[place] for place in ranked], replications[: chosen.replications]

    def claim(
        self,
        nominated: Order,
        start: Order,
        rule: Order | None,
        replications: range,
        delta: float,
        level: float,
    ) -> Proof:
        """Return what may be claimed; the answer is still the planner's own."""
        orders = [nominated, start] if rule is None or rule is nominated else [nominated, start, rule]
        outcome = self.outcome(orders, replications)

        def apart(one: int, other: int) -> Claim:
            values = outcome.values[:, [one, other]]
            return claim_of(self.scoring, values, delta=delta, level=level, seed=self.seed)

        best, claim, of_rule = 0, apart(0, 1), None
        if len(orders) == 3:
            of_rule = apart(2, 0)
            surely = claim.verdict == of_rule.verdict == "a better"
            if surely and not self.scoring.missed(outcome, 2):
                best, claim, of_rule = 2, apart(2, 1), None
        values = outcome.values[:, [best, 1]]
        return Proof(
            answer=start,
            said=_said(claim),
            nominated=orders[best],
            claim=claim,
            nomination=replications[:0],
            claimed=replications,
            missed=tuple(self.scoring.missed(outcome, best)),
            parts=part_differences(self.scoring, values, level=level, seed=self.seed),
            rule=rule,
            rule_claim=of_rule,
        )


def _said(claim: Claim) -> Said:
    if claim.verdict == "a better":
        return "shown better"
    return "equivalent" if claim.within_delta and not claim.shares_lead else "not distinguishable"
