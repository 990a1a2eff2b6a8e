"""The uncertain inputs of a plan, as groups of the decisions that draw them.

Screening and ranking ask by how much the luck of one input moves the date. An input is a set of named
decisions (see `draws`), so that what a planner sees as one thing is varied as one thing: the presence and
the size of a barrier in all departments, the occurrence and the size of a risk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from onelogin_sim.draws import PROGRAMME
from onelogin_sim.plan import Plan

InputKind = Literal["pace", "optimism bias", "readiness", "barrier", "risk", "work"]

#: Up to this many unfinished items, each item's own durations, repeats and existence are an input by themselves.
FEW_ITEMS = 20


@dataclass(frozen=True, slots=True)
class InputGroup:
    """One uncertain input.

    Attributes
    ----------
    kind, id
        ``pace`` (``programme``; ``department`` for those of all departments), ``optimism bias``,
        ``readiness``, ``barrier`` and ``risk`` by their ids, ``work`` (durations, repeats and existence of
        stages) by department or, in small plans, by item.
    name
        What a planner calls it.
    """

    kind: InputKind
    id: str
    name: str


class InputGroups:
    """The inputs of one plan, and which of them each named decision belongs to.

    Attributes
    ----------
    groups
        Every input of the plan, in a fixed order. Each decision belongs to exactly one.
    by_item
        Whether work is an input by item rather than by department.
    """

    def __init__(self, plan: Plan, barrier_names: Mapping[str, str] | None = None) -> None:
        unfinished = [item for item in plan.items if plan.tasks_of[item.id]]
        self.by_item = len(unfinished) <= FEW_ITEMS
        self._work = {item.id: item.id if self.by_item else item.department for item in plan.items}
        self.groups = (
            *_shared(plan, barrier_names or {}),
            *(InputGroup("work", name, label) for name, label in self._owners(plan)),
        )
        self._place = {(group.kind, group.id): place for place, group in enumerate(self.groups)}

    def _owners(self, plan: Plan) -> list[tuple[str, str]]:
        used = {self._work[task.item] for task in plan.tasks if task.duration is not None}
        entries = plan.items if self.by_item else plan.departments
        return [(entry.id, entry.name) for entry in entries if entry.id in used]

    def place(self, owner: str, decision: str) -> int:
        """Return the index in `groups` of the input a decision belongs to."""
        return self._place[self._key(owner, decision)]

    def _key(self, owner: str, decision: str) -> tuple[InputKind, str]:
        if decision == "readiness":
            return "readiness", "readiness"
        if owner == PROGRAMME:
            return ("pace", "programme") if decision == "pace" else ("optimism bias", "optimism_bias")
        if owner.startswith("@risk:"):
            return "risk", owner.removeprefix("@risk:")
        if decision.startswith("barrier:") and owner.startswith("@department:"):
            return "barrier", decision.removeprefix("barrier:").rpartition(":")[0]
        if owner.startswith("@department:"):
            return "pace", "department"
        return "work", self._work[owner]


def _shared(plan: Plan, barrier_names: Mapping[str, str]) -> list[InputGroup]:
    pace = plan.pace
    timed = [task for task in plan.tasks if task.duration is not None]
    slowing = {name for task in timed for name in task.slowed_by}
    found: list[InputGroup] = []
    if timed and pace.programme is not None:
        found.append(InputGroup("pace", "programme", "programme pace"))
    if timed and pace.department is not None:
        found.append(InputGroup("pace", "department", "department paces"))
    if timed and pace.optimism_bias is not None:
        found.append(InputGroup("optimism bias", "optimism_bias", "optimism bias"))
    if any(item.readiness and _is_to_come(plan, item.id) for item in plan.items):
        found.append(InputGroup("readiness", "readiness", "readiness to come forward"))
    found += [
        InputGroup("barrier", barrier.id, barrier_names.get(barrier.id, barrier.id))
        for barrier in plan.barriers
        if barrier.id in slowing
    ]
    found += [InputGroup("risk", risk.id, risk.name) for risk in plan.risks]
    return found


def _is_to_come(plan: Plan, item: str) -> bool:
    """Whether nothing of an item has begun, so that it still has to come forward."""
    tasks = plan.tasks_of[item]
    return bool(tasks) and plan.tasks[tasks[0]].since is None
