"""The routes by which an identity is proved, the stations behind them, and how often a check ends well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from onelogin_sim.distributions import Distribution

#: What a station's capacity counts: people at work, checks that run at once, or appointments a day.
Unit = Literal["servers", "concurrency", "appointments"]


@dataclass(frozen=True, slots=True)
class Opening:
    """Weekdays (0 is Monday) and the hours of each, from the first to before the second."""

    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    from_hour: int = 0
    to_hour: int = 24

    @property
    def hours_a_week(self) -> int:
        """Hours a week in which it is open."""
        return len(self.weekdays) * (self.to_hour - self.from_hour)


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """`share` of customers begin within `within` minutes; days where the station gives appointments."""

    share: float
    within: float


@dataclass(frozen=True, slots=True)
class Station:
    """Where customers of a route wait.

    Attributes
    ----------
    unit, steps
        What capacity counts, and (day, units) steps, the first on day 0.
    opening
        When it works.
    time_limit_days
        Days after which an appointment not yet kept lapses, None without.
    patience
        Minutes a customer waits before leaving, None where everybody stays.
    level
        The service level it is held to, None without.
    """

    id: str
    name: str
    unit: Unit
    steps: tuple[tuple[int, int], ...]
    opening: Opening = Opening()
    time_limit_days: int | None = None
    patience: Distribution | None = None
    level: ServiceLevel | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A visit to a station: the share of a route's customers who make it, and its minutes (None: a whole slot)."""

    station: str
    share: float = 1.0
    minutes: Distribution | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """A way to prove an identity.

    Attributes
    ----------
    choice
        Weight with which people begin here.
    success
        Chance that an attempt ends well.
    gives_up
        Chance that who fails stops altogether.
    then
        Id of the route tried next by those who fail and go on, and by those who cannot use this one; None: none.
    steps
        Stations passed, in order.
    """

    id: str
    name: str
    choice: float
    success: float
    gives_up: float = 0.0
    then: str | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a check on average: the chance of success, and attempts by route, in the routes' order."""

    success: float
    attempts: tuple[float, ...]


def able_to_prove(able: Sequence[float]) -> float:
    """Return the share of people who can use at least one route.

    Abilities are nested: who can use a harder route can use every easier one, so the easiest counts.
    Without routes everybody can.
    """
    return max(able, default=1.0)


def outcome(routes: Sequence[Route], able: Sequence[float]) -> Outcome:
    """Return the outcome of a check begun by somebody who can use at least one route.

    A person begins at a route by its `choice`, passes on at once from a route they cannot use, attempts one
    they can, and after a failure gives up or goes on to `then`. With nested abilities people fall into
    classes by the hardest route they can use; the outcome is the mean over classes.

    Parameters
    ----------
    routes
        Routes whose `then` form no ring.
    able
        Share of people able to use each route, in the routes' order.
    """
    whole = able_to_prove(able)
    if not routes:
        return Outcome(1.0, ())
    if whole == 0:
        return Outcome(0.0, (0.0,) * len(routes))
    index = {route.id: place for place, route in enumerate(routes)}
    begins = sum(route.choice for route in routes)
    success, attempts = 0.0, [0.0] * len(routes)
    levels = sorted({share for share in able if share > 0}, reverse=True)
    for easy, hard in zip(levels, [*levels[1:], 0.0], strict=True):
        for route in routes:
            still = route.choice / begins * (easy - hard) / whole
            place: int | None = index[route.id]
            while place is not None:
                here = routes[place]
                if able[place] >= easy:
                    attempts[place] += still
                    success += still * here.success
                    still *= (1 - here.success) * (1 - here.gives_up)
                place = None if here.then is None else index[here.then]
    return Outcome(success, tuple(attempts))
