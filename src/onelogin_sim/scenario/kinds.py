"""The kinds of value a scenario is made of."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

#: An id: letters, digits, hyphen and underscore. `@` and `:` are kept for the model's own names.
ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"

#: Written in `needs` for the pool of the item's own department; `department_team:<id>` names one pool.
DEPARTMENT_TEAM = "department_team"

Id = Annotated[str, Field(pattern=ID_PATTERN, max_length=100)]
Probability = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0, le=10**12)]
Units = Annotated[int, Field(ge=1, le=10**6)]
Capacity = Annotated[int, Field(ge=0, le=10**6)]
Text = Annotated[str, Field(min_length=1)]

#: What an assumption may cover. Each covers exactly one, so that no single line hides a whole model.
Quantity = Literal[
    "target", "volume", "uses_per_person", "identity_share", "readiness", "in_flight", "capacity",
    "team_capacity", "duration", "need", "existence", "rework", "barrier_share", "slowdown", "risk",
    "pace", "optimism_bias", "freeze", "scope", "migration", "planned_date", "order",
    "population", "ability", "awareness", "proven", "audience", "visits", "adoption", "accounts", "season",
    "ramp", "check_cost", "route", "completion", "check_minutes", "station_capacity", "opening_hours",
    "time_limit", "patience", "service_level",
]  # fmt: skip


class StrictModel(BaseModel):
    """Nothing is guessed: no unknown keys, no text for numbers, no change after reading."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


class Evidenced(StrictModel):
    """Something whose numbers rest on a source or an assumption."""

    source: Text | None = None
    """Where the numbers here come from (a document and its date, or an address)."""
    assumption: Id | None = None
    """The assumption the numbers here rest on, by its id in `assumptions`."""


class Uncertain(Evidenced):
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
