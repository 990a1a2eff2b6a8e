"""The decisions of a plan as flat arrays, for compiled code; `decisions` says what they mean."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from onelogin_sim.arrays import Ints, rows_of
from onelogin_sim.distributions import THOUSANDTHS, Distribution, Table, table
from onelogin_sim.draws.decisions import PROGRAMME, key_of, same_key
from onelogin_sim.draws.guide_tables import GuideTables, guide_tables
from onelogin_sim.once import once
from onelogin_sim.plan import Item, Plan, Task

#: (owner, decision), as in contract 2.
Name = tuple[str, str]

Entry = TypeVar("Entry")


class ProgramArrays(NamedTuple):
    """What compiled code needs. Lists of lists are stored one after the other: row i is [at[i], at[i + 1]).

    Attributes
    ----------
    keys
        uint64 [decision], from `uniforms.decision_key`.
    tables
        All tables of the plan.
    value_decision, value_table
        int32 [value]: what several tasks or items share: factors in thousandths, days of readiness.
    chance_decision, chance_probability
        int32, float64 [chance]: gates, and barriers that may touch a department.
    factor_at, factor_value, factor_chance
        int32: the values multiplied into each factor on tasks, in order, and the chance that each is; -1
        where it always is.
    task_decision, task_table, task_factor
        int32 [task]: decision, table and factor of its duration; decision -1 for milestones.
    gate_at, gate
        The chances that each task's existence hangs on.
    elapsed
        int64 [task]: working days already done of a running task; -1 for all others.
    ready_at, ready
        The values that add up to each item's readiness.
    ready_from
        int64 [item]: the day it is counted from; 0 for an item that has begun.
    release
        int64 [item]: earliest day apart from readiness; 0 for an item that has begun.
    """

    keys: npt.NDArray[np.uint64]
    tables: GuideTables
    value_decision: Ints
    value_table: Ints
    chance_decision: Ints
    chance_probability: npt.NDArray[np.float64]
    factor_at: Ints
    factor_value: Ints
    factor_chance: Ints
    task_decision: Ints
    task_table: Ints
    task_factor: Ints
    gate_at: Ints
    gate: Ints
    elapsed: npt.NDArray[np.int64]
    ready_at: Ints
    ready: Ints
    ready_from: npt.NDArray[np.int64]
    release: npt.NDArray[np.int64]


class DrawProgram(NamedTuple):
    """The arrays of a plan's decisions, and their names in the order of the keys."""

    names: tuple[Name, ...]
    arrays: ProgramArrays


@once
def draw_program(plan: Plan) -> DrawProgram:
    """Return the program of a plan. The decisions of risks are named, so that no key is there twice, but not drawn.

    Raises
    ------
    PlanError
        When two decisions share a key.
    """
    numbers = _Numbers()
    factors = _Factors(plan, numbers)
    work = [_work(task, numbers, factors) for task in plan.tasks]
    gates = [_gates(task, numbers) for task in plan.tasks]
    ready = [_readiness(plan, item, numbers) for item in plan.items]
    for risk in plan.risks:
        for decision in ("occurs", "size"):
            numbers.decision((f"@risk:{risk.id}", decision))
    factor_at, factor_value = rows_of([[value for value, _ in row] for row in factors.steps])
    gate_at, gate = rows_of(gates)
    ready_at, ready_value = rows_of(ready)
    values = np.array([*numbers.values], dtype=np.int32).reshape(-1, 2)
    durations = np.array(work, dtype=np.int32).reshape(-1, 3)
    arrays = ProgramArrays(
        keys=np.array([*numbers.keys], dtype=np.uint64),
        tables=guide_tables([*numbers.tables]),
        value_decision=values[:, 0].copy(),
        value_table=values[:, 1].copy(),
        chance_decision=np.array([decision for decision, _ in numbers.chances], dtype=np.int32),
        chance_probability=np.array([probability for _, probability in numbers.chances], dtype=np.float64),
        factor_at=factor_at,
        factor_value=factor_value,
        factor_chance=np.array([chance for row in factors.steps for _, chance in row], dtype=np.int32),
        task_decision=durations[:, 0].copy(),
        task_table=durations[:, 1].copy(),
        task_factor=durations[:, 2].copy(),
        gate_at=gate_at,
        gate=gate,
        elapsed=np.array([_elapsed(plan, index) for index in range(len(plan.tasks))], dtype=np.int64),
        ready_at=ready_at,
        ready=ready_value,
        ready_from=np.array(
            [0 if plan.has_begun(item.id) else item.ready_from for item in plan.items], dtype=np.int64
        ),
        release=np.array(
            [0 if plan.has_begun(item.id) else item.release for item in plan.items], dtype=np.int64
        ),
    )
    return DrawProgram(tuple(numbers.names), arrays)


