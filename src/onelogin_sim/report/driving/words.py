"""Plain sentences about what would move the date: one change, its effect, and how sure that is."""

from __future__ import annotations

from datetime import date

from onelogin_sim.calendars import date_of
from onelogin_sim.drivers import Driver, Drivers
from onelogin_sim.driving.basis import Basis
from onelogin_sim.driving.estimates import Estimate
from onelogin_sim.driving.impact import Impact, Impacts, Unchanged
from onelogin_sim.driving.input_groups import InputGroup
from onelogin_sim.plan import Target
from onelogin_sim.report import formats, words

#: Share of pairs beyond the horizon from which the share that is earlier is said before the mean.
MANY_BEYOND = 0.05

COUNTED = (
    "Days are counted to the horizon: a target not met within it counts as met on it, so a change that "
    "brings it within is worth at least what is shown."
)

PAIRED = (
    "Every change meets the same futures as the plan as it is (common random numbers); the order stays. "
    "Effects do not add up: what one change wins, another may win too."
)

MERGE_WORDS = (
    "Merge bias: where work waits for several others, the mean day of the latest is later than the latest "
    "of their mean days, by so many days."
)

INDEX_WORDS = (
    "Alone: the part of the variance of the day that would go if this input were known. Total: the part "
    "that would stay if all others were known."
)

SCREEN_WORDS = (
    "Mean move: by how many days the day moves, either way, when the luck of this input alone is drawn anew."
)

_CHANGES = {
    "barrier": "Removing the barrier “{}”",
    "risk": "Ruling out the risk “{}”",
    "freeze": "Lifting the freeze “{}”",
    "resource": "Adding one unit to “{}”",
    "correlation": "Drawing {} for each item by itself",
    "optimism bias": "Leaving out optimism bias",
    "readiness": "Having everything ready to come forward on the status date",
}

_LABELS = {
    "barrier": "No barrier: {}",
    "risk": "No risk: {}",
    "freeze": "No freeze: {}",
    "resource": "+1 {}",
    "correlation": "Uncorrelated {}",
    "optimism bias": "No optimism bias",
    "readiness": "Everything ready at once",
}

_PACES = {"programme": "the programme's pace", "department": "its department's pace"}


def change(impact: Impact) -> str:
    """Return what was changed, as the start of a sentence: ``Adding one unit to “Assurance panel”``."""
    name = _PACES[impact.id] if impact.kind == "correlation" else impact.name
    return _CHANGES[impact.kind].format(name)


def label(impact: Impact) -> str:
    """Return what was changed in few words: ``+1 Assurance panel``."""
    return _LABELS[impact.kind].format(impact.name)


def effect(impact: Impact) -> str:
    """Return what a change does to the date, as the end of a sentence; beyond the horizon, shares come first."""
    if impact.same:
        return "changes nothing in any future"
    if impact.earlier.value == impact.later.value == 0:
        return "does not move the date in any future"
    if impact.beyond <= MANY_BEYOND:
        return _moves(impact.days)
    moved = (
        f"makes it earlier in {formats.percent_interval(impact.earlier)} of futures and later in "
        f"{formats.percent_interval(impact.later)}"
    )
    return f"{moved}; counted to the horizon it {_moves(impact.days)}"


def _moves(move: Estimate) -> str:
    if move.low > 0:
        return f"puts the date back by {_span(move.mean, move.low, move.high)}"
    if move.high < 0:
        return f"brings the date forward by {_span(-move.mean, -move.high, -move.low)}"
    if move.low == move.high == 0:
        return "leaves the mean date where it is"
    early, late = day_count(-move.low), day_count(move.high)
    return f"moves the date by too little to tell ({early} earlier to {late} later)"


def _span(mean: float, low: float, high: float) -> str:
    return f"{day_count(mean)} ({bare(low)} to {bare(high)})"


def sentence(impact: Impact) -> str:
    """Return the whole sentence: what was changed, and what that does to the date."""
    return f"{change(impact)} {effect(impact)}."


def chance(impact: Impact, unchanged: Unchanged, basis: Basis) -> str:
    """Return what a change does to the chance of meeting the target's date, nothing where that stays."""
    before, after = unchanged.met_by.value, unchanged.met_by.value + impact.met_by.mean
    by = formats.long_date(_by(basis, impact.target))
    if impact.met_by.mean == 0:
        return ""
    low, high = (points(100 * value) for value in (impact.met_by.low, impact.met_by.high))
    return (
        f"The chance of meeting {by} goes from {formats.percent(before)} to {formats.percent(after)} "
        f"({low} to {high} points)."
    )


