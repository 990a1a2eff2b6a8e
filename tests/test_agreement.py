"""The two engines agree on every event of every replication, always (contract 1.8).

Counter-examples are kept: a plan on which the engines once disagreed goes to ``tests/agreement/`` as a
scenario folder, and is run on both from then on.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

import large_plans
import onelogin_sim
import plans
from onelogin_sim.draws import Draws, deterministic, draw
from onelogin_sim.engines import compiled, reference
from onelogin_sim.engines.compiled.many import Many
from onelogin_sim.layout import layout
from onelogin_sim.plan import Order
from onelogin_sim.timeline import Timeline, first_difference
from onelogin_sim.timeline.events import Phase
from strategies import cases

HERE = Path(__file__).parent
SCENARIOS = HERE.parent / "scenarios"

#: Large plans of each size.
SEEDS = 40 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 2

#: At least so many plans: 500 where every change is checked, 20,000 in the long profile.
PLANS = 20_000 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 500


def agree(plan, order, draws):
    """Both engines, event for event; a difference is told with what went before it."""
    fast, slow = compiled.run(plan, order, draws), reference.run(plan, order, draws)
    assert fast.start.dtype == slow.start.dtype == fast.finish.dtype == slow.finish.dtype == np.int32
    difference = first_difference(fast, slow, order, draws)
    assert difference is None, f"compiled (first) and reference (second):\n{difference}"


@given(cases())
@settings(max_examples=PLANS)
def test_on_any_plan(case):
    agree(*case)


@pytest.mark.parametrize("strict", [False, True], ids=["passing", "strict"])
@pytest.mark.parametrize("size", large_plans.SIZES)
def test_on_large_plans(size, strict):
    """What a plan of six items never fills: words of bits, classes, calendars beyond a word."""
    for seed in range(SEEDS):
        agree(*large_plans.case(size, seed, strict=strict))


def test_with_more_hold_backs_than_small_numbers_count():
    """300 items, each held back for all before it: 44,850 lists, and the numbers of slots stay small."""
    ids = [f"i{number:03d}" for number in range(300)]
    made = plans.plan({name: [plans.stage(1, crew=1)] for name in ids}, resources={"crew": 1}, horizon=400)
    holds = [(later, earlier) for place, later in enumerate(ids) for earlier in ids[:place]]
    order = Order.of(made, ids[::-1], hold_backs=holds)
    draws = deterministic(made)
    assert layout(made).item.dtype == np.uint16
    agree(made, order, draws)
    whole = Many(made, draws).go_live(np.array([order.rank]), [order.hold_backs], np.arange(1))
    np.testing.assert_array_equal(whole[0], compiled.run(made, order, draws).go_live)


def test_a_running_task_is_not_begun_again_however_many_it_seems_to_wait_for():
    """As many arcs and hold-backs into it as there are slots, and more: it runs, and nothing starts it anew."""
    ids = ["z", *(f"a{number:02d}" for number in range(63))]
    items = {
        name: [plans.stage(4 if name == "z" else 1, crew=1, **({"since": -1} if name == "z" else {}))]
        for name in ids
    }
    made = plans.plan(items, arcs=[(name, "z") for name in ids[1:]], resources={"crew": 64}, horizon=40)
    order = Order.of(made, ids, hold_backs=[("z", name) for name in ids[1:]])
    agree(made, order, deterministic(made))


def test_on_every_feature_at_once():
    plan = plans.everything()
    agree(plan, plans.order(plan, hold_backs=[("pension", "mot")]), draw(plan, 1, 200))


@pytest.mark.parametrize("variant", [(), ("no_freezes",), ("all_ready",), ("growth_as_planned",)])
def test_on_the_real_scenario(variant):
    scenario = onelogin_sim.load_scenario(SCENARIOS / "roadmap-2025" / "scenario.yaml", variant)
    plan = scenario.plan()
    draws = draw(plan, 7, 4)
    for name in ("as_listed", "shortest_first"):
        agree(plan, scenario.order(name), draws)


@pytest.mark.parametrize(
    "folder", sorted((HERE / "agreement").glob("*/scenario.yaml")), ids=lambda path: path.parent.name
)
def test_on_what_once_disagreed(folder):
    scenario = onelogin_sim.load_scenario(folder)
    agree(scenario.plan(), scenario.order(), draw(scenario.plan(), 1, 50))


def test_results_do_not_depend_on_the_block():
    plan = plans.everything()
    order = plans.order(plan)
    whole = compiled.run(plan, order, draw(plan, 3, 20))
    parts = [compiled.run(plan, order, draw(plan, 3, range(start, start + 5))) for start in range(0, 20, 5)]
    np.testing.assert_array_equal(whole.start, np.concatenate([part.start for part in parts]))
    np.testing.assert_array_equal(whole.finish, np.concatenate([part.finish for part in parts]))


@pytest.mark.parametrize("folder", ["small", "roadmap-2025"])
def test_runs_uncompiled_with_the_same_result(folder):
    """For debugging: NUMBA_DISABLE_JIT=1 runs the same lines as plain Python."""
    program = (
        "import numpy as np, onelogin_sim\n"
        "from onelogin_sim.draws import deterministic\n"
        "from onelogin_sim.engines import compiled\n"
        f"scenario = onelogin_sim.load_scenario({str(SCENARIOS / folder / 'scenario.yaml')!r})\n"
        "plan = scenario.plan()\n"
        "timeline = compiled.run(plan, scenario.order(), deterministic(plan))\n"
        "print(timeline.start.tolist(), timeline.finish.tolist())\n"
    )
    printed = [
        subprocess.run(
            [sys.executable, "-W", "error", "-c", program],
            env={**os.environ, "NUMBA_DISABLE_JIT": disabled},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for disabled in ("0", "1")
    ]
    assert printed[0] == printed[1] != ""


# -- how a difference is told --------------------------------------------------------------------------------


def two_runs():
    """The tiny plan, and the same run with `c` a day late."""
    plan = plans.tiny()
    order = plans.order(plan)
    draws = draw(plan, 1, 2)
    run = reference.run(plan, order, draws)
    start, finish = run.start.copy(), run.finish.copy()
    start[1, 2] += 1
    finish[1, 2] += 1
    return plan, order, draws, run, Timeline(plan, run.replications, start, finish)


def test_the_first_difference_is_named_with_what_went_before():
    _, order, draws, run, late = two_runs()
    difference = first_difference(run, late, order, draws)
    assert difference.replication == 1
    assert (difference.first.day, difference.first.phase, difference.first.subject) == (3, Phase.HAND_OUT, 2)
    assert [(event.day, event.phase, event.subject) for event in difference.before] == [
        (0, Phase.HAND_OUT, 0),
        (3, Phase.FINISH, 0),
        (3, Phase.HAND_OUT, 1),
    ]
    assert str(difference) == (
        "Replication 1: the two timelines part here.\n"
        "  both:   day 0, hand out: a.s0 (task 0)\n"
        "  both:   day 3, finish: a.s0 (task 0)\n"
        "  both:   day 3, hand out: b.s0 (task 1)\n"
        "  first:  day 3, hand out: c.s0 (task 2)\n"
        "  second: day 4, hand out: c.s0 (task 2)"
    )


def test_equal_timelines_have_no_difference():
    _, order, draws, run, _ = two_runs()
    assert first_difference(run, run, order, draws) is None


def test_timelines_of_other_replications_are_not_compared():
    plan, order, draws, run, _ = two_runs()
    other = reference.run(plan, order, Draws(range(2, 4), draws.days, draws.earliest, draws.loss_start))
    with pytest.raises(ValueError, match=r"^these timelines are not of the same plan and replications$"):
        first_difference(run, other, order, draws)
