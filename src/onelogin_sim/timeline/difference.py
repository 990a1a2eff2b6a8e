"""Where two timelines of the same plan, order and draws part: for telling one engine from another, or from itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onelogin_sim.draws import Draws
from onelogin_sim.plan import Order, Plan
from onelogin_sim.timeline.events import Event, Phase, events
from onelogin_sim.timeline.timeline import Timeline

#: Events shown before the first that differs.
CONTEXT = 5


@dataclass(frozen=True, slots=True)
class Difference:
    """The first event on which two timelines do not agree.

    Attributes
    ----------
    plan
        What both ran.
    replication
        The first replication with a difference.
    first, second
        What happens next in each, in the total order of events; None where nothing does.
    before
        The last events they agree on, at most `CONTEXT`.
    """

    plan: Plan
    replication: int
    first: Event | None
    second: Event | None
    before: tuple[Event, ...]

    def __str__(self) -> str:
        lines = [f"Replication {self.replication}: the two timelines part here."]
        lines += [f"  both:   {self._words(event)}" for event in self.before]
        lines += [f"  first:  {self._words(self.first)}", f"  second: {self._words(self.second)}"]
        return "\n".join(lines)

    def _words(self, event: Event | None) -> str:
        if event is None:
            return "nothing more"
        if event.phase is Phase.CAPACITY:
            return f"day {event.day}, capacity: {self.plan.resources[event.subject].id} {event.units}"
        task = self.plan.tasks[event.subject]
        phase = event.phase.name.lower().replace("_", " ")
        return f"day {event.day}, {phase}: {task.item}.{task.stage} (task {event.subject})"


def first_difference(first: Timeline, second: Timeline, order: Order, draws: Draws) -> Difference | None:
    """Return the first event on which two timelines differ, None where every event is the same.

    Parameters
    ----------
    first, second
        Timelines of the same plan and replications.
    order, draws
        What both were run with.

    Raises
    ------
    ValueError
        When they are not of the same plan or the same replications.
    """
    if first.replications != second.replications or first.plan.digest != second.plan.digest:
        raise ValueError("these timelines are not of the same plan and replications")
    differs = (first.start != second.start) | (first.finish != second.finish)
    rows = np.flatnonzero(differs.any(axis=1))
    if len(rows) == 0:
        return None
    row = int(rows[0])
    alone = _only(draws, row)
    logs = [
        events(_row(timeline, row), order, alone, alone.replications.start) for timeline in (first, second)
    ]
    # Causes may differ where what follows differs: what happens when is the event.
    keys = [[(event.day, event.phase, event.subject, event.units) for event in log] for log in logs]
    same = 0
    while same < min(map(len, keys)) and keys[0][same] == keys[1][same]:
        same += 1
    parting = [log[same] if same < len(log) else None for log in logs]
    before = tuple(logs[0][max(same - CONTEXT, 0) : same])
    return Difference(first.plan, first.replications[row], parting[0], parting[1], before)


def _row(timeline: Timeline, row: int) -> Timeline:
    which = timeline.replications[row : row + 1]
    return Timeline(timeline.plan, which, timeline.start[row : row + 1], timeline.finish[row : row + 1])


def _only(draws: Draws, row: int) -> Draws:
    rows = slice(row, row + 1)
    return Draws(draws.replications[rows], draws.days[rows], draws.earliest[rows], draws.loss_start[rows])
