"""What has happened since a scenario's status date: a table of states, and the scenario as it stands with them.

One line for each item that has moved: it is live, or a stage of it is running. Who is not listed stands where
the scenario has it, so what ran on the status date must be listed. Nothing after the new status date may be
there, and what lies before the old one must be what the scenario says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path as FilePath

from onelogin_sim.errors import Problem, ScenarioError, did_you_mean
from onelogin_sim.scenario.later import Later, moved
from onelogin_sim.scenario.model import Enabler, ServiceRow
from onelogin_sim.scenario.read import Scenario
from onelogin_sim.scenario.records import Cell, read_records
from onelogin_sim.scenario.remedies import date_hint
from onelogin_sim.scenario.source import read_text
from onelogin_sim.scenario.table import BOM_HINT, check_header, single, wrong_length
from onelogin_sim.scenario.tree import Node, Path, Place
from onelogin_sim.scenario.validate import check

#: Columns: the item by id, the stage it is in and since when, the day it went live (an enabler: was done), a note.
COLUMNS = ("service", "stage", "since", "live_on", "note")

_DATES = ("since", "live_on")

Row = ServiceRow | Enabler


@dataclass(frozen=True, slots=True)
class Actual:
    """Where an item stands.

    Attributes
    ----------
    item
        Its id, with its place.
    states
        What is given of `stage`, `since` and `live_on`.
    """

    item: Node
    states: dict[str, Node]

    @property
    def name(self) -> str:
        """The item's id."""
        return self.item.text

    def problem(self, rule: str, hint: str = "", key: str = "") -> Problem:
        """Return what is wrong with it, at a cell; at the item's own without one."""
        node = self.states.get(key, self.item)
        where = ".".join(filter(None, ("" if node is self.item else self.name, key)))
        return Problem(node.place.file, node.place.line, node.place.column, where, rule, node.shown, hint)


@dataclass(frozen=True, slots=True, eq=False)
class AsAt:
    """A scenario as it stands at a later date.

    Attributes
    ----------
    notes
        What was decided of what has dates, in sentences for a planner.
    past_targets
        Targets taken out because their date has passed: id and date.
    """

    scenario: Scenario
    notes: tuple[str, ...]
    past_targets: dict[str, date]


def as_at(scenario: Scenario, when: date, path: FilePath) -> AsAt:
    """Return a scenario with what has happened by a date, which becomes its status date.

    Parameters
    ----------
    scenario
        As it stood on its own status date.
    when
        Not before that, and before the horizon.
    path
        The table: columns `COLUMNS`, of which only `service` must be there.

    Raises
    ------
    ScenarioError
        Carrying every problem found.
    """
    file = scenario.file
    if not file.status_date <= when < file.horizon:
        rule = f"must lie between the status date {file.status_date} and the horizon {file.horizon}"
        raise ScenarioError([Problem("", 0, 0, "--as-at", rule, str(when))])
    actuals, problems = read_actuals(path)
    known = _rows(scenario)
    sound = []
    seen: dict[str, Actual] = {}
    for actual in actuals:
        found = list(_flaws(actual, known, seen, file.status_date, when))
        problems += found
        seen.setdefault(actual.name, actual)
        if not found:
            sound.append(actual)
    problems += _unsaid(known, seen, path.name, file.status_date, when)
    begun = {one.name: _first_date(one) for one in sound if _had_not_begun(known[one.name][1])}
    tree = scenario.tree
    for one in sound:
        tree = _with_state(tree, *known[one.name], one)
    later = moved(tree, file, when, begun)
    if not later.tree.child("targets").value:  # type: ignore[union-attr]
        rule = f"no target lies ahead of {when}: {_dues(later)}"
        raise ScenarioError(
            [*problems, Problem("", 0, 0, "--as-at", rule, "", "give the scenario a later one")]
        )
    changed, found = check(later.tree)
    if problems or found or changed is None:
        raise ScenarioError([*problems, *found])
    return AsAt(replace(scenario, file=changed, tree=later.tree), later.notes, later.past_targets)


def read_actuals(path: FilePath) -> tuple[list[Actual], list[Problem]]:
    """Return the lines of a table of actuals, and the problems found.

    Raises
    ------
    ScenarioError
        When the file cannot be read, or its columns are not known.
    """
    name = path.name
    records, problems = read_records(read_text(path, name, BOM_HINT), name)
    header, *rows = records
    problems += check_header(header, COLUMNS, ("service",), name)
    if problems:
        raise ScenarioError(problems)
    actuals = []
    for row in rows:
        if not any(cell.text.strip() for cell in row):
            continue
        if len(row) != len(header):
            problems.append(wrong_length(row, header, name))
            continue
        actuals.append(_actual({head.text: cell for head, cell in zip(header, row, strict=True)}, name))
    return actuals, problems


