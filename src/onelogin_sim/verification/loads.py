"""The load of a block of replications month by month, and what a forecast says of it: frozen data.

`load` makes a :class:`Load` of a block, :class:`~onelogin_sim.verification.load_tally.LoadTally` adds blocks up in
order, and its `forecast` is the :class:`LoadForecast`. The stations' figures come from `station_months`: every hour
of every replication, waits by chance included.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from onelogin_sim.verification.dividend import Dividend

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.int32]

#: Figures of a station in a month, in this order in `Load.stations`: customers who come; their mean wait, and the
#: 50th, 95th and 99th percentile over the customers of the hourly mean waits, in hours; shares who begin within the
#: service level and who leave unserved; share of the capacity used; most waiting at the end of an hour.
FIGURES = (
    "customers",
    "mean_wait",
    "p50_wait",
    "p95_wait",
    "p99_wait",
    "within",
    "lost",
    "utilisation",
    "backlog",
)


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
        float64 [replication, station, month, figure], figures by place in `FIGURES`.
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
    exceeded: npt.NDArray[np.bool_]
    first_exceeded: Days
    dividend: Dividend


@dataclass(frozen=True, eq=False)
class Band:
    """A number's percentiles over futures: float64 [month] each. Pointwise: no future need run along one of them."""

    p10: Floats
    p50: Floats
    p90: Floats


@dataclass(frozen=True, eq=False)
class StationForecast:
    """A station through the months, over all futures.

    Attributes
    ----------
    capacity
        float64 [month]: customers (of mean length) the station can serve in the month.
    customers, mean_wait, p95_wait, within, lost, utilisation, backlog
        The figures of `FIGURES`; waits in hours.
    level_held
        float64 [month]: share of futures in which the month holds the service level; nan without a level.
    exceeded
        float64 [month]: share of futures in which capacity is exceeded on a day of the month.
    exceeded_by
        float64 [month]: share in which it has been exceeded by the end of the month.
    first_exceeded
        Day by which capacity has been exceeded in 10%, 50% and 90% of futures; NEVER where it is not in so many.
    """

    id: str
    capacity: Floats
    customers: Band
    mean_wait: Band
    p95_wait: Band
    within: Band
    lost: Band
    utilisation: Band
    backlog: Band
    level_held: Floats
    exceeded: Floats
    exceeded_by: Floats
    first_exceeded: tuple[int, int, int]


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
    typical: tuple[tuple[int, int], ...]
