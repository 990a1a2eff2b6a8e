"""Plans without uncertainty: schedules, justification, CP-SAT as oracle, and orders that the engines run."""

import builtins
import math
import sys
import threading
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onelogin_sim.calendars import NEVER
from onelogin_sim.distributions import Distribution
from onelogin_sim.draws import deterministic
from onelogin_sim.engines import compiled, reference
from onelogin_sim.errors import PlanError
from onelogin_sim.orders.search import cp_sat
from onelogin_sim.orders.search.as_order import as_order
from onelogin_sim.orders.search.breeding import chance
from onelogin_sim.orders.search.deterministic import best_schedule, search_fixed
from onelogin_sim.orders.search.fixed import fixed
from onelogin_sim.orders.search.genetic import evolve, justify, population
from onelogin_sim.orders.search.sgs import forward, network
from onelogin_sim.plan import Barrier, CapacityLoss, Gate, Order, Pace, Risk
from onelogin_sim.uniforms import uniforms
from plans import order, plan, stage, worked


@st.composite
def problems(draw, most=7):
    """Services of one task: days, needs of two teams, arcs, sometimes a day to come forward and a team that grows."""
    count = draw(st.integers(2, most))
    names = [f"s{number}" for number in range(count)]
    items, details = {}, {}
    for name in names:
        units = {team: draw(st.integers(0, 3)) for team in ("x", "y")}
        items[name] = [stage(draw(st.integers(1, 6)), **{team: need for team, need in units.items() if need})]
        details[name] = {"release": draw(st.sampled_from([0, 0, 0, 4]))}
    pairs = [(a, b) for a in range(count) for b in range(a + 1, count)]
    arcs = draw(st.lists(st.sampled_from(pairs), max_size=count, unique=True))
    grows = draw(st.booleans())
    return plan(
        items,
        arcs=[(names[a], names[b]) for a, b in arcs],
        resources={"x": [(0, 3), (5, 4)] if grows else 3, "y": 3},
        details=details,
    )


def is_feasible(problem, starts):
    """Precedence, days to come forward and capacity, day by day."""
    ends = starts + problem.days
    for task in range(len(starts)):
        before = problem.waits_for(task)
        assert starts[task] >= max(problem.release[task], ends[before].max(initial=0))
    for time in range(int(ends.max(initial=0))):
        under_way = (starts <= time) & (time < ends)
        assert (problem.needs[under_way].sum(axis=0) <= problem.capacity[time]).all()
    return True


def day_met(made, served):
    """The day the last service is live on the engine."""
    return int(compiled.run(made, served, deterministic(made)).go_live.max())


# -- the problem -----------------------------------------------------------------------------------------


def test_working_days_without_the_days_off():
    """Three days of work from day 1, a Sunday: worked on 2, 3 and 6; then a milestone; then two days to day 9."""
    week = worked("week", "#.##..####..######", first=0)
    made = plan(
        {"a": [stage(3, calendar="week", team=1), 0, stage(2, calendar="week")]},
        resources={"team": [(0, 1), (4, 2)]},
        calendars=[week],
        details={"a": {"release": 1}},
        horizon=18,
        first=0,
    )
    problem = fixed(made)
    assert problem.days.tolist() == [3, 0, 2]
    assert problem.release.tolist() == [1, 0, 0]
    assert problem.capacity[:4, 0].tolist() == [1, 1, 1, 2]
    assert [problem.day_of(time) for time in (0, 1, 4, 6)] == [0, 1, 7, 9]
    assert problem.day_of(99) == NEVER
    assert day_met(made, order(made)) == 9 == problem.day_of(problem.least_time)
    assert search_fixed(made).day == 9


def test_a_live_stage_counts_by_its_start():
    made = plan(
        {"a": [stage(3, team=1), stage(4, live=True)], "b": [stage(2, team=1)]}, resources={"team": 1}
    )
    problem = fixed(made)
    assert problem.counted.tolist() == [0, 2, 1]
    assert problem.time_met(np.array([0, 3, 3], dtype=np.int32)) == 5
    assert problem.least_time == 5


def test_what_runs_begins_at_once_whatever_it_waits_for():
    made = plan(
        {"a": [stage(3, team=1)], "b": [stage(9, team=1, since=-4), stage(1, team=1)]},
        arcs=[("a", "b.s0")],
        resources={"team": 1},
    )
    found = search_fixed(made)
    assert fixed(made).days.tolist() == [3, 5, 1]
    assert found.starts[1] == 0
    assert (found.day, found.bound_day) == (9, 9)


