"""What may be said of the orders a search found, from futures it never saw.

Kim and Nelson's procedure nominates one of the finalists and the planner's own order; a separate paired test, on
further replications, says what may be claimed of it. One claim is made, so it is false with probability 5% at
most, however many orders the search looked at. And an order that is not shown better is not recommended: then
the answer is the planner's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt

from onelogin_sim.claims import Claim, Verdict, paired
from onelogin_sim.draws import draw
from onelogin_sim.engines.compiled.many import Many
from onelogin_sim.orders.search.problem import Found, Limits, Objectives
from onelogin_sim.orders.search.scoring import Floats, Scoring
from onelogin_sim.plan import Order, Plan
from onelogin_sim.selection import INITIAL, select

#: What is said: the order found is better; as good, within the indifference zone; or no order found is
#: distinguishably better than the planner's own.
Said = Literal["shown better", "equivalent", "not distinguishable"]

#: Replications run at a time.
BLOCK = 500

#: Parts a claim's replications are cut into for the standard error of a value with a percentile in it.
PARTS = 20


@dataclass(frozen=True, slots=True)
class Proof:
    """What may be claimed of an order that was found, against the planner's own.

    Attributes
    ----------
    answer
        The order to use: the nominated one if it is "shown better", otherwise the planner's own.
    said
        What is claimed of the nominated order.
    nominated
        The finalist that Kim and Nelson's procedure chose from all finalists and the planner's own.
    claim
        The paired test behind it: a is the nominated order, b the planner's own; None when the nominated order
        is the planner's own. In the objectives' units, times their prices: days for one objective "mean".
    nomination, claimed
        Replications used for the one and for the other, none of them both.
    missed
        Latest days that the nominated order does not keep in enough of the claimed replications, in words:
        then it is not the answer.
    """

    answer: Order
    said: Said
    nominated: Order
    claim: Claim | None
    nomination: range
    claimed: range
    missed: tuple[str, ...] = ()


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
    level: float = 0.95,
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
    level
        Confidence level of the claim.

    Raises
    ------
    ValueError
        When there are fewer than `2 * INITIAL` replications, or delta or the level is out of range.
    """
    if len(replications) < 2 * INITIAL:
        raise ValueError(f"a proof needs at least {2 * INITIAL} replications, got {len(replications)}")
    if not 0 < delta < np.inf:
        raise ValueError(f"delta, the indifference zone, must be above 0, got {delta}")
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, got {level}")
    finalists = found.finalists if isinstance(found, Found) else tuple(found)
    # The planner's own comes first: on a tie it stays.
    systems = [start, *(order for order in finalists if order.digest != start.digest)]
    half = len(replications) // 2
    judge = _Judge(plan, Scoring(plan, objectives, limits or Limits()), systems, seed)
    if len(systems) == 1:
        none = range(replications.start, replications.start)
        return Proof(start, "not distinguishable", start, None, none, none)
    chosen = select(
        judge.observe, len(systems), replications[:half], delta=delta, alpha=1 - level, batch=BLOCK
    )
    nomination, claimed = replications[: chosen.replications], replications[half:]
    nominated = systems[chosen.best]
    if chosen.best == 0:
        return Proof(start, "not distinguishable", start, None, nomination, claimed)
    claim, missed = judge.claim(chosen.best, claimed, delta, level)
    said: Said = "not distinguishable"
    if claim.verdict == "a better":
        said = "shown better"
    elif claim.within_delta and not claim.shares_lead:
        said = "equivalent"
    answer = nominated if said == "shown better" and not missed else start
    return Proof(answer, said, nominated, claim, nomination, claimed, tuple(missed))


class _Judge:
    """Runs some orders in blocks of replications."""

    def __init__(self, plan: Plan, scoring: Scoring, orders: Sequence[Order], seed: int) -> None:
        self.plan, self.scoring, self.orders, self.seed = plan, scoring, orders, seed
        self.focus = self.scoring.everywhere
        self.begun = False

    def values(self, systems: Sequence[int], replications: range) -> tuple[Floats, npt.NDArray[np.int32]]:
        """Return float64 [part, system, replication] values and int32 [system, replication, service] go-live days."""
        days = []
        for first in range(replications.start, replications.stop, BLOCK):
            block = range(first, min(first + BLOCK, replications.stop))
            many = Many(self.plan, draw(self.plan, self.seed, block))
            days.append(
                many.go_live(
                    np.array([self.orders[system].rank for system in systems]),
                    [self.orders[system].hold_backs for system in systems],
                    np.arange(len(block)),
                )
            )
        go_live = np.concatenate(days, axis=1)
        return self.scoring.outcome(go_live).values, go_live

    def observe(self, systems: tuple[int, ...], replications: range) -> Floats:
        """Return float64 [replication, system] to nominate by; percentiles are watched where the own order has them."""
        _, go_live = self.values(systems, replications)
        outcome = self.scoring.outcome(go_live)
        if not self.begun:
            self.focus, self.begun = self.scoring.focus(outcome), True
        return self.scoring.scores(outcome, self.focus).T

    def claim(
        self, nominated: int, replications: range, delta: float, level: float
    ) -> tuple[Claim, list[str]]:
        """Return what may be claimed of a system against the planner's own, and the latest days it misses."""
        _, go_live = self.values((nominated, 0), replications)
        outcome = self.scoring.outcome(go_live)
        missed, values = self.scoring.missed(outcome, 0), outcome.values
        if self.scoring.only_mean_days:
            first, second = values[0].astype(np.int64)
            return paired(first, second, horizon=self.plan.horizon, level=level, delta=delta), missed
        each = np.tensordot(self.scoring.prices, values, axes=1)
        sample = apart = each[0] - each[1]
        if self.scoring.has_percentiles:
            # A percentile is no mean: that of each of some parts is, by batch means (Schmeiser 1982).
            cuts = np.array_split(go_live, PARTS, axis=1)
            sample = np.array(
                [one[0] - one[1] for one in map(self.scoring.value, map(self.scoring.outcome, cuts))]
            )
        return _by_t(sample, apart, delta, level), missed


def _by_t(sample: Floats, apart: Floats, delta: float, level: float) -> Claim:
    """The claim from a sample of differences by Student's t, as `claims.paired` makes it of days."""
    from scipy.special import stdtrit

    mean = float(sample.mean())
    half = -float(stdtrit(len(sample) - 1, (1 - level) / 2)) * float(sample.std(ddof=1)) / sqrt(len(sample))
    low, high = mean - half, mean + half
    within = -delta < low and high < delta
    verdict: Verdict = "equivalent" if within else "not distinguishable"
    if not apart.any():
        verdict = "identical"
    elif high < 0 or low > 0:
        verdict = "a better" if high < 0 else "b better"
    return Claim(
        verdict=verdict,
        mean=mean,
        low=low,
        high=high,
        level=level,
        delta=delta,
        within_delta=within,
        replications=len(apart),
        earlier=int((apart < 0).sum()),
        equal=int((apart == 0).sum()),
        later=int((apart > 0).sum()),
        censored=0,
    )
