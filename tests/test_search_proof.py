"""What is claimed of what a search found: rarely wrong, never of what was not shown."""

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

import strategies
from onelogin_sim.bootstrap import quantile_difference
from onelogin_sim.coverage import met_day
from onelogin_sim.draws import draw
from onelogin_sim.engines import compiled
from onelogin_sim.errors import PlanError
from onelogin_sim.orders.policies import RULES
from onelogin_sim.orders.search.breaches import breaches
from onelogin_sim.orders.search.claiming import claim_of, part_differences
from onelogin_sim.orders.search.permitted import Permitted
from onelogin_sim.orders.search.problem import Limits, Objective, Objectives
from onelogin_sim.orders.search.proof import OrderJudge, prove
from onelogin_sim.orders.search.scoring import Scoring
from onelogin_sim.orders.search.searching import search
from onelogin_sim.plan import Order
from plans import plan, stage
from test_search import MEAN, crowded, listed, spread, target

TRIALS = 400


def rules_of(made):
    return [rule(made) for rule in RULES.values()]


def only(kind, by=None):
    return Objectives((Objective(kind, "all", by),))


def alike(count):
    """Services alike in everything but their luck, that want one team: no order is better than another."""
    return target(
        plan(
            {f"s{place}": [stage(spread(2, 9), team=1)] for place in range(count)},
            resources={"team": 1},
            horizon=200,
        ),
        count // 2,
    )


def test_where_all_orders_are_equal_hardly_ever_is_one_shown_better():
    """400 searches and proofs on their own seeds: the claim in at most 5%, by the exact 99% interval.

    Half of the services must be live, so each order has another luck, and the search often finds a lucky one.
    """
    made = alike(6)
    start, shown, lucky = listed(made), 0, 0
    for seed in range(TRIALS):
        found = search(made, MEAN, start=start, budget=1500, seed=seed)
        proof = prove(made, found, start, MEAN, seed=seed, replications=range(400), delta=0.1)
        lucky += found.order.digest != start.digest
        shown += proof.said == "shown better"
        assert (proof.answer == start) == (proof.said != "shown better")
    interval = binomtest(shown, TRIALS).proportion_ci(confidence_level=0.99, method="exact")
    assert interval.low <= 0.05
    assert lucky > TRIALS / 5


@pytest.mark.parametrize("kind", ["mean", "p50", "p80"])
def test_nor_with_many_finalists_and_rules_among_them(kind):
    """Every other order meets, so most often one that was lucky in nominating is claimed of; percentiles too.

    Nor is a rule shown better than what is as good: it would be the answer by a second claim.
    """
    made = alike(6)
    names = [item.id for item in made.items]
    start, others = listed(made), [Order.of(made, names[turn:] + names[:turn]) for turn in range(1, 6)]
    shown = still = nominated = 0
    trials = TRIALS if kind == "mean" else TRIALS // 2
    for seed in range(trials):
        proof = prove(
            made,
            others,
            start,
            only(kind),
            seed=seed,
            replications=range(400),
            delta=0.1,
            rules=rules_of(made),
        )
        shown += proof.said == "shown better"
        still += proof.rule_claim is not None and proof.rule_claim.verdict == "a better"
        nominated += proof.claim is not None
    for count in (shown, still):
        assert binomtest(count, trials).proportion_ci(confidence_level=0.99, method="exact").low <= 0.05
    assert nominated > trials / 2


def test_a_better_order_is_shown():
    made = crowded(12)
    start = listed(made)
    found = search(made, MEAN, start=start, budget=11_000, seed=1)
    proof = prove(made, found, start, MEAN, seed=1, replications=range(2000), delta=0.5)
    assert (proof.said, proof.answer, proof.nominated) == ("shown better", proof.nominated, proof.nominated)
    assert proof.nominated in found.finalists
    assert proof.claim.high < 0
    assert proof.claim.replications == 1000
    assert (proof.claimed, proof.nomination.start) == (range(1000, 2000), 0)
    assert proof.nomination.stop <= 1000


