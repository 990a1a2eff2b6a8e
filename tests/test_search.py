"""The order search: the best order where all can be tried, limits, budgets, interruption, workers, bad input."""

import json
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import strategies
from onelogin_sim.coverage import met_day
from onelogin_sim.distributions import Distribution
from onelogin_sim.draws import draw
from onelogin_sim.engines import compiled
from onelogin_sim.engines.compiled.many import Many
from onelogin_sim.errors import PlanError
from onelogin_sim.orders.policies import RULES
from onelogin_sim.orders.search.problem import Limits, Objective, Objectives
from onelogin_sim.orders.search.searching import search, stages
from onelogin_sim.plan import Department, Order, Target
from onelogin_sim.uniforms import decision_key
from plans import plan, stage

MEAN = Objectives((Objective("mean", "all"),))


def target(made, needed=None):
    total = len(made.services)
    return replace(
        made, targets=(Target("all", "All", "services", needed or total, total, made.horizon - 1),)
    )


def spread(low, high):
    """Uniform on low to high days."""
    return Distribution("cumulative", (low - 0.5, 0.0, high + 0.5, 1.0))


def crowded(count, needed=None, **fields):
    """Services of different lengths and tails that want one of two teams first; most orders are bad."""
    lengths = [3, 8, 5, 2, 9, 4, 7, 6, 3, 5, 8, 2, 6, 4][:count]
    items = {
        f"s{place:02}": [
            stage(spread(days, days + 6), team=1),
            spread(1 + 5 * (place % 3), 3 + 9 * (place % 3)),
        ]
        for place, days in enumerate(lengths)
    }
    return target(plan(items, resources={"team": 2}, horizon=400, **fields), needed)


def listed(made, **fields):
    return Order.of(made, [item.id for item in made.items], **fields)


def mean_days(made, orders, futures=2000):
    """Mean day of the target in fresh futures, the same for all orders."""
    go_live = Many(made, draw(made, 99, futures)).go_live(
        np.array([order.rank for order in orders]), [order.hold_backs for order in orders], np.arange(futures)
    )
    days = [np.minimum(met_day(made, made.targets[0], one), made.horizon).mean() for one in go_live]
    return np.array(days)


@pytest.mark.parametrize("needed", [6, 3])
def test_the_best_of_all_orders(needed):
    """Six services, 720 orders, uncertain days: as good as the best of all, within a hundredth of the spread.

    The second best of three out of six is a fifth of a day later and far from the best; futures vary by two days.
    """
    made = crowded(6, needed)
    found = search(made, MEAN, start=listed(made), budget=120_000, seed=1)
    every = [Order("one", rank) for rank in permutations(range(6))]
    means = mean_days(made, [found.order, *every])
    assert means[0] <= means[1:].min() + 0.01 * (means[1:].max() - means[1:].min())


def test_a_hold_back_where_waiting_pays():
    """Without waiting, `b` takes the team on day 0 whatever its rank and keeps `a`, which `d` waits for, waiting."""
    made = target(
        plan(
            {"a": [1, stage(20, team=1)], "b": [stage(10, team=1)], "c": [2], "d": [30]},
            arcs=[("a", "d")],
            resources={"team": 1},
            horizon=200,
        )
    )
    start = listed(made)
    found = search(made, MEAN, start=start, budget=12_000, seed=1)
    assert mean_days(made, [start], 1) == 60
    assert mean_days(made, [found.order], 1) == 51
    assert found.order.hold_backs
    assert found.value == 51


@given(data=st.data())
@settings(max_examples=15, phases=[Phase.explicit, Phase.generate])
def test_any_plan_is_searched_and_answered_by_an_order_it_can_run(data):
    """Permutations, hold-backs without a cycle, and never more schedules than there are."""
    made = data.draw(strategies.plans())
    if sum(item.live_on is None for item in made.items) < 2:
        return
    services = len(made.services)
    made = replace(made, targets=(Target("all", "All", "services", services, services, 5),))
    if not services:
        return
    found = search(made, MEAN, start=data.draw(strategies.orders(made)), budget=11_000, seed=3)
    assert found.spent <= found.budget
    assert sum(found.costs.values()) == found.spent
    for order in found.finalists:
        again = Order.of(
            made,
            order.ids(made),
            hold_backs=[(made.items[one].id, made.items[two].id) for one, two in order.hold_backs],
        )
        assert again.rank == order.rank
        compiled.run(made, order, draw(made, 1, 2))


