"""The compiled daily recursion of :mod:`onelogin_sim.verification.demand`, which states the model and its formulas.

Loops run segment, month, replication, service, day. Whether a service's users have been seen does not depend on
what they proved, so a month of one service is a row of 32 days: the unseen at its start times a table that all
replications share. A row is gone through twice. Forwards over the services, each notes the product of the chances
of those before it; backwards, each meets the product of those after it. So the product over all others needs no
division, and nothing is lost where a chance becomes zero.

Days lie in the innermost loops, which have no branch and no sum across days that a compiler would have to reorder:
the same numbers come out whatever the width of its vectors. Helpers get whole arrays and a place in them, because
a slice costs more than a row.
"""

from __future__ import annotations

import math

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

#: Days of a row: a month, filled up with days on which nobody comes.
WIDTH = 32


@numba.njit(cache=True, error_model="numpy")
def run(
    go_live: Whole,
    asked: Floats,
    level: Whole,
    season: Whole,
    accounts: Floats,
    users: Floats,
    people: Floats,
    able: Floats,
    success: Floats,
    unproven_at_start: Floats,
    below_at_start: Floats,
    row: Whole,
    row_season: Whole,
    expected: Floats,
    staying: Floats,
    before: Floats,
    ramp: Floats,
    month_starts: Whole,
    year_of_month: Whole,
    checks: Floats,
    uplifts: Floats,
    sign_ins: Floats,
    first_visits: Floats,
    identity_visits: Floats,
    migrations: Floats,
    proven: Floats,
    proven_p2: Floats,
    service_visits: Floats,
    service_checks: Floats,
    service_uplifts: Floats,
) -> None:
    """Fill the arrays of a Demand, all zero at first; see there, and `rates.Rates`, for what they hold."""
    count, services = go_live.shape
    seasons = sign_ins.shape[1]
    unseen_at_start, unseen = np.empty((count, services)), np.empty((count, services))
    # Rows of the services that ask for identity, in the order in which they come.
    days, unproven, below = (
        np.empty((services, WIDTH + 8)),
        np.empty((services, WIDTH)),
        np.empty((services, WIDTH)),
    )
    asking, rest, slope = np.empty(services, dtype=np.int64), np.empty(services), np.empty(services)
    # Products so far, on each day and at the month's end: [0] of all services, [1] of those that ask for P2.
    product = np.empty((2, WIDTH + 1))
    month_checks, month_uplifts = np.empty((seasons, WIDTH)), np.empty((seasons, WIDTH))
    visits = np.empty((seasons, WIDTH))
    sums = np.empty(WIDTH)
    full_use = np.empty(len(row_season))
    for segment in range(len(people)):
        if people[segment] <= 0:
            continue
        _unseen_at_start(go_live, row, segment, before, ramp, unseen_at_start)
        unseen[:] = unseen_at_start
        # Without anybody at P1, and without a service that stops there, nobody rises from P1 to P2.
        from_p1 = unproven_at_start[segment] < below_at_start[segment] or bool(np.any(level == 1))
        for month in range(len(month_starts) - 1):
            first, stop, year = month_starts[month], month_starts[month + 1], year_of_month[month]
            for replication in range(count):
                month_checks[:], month_uplifts[:], visits[:], full_use[:] = 0.0, 0.0, 0.0, 0.0
                product[0, :], product[1, :] = unproven_at_start[segment], below_at_start[segment]
                many, fresh, identity, moving = 0, 0.0, 0.0, 0.0
                for service in range(services):
                    start, size = go_live[replication, service], users[service, segment]
                    if start >= stop or size <= 0:
                        continue
                    share, rate = asked[replication, service], row[service]
                    checked = share > 0 and able[segment] > 0
                    counted = size * (1 - share + share * able[segment])
                    now, at = unseen[replication, service], (segment, rate, month)
                    if start + len(ramp) - 1 > first:
                        _ramping(
                            now, first - start, counted, expected, at, ramp, many, days, season[service], visits
                        )  # fmt: skip
                    else:
                        full_use[rate] += counted
                        _scaled(now, staying, at, checked, many, days)
                    later = days[many, WIDTH]
                    unseen[replication, service] = later
                    fresh += counted * (now - later)
                    moving += accounts[service] * counted * (now - later)
                    if checked:
                        # Users may exceed people by a rounding; a chance may not.
                        slope[many] = success[segment] * share * min(size / people[segment], 1.0)
                        rest[many] = 1 - slope[many] * unseen_at_start[replication, service]
                        chance = (rest[many], slope[many])
                        _multiply(chance, days, many, product, 0, unproven)
                        if from_p1 and level[service] == 2:
                            _multiply(chance, days, many, product, 1, below)
                        asking[many] = service
                        many += 1
                who = people[segment] * able[segment]
                proven[replication, month] += who * (1 - product[0, WIDTH])
                proven_p2[replication, month] += who * (1 - product[1 if from_p1 else 0, WIDTH])
                product[:] = 1.0
                for place in range(many - 1, -1, -1):
                    service = asking[place]
                    size = users[service, segment] * asked[replication, service] * able[segment]
                    chance, kind = (rest[place], slope[place]), season[service]
                    came = size * (days[place, 0] - days[place, WIDTH])
                    identity += came
                    service_visits[replication, service, year] += came
                    if from_p1 and level[service] == 2:
                        service_uplifts[replication, service, year] += _rise(
                            size, chance, days, place, unproven, below, product, kind, month_uplifts, sums
                        )
                    service_checks[replication, service, year] += _check(
                        size, chance, days, place, unproven, product, kind, month_checks, sums
                    )
                first_visits[replication, month] += fresh
                identity_visits[replication, month] += identity
                migrations[replication, month] += moving
                for rate in range(len(row_season)):
                    if full_use[rate] > 0:
                        for day in range(WIDTH):
                            visits[row_season[rate], day] += (
                                full_use[rate] * expected[segment, rate, month, day]
                            )
                for kind in range(seasons):
                    for day in range(stop - first):
                        checks[replication, segment, kind, first + day] = month_checks[kind, day]
                        uplifts[replication, segment, kind, first + day] = month_uplifts[kind, day]
                        sign_ins[replication, kind, first + day] += visits[kind, day]


