"""Draws: the rules of contracts 2 and 4 on hand numbers, and nobody's luck depending on anybody else."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from onelogin_sim.calendars import NEVER
from onelogin_sim.distributions import Distribution, table
from onelogin_sim.draws import deterministic, draw, draw_swapped
from onelogin_sim.errors import PlanError
from onelogin_sim.plan import (
    Barrier,
    CapacityLoss,
    Delay,
    Department,
    Gate,
    Item,
    NotBefore,
    Pace,
    Risk,
    Task,
)
from onelogin_sim.uniforms import decision_key, uniforms
from plans import everything, plan, stage, worked

MANY = 4000
WIDE = Distribution("split_lognormal", (5.0, 12.0, 40.0))
WIDE_FACTOR = Distribution("triangular", (0.7, 1.0, 2.0))


def fixed(value):
    return Distribution("fixed", (float(value),))


def uniform(owner, decision, seed=1, replications=MANY):
    """The uniforms of one named decision, straight from the generator."""
    return uniforms(seed, np.array([decision_key(owner, decision)], dtype=np.uint64), range(replications))[0]


def share(found, expected):
    """Within four standard errors of a share."""
    assert abs(np.mean(found) - expected) < 4 * np.sqrt(expected * (1 - expected) / len(found)) + 1e-12


# -- whose luck it is ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["aa", "next", "zz"])
def test_adding_a_service_changes_nobody_elses_luck(name):
    """Exactly: first, between or last by id, with needs, gates, barriers, readiness and risks of its own."""
    full = everything()
    added = Item(name, "", "hmrc", readiness=(("@department:hmrc", fixed(4)), (name, fixed(2))))
    work = Task(name, "build", WIDE, "office", needs=(("crew", 1),), slowed_by=("legacy",))
    items = tuple(sorted((*full.items, added), key=lambda item: item.id))
    tasks = tuple(sorted((*full.tasks, work), key=lambda task: task.item))
    at = next(index for index, task in enumerate(tasks) if task.item == name)
    arcs = tuple(tuple(end + (end >= at) for end in arc) for arc in full.arcs)
    before, after = draw(full, 5, 200), draw(replace(full, items=items, tasks=tasks, arcs=arcs), 5, 200)
    others = [index for index, task in enumerate(tasks) if task.item != name]
    assert np.array_equal(after.days[:, others], before.days)
    assert np.array_equal(
        after.earliest[:, [i for i, item in enumerate(items) if item.id != name]], before.earliest
    )
    assert np.array_equal(after.loss_start, before.loss_start)


def test_a_changed_distribution_keeps_the_luck_of_all():
    """Common random numbers: a longer stage is longer in every future, and nothing else moves."""
    made = plan({"a": [WIDE, WIDE], "b": [WIDE]})
    longer = Distribution("split_lognormal", (7.0, 15.0, 50.0))
    other = replace(made, tasks=(made.tasks[0], replace(made.tasks[1], duration=longer), made.tasks[2]))
    before, after = draw(made, 1, 500).days, draw(other, 1, 500).days
    assert np.array_equal(before[:, [0, 2]], after[:, [0, 2]])
    assert (after[:, 1] >= before[:, 1]).all()
    assert (after[:, 1] > before[:, 1]).any()


@given(strategies.plans(), st.integers(0, 2**64 - 1), st.integers(0, 9), st.integers(1, 6))
def test_any_block_is_a_slice_of_the_whole(made, seed, first, count):
    whole, part = draw(made, seed, first + count), draw(made, seed, range(first, first + count))
    assert whole.replications == range(first + count)
    assert part.replications == range(first, first + count)
    for name in ("days", "earliest", "loss_start"):
        assert np.array_equal(getattr(part, name), getattr(whole, name)[first:])


@given(strategies.plans(), st.integers(0, 5))
def test_shapes_and_bounds(made, seed):
    """Milestones 0; what runs at least 1; the rest at least 1, or 0 where a gate can be shut."""
    for draws, count in ((draw(made, seed, 5), 5), (deterministic(made), 1)):
        losses = sum(isinstance(risk.effect, CapacityLoss) for risk in made.risks)
        assert draws.days.shape == (count, len(made.tasks))
        assert draws.earliest.shape == (count, len(made.items))
        assert draws.loss_start.shape == (count, losses)
        for array in (draws.days, draws.earliest, draws.loss_start):
            assert array.dtype == np.int32
            assert array.flags.c_contiguous
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 0
        for index, task in enumerate(made.tasks):
            days = draws.days[:, index]
            if task.duration is None:
                assert (days == 0).all()
            else:
                assert (days >= (0 if task.gates else 1)).all()
        assert (draws.earliest >= 0).all()
        for index, item in enumerate(made.items):
            tasks = made.tasks_of[item.id]
            if not tasks or made.tasks[tasks[0]].since is not None:
                assert (draws.earliest[:, index] == 0).all()


@pytest.mark.parametrize(
    ("seed", "replications", "text"),
    [
        (-1, 1, "seed must be at least 0 and below 2**64, not -1"),
        (2**64, 1, "seed must be at least 0 and below 2**64, not 18446744073709551616"),
        (1, 0, "replications must be one or more consecutive numbers from 0 on, not 0"),
        (
            1,
            range(0, 4, 2),
            "replications must be one or more consecutive numbers from 0 on, not range(0, 4, 2)",
        ),
        (1, range(-2, 4), "replications must be one or more consecutive numbers from 0 on, not range(-2, 4)"),
    ],
)
def test_what_cannot_be_drawn_is_refused(seed, replications, text):
    with pytest.raises(ValueError) as caught:
        draw(everything(), seed, replications)
    assert str(caught.value) == text


def test_two_decisions_with_one_key_are_refused(monkeypatch):
    """One pair in 2**64 shares a hash; their luck would be the same, so it is said."""
    monkeypatch.setattr("onelogin_sim.draws.program.key_of", lambda owner, decision: 7)
    with pytest.raises(PlanError) as caught:
        draw(plan({"a": [1, 1]}), 1, 1)
    assert str(caught.value) == (
        "('a', 'duration:s1:0') and ('a', 'duration:s0:0') share a random number key; rename one of them"
    )


def test_the_names_of_the_decisions():
    """Pinned: another name is other luck, and no stored result could be reproduced."""
    factor = Distribution("triangular", (0.5, 1.0, 2.0))
    made = plan(
        {"a": [stage(WIDE, "build", slowed_by=("legacy",)), stage(WIDE, "build", repeat_pass=1)]},
        pace=Pace(factor, factor, factor),
        barriers=(Barrier("legacy", 0.5, factor),),
        details={"a": {"readiness": (("@department:d", WIDE), ("a", WIDE))}},
        risks=(Risk("law", "", 0.5, CapacityLoss("team", 1, 3, 4, 8)),),
        resources={"team": 1},
    )
    found = draw(made, 1, MANY)

    def thousandths(owner, decision):
        return table(factor, 1000).look_up(uniform(owner, decision))

    pace = np.full(MANY, 1000)
    for owner, decision in (
        ("@programme", "pace"),
        ("@department:d", "pace"),
        ("@programme", "optimism bias"),
    ):
        pace = (pace * thousandths(owner, decision) + 500) // 1000
    slowed = (pace * thousandths("@department:d", "barrier:legacy:size") + 500) // 1000
    both = np.where(uniform("@department:d", "barrier:legacy:present") < 0.5, slowed, pace)
    for index, factors in ((0, both), (1, pace)):
        days = table(WIDE).look_up(uniform("a", f"duration:build:{index}"))
        assert np.array_equal(found.days[:, index], np.maximum(1, (days * factors + 500) // 1000))
    forward = table(WIDE, least=0)
    expected = forward.look_up(uniform("@department:d", "readiness")) + forward.look_up(
        uniform("a", "readiness")
    )
    assert np.array_equal(found.earliest[:, 0], expected)
    day = 4 + (uniform("@risk:law", "size") * 5).astype(int)
    assert np.array_equal(found.loss_start[:, 0], np.where(uniform("@risk:law", "occurs") < 0.5, day, NEVER))


# -- some decisions as in other replications ----------------------------------------------------------------


@given(strategies.plans(), st.integers(0, 2**64 - 1), st.integers(0, 9), st.integers(0, 9), st.integers(1, 6))
def test_swapping_nothing_or_everything(made, seed, first, second, count):
    """Nothing: the replications themselves. Everything: the others, under the names of these."""
    which, other = range(first, first + count), range(second, second + count)
    for swap, source in ((False, which), (True, other)):
        found = draw_swapped(made, seed, which, lambda owner, decision, swap=swap: swap, other)
        expected = draw(made, seed, source)
        assert found.replications == which
        for name in ("days", "earliest", "loss_start"):
            assert np.array_equal(getattr(found, name), getattr(expected, name))
            assert not getattr(found, name).flags.writeable


@given(strategies.plans(), st.integers(0, 5))
def test_swapping_one_owner_moves_nothing_that_does_not_depend_on_it(made, seed):
    """The decisions of one item alone: its own tasks and earliest day are the others', all else stays."""
    mine = made.items[0].id
    found = draw_swapped(made, seed, 4, lambda owner, decision: owner != mine, range(7, 11))
    here, there = draw(made, seed, 4), draw(made, seed, range(7, 11))
    own = [task.item == mine for task in made.tasks]
    assert np.array_equal(
        found.days[:, ~np.array(own, dtype=bool)], there.days[:, ~np.array(own, dtype=bool)]
    )
    assert np.array_equal(found.earliest[:, 1:], there.earliest[:, 1:])
    assert np.array_equal(found.loss_start, there.loss_start)
    if made.pace == Pace() and not made.risks and not any(task.slowed_by for task in made.tasks):
        assert np.array_equal(found.days[:, own], here.days[:, own])