SPREAD = Distribution("triangular", (2.0, 3.0, 8.0))
FROZEN = worked("ice", "##xx" + "#" * 96, first=0)
RISK = Risk("r1", "Ill", 0.5, CapacityLoss("team", 1, 5, 0, 9))


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (plan({"a": [SPREAD]}), "the days of a.s0 are uncertain (triangular); they must be fixed"),
        (
            plan({"a": [stage(1, gates=(Gate("exists:s0", 0.5),)), 2]}),
            "a.s0 may not exist or be repeated ('exists:s0')",
        ),
        (
            plan(
                {"a": [stage(1, slowed_by=("legacy",))]},
                barriers=(Barrier("legacy", 0.5, Distribution("fixed", (2.0,))),),
            ),
            "a.s0 may be slowed by 'legacy'",
        ),
        (
            plan({"a": [1]}, details={"a": {"readiness": (("a", SPREAD),)}}),
            "when a comes forward is uncertain ('a', triangular)",
        ),
        (
            plan({"a": [1]}, pace=Pace(optimism_bias=SPREAD)),
            "all work is scaled by an uncertain factor (optimism bias)",
        ),
        (plan({"a": [1]}, resources={"team": 2}, risks=(RISK,)), "risk 'r1' may happen or not"),
        (
            plan({"a": [stage(1, calendar="ice")]}, calendars=[FROZEN], first=0),
            "calendar 'ice' has a freeze",
        ),
        (
            plan(
                {"a": [stage(1, calendar="odd")], "b": [1]},
                calendars=[worked("odd", "#." * 50, first=0)],
                first=0,
            ),
            "tasks work by different calendars ('every_day', 'odd'); all must share one",
        ),
        (
            plan({"a": [stage(1, team=1)]}, resources={"team": [(0, 2), (9, 1)]}),
            "the capacity of 'team' falls from 2 to 1 on day 9",
        ),
        (
            plan({n: [stage(9, team=1, since=-1)] for n in "ab"}, resources={"team": 1}),
            "what runs on day 0 holds 2 of 'team', of which there are 1",
        ),
    ],
)
def test_what_is_no_plan_without_uncertainty_is_refused(made, reason):
    with pytest.raises(PlanError) as caught:
        search_fixed(made)
    assert str(caught.value) == f"bound not available: {reason}"


def test_what_cannot_be_searched_is_refused():
    made = plan({"a": [1]})
    for given_, text in (
        ({"budget": 19}, "the budget must be at least 20 schedules, got 19"),
        ({"seed": -1}, "seed must be at least 0 and below 2**64, not -1"),
        ({"polish": -1.0}, "polish must be 0 seconds or more, got -1"),
    ):
        with pytest.raises(ValueError) as caught:
            search_fixed(made, **given_)
        assert str(caught.value) == text
    with pytest.raises(PlanError) as caught:
        search_fixed(plan({}, live={"a": -3}))
    assert str(caught.value) == "every service is live: there is nothing to order"


# -- schedules -------------------------------------------------------------------------------------------


def serial_by_hand():
    """Team of two: b and c side by side would leave a, the longest, for last; the list says a first."""
    return plan({"a": [stage(4, x=1)], "b": [stage(2, x=2)], "c": [stage(3, x=1)]}, resources={"x": 2})


def test_the_serial_scheme_by_hand():
    """In list order b (0-2), a (2-6), c (2-5); with a first, c fits beside it and b comes last."""
    problem = fixed(serial_by_hand())
    net, free = network(problem), network(problem).capacity.copy()
    start = np.zeros(3, dtype=np.int32)
    assert forward(net, np.array([1, 0, 2], dtype=np.int32), free, start) == 6
    assert start.tolist() == [2, 0, 2]
    assert forward(net, np.array([0, 1, 2], dtype=np.int32), free, start) == 6
    assert start.tolist() == [0, 4, 0]
    assert np.array_equal(free, net.capacity)


def test_a_serial_schedule_fills_the_gap_a_greedy_one_cannot_leave():
    """The serial scheme puts c, last of the list, before b, on days that are free for c alone."""
    made = plan({"a": [stage(3, x=1)], "b": [stage(2, x=2)], "c": [stage(3, x=1)]}, resources={"x": 2})
    problem = fixed(made)
    start = np.zeros(3, dtype=np.int32)
    net = network(problem)
    assert forward(net, np.array([0, 1, 2], dtype=np.int32), net.capacity.copy(), start) == 5
    assert start.tolist() == [0, 3, 0]


