"""The order search where nothing is uncertain: one future says it all, serial schedules and CP-SAT join in."""

import json
import sys
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from onelogin_sim import cli
from onelogin_sim.draws import deterministic
from onelogin_sim.engines import compiled
from onelogin_sim.engines.compiled.many import Many
from onelogin_sim.orders.search import scheduling
from onelogin_sim.orders.search.problem import Limits, Objective, Objectives
from onelogin_sim.orders.search.searching import search
from onelogin_sim.plan import Order, Target
from plans import plan, stage
from test_search import MEAN, Kept, listed, same, target

DAYS = [4, 9, 2, 7, 5, 8, 3, 6, 4, 5, 7, 2]
TAILS = [11, 2, 9, 14, 1, 6, 12, 3, 8, 5, 2, 10]


def fixed_days(count, **fields):
    """Services that want one of two teams, then go their own way for some days."""
    items = {
        f"s{place:02}": [stage(days, team=1 + place % 2), stage(tail)]
        for place, (days, tail) in enumerate(zip(DAYS[:count], TAILS, strict=False))
    }
    return target(plan(items, resources={"team": 2}, horizon=200, **fields))


def waiting_pays():
    """Only an order in which b waits for a is as early as can be: c, then d, follow a."""
    return target(
        plan(
            {
                "a": [stage(2, x=1)],
                "b": [stage(6, y=1)],
                "c": [stage(2, y=1)],
                "d": [stage(6, x=1)],
            },
            arcs=[("a", "c"), ("c", "d")],
            resources={"x": 1, "y": 1},
        )
    )


def last_day(made, order):
    return int(compiled.run(made, order, deterministic(made)).go_live.max())


@pytest.mark.parametrize("seed", [1, 2])
def test_the_best_of_all_orders(seed):
    """Seven services, 5,040 orders: no order without hold-backs is earlier, and each schedule was another order."""
    made = fixed_days(7)
    draws = deterministic(made)
    every = np.array(list(permutations(range(7))))
    ends = Many(made, draws).go_live(every, [()] * len(every), np.array([0])).max(axis=(1, 2))
    found = search(made, MEAN, start=listed(made), budget=8000, seed=seed)
    assert found.value == last_day(made, found.order) <= ends.min() < np.median(ends)
    assert found.start_value == last_day(made, listed(made))
    assert found.bound <= found.value


def test_a_schedule_that_no_list_gives_and_proof_that_nothing_is_earlier():
    found = search(waiting_pays(), MEAN, start=listed(waiting_pays()), budget=1000, seed=1)
    assert (found.value, found.bound, len(found.order.hold_backs)) == (10, 10, 1)
    assert found.spent < 200  # it ends when nothing can be better


@pytest.mark.parametrize("kind", ["mean", "p50", "p80"])
def test_mean_and_percentiles_are_one(kind):
    made = waiting_pays()
    found = search(made, Objectives((Objective(kind, "all"),)), start=listed(made), budget=1000, seed=1)
    assert found.value == found.bound == 10


@pytest.mark.parametrize("needed", [1, 5])
def test_a_target_of_some_services(needed):
    """Fewer than all: no bound is claimed, and the best of all orders is found."""
    made = fixed_days(6)
    made = replace(made, targets=(Target("all", "All", "services", needed, 6, 100),))
    every = np.array(list(permutations(range(6))))
    days = Many(made, deterministic(made)).go_live(every, [()] * len(every), np.array([0]))
    best = np.sort(days[:, 0], axis=1)[:, needed - 1].min()
    found = search(made, MEAN, start=listed(made), budget=4000, seed=1)
    assert found.value <= best
    assert found.bound is None


LIMITS = Limits(
    must_before=(("s04", "s00"), ("s00", "s07")), first=("s09",), last=("s03", "s01"), at_once={"d": 3}
)


def test_limits_hold_for_what_schedules_give_too():
    made = fixed_days(10)
    found = search(made, MEAN, LIMITS, start=listed(made), budget=3000, seed=1)
    assert found.costs["schedules"] > 0
    for order in found.finalists:
        ids = order.ids(made)
        assert ids[0] == "s09"
        assert ids[-2:] == ("s03", "s01")
        assert ids.index("s04") < ids.index("s00") < ids.index("s07")
        timeline = compiled.run(made, order, deterministic(made))
        begun, ended = timeline.start[0, ::2], timeline.finish[0, 1::2]
        assert max(((begun <= day) & (day < ended)).sum() for day in range(200)) <= 3


def test_hold_backs_of_a_schedule_that_limits_on_who_comes_first_forbid():
    made = waiting_pays()
    found = search(made, MEAN, Limits(must_before=(("b", "c"),)), start=listed(made), budget=1000, seed=1)
    assert found.order.hold_backs == ()
    assert (found.value, found.bound) == (14, 10)


