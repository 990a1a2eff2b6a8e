"""Dates fit the status date, the horizon and the holiday table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from onelogin_sim.calendars import holidays_covered
from onelogin_sim.scenario.model import ServiceRow
from onelogin_sim.scenario.rules.facts import Facts
from onelogin_sim.scenario.tree import Flaw, Path

#: The longest forecast, in years.
LONGEST = 20


def horizon_fits(facts: Facts) -> Iterator[Flaw]:
    """Require a forecast that runs forwards, at most twenty years, over days whose holidays are known."""
    status, horizon = facts.file.status_date, facts.file.horizon
    first, last = holidays_covered()
    if not first <= status <= last:
        yield Flaw(("status_date",), f"must lie within the holiday table, {first} to {last}")
    elif horizon <= status:
        yield Flaw(("horizon",), f"must be after the status date {status}")
    elif (horizon.year - LONGEST, horizon.month, horizon.day) > (status.year, status.month, status.day):
        yield Flaw(("horizon",), f"must be at most {LONGEST} years after the status date {status}")
    elif horizon > last:
        yield Flaw(("horizon",), f"must lie within the holiday table, which ends on {last}")


def _past_dates(facts: Facts) -> Iterator[tuple[Path, date | None]]:
    for path, row in facts.rows:
        yield (*path, "live_on"), row.live_on
        yield (*path, "since"), row.since
    for index, assumption in enumerate(facts.file.assumptions):
        yield ("assumptions", index, "date"), assumption.date_
    yield ("readiness", "counted_from"), facts.file.readiness.counted_from
    for department, when in facts.file.readiness.come_forward.items():
        yield ("readiness", "come_forward", department), when


def what_is_known_is_past(facts: Facts) -> Iterator[Flaw]:
    """Refuse what became known after the status date: it may not feed the forecast."""
    status = facts.file.status_date
    for path, when in _past_dates(facts):
        if when is not None and when > status:
            yield Flaw(path, f"must not be after the status date {status}")
    first, _ = holidays_covered()
    for path, row in facts.rows:
        if row.since is not None and row.since < first:
            yield Flaw((*path, "since"), f"must lie within the holiday table, which begins on {first}")


def departments_come_forward_in_time(facts: Facts) -> Iterator[Flaw]:
    """Require what is known of a department's readiness to lie in the time its days are counted over."""
    stated = facts.file.readiness
    first = stated.counted_from or facts.file.status_date
    for department, when in stated.come_forward.items():
        if when < first:
            yield Flaw(
                ("readiness", "come_forward", department),
                f"must not be before {first}, which readiness is counted from",
            )


def _future_dates(facts: Facts) -> Iterator[tuple[Path, date | None]]:
    for index, target in enumerate(facts.file.targets):
        yield ("targets", index, "by"), target.by
    for path, row in facts.rows:
        yield (*path, "not_before"), row.not_before
        if isinstance(row, ServiceRow) and row.live_on is None:  # of a live one it is refused anyway
            yield (*path, "planned_live"), row.planned_live
    for index, risk in enumerate(facts.file.risks):
        for key, effect in (("capacity", risk.capacity), ("not_before", risk.not_before)):
            if effect is not None:
                yield ("risks", index, key, "window", "from"), effect.window.from_


def what_is_to_come_is_not_past(facts: Facts) -> Iterator[Flaw]:
    """Targets, releases, planned go-lives and risk windows do not lie before the status date."""
    status = facts.file.status_date
    for path, when in _future_dates(facts):
        if when is not None and when < status:
            yield Flaw(path, f"must not be before the status date {status}")


def capacity_changes_lie_ahead(facts: Facts) -> Iterator[Flaw]:
    """Capacity on the status date is its own key; changes come after it."""
    status = facts.file.status_date
    changes: list[tuple[Path, dict[date, int]]] = [
        (("resources", name, "changes"), resource.changes) for name, resource in facts.file.resources.items()
    ]
    changes += [
        (("departments", index, "team_changes"), department.team_changes)
        for index, department in enumerate(facts.file.departments)
    ]
    for path, steps in changes:
        for when in steps:
            if when <= status:
                yield Flaw(
                    (*path, str(when)), f"must be after the status date {status}", "", str(when), key=True
                )


def targets_lie_within_the_horizon(facts: Facts) -> Iterator[Flaw]:
    """Require a target's date before the horizon, which is the first day outside."""
    horizon = facts.file.horizon
    for index, target in enumerate(facts.file.targets):
        if target.by >= horizon > facts.file.status_date:
            yield Flaw(
                ("targets", index, "by"),
                f"must be before the horizon {horizon}",
                "move the horizon further out",
            )


def periods_run_forwards(facts: Facts) -> Iterator[Flaw]:
    """From is not after to; an assumption is not out of date before it is made."""
    periods = [
        (("freezes", index, "periods", number), period)
        for index, freeze in enumerate(facts.file.freezes)
        for number, period in enumerate(freeze.periods)
    ]
    periods += [
        (("risks", index, key, "window"), effect.window)  # type: ignore[misc]
        for index, risk in enumerate(facts.file.risks)
        for key, effect in (("capacity", risk.capacity), ("not_before", risk.not_before))
        if effect is not None
    ]
    for path, period in periods:
        if period.from_ > period.to:
            yield Flaw((*path, "from"), f"must not be after 'to', {period.to}")
    for index, assumption in enumerate(facts.file.assumptions):
        if assumption.valid_until is not None and assumption.valid_until < assumption.date_:
            yield Flaw(
                ("assumptions", index, "valid_until"), f"must not be before its date {assumption.date_}"
            )
