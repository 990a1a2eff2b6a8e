"""The load of a block of replications month by month, and what a forecast says of it: frozen data.

`load` makes a :class:`Load` of a block, :class:`~onelogin_sim.verification.load_tally.LoadTally` adds blocks up in
order, and its `forecast` is the :class:`LoadForecast`. The stations' figures come from `station_months`: every hour
of every replication, waits by chance included.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from onelogin_sim.timeline import Timeline
from onelogin_sim.verification.demand import Demand, demand
from onelogin_sim.verification.dividend import Dividend, dividend
from onelogin_sim.verification.population import Verification
from onelogin_sim.verification.rates import hours_of
from onelogin_sim.verification.seasons import HOURS
from onelogin_sim.verification.station_hours import StationHours, station_hours
from onelogin_sim.verification.station_months import FIGURES, exceeded, station_months
from onelogin_sim.verification.workload import Workload, workload

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.int32]
Whole = npt.NDArray[np.int64]

_CUSTOMERS, _LOST, _USE, _BACKLOG = (
    FIGURES.index(name) for name in ("customers", "lost", "utilisation", "backlog")
)


#: What of a station is told in each future's own worst month: the highest of all months, of `within` the lowest.
OWN_WORST = ("offered", "utilisation", "p50_wait", "p95_wait", "p99_wait", "within", "lost")


@dataclass(frozen=True, eq=False)
class Load:
    """What a block of replications asks of the stations; each replication's own numbers.

    Attributes
    ----------
    replications
        Consecutive replication numbers, the first axis of every array.
    checks, uplifts, reuses
        float64 [replication, month]: as :class:`~onelogin_sim.verification.demand.Demand` has them.
    busiest_day
        float64 [replication, month]: checks and uplifts on the busiest day.
    attempts
        float64 [replication, route, month]: attempts by route, those after a failure elsewhere included.
    sign_ins_per_second
        float64 [replication, month]: in the busiest hour.
    stations
        float64 [replication, station, month, figure], by place in `station_months.FIGURES`: people who come, visits
        after a failure included; their mean wait and its percentiles, in hours; shares who begin within the service
        level and who leave unserved; share of the capacity used; most waiting at the end of an hour; share who come
        when it is closed.
    work
        float64 [replication, station, month]: hours of work that come.
    waiting
        float64 [replication, station]: people who still wait at the horizon.
    exceeded
        bool [replication, station, month]: whether the month has a day on which capacity is exceeded, that is, more
        work has come in the seven days up to it than the station can do in them.
    first_exceeded
        int32 [replication, station]: the first such day; NEVER without.
    dividend
        Summed over the block.
    """

    replications: range
    checks: Floats
    uplifts: Floats
    reuses: Floats
    busiest_day: Floats
    attempts: Floats
    sign_ins_per_second: Floats
    stations: Floats
    work: Floats
    waiting: Floats
    exceeded: npt.NDArray[np.bool_]
    first_exceeded: Days
    dividend: Dividend


@dataclass(frozen=True, eq=False)
class Band:
    """A number's percentiles over futures: float64 [month] each. Pointwise: no future need run along one of them."""

    p10: Floats
    p50: Floats
    p90: Floats


class Own(NamedTuple):
    """A figure in each future's own worst month, whichever month that is: percentiles over futures."""

    p10: float
    p50: float
    p90: float


