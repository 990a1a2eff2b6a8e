"""Project-scheduling instances of known difficulty, made anew from committed seeds.

The generator follows ProGen (Kolisch, Sprecher and Drexl 1995, *Characterization and generation of a general
class of resource-constrained project scheduling problems*, Management Science 41), which made the field's
published sets. What an instance is asked for, and what it has:

network complexity
    Arcs a node, source and sink and their arcs included; no arc is redundant.
resource factor
    Share of the (activity, resource) pairs with a demand; every activity has one at least.
resource strength
    Where each capacity lies between the largest single demand (0) and the peak of the schedule in which
    everything starts as early as its predecessors let it (1), to the nearest unit.

Days and demands are uniform on 1 to 10. Luck comes from the package's keyed uniforms, so that an instance is the
same on every machine and with every version of NumPy.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Literal

import numpy as np

from onelogin_sim.calendars import Calendar
from onelogin_sim.distributions import Distribution
from onelogin_sim.plan import Department, Item, Plan, Resource, Target, Task
from onelogin_sim.uniforms import decision_key, uniforms

#: Root seed of the instances that bounds are stored of; an instance's name is the rest of the key.
SEED = 1995

SIZES = (30, 60, 120)
INSTANCES = 60
RESOURCES = 4
COMPLEXITIES = (1.5, 1.8, 2.1)
FACTORS = (0.25, 0.5, 0.75, 1.0)
STRENGTHS = {30: (0.2, 0.5, 0.7, 1.0), 60: (0.2, 0.5, 0.7, 1.0), 120: (0.1, 0.2, 0.3, 0.4, 0.5)}

#: Activities without predecessors, and those without successors.
ENDS = 3

#: Most arcs into an activity, and most out of it.
MOST_ARCS = 3

MOST_DAYS = MOST_DEMAND = 10

#: Random days are whole tenths of a day, so that rounding is not what is measured.
TENTHS = 10

#: How days vary around their mean d: uniform with variance d/3, uniform on 0 to 2d, exponential.
Spread = Literal["narrow", "wide", "exponential"]
SPREADS: tuple[Spread, ...] = ("narrow", "wide", "exponential")

STATUS_DATE = date(2024, 1, 1)
EVERY_DAY = "every_day"


@dataclass(frozen=True)
class Instance:
    """A resource-constrained project scheduling problem.

    Attributes
    ----------
    name
        Size and number, as in ``120-07``.
    complexity, factor, strength
        What was asked for.
    days
        Of each activity.
    demands
        [activity][resource]
    capacities
        Of each resource.
    arcs
        (before, after), without those of source and sink; the first is always the smaller number.
    """

    name: str
    complexity: float
    factor: float
    strength: float
    days: tuple[int, ...]
    demands: tuple[tuple[int, ...], ...]
    capacities: tuple[int, ...]
    arcs: tuple[tuple[int, int], ...]

    @property
    def digest(self) -> str:
        """SHA-256 of all there is: what a stored bound belongs to."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    @property
    def critical_path(self) -> int:
        """Days of the longest path."""
        return max(start + days for start, days in zip(earliest_starts(self), self.days, strict=True))


def cells(size: int) -> Iterator[tuple[float, float, float]]:
    """Yield (complexity, factor, strength) of the instances of a size: every level of each factor equally often.

    At 120 there are as many cells as instances. Below there are 48: each once, and twelve more in which
    every pair of complexity and factor comes once and the strengths go round.
    """
    strengths = STRENGTHS[size]
    full = [
        (complexity, factor, strength)
        for complexity in COMPLEXITIES
        for factor in FACTORS
        for strength in strengths
    ]
    yield from full
    for number in range(INSTANCES - len(full)):
        first, second = divmod(number, len(FACTORS))
        yield COMPLEXITIES[first], FACTORS[second], strengths[(first + second) % len(strengths)]


def family(size: int) -> list[Instance]:
    """Return all instances of a size, 30, 60 or 120 activities."""
    return [make(size, number) for number in range(INSTANCES)]


