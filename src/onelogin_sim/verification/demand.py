"""First visits, identity checks and sign-ins of every day, from go-live days, for a block of replications.

**The model.** People of a segment are alike and independent. Each of its N people uses service s with chance
p_s = users of s / N, independently of the other services, and who uses it visits it in a Poisson process. On day t
a visit is made with the single sign-on with chance ramp(t - go-live) × awareness × adoption, independently of other
visits; so the visits so made are Poisson too (thinning), h_s(t) = visits a year × the day's share of the year × that
chance of them expected on the day. Who has not been seen at the service by the start of the day comes for the first
time on it with chance 1 - exp(-h_s(t)). So of those who use it, the share not yet seen falls as

    S_s(t + 1) = S_s(t) exp(-h_s(t)).

A first visit to a service that asks for an identity is an attempt to prove it, unless the person has proved it
already and to that level: a *check* from nothing, an *uplift* from P1 to P2, else a *reuse*. An attempt succeeds
with chance q, whoever makes it and whatever came before. An identity proved today counts from tomorrow.

**Unproven and unseen are not independent.** Whoever was seen at s had a chance to prove their identity there. To
multiply the unseen by the segment's unproven share would count too many reuses. What is independent, person by
person, are the days of first visits to different services. Let F_k(t) = p_k (S_k(0) - S_k(t)) be the chance that a
person first visited k between the status date and day t. A person is unproven at t if they were so at the status
date (share b0) and no first visit since has succeeded; until then every first visit is an attempt, so

    P(unproven at t) = b0 ∏_k (1 - q F_k(t))                        over all k that ask for an identity,
    P(below P2 at t) = (b0 + b1) ∏_k (1 - q F_k(t))                 over those that ask for P2,

b1 being the share at P1 at the status date. The second holds for any order of visits because an attempt at P2
succeeds with the same chance from nothing as from P1; with different chances the order would matter, and no product
would do. Given that a person has not been seen at s, service s has contributed nothing, and the products run over
all others. So a day's expected first visits, N p_s (S_s(t) - S_s(t + 1)), divide into

    checks     × b0 ∏_{k ≠ s} (1 - q F_k(t)),
    uplifts    × (b0 + b1) ∏_{k ≠ s, k asks P2} (1 - q F_k(t)) - checks        where s asks for P2,
    reuses     the rest.

People do not touch one another, so these are the exact means for a population of any size; the individuals of
:mod:`onelogin_sim.verification.individuals` scatter around them as the square root of their number.

**Share asked.** Where only a share w of a service's users is asked for an identity, F_k takes the factor w.

**Simplifications.** What was proved by the status date is independent of which services were used by then: nobody
has published it by service. People who can use no route do not come to services that ask for an identity; N above
are those who can. Who fails at a service does not try again there; routes have their own second chances, and q is
what comes out of them. q knows no queue: who hangs up or lapses at a station (at most
`load_figures.unserved_share` of the checks) counts as proven as often as those served, so where many do, later checks
are too few and reuses too many. To feed back what a queue loses would make each day's demand hang on the waits before.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from onelogin_sim.timeline import Timeline
from onelogin_sim.verification import recursion
from onelogin_sim.verification.population import LEVELS, Verification
from onelogin_sim.verification.rates import hours_of, month_starts, rates_of
from onelogin_sim.verification.seasons import HOURS

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Demand:
    """What people ask for in a block of replications: expected numbers, each replication's own.

    Days are those from the status date to the horizon; months are calendar months, the first and the last cut
    off there; years likewise. Days take most of the memory, about half a megabyte for a replication of a dozen
    years, so hand it blocks; what is added up over them is whole numbers (`dividend`, `steps`).

    Attributes
    ----------
    replications
        Consecutive replication numbers, the first axis of every array.
    checks, uplifts
        float64 [replication, segment, season, day]: identity checks from nothing, and from P1 to P2.
    sign_ins
        float64 [replication, season, day]: visits made with the single sign-on.
    first_visits, identity_visits, migrations
        float64 [replication, month]: first visits to any service, to services that ask for identity, and by
        people whose existing account moves.
    proven, proven_p2
        float64 [replication, month]: people whose identity is proved at the end of the month, to any level and to P2.
    service_visits, service_checks, service_uplifts
        float64 [replication, service, year]: first visits that ask for identity, and the checks and uplifts
        among them.
    """

    verification: Verification
    replications: range
    checks: Floats
    uplifts: Floats
    sign_ins: Floats
    first_visits: Floats
    identity_visits: Floats
    migrations: Floats
    proven: Floats
    proven_p2: Floats
    service_visits: Floats
    service_checks: Floats
    service_uplifts: Floats

    @cached_property
    def month_starts(self) -> Whole:
        """int64 [month + 1]: the first day of each month within the horizon, and the horizon."""
        return month_starts(self.verification)

    @cached_property
    def checks_by_month(self) -> Floats:
        """float64 [replication, month]: checks from nothing."""
        return self._monthly(self.checks)

    @cached_property
    def uplifts_by_month(self) -> Floats:
        """float64 [replication, month]: rises from P1 to P2."""
        return self._monthly(self.uplifts)

    @cached_property
    def reuses_by_month(self) -> Floats:
        """float64 [replication, month]: first visits that ask for identity and need no check."""
        return self.identity_visits - self.checks_by_month - self.uplifts_by_month

    @cached_property
    def sign_ins_by_month(self) -> Floats:
        """float64 [replication, month]: visits made with the single sign-on."""
        return self._monthly(self.sign_ins)

    def by_hour(self, daily: Floats, days: range) -> Floats:
        """Return float64 [..., hour] from `days.start`'s midnight on: daily numbers spread over their hours.

        Parameters
        ----------
        daily
            float64 [..., season, day], as `checks`, `uplifts` and `sign_ins` are, or a part of them.
        days
            Which days.
        """
        chosen = daily[..., days.start : days.stop]
        found = np.zeros((*chosen.shape[:-2], len(days), HOURS))
        for place, shares in enumerate(hours_of(self.verification, days)):
            found += chosen[..., place, :, None] * shares
        return found.reshape(*found.shape[:-2], len(days) * HOURS)

    @cached_property
    def peaks(self) -> Peaks:
        """The busiest hour of each month."""
        hours = np.array(hours_of(self.verification, range(self.verification.horizon)))
        shape = self.first_visits.shape
        peaks = Peaks(np.zeros(shape), np.zeros(shape, dtype=np.int64))
        recursion.busiest(self.sign_ins, hours, self.month_starts, *peaks)
        return peaks

    def _monthly(self, daily: Floats) -> Floats:
        together = daily.reshape(len(self.replications), -1, self.verification.horizon).sum(axis=1)
        found: Floats = np.add.reduceat(together, self.month_starts[:-1], axis=1)
        return found


class Peaks(NamedTuple):
    """The busiest hour of each month.

    Attributes
    ----------
    per_second
        float64 [replication, month]: sign-ins a second, as a mean over the hour.
    hour
        int64 [replication, month]: which hour, counted from midnight of the status date.
    """

    per_second: Floats
    hour: Whole


def demand(verification: Verification, timeline: Timeline) -> Demand:
    """Return what people ask for in a block of replications.

    Raises
    ------
    ValueError
        When the services or the horizon are not those of the timeline's plan.
    """
    plan = timeline.plan
    if [service.id for service in verification.services] != [service.id for service in plan.services]:
        raise ValueError("the population describes other services than the plan")
    if (verification.status_date, verification.horizon) != (plan.status_date, plan.horizon):
        raise ValueError("the population has another status date or horizon than the plan")
    return demand_of(verification, timeline.go_live, asked(verification, timeline), timeline.replications)


def asked(verification: Verification, timeline: Timeline) -> Floats:
    """Return float64 [replication, service]: the share of users who are asked for an identity.

    Where a replication decides, the timeline shows it: an identity stage that exists lasts at least a day, one
    that does not takes no time.
    """
    plan = timeline.plan
    found = np.empty(timeline.go_live.shape, dtype=np.float64)
    for column, service in enumerate(verification.services):
        if service.asked is not None:
            found[:, column] = service.asked
            continue
        own = [
            index
            for index in plan.tasks_of[service.id]
            if [gate.decision for gate in plan.tasks[index].gates] == ["identity"]
        ]
        if not own:
            raise ValueError(f"{service.id}: no stage of the plan shows whether it asks for identity")
        found[:, column] = timeline.finish[:, own[0]] > timeline.start[:, own[0]]
    return found


def demand_of(
    verification: Verification,
    go_live: npt.NDArray[np.int32],
    share_asked: Floats,
    replications: range | None = None,
) -> Demand:
    """Return what people ask for, given go-live days alone.

    Parameters
    ----------
    go_live
        int32 [replication, service]: NEVER for what does not go live.
    share_asked
        float64 [replication, service]: share of users asked for an identity.
    replications
        Their numbers; from 0 unless said otherwise.
    """
    replications = range(len(go_live)) if replications is None else replications
    rates = rates_of(verification, max(0, -int(go_live.min(initial=0))))
    segments = verification.segments
    count, services, months = len(go_live), len(verification.services), len(rates.month_starts) - 1
    daily = (count, len(segments), len(verification.seasons), verification.horizon)
    by_year = (count, services, int(rates.year_of_month[-1]) + 1)
    found = Demand(
        verification,
        replications,
        np.zeros(daily),
        np.zeros(daily),
        np.zeros((count, len(verification.seasons), verification.horizon)),
        *(np.zeros((count, months)) for _ in range(5)),
        *(np.zeros(by_year) for _ in range(3)),
    )
    able = np.array([segment.able_share for segment in segments])
    unproven, below = baseline(verification)
    levels = np.array([LEVELS[service.level] for service in verification.services], dtype=np.int64)
    recursion.run(
        np.ascontiguousarray(go_live, dtype=np.int64),
        np.where(levels > 0, share_asked, 0.0),
        levels,
        np.array([service.season for service in verification.services], dtype=np.int64),
        np.array([service.accounts for service in verification.services]),
        verification.users,
        np.array([segment.people for segment in segments], dtype=np.float64),
        able,
        np.array([outcome.success for outcome in verification.outcomes]),
        unproven,
        below,
        *rates,
        found.checks,
        found.uplifts,
        found.sign_ins,
        found.first_visits,
        found.identity_visits,
        found.migrations,
        found.proven,
        found.proven_p2,
        found.service_visits,
        found.service_checks,
        found.service_uplifts,
    )
    return found


def baseline(verification: Verification) -> tuple[Floats, Floats]:
    """Return float64 [segment]: the shares unproven and below P2 at the status date, of those who can prove it."""
    unproven, below = np.ones((2, len(verification.segments)))
    for place, segment in enumerate(verification.segments):
        able = segment.able_share
        if able > 0:
            below[place] = max(0.0, 1 - segment.proven_p2 / able)
            unproven[place] = max(0.0, 1 - (segment.proven_p1 + segment.proven_p2) / able)
    return unproven, below
