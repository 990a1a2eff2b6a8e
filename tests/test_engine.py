"""Every engine keeps contract 1: small cases by hand, then properties of any plan.

Not here on purpose: "more capacity is never later" and "shorter is never later". List scheduling is not
monotone; `test_grahams_anomaly` is the example.
"""

from dataclasses import replace
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from onelogin_sim.calendars import NEVER
from onelogin_sim.draws import Draws, draw
from onelogin_sim.plan import CapacityLoss, Gate, Item, Order, Risk, Task
from onelogin_sim.timeline.events import Phase, events
from onelogin_sim.timeline.waits import Cause
from plans import order, plan, stage, tiny, worked


def luck(made, days=None, earliest=None, loss_start=()):
    """One replication made by hand: fixed days as the plan says, nobody held, no loss, unless told."""
    stated = [int(task.duration.parameters[0]) if task.duration else 0 for task in made.tasks]
    held = {**dict.fromkeys([item.id for item in made.items], 0), **(earliest or {})}
    return Draws(
        replications=range(1),
        days=np.array([days or stated], dtype=np.int32),
        earliest=np.array([list(held.values())], dtype=np.int32),
        loss_start=np.array([loss_start], dtype=np.int32).reshape(1, len(loss_start)),
    )


def log(engine, made, text="", *, hold_backs=(), **chance):
    """Who was at work when: {"item.stage": (start, finish)}."""
    timeline = engine(made, order(made, text, hold_backs=hold_backs), luck(made, **chance))
    rows = zip(made.tasks, timeline.start[0].tolist(), timeline.finish[0].tolist(), strict=True)
    return {f"{task.item}.{task.stage}": (start, finish) for task, start, finish in rows}


# -- by hand ------------------------------------------------------------------------------------------------


def test_one_team_serves_by_rank(engine):
    """`a` before `b` before `c`; with the ranks turned round, the other way."""
    assert log(engine, tiny()) == {"a.s0": (0, 3), "b.s0": (3, 5), "c.s0": (3, 4)}
    assert log(engine, tiny(), "b a c") == {"a.s0": (2, 5), "b.s0": (0, 2), "c.s0": (5, 6)}


def queue_behind_a_big_one(strict):
    """One of three units is busy; `b` wants three, `c` behind it wants one, `d` wants only the panel."""
    return plan(
        {
            "a": [stage(4, team=1)],
            "b": [stage(2, team=3, panel=1)],
            "c": [stage(3, team=1)],
            "d": [stage(1, panel=1)],
            "e": [1],
        },
        resources={"team": 3, "panel": 1},
        strict=strict,
    )


def test_passing_hand_out_goes_past_what_does_not_fit(engine):
    assert log(engine, queue_behind_a_big_one(strict=False)) == {
        "a.s0": (0, 4),
        "b.s0": (4, 6),
        "c.s0": (0, 3),
        "d.s0": (0, 1),
        "e.s0": (0, 1),
    }


def test_strict_hand_out_blocks_all_it_needs_short_or_not(engine):
    """`b` is short of team only, yet blocks the panel for `d` too; `e` needs nothing and passes."""
    assert log(engine, queue_behind_a_big_one(strict=True)) == {
        "a.s0": (0, 4),
        "b.s0": (4, 6),
        "c.s0": (6, 9),
        "d.s0": (6, 7),
        "e.s0": (0, 1),
    }


def test_one_blocked_blocks_in_turn(engine):
    """`b` waits for x; `c` is blocked on x and so blocks y for `d`, although y is free."""
    items = {
        "a": [stage(5, x=1)],
        "b": [stage(1, x=1)],
        "c": [stage(1, x=1, y=1)],
        "d": [stage(1, y=1)],
    }
    strict = plan(items, resources={"x": 1, "y": 1}, strict=True)
    assert log(engine, strict)["d.s0"] == (7, 8)
    assert log(engine, replace(strict, strict=False))["d.s0"] == (0, 1)


def test_a_task_not_ready_blocks_nobody(engine):
    """`a` is first in rank and needs the team, but its own time has not come."""
    made = plan({"a": [stage(2, team=1)], "b": [stage(4, team=1)]}, resources={"team": 1}, strict=True)
    assert log(engine, made, earliest={"a": 1}) == {"a.s0": (4, 6), "b.s0": (0, 4)}


