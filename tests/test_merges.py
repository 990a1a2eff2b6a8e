"""Merge bias: where paths meet, the mean of the latest is later than the latest of the means."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from onelogin_sim.distributions import Distribution
from onelogin_sim.draws import draw
from onelogin_sim.driving.estimates import Estimate, mean_estimate
from onelogin_sim.driving.merges import Merge, add, merge_bias, merge_sums, merges
from onelogin_sim.engines import reference
from plans import order, plan, stage
from strategies import cases

ONE_OR_THREE = Distribution("observed", (1.0, 3.0))


def bias_of(made, replications=1, text="", **fields):
    served = order(made, text, **fields)
    found = merges(made, served)
    timeline = reference.run(made, served, draw(made, 1, replications))
    return merge_bias(made, found, merge_sums(timeline, found))


def test_two_equal_paths_of_one_or_three_days():
    """E[max] = 3 · ¾ + 1 · ¼ = 2.5 days, each alone 2: the merge adds half a day, and either is often last."""
    made = plan({"a": [ONE_OR_THREE], "b": [ONE_OR_THREE], "c": [1]}, arcs=[("a", "c"), ("b", "c")])
    (merge,) = bias_of(made, 4000)
    assert (merge.item, merge.stage, merge.repeat_pass) == ("c", "s0", 0)
    assert merge.days.low < 0.5 < merge.days.high
    assert merge.days.high - merge.days.low < 0.07
    assert merge.all_finished == pytest.approx(2.5, abs=0.06)
    # Last, or last together with the other: 1 - P(1 day while the other takes 3) = ¾.
    assert [one.last for one in merge.inputs] == pytest.approx([0.75, 0.75], abs=0.04)
    assert [one.finish for one in merge.inputs] == pytest.approx([2, 2], abs=0.06)


def test_a_merge_of_certain_paths_adds_nothing():
    made = plan({"a": [4], "b": [9], "c": [1]}, arcs=[("a", "c"), ("b", "c")])
    (merge,) = bias_of(made, 2)
    assert merge.days == Estimate(0.0, 0.0, 0.0)
    assert [(one.item, one.last, one.finish) for one in merge.inputs] == [("b", 1.0, 9.0), ("a", 0.0, 4.0)]


def test_by_hand_from_three_futures():
    """Finishes 1 and 3, 3 and 1, 3 and 3: the latest is 3 on average, each alone 7/3, so 2/3 of a day is added."""
    made = plan({"a": [ONE_OR_THREE], "b": [ONE_OR_THREE], "c": [1]}, arcs=[("a", "c"), ("b", "c")])
    served, draws = order(made), draw(made, 1, 3)
    days = np.array([[1, 3, 1], [3, 1, 1], [3, 3, 1]], dtype=np.int32)
    timeline = reference.run(made, served, replace(draws, days=days))
    found = merges(made, served)
    assert found == (Merge(2, (0, 1)),)
    (merge,) = merge_bias(made, found, merge_sums(timeline, found))
    # Leads 2, 0, 0: mean 2/3, standard deviation 2/√3, t(2) = 4.302653.
    assert merge.days.mean == pytest.approx(2 / 3)
    assert merge.days.high == pytest.approx(2 / 3 + 4.302652729749464 * 2 / 3)
    assert merge.days.low == 0.0
    assert merge.all_finished == 3.0


def test_what_never_finishes_is_counted_to_the_horizon():
    made = plan({"a": [500], "b": [9], "c": [1]}, arcs=[("a", "c"), ("b", "c")], horizon=100)
    (merge,) = bias_of(made, 2)
    assert [(one.item, one.finish) for one in merge.inputs] == [("a", 100.0), ("b", 9.0)]
    assert merge.days.mean == 0.0


def test_a_stage_waits_for_its_own_stage_before_and_for_another_item():
    made = plan({"a": [3, stage(2, "gated")], "b": [4]}, arcs=[("b", "a.gated")])
    (merge,) = bias_of(made, 2)
    assert [(one.item, one.stage) for one in merge.inputs] == [("b", "s0"), ("a", "s0")]


def test_a_hold_back_is_waited_for_too():
    made = plan({"a": [3], "b": [4], "c": [1]}, arcs=[("a", "c")])
    assert bias_of(made, 2) == ()
    (merge,) = bias_of(made, 2, hold_backs=[("c", "b")])
    assert [one.item for one in merge.inputs] == ["b", "a"]


def test_work_in_hand_waits_for_nothing():
    made = plan({"a": [3], "b": [4], "c": [stage(5, since=-2)]}, arcs=[("a", "c"), ("b", "c")])
    assert merges(made, order(made)) == ()


@given(cases())
def test_it_is_what_the_definition_says_and_blocks_add_up(case):
    made, served, _ = case
    found = merges(made, served)
    whole = reference.run(made, served, draw(made, 3, 5))
    total = merge_sums(whole, found)
    parts = [
        merge_sums(reference.run(made, served, draw(made, 3, part)), found)
        for part in (range(2), range(2, 5))
    ]
    for one, other in zip(total, add(*parts), strict=True):
        assert np.array_equal(one, other)
    by_task = {(one.item, one.stage, one.repeat_pass): one for one in merge_bias(made, found, total)}
    for merge in found:
        task = made.tasks[merge.task]
        finish = np.minimum(whole.finish[:, merge.inputs], made.horizon).astype(float)
        bias = finish.max(axis=1).mean() - finish.mean(axis=0).max()
        assert by_task[task.item, task.stage, task.repeat_pass].days.mean == pytest.approx(bias)
        assert bias >= -1e-9


def test_an_estimate_from_sums_is_students_t():
    """2, 4, 6, 8: mean 5, standard deviation √(20/3), t(3) = 3.182446 (tables)."""
    found = mean_estimate(4, 20, 120)
    half = 3.182446305284263 * (20 / 3) ** 0.5 / 2
    assert (found.mean, found.low, found.high) == pytest.approx((5, 5 - half, 5 + half))
    assert mean_estimate(10, 70, 490) == Estimate(7.0, 7.0, 7.0)


def test_one_future_has_no_interval():
    with pytest.raises(ValueError, match=r"^an interval needs at least 2 futures, not 1$"):
        mean_estimate(1, 5, 25)
