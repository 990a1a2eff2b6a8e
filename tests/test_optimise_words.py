"""What a planner is told of an optimisation: no more than was shown, and what it costs."""

from dataclasses import replace
from math import inf
from pathlib import Path

import pytest

import onelogin_sim
from onelogin_sim.optimising.asked import limits, objectives
from onelogin_sim.optimising.optimised import Optimised, Question
from onelogin_sim.optimising.recipe import judge, look
from onelogin_sim.optimising.zone import default_delta
from onelogin_sim.orders.policies import RULES
from onelogin_sim.orders.search.claiming import Apart
from onelogin_sim.pairs import Mean
from onelogin_sim.report.optimising import words
from onelogin_sim.report.optimising.as_json import optimised_json

SCENARIOS = Path(__file__).parents[1] / "scenarios"


def scenario():
    return onelogin_sim.load_scenario(SCENARIOS / "small" / "scenario.yaml")


def optimised(**asked) -> Optimised:
    """The small scenario's mean day, from its own first order, under limits by their words."""
    plan = scenario().plan()
    start = asked.pop("start", None)
    question = Question(
        objectives(plan, asked.pop("objective", ())), limits(plan, **asked), scenario().order(start),
        target=0, budget=3000, replications=200, seed=1, delta=7.0,
    )  # fmt: skip
    return judge(scenario(), question, look(scenario(), question))


@pytest.fixture(scope="module")
def small() -> Optimised:
    return optimised()


@pytest.fixture(scope="module")
def bound() -> Optimised:
    """The planner's best order, but for one that must come before what opens another: keeping that costs days."""
    return optimised(start="latest-finish-time", must_before=["carers:boat-licence"])


def said(found, **changed) -> str:
    return words.answer(replace(found, proof=replace(found.proof, **changed)))


def claim(found, **changed):
    return replace(found.proof.claim, **changed)


# -- shown better -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mean", "low", "high", "text"),
    [
        (-16.0, -19.0, -13.0, "16 days earlier on average (13 to 19) than your order 'as_planned', in 200 futures"),
        (-9.0, -12.0, -6.0, "9 days earlier on average (6 to 12) than your order 'as_planned', but perhaps by less "
         "than the 7 days worth acting on, in 200 futures"),
    ],
)  # fmt: skip
def test_a_gain_that_may_be_too_little_to_act_on_is_told_so(small, mean, low, high, text):
    assert text in said(small, claim=claim(small, mean=mean, low=low, high=high, within_delta=False))


def test_a_gain_that_is_surely_too_little_to_act_on_is_not_recommended(small):
    """As advice on the next slot has it."""
    little = claim(small, mean=-4.0, low=-6.0, high=-2.0, within_delta=True)
    told = said(small, said="better by little", answer=small.question.start, claim=little)
    assert told.startswith(
        f"Keep 'as_planned': 'found', the known rule {small.rule_name}, is better, but surely by less than the 7 days "
        "worth acting on. It meets “Every service” 4 days earlier on average (2 to 6) than yours, in 200 futures"
    )
    made = replace(small, proof=replace(small.proof, said="better by little", answer=small.question.start))
    assert not made.recommended
    assert not made.shown_better


def test_a_limit_that_is_missed_by_no_more_than_luck_explains_is_told_so(small):
    short, same = (
        ("'pensions' live by 2024-05-24 (79.6% of futures)",),
        "falls just short of what the limits ask",
    )
    told = said(small, unsure=short, own_unsure=short)
    assert (
        f" 'found' {same}, by no more than may be luck: {short[0]}; so does yours: {short[0]}. It connects"
        in told
    )
    assert f" Yours {same}, by no more than may be luck: {short[0]}. It connects" in said(
        small, own_unsure=short
    )
    assert same not in said(small, missed=short, answer=small.question.start)


def test_a_rule_that_was_nominated_goes_by_its_name(small):
    assert small.rule_name in RULES
    assert small.shown_better
    assert words.answer(small).startswith(
        f"'found', the known rule {small.rule_name}, is shown better: it meets "
    )


