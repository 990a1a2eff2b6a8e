"""Driver chains worked out by hand, and what must hold of every chain."""

import numpy as np
from hypothesis import given

from onelogin_sim.calendars import NEVER
from onelogin_sim.chains import CAUSES, GAPS, add, block_sums, chain_ends, stage_names
from onelogin_sim.coverage import met_day
from onelogin_sim.draws import deterministic, draw
from onelogin_sim.drivers import drivers, time_use
from onelogin_sim.engines import reference
from onelogin_sim.plan import Target
from plans import order, plan, stage
from strategies import cases


def everything_by(made, day=50):
    size = len(made.services)
    return Target("all", "All", "services", size, size, by=day)


def chain_of(made, text="", **fields):
    """The drivers of `all services` in the deterministic run, as {(kind, id): days}."""
    from dataclasses import replace

    made = replace(made, targets=(everything_by(made),))
    served = order(made, text, **fields)
    draws = deterministic(made)
    timeline = reference.run(made, served, draws)
    (found,) = drivers(made, block_sums(timeline, served, draws))
    return {(driver.kind, driver.id): driver.days for driver in found.drivers}, found


def test_a_chain_leads_through_the_freed_resource_to_who_held_it():
    """One team: a works days 0 to 3, then b from 3 to 5. All are live on day 5; b queued for three days."""
    made = plan({"a": [stage(3, team=1)], "b": [stage(2, team=1)]}, resources={"team": 1})
    days, found = chain_of(made)
    assert days == {
        ("item", "a"): 3.0,
        ("item", "b"): 2.0,
        ("stage", "s0"): 5.0,
        ("resource", "team"): 3.0,
    }
    assert found.links == (("a", "b", 1.0),)


def test_a_chain_leads_through_dependencies_without_naming_a_resource():
    """b waits for a, and nobody is short of anything: the chain is work alone."""
    made = plan({"a": [4], "b": [6]}, arcs=[("a", "b")])
    days, _ = chain_of(made)
    assert days == {("item", "a"): 4.0, ("item", "b"): 6.0, ("stage", "s0"): 10.0}


def test_a_release_day_is_readiness():
    made = plan({"a": [4]}, details={"a": {"release": 9}})
    days, _ = chain_of(made)
    assert days == {("item", "a"): 4.0, ("stage", "s0"): 4.0, ("other", "readiness"): 9.0}


def test_waiting_for_more_capacity_is_a_capacity_change():
    """There is no team before day 7, so nobody freed it."""
    made = plan({"a": [stage(2, team=1)]}, resources={"team": [(0, 0), (7, 1)]})
    days, _ = chain_of(made)
    assert days == {
        ("item", "a"): 2.0,
        ("stage", "s0"): 2.0,
        ("resource", "team"): 7.0,
        ("other", "capacity change"): 7.0,
    }


def test_a_future_that_misses_starts_from_what_has_waited_longest():
    """One team: a holds it past the horizon. b has waited for it since day 0; c is at work."""
    made = plan(
        {"a": [stage(200, team=1)], "b": [stage(1, team=1)], "c": [150]}, resources={"team": 1}, horizon=100
    )
    days, found = chain_of(made)
    assert not found.met
    assert days[("item", "b")] == 0.0
    assert days[("item", "a")] == 100.0
    assert days[("resource", "team")] == 100.0
    assert ("item", "c") not in days


def test_a_start_that_was_blocked_leads_to_who_blocked_it():
    """Strict, teams of two: a holds one until day 5; b wants both and blocks c, which wants one, until it starts.

    b starts when a ends, on day 5, and holds both until day 7; c starts then and is the last.
    """
    made = plan(
        {"a": [stage(5, team=1)], "b": [stage(2, team=2)], "c": [stage(1, team=1)]},
        resources={"team": 2},
        strict=True,
    )
    days, found = chain_of(made)
    assert [days["item", name] for name in "abc"] == [5.0, 2.0, 1.0]
    assert days[("resource", "team")] == 7.0
    assert found.links == (("a", "b", 1.0), ("b", "c", 1.0))


