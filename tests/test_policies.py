"""Priority rules on hand-made plans: what each looks at, how enablers are scored, and ties."""

import shutil
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import strategies
from onelogin_sim import load_scenario
from onelogin_sim.distributions import Distribution
from onelogin_sim.draws import draw
from onelogin_sim.orders.policies import RULES
from onelogin_sim.orders.policies.network import FUTURES
from onelogin_sim.orders.policies.scoring import SEED
from onelogin_sim.plan import Department, Gate, Order
from plans import everything, plan, stage

SMALL = Path(__file__).parents[1] / "scenarios" / "small"


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
        "latest-start-time",
        "successors-work",
        "simulated-tail",
        "readiness",
        "users-per-bottleneck-week",
        "round-robin",
        "random",
    ]


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != "random"])
def test_ties_go_by_id(rule):
    """Five alike: by id whatever the rule, but for the one that is chance."""
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
    assert RULES[rule](replace(made, arcs=made.arcs[::-1])) == found


@pytest.mark.parametrize("rule", RULES)
def test_nothing_left_to_order(rule):
    """All live, or nothing there at all."""
    assert ids(rule, plan({}, live={"b": -1, "a": -2})) == "a b"
    assert ids(rule, plan({})) == ""


def test_the_order_of_rows_changes_nothing(tmp_path):
    shuffled = shutil.copytree(SMALL, tmp_path / "shuffled")
    for table in shuffled.glob("*.csv"):
        head, *rows = table.read_text(encoding="utf-8").splitlines()
        table.write_text("\n".join([head, *rows[::-1]]) + "\n", encoding="utf-8")
    made, again = (load_scenario(folder / "scenario.yaml").plan() for folder in (SMALL, shuffled))
    assert {rule: ids(rule, made) for rule in RULES} == {rule: ids(rule, again) for rule in RULES}


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


def test_latest_start_time():
    """With the first task's own days: d 99, b 53, a 10, f 5 left + 4, c 1 + 4 + 3, e 3."""
    made = plan(
        {"a": [1, 9], "b": [stage(50), 3], "c": [1, 4], "d": [99], "e": [3], "f": [stage(20, since=-15), 4]},
        arcs=[("c", "e")],
    )
    assert ids("latest-start-time", made) == "d b a f c e"


