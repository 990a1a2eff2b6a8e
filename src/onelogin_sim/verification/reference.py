"""The readable reference of the stations: SimPy, one process per customer.

It follows the rules at the top of `station` by giving each kind of event at one instant its own SimPy
priority, so that nothing depends on who asked first. The compiled `queue` and `station` must agree with it
to the last bit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from heapq import heappush
from typing import Any

import numpy as np
import simpy

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
#: happens before the next.
FINISH, DUTY, HAND_OUT, GIVE_UP, ARRIVE = range(2, 7)

Process = Generator[simpy.Event, Any, None]


def visits(
    arrivals: Times | Sequence[float],
    service_times: Times | Sequence[float],
    station: Station,
    patience: Times | Sequence[float] | None = None,
) -> Visits:
    """Return what becomes of each customer: as :func:`station.visits`, event by event.

    Raises
    ------
    ValueError
        As :func:`station.visits`.
    """
    arrive, serve, leave_after = checked_visits(arrivals, service_times, station, patience)
    desk = _Desk(station, len(arrive), float(arrive[0]) if len(arrive) else 0.0)
    for customer, (at, taking) in enumerate(zip(arrive.tolist(), serve.tolist(), strict=True)):
        patient = float(leave_after[customer]) if len(leave_after) else np.inf
        desk.clock.process(desk.customer(customer, at, taking, patient))
    if len(arrive):
        desk.clock.process(desk.hours())
        desk.clock.run(None if np.isinf(station.end) else station.end)
    outcome = np.array(desk.outcome, dtype=np.int8)
    return Visits(np.array(desk.leave_queue) - arrive, outcome, np.array(desk.leave))


class Clock(simpy.Environment):
    """SimPy's clock, told times instead of delays: now + (time − now) is not always time in floats."""

    def at(self, time: float, priority: int) -> simpy.Event:
        """Return an event that happens at a time, among others of that time by priority."""
        event = self.event()
        event._ok, event._value = True, None  # how SimPy's own Timeout marks an event as triggered
        heappush(self._queue, (time, priority, next(self._eid), event))  # type: ignore[misc]
        return event


class _Desk:
    """One station at work: who waits, how many are in service, what became of whom."""

    def __init__(self, station: Station, customers: int, first: float) -> None:
        self.station = station
        self.clock = Clock(min(first, 0.0))
        self.hour = 0
        self.here = self.in_service = 0
        self.to_come = customers
        self.queue: deque[tuple[int, simpy.Event]] = deque()
        self.outcome = [WAITING] * customers
        self.leave_queue = [station.end] * customers
        self.leave = [station.end] * customers

    def customer(self, number: int, arrival: float, service: float, patience: float) -> Process:
        """One customer: come, wait for a turn or give up, be served, leave."""
        yield self.clock.at(arrival, ARRIVE)
        self.to_come -= 1
        if self.here == self.station.room:
            self.outcome[number], self.leave[number] = BLOCKED, arrival
            self.leave_queue[number] = arrival
            return
        self.here += 1
        turn = self.clock.event()
        self.queue.append((number, turn))
        self.clock.process(self.hand_out())
        gives_up = arrival + patience
        yield turn if np.isinf(gives_up) else turn | self.clock.at(gives_up, GIVE_UP)
        self.leave_queue[number] = self.clock.now
        if turn.triggered:
            yield from self.service(number, service)
        else:
            self.queue.remove((number, turn))
            self.outcome[number], self.leave[number] = ABANDONED, self.clock.now
        self.here -= 1

    def service(self, number: int, taking: float) -> Process:
        """Be served by one server, who is then free for the next."""
        finish = self.clock.now + taking
        self.outcome[number], self.leave[number] = SERVED, finish
        yield self.clock.at(finish, FINISH)
        self.in_service -= 1
        self.clock.process(self.hand_out())

    def hand_out(self) -> Process:
        """Serve who waits, first come first, while fewer are in service than servers are on duty."""
        yield self.clock.at(self.clock.now, HAND_OUT)
        while self.queue and self.in_service < self.servers:
            self.in_service += 1
            self.queue.popleft()[1].succeed()

    @property
    def servers(self) -> int:
        """Servers on duty now."""
        return self.station.servers[self.hour % len(self.station.servers)]

    def hours(self) -> Process:
        """Let the servers of each hour count from its start, while anybody is left whom they might serve."""
        while self.station.by_hour and any(self.station.servers) and (self.to_come or self.queue):
            yield self.clock.at((self.hour + 1) * self.station.hour, DUTY)
            self.hour += 1
            self.clock.process(self.hand_out())
