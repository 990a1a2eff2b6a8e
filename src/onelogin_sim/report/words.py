"""Plain sentences made from the numbers of a Forecast.

A delivery confidence rating is a person's judgement and is never written here: what is said is how often
a date is met, out of how many futures, with the Monte Carlo error of saying so.
"""

from __future__ import annotations

from collections.abc import Iterable

from onelogin_sim.calendars import NEVER, date_of
from onelogin_sim.drivers import Driver, Drivers
from onelogin_sim.forecasting import Coverage, Forecast, Quantile, TargetForecast
from onelogin_sim.plan import Plan, Target
from onelogin_sim.report import formats

BAND_SHORT = "The band holds month by month: no single future follows its edges."

BAND_CAVEAT = f"{BAND_SHORT} Nor do percentiles of parts add up to the percentile of the whole."

ERROR_CAVEAT = (
    "Intervals are Monte Carlo error at 95%: they say how exact the simulation is, not how right its "
    "assumptions are."
)

ILLUSTRATIVE = "ILLUSTRATIVE: some numbers in this scenario have no stated evidence."

#: What a median day says: days on which many futures arrive at once make it more than half.
AT_LEAST_HALF = "at least half of the futures"

#: Share of futures by the median day from which the share itself is said.
WELL_OVER_HALF = 0.52

#: What an empty date says, and an empty end of its interval.
NULL_DATES = (
    "A date that is null is not within the horizon. An end of an interval that is null is not bounded: the "
    "futures are too few to bound it, or it is past the horizon."
)

MEASURES = {
    "services": "services live",
    "departments": "departments with a service live",
    "annual_users": "annual users whose service is live",
}

CAUSES = {
    "working": "working",
    "dependency": "waiting for a dependency",
    "readiness": "waiting to come forward",
    "resource": "waiting for a resource",
    "calendar": "waiting for a working day",
    "frozen": "waiting for a freeze to end",
}

#: What else stands on a driver chain.
OTHER = {
    "readiness": "readiness to come forward",
    "calendar": "days not worked",
    "frozen": "freezes",
    "capacity change": "waiting for capacity to change",
}


def quantile(target: Iterable[Quantile], percent: int) -> Quantile:
    """Return one percentile out of those a forecast carries."""
    return next(entry for entry in target if entry.percent == percent)


def coverage(forecast: Forecast, measure: str) -> Coverage | None:
    """Return the coverage of a measure, None where the forecast has none."""
    return next((entry for entry in forecast.coverage if entry.measure == measure), None)


def subject(target: Target) -> str:
    """Return what the target wants as the start of a sentence that ends in a date, verb included."""
    all_of_it = target.needed == target.total
    of = f"{formats.number(target.needed)} of"
    match target.measure:
        case "services":
            if all_of_it and target.total == 1:
                return "The one service in scope is connected"
            if all_of_it:
                return "Every service in scope is connected"
            are = "is" if target.needed == 1 else "are"
            return f"{of} {formats.plural(target.total, 'service')} {are} connected"
        case "departments":
            if all_of_it:
                return "Every department in scope has a service connected"
            have = "has" if target.needed == 1 else "have"
            return f"{of} {formats.plural(target.total, 'department')} {have} a service connected"
        case "annual_users":
            if all_of_it:
                return "Every annual user's service is connected"
            if target.share is not None:
                return f"Services of {formats.percent(float(target.share))} of annual users are connected"
            return f"Services of {of} {formats.number(target.total)} annual users are connected"


def headline(target: TargetForecast, plan: Plan) -> str:
    """Return the sentence a board reads first: the date of half the futures, and how many meet theirs."""
    days, by = target.days, date_of(target.target.by, plan.status_date)
    assert by is not None
    what, middle = subject(target.target), quantile(target.quantiles, 50)
    if int(days.max()) <= 0:
        reached = date_of(int(days.max()), plan.status_date)
        assert reached is not None
        return f"{what} already, since {formats.long_date(reached)}"
    if int(days.min()) == NEVER:
        none = "at no time in the one future" if len(days) == 1 else f"in none of {len(days):,} futures"
        return f"{what} {none}: {formats.horizon(plan)}"
    if int(days.min()) == int(days.max()):
        every = "the one future" if len(days) == 1 else "every future"
        return f"{what} by {formats.day(middle.day, plan)} in {every}; {met(target, plan)}"
    if middle.day == NEVER:
        within = formats.percent(1 - target.not_within_horizon.value)
        return f"{what} within the horizon (before {_end(plan)}) in {within} of futures; {met(target, plan)}"
    return f"{what} by {formats.day(middle.day, plan)} in {_by_then(target, middle)}; {met(target, plan)}"


def _by_then(target: TargetForecast, middle: Quantile) -> str:
    """Return how many futures are there by the median day: often more than half, such as after a freeze."""
    share = float((target.days <= middle.day).mean())
    return f"{formats.percent(share)} of the futures" if share > WELL_OVER_HALF else AT_LEAST_HALF


def met(target: TargetForecast, plan: Plan) -> str:
    """Return how many futures meet the target's date, with the interval."""
    by = date_of(target.target.by, plan.status_date)
    assert by is not None
    share, date = target.met_by, formats.long_date(by)
    if 0 < share.value < 1:
        return f"{formats.percent_interval(share)} meet {date}"
    span = f"{formats.percent(share.low)} to {formats.percent(share.high)}"
    if len(target.days) == 1:
        return f"the one future ({span}) {'meets' if share.value else 'does not meet'} {date}"
    futures = formats.plural(len(target.days), "future")
    return (
        f"none of {futures} ({span}) meets {date}"
        if share.value == 0
        else f"all of {futures} ({span}) meet {date}"
    )