@pytest.mark.parametrize(
    ("verdict", "low", "high", "text"),
    [
        ("equivalent", -1.0, 4.0, " The known rule latest-finish-time does as well, within 7 days: it meets “Every "
         "service” 1.5 days later on average (-1 to 4) than 'found'. "),
        ("not distinguishable", -6.0, 9.0, " The known rule latest-finish-time cannot be told from it: it meets "
         "“Every service” 1.5 days later on average (-6 to 9) than 'found'. "),
    ],
)  # fmt: skip
def test_a_rule_that_does_as_well_is_named(small, verdict, low, high, text):
    """ "As well" is said only where the interval lies within what is worth acting on."""
    rule = replace(small.proof.rule, name="latest-finish-time")
    apart = claim(
        small, verdict=verdict, mean=1.5, low=low, high=high, within_delta=verdict == "equivalent", censored=0
    )
    assert text in said(small, rule=rule, rule_claim=apart)


def test_a_rule_that_is_surely_worse_is_left_to_the_table(small):
    apart = claim(small, verdict="b better", mean=15.0, low=12.0, high=18.0, within_delta=False)
    assert "known rule" not in said(small, rule_claim=apart)


def test_the_price_is_part_of_the_answer(small):
    """Every other target that surely comes later, and what becomes of the users connected by then."""
    pair = small.comparison.pairs[0]
    first, *others = pair.targets
    worse = [
        replace(entry, verdict="a better", claim=replace(entry.claim, mean=-12.0, low=-15.0, high=-9.0))
        for entry in others
    ]
    # The pair has the planner's own order first: it is better there.
    first = replace(first, user_weeks=Mean(5000.0, 4000.0, 6000.0))
    comparison = replace(small.comparison, pairs=(replace(pair, targets=(first, *worse)),))
    told = words.answer(replace(small, comparison=comparison))
    names = [f"“{entry.target.name}” by 12 days (9 to 15)" for entry in others]
    by = "28 Jun 2024"
    assert told.endswith(
        f" It puts off {' and '.join(names)}. It connects 5,000 fewer user-weeks by {by} (4,000 to 6,000)."
    )
    unclear = replace(first, user_weeks=Mean(10.0, -4.0, 24.0))
    comparison = replace(small.comparison, pairs=(replace(pair, targets=(unclear, *others)),))
    told = words.answer(replace(small, comparison=comparison))
    assert told.endswith(f" No difference is shown in the user-weeks connected by {by}.")


# -- not shown better -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "low", "high", "text"),
    [
        ("equivalent", -2.0, 1.0,
         "No order found is distinguishably better than yours, 'as_planned'. The best of them is as good, within 7 "
         "days: in 200 futures it meets “Every service” 0.5 days earlier on average (-1 to 2) than yours. Keep yours."),
        ("not distinguishable", -20.0, 19.0,
         "No order found is distinguishably better than yours, 'as_planned'. The best of them meets “Every service” "
         "0.5 days earlier on average (-19 to 20) than yours, which 200 futures cannot tell from no difference. "
         "Keep yours."),
    ],
)  # fmt: skip
def test_what_is_not_shown_is_not_recommended(small, what, low, high, text):
    apart = claim(small, mean=-0.5, low=low, high=high)
    assert said(small, said=what, answer=small.question.start, claim=apart) == text


def test_a_better_order_that_misses_a_latest_date_is_not_recommended(small):
    told = said(small, answer=small.question.start, missed=("'carers' live by 2024-01-09 (1% of futures)",))
    assert told.startswith("Keep 'as_planned': 'found' meets")
    assert told.endswith("does not keep every limit: 'carers' live by 2024-01-09 (1% of futures).")


# -- the planner's own order breaks the limits ------------------------------------------------------------------


