"""Working-day arithmetic against loops over days; bank holidays against the rules people know."""

import csv
from datetime import date, timedelta
from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onelogin_sim.calendars import (
    NATIONS,
    NEVER,
    bank_holidays,
    build_calendar,
    date_of,
    day_of,
    holidays_covered,
)
from plans import every_day, worked

STATUS = date(2023, 12, 14)


@st.composite
def calendars(draw):
    """Up to forty days from up to ten days back, each worked, off or frozen; often a freeze of some days."""
    first = -draw(st.integers(0, 10))
    marks = draw(st.text("##.x", min_size=1 - first, max_size=40 - first))
    if draw(st.booleans()):
        at = draw(st.integers(0, len(marks)))
        marks = (marks[:at] + "xxx" + marks[at + 3 :])[: len(marks)]
    return worked("c", marks, first=first)


def loop_finish(calendar, start, days):
    """Count worked days one by one; the day after the last, if it lies before the horizon."""
    for day in range(start, calendar.horizon):
        days -= int(calendar.working[day - calendar.first])
        if days == 0:
            return day + 1 if day + 1 < calendar.horizon else NEVER
    return NEVER


def loop_may_start(calendar, start, days):
    """Worked today, and no frozen day before the last day of work (or before the horizon)."""
    if not calendar.working[start - calendar.first]:
        return False
    for day in range(start, calendar.horizon):
        if calendar.frozen[day - calendar.first]:
            return False
        days -= int(calendar.working[day - calendar.first])
        if days == 0:
            return True
    return True


@given(calendars(), st.data())
def test_against_loops_over_days(calendar, data):
    start = data.draw(st.integers(calendar.first, calendar.horizon - 1))
    stop = data.draw(st.integers(start, calendar.horizon))
    days = data.draw(st.one_of(st.integers(1, 12), st.just(99_999)))
    days_between = [day for day in range(start, stop) if calendar.working[day - calendar.first]]
    assert calendar.working_days(start, stop) == len(days_between)
    assert calendar.finish(start, days) == loop_finish(calendar, start, days)
    assert calendar.may_start(start, days) == loop_may_start(calendar, start, days)


@given(calendars(), st.data())
def test_work_occupies_exactly_its_working_days(calendar, data):
    """[start, finish) holds n working days, begins with one, and the day before the finish is one."""
    start = data.draw(st.integers(calendar.first, calendar.horizon - 1))
    days = data.draw(st.integers(1, 8))
    finish = calendar.finish(start, days)
    if finish != NEVER:
        assert calendar.working_days(start, finish) == days
        assert calendar.working[finish - 1 - calendar.first]
        assert finish < calendar.horizon


def test_by_hand():
    """Two weeks from a Monday: five days worked, two off, then one worked and two frozen."""
    calendar = worked("c", "#####..#xx##..")
    assert calendar.horizon == 14
    assert calendar.finish(0, 5) == 5
    assert calendar.finish(0, 6) == 8
    assert calendar.finish(0, 7) == 11  # a freeze is not worked
    assert calendar.may_start(0, 6)
    assert not calendar.may_start(0, 7)  # but work that would run into it does not begin
    assert not calendar.may_start(5, 1)
    assert not calendar.may_start(8, 1)


def test_a_finish_on_the_horizon_is_never():
    """The horizon is the first day outside; work that ends one day sooner is seen."""
    calendar = every_day(10)
    assert calendar.finish(7, 2) == 9
    assert calendar.finish(7, 3) == NEVER
    assert calendar.may_start(7, 3)  # it begins all the same
    assert calendar.may_start(9, 50)


def test_what_cannot_end_does_not_begin_before_a_freeze():
    """Work that would not end within the horizon still runs into the freeze on the way there."""
    calendar = worked("c", "####xx####")
    assert not calendar.may_start(0, 20)
    assert calendar.may_start(6, 20)


def test_days_before_the_status_date():
    """What began before day 0 counts back in the same working days."""
    calendar = worked("c", "#####..#####..####", first=-7)
    assert calendar.horizon == 11
    assert calendar.working_days(-7, 0) == 5
    assert calendar.working_days(-3, 2) == 3
    assert calendar.finish(-7, 6) == 1


def test_a_calendar_that_ends_gives_nothing_more():
    calendar = worked("c", "###...........")
    assert calendar.finish(0, 3) == 3
    assert calendar.finish(0, 4) == NEVER


def test_dates_and_days_are_each_others_inverse():
    assert day_of(date(2023, 12, 25), STATUS) == 11
    assert day_of(date(2023, 12, 1), STATUS) == -13
    assert date_of(11, STATUS) == date(2023, 12, 25)
    assert date_of(-13, STATUS) == date(2023, 12, 1)
    assert date_of(NEVER, STATUS) is None
    assert np.iinfo(np.int32).max == NEVER


# -- bank holidays ------------------------------------------------------------------------------------------


