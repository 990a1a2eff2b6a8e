"""Of orders that do as well by what was asked for, the one nominated does least harm to the rest."""

from dataclasses import replace

import pytest

from onelogin_sim.orders.search.problem import Limits, Objective, Objectives
from onelogin_sim.orders.search.proof import OrderJudge, prove
from onelogin_sim.orders.search.side_effects import gentlest
from onelogin_sim.plan import Department, Order, Target
from plans import plan, stage

ALL = Objectives((Objective("mean", "all"),))


def tailed(**users):
    """Four services that want the one team for five days each; `c` has twenty days more to go then.

    Whenever `c` comes first, all are live on day 25, whatever the order of the others.
    """
    made = plan(
        {name: [stage(5, team=1), *([20] if name == "c" else [])] for name in "abcd"},
        resources={"team": 1},
        departments=[Department(name, name) for name in "xy"],
        details={
            name: {"department": "x" if name == "a" else "y", "users": users.get(name, 0)} for name in "abcd"
        },
    )
    targets = (
        Target("all", "All", "services", 4, 4, 99),
        Target("both", "Both", "departments", 2, 2, 60),
    )
    return replace(made, targets=targets)


def order(made, names):
    return Order.of(made, list(names), name=names)


def nominated(made, start, finalists):
    proof = prove(
        made,
        [order(made, names) for names in finalists],
        order(made, start),
        ALL,
        seed=1,
        replications=range(400),
        delta=7.0,
    )
    return proof.answer.name


@pytest.mark.parametrize("finalists", [("cbda", "cbad"), ("cbad", "cbda")])
def test_of_equals_the_one_that_puts_off_no_other_target(finalists):
    """Under b, d, a, c both departments are there on day 15; with a last on day 20, although d has all the users."""
    made = tailed(d=1000, a=10)
    assert nominated(made, "bdac", finalists) == "cbad"


@pytest.mark.parametrize("finalists", [("cbda", "cbad"), ("cbad", "cbda")])
def test_then_the_one_that_connects_users_sooner(finalists):
    """Under d, b, c, a both departments are there on day 20 (a is the last): neither puts that off."""
    made = tailed(d=1000, a=10)
    assert nominated(made, "dbca", finalists) == "cbda"


def test_an_order_that_is_worse_by_what_was_asked_for_is_no_equal():
    """a, c, b, d is five days later for all, by less than delta but for sure; it would connect users the sooner."""
    made = tailed(a=1000)
    judge = OrderJudge(made, ALL, Limits(), 1, 1)
    ranked = [order(made, names) for names in ("cbda", "acbd")]
    assert gentlest(judge, ranked, order(made, "bdac"), range(100), 7.0, 0.95).name == "cbda"


def test_the_planners_own_stays_where_it_is_the_best():
    made = tailed(a=1000)
    judge = OrderJudge(made, ALL, Limits(), 1, 1)
    own = order(made, "cbda")
    assert gentlest(judge, [own, order(made, "cabd")], own, range(100), 7.0, 0.95) is own
