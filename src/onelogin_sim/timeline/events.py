"""The event log of one replication: who did what when, in the total order of contract 1.6."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from onelogin_sim.arrays import planned_capacity
from onelogin_sim.calendars import NEVER
from onelogin_sim.draws import Draws
from onelogin_sim.plan import CapacityLoss, Order
from onelogin_sim.timeline import Timeline
from onelogin_sim.timeline.waits import Cause, waits


class Phase(IntEnum):
    """Phases of a day, in their order."""

    FINISH = 0
    CAPACITY = 1
    READY = 2
    HAND_OUT = 3


class Event(NamedTuple):
    """One thing that happens. Events sort by (day, phase, task or resource index).

    Attributes
    ----------
    day, phase
        When. A task that runs at the status date starts on its true day, zero or negative.
    subject
        Task index; for CAPACITY, resource index.
    cause, by_task, by_resource
        What a start waited for (see `Waits`); -1 where there is none.
    units
        For CAPACITY, the units there are from this day on.
    """

    day: int
    phase: Phase
    subject: int
    cause: Cause = Cause.NOTHING
    by_task: int = -1
    by_resource: int = -1
    units: int = 0


def events(timeline: Timeline, order: Order, draws: Draws, replication: int) -> list[Event]:
    """Return the log of one replication of a timeline, in order.

    A task that takes no time (a milestone, or a stage that does not exist in this future) is one READY
    event; any other is a HAND_OUT event and, if within the horizon, a FINISH event.
    """
    row = timeline.replications.index(replication)
    judged = waits(timeline, order, draws)
    log = _capacity_events(timeline, draws, row)
    for index in range(len(timeline.plan.tasks)):
        start, finish = int(timeline.start[row, index]), int(timeline.finish[row, index])
        if start == NEVER:
            continue
        phase = Phase.READY if start == finish else Phase.HAND_OUT
        log.append(
            Event(
                start,
                phase,
                index,
                Cause(int(judged.cause[row, index])),
                int(judged.by_task[row, index]),
                int(judged.by_resource[row, index]),
            )
        )
        if start < finish < NEVER:
            log.append(Event(finish, Phase.FINISH, index))
    return sorted(log, key=lambda event: event[:3])


def _capacity_events(timeline: Timeline, draws: Draws, row: int) -> list[Event]:
    """Steps of capacity after day 0, planned and from risks."""
    plan = timeline.plan
    capacity = planned_capacity(plan)
    losses = [risk.effect for risk in plan.risks if isinstance(risk.effect, CapacityLoss)]
    for loss, first in zip(losses, draws.loss_start[row].tolist(), strict=True):
        if first != NEVER:
            capacity[first : first + loss.days, plan.resource_index[loss.resource]] -= loss.units
    return [
        Event(day, Phase.CAPACITY, resource, units=max(int(capacity[day, resource]), 0))
        for day in range(1, plan.horizon)
        for resource in (capacity[day] != capacity[day - 1]).nonzero()[0].tolist()
    ]
