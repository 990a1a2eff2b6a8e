"""The readable reference of stations and of the network between them: SimPy, one process per person.

It follows the rules at the top of `station` and `network` by giving each kind of event at one instant its own SimPy
priority, so that nothing depends on who asked first. The compiled `queue`, `station` and `network` must agree with
it to the last bit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from heapq import heappush
from typing import Any

import numpy as np
import simpy

from onelogin_sim.verification.network import NOT_MADE, UNDER_WAY, Paths, Travels, check
from onelogin_sim.verification.queue import Times
from onelogin_sim.verification.station import (
    ABANDONED,
    BLOCKED,
    SERVED,
    WAITING,
    Station,
    Visits,
    checked_visits,
)

#: What happens at one instant, in this order. SimPy's own events use 0 and 1: what follows from one of these
#: happens before the next. Person n arrives at priority ARRIVE + n, wherever they go.
FINISH, DUTY, HAND_OUT, GIVE_UP, ARRIVE = range(2, 7)

Process = Generator[simpy.Event, Any, None]


def visits(
    arrivals: Times | Sequence[float],
    service_times: Times | Sequence[float],
    station: Station,
    patience: Times | Sequence[float] | None = None,
) -> Visits:
    """Return what becomes of each customer of one station: as :func:`station.visits`, event by event.

    Raises
    ------
    ValueError
        As :func:`station.visits`.
    """
    arrive, serve, leave_after = checked_visits(arrivals, service_times, station, patience)
    count = len(arrive)
    ends = np.full(count, -1)
    found = travel(
        Paths(
            arrive,
            np.arange(count),
            np.zeros(count, dtype=np.int64),
            serve,
            np.full(count, np.inf) if patience is None else leave_after,
            ends,
            ends,
        ),
        [station],
    )
    return Visits(found.wait, found.outcome, found.leave)


def travel(paths: Paths, stations: Sequence[Station]) -> Travels:
    """Return what becomes of everybody who passes through stations: as :func:`network.travel`, event by event.

    Raises
    ------
    ValueError
        As :func:`network.travel`.
    """
    check(paths, stations)
    world = _World(paths, stations)
    end = float(stations[0].end) if stations else np.inf
    if len(
        paths.arrivals
    ):  # with nobody to come the watch may end before it begins, which SimPy's clock refuses
        world.clock.run(None if np.isinf(end) else end)
    return Travels(
        np.array(world.arrive),
        np.array(world.leave_queue) - np.array(world.arrive),
        np.array(world.leave),
        np.array(world.outcome, dtype=np.int8),
        np.array(world.end, dtype=np.int8),
        np.array(world.done),
    )


class Clock(simpy.Environment):
    """SimPy's clock, told times instead of delays: now + (time − now) is not always time in floats."""

    def at(self, time: float, priority: int) -> simpy.Event:
        """Return an event that happens at a time, among others of that time by priority."""
        event = self.event()
        event._ok, event._value = True, None  # how SimPy's own Timeout marks an event as triggered
        heappush(self._queue, (time, priority, next(self._eid), event))  # type: ignore[misc]
        return event


class _World:
    """Everybody on their paths: what is written down of each visit and of each path."""

    def __init__(self, paths: Paths, stations: Sequence[Station]) -> None:
        people, visits = len(paths.arrivals), len(paths.station)
        self.paths = paths
        self.clock = Clock(min(paths.arrivals.min(initial=0.0), 0.0))
        self.desks = [_Desk(station, self.clock) for station in stations]
        self.arrive, self.leave_queue, self.leave = ([np.nan] * visits for _ in range(3))
        self.outcome = [NOT_MADE] * visits
        self.end, self.done = [UNDER_WAY] * people, [np.nan] * people
        for person in range(people):
            self.clock.process(self.person(person))

    def person(self, number: int) -> Process:
        """One person: come, go from station to station, stop."""
        yield self.clock.at(float(self.paths.arrivals[number]), ARRIVE + number)
        visit = int(self.paths.first[number])
        while visit >= 0:
            yield from self.visit(visit)
            onward = self.paths.served if self.outcome[visit] == SERVED else self.paths.unserved
            visit = int(onward[visit])
            yield self.clock.at(self.clock.now, ARRIVE + number)
        self.end[number], self.done[number] = -1 - visit, self.clock.now

    def visit(self, number: int) -> Process:
        """One visit: come, wait for a turn or give up, be served, leave."""
        desk, now = self.desks[self.paths.station[number]], self.clock.now
        self.arrive[number] = self.leave_queue[number] = self.leave[number] = now
        if desk.here == desk.station.room:
            self.outcome[number] = BLOCKED
            return
        desk.here += 1
        # What is seen of this visit if the watch ends before the wait does.
        self.outcome[number], self.leave_queue[number], self.leave[number] = WAITING, *[desk.station.end] * 2
        turn = desk.join()
        gives_up = now + float(self.paths.patience[number])
        yield turn if np.isinf(gives_up) else turn | self.clock.at(gives_up, GIVE_UP)
        self.leave_queue[number] = self.leave[number] = self.clock.now
        if turn.triggered:
            self.outcome[number] = SERVED
            self.leave[number] = self.clock.now + float(self.paths.service[number])
            yield self.clock.at(self.leave[number], FINISH)
            desk.release()
        else:
            self.outcome[number] = ABANDONED
            desk.queue.remove(turn)
        desk.here -= 1


class _Desk:
    """One station at work: who waits, how many are in service."""

    def __init__(self, station: Station, clock: Clock) -> None:
        self.station, self.clock = station, clock
        self.hour = self.here = self.in_service = 0
        self.queue: deque[simpy.Event] = deque()
        self.watching = False

    def join(self) -> simpy.Event:
        """Join the queue and return the event of one's turn."""
        while self.station.by_hour and (self.hour + 1) * self.station.hour <= self.clock.now:
            self.hour += 1
        turn = self.clock.event()
        self.queue.append(turn)
        self.clock.process(self.hand_out())
        if self.station.by_hour and any(self.station.servers) and not self.watching:
            self.clock.process(self.hours())
        return turn

    def release(self) -> None:
        """End a service: the server is free for the next."""
        self.in_service -= 1
        self.clock.process(self.hand_out())

    def hand_out(self) -> Process:
        """Serve who waits, first come first, while fewer are in service than servers are on duty."""
        yield self.clock.at(self.clock.now, HAND_OUT)
        servers = self.station.servers[self.hour % len(self.station.servers)]
        while self.queue and self.in_service < servers:
            self.in_service += 1
            self.queue.popleft().succeed()

    def hours(self) -> Process:
        """Let the servers of each hour count from its start, while anybody waits whom they might serve."""
        self.watching = True
        while self.queue:
            yield self.clock.at((self.hour + 1) * self.station.hour, DUTY)
            self.hour += 1
            self.clock.process(self.hand_out())
        self.watching = False
