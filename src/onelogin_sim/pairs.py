"""Alternatives compared replication by replication, block by block: exact counts, whatever the blocks."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import combinations
from math import sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from onelogin_sim.alternatives import Alternative
from onelogin_sim.coverage import departments_in_scope, met_day
from onelogin_sim.timeline import Timeline

Counts = npt.NDArray[np.int64]


class Mean(NamedTuple):
    """A mean over replications with its interval by Student's t, at 95% unless said otherwise."""

    value: float
    low: float
    high: float


def mean(total: int, squares: int, count: int, scale: float = 1.0, level: float = 0.95) -> Mean:
    """Return the mean of values known by their exact sum and sum of squares, divided by `scale`.

    Whole numbers are added up, so neither blocks nor their order show, not even in the last bit.
    """
    from scipy.special import stdtrit

    value = total / count
    if count < 2:
        return Mean(value / scale, float("-inf"), float("inf"))
    error = sqrt((count * squares - total * total) / (count * count * (count - 1)))
    half = float(stdtrit(count - 1, (1 + level) / 2)) * error
    return Mean(value / scale, (value - half) / scale, (value + half) / scale)


class Differences(NamedTuple):
    """Differences of a pair, first minus second, summed over replications: one entry per service or department.

    Attributes
    ----------
    total, squares
        [entry]: sums of the differences in days, counted to the horizon, and of their squares. Squares of
        many services together outgrow 64 bits, so these are Python's own integers.
    earlier, later
        int64 [entry]: replications in which the first comes before, and after, the second.
    """

    total: Counts
    squares: npt.NDArray[np.object_]
    earlier: Counts
    later: Counts

    @classmethod
    def none(cls, entries: int) -> Differences:
        """Return the differences of no replications."""
        whole, earlier, later = (np.zeros(entries, dtype=np.int64) for _ in range(3))
        return cls(whole, np.zeros(entries, dtype=object), earlier, later)

    def add(self, days: Counts) -> None:
        """Add int64 [replication, entry]."""
        for sums, more in zip(
            self, (days.sum(0), (days * days).sum(0), (days < 0).sum(0), (days > 0).sum(0)), strict=True
        ):
            np.add(sums, more, out=sums)


class Pairs:
    """What is kept of a comparison, added block by block in order.

    Memory grows with the number of replications only by four bytes per alternative and target.

    Attributes
    ----------
    alternatives
        What is compared.
    pairs
        (index, index) of each pair: the first is named first.
    replications
        Replications added so far.
    services
        Differences by pair, one entry per service: the day it goes live.
    departments
        Differences by pair, one entry per department in scope: the sum over its services of the days they
        go live, which divided by their number is the mean over its services.
    by
        The different target dates, as day numbers within the horizon.
    """

    def __init__(self, alternatives: Sequence[Alternative]) -> None:
        plan = alternatives[0].plan
        self.alternatives = tuple(alternatives)
        self.pairs = tuple(combinations(range(len(alternatives)), 2))
        self.replications = 0
        self.departments_of = departments_in_scope(plan)
        self._membership = (plan.department_of[:, None] == self.departments_of).astype(np.int64)
        self.services = tuple(Differences.none(len(plan.services)) for _ in self.pairs)
        self.departments = tuple(Differences.none(len(self.departments_of)) for _ in self.pairs)
        self.by = tuple(dict.fromkeys(min(target.by, plan.horizon) for target in plan.targets))
        size = len(alternatives)
        # Sums, and sums of products, of user-days: these outgrow 64 bits, so they are Python's own integers.
        self._user_days = {by: np.zeros(size, dtype=object) for by in self.by}
        self._products = {by: np.zeros((size, size), dtype=object) for by in self.by}
        self._hashers = [hashlib.sha256() for _ in alternatives]
        self._days: list[npt.NDArray[np.int32]] = []

    def add(
        self,
        replications: range,
        start: Sequence[npt.NDArray[np.int32]],
        finish: Sequence[npt.NDArray[np.int32]],
    ) -> None:
        """Add a block: int32 [replication, task] of each alternative. Blocks come in order."""
        if replications.start != self.replications:
            raise ValueError(f"block {replications} does not follow replication {self.replications - 1}")
        self.replications = replications.stop
        horizon = self.alternatives[0].plan.horizon
        days, live = [], []
        for place, one in enumerate(self.alternatives):
            timeline = Timeline(one.plan, replications, start[place], finish[place])
            timeline.digest_into(self._hashers[place])
            days.append([met_day(one.plan, target, timeline.go_live) for target in one.plan.targets])
            live.append(np.minimum(timeline.go_live, horizon).astype(np.int64))
        self._days.append(np.array(days, dtype=np.int32))
        for pair, (one_, two) in enumerate(self.pairs):
            difference = live[one_] - live[two]
            self.services[pair].add(difference)
            self.departments[pair].add(difference @ self._membership)
        for by in self.by:
            connected = np.stack(
                [
                    np.maximum(by - np.maximum(went, 0), 0) @ one.plan.users
                    for one, went in zip(self.alternatives, live, strict=True)
                ],
                axis=1,
            ).astype(object)
            self._user_days[by] += connected.sum(axis=0)
            self._products[by] += connected.T @ connected

    @property
    def days(self) -> npt.NDArray[np.int32]:
        """int32 [alternative, target, replication]: the day each target is met, or NEVER."""
        return np.concatenate(self._days, axis=2)

    def reached(self, target: int) -> bool:
        """Whether any alternative meets a target within the horizon in any future."""
        return int(self.days[:, target].min()) < self.alternatives[0].plan.horizon

    @property
    def result_digests(self) -> tuple[str, ...]:
        """SHA-256 of all starts and finishes of each alternative, as a forecast of it has."""
        return tuple(hasher.hexdigest() for hasher in self._hashers)

    def user_weeks(self, by: int, one: int, other: int | None = None) -> Mean:
        """Return the mean user-weeks of an alternative connected before a day, or how many more than another."""
        products = self._products[min(by, self.alternatives[0].plan.horizon)]
        total = self._user_days[min(by, self.alternatives[0].plan.horizon)]
        if other is None:
            return mean(int(total[one]), int(products[one, one]), self.replications, 7.0)
        squares = products[one, one] + products[other, other] - 2 * products[one, other]
        return mean(int(total[one] - total[other]), int(squares), self.replications, 7.0)
