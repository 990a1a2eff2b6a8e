"""Customers at one station with servers by the hour, opening hours, patience and a limit on how many are in.

What happens at one instant happens in this order, whoever asked first: services end; the servers of a new
hour count; who waits is served, first come first, again and again while services of length zero end at
once; who has waited as long as they would leaves; then the next customer comes, one by one by index, each
meeting a station where all of that is settled. So a customer whose turn comes at the very end of their
patience is served, and one without patience is served if a server is free.

**Servers by the hour.** Whoever waits may start while fewer customers are in service than servers are on
duty. A server whose duty ends completes the customer in hand and then leaves; nobody starts meanwhile. Hours
without servers are closed: nobody starts, who waits stays, patience runs on.

The one-station reference in `reference` must agree with this to the last bit.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.verification.queue import Times, checked

Outcomes = npt.NDArray[np.int8]

#: How a customer's visit to a station ended: the codes of `Visits.outcome`, in this order.
OUTCOMES = ("served", "abandoned", "blocked", "waiting")
SERVED, ABANDONED, BLOCKED, WAITING = range(4)

#: Hours are counted in whole numbers: times further off than so many hours are refused.
MOST_HOURS = 2.0**40


@dataclass(frozen=True)
class Station:
    """Who serves when, and how many customers may be there at once.

    Attributes
    ----------
    servers
        Servers on duty in each hour. One number alone is a station that never changes.
    hour
        Length of an hour in the unit of the arrivals. Hour k is [k · hour, (k + 1) · hour).
    cyclic
        Whether the hours begin again after the last (a week of 168); if not, the station is watched until
        the last hour ends.
    room
        Most customers in the station, waiting and in service; who comes when it is full is blocked. None is
        no limit.
    until
        End of the watch: what would happen then or later is not seen.

    Raises
    ------
    ValueError
        When a value makes no sense; the message names it.
    """

    servers: tuple[int, ...]
    hour: float = math.inf
    cyclic: bool = True
    room: int | None = None
    until: float = math.inf

    def __post_init__(self) -> None:
        if not self.servers:
            raise ValueError("servers must name at least one hour")
        for place, count in enumerate(self.servers):
            if operator.index(count) < 0:
                raise ValueError(f"servers of hour {place} must be 0 or more, not {count}")
        if not self.hour > 0:
            raise ValueError(f"hour must be longer than 0, not {self.hour}")
        if math.isinf(self.hour) and len(self.servers) > 1:
            raise ValueError(f"servers of {len(self.servers)} hours need the length of an hour")
        if self.room is not None and operator.index(self.room) < 1:
            raise ValueError(f"room must be at least 1, not {self.room}")
        if math.isnan(self.until):
            raise ValueError("until must be a time, not nan")

    @property
    def end(self) -> float:
        """End of the watch: `until`, or the end of the last hour of hours that do not begin again."""
        return self.until if self.cyclic else min(self.until, len(self.servers) * self.hour)

    @cached_property
    def duty(self) -> npt.NDArray[np.int64]:
        """int64 [hour]: `servers` as an array."""
        return np.array(self.servers, dtype=np.int64)

    @property
    def by_hour(self) -> bool:
        """Whether the servers depend on the hour."""
        return not math.isinf(self.hour)


@dataclass(frozen=True)
class Visits:
    """What became of each customer of a station.

    Attributes
    ----------
    wait
        float64 [customer]: from arrival to start, to leaving without service, or to the end of the watch;
        0 for the blocked. Without an end, who is never served waits for ever: inf.
    outcome
        int8 [customer], codes by place in `OUTCOMES`.
    leave
        float64 [customer]: when the customer leaves the station, also when after the end of the watch for
        those in service then; for those waiting at the end, the end.
    """

    wait: Times
    outcome: Outcomes
    leave: Times

    def count(self, outcome: str) -> int:
        """Return how many visits ended so; they add up to the arrivals over all of `OUTCOMES`."""
        return int(np.count_nonzero(self.outcome == OUTCOMES.index(outcome)))


def visits(
    arrivals: Times | Sequence[float],
    service_times: Times | Sequence[float],
    station: Station,
    patience: Times | Sequence[float] | None = None,
) -> Visits:
    """Return what becomes of each customer of a station, by the rules at the top of this module.

    Parameters
    ----------
    arrivals, service_times
        float64 [customer], as :func:`queue.waits` has them; all in one unit, before the end of the watch,
        and not before 0 where servers depend on the hour.
    station
        Servers, hours, room.
    patience
        float64 [customer]: the longest each would wait; inf for one who never leaves. None: nobody leaves.

    Raises
    ------
    ValueError
        As :func:`queue.waits`; and when a patience is negative or nan, or an arrival is not within the watch.
    """
    arrive, serve, leave_after = checked_visits(arrivals, service_times, station, patience)
    count = len(arrive)
    found = Visits(np.empty(count), np.empty(count, dtype=np.int8), np.empty(count))
    duty = np.array([min(servers, count) for servers in station.servers], dtype=np.int64)
    room = count if station.room is None else min(station.room, count)
    hours = (duty, float(station.hour), float(station.end))
    _visit(arrive, serve, leave_after, *hours, room, found.wait, found.outcome, found.leave)
    return found


def checked_visits(
    arrivals: Times | Sequence[float],
    service_times: Times | Sequence[float],
    station: Station,
    patience: Times | Sequence[float] | None,
) -> tuple[Times, Times, Times]:
    """Return arrivals, service times and patience (empty for None) as arrays, or raise naming the culprit.

    Raises
    ------
    ValueError
        As :func:`visits`.
    """
    arrive, serve = checked(arrivals, service_times)
    leave_after = np.empty(0) if patience is None else np.ascontiguousarray(patience, dtype=np.float64)
    if patience is not None and leave_after.shape != arrive.shape:
        raise ValueError(f"{len(arrive)} arrivals but patience of shape {leave_after.shape}")
    wrong = np.flatnonzero(~(leave_after >= 0))
    if len(wrong):
        raise ValueError(
            f"the patience of customer {wrong[0]} must be 0 or more, not {leave_after[wrong[0]]}"
        )
    if not len(arrive):
        return arrive, serve, leave_after
    if arrive[-1] >= station.end:
        late = int(np.searchsorted(arrive, station.end))
        raise ValueError(
            f"customer {late} comes at {arrive[late]}, not before the end of the watch at {station.end}"
        )
    if station.by_hour:
        if arrive[0] < 0:
            raise ValueError(f"customer 0 comes at {arrive[0]}, before hour 0")
        if not (last := arrive[-1] + float(serve.sum())) <= MOST_HOURS * station.hour:
            raise ValueError(f"times go up to {last}, more than 2**40 hours of {station.hour}")
    return arrive, serve, leave_after


@numba.njit(cache=True, error_model="numpy")
def _visit(
    arrive: Times,
    serve: Times,
    patience: Times,
    duty: npt.NDArray[np.int64],
    hour: float,
    end: float,
    room: int,
    wait: Times,
    outcome: Outcomes,
    leave: Times,
) -> None:
    """Fill `wait`, `outcome` and `leave` of each customer, in order of arrival.

    First in, first out: nobody can start before the one ahead could have, so one pass is enough.
    """
    most = duty.max()
    limited = room < len(arrive)
    busy, inside = np.empty(most, dtype=np.float64), np.empty(room if limited else 0, dtype=np.float64)
    turn, booked, now_hour, present = -np.inf, 0, 0, 0
    for customer in range(len(arrive)):
        at = arrive[customer]
        if limited:
            present = make_room(inside, present, at)
            if present == room:
                outcome[customer], wait[customer], leave[customer] = BLOCKED, 0.0, at
                continue
        turn, booked, now_hour, servers = next_turn(max(turn, at), duty, hour, end, busy, booked, now_hour)
        gone = at + patience[customer] if len(patience) else np.inf
        if gone < min(turn, end):
            outcome[customer], wait[customer], leave[customer] = ABANDONED, gone - at, gone
        elif turn < end:
            outcome[customer], wait[customer], leave[customer] = SERVED, turn - at, turn + serve[customer]
            booked = begin(busy, booked, servers, leave[customer])
        else:
            outcome[customer], wait[customer], leave[customer] = WAITING, end - at, end
        if limited:
            present = put(inside, present, leave[customer])


# From here on the rules that `network` shares. Inlined, and without a look for divisions by zero that cannot be, they
# cost nothing; as calls they would double the time.


@numba.njit(cache=True, error_model="numpy", inline="always")
def next_turn(
    turn: float,
    duty: npt.NDArray[np.int64],
    hour: float,
    end: float,
    busy: Times,
    booked: int,
    now_hour: int,
) -> tuple[float, int, int, int]:
    """Return when the next customer may start, how many are booked then, the hour of it and the servers on duty.

    Parameters
    ----------
    turn
        The later of the customer's arrival and when the one ahead started, or would have.
    duty, hour, end
        Servers by the hour, its length, the end of the watch.
    busy, booked
        float64 [server]: heap of the finish times of `booked` services, those over by then too until their place
        is needed.
    now_hour
        The hour in which the customer ahead started.

    Returns
    -------
    turn, booked, now_hour, servers
        inf for a turn that does not come before the end.
    """
    while True:
        if turn >= end or len(busy) == 0:
            return np.inf, booked, now_hour, 0
        now_hour = _hour_of(turn, hour, now_hour)
        servers = duty[now_hour % len(duty)]
        while booked > servers and busy[0] <= turn:
            booked = _take(busy, booked)
        if booked < servers or (booked == servers > 0 and busy[0] <= turn):
            return turn, booked, now_hour, servers
        turn = (now_hour + 1) * hour
        if servers:
            turn = min(turn, busy[0])


@numba.njit(cache=True)
def begin(busy: Times, booked: int, servers: int, finish: float) -> int:
    """Begin a service that ends at `finish`, after :func:`next_turn`; return how many are booked."""
    if booked < servers:
        return put(busy, booked, finish)
    _sink(busy, booked, finish)
    return booked


@numba.njit(cache=True)
def make_room(inside: Times, present: int, at: float) -> int:
    """Let those go who leave by `at`, and return how many are left in the heap of leaving times."""
    while present and inside[0] <= at:
        present = _take(inside, present)
    return present


@numba.njit(cache=True, error_model="numpy")
def _hour_of(time: float, hour: float, known: int) -> int:
    """The hour a time is in, given one not after it; edges are the products k · hour, as the reference has."""
    if time < (known + 1) * hour:
        return known
    known = max(known, int(time / hour) - 1)  # a quotient can be rounded up over the edge
    while (known + 1) * hour <= time:
        known += 1
    return known


@numba.njit(cache=True)
def put(heap: Times, size: int, value: float) -> int:
    """Put a value into a binary heap (smallest first) and return its new size."""
    place = size
    while place:
        parent = (place - 1) >> 1
        if heap[parent] <= value:
            break
        heap[place] = heap[parent]
        place = parent
    heap[place] = value
    return size + 1


@numba.njit(cache=True)
def _take(heap: Times, size: int) -> int:
    """Take the smallest value off a binary heap and return its new size."""
    _sink(heap, size - 1, heap[size - 1])
    return size - 1


@numba.njit(cache=True)
def _sink(heap: Times, size: int, value: float) -> None:
    """Put a value in the place of the smallest of a binary heap."""
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= value:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = value
