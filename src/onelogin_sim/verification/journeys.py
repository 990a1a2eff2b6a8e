"""Identity checks one by one: who takes which route, what they need at its stations, and how it ends.

**A path.** A person begins at a route by its `choice`, passes on at once from a route they cannot use, and visits the
stations of one they can, each with its share, in order. At the end the attempt succeeds or fails; whoever fails gives
up or goes on to the next route, as in `routes.outcome`. Whoever leaves a station unserved, because they would not
wait longer or an appointment lapsed, has failed in that attempt, whatever it would have come to. An appointment waits
for at most its time limit; everything else takes whole seconds. A rise from P1 to P2 takes its share of the time, an
appointment a whole slot.

All of it is drawn before anybody moves, from indexed decisions of the person; `network` then makes the moves, and
`passing` follows whole futures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from onelogin_sim.distributions import Distribution
from onelogin_sim.verification import station
from onelogin_sim.verification.arrivals import KINDS, Arrivals, Floats, Luck, Whole
from onelogin_sim.verification.duty import SLOT, units_by_hour
from onelogin_sim.verification.network import FAILED, PROVED, Paths
from onelogin_sim.verification.population import Verification
from onelogin_sim.verification.routes import Route, Station, Step
from onelogin_sim.verification.seasons import HOURS
from onelogin_sim.verification.workload import timed

Mask = npt.NDArray[np.bool_]


#: Days after a window until which stations are watched, so that waits end. Nobody comes in them: at a station nobody
#: depends on those who come to it later.
AFTER = 366


def stations_of(verification: Verification, days: range) -> list[station.Station]:
    """Return the stations in some days, by the hour; the watch ends with the last day."""
    return [
        station.Station(
            tuple(units_by_hour(each, verification.status_date, days).tolist()),
            hour=1.0,
            cyclic=False,
            until=float(len(days) * HOURS),
        )
        for each in verification.stations
    ]


def lay_out(
    verification: Verification, came: Arrivals, replication: int, seed: int
) -> tuple[Paths, Whole, Whole]:
    """Return everybody's path, and whose each visit is and on which route: int64 [visit] each."""
    first = np.full(len(came.at), -1 - PROVED)
    pieces = [_NOTHING]
    laid = 0
    for segment, each in enumerate(verification.segments):
        for kind, name in enumerate(KINDS):
            people = np.flatnonzero((came.segment == segment) & (came.kind == kind))
            luck = Luck(seed, replication, each.id, name)
            group = _Group(verification, segment, name, people, luck, came.index[people])
            begin, visits = group.lay_out(laid)
            first[people] = begin
            pieces += visits
            laid += sum(len(piece.person) for piece in visits)
    # Visits were laid out last first; now a path's visits follow each other.
    whole = _Visits(
        *(np.ascontiguousarray(np.concatenate(column)[::-1]) for column in zip(*pieces, strict=True))
    )
    first, served, unserved = (
        np.where(to >= 0, laid - 1 - to, to) for to in (first, whole.served, whole.unserved)
    )
    paths = Paths(came.at, first, whole.station, whole.service, whole.patience, served, unserved)
    return paths, whole.person, whole.route


class _Visits(NamedTuple):
    """Some people's visits in one step of a route, the last person first; columns as in `Paths`."""

    person: Whole
    route: Whole
    station: Whole
    service: Floats
    patience: Floats
    served: Whole
    unserved: Whole


_NOBODY = np.zeros(0, dtype=np.int64)
_NOTHING = _Visits(_NOBODY, _NOBODY, _NOBODY, np.zeros(0), np.zeros(0), _NOBODY, _NOBODY)


class _Attempts(NamedTuple):
    """Attempts on one route: who makes them, whether they would end well, whether who fails goes on, and steps made."""

    who: Whole
    success: Mask
    goes_on: Mask
    visited: list[Mask]