def test_what_is_no_scheduling_problem_is_walked_all_the_same():
    """A capacity that falls: no serial schedules, so the walk has their share."""
    made = fixed_days(8)
    fewer = replace(made.resources[0], steps=((0, 3), (6, 2)))
    made = replace(made, resources=(fewer,))
    found = search(made, MEAN, start=listed(made), budget=2000, seed=1)
    assert "schedules" not in found.costs
    assert found.costs["neighbours"] > 700
    assert found.value <= found.start_value
    assert found.bound is None


def test_the_same_whatever_the_workers_and_gone_on_with_after_an_interruption(monkeypatch):
    """Interrupted in the middle of the serial schedules, of which one step is done."""
    monkeypatch.setattr(scheduling, "STEP", 60)
    made = fixed_days(12)
    asked = {"start": listed(made), "budget": 2000, "seed": 5}
    whole = search(made, MEAN, **asked)
    same(whole, search(made, MEAN, **asked, workers=2))
    kept, evolve, steps = Kept(), scheduling.evolve, []

    def interrupted(*given):
        steps.append(0)
        if len(steps) == 3:
            raise KeyboardInterrupt
        return evolve(*given)

    monkeypatch.setattr(scheduling, "evolve", interrupted)
    part = search(made, MEAN, **asked, checkpoint=kept)
    assert not part.complete
    assert json.loads(kept.text)["state"]["data"]["now"]
    monkeypatch.setattr(scheduling, "evolve", evolve)
    same(whole, search(made, MEAN, **asked, checkpoint=kept))


def test_without_ortools_the_bound_is_the_longest_path_and_the_work(monkeypatch):
    made = fixed_days(9)
    with_it = search(made, MEAN, start=listed(made), budget=1000, seed=1)
    monkeypatch.setattr(scheduling, "is_installed", lambda: False)
    without = search(made, MEAN, start=listed(made), budget=1000, seed=1)
    assert without.bound <= with_it.bound <= with_it.value <= without.value


SCENARIO = """\
scenario: Fixed
status_date: 2024-01-01
horizon: 2025-01-01
evidence: illustrative
targets:
  - {id: all, measure: services, share: 1.0, by: 2024-06-28}
services: services.csv
departments: departments.csv
resources:
  crew: {name: Crew, capacity: 1}
pathways:
  long:
    - {stage: prepare, days: 1}
    - {stage: build, days: 20, needs: {crew: 1}}
    - {stage: live, days: 1, live: true}
  short:
    - {stage: build, days: 10, needs: {crew: 1}}
    - {stage: live, days: 1, live: true}
  last:
    - {stage: build, days: 30}
    - {stage: live, days: 1, live: true}
orders:
  own: [a, b, d]
"""


def test_by_the_command_and_by_hand(monkeypatch, capsys, tmp_path):
    """Beta takes the crew for ten working days while Alpha, which Delta waits for, prepares; it had better wait.

    Own: 10 days of Beta, 20 and 1 of Alpha, 30 of Delta: live on working day 61, 27 March. With Beta held back,
    1, 20, 1 and 30: working day 52, 14 March, thirteen days earlier. 1 January is a bank holiday.
    """
    (tmp_path / "scenario.yaml").write_text(SCENARIO)
    (tmp_path / "services.csv").write_text(
        "id,name,department,pathway,needs\na,Alpha,dep,long,\nb,Beta,dep,short,\nd,Delta,dep,last,a\n"
    )
    (tmp_path / "departments.csv").write_text("id,name,teams\ndep,Department,1\n")
    monkeypatch.chdir(tmp_path)
    words = [
        "onelogin-sim",
        "optimise",
        "scenario.yaml",
        "--budget",
        "1000",
        "--replications",
        "200",
        "--out",
        "out",
        "--json",
    ]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert not end.value.code
    told = json.loads(capsys.readouterr().out)
    assert (told["said"], told["claim"]["gain"], told["claim"]["interval"]) == (
        "shown better",
        13.0,
        [13.0, 13.0],
    )
    assert told["search"]["spent"] < 1000  # it ends when nothing can be better
    assert told["search"]["bound"] == "2024-03-14"
    said = " ".join((tmp_path / "out" / "summary.txt").read_text().split())
    assert "No order can have every service live before 14 Mar 2024: nothing is uncertain." in said


def test_orders_of_a_search_run_as_told():
    made = fixed_days(8)
    found = search(made, MEAN, start=listed(made), budget=1500, seed=1)
    for order in found.finalists:
        again = Order.of(
            made,
            order.ids(made),
            hold_backs=[(made.items[one].id, made.items[two].id) for one, two in order.hold_backs],
        )
        assert last_day(made, again) == last_day(made, order)
