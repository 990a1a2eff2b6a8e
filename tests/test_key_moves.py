"""The few moves a planner adopts: made literally on his own list, they give the order whose gain is told."""

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import onelogin_sim
from onelogin_sim.optimising.asked import limits, objectives
from onelogin_sim.optimising.judging import Judge
from onelogin_sim.optimising.key_moves import KeyMoves, KeyStep, key_moves, moves_between
from onelogin_sim.optimising.optimised import Optimised, Question, ReadableRule
from onelogin_sim.optimising.recipe import judge, look
from onelogin_sim.orders.search.features import FEATURES
from onelogin_sim.orders.search.permitted import Permitted
from onelogin_sim.orders.search.problem import Limits, PriorityRule
from onelogin_sim.pairs import Mean
from onelogin_sim.plan import Order
from onelogin_sim.report.optimising import moves
from onelogin_sim.report.optimising.tables import move_rows, rule_rows
from onelogin_sim.report.optimising.terminal import summary_text

SMALL = Path(__file__).parents[1] / "scenarios" / "small" / "scenario.yaml"


@pytest.fixture(scope="module")
def small() -> Optimised:
    scenario = onelogin_sim.load_scenario(SMALL)
    plan = scenario.plan()
    question = Question(
        objectives(plan, ()), limits(plan), scenario.order(),
        target=0, budget=3000, replications=200, seed=1, delta=7.0,
    )  # fmt: skip
    return judge(scenario, question, look(scenario, question))


@pytest.fixture(scope="module")
def plan():
    return onelogin_sim.load_scenario(SMALL).plan()


def listed(plan, order: Order) -> list[str]:
    """What a planner's list says: the items that are not done, first served first."""
    return [name for name in order.ids(plan) if plan.tasks_of[name]]


def held(plan, order: Order) -> set[str]:
    return {f"{plan.items[one].id}: {plan.items[until].id}" for one, until in order.hold_backs}


def adopted(plan, start: Order, rows) -> list[tuple[int, list[str], set[str]]]:
    """Make moves as they are told, one by one: (step, list, hold-backs) after each row."""
    now, waits, found = listed(plan, start), held(plan, start), []
    for row in rows:
        if row["kind"] == "place":
            assert now[row["before"] - 1] == row["item"]
            now.remove(row["item"])
            now.insert(row["after"] - 1, row["item"])
            behind = now[row["after"] - 2] if row["after"] > 1 else None
            assert row["follows"] == behind
        elif row["kind"] == "hold back":
            waits = waits | {f"{row['item']}: {row['until']}"}
        else:
            waits = waits - {f"{row['item']}: {row['until']}"}
        found.append((row["step"], list(now), set(waits)))
    return found


def told(found: KeyMoves) -> list[KeyStep]:
    """Steps by their number: 0 mends the own list."""
    return [*([found.mending] if found.mending else []), *found.steps]


def made(plan, start: Order, better: Order, kept: Limits, futures: int = 60) -> tuple[Permitted, KeyMoves]:
    permitted = Permitted(plan, kept)
    judges = [Judge(plan, objectives(plan, ()), seed, range(futures)) for seed in (5, 6)]
    return permitted, key_moves(start, better, permitted, *judges)


# -- the fewest moves ---------------------------------------------------------------------------------------------


def test_the_fewest_moves_are_all_entries_but_a_longest_run_that_stays():
    """By hand: in 3 1 2 0 the entries 1 2 stay; 0 comes to the front and 3 to the end."""
    assert moves_between([3, 1, 2, 0], [0, 1, 2, 3]) == [(0, 3, 0), (3, 1, 3)]
    assert moves_between([0, 1, 2], [0, 1, 2]) == []


@given(st.permutations(range(7)), st.permutations(range(7)))
def test_moves_made_one_by_one_give_the_other_list(one, other):
    now = list(one)
    for entry, before, after in moves_between(one, other):
        assert now.pop(before) == entry
        now.insert(after, entry)
    assert now == other


def test_no_fewer_moves_do():
    """Every list of 4 within k single moves of the first, by search, against the count."""
    first = (0, 1, 2, 3)
    apart = {first: 0}
    near = [first]
    for now in near:
        for place in range(4):
            rest = [*now[:place], *now[place + 1 :]]
            for to in range(4):
                other = (*rest[:to], now[place], *rest[to:])
                if other not in apart:
                    apart[other] = apart[now] + 1
                    near.append(other)
    for other in permutations(first):
        assert len(moves_between(first, other)) == apart[other]


