"""People who pass from station to station, each of which serves first come, first served.

A person's path is laid out before anybody moves: what they need at each station, and where they go from there when
served and when not (who gives up, or is turned away). So paths need no order among stations: a person may come
back to a station, and the rules at the top of `station` hold at each.

**Who comes first.** Arrivals at any station happen in order of time, at one instant by person: whoever has the lower
index makes all moves of the instant first. Since nobody at a station depends on those who come to it later, a person's
leaving time is known the moment they arrive, and one pass over the arrivals in that order is exact: no event is needed
but the next arrival of each person under way.

**Stages.** For the same reason the pass can be cut at any moment and go on from there with those under way and the
services in hand: `stage` makes the same moves as one pass, in the memory of the people of a stage.

The network in `reference` must agree with this to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onelogin_sim.verification.network_pass import Places, one_pass
from onelogin_sim.verification.queue import Times
from onelogin_sim.verification.station import (
    MOST_HOURS,
    OUTCOMES,
    Outcomes,
    Station,
    checked_visits,
)

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


@dataclass(frozen=True, eq=False)
class Cut:
    """Where everybody is at the moment a pass is cut.

    Attributes
    ----------
    at, visit, person
        float64 and int64 [under way]: when each comes to a station next, for which visit, and who it is, by the
        numbers of the paths that were cut; in order of person.
    turn
        float64 [station]: when the last who came to it began, or would have.
    busy, inside
        float64 [in hand], [present] for each station: when services end, and when who is inside a station with a
        limit leaves; sorted.
    """

    at: Times
    visit: Places
    person: Places
    turn: Times
    busy: tuple[Times, ...]
    inside: tuple[Times, ...]


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
    return stage(paths, stations)[0]


def stage(
    paths: Paths, stations: Sequence[Station], until: float = np.inf, begun: Cut | None = None
) -> tuple[Travels, Cut]:
    """Return the moves made before a moment, and where everybody is then.

    A visit is told whole in the stage in which it begins: its wait and its end are known then.

    Parameters
    ----------
    paths, stations
        As :func:`travel` has them; the first people are those under way in `begun`, in its order.
    until
        The moment.
    begun
        Where the stage before was cut. None: nobody is under way, no service in hand.

    Raises
    ------
    ValueError
        As :func:`travel`.
    """
    under_way = 0 if begun is None else len(begun.at)
    check(paths, stations, under_way)
    people, visits, count = len(paths.arrivals), len(paths.station), len(stations)
    if begun is None:
        begun = Cut(*_NOBODY, np.full(count, -np.inf), (_NOBODY[0],) * count, (_NOBODY[0],) * count)
    found = Travels(
        np.full(visits, np.nan),
        np.full(visits, np.nan),
        np.full(visits, np.nan),
        np.full(visits, NOT_MADE, dtype=np.int8),
        np.full(people, UNDER_WAY, dtype=np.int8),
        np.full(people, np.nan),
    )
    # No more can be in service at once than are, and than may come.
    most = np.bincount(paths.station, minlength=count) + _lengths(begun.busy)
    duty = [np.minimum(station.duty, top) for station, top in zip(stations, most.tolist(), strict=True)]
    rooms = np.array([0 if station.room is None else station.room for station in stations], dtype=np.int64)
    rooms = np.minimum(rooms, most + _lengths(begun.inside))
    tops = np.array([servers.max() for servers in duty], dtype=np.int64)
    busy, booked = _heaps(begun.busy, tops)
    inside, present = _heaps(begun.inside, rooms)
    turn = begun.turn.copy()
    times, who = np.empty(people), np.empty((2, people), dtype=np.int64)
    end = float(stations[0].end) if stations else np.inf
    expected, come = one_pass(
        paths.arrivals,
        paths.first,
        paths.station,
        paths.service,
        paths.patience,
        paths.served,
        paths.unserved,
        np.concatenate([np.zeros(0, dtype=np.int64), *duty]),
        np.cumsum([0, *(len(servers) for servers in duty)], dtype=np.int64),
        tops,
        np.array([station.hour for station in stations], dtype=np.float64),
        (end, min(until, end)),
        rooms,
        under_way,
        (busy, booked, inside, present, turn),
        times,
        who,
        (found.arrive, found.wait, found.leave, found.outcome),
        (found.end, found.done),
    )
    at = np.concatenate([times[:expected], paths.arrivals[come:]])
    visit = np.concatenate([who[1, :expected], paths.first[come:]])
    person = np.concatenate([who[0, :expected], np.arange(come, people)])
    order = np.argsort(person)
    cut = Cut(
        at[order],
        visit[order],
        person[order],
        turn,
        *(
            tuple(np.sort(row[:size][row[:size] > until]) for row, size in zip(heaps, sizes, strict=True))
            for heaps, sizes in ((busy, booked), (inside, present))
        ),
    )
    return found, cut


_NOBODY = (np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


def _heaps(filled: Sequence[Times], room: Places) -> tuple[Times, Places]:
    """Heaps [station, place] with room for so many, and how many are in each; what is sorted is a heap."""
    heaps = np.empty((len(filled), room.max(initial=0)), dtype=np.float64)
    for heap, times in zip(heaps, filled, strict=True):
        heap[: len(times)] = times
    return heaps, _lengths(filled)


def _lengths(filled: Sequence[Times]) -> Places:
    return np.array([len(times) for times in filled], dtype=np.int64)


def check(paths: Paths, stations: Sequence[Station], under_way: int = 0) -> None:
    """Raise where paths and stations make no sense together; the first so many people are under way already.

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
    _check_times(paths, stations, under_way)


def _check_times(paths: Paths, stations: Sequence[Station], under_way: int) -> None:
    """Raise where a time makes no sense, or lies too far off for hours to be counted."""
    by_hour = min((station.hour for station in stations if station.by_hour), default=np.inf)
    watch = Station((1,), by_hour, until=stations[0].end if stations else np.inf)
    checked_visits(paths.arrivals[under_way:], np.zeros(len(paths.arrivals) - under_way), watch, None)
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
