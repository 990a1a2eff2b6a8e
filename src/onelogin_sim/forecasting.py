"""Many replications summarised: when each target is met, how surely, and what was not reached."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onelogin_sim.drivers import Drivers, TimeUse
from onelogin_sim.plan import Item, Plan, Target

#: Percentiles reported everywhere, in percent.
PERCENTILES = (10, 50, 80, 90)


@dataclass(frozen=True, slots=True)
class Quantile:
    """The smallest day by which at least `percent` % of all replications are there, with its Monte Carlo error.

    Attributes
    ----------
    day
        Day number; NEVER when fewer get there within the horizon.
    low, high
        95% interval from order statistics (day numbers, NEVER when the interval reaches past the horizon).
    """

    percent: int
    day: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Share:
    """A share of the replications with its 95% Wilson interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class TargetForecast:
    """When one target is met.

    Attributes
    ----------
    met_by
        Share of futures that meet it by its date.
    quantiles
        P10, P50, P80, P90 days, in the order of `PERCENTILES`.
    not_within_horizon
        Share of futures that do not reach it within the horizon.
    deterministic
        Day it is met when every duration is at its median, nothing goes wrong and nothing is done twice.
    deterministic_share
        Share of futures that have met it by the deterministic day.
    days
        int32 [replication]: the day it is met, NEVER where it is not.
    """

    target: Target
    met_by: Share
    quantiles: tuple[Quantile, ...]
    not_within_horizon: Share
    deterministic: int
    deterministic_share: float
    days: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """How much is live through time: pointwise bands, and whole sample paths.

    Attributes
    ----------
    measure, total
        What is counted, and all there is of it in scope.
    imputed
        Part of `total` that stands in for unknown volumes (0 unless the measure is annual_users).
    days
        int32 [month]: the last day of each month.
    p10, p50, p90
        int64 [month]: pointwise percentiles over replications (not paths: no single future follows one).
    paths
        int64 [path, month]: coverage of the first replications, whole futures.
    """

    measure: str
    total: int
    imputed: int
    days: npt.NDArray[np.int32]
    p10: npt.NDArray[np.int64]
    p50: npt.NDArray[np.int64]
    p90: npt.NDArray[np.int64]
    paths: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ServiceForecast:
    """When one service goes live.

    Attributes
    ----------
    planned_met
        Chance of being live by its `planned_live` date, None without one.
    last
        Share of futures in which it is the last to arrive (never arriving within the horizon counts as
        arriving last; ties share equally).
    """

    service: Item
    quantiles: tuple[Quantile, ...]
    not_within_horizon: Share
    planned_met: Share | None
    last: float


@dataclass(frozen=True, slots=True)
class DepartmentForecast:
    """When the last service of a department goes live; `last` as in ServiceForecast, summed over its services."""

    id: str
    name: str
    services: int
    live: int
    quantiles: tuple[Quantile, ...]
    not_within_horizon: Share
    last: float


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a planner should know before trusting a number; `code` is stable, `text` is a sentence."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Everything one run says. Days are day numbers from the plan's status date; NEVER is "not within the horizon"."""

    title: str
    variants: tuple[str, ...]
    plan: Plan
    order: str
    seed: int
    replications: int
    result_digest: str
    targets: tuple[TargetForecast, ...]
    coverage: tuple[Coverage, ...]
    services: tuple[ServiceForecast, ...]
    departments: tuple[DepartmentForecast, ...]
    drivers: tuple[Drivers, ...]
    time_use: TimeUse
    findings: tuple[Finding, ...]
