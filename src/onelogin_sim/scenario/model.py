"""The file model: every key a scenario may have, its type, unit, default and meaning, written once.

The JSON Schema, the reference in the docs and the checks on reading all come from these classes.
Checks that need more than one value are in :mod:`onelogin_sim.scenario.rules`; what the values mean is
in :mod:`onelogin_sim.scenario.resolve`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

#: An id: letters, digits, hyphen and underscore. `@` and `:` are kept for the model's own names.
ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"

Id = Annotated[str, Field(pattern=ID_PATTERN, max_length=100)]
Probability = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0, le=10**12)]
Units = Annotated[int, Field(ge=1, le=10**6)]
Capacity = Annotated[int, Field(ge=0, le=10**6)]
Text = Annotated[str, Field(min_length=1)]
PositiveFactor = Annotated[float, Field(gt=0, le=100)]

#: What an assumption may cover. Each covers exactly one, so that no single line hides a whole model.
Quantity = Literal[
    "target", "volume", "uses_per_person", "identity_share", "readiness", "in_flight", "capacity",
    "team_capacity", "duration", "need", "existence", "rework", "barrier_share", "slowdown", "risk",
    "pace", "optimism_bias", "freeze", "scope", "migration", "planned_date", "order",
]  # fmt: skip


class _Model(BaseModel):
    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


class _Evidenced(_Model):
    source: Text | None = None
    """Where the numbers here come from (a document and its date, or an address)."""
    assumption: Id | None = None
    """The assumption the numbers here rest on, by its id in `assumptions`."""


class Uncertain(_Evidenced):
    """An uncertain quantity. Give exactly one of: fixed; low, mode and high; p10, p50 and p90; median and
    p90; observed; cumulative. A bare number means fixed, a bare list observed.
    """

    fixed: float | None = None
    """One value, certain."""
    low: float | None = None
    """Smallest value (PERT or triangular)."""
    mode: float | None = None
    """Most likely value."""
    high: float | None = None
    """Largest value."""
    shape: Literal["pert", "triangular"] | None = None
    """Shape between low, mode and high; PERT (λ = 4) unless said otherwise."""
    p10: float | None = None
    """One in ten is at most this (split lognormal, with p50 and p90)."""
    p50: float | None = None
    """Half are at most this."""
    p90: float | None = None
    """Nine in ten are at most this."""
    median: float | None = None
    """Half are at most this (lognormal, with p90)."""
    observed: Annotated[list[float], Field(min_length=1)] | None = None
    """Values seen; each is equally likely."""
    cumulative: Annotated[list[list[float]], Field(min_length=1)] | None = None
    """Pairs [value, share reached by then], rising, straight lines between; the last share is 1."""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        if isinstance(value, list):
            return {"observed": value}
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return {"fixed": value}
        return value


class Target(_Evidenced):
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


class Resource(_Evidenced):
    """Capacity shared by the whole programme."""

    name: Text | None = None
    """Display name."""
    capacity: Capacity
    """Units on the status date."""
    changes: dict[date, Capacity] = Field(default_factory=dict)
    """Units from a date on."""


class Repeat(_Evidenced):
    """Work found wanting is done again."""

    probability: Probability
    """Chance that the stages are done once more, after each pass."""
    from_: Id = Field(alias="from")
    """First stage done again; this one is the last."""
    at_most: Annotated[int, Field(ge=1, le=10)] = 1
    """Most times it is done again."""


class Stage(_Evidenced):
    """One stage of a pathway. Stages follow one another in the order listed."""

    stage: Id
    """Name, unique in its pathway."""
    days: Uncertain
    """Working days at ordinary pace; zero means a milestone."""
    needs: dict[str, Units] = Field(default_factory=dict)
    """Units of each resource held from start to finish; `department_team` is the item's department's pool."""
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


class Enabler(_Evidenced):
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


class Freeze(_Evidenced):
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


class Period(_Model):
    """From the first to the last day, both included."""

    from_: date = Field(alias="from")
    """First day."""
    to: date
    """Last day."""


class Barrier(_Evidenced):
    """Something that slows work in some departments."""

    name: Text | None = None
    """Display name."""
    share: Probability
    """Chance that it touches a department."""
    slows: Uncertain
    """Factor on the days of the stages that name it."""


class DelayEffect(_Model):
    """Working days added to a stage."""

    stage: Id
    """The stage delayed."""
    items: list[Id] | Literal["all"]
    """The items touched, or `all` that have the stage."""
    days: Uncertain
    """Working days added, after scaling."""


class CapacityEffect(_Model):
    """Units of a resource lost for a time."""

    resource: Text
    """The resource; a department's pool is `department_team:<department>`."""
    units: Units
    """Units lost."""
    days: Annotated[int, Field(ge=1, le=10_000)]
    """Calendar days the loss lasts."""
    window: Period
    """The loss begins on a day drawn evenly from these."""


class NotBeforeEffect(_Model):
    """Items may not start before a drawn day."""

    items: list[Id] | Literal["all"]
    """The items touched, or `all` not started."""
    window: Period
    """The day is drawn evenly from these."""


class Risk(_Evidenced):
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


class Pace(_Model):
    """Correlated pace: factors on every duration."""

    programme: Uncertain | None = None
    """One factor a replication for everybody."""
    department: Uncertain | None = None
    """One factor a replication and department."""