def test_ties_within_an_item_go_by_task_index(engine):
    """Two tasks of one item, both ready: the lower index first."""
    made = plan({"a": [1, stage(2, team=1), stage(2, team=1)]}, resources={"team": 1})
    made = replace(made, arcs=((0, 1), (0, 2)))
    assert log(engine, made) == {"a.s0": (0, 1), "a.s1": (1, 3), "a.s2": (3, 5)}


def test_a_capacity_step_up_lets_the_next_one_start(engine):
    made = plan({"a": [stage(9, team=1)], "b": [stage(2, team=1)]}, resources={"team": [(0, 1), (4, 2)]})
    assert log(engine, made) == {"a.s0": (0, 9), "b.s0": (4, 6)}


def test_capacity_below_use_takes_nothing_away(engine):
    """Two at work, then one place: nobody stops, and nobody starts before both have come back but one."""
    made = plan(
        {"a": [stage(6, team=1)], "b": [stage(8, team=1)], "c": [stage(1, team=1)], "d": [stage(1)]},
        resources={"team": [(0, 2), (3, 1)]},
    )
    assert log(engine, made, earliest={"d": 3}) == {
        "a.s0": (0, 6),
        "b.s0": (0, 8),
        "c.s0": (8, 9),
        "d.s0": (3, 4),
    }


def test_a_need_that_no_later_day_can_meet_is_never(engine):
    made = plan({"a": [stage(2, team=1)], "b": [stage(2, team=2)]}, resources={"team": [(0, 2), (1, 1)]})
    assert log(engine, made) == {"a.s0": (0, 2), "b.s0": (NEVER, NEVER)}


def loss(units, days):
    return (Risk("r", "", 0.5, CapacityLoss("team", units, days, 0, 9)),)


def test_a_capacity_loss_holds_starts_back_for_its_days(engine):
    """One unit of one is lost for five days from day 2: `a` goes on, `b` waits until day 7."""
    made = plan({"a": [stage(3, team=1)], "b": [stage(1, team=1)]}, resources={"team": 1}, risks=loss(1, 5))
    assert log(engine, made, loss_start=[2]) == {"a.s0": (0, 3), "b.s0": (7, 8)}
    assert log(engine, made, loss_start=[NEVER]) == {"a.s0": (0, 3), "b.s0": (3, 4)}
    assert log(engine, made, loss_start=[0]) == {"a.s0": (5, 8), "b.s0": (8, 9)}


def test_a_loss_above_capacity_leaves_nothing_and_then_all_of_it(engine):
    made = plan({"a": [stage(1, team=2)]}, resources={"team": 2}, risks=loss(5, 4))
    assert log(engine, made, loss_start=[0]) == {"a.s0": (4, 5)}


def test_working_days_are_counted_and_the_finish_is_the_day_after(engine):
    """Five days from a Wednesday (day 2): the last is a Tuesday (8), the finish the Wednesday (9)."""
    week = worked("week", "#####.." * 5)
    made = plan({"a": [stage(5, calendar="week")], "b": [1]}, arcs=[("a", "b")], calendars=[week], horizon=35)
    assert log(engine, made, earliest={"a": 2}) == {"a.s0": (2, 9), "b.s0": (9, 10)}
    assert log(engine, made, earliest={"a": 5}) == {"a.s0": (7, 12), "b.s0": (12, 13)}


def test_work_that_ends_on_a_friday_finishes_on_saturday(engine):
    """Its resource comes back on Saturday: one who works every day starts then, another on Monday."""
    week = worked("week", "#####.." * 5)
    made = plan(
        {
            "a": [stage(5, calendar="week", team=1)],
            "b": [stage(1, team=1)],
            "c": [stage(1, calendar="week", team=1)],
        },
        resources={"team": 1},
        calendars=[week],
        horizon=35,
    )
    assert log(engine, made) == {"a.s0": (0, 5), "b.s0": (5, 6), "c.s0": (7, 8)}


def test_a_resource_is_held_on_days_off(engine):
    """Over the weekend nobody works, and nobody else gets the team."""
    week = worked("week", "#####.." * 5)
    made = plan(
        {"a": [stage(6, calendar="week", team=1)], "b": [stage(1, team=1)]},
        resources={"team": 1},
        calendars=[week],
        horizon=35,
    )
    assert log(engine, made) == {"a.s0": (0, 8), "b.s0": (8, 9)}


