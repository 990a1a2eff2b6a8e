"""What each named decision of a plan means, in arrays over replications: the readable definition.

Two deciders answer: `ByChance` with the decision's own uniform, `ByMedian` for the deterministic run. The
compiled program of `draw_program` must give the same numbers as `ByChance`, bit for bit; a test says so for
any plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from onelogin_sim.calendars import NEVER
from onelogin_sim.distributions import THOUSANDTHS, Distribution, Table, table
from onelogin_sim.errors import PlanError
from onelogin_sim.plan import CapacityLoss, Delay, Gate, NotBefore, Plan, Risk, Task
from onelogin_sim.uniforms import decision_key, uniforms

Days = npt.NDArray[np.int64]
Chance = npt.NDArray[np.float64]

PROGRAMME = "@programme"

#: Longest duration in working days, beyond any horizon: what is longer is cut, so that nothing overflows.
LONGEST = 1_000_000


class Decided(NamedTuple):
    """What was decided: int32 [replication, task], [replication, item] and [replication, capacity risk].

    As in `Draws`, which it becomes.
    """

    days: npt.NDArray[np.int32]
    earliest: npt.NDArray[np.int32]
    loss_start: npt.NDArray[np.int32]


class Decider(Protocol):
    """How decisions are taken: each answer is an array over the replications."""

    def value(self, owner: str, decision: str, table: Table, below: Chance | float = 0.0) -> Days:
        """Return values of a table, given that they lie above its lowest share `below`."""

    def is_open(self, owner: str, gate: Gate) -> npt.NDArray[np.bool_]:
        """Whether a gate is open."""

    def happens(self, risk: Risk) -> npt.NDArray[np.bool_]:
        """Whether a risk happens."""

    def touches(self, owner: str, barrier: str, share: float) -> npt.NDArray[np.bool_]:
        """Whether a barrier touches a department."""

    def factor(self, owner: str, decision: str, distribution: Distribution) -> Days:
        """Return a factor in thousandths."""


@dataclass
class ByChance:
    """Each decision by its own uniform, drawn when first asked for."""

    seed: int
    replications: range
    taken_from: Callable[[str, str], range] | None = None
    drawn: dict[tuple[str, str], Chance] = field(default_factory=dict)
    keys: dict[int, tuple[str, str]] = field(default_factory=dict)

    def uniform(self, owner: str, decision: str) -> Chance:
        """Return the uniforms of a decision."""
        name = (owner, decision)
        if name not in self.drawn:
            key = key_of(owner, decision)
            if self.keys.setdefault(key, name) != name:
                raise same_key(name, self.keys[key])
            which = self.taken_from(owner, decision) if self.taken_from else self.replications
            self.drawn[name] = uniforms(self.seed, np.array([key], dtype=np.uint64), which)[0]
        return self.drawn[name]

    def value(self, owner: str, decision: str, table: Table, below: Chance | float = 0.0) -> Days:
        """Look the uniform up, rescaled into the share above `below`."""
        return table.look_up(below + self.uniform(owner, decision) * (1.0 - below))

    def is_open(self, owner: str, gate: Gate) -> npt.NDArray[np.bool_]:
        """With its probability."""
        return self.uniform(owner, gate.decision) < gate.probability

    def happens(self, risk: Risk) -> npt.NDArray[np.bool_]:
        """With its probability."""
        return self.uniform(f"@risk:{risk.id}", "occurs") < risk.probability

    def touches(self, owner: str, barrier: str, share: float) -> npt.NDArray[np.bool_]:
        """With its share."""
        return self.uniform(owner, f"barrier:{barrier}:present") < share

    def factor(self, owner: str, decision: str, distribution: Distribution) -> Days:
        """Look the uniform up in thousandths."""
        return self.value(owner, decision, table(distribution, THOUSANDTHS))


@dataclass
class ByMedian:
    """The deterministic run: every quantity at its median, nothing goes wrong."""

    def value(self, owner: str, decision: str, table: Table, below: Chance | float = 0.0) -> Days:
        """The median of what lies above `below`."""
        share = float(np.max(below))
        return np.array([table.quantile(share + 0.5 * (1.0 - share))])

    def is_open(self, owner: str, gate: Gate) -> npt.NDArray[np.bool_]:
        """From ½ on; nothing is done twice."""
        return np.array([gate.probability >= 0.5 and not gate.repeat])

    def happens(self, risk: Risk) -> npt.NDArray[np.bool_]:
        """Never."""
        return np.array([False])

    def touches(self, owner: str, barrier: str, share: float) -> npt.NDArray[np.bool_]:
        """Never."""
        return np.array([False])

    def factor(self, owner: str, decision: str, distribution: Distribution) -> Days:
        """One."""
        return np.array([THOUSANDTHS])


@lru_cache(maxsize=100_000)
def key_of(owner: str, decision: str) -> int:
    """Return the key of a named decision, remembered."""
    return decision_key(owner, decision)


def same_key(name: tuple[str, str], other: tuple[str, str]) -> PlanError:
    """Return the error of two decisions that would share their luck (one pair in 2**64)."""
    return PlanError(f"{name} and {other} share a random number key; rename one of them")


def decide(plan: Plan, count: int, decider: Decider) -> Decided:
    """Return all that a decider decides, for `count` replications."""
    days = np.zeros((count, len(plan.tasks)), dtype=np.int32)
    factors = _Factors(plan, decider, count)
    for index, task in enumerate(plan.tasks):
        if task.duration is not None:
            days[:, index] = np.minimum(_task_days(plan, index, task, decider, factors.of(task)), LONGEST)
    return with_risks(plan, days, _earliest(plan, decider, count), decider)


def with_risks(
    plan: Plan, days: npt.NDArray[np.int32], earliest: npt.NDArray[np.int32], decider: Decider
) -> Decided:
    """Return days and earliest days as risks leave them, changed in place, and the losses of capacity."""
    losses = []
    for risk in plan.risks:
        match risk.effect:
            case Delay():
                _delay(plan, risk, risk.effect, decider, days)
            case CapacityLoss():
                losses.append(np.where(decider.happens(risk), _in_window(risk, risk.effect, decider), NEVER))
            case NotBefore():
                held = np.where(decider.happens(risk), _in_window(risk, risk.effect, decider), 0)
                for name in risk.effect.items:
                    _hold(plan, name, held, earliest)
    loss_start = np.array(losses, dtype=np.int32).reshape(len(losses), len(days)).T
    return Decided(days, earliest, np.ascontiguousarray(loss_start))


class _Factors:
    """Factor on a task's days in thousandths, by department and barriers; int64 [replication].

    F starts at 1000 and F ← (F·f + 500) div 1000 for programme pace, department pace, optimism bias, then
    each barrier by id, so that no float ever decides a day.
    """

    def __init__(self, plan: Plan, decider: Decider, count: int) -> None:
        self.plan, self.decider, self.count = plan, decider, count
        self.department = {item.id: item.department for item in plan.items}
        self.certain = {department.id: department.certain for department in plan.departments}
        self.barriers = {barrier.id: barrier for barrier in plan.barriers}
        self.known: dict[tuple[str, tuple[str, ...]], Days] = {}

    def of(self, task: Task) -> Days:
        key = (self.department[task.item], tuple(sorted(task.slowed_by)))
        if key not in self.known:
            self.known[key] = self._compute(*key)
        return self.known[key]

    def _compute(self, department: str, slowed_by: tuple[str, ...]) -> Days:
        owner = f"@department:{department}"
        pace = self.plan.pace
        factor = np.full(self.count, THOUSANDTHS, dtype=np.int64)
        for who, decision, distribution in (
            (PROGRAMME, "pace", pace.programme),
            (owner, "pace", pace.department),
            (PROGRAMME, "optimism bias", pace.optimism_bias),
        ):
            if distribution is not None:
                factor = _scaled(factor, self.decider.factor(who, decision, distribution))
        for name in slowed_by:
            barrier = self.barriers[name]
            share = 1.0 if name in self.certain[department] else barrier.share
            slows = self.decider.factor(owner, f"barrier:{name}:size", barrier.slows)
            factor = np.where(self.decider.touches(owner, name, share), _scaled(factor, slows), factor)
        return factor


def _scaled(value: Days, factor: Days) -> Days:
    return (value * factor + THOUSANDTHS // 2) // THOUSANDTHS


def _task_days(plan: Plan, index: int, task: Task, decider: Decider, factor: Days) -> Days:
    """Working days of one task: its table, scaled; what is left of it when it is running; 0 if it does not exist."""
    assert task.duration is not None
    days = table(task.duration)
    decision = f"duration:{task.stage}:{task.repeat_pass}"
    if task.since is None:
        length = np.maximum(1, _scaled(decider.value(task.item, decision, days), factor))
        for gate in task.gates:
            length = np.where(decider.is_open(task.item, gate), length, 0)
        return length
    elapsed = plan.calendar_of[index].working_days(task.since, 0)
    # The smallest table day whose scaled length exceeds what has been done already.
    least = (
        -(-(THOUSANDTHS * (elapsed + 1) - THOUSANDTHS // 2) // factor) if elapsed else np.zeros_like(factor)
    )
    below = np.array([days.probability_below(int(value)) for value in least])
    beyond = least > days.last
    drawn = np.maximum(decider.value(task.item, decision, days, np.where(beyond, 0.0, below)), least)
    return np.where(beyond, 1, np.maximum(1, _scaled(drawn, factor)) - elapsed)


def _earliest(plan: Plan, decider: Decider, count: int) -> npt.NDArray[np.int32]:
    earliest = np.zeros((count, len(plan.items)), dtype=np.int32)
    for index, item in enumerate(plan.items):
        if plan.has_begun(item.id):
            continue
        forward = np.full(count, item.ready_from, dtype=np.int64)
        for owner, distribution in item.readiness:
            forward = forward + decider.value(owner, "readiness", table(distribution, least=0))
        earliest[:, index] = np.minimum(np.maximum(forward, item.release), NEVER)
    return earliest


def _hold(plan: Plan, item: str, until: Days, earliest: npt.NDArray[np.int32]) -> None:
    if not plan.has_begun(item):
        column = plan.item_index[item]
        earliest[:, column] = np.maximum(earliest[:, column], until)


def _delay(plan: Plan, risk: Risk, effect: Delay, decider: Decider, days: npt.NDArray[np.int32]) -> None:
    added = decider.value(f"@risk:{risk.id}", "size", table(effect.days, least=0))
    added = np.where(decider.happens(risk), added, 0)
    for name in effect.items:
        for index in plan.tasks_of[name]:
            task = plan.tasks[index]
            # The first pass only: a risk happens once. What does not exist is not delayed.
            if task.stage == effect.stage and task.repeat_pass == 0:
                late = days[:, index] + np.where(days[:, index] > 0, added, 0)
                days[:, index] = np.minimum(late, LONGEST)


def _in_window(risk: Risk, effect: CapacityLoss | NotBefore, decider: Decider) -> Days:
    """A day drawn evenly from the window."""
    size = effect.last - effect.first + 1
    evenly = Table(effect.first, np.arange(1, size + 1) / size)
    return decider.value(f"@risk:{risk.id}", "size", evenly)
