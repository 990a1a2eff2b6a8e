"""Targets met and coverage through time, on days made by hand."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onelogin_sim.calendars import NEVER
from onelogin_sim.coverage import count_covered, covered, first_live, last_live, met_day, month_ends, total
from onelogin_sim.plan import Department, Target
from plans import plan

#: Four services in two departments; `d` is not counted in users.
DETAILS = {
    "a": {"users": 100, "department": "x"},
    "b": {"users": 50, "department": "x"},
    "c": {"users": 850, "department": "y"},
    "d": {"users": 0, "department": "y"},
}
PLAN = plan(
    {name: [1] for name in DETAILS}, details=DETAILS, departments=[Department("x", "X"), Department("y", "Y")]
)
GO_LIVE = np.array([[10, 20, 30, 40], [5, 5, NEVER, 7]], dtype=np.int32)


def target(measure, needed):
    return Target("t", "T", measure, needed, total(PLAN, measure), by=50, share=Fraction(1))


@pytest.mark.parametrize(
    ("measure", "needed", "days"),
    [
        ("services", 1, [10, 5]),
        ("services", 3, [30, 7]),
        ("services", 4, [40, NEVER]),
        ("departments", 1, [10, 5]),
        ("departments", 2, [30, 7]),
        ("annual_users", 100, [10, 5]),
        ("annual_users", 101, [20, 5]),
        ("annual_users", 151, [30, NEVER]),
        ("annual_users", 1000, [30, NEVER]),
    ],
)
def test_a_target_is_met_on_the_day_enough_is_live(measure, needed, days):
    assert met_day(PLAN, target(measure, needed), GO_LIVE).tolist() == days


def test_departments_count_from_their_first_service_and_are_done_with_their_last():
    assert first_live(PLAN, GO_LIVE).tolist() == [[10, 30], [5, 7]]
    assert last_live(PLAN, GO_LIVE).tolist() == [[20, 40], [5, NEVER]]


def test_coverage_counts_what_is_live_on_the_day_itself():
    days = np.array([9, 10, 30], dtype=np.int32)
    assert covered(PLAN, "services", GO_LIVE, days).tolist() == [[0, 1, 3], [3, 3, 3]]
    assert covered(PLAN, "departments", GO_LIVE, days).tolist() == [[0, 1, 2], [2, 2, 2]]
    assert covered(PLAN, "annual_users", GO_LIVE, days).tolist() == [[0, 100, 1000], [150, 150, 150]]


def test_months_end_within_the_horizon():
    """Status date 2024-01-01: January ends on day 30, February (a leap year) on day 59, March on day 90."""
    assert month_ends(plan({"a": [1]}, horizon=100)).tolist() == [30, 59, 90]
    assert month_ends(plan({"a": [1]}, horizon=90)).tolist() == [30, 59]


def test_a_target_in_users_that_nobody_has_is_met_at_once():
    """A share of no users at all is nothing, and nothing is there from the start."""
    assert met_day(PLAN, target("annual_users", 0), GO_LIVE).tolist() == [0, 0]


@given(
    st.lists(
        st.lists(st.one_of(st.integers(-20, 120), st.just(NEVER)), min_size=4, max_size=4),
        min_size=1,
        max_size=6,
    ),
    st.sets(st.integers(0, 100), max_size=5).map(sorted),
    st.sampled_from(["services", "departments", "annual_users"]),
    st.integers(1, 7),
)
def test_counts_of_coverage_are_those_of_each_replication(days, ends, measure, steps):
    """Twice, so that counts are added to; steps round down, and of each the least coverage is kept."""
    go_live, ends = np.array(days, dtype=np.int32), np.array(ends, dtype=np.int32)
    counts = np.zeros((len(ends), steps + 1), dtype=np.int64)
    least = np.full(counts.shape, 10**6, dtype=np.int64)
    for _ in range(2):
        count_covered(PLAN, measure, go_live, ends, counts, least)
    live = covered(PLAN, measure, go_live, ends)
    for place in range(len(ends)):
        for step in range(steps + 1):
            there = live[:, place][live[:, place] * steps // total(PLAN, measure) == step]
            assert counts[place, step] == 2 * len(there)
            assert least[place, step] == there.min(initial=10**6)