class _Numbers:
    """Numbers of decisions, tables, values and chances, in the order in which they are first asked for."""

    def __init__(self) -> None:
        self.names: dict[Name, int] = {}
        self.keys: dict[int, Name] = {}
        self.tables: dict[Table, int] = {}
        self.values: dict[tuple[int, int], int] = {}
        self.chances: dict[tuple[int, float], int] = {}

    def decision(self, name: Name) -> int:
        if name not in self.names:
            key = key_of(*name)
            if key in self.keys:
                raise same_key(name, self.keys[key])
            self.keys[key] = name
        return _number(self.names, name)

    def table(self, table: Table) -> int:
        return _number(self.tables, table)

    def value(self, name: Name, table: Table) -> int:
        return _number(self.values, (self.decision(name), self.table(table)))

    def chance(self, name: Name, probability: float) -> int:
        return _number(self.chances, (self.decision(name), probability))


def _number(known: dict[Entry, int], entry: Entry) -> int:
    return known.setdefault(entry, len(known))


class _Factors:
    """Numbers of the factors on tasks, by department and barriers, and the steps of each as in `decisions`."""

    def __init__(self, plan: Plan, numbers: _Numbers) -> None:
        self.plan, self.numbers = plan, numbers
        self.department = {item.id: item.department for item in plan.items}
        self.certain = {department.id: department.certain for department in plan.departments}
        self.barriers = {barrier.id: barrier for barrier in plan.barriers}
        self.known: dict[tuple[str, tuple[str, ...]], int] = {}
        self.steps: list[list[tuple[int, int]]] = []

    def of(self, task: Task) -> int:
        key = (self.department[task.item], tuple(sorted(task.slowed_by)))
        if key not in self.known:
            self.known[key] = len(self.steps)
            self.steps.append(self._steps(*key))
        return self.known[key]

    def _steps(self, department: str, slowed_by: tuple[str, ...]) -> list[tuple[int, int]]:
        """(value, chance) of each step; -1 for what needs no chance."""
        owner, pace = f"@department:{department}", self.plan.pace
        steps = [
            (self._value(who, decision, distribution), -1)
            for who, decision, distribution in (
                (PROGRAMME, "pace", pace.programme),
                (owner, "pace", pace.department),
                (PROGRAMME, "optimism bias", pace.optimism_bias),
            )
            if distribution is not None
        ]
        for name in slowed_by:
            barrier = self.barriers[name]
            present = (owner, f"barrier:{name}:present")
            share = 1.0 if name in self.certain[department] else barrier.share
            steps.append(
                (
                    self._value(owner, f"barrier:{name}:size", barrier.slows),
                    self.numbers.chance(present, share),
                )
            )
        return steps

    def _value(self, owner: str, decision: str, distribution: Distribution) -> int:
        return self.numbers.value((owner, decision), table(distribution, THOUSANDTHS))


def _work(task: Task, numbers: _Numbers, factors: _Factors) -> tuple[int, int, int]:
    """(decision, table, factor) of a task's duration."""
    if task.duration is None:
        return -1, -1, -1
    decision = numbers.decision((task.item, f"duration:{task.stage}:{task.repeat_pass}"))
    return decision, numbers.table(table(task.duration)), factors.of(task)


def _gates(task: Task, numbers: _Numbers) -> list[int]:
    """Chances a task's existence hangs on; a milestone takes no time either way."""
    if task.duration is None:
        return []
    return [numbers.chance((task.item, gate.decision), gate.probability) for gate in task.gates]


def _elapsed(plan: Plan, index: int) -> int:
    since = plan.tasks[index].since
    return -1 if since is None else plan.calendar_of[index].working_days(since, 0)


def _readiness(plan: Plan, item: Item, numbers: _Numbers) -> list[int]:
    if plan.has_begun(item.id):
        return []
    return [
        numbers.value((owner, "readiness"), table(distribution, least=0))
        for owner, distribution in item.readiness
    ]
