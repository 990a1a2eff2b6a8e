"""What a planner wants of an order, word for word as it is asked for; `asked` turns it into objectives and limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wanted:
    """Objectives and limits in a planner's words, see `asked.objectives` and `asked.limits`.

    Attributes
    ----------
    objective, must_before, first, last, at_once, latest
        Words; none of them may be there.
    target
        Id of the target to be met early; None is the first.
    peak_load
        Checks and rises in a week; None is no limit.
    """

    objective: Sequence[str] = ()
    target: str | None = None
    must_before: Sequence[str] = ()
    first: Sequence[str] = ()
    last: Sequence[str] = ()
    at_once: Sequence[str] = ()
    latest: Sequence[str] = ()
    peak_load: int | None = None
    within_capacity: bool = False

    @property
    def options(self) -> list[str]:
        """The same as options of the command line, those that have their defaults left out."""
        given: dict[str, Sequence[str]] = {
            "--objective": self.objective,
            "--target": [self.target] if self.target else [],
            "--must-before": self.must_before,
            "--first": self.first,
            "--last": self.last,
            "--at-once": self.at_once,
            "--latest": self.latest,
            "--peak-load": [] if self.peak_load is None else [str(self.peak_load)],
        }
        words = [word for name, values in given.items() for value in values for word in (name, value)]
        return [*words, *(["--within-capacity"] if self.within_capacity else [])]
