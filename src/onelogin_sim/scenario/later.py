"""A scenario's tree with a later status date: what lies between the old and the new one is past.

What has a date keeps it. Capacity is that of the last change so far. Readiness stays counted from where it
was, and a department of which something has begun since has come forward. What no longer lies ahead is taken
out: targets whose date has passed, releases, planned go-lives. A risk on a drawn day is one that has not come
so far, see `_risk`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from onelogin_sim.scenario.model import Enabler, Risk, ScenarioFile, ServiceRow
from onelogin_sim.scenario.readiness import counted_from
from onelogin_sim.scenario.tree import Node, Path, Place, Scalar

#: Units by station are one of these.
_STATION_UNITS = ("servers", "concurrency", "appointments_per_day")


class Later(NamedTuple):
    """A tree with a later status date.

    Attributes
    ----------
    tree
        The whole scenario.
    notes
        What was decided of it, in sentences for a planner.
    past_targets
        Targets taken out because their date has passed: id and date.
    """

    tree: Node
    notes: tuple[str, ...]
    past_targets: dict[str, date]


def moved(tree: Node, file: ScenarioFile, when: date, begun: Mapping[str, date]) -> Later:
    """Return a tree whose status date is `when`.

    Parameters
    ----------
    tree, file
        A valid scenario as it stood on its own status date, and as its tree is now; states of items may differ.
    when
        The new status date, not before the old one.
    begun
        Items that had not begun on the old status date and have since, each with the first date known of it.
    """
    place = tree.nearest(("status_date",)).place
    tree = tree.changed(("status_date",), _dated(when, place))
    for path, unit in _capacities(file):
        tree = _capacity_on(tree, path, unit, when)
    tree = _ready(tree, file, begun)
    tree = _without_past_dates(tree, file, when)
    past = {target.id: target.by for target in file.targets if target.by < when}
    tree = _without(
        tree, "targets", [index for index, target in enumerate(file.targets) if target.id in past]
    )
    tree, notes = _risks(tree, file, when, begun)
    notes = [
        *(f"Target '{name}' was due on {by} and is left out." for name, by in past.items()),
        *notes,
    ]
    return Later(tree, tuple(notes), past)


def _dated(when: date, place: Place) -> Node:
    return Node(when, place, when.isoformat())


def _without(tree: Node, section: str, indices: list[int]) -> Node:
    for index in reversed(indices):
        tree = tree.changed((section, index), None)
    return tree


def _capacities(file: ScenarioFile) -> Iterator[tuple[Path, tuple[str, str]]]:
    """Where capacity changes by date: the path of its owner, the key of its units and that of its changes."""
    for name in file.resources:
        yield ("resources", name), ("capacity", "changes")
    for index in range(len(file.departments)):
        yield ("departments", index), ("teams", "team_changes")
    for name, station in file.verification.stations.items() if file.verification else ():
        unit = next(unit for unit in _STATION_UNITS if getattr(station, unit) is not None)
        yield ("verification", "stations", name), (unit, "changes")


def _capacity_on(tree: Node, path: Path, keys: tuple[str, str], when: date) -> Node:
    unit, changes = keys
    steps = tree.find((*path, changes))
    if steps is None or not isinstance(steps.value, dict):
        return tree
    past = sorted(day for day in steps.value if isinstance(day, date) and day <= when)
    if not past:
        return tree
    tree = tree.changed((*path, unit), steps.value[past[-1]])
    for day in past:
        tree = tree.changed((*path, changes, str(day)), None)
    return tree


def _ready(tree: Node, file: ScenarioFile, begun: Mapping[str, date]) -> Node:
    """Readiness is counted from where it was; a department comes forward before anything of it begins."""
    stated = file.readiness
    if stated.department is None and stated.service is None:
        return tree
    place = tree.nearest(("readiness",)).place
    tree = tree.changed(("readiness", "counted_from"), _dated(counted_from(file), place))
    if stated.department is None:
        return tree
    forward = dict(stated.come_forward)
    rows: list[ServiceRow | Enabler] = [*file.services, *file.enablers]
    for row in rows:
        if row.id in begun:
            first = begun[row.id]
            forward[row.department] = min(first, forward.get(row.department, first))
    if not forward:
        return tree
    known: dict[Scalar, Node] = {name: _dated(first, place) for name, first in sorted(forward.items())}
    return tree.changed(
        ("readiness", "come_forward"), Node({**known}, place, keys=dict.fromkeys(known, place))
    )


def _without_past_dates(tree: Node, file: ScenarioFile, when: date) -> Node:
    """Releases and planned go-lives that have passed hold nothing back and say nothing of what is to come."""
    past: list[Path] = [
        (section, index, key)
        for section, rows in (("services", file.services), ("enablers", file.enablers))
        for index, row in enumerate(rows)
        for key in ("not_before", "planned_live")
        if (day := getattr(row, key, None)) is not None and day < when
    ]
    for path in past:
        tree = tree.changed(path, None)
    return tree


def _risks(tree: Node, file: ScenarioFile, when: date, begun: Collection[str]) -> tuple[Node, list[str]]:
    gone, notes = [], []
    for index, risk in enumerate(file.risks):
        effect = risk.capacity or risk.not_before
        if effect is None or effect.window.from_ >= when:
            continue
        left = _risk(risk, when, begun)
        if risk.enabled:
            notes.append(_note(risk, left, when))
        if left == 0:
            gone.append(index)
            continue
        key = "capacity" if risk.capacity else "not_before"
        node = tree.find(("risks", index, "probability"))
        assert node is not None
        tree = tree.changed(("risks", index, "probability"), Node(left, node.place, f"{left:.4g}"))
        tree = tree.changed(("risks", index, key, "window", "from"), _dated(when, node.place))
    return _without(tree, "risks", gone), notes


def _risk(risk: Risk, when: date, begun: Collection[str]) -> float:
    """Return the probability that a risk on an evenly drawn day still comes; r is the share of its window left.

    A loss of capacity has not begun so far, or the scenario would say so: by Bayes p r / (1 - p + p r). That
    items may not start before a day is nothing to be seen in what has not started, so its probability is that of
    a later day, p r; 0 once one of them has begun, because nothing later holds them back.
    """
    effect = risk.capacity or risk.not_before
    assert effect is not None
    window = effect.window
    if window.to < when:
        return 0.0
    share = ((window.to - when).days + 1) / ((window.to - window.from_).days + 1)
    later = risk.probability * share
    if risk.capacity is not None:
        return later / (1 - risk.probability + later)
    items = effect.items if risk.not_before is not None else "all"  # type: ignore[union-attr]
    touched = begun if items == "all" else [name for name in items if name in begun]
    return 0.0 if touched else later


def _note(risk: Risk, left: float, when: date) -> str:
    effect = risk.capacity or risk.not_before
    assert effect is not None
    if left == 0:
        passed = effect.window.to < when
        why = f"its time ended on {effect.window.to}" if passed else "what it holds back has begun"
        return f"Risk '{risk.id}' can no longer come: {why}."
    if risk.capacity is not None:
        return (
            f"Risk '{risk.id}' is taken not to have come so far: its probability is {left:.0%}, where it was "
            f"{risk.probability:.0%}."
        )
    return (
        f"Risk '{risk.id}' may still hold items back to a day from {when} on, with a probability of {left:.0%}; to any "
        f"day it was {risk.probability:.0%}."
    )