def test_a_scan_is_needed_when_only_a_calendar_resumes(engine):
    """Nothing happens on day 4 except that `a`'s calendar is worked again."""
    made = plan({"a": [stage(2, calendar="late")]}, calendars=[worked("late", "....####")], horizon=8)
    assert log(engine, made) == {"a.s0": (4, 6)}


def test_work_does_not_run_into_a_freeze(engine):
    """Frozen on days 4 to 6. Four days fit before it, five do not and wait; a stage of no freeze goes on."""
    frozen = worked("frozen", "####xxx" + "#" * 13)
    items = {"a": [stage(4, calendar="frozen")], "b": [stage(5, calendar="frozen")], "c": [stage(5)]}
    made = plan(items, calendars=[frozen], horizon=20)
    assert log(engine, made) == {"a.s0": (0, 4), "b.s0": (7, 12), "c.s0": (0, 5)}


def test_a_freeze_is_not_waited_for_with_resources_in_hand(engine):
    """While `a` waits for the freeze to pass it is not ready: it holds nothing and, strict, blocks nobody."""
    frozen = worked("frozen", "##xxx" + "#" * 15)
    made = plan(
        {"a": [stage(4, calendar="frozen", team=1)], "b": [stage(3, team=1)]},
        resources={"team": 1},
        calendars=[frozen],
        horizon=20,
        strict=True,
    )
    assert log(engine, made) == {"a.s0": (5, 9), "b.s0": (0, 3)}


def test_the_horizon_is_the_first_day_outside(engine):
    """A finish on it is never, a start just before it is seen, and what follows never happens."""
    made = plan({"a": [4, 1], "b": [5], "c": [3]}, horizon=5)
    assert log(engine, made, earliest={"c": 4}) == {
        "a.s0": (0, 4),
        "a.s1": (4, NEVER),
        "b.s0": (0, NEVER),
        "c.s0": (4, NEVER),
    }


def test_what_does_not_end_keeps_what_it_holds(engine):
    made = plan({"a": [stage(50, team=1)], "b": [stage(1, team=1)]}, resources={"team": 1}, horizon=9)
    assert log(engine, made) == {"a.s0": (0, NEVER), "b.s0": (NEVER, NEVER)}


def test_milestones_in_a_chain_are_settled_on_one_day(engine):
    """`z` comes last by index and first in the chain; what waits for the whole chain starts the same day."""
    made = plan(
        {"a": [stage(2, team=1)], "m": [0], "n": [0, 0], "z": [3]},
        arcs=[("z", "n"), ("n", "m"), ("m", "a")],
        resources={"team": 1},
    )
    assert log(engine, made) == {
        "z.s0": (0, 3),
        "n.s0": (3, 3),
        "n.s1": (3, 3),
        "m.s0": (3, 3),
        "a.s0": (3, 5),
    }


def test_a_milestone_knows_no_calendar_but_its_items_earliest_day(engine):
    off = worked("off", "." * 20)
    made = plan(
        {"a": [stage(0, calendar="off")], "b": [stage(0, calendar="off")]}, calendars=[off], horizon=20
    )
    assert log(engine, made, earliest={"b": 6}) == {"a.s0": (0, 0), "b.s0": (6, 6)}
    assert log(engine, made, earliest={"b": 20}) == {"a.s0": (0, 0), "b.s0": (NEVER, NEVER)}


def test_what_does_not_exist_is_a_milestone_whatever_it_needs(engine):
    """The team is busy and its calendar is off: a stage of 0 days takes nothing and waits for nothing."""
    never = worked("off", "." * 20)
    made = plan(
        {"a": [stage(6, team=1)], "b": [2, stage(3, calendar="off", team=1, gates=(Gate("g", 0.5),)), 1]},
        resources={"team": 1},
        calendars=[never],
        horizon=20,
    )
    assert log(engine, made, days=[6, 2, 0, 1]) == {
        "a.s0": (0, 6),
        "b.s0": (0, 2),
        "b.s1": (2, 2),
        "b.s2": (2, 3),
    }


def test_all_needs_are_met_at_once_or_none_is_taken(engine):
    """`b` needs both; while it waits for x it does not sit on y, so `c` can have y."""
    made = plan(
        {"a": [stage(3, x=2)], "b": [stage(2, x=1, y=2)], "c": [stage(4, y=1)]},
        resources={"x": 2, "y": 2},
    )
    assert log(engine, made) == {"a.s0": (0, 3), "b.s0": (4, 6), "c.s0": (0, 4)}


