"""Plain sentences made from the identity load: when it peaks, when capacity is exceeded, what is saved."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from onelogin_sim.calendars import NEVER
from onelogin_sim.identity_load import IdentityLoad
from onelogin_sim.plan import Plan
from onelogin_sim.report import formats
from onelogin_sim.verification.behind import passed_before
from onelogin_sim.verification.load_figures import unserved_share
from onelogin_sim.verification.loads import StationForecast
from onelogin_sim.verification.sizing import Sizing

#: Shares of customers below which nobody need be told that they are lost.
_FEW = 0.01

#: Share of a station's visitors who have passed another before from which they are said to come in bursts.
_BEHIND = 0.1

#: Shares of futures in which a station is over capacity from which those behind it are said to be reached in bursts.
_OFTEN = 0.05


def notes(load: IdentityLoad) -> Iterator[str]:
    """Yield what the numbers of this load rest on, each note only where it applies."""
    yield (
        "Checks, reuses and sign-ins are expected numbers of each future's go-lives; bands are over futures and hold "
        "month by month."
    )
    stations = load.verification.stations
    if not stations:
        return
    yield (
        "Waits come from an hourly queue with waits by chance added: mean waits within about a fifth of those of "
        "individual customers; a third off and more where a station is at full use or overloaded, or is reached "
        "through one that is or closes at night. docs/identity-load.md says where they may be trusted."
    )
    yield (
        "Capacity is exceeded on a day when more work has come in the seven days up to it than the station can do "
        "in them."
    )
    if any(station.patience is not None for station in stations):
        yield (
            "Where callers hang up, 'in time' and the service level are of those who call while it is open; 'lost' is "
            "of all who call."
        )
    for behind, before in _bursts(load):
        yield (
            f"{behind} is reached through {before}, where people may wait for hours: they come later and in bursts, "
            "and fewer are in time than is said here, or more where it is over capacity itself."
        )
    unserved = unserved_share(load.summary)
    if unserved >= _FEW:
        yield (
            f"Up to {formats.percent(min(unserved, 1.0))} of checks end unserved at a station or still wait there at "
            "the horizon. The demand counts them as proven as often as those served, so that later checks are too few "
            "and reuses too many."
        )


def _bursts(load: IdentityLoad) -> Iterator[tuple[str, str]]:
    """Each station behind others that close or are over capacity, and the first of these in the scenario's order."""
    stations = load.verification.stations
    over = {one.id for one in load.summary.stations if len(one.exceeded_by) and one.exceeded_by[-1] >= _OFTEN}
    holding = [
        one for one in stations if one.id in over or (one.patience is None and one.opening.hours_a_week < 168)
    ]
    if not holding:
        return
    shares = passed_before(load.verification)
    places = {one.id: place for place, one in enumerate(stations)}
    for station, before in zip(stations, shares, strict=True):
        names = [one.name for one in holding if one.id != station.id and before[places[one.id]] >= _BEHIND]
        if names:
            yield station.name, formats.listed(names)


def headline(load: IdentityLoad) -> str:
    """Return the checks of each future's own busiest month, and the month whose median is highest."""
    found = load.summary
    if not len(found.months) or not found.own_checks.p90:
        return "No identity check is made within the horizon"
    low, middle, high = (formats.number(value) for value in found.own_checks)
    said = (
        f"In each future's own busiest month {middle} identity checks and rises are made ({low} to {high} in eight of "
        "ten futures)"
    )
    if not found.checks.p50.any():
        return said
    place = int(np.argmax(found.checks.p50))
    return (
        f"{said}; that month differs: month by month the median of checks is highest in "
        f"{formats.month(found.months[place])}, at {formats.number(float(found.checks.p50[place]))}"
    )


def exceeded(load: IdentityLoad, station: StationForecast, plan: Plan) -> str:
    """Return when a station's capacity is first exceeded, and in how many futures it ever is."""
    name = name_of(load, station)
    ever = float(station.exceeded_by[-1]) if len(station.exceeded_by) else 0.0
    if not station.mean_customers.any():
        return f"{name}: nobody comes within the horizon"
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


def lost(load: IdentityLoad, station: StationForecast) -> str | None:
    """Return how many of a station's customers leave unserved, and why; None where hardly any do."""
    share = station.lost_share
    if share < _FEW:
        return None
    stated = next(one for one in load.verification.stations if one.id == station.id)
    name, part = name_of(load, station), people(share)
    if stated.patience is None:
        return f"{name}: {part} who need an appointment get none within the time limit"
    closed = station.closed_share
    why = f"; {formats.percent(closed)} call when it is closed" if closed >= _FEW else ""
    return f"{name}: {part} who call hang up unserved{why}"


def people(share: float) -> str:
    """Return a share of people, with the plain fraction where it is near one."""
    exact = formats.percent(share)
    for value, said in ((1 / 4, "a quarter"), (1 / 3, "a third"), (1 / 2, "half"), (2 / 3, "two thirds")):
        if abs(share - value) < 0.04:
            return f"about {said} ({exact}) of those"
    return f"{exact} of those"


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
    rises = float(found.uplifts.sum()) / found.replications
    if rises and check.uplift < 1:
        part = formats.percent(check.uplift)
        said += f", and cuts {formats.number(rises)} more to a rise from P1 to P2, at {part} of a check"
    hours, cost = float(found.hours_saved(check).sum()), float(found.cost_saved(check).sum())
    return f"{said}: {formats.number(hours)} hours of people's time and £{formats.number(cost)}"


def peak_sign_ins(load: IdentityLoad) -> str:
    """Return the sign-ins a second in each future's own busiest hour."""
    if not load.summary.own_sign_ins.p90:
        return "Nobody signs in within the horizon"
    low, middle, high = (decimal(value) for value in load.summary.own_sign_ins)
    return (
        f"Sign-ins peak at {middle} a second ({low} to {high} in eight of ten futures), as a mean over each future's "
        "own busiest hour"
    )


def sentences(load: IdentityLoad, plan: Plan) -> Iterator[str]:
    """Yield what a planner reads first."""
    yield headline(load)
    for station in load.summary.stations:
        yield formats.capital(exceeded(load, station, plan))
        said = lost(load, station)
        if said:
            yield formats.capital(said)
    yield peak_sign_ins(load)
    yield dividend(load) + _assumed(load)


def _assumed(load: IdentityLoad) -> str:
    """What hours and pounds of the dividend rest on; empty where none are told."""
    check = load.verification.check
    if check is None or not load.summary.dividend.visits.sum():
        return ""
    return (
        f", if a check takes {check.minutes:g} minutes and £{check.cost:g}; mean over futures, to the horizon"
    )


def sized(sizing: Sizing) -> str:
    """Return what a capacity needed means."""
    return (
        f"Smallest capacity that holds the service level in {formats.percent(sizing.hold)} of "
        f"{formats.plural(sizing.replications, 'future')}, in the month of the year that needs most; each month begins "
        "empty a week before it, so levels held here leave out what earlier months leave waiting, which those by month "
        "count. With a tenth more or less: tables/load_capacity.csv."
    )


def name_of(load: IdentityLoad, station: StationForecast) -> str:
    """Return a station's display name."""
    return next(one.name for one in load.verification.stations if one.id == station.id)


def decimal(value: float) -> str:
    """Return a number with one decimal below 100, whole above."""
    return f"{value:.1f}" if 0 < abs(value) < 100 else formats.number(value)


def share(value: float) -> str:
    """Return a share in percent, and a dash where there is none: no service level, or nobody comes."""
    return "\N{EN DASH}" if np.isnan(value) else formats.percent(value)


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
