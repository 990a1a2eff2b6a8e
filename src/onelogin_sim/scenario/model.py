"""The file model: every key a scenario may have, its type, unit, default and meaning, written once.

The JSON Schema, the reference in the docs and the checks on reading all come from these classes.
Checks that need more than one value are in :mod:`onelogin_sim.scenario.rules`; what the values mean is
in :mod:`onelogin_sim.scenario.resolve`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from onelogin_sim.scenario.kinds import (
    Capacity,
    Count,
    Evidenced,
    Id,
    Probability,
    Quantity,
    StrictModel,
    Text,
    Uncertain,
    Units,
)

# The rows are part of the model and are imported from here.
from onelogin_sim.scenario.rows import DepartmentRow as DepartmentRow
from onelogin_sim.scenario.rows import ServiceRow as ServiceRow
from onelogin_sim.scenario.rows import SignInRow as SignInRow
from onelogin_sim.scenario.verification import Verification


class Target(Evidenced):
    """A coverage target. Give `share` or `count`."""

    id: Id
    """Short name."""
    name: Text | None = None
    """Display name."""
    measure: Literal["services", "departments", "annual_users"]
    """What is covered: services live, departments with a first service live, or counted users a year."""
    share: Annotated[float, Field(gt=0, le=1)] | None = None
    """Share of all in scope, 0 to 1; compared as an exact fraction."""
    count: Annotated[int, Field(ge=1)] | None = None
    """Number that must be reached, live ones included ("over 100" is 101)."""
    by: date
    """Met by a go-live on or before this date."""


class Resource(Evidenced):
    """Capacity shared by the whole programme."""

    name: Text | None = None
    """Display name."""
    capacity: Capacity
    """Units on the status date."""
    changes: dict[date, Capacity] = Field(default_factory=dict)
    """Units from a date on."""
    unit_size: Annotated[float, Field(gt=0)] | None = None
    """Identity checks a week that one unit allows, for a resource some live stage `needs_for_checks`."""
    enabled: bool = True
    """Whether it limits anything; switched off, nothing that names it waits for it."""


class Repeat(Evidenced):
    """Work found wanting is done again."""

    probability: Probability
    """Chance that the stages are done once more, after each pass."""
    from_: Id = Field(alias="from")
    """First stage done again; this one is the last."""
    at_most: Annotated[int, Field(ge=1, le=10)] = 1
    """Most times it is done again."""


class Stage(Evidenced):
    """One stage of a pathway. Stages follow one another in the order listed."""

    stage: Id
    """Name, unique in its pathway."""
    days: Uncertain
    """Working days at ordinary pace; zero means a milestone."""
    needs: dict[str, Units] = Field(default_factory=dict)
    """Units of each resource held from start to finish; `department_team` is the item's department's pool."""
    needs_for_checks: Id | None = None
    """Of the live stage: a resource with a `unit_size` of which it holds the units its service's checks take up."""
    slowed_by: list[Id] = Field(default_factory=list)
    """Barriers that can slow it."""
    probability: Probability | None = None
    """Chance that the stage is needed at all; certain when left out."""
    probability_source: Text | None = None
    """Source of `probability`, where it differs from the stage's own."""
    probability_assumption: Id | None = None
    """Assumption behind `probability`, where it differs from the stage's own."""
    when: Literal["identity"] | None = None
    """Only for a service that checks identity; drawn once a replication where that is unknown."""
    repeat: Repeat | None = None
    """How often the work since an earlier stage is done again."""
    live: bool = False
    """Marks the stage whose start is the go-live."""
    calendar: Literal["every_day"] | None = None
    """`every_day` where weekends and holidays are worked; else the department's nation's working days."""


class Enabler(Evidenced):
    """Shared work that services wait for; not counted as coverage."""

    id: Id
    """Short name."""
    name: Text
    """Display name."""
    department: Id
    """Whose team does it."""
    pathway: Id
    """Its stages."""
    gates: Id
    """The stage of a service that waits for it."""
    needs: list[str] = Field(default_factory=list)
    """Items it waits for itself, as `id` (its first stage waits) or `id:stage` (that stage waits)."""
    not_before: date | None = None
    """Earliest start."""
    live_on: date | None = None
    """Finished on this date (not after the status date)."""
    stage: Id | None = None
    """Stage it is in at the status date, with `since`."""
    since: date | None = None
    """When that stage began."""