@given(problems(), st.randoms(use_true_random=False))
def test_justified_schedules_are_feasible_and_never_longer(made, shuffler):
    """Any list that respects the arcs, here by random priorities, over 100 plans with growing capacity."""
    problem = fixed(made)
    net = network(problem)
    count = len(problem.days)
    place_of = np.argsort(problem.line).astype(np.int32)
    left, sequence = set(range(count)), []
    while left:
        ready = sorted(task for task in left if not left & set(problem.waits_for(task).tolist()))
        sequence.append(shuffler.choice(ready))
        left.remove(sequence[-1])
    line, free = np.array(sequence, dtype=np.int32), net.capacity.copy()
    start = np.zeros(count, dtype=np.int32)
    end = forward(net, line, free, start)
    assert is_feasible(problem, start)
    assert end == (start + problem.days).max()
    justify(net, place_of, end, np.empty(count, dtype=np.int64), line, start, free)
    assert is_feasible(problem, start)
    assert (start + problem.days).max() <= end
    assert (np.diff(start[line]) >= 0).all()
    assert np.array_equal(free, net.capacity)


def test_the_stream_of_luck_is_the_packages():
    """Blocks are counted by their first number, so uniform 4 j + w is word w of the block of counter (4 j, 0, 0, 0)."""
    luck = np.zeros(7, dtype=np.uint64)
    luck[0], luck[1] = 5, 99
    drawn = [chance(luck) for _ in range(8)]
    key = np.array([99], dtype=np.uint64)
    assert drawn[:4] == uniforms(5, key, range(4))[0].tolist()
    assert drawn[4:] == uniforms(5, key, range(16, 20))[0].tolist()


# -- the search ------------------------------------------------------------------------------------------


def test_the_optimum_of_small_plans():
    """CP-SAT is the oracle; the engine must be as early as it with the order found, on both engines."""
    tried = []

    @given(problems())
    def check(made):
        oracle = cp_sat.solve(fixed(made), limit=30)
        found = search_fixed(made, budget=1500)
        assert oracle.proven
        assert is_feasible(fixed(made), np.array(oracle.starts, dtype=np.int32))
        assert is_feasible(fixed(made), found.starts)
        assert found.day == found.schedule_day == oracle.best_day == day_met(made, found.order)
        assert found.kept
        assert fixed(made).least_time <= oracle.bound
        timeline = reference.run(made, found.order, deterministic(made))
        assert timeline.go_live.max() == found.day
        tried.append(len(found.order.hold_backs))

    check()
    assert any(tried), "no plan needed a hold-back, so nothing was shown of them"


@given(problems(most=5))
def test_no_order_beats_the_bound(made):
    """Every permutation: greedy hand-out of any order is a schedule, so none is earlier than what is proved."""
    bound = cp_sat.solve(fixed(made), limit=30).bound_day
    count = len(made.items)
    best = min(day_met(made, Order("any", rank)) for rank in permutations(range(count)))
    assert bound <= best


def waiting_pays():
    """Greed starts b at 0, as only b fits beside a, and the long chain c, d then waits for b's team.

    a holds x to day 2 and opens c. b, 6 days of y, is free to start at 0; c needs y on day 2, then d takes 5 days.
    """
    return plan(
        {"a": [stage(2, x=1)], "b": [stage(6, y=1)], "c": [stage(2, y=1)], "d": [stage(6, x=1)]},
        arcs=[("a", "c"), ("c", "d")],
        resources={"x": 1, "y": 1},
    )


def test_waiting_on_purpose_is_found_and_said_as_a_hold_back():
    """No permutation ends before 14; with b held back until c has finished the end is 10."""
    made = waiting_pays()
    assert min(day_met(made, Order("any", rank)) for rank in permutations(range(4))) == 14
    found = search_fixed(made, budget=300)
    assert (found.day, found.bound_day) == (10, 10)
    assert found.proven
    assert [(made.items[i].id, made.items[j].id) for i, j in found.order.hold_backs] in (
        [("b", "c")],
        [("b", "a")],
    )


def test_hold_backs_that_change_nothing_are_left_out():
    """f may run ahead of the schedule without harm: only b is held."""
    made = plan(
        {
            "a": [stage(2, x=1)],
            "b": [stage(6, y=1)],
            "c": [stage(2, y=1)],
            "d": [stage(6, x=1)],
            "f": [stage(1, z=1)],
        },
        arcs=[("a", "c"), ("c", "d")],
        resources={"x": 1, "y": 1, "z": 1},
    )
    late = np.array([0, 4, 2, 4, 8], dtype=np.int32)  # f at 8, though nothing keeps it
    run_as = as_order(fixed(made), late, 50)
    assert run_as.day == 10
    assert len(run_as.order.hold_backs) == 1
    assert as_order(fixed(made), late, 2).runs == 2