@pytest.mark.parametrize("budget", [1, 2, 13, 100, 700, 3000, 30_000])
def test_any_budget_is_kept(budget):
    made = crowded(8)
    found = search(made, MEAN, start=listed(made), budget=budget, seed=1)
    assert 1 <= found.spent <= budget
    assert sorted(found.order.rank) == list(range(8))


def test_stages_end_where_the_budget_does():
    for budget in (1, 5000, 25_000, 250_000):
        ends = [end for _, _, end in stages(budget, 20)]
        assert ends == sorted(ends)
        assert ends[-1] == budget


LIMITS = Limits(
    must_before=(("s04", "s00"), ("s00", "s07")), first=("s09",), last=("s03", "s01"), at_once={"d": 3}
)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_limits_always_hold(seed):
    """On every finalist, the rule included; `at_once` in every future, judged by the timeline itself."""
    made = crowded(10)
    found = search(made, MEAN, LIMITS, start=listed(made), budget=11_000, seed=seed)
    draws = draw(made, 5, 200)
    assert found.rule
    for order in (*found.finalists, found.rule.order):
        ids = order.ids(made)
        assert ids[0] == "s09"
        assert ids[-2:] == ("s03", "s01")
        assert ids.index("s04") < ids.index("s00") < ids.index("s07")
        timeline = compiled.run(made, order, draws)
        begun, ended = timeline.start[:, ::2], timeline.finish[:, 1::2]
        at_once = [((begun <= day) & (day < ended)).sum(axis=1).max() for day in range(0, 250)]
        assert max(at_once) <= 3


def test_a_latest_day_holds_in_enough_futures():
    """`s04` is the longest and comes late by any rule; live by day 30 it must be, in 80% of futures or more."""
    made = crowded(10, 7)
    free = search(made, MEAN, start=listed(made), budget=11_000, seed=1)
    limits = Limits(latest={"s04": 30}, share=0.8)
    bound = search(made, MEAN, limits, start=listed(made), budget=11_000, seed=1)
    draws = draw(made, 5, 1000)
    column = [service.id for service in made.services].index("s04")
    assert (compiled.run(made, free.order, draws).go_live[:, column] <= 30).mean() < 0.5
    assert (compiled.run(made, bound.order, draws).go_live[:, column] <= 30).mean() >= 0.77


def test_a_latest_day_nobody_can_keep():
    made = crowded(6)
    with pytest.raises(PlanError) as caught:
        search(made, MEAN, Limits(latest={"s02": 1}), start=listed(made), budget=2000, seed=1)
    assert str(caught.value) == (
        "no order was found that keeps every limit in 80% of futures; "
        "the best does not keep: 's02' live by 2024-01-02 (0% of futures)"
    )


@pytest.mark.parametrize(
    "objectives",
    [
        Objectives((Objective("p80", "all"),)),
        Objectives((Objective("probability", "all", 48),)),
        Objectives((Objective("user_weeks", None, 100),)),
        Objectives((Objective("p50", "all"), Objective("user_weeks"))),
        Objectives((Objective("mean", "all"), Objective("probability", "all", 48)), (1.0, 0.5)),
    ],
)
def test_every_objective_gains_on_a_bad_start(objectives):
    """Values are in the objective's own unit, and that of the start is the planner's own order's."""
    details = {f"s{place:02}": {"users": 1000 * (place % 4)} for place in range(12)}
    made = crowded(12, details=details)
    start = RULES["shortest-first"](made)
    found = search(made, objectives, start=start, budget=11_000, seed=1)
    assert found.value < found.start_value