def censored(target: TargetForecast, plan: Plan) -> str:
    """Return the share of futures that do not reach the target in the time looked at."""
    if target.not_within_horizon.value == 0:
        every = "The one future" if len(target.days) == 1 else "Every future"
        return f"{every} reaches it within the horizon (before {_end(plan)})."
    return f"{formats.percent_interval(target.not_within_horizon)} of futures: {formats.horizon(plan)}."


def _end(plan: Plan) -> str:
    return formats.day(plan.horizon, plan)


def deterministic_share(target: TargetForecast) -> float | None:
    """Return the share of futures that have met it by the deterministic day, None where there is no such day."""
    return None if target.deterministic == NEVER else target.deterministic_share


def deterministic(target: TargetForecast, plan: Plan) -> str:
    """Return where the single-number plan falls among the futures."""
    start = "With every duration at its median, nothing going wrong and nothing done twice, "
    if target.deterministic == NEVER:
        return start + f"it is {formats.horizon(plan)}."
    share = formats.percent(target.deterministic_share)
    return (
        start
        + f"it is met on {formats.day(target.deterministic, plan)}; {share} of futures have met it by then."
    )


def denominator(measure: str, total: int, imputed: int) -> str:
    """Return what a coverage figure is out of, and how much of that stands in for unknown volumes."""
    match measure:
        case "services":
            return f"of {formats.plural(total, 'service')} in scope"
        case "departments":
            return f"of {formats.plural(total, 'department')} in scope"
    known = f"of {formats.number(total)} counted annual users in scope"
    return f"{known}, {formats.percent(imputed / total if total else 0.0)} of them imputed"


def imputed_share(forecast: Forecast, measure: str) -> float | None:
    """Return the imputed share of a measure's denominator; None where nothing is ever imputed."""
    covered = coverage(forecast, measure)
    if measure != "annual_users" or covered is None or covered.total == 0:
        return None
    return covered.imputed / covered.total


def run_line(forecast: Forecast) -> str:
    """Return the source line: what was run, so that it can be run again."""
    title = forecast.title + (f" ({', '.join(forecast.variants)})" if forecast.variants else "")
    return (
        f"Source: onelogin_sim, {title}; status date {formats.short_date(forecast.plan.status_date)}; "
        f"order {forecast.order}; seed {forecast.seed}; "
        f"{formats.plural(forecast.replications, 'replication')}; "
        f"plan {forecast.plan.digest[:8]}, result {forecast.result_digest[:8]}"
        + ("" if forecast.load is None else f", load {forecast.load.digest[:8]}")
        + "."
    )


def driver_name(driver: Driver, plan: Plan) -> str:
    """Return a driver's name as a planner knows it."""
    if driver.kind == "item" and driver.id in plan.item_index:
        return plan.items[plan.item_index[driver.id]].name
    if driver.kind == "resource" and driver.id in plan.resource_index:
        return plan.resources[plan.resource_index[driver.id]].name
    if driver.kind == "other":
        return OTHER.get(driver.id, driver.id)
    return driver.id.replace("_", " ")


def futures_of(drivers: Drivers, forecast: Forecast) -> str:
    """Return which futures a set of drivers is summed over."""
    does = "meet" if drivers.met else "miss"
    if drivers.futures == 1:
        does += "s" if drivers.met else "es"
    whole = "the one future" if forecast.replications == 1 else f"{forecast.replications:,} futures"
    some = whole if drivers.futures == forecast.replications == 1 else f"{drivers.futures:,} of {whole}"
    return f"{some} that {does} the target within the horizon"


def main_drivers(forecast: Forecast, target: str) -> Drivers | None:
    """Return the drivers of the larger part of a target's futures: that meet it, or that miss it."""
    found = [entry for entry in forecast.drivers if entry.target == target and entry.futures]
    return max(found, key=lambda entry: (entry.futures, entry.met), default=None)


def driver_sentence(drivers: Drivers, forecast: Forecast) -> str:
    """Return what drives the date: what takes most days of the chain, and what comes next."""
    length = sum(one.days for one in drivers.drivers if one.kind in ("item", "other"))
    largest = sorted(
        (one for one in drivers.drivers if one.kind != "stage" and one.days > 0),
        key=lambda one: (-one.days, one.kind, one.id),
    )
    if not largest:
        return "Nothing takes any time on the chain of what drives the date"
    first, *others = (_on_the_chain(one, forecast.plan) for one in largest[:2])
    whole = f"{formats.number(length)} days"
    if not drivers.met:
        whole += " to the horizon where the target is missed"
    elif drivers.futures < forecast.replications:
        whole += " to the target where it is met"
    else:
        whole += " to the target"
    text = f"{formats.capital(first)} takes {formats.amount(largest[0].days)} of the {whole}"
    return text + (f"; next: {others[0]}, {formats.amount(largest[1].days)}" if others else "")


def _on_the_chain(driver: Driver, plan: Plan) -> str:
    name = driver_name(driver, plan)
    return f"queueing for {name}" if driver.kind == "resource" else name