def test_items_of_several_tasks_are_handed_back_as_the_engine_runs_them():
    """A rank belongs to an item: what is reported is the engine's day, whether or not the schedule is kept."""
    made = plan(
        {name: [stage(2 + place, x=1), stage(5 - place, y=1)] for place, name in enumerate("abcd")},
        resources={"x": 1, "y": 1},
    )
    found = search_fixed(made, budget=2000)
    assert found.day == day_met(made, found.order)
    assert found.bound_day <= found.schedule_day <= found.day
    assert found.kept == (found.day == found.schedule_day)


def test_same_seed_same_order_and_the_budget_holds():
    made = waiting_pays()
    one, two = search_fixed(made, budget=40, seed=3), search_fixed(made, budget=40, seed=3)
    assert one.order == two.order
    assert np.array_equal(one.starts, two.starts)
    assert one.spent == two.spent <= 40


def test_the_search_stops_at_the_bound():
    problem = fixed(plan({"a": [3], "b": [2]}))
    _, spent = best_schedule(problem, budget=50_000, seed=1)
    assert spent == 3


def test_a_genetic_search_in_pieces_is_the_same():
    """What it needs to go on is all there is: pieces that end in the middle of a population change nothing."""
    problem = fixed(
        plan(
            {f"s{place:02}": [stage(1 + place * 7 % 9, x=1 + place % 2)] for place in range(14)},
            resources={"x": 3},
        )
    )
    found = []
    for ends in ([3000], [100, 1001, 1777, 3000]):
        luck, kept = np.zeros(7, dtype=np.uint64), population(14)
        luck[0] = 3
        best, place = np.zeros(14, dtype=np.int32), np.arange(14, dtype=np.int32)
        for end in ends:
            spent = evolve(network(problem), place, problem.awaited, problem.tail, luck, end, 0, best, kept)
        found.append((spent, best.tolist(), [values.tolist() for values in kept], luck.tolist()))
    assert found[0] == found[1]


# -- CP-SAT ----------------------------------------------------------------------------------------------


def test_polish_is_never_worse_and_proves():
    made = waiting_pays()
    found = search_fixed(made, budget=20, polish=10.0)
    assert (found.day, found.bound_day, found.proven) == (10, 10, True)


def test_cp_sat_begins_with_what_is_known():
    problem = fixed(waiting_pays())
    known = np.array([0, 4, 2, 4], dtype=np.int32)
    answer = cp_sat.solve(problem, limit=10, known=known)
    assert (answer.best, answer.proven, answer.workers, answer.limit) == (10, True, 1, 10)
    assert answer.version.startswith("9.")


def crowd():
    """Too much for CP-SAT to be done with at once."""
    return fixed(
        plan(
            {
                f"s{place:02}": [stage(2 + place * 5 % 11, x=1 + place % 4, y=1 + place * 3 % 5)]
                for place in range(45)
            },
            resources={"x": 7, "y": 8},
            horizon=400,
        )
    )


def test_the_same_effort_finds_the_same():
    one, two = (cp_sat.solve(crowd(), workers=4, effort=0.2, limit=math.inf) for _ in range(2))
    assert (one.best, one.bound, one.starts) == (two.best, two.bound, two.starts)


def test_cp_sat_stops_by_the_clock_it_is_given():
    """A clock that has run out at the second look: there may be no schedule yet, and no bound is claimed too high."""
    ticks = iter([0.0, 0.0])
    answer = cp_sat.solve(crowd(), limit=5, clock=lambda: next(ticks, 9.0))
    assert answer.seconds == 9.0
    assert 0 <= answer.bound <= (answer.best or 400)


def test_an_interrupted_cp_sat_stops():
    """Ctrl-C reaches who waits for it, and no thread is left behind."""

    def clock():
        if threading.active_count() > before:
            raise KeyboardInterrupt
        return 0.0

    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        cp_sat.solve(crowd(), limit=60, clock=clock)
    assert threading.active_count() == before


@pytest.mark.parametrize(("limit", "workers"), [(0, 1), (5, 0)])
def test_limits_of_cp_sat(limit, workers):
    with pytest.raises(ValueError) as caught:
        cp_sat.solve(fixed(waiting_pays()), limit=limit, workers=workers)
    assert str(caught.value) == f"limit and workers must be above 0, got {limit} and {workers}"


def test_without_ortools_the_remedy_is_said(monkeypatch):
    real = builtins.__import__

    def missing(name, *given_, **named):
        if name.startswith("ortools"):
            raise ImportError(name)
        return real(name, *given_, **named)

    for name in [name for name in sys.modules if name.startswith("ortools")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(PlanError) as caught:
        search_fixed(waiting_pays(), budget=20, polish=1.0)
    assert str(caught.value) == (
        "bound not available: OR-tools is not installed; pip install 'onelogin-sim[optimise]'"
    )
