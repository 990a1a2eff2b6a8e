"""Waits of individual customers at one station, first in, first out, with servers that are all alike.

Customer n starts at the later of their own arrival and the earliest time a server is free (Kiefer and
Wolfowitz, *On the theory of queues with many servers*, Trans. Amer. Math. Soc. 78, 1955; with one server
Lindley's recursion, Proc. Camb. Phil. Soc. 48, 1952). Only the earliest free time is ever asked for and
exactly one is replaced, so the free times stand in a loser tree (Knuth, *The Art of Computer Programming*
3, 5.4.1): a customer costs one walk from a leaf to the root, the same for each, without a branch to guess.

Servers by the hour, patience and a full waiting room are in `station`.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence

import numba
import numpy as np
import numpy.typing as npt

Times = npt.NDArray[np.float64]


def waits(arrivals: Times | Sequence[float], service_times: Times | Sequence[float], servers: int) -> Times:
    """Return how long each customer waits for one of `servers` servers, first in, first out.

    Parameters
    ----------
    arrivals
        float64 [customer], non-decreasing, in any unit. Customers who arrive together are served by index.
    service_times
        float64 [customer], zero or more, in the same unit.
    servers
        How many customers are served at once, at least 1. All are free before the first arrival.

    Returns
    -------
    float64 [customer]
        Start less arrival, in the same unit; start is the later of the arrival and the earliest free
        time, and that server is free again at start + service time, each rounded once. So the waits are
        those of a SimPy process at the same draws, bit for bit, whatever happens at the same instant.

    Raises
    ------
    ValueError
        When lengths differ, arrivals decrease, a time is not finite or a service time is below zero, there is
        no server, or service times add up to more than a float can hold. The message names the customer.
    """
    arrive, serve = _as_arrays(arrivals, service_times)
    if operator.index(servers) < 1:
        raise ValueError(f"servers must be at least 1, not {servers}")
    out = np.empty_like(arrive)
    if not (_ends(arrive) and _fill(arrive, serve, servers, out)):
        raise ValueError(_culprit(arrive, serve))
    if len(out) and out[-1] == np.inf:  # once no server is ever free again, none is for whoever comes later
        customer = int(np.argmax(out == np.inf))
        raise ValueError(
            f"customer {customer} would wait longer than a float can hold: service times add up to too much"
        )
    return out


def _fill(arrive: Times, serve: Times, servers: int, out: Times) -> bool:
    """Fill the waits by the fastest kernel for so many servers; whether all numbers were allowed."""
    if servers >= len(arrive):
        out[:] = 0.0
        return _in_order(arrive, serve)
    if servers == 1:
        return _one(arrive, serve, out)
    if servers == 2:
        return _two(arrive, serve, out)
    return _many(arrive, serve, servers, _never_free(servers, arrive[0]), out)


def checked(arrivals: Times | Sequence[float], service_times: Times | Sequence[float]) -> tuple[Times, Times]:
    """Return arrivals and service times as float64 arrays in one piece, or raise naming the first culprit.

    Raises
    ------
    ValueError
        As :func:`waits`.
    """
    arrive, serve = _as_arrays(arrivals, service_times)
    if not (_ends(arrive) and _in_order(arrive, serve)):
        raise ValueError(_culprit(arrive, serve))
    return arrive, serve


def _as_arrays(
    arrivals: Times | Sequence[float], service_times: Times | Sequence[float]
) -> tuple[Times, Times]:
    """Arrivals and service times as float64 arrays in one piece, of one dimension and one length."""
    arrive = np.asarray(arrivals, dtype=np.float64, order="C")
    serve = np.asarray(service_times, dtype=np.float64, order="C")
    for name, times in (("arrivals", arrive), ("service_times", serve)):
        if times.ndim != 1:
            raise ValueError(f"{name} must have one dimension, the customers, not {times.ndim}")
    if len(arrive) != len(serve):
        raise ValueError(f"{len(arrive)} arrivals but {len(serve)} service times")
    return arrive, serve


def _ends(arrive: Times) -> bool:
    """Whether the first and the last arrival are finite: of arrivals in order, only they can be otherwise."""
    return bool(np.isfinite(arrive[:1]).all() and np.isfinite(arrive[-1:]).all())


def _never_free(servers: int, first: float) -> Times | npt.NDArray[np.int64]:
    """One key for each leaf of the tree, later than any time, in the type in which times are compared.

    Floats that are not negative are in order by their bits, and with integers a walk is a third faster.
    """
    leaves = 1 << (servers - 1).bit_length()
    if first < 0:
        return np.full(leaves, np.inf)
    return np.full(leaves, np.iinfo(np.int64).max)


def _culprit(arrive: Times, serve: Times) -> str:
    """What is wrong with the first customer that has something wrong."""
    for customer, (at, taking) in enumerate(zip(arrive.tolist(), serve.tolist(), strict=True)):
        if not np.isfinite(at):
            return f"the arrival of customer {customer} must be a finite time, not {at}"
        if customer and at < arrive[customer - 1]:
            return (
                f"arrivals must not decrease: customer {customer} comes at {at},"
                f" customer {customer - 1} at {arrive[customer - 1]}"
            )
        if not 0 <= taking < np.inf:
            return f"the service time of customer {customer} must be finite and not below 0, not {taking}"
    raise AssertionError("the quick check found something the slow one does not")


# Each of these says whether arrivals never decrease and service times are finite and not negative: while the
# processor waits for the customer before, it has time to look.


@numba.njit(cache=True)
def _in_order(arrive: Times, serve: Times) -> bool:
    """No waits to fill in: the check alone."""
    fine = True
    for customer in range(1, len(arrive)):
        fine &= arrive[customer] >= arrive[customer - 1]
    for customer in range(len(arrive)):
        fine &= (serve[customer] >= 0.0) & (serve[customer] < np.inf)
    return fine


@numba.njit(cache=True)
def _one(arrive: Times, serve: Times, out: Times) -> bool:
    """One server: Lindley's recursion. NumPy's by cumulative sums is not equal to the last bit."""
    fine = True
    free = last = arrive[0]
    for customer in range(len(arrive)):
        at, taking = arrive[customer], serve[customer]
        fine &= (at >= last) & (taking >= 0.0) & (taking < np.inf)
        last = at
        start = max(free, at)
        out[customer] = start - at
        free = start + taking
    return fine


@numba.njit(cache=True)
def _two(arrive: Times, serve: Times, out: Times) -> bool:
    """Two servers: both free times in registers, the earlier first."""
    fine = True
    early = late = last = arrive[0]
    for customer in range(len(arrive)):
        at, taking = arrive[customer], serve[customer]
        fine &= (at >= last) & (taking >= 0.0) & (taking < np.inf)
        last = at
        start = max(early, at)
        out[customer] = start - at
        finish = start + taking
        early = min(late, finish)
        late = max(late, finish)
    return fine


@numba.njit(cache=True)
def _many(arrive: Times, serve: Times, servers: int, key: Times | npt.NDArray[np.int64], out: Times) -> bool:
    """Any number of servers: a loser tree of free times.

    Leaf i is node leaves + i, the parent of node k is k // 2, and inner node k keeps the later of the two
    that met there; the earliest of all is outside the tree. The leaves are a power of two, so that every
    walk has the same length and the processor guesses its end; those without a server are never free.
    """
    leaves = len(key)
    leaf = np.empty(leaves, dtype=np.int64)
    winner = np.arange(2 * leaves)
    time = np.empty(1, dtype=np.float64)
    bits = time.view(key.dtype)
    time[0] = arrive[0]
    for node in range(leaves - 1, 0, -1):
        winner[node], leaf[node] = winner[2 * node], winner[2 * node + 1]
        if leaf[node] < leaves + servers:
            key[node] = bits[0]
    earliest = winner[1]
    fine = True
    last = arrive[0]
    for customer in range(len(arrive)):
        at, taking = arrive[customer], serve[customer]
        fine &= (at >= last) & (taking >= 0.0) & (taking < np.inf)
        last = at
        start = max(time[0], at)
        out[customer] = start - at
        time[0] = start + taking
        rising = bits[0]
        node = earliest >> 1
        while node > 0:
            there, its_leaf = key[node], leaf[node]
            beaten = there < rising
            key[node] = rising if beaten else there
            leaf[node] = earliest if beaten else its_leaf
            rising = there if beaten else rising
            earliest = its_leaf if beaten else earliest
            node >>= 1
        bits[0] = rising
    return fine