# -- moves are what a planner does --------------------------------------------------------------------------------


def test_moves_told_made_literally_give_the_order_whose_gain_is_told(small):
    """From the rows of the table alone, on the planner's own list."""
    rows = list(move_rows(small))
    assert rows
    steps = told(small.key_moves)
    judge_ = Judge(small.plan, small.question.objectives, 1, small.question.proved[-200:])
    for row, (number, now, waits) in zip(rows, adopted(small.plan, small.question.start, rows), strict=True):
        step = steps[number - 1]
        pairs = [tuple(one.split(": ")) for one in waits]
        literal = Order.of(small.plan, now, hold_backs=pairs)
        if (number, row["item"]) == (number, step.moves[-1].item):
            assert listed(small.plan, literal) == listed(small.plan, step.order)
            assert held(small.plan, literal) == held(small.plan, step.order)
            scores = judge_.order_scores([small.question.start, literal])
            assert float((scores[0] - scores[1]).mean()) == pytest.approx(row["gain"])


LIMITS = [
    Limits(),
    Limits(must_before=(("pensions", "carers"),), first=("boat-licence",)),
    Limits(last=("appeals",)),
    Limits(at_once={"benefits": 1}),
    Limits(at_once={"benefits": 1}, must_before=(("fishing-permit", "appeals"),)),
]


@pytest.mark.parametrize("kept", LIMITS)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_every_list_on_the_way_is_permitted_as_it_is_told(plan, kept, data):
    """Whatever the own list and the better one: after each step the list, made literally, keeps the limits."""
    waiting = sorted(listed(plan, Order.of(plan, [one.id for one in plan.services if plan.tasks_of[one.id]])))
    services = [name for name in waiting if name in {one.id for one in plan.services}]
    start = Order.of(plan, data.draw(st.permutations(services)))
    permitted = Permitted(plan, kept)
    keys = permitted.keys(Order.of(plan, data.draw(st.permutations(services))).rank)
    rank = permitted.ranks(keys[np.newaxis])[0]
    better = Order("better", tuple(rank.tolist()), permitted.held(rank, ()))
    _, found = made(plan, start, better, kept, futures=8)
    assert (found.mending is None) == permitted.keeps(start.rank, start.hold_backs)
    now = listed(plan, start)
    for step in told(found):
        for one in step.moves:
            if one.kind == "place":
                assert now.pop(one.before - 1) == one.item
                now.insert(one.after - 1, one.item)
        assert now == listed(plan, step.order)
        assert permitted.keeps(step.order.rank, step.order.hold_backs)


def test_an_own_list_that_breaks_a_limit_is_mended_first_and_the_cost_told(small, plan):
    """Carers must come first and stands third: it moves, and before it the enabler it waits for."""
    start = Order.of(plan, ["appeals", "pensions", "carers", "boat-licence", "fishing-permit"])
    kept = Limits(first=("carers",))
    permitted = Permitted(plan, kept)
    rank = permitted.ranks(permitted.keys(small.nominated.rank)[np.newaxis])[0]
    _, found = made(plan, start, Order("better", tuple(rank.tolist())), kept)
    assert [(move.item, move.after, move.follows) for move in found.mending.moves] == [
        ("shared-accounts", 1, None), ("carers", 2, "shared-accounts"),
    ]  # fmt: skip
    text = moves.few_moves(replace(small, key_moves=found))
    assert text.startswith("First make your own list keep the limits, which ")
    assert "to 1; Carers' allowance from place 4 to 2, behind " in text
    rows = list(move_rows(replace(small, key_moves=found)))
    assert [row["step"] for row in rows][:3] == [0, 0, 1]


def test_hold_backs_of_the_limits_are_no_moves(plan):
    """At one at a time the services of a department wait for one another: with the list, not by moves of their own."""
    kept = Limits(at_once={"benefits": 1})
    permitted = Permitted(plan, kept)
    ids = ["appeals", "pensions", "carers", "boat-licence", "fishing-permit"]
    orders = []
    for names in (ids, [*ids[3:], *ids[:3]]):
        rank = np.array(Order.of(plan, names).rank)
        orders.append(Order("own", tuple(rank.tolist()), permitted.held(rank, ())))
    _, found = made(plan, *orders, kept)
    assert found.mending is None
    assert {one.kind for step in found.steps for one in step.moves} <= {"place"}
    for step in found.steps:
        assert set(permitted.held(np.array(step.order.rank), ())) == set(step.order.hold_backs)


