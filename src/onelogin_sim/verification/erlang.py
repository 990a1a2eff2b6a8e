"""Closed forms of stationary queues: what the kernels are tested against, and what quick answers rest on.

Everything is summed in terms that are positive and at most one, so nothing overflows or cancels, for a
million servers as for one. Rates and times are in one unit of the caller's; `load` is the offered load in
erlangs, arrival rate · mean service time; `servers` is c.

Sources: A. K. Erlang, *Solution of some problems in the theory of probabilities of significance in automatic
telephone exchanges*, Elektroteknikeren 13, 1917 (B and C); F. Pollaczek 1930 and A. Y. Khinchine 1932
(M/G/1); C. Palm, *Research on telephone traffic carried by full availability groups*, Tele 1, 1957, and
O. Garnett, A. Mandelbaum and M. Reiman, *Designing a call center with impatient customers*, MSOM 4, 2002
(Erlang A); A. O. Allen, *Probability, statistics and queueing theory*, 2nd ed. 1990, 5.2 (general service).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Terms smaller than this share of what is summed already cannot change it.
_SMALL = 1e-18
_LARGE = 1e300


class Steady(NamedTuple):
    """Long-run averages of a station.

    Attributes
    ----------
    delayed
        Share of the customers who come that wait at all (of those let in, for a limited room).
    mean_wait
        Mean wait of all who come in, those who give up included.
    mean_queue
        Mean number waiting: by Little's law the rate let in · `mean_wait`.
    blocked, abandoned
        Share of the customers who come that are turned away, and that give up.
    """

    delayed: float
    mean_wait: float
    mean_queue: float
    blocked: float = 0.0
    abandoned: float = 0.0


def erlang_b(servers: int, load: float) -> float:
    """Return the share of customers blocked when none can wait (Erlang's loss formula, M/G/c/c)."""
    _check(servers, load)
    return float(_erlang_b(servers, load))


def erlang_c(servers: int, load: float) -> float:
    """Return the share of customers who wait (Erlang's delay formula, M/M/c); 1 from `load` = c on."""
    _check(servers, load)
    return float(_erlang_c(servers, load))


def erlang_c_each(servers: npt.ArrayLike, load: npt.ArrayLike) -> Floats:
    """Return :func:`erlang_c` of each pair, broadcast: float64 in the common shape.

    Raises
    ------
    ValueError
        When servers are no whole numbers, or servers or load are negative or nan.
    """
    counts, loads = np.broadcast_arrays(np.asarray(servers, np.float64), np.asarray(load, np.float64))
    for name, wrong, values in (
        ("servers must be whole numbers, 0 or more", ~((counts >= 0) & (counts == np.floor(counts))), counts),
        ("the offered load must be 0 or more", ~(loads >= 0), loads),
    ):
        if wrong.any():
            raise ValueError(f"{name}, not {values[wrong][0]}")
    out = np.empty(counts.size)
    _erlang_c_all(counts.ravel().astype(np.int64), np.ascontiguousarray(loads.ravel()), out)
    return out.reshape(counts.shape)


def mmc(arrival_rate: float, mean_service: float, servers: int) -> Steady:
    """Return the long run of M/M/c (Erlang C): a wait is exponential once there is one.

    The wait of those who wait has mean `mean_service` / (c − load); at `load` ≥ c the queue grows for ever
    and both means are inf.
    """
    load = arrival_rate * mean_service
    delayed = erlang_c(servers, load)
    wait = delayed * mean_service / (servers - load) if load < servers else math.inf
    return Steady(delayed, wait, arrival_rate * wait if load else 0.0)


def mmck(arrival_rate: float, mean_service: float, servers: int, room: int) -> Steady:
    """Return the long run of M/M/c/K: room for K customers in all, who comes when it is full is blocked.

    Raises
    ------
    ValueError
        When there is no server, or `room` is less than `servers`.
    """
    _check(servers, arrival_rate * mean_service)
    if servers < 1:
        raise ValueError(f"servers must be 1 or more, not {servers}")
    if room < servers:
        raise ValueError(f"room must be at least the {servers} servers, not {room}")
    return _birth_death(arrival_rate, mean_service, servers, 0.0, room)


def erlang_a(arrival_rate: float, mean_service: float, servers: int, mean_patience: float) -> Steady:
    """Return the long run of M/M/c+M (Erlang A): patience is exponential.

    Raises
    ------
    ValueError
        When `mean_patience` is not above 0 and finite; without end it is Erlang C, :func:`mmc`.
    """
    _check(servers, arrival_rate * mean_service)
    if not 0 < mean_patience < math.inf:
        raise ValueError(f"mean_patience must be above 0 and finite, not {mean_patience}")
    return _birth_death(arrival_rate, mean_service, servers, 1 / mean_patience, np.iinfo(np.int64).max)


def mg1(arrival_rate: float, mean_service: float, variation: float) -> Steady:
    """Return the long run of M/G/1 (Pollaczek and Khinchine); `variation` is variance / mean² of service."""
    return mgc(arrival_rate, mean_service, 1, variation)


def mgc(arrival_rate: float, mean_service: float, servers: int, variation: float) -> Steady:
    """Return M/G/c by Allen's and Cunneen's approximation: M/M/c waits times (1 + variation) / 2.

    Exact with one server and with exponential service; otherwise a few percent off at high load.

    Raises
    ------
    ValueError
        When `variation` is negative.
    """
    if not variation >= 0:
        raise ValueError(f"variation must be 0 or more, not {variation}")
    markov = mmc(arrival_rate, mean_service, servers)
    factor = (1 + variation) / 2
    return markov._replace(mean_wait=markov.mean_wait * factor, mean_queue=markov.mean_queue * factor)


def wait_quantile(steady: Steady, share: float) -> float:
    """Return the wait that `share` of the customers do not exceed, waits being exponential once there is one.

    Exact for M/M/c; with the mean of M/G/c an approximation, good at high load.
    """
    if steady.delayed <= 1 - share:
        return 0.0
    return steady.mean_wait / steady.delayed * math.log(steady.delayed / (1 - share))


def _check(servers: int, load: float) -> None:
    """Raise when there are fewer than no servers, or the load is no load."""
    if servers < 0:
        raise ValueError(f"servers must be 0 or more, not {servers}")
    if not 0 <= load < math.inf:
        raise ValueError(f"the offered load must be 0 or more and finite, not {load}")


@numba.njit(cache=True)
def _erlang_b(servers: int, load: float) -> float:
    """1 / B = 1 + c/a + c(c−1)/a² + …: all terms positive; they rise at most to the place c − a, then fall."""
    if load == 0.0:
        return 1.0 if servers == 0 else 0.0
    term = inverse = 1.0
    for left in range(servers, 0, -1):
        term *= left / load
        inverse += term
        if inverse > _LARGE or (left < load and term < _SMALL * inverse):
            break
    return 0.0 if inverse > _LARGE else 1.0 / inverse


@numba.njit(cache=True)
def _erlang_c(servers: int, load: float) -> float:
    if load >= servers:
        return 1.0
    blocked = _erlang_b(servers, load)
    use = load / servers
    return blocked / (1.0 - use + use * blocked)


@numba.njit(cache=True)
def _erlang_c_all(servers: npt.NDArray[np.int64], load: Floats, out: Floats) -> None:
    for place in range(len(out)):
        out[place] = _erlang_c(servers[place], load[place])


def _birth_death(rate: float, mean_service: float, servers: int, give_up: float, room: int) -> Steady:
    """The long run of a station whose only state is how many are there; each who waits gives up at a rate."""
    if rate == 0:
        return Steady(0.0, 0.0, 0.0)
    entering, full, delayed, queue = _states(rate, 1 / mean_service, servers, give_up, room)
    weight = entering + full
    mean_queue = queue / weight
    mean_wait = mean_queue / (rate * entering / weight) if entering else 0.0
    late = delayed / entering if entering else 0.0
    return Steady(late, mean_wait, mean_queue, full / weight, give_up * mean_queue / rate)


@numba.njit(cache=True)
def _states(
    rate: float, speed: float, servers: int, give_up: float, room: int
) -> tuple[float, float, float, float]:
    """Sums over the states of a birth-death chain, in units of its most likely state.

    Returns the weight of the states in which who comes enters, of the full state, of those in which who
    comes enters and waits, and the weighted number waiting. Terms fall from the most likely state to both
    sides, so each is at most one.
    """
    if rate < servers * speed:
        top = min(room, int(rate / speed))
    elif give_up > 0.0:
        top = int(min(float(room), servers + (rate - servers * speed) / give_up))
    else:
        top = room
    entering = full = delayed = queue = 0.0
    for side in range(2):
        term, state = 1.0, top
        while term > _SMALL * (entering + full):
            if side == 0 or state < top:
                if state == room:
                    full += term
                else:
                    entering += term
                    delayed += term if state >= servers else 0.0
                queue += term * max(state - servers, 0)
            if side == 0:
                if state == room:
                    break
                state += 1
                term *= rate / (min(state, servers) * speed + max(state - servers, 0) * give_up)
            else:
                if state == 0:
                    break
                term *= (min(state, servers) * speed + max(state - servers, 0) * give_up) / rate
                state -= 1
    return entering, full, delayed, queue