def test_running_tasks_hold_even_above_capacity(engine):
    """Two run where there is room for one: both go on; the next starts when both are back."""
    made = plan(
        {"a": [stage(9, since=-4, team=1)], "b": [stage(9, since=0, team=1)], "c": [stage(1, team=1)]},
        resources={"team": 1},
    )
    assert log(engine, made, days=[3, 5, 1]) == {"a.s0": (-4, 3), "b.s0": (0, 5), "c.s0": (5, 6)}


def test_a_running_task_works_from_day_0_on_its_own_days(engine):
    """Three days left from a Saturday, through a freeze: it is not stopped from having started."""
    made = plan(
        {"a": [stage(9, since=-2, calendar="c"), 1]},
        calendars=[worked("c", "##" + "..#xx##" + "." * 10, first=-2)],
        horizon=17,
    )
    assert log(engine, made, days=[3, 1]) == {"a.s0": (-2, 7), "a.s1": (7, 8)}


def test_what_runs_is_not_stopped_by_what_should_have_come_before(engine):
    """An arc into a stage that has begun has nothing left to hold."""
    made = plan({"a": [9], "b": [stage(9, since=-1), 1]}, arcs=[("a", "b")])
    assert log(engine, made, days=[9, 3, 1]) == {"a.s0": (0, 9), "b.s0": (-1, 3), "b.s1": (3, 4)}


def test_an_earliest_day_holds_the_item_not_its_successors_work(engine):
    made = plan({"a": [2, 3]})
    assert log(engine, made, earliest={"a": 4}) == {"a.s0": (4, 6), "a.s1": (6, 9)}


def test_a_predecessor_may_have_a_higher_index(engine):
    made = plan({"a": [1], "b": [2], "c": [3]}, arcs=[("c", "b"), ("b", "a")])
    assert log(engine, made) == {"c.s0": (0, 3), "b.s0": (3, 5), "a.s0": (5, 6)}


def test_an_arc_may_gate_a_later_stage(engine):
    """The service's first stage does not wait for the enabler, its second does."""
    made = plan({"gate": [5], "s": [2, 2]}, arcs=[("gate", "s.s1")], enablers=["gate"])
    assert log(engine, made) == {"gate.s0": (0, 5), "s.s0": (0, 2), "s.s1": (5, 7)}


def test_hold_backs_wait_on_purpose(engine):
    """`a` could start at once and the team is free: it is held until the whole of `b` is done."""
    made = plan({"a": [stage(1, team=1), 1], "b": [2, 2]}, resources={"team": 1})
    assert log(engine, made, hold_backs=[("a", "b")]) == {
        "a.s0": (4, 5),
        "a.s1": (5, 6),
        "b.s0": (0, 2),
        "b.s1": (2, 4),
    }


def test_a_hold_back_does_not_stop_what_has_started_nor_wait_for_what_is_live(engine):
    made = plan({"a": [stage(5, since=-1), 1], "b": [9], "c": [1]}, live={"d": -9})
    told = log(engine, made, days=[2, 1, 9, 1], hold_backs=[("a", "b"), ("c", "d")])
    assert told == {"a.s0": (-1, 2), "a.s1": (2, 3), "b.s0": (0, 9), "c.s0": (0, 1)}


def test_go_live(engine):
    """The start of the live stage; without one the last finish; for live services the day they went live."""
    made = plan({"a": [2, stage(5, live=True), 9], "b": [2, 2], "c": [stage(90, live=True)]}, live={"d": -7})
    timeline = engine(made, order(made), luck(made, earliest={"c": 3}))
    assert timeline.go_live.tolist() == [[2, 4, 3, -7]]
    assert timeline.go_live.dtype == np.int32


GRAHAM = {"a": 3, "b": 2, "c": 2, "d": 2, "e": 4, "f": 4, "g": 4, "h": 4, "i": 9}


@pytest.mark.parametrize(("teams", "end"), [(3, 12), (4, 15)])
def test_grahams_anomaly(engine, teams, end):
    """Graham (1969): nine jobs in the same order end on day 12 with three teams, on day 15 with four.

    With the fourth team, `e` to `h` start early and are still at work when `i`, the long one, is ready.
    """
    made = plan(
        {name: [stage(days, team=1)] for name, days in GRAHAM.items()},
        arcs=[("a", "i"), ("d", "e"), ("d", "f"), ("d", "g"), ("d", "h")],
        resources={"team": teams},
    )
    assert max(finish for _, finish in log(engine, made).values()) == end


