"""Orders judged by objectives in futures of one's choice, all orders in the same ones."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from onelogin_sim.claims import by_t
from onelogin_sim.draws import draw
from onelogin_sim.engines.compiled.many import Many
from onelogin_sim.orders.search.claiming import claim_of
from onelogin_sim.orders.search.keeping import missed
from onelogin_sim.orders.search.problem import Limits, Objectives
from onelogin_sim.orders.search.scoring import Outcome, Scoring
from onelogin_sim.pairs import Mean
from onelogin_sim.plan import Order, Plan

Pairs = tuple[tuple[int, int], ...]
Ranks = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

#: Go-live days held at a time: orders are judged in groups of so many numbers.
HELD = 2**24


class Judge:
    """Judges orders of a plan by objectives in one set of futures.

    A score is one number for each order and future, better when lower: prices times the objectives' values.
    Percentiles are scored around those of the order that is given first, see `orders.search.scoring`.

    Parameters
    ----------
    seed, futures
        Root seed and replications.
    workers
        Threads that share the work; results do not depend on it.
    """

    def __init__(
        self, plan: Plan, objectives: Objectives, seed: int, futures: range, *, workers: int = 1
    ) -> None:
        self.plan, self.futures, self._seed = plan, futures, seed
        self._scoring = Scoring(plan, objectives, Limits())
        self._many = Many(plan, draw(plan, seed, futures), workers=workers)
        self._workers = workers
        self._focus: tuple[tuple[float, float], ...] | None = None

    def scores(self, ranks: Ranks, hold_backs: Sequence[Pairs]) -> Floats:
        """Return float64 [order, future] for int64 [order, item] ranks and each order's hold-backs."""
        return np.concatenate([self._score(outcome) for outcome in self._outcomes(ranks, hold_backs)])

    def order_scores(self, orders: Sequence[Order]) -> Floats:
        """Return the scores of orders."""
        return self.scores(np.array([one.rank for one in orders]), [one.hold_backs for one in orders])

    def values(self, orders: Sequence[Order]) -> Floats:
        """Return float64 [order, objective, future]: each objective's own value, in its unit, better when lower."""
        ranks, held = np.array([one.rank for one in orders]), [one.hold_backs for one in orders]
        return np.concatenate([outcome.values.transpose(1, 0, 2) for outcome in self._outcomes(ranks, held)])

    def gains(self, order: Order, others: Sequence[Order], *, level: float = 0.95) -> tuple[Mean, ...]:
        """Return how much better an order is than each of some others, in the objectives' units, times their prices.

        Percentiles are those of all futures, not scored; each interval is a claim's, at the confidence level
        (`claiming.claim_of`).
        """
        values = self.values([order, *others])
        claims = [
            claim_of(
                self._scoring, np.stack([other, values[0]], axis=1), delta=1.0, level=level, seed=self._seed
            )
            for other in values[1:]
        ]
        return tuple(Mean(claim.mean, claim.low, claim.high) for claim in claims)

    def missed(self, orders: Sequence[Order], limits: Limits) -> tuple[tuple[str, ...], ...]:
        """Return which limits of luck, latest days and the load, each order surely keeps in too few of these futures.

        Raises
        ------
        PlanError
            As `scoring.Scoring`.
        """
        scoring, outcomes = self._limited(orders, limits)
        return tuple(
            missed(scoring, outcome, place).surely
            for outcome in outcomes
            for place in range(outcome.values.shape[1])
        )

    def kept(self, orders: Sequence[Order], limits: Limits) -> Floats:
        """Return float64 [order, limit]: the share of these futures in which each limit of luck is kept.

        Raises
        ------
        PlanError
            As `scoring.Scoring`.
        """
        _, outcomes = self._limited(orders, limits)
        return np.concatenate([outcome.kept.mean(axis=-1).T for outcome in outcomes])

    def _limited(self, orders: Sequence[Order], limits: Limits) -> tuple[Scoring, list[Outcome]]:
        ranks, held = np.array([one.rank for one in orders]), [one.hold_backs for one in orders]
        scoring = Scoring(self.plan, self._scoring.objectives, limits)
        return scoring, self._outcomes(ranks, held, scoring)

    def _score(self, outcome: Outcome) -> Floats:
        if self._focus is None:
            self._focus = self._scoring.focus(outcome)
        return self._scoring.scores(outcome, self._focus)

    def _outcomes(
        self, ranks: Ranks, hold_backs: Sequence[Pairs], scoring: Scoring | None = None
    ) -> list[Outcome]:
        rows = np.arange(len(self.futures))
        size = max(HELD // (len(rows) * max(len(self.plan.services), 1)), 1)
        found = []
        with ThreadPoolExecutor(self._workers) as threads:
            for first in range(0, len(ranks), size):
                part = slice(first, first + size)
                days = self._many.go_live(
                    ranks[part], hold_backs[part], rows, executor=threads if self._workers > 1 else None
                )
                found.append((scoring or self._scoring).outcome(days, self._many, executor=threads))
        return found


def mean_of(values: Floats) -> Mean:
    """Return the mean of float64 [future] with its 95% interval by Student's t."""
    ends = by_t(values, 0.95)
    return Mean(float(values.mean()), ends.low, ends.high)