def test_a_blocked_start_goes_on_from_the_start_of_its_blocker():
    """Strict: b wants team and room, and there is no room before day 4; so c, behind b, may not have the team.

    On day 4 both start: c was never short of the team itself, so its chain leads to b's start, and from there
    to the change of capacity that b had waited for.
    """
    made = plan(
        {"b": [stage(1, room=1, team=1)], "c": [stage(9, team=1)]},
        resources={"team": 2, "room": [(0, 0), (4, 1)]},
        strict=True,
    )
    days, found = chain_of(made)
    assert days == {
        ("item", "b"): 0.0,
        ("item", "c"): 9.0,
        ("stage", "s0"): 9.0,
        ("resource", "room"): 4.0,
        ("resource", "team"): 0.0,
        ("other", "capacity change"): 4.0,
    }
    assert found.links == (("b", "c", 1.0),)


def test_a_target_met_by_the_status_date_has_no_chain():
    made = plan({"a": [3]}, live={"b": -4}, targets=(Target("one", "One", "services", 1, 2, by=10),))
    draws = deterministic(made)
    timeline = reference.run(made, order(made, "a"), draws)
    ends, _, missed = chain_ends(timeline, made.targets[0])
    assert ends.tolist() == [-1]
    assert missed.tolist() == [False]
    assert drivers(made, block_sums(timeline, order(made, "a"), draws)) == ()


@given(cases())
def test_work_and_gaps_on_a_chain_add_up_to_the_time_until_the_target(case):
    """Items and gaps partition [0, met day), or [0, horizon) in a future that misses; stages and gaps too."""
    made, served, draws = case
    timeline = reference.run(made, served, draws)
    sums = block_sums(timeline, served, draws)
    items, stages = len(made.items), len(stage_names(made))
    for index, target in enumerate(made.targets):
        ends, _, missed = chain_ends(timeline, target)
        met = met_day(made, target, timeline.go_live)
        for side in (0, 1):
            rows = (ends >= 0) & (missed == bool(side))
            length = int(np.where(met[rows] == NEVER, made.horizon, met[rows]).sum())
            took = sums.days[index, side]
            gaps = int(took[-len(GAPS) :].sum())
            assert int(took[:items].sum()) + gaps == length
            assert int(took[items : items + stages].sum()) + gaps == length
            assert (took[items + stages :] <= length).all()
            assert (sums.present[index, side] <= rows.sum()).all()


@given(cases())
def test_use_of_time_adds_up_to_each_items_time(case):
    """From day 0, or its start, to its last finish or the horizon, every day of an item is counted once."""
    made, served, draws = case
    timeline = reference.run(made, served, draws)
    use = block_sums(timeline, served, draws).time_use
    for item in made.items:
        span = made.tasks_of[item.id]
        if not span:
            continue
        last = np.minimum(timeline.finish[:, span[-1]], made.horizon)
        assert int(use[list(span)].sum()) == int(last.sum())
        assert (use[list(span)] >= 0).all()


@given(cases())
def test_blocks_add_up_to_the_whole(case):
    made, served, _ = case
    whole = draw(made, 3, 5)
    total = block_sums(reference.run(made, served, whole), served, whole)
    parts = None
    for part in (range(2), range(2, 5)):
        draws = draw(made, 3, part)
        sums = block_sums(reference.run(made, served, draws), served, draws)
        parts = sums if parts is None else add(parts, sums)
    for one, other in zip(total, parts, strict=True):
        assert np.array_equal(one, other)


def test_use_of_time_in_words():
    """a works 3 days; b queues 3 days for the team and works 2."""
    made = plan({"a": [stage(3, team=1)], "b": [stage(2, team=1)]}, resources={"team": 1})
    served, draws = order(made), deterministic(made)
    use = time_use(made, block_sums(reference.run(made, served, draws), served, draws), 1)
    assert CAUSES[3] == "resource"
    assert use.by_item.tolist() == [[3, 0, 0, 0, 0, 0], [2, 0, 0, 3, 0, 0]]
    assert use.by_resource.tolist() == [3.0]
    assert use.stages == ("s0",)
