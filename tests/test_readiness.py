"""Readiness counted from an earlier date, and what is known of a department that has come forward."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onelogin_sim.distributions import Distribution, table
from onelogin_sim.draws import draw
from onelogin_sim.draws.decisions import ByChance, decide
from onelogin_sim.errors import ScenarioError
from onelogin_sim.orders.policies import RULES
from onelogin_sim.scenario import load_scenario
from onelogin_sim.scenario.readiness import at_most
from plans import plan
from scenario_files import edit, write_full

MANY = 4000
DAYS = Distribution("cumulative", (0.0, 0.21, 100.0, 1.0))


def ready(since: int = 0):
    entry = {
        "readiness": (("@department:d", DAYS), ("a", Distribution("fixed", (5.0,)))),
        "ready_from": since,
    }
    return plan({"a": [1], "b": [1]}, details={"a": entry})


def test_days_counted_from_an_earlier_date_have_passed_in_part():
    """The same luck: so many days earlier, and not before day 0."""
    now, then = (draw(ready(since), 1, MANY).earliest[:, 0] for since in (0, -30))
    assert np.array_equal(then, np.maximum(now - 30, 0))
    assert (then == 0).mean() > (now == 0).mean()


def test_compiled_and_readable_definition_agree():
    made = ready(-30)
    readable = decide(made, MANY, ByChance(7, range(MANY)))
    assert np.array_equal(draw(made, 7, MANY).earliest, readable.earliest)


def test_what_is_counted_from_the_status_date_is_the_plan_it_always_was():
    assert "ready_from" not in ready().as_json()["items"][0]
    assert ready(-30).as_json()["items"][0]["ready_from"] == -30
    assert ready(-30).digest != ready().digest


def test_the_rule_that_serves_by_readiness_counts_from_there():
    entry = {"readiness": (("@department:d", Distribution("fixed", (40.0,))),)}
    made = plan({"a": [1], "b": [1]}, details={"a": entry | {"ready_from": -40}, "b": {"release": 1}})
    assert RULES["readiness"](made).ids(made) == ("a", "b")
    made = plan({"a": [1], "b": [1]}, details={"a": entry, "b": {"release": 1}})
    assert RULES["readiness"](made).ids(made) == ("b", "a")


@given(
    st.sampled_from(
        (
            DAYS,
            Distribution("split_lognormal", (3.0, 9.0, 40.0)),
            Distribution("observed", (2.0, 2.0, 30.0)),
            Distribution("triangular", (0.0, 5.0, 60.0)),
        )
    ),
    st.integers(2, 120),
)
def test_days_known_to_be_at_most_some_have_the_chances_of_those_that_are(days, most):
    before, after = table(days, least=0), table(at_most(days, most), least=0)
    assert after.last <= most
    share = before.probability_below(most + 1)
    for number in range(after.first, after.last):
        expected = before.probability_below(number + 1) / share
        assert after.probability_below(number + 1) == pytest.approx(expected, abs=1e-12)


def test_days_that_cannot_be_so_few_are_the_fewest_that_are_known():
    assert at_most(Distribution("fixed", (50.0,)), 20) == Distribution("fixed", (20.0,))


def known(folder, text):
    path = write_full(folder)
    edit(path, "readiness:\n", f"readiness:\n{text}")
    return path


def test_a_department_known_to_have_come_forward_has_done_so_by_then(tmp_path):
    path = known(tmp_path, "  counted_from: 2023-10-01\n  come_forward: {tax: 2023-12-01}\n")
    made = load_scenario(path).plan()
    items = [item for item in made.items if item.readiness]
    assert {item.ready_from for item in items} == {(date(2023, 10, 1) - made.status_date).days}
    for item in items:
        owner, days = item.readiness[0]
        assert owner == f"@department:{item.department}"
        assert (table(days, least=0).last <= 61) == (item.department == "tax")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("  counted_from: 2030-01-01\n", "readiness.counted_from: must not be after the status date"),
        (
            "  come_forward: {nobody: 2020-01-01}\n",
            "readiness.come_forward.nobody: is not a known department",
        ),
        (
            "  come_forward: {tax: 2020-01-01}\n",
            "readiness.come_forward.tax: must not be before 2024-01-01, which readiness is counted from",
        ),
    ],
)
def test_what_cannot_be_known_is_refused(tmp_path, text, problem):
    with pytest.raises(ScenarioError, match=problem):
        load_scenario(known(tmp_path, text))
