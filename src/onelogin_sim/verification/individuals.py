"""The readable reference of the demand: person by person, each with their services and their visits.

It shares the population's data with :mod:`onelogin_sim.verification.demand` and none of its formulas: whoever uses
a service makes a Poisson number of visits at days drawn by the season, each visit is made with the single sign-on
or not, the first one so made is a check, an uplift or a reuse by what that person has proved, and an attempt
succeeds or fails. For small populations: time and memory grow with the visits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt

from onelogin_sim.verification.population import LEVELS, Verification, share_on
from onelogin_sim.verification.seasons import day_shares

#: What a first visit is.
Kind = Literal["check", "uplift", "reuse", "plain"]
KINDS: tuple[Kind, ...] = ("check", "uplift", "reuse", "plain")

Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Individuals:
    """Every first visit since the status date, in order of day, and all sign-ins by day.

    Attributes
    ----------
    person, service, day, kind
        int64 [visit]: who (numbered through all segments), where, when, and the index in `KINDS`.
    sign_ins
        int64 [day]: visits made with the single sign-on.
    proven
        int64 [person]: the level each has proved at the horizon.
    """

    person: Whole
    service: Whole
    day: Whole
    kind: Whole
    sign_ins: Whole
    proven: Whole

    def times(self, kind: Kind, days: range) -> Whole:
        """Return int64 [person]: how often each made a first visit of a kind in some days."""
        chosen = (self.kind == KINDS.index(kind)) & (self.day >= days.start) & (self.day < days.stop)
        return np.bincount(self.person[chosen], minlength=len(self.proven))


def simulate(
    verification: Verification,
    go_live: npt.NDArray[np.int32],
    share_asked: npt.NDArray[np.float64],
    seed: int,
) -> Individuals:
    """Return one future of every single person.

    Parameters
    ----------
    go_live, share_asked
        int32 and float64 [service]: one replication's go-live days, and shares of users asked for an identity.
    seed
        The result is a function of it and of the other arguments: a NumPy generator on Philox of its own.
    """
    rng = np.random.Generator(np.random.Philox(key=seed))
    visits: list[Whole] = []
    sign_ins = np.zeros(verification.horizon, dtype=np.int64)
    levels: list[Whole] = []
    success: list[npt.NDArray[np.float64]] = []
    first = 0
    for place, segment in enumerate(verification.segments):
        able, level = _people(verification, place, rng)
        for service in range(len(verification.services)):
            found, days = _visits(verification, place, service, int(go_live[service]), rng)
            asks = LEVELS[verification.services[service].level]
            wanted = (rng.random(segment.people) < share_asked[service]) & (asks > 0)
            # Who is asked for an identity and can use no route does not come.
            comes = able[found] | ~wanted[found]
            found, days = found[comes], days[comes]
            sign_ins += np.bincount(days[days >= 0], minlength=verification.horizon)
            order = np.lexsort((days, found))
            found, days = found[order], days[order]
            once = (
                np.concatenate(([True], found[1:] != found[:-1])) if len(found) else np.zeros(0, dtype=bool)
            )
            once &= days >= 0
            many = np.full(once.sum(), service)
            visits.append(
                np.stack((days[once], first + found[once], many, asks * wanted[found[once]]), axis=1)
            )
        levels.append(level)
        success.append(np.full(segment.people, verification.outcomes[place].success))
        first += segment.people
    events = np.concatenate(visits)
    events = events[np.lexsort((events[:, 2], events[:, 1], events[:, 0]))]
    proven = np.concatenate(levels)
    lucky = rng.random(len(events)) < np.concatenate(success)[events[:, 1]]
    kind = _judge(events, lucky, proven)
    return Individuals(events[:, 1], events[:, 2], events[:, 0], kind, sign_ins, proven)


def _people(
    verification: Verification, place: int, rng: np.random.Generator
) -> tuple[npt.NDArray[np.bool_], Whole]:
    """Who can use a route, and the level each has proved at the status date."""
    segment = verification.segments[place]
    # Proving needs a route, so those who have proved it are among those who can.
    luck = rng.random(segment.people)
    level = np.where(
        luck < segment.proven_p2, 2, np.where(luck < segment.proven_p2 + segment.proven_p1, 1, 0)
    )
    return luck < segment.able_share, level.astype(np.int64)


def _visits(
    verification: Verification, place: int, number: int, go_live: int, rng: np.random.Generator
) -> tuple[Whole, Whole]:
    """Person and day of every visit made with the single sign-on, from the go-live on."""
    segment, service = verification.segments[place], verification.services[number]
    none = np.zeros(0, dtype=np.int64)
    if go_live >= verification.horizon or segment.people == 0:
        return none, none
    days = np.arange(go_live, verification.horizon)
    weights = day_shares(
        verification.seasons[service.season],
        verification.status_date + timedelta(days=go_live),
        len(days),
    )
    uses = rng.random(segment.people) < service.users * service.audience[place] / segment.people
    many = rng.poisson(service.visits * weights.sum(), segment.people) * uses
    person = np.repeat(np.arange(segment.people), many)
    day = days[np.searchsorted(np.cumsum(weights) / weights.sum(), rng.random(len(person)), side="right")]
    since = day - go_live
    ramp = np.where(since < verification.ramp[0][0], 0.0, share_on(verification.ramp, since))
    made = rng.random(len(person)) < ramp * share_on(segment.awareness, day) * service.adoption
    return person[made], day[made]


def _judge(events: Whole, lucky: npt.NDArray[np.bool_], proven: Whole) -> Whole:
    """Return what each first visit is, and bring what people have proved up to date; today's counts tomorrow."""
    kind = np.empty(len(events), dtype=np.int64)
    today = -1
    news: list[tuple[int, int]] = []
    for number, (day, person, _, asks) in enumerate(events.tolist()):
        if day > today:
            for who, level in news:
                proven[who] = max(proven[who], level)
            today, news = day, []
        if asks == 0:
            kind[number] = KINDS.index("plain")
        elif proven[person] >= asks:
            kind[number] = KINDS.index("reuse")
        else:
            kind[number] = KINDS.index("uplift" if proven[person] else "check")
            if lucky[number]:
                news.append((person, asks))
    for who, level in news:
        proven[who] = max(proven[who], level)
    return kind
