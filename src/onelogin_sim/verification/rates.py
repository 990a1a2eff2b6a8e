"""Expected visits by day and hour, the same in every replication: what the recursion looks up."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from onelogin_sim.verification.population import Verification, share_on
from onelogin_sim.verification.recursion import WIDTH
from onelogin_sim.verification.seasons import day_shares, hour_shares

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


class Rates(NamedTuple):
    """Expected visits by day, at full use; services with equal rates and seasons share a row.

    Attributes
    ----------
    row
        int64 [service]: its row.
    row_season
        int64 [row]: the season of each row.
    expected
        float64 [segment, row, month, 32]: h of each day of a month, zero after its end.
    staying
        float64 [segment, row, month, 33]: share of the unseen at the start of a month who still are on each day.
    before
        float64 [segment, row, day]: h of days before the status date, the latest first.
    ramp
        float64 [day + 1]: share of full use by days from go-live; the last holds from there on.
    month_starts, year_of_month
        int64 [month + 1] and [month]: the year counted from the status date's.
    """

    row: Whole
    row_season: Whole
    expected: Floats
    staying: Floats
    before: Floats
    ramp: Floats
    month_starts: Whole
    year_of_month: Whole


@lru_cache(maxsize=8)
def rates_of(verification: Verification, past: int) -> Rates:
    """Return the rates, `past` days before the status date included."""
    kinds = [(service.season, service.visits * service.adoption) for service in verification.services]
    distinct = sorted(set(kinds))
    starts = month_starts(verification)
    horizon, status = verification.horizon, verification.status_date
    days = np.arange(-past, horizon)
    seasons = [
        day_shares(season, status - timedelta(days=past), horizon + past) for season in verification.seasons
    ]
    daily = np.array(
        [
            [rate * seasons[season] * share_on(segment.awareness, days) for season, rate in distinct]
            for segment in verification.segments
        ]
    ).reshape(len(verification.segments), len(distinct), horizon + past)
    shape = (*daily.shape[:2], len(starts) - 1)
    expected = np.zeros((*shape, WIDTH))
    for month, (first, last) in enumerate(pairwise(starts)):
        expected[:, :, month, : last - first] = daily[:, :, past + first : past + last]
    staying = np.ones((*shape, WIDTH + 1))
    staying[..., 1:] = np.exp(-np.cumsum(expected, axis=-1))
    return Rates(
        np.array([distinct.index(kind) for kind in kinds], dtype=np.int64),
        np.array([season for season, _ in distinct], dtype=np.int64),
        expected,
        staying,
        np.ascontiguousarray(daily[:, :, :past][..., ::-1]),
        _ramp(verification),
        starts,
        np.array([_date(verification, int(day)).year - status.year for day in starts[:-1]], dtype=np.int64),
    )


def _ramp(verification: Verification) -> Floats:
    """Share of full use by days from go-live: nothing before the first point, full use from the last on."""
    days = np.arange(verification.ramp[-1][0] + 1)
    shares = share_on(verification.ramp, days)
    shares[days < verification.ramp[0][0]] = 0.0
    return shares


def month_starts(verification: Verification) -> Whole:
    """Return int64 [month + 1]: the first day of each month within the horizon, and the horizon."""
    first = [day for day in range(verification.horizon) if day == 0 or _date(verification, day).day == 1]
    return np.array([*first, verification.horizon], dtype=np.int64)


def hours_of(verification: Verification, days: range) -> list[Floats]:
    """Return float64 [day, hour] for each season: the share of a day's visits in each of its hours."""
    return [
        hour_shares(season, _date(verification, days.start), len(days)) for season in verification.seasons
    ]


def _date(verification: Verification, day: int) -> date:
    return verification.status_date + timedelta(days=day)