class Period(StrictModel):
    """From the first to the last day, both included."""

    from_: date = Field(alias="from")
    """First day."""
    to: date
    """Last day."""


class Freeze(Evidenced):
    """Periods in which some stages are stopped, for the departments that list it."""

    id: Id
    """Short name."""
    name: Text | None = None
    """Display name."""
    enabled: bool = True
    """Whether it applies."""
    periods: Annotated[list[Period], Field(min_length=1)]
    """First and last day of each."""
    stages: list[Id] | None = None
    """Stages stopped; production_configuration and each pathway's live stage unless said otherwise."""


class Barrier(Evidenced):
    """Something that slows work in some departments."""

    name: Text | None = None
    """Display name."""
    share: Probability
    """Chance that it touches a department."""
    slows: Uncertain
    """Factor on the days of the stages that name it."""


class DelayEffect(StrictModel):
    """Working days added to a stage."""

    stage: Id
    """The stage delayed."""
    items: list[Id] | Literal["all"]
    """The items touched, or `all` that have the stage."""
    days: Uncertain
    """Working days added, after scaling."""


class CapacityEffect(StrictModel):
    """Units of a resource lost for a time."""

    resource: Text
    """The resource; a department's pool is `department_team:<department>`."""
    units: Units
    """Units lost."""
    days: Annotated[int, Field(ge=1, le=10_000)]
    """Calendar days the loss lasts."""
    window: Period
    """The loss begins on a day drawn evenly from these."""


class NotBeforeEffect(StrictModel):
    """Items may not start before a drawn day."""

    items: list[Id] | Literal["all"]
    """The items touched, or `all` not started."""
    window: Period
    """The day is drawn evenly from these."""


class Risk(Evidenced):
    """A discrete risk. Give exactly one of delay, capacity and not_before."""

    id: Id
    """Number in the risk register."""
    name: Text
    """What happens."""
    probability: Probability
    """Chance that it happens at all, once."""
    enabled: bool = True
    """Whether it is in the forecast."""
    delay: DelayEffect | None = None
    """Adds days to a stage."""
    capacity: CapacityEffect | None = None
    """Takes capacity away for a time."""
    not_before: NotBeforeEffect | None = None
    """Holds items back to a drawn day."""


class Pace(StrictModel):
    """Correlated pace: factors on every duration."""

    programme: Uncertain | None = None
    """One factor a replication for everybody."""
    department: Uncertain | None = None
    """One factor a replication and department."""


class OptimismBias(Evidenced):
    """One factor a replication on unfinished work, for what plans leave out."""

    enabled: bool = True
    """Whether it applies."""
    factor: Uncertain
    """Factor on every duration of unfinished work."""
    covers: Text
    """What it stands for, and what barriers and risks already cover, so that nothing counts twice."""


class Readiness(StrictModel):
    """When items come forward: calendar days from a date on; for a service both draws added up."""

    department: Uncertain | None = None
    """Drawn once a replication and department (buy-in); holds its services and enablers alike."""
    service: Uncertain | None = None
    """Drawn once a replication and service."""
    counted_from: date | None = None
    """The date the days are counted from (not after the status date, which it is when left out)."""
    come_forward: dict[Id, date] = Field(default_factory=dict)
    """Departments known to have bought in, each by a date: its draw is one that is no later."""


class UnknownIdentity(Evidenced):
    """Services of which nobody has said whether they check identity."""

    share: Probability
    """Chance that such a service checks identity."""


class UnknownUsers(Evidenced):
    """Stand-in for volumes nobody has published. The p50 is counted; p10 and p90 show what hangs on it."""

    p10: Count
    """One in ten has at most this many users a year."""
    p50: Count
    """The volume counted."""
    p90: Count
    """Nine in ten have at most this many."""


class UsesPerPerson(Evidenced):
    """Turns transactions into users."""

    default: Annotated[float, Field(gt=0)]
    """Transactions a person makes in a year, where the service is not listed."""
    services: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    """The same for single services."""


class Volumes(StrictModel):
    """How volumes become counted users."""

    unknown_users: UnknownUsers | None = None
    """For services without a volume."""
    uses_per_person: UsesPerPerson | None = None
    """For services whose volume is in transactions."""