def _actual(cells: dict[str, Cell], file: str) -> Actual:
    nodes = {
        key: single(date if key in _DATES else str, cell.text.strip(), Place(file, cell.line, cell.column))
        for key, cell in cells.items()
        if cell.text.strip() or key == "service"
    }
    return Actual(nodes["service"], {key: nodes[key] for key in ("stage", *_DATES) if key in nodes})


def _rows(scenario: Scenario) -> dict[str, tuple[Path, Row]]:
    file = scenario.file
    services = {row.id: (("services", index), row) for index, row in enumerate(file.services)}
    return services | {row.id: (("enablers", index), row) for index, row in enumerate(file.enablers)}


def _flaws(
    actual: Actual, known: dict[str, tuple[Path, Row]], seen: dict[str, Actual], status: date, when: date
) -> Iterator[Problem]:
    """What is wrong with a line in itself and against the scenario as it stood."""
    if actual.name not in known:
        yield actual.problem("is not a known service or enabler", did_you_mean(actual.name, list(known)))
        return
    if actual.name in seen:
        line = seen[actual.name].item.place.line
        yield actual.problem(f"is there already, in line {line}", f"keep one: how it stands on {when}")
        return
    if not actual.states:
        yield actual.problem(
            "does not say what has happened: give stage and since, or live_on", "leave out what has not begun"
        )
    elif ("stage" in actual.states) != ("since" in actual.states):
        given, other = ("stage", "since") if "stage" in actual.states else ("since", "stage")
        yield actual.problem(f"is given without {other}", "stage and since go together", given)
    dates = {key: actual.states[key] for key in _DATES if key in actual.states}
    for key, node in dates.items():
        if not isinstance(node.value, date):
            yield actual.problem("must be a date", date_hint(node.text, False), key)
        elif node.value > when:
            yield actual.problem(f"lies after {when}: what became known later may not be used", "", key)
    if all(isinstance(node.value, date) for node in dates.values()):
        yield from _contradictions(actual, known[actual.name][1], status)


def _contradictions(actual: Actual, row: Row, status: date) -> Iterator[Problem]:
    """What a line says of the time up to the status date must be what the scenario says of it."""
    live, since = (actual.states.get(key) for key in ("live_on", "since"))
    if row.live_on is not None:
        if live is None or live.value != row.live_on or since is not None:
            rule = f"is live since {row.live_on} by the scenario"
            yield actual.problem(rule, "take the line out, or mend the scenario", "live_on")
        return
    stood = f"was in '{row.stage}' since {row.since}" if row.since is not None else "had not begun"
    for key, node in (("live_on", live), ("since", since)):
        if node is None or not isinstance(node.value, date) or node.value > status:
            continue
        same = key == "since" and node.value == row.since and actual.states["stage"].text == row.stage
        if not (same and "stage" in actual.states):
            rule = f"does not lie after the status date {status}, when it {stood} by the scenario"
            yield actual.problem(rule, "mend the date, or the scenario", key)


def _unsaid(
    known: dict[str, tuple[Path, Row]], seen: dict[str, Actual], file: str, status: date, when: date
) -> Iterator[Problem]:
    """What was running must be said to be still, or where it stands now."""
    for name, (_, row) in known.items():
        if row.since is not None and name not in seen:
            rule = f"was in '{row.stage}' on {status} and is not there"
            yield Problem(file, 0, 0, name, rule, "", f"add a line that says where it stands on {when}")


def _had_not_begun(row: Row) -> bool:
    return row.live_on is None and row.since is None


def _first_date(actual: Actual) -> date:
    """The earliest date a line gives: by then its item had begun."""
    return min(
        node.value for key in _DATES if (node := actual.states.get(key)) and isinstance(node.value, date)
    )


def _with_state(tree: Node, path: Path, row: Row, actual: Actual) -> Node:
    """Put a line's state in the place of the item's own, with the table as its source."""
    gone = {"stage", "since", "live_on", "not_before"} - set(actual.states)
    gone |= {"since_source", "since_assumption"} if isinstance(row, ServiceRow) else {"assumption"}
    if "live_on" in actual.states:
        gone.add("planned_live")
    for key in sorted(gone):
        if tree.find((*path, key)) is not None:
            tree = tree.changed((*path, key), None)
    for key, node in actual.states.items():
        tree = tree.changed((*path, key), node)
    if "since" in actual.states:
        place = actual.states["since"].place
        source = "since_source" if isinstance(row, ServiceRow) else "source"
        tree = tree.changed((*path, source), Node(place.file, place, place.file))
    return tree


def _dues(later: Later) -> str:
    return ", ".join(f"'{name}' was due on {by}" for name, by in later.past_targets.items())
