"""What a plan is made of: items, tasks, resources, barriers, risks and targets, all frozen."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from onelogin_sim.distributions import Distribution

#: What a target counts.
Measure = Literal["services", "departments", "annual_users"]


@dataclass(frozen=True, slots=True)
class Gate:
    """A yes/no decision that a task's existence hangs on; all gates of a task must be open.

    Attributes
    ----------
    decision
        Name of the uniform, drawn once per replication and item; tasks that share a name share the luck.
    probability
        Chance that the gate is open.
    repeat
        A repeat of work. The deterministic run has none; other gates are open there from ½ on.
    """

    decision: str
    probability: float
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One stage of one item, in one pass.

    Attributes
    ----------
    item, stage, repeat_pass
        Whose work, which stage, and which pass of it (0 for the first).
    duration
        Working days at ordinary pace; None for a stage declared as zero days, a milestone.
    calendar
        Id of the calendar it is worked by.
    needs
        (resource id, units) held from start to finish, by resource id.
    gates
        Decisions that must all be open for the task to exist.
    slowed_by
        Ids of the barriers that can slow it.
    live
        Whether its start is the item's go-live.
    since
        Day it started (≤ 0) when it is running at the status date, else None.
    """

    item: str
    stage: str
    duration: Distribution | None
    calendar: str
    repeat_pass: int = 0
    needs: tuple[tuple[str, int], ...] = ()
    gates: tuple[Gate, ...] = ()
    slowed_by: tuple[str, ...] = ()
    live: bool = False
    since: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A service or an enabler.

    Attributes
    ----------
    users
        Counted users a year (0 where they are counted elsewhere).
    users_imputed
        Whether `users` stands in for an unknown volume.
    live_on
        Day it went live (≤ 0) when it is live at the status date.
    planned_live
        Day its owners plan to be live, if they say.
    release
        Earliest day it may start, apart from what is drawn.
    readiness
        Calendar days to the item coming forward: (owner of the draw, distribution), added up. An owner such
        as ``@department:hmrc`` is shared by all its items.
    ready_from
        Day (≤ 0) that readiness is counted from; what has come forward by day 0 may start then.
    fronted_by
        The hub it stands behind, if any.
    position
        Place in the planner's own list, if given.
    """

    id: str
    name: str
    department: str
    kind: Literal["service", "enabler"] = "service"
    users: int = 0
    users_imputed: bool = False
    live_on: int | None = None
    planned_live: int | None = None
    release: int = 0
    readiness: tuple[tuple[str, Distribution], ...] = ()
    ready_from: int = 0
    fronted_by: str | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Department:
    """A department: `certain` are the barriers known to touch it, the others are drawn by their share."""

    id: str
    name: str
    certain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """Capacity in whole units: (day, units) steps, the first on day 0."""

    id: str
    name: str
    steps: tuple[tuple[int, int], ...]

    def capacity(self, day: int) -> int:
        """Return the units there are on `day`, losses from risks apart."""
        return next(units for start, units in reversed(self.steps) if start <= max(day, 0))

    @property
    def most(self) -> int:
        """The most units there ever are."""
        return max(units for _, units in self.steps)


@dataclass(frozen=True, slots=True)
class Barrier:
    """Something that slows stages: touches a department with probability `share`, by the factor `slows`."""

    id: str
    share: float
    slows: Distribution


@dataclass(frozen=True, slots=True)
class Delay:
    """A risk's effect: `days` working days added to the named stage of the named items."""

    stage: str
    items: tuple[str, ...]
    days: Distribution


@dataclass(frozen=True, slots=True)
class CapacityLoss:
    """A risk's effect: `units` of a resource are lost for `days` days from a day drawn in [first, last]."""

    resource: str
    units: int
    days: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class NotBefore:
    """A risk's effect: the named items may not start before a day drawn in [first, last]."""

    items: tuple[str, ...]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Risk:
    """A discrete event with one occurrence and one size draw a replication, shared by all it touches."""

    id: str
    name: str
    probability: float
    effect: Delay | CapacityLoss | NotBefore


@dataclass(frozen=True, slots=True)
class Pace:
    """Factors on all work: programme and department pace correlate it; optimism bias on unfinished work."""

    programme: Distribution | None = None
    department: Distribution | None = None
    optimism_bias: Distribution | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A coverage target: `needed` of `measure`, by day `by`.

    Attributes
    ----------
    needed
        Whole services, departments or annual users; a share is already turned into the smallest whole
        number that reaches it as an exact fraction.
    total
        Denominator: all there is of the measure in scope.
    share
        The share as stated, or None where a count was.
    """

    id: str
    name: str
    measure: Measure
    needed: int
    total: int
    by: int
    share: Fraction | None = None
