"""A figure: what was measured, round by round, and what it should be."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """One line of the result.

    Attributes
    ----------
    name
        What was measured.
    values
        One for each round, never empty.
    unit
        "times" for a ratio; else what the values are in.
    at_least, at_most
        What the median should reach; None where nothing is asked.
    note
        How it came about, in figures that are no ratios.
    """

    name: str
    values: tuple[float, ...]
    unit: str = "times"
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""

    @property
    def median(self) -> float:
        """The middle one of the rounds."""
        return median(self.values)

    @property
    def target(self) -> str:
        """What is asked, in words; empty where nothing is."""
        if self.at_least is not None:
            return f"target >= {_number(self.at_least)}"
        return "" if self.at_most is None else f"target <= {_number(self.at_most)}"

    @property
    def is_met(self) -> bool:
        """Whether the median is what is asked; true where nothing is."""
        return (self.at_least is None or self.median >= self.at_least) and (
            self.at_most is None or self.median <= self.at_most
        )

    def __str__(self) -> str:
        reached = f"{_number(self.median)} {self.unit}"
        if len(self.values) > 1:
            reached += f" ({_number(min(self.values))}-{_number(max(self.values))})"
        verdict = f"{self.target}: {'reached' if self.is_met else 'MISSED, at'} " if self.target else ""
        return f"{self.name}: {verdict}{reached}" + (f"; {self.note}" if self.note else "")

    def as_row(self) -> str:
        """Return the figure as a row of a Markdown table: name, target, what was reached, note."""
        reached = f"{_number(self.median)} {self.unit}"
        spread = (
            f" ({_number(min(self.values))} to {_number(max(self.values))})" if len(self.values) > 1 else ""
        )
        missed = "" if self.is_met else ", **missed**"
        cells = (self.name, self.target.removeprefix("target "), reached + spread + missed, self.note)
        return "| " + " | ".join(cells) + " |"

    def as_json(self) -> dict[str, object]:
        """Return the figure as plain data."""
        return asdict(self) | {"median": self.median, "is_met": self.is_met}


def _number(value: float) -> str:
    """Three digits that mean something."""
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