def test_an_order_that_cannot_be_told_apart_is_not_the_answer():
    """Fixed days, one team: the end is the sum of the work whatever the order."""
    made = target(plan({name: [stage(3, team=1)] for name in "abc"}, resources={"team": 1}))
    start, other = listed(made), Order.of(made, ["c", "b", "a"])
    proof = prove(made, [other], start, MEAN, seed=1, replications=range(400), delta=1.0)
    assert (proof.said, proof.answer, proof.nominated, proof.claim) == (
        "not distinguishable",
        start,
        start,
        None,
    )


def test_nothing_but_the_planners_own_was_found():
    made = crowded(6)
    proof = prove(made, [listed(made)], listed(made), MEAN, seed=1, replications=range(400), delta=1.0)
    assert (proof.said, proof.answer, proof.claim) == ("not distinguishable", listed(made), None)


@pytest.mark.parametrize("kind", ["p50", "p80", "probability"])
def test_other_objectives_are_claimed_in_their_units(kind):
    made = crowded(12)
    start = Order.of(made, [item.id for item in made.items][::-1])
    objectives = Objectives((Objective(kind, "all", 50),))
    found = search(made, objectives, start=start, budget=11_000, seed=1)
    proof = prove(made, found, start, objectives, seed=1, replications=range(2000), delta=0.5)
    assert proof.said == "shown better"
    assert proof.claim.low <= found.value - found.start_value + 8
    assert proof.claim.high >= found.value - found.start_value - 8


def test_a_better_order_that_misses_a_latest_day_is_not_the_answer():
    made = crowded(12)
    start = listed(made)
    found = search(made, MEAN, start=start, budget=11_000, seed=1)
    limits = Limits(latest={"s11": 1})
    proof = prove(made, found, start, MEAN, seed=1, replications=range(2000), delta=0.5, limits=limits)
    assert proof.said == "shown better"
    assert proof.answer == start
    (missed,) = proof.missed
    assert missed.startswith("'s11' live by ")
    assert missed.endswith(" (0% of futures)")


def test_the_claim_is_the_paired_one_of_the_timelines():
    made = crowded(12)
    start = listed(made)
    found = search(made, MEAN, start=start, budget=11_000, seed=1)
    proof = prove(made, found, start, MEAN, seed=1, replications=range(100, 1100), delta=0.5)
    draws = draw(made, 1, proof.claimed)
    days = [
        met_day(made, made.targets[0], compiled.run(made, order, draws).go_live)
        for order in (proof.nominated, start)
    ]
    assert proof.claim.mean == pytest.approx(np.mean(days[0].astype(int) - days[1]))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"replications": range(399)}, "a proof needs at least 400 replications, got 399"),
        ({"delta": 0.0}, "delta, the indifference zone, must be above 0, got 0.0"),
        ({"level": 1.0}, "a confidence level lies between 0 and 1, got 1.0"),
    ],
)
def test_arguments_out_of_range(fields, message):
    made = crowded(6)
    given = {"seed": 1, "replications": range(400), "delta": 1.0, **fields}
    with pytest.raises(ValueError, match="^" + message + "$"):
        prove(made, [listed(made)], listed(made), MEAN, **given)


# -- percentiles ------------------------------------------------------------------------------------------------


def days_of(seed, count):
    """Two targets' days, each uniform: the first on 0 to 99, the second on 10 to 109, half of their luck shared."""
    luck = np.random.default_rng(seed)
    first, second = luck.integers(0, 100, (2, count))
    shared = luck.random(count) < 0.5
    return np.stack([first, np.where(shared, first, second) + 10]).astype(float)


def test_a_percentile_is_claimed_by_all_futures_as_claims_does_it():
    made, days = crowded(6), days_of(1, 500)
    scoring = Scoring(made, only("p80"), Limits())
    claim = claim_of(scoring, days[np.newaxis], delta=1.0, level=0.95, seed=7)
    known = quantile_difference(
        days[0].astype(int), days[1].astype(int), 80, horizon=made.horizon, level=0.95, seed=7
    )
    assert (claim.mean, claim.low, claim.high) == (known.difference, known.low, known.high)
    assert claim.verdict == "a better"


