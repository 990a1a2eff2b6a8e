"""Many replications summarised: when each target is met, how surely, and what was not reached."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import numpy as np
import numpy.typing as npt

from onelogin_sim.calendars import NEVER
from onelogin_sim.coverage import departments_in_scope, met_day, total
from onelogin_sim.distributions import Z975
from onelogin_sim.drivers import Drivers, TimeUse, drivers, time_use
from onelogin_sim.errors import Finding
from onelogin_sim.identity_load import IdentityLoad
from onelogin_sim.plan import Item, Measure, Plan, Target
from onelogin_sim.tally import Tally
from onelogin_sim.timeline import Timeline

#: Percentiles reported everywhere, in percent.
PERCENTILES = (10, 50, 80, 90)


@dataclass(frozen=True, slots=True)
class Quantile:
    """The smallest day by which at least `percent` % of all replications are there, with its Monte Carlo error.

    Attributes
    ----------
    day
        Day number, negative before the status date; NEVER when fewer get there within the horizon.
    low, high
        95% interval from order statistics. `low` is None where so few futures cannot bound it; `high` is
        NEVER where they cannot, or where the interval reaches past the horizon.
    """

    percent: int
    day: int
    low: int | None
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
        Share of futures in which it is among the last to go live, of those not live at the status date
        (not going live within the horizon counts as last, so several can be).
    """

    service: Item
    quantiles: tuple[Quantile, ...]
    not_within_horizon: Share
    planned_met: Share | None
    last: float


