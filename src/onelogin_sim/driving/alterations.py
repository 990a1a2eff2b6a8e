"""One thing about a plan changed, all else as it was: what leave-one-out compares with.

Draws are keyed by name, so taking something away changes nobody else's luck.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from onelogin_sim.draws import PROGRAMME, Draws, draw, draw_swapped
from onelogin_sim.errors import ScenarioError
from onelogin_sim.plan import Delay, Plan
from onelogin_sim.scenario import Scenario, resolve
from onelogin_sim.scenario.tree import Node
from onelogin_sim.scenario.validate import check

Kind = Literal["barrier", "risk", "freeze", "resource", "correlation", "optimism bias", "readiness"]

#: Replications that stand in for those of another item are this far away: no run reaches them.
FAR = 2**40


@dataclass(frozen=True, slots=True, eq=False)
class Alteration:
    """A plan with one thing changed.

    Attributes
    ----------
    kind, id, name
        What was changed: a barrier, risk or freeze taken away, one unit more of a resource at all times,
        a correlation (``programme`` or ``department`` pace) taken apart, optimism bias or readiness taken away.
    plan
        The plan as changed; items and tasks are those of the original.
    same_draws
        Whether chance decides all the same as in the original.
    parts
        For a correlation: (task indices, plan of one item, place of the item among those that shared a draw).
    """

    kind: Kind
    id: str
    name: str
    plan: Plan
    same_draws: bool = False
    parts: tuple[tuple[range, Plan, int], ...] = ()


def altered_draws(alteration: Alteration, seed: int, draws: Draws) -> Draws:
    """Return the draws of an altered plan for the replications of the original's.

    A correlation is taken apart by drawing the shared pace once an item instead of once for all: the first
    item keeps the luck it shared, each other takes this one decision from replications of its own. So each
    item's pace is distributed as before, and no two items have it in common.
    """
    which = draws.replications
    if alteration.same_draws:
        return draws
    if not alteration.parts:
        return draw(alteration.plan, seed, which)
    shared = alteration.id

    def is_shared(owner: str, decision: str) -> bool:
        kind = PROGRAMME if shared == "programme" else "@department:"
        return decision == "pace" and owner.startswith(kind)

    days = draws.days.copy()
    for tasks, part, place in alteration.parts:
        if place:
            other = range(which.start + place * FAR, which.stop + place * FAR)
            days[:, tasks.start : tasks.stop] = draw_swapped(part, seed, which, is_shared, other).days
    days.setflags(write=False)
    return replace(draws, days=days)


def alterations(scenario: Scenario) -> tuple[Alteration, ...]:
    """Return every single change to a scenario that leave-one-out looks at, in a fixed order.

    Raises
    ------
    ScenarioError
        When the scenario is not valid without one of its freezes.
    """
    file = scenario.file
    barriers = {name: barrier.name or name for name, barrier in file.barriers.items()}
    found = plan_alterations(scenario.plan(), barriers)
    freezes = [
        Alteration("freeze", freeze.id, freeze.name or freeze.id, _without_freeze(scenario, place))
        for place, freeze in enumerate(file.freezes)
        if freeze.enabled
    ]
    place = sum(one.kind in ("barrier", "risk") for one in found)
    return (*found[:place], *freezes, *found[place:])


def plan_alterations(plan: Plan, barrier_names: Mapping[str, str] | None = None) -> tuple[Alteration, ...]:
    """Return the changes that can be made to a plan itself; its freezes are part of its calendars and stay."""
    names = barrier_names or {}
    return (
        *(
            Alteration("barrier", one.id, names.get(one.id, one.id), without_barrier(plan, one.id))
            for one in plan.barriers
        ),
        *(
            Alteration(
                "risk",
                risk.id,
                risk.name,
                replace(plan, risks=tuple(other for other in plan.risks if other is not risk)),
            )
            for risk in plan.risks
        ),
        *_resources(plan),
        *_paces(plan),
        *_readiness(plan),
    )


def without_barrier(plan: Plan, barrier: str) -> Plan:
    """Return the plan without one barrier; the others slow as before."""
    return replace(
        plan,
        barriers=tuple(other for other in plan.barriers if other.id != barrier),
        departments=tuple(
            replace(one, certain=tuple(name for name in one.certain if name != barrier))
            for one in plan.departments
        ),
        tasks=tuple(
            replace(task, slowed_by=tuple(name for name in task.slowed_by if name != barrier))
            if barrier in task.slowed_by
            else task
            for task in plan.tasks
        ),
    )


def _resources(plan: Plan) -> Iterator[Alteration]:
    """One unit more, at all times, of each resource that work still needs."""
    needed = {resource for task in plan.tasks for resource, _ in task.needs}
    for index, resource in enumerate(plan.resources):
        if resource.id in needed:
            more = replace(resource, steps=tuple((day, units + 1) for day, units in resource.steps))
            resources = (*plan.resources[:index], more, *plan.resources[index + 1 :])
            changed = replace(plan, resources=resources)
            yield Alteration("resource", resource.id, resource.name, changed, same_draws=True)


def _paces(plan: Plan) -> Iterator[Alteration]:
    if plan.pace.programme is not None:
        yield Alteration("correlation", "programme", "programme pace", plan, parts=_parts(plan, False))
    if plan.pace.department is not None:
        yield Alteration("correlation", "department", "department pace", plan, parts=_parts(plan, True))
    if plan.pace.optimism_bias is not None:
        changed = replace(plan, pace=replace(plan.pace, optimism_bias=None))
        yield Alteration("optimism bias", "optimism_bias", "optimism bias", changed)


def _readiness(plan: Plan) -> Iterator[Alteration]:
    if any(item.readiness for item in plan.items):
        items = tuple(replace(item, readiness=()) for item in plan.items)
        yield Alteration("readiness", "readiness", "readiness", replace(plan, items=items))


def _parts(plan: Plan, by_department: bool) -> tuple[tuple[range, Plan, int], ...]:
    """The plan of each unfinished item alone, with its place among those it shares a pace with."""
    shared: dict[str, int] = {}
    parts = []
    for item in plan.items:
        tasks = plan.tasks_of[item.id]
        if not tasks:
            continue
        owner = item.department if by_department else PROGRAMME
        place = shared.setdefault(owner, 0)
        shared[owner] += 1
        alone = replace(
            plan,
            items=(item,),
            tasks=plan.tasks[tasks.start : tasks.stop],
            arcs=(),
            # Only a delay changes days; the others have their effect through the whole plan's own draws.
            risks=tuple(
                replace(risk, effect=replace(risk.effect, items=(item.id,)))
                for risk in plan.risks
                if isinstance(risk.effect, Delay) and item.id in risk.effect.items
            ),
            targets=(),
        )
        parts.append((tasks, alone, place))
    return tuple(parts)


def _without_freeze(scenario: Scenario, place: int) -> Plan:
    """The plan with one freeze switched off, as a variant would."""
    freeze = scenario.tree.find(("freezes", place))
    assert freeze is not None
    tree = scenario.tree.changed(("freezes", place, "enabled"), Node(False, freeze.place, "false"))
    file, problems = check(tree)
    if file is None:
        raise ScenarioError(problems)
    return resolve.resolve(file)
