"""What a start waited for (contract 1.7): each cause by hand, and any plan against the day loop."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings

import day_loop
import strategies
from onelogin_sim.calendars import NEVER
from onelogin_sim.draws import Draws
from onelogin_sim.plan import CapacityLoss, Gate, Risk
from onelogin_sim.timeline.waits import Cause, waits
from plans import order, plan, stage, worked


def judged(engine, made, text="", *, hold_backs=(), days=None, earliest=None, loss_start=()):
    """{"item.stage": (cause, task waited for, resource)}, names instead of indices, None for none."""
    stated = [int(task.duration.parameters[0]) if task.duration else 0 for task in made.tasks]
    held = [(earliest or {}).get(item.id, 0) for item in made.items]
    luck = Draws(
        range(1),
        np.array([days or stated], dtype=np.int32),
        np.array([held], dtype=np.int32),
        np.array([loss_start], dtype=np.int32).reshape(1, len(loss_start)),
    )
    chosen = order(made, text, hold_backs=hold_backs)
    found = waits(engine(made, chosen, luck), chosen, luck)
    names = [f"{task.item}.{task.stage}" for task in made.tasks]
    return {
        name: (
            Cause(found.cause[0, at]),
            names[found.by_task[0, at]] if found.by_task[0, at] >= 0 else None,
            made.resources[found.by_resource[0, at]].id if found.by_resource[0, at] >= 0 else None,
        )
        for at, name in enumerate(names)
    }


# -- never ready before -------------------------------------------------------------------------------------


def test_nothing(engine):
    assert judged(engine, plan({"a": [3]}))["a.s0"] == (Cause.NOTHING, None, None)


def test_the_latest_predecessor(engine):
    """`b` ends after `a`; on a tie the lowest index."""
    made = plan({"a": [2], "b": [5], "c": [1]}, arcs=[("a", "c"), ("b", "c")])
    assert judged(engine, made)["c.s0"] == (Cause.PREDECESSOR, "b.s0", None)
    assert judged(engine, made, days=[5, 5, 1])["c.s0"] == (Cause.PREDECESSOR, "a.s0", None)


def test_the_earliest_day(engine):
    """Later than the predecessor it counts, on a tie the predecessor does."""
    made = plan({"a": [2], "b": [1]}, arcs=[("a", "b")])
    assert judged(engine, made, earliest={"b": 3})["b.s0"] == (Cause.EARLIEST, None, None)
    assert judged(engine, made, earliest={"b": 2})["b.s0"] == (Cause.PREDECESSOR, "a.s0", None)


def test_the_calendar(engine):
    """The predecessor ended on a Saturday; work goes on on Monday."""
    week = worked("week", "#####.." * 3)
    made = plan({"a": [stage(5, calendar="week"), stage(1, calendar="week")]}, calendars=[week], horizon=21)
    assert judged(engine, made)["a.s1"] == (Cause.CALENDAR, None, None)


def test_a_freeze(engine):
    """Work would run into it, or the day is in it."""
    frozen = worked("frozen", "####xx" + "#" * 14)
    made = plan({"a": [2, stage(3, calendar="frozen")]}, calendars=[frozen], horizon=20)
    assert judged(engine, made)["a.s1"] == (Cause.FREEZE, None, None)
    assert judged(engine, made, days=[4, 3])["a.s1"] == (Cause.FREEZE, None, None)
    assert judged(engine, made, days=[6, 3])["a.s1"] == (Cause.PREDECESSOR, "a.s0", None)


def test_a_hold_back(engine):
    """Later than all else it counts, on a tie the predecessor does."""
    made = plan({"a": [2, 3], "b": [1, 1], "c": [5]}, arcs=[("c", "b")])
    held = [("b", "a")]
    assert judged(engine, made, hold_backs=held, days=[2, 4, 1, 1, 5])["b.s0"] == (
        Cause.HOLD_BACK,
        "a.s1",
        None,
    )
    assert judged(engine, made, hold_backs=held)["b.s0"] == (Cause.PREDECESSOR, "c.s0", None)


def test_milestones_and_what_does_not_exist_wait_for_no_resource(engine):
    made = plan(
        {"a": [3, 0, stage(2, team=1, gates=(Gate("g", 0.5),))], "b": [stage(9, team=1)]},
        resources={"team": 1},
    )
    told = judged(engine, made, days=[3, 0, 0, 9])
    assert told["a.s1"] == (Cause.PREDECESSOR, "a.s0", None)
    assert told["a.s2"] == (Cause.PREDECESSOR, "a.s1", None)


# -- ready before, and passed over --------------------------------------------------------------------------


def test_a_resource_and_who_freed_it(engine):
    made = plan({"a": [stage(4, team=1)], "b": [stage(1, team=1)]}, resources={"team": 1})
    assert judged(engine, made)["b.s0"] == (Cause.RESOURCE, "a.s0", "team")


def test_of_several_that_freed_it_on_the_day_the_lowest_index(engine):
    made = plan(
        {"a": [stage(4, team=1)], "b": [stage(4, team=1)], "c": [stage(2, team=1)], "d": [stage(1, team=2)]},
        resources={"team": 3},
    )
    assert judged(engine, made)["d.s0"] == (Cause.RESOURCE, "a.s0", "team")


def test_of_several_short_resources_the_lowest_index(engine):
    """Short of both; y is freed first, x last, and x is named with who freed it."""
    made = plan(
        {"a": [stage(2, y=1)], "b": [stage(5, x=1)], "c": [stage(1, x=1, y=1)]},
        resources={"x": 1, "y": 1},
    )
    assert judged(engine, made)["c.s0"] == (Cause.RESOURCE, "b.s0", "x")


def test_it_is_the_last_scan_that_counts(engine):
    """At first x was short, in the last scan before the start only y was."""
    made = plan(
        {"a": [stage(2, x=1)], "b": [stage(5, y=1)], "c": [stage(1, x=1, y=1)]},
        resources={"x": 1, "y": 1},
    )
    assert judged(engine, made)["c.s0"] == (Cause.RESOURCE, "b.s0", "y")


def test_short_because_of_those_served_before_on_the_same_day(engine):
    """Free in the morning, gone at its turn: `a` took it in the same scan."""
    made = plan({"a": [stage(3, team=1)], "b": [stage(1, team=1)]}, resources={"team": 1})
    told = judged(engine, made, earliest={"a": 2, "b": 2})
    assert told["a.s0"] == (Cause.EARLIEST, None, None)
    assert told["b.s0"] == (Cause.RESOURCE, "a.s0", "team")


def test_a_capacity_step(engine):
    made = plan({"a": [stage(1, team=1)]}, resources={"team": [(0, 0), (3, 1)]})
    assert judged(engine, made)["a.s0"] == (Cause.CAPACITY, None, "team")


def test_the_end_of_a_capacity_loss(engine):
    risks = (Risk("r", "", 0.5, CapacityLoss("team", 1, 4, 0, 9)),)
    made = plan({"a": [stage(1, team=1)]}, resources={"team": 1}, risks=risks)
    assert judged(engine, made, loss_start=[0])["a.s0"] == (Cause.CAPACITY, None, "team")
    assert judged(engine, made, loss_start=[NEVER])["a.s0"] == (Cause.NOTHING, None, None)


def test_blocked_under_strict_with_nothing_short(engine):
    """`b` is short of x and needs y: it blocks y for `c`, which is short of nothing."""
    made = plan(
        {"a": [stage(3, x=1)], "b": [stage(1, x=1, y=1)], "c": [stage(1, y=1)]},
        resources={"x": 1, "y": 2},
        strict=True,
    )
    told = judged(engine, made)
    assert told["b.s0"] == (Cause.RESOURCE, "a.s0", "x")
    assert told["c.s0"] == (Cause.BLOCKED, "b.s0", "y")


def test_running_tasks_waited_for_nothing(engine):
    """And one that frees a resource is named like any other."""
    made = plan({"a": [stage(9, since=-3, team=1)], "b": [stage(1, team=1)]}, resources={"team": 1})
    told = judged(engine, made, days=[2, 1])
    assert told == {"a.s0": (Cause.NOTHING, None, None), "b.s0": (Cause.RESOURCE, "a.s0", "team")}


def test_freed_over_a_weekend(engine):
    """Work ends on a Friday, so the team comes back on Saturday; `b` starts on Monday and waited for `a`."""
    week = worked("week", "#####.." * 3)
    made = plan(
        {"a": [stage(5, calendar="week", team=1)], "b": [stage(1, calendar="week", team=1)]},
        resources={"team": 1},
        calendars=[week],
        horizon=21,
    )
    assert judged(engine, made)["b.s0"] == (Cause.RESOURCE, "a.s0", "team")


# -- never started ------------------------------------------------------------------------------------------


def test_what_never_starts_is_judged_at_the_horizon(engine):
    """Held by one that never ends, behind one that never ends, beyond its earliest day, frozen out."""
    made = plan(
        {
            "a": [stage(50, team=1)],
            "b": [stage(1, team=1)],
            "c": [1],
            "d": [1],
            "e": [stage(2, calendar="frozen")],
            "f": [stage(1, panel=2)],
        },
        arcs=[("a", "c")],
        resources={"team": 1, "panel": [(0, 1), (9, 2)]},
        calendars=[worked("frozen", "#x" * 4)],
        horizon=8,
    )
    assert judged(engine, made, earliest={"d": 8}) == {
        "a.s0": (Cause.NOTHING, None, None),
        "b.s0": (Cause.RESOURCE, "a.s0", "team"),
        "c.s0": (Cause.PREDECESSOR, "a.s0", None),
        "d.s0": (Cause.EARLIEST, None, None),
        "e.s0": (Cause.FREEZE, None, None),
        "f.s0": (Cause.CAPACITY, None, "panel"),
    }


# -- since when ---------------------------------------------------------------------------------------------


def test_base_and_ready_days(engine):
    """Predecessor until day 5 (a Saturday), ready on Monday 7, starts on day 9 when the team is back."""
    week = worked("week", "#####.." * 3)
    made = plan(
        {"a": [stage(5, calendar="week"), stage(1, calendar="week", team=1)], "b": [stage(9, team=1)]},
        resources={"team": 1},
        calendars=[week],
        horizon=21,
    )
    luck = Draws(
        range(1), np.array([[5, 1, 9]], np.int32), np.zeros((1, 2), np.int32), np.zeros((1, 0), np.int32)
    )
    timeline = engine(made, order(made), luck)
    found = waits(timeline, order(made), luck)
    assert timeline.start[0, 1] == 9
    assert (found.base[0, 1], found.base_cause[0, 1], found.base_task[0, 1]) == (5, Cause.PREDECESSOR, 0)
    assert found.ready[0, 1] == 7
    assert found.cause[0, 1] == Cause.RESOURCE


# -- any plan -----------------------------------------------------------------------------------------------


def expected_wait(made, chosen, draws, row, task, start, finish, passed_over):
    """(cause, allowed tasks, resource) from the wording of the contract and the scans the day loop saw."""
    begins = start[task]
    mine = made.tasks[task]
    item = made.item_index[mine.item]
    if task in passed_over:
        day, short, blockers = passed_over[task]
        if not short:
            resource, blocker = min(blockers, key=lambda pair: made.resource_index[pair[0]])
            return Cause.BLOCKED, {blocker}, resource
        resource = min(short, key=made.resource_index.get)
        users = [
            other
            for other, entry in enumerate(made.tasks)
            if dict(entry.needs).get(resource) and draws.days[row, other] > 0 and start[other] != NEVER
        ]
        if begins == NEVER:
            freed = [other for other in users if start[other] <= day < finish[other]]
        else:
            # On the start day if any did; else, the day having been no day for a scan, since the last one.
            freed = [other for other in users if finish[other] == begins]
            if not freed:
                freed = [other for other in users if day < finish[other] < begins]
                return (Cause.RESOURCE, set(freed), resource) if freed else (Cause.CAPACITY, {-1}, resource)
        return (Cause.RESOURCE, {min(freed)}, resource) if freed else (Cause.CAPACITY, {-1}, resource)

    candidates = [(0, Cause.NOTHING, -1)]
    if made.predecessors[task]:
        last = max(made.predecessors[task], key=lambda before: (finish[before], -before))
        candidates = [(finish[last], Cause.PREDECESSOR, last)]
    candidates.append((int(draws.earliest[row, item]), Cause.EARLIEST, -1))
    if task == made.tasks_of[mine.item][0]:
        for held, until in chosen.hold_backs:
            frees = made.tasks_of[made.items[until].id]
            if held == item and frees:
                candidates.append((finish[frees[-1]], Cause.HOLD_BACK, frees[-1]))
    base = max(day for day, _, _ in candidates)
    _, cause, by = next(candidate for candidate in candidates if candidate[0] == base)
    if base < made.horizon and draws.days[row, task] > 0:
        calendar = made.calendar_of[task]
        between = range(base, min(begins, made.horizon))
        if any(
            calendar.working[day - calendar.first] or calendar.frozen[day - calendar.first] for day in between
        ):
            return Cause.FREEZE, {-1}, None
        if between:
            return Cause.CALENDAR, {-1}, None
    return cause, {by}, None


@given(strategies.cases())
@settings(max_examples=300)
def test_any_plan(engine, case):
    made, chosen, draws = case
    found = waits(engine(made, chosen, draws), chosen, draws)
    for row in range(len(draws.days)):
        passed_over = {}
        start, finish = day_loop.one_future(made, chosen, draws, row, passed_over)
        for task, entry in enumerate(made.tasks):
            if entry.since is not None:
                assert found.cause[row, task] == Cause.NOTHING
                continue
            cause, by, resource = expected_wait(made, chosen, draws, row, task, start, finish, passed_over)
            told = (
                Cause(found.cause[row, task]),
                int(found.by_task[row, task]),
                int(found.by_resource[row, task]),
            )
            assert told[0] == cause, (row, task, told, cause)
            assert told[1] in by, (row, task, told, by)
            assert told[2] == (-1 if resource is None else made.resource_index[resource])


@given(strategies.cases())
def test_the_order_of_base_ready_and_start(engine, case):
    """Base ≤ ready ≤ start, wherever it starts; waiting for capacity is what lies between the last two."""
    made, chosen, draws = case
    timeline = engine(made, chosen, draws)
    found = waits(timeline, chosen, draws)
    waited = np.array([task.since is None for task in made.tasks], dtype=bool) & (timeline.start != NEVER)
    assert (found.base[waited] <= found.ready[waited]).all()
    assert (found.ready[waited] <= timeline.start[waited]).all()
    queued = np.isin(found.cause, (Cause.RESOURCE, Cause.CAPACITY, Cause.BLOCKED))
    assert (found.ready[queued] < timeline.start[queued]).all()


def test_display_names_do_not_matter(engine):
    made = plan({"a": [stage(4, team=1)], "b": [stage(1, team=1)]}, resources={"team": 1})
    named = replace(made, items=tuple(replace(item, name="other") for item in made.items))
    assert judged(engine, made) == judged(engine, named)