def test_successors_work():
    """All that waits is added up, once where paths meet: a 2 + 3 + 4 + 10, e 18, c 14, b 13, d 10."""
    made = plan(
        {"a": [2], "b": [3], "c": [4], "d": [10], "e": [18]},
        arcs=[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")],
    )
    assert ids("successors-work", made) == "a e c b d"


def test_successors_work_counts_only_what_waits():
    """z 1 + 5 + 2 + 9, not the 30 days that come before the gated stage; a 35; b 11; y 12."""
    made = plan(
        {"a": [30, 5], "b": [2, 9], "y": [12], "z": [1]},
        arcs=[("z", "a.s1"), ("z", "b")],
        enablers=["y", "z"],
    )
    assert ids("successors-work", made) == "a z y b"


def test_simulated_tail_sees_where_paths_merge():
    """Behind a the longer of two (1 or 9 days): 7 on average; behind b 6; behind c one of them: 5.

    By typical durations a and c have 1 day behind them, and b comes first.
    """
    either = Distribution("observed", (1.0, 9.0))
    made = plan(
        {"a": [1], "b": [1, 6], "c": [1, either], "p": [either], "q": [either]},
        arcs=[("a", "p"), ("a", "q")],
    )
    assert ids("simulated-tail", made) == "a b c p q"
    assert ids("latest-finish-time", made) == "b a c p q"


def test_simulated_tail_sees_repeats():
    again = stage(20, gates=(Gate("repeat:s1:1", 0.4, repeat=True),))
    made = plan({"a": [1, 6], "b": [1, again]})
    assert ids("simulated-tail", made) == "b a"
    assert ids("latest-finish-time", made) == "a b"


@given(made=strategies.plans())
@settings(max_examples=30)
def test_simulated_tails_are_longest_paths(made):
    """Future by future, every path walked: the mean decides."""
    after = {task: [end for start, end in made.arcs if start == task] for task in range(len(made.tasks))}
    total = dict.fromkeys(range(len(made.tasks)), 0)
    for days in draw(made, SEED, FUTURES).days.tolist():

        @cache
        def longest(task, days=tuple(days)):
            return max((days[end] + longest(end) for end in after[task]), default=0)

        for task in total:
            total[task] += longest(task)
    keys = {
        item.id: (-total[made.tasks_of[item.id][0]], item.kind == "service", item.id)
        for item in made.items
        if item.live_on is None
    }
    found = [name for name in RULES["simulated-tail"](made).ids(made) if name in keys]
    assert found == sorted(keys, key=keys.get)


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


def test_departments_take_turns():
    """d, f and e by their best listed service; one each, then the next of d and of e."""
    departments = [Department("d", "D"), Department("e", "E"), Department("f", "F")]
    where = {"a": "e", "b": "d", "c": "e", "d": "f", "e": "d"}
    listed = {"b": 1, "d": 2, "e": 3, "c": 4, "a": 5}
    made = plan(
        {name: [1] for name in "abcdez"},
        arcs=[("z", "e"), ("z", "a")],
        enablers=["z"],
        departments=departments,
        details={name: {"department": where[name], "position": listed[name]} for name in where},
    )
    assert ids("round-robin", made) == "b d c z e a"


def test_random_is_the_same_every_time():
    """A known answer: whoever changes it changes the results of those who ran it."""
    assert ids("random", plan({name: [3] for name in "abcde"})) == "d b c a e"


def test_random_looks_at_ids_alone_and_one_more_leaves_the_others_in_order():
    some = plan({name: [1] for name in "abcdefghij"})
    more = plan(
        {name: [number, 5] for number, name in enumerate("abcdefghijklm")},
        arcs=[("m", "a")],
        enablers=["m"],
        details={"c": {"users": 900, "position": 1}},
    )
    found = ids("random", more).split()
    assert [name for name in found if name not in "klm"] == ids("random", some).split()
    assert found.index("m") == found.index("a") - 1


def test_readiness():
    """By the mean day: d has begun and f is ready; c 2½, y 3, a 4, b 3 + 2, e released on day 6.

    z unlocks b and e and comes with b; y unlocks nothing and goes by itself.
    """
    fixed = {count: Distribution("fixed", (float(count),)) for count in (2, 3)}
    half_now = Distribution("cumulative", (0.0, 0.5, 10.0, 1.0))
    made = plan(
        {name: [stage(9, since=-1)] if name == "d" else [9] for name in "abcdefyz"},
        arcs=[("z", "b"), ("z", "e")],
        enablers=["y", "z"],
        details={
            "a": {"release": 4},
            "b": {"readiness": (("@department:d", fixed[3]), ("b", fixed[2]))},
            "c": {"readiness": (("c", half_now),), "release": 1},
            "d": {"release": 30},
            "e": {"readiness": (("e", fixed[2]),), "release": 6},
            "y": {"release": 3},
            "z": {"release": 50},
        },
    )
    assert ids("readiness", made) == "d f c y a z b e"


def weighed(crew=2, **fields):
    """Unit-days of team: a 10, b 2 + 2, c 0.4 of 10, e 5 left; only d (30) and f take of the crew."""
    users = {"a": 100, "b": 30, "c": 60, "d": 1, "e": 45, "f": 2, **fields}
    made = {
        "a": [stage(10, team=1)],
        "b": [stage(2, team=1), stage(1, team=2)],
        "c": [stage(10, team=1, gates=(Gate("g", 0.4),))],
        "d": [stage(30, crew=1)],
        "e": [stage(20, since=-15, team=1)],
        "f": [stage(1, crew=1)],
    }
    return plan(
        made,
        resources={"crew": crew, "team": [(0, 2), (50, 0)]},
        details={name: {"users": count} for name, count in users.items()},
    )


def test_users_per_bottleneck_week():
    """Team: 23 unit-days for 100, crew: 31 for 200. c 15, a 10, e 9, b 7½ users a unit-day; free of it: f, d."""
    assert ids("users-per-bottleneck-week", weighed()) == "f d c a e b"


def test_the_bottleneck_is_where_most_work_meets_least_capacity():
    """A crew of one: 31 for 100. All but d and f are free of it and go by users; f 2 a day, d a thirtieth."""
    assert ids("users-per-bottleneck-week", weighed(crew=1)) == "a c e b f d"
    assert ids("users-per-bottleneck-week", weighed(crew=[(0, 1), (1, 4)])) == "f d c a e b"


def test_without_resources_users_alone_count():
    made = plan({name: [1] for name in "abc"}, details={"b": {"users": 500}, "c": {"users": 900}})
    assert ids("users-per-bottleneck-week", made) == "c b a"


def test_users_per_bottleneck_week_scores_an_enabler_by_its_best_dependants():
    """b 15, a 10, c 9, d 8. z: b alone 30 for 3 + 2, with a 130 for 15, so 8⅔; x: d, for nothing; y: nobody."""
    users = {"a": 100, "b": 30, "c": 9, "d": 8}
    made = plan(
        {
            "a": [stage(10, team=1)],
            "b": [stage(2, team=1)],
            "c": [stage(1, team=1)],
            "d": [stage(1, team=1)],
            "x": [5],
            "y": [5],
            "z": [stage(3, team=1)],
        },
        arcs=[("z", "a"), ("z", "b"), ("x", "d")],
        enablers=["x", "y", "z"],
        resources={"team": 1},
        details={name: {"users": count} for name, count in users.items()},
    )
    assert ids("users-per-bottleneck-week", made) == "b a c z x d y"


@given(
    own=st.integers(1, 9),
    behind=st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9)), min_size=1, max_size=5),
    other=st.tuples(st.integers(0, 50), st.integers(1, 9)),
)
@settings(max_examples=100)
def test_the_best_set_of_dependants_is_the_best_of_all_sets(own, behind, other):
    """An enabler and one other service: who comes first is known from every subset."""
    services = {f"s{number}": pair for number, pair in enumerate(behind)} | {"t": other}
    made = plan(
        {name: [stage(days, team=1)] for name, (_, days) in services.items()} | {"e": [stage(own, team=1)]},
        arcs=[("e", name) for name in services if name != "t"],
        enablers=["e"],
        resources={"team": 1},
        details={name: {"users": users} for name, (users, _) in services.items()},
    )
    best = max(
        sum(users for users, _ in chosen) / (own + sum(days for _, days in chosen))
        for size in range(1, len(behind) + 1)
        for chosen in combinations(behind, size)
    )
    found = ids("users-per-bottleneck-week", made).split()
    assert (found.index("e") < found.index("t")) == (best >= other[0] / other[1])


@pytest.mark.parametrize(("rule", "expected"), [("biggest-first", "b c a"), ("shortest-first", "c a b")])
def test_a_service_is_scored_by_itself(rule, expected):
    """Another service waits for it, but its own users and work count; only enablers go by others."""
    made = plan(
        {"a": [5], "b": [9], "c": [2]} if rule == "shortest-first" else {"a": [1], "b": [1], "c": [1]},
        arcs=[("a", "b")] if rule == "biggest-first" else [("b", "c")],
        details={"a": {"users": 10}, "b": {"users": 900}, "c": {"users": 500}},
    )
    assert ids(rule, made) == expected
