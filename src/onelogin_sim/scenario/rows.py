"""The file model of the CSV tables: every column, its type, unit and meaning, written once."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from onelogin_sim.scenario.kinds import Capacity, Count, Evidenced, Id, Text


class ServiceRow(Evidenced):
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
    dates_source: Text | None = None
    """Source of `planned_live` and `not_before`."""
    dates_assumption: Id | None = None
    """Assumption behind `planned_live` and `not_before`."""
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


class DepartmentRow(Evidenced):
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


class SignInRow(Evidenced):
    """One line of the sign-ins table."""

    sign_in: Text
    """Name as used in the services table."""
    enablers: list[Id] = Field(default_factory=list)
    """Enablers that replace it, separated by `;`; empty when nothing shared stands behind it."""
    note: str | None = None
    """Anything a reader should know."""