@pytest.mark.parametrize(
    ("shares", "bound", "verdict"),
    [
        ((0.7, 0.9), "at least", "b better"),
        ((0.9, 0.7), "at most", "a better"),
        ((0.7, 0.7), "unknown", "not distinguishable"),
        ((0.9, 0.9), "exact", "equivalent"),
        ((0.8, 0.9), "exact", "not distinguishable"),
    ],
)
def test_a_percentile_past_the_horizon_is_claimed_as_claims_does_it(shares, bound, verdict):
    """Each order is there on day 100, give or take, in so many of the futures, in the others past the horizon."""
    made, luck = crowded(6), np.random.default_rng(3)
    there = np.arange(400) / 400
    days = np.stack(
        [np.where(there < share, 100 + luck.integers(0, 3, 400), made.horizon) for share in shares]
    )
    days = days[:, luck.permutation(400)]
    claim = claim_of(
        Scoring(made, only("p80"), Limits()), days[np.newaxis].astype(float), delta=4.0, level=0.95, seed=7
    )
    known = quantile_difference(days[0], days[1], 80, horizon=made.horizon, level=0.95, seed=7)
    assert (claim.mean, claim.bound, claim.verdict) == (known.difference, known.bound, verdict)
    assert known.bound == bound
    assert (None if claim.low_open else claim.low, None if claim.high_open else claim.high) == (
        known.low,
        known.high,
    )
    assert claim.within_delta == (verdict == "equivalent")


def test_a_sum_with_a_percentile_that_neither_order_has_within_the_horizon_claims_nothing():
    """The mean part is surely earlier, but what the percentile adds is not known."""
    made = crowded(6)
    days = np.stack([np.full(400, made.horizon), np.full(400, made.horizon)]).astype(float)
    sooner = np.stack([np.arange(400) % 7, np.arange(400) % 7 + 5]).astype(float)
    parts = Objectives((Objective("p80", "all"), Objective("mean", "all")), (1.0, 1.0))
    scoring, values = Scoring(made, parts, Limits()), np.stack([days, sooner])
    claim = claim_of(scoring, values, delta=1.0, level=0.95, seed=7)
    assert (claim.mean, claim.bound, claim.verdict) == (-5.0, "unknown", "not distinguishable")
    high, mean = part_differences(scoring, values, level=0.95, seed=7)
    assert (high.bound, high.low, high.high) == ("unknown", -np.inf, np.inf)
    assert (mean.bound, mean.value) == ("exact", -5.0)


def test_what_a_sum_is_made_of_adds_up():
    made, days = crowded(6), days_of(3, 400)
    parts = tuple(Objective(kind, "all") for kind in ("p80", "mean"))
    scoring = Scoring(made, Objectives(parts, (2.0, 0.5)), Limits())
    values = np.stack([days] * 2)
    high, mean = part_differences(scoring, values, level=0.95, seed=7)
    claim = claim_of(scoring, values, delta=1.0, level=0.95, seed=7)
    assert claim.mean == pytest.approx(2 * high.value + 0.5 * mean.value)
    alone = Scoring(made, only("p80"), Limits())
    single = claim_of(alone, days[np.newaxis], delta=1.0, level=0.95, seed=7)
    assert (high.value, high.low, high.high) == (single.mean, single.low, single.high)
    assert mean.value == pytest.approx((days[0] - days[1]).mean())


@pytest.mark.parametrize(
    ("kinds", "weights", "truth"),
    [(("p80",), (1.0,), -10.0), (("p50", "mean"), (1.0, 0.5), -15.0)],
    ids=["p80", "mixture"],
)
def test_intervals_of_percentiles_hold_the_truth(kinds, weights, truth):
    """In 95% of 120 samples, by the exact 99% interval; and they are no wider than they must be by far."""
    made = crowded(6)
    scoring = Scoring(made, Objectives(tuple(Objective(kind, "all") for kind in kinds), weights), Limits())
    held, widths, found = 0, [], []
    for seed in range(120):
        values = np.stack([days_of(seed, 400)] * len(kinds))
        claim = claim_of(scoring, values, delta=1.0, level=0.95, seed=seed)
        held += claim.low <= truth <= claim.high
        widths.append(claim.high - claim.low)
        found.append(claim.mean)
    assert binomtest(held, 120).proportion_ci(confidence_level=0.99, method="exact").high >= 0.95
    assert np.mean(widths) < 1.3 * 2 * 1.96 * np.std(found)