def test_the_value_of_a_percentile_and_of_a_chance():
    """Fixed days: every percentile is the day itself, and a chance is 0 or 100."""
    made = target(plan({"a": [stage(3, team=1), 9], "b": [stage(4, team=1)]}, resources={"team": 1}))
    for kind, by, value in (
        ("mean", None, 12),
        ("p50", None, 12),
        ("p80", None, 12),
        ("probability", 12, -100),
        ("probability", 11, 0),
    ):
        found = search(
            made, Objectives((Objective(kind, "all", by),)), start=listed(made), budget=500, seed=1
        )
        assert found.value == found.start_value == value


def same(one, other):
    assert one == other
    assert [order.digest for order in one.finalists] == [order.digest for order in other.finalists]


def test_the_same_with_two_workers_and_another_time():
    made = crowded(12)
    found = search(made, MEAN, start=listed(made), budget=14_000, seed=7)
    same(found, search(made, MEAN, start=listed(made), budget=14_000, seed=7, workers=2))
    other = search(made, MEAN, start=listed(made), budget=14_000, seed=8)
    assert other.curve != found.curve


class Kept:
    """A checkpoint in memory, by way of JSON text; on the n-th state it interrupts, as Ctrl-C would."""

    def __init__(self):
        self.text = None
        self.interrupt_at = None

    def load(self):
        return None if self.text is None else json.loads(self.text)

    def save(self, state):
        self.text = json.dumps(state)


@pytest.mark.parametrize("after", [150, 2000, 6000, 9000, 12_500])
def test_interrupted_and_gone_on_with_is_the_same(after, monkeypatch):
    """In each stage; what was interrupted in the middle of a step begins that step again."""
    made = crowded(12)
    whole = search(made, MEAN, start=listed(made), budget=14_000, seed=7)
    kept, run = Kept(), Many.go_live
    ran = 0

    def interrupted(self, ranks, hold_backs, rows, **fields):
        nonlocal ran
        ran += len(ranks) * np.shape(rows)[-1]
        if ran > after:
            raise KeyboardInterrupt
        return run(self, ranks, hold_backs, rows, **fields)

    monkeypatch.setattr(Many, "go_live", interrupted)
    if after < 800:
        with pytest.raises(KeyboardInterrupt):
            search(made, MEAN, start=listed(made), budget=14_000, seed=7, checkpoint=kept)
    else:
        part = search(made, MEAN, start=listed(made), budget=14_000, seed=7, checkpoint=kept)
        assert not part.complete
        assert part.spent <= after
        assert sorted(part.order.rank) == list(range(12))
    monkeypatch.setattr(Many, "go_live", run)
    same(whole, search(made, MEAN, start=listed(made), budget=14_000, seed=7, checkpoint=kept))


def test_a_checkpoint_of_another_search():
    made, kept = crowded(6), Kept()
    search(made, MEAN, start=listed(made), budget=500, seed=1, checkpoint=kept)
    with pytest.raises(
        ValueError, match=r"^this checkpoint belongs to another search: plan, question, seed or"
    ):
        search(made, MEAN, start=listed(made), budget=501, seed=1, checkpoint=kept)


def test_progress_tells_the_incumbent():
    made, told = crowded(6), []
    found = search(made, MEAN, start=listed(made), budget=500, seed=1, progress=told.append)
    assert told[-1].order == found.order
    assert (told[-1].spent, told[-1].value) == (found.spent, found.value)