def test_an_own_order_that_breaks_a_limit_is_never_kept(bound):
    assert (bound.recommended, bound.shown_better, bound.keeps_limits) == (True, False, False)
    told = words.answer(bound)
    assert told.startswith(
        "Your order 'latest-finish-time' breaks the limits: 'carers' is not before 'boat-licence'. Use 'found', "
    )
    low, high = bound.proof.claim.low, bound.proof.claim.high
    assert low > 0
    assert (
        f"later on average ({words.amount(low)} to {words.amount(high)}) than yours, in 200 futures the"
        in told
    )
    assert "never saw: that is what the limits cost." in told
    laned = replace(bound.question.limits, at_once={"benefits": 2})
    told = words.answer(replace(bound, question=replace(bound.question, limits=laned)))
    assert "never saw: kept by lanes, which costs more than so many at once need cost." in told
    assert "Keep" not in told
    assert words.source(bound) == (
        "order search, seed 1, the best found within the limits, not shown better, on replications 400 to 599"
    )


def test_rules_are_compared_as_the_limits_make_them(bound):
    """None of them is better than the order nominated by breaking the limit."""
    assert {rival.name for rival in bound.rivals} == set(RULES)
    assert any(rival.changed for rival in bound.rivals)
    assert words.rivals_note(bound).startswith("Rules are compared as the limits make them; changed: ")
    assert all(rival.gain.high >= 0 for rival in bound.rivals)


def test_a_rule_that_is_used_within_the_limits_is_named_so(bound):
    rival = replace(bound.rivals[0], changed=True)
    made = replace(
        bound,
        rivals=(rival, *bound.rivals[1:]),
        proof=replace(bound.proof, rule=replace(bound.proof.nominated, name=rival.name), rule_claim=None),
    )
    told = words.answer(made)
    assert (
        f"Use 'found', the known rule {rival.name} as the limits make it, the best order found that" in told
    )


@pytest.mark.parametrize(
    ("what", "verdict", "missed", "text"),
    [
        ("better by little", "a better", (), " keeps them and is shown better: it meets "),
        ("shown better", "a better", (), " keeps them and is shown better: it meets "),
        ("not distinguishable", "not distinguishable", (), ", which 200 futures cannot tell from no difference: it "
         "is not shown better."),
        ("equivalent", "equivalent", (), ": in 200 futures as good, within 7 days."),
        ("shown better", "a better", ("'a' live by 2024-01-09 (70% of futures)",), "No order found is sure to keep "
         "them: the nearest, "),
    ],
)  # fmt: skip
def test_what_keeping_the_limits_comes_to(bound, what, verdict, missed, text):
    told = said(bound, said=what, missed=missed, claim=claim(bound, verdict=verdict))
    assert text in told
    assert "Keep" not in told
    assert ",," not in told


def test_where_only_one_keeps_the_limits_nothing_was_nominated(bound):
    told = words.futures(replace(bound, proof=replace(bound.proof, nomination=range(200, 200))))
    assert told.startswith(
        "Only one order kept the limits, so there was nothing to nominate from; the claim rests on"
    )


def test_where_nothing_keeps_the_limits_nothing_is_recommended(bound):
    told = said(bound, claim=None, answer=bound.question.start)
    assert told == (
        "Your order 'latest-finish-time' breaks the limits: 'carers' is not before 'boat-licence'. "
        "No order found keeps them all."
    )


# -- units ------------------------------------------------------------------------------------------------------


def test_units_follow_the_objectives(small):
    plan, apart = small.plan, Apart(-2.0, -3.0, -1.0)
    for parts, text in (
        (["p80"], "meets “Every service” 2 days earlier at P80 (1 to 3)"),
        (
            ["probability"],
            "gives “Every service” 2 percentage points more of a chance to be met in time (1 to 3)",
        ),
        (["user-weeks"], "connects 2% more (1 to 3) of the user-weeks there could be"),
        (["mean:1", "user-weeks:2"], "scores 2 better (1 to 3) on the weighted objectives"),
    ):
        asked = replace(small.question, objectives=objectives(plan, parts))
        assert words.difference(apart, asked, plan) == text


