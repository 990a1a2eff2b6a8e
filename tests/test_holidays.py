"""The committed table of bank holidays: known dates, and nothing known before it was proclaimed."""

import csv
from datetime import date, timedelta
from importlib import import_module, resources

import pytest

from onelogin_sim.calendars import NATIONS, bank_holidays, build_calendar, day_of, holidays_covered

LATER = date(2040, 12, 31)


def table() -> list[dict[str, str]]:
    text = (resources.files("onelogin_sim") / "holidays.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def test_every_nation_is_covered_for_every_year_and_rows_are_sorted_and_unique() -> None:
    rows = table()
    keys = [(NATIONS.index(row["nation"]), row["date"]) for row in rows]
    assert keys == sorted(set(keys))
    years = {(row["nation"], row["date"][:4]) for row in rows}
    assert years == {(nation, str(year)) for nation in NATIONS for year in range(2015, 2041)}
    assert holidays_covered() == (date(2015, 1, 1), date(2040, 12, 31))
    for row in rows:
        assert row["name"]
        assert not row["proclaimed"] or row["proclaimed"] < row["date"]


@pytest.mark.parametrize(
    ("when", "nations"),
    [
        (date(2024, 1, 1), "EWSN"),  # New Year's Day
        (date(2024, 1, 2), "S"),  # 2 January
        (date(2024, 3, 18), "N"),  # St Patrick's Day, a Sunday, observed on the Monday
        (date(2024, 3, 29), "EWSN"),  # Good Friday
        (date(2024, 4, 1), "EWN"),  # Easter Monday
        (date(2024, 5, 6), "EWSN"),  # early May
        (date(2024, 7, 12), "N"),  # Battle of the Boyne
        (date(2024, 8, 5), "S"),  # summer, Scotland
        (date(2024, 8, 26), "EWN"),  # summer, elsewhere
        (date(2024, 12, 2), "S"),  # St Andrew's Day, a Saturday, observed on the Monday
        (date(2023, 11, 30), "S"),  # St Andrew's Day
        (date(2024, 12, 25), "EWSN"),
        (date(2024, 12, 26), "EWSN"),
        (date(2022, 12, 27), "EWSN"),  # Christmas Day 2022 was a Sunday
        (date(2027, 12, 28), "EWSN"),  # Boxing Day 2027 is a Sunday
        (date(2024, 12, 24), ""),
    ],
)
def test_known_dates(when: date, nations: str) -> None:
    letters = dict(zip(NATIONS, "EWSN", strict=True))
    assert "".join(letters[nation] for nation in NATIONS if when in bank_holidays(nation, LATER)) == nations


@pytest.mark.parametrize(
    ("when", "proclaimed", "nations"),
    [
        (date(2020, 5, 8), date(2019, 6, 7), NATIONS),
        (date(2022, 6, 2), date(2020, 11, 12), NATIONS),
        (date(2022, 6, 3), date(2020, 11, 12), NATIONS),
        (date(2022, 9, 19), date(2022, 9, 10), NATIONS),
        (date(2023, 5, 8), date(2022, 11, 6), NATIONS),
        (date(2026, 6, 15), date(2026, 2, 4), ("Scotland",)),
    ],
)
def test_a_one_off_holiday_is_not_known_before_it_is_proclaimed(
    when: date, proclaimed: date, nations: tuple[str, ...]
) -> None:
    for nation in NATIONS:
        assert when not in bank_holidays(nation, proclaimed - timedelta(days=1))
        assert (when in bank_holidays(nation, proclaimed)) == (nation in nations)


def test_a_moved_holiday_has_left_its_old_day() -> None:
    for nation in NATIONS:
        assert date(2020, 5, 4) not in bank_holidays(nation, LATER)
        assert date(2022, 5, 30) not in bank_holidays(nation, LATER)


def test_the_baseline_knows_nothing_proclaimed_after_it() -> None:
    status = date(2023, 12, 14)
    late = {date.fromisoformat(row["date"]) for row in table() if row["proclaimed"] > status.isoformat()}
    assert late
    for nation in NATIONS:
        assert not late & bank_holidays(nation, status)


def test_a_bank_holiday_is_not_worked() -> None:
    status = date(2024, 12, 2)
    scotland = build_calendar("s", status, 0, 60, "Scotland")
    england = build_calendar("e", status, 0, 60, "England")
    assert not scotland.working[0]
    assert england.working[0]
    second = day_of(date(2025, 1, 2), status)
    assert (bool(scotland.working[second]), bool(england.working[second])) == (False, True)


def test_the_committed_table_is_what_the_tool_makes(
    monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    library = pytest.importorskip("holidays")
    monkeypatch.syspath_prepend(str(pytestconfig.rootpath / "tools"))
    tool = import_module("make_holidays")
    if library.__version__ != tool.MADE_WITH:
        pytest.skip(f"the table was made with holidays {tool.MADE_WITH}, here is {library.__version__}")
    assert list(tool.rows()) == [tuple(row.values()) for row in table()]