def test_a_hold_back_is_a_move_of_its_own(small, plan):
    """With the same list, the only difference is that carers waits for pensions."""
    index = plan.item_index
    start = Order.of(plan, listed(plan, small.question.start))
    waits = replace(start, hold_backs=((index["carers"], index["pensions"]),))
    for one, other, kind, text in (
        (start, waits, "hold back", "Carers' allowance waits until Your pension has finished"),
        (waits, start, "release", "Carers' allowance no longer waits for Your pension"),
    ):
        _, found = made(plan, one, other, Limits())
        assert found.moves == 1
        for step in found.steps:
            (move,) = step.moves
            assert (move.kind, move.item, move.until) == (kind, "carers", "pensions")
            assert step.order.hold_backs == other.hold_backs
            assert moves.move(move, plan) == text
    # One of the two directions gains: moves are told only where they do.
    assert sum(bool(made(plan, *pair, Limits())[1].steps) for pair in ((start, waits), (waits, start))) == 1


def test_a_step_that_breaks_a_latest_date_is_not_taken_and_one_that_does_is_told(small, plan):
    """Pensions has most users and gains by passing carers, who is then put off from day 140 to 141 at P80."""
    start = Order.of(plan, ["appeals", "boat-licence", "fishing-permit", "carers", "pensions"])
    better = Order.of(plan, ["appeals", "boat-licence", "fishing-permit", "pensions", "carers"])
    asked = objectives(plan, ("user-weeks",))

    def steps(kept: Limits) -> tuple[KeyStep, ...]:
        judges = [Judge(plan, asked, seed, range(60)) for seed in (5, 6)]
        return key_moves(start, better, Permitted(plan, kept), *judges).steps

    free, kept = steps(Limits()), Limits(latest={"carers": 140})
    assert [one.item for step in free for one in step.moves] == ["pensions"]
    assert steps(kept) == ()
    # A day at P80 is no more than luck in 60 futures; forty are more.
    orders = [start, free[0].order]
    assert Judge(plan, asked, 5, range(60)).missed(orders, kept) == ((), ())
    (own, missed) = Judge(plan, asked, 5, range(60)).missed(orders, Limits(latest={"carers": 100}))
    assert own[0].startswith("'carers' live by 2024-04-10 (")
    assert missed[0].startswith("'carers' live by 2024-04-10 (")
    told_ = replace(small.key_moves, steps=(replace(free[0], missed=missed),))
    text = moves.few_moves(replace(small, key_moves=told_))
    assert " By themselves they do not keep 'carers' live by 2024-04-10 (" in text


def test_a_limit_that_the_own_order_misses_is_no_leave_to_break_another(small, plan):
    """The own list has pensions too late, and carers in time; with pensions ahead of carers it is the contrary."""
    start = Order.of(plan, ["appeals", "boat-licence", "fishing-permit", "carers", "pensions"])
    better = Order.of(plan, ["appeals", "boat-licence", "fishing-permit", "pensions", "carers"])
    asked = objectives(plan, ("user-weeks",))
    judges = [Judge(plan, asked, seed, range(60)) for seed in (5, 6)]

    def steps(**latest: int) -> tuple[KeyStep, ...]:
        return key_moves(start, better, Permitted(plan, Limits(latest=latest)), *judges).steps

    both = Limits(latest={"carers": 140, "pensions": 140})
    own, other = judges[0].kept([start, better], both)
    assert own[0] >= both.share > own[1]
    assert other[1] >= both.share > other[0]
    assert steps(carers=140, pensions=140) == ()
    # What it misses itself, it may miss as much and no more: pensions come no later, carers would.
    assert [one.item for step in steps(pensions=1) for one in step.moves] == ["pensions"]
    own, other = judges[0].kept([start, better], Limits(latest={"carers": 130}))
    assert 0 < other[0] < own[0] < both.share
    assert steps(carers=130) == ()


def test_the_intervals_of_all_steps_hold_together(small, plan):
    """The step that is told is picked by its interval, so each has its share of the 5%; the whole gain is one claim."""
    better = Order.of(plan, listed(plan, small.nominated))
    start = Order.of(plan, listed(plan, better)[::-1])
    judges = [Judge(plan, objectives(plan, ()), seed, range(60)) for seed in (5, 6)]
    found = key_moves(start, better, Permitted(plan, Limits()), *judges)
    count = len(found.steps)
    assert count > 1
    told = judges[1].gains(start, [step.order for step in found.steps], level=1 - 0.05 / count)
    for step, (value, low, high) in zip(found.steps, told, strict=True):
        assert step.gain == pytest.approx((-value, -high, -low))
    ((value, low, high),) = judges[1].gains(start, [better])
    assert found.gain == pytest.approx((-value, -high, -low))
    assert "their intervals hold all together with 95%." in moves.moves_note(small)