class OrderEntry(Evidenced):
    """An order: exactly one of `rule` and `list`. A bare list of ids means `list`."""

    rule: Text | None = None
    """A priority rule, by name."""
    list_: list[str] | None = Field(default=None, alias="list")
    """Service ids, first served first."""
    hold_back: dict[str, str | list[str]] = Field(default_factory=dict)
    """Item: item it is held back for, until that has finished; or a list of several."""

    def held(self) -> Iterator[tuple[str, str, tuple[str | int, ...]]]:
        """Yield (item, item it is held back for, where that stands below the order) of each hold-back."""
        for item, until in self.hold_back.items():
            if isinstance(until, str):
                yield item, until, ("hold_back", item)
            else:
                yield from ((item, one, ("hold_back", item, index)) for index, one in enumerate(until))

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return {"list": value} if isinstance(value, list) else value


class Assumption(StrictModel):
    """One line of the assumptions register."""

    id: Id
    """Short name, cited by `assumption:`."""
    covers: Quantity
    """The one kind of quantity it covers."""
    text: Text
    """What is assumed."""
    rationale: Text
    """Why, and what was weighed."""
    source: Text
    """What it rests on; "judgement" where there is nothing better."""
    owner: Text
    """Who answers for it."""
    quality: Literal["high", "medium", "low"]
    """How good the evidence is."""
    date_: date = Field(alias="date")
    """When it was made (not after the status date)."""
    valid_until: date | None = None
    """When it should be looked at again."""


class Variant(StrictModel):
    """A named change to the scenario: values replaced at paths, never merged."""

    why: Text
    """The question it answers."""
    set: dict[str, Any] = Field(default_factory=dict)
    """Path: new value, e.g. `resources.onboarding_team.capacity: 9`."""
    remove: list[str] = Field(default_factory=list)
    """Paths taken out."""


class ScenarioFile(StrictModel):
    """A scenario: what a planner writes."""

    scenario: Text
    """Title."""
    about: str | None = None
    """What it is for, in a few lines."""
    status_date: date
    """Day 0: the forecast uses what was known on this day."""
    horizon: date
    """First day outside the forecast; what has not happened by then is "not within the horizon"."""
    evidence: Literal["required", "illustrative"] = "required"
    """Whether every number must have a source or an assumption. `illustrative` is stamped on every output."""
    hand_out: Literal["passing", "strict"] = "passing"
    """Whether an item that does not fit may be passed by one behind it that does."""
    targets: Annotated[list[Target], Field(min_length=1)]
    """Coverage targets."""
    services: list[ServiceRow]
    """Services: the name of a CSV file."""
    departments: list[DepartmentRow]
    """Departments: the name of a CSV file."""
    sign_ins: list[SignInRow] = Field(default_factory=list)
    """Sign-in systems and the enablers that replace them: the name of a CSV file."""
    enablers: list[Enabler] = Field(default_factory=list)
    """Shared work services wait for."""
    resources: dict[Id, Resource] = Field(default_factory=dict)
    """Central capacity."""
    pathways: dict[Id, Annotated[list[Stage], Field(min_length=1)]]
    """Stages by kind of service."""
    freezes: list[Freeze] = Field(default_factory=list)
    """Periods in which some stages are stopped."""
    barriers: dict[Id, Barrier] = Field(default_factory=dict)
    """What slows stages in some departments."""
    pace: Pace = Pace()
    """Correlated pace of programme and departments."""
    optimism_bias: OptimismBias | None = None
    """What plans leave out."""
    readiness: Readiness = Readiness()
    """When services come forward."""
    unknown_identity: UnknownIdentity | None = None
    """For services whose identity level is unknown."""
    volumes: Volumes = Volumes()
    """How volumes become counted users."""
    risks: list[Risk] = Field(default_factory=list)
    """Discrete risks."""
    orders: dict[Id, OrderEntry] = Field(default_factory=dict)
    """Onboarding orders; the first is the default."""
    verification: Verification | None = None
    """Identity checks and sign-ins that follow from the go-lives; they move no date."""
    assumptions: list[Assumption] = Field(default_factory=list)
    """The register."""
    variants: dict[Id, Variant] = Field(default_factory=dict)
    """Named changes."""
