"""No stage needs more than there ever is."""

from __future__ import annotations

from collections.abc import Iterator

from onelogin_sim.scenario.kinds import DEPARTMENT_TEAM
from onelogin_sim.scenario.model import DepartmentRow, Resource
from onelogin_sim.scenario.rules.facts import Facts
from onelogin_sim.scenario.tree import Flaw


def needs_can_be_met(facts: Facts) -> Iterator[Flaw]:
    """Refuse a need above the largest capacity before the horizon: it would never be met."""
    for path, stage in facts.stages():
        for resource, units in stage.needs.items():
            if resource in facts.file.resources and facts.file.resources[resource].enabled:
                most = largest_capacity(facts, facts.file.resources[resource])
                if units > most:
                    rule = f"never finishes: needs {units} of '{resource}', which never has more than {most}"
                    yield Flaw((*path, "needs", resource), rule, "add capacity or lower the need", "")


def team_needs_can_be_met(facts: Facts) -> Iterator[Flaw]:
    """Refuse the same of the departments' own teams, wherever an item has still to pass the stage."""
    users: dict[tuple[str, str], list[str]] = {}
    for _, row in facts.rows:
        for stage in facts.ahead(row):
            assert row.pathway is not None
            users.setdefault((row.pathway, stage.stage), []).append(row.department)
    teams = {department.id: department for department in facts.file.departments}
    for path, stage in facts.stages():
        units = stage.needs.get(DEPARTMENT_TEAM, 0)
        for name in sorted(set(users.get((str(path[1]), stage.stage), []))):
            if name in teams and units > largest_capacity(facts, teams[name]):
                most = largest_capacity(facts, teams[name])
                rule = f"never finishes: needs {units} of '{DEPARTMENT_TEAM}', and '{name}' never has more than {most}"
                yield Flaw((*path, "needs", DEPARTMENT_TEAM), rule, "add teams or lower the need", "")


def largest_capacity(facts: Facts, stated: Resource | DepartmentRow) -> int:
    """Return the most units there ever are before the horizon."""
    if isinstance(stated, Resource):
        first, changes = stated.capacity, stated.changes
    else:
        first, changes = stated.teams, stated.team_changes
    return max([first, *(units for when, units in changes.items() if when < facts.file.horizon)])