@dataclass(frozen=True, eq=False)
class StationForecast:
    """A station through the months, over all futures.

    Attributes
    ----------
    capacity
        float64 [month]: customers (of mean length, `workload.who_comes`) the station can serve in the month.
    customers, mean_wait, p50_wait, p95_wait, p99_wait, within, lost, utilisation, backlog
        As `Load.stations` has them. `within` is over the futures in which somebody comes in the month; nan in none.
    offered
        Offered load in erlangs: the work that comes over the hours of the month, closed ones included.
    mean_customers, mean_lost, mean_closed
        float64 [month]: customers, those who leave unserved, and those who come when it is closed: means over futures,
        which may be added up over months.
    mean_waiting
        Those who still wait at the horizon, a mean over futures.
    level_held
        float64 [month]: share of the futures in which somebody comes that hold the service level in the month; nan
        without a level, and where nobody comes in any.
    exceeded
        float64 [month]: share of futures in which capacity is exceeded on a day of the month.
    exceeded_by
        float64 [month]: share in which it has been exceeded by the end of the month.
    first_exceeded
        Day by which capacity has been exceeded in 10%, 50% and 90% of futures; NEVER where it is not in so many.
    own
        By the names of `OWN_WORST`: the figure in each future's own worst month, as alternatives are compared by.
    always_held
        Share of futures that hold the service level in every month in which it can be judged; nan without a level, and
        where it can be judged in no future.
    """

    id: str
    capacity: Floats
    customers: Band
    offered: Band
    mean_wait: Band
    p50_wait: Band
    p95_wait: Band
    p99_wait: Band
    within: Band
    lost: Band
    utilisation: Band
    backlog: Band
    mean_customers: Floats
    mean_lost: Floats
    mean_closed: Floats
    mean_waiting: float
    level_held: Floats
    exceeded: Floats
    exceeded_by: Floats
    first_exceeded: tuple[int, int, int]
    own: dict[str, Own]
    always_held: float

    @property
    def lost_share(self) -> float:
        """Share of all customers, over months and futures, who leave unserved; 0 where nobody comes."""
        came = float(self.mean_customers.sum())
        return float(self.mean_lost.sum()) / came if came else 0.0

    @property
    def closed_share(self) -> float:
        """Share of all customers, over months and futures, who come when it is closed; 0 where nobody comes."""
        came = float(self.mean_customers.sum())
        return float(self.mean_closed.sum()) / came if came else 0.0


@dataclass(frozen=True, eq=False)
class LoadForecast:
    """What a forecast says of the identity load.

    Attributes
    ----------
    replications
        Futures it rests on.
    months
        First day of each month; the first and the last month are cut off at the status date and the horizon.
    checks, reuses, busiest_day, sign_ins_per_second
        By month over futures, as :class:`Load` has them.
    mean_checks, mean_uplifts, mean_reuses
        float64 [month]: means over futures, which may be stacked (percentiles may not).
    routes, attempts
        Ids, and attempts by month of each.
    stations
        In the scenario's order.
    dividend
        Summed over all futures.
    own_checks, own_sign_ins
        Checks and rises in each future's own busiest month; sign-ins a second in its own busiest hour.
    typical
        (10, replication), (50, replication), (90, replication): futures at those percentiles of all checks.
    """

    replications: int
    months: tuple[date, ...]
    checks: Band
    reuses: Band
    busiest_day: Band
    sign_ins_per_second: Band
    mean_checks: Floats
    mean_uplifts: Floats
    mean_reuses: Floats
    routes: tuple[str, ...]
    attempts: tuple[Band, ...]
    stations: tuple[StationForecast, ...]
    dividend: Dividend
    own_checks: Own
    own_sign_ins: Own
    typical: tuple[tuple[int, int], ...]


def load(verification: Verification, timeline: Timeline) -> Load:
    """Return the load of a block of replications.

    Raises
    ------
    ValueError
        When the services or the horizon are not those of the timeline's plan.
    """
    return load_of(demand(verification, timeline))


