"""Advice in words where the horizon hides how far apart two choices are."""

from dataclasses import replace

import pytest

from onelogin_sim.report.advising import words
from onelogin_sim.report.advising.as_json import advice_json
from plans import order
from test_advise import ask, tail, told


@pytest.fixture(scope="module")
def advice():
    return ask(tail(), order(tail(), "a b c"))


@pytest.mark.parametrize(
    ("changed", "text", "interval", "bound"),
    [
        ({"mean": -734.0, "low": -800.0, "high": -640.0, "bound": "at most", "low_open": True},
         "at least 734 days better (640 or more)", [640.0, None], "at least"),
        ({"mean": 734.0, "low": 640.0, "high": 800.0, "bound": "at least", "high_open": True},
         "at least 734 days worse (640 or more)", [None, -640.0], "at most"),
        ({"mean": 9.0, "low": -2.0, "high": 12.0, "low_open": True},
         "9 days worse (12 or less)", [-12.0, None], "exact"),
        ({"mean": 0.0, "low": 0.0, "high": 0.0, "bound": "unknown", "low_open": True, "high_open": True},
         "better or worse by what the horizon hides (not bounded)", [None, None], "unknown"),
    ],
)  # fmt: skip
def test_a_percentile_past_the_horizon_is_told_as_far_as_it_is_known(advice, changed, text, interval, bound):
    cut = replace(advice.against_own, **changed)
    assert words.difference(cut, advice) == text
    document = advice_json(told(replace(advice, against_own=cut)))["against_own_order"]
    assert (document["interval"], document["bound"]) == (interval, bound)
