"""Settings that are allowed and change nothing: each a finding, so that nobody counts on them."""

from __future__ import annotations

from collections.abc import Iterator

from onelogin_sim.plan import Plan, Task
from onelogin_sim.scenario.model import ServiceRow
from onelogin_sim.scenario.resolve import FROZEN_BY_DEFAULT
from onelogin_sim.scenario.rules.facts import Facts, Row
from onelogin_sim.scenario.tree import Flaw, Path

TAKE_OUT = "take it out"


def idle(facts: Facts, plan: Plan) -> Iterator[Flaw]:
    """Iterate over what is said and has no effect on any future."""
    for rule in (_held_items, _delays, _losses, _steps, _freezes, _hold_backs, _waits):
        yield from rule(facts, plan)


def _tasks(plan: Plan, row: Row) -> list[Task]:
    """The tasks of an item that are not done, none of a live one."""
    return [plan.tasks[index] for index in plan.tasks_of[row.id]]


def _held_items(facts: Facts, plan: Plan) -> Iterator[Flaw]:
    """Items that a risk would hold back, and that have begun."""
    for index, risk in enumerate(facts.file.risks):
        if risk.not_before is None or risk.not_before.items == "all":
            continue
        for number, name in enumerate(risk.not_before.items):
            path, row = ("risks", index, "not_before", "items", number), facts.row[name]
            if row.live_on is not None:
                yield Flaw(path, "is live already, so the risk cannot touch it", TAKE_OUT)
            elif row.since is not None:
                yield Flaw(path, "has begun already, so the risk cannot hold it back", TAKE_OUT)


def _delays(facts: Facts, plan: Plan) -> Iterator[Flaw]:
    """Delays of stages that are past, never come, or take no time."""
    for index, risk in enumerate(facts.file.risks):
        if risk.delay is None:
            continue
        stage, items = risk.delay.stage, risk.delay.items
        path: Path = ("risks", index, "delay", "items")
        if items != "all":
            for number, name in enumerate(items):
                why = _undelayed(facts, plan, facts.row[name], stage)
                if why:
                    yield Flaw((*path, number), why, TAKE_OUT)
            continue
        tasks = [task for task in plan.tasks if task.stage == stage and task.repeat_pass == 0]
        if not tasks:
            yield Flaw(
                path, f"the risk touches nothing: no unfinished item has the stage '{stage}' ahead of it"
            )
        elif all(task.duration is None for task in tasks):
            yield Flaw(path, f"the risk touches nothing: the stage '{stage}' is a milestone of zero days")


def _undelayed(facts: Facts, plan: Plan, row: Row, stage: str) -> str:
    """Why a risk cannot delay a stage of an item; empty where it can."""
    if row.live_on is not None:
        return "is live already, so the risk cannot touch it"
    tasks = [task for task in _tasks(plan, row) if task.stage == stage and task.repeat_pass == 0]
    if tasks:
        return f"its stage '{stage}' is a milestone of zero days" if tasks[0].duration is None else ""
    names = facts.stages_of(row.pathway or "")
    if row.stage in names and names.index(stage) < names.index(row.stage):
        return f"is past the stage '{stage}' already"
    return f"never has the stage '{stage}': it checks no identity"


def _losses(facts: Facts, plan: Plan) -> Iterator[Flaw]:
    """Capacity that is lost when the forecast is over."""
    for index, risk in enumerate(facts.file.risks):
        if risk.capacity is not None and risk.capacity.window.from_ >= facts.file.horizon:
            path = ("risks", index, "capacity", "window", "from")
            yield Flaw(path, "changes nothing: it is not before the horizon", TAKE_OUT)


def _steps(facts: Facts, plan: Plan) -> Iterator[Flaw]:
    """Capacity changes that come too late to matter."""
    changes = [
        (("resources", name, "changes"), resource.changes) for name, resource in facts.file.resources.items()
    ]
    changes += [
        (("departments", index, "team_changes"), row.team_changes)  # type: ignore[misc]
        for index, row in enumerate(facts.file.departments)
    ]
    for path, steps in changes:
        for when in steps:
            if when >= facts.file.horizon:
                yield Flaw(
                    (*path, str(when)),
                    "changes nothing: it is not before the horizon",
                    "",
                    str(when),
                    key=True,
                )


def _freezes(facts: Facts, plan: Plan) -> Iterator[Flaw]:
    """Freezes that stop no stage of the department that lists them; one without work ahead may list any."""
    freezes = {freeze.id: freeze for freeze in facts.file.freezes if freeze.enabled}
    tasks: dict[str, list[Task]] = {}
    for _, row in facts.rows:
        tasks.setdefault(row.department, []).extend(_tasks(plan, row))
    for index, department in enumerate(facts.file.departments):
        ahead = tasks.get(department.id, [])
        for number, name in enumerate(department.freezes):
            if not ahead or name not in freezes:
                continue
            stages = freezes[name].stages
            stopped = any(
                task.stage in stages if stages is not None else task.live or task.stage == FROZEN_BY_DEFAULT
                for task in ahead
            )
            if not stopped:
                rule = "stops nothing here: no unfinished item of the department has a stage that it stops"
                yield Flaw(("departments", index, "freezes", number), rule, TAKE_OUT)


def _hold_backs(facts: Facts, plan: Plan) -> Iterator[Flaw]:
    """Hold-backs of what has begun, and for what is live."""
    for name, order in facts.file.orders.items():
        for item, until, at in order.held():
            path, held = ("orders", name, *at), facts.row[item]
            state = "is live" if held.live_on is not None else "has begun" if held.since is not None else ""
            if state:
                path = ("orders", name, "hold_back", item)
                yield Flaw(path, f"{state} already, and cannot be held back", TAKE_OUT, f"'{item}'", key=True)
            elif facts.row[until].live_on is not None:
                yield Flaw(path, "is live already, so nothing is held back for it", TAKE_OUT)


def _waits(facts: Facts, plan: Plan) -> Iterator[Flaw]:
    """Needs and hubs of what is live."""
    for path, row in facts.rows:
        if row.live_on is None:
            continue
        if row.needs:
            yield Flaw((*path, "needs"), f"has no use: it is live since {row.live_on}", TAKE_OUT)
        if isinstance(row, ServiceRow) and row.fronted_by is not None:
            yield Flaw((*path, "fronted_by"), f"has no use: it is live since {row.live_on}", TAKE_OUT)
