"""People who pass from station to station, each of which serves first come, first served.

A person's path is laid out before anybody moves: what they need at each station, and where they go from there when
served and when not (who gives up, or is turned away). So paths need no order among stations: a person may come
back to a station, and the rules at the top of `station` hold at each.

**Who comes first.** Arrivals at any station happen in order of time, at one instant by person: whoever has the lower
index makes all moves of the instant first. Since nobody at a station depends on those who come to it later, a person's
leaving time is known the moment they arrive, and one pass over the arrivals in that order is exact: no event is needed
but the next arrival of each person under way.

The network in `reference` must agree with this to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.verification.queue import Times
from onelogin_sim.verification.station import (
    ABANDONED,
    BLOCKED,
    MOST_HOURS,
    OUTCOMES,
    SERVED,
    WAITING,
    Outcomes,
    Station,
    begin,
    checked_visits,
    make_room,
    next_turn,
    put,
)

Places = npt.NDArray[np.int64]

#: How a path ended: the codes of `Travels.end`. In a path the end is written as -1 - code.
ENDS = ("proved", "failed", "under way")
PROVED, FAILED, UNDER_WAY = range(3)

#: Outcome of a visit that was laid out and not made before the end of the watch, or not at all.
NOT_MADE = len(OUTCOMES)


@dataclass(frozen=True, eq=False)
class Paths:
    """Where people go: who comes when, and the visits they may make.

    Attributes
    ----------
    arrivals
        float64 [person], non-decreasing.
    first
        int64 [person]: the first visit, or -1 - code in `ENDS` of who makes none.
    station
        int64 [visit].
    service, patience
        float64 [visit]: as :func:`station.visits` has them.
    served, unserved
        int64 [visit]: the visit that follows, a later one in no other person's path, or -1 - code of the end.
    """

    arrivals: Times
    first: Places
    station: Places
    service: Times
    patience: Times
    served: Places
    unserved: Places


@dataclass(frozen=True, eq=False)
class Travels:
    """What became of everybody.

    Attributes
    ----------
    arrive, wait, leave
        float64 [visit]: as :class:`station.Visits` has them; nan for visits that were not made.
    outcome
        int8 [visit]: codes by place in `station.OUTCOMES`; NOT_MADE for visits that were not made.
    end
        int8 [person], codes by place in `ENDS`.
    done
        float64 [person]: when the path ended; nan for those under way at the end of the watch.
    """

    arrive: Times
    wait: Times
    leave: Times
    outcome: Outcomes
    end: Outcomes
    done: Times

    def count(self, end: str) -> int:
        """Return how many paths ended so; they add up to the people over all of `ENDS`."""
        return int(np.count_nonzero(self.end == ENDS.index(end)))


def travel(paths: Paths, stations: Sequence[Station]) -> Travels:
    """Return what becomes of everybody who passes through stations, by the rules at the top.

    Parameters
    ----------
    paths
        In the unit of the stations' hours.
    stations
        All watched to the same end; who would come to one then or later is under way.

    Raises
    ------
    ValueError
        As :func:`station.visits`; and when ends differ, or a path names a station or visit that is not there.
    """
    check(paths, stations)
    people, visits = len(paths.arrivals), len(paths.station)
    found = Travels(
        np.full(visits, np.nan),
        np.full(visits, np.nan),
        np.full(visits, np.nan),
        np.full(visits, NOT_MADE, dtype=np.int8),
        np.full(people, UNDER_WAY, dtype=np.int8),
        np.full(people, np.nan),
    )
    duty = [np.minimum(np.array(station.servers, dtype=np.int64), people) for station in stations]
    rooms = [0 if station.room is None else min(station.room, people) for station in stations]
    _travel(
        paths.arrivals,
        paths.first,
        paths.station,
        paths.service,
        paths.patience,
        paths.served,
        paths.unserved,
        np.concatenate([np.zeros(0, dtype=np.int64), *duty]),
        np.cumsum([0, *(len(servers) for servers in duty)], dtype=np.int64),
        np.array([servers.max() for servers in duty], dtype=np.int64),
        np.array([station.hour for station in stations], dtype=np.float64),
        float(stations[0].end) if stations else np.inf,
        np.array(rooms, dtype=np.int64),
        found.arrive,
        found.wait,
        found.leave,
        found.outcome,
        found.end,
        found.done,
    )
    return found


def check(paths: Paths, stations: Sequence[Station]) -> None:
    """Raise where paths and stations make no sense together.

    Raises
    ------
    ValueError
        As :func:`travel`.
    """
    ends = sorted({station.end for station in stations})
    if len(ends) > 1:
        raise ValueError(f"stations must be watched to one end, not {ends[0]} and {ends[-1]}")
    visits = len(paths.station)
    wrong = np.flatnonzero((paths.station < 0) | (paths.station >= len(stations)))
    if len(wrong):
        raise ValueError(f"visit {wrong[0]} is to station {paths.station[wrong[0]]}, of {len(stations)}")
    for name, follows in (("first", paths.first), ("served", paths.served), ("unserved", paths.unserved)):
        wrong = np.flatnonzero((follows >= visits) | (follows < -1 - FAILED))
        if len(wrong):
            raise ValueError(f"{name} of {wrong[0]} names visit {follows[wrong[0]]}, of {visits}")
    for name, follows in (("served", paths.served), ("unserved", paths.unserved)):
        wrong = np.flatnonzero((follows >= 0) & (follows <= np.arange(visits)))
        if len(wrong):
            raise ValueError(f"{name} of {wrong[0]} goes back to visit {follows[wrong[0]]}")
    _check_times(paths, stations)


def _check_times(paths: Paths, stations: Sequence[Station]) -> None:
    """Raise where a time makes no sense, or lies too far off for hours to be counted."""
    by_hour = min((station.hour for station in stations if station.by_hour), default=np.inf)
    watch = Station((1,), by_hour, until=stations[0].end if stations else np.inf)
    checked_visits(paths.arrivals, np.zeros(len(paths.arrivals)), watch, None)
    for name, times, allowed in (
        ("service time", paths.service, (paths.service >= 0) & (paths.service < np.inf)),
        ("patience", paths.patience, paths.patience >= 0),
    ):
        wrong = np.flatnonzero(~allowed)
        if len(wrong):
            raise ValueError(f"the {name} of visit {wrong[0]} must be 0 or more, not {times[wrong[0]]}")
    last = float(paths.arrivals.max(initial=0.0)) + float(paths.service.sum())
    last += float(paths.patience[np.isfinite(paths.patience)].sum())
    if last > MOST_HOURS * by_hour:
        raise ValueError(f"times go up to {last}, more than 2**40 hours of {by_hour}")


@numba.njit(cache=True, error_model="numpy")
def _travel(
    arrivals: Times,
    first: Places,
    station: Places,
    service: Times,
    patience: Times,
    served: Places,
    unserved: Places,
    all_duty: Places,
    duty_at: Places,
    tops: Places,
    hours: Times,
    end: float,
    rooms: Places,
    arrive: Times,
    wait: Times,
    leave: Times,
    outcome: Outcomes,
    path_end: Outcomes,
    done: Times,
) -> None:
    """Fill the last six arrays: again and again the earliest arrival, and what the station makes of it.

    A heap holds the next arrival of everybody who is at a station and goes on from there.
    """
    stations = len(hours)
    busy = np.empty((stations, tops.max() if stations else 0), dtype=np.float64)
    inside = np.empty((stations, rooms.max() if stations else 0), dtype=np.float64)
    turns = np.full(stations, -np.inf)
    booked, now_hour, present = np.zeros((3, stations), dtype=np.int64)
    times, who = np.empty(len(arrivals)), np.empty((2, len(arrivals)), dtype=np.int64)
    expected, next_person = 0, 0
    while expected or next_person < len(arrivals):
        if expected and (
            next_person == len(arrivals)
            or times[0] < arrivals[next_person]
            or (times[0] == arrivals[next_person] and who[0, 0] < next_person)
        ):
            at, person, visit = times[0], who[0, 0], who[1, 0]
            expected = _forget(times, who, expected)
        else:
            at, person, visit = arrivals[next_person], next_person, first[next_person]
            next_person += 1
        if at >= end:
            break
        if visit >= 0:
            here = station[visit]
            arrive[visit] = at
            room = rooms[here]
            if room:
                present[here] = make_room(inside[here], present[here], at)
            if room and present[here] == room:
                result, gone = BLOCKED, at
            else:
                turn, booked[here], now_hour[here], servers = next_turn(
                    max(turns[here], at),
                    all_duty[duty_at[here] : duty_at[here + 1]],
                    hours[here],
                    end,
                    busy[here, : tops[here]],
                    booked[here],
                    now_hour[here],
                )
                turns[here] = turn
                gives_up = at + patience[visit]
                if gives_up < min(turn, end):
                    result, gone, wait[visit] = ABANDONED, gives_up, gives_up - at
                elif turn < end:
                    result, gone, wait[visit] = SERVED, turn + service[visit], turn - at
                    booked[here] = begin(busy[here], booked[here], servers, gone)
                else:
                    result, gone, wait[visit] = WAITING, end, end - at
                if room:
                    present[here] = put(inside[here], present[here], gone)
            if result == BLOCKED:
                wait[visit] = 0.0
            outcome[visit], leave[visit] = result, gone
            if result == WAITING or gone >= end:
                continue
            at, visit = gone, served[visit] if result == SERVED else unserved[visit]
        if visit >= 0:
            expected = _expect(times, who, expected, at, person, visit)
        else:
            path_end[person], done[person] = -1 - visit, at


@numba.njit(cache=True)
def _expect(times: Times, who: Places, size: int, at: float, person: int, visit: int) -> int:
    """Put an arrival into the heap, earliest first and lower persons first at one instant; return its new size."""
    place = size
    while place:
        parent = (place - 1) >> 1
        if times[parent] < at or (times[parent] == at and who[0, parent] < person):
            break
        times[place], who[0, place], who[1, place] = times[parent], who[0, parent], who[1, parent]
        place = parent
    times[place], who[0, place], who[1, place] = at, person, visit
    return size + 1


@numba.njit(cache=True)
def _forget(times: Times, who: Places, size: int) -> int:
    """Take the first arrival off the heap and return its new size."""
    size -= 1
    at, person, visit = times[size], who[0, size], who[1, size]
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        other = child + 1
        if other < size and (
            times[other] < times[child] or (times[other] == times[child] and who[0, other] < who[0, child])
        ):
            child = other
        if times[child] > at or (times[child] == at and who[0, child] > person):
            break
        times[place], who[0, place], who[1, place] = times[child], who[0, child], who[1, child]
        place = child
    times[place], who[0, place], who[1, place] = at, person, visit
    return size
