"""What is asked of an order search, and what it hands back: objectives, limits, and what was found.

Everything is a number that is better when lower, one for each future: days counted to the horizon, minus
whether a date is met, minus user-weeks, minus identity checks avoided. So orders are compared by the mean of
their differences in the same futures (common random numbers), whatever the objective.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from onelogin_sim.plan import Order
from onelogin_sim.verification.population import Verification

#: What can be asked for, and the unit of its value in `Found`.
Kind = Literal["mean", "p50", "p80", "probability", "user_weeks", "checks_avoided"]
KINDS: dict[str, str] = {
    "mean": "days",
    "p50": "days",
    "p80": "days",
    "probability": "percentage points",
    "user_weeks": "percent of the user-weeks there could be",
    "checks_avoided": "thousand identity checks",
}

#: What is counted over all services, whatever the target.
WITHOUT_TARGET = ("user_weeks", "checks_avoided")

#: How much more the first of several objectives without weights counts than the next, unit for unit.
FIRST_THINGS_FIRST = 1000.0


@dataclass(frozen=True, slots=True)
class Objective:
    """One thing an order should be good at.

    Attributes
    ----------
    kind
        "mean", "p50" or "p80": the expected day a target is met, or the smallest day by which so many percent
        of the futures have met it, counted to the horizon. "probability": of meeting it by a day.
        "user_weeks": weeks for which users are connected, of services that are live, by a day. "checks_avoided":
        first visits by a day that ask for an identity and find it proved, expected in each future.
    target
        Id of the target; not for those in `WITHOUT_TARGET`.
    by
        Day number. "probability": None is the target's own; `WITHOUT_TARGET`: None is the horizon.
    """

    kind: Kind
    target: str | None = None
    by: int | None = None

    @property
    def text(self) -> str:
        """How it is written in messages."""
        return self.kind + (f" of '{self.target}'" if self.target else "")


@dataclass(frozen=True, slots=True)
class Objectives:
    """One objective, or a few that are traded off.

    Attributes
    ----------
    parts
        At least one.
    weights
        Price of a unit of each part: a day, a percentage point, a percent of the user-weeks there could be, a
        thousand identity checks.
        None with several parts is "first things first": a unit of each is worth a thousand of the next, so
        that what comes later decides only where nothing before it does.
    verification
        The population whose identity checks "checks_avoided" and limits on the load are about; None is none.
    """

    parts: tuple[Objective, ...]
    weights: tuple[float, ...] | None = None
    verification: Verification | None = None

    def __post_init__(self) -> None:
        if not self.parts:
            raise ValueError("there must be at least 1 objective")
        if self.weights is not None and len(self.weights) != len(self.parts):
            raise ValueError(f"{len(self.parts)} objectives need as many weights, got {len(self.weights)}")
        if self.weights is not None and not all(0 < weight < float("inf") for weight in self.weights):
            raise ValueError(f"weights of objectives must be above 0, got {list(self.weights)}")
        for part in self.parts:
            if part.kind not in KINDS:
                raise ValueError(f"objective '{part.kind}' is not known; known: {', '.join(KINDS)}")
            if (part.target is None) != (part.kind in WITHOUT_TARGET):
                wanted = "has no target" if part.target else "needs a target"
                raise ValueError(f"objective '{part.kind}' {wanted}")
            if part.kind == "checks_avoided" and self.verification is None:
                raise ValueError("objective 'checks_avoided' needs a population")

    def __repr__(self) -> str:
        # Short, and no two that differ alike: searches that are gone on with are told apart by it.
        known = None if self.verification is None else self.verification.digest
        return f"Objectives({self.parts}, {self.weights}, {known})"

    @property
    def prices(self) -> tuple[float, ...]:
        """What a unit of each part counts."""
        if self.weights is not None:
            return self.weights
        return tuple(FIRST_THINGS_FIRST**-place for place in range(len(self.parts)))


@dataclass(frozen=True, slots=True)
class Limits:
    """What every order must keep to.

    The first four are kept by construction: no order the search looks at breaks them. The others are a matter
    of luck too, so they are judged by simulation.

    Attributes
    ----------
    must_before
        (item id, item id): the first is served before the second, wherever both compete. Where it comes forward
        later, or what it needs is taken, the second may begin before it. Whatever holds the first back holds the
        second back too.
    first, last
        Item ids served before, and after, everything else, in this order, wherever they compete.
    at_once
        No more than so many services of a department at once, from the start of a service's first unfinished
        stage to the end of its last, one after its go-live too: later ones are held back until an earlier one has
        finished.
    latest
        Day by which a service is to be live.
    peak_load
        Most identity checks and rises in a week, Monday to Sunday.
    within_capacity
        Whether no station may get more work in a week, Monday to Sunday, than it can do in it.
    share
        Share of the futures in which each latest day, the peak load and the capacity must hold.
    """

    must_before: tuple[tuple[str, str], ...] = ()
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    at_once: Mapping[str, int] = field(default_factory=dict)
    latest: Mapping[str, int] = field(default_factory=dict)
    share: float = 0.8
    peak_load: int | None = None
    within_capacity: bool = False

    @property
    def on_load(self) -> bool:
        """Whether the identity load is limited."""
        return self.peak_load is not None or self.within_capacity


@dataclass(frozen=True, slots=True)
class PriorityRule:
    """A rule a planner can read: a weighted sum of standardised features of each service; highest first.

    Attributes
    ----------
    weights
        (feature, weight), heaviest first; weights are scaled so that their squares add up to 1.
    order
        What it gives.
    value
        Of that order, as in `Found`.
    """

    weights: tuple[tuple[str, float], ...]
    order: Order
    value: float


@dataclass(frozen=True, slots=True)
class Step:
    """A point of the convergence curve: after so many schedules, in a stage, the incumbent and its value.

    Values of two points are of different futures; whoever compares them has the orders judged in the same.
    """

    schedules: int
    stage: str
    value: float
    order: Order


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found. Its values are optimistic: a winner looks better where it won. `prove` has the last word.

    Attributes
    ----------
    order
        The incumbent: the best the search knows.
    finalists
        Orders worth proving, best first, each once; the first is `order`.
    value, start_value
        Value of the incumbent and of the planner's own order in the search's futures: the objectives' values
        (days, minus percentage points, minus percent of user-weeks, minus thousands of checks), times their
        prices, added up.
    rule
        The readable rule; None when the budget ended before there was one.
    rules
        Value of each known rule that was raced, by name.
    curve
        Convergence.
    costs
        Schedules by stage.
    seed, budget, spent
        A schedule is one order run in one future.
    complete
        False when it was interrupted.
    bound
        Where nothing is uncertain and every service counts: a day before which no order can have all of them live,
        NEVER if that is not within the horizon. None where nothing is proved.
    """

    order: Order
    finalists: tuple[Order, ...]
    value: float
    start_value: float
    rule: PriorityRule | None
    rules: Mapping[str, float]
    curve: tuple[Step, ...]
    costs: Mapping[str, int]
    seed: int
    budget: int
    spent: int
    complete: bool
    bound: int | None = None


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """What a search tells while it runs: schedules spent, stage, incumbent and its value."""

    spent: int
    budget: int
    stage: str
    order: Order
    value: float


#: Called from time to time.
Report = Callable[[SearchProgress], None]


class Checkpoint(Protocol):
    """Where a search keeps its state, as plain data that JSON can hold, so that it can go on later."""

    def load(self) -> dict[str, Any] | None:
        """Return what was saved last, None if nothing was."""

    def save(self, state: dict[str, Any]) -> None:
        """Keep this state in place of the last."""