# -- the planner's own order breaks the limits ------------------------------------------------------------------


def two_in_line(**fields):
    """`a` opens what is long, `b` is short and nobody waits for it: `a` before `b` is 10 days better, one team."""
    items = {
        "a": [stage(spread(4, 6), team=1), 40],
        "b": [stage(spread(9, 11), team=1), 5],
        "c": [stage(3, team=1)],
    }
    return target(plan(items, resources={"team": 1}, horizon=200, **fields))


def test_an_own_order_that_breaks_a_limit_is_not_kept_whatever_it_costs_to_keep_it():
    """The best order is the planner's, but for the limit: the answer is the best that keeps it, with its cost."""
    made = two_in_line()
    start, limits = Order.of(made, ["a", "b", "c"]), Limits(must_before=(("b", "a"),))
    found = search(made, MEAN, limits, start=start, budget=2000, seed=1)
    proof = prove(
        made,
        found,
        start,
        MEAN,
        seed=1,
        replications=range(400),
        delta=0.5,
        limits=limits,
        rules=rules_of(made),
    )
    assert proof.own_breaks == ("'b' is not before 'a'",)
    assert proof.answer == proof.nominated
    assert proof.answer.ids(made)[:2] == ("b", "a")
    assert proof.said == "not distinguishable"
    assert proof.claim.verdict == "b better"
    assert 9 <= proof.claim.low <= proof.claim.high <= 11


def test_an_own_order_that_keeps_the_limits_competes_as_before():
    made = two_in_line()
    start, limits = Order.of(made, ["a", "b", "c"]), Limits(must_before=(("a", "b"),))
    found = search(made, MEAN, limits, start=start, budget=2000, seed=1)
    proof = prove(made, found, start, MEAN, seed=1, replications=range(400), delta=0.5, limits=limits)
    assert (proof.own_breaks, proof.answer, proof.claim) == ((), start, None)


def test_an_own_order_that_misses_a_latest_day_is_not_kept():
    made = two_in_line()
    start, limits = Order.of(made, ["a", "b", "c"]), Limits(latest={"b": 18})
    found = search(made, MEAN, limits, start=start, budget=2000, seed=1)
    proof = prove(made, found, start, MEAN, seed=1, replications=range(400), delta=0.5, limits=limits)
    assert [text.split(" (")[0][:8] for text in proof.own_breaks] == ["'b' live"]
    assert (proof.answer, proof.missed) == (proof.nominated, ())
    assert proof.answer.ids(made).index("b") < proof.answer.ids(made).index("a")


def test_what_an_order_breaks_is_judged_by_what_the_limits_say():
    """One team, and `a` and `b` have tails: without hold-backs three have begun and not ended when `c` has."""
    made = two_in_line()
    start = Order.of(made, ["a", "b", "c"])

    def broken(order=start, **limits):
        return breaches(made, Limits(**limits), order, seed=1, replications=range(100))

    assert broken(at_once={"d": 3}) == ()
    assert broken(at_once={"d": 2}) == ("up to 3 of 'd' at once, not 2",)
    held = Order.of(made, ["a", "b", "c"], hold_backs=[("b", "a")])
    assert broken(held, at_once={"d": 2}) == ()
    assert broken(held, at_once={"d": 1}) == ("up to 2 of 'd' at once, not 1",)
    assert broken(must_before=(("a", "c"),), first=("a",), last=("b", "c")) == ()
    assert broken(must_before=(("c", "a"),), first=("b",), last=("c", "b")) == (
        "'c' is not before 'a'",
        "'b' is not first",
        "'c', 'b' is not last",
    )


