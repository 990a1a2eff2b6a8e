"""Plain sentences made from the identity load: when it peaks, when capacity is exceeded, what is saved."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from onelogin_sim.calendars import NEVER
from onelogin_sim.identity_load import IdentityLoad
from onelogin_sim.plan import Plan
from onelogin_sim.report import formats
from onelogin_sim.verification.loads import StationForecast
from onelogin_sim.verification.sizing import Sizing

#: What every number of the load rests on, said once.
NOTES = (
    "Checks, reuses and sign-ins are expected numbers of each future's go-lives; bands are over futures and hold month "
    "by month.",
    "Waits come from an hourly queue with waits by chance added, about a fifth high near full use; "
    "docs/identity-load.md says where it may be trusted.",
    "Capacity is exceeded on a day when more work has come in the seven days up to it than the station can do "
    "in them.",
)


def headline(load: IdentityLoad) -> str:
    """Return the month whose median number of checks is highest; a future's own busiest month may be another."""
    found = load.summary
    if not len(found.months) or not found.checks.p50.any():
        return "No identity check is made within the horizon"
    place = int(np.argmax(found.checks.p50))
    low, middle, high = (
        float(band[place]) for band in (found.checks.p10, found.checks.p50, found.checks.p90)
    )
    return (
        f"Of all months {formats.month(found.months[place])} has the highest median of identity checks: "
        f"{formats.number(middle)} ({formats.number(low)} to {formats.number(high)} in eight of ten futures); the "
        "busiest month of a single future is often another, and higher"
    )


def exceeded(load: IdentityLoad, station: StationForecast, plan: Plan) -> str:
    """Return when a station's capacity is first exceeded, and in how many futures it ever is."""
    name = name_of(load, station)
    ever = float(station.exceeded_by[-1]) if len(station.exceeded_by) else 0.0
    if ever == 0:
        return f"{name}: capacity is exceeded in no future"
    first, middle, last = station.first_exceeded
    if middle == NEVER:
        early = "" if first == NEVER else f", in one of ten by {formats.day(first, plan)}"
        return f"{name}: capacity is exceeded in {formats.percent(ever)} of futures{early}"
    begin = formats.day(first, plan)
    span = f"{begin} or later" if last == NEVER else f"{begin} to {formats.day(last, plan)}"
    return (
        f"{name}: capacity is exceeded by {formats.day(middle, plan)} in half of the futures ({span} in eight of ten), "
        f"in {formats.percent(ever)} at some time"
    )


def dividend(load: IdentityLoad) -> str:
    """Return what reuse saves against every service checking for itself, mean over futures and the whole horizon."""
    found = load.summary.dividend
    visits, avoided = float(found.visits.sum()), float(found.avoided.sum())
    if visits == 0:
        return "No service that asks for an identity has a first visit within the horizon"
    of = formats.percent(avoided * found.replications / visits)
    said = f"The single sign-on avoids {formats.number(avoided)} checks in all, {of} of what services alone would make"
    check = load.verification.check
    if check is None:
        return said
    hours, cost = float(found.hours_saved(check).sum()), float(found.cost_saved(check).sum())
    return f"{said}: {formats.number(hours)} hours of people's time and £{formats.number(cost)}"


def peak_sign_ins(load: IdentityLoad) -> str:
    """Return the busiest hour's sign-ins a second, and in which month it falls."""
    band = load.summary.sign_ins_per_second
    if not band.p50.any():
        return "Nobody signs in within the horizon"
    place = int(np.argmax(band.p50))
    low, middle, high = (decimal(float(values[place])) for values in (band.p10, band.p50, band.p90))
    return (
        f"Sign-ins peak at {middle} a second ({low} to {high}), as a mean over the busiest hour, in "
        f"{formats.month(load.summary.months[place])}"
    )


def sentences(load: IdentityLoad, plan: Plan) -> Iterator[str]:
    """Yield what a planner reads first."""
    yield headline(load)
    yield from (exceeded(load, station, plan) for station in load.summary.stations)
    yield peak_sign_ins(load)
    yield dividend(load)


def sized(sizing: Sizing) -> str:
    """Return what a capacity needed means."""
    return (
        f"Smallest capacity that holds the service level in {formats.percent(sizing.hold)} of "
        f"{formats.plural(sizing.replications, 'future')}, in the month of the year that needs most; each month begins "
        "empty a week before it. With a tenth more or less: tables/load_capacity.csv."
    )


def name_of(load: IdentityLoad, station: StationForecast) -> str:
    """Return a station's display name."""
    return next(one.name for one in load.verification.stations if one.id == station.id)


def decimal(value: float) -> str:
    """Return a number with one decimal below 100, whole above."""
    return f"{value:.1f}" if 0 < abs(value) < 100 else formats.number(value)


def wait(hours: float) -> str:
    """Return a wait in the unit that suits it: seconds, minutes, hours or days; what never ends is said so."""
    if not np.isfinite(hours):
        return "without end"
    seconds = hours * 3600
    if seconds < 1:
        return "none"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{hours:.0f} h" if hours < 48 else f"{formats.number(hours / 24)} days"
