"""Small populations for tests, made in code: terse builders, and the recursion written out day by day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from onelogin_sim.verification.demand import Demand, demand_of
from onelogin_sim.verification.population import (
    LEVELS,
    Level,
    Segment,
    ServiceDemand,
    Verification,
    share_on,
)
from onelogin_sim.verification.routes import Route
from onelogin_sim.verification.seasons import LastDay, Season, day_shares

STATUS = date(2024, 5, 10)
YEAR = 365


def service(
    name: str, level: Level, users: float, visits: float, audience: Sequence[float] = (1.0,), **fields
) -> ServiceDemand:
    """A service as its users see it."""
    return ServiceDemand(name, level, users, visits, tuple(audience), **fields)


def population(
    *services: ServiceDemand, people: int = 1000, horizon: int = 2 * YEAR, success: float = 1.0, **fields
) -> Verification:
    """A population of one segment (or those given), with one route of a given success."""
    routes = fields.pop("routes", (Route("only", "Only", 1.0, success),))
    segments = fields.pop("segments", (Segment("all", "All", people, able=(1.0,) * len(routes)),))
    return Verification(STATUS, horizon, segments, services, routes=routes, **fields)


def mixed(people: int) -> Verification:
    """A population that uses every feature: two segments, both levels, seasons, ramp, routes, a share asked."""
    routes = (Route("app", "App", 0.7, 0.8, 0.3, then="post"), Route("post", "Post", 0.3, 0.9))
    segments = (
        Segment("a", "A", people, (0.6, 0.9), ((0, 0.5), (700, 1.0)), proven_p1=0.1, proven_p2=0.15),
        Segment("b", "B", people // 2, (1.0, 1.0), ((0, 0.9),), proven_p2=0.05),
    )
    tax = Season(
        "tax",
        months=(4.0, *(1.0,) * 11),
        weekdays=(2, 1, 1, 1, 1, 0.5, 0.5),
        last_day=LastDay(1, 31, 0.05, 16, 0.2),
    )
    both = (2 / 3, 1 / 3)
    all_people = people + people // 2
    services = (
        service("s0", "P2", 0.8 * all_people, 2.0, both, season=1, adoption=0.9, accounts=0.5),
        service("s1", "P1", 0.6 * all_people, 1.5, both, adoption=0.9),
        service("s2", "P2", 0.5 * all_people, 1.0, both, asked=0.6),
        service("s3", "none", 0.7 * all_people, 3.0, both, accounts=1.0),
        service("s4", "P2", 0.9 * all_people, 0.8, both),
        service("s5", "P1", 0.5 * all_people, 4.0, both, season=1),
    )
    return Verification(
        STATUS, 2 * YEAR, segments, services, (Season("even"), tax), ((0, 0.05), (60, 0.5), (120, 1.0)),
        routes=routes,
    )  # fmt: skip


#: Go-live days of the services of `mixed`: before the status date, on it, later, never.
MIXED_GO_LIVE = np.array([-100, 30, 90, 0, 200, 2**31 - 1], dtype=np.int32)


def asked_of(verification: Verification) -> np.ndarray:
    """Float64 [service]: the share asked, one where a replication would decide."""
    return np.array([1.0 if each.asked is None else each.asked for each in verification.services])


def one_future(verification: Verification, go_live: Sequence[int]) -> Demand:
    """The demand of a single replication."""
    days = np.array([go_live], dtype=np.int32)
    return demand_of(verification, days, asked_of(verification)[None])


def by_the_book(verification: Verification, go_live: Sequence[int], independent: bool = False):
    """The recursion as its module states it, one day, segment and service after the other, in plain numbers.

    Returns first visits, checks and uplifts [day, service]. With `independent` the mistake is made that the
    module warns of: unseen and unproven are taken as independent.
    """
    asked, horizon = asked_of(verification), verification.horizon
    visits, checks, uplifts = np.zeros((3, horizon, len(verification.services)))
    for place, segment in enumerate(verification.segments):
        able, q = segment.able_share, verification.outcomes[place].success
        b0 = 1 - (segment.proven_p1 + segment.proven_p2) / able
        b01 = 1 - segment.proven_p2 / able
        unseen, start = [1.0] * len(asked), []
        for day in range(min(0, *go_live), horizon):
            if day == 0:
                start = list(unseen)
            chance = [
                q * asked[k] * each.users * each.audience[place] / segment.people * (start[k] - unseen[k])
                if day >= 0 and each.level != "none"
                else 0.0
                for k, each in enumerate(verification.services)
            ]
            for s, each in enumerate(verification.services):
                if day < go_live[s]:
                    continue
                h = _expected(verification, place, s, day, day - go_live[s])
                size = each.users * each.audience[place]
                first = size * unseen[s] * (1 - math.exp(-h))
                unseen[s] *= math.exp(-h)
                if day < 0:
                    continue
                asks = LEVELS[each.level]
                w = asked[s] if asks else 0.0
                visits[day, s] += first * (1 - w + w * able)
                others = [(k, 1 - c) for k, c in enumerate(chance) if independent or k != s]
                low = b0 * math.prod(c for _, c in others)
                below = b01 * math.prod(c for k, c in others if verification.services[k].level == "P2")
                if asks:
                    checks[day, s] += first * w * able * low
                if asks == 2:
                    uplifts[day, s] += first * w * able * (below - low)
    return visits, checks, uplifts


def _expected(verification: Verification, place: int, number: int, day: int, age: int) -> float:
    each, segment = verification.services[number], verification.segments[place]
    share = day_shares(verification.seasons[each.season], STATUS + timedelta(days=day), 1)[0]
    ramp = 0.0 if age < verification.ramp[0][0] else share_on(verification.ramp, np.array([age]))[0]
    return each.visits * share * ramp * share_on(segment.awareness, np.array([day]))[0] * each.adoption