@dataclass(frozen=True, slots=True)
class DepartmentForecast:
    """When the last service of a department goes live.

    Attributes
    ----------
    services, live
        Services in scope, and those live at the status date.
    last
        Share of futures in which one of its services is among the last of all.
    """

    id: str
    name: str
    services: int
    live: int
    quantiles: tuple[Quantile, ...]
    not_within_horizon: Share
    last: float


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Everything one run says. Days are day numbers from the plan's status date; NEVER is "not within the horizon".

    `load` is None where the scenario says nothing of identity checks.
    """

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
    load: IdentityLoad | None = None


def summarise(
    tally: Tally,
    deterministic: Timeline,
    *,
    title: str,
    variants: tuple[str, ...],
    order: str,
    seed: int,
    findings: tuple[Finding, ...],
    load: IdentityLoad | None = None,
) -> Forecast:
    """Return the forecast of a finished run.

    Parameters
    ----------
    tally
        All replications.
    deterministic
        The deterministic run, as a timeline of one replication.
    title, variants, order, seed
        What was run, for the record.
    findings
        What is known beforehand; what the run itself shows is added.
    load
        The identity load of the same replications.
    """
    plan, count = tally.plan, tally.replications
    if tally.sums is None:
        raise ValueError("no replications to summarise")
    days = tally.target_days
    return Forecast(
        title=title,
        variants=variants,
        plan=plan,
        order=order,
        seed=seed,
        replications=count,
        result_digest=tally.result_digest,
        targets=tuple(
            _target(plan, target, days[:, index], deterministic.go_live)
            for index, target in enumerate(plan.targets)
        ),
        coverage=tuple(_coverage(tally, name) for name in tally.measures),
        services=tuple(_service(tally, index) for index in range(len(plan.services))),
        departments=tuple(_department(tally, place) for place in range(len(tally.department_last))),
        drivers=drivers(plan, tally.sums),
        time_use=time_use(plan, tally.sums, count),
        findings=(*findings, *_run_findings(tally)),
        load=load,
    )


def share(count: int, of: int) -> Share:
    """Return a share with its 95% interval by Wilson (1927), which stays honest near 0 and 1."""
    p, z2 = count / of, Z975 * Z975
    centre = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = Z975 * sqrt(p * (1 - p) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    # At the ends the formula reaches 0 and 1 exactly; rounding must not push it past what was seen.
    low = 0.0 if count == 0 else min(centre - half, p)
    high = 1.0 if count == of else max(centre + half, p)
    return Share(p, low, high)


def quantiles(counts: npt.NDArray[np.int64], first_day: int = 0) -> tuple[Quantile, ...]:
    """Return P10, P50, P80 and P90 of days counted in a histogram.

    Parameters
    ----------
    counts
        int64 [day - first_day]: futures by day; the last entry counts those that do not get there within
        the horizon.
    first_day
        Day number of the first entry.
    """
    cumulative = np.cumsum(counts)
    of = int(cumulative[-1])

    def day(rank: int) -> int:
        """Day of the rank-th smallest, from 1 on; past the last nothing is known."""
        place = int(np.searchsorted(cumulative, rank)) if rank <= of else len(counts) - 1
        return NEVER if place == len(counts) - 1 else place + first_day

    result = []
    for percent in PERCENTILES:
        low, high = _order_statistics(of, percent)
        bound = day(low) if low > 0 else None
        result.append(Quantile(percent, day(-(-percent * of // 100)), bound, day(high)))
    return tuple(result)


@lru_cache(maxsize=1024)
def _order_statistics(of: int, percent: int) -> tuple[int, int]:
    """Ranks of the order statistics that hold a percentile with 95% confidence (David and Nagaraja 2003, 7.1).

    The number of futures before the true percentile is binomial; rank 0, and a rank past the last, say that
    so few futures cannot bound it on that side.
    """
    from scipy.special import bdtr

    below = bdtr(np.arange(of + 1), of, percent / 100)
    return int(np.searchsorted(below, 0.025)), int(np.searchsorted(below, 0.975)) + 1


def _target(
    plan: Plan, target: Target, days: npt.NDArray[np.int32], deterministic: npt.NDArray[np.int32]
) -> TargetForecast:
    of = len(days)
    first = min(int(days.min()), 0)
    counts = np.bincount(np.minimum(days, plan.horizon) - first, minlength=plan.horizon - first + 1)
    expected = int(met_day(plan, target, deterministic)[0])
    return TargetForecast(
        target=target,
        met_by=share(int((days <= target.by).sum()), of),
        quantiles=quantiles(counts, first),
        not_within_horizon=share(int((days == NEVER).sum()), of),
        deterministic=expected,
        # A day beyond the horizon has no place in the distribution but after all that is known of it.
        deterministic_share=float((days[days < NEVER] <= expected).sum() / of),
        days=days,
    )


def _coverage(tally: Tally, measure: Measure) -> Coverage:
    plan = tally.plan
    size = total(plan, measure)
    cumulative = np.cumsum(tally.coverage[measure], axis=1)
    months = np.arange(len(tally.months))

    def percentile(percent: int) -> npt.NDArray[np.int64]:
        rank = -(-percent * tally.replications // 100)
        found: npt.NDArray[np.int64] = tally.least[measure][months, np.argmax(cumulative >= rank, axis=1)]
        return found

    imputed = sum(service.users for service in plan.services if service.users_imputed)
    return Coverage(
        measure=measure,
        total=size,
        imputed=imputed if measure == "annual_users" else 0,
        days=tally.months,
        p10=percentile(10),
        p50=percentile(50),
        p90=percentile(90),
        paths=tally.paths[measure],
    )


def _service(tally: Tally, index: int) -> ServiceForecast:
    service, of = tally.plan.services[index], tally.replications
    counts = tally.go_live[index]
    planned = service.planned_live
    return ServiceForecast(
        service=service,
        quantiles=quantiles(counts, tally.first_day)
        if service.live_on is None
        else tuple(
            Quantile(percent, service.live_on, service.live_on, service.live_on) for percent in PERCENTILES
        ),
        not_within_horizon=share(int(counts[-1]), of),
        planned_met=None if planned is None else share(_by(counts, planned - tally.first_day), of),
        last=int(tally.last[index]) / of,
    )


def _by(counts: npt.NDArray[np.int64], place: int) -> int:
    """Futures that got there by a place in a histogram; those that never do are in its last."""
    return int(counts[: min(max(place + 1, 0), len(counts) - 1)].sum())


def _department(tally: Tally, place: int) -> DepartmentForecast:
    plan, of = tally.plan, tally.replications
    index = int(departments_in_scope(plan)[place])
    services = [service for service in plan.services if service.department == plan.departments[index].id]
    counts = tally.department_done[place]
    return DepartmentForecast(
        id=plan.departments[index].id,
        name=plan.departments[index].name,
        services=len(services),
        live=sum(service.live_on is not None for service in services),
        quantiles=quantiles(counts, tally.first_day),
        not_within_horizon=share(int(counts[-1]), of),
        last=int(tally.department_last[place]) / of,
    )


def _run_findings(tally: Tally) -> tuple[Finding, ...]:
    """What the run shows that a planner should know: services that no future brings live."""
    never = [
        service.name
        for service, counts in zip(tally.plan.services, tally.go_live, strict=True)
        if counts[-1] == tally.replications
    ]
    if not never:
        return ()
    names = ", ".join(never[:5]) + (f" and {len(never) - 5} more" if len(never) > 5 else "")
    return (Finding("never-live", f"Not live within the horizon in any of the futures: {names}."),)