def load_of(asked: Demand) -> Load:
    """Return the load of a block whose demand is known."""
    verification = asked.verification
    horizon, count, months = verification.horizon, len(asked.replications), len(asked.month_starts) - 1
    need = workload(verification)
    shares = np.array(hours_of(verification, range(horizon)))
    edges = asked.month_starts
    stations = np.zeros((count, len(verification.stations), months, len(FIGURES)))
    over = np.zeros(stations.shape[:3], dtype=np.bool_)
    work, waiting = np.zeros(stations.shape[:3]), np.zeros(stations.shape[:2])
    first = np.zeros(stations.shape[:2], dtype=np.int32)
    for place in range(len(verification.stations)):
        hours = station_hours(verification, need, place, range(horizon))
        daily = customers(asked, need, place)
        figures = station_months(hours, daily, shares, edges)
        work[:, place] = figures[..., _CUSTOMERS] * need.mean_service[place]
        stations[:, place], waiting[:, place] = as_people(figures, hours, _visits(asked, need, place), edges)
        over[:, place], first[:, place] = exceeded(hours, daily, edges)
    both = asked.checks.sum(axis=(1, 2)) + asked.uplifts.sum(axis=(1, 2))
    return Load(
        asked.replications,
        asked.checks_by_month,
        asked.uplifts_by_month,
        np.maximum(asked.reuses_by_month, 0.0),
        np.maximum.reduceat(both, edges[:-1], axis=1),
        _attempts(asked),
        asked.peaks.per_second,
        stations,
        work,
        waiting,
        over,
        first,
        dividend(asked),
    )


def customers(asked: Demand, need: Workload, place: int, days: range | None = None) -> Floats:
    """Return float64 [replication, season, day]: a station's customers of mean length, as many as make the work.

    Of all days, or of some.
    """
    some = slice(None) if days is None else slice(days.start, days.stop)
    found = np.zeros_like(asked.sign_ins[..., some])
    for segment, work in enumerate(need.work[:, place].tolist()):
        # Segment by segment, so that no replication's sum depends on the block it is in.
        if work:
            whole = (
                asked.checks[:, segment, :, some] + asked.uplifts[:, segment, :, some] * need.uplift[place]
            )
            found += whole * (work / need.mean_service[place])
    return found


def as_people(figures: Floats, hours: StationHours, came: Floats, edges: Whole) -> tuple[Floats, Floats]:
    """Return a station's months with people in place of customers of mean length, and float64 [replication]: who waits.

    Where lengths differ, the people of a month may be more than its customers of mean length, or fewer. Those who still
    wait at the end are those who came and were neither served nor lost.

    Parameters
    ----------
    figures
        float64 [replication, month, figure], of `station_months`.
    hours
        The station, in all days.
    came
        float64 [replication, month]: people who come.
    edges
        int64 [month + 1]: first days of months.
    """
    customers, people = figures[..., _CUSTOMERS], figures.copy()
    each = np.divide(came, customers, out=np.ones_like(came), where=customers > 0)
    people[..., _CUSTOMERS] *= each
    people[..., _BACKLOG] *= each
    served = figures[..., _USE] * np.add.reduceat(hours.capacity, edges[:-1] * HOURS)
    left = (customers * (1 - figures[..., _LOST]) - served).sum(axis=1)
    return people, np.maximum(left, 0.0) * each[:, -1]


def _visits(asked: Demand, need: Workload, place: int) -> Floats:
    """float64 [replication, month]: visits to a station."""
    found = np.zeros((len(asked.replications), asked.checks.shape[-1]))
    for segment, visits in enumerate(need.visits[:, place].tolist()):
        if visits:
            found += visits * (asked.checks[:, segment] + asked.uplifts[:, segment]).sum(axis=1)
    by_month: Floats = np.add.reduceat(found, asked.month_starts[:-1], axis=1)
    return by_month


def _attempts(asked: Demand) -> Floats:
    """float64 [replication, route, month]: attempts by route, of checks and uplifts."""
    verification, starts = asked.verification, asked.month_starts
    shape = (len(asked.replications), len(verification.routes), len(starts) - 1)
    found = np.zeros(shape)
    for segment, outcome in enumerate(verification.outcomes):
        daily = (asked.checks[:, segment] + asked.uplifts[:, segment]).sum(axis=1)
        monthly = np.add.reduceat(daily, starts[:-1], axis=1)
        for route, attempts in enumerate(outcome.attempts):
            found[:, route] += monthly * attempts
    return found