# -- words ----------------------------------------------------------------------------------------------------------


def step(value: float, low: float, high: float, share: float, like: KeyStep) -> KeyStep:
    return replace(like, gain=Mean(value, low, high), share=share)


def test_few_moves_are_told_with_their_gain_in_days_and_its_interval(small):
    text = moves.few_moves(small)
    (first,) = small.key_moves.steps[:1]
    low, high = round(first.gain.low), round(first.gain.high)
    assert text.startswith(f"Make this move and get {round(first.gain.value)} days ({low} to {high}), ")
    assert "License a boat from place 5 to " in text
    assert text.endswith(".")


def test_moves_that_are_not_shown_to_help_are_not_recommended(small):
    """No interval lies above 0, so nothing is to be made by itself."""
    like = small.key_moves.steps[0]
    unsure = replace(small.key_moves, steps=(step(3.0, -0.5, 6.5, 0.9, like),), moves=12)
    assert (unsure.enough, unsure.shown) == (None, 0)
    assert moves.few_moves(replace(small, key_moves=unsure)) == (
        "No few moves can be shown to help by themselves: it takes the whole list, 12 moves."
    )


def test_moves_that_give_some_of_the_gain_are_told_as_that(small):
    """Made as far as they surely gain nearly the most: the third step adds next to nothing."""
    like = small.key_moves.steps[0]
    steps = (step(2.0, 0.5, 3.5, 0.2, like), step(5.0, 2.0, 8.0, 0.5, like), step(5.1, 1.0, 9.2, 0.51, like))
    some = replace(small.key_moves, steps=steps, moves=40)
    assert (some.enough, some.shown) == (None, 2)
    text = moves.few_moves(replace(small, key_moves=some))
    assert text.startswith(
        "No few moves are shown to give 80% of the gain: these 2 moves give 5 days (2 to 8), 50% of what 40 moves give"
    )


def test_every_feature_of_a_rule_can_be_read():
    assert set(moves.READ) == set(FEATURES)


def test_the_rule_is_read_by_what_comes_first_and_how_much_it_weighs(small):
    weights = (("users", 0.6), ("department", -0.3), ("own work", 0.1))
    rule = PriorityRule(weights, small.nominated, 1.0)
    found = replace(small, rule=ReadableRule(rule, Mean(0.3, -0.4, 1.0)))
    assert moves.rule(found) == (
        "As a rule, serve first what has many users (60%), few unfinished items in its department (30%) and much "
        "work of its own (10%). Against the full order the rule loses 0.3 days (-0.4 to 1)."
    )
    assert [(row["feature"], round(row["percent"]), row["first"]) for row in rule_rows(found)] == [
        ("users", 60, "many users"),
        ("department", 30, "few unfinished items in its department"),
        ("own work", 10, "much work of its own"),
    ]
    assert moves.rule(replace(small, rule=None)) == ""
    same = replace(small, rule=ReadableRule(rule, Mean(0.0, 0.0, 0.0)))
    assert moves.rule(same).endswith("(10%). The rule does as well as the full order in every future.")


def test_the_summary_tells_every_step(small):
    text = summary_text(small)
    assert "Few moves" in text
    assert "Gain so far, days" in text


def test_hold_backs_alone_that_mend_the_own_list_are_told(plan, small):
    """The list stays as it is; what the limit holds back is in the table, so that it can be written down."""
    ids = ["appeals", "pensions", "carers", "boat-licence", "fishing-permit"]
    start = Order.of(plan, ids)
    kept = Limits(at_once={"benefits": 1})
    permitted = Permitted(plan, kept)
    rank = np.array(start.rank)
    better = Order("better", start.rank, permitted.held(rank, ()))
    _, found = made(plan, start, better, kept)
    assert (found.mending.moves, found.moves, found.steps) == ((), 0, ())
    (row,) = move_rows(replace(small, key_moves=found))
    assert (row["step"], row["kind"]) == (0, "hold-backs of the limits")
    assert set(row["hold_backs"].split(", ")) == held(plan, better)
    text = moves.few_moves(replace(small, key_moves=found))
    assert text.startswith("First make your own list keep the limits, which ")
    assert text.endswith(": hold back what the limits hold back, the list as it is. That is the whole order.")