@cache
def make(size: int, number: int, seed: int = SEED) -> Instance:
    """Return one instance of a size. Another seed makes another family, on which nothing has been tuned."""
    complexity, factor, strength = list(cells(size))[number]
    name = f"{size}-{number:02}"
    luck = _Luck(name, seed)
    days = tuple(luck.whole(1, MOST_DAYS) for _ in range(size))
    demands = _demands(luck, size, factor)
    arcs = _network(luck, size, complexity)
    bare = Instance(name, complexity, factor, strength, days, demands, (), arcs)
    least = [max(row[resource] for row in demands) for resource in range(RESOURCES)]
    capacities = tuple(
        low + math.floor(strength * (high - low) + 0.5) for low, high in zip(least, peaks(bare), strict=True)
    )
    return Instance(name, complexity, factor, strength, days, demands, capacities, arcs)


def earliest_starts(instance: Instance) -> list[int]:
    """Return the first day of each activity when resources are no object."""
    starts = [0] * len(instance.days)
    for before, after in sorted(instance.arcs, key=lambda arc: arc[1]):
        starts[after] = max(starts[after], starts[before] + instance.days[before])
    return starts


def peaks(instance: Instance) -> list[int]:
    """Return the most of each resource that is asked for on a day when everything starts as early as it can."""
    used = np.zeros((sum(instance.days), RESOURCES), dtype=int)
    for start, days, demand in zip(earliest_starts(instance), instance.days, instance.demands, strict=True):
        used[start : start + days] += demand
    return [int(most) for most in used.max(axis=0)]


def as_plan(instance: Instance, spread: Spread | None = None) -> Plan:
    """Return an instance as a plan: a service of one stage for each activity, live when it is finished.

    Parameters
    ----------
    instance
        What is to be done.
    spread
        How days vary, in tenths of a day; None for fixed days, in days.
    """
    unit = 1 if spread is None else TENTHS
    # List scheduling always has something under way, so that fixed days end within their sum; uniform ones
    # within twice the sum of means, exponential ones too, but for a chance far below one in a million.
    horizon = 2 * unit * sum(instance.days) + 2
    names = [f"a{number:03}" for number in range(len(instance.days))]
    resources = [f"r{number}" for number in range(RESOURCES)]
    return Plan(
        status_date=STATUS_DATE,
        horizon=horizon,
        items=tuple(Item(name, name, "d") for name in names),
        tasks=tuple(
            Task(
                name,
                "work",
                duration(days, spread),
                EVERY_DAY,
                needs=tuple(
                    (resource, units) for resource, units in zip(resources, demand, strict=True) if units
                ),
            )
            for name, days, demand in zip(names, instance.days, instance.demands, strict=True)
        ),
        arcs=instance.arcs,
        departments=(Department("d", "Department"),),
        calendars=(
            Calendar(EVERY_DAY, 0, np.ones(horizon, dtype=np.bool_), np.zeros(horizon, dtype=np.bool_)),
        ),
        resources=tuple(
            Resource(name, name, ((0, units),))
            for name, units in zip(resources, instance.capacities, strict=True)
        ),
        targets=(Target("all", "Everything", "services", len(names), len(names), horizon - 1, Fraction(1)),),
        illustrative=True,
    )


def duration(days: int, spread: Spread | None) -> Distribution:
    """Return the distribution of an activity of so many days on average: in days when fixed, else in tenths.

    Uniform with variance d/3 means d - √d to d + √d days. The exponential one is exact at every half tenth,
    which is where its table is read.
    """
    match spread:
        case None:
            return Distribution("fixed", (float(days),))
        case "narrow":
            half = math.sqrt(days)
            return Distribution("cumulative", (TENTHS * (days - half), 0.0, TENTHS * (days + half), 1.0))
        case "wide":
            return Distribution("cumulative", (0.0, 0.0, 2.0 * TENTHS * days, 1.0))
        case "exponential":
            mean = TENTHS * days
            places = [0.0, *(number + 0.5 for number in range(1, 12 * mean))]
            return Distribution(
                "cumulative", tuple(value for x in places for value in (x, -math.expm1(-x / mean)))
            )


