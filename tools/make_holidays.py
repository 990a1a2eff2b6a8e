"""Write src/onelogin_sim/holidays.csv: the bank holidays of the four nations, from the `holidays` library.

    python tools/make_holidays.py

The table is committed, so a forecast does not change when the library does. Run this again when a
holiday is proclaimed, and read the difference before committing it.

`proclaimed` is blank for holidays that follow a standing rule, substitute days included. It is filled for
one-off days, with the day they were announced, because a forecast made earlier could not know them.

A holiday that was *moved* (early May 2020, spring 2022) stands in the table on its new day, with the day the
move was announced; its old day is left out. So a forecast made before the announcement sees neither, one
working day too many, and none made before it is told of the new day. The 12 July holiday is proclaimed each
year but has been every year, so it counts as a standing rule.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import holidays

TARGET = Path(__file__).resolve().parent.parent / "src" / "onelogin_sim" / "holidays.csv"

#: Version of the library the committed table was made with; only it need give the same rows.
MADE_WITH = "0.109"

YEARS = range(2015, 2041)

SUBDIVISIONS = {"England": "ENG", "Wales": "WLS", "Scotland": "SCT", "Northern Ireland": "NIR"}

#: One-off and moved holidays, by date: the day they were announced.
PROCLAIMED = {
    date(2020, 5, 8): date(2019, 6, 7),  # early May moved to the 75th anniversary of VE Day
    date(2022, 6, 2): date(2020, 11, 12),  # spring bank holiday moved for the Platinum Jubilee
    date(2022, 6, 3): date(2020, 11, 12),  # Platinum Jubilee
    date(2022, 9, 19): date(2022, 9, 10),  # state funeral
    date(2023, 5, 8): date(2022, 11, 6),  # coronation
    date(2026, 6, 15): date(2026, 2, 4),  # Scotland at the World Cup, Scotland only
}


def specials(table: holidays.HolidayBase) -> set[date]:
    """Return the days the library itself lists as special in the years covered."""
    found = set()
    for name in ("special_public_holidays", f"special_{table.subdiv.lower()}_public_holidays"):
        for year, days in getattr(table, name, {}).items():
            several = days if isinstance(days[0], tuple) else (days,)
            found |= {date(year, month, day) for month, day, *_ in several if year in YEARS}
    return found


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Yield (nation, date, proclaimed, name), by nation as listed here, then date."""
    for nation, subdivision in SUBDIVISIONS.items():
        table = holidays.country_holidays("GB", subdiv=subdivision, years=YEARS, language="en_GB")
        unknown = specials(table) - PROCLAIMED.keys()
        if unknown:
            sys.exit(f"{nation}: say in PROCLAIMED when these were announced: {sorted(unknown)}")
        for day, name in sorted(table.items()):
            if day.year in YEARS:
                announced = PROCLAIMED.get(day)
                yield nation, day.isoformat(), announced.isoformat() if announced else "", name


def main() -> None:
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("nation", "date", "proclaimed", "name"))
        writer.writerows(rows())


if __name__ == "__main__":
    main()