@numba.njit(cache=True, error_model="numpy")
def _unseen_at_start(
    go_live: Whole, row: Whole, segment: int, before: Floats, ramp: Floats, found: Floats
) -> None:
    """Fill S(0): the share of users not yet seen on the status date, one but where the service was live before."""
    for replication in range(go_live.shape[0]):
        for service in range(go_live.shape[1]):
            start, seen = go_live[replication, service], 0.0
            for day in range(start, 0):
                seen += before[segment, row[service], -day - 1] * ramp[min(day - start, len(ramp) - 1)]
            found[replication, service] = math.exp(-seen)


@numba.njit(cache=True, error_model="numpy")
def _scaled(
    now: float, staying: Floats, place: tuple[int, int, int], every_day: bool, many: int, days: Floats
) -> None:
    """Fill S of each day of a month at full use; only of its end where nothing more is asked."""
    segment, rate, month = place
    if every_day:
        for day in range(staying.shape[3]):
            days[many, day] = now * staying[segment, rate, month, day]
    else:
        days[many, WIDTH] = now * staying[segment, rate, month, WIDTH]


@numba.njit(cache=True, error_model="numpy")
def _ramping(
    now: float,
    age: int,
    counted: float,
    expected: Floats,
    place: tuple[int, int, int],
    ramp: Floats,
    many: int,
    days: Floats,
    kind: int,
    visits: Floats,
) -> None:
    """Fill S of each day of a month in which use begins or grows, and add its visits; `age` on the first day."""
    segment, rate, month = place
    for day in range(WIDTH):
        days[many, day] = now
        if age + day >= 0:
            today = expected[segment, rate, month, day] * ramp[min(age + day, len(ramp) - 1)]
            visits[kind, day] += counted * today
            now *= math.exp(-today)
    days[many, WIDTH] = now


@numba.njit(cache=True, error_model="numpy")
def _multiply(
    chance: tuple[float, float], days: Floats, many: int, product: Floats, which: int, before: Floats
) -> None:
    """Note the product of the services before, and multiply into it this one's 1 - q F = rest + slope S."""
    rest, slope = chance
    for day in range(before.shape[1]):
        before[many, day] = product[which, day]
        product[which, day] *= rest + slope * days[many, day]
    product[which, WIDTH] *= rest + slope * days[many, WIDTH]


@numba.njit(cache=True, error_model="numpy")
def _check(
    size: float,
    chance: tuple[float, float],
    days: Floats,
    place: int,
    unproven: Floats,
    product: Floats,
    kind: int,
    month: Floats,
    row: Floats,
) -> float:
    """Add the checks of each day, first visits of those whom no other service has proved; return their sum."""
    rest, slope = chance
    for day in range(len(row)):
        checks = size * (days[place, day] - days[place, day + 1]) * unproven[place, day] * product[0, day]
        row[day] = checks
        month[kind, day] += checks
        product[0, day] *= rest + slope * days[place, day]
    return _sum(row)


@numba.njit(cache=True, error_model="numpy")
def _rise(
    size: float,
    chance: tuple[float, float],
    days: Floats,
    place: int,
    unproven: Floats,
    below: Floats,
    product: Floats,
    kind: int,
    month: Floats,
    row: Floats,
) -> float:
    """Add the uplifts of each day, first visits of those below P2 who are not unproven; return their sum."""
    rest, slope = chance
    for day in range(len(row)):
        coming = size * (days[place, day] - days[place, day + 1])
        lower = below[place, day] * product[1, day] - unproven[place, day] * product[0, day]
        row[day] = coming * lower
        month[kind, day] += coming * lower
        product[1, day] *= rest + slope * days[place, day]
    return _sum(row)


@numba.njit(cache=True, error_model="numpy")
def _sum(row: Floats) -> float:
    """Return the sum of a row, halves upon halves; the row is used up."""
    for day in range(16):
        row[day] += row[day + 16]
    for day in range(8):
        row[day] += row[day + 8]
    for day in range(4):
        row[day] += row[day + 4]
    return float((row[0] + row[1]) + (row[2] + row[3]))


@numba.njit(cache=True, error_model="numpy")
def busiest(sign_ins: Floats, hours: Floats, month_starts: Whole, per_second: Floats, hour_of: Whole) -> None:
    """Find the busiest hour of each month.

    Parameters
    ----------
    sign_ins, hours
        float64 [replication, season, day] and [season, day, hour].
    per_second, hour_of
        [replication, month], zero at first: sign-ins a second in that hour, and which it is, from day 0's midnight.
    """
    count, seasons, _ = sign_ins.shape
    for replication in range(count):
        for month in range(len(month_starts) - 1):
            most, when = 0.0, month_starts[month] * hours.shape[2]
            for day in range(month_starts[month], month_starts[month + 1]):
                for hour in range(hours.shape[2]):
                    total = 0.0
                    for season in range(seasons):
                        total += sign_ins[replication, season, day] * hours[season, day, hour]
                    if total > most:
                        most, when = total, day * hours.shape[2] + hour
            per_second[replication, month] = most / 3600
            hour_of[replication, month] = when
