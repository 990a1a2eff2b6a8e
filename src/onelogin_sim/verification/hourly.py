"""The queue of a station hour by hour, for all replications at once: what the whole ensemble can afford.

Within an hour work arrives and is done at an even pace, so what is waiting at the end of an hour is
max(0, waiting before + arrivals − capacity): exact for a fluid, which waits only while it is overloaded.
With customers who give up at a constant rate the same balance is d waiting / dt = arrivals − capacity −
give_up · waiting, solved exactly within each hour (fluid limit of Erlang A: W. Whitt, *Fluid models for
multiserver queues with abandonments*, Operations Research 54, 2006).

This is the fluid by itself, and the statement that `station_months` is tested against. What a forecast tells of its
stations comes from there: the same recursion with waits by chance, closing hours, losses and percentiles added, at a
fiftieth of this one's pace.

**Where it may be trusted.** Backlogs and waits of hours, days and weeks above capacity: nearly exact, and the
better the larger the station. Below capacity a fluid never waits while people do: `pointwise` adds that.
`benchmarks/queues.py` prints how far both are from individual customers, by utilisation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

Hours = npt.NDArray[np.float64]

#: The one number behind an array of zeros that takes no memory and nobody can write to.
_NOBODY = bytes(8)


@dataclass(frozen=True)
class HourlyQueue:
    """A station's queue at the end of each hour.

    Attributes
    ----------
    arrivals
        float64 [hour, replication]: who comes in the hour.
    start
        float64 [replication]: waiting before the first hour.
    backlog
        float64 [hour, replication]: waiting when the hour ends.
    abandoned
        float64 [hour, replication]: who gives up in the hour.
    """

    arrivals: Hours
    start: Hours
    backlog: Hours
    abandoned: Hours

    @property
    def served(self) -> Hours:
        """float64 [hour, replication]: who is served in the hour: what came or waited and is not accounted for."""
        before = np.vstack([self.start, self.backlog[:-1]])
        served: Hours = before + self.arrivals - self.abandoned - self.backlog
        return served


def queue_by_hour(
    arrivals: Hours,
    capacity: Hours,
    start: Hours | None = None,
    give_up: float = 0.0,
    out: Hours | None = None,
) -> HourlyQueue:
    """Return the queue of a station through the hours, replication by replication.

    A long run can be cut anywhere: go on with the last row of `backlog` as `start`, and each number is the
    same. Weeks of a few hundred replications stay in the processor's cache and take a third of the time.

    Parameters
    ----------
    arrivals
        float64 [hour, replication]: customers who come in the hour, drawn or expected.
    capacity
        float64 [hour] or [hour, replication]: customers the station can serve in the hour; 0 is closed. Hours
        after the last of `arrivals` are allowed and not used here.
    start
        float64 [replication]: waiting before the first hour; None is nobody.
    give_up
        Rate an hour at which each who waits leaves (1 / mean patience in hours).
    out
        float64 [hour, replication] that becomes `backlog`; memory that is used again saves a third of the time.

    Raises
    ------
    ValueError
        When shapes do not fit, or a number is negative or nan; the message names hour and replication.
    """
    arrivals = np.ascontiguousarray(arrivals, dtype=np.float64)
    if arrivals.ndim != 2:
        raise ValueError(f"arrivals must be [hour, replication], not of {arrivals.ndim} dimensions")
    hours, replications = arrivals.shape
    capacity = _capacity(capacity, hours, replications)
    begin = np.zeros(replications) if start is None else np.array(start, dtype=np.float64)
    if begin.shape != (replications,):
        raise ValueError(f"start must be [replication], {replications} of them, not of shape {begin.shape}")
    if not 0 <= give_up < np.inf:
        raise ValueError(f"give_up must be 0 or more and finite, not {give_up}")
    backlog = np.empty_like(arrivals) if out is None else out
    if backlog.shape != arrivals.shape or backlog.dtype != np.float64:
        raise ValueError(
            f"out must be float64 of shape {arrivals.shape}, not {backlog.dtype} of {backlog.shape}"
        )
    if give_up:
        abandoned = np.empty_like(arrivals)
        fine = _impatient(arrivals, capacity, begin.copy(), float(give_up), backlog, abandoned)
    else:
        abandoned = np.ndarray(arrivals.shape, np.float64, _NOBODY, strides=(0, 0))
        fine = _patient(arrivals, capacity, begin.copy(), backlog)
    if not fine:
        name_culprit(start=begin, arrivals=arrivals, capacity=capacity)
    return HourlyQueue(arrivals, begin, backlog, abandoned)


def virtual_waits(backlog: Hours, capacity: Hours, give_up: float = 0.0) -> Hours:
    """Return how long a customer who comes at the end of each hour, and does not give up, would wait.

    Parameters
    ----------
    backlog
        float64 [hour, replication], waiting when the hour ends.
    capacity, give_up
        As :func:`queue_by_hour`. Hours after the last of `backlog` count: give as many as waits may last.

    Returns
    -------
    float64 [hour, replication]
        Hours until those ahead are served or have left, first in first out, closed hours included; inf where
        the hours given do not suffice. The mean wait of the customers of an hour is about the mean of
        the waits at its two ends.
    """
    hours, replications = backlog.shape
    capacity = _capacity(capacity, hours, replications)
    left = np.ascontiguousarray(backlog, dtype=np.float64)
    out = np.empty((hours, replications), dtype=np.float64)
    if give_up:
        _drain_impatient(left, capacity, float(give_up), out)
    else:
        columns = np.zeros((capacity.shape[1], len(capacity) + 1))
        np.cumsum(capacity.T, axis=1, out=columns[:, 1:])
        _drain(left, columns, out)
    return out


def _capacity(capacity: Hours, hours: int, replications: int) -> Hours:
    """The capacity as [hour, 1] when it is the same for all replications, else [hour, replication]."""
    capacity = np.ascontiguousarray(capacity, dtype=np.float64)
    shape = capacity.shape
    if capacity.ndim == 1:
        capacity = capacity[:, None]
    if capacity.ndim != 2 or len(capacity) < hours or capacity.shape[1] not in (1, replications):
        raise ValueError(
            f"capacity must be [hour] or [hour, replication] for {hours} hours and {replications}"
            f" replications, not of shape {shape}"
        )
    return capacity


def name_culprit(**given: Hours) -> None:
    """Raise for the first number that is negative, not finite or no number, in [replication] or [hour, ...].

    Raises
    ------
    ValueError
        With the name it was given by, its hour, and its replication where it has one of its own.
    """
    for name, values in given.items():
        wrong = np.argwhere(~((values >= 0) & (values < np.inf)))
        if len(wrong):
            *hour, replication = wrong[0].tolist()
            place = f" of hour {hour[0]}" if hour else ""
            if values.shape[-1] > 1 or not hour:
                place += f" in replication {replication}"
            raise ValueError(f"{name}{place} must be 0 or more and finite, not {values[tuple(wrong[0])]}")


@numba.njit(cache=True)
def _patient(arrivals: Hours, capacity: Hours, waiting: Hours, out: Hours) -> bool:
    """Fill the backlog where nobody gives up; whether all numbers were allowed.

    Replications are the inner loop: they do not wait for each other, so the processor does several at once.
    """
    hours, replications = arrivals.shape
    shared = capacity.shape[1] == 1
    fine = bool((waiting >= 0.0).all())
    for hour in range(hours):
        if shared:
            most = capacity[hour, 0]
            fine &= (most >= 0.0) & (most < np.inf)
            for replication in range(replications):
                come = arrivals[hour, replication]
                fine &= come >= 0.0
                left = waiting[replication] + come - most
                left = left if left > 0.0 else 0.0
                waiting[replication] = left
                out[hour, replication] = left
        else:
            for replication in range(replications):
                come, most = arrivals[hour, replication], capacity[hour, replication]
                fine &= (come >= 0.0) & (most >= 0.0) & (most < np.inf)
                left = waiting[replication] + come - most
                left = left if left > 0.0 else 0.0
                waiting[replication] = left
                out[hour, replication] = left
    return fine and bool((waiting < np.inf).all())  # what comes without end never goes away


@numba.njit(cache=True)
def _impatient(
    arrivals: Hours, capacity: Hours, waiting: Hours, give_up: float, out: Hours, abandoned: Hours
) -> bool:
    """Fill backlog and abandoned where waiting customers give up; whether all numbers were allowed.

    Waiting nears (arrivals − capacity) / give_up exponentially. Where that is below zero it may run out within
    the hour, after log(1 + give_up · waiting / (capacity − arrivals)) / give_up of it.
    """
    hours, replications = arrivals.shape
    shared = capacity.shape[1] == 1
    stay = np.exp(-give_up)
    gain = -np.expm1(-give_up) / give_up
    fine = True
    for replication in range(replications):
        fine &= (waiting[replication] >= 0.0) & (waiting[replication] < np.inf)
    for hour in range(hours):
        for replication in range(replications):
            come, most = arrivals[hour, replication], capacity[hour, 0 if shared else replication]
            fine &= (come >= 0.0) & (come < np.inf) & (most >= 0.0) & (most < np.inf)
            before = waiting[replication]
            left = before * stay + (come - most) * gain
            gone = 0.0
            if left > 0.0:
                gone = max(before + (come - most) - left, 0.0)
            else:
                left = 0.0
                if before > 0.0:
                    over = np.log1p(give_up * before / (most - come)) / give_up
                    gone = max(before - (most - come) * over, 0.0)
            waiting[replication] = left
            out[hour, replication] = left
            abandoned[hour, replication] = gone
    return fine


@numba.njit(cache=True)
def _drain(backlog: Hours, worked: Hours, out: Hours) -> None:
    """Fill the hours until what waits at the end of each hour is worked off by the capacity that follows.

    `worked` is [1 or replication, hour], all capacity up to the start of an hour. The hour in which it reaches
    what is to be done is looked for in steps that double, then by halving: waits of minutes and of years are
    both found soon.
    """
    hours, replications = backlog.shape
    last = worked.shape[1] - 1
    for hour in range(hours):
        for replication in range(replications):
            left = backlog[hour, replication]
            if left == 0.0:
                out[hour, replication] = 0.0
                continue
            done = worked[0 if len(worked) == 1 else replication]
            goal = done[hour + 1] + left
            low, step = hour + 1, 1  # done[low] is short of the goal, done[high] is not
            while low + step <= last and done[low + step] < goal:
                low += step
                step *= 2
            high = min(low + step, last)
            if done[high] < goal or low == last:
                out[hour, replication] = np.inf
                continue
            while high - low > 1:
                middle = (low + high) // 2
                if done[middle] < goal:
                    low = middle
                else:
                    high = middle
            rate = done[high] - done[low]
            out[hour, replication] = low - hour - 1 + ((goal - done[low]) / rate if rate > 0.0 else 0.0)


@numba.njit(cache=True)
def _drain_impatient(backlog: Hours, capacity: Hours, give_up: float, out: Hours) -> None:
    """As :func:`_drain` where those ahead give up too, hour by hour."""
    hours, replications = backlog.shape
    shared = capacity.shape[1] == 1
    stay = np.exp(-give_up)
    gain = -np.expm1(-give_up) / give_up
    for hour in range(hours):
        for replication in range(replications):
            left, wait = backlog[hour, replication], 0.0
            if left > 0.0:
                wait = np.inf
                for later in range(hour + 1, len(capacity)):
                    most = capacity[later, 0 if shared else replication]
                    after = left * stay - most * gain
                    if after <= 0.0:
                        wait = later - hour - 1 + np.log1p(give_up * left / most) / give_up
                        break
                    left = after
            out[hour, replication] = wait
