"""The compiled pass of `network`: again and again the earliest arrival, and what the station makes of it."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.verification.queue import Times
from onelogin_sim.verification.station import (
    ABANDONED,
    BLOCKED,
    SERVED,
    WAITING,
    Outcomes,
    begin,
    make_room,
    next_turn,
    put,
)

Places = npt.NDArray[np.int64]


@numba.njit(cache=True, error_model="numpy")
def one_pass(
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
    ends: tuple[float, float],
    rooms: Places,
    under_way: int,
    state: tuple[Times, Places, Times, Places, Times],
    times: Times,
    who: Places,
    made: tuple[Times, Times, Times, Outcomes],
    ended: tuple[Outcomes, Times],
) -> tuple[int, int]:
    """Fill the last two: again and again the earliest arrival, and what the station makes of it.

    A heap holds the next arrival of everybody who is at a station and goes on from there; `state` is that of the
    stations. Return how many are in the heap at the end, and how many have come.
    """
    end, stop = ends
    busy, booked, inside, present, turns = state
    arrive, wait, leave, outcome = made
    path_end, done = ended
    now_hour = np.zeros(len(hours), dtype=np.int64)
    expected, next_person = 0, under_way
    for person in range(under_way):
        expected = _expect(times, who, expected, arrivals[person], person, first[person])
    while expected or next_person < len(arrivals):
        if expected and (
            next_person == len(arrivals)
            or times[0] < arrivals[next_person]
            or (times[0] == arrivals[next_person] and who[0, 0] < next_person)
        ):
            at, person, visit = times[0], who[0, 0], who[1, 0]
            if at >= stop:
                break
            expected = _forget(times, who, expected)
        else:
            at, person, visit = arrivals[next_person], next_person, first[next_person]
            if at >= stop:
                break
            next_person += 1
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
    return expected, next_person


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
