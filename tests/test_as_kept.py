"""What limits that hold by construction leave open: counted by hand on plans without uncertainty."""

from pathlib import Path

import pytest

import onelogin_sim
from onelogin_sim.optimising.as_kept import as_kept, findings
from onelogin_sim.optimising.optimised import Question
from onelogin_sim.optimising.recipe import judge, look
from onelogin_sim.orders.search.permitted import Permitted
from onelogin_sim.orders.search.problem import Limits, Objective, Objectives
from onelogin_sim.plan import Department, Order
from onelogin_sim.report.optimising.terminal import summary_text
from plans import plan, stage

SMALL = Path(__file__).parents[1] / "scenarios" / "small" / "scenario.yaml"


def kept(made, order, **limits):
    return as_kept(made, order, Limits(**limits), seed=1, replications=range(4))


def released(days):
    """Services of one department that take 10 days each and come forward on given days."""
    return plan(
        {name: [10] for name in days},
        details={name: {"release": day} for name, day in days.items()},
        horizon=90,
    )


def test_a_place_that_waits_for_who_has_not_come_forward_is_empty():
    """Two lanes: `c` waits for `a`, `d` for `b`. `b` comes forward on day 30, so `d`, ready at once, waits for 40 days;
    `a` is in hand from 0 to 10 and `c` from 10 to 20. So one place at least is empty on all 40 of them."""
    made = released({"a": 0, "b": 30, "c": 0, "d": 0})
    limits = Limits(at_once={"d": 2})
    order = Permitted(made, limits).kept(Order.of(made, ["a", "b", "c", "d"]))
    found = as_kept(made, order, limits, seed=1, replications=range(4))
    assert found.empty == (("d", 2, 1.0),)
    assert found.futures == 4
    assert [one.text for one in findings(found)] == [
        "At most 2 of 'd' at once is kept by lanes with a fixed sequence, which costs more than the limit itself: of "
        "the days on which a service that is ready waits for its lane, fewer than 2 are in hand on 100%, because a "
        "lane whose next one is not ready takes nobody from another."
    ]


def test_a_lane_nobody_could_have_used_is_not_empty():
    """`c` waits for ten days while both places are taken; later `d` comes forward after its lane has ended."""
    made = released({"a": 0, "b": 0, "c": 0, "d": 50})
    limits = Limits(at_once={"d": 2})
    order = Permitted(made, limits).kept(Order.of(made, ["a", "b", "c", "d"]))
    found = as_kept(made, order, limits, seed=1, replications=range(4))
    assert found.empty == (("d", 2, 0.0),)
    assert findings(found) == ()


def test_part_of_the_days_of_waiting():
    """`c` waits for `a` from 0 to 10, both places taken until `b` ends on day 5: empty on the other five."""
    made = plan({"a": [10], "b": [5], "c": [3], "d": [1]}, details={"d": {"release": 80}}, horizon=90)
    order = Order.of(made, ["a", "b", "c", "d"], hold_backs=[("c", "a"), ("d", "b")])
    assert kept(made, order, at_once={"d": 2}).empty == (("d", 2, 0.5),)


def test_who_is_not_ready_is_passed_by_who_must_come_after_it():
    made = released({"a": 20, "b": 0})
    found = kept(made, Order.of(made, ["a", "b"]), must_before=(("a", "b"),))
    assert found.passed == (("a", "b", 1.0),)
    assert [one.text for one in findings(found)] == [
        "'a' before 'b' holds wherever both want the same slot. In 100% of 4 futures 'b' begins first all the same: "
        "'a' is not ready yet, or what it needs is taken."
    ]


@pytest.mark.parametrize("ids", [["a", "b"], ["b", "a"]])
def test_who_begins_on_the_same_day_or_later_has_passed_nobody(ids):
    made = plan({"a": [3], "b": [3]})
    found = kept(made, Order.of(made, ids), must_before=(("a", "b"),))
    assert found.passed == (("a", "b", 0.0),)
    assert findings(found) == ()


def test_who_had_begun_is_not_counted():
    made = plan({"a": [3], "b": [stage(3, since=-1)]}, departments=[Department("d", "D")])
    assert kept(made, Order.of(made, ["a", "b"]), must_before=(("a", "b"),)).passed == ()


def test_nothing_is_run_where_there_is_nothing_to_keep():
    made = plan({"a": [3], "b": [3]})
    assert findings(kept(made, Order.of(made, ["a", "b"]), first=("a",))) == ()


def test_an_optimisation_tells_it_beside_the_limits():
    """The fishing permit waits for the boat licence, and carers begin first all the same: it is said how often."""
    scenario = onelogin_sim.load_scenario(SMALL)
    made = scenario.plan()
    limits = Limits(must_before=(("fishing-permit", "carers"),))
    question = Question(
        Objectives((Objective("mean", made.targets[0].id),)), limits, scenario.order(), 0, 400, 200, 1, 7.0
    )
    found = judge(scenario, question, look(scenario, question))
    expected = as_kept(made, found.proof.answer, limits, seed=1, replications=question.proved[-200:])
    assert expected.passed[0][2] > 0
    told = findings(expected)
    assert [one for one in found.findings if one.code == "limits"] == list(told)
    assert told[0].text in " ".join(summary_text(found).split())
