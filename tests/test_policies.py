"""Priority rules on hand-made plans: what each looks at, how enablers are scored, and ties."""

import pytest
from hypothesis import given, settings

import strategies
from onelogin_sim.distributions import Distribution
from onelogin_sim.orders.policies import RULES
from onelogin_sim.plan import Department, Gate, Order
from plans import everything, plan, stage


def ids(rule, made):
    return " ".join(RULES[rule](made).ids(made))


def test_the_rules_by_name():
    assert list(RULES) == [
        "as-listed",
        "biggest-first",
        "shortest-first",
        "latest-finish-time",
        "most-successors",
        "by-department",
    ]


@pytest.mark.parametrize("rule", RULES)
def test_ties_go_by_id(rule):
    """Five alike: by id whatever the rule."""
    made = plan({name: [stage(3)] for name in "ebdac"})
    assert ids(rule, made) == "a b c d e"
    assert RULES[rule](made).name == rule


@pytest.mark.parametrize("rule", RULES)
@given(made=strategies.plans())
@settings(max_examples=30)
def test_any_plan_gives_a_permutation(rule, made):
    """Without hold-backs, and the same again the next time."""
    found = RULES[rule](made)
    assert sorted(found.rank) == list(range(len(made.items)))
    assert found.hold_backs == ()
    assert RULES[rule](made) == found


@pytest.mark.parametrize("rule", RULES)
def test_every_feature_at_once(rule):
    made = everything()
    found = RULES[rule](made)
    assert Order.of(made, found.ids(made)).rank == found.rank


def test_as_listed():
    """By position; those without one after the rest, by id. A position of 0 is a position."""
    positions = {"a": 3, "c": 0, "d": 2}
    made = plan(
        {name: [1] for name in "abcde"},
        details={name: {"position": place} for name, place in positions.items()},
    )
    assert ids("as-listed", made) == "c d a b e"


def test_as_listed_puts_an_enabler_before_the_first_service_that_needs_it():
    made = plan(
        {"a": [1], "b": [1], "z": [1]},
        arcs=[("z", "b")],
        enablers=["z"],
        details={"b": {"position": 1}, "a": {"position": 2}},
    )
    assert ids("as-listed", made) == "z b a"


def test_biggest_first():
    made = plan({name: [1] for name in "abc"}, details={"b": {"users": 500}, "c": {"users": 900}})
    assert ids("biggest-first", made) == "c b a"


def unlocking(**users):
    """`e` unlocks `a` and (behind `h`) `b`; `f` unlocks `c`; `g` unlocks only what is live."""
    return plan(
        {"a": [2], "b": [2], "c": [2], "d": [2], "e": [9], "f": [9], "g": [9], "h": [9]},
        arcs=[("e", "a"), ("e", "h"), ("h", "b"), ("f", "c")],
        enablers=["e", "f", "g", "h"],
        live={"y": -5},
        details={name: {"users": count} for name, count in users.items()} | {"y": {"users": 10**6}},
    )


def test_biggest_first_scores_an_enabler_by_all_it_unlocks():
    """e: 700; d: 600; f and c: 500, the enabler first; a: 400; h and b: 300; g and the live one last."""
    made = unlocking(a=400, b=300, c=500, d=600)
    assert ids("biggest-first", made) == "e d f c a h b g y"


def test_shortest_first():
    """By the work left over all stages, what may not exist by its chance, what runs by what remains."""
    made = plan(
        {
            "a": [stage(3), stage(3)],
            "b": [stage(5)],
            "c": [stage(2), stage(9, gates=(Gate("g", 0.4),)), 2],
            "d": [stage(20, since=-17)],
            "e": [stage(2), stage(9, gates=(Gate("g", 0.5),)), 2],
            "f": [stage(Distribution("triangular", (1.0, 2.0, 30.0)))],
        }
    )
    assert ids("shortest-first", made) == "d c b a f e"


def test_shortest_first_scores_an_enabler_by_its_shortest_dependant():
    """z unlocks b (1 day) and c (9): with b and before it. y unlocks nothing: by its own work."""
    made = plan(
        {"a": [2], "b": [1], "c": [9], "x": [3], "y": [4], "z": [50]},
        arcs=[("z", "b"), ("z", "c")],
        enablers=["y", "z"],
    )
    assert ids("shortest-first", made) == "z b a x y c"


def test_latest_finish_time():
    """The longest tail behind the first task first: a 9, c 4 + 3 = 7, b 3, and d with nothing behind."""
    made = plan(
        {"a": [1, 9], "b": [stage(50), 3], "c": [1, 4], "d": [99], "e": [3]},
        arcs=[("c", "e")],
    )
    assert ids("latest-finish-time", made) == "a c b d e"


def test_latest_finish_time_sees_what_others_wait_for():
    """A tail is the longest of the dependants'; an arc into a later stage leaves out the earlier."""
    made = plan(
        {"a": [30, 5], "b": [2, 9], "z": [1]},
        arcs=[("z", "a.s1"), ("z", "b")],
        enablers=["z"],
    )
    assert ids("latest-finish-time", made) == "z b a"  # tails 11 (through b), 9 and 5


def test_most_successors():
    """Directly or not, unfinished services only: e 2 (a, b behind h), f and h 1, enablers first on ties."""
    assert ids("most-successors", unlocking()) == "e f h g a b c d y"


def test_most_successors_counts_services_behind_services():
    made = plan({name: [1] for name in "abcd"}, arcs=[("d", "c"), ("c", "b")])
    assert ids("most-successors", made) == "d c a b"


def test_by_department():
    """The department of the first listed service comes first, whole, as listed within."""
    departments = [Department("d", "D"), Department("e", "E"), Department("f", "F")]
    where = {"a": "e", "b": "d", "c": "e", "d": "f", "e": "d"}
    listed = {"b": 1, "d": 2, "e": 3, "c": 4, "a": 5}
    made = plan(
        {name: [1] for name in "abcde"},
        departments=departments,
        details={name: {"department": where[name], "position": listed[name]} for name in where},
    )
    assert ids("by-department", made) == "b e d c a"


@pytest.mark.parametrize(("rule", "expected"), [("biggest-first", "b c a"), ("shortest-first", "c a b")])
def test_a_service_is_scored_by_itself(rule, expected):
    """Another service waits for it, but its own users and work count; only enablers go by others."""
    made = plan(
        {"a": [5], "b": [9], "c": [2]} if rule == "shortest-first" else {"a": [1], "b": [1], "c": [1]},
        arcs=[("a", "b")] if rule == "biggest-first" else [("b", "c")],
        details={"a": {"users": 10}, "b": {"users": 900}, "c": {"users": 500}},
    )
    assert ids(rule, made) == expected
