"""What a search stands on: the futures it may use, what it has spent, and the best it knows.

Futures are replications under a root seed of the search's own, so that every replication of the planner's
seed is one the search never saw. They are used in turn, from a pool, so that each comparison is made in
fresh ones until the pool is through. Where nothing is uncertain they are all alike, and one says it all. Luck
of the search itself is a NumPy generator (PCG64) begun anew for each step from (seed, step): what a step does
depends on nothing but the state before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from onelogin_sim.draws import Draws, draw
from onelogin_sim.engines.compiled.many import Many
from onelogin_sim.orders.search.features import features
from onelogin_sim.orders.search.permitted import Pairs, Permitted, Whole
from onelogin_sim.orders.search.problem import Limits, Objectives, PriorityRule
from onelogin_sim.orders.search.scoring import Focus, Outcome, Scoring
from onelogin_sim.plan import Order, Plan
from onelogin_sim.uniforms import decision_key

#: Fewest and most futures in the pool, and most numbers it may hold.
FEWEST, MOST, NUMBERS = 256, 4096, 2**25

#: Most futures that are kept for the end.
UNSEEN = 3000

#: Futures that show where an order's percentiles lie.
FOCUSED = 40

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An order under consideration: ranks of all items, hold-backs apart from those that limits impose."""

    name: str
    rank: tuple[int, ...]
    hold_backs: Pairs = ()

    def as_json(self) -> list[Any]:
        """Return it as plain data."""
        return [self.name, list(self.rank), [list(pair) for pair in self.hold_backs]]

    @classmethod
    def from_json(cls, data: list[Any]) -> Candidate:
        """Return what `as_json` was made from."""
        return cls(data[0], tuple(data[1]), tuple((one, two) for one, two in data[2]))


