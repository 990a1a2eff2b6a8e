"""How numbers, dates and shares are written, so that every output writes them alike.

Month names are spelled here and not taken from the machine's language settings.
"""

from __future__ import annotations

from datetime import date

from onelogin_sim.calendars import NEVER, date_of
from onelogin_sim.forecasting import Quantile, Share
from onelogin_sim.plan import Plan

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def short_date(when: date) -> str:
    """Return a date as charts and tables write it: ``31 Dec 2025``."""
    return f"{when.day} {MONTHS[when.month - 1][:3]} {when.year}"


def long_date(when: date) -> str:
    """Return a date as sentences write it: ``31 December 2025``."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def month(when: date) -> str:
    """Return the month of a date: ``Dec 2025``."""
    return f"{MONTHS[when.month - 1][:3]} {when.year}"


def iso(day: int | None, plan: Plan) -> str | None:
    """Return the ISO date of a day number; None means not within the horizon, or not bounded."""
    when = None if day is None else date_of(day, plan.status_date)
    return None if when is None else when.isoformat()


def day(number: int, plan: Plan) -> str:
    """Return the date of a day number in short words, also where there is none within the horizon."""
    when = date_of(number, plan.status_date)
    return "not within the horizon" if when is None else short_date(when)


def horizon(plan: Plan) -> str:
    """Return the words for what does not happen in the time looked at."""
    end = date_of(plan.horizon, plan.status_date)
    assert end is not None
    return f"not within the horizon (before {short_date(end)})"


def percent(share: float) -> str:
    """Return a share in whole percent, below 1% and above 99% with a decimal; 0% and 100% only where exact."""
    if 0 < share < 0.01:
        return "under 0.1%" if share < 0.001 else f"{100 * share:.1f}%"
    if 0.99 < share < 1:
        return "over 99.9%" if share > 0.999 else f"{100 * share:.1f}%"
    return f"{100 * share:.0f}%"


def percent_interval(share: Share) -> str:
    """Return a share with its 95% interval: ``12% (10% to 14%)``."""
    return f"{percent(share.value)} ({percent(share.low)} to {percent(share.high)})"


def day_interval(quantile: Quantile, plan: Plan) -> str:
    """Return the Monte Carlo interval of a percentile's date; one date where both ends are the same."""
    if quantile.low is None and quantile.high == NEVER:
        return "not bounded by so few futures"
    if quantile.low is None:
        return f"{day(quantile.high, plan)} or earlier"
    if quantile.low == quantile.high:
        return day(quantile.low, plan)
    if quantile.high == NEVER:
        return f"{day(quantile.low, plan)} or later"
    return f"{day(quantile.low, plan)} to {day(quantile.high, plan)}"


def number(value: float) -> str:
    """Return a whole number with thousands separators; millions with one decimal."""
    if abs(value) >= 1_000_000:
        return f"{value / 1e6:,.1f}".removesuffix(".0") + " million"
    return f"{value:,.0f}"


def days(mean: float) -> str:
    """Return a mean number of days: ``1 day``, ``23 days``, and ``under 1 day`` for what is not none."""
    return f"{amount(mean)} day" if amount(mean) in ("1", "under 1") else f"{amount(mean)} days"


def amount(mean: float) -> str:
    """Return a mean as a whole number, 0 only where it is exactly none."""
    return "under 1" if 0 < mean < 0.5 else number(mean)


def plural(count: int, word: str) -> str:
    """Return ``1 service`` or ``6 services``."""
    return f"{number(count)} {word}" if count == 1 else f"{number(count)} {word}s"


def capital(text: str) -> str:
    """Return `text` with a capital first letter and the rest as it stands."""
    return text[:1].upper() + text[1:]


def shortened(text: str, most: int) -> str:
    """Return `text` in at most `most` characters, the cut marked by an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def listed(words: list[str], most: int = 3) -> str:
    """Return ``a, b and c``, or ``a, b, c and 4 more`` when there are more than `most`."""
    if len(words) > most:
        return ", ".join(words[:most]) + f" and {len(words) - most} more"
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1] if words else ""
