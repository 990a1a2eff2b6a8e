"""One future told as a log: who started and finished what when, and what each start had waited for."""

from __future__ import annotations

from collections.abc import Iterator

from onelogin_sim.calendars import date_of
from onelogin_sim.draws import Draws
from onelogin_sim.plan import Order, Plan, Task
from onelogin_sim.timeline import Timeline
from onelogin_sim.timeline.events import Event, Phase, events
from onelogin_sim.timeline.waits import Cause


def trace_rows(
    timeline: Timeline, order: Order, draws: Draws, replication: int
) -> Iterator[dict[str, object]]:
    """Return the log of one replication, one row an event, in the order in which things happen."""
    plan = timeline.plan
    for event in events(timeline, order, draws, replication):
        when = date_of(event.day, plan.status_date)
        row: dict[str, object] = {
            "day": event.day,
            "date": when.isoformat() if when else None,
            "phase": event.phase.name.lower().replace("_", " "),
        }
        if event.phase is Phase.CAPACITY:
            name = plan.resources[event.subject].id
            yield row | {
                "event": "capacity",
                "item": None,
                "stage": None,
                "pass": None,
                "resource": name,
                "text": f"{name}: {event.units} {'unit' if event.units == 1 else 'units'} from today",
            }
            continue
        task = plan.tasks[event.subject]
        happened, why = _happened(plan, event, task), _why(plan, event)
        yield row | {
            "event": happened,
            "item": task.item,
            "stage": task.stage,
            "pass": task.repeat_pass,
            "resource": plan.resources[event.by_resource].id if event.by_resource >= 0 else None,
            "text": f"{_name(task)} {_VERBS[happened]}" + (f", {why}" if why else ""),
        }


_VERBS = {
    "go-live": "goes live",
    "start": "starts",
    "running": "is running",
    "finish": "finishes",
    "milestone": "is reached",
    "not needed": "is not needed in this future",
}


def _happened(plan: Plan, event: Event, task: Task) -> str:
    if event.phase is Phase.FINISH:
        return "finish"
    if event.phase is Phase.READY:
        return "milestone" if task.duration is None else "not needed"
    if task.since is not None:
        return "running"
    return "go-live" if task.live else "start"


def _why(plan: Plan, event: Event) -> str:
    """What a start had waited for, in words."""
    by = _name(plan.tasks[event.by_task]) if event.by_task >= 0 else ""
    resource = plan.resources[event.by_resource].id if event.by_resource >= 0 else ""
    if event.phase is Phase.FINISH:
        return ""
    return {
        Cause.NOTHING: "",
        Cause.PREDECESSOR: f"after {by}",
        Cause.EARLIEST: "on its earliest day",
        Cause.CALENDAR: "on the next working day",
        Cause.FREEZE: "after a freeze",
        Cause.HOLD_BACK: f"held back until {by} had finished",
        Cause.RESOURCE: f"having waited for {resource}, freed by {by}",
        Cause.CAPACITY: f"having waited for more {resource}",
        Cause.BLOCKED: f"having been blocked at {resource} by {by}",
    }[event.cause]


def _name(task: Task) -> str:
    repeated = f" (pass {task.repeat_pass + 1})" if task.repeat_pass else ""
    return f"{task.item}.{task.stage}{repeated}"
