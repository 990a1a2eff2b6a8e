"""Every engine against contract 1 written as a plain loop over days (`day_loop.py`)."""

import numpy as np
from hypothesis import given, settings

import day_loop
import plans
from onelogin_sim.draws import draw
from strategies import cases


def same(plan, order, timeline, expected):
    """Both arrays are equal; if not, say which task of which replication and what each says."""
    for name, ours, theirs in zip(
        ("start", "finish"), (timeline.start, timeline.finish), expected, strict=True
    ):
        assert ours.dtype == np.int32
        assert ours.shape == theirs.shape
        for row, task in np.argwhere(ours != theirs):
            who = f"{plan.tasks[task].item}.{plan.tasks[task].stage}"
            raise AssertionError(
                f"{name} of {who} in row {row}: {ours[row, task]}, the loop says {theirs[row, task]}"
            )


@given(cases())
@settings(max_examples=500)
def test_any_plan(engine, case):
    """The most valuable test here: unkind plans, any order with hold-backs, any days."""
    plan, order, draws = case
    same(plan, order, engine(plan, order, draws), day_loop.run(plan, order, draws))


def test_every_feature_at_once(engine):
    plan = plans.everything()
    order = plans.order(plan, hold_backs=[("pension", "mot")])
    draws = draw(plan, 1, 40)
    same(plan, order, engine(plan, order, draws), day_loop.run(plan, order, draws))
