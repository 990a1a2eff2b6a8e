"""The exceptions of this package, and the Problem and the Finding a planner is shown.

::

    OneloginSimError            everything this package raises on purpose
    ├── ScenarioError           the input is wrong: carries every Problem found, not only the first
    ├── PlanError               a Plan or Order built in code contradicts itself
    ├── StoreError              a run folder cannot be read, written or reused
    └── IncompleteRunError      a run stopped early; what was finished is kept

No other module defines an exception. A planner never sees a traceback: the command line prints
``str(error)`` and exits with the code that belongs to the class.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class OneloginSimError(Exception):
    """Everything this package raises on purpose; the command line prints it without a traceback."""

    exit_code = 1


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with the input, said so that a planner can mend it.

    Attributes
    ----------
    file
        File name as the planner knows it (relative to the scenario's folder), or ``""``.
    line, column
        1-based place in the file; 0 when the problem belongs to the file as a whole.
    where
        Path of the value in planners' terms, e.g. ``pathways.identity.assurance.days``.
    rule
        What is wrong and what is allowed, one sentence without a full stop.
    value
        The offending value as it stands in the file, or ``""`` when there is none.
    hint
        The remedy or the nearest known word, or ``""``.
    """

    file: str
    line: int
    column: int
    where: str
    rule: str
    value: str = ""
    hint: str = ""

    def __str__(self) -> str:
        place = self.file
        if self.line:
            place += f":{self.line}:{self.column}"
        parts = [part for part in (place, self.where) if part]
        text = ": ".join([*parts, self.rule])
        if self.value:
            text += f" (found {self.value})"
        if self.hint:
            text += f"; {self.hint}"
        return text


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a planner should know before trusting a number; `code` is stable, `text` is a sentence."""

    code: str
    text: str


class ScenarioError(OneloginSimError):
    """The input is wrong. Carries every problem found.

    Attributes
    ----------
    problems
        All problems, in order of file, line and column, each once.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__(str(self))

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)

    def __reduce__(self) -> tuple[type, tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class PlanError(OneloginSimError, ValueError):
    """A Plan or Order built in code contradicts itself; the message names the culprits."""


class StoreError(OneloginSimError):
    """A run folder cannot be read, written or reused."""


class IncompleteRunError(OneloginSimError):
    """A run stopped before its last replication; what was finished is kept and can be resumed."""

    exit_code = 3


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return the hint naming the known word nearest to `word`, or the allowed words when none is near."""
    inside = [name for name in known if len(word) > 2 and word.lower() in name.lower()]
    # "users" means "annual_users", though "services" shares more letters with it.
    near = inside if len(inside) == 1 else difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    shown = sorted(known)
    if not shown:
        return ""
    more = f" and {len(shown) - 12} more" if len(shown) > 12 else ""
    return "known: " + ", ".join(shown[:12]) + more
