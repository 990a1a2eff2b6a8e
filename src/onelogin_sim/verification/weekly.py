# mypy: disable-error-code="untyped-decorator"
"""Checks, rises and reuses from go-live days at a few moments only: what an order search can afford.

The model is that of :mod:`onelogin_sim.verification.demand`, but an identity proved counts at once, not from the next
day. Then what one service proves the others need not, and the sums over services close. In a segment of N people who
can prove an identity, with q, b0, b1, S and F as there,

    U(t) = b0 ∏ (1 - q F_k(t))                  unproven, over all k that ask for an identity,
    B(t) = (b0 + b1) ∏ (1 - q F_k(t))           below P2, over those that ask for P2,

each attempt proves with chance q, so the attempts from a to b are what the chances lose, over q:

    checks at all services                      N (U(a) - U(b)) / q,
    checks and rises at those that ask for P2   N (B(a) - B(b)) / q.

So only products are needed, at the moments that count, whatever lies between them. Only the checks at services that
ask for P1 have an integral left, b0 ∫ C (-dA) N / q with A and C the products over services that ask for P1 and for P2:
it is taken by trapezoids over weeks. Where no service asks for P1 (and nothing is left out by the week) the numbers are
exact but for the day an identity takes to count.

A week runs from Monday to Sunday; one cut off by the status date or the horizon does not count, as in
:mod:`onelogin_sim.verification.windows`.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.verification.demand import baseline
from onelogin_sim.verification.duty import units_by_hour
from onelogin_sim.verification.population import LEVELS, Verification
from onelogin_sim.verification.rates import rates_of
from onelogin_sim.verification.seasons import HOURS
from onelogin_sim.verification.windows import WEEK
from onelogin_sim.verification.workload import workload

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

#: Visits expected of a person between two anchors at most: the exponential of so many is still a number.
_FAR = 300.0

#: Least chance of success: below it a loss over q is all rounding, and so few proved change nothing.
_LEAST = 1e-7


@dataclass(frozen=True, eq=False)
class Moments:
    """A population at the moments that count: what is the same for every order and future.

    Attributes
    ----------
    edges
        int64 [edge]: days, from 0 on, at whose start the chances are told.
    weeks
        int64 [week, 2]: edges at which each whole week begins and ends; none where weeks are not asked for.
    ends
        int64 [date]: edges up to whose day avoided checks are counted.
    anchors
        int64 [block + 1]: edges at which `fade` begins anew.
    daily, fade, step
        float64 [segment, row, day], visits expected of a person on the day at full use; [segment, row, edge], the share
        of the unseen at the last anchor who still are; [segment, row, edge], and at the edge before.
    unseen
        float64 [segment, row, days live at the status date]: S(0).
    capacity
        float64 [station, week]: customers of mean length it can serve.
    work, uplift
        float64 [segment, station], customers of mean length made by a check; [station], share of it a rise makes.
    """

    verification: Verification
    edges: Whole
    weeks: Whole
    ends: Whole
    anchors: Whole
    row: Whole
    ramp: Floats
    daily: Floats
    fade: Floats
    step: Floats
    unseen: Floats
    capacity: Floats
    work: Floats
    uplift: Floats


@dataclass(frozen=True, eq=False)
class WeeklyLoad:
    """The load of some rows of go-live days.

    Attributes
    ----------
    peak
        float64 [row]: checks and rises in the busiest week; 0 where weeks are not told.
    use
        float64 [row]: work in the week and at the station where it is most, over what can be done in it; inf where
        nothing can.
    avoided
        float64 [row, date]: first visits that asked for an identity and needed no check and no rise, by each date.
    """

    peak: Floats
    use: Floats
    avoided: Floats


def moments(verification: Verification, dates: Sequence[int], *, weeks: bool, past: int = 0) -> Moments:
    """Return what all orders share.

    Parameters
    ----------
    dates
        Days before which avoided checks are counted, from 0 to the horizon.
    weeks
        Whether the busiest week is looked for.
    past
        Days before the status date on which the first service went live.
    """
    horizon = verification.horizon
    monday = -verification.status_date.weekday() % WEEK
    mondays = np.arange(monday, horizon + 1, WEEK, dtype=np.int64)
    told = [np.array([0, *dates], dtype=np.int64)]
    if weeks:
        told.append(mondays)
    elif any(service.level == "P1" for service in verification.services):
        told.append(mondays[mondays < max(dates, default=0)])
    edges = np.unique(np.concatenate(told))
    starts = np.searchsorted(edges, mondays) if weeks else np.zeros(0, dtype=np.int64)
    rates = rates_of(verification, past)
    daily = np.concatenate(
        [
            rates.expected[:, :, month, : rates.month_starts[month + 1] - rates.month_starts[month]]
            for month in range(len(rates.month_starts) - 1)
        ],
        axis=2,
    )
    anchors, fade, step = _fading(daily, edges)
    capacity, work, uplift = _stations(verification, mondays if weeks else mondays[:0])
    return Moments(
        verification,
        edges,
        np.stack([starts[:-1], starts[1:]], axis=1),
        np.searchsorted(edges, np.array(dates, dtype=np.int64)),
        anchors,
        rates.row,
        rates.ramp,
        daily,
        fade,
        step,
        _unseen(rates.before, rates.ramp),
        capacity,
        work,
        uplift,
    )


def _fading(daily: Floats, edges: Whole) -> tuple[Whole, Floats, Floats]:
    """Anchors, and how the unseen become fewer: from the last anchor, and from the edge before."""
    sums = np.concatenate([np.zeros((*daily.shape[:2], 1)), np.cumsum(daily, axis=2)], axis=2)[..., edges]
    anchors = [0]
    while anchors[-1] < len(edges):
        last = anchors[-1]
        apart = (sums[..., last:] - sums[..., last : last + 1]).max(axis=(0, 1), initial=0.0)
        anchors.append(last + max(int(np.searchsorted(apart, _FAR, side="right")), 1))
    since = np.repeat(anchors[:-1], np.diff(anchors))
    fade: Floats = np.exp(-(sums - sums[..., since]))
    step: Floats = np.exp(-np.diff(sums, axis=2, prepend=0.0))
    return np.array(anchors, dtype=np.int64), fade, step


def _unseen(before: Floats, ramp: Floats) -> Floats:
    """float64 [segment, row, days live]: the share not seen by the status date, by how long a service has been live."""
    segments, rows, past = before.shape
    found = np.ones((segments, rows, past + 1))
    shares = ramp[np.minimum(np.arange(past), len(ramp) - 1)]
    for segment in range(segments):
        for row in range(rows if past else 0):
            found[segment, row, 1:] = np.exp(-np.convolve(before[segment, row], shares)[:past])
    return found


def _stations(verification: Verification, mondays: Whole) -> tuple[Floats, Floats, Floats]:
    """Capacity by week, and the work of checks and rises, in customers of mean length."""
    need = workload(verification)
    weeks = max(len(mondays) - 1, 0)
    capacity = np.zeros((len(verification.stations), weeks))
    for place, station in enumerate(verification.stations):
        if weeks:
            days = range(int(mondays[0]), int(mondays[-1]))
            hours = units_by_hour(station, verification.status_date, days)
            capacity[place] = hours.reshape(weeks, WEEK * HOURS).sum(axis=1) / need.mean_service[place]
    return capacity, np.ascontiguousarray(need.work / need.mean_service), need.uplift


def weekly_load(
    known: Moments,
    go_live: npt.NDArray[np.int32],
    asked: Floats,
    *,
    workers: int = 1,
    executor: Executor | None = None,
) -> WeeklyLoad:
    """Return the load of rows of go-live days.

    Parameters
    ----------
    known
        Of `moments`.
    go_live
        int32 [row, service].
    asked
        float64 [row, service]: share of users asked for an identity.
    workers, executor
        Threads that share the rows; the result does not depend on them.
    """
    verification, count = known.verification, len(go_live)
    levels = np.array([LEVELS[service.level] for service in verification.services], dtype=np.int64)
    people = np.array([segment.people for segment in verification.segments], dtype=np.float64)
    able = np.array([segment.able_share for segment in verification.segments])
    success = np.array([max(outcome.success, _LEAST) for outcome in verification.outcomes])
    share = np.ascontiguousarray(np.where(levels > 0, asked, 0.0))
    days = np.ascontiguousarray(go_live, dtype=np.int64)
    unproven, below = baseline(verification)
    found = WeeklyLoad(np.zeros(count), np.zeros(count), np.zeros((count, len(known.ends))))

    def part(first: int, last: int) -> None:
        _run(
            days[first:last], share[first:last], levels, verification.users, people, able, success, unproven, below,
            known.row, known.ramp, known.daily, known.fade, known.step, known.unseen,
            known.edges, known.anchors, known.weeks, known.ends, known.capacity, known.work, known.uplift,
            found.peak[first:last], found.use[first:last], found.avoided[first:last],
        )  # fmt: skip

    if executor is None or workers == 1 or count < 2:
        part(0, count)
    else:
        cuts = [count * worker // workers for worker in range(workers + 1)]
        tasks = [executor.submit(part, cuts[worker], cuts[worker + 1]) for worker in range(workers)]
        for task in tasks:
            task.result()
    return found


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _run(
    go_live: Whole,
    asked: Floats,
    level: Whole,
    users: Floats,
    people: Floats,
    able: Floats,
    success: Floats,
    unproven: Floats,
    below: Floats,
    row: Whole,
    ramp: Floats,
    daily: Floats,
    fade: Floats,
    step: Floats,
    unseen: Floats,
    edges: Whole,
    anchors: Whole,
    weeks: Whole,
    ends: Whole,
    capacity: Floats,
    work: Floats,
    uplift: Floats,
    peak: Floats,
    use: Floats,
    avoided: Floats,
) -> None:
    """Fill the arrays of a `WeeklyLoad`, all zero at first; see there, and `Moments`."""
    count, size = len(edges), len(capacity)
    left = np.empty(count)
    product = np.empty((2, count))  # over services that ask for P1, and for P2
    checks, rises = np.empty(count), np.empty(count)  # up to each edge
    total, load = np.empty(len(weeks)), np.empty((size, len(weeks)))
    for future in range(len(go_live)):
        total[:], load[:] = 0.0, 0.0
        for segment in range(len(people)):
            who, chance = people[segment] * able[segment], success[segment]
            if who <= 0:
                continue
            product[:] = 1.0
            for service in range(len(level)):
                members, share = users[service, segment], asked[future, service]
                start = go_live[future, service]
                if share <= 0 or members <= 0 or start >= edges[-1]:
                    continue
                place = (segment, row[service])
                first = _left(start, place, ramp, daily, fade, step, unseen, edges, anchors, left)
                now = unseen[segment, row[service], max(-start, 0)]
                slope = chance * share * min(members / people[segment], 1.0)
                rest, which = 1 - slope * now, level[service] - 1
                for edge in range(first, count):
                    product[which, edge] *= rest + slope * left[edge]
                for date in range(len(ends)):
                    if ends[date] >= first:
                        avoided[future, date] += members * share * able[segment] * (now - left[ends[date]])
            lost = 0.0  # by A alone, weighed by C
            for edge in range(count):
                one, two = product[0, edge], product[1, edge]
                if edge > 0:
                    lost += (product[0, edge - 1] - one) * (product[1, edge - 1] + two) / 2
                checks[edge] = who * unproven[segment] * (1 - one * two) / chance
                at_p1 = who * unproven[segment] * lost / chance
                rises[edge] = who * below[segment] * (1 - two) / chance - (checks[edge] - at_p1)
            for date in range(len(ends)):
                avoided[future, date] -= checks[ends[date]] + rises[ends[date]]
            for week in range(len(weeks)):
                begin, end = weeks[week]
                whole, rise = checks[end] - checks[begin], rises[end] - rises[begin]
                total[week] += whole + rise
                for station in range(size):
                    load[station, week] += (whole + rise * uplift[station]) * work[segment, station]
        for week in range(len(weeks)):
            peak[future] = max(peak[future], total[week])
            for station in range(size):
                if load[station, week] > 0:
                    use[future] = max(use[future], load[station, week] / capacity[station, week])


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _left(
    start: int,
    place: tuple[int, int],
    ramp: Floats,
    daily: Floats,
    fade: Floats,
    step: Floats,
    unseen: Floats,
    edges: Whole,
    anchors: Whole,
    left: Floats,
) -> int:
    """Fill S at the edges from the first one after go-live on; return which that is."""
    segment, row = place
    day = max(start, 0)
    edge = first = int(np.searchsorted(edges, day + 1))
    now, seen, full = unseen[segment, row, max(-start, 0)], 0.0, start + len(ramp) - 1
    while edge < len(edges) and edges[edge] <= full:
        while day < edges[edge]:
            seen += daily[segment, row, day] * ramp[day - start]
            day += 1
        left[edge] = now * np.exp(-seen)
        edge += 1
    if edge == len(edges):
        return first
    while day < edges[edge]:
        seen += daily[segment, row, day] * ramp[min(day - start, len(ramp) - 1)]
        day += 1
    now *= np.exp(-seen)
    block = int(np.searchsorted(anchors, edge + 1)) - 1
    while True:
        last = min(anchors[block + 1], len(edges))
        scale = now / fade[segment, row, edge]
        for place_of in range(edge, last):
            left[place_of] = scale * fade[segment, row, place_of]
        if last == len(edges):
            return first
        now, edge, block = left[last - 1] * step[segment, row, last], last, block + 1
