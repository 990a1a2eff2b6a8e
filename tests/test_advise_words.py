"""Advice in words where the horizon hides how far apart two choices are."""

from dataclasses import replace

import pytest

from onelogin_sim.report.advising import words
from onelogin_sim.report.advising.as_json import advice_json
from onelogin_sim.report.advising.tables import choice_rows
from onelogin_sim.report.charts.first_choices import plot_choices
from plans import order
from test_advise import ask, tail, told


@pytest.fixture(scope="module")
def advice():
    return ask(tail(), order(tail(), "a b c"))


@pytest.mark.parametrize(
    ("changed", "text", "interval", "bound"),
    [
        ({"mean": -734.0, "low": -800.0, "high": -640.0, "bound": "at most", "low_open": True},
         "gains at least 734 days (640 or more)", [640.0, None], "at least"),
        ({"mean": 734.0, "low": 640.0, "high": 800.0, "bound": "at least", "high_open": True},
         "gains at most -734 days (-640 or less)", [None, -640.0], "at most"),
        ({"mean": 9.0, "low": -2.0, "high": 12.0, "low_open": True},
         "gains -9 days (-12 or more)", [-12.0, None], "exact"),
        ({"mean": 0.0, "low": 0.0, "high": 0.0, "bound": "unknown", "low_open": True, "high_open": True},
         "gains what the horizon hides (not bounded)", [None, None], "unknown"),
    ],
)  # fmt: skip
def test_a_percentile_past_the_horizon_is_told_as_far_as_it_is_known(advice, changed, text, interval, bound):
    cut = replace(advice.against_own, **changed)
    assert words.gains(cut, advice) == text
    document = advice_json(told(replace(advice, against_own=cut)))["against_own_order"]
    assert (document["interval"], document["bound"]) == (interval, bound)
    chart = plot_choices(told(replace(advice, against_own=cut)))
    assert ("Claimed of B: " in chart.alt) is (bound != "unknown")


def test_what_is_surely_better_is_told_as_better_also_past_the_horizon(advice):
    claim = replace(advice.against_own, mean=-734.0, low=-800.0, high=-640.0, bound="at most", low_open=True)
    assert words.better(claim, advice) == "at least 734 days better (640 or more)"


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"verdict": "equivalent", "low": -0.5, "high": 1.2, "within_delta": True},
         "gains -0.4 days (-1.2 to 0.5) on your order in 200 futures that ranked nothing, equivalent within 1 day."),
        ({"verdict": "b better", "low": 0.1, "high": 1.2, "within_delta": False},
         "gains -0.4 days (-1.2 to -0.1) on your order in 200 futures that ranked nothing, which is surely worse."),
    ],
)  # fmt: skip
def test_a_gain_has_one_sign_in_sentence_table_and_chart(advice, changed, text):
    """Who ranked first may be worse in the futures of the claim: no word says that he ranks first and is worse."""
    worse = told(replace(advice, against_own=replace(advice.against_own, mean=0.4, **changed)))
    assert words.answer(worse) == (
        "Keep to your order 'listed' for the next free slot of Team, which gives it to A. No other choice is shown to "
        f"be better: B, which ranked first, {text}"
    )
    chart = plot_choices(worse)
    claim, *ranked = chart.rows
    assert (claim["choice"], claim["item"], claim["gain"]) == ("claim", "b", -0.4)
    assert ranked == list(choice_rows(worse))
    (ax,) = chart.figure.axes
    assert [label.get_text() for label in ax.get_yticklabels()][:2] == ["B: claim", "B"]
    (square,) = [line for line in ax.lines if line.get_marker() == "s"]
    assert list(square.get_xdata()) == [-0.4]