# -- the event log ------------------------------------------------------------------------------------------


def test_the_log_is_ordered_by_day_phase_and_index(engine):
    """On day 3: `a` ends, a place is lost, `m` is settled, then `b` starts; each with what it waited for."""
    made = plan(
        {"a": [stage(3, team=1)], "b": [stage(2, team=1)], "m": [0], "r": [stage(9, since=-2), 1]},
        arcs=[("a", "m")],
        resources={"panel": [(0, 2), (3, 1)], "team": 1},
    )
    chosen, chance = order(made), luck(made, days=[3, 2, 0, 4, 1])
    told = events(engine(made, chosen, chance), chosen, chance, 0)
    assert [(event.day, event.phase.name, event.subject) for event in told] == [
        (-2, "HAND_OUT", 3),
        (0, "HAND_OUT", 0),
        (3, "FINISH", 0),
        (3, "CAPACITY", 0),
        (3, "READY", 2),
        (3, "HAND_OUT", 1),
        (4, "FINISH", 3),
        (4, "HAND_OUT", 4),
        (5, "FINISH", 1),
        (5, "FINISH", 4),
    ]
    assert [(event.cause.name, event.by_task, event.by_resource) for event in told if event.phase != 0][
        1:4
    ] == [
        ("NOTHING", -1, -1),
        ("NOTHING", -1, -1),
        ("PREDECESSOR", 0, -1),
    ]
    assert told[5][3:6] == (Cause.RESOURCE, 0, 1)
    assert told[3].units == 1


@given(strategies.cases())
def test_the_log_tells_every_start_and_finish_once(engine, case):
    """And no two events share a place in the order."""
    made, chosen, draws = case
    timeline = engine(made, chosen, draws)
    for row, replication in enumerate(draws.replications):
        told = events(timeline, chosen, draws, replication)
        places = [(event.day, event.phase, event.subject) for event in told]
        assert places == sorted(set(places))
        begun = {event.subject: event.day for event in told if event.phase in (Phase.READY, Phase.HAND_OUT)}
        ended = {event.subject: event.day for event in told if event.phase == Phase.FINISH}
        start, finish = timeline.start[row], timeline.finish[row]
        assert begun == {task: day for task, day in enumerate(start.tolist()) if day != NEVER}
        real = {task: day for task, day in enumerate(finish.tolist()) if day != NEVER and start[task] < day}
        assert ended == real


# -- any plan -----------------------------------------------------------------------------------------------


@given(strategies.cases())
def test_precedence_holds(engine, case):
    """For all that had not begun; what ran at the status date ran on, whatever should have come before it."""
    made, chosen, draws = case
    timeline = engine(made, chosen, draws)
    for before, after in made.arcs:
        if made.tasks[after].since is None:
            assert (timeline.start[:, after] >= timeline.finish[:, before]).all()


@given(strategies.cases())
def test_earliest_days_and_hold_backs_are_kept(engine, case):
    made, chosen, draws = case
    timeline = engine(made, chosen, draws)
    for index, task in enumerate(made.tasks):
        if task.since is None:
            assert (timeline.start[:, index] >= draws.earliest[:, made.item_index[task.item]]).all()
    for held, until in chosen.hold_backs:
        waits, frees = (made.tasks_of[made.items[item].id] for item in (held, until))
        if waits and frees and made.tasks[waits[0]].since is None:
            assert (timeline.start[:, waits[0]] >= timeline.finish[:, frees[-1]]).all()


@given(strategies.cases())
def test_conservation(engine, case):
    """Each task starts and finishes once, within the horizon, in that order, or is NEVER; what ran ran on."""
    made, chosen, draws = case
    timeline = engine(made, chosen, draws)
    start, finish = timeline.start, timeline.finish
    assert start.shape == finish.shape == draws.days.shape
    assert start.dtype == finish.dtype == np.int32
    running = np.array([task.since is not None for task in made.tasks], dtype=bool)
    assert ((start < made.horizon) | (start == NEVER)).all()
    assert ((finish < made.horizon) | (finish == NEVER)).all()
    assert (finish[start == NEVER] == NEVER).all()
    assert (start[:, ~running] >= 0).all()
    assert (finish >= 0).all()
    for index in np.flatnonzero(running):
        assert (start[:, index] == made.tasks[index].since).all()
    none = draws.days == 0
    assert (start[none] == finish[none]).all()
    assert (start[~none & (start != NEVER)] < finish[~none & (start != NEVER)]).all()