def test_swapping_the_pace_of_the_programme_by_hand():
    """The stage keeps its own luck; the factor is that of the other replication."""
    made = plan({"a": [WIDE]}, pace=Pace(programme=WIDE_FACTOR))
    found = draw_swapped(made, 1, 50, lambda *name: name == ("@programme", "pace"), range(103, 153))
    days = table(WIDE).look_up(uniform("a", "duration:s0:0"))[:50]
    factor = table(WIDE_FACTOR, 1000).look_up(uniform("@programme", "pace"))[103:153]
    assert np.array_equal(found.days[:, 0], np.maximum(1, (days * factor + 500) // 1000))


def test_as_many_others_are_needed():
    with pytest.raises(ValueError) as caught:
        draw_swapped(everything(), 1, 4, lambda *name: True, range(5))
    assert str(caught.value) == "4 replications cannot take decisions from 5 others"
    with pytest.raises(ValueError) as caught:
        draw_swapped(everything(), 1, 4, lambda *name: True, range(0, 8, 2))
    assert str(caught.value) == (
        "replications must be one or more consecutive numbers from 0 on, not range(0, 8, 2)"
    )


# -- scaling, contract 4.2 ----------------------------------------------------------------------------------


def scaled(days, *factors):
    """By hand: F from 1000, rounded to a thousandth at each step; days rounded, at least one."""
    whole = 1000
    for factor in factors:
        whole = (whole * factor + 500) // 1000
    return max(1, (days * whole + 500) // 1000)


def test_factors_by_hand():
    """1.1 · 1.25 = 1.375; · 1.1 = 1.5125 → 1.513; seven days become 10.591 → 11."""
    assert scaled(7, 1100, 1250, 1100) == 11
    made = plan({"a": [7, 1]}, pace=Pace(fixed(1.1), fixed(1.25), fixed(1.1)))
    assert draw(made, 1, 3).days.tolist() == [[11, 2]] * 3


def test_half_a_day_rounds_up_and_a_day_is_the_least():
    """Five days at 0.5 are 2.5 → 3; one day at 0.3 is still a day."""
    assert draw(plan({"a": [5]}, pace=Pace(programme=fixed(0.5))), 1, 1).days.tolist() == [[3]]
    assert draw(plan({"a": [1]}, pace=Pace(programme=fixed(0.3))), 1, 1).days.tolist() == [[1]]


@given(
    st.integers(1, 400),
    st.lists(st.integers(300, 3000), min_size=5, max_size=5),
    st.permutations(["b1", "b2"]),
)
def test_factors_in_their_order(days, factors, slowed_by):
    """Programme, department, optimism bias, barriers by id however listed: each step's rounding shows it."""
    made = plan(
        {"a": [stage(days, slowed_by=tuple(slowed_by))]},
        pace=Pace(*(fixed(factor / 1000) for factor in factors[:3])),
        barriers=tuple(Barrier(f"b{n}", 1.0, fixed(factors[2 + n] / 1000)) for n in (1, 2)),
    )
    assert draw(made, 1, 1).days.tolist() == [[scaled(days, *factors)]]


def test_only_what_a_stage_names_slows_it():
    made = plan(
        {"a": [stage(10, slowed_by=("b1",)), stage(10), 0]},
        barriers=(Barrier("b1", 1.0, fixed(2)), Barrier("b2", 1.0, fixed(3))),
    )
    assert draw(made, 1, 1).days.tolist() == [[20, 10, 0]]


def two_departments(**fields):
    return plan(
        {name: [stage(1000, slowed_by=fields.get("slowed_by", ()))] for name in ("a", "b", "c")},
        departments=fields.pop("departments", [Department("d", "D"), Department("e", "E")]),
        details={"c": {"department": "e"}},
        **{key: value for key, value in fields.items() if key != "slowed_by"},
    )


def test_a_barrier_touches_a_department_as_a_whole():
    """One presence and one size per department and barrier: `a` and `b` together, `c` apart, each 65%."""
    size = Distribution("triangular", (1.2, 1.5, 3.0))
    made = two_departments(slowed_by=("legacy",), barriers=(Barrier("legacy", 0.65, size),))
    days = draw(made, 1, MANY).days
    assert np.array_equal(days[:, 0], days[:, 1])
    touched = days != 1000
    for column in (0, 2):
        share(touched[:, column], 0.65)
    assert abs(np.corrcoef(touched[:, 0], touched[:, 2])[0, 1]) < 4 / np.sqrt(MANY)
    assert abs(np.corrcoef(days[:, 0], days[:, 2])[0, 1]) < 4 / np.sqrt(MANY)


@pytest.mark.parametrize(
    ("given_share", "certain", "expected"), [(0.0, (), 0), (0.0, ("b",), 1), (1.0, (), 1)]
)
def test_a_barrier_may_be_certain_or_impossible(given_share, certain, expected):
    made = two_departments(
        slowed_by=("b",),
        barriers=(Barrier("b", given_share, fixed(2)),),
        departments=[Department("d", "D", certain), Department("e", "E")],
    )
    days = draw(made, 1, 50).days
    assert (days[:, 0] == 1000 * (1 + expected)).all()
    assert (days[:, 2] == 1000 * (1 + (given_share == 1.0))).all()


def test_pace_is_what_correlates_work():
    """The programme's is shared by all, a department's by its own services; without pace there is none."""
    spread = Distribution("split_lognormal", (0.8, 1.0, 1.4))
    alike = draw(two_departments(pace=Pace(programme=spread)), 1, MANY).days
    assert np.array_equal(alike[:, 0], alike[:, 2])
    own = draw(two_departments(pace=Pace(department=spread)), 1, MANY).days
    assert np.array_equal(own[:, 0], own[:, 1])
    assert abs(np.corrcoef(own[:, 0], own[:, 2])[0, 1]) < 4 / np.sqrt(MANY)
    bias = draw(two_departments(pace=Pace(optimism_bias=spread)), 1, MANY).days
    assert np.array_equal(bias[:, 0], bias[:, 2])
    assert not np.array_equal(bias, alike)  # its own draw, not the programme's pace again
    both = draw(two_departments(pace=Pace(programme=spread, department=spread)), 1, MANY).days
    assert 0.3 < np.corrcoef(both[:, 0], both[:, 2])[0, 1] < 0.7
    for column in (0, 2):
        assert np.median(own[:, column]) == pytest.approx(1000, rel=0.02)


# -- existence and repeats ----------------------------------------------------------------------------------


def test_what_shares_a_gate_shares_its_luck():
    once, again = Gate("exists", 0.3), Gate("other", 0.3)
    made = plan({"a": [stage(2, gates=(once,)), stage(3, gates=(once,)), stage(4, gates=(again,)), 1]})
    there = draw(made, 1, MANY).days > 0
    assert np.array_equal(there[:, 0], there[:, 1])
    share(there[:, 0], 0.3)
    share(there[:, 0] & there[:, 2], 0.09)
    assert there[:, 3].all()
    assert np.array_equal(there[:, 0], uniform("a", "exists") < 0.3)


def test_gates_belong_to_their_item():
    made = plan({name: [stage(2, gates=(Gate("exists", 0.5),)), 1] for name in "ab"})
    there = draw(made, 1, MANY).days > 0
    share(there[:, 0] & there[:, 2], 0.25)


def test_a_pass_exists_only_if_the_one_before_does():
    """A fifth of checks fails, at most twice: 0.2 and 0.04; each pass has its own duration."""
    first, second = Gate("again:1", 0.2, repeat=True), Gate("again:2", 0.2, repeat=True)
    made = plan(
        {
            "a": [
                stage(WIDE, "check"),
                stage(WIDE, "check", repeat_pass=1, gates=(first,)),
                stage(WIDE, "check", repeat_pass=2, gates=(first, second)),
                stage(1, "ramp"),
            ]
        }
    )
    days = draw(made, 1, MANY).days
    share(days[:, 1] > 0, 0.2)
    share(days[:, 2] > 0, 0.04)
    assert (days[days[:, 2] > 0, 1] > 0).all()
    twice = days[days[:, 1] > 0]
    assert abs(np.corrcoef(twice[:, 0], twice[:, 1])[0, 1]) < 4 / np.sqrt(len(twice))


# -- running stages, contract 4.8 ---------------------------------------------------------------------------


def remaining_by_brute_force(distribution, elapsed, factor):
    """All that is longer than what has been done, on a fine grid of uniforms, less what has been done."""
    grid = (np.arange(400_000) + 0.5) / 400_000
    lengths = np.maximum(1, (table(distribution).look_up(grid) * factor + 500) // 1000)
    return lengths[lengths > elapsed] - elapsed


@pytest.mark.parametrize("factor", [700, 1000, 1350])
@pytest.mark.parametrize("elapsed", [0, 1, 9, 30, 60])
def test_what_is_left_is_the_scaled_duration_given_that_it_exceeds_what_is_done(elapsed, factor):
    made = plan({"a": [stage(WIDE, since=-elapsed)]}, pace=Pace(programme=fixed(factor / 1000)))
    left = draw(made, 1, MANY).days[:, 0]
    oracle = remaining_by_brute_force(WIDE, elapsed, factor)
    assert left.min() >= 1
    assert left.max() <= oracle.max()
    upto = np.arange(0, oracle.max() + 1)
    found = np.searchsorted(np.sort(left), upto, side="right") / len(left)
    exact = np.searchsorted(np.sort(oracle), upto, side="right") / len(oracle)
    assert np.abs(found - exact).max() < 1.95 / np.sqrt(MANY)  # Kolmogorov-Smirnov at one in a thousand


def test_running_from_today_is_like_not_having_begun():
    """With nothing done yet the same uniform gives the same days."""
    begun = plan({"a": [stage(WIDE, since=0)]}, pace=Pace(programme=WIDE_FACTOR))
    fresh = plan({"a": [WIDE]}, pace=Pace(programme=WIDE_FACTOR))
    assert np.array_equal(draw(begun, 1, 500).days, draw(fresh, 1, 500).days)


def test_what_is_left_grows_with_the_luck():
    """A quantity is monotone in its uniform, also when it is conditional."""
    made = plan({"a": [stage(WIDE, since=-11)]})
    left = draw(made, 1, MANY).days[:, 0]
    drawn = uniform("a", "duration:s0:0")
    assert (np.diff(left[np.argsort(drawn)]) >= 0).all()


def test_elapsed_counts_working_days_of_the_tasks_calendar():
    """Begun seven days ago, two of them a weekend: five of twelve days are done."""
    week = worked("week", "#####.." * 6, first=-7)
    made = plan({"a": [stage(12, since=-7, calendar="week")]}, calendars=[week], horizon=35)
    assert draw(made, 1, 2).days.tolist() == [[7], [7]]


def test_beyond_the_whole_table_a_day_is_left():
    made = plan({"a": [stage(12, since=-12)], "b": [stage(12, since=-11)], "c": [stage(12, since=-50)]})
    assert draw(made, 1, 2).days.tolist() == [[1, 1, 1]] * 2
    assert deterministic(made).days.tolist() == [[1, 1, 1]]


# -- readiness, contract 4.7 --------------------------------------------------------------------------------


def test_an_item_comes_forward_when_its_department_and_it_are_ready():
    """Both are added up; the department's draw is shared; a release date is the least; what runs has come."""
    slow = Distribution("cumulative", (0.0, 0.21, 100.0, 1.0))
    ready = {"readiness": (("@department:d", slow),)}
    made = plan(
        {"a": [1], "b": [1], "c": [1], "e": [stage(3, since=-1)]},
        details={
            "a": ready,
            "b": {"readiness": (("@department:d", slow), ("b", fixed(7)))},
            "c": {**ready, "release": 30},
            "e": {**ready, "release": 30},
        },
        live={"f": -3},
    )
    a, b, c, e, f = draw(made, 1, MANY).earliest.T
    assert np.array_equal(b, a + 7)
    assert np.array_equal(c, np.maximum(a, 30))
    assert not e.any()
    assert not f.any()
    share(a == 0, 0.21 + 0.79 * 0.005)
    assert a.max() == 100


# -- risks, contract 4.6 ------------------------------------------------------------------------------------


def test_a_delay_is_added_after_scaling_to_the_named_stage_of_the_named_items():
    """Once: to the first pass only; what does not exist is not delayed; all it touches share one draw."""
    size = Distribution("observed", (3.0, 8.0))
    again = Gate("again", 0.5, repeat=True)
    risk = Risk("r", "", 0.4, Delay("build", ("a", "b", "c"), size))
    made = plan(
        {
            "a": [
                stage(10, "find"),
                stage(10, "build"),
                stage(10, "build", repeat_pass=1, gates=(again,)),
                1,
            ],
            "b": [stage(10, "build", gates=(Gate("exists", 0.5),)), 1],
            "c": [stage(10, "build", since=-4)],
            "d": [stage(10, "build")],
        },
        risks=(risk,),
        pace=Pace(programme=fixed(2)),
    )
    days = draw(made, 1, MANY).days
    added = days[:, 1] - 20
    share(added > 0, 0.4)
    assert set(np.unique(added)) == {0, 3, 8}
    share(added[added > 0] == 8, 0.5)
    assert (days[:, 0] == 20).all()
    assert set(np.unique(days[:, 2])) == {0, 20}
    there = days[:, 4] > 0
    assert np.array_equal(days[there, 4], 20 + added[there])
    assert np.array_equal(days[:, 6], 16 + added)
    assert (days[:, 7] == 20).all()


def test_a_capacity_loss_begins_on_any_day_of_its_window():
    risks = (
        Risk("r1", "", 0.25, CapacityLoss("team", 1, 3, 10, 14)),
        Risk("r2", "", 1.0, NotBefore(("a",), 0, 1)),
        Risk("r3", "", 1.0, CapacityLoss("team", 1, 3, 7, 7)),
        Risk("r4", "", 0.0, CapacityLoss("team", 1, 3, 0, 50)),
    )
    begins = draw(plan({"a": [1]}, resources={"team": 1}, risks=risks), 1, MANY).loss_start
    assert begins.shape == (MANY, 3)
    happened = begins[:, 0] != NEVER
    share(happened, 0.25)
    for day in range(10, 15):
        share(begins[happened, 0] == day, 0.2)
    assert begins[happened, 0].min() >= 10
    assert begins[happened, 0].max() <= 14
    assert (begins[:, 1] == 7).all()
    assert (begins[:, 2] == NEVER).all()


def test_not_before_holds_what_has_not_begun():
    risks = (Risk("r", "", 0.5, NotBefore(("a", "b", "c", "e"), 20, 29)),)
    made = plan(
        {"a": [1], "b": [1], "c": [stage(5, since=-1)], "d": [1]},
        details={"b": {"release": 25}},
        live={"e": -2},
        risks=risks,
    )
    a, b, c, d, e = draw(made, 1, MANY).earliest.T
    share(a > 0, 0.5)
    assert set(np.unique(a)) == {0, *range(20, 30)}
    assert np.array_equal(b, np.maximum(a, 25))
    assert not c.any()
    assert not d.any()
    assert not e.any()


# -- the deterministic run, contract 4.11 -------------------------------------------------------------------


def test_the_deterministic_run_by_hand():
    """Medians, no factor, no barrier however certain, no risk, no repeat; what is as likely as not exists."""
    full = everything()
    draws = deterministic(full)
    assert draws.replications == range(1)
    left = np.sort(remaining_by_brute_force(Distribution("lognormal", (8.0, 20.0)), 4, 1000))
    names = [(task.item, task.stage, task.repeat_pass) for task in full.tasks]
    assert dict(zip(names, draws.days[0].tolist(), strict=True)) == {
        ("gateway", "migrate", 0): table(Distribution("pert", (3.0, 5.0, 12.0))).median,
        ("mot", "find", 0): 4,  # triangular (2, 3, 8): F(3.5) = 0.325, F(4.5) = 1 - 3.5²/30 = 0.592
        ("mot", "build", 0): 4,
        ("mot", "check", 0): 2,
        ("mot", "build", 1): 0,
        ("mot", "check", 1): 0,
        ("mot", "agreed", 0): 0,
        ("mot", "ramp", 0): 4,
        ("mot", "care", 0): 10,
        ("passport", "build", 0): left[len(left) // 2],  # four working days done since day -5, a Saturday
        ("passport", "ramp", 0): 3,
        ("pension", "find", 0): 4,
        ("pension", "build", 0): table(Distribution("cumulative", (0.0, 0.2, 20.0, 1.0))).median,
    }
    assert draws.loss_start.tolist() == [[NEVER]]
    assert dict(zip([item.id for item in full.items], draws.earliest[0].tolist(), strict=True)) == {
        "gateway": 0,
        "mot": 0,
        "passport": 0,
        "pension": 5,  # half are ready on day 0 already; three days of its own; released on day 5
        "tax": 0,
    }


@pytest.mark.parametrize(
    ("probability", "repeat", "days"), [(0.5, False, 3), (0.49, False, 0), (0.9, True, 0)]
)
def test_gates_of_the_deterministic_run(probability, repeat, days):
    made = plan({"a": [stage(3, gates=(Gate("g", probability, repeat),)), 1]})
    assert deterministic(made).days.tolist() == [[days, 1]]


def test_what_runs_takes_the_median_of_what_is_left():
    elapsed = 9
    made = plan({"a": [stage(WIDE, since=-elapsed)]}, pace=Pace(programme=fixed(3)))
    left = np.sort(remaining_by_brute_force(WIDE, elapsed, 1000))
    assert deterministic(made).days[0, 0] == left[len(left) // 2]


@given(strategies.plans())
def test_nothing_goes_wrong_in_the_deterministic_run(made):
    draws = deterministic(made)
    assert (draws.loss_start == NEVER).all()
    for index, task in enumerate(made.tasks):
        if task.duration is not None and task.since is None:
            open_ = all(gate.probability >= 0.5 and not gate.repeat for gate in task.gates)
            assert draws.days[0, index] == (table(task.duration).median if open_ else 0)
