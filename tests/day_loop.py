"""Contract 1 as the plainest loop there is: every day, every phase, every task. Slow on purpose.

Written from the wording of the contract alone, without the package's calendar arithmetic, so that an
engine which agrees with it agrees with the contract. Only the data (Plan, Order, Draws) is shared.
"""

import numpy as np

from onelogin_sim.calendars import NEVER


def run(plan, order, draws):
    """Return start and finish, int32 [replication, task]."""
    schedules = [one_future(plan, order, draws, row) for row in range(len(draws.days))]
    shape = (len(schedules), len(plan.tasks))
    start = np.array([schedule[0] for schedule in schedules], dtype=np.int32).reshape(shape)
    finish = np.array([schedule[1] for schedule in schedules], dtype=np.int32).reshape(shape)
    return start, finish


def one_future(plan, order, draws, row, passed_over=None):
    """Return the starts and the finishes of one replication, by task.

    With a dict in `passed_over`, it is filled with the last scan in which each task was ready and did not
    start: task -> (day, resources it found short, [(resource, task that blocked it)]).
    """
    everyone = range(len(plan.tasks))
    days = [int(value) for value in draws.days[row]]
    start, finish = [NEVER] * len(days), [NEVER] * len(days)
    left = list(days)  # working days still to do, for what has started

    for task in everyone:
        if plan.tasks[task].since is not None:
            start[task] = plan.tasks[task].since

    for today in range(plan.horizon):
        # finish: work done up to yesterday's end
        for task in everyone:
            if start[task] < today and finish[task] == NEVER and days[task] > 0 and left[task] == 0:
                finish[task] = today
        # capacity
        capacity = capacity_of_day(plan, draws, row, today)
        free = {}
        for resource, units in capacity.items():
            held = sum(
                dict(plan.tasks[task].needs).get(resource, 0)
                for task in everyone
                if days[task] > 0 and start[task] <= today < finish[task]
            )
            free[resource] = units - held
        # ready: milestones first, again and again
        settled = True
        while settled:
            settled = False
            for task in everyone:
                waits = days[task] == 0 and start[task] == NEVER
                if waits and may_go(plan, order, draws, row, task, today, finish):
                    start[task] = finish[task] = today
                    settled = True
        ready = [
            task
            for task in everyone
            if days[task] > 0
            and start[task] == NEVER
            and may_go(plan, order, draws, row, task, today, finish)
            and calendar_allows(plan, task, today, days[task])
        ]
        # hand out: one scan
        ready.sort(key=lambda task: (order.rank[item_of(plan, task)], task))
        blocked = {}  # resource -> first task that blocked it
        for task in ready:
            needs = plan.tasks[task].needs
            short = [resource for resource, units in needs if free[resource] < units]
            blockers = [(resource, blocked[resource]) for resource, _ in needs if resource in blocked]
            if not short and not blockers:
                start[task] = today
                for resource, units in needs:
                    free[resource] -= units
                continue
            if passed_over is not None:
                passed_over[task] = (today, short, blockers)
            if plan.strict:
                for resource, _ in needs:
                    blocked.setdefault(resource, task)
        # the day is worked
        for task in everyone:
            if days[task] > 0 and start[task] <= today and left[task] > 0 and is_worked(plan, task, today):
                left[task] -= 1
    return start, finish


def item_of(plan, task):
    """The index of the item of a task."""
    return [item.id for item in plan.items].index(plan.tasks[task].item)


def capacity_of_day(plan, draws, row, today):
    """Units of each resource today, capacity losses taken off."""
    capacity = {}
    for resource in plan.resources:
        capacity[resource.id] = [units for day, units in resource.steps if day <= today][-1]
    losses = [risk.effect for risk in plan.risks if type(risk.effect).__name__ == "CapacityLoss"]
    for number, loss in enumerate(losses):
        began = int(draws.loss_start[row][number])
        if began != NEVER and began <= today < began + loss.days:
            capacity[loss.resource] -= loss.units
    return capacity


def may_go(plan, order, draws, row, task, today, finish):
    """Whether predecessors, hold-backs and the item's earliest day allow the task today."""
    item = item_of(plan, task)
    if today < int(draws.earliest[row][item]):
        return False
    if any(finish[before] > today for before, after in plan.arcs if after == task):
        return False
    mine = [other for other in range(len(plan.tasks)) if item_of(plan, other) == item]
    if any(plan.tasks[other].since is not None for other in mine):
        return True  # the item has started: nothing holds it back
    return all(
        finish[other] <= today
        for held, until in order.hold_backs
        if held == item
        for other in range(len(plan.tasks))
        if item_of(plan, other) == until
    )


def is_worked(plan, task, day):
    """Whether a day is a working day of the task's calendar."""
    calendar = next(entry for entry in plan.calendars if entry.id == plan.tasks[task].calendar)
    return bool(calendar.working[day - calendar.first])


def calendar_allows(plan, task, today, days):
    """Whether today is worked and the work would not run into a freeze."""
    calendar = next(entry for entry in plan.calendars if entry.id == plan.tasks[task].calendar)
    if not is_worked(plan, task, today):
        return False
    done = 0
    for day in range(today, plan.horizon):
        if calendar.frozen[day - calendar.first]:
            return False
        done += is_worked(plan, task, day)
        if done == days:
            return True
    return True