@given(strategies.cases())
def test_calendars_are_respected(engine, case):
    """A start is on a worked day, exactly n worked days lie in [start, finish), and no freeze does."""
    made, chosen, draws = case
    timeline = engine(made, chosen, draws)
    for row, index in np.argwhere((draws.days > 0) & (timeline.start != NEVER)):
        calendar = made.calendar_of[index]
        start, finish = int(timeline.start[row, index]), int(timeline.finish[row, index])
        days = range(max(start, 0), min(finish, made.horizon))
        work = [day for day in days if calendar.working[day - calendar.first]]
        if finish != NEVER:
            assert len(work) == draws.days[row, index]
            assert work[-1] == finish - 1
        else:  # all the days there are do not suffice, or just reach the horizon
            assert len(work) < draws.days[row, index] or work[-1] == made.horizon - 1
        if made.tasks[index].since is None:
            assert work[0] == start
            assert not any(calendar.frozen[day - calendar.first] for day in days)


@given(strategies.cases())
def test_capacity_is_never_exceeded_by_a_start(engine, case):
    """On a day on which something that needs a resource starts, its use is within capacity."""
    made, chosen, draws = case
    timeline = engine(made, chosen, draws)
    losses = [risk.effect for risk in made.risks if isinstance(risk.effect, CapacityLoss)]
    for row in range(len(draws.days)):
        real = draws.days[row] > 0
        start, finish = timeline.start[row], timeline.finish[row]
        for index, task in enumerate(made.tasks):
            day = int(start[index])
            if not real[index] or day == NEVER or task.since is not None:
                continue
            for resource, _ in task.needs:
                lost = sum(
                    effect.units
                    for effect, first in zip(losses, draws.loss_start[row], strict=True)
                    if effect.resource == resource and int(first) <= day < int(first) + effect.days
                )
                used = sum(
                    dict(other.needs).get(resource, 0)
                    for at, other in enumerate(made.tasks)
                    if real[at] and start[at] <= day < finish[at]
                )
                assert used <= made.resources[made.resource_index[resource]].capacity(day) - lost


@given(strategies.cases(limits=False))
def test_without_limits_the_finish_is_the_longest_path(engine, case):
    """networkx's longest path over tasks, earliest days as arcs from day 0, as the oracle."""
    made, chosen, draws = case
    chosen = replace(chosen, hold_backs=())
    timeline = engine(made, chosen, draws)
    for row, days in enumerate(draws.days.tolist()):
        graph = nx.DiGraph()
        for index, task in enumerate(made.tasks):
            free = 0 if task.since is not None else int(draws.earliest[row, made.item_index[task.item]])
            graph.add_edge("day 0", index, weight=free)
            for before in made.predecessors[index] if task.since is None else ():
                graph.add_edge(before, index, weight=days[before])
        for index in range(len(made.tasks)):
            to_here = graph.subgraph(nx.ancestors(graph, index) | {index})
            path = nx.dag_longest_path_length(to_here)
            expected = path + days[index]
            assert timeline.finish[row, index] == (expected if expected < made.horizon else NEVER)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_with_one_team_and_no_arcs_the_end_is_the_sum(engine, days, shuffle):
    made = plan({f"i{at}": [stage(value, team=1)] for at, value in enumerate(days)}, resources={"team": 1})
    ids = [item.id for item in made.items]
    shuffle.shuffle(ids)
    told = log(engine, made, " ".join(ids))
    ends = [told[f"{name}.s0"] for name in ids]
    assert ends[-1][1] == sum(days)
    assert all(before[1] == after[0] for before, after in pairwise(ends))


