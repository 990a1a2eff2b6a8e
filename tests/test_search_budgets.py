"""Small budgets of the order search, and every order under uncertainty: never silently worse than a known rule."""

from itertools import permutations

import numpy as np
import pytest

from onelogin_sim.draws import draw
from onelogin_sim.engines.compiled.many import Many
from onelogin_sim.orders.policies import RULES
from onelogin_sim.orders.search.finals import FINALISTS
from onelogin_sim.orders.search.ground import Ground
from onelogin_sim.orders.search.problem import Limits, Objective, Objectives
from onelogin_sim.orders.search.race import KEPT, TURNS
from onelogin_sim.orders.search.searching import search
from plans import plan, stage
from test_search import MEAN, crowded, listed, mean_days, spread, target


def tails():
    """One team, and the longer a service takes afterwards the sooner it must have it: the rules disagree widely."""
    after = [3, 60, 12, 45, 6, 30, 9, 24, 15, 18, 36, 5]
    items = {
        f"s{place:02}": [stage(spread(2, 6), team=1), spread(days, days + 4)]
        for place, days in enumerate(after)
    }
    return target(plan(items, resources={"team": 1}, horizon=400))


def worst_first(made):
    """The planner's own order: the reverse of what pays."""
    return RULES["latest-finish-time"](made).ids(made)[::-1]


def test_the_rules_that_have_their_turn_first_are_rules():
    assert TURNS[0] == "latest-finish-time"
    assert set(TURNS) <= set(RULES)


@pytest.mark.parametrize("budget", [30, 100, 400, 1300, 1400])
@pytest.mark.parametrize("kind", ["mean", "p80"])
def test_every_rule_has_a_turn_however_small_the_budget(budget, kind):
    made = tails()
    start = RULES["as-listed"](made)
    found = search(made, Objectives((Objective(kind, "all"),)), start=start, budget=budget, seed=1)
    assert set(found.rules) == set(RULES)
    assert found.spent <= budget


def test_a_budget_below_the_number_of_rules_says_who_had_a_turn():
    made = tails()
    start = RULES["as-listed"](made)
    found = search(made, MEAN, start=start, budget=6, seed=1)
    assert {"as-listed", TURNS[0]} <= set(found.rules)
    alike = {RULES[name](made).rank for name in found.rules}
    assert len(alike) == 6 - KEPT  # rules that give the same order share a turn
    assert found.spent <= 6


@pytest.mark.parametrize("budget", [3, 5, 12, 40, 150, 600, 1500])
def test_no_budget_ends_with_an_order_worse_than_the_rule_to_beat(budget):
    """From the worst order there is: in 2,000 fresh futures what is found is at most half a day worse than the rule."""
    made = tails()
    rule = RULES["latest-finish-time"](made)
    start = type(rule).of(made, worst_first(made))
    found = search(made, MEAN, start=start, budget=budget, seed=2)
    own, best, known = mean_days(made, [start, found.order, rule])
    assert own > known + 20
    assert best <= known + 0.5


def test_a_rule_gives_way_only_to_what_is_better_by_more_than_noise():
    """All orders are equal on average, so most searches hand back the rule to beat."""
    made = target(
        plan(
            {f"s{place}": [stage(spread(2, 9), team=1)] for place in range(6)},
            resources={"team": 1},
            horizon=200,
        ),
        3,
    )
    rule = RULES["latest-finish-time"](made).rank
    kept = sum(
        search(made, MEAN, start=listed(made), budget=1500, seed=seed).order.rank == rule
        for seed in range(40)
    )
    assert kept >= 25  # of two equal orders one in six is ahead by a standard error


def test_finalists_meet_in_futures_nothing_else_has_seen():
    made = crowded(8)
    ground = Ground(made, MEAN, Limits(), start=listed(made), budget=5000, seed=1, workers=1)
    pool = set(ground.fresh(ground._pool).tolist())
    unseen = ground.unseen(508).tolist()
    assert len(set(unseen)) == 508
    assert not pool & set(unseen)
    assert ground.unseen(100, after=50).tolist() == unseen[50:150]
    found = search(made, MEAN, start=listed(made), budget=5000, seed=1)
    assert len(found.finalists) <= FINALISTS


@pytest.mark.parametrize(("services", "futures", "budget"), [(7, 400, 60_000), (8, 60, 60_000)])
def test_no_order_is_better_by_more_than_a_little(services, futures, budget):
    """Every order of seven and of eight services in the same futures, 5,040 and 40,320 of them.

    The search saw none of these futures, and the best of all orders was picked in them, so it looks better than it is;
    still the order found is within a fiftieth of the spread, and among the best one in a hundred.
    """
    made = crowded(services)
    found = search(made, MEAN, start=listed(made), budget=budget, seed=1).order
    every = np.array(list(permutations(range(services))))
    many, rows = Many(made, draw(made, 99, futures)), np.arange(futures)
    means = np.concatenate(
        [
            many.go_live(part, [()] * len(part), rows).max(axis=2).mean(axis=1)
            for part in np.array_split(every, 16)
        ]
    )
    own = many.go_live(np.array([found.rank]), [found.hold_backs], rows).max(axis=2).mean()
    assert own <= means.min() + 0.02 * (means.max() - means.min())
    assert (means < own).mean() < 0.01
