"""Contenders timed in turns, so that a busy machine slows all of them alike and the ratio stays true."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Contender(NamedTuple):
    """One piece of work to be timed.

    Attributes
    ----------
    work
        Called with the number of the round; round 0 is warm-up and is not counted.
    units
        What the seconds are divided by: replications, as a rule.
    """

    work: Callable[[int], object]
    units: int = 1


def alternate(rounds: int, *contenders: Contender) -> list[list[float]]:
    """Return seconds a unit of each contender in each round: A B A B ..., after a warm-up of each.

    Seconds are those of this process on the processor, all its threads added up: what other programs take
    is not in them, and nothing is gained by a second core.
    """
    seconds: list[list[float]] = [[] for _ in contenders]
    for number in range(rounds + 1):
        for contender, found in zip(contenders, seconds, strict=True):
            gc.collect()  # what one contender leaves behind is not swept up at another's expense
            begun = time.process_time()
            contender.work(number)
            found.append((time.process_time() - begun) / contender.units)
    return [found[1:] for found in seconds]


def ratios(slow: list[float], fast: list[float]) -> tuple[float, ...]:
    """Return how many times faster the second is, round by round."""
    return tuple(first / second for first, second in zip(slow, fast, strict=True))


class Clock:
    """Seconds by phase of work that is done piece by piece."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def __call__(self, phase: str, work: Callable[..., T], *given: object, **named: object) -> T:
        """Do some work and add its seconds to a phase."""
        begun = time.process_time()
        result = work(*given, **named)
        self.seconds[phase] = self.seconds.get(phase, 0.0) + time.process_time() - begun
        return result