@given(strategies.cases(), st.data())
def test_an_item_that_never_starts_changes_nothing(engine, case, data):
    """Held beyond the horizon, whatever its rank, needs and calendar."""
    made, chosen, draws = case
    needs = tuple((resource.id, 1) for resource in made.resources)
    calendar = data.draw(st.sampled_from(made.calendars)).id
    added = replace(
        made,
        items=(*made.items, Item("z", "", made.departments[0].id)),
        tasks=(*made.tasks, Task("z", "s0", strategies.Distribution("fixed", (2.0,)), calendar, needs=needs)),
    )
    place = data.draw(st.integers(0, len(made.items)))
    ids = list(chosen.ids(made))
    with_it = replace(Order.of(added, [*ids[:place], "z", *ids[place:]]), hold_backs=chosen.hold_backs)
    one = np.ones((len(draws.days), 1), dtype=np.int32)
    more = Draws(
        draws.replications,
        np.concatenate((draws.days, 2 * one), axis=1),
        np.concatenate((draws.earliest, made.horizon * one), axis=1),
        draws.loss_start,
    )
    expected, found = engine(made, chosen, draws), engine(added, with_it, more)
    assert np.array_equal(found.start[:, :-1], expected.start)
    assert np.array_equal(found.finish[:, :-1], expected.finish)
    assert (found.start[:, -1] == NEVER).all()


def relabelled(made, chosen, draws, names):
    """The same plan under other ids: items, tasks, arcs, ranks and draws permuted together."""
    items = sorted(range(len(names)), key=names.__getitem__)
    tasks = [index for item in items for index in made.tasks_of[made.items[item].id]]
    new_item, new_task = ({old: new for new, old in enumerate(them)} for them in (items, tasks))
    name_of = {item.id: names[at] for at, item in enumerate(made.items)}

    def effect(of):
        return replace(of, items=tuple(sorted(map(name_of.get, of.items)))) if hasattr(of, "items") else of

    other = replace(
        made,
        items=tuple(replace(made.items[at], id=names[at]) for at in items),
        tasks=tuple(replace(made.tasks[at], item=name_of[made.tasks[at].item]) for at in tasks),
        arcs=tuple((new_task[before], new_task[after]) for before, after in made.arcs),
        risks=tuple(replace(risk, effect=effect(risk.effect)) for risk in made.risks),
    )
    rank = Order(
        chosen.name,
        tuple(chosen.rank[at] for at in items),
        tuple(sorted((new_item[held], new_item[until]) for held, until in chosen.hold_backs)),
    )
    return other, rank, replace(draws, days=draws.days[:, tasks], earliest=draws.earliest[:, items]), tasks


@given(strategies.cases(), st.data())
def test_relabelling_permutes(engine, case, data):
    """Ids and indices mean nothing to an engine: ranks and luck moved along, the result is too."""
    made, chosen, draws = case
    names = data.draw(st.permutations([f"n{at}" for at in range(len(made.items))]))
    other, rank, luck_moved, tasks = relabelled(made, chosen, draws, names)
    before, after = engine(made, chosen, draws), engine(other, rank, luck_moved)
    assert np.array_equal(after.start, before.start[:, tasks])
    assert np.array_equal(after.finish, before.finish[:, tasks])


@given(strategies.plans(), st.data())
def test_a_display_name_changes_nothing(engine, made, data):
    chosen = data.draw(strategies.orders(made))
    named = replace(made, items=tuple(replace(item, name="other") for item in made.items))
    before, after = (engine(it, chosen, draw(it, 3, 2)) for it in (made, named))
    assert np.array_equal(before.start, after.start)
    assert np.array_equal(before.finish, after.finish)


@given(strategies.plans(), st.data())
def test_any_block_of_replications_gives_the_same_rows(engine, made, data):
    """Replication k can be replayed alone; blocks and workers do not matter."""
    chosen = data.draw(strategies.orders(made))
    first = data.draw(st.integers(0, 5))
    last = data.draw(st.integers(first + 1, 6))
    whole = engine(made, chosen, draw(made, 9, 6))
    part = engine(made, chosen, draw(made, 9, range(first, last)))
    assert part.replications == range(first, last)
    assert np.array_equal(part.start, whole.start[first:last])
    assert np.array_equal(part.finish, whole.finish[first:last])
    assert np.array_equal(part.go_live, whole.go_live[first:last])


@given(strategies.cases())
def test_what_went_in_is_not_changed(engine, case):
    made, chosen, draws = case
    before = [array.copy() for array in (draws.days, draws.earliest, draws.loss_start)]
    digest = made.digest
    engine(made, chosen, draws)
    assert replace(made).digest == digest
    for array, kept in zip((draws.days, draws.earliest, draws.loss_start), before, strict=True):
        assert np.array_equal(array, kept)
