"""A peer: a queue as an ordinary SimPy model, one process a customer, its turn at a `simpy.Resource`."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

Process = Generator[simpy.Event, Any, None]


def waits(gaps: list[float], services: list[float], servers: int) -> list[float]:
    """Return the waits of customers who come one gap after the other, the first one gap after the start."""
    clock = simpy.Environment()
    desk = simpy.Resource(clock, servers)
    found = [0.0] * len(gaps)

    def customer(number: int) -> Process:
        arrival = clock.now
        with desk.request() as turn:
            yield turn
            found[number] = clock.now - arrival
            yield clock.timeout(services[number])

    def source() -> Process:
        for number, gap in enumerate(gaps):
            yield clock.timeout(gap)
            clock.process(customer(number))

    clock.process(source())
    clock.run()
    return found