def _by(basis: Basis, name: str) -> date:
    target = next(one for one in basis.plan.targets if one.id == name)
    by = date_of(target.by, basis.plan.status_date)
    assert by is not None
    return by


def points(value: float) -> str:
    """Return a change in percentage points with its sign: ``+7.5``."""
    return signed(value)


def bare(value: float) -> str:
    """Return days as a number, with a decimal below ten."""
    text = f"{value:.1f}" if abs(value) < 9.95 else f"{value:,.0f}"
    return "0" if text in ("0.0", "-0.0") else text.removesuffix(".0")


def signed(value: float) -> str:
    """Return a difference in days with its sign: ``-41``, ``+2.5``, ``0``."""
    text = bare(value)
    return text if text.startswith("-") or text == "0" else f"+{text}"


def day_count(value: float) -> str:
    """Return days with their unit: ``1 day``, ``2.5 days``."""
    return f"{bare(value)} day" if bare(value) == "1" else f"{bare(value)} days"


def interval(value: Estimate) -> str:
    """Return a difference with its interval: ``-41 (-44 to -38)``."""
    return f"{signed(value.mean)} ({signed(value.low)} to {signed(value.high)})"


def parts(value: Estimate) -> str:
    """Return a part of a variance with its interval in whole percent, an end beyond 0 or 1 as it is."""
    low, high = (f"{100 * end:.0f}" for end in (value.low, value.high))
    low = "0" if low == "-0" else low
    return f"{max(100 * value.mean, 0.0):.0f}% ({low} to {high})"


def item_name(name: str, basis: Basis) -> str:
    """Return an item's name as a planner knows it."""
    return basis.plan.items[basis.plan.item_index[name]].name


def input_name(group: InputGroup) -> str:
    """Return an uncertain input in words: ``barrier: Legacy IT``, ``work: Ministry of Justice``."""
    return f"{group.kind}: {group.name}" if group.kind in ("barrier", "risk", "work") else group.name


def work_words(by_item: bool) -> str:
    """Return what inputs of kind ``work`` are."""
    whose = "one service or enabler" if by_item else "all services and enablers of a department"
    return f"Work: durations, repeats and existence of the stages of {whose}."


def impact_title(impacts: Impacts, target: Target) -> str:
    """Return the message of the tornado: the change that moves this target most."""
    found = [one for one in impacts.impacts if one.target == target.id]
    if not found:
        return "There is nothing to leave out in this plan"
    if all(one.days.low <= 0 <= one.days.high for one in found):
        return "No single change moves the date by more than can be told from nothing"
    largest = next(one for one in found if not one.days.low <= 0 <= one.days.high)
    return sentence(largest).removesuffix(".")


def source_line(basis: Basis, result_digest: str = "") -> str:
    """Return the source line: what was run, so that it can be run again."""
    title = basis.title + (f" ({', '.join(basis.variants)})" if basis.variants else "")
    result = f", result {result_digest[:8]}" if result_digest else ""
    return (
        f"Source: onelogin_sim, {title}; status date {formats.short_date(basis.plan.status_date)}; "
        f"order {basis.order.name}; seed {basis.seed}; {formats.plural(basis.replications, 'replication')}; "
        f"plan {basis.plan.digest[:8]}{result}."
    )


def unchanged_sentence(unchanged: Unchanged, basis: Basis) -> str:
    """Return where the target stands without any change."""
    plan = basis.plan
    text = (
        f"As it is, the mean day, counted to the horizon, is {formats.day(round(unchanged.day.mean), plan)}; "
        f"{formats.percent_interval(unchanged.met_by)} of futures meet "
        f"{formats.long_date(_by(basis, unchanged.target))}"
    )
    if unchanged.beyond:
        text += f"; {formats.percent(unchanged.beyond)} are beyond the horizon"
    return text + "."


def driver_name(driver: Driver, basis: Basis) -> str:
    """Return a driver's name as a planner knows it."""
    if driver.kind == "barrier":
        return basis.barrier_names.get(driver.id, driver.id)
    return words.driver_name(driver, basis.plan)


def main_drivers(impacts: Impacts, target: str) -> Drivers | None:
    """Return the drivers of the larger part of a target's futures: that meet it, or that miss it."""
    found = [entry for entry in impacts.drivers if entry.target == target]
    return max(found, key=lambda entry: (entry.futures, entry.met), default=None)


def driver_futures(drivers: Drivers, basis: Basis) -> str:
    """Return which futures a set of drivers is summed over."""
    does = "meet" if drivers.met else "miss"
    return f"{drivers.futures:,} of {basis.replications:,} futures that {does} the target within the horizon"