class OptimismBias(_Evidenced):
    """One factor a replication on unfinished work, for what plans leave out."""

    enabled: bool = True
    """Whether it applies."""
    factor: Uncertain
    """Factor on every duration of unfinished work."""
    covers: Text
    """What it stands for, and what barriers and risks already cover, so that nothing counts twice."""


class Readiness(_Model):
    """When services come forward: calendar days from the status date, department and service added up."""

    department: Uncertain | None = None
    """Drawn once a replication and department (buy-in)."""
    service: Uncertain | None = None
    """Drawn once a replication and service."""


class UnknownIdentity(_Evidenced):
    """Services of which nobody has said whether they check identity."""

    share: Probability
    """Chance that such a service checks identity."""


class UnknownUsers(_Evidenced):
    """Stand-in for volumes nobody has published. The p50 is counted; p10 and p90 show what hangs on it."""

    p10: Count
    """One in ten has at most this many users a year."""
    p50: Count
    """The volume counted."""
    p90: Count
    """Nine in ten have at most this many."""


class UsesPerPerson(_Evidenced):
    """Turns transactions into users."""

    default: Annotated[float, Field(gt=0)]
    """Transactions a person makes in a year, where the service is not listed."""
    services: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    """The same for single services."""


class Volumes(_Model):
    """How volumes become counted users."""

    unknown_users: UnknownUsers | None = None
    """For services without a volume."""
    uses_per_person: UsesPerPerson | None = None
    """For services whose volume is in transactions."""


class OrderEntry(_Evidenced):
    """An order: exactly one of `rule` and `list`. A bare list of ids means `list`."""

    rule: Text | None = None
    """A priority rule, by name."""
    list_: list[str] | None = Field(default=None, alias="list")
    """Service ids, first served first."""
    hold_back: dict[str, str] = Field(default_factory=dict)
    """Item: item it is held back for, until that has finished."""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return {"list": value} if isinstance(value, list) else value


class Assumption(_Model):
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


class Variant(_Model):
    """A named change to the scenario: values replaced at paths, never merged."""

    why: Text
    """The question it answers."""
    set: dict[str, Any] = Field(default_factory=dict)
    """Path: new value, e.g. `resources.onboarding_team.capacity: 9`."""
    remove: list[str] = Field(default_factory=list)
    """Paths taken out."""


class ServiceRow(_Evidenced):
    """One line of the services table."""

    id: Id
    """Short name, unique among services and enablers."""
    position: Annotated[int, Field(ge=0)] | None = None
    """Place in the planner's own list (as-listed order); id order without it."""
    name: Text
    """Display name."""
    department: Id
    """Department, by id."""
    live_on: date | None = None
    """Date it went live, not after the status date."""
    stage: Id | None = None
    """Stage it is in at the status date, with `since`."""
    since: date | None = None
    """When that stage began."""
    since_source: Text | None = None
    """Source of `stage` and `since`."""
    since_assumption: Id | None = None
    """Assumption behind `stage` and `since`."""
    planned_live: date | None = None
    """Date its owners plan to be live."""
    not_before: date | None = None
    """Earliest start."""
    users: Count | None = None
    """Volume a year, in `users_unit`; blank when unknown. Source or assumption in the row's own columns."""
    users_unit: Literal["people", "organisations", "transactions"] | None = None
    """People and organisations count one each; transactions are divided by uses per person."""
    users_counted: Literal["yes", "no"] = "yes"
    """`no` where the users are already counted on a hub or on the services behind it."""
    identity: Literal["P2", "P1", "none", "unknown"] = "none"
    """Identity level checked at sign-in."""
    pathway: Id | None = None
    """Its stages; not needed for a live service."""
    needs: list[str] = Field(default_factory=list)
    """Items it waits for, by `;`: `id` (an enabler gates its stage, a service the first) or `id:stage`."""
    fronted_by: Id | None = None
    """Hub it stands behind: it is not live before the hub is."""
    sign_in: list[str] = Field(default_factory=list)
    """Sign-in systems it replaces, separated by `;`; each must be in the sign-ins table."""
    note: str | None = None
    """Anything a reader should know."""


class DepartmentRow(_Evidenced):
    """One line of the departments table."""

    id: Id
    """Short name."""
    name: Text
    """Display name."""
    nation: Literal["England", "Wales", "Scotland", "Northern Ireland"] = "England"
    """Whose bank holidays it keeps."""
    teams: Capacity
    """Units of its delivery pool, `department_team`, on the status date."""
    team_changes: dict[date, Capacity] = Field(default_factory=dict)
    """Units from a date on, as `2025-07-01=3`, separated by `;`."""
    freezes: list[Id] = Field(default_factory=list)
    """Freezes that apply to it, separated by `;`."""
    barriers: list[Id] = Field(default_factory=list)
    """Barriers known to touch it, separated by `;`; the others are drawn by their share."""


class SignInRow(_Evidenced):
    """One line of the sign-ins table."""

    sign_in: Text
    """Name as used in the services table."""
    enablers: list[Id] = Field(default_factory=list)
    """Enablers that replace it, separated by `;`; empty when nothing shared stands behind it."""
    note: str | None = None
    """Anything a reader should know."""


class ScenarioFile(_Model):
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
    assumptions: list[Assumption] = Field(default_factory=list)
    """The register."""
    variants: dict[Id, Variant] = Field(default_factory=dict)
    """Named changes."""