def test_its_futures_are_not_the_planners():
    """A forecast under the same seed is a forecast in other futures."""
    made = crowded(6)
    own = draw(made, decision_key("@search", "1"), 50).days
    assert (own != draw(made, 1, 50).days).any(axis=1).all()


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (
            Limits(must_before=(("s01", "s02"), ("s02", "s03"), ("s03", "s01"))),
            "must-befores, first and last contradict: s01 → s02 → s03 → s01",
        ),
        (
            Limits(must_before=(("s05", "s01"),), first=("s01",)),
            "must-befores, first and last contradict: s01 → s05 → s01",
        ),
        (Limits(first=("s01",), last=("s01",)), "first and last: 's01' is named twice"),
        (Limits(first=("s1",)), "first: 's1' is not an item of the plan; did you mean 's01'?"),
        (
            Limits(must_before=(("s99x", "s01"),)),
            "must-before: 's99x' is not an item of the plan; known: s00, s01, s02, s03, s04, s05",
        ),
        (Limits(at_once={"e": 2}), "at once: 'e' is not a department; known: d"),
        (Limits(at_once={"d": 0}), "at once: at least 1 service of 'd' at a time, got 0"),
        (Limits(latest={"s0": 5}), "latest: 's0' is not a service; did you mean 's05'?"),
        (Limits(latest={"s00": 400}), "latest: day 400 of 's00' must lie between 0 and the horizon, 400"),
        (
            Limits(latest={"s00": 4}, share=0.0),
            "latest: the share of futures must lie above 0 and up to 1, got 0.0",
        ),
    ],
)
def test_limits_that_make_no_sense(limits, message):
    made = crowded(6)
    with pytest.raises(PlanError) as caught:
        search(made, MEAN, limits, start=listed(made), budget=100, seed=1)
    assert str(caught.value) == message


def test_what_must_come_first_cannot_wait_for_what_comes_after():
    made = target(plan({"a": [1], "b": [1], "c": [1]}, arcs=[("a", "b")]))
    with pytest.raises(PlanError, match=r"^must-befores, first and last contradict: a → b → a$"):
        search(made, MEAN, Limits(must_before=(("b", "a"),)), start=listed(made), budget=100, seed=1)


@pytest.mark.parametrize(
    ("limits", "path"),
    [
        (Limits(first=("b",), at_once={"d": 1}), "b → a → b"),
        (Limits(last=("a",), at_once={"d": 1}), "b → a → b"),
        (Limits(must_before=(("b", "a"),), at_once={"d": 1}), "b → a → b"),
    ],
)
def test_first_and_last_cannot_turn_a_department_in_lanes_against_the_plan(limits, path):
    """`a` comes before a late stage of `b`. One at a time, `b` cannot be begun first: it would never end."""
    made = plan({"a": [1], "b": [1, 1], "c": [1]}, horizon=50)
    late = made.tasks_of["b"][1]
    made = target(replace(made, arcs=tuple(sorted({*made.arcs, (made.tasks_of["a"][0], late)}))))
    with pytest.raises(PlanError) as caught:
        search(made, MEAN, limits, start=listed(made), budget=100, seed=1)
    told = str(caught.value).removeprefix("at once: the plan, must-befores, first and last contradict: ")
    assert told in (path, "a → b → a")
    # Without the limit of one at a time there is such an order, and the other way round there is with it.
    search(made, MEAN, replace(limits, at_once={}), start=listed(made), budget=100, seed=1)
    other = Limits(first=("a",), last=("b",), at_once={"d": 1})
    found = search(made, MEAN, other, start=listed(made), budget=100, seed=1)
    assert found.order.ids(made) == ("a", "c", "b")


@pytest.mark.parametrize(
    ("limits", "limit"),
    [
        (Limits(must_before=(("a", "z"),)), "must-before"),
        (Limits(first=("z",)), "first"),
        (Limits(last=("z",)), "last"),
        (Limits(latest={"z": 5}), "latest"),
    ],
)
def test_limits_on_what_is_live_are_refused(limits, limit):
    made = target(plan({"a": [1], "b": [1]}, live={"z": -3}))
    with pytest.raises(PlanError) as caught:
        search(made, MEAN, limits, start=listed(made), budget=100, seed=1)
    assert str(caught.value) == f"{limit}: 'z' is live already, so no order changes when it is served"


def test_more_run_already_than_may_at_once():
    running = [stage(5, since=-1)]
    made = target(plan({"a": running, "b": running, "c": [1]}))
    with pytest.raises(PlanError) as caught:
        search(made, MEAN, Limits(at_once={"d": 1}), start=listed(made), budget=100, seed=1)
    assert str(caught.value) == "at once: no order keeps 'd' to 1: 2 run at the status date (a, b)"