@dataclass
class State:
    """Where a search is: plain data, whole only between two steps."""

    spent: int = 0
    next_future: int = 0
    step: int = 0
    stage: int = 0
    data: dict[str, Any] | None = None
    best: Candidate | None = None
    value: float = float("inf")
    start_value: float = float("inf")
    bound: int | None = None
    considered: list[Candidate] = field(default_factory=list)
    rules: dict[str, float] = field(default_factory=dict)
    rule: tuple[list[tuple[str, float]], Candidate, float] | None = None
    curve: list[tuple[int, str, float, Candidate]] = field(default_factory=list)
    costs: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return it as data that JSON can hold; numbers come back bit for bit."""
        return {
            "spent": self.spent,
            "next_future": self.next_future,
            "step": self.step,
            "stage": self.stage,
            "data": None if self.data is None else dict(self.data),
            "best": self.best.as_json() if self.best else None,
            "value": self.value,
            "start_value": self.start_value,
            "bound": self.bound,
            "considered": [one.as_json() for one in self.considered],
            "rules": dict(self.rules),
            "rule": [list(map(list, self.rule[0])), self.rule[1].as_json(), self.rule[2]]
            if self.rule
            else None,
            "curve": [[*told, incumbent.as_json()] for *told, incumbent in self.curve],
            "costs": dict(self.costs),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> State:
        """Return the state `as_json` was made from."""
        rule = data["rule"]
        return cls(
            **{
                **data,
                "best": Candidate.from_json(data["best"]) if data["best"] else None,
                "considered": [Candidate.from_json(one) for one in data["considered"]],
                "rule": ([tuple(pair) for pair in rule[0]], Candidate.from_json(rule[1]), rule[2])
                if rule
                else None,
                "curve": [
                    (spent, stage, value, Candidate.from_json(one))
                    for spent, stage, value, one in data["curve"]
                ],
            }
        )


class Ground:
    """A plan, objectives and limits, with the futures of one search and its state.

    Attributes
    ----------
    certain
        Whether all futures are alike, so that every comparison is exact and takes one of them.
    """

    def __init__(
        self,
        plan: Plan,
        objectives: Objectives,
        limits: Limits,
        *,
        start: Order,
        budget: int,
        seed: int,
        workers: int,
    ) -> None:
        self.plan, self.start, self.budget, self.seed = plan, start, budget, seed
        self.permitted = Permitted(plan, limits)
        self.scoring = Scoring(plan, objectives, limits)
        size = min(max(budget // 4, FEWEST), MOST, max(NUMBERS // max(len(plan.tasks), 1), FEWEST))
        unseen = min(budget // 10 + 8, UNSEEN, size)
        draws = draw(plan, decision_key("@search", str(seed)), size + unseen)
        self._many, self._pool, self._unseen = Many(plan, draws, workers=workers), size, unseen
        self.certain = _alike(draws)
        self._threads = ThreadPoolExecutor(workers) if workers > 1 else None
        self.state = State()
        self.stage = ""

    @cached_property
    def features(self) -> tuple[tuple[str, ...], Floats]:
        """What rules may look at: names and float64 [feature, place]."""
        return features(self.plan, self.permitted.items)

    def close(self) -> None:
        """End the threads."""
        if self._threads:
            self._threads.shutdown()

    def luck(self) -> np.random.Generator:
        """Return the generator of the step under way."""
        return np.random.default_rng((self.seed, self.state.step))

    def fresh(self, count: int) -> Whole:
        """Return the rows of so many futures, those used longest ago; one row where all are alike."""
        if self.certain:
            return np.zeros(min(count, 1), dtype=np.int64)
        rows = (self.state.next_future + np.arange(count)) % self._pool
        self.state.next_future = int(self.state.next_future + count) % self._pool
        return rows

    def unseen(self, count: int, *, after: int = 0) -> Whole:
        """Return the rows of so many futures that are kept for the end, so that nothing was learnt by heart in them."""
        if self.certain:
            return self.fresh(count)
        return self._pool + (after + np.arange(count)) % self._unseen

    @property
    def best(self) -> Candidate:
        """The incumbent."""
        assert self.state.best is not None
        return self.state.best

    @property
    def is_optimal(self) -> bool:
        """Whether the incumbent is as early as any order can be, and nothing else is asked for."""
        bound = self.state.bound
        return (
            bound is not None
            and len(self.scoring.prices) == 1
            and self.state.value <= bound * float(self.scoring.prices[0])
        )

    def run(
        self, ranks: Whole, hold_backs: Sequence[Pairs], rows: Whole, *, as_they_are: bool = False
    ) -> Outcome:
        """Run orders in futures, int [order, column] or [column] rows; hold-backs that limits impose are added."""
        held = (
            hold_backs
            if as_they_are
            else [self.permitted.held(rank, pairs) for rank, pairs in zip(ranks, hold_backs, strict=True)]
        )
        self.charge(len(ranks) * rows.shape[-1])
        days = self._many.go_live(ranks, held, rows, executor=self._threads)
        return self.scoring.outcome(days, self._many, rows, executor=self._threads)

    def charge(self, schedules: int) -> None:
        """Count schedules as spent."""
        self.state.spent += schedules
        self.state.costs[self.stage] = self.state.costs.get(self.stage, 0) + schedules

    def compare(self, candidates: Sequence[Candidate], rows: Whole) -> Outcome:
        """Run candidates in the same futures."""
        ranks = np.array([one.rank for one in candidates], dtype=np.int64)
        return self.run(ranks, [one.hold_backs for one in candidates], rows)

    def focus(self) -> Focus:
        """Return where days count, judged by the incumbent; costs nothing where there is no percentile."""
        if not self.scoring.has_percentiles:
            return self.scoring.everywhere
        return self.scoring.focus(self.compare([self.best], self.fresh(FOCUSED)))

    def adopt(self, candidate: Candidate, futures: int) -> float:
        """Make a candidate the incumbent if it is better in fresh futures: fewer broken limits, then a lower value.

        Returns its value there.
        """
        state = self.state
        outcome = self.compare([self.best, candidate], self.fresh(futures))
        value, broken = self.scoring.value(outcome), self.scoring.broken(outcome)
        better = bool((broken[1], value[1]) < (broken[0], value[0]))
        if better:
            state.best = candidate
            self.consider(candidate)
        self.note(float(value[int(better)]))
        return float(value[1])

    def consider(self, candidate: Candidate) -> None:
        """Keep a candidate for the end, as the latest."""
        alike = (candidate.rank, candidate.hold_backs)
        self.state.considered = [
            one for one in self.state.considered if (one.rank, one.hold_backs) != alike
        ] + [candidate]

    def note(self, value: float) -> None:
        """Add a point to the convergence curve."""
        self.state.value = value
        self.state.curve.append((self.state.spent, self.stage, value, self.best))

    def order(self, candidate: Candidate, name: str) -> Order:
        """Return a candidate as an order."""
        held = self.permitted.held(np.array(candidate.rank, dtype=np.int64), candidate.hold_backs)
        return Order(name, candidate.rank, held)

    def rule(self) -> PriorityRule | None:
        """Return the readable rule found so far."""
        if self.state.rule is None:
            return None
        weights, candidate, value = self.state.rule
        return PriorityRule(tuple(weights), self.order(candidate, "rule"), value)


def _alike(draws: Draws) -> bool:
    """Whether every future is the first one over again."""
    return all(bool((rows == rows[:1]).all()) for rows in (draws.days, draws.earliest, draws.loss_start))
