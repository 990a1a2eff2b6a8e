"""What may be said of the orders a search found, from futures it never saw.

Kim and Nelson's procedure nominates one of the finalists, the known rules and the planner's own order; a separate
paired test, on further replications, says what may be claimed of it. One claim is made, so it is false with a
probability of about 5% at most, however many orders the search looked at: about, because the interval of a mean
rests on Student's t, which does not see rare large differences coming. An order that is not shown better, or surely
by less than is worth acting on, is not recommended: then the answer is the planner's own. Only where the planner's
own breaks the limits it is not: then those are nominated that keep them, and the claim says what keeping them gains
or costs.

Once an order was shown better, the best of the known rules is tested against it in its turn, and where the planner's
own breaks the limits always. Where the rule is surely better than what was nominated it is the answer, unless it falls
shorter of the limits. Where the second test is made only after the first has held, both together are wrong with the
probability of one (fixed-sequence testing, Maurer, Hothorn and Lehmacher 1995). Where it is always made, each says
"better" wrongly with half of that, one side of its interval, so both together with all of it (Bonferroni).

Limits that are a matter of luck are judged of both orders in the replications of the claim. A limit is missed where
the interval of the share of replications that keep it lies below the share asked for (`keeping`).
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
from onelogin_sim.orders.search.claiming import Apart, claim_of, part_differences
from onelogin_sim.orders.search.keeping import Missed, missed, surely_broken
from onelogin_sim.orders.search.permitted import Permitted
from onelogin_sim.orders.search.problem import Found, Limits, Objectives
from onelogin_sim.orders.search.scoring import Floats, Focus, Outcome, Scoring
from onelogin_sim.orders.search.side_effects import gentlest
from onelogin_sim.plan import Order, Plan
from onelogin_sim.selection import INITIAL, select

#: What is said: the order found is better; surely better, but by less than the indifference zone; as good, within it;
#: or no order found is distinguishably better than the planner's own.
Said = Literal["shown better", "better by little", "equivalent", "not distinguishable"]

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
        order, all that keep the limits; of those that do as well the one with the least side effects, see
        `side_effects.gentlest`; or the rule that was then shown better still.
    claim
        The paired test behind it: a is the nominated order, b the planner's own; None when the nominated order
        is the planner's own. In the objectives' units, times their prices: days for one objective "mean".
    parts
        By how much the nominated order differs from the planner's own in each objective, in its own unit, with an
        interval each; () where the planner's own was nominated.
    nomination, claimed
        Replications used for the one and for the other, none of them both.
    missed
        Limits judged by simulation that the nominated order surely does not keep in enough of the claimed
        replications, in words: then it is not the answer.
    unsure
        Of which it falls short in them, but not so far that this could not be luck.
    own_breaks
        Limits that the planner's own order breaks, in words: those of luck, surely.
    own_unsure
        Of which it falls short, but not so far that this could not be luck.
    rule
        The best of the known rules as nominating saw them: the nominated order itself where that is a rule.
        None when no rule was there to compare with that falls no shorter of the limits, or the planner's own was
        nominated.
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
    unsure: tuple[str, ...] = ()
    own_breaks: tuple[str, ...] = ()
    own_unsure: tuple[str, ...] = ()
    parts: tuple[Apart, ...] = ()
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
    judge = OrderJudge(plan, objectives, limits or Limits(), seed, workers)
    finalists = found.finalists if isinstance(found, Found) else tuple(found)
    breaks = breaches(plan, judge.limits, start, seed=seed, replications=replications[: min(half, JUDGED)])
    entered, own = judge.entered(start, finalists, rules, replications[:half], out=bool(breaks))
    none = range(replications.start, replications.start)
    kept = Proof(start, "not distinguishable", start, None, none, none, own_unsure=own.perhaps)
    if not entered or entered == [start]:
        return replace(kept, own_breaks=(*breaks, *own.surely))
    ranked, nomination = judge.nominate(entered, replications[:half], delta, 1 - level)
    if ranked[0] is start:
        return replace(kept, nomination=nomination, claimed=replications[half:])
    gentle = gentlest(judge, ranked, start, replications[:half], delta, level)
    ranked = [gentle, *(order for order in ranked if order is not gentle)]
    known = {judge.kept(order).turns(plan) for order in rules}
    rule = next((order for order in ranked if order.turns(plan) in known and order is not start), None)
    proof = judge.claim(ranked[0], start, rule, replications[half:], delta, level, breaks)
    use = not proof.missed and (proof.said == "shown better" or bool(proof.own_breaks))
    return replace(proof, answer=proof.nominated if use else start, nomination=nomination)


def _check(replications: range, delta: float, level: float) -> None:
    if len(replications) < 2 * INITIAL:
        raise ValueError(f"a proof needs at least {2 * INITIAL} replications, got {len(replications)}")
    if not 0 < delta < np.inf:
        raise ValueError(f"delta, the indifference zone, must be above 0, got {delta}")
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, got {level}")


class OrderJudge:
    """Judges orders in blocks of replications, by objectives and limits."""

    def __init__(self, plan: Plan, objectives: Objectives, limits: Limits, seed: int, workers: int) -> None:
        self.plan, self.limits, self.seed, self.workers = plan, limits, seed, workers
        self.scoring = Scoring(plan, objectives, limits)
        self.bound = Permitted(plan, limits) if limits != Limits() else None

    def beside(self, objectives: Objectives) -> OrderJudge:
        """Return a judge by other objectives in the same futures, without limits."""
        return OrderJudge(self.plan, objectives, Limits(), self.seed, self.workers)

    def kept(self, order: Order) -> Order:
        """Return what the limits make of an order."""
        return order if self.bound is None else self.bound.kept(order)

    def entered(
        self, start: Order, finalists: Sequence[Order], rules: Sequence[Order], trial: range, *, out: bool
    ) -> tuple[list[Order], Missed]:
        """Return who may be nominated, each once, the planner's own first; and what that misses, judged in the trial.

        Of those that are alike a known rule comes before what was found, so that it goes by its name. The planner's
        own stays away where it breaks limits (`out`) or surely misses those that are a matter of luck. Of the others
        those enter that fall no shorter of them than it, if there are any; else those that do not surely miss them;
        where it stays away itself, at the least those that come nearest.
        """
        others: dict[object, Order] = {}
        mended = [self.kept(start)] if out else []
        for order in (*map(self.kept, rules), *finalists, *mended):
            if self.bound is None or self.bound.keeps(order.rank, order.hold_backs):
                others.setdefault(order.turns(self.plan), order)
        others.pop(start.turns(self.plan), None)
        entered = [start, *others.values()]
        if self.bound is None:
            return entered, Missed((), ())
        outcome = self.outcome(entered, trial[:JUDGED])
        short, surely = self.scoring.broken(outcome), surely_broken(self.scoring, outcome)
        out = out or bool(surely[0])
        allowed = short <= (0.0 if out else short[0])
        for group in (allowed, ~surely, (short == short[1:].min(initial=np.inf)) & out):
            keeping = [order for order, enters in zip(entered[1:], group[1:], strict=True) if enters]
            if keeping:
                break
        return ([] if out else [start]) + keeping, missed(self.scoring, outcome, 0)

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
        breaks: tuple[str, ...],
    ) -> Proof:
        """Return what may be claimed; the answer is still the planner's own.

        `breaks` is what that breaks of the limits that are no matter of luck.
        """
        orders = [nominated, start] if rule is None or rule is nominated else [nominated, start, rule]
        outcome = self.outcome(orders, replications)
        own = missed(self.scoring, outcome, 1)

        def apart(one: int, other: int) -> Claim:
            values = outcome.values[:, [one, other]]
            return claim_of(self.scoring, values, delta=delta, level=level, seed=self.seed)

        best, claim, of_rule = 0, apart(0, 1), None
        if len(orders) == 3:
            short = self.scoring.broken(outcome)
            if short[2] > short[0] or surely_broken(self.scoring, outcome)[2]:
                rule = None
            else:
                of_rule = apart(2, 0)
                own_is_out = bool(breaks or own.surely)
                if of_rule.verdict == "a better" and (claim.verdict == "a better" or own_is_out):
                    best, claim, of_rule = 2, apart(2, 1), None
        values = outcome.values[:, [best, 1]]
        nominee = missed(self.scoring, outcome, best)
        return Proof(
            answer=start,
            said=_said(claim),
            nominated=orders[best],
            claim=claim,
            nomination=replications[:0],
            claimed=replications,
            missed=nominee.surely,
            unsure=nominee.perhaps,
            own_breaks=(*breaks, *own.surely),
            own_unsure=own.perhaps,
            parts=part_differences(self.scoring, values, level=level, seed=self.seed),
            rule=rule,
            rule_claim=of_rule,
        )


def _said(claim: Claim) -> Said:
    if claim.verdict == "a better":
        return "better by little" if claim.within_delta else "shown better"
    return "equivalent" if claim.within_delta and not claim.shares_lead else "not distinguishable"