def test_an_enabler_before_the_first_is_not_in_its_way():
    made = target(plan({"e": [1], "a": [1], "b": [1]}, arcs=[("e", "b")], enablers=["e"]))
    for ids, broken in (
        (["e", "b", "a"], ()),
        (["b", "a", "e"], ()),
        (["a", "e", "b"], ("'b' is not first",)),
    ):
        order = Order.of(made, ids)
        assert breaches(made, Limits(first=("b",)), order, seed=1, replications=range(2)) == broken


# -- known rules ------------------------------------------------------------------------------------------------


def test_what_was_found_does_not_win_over_a_better_rule_unseen():
    """A poor find beats the planner's own, and a rule beats both: the rule is the answer, by its name."""
    made = two_in_line()
    start, poor = Order.of(made, ["b", "c", "a"]), Order.of(made, ["c", "b", "a"])
    middling = Order.of(made, ["c", "a", "b"], name="found")
    proof = prove(
        made, [poor, middling], start, MEAN, seed=1, replications=range(400), delta=0.5, rules=rules_of(made)
    )
    assert (proof.said, proof.answer, proof.is_rule) == ("shown better", proof.nominated, True)
    assert proof.answer.name in RULES
    assert proof.answer.ids(made)[0] == "a"
    assert proof.rule_claim is None


def test_a_rule_that_is_surely_better_by_less_than_nominating_sees_is_the_answer():
    """Nominating with a wide zone of indifference may take the worse of two that are near: the claim is made again.

    `c` first costs three days, `b` first forty. With a zone of 20 days nominating need not tell the first two apart.
    """
    items = {
        "a": [stage(spread(4, 6), team=1), 90],
        "b": [stage(spread(39, 41), team=1)],
        "c": [stage(3, team=1)],
    }
    made = target(plan(items, resources={"team": 1}, horizon=300))
    start = Order.of(made, ["b", "c", "a"])
    rule = Order.of(made, ["a", "b", "c"], name="latest-finish-time")
    found = Order.of(made, ["c", "a", "b"], name="found")
    proof = prove(made, [found], start, MEAN, seed=1, replications=range(400), delta=20.0, rules=[rule])
    assert (proof.answer, proof.said) == (rule, "shown better")


def test_a_rule_that_is_surely_better_is_the_answer_where_the_own_order_breaks_limits():
    """Also where what was nominated is not shown better than the planner's own: that is out.

    Both keep `b` before `a` and cost days; `c` between them costs three more, which nominating with a zone of 50 days
    need not see. Whichever was nominated, the rule is the answer, and is told against the planner's own.
    """
    made = two_in_line()
    start, limits = Order.of(made, ["a", "b", "c"]), Limits(must_before=(("b", "a"),))
    rule = Order.of(made, ["b", "a", "c"], name="latest-finish-time")
    found = Order.of(made, ["b", "c", "a"], name="found")
    judge = OrderJudge(made, MEAN, limits, 1, 1)
    proof = judge.claim(found, start, rule, range(400), 50.0, 0.95, ("'b' is not before 'a'",))
    assert (proof.nominated, proof.is_rule, proof.rule_claim) == (rule, True, None)
    assert proof.claim.verdict == "b better"
    # Where the planner's own is not out, nothing is claimed of a rule before what was nominated was shown better.
    proof = judge.claim(found, start, rule, range(400), 50.0, 0.95, ())
    assert (proof.nominated, proof.rule_claim.verdict) == (found, "a better")


def test_a_rule_that_falls_shorter_of_a_limit_is_not_held_against_what_was_found():
    """`a` first is 13 days better than what was found, but then `b` is late: no such order is praised."""
    made = two_in_line()
    start, limits = Order.of(made, ["c", "b", "a"]), Limits(latest={"b": 18})
    rule = Order.of(made, ["a", "b", "c"], name="latest-finish-time")
    found = Order.of(made, ["b", "a", "c"], name="found")
    judge = OrderJudge(made, MEAN, limits, 1, 1)
    proof = judge.claim(found, start, rule, range(400), 0.5, 0.95, ())
    assert (proof.nominated, proof.said, proof.rule, proof.rule_claim) == (found, "shown better", None, None)
    assert not proof.is_rule
    free = OrderJudge(made, MEAN, Limits(), 1, 1).claim(found, start, rule, range(400), 0.5, 0.95, ())
    assert (free.nominated, free.is_rule) == (rule, True)


