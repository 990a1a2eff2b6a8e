"""What an hourly fluid leaves out: people wait below capacity too, because they come and take time by chance.

Two ways to add it, from the stationary queue M/G/c (Erlang C with Allen's and Cunneen's factor), both for
*expected* arrivals: with arrivals already drawn, part of the chance would count twice.

- :func:`steady_waits`, pointwise stationary (L. Green and P. Kolesar, *The pointwise stationary approximation
  for queues with nonstationary arrivals*, Management Science 37, 1991): each hour as if it lasted for ever.
  Good well below capacity, when service is short against an hour; far too much near it, without limit at it.
- :func:`relaxed_queue`, the pointwise stationary fluid (C. E. Agnew, Operations Research 24, 1976; W.-P. Wang,
  D. Tipper and S. Banerjee, INFOCOM 1996): the backlog balances each hour, and the share of the capacity that
  is used is the one at which a queue of that length would stand still. It is the steady queue well below
  capacity, the fluid well above, and grows and clears in between.

A forecast's kernel, `patient_months`, makes the same step from the same table, an hour of a replication at a time, and
is tested against the functions here; people who leave are in `impatient`.

**Where the relaxed queue may be trusted.** Against individual customers (10 servers, lognormal service of 6
minutes, a week from an empty start; `benchmarks/queues.py` prints it by utilisation) its mean wait is up to a fifth
high from use 0.8 to 1.1, whether arrivals are even or peak daily, and its 95th percentile within a fifth; the
fluid alone has none of these waits below use 1. Three exceptions: below use 0.8, where waits are seconds, it is up
to a third high; in a whole week at exactly capacity, where nothing settles, a third in the mean and two thirds
in the 95th percentile; and where service is not short against an hour (50 servers, half an hour each), 40 to 60%
in daily peaks of use 0.9 to 1.1. Simulate individuals where that matters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.verification.erlang import erlang_c_each
from onelogin_sim.verification.hourly import Hours, name_culprit, virtual_waits

#: Shares of capacity in use at which the steady queue is tabulated: evenly at first, then ever nearer to 1.
USE = np.concatenate([np.linspace(0.0, 0.5, 65)[:-1], 1 - 0.5 * 2.0 ** -(np.arange(465) / 16)])


@dataclass(frozen=True)
class RelaxedQueue:
    """A station's expected queue at the end of each hour, waits by chance included.

    Attributes
    ----------
    backlog
        float64 [hour, replication]: mean number waiting when the hour ends.
    use
        float64 [hour, replication]: share of the capacity used; 0 when closed.
    delayed
        float64 [hour, replication]: share of those who come who wait at all; 1 when closed.
    """

    backlog: Hours
    use: Hours
    delayed: Hours


def steady_waits(
    arrivals: Hours, servers: Hours, mean_service: float, variation: float = 1.0
) -> tuple[Hours, Hours]:
    """Return mean wait and share delayed of each hour as if it lasted for ever.

    Parameters
    ----------
    arrivals
        float64, any shape: expected customers an hour.
    servers
        Whole numbers, broadcast against `arrivals`.
    mean_service
        In hours.
    variation
        Variance / mean² of the service time; 1 is exponential.

    Returns
    -------
    mean_wait, delayed
        float64 of the common shape, waits in hours; inf and 1 where arrivals reach capacity.
    """
    load = np.asarray(arrivals, dtype=np.float64) * mean_service
    delayed = erlang_c_each(servers, load)
    spare = np.asarray(servers) - load
    with np.errstate(divide="ignore"):
        wait = np.where(
            spare > 0, delayed * mean_service * (1 + variation) / 2 / np.maximum(spare, 0), np.inf
        )
    return wait, delayed


def relaxed_queue(
    arrivals: Hours, servers: Hours, mean_service: float, variation: float = 1.0, start: Hours | None = None
) -> RelaxedQueue:
    """Return the expected queue of each hour, between the steady queue and the fluid.

    At the end of an hour, backlog = backlog before + arrivals − use · capacity, where the backlog is that of
    the steady queue at `use`. Both grow with `use`, so its value is looked up in a table for each number of
    servers. That is one implicit step an hour: stable however fast the queue settles.

    Parameters
    ----------
    arrivals
        float64 [hour, replication]: expected customers in the hour.
    servers
        Whole numbers [hour]; 0 is closed.
    mean_service, variation
        As :func:`steady_waits`.
    start
        float64 [replication]: waiting before the first hour; None is nobody.

    Raises
    ------
    ValueError
        When `servers` is not one whole number an hour, `mean_service` is not above 0, or a number is
        negative or nan.
    """
    arrivals = np.ascontiguousarray(arrivals, dtype=np.float64)
    hours, replications = arrivals.shape
    if np.shape(servers) != (hours,):
        raise ValueError(f"servers must be [hour], {hours} of them, not of shape {np.shape(servers)}")
    if not 0 < mean_service < np.inf:
        raise ValueError(f"mean_service must be above 0 and finite, not {mean_service}")
    waiting = np.zeros(replications) if start is None else np.array(start, dtype=np.float64)
    on_duty = np.asarray(servers, dtype=np.float64)
    name_culprit(start=waiting, arrivals=arrivals, servers=on_duty[:, None])
    counts, which = np.unique(on_duty, return_inverse=True)
    tables = np.array([steady_table(count, mean_service, variation) for count in counts.tolist()])
    out = RelaxedQueue(np.empty_like(arrivals), np.zeros_like(arrivals), np.ones_like(arrivals))
    _relax(arrivals, counts[which] > 0, which, tables, waiting, out.backlog, out.use, out.delayed)
    return out


def relaxed_waits(queue: RelaxedQueue, capacity: Hours) -> Hours:
    """Return the mean wait of one who comes at the end of each hour: float64 [hour, replication], in hours.

    Little's law where the queue stands still (backlog / rate served), the time to work it off where it does
    not. `capacity` is customers [hour] the station can serve, with later hours as :func:`virtual_waits` has it.
    """
    used = np.where(queue.use > 0, queue.use, 1.0)
    return virtual_waits(queue.backlog / used, capacity)


def late_shares(limit: Hours | float, mean: Hours, delayed: Hours, fluid: Hours | float = 0.0) -> Hours:
    """Return the share of the customers who wait longer than `limit`, hour by hour.

    The part of the mean that a fluid waits too, all wait; the rest comes by chance, exponential for those
    delayed (exact for M/M/c below capacity).

    Parameters
    ----------
    limit
        In hours, one or for each replication; 1 less the result is the service level.
    mean, delayed
        float64 [hour, replication]: mean wait in hours and share delayed, from the functions above.
    fluid
        float64 [hour, replication]: :func:`virtual_waits` of the hourly fluid; 0 where below capacity.
    """
    over = limit - np.asarray(fluid)
    with np.errstate(divide="ignore", invalid="ignore"):  # inf − inf where nobody is served: all are late
        chance = np.maximum(mean - fluid, 0.0)
        tail = delayed * np.exp(-np.maximum(over, 0) * delayed / chance)
    tail = np.where((np.asarray(limit) == np.inf) | (np.asarray(delayed) == 0.0), 0.0, tail)
    share: Hours = np.where(over < 0, 1.0, np.where(chance > 0, tail, 0.0))
    return share


def wait_quantiles(
    share: float, weights: Hours, mean: Hours, delayed: Hours, fluid: Hours | float = 0.0
) -> Hours:
    """Return the wait that `share` of the customers of all hours do not exceed.

    Parameters
    ----------
    share
        0.95 for the 95th percentile.
    weights
        float64 [hour, replication]: customers of the hour.
    mean, delayed, fluid
        As :func:`late_shares`.

    Returns
    -------
    float64 [replication]
        In hours, to the last bits by halving; inf where too many wait for ever, 0 where nobody comes.
    """
    total = weights.sum(axis=0)

    def too_late(limit: Hours) -> npt.NDArray[np.bool_]:
        over: npt.NDArray[np.bool_] = (weights * late_shares(limit, mean, delayed, fluid)).sum(axis=0) > (
            1 - share
        ) * total
        return over

    low, high = np.zeros(len(total)), np.full(len(total), 2.0**20)  # more than a hundred years
    for _ in range(80):
        middle = (low + high) / 2
        over = too_late(middle)
        low, high = np.where(over, middle, low), np.where(over, high, middle)
    found: Hours = np.where(too_late(np.full(len(total), 2.0**20)), np.inf, high)
    return np.where(too_late(np.zeros(len(total))), found, 0.0)


def steady_table(servers: float, mean_service: float, variation: float) -> Hours:
    """Return float64 [3, share]: at each share of `USE`, customers an hour and in the queue together, the steady
    queue, and the share delayed.
    """
    served = USE * servers / mean_service
    wait, late = steady_waits(served, np.asarray(servers), mean_service, variation)
    queue = served * (wait if servers else 0.0)
    return np.stack([served + queue, queue, late])


@numba.njit(cache=True)
def _relax(
    arrivals: Hours,
    is_open: npt.NDArray[np.bool_],
    which: npt.NDArray[np.int64],
    tables: Hours,
    waiting: Hours,
    backlog: Hours,
    use: Hours,
    delayed: Hours,
) -> None:
    """Fill the open hours' backlog, use and delayed by straight lines between the entries of a table."""
    hours, replications = arrivals.shape
    for hour in range(hours):
        work, queue, late = tables[which[hour]]
        last = len(work) - 1
        for replication in range(replications):
            total = waiting[replication] + arrivals[hour, replication]
            left = total
            if is_open[hour]:
                entry = min(np.searchsorted(work, total, side="right"), last)
                part = min((total - work[entry - 1]) / (work[entry] - work[entry - 1]), 1.0)
                use[hour, replication] = USE[entry - 1] + part * (USE[entry] - USE[entry - 1])
                delayed[hour, replication] = late[entry - 1] + part * (late[entry] - late[entry - 1])
                left = queue[entry - 1] + part * (queue[entry] - queue[entry - 1])
                # Beyond the table the station is a fluid: all that is not served waits.
                left += max(total - work[last], 0.0)
            waiting[replication] = left
            backlog[hour, replication] = left
