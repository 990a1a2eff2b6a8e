"""The second stage: weights of a rule that a planner can read, evolved.

A rule serves first who has the highest weighted sum of standardised features. Its weights are found by an
evolution strategy with covariance matrix adaptation (Hansen and Ostermeier 2001; constants of Hansen 2016,
*The CMA Evolution Strategy: A Tutorial*). Each generation runs in fresh futures, the same for all its members,
and moves to a weighted mean of its better half: so luck is averaged out and no set of futures is learnt by heart.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Any

import numpy as np

from onelogin_sim.orders.search.ground import Candidate, Floats, Ground
from onelogin_sim.orders.search.permitted import standardised

MEMBERS = 20
FUTURES = 5

#: First step, where weights have length 1.
STEP = 0.3

#: Fewer generations than this lead nowhere.
LEAST = 4


def evolve_rule(ground: Ground, room: int) -> bool:
    """Take one generation; with the last, see whether the rule beats the incumbent. Returns whether it is done."""
    names, values = ground.features
    futures = 1 if ground.certain else FUTURES
    cost, check = MEMBERS * futures, 1 if ground.certain else max(room // 16, 10)
    if ground.state.data is None:
        if len(names) < 2 or room < LEAST * cost + 2 * check + 40:
            return True
        ground.state.data = _begun(ground, values, check)
    data = ground.state.data
    if room >= cost + 2 * data["check"]:
        luck = ground.luck().standard_normal((MEMBERS, len(names)))
        ranks = ground.permitted.ranks((_Shape.of(data).members(luck)) @ values)
        outcome = ground.run(ranks, [()] * MEMBERS, ground.fresh(futures))
        score = ground.scoring.scores(outcome, data["focus"]).mean(axis=1)
        ground.state.data = {**data, **_Shape.of(data).after(luck, score)}
        return False
    weights = np.array(data["mean"])
    weights /= sqrt(float(weights @ weights)) or 1.0
    rank = ground.permitted.ranks((weights @ values)[np.newaxis])[0]
    candidate = Candidate("rule", tuple(rank.tolist()))
    value = ground.adopt(candidate, data["check"])
    heaviest = sorted(zip(names, weights.tolist(), strict=True), key=lambda pair: -abs(pair[1]))
    ground.state.rule = (heaviest, candidate, value)
    ground.consider(candidate)
    return True


def _begun(ground: Ground, values: Floats, check: int) -> dict[str, Any]:
    """Begin at the weights nearest to the incumbent's keys (ridge regression: features resemble one another)."""
    keys = standardised(ground.permitted.keys(ground.best.rank))
    count = len(values)
    mean = np.linalg.solve(values @ values.T + 0.1 * values.shape[1] * np.eye(count), values @ keys)
    length = sqrt(float(mean @ mean))
    return {
        "check": check,
        "focus": [list(pair) for pair in ground.focus()],
        "mean": (mean / length if length > 0 else mean).tolist(),
        "size": STEP,
        "spread": np.eye(count).tolist(),
        "path": [0.0] * count,
        "size_path": [0.0] * count,
    }


@dataclass(frozen=True, slots=True)
class _Shape:
    """A normal distribution of weights, and the paths by which it learns."""

    mean: Floats
    size: float
    spread: Floats
    path: Floats
    size_path: Floats

    @classmethod
    def of(cls, data: dict[str, Any]) -> _Shape:
        return cls(
            np.array(data["mean"]),
            data["size"],
            np.array(data["spread"]),
            np.array(data["path"]),
            np.array(data["size_path"]),
        )

    def axes(self) -> tuple[Floats, Floats]:
        """Return lengths and directions of the distribution's axes."""
        squares, directions = np.linalg.eigh(self.spread)
        return np.sqrt(np.maximum(squares, 1e-12)), directions

    def members(self, luck: Floats) -> Floats:
        """Return float64 [member, weight] from standard normal luck."""
        lengths, directions = self.axes()
        return self.mean + self.size * (luck * lengths) @ directions.T

    def after(self, luck: Floats, score: Floats) -> dict[str, Any]:
        """Return the next generation's distribution as plain data; the lowest scores are the best."""
        count, half = len(self.mean), len(luck) // 2
        raw = log((len(luck) + 1) / 2) - np.log(np.arange(1, half + 1))
        share = raw / raw.sum()
        much = 1 / float((share**2).sum())
        slow, quick = (4 + much / count) / (count + 4 + 2 * much / count), (much + 2) / (count + much + 5)
        one = 2 / ((count + 1.3) ** 2 + much)
        many = min(1 - one, 2 * (much - 2 + 1 / much) / ((count + 2) ** 2 + much))
        damping = 1 + 2 * max(0.0, sqrt((much - 1) / (count + 1)) - 1) + quick
        lengths, directions = self.axes()
        chosen = luck[np.argsort(score, kind="stable")[:half]]
        steps = (chosen * lengths) @ directions.T
        whitened, step = directions @ (share @ chosen), share @ steps
        size_path = (1 - quick) * self.size_path + sqrt(quick * (2 - quick) * much) * whitened
        path = (1 - slow) * self.path + sqrt(slow * (2 - slow) * much) * step
        usual = sqrt(count) * (1 - 1 / (4 * count) + 1 / (21 * count**2))
        grown = quick / damping * (sqrt(float(size_path @ size_path)) / usual - 1)
        spread = (
            (1 - one - many) * self.spread + one * np.outer(path, path) + many * (steps.T * share) @ steps
        )
        return {
            "mean": (self.mean + self.size * step).tolist(),
            "size": self.size * exp(min(grown, 1.0)),
            "spread": spread.tolist(),
            "path": path.tolist(),
            "size_path": size_path.tolist(),
        }