class _Luck:
    """Uniform whole numbers, one after the other, from the instance's own key."""

    def __init__(self, name: str, seed: int) -> None:
        self.seed = seed
        self.key = np.array([decision_key(name, "progen")], dtype=np.uint64)
        self.used = 0
        self.block: list[float] = []

    def whole(self, low: int, high: int) -> int:
        """Return one of low, ..., high."""
        if not self.block:
            self.block = uniforms(self.seed, self.key, range(self.used, self.used + 4096))[0].tolist()[::-1]
            self.used += 4096
        return low + int(self.block.pop() * (high - low + 1))

    def one_of(self, values: list[int]) -> int:
        """Return one of some values."""
        return values[self.whole(0, len(values) - 1)]


def _demands(luck: _Luck, size: int, factor: float) -> tuple[tuple[int, ...], ...]:
    """Demands of `factor` of all pairs of activity and resource, one at least for every activity."""
    rows = [[0] * RESOURCES for _ in range(size)]
    asked = [(activity, luck.whole(0, RESOURCES - 1)) for activity in range(size)]
    others = [(a, r) for a in range(size) for r in range(RESOURCES) if asked[a] != (a, r)]
    for _ in range(round(factor * size * RESOURCES) - size):
        asked.append(others.pop(luck.whole(0, len(others) - 1)))
    for activity, resource in asked:
        rows[activity][resource] = luck.whole(1, MOST_DEMAND)
    return tuple(tuple(row) for row in rows)


def _network(luck: _Luck, size: int, complexity: float) -> tuple[tuple[int, int], ...]:
    """Arcs of an acyclic network without redundant ones; tried again where a try leaves no way on."""
    while True:
        net = _Network(size)
        if net.grow(luck, math.floor(complexity * (size + 2) + 0.5) - 2 * ENDS):
            return tuple(sorted(net.arcs))


class _Network:
    """A network under construction. Sets of activities are the bits of whole numbers."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.arcs: set[tuple[int, int]] = set()
        self.into, self.out = [0] * size, [0] * size
        self.above = [1 << activity for activity in range(size)]  # an activity and all it waits for
        self.below = [1 << activity for activity in range(size)]  # an activity and all that wait for it

    def grow(self, luck: _Luck, wanted: int) -> bool:
        """ProGen's steps: a predecessor for each, a successor for each, then arcs until there are as many as wanted.

        Return whether that worked out.
        """
        starts, ends = range(ENDS), range(self.size - ENDS, self.size)
        for after in range(ENDS, self.size):
            if not self._join(luck, [(before, after) for before in range(min(after, ends.start))]):
                return False
        for before in reversed(range(ends.start)):
            later = range(max(before + 1, starts.stop), self.size)
            if not self.out[before] and not self._join(luck, [(before, after) for after in later]):
                return False
        while len(self.arcs) < wanted:
            pairs = [(i, j) for j in range(ENDS, self.size) for i in range(min(j, ends.start))]
            if not self._join(luck, pairs):
                return False
        return len(self.arcs) == wanted

    def _join(self, luck: _Luck, pairs: list[tuple[int, int]]) -> bool:
        """Add one of some arcs, if one may be."""
        while pairs:
            place = luck.whole(0, len(pairs) - 1)
            pairs[place], pairs[-1] = pairs[-1], pairs[place]
            before, after = pairs.pop()
            if self._may_join(before, after):
                self._add(before, after)
                return True
        return False

    def _may_join(self, before: int, after: int) -> bool:
        """Whether both have room, the arc is not redundant, and makes no other redundant."""
        if self.out[before] >= MOST_ARCS or self.into[after] >= MOST_ARCS or self.below[before] >> after & 1:
            return False
        above, below = self.above[before], self.below[after]
        return not any(above >> i & 1 and below >> j & 1 for i, j in self.arcs)

    def _add(self, before: int, after: int) -> None:
        self.arcs.add((before, after))
        self.out[before] += 1
        self.into[after] += 1
        above, below = self.above[before], self.below[after]
        for activity in range(self.size):
            if above >> activity & 1:
                self.below[activity] |= below
            if below >> activity & 1:
                self.above[activity] |= above