def weekdays_off(nation, year):
    """Bank holidays of a year that fall on a weekday, as everything is known today."""
    return sorted(
        day for day in bank_holidays(nation, date(2099, 1, 1)) if day.year == year and day.weekday() < 5
    )


@pytest.mark.parametrize(
    ("nation", "count"), [("England", 8), ("Wales", 8), ("Scotland", 9), ("Northern Ireland", 10)]
)
def test_each_ordinary_year_has_its_number_of_holidays_on_weekdays(nation, count):
    """Substitute days make up for weekends. Years with one-off holidays are left out."""
    first, last = holidays_covered()
    odd = {2022, 2023, 2026}
    for year in range(first.year, last.year + 1):
        if year not in odd:
            assert len(weekdays_off(nation, year)) == count, year


def test_the_christmas_of_2023_by_nation():
    """A Monday. Scotland adds 2 January and St Andrew's Day, Northern Ireland 17 March and 12 July."""
    for nation in NATIONS:
        assert {date(2023, 12, 25), date(2023, 12, 26), date(2024, 1, 1)} <= bank_holidays(nation, STATUS)
    only = {nation: set(weekdays_off(nation, 2024)) for nation in NATIONS}
    assert only["England"] == only["Wales"]
    assert {date(2024, 1, 2), date(2024, 12, 2), date(2024, 8, 5)} <= only["Scotland"] - only["England"]
    assert only["Northern Ireland"] - only["England"] == {date(2024, 3, 18), date(2024, 7, 12)}
    assert date(2024, 4, 1) not in only["Scotland"]  # no Easter Monday there


def test_substitute_days_when_christmas_falls_on_a_weekend():
    """25 December 2027 is a Saturday: the Monday and the Tuesday after are off."""
    assert {date(2027, 12, 27), date(2027, 12, 28)} <= bank_holidays("England", STATUS)


@pytest.mark.parametrize(
    ("holiday", "proclaimed"),
    [
        (date(2022, 9, 19), date(2022, 9, 10)),  # the state funeral
        (date(2023, 5, 8), date(2022, 11, 6)),  # the coronation
    ],
)
def test_a_one_off_holiday_is_unknown_before_it_was_proclaimed(holiday, proclaimed):
    """What became known after the status date feeds no forecast."""
    for nation in NATIONS:
        assert holiday not in bank_holidays(nation, proclaimed - timedelta(days=1))
        assert holiday in bank_holidays(nation, proclaimed)


def test_the_table_is_sorted_free_of_repeats_and_of_known_nations():
    text = (resources.files("onelogin_sim") / "holidays.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert list(rows[0]) == ["nation", "date", "proclaimed", "name"]
    places = [(NATIONS.index(row["nation"]), row["date"]) for row in rows]
    assert places == sorted(set(places))
    assert {row["nation"] for row in rows} == set(NATIONS)
    assert all(not row["proclaimed"] or row["proclaimed"] < row["date"] for row in rows)
    assert holidays_covered()[0] <= date(2016, 1, 1)
    assert holidays_covered()[1] >= date(2035, 12, 31)


@given(st.sampled_from(NATIONS), st.integers(-400, 0), st.integers(1, 1500), st.data())
def test_working_days_are_numpys_business_days(nation, first, horizon, data):
    """NumPy's own business-day functions as the oracle, holidays included."""
    calendar = build_calendar("c", STATUS, first, horizon, nation)
    assert (calendar.first, calendar.horizon) == (first, horizon)
    assert not calendar.frozen.any()
    holidays = np.array(sorted(bank_holidays(nation, STATUS)), dtype="datetime64[D]")
    start = data.draw(st.integers(first, horizon - 1))
    stop = data.draw(st.integers(start, horizon))
    zero = np.datetime64(STATUS)
    assert calendar.working_days(start, stop) == np.busday_count(zero + start, zero + stop, holidays=holidays)
    if calendar.may_start(start, 1):
        days = data.draw(st.integers(1, 300))
        last = np.busday_offset(zero + start, days - 1, holidays=holidays)
        end = int((last - zero).astype(int)) + 1
        assert calendar.finish(start, days) == (end if end < horizon else NEVER)


def test_every_day_is_worked_without_a_nation():
    calendar = build_calendar("c", STATUS, -5, 20, None, freezes=[(3, 5)])
    assert calendar.working.sum() == 23
    assert np.flatnonzero(calendar.frozen).tolist() == [8, 9]


@given(st.lists(st.tuples(st.integers(-30, 60), st.integers(0, 20)), max_size=4))
def test_freezes_are_half_open_and_taken_out_of_the_working_days(spans):
    """Freezes may overlap, begin before the first day or end after the last."""
    freezes = [(start, start + length) for start, length in spans]
    calendar = build_calendar("c", STATUS, -10, 40, "Wales", freezes)
    plain = build_calendar("c", STATUS, -10, 40, "Wales")
    for day in range(-10, 40):
        frozen = any(start <= day < stop for start, stop in freezes)
        assert calendar.frozen[day + 10] == frozen
        assert calendar.working[day + 10] == (plain.working[day + 10] and not frozen)