def test_an_enabler_comes_before_the_first_that_waits_for_it():
    made = target(
        plan({"e": [1], "a": [1], "b": [1], "f": [2]}, arcs=[("e", "b"), ("f", "a")], enablers=["e", "f"])
    )
    found = search(made, MEAN, Limits(first=("b",)), start=listed(made), budget=300, seed=1)
    assert found.order.ids(made)[:2] == ("e", "b")


def test_at_once_with_departments_that_wait_for_each_other():
    """Lanes of two departments and arcs between them: still an order that can be run to the end."""
    items = {name: [stage(spread(2, 5), team=1)] for name in "abcdef"}
    made = plan(
        items,
        arcs=[("f", "a"), ("c", "d"), ("e", "b")],
        resources={"team": 2},
        details={name: {"department": "x" if name in "ace" else "y"} for name in "abcdef"},
        departments=[Department("x", "X"), Department("y", "Y")],
    )
    made = target(made)
    found = search(made, MEAN, Limits(at_once={"x": 1, "y": 1}), start=listed(made), budget=11_000, seed=1)
    assert (compiled.run(made, found.order, draw(made, 1, 100)).finish < made.horizon).all()


def test_arguments_out_of_range():
    made = crowded(6)
    for fields, message in (
        ({"budget": 0}, "the budget must be at least 1 schedule, got 0"),
        ({"seed": -1}, "seed must be at least 0 and below 2**64, not -1"),
        ({"workers": 0}, "there must be at least 1 worker, got 0"),
    ):
        with pytest.raises(ValueError, match="^" + message.replace("*", r"\*") + "$"):
            search(made, MEAN, **{"start": listed(made), "budget": 10, "seed": 1, **fields})


def test_a_single_service():
    made = target(plan({"a": [3]}, live={"b": -2}))
    with pytest.raises(PlanError, match=r"^there is nothing to order: only 'a' is not live yet$"):
        search(made, MEAN, start=listed(made), budget=10, seed=1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Objectives(()), "there must be at least 1 objective"),
        (lambda: Objectives((Objective("mean"),)), "objective 'mean' needs a target"),
        (lambda: Objectives((Objective("user_weeks", "all"),)), "objective 'user_weeks' has no target"),
        (lambda: Objectives((Objective("p90", "all"),)), "objective 'p90' is not known; known: "),
        (
            lambda: Objectives((Objective("mean", "all"),), (0.0,)),
            r"weights of objectives must be above 0, got \[0.0\]",
        ),
        (
            lambda: Objectives((Objective("mean", "all"),), (1.0, 2.0)),
            "1 objectives need as many weights, got 2",
        ),
    ],
)
def test_objectives_that_make_no_sense(make, message):
    with pytest.raises(ValueError, match="^" + message):
        make()


def test_objectives_a_plan_does_not_know():
    made = crowded(6)
    for objective, message in (
        (Objective("mean", "al"), "objective 'mean': 'al' is not among the targets; did you mean 'all'?"),
        (Objective("user_weeks"), "objective 'user_weeks': no service has users"),
        (
            Objective("probability", "all", 401),
            "objective probability of 'all': day 401 must lie above 0, up to the horizon, 400",
        ),
    ):
        with pytest.raises(PlanError) as caught:
            search(made, Objectives((objective,)), start=listed(made), budget=10, seed=1)
        assert str(caught.value) == message


@pytest.mark.parametrize(
    "limits", [Limits(must_before=(("a", "b"),)), Limits(first=("a",)), Limits(last=("b",))]
)
def test_who_must_come_first_is_not_held_back_for_another(limits):
    """Ranked first and made to wait for who is ranked last would keep the letter of a limit alone."""
    days = {"a": 9, "b": 1, "c": 2}
    every = Target("all", "All", "services", 3, 3, 30)
    made = plan({name: [stage(days[name], crew=1)] for name in days}, resources={"crew": 1}, targets=(every,))
    found = search(made, MEAN, limits, start=Order.of(made, ["a", "c", "b"]), budget=12_000, seed=1)
    assert found.order.hold_backs == ()