@pytest.mark.parametrize(
    ("apart", "text"),
    [
        (Apart(734.0, 640.0, inf, "at least"), "at least 734 days later at P80 (640 or more)"),
        (Apart(-734.0, -inf, -640.0, "at most"), "at least 734 days earlier at P80 (640 or more)"),
        (Apart(-1.0, -inf, 9.0, "at most"), "at least 1 day earlier at P80 (-9 or more)"),
        (Apart(20.0, -5.0, inf), "20 days later at P80 (-5 or more)"),
        (Apart(-20.0, -30.0, inf), "20 days earlier at P80 (30 or less)"),
        (Apart(0.0, -inf, inf, "unknown"), "an unknown number of days earlier or later at P80 (not bounded), as "
         "neither is within the horizon then,"),
    ],
)  # fmt: skip
def test_a_percentile_past_the_horizon_is_told_as_far_as_it_is_known(small, apart, text):
    asked = replace(small.question, objectives=objectives(small.plan, ["p80"]))
    assert words.difference(apart, asked, small.plan) == f"meets “Every service” {text}"


def test_a_sum_past_the_horizon_is_told_as_far_as_it_is_known(small):
    asked = replace(small.question, objectives=objectives(small.plan, ["p80:1", "user-weeks:2"]))
    for apart, text in (
        (Apart(-30.0, -inf, -20.0, "at most"), "at least 30 better (20 or more)"),
        (Apart(-30.0, -40.0, inf, "at least"), "at most 30 better (40 or less)"),
    ):
        told = words.difference(apart, asked, small.plan)
        assert told == f"scores {text} on the weighted objectives"


def test_the_claim_says_in_json_which_ends_the_horizon_leaves_open(small):
    cut = claim(small, mean=-734.0, low=-800.0, high=-640.0, bound="at most", low_open=True)
    document = optimised_json(replace(small, proof=replace(small.proof, claim=cut)))["claim"]
    assert (document["gain"], document["interval"], document["bound"]) == (734.0, [640.0, None], "at least")


def test_the_answer_is_the_only_sentence_in_json(small):
    """A comparison by itself takes the earlier order; an optimisation may say to keep the own one."""
    document = optimised_json(small)
    assert document["sentence"] == words.answer(small)
    assert "sentence" not in document["comparison"]
    assert document["comparison"]["pairs"]


def test_a_sum_of_objectives_is_told_with_what_it_is_made_of():
    """Each in its own unit, as the tables before and after have them."""
    found = optimised(objective=["mean:0.7", "user-weeks:0.3"])
    day, weeks = found.proof.parts
    assert found.proof.claim.mean == pytest.approx(0.7 * day.value + 0.3 * weeks.value)
    assert day.low < day.value < day.high
    told = words.answer(found)
    assert "better (" in told
    assert " on the weighted objectives (it meets “Every service” " in told
    assert "% more (" in told


def test_a_single_objective_has_no_weight(small):
    assert objectives(small.plan, ["mean:2"]) == objectives(small.plan, ["mean"])


@pytest.mark.parametrize(
    ("asked", "delta", "text"),
    [
        ((), 7.0, "7 days"),
        (["p80"], 7.0, "7 days"),
        (["probability"], 1.0, "1 percentage point"),
        (["user-weeks"], 0.5, "0.5 percent of the user-weeks there could be"),
        (["mean", "user-weeks"], 7.0, "7 weighted units of the objectives"),
        (["mean:0.7", "user-weeks:0.3"], 0.15, "0.15 weighted units of the objectives"),
        (["mean:1", "probability:20"], 7.0, "7 weighted units of the objectives"),
    ],
)
def test_what_is_worth_acting_on_has_the_unit_of_what_is_asked(small, asked, delta, text):
    made = objectives(small.plan, asked)
    assert default_delta(made) == pytest.approx(delta)
    assert words.delta(replace(small.question, objectives=made, delta=default_delta(made))) == text


def test_a_count_of_checks_is_worth_acting_on_by_the_size_of_the_population():
    known = onelogin_sim.load_scenario(SCENARIOS / "roadmap-2025" / "scenario.yaml")
    made = objectives(known.plan(), ["checks-avoided"], verification=known.verification())
    people = sum(segment.people for segment in known.verification().segments)
    assert default_delta(made) == pytest.approx(people / 1e6, rel=0.05)