def test_an_order_surely_better_by_less_than_is_worth_acting_on_is_not_the_answer():
    """Three days of 7: advice on the next slot says the same (`advised.said`)."""
    made = two_in_line()
    start, found = Order.of(made, ["c", "a", "b"]), Order.of(made, ["a", "b", "c"])
    for delta, said in ((7.0, "better by little"), (0.5, "shown better")):
        proof = prove(made, [found], start, MEAN, seed=1, replications=range(400), delta=delta)
        assert (proof.said, proof.answer) == (said, start if delta > 3 else found)
        assert -3.5 < proof.claim.low <= proof.claim.high < -2.5
    limits = Limits(must_before=(("a", "c"),))
    proof = prove(made, [found], start, MEAN, seed=1, replications=range(400), delta=7.0, limits=limits)
    assert (proof.said, proof.answer) == ("better by little", found)


def test_the_best_rule_is_held_against_what_was_found():
    made = crowded(12, 7)
    start = listed(made)
    found = search(made, MEAN, start=start, budget=11_000, seed=1)
    proof = prove(made, found, start, MEAN, seed=1, replications=range(2000), delta=0.5, rules=rules_of(made))
    assert proof.rule.name in RULES
    assert not proof.is_rule
    days = [
        met_day(
            made, made.targets[0], compiled.run(made, order, draw(made, 1, proof.claimed)).go_live
        ).astype(int)
        for order in (proof.rule, proof.nominated)
    ]
    assert proof.rule_claim.mean == pytest.approx(np.mean(days[0] - days[1]))


# -- limits always hold -----------------------------------------------------------------------------------------


@st.composite
def limited(draw_):
    """An unkind plan, an order for it, and limits on some of it, which may contradict."""
    made = draw_(strategies.plans())
    open_ = [item.id for item in made.items if made.tasks_of[item.id]]
    services = [name for name in open_ if made.items[made.item_index[name]].kind == "service"]
    pick = st.sampled_from(open_ or [""])
    limits = Limits(
        must_before=tuple(draw_(st.lists(st.tuples(pick, pick), max_size=2))),
        first=tuple(draw_(st.lists(pick, max_size=1))),
        last=tuple(draw_(st.lists(pick, max_size=1))),
        at_once={one.id: draw_(st.integers(1, 2)) for one in made.departments if draw_(st.booleans())},
        latest={draw_(st.sampled_from(services)): made.horizon - 1}
        if services and draw_(st.booleans())
        else {},
        share=0.3,
    )
    return made, draw_(strategies.orders(made)), limits


@given(asked=limited())
@settings(max_examples=100, phases=[Phase.explicit, Phase.generate], deadline=None)
def test_whatever_is_asked_every_order_handed_back_keeps_the_limits(asked):
    """Finalists, the rule and the answer, judged by what limits say and not by how they are kept.

    The answer is the planner's own only where that keeps them, or where nothing was found that does.
    """
    made, start, limits = asked
    if not made.services:
        return
    made = target(made)
    try:
        found = search(made, MEAN, limits, start=start, budget=400, seed=1)
    except PlanError:
        return  # nothing to order, or limits that contradict or that nothing found keeps
    proof = prove(
        made,
        found,
        start,
        MEAN,
        seed=1,
        replications=range(400),
        delta=1.0,
        limits=limits,
        rules=rules_of(made),
    )
    permitted = Permitted(made, limits)
    given_back = [*found.finalists, proof.nominated, *([found.rule.order] if found.rule else [])]
    for order in given_back:
        if order is not start:
            assert permitted.keeps(order.rank, order.hold_backs)
            assert breaches(made, limits, order, seed=1, replications=range(50)) == ()
    if proof.answer is start and not proof.missed:
        assert proof.own_breaks == () or len(proof.claimed) == 0