@dataclass(frozen=True)
class _Group:
    """The people of one segment who come for one kind of check."""

    verification: Verification
    segment: int
    kind: str
    people: Whole
    luck: Luck
    index: npt.NDArray[np.uint64]

    def lay_out(self, laid: int) -> tuple[Whole, list[_Visits]]:
        """Return each one's first visit and all visits, numbered from `laid` on, what comes later first."""
        routes = self.verification.routes
        if not routes:
            return np.full(len(self.people), -1 - PROVED), []
        begins, attempts = self._attempts()
        failed = np.full(len(self.people), -1 - FAILED)
        enters: dict[str | None, Whole] = {None: failed}
        pieces: list[_Visits] = []
        for place in reversed(downhill(routes)):
            route, made = routes[place], attempts[place]
            enters[route.id] = enters[route.then].copy()  # who cannot use it passes on
            after_failure = np.where(made.goes_on, enters[route.then][made.who], -1 - FAILED)
            after = np.where(made.success, -1 - PROVED, after_failure)
            for number in reversed(range(len(route.steps))):
                chosen = np.flatnonzero(made.visited[number])[::-1]
                piece = self._visits(place, number, made.who[chosen], after[chosen], after_failure[chosen])
                after[chosen] = laid + np.arange(len(chosen))
                laid += len(chosen)
                pieces.append(piece)
            enters[route.id][made.who] = after
        entry = np.array([enters[route.id] for route in routes])
        return entry[begins, np.arange(len(self.people))], pieces

    def _attempts(self) -> tuple[Whole, dict[int, _Attempts]]:
        """Where each begins, and by route the attempts that will be made or may have to be."""
        routes = self.verification.routes
        able = self.verification.segments[self.segment].able
        everybody = np.arange(len(self.people))
        hardest = self._uniforms("ability", everybody) * max(able)
        weights = np.cumsum([route.choice for route in routes])
        begins = np.searchsorted(weights / weights[-1], self._uniforms("route", everybody), side="right")
        comes = {route.id: begins == place for place, route in enumerate(routes)}
        found = {}
        for place in downhill(routes):
            route = routes[place]
            who = np.flatnonzero(comes[route.id])
            usable = hardest[who] < able[place]
            made = self._attempt(route, who[usable])
            found[place] = made
            if route.then is not None:
                may_leave = [_may_leave(self._station(step)) for step in route.steps]
                open_end = ~made.success
                for leaves, visited in zip(may_leave, made.visited, strict=True):
                    open_end |= visited & leaves
                comes[route.then][who[~usable]] = True
                comes[route.then][made.who[made.goes_on & open_end]] = True
        return begins, found

    def _attempt(self, route: Route, who: Whole) -> _Attempts:
        success = self._uniforms(f"{route.id}: success", who) < route.success
        goes_on = np.zeros(len(who), dtype=np.bool_)
        if route.then is not None:
            goes_on = self._uniforms(f"{route.id}: gives up", who) >= route.gives_up
        visited = [
            self._uniforms(f"{route.id}: step {number}", who) < step.share
            if step.share < 1
            else np.ones(len(who), dtype=np.bool_)
            for number, step in enumerate(route.steps)
        ]
        return _Attempts(who, success, goes_on, visited)

    def _visits(self, place: int, number: int, who: Whole, served: Whole, unserved: Whole) -> _Visits:
        """The visits of some people in one step."""
        route = self.verification.routes[place]
        step = route.steps[number]
        needs = self._station(step)
        where = next(i for i, each in enumerate(self.verification.stations) if each.id == step.station)
        name = f"{route.id}: step {number}"
        service = np.full(len(who), SLOT)
        if step.minutes is not None:
            service = _hours(step.minutes, self._uniforms(f"{name}: minutes", who))
            if self.kind == "uplift" and self.verification.check is not None and needs.unit != "appointments":
                service = service * self.verification.check.uplift
        patience = np.full(len(who), np.inf)
        if needs.patience is not None:
            patience = _hours(needs.patience, self._uniforms(f"{name}: patience", who))
        if needs.time_limit_days is not None:
            patience = np.minimum(patience, needs.time_limit_days * float(HOURS))
        filled = (np.full(len(who), place), np.full(len(who), where))
        return _Visits(self.people[who], *filled, service, patience, served, unserved)

    def _station(self, step: Step) -> Station:
        return next(each for each in self.verification.stations if each.id == step.station)

    def _uniforms(self, decision: str, who: Whole) -> Floats:
        return self.luck.uniforms(decision, self.index[who])


def downhill(routes: Sequence[Route]) -> list[int]:
    """Return places of routes so that each comes before the one tried next."""
    place_of = {route.id: place for place, route in enumerate(routes)}

    def follow(place: int) -> int:
        then = routes[place].then
        return 0 if then is None else 1 + follow(place_of[then])

    return sorted(range(len(routes)), key=follow, reverse=True)


def _may_leave(needs: Station) -> bool:
    """Whether somebody may leave a station unserved."""
    return needs.patience is not None or needs.time_limit_days is not None


def _hours(minutes: Distribution, uniforms: Floats) -> Floats:
    """Hours, from a distribution of minutes."""
    lengths, parts = timed(minutes)
    return lengths.look_up(uniforms) / (60.0 * parts)
