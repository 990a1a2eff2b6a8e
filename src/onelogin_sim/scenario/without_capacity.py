"""Stations that serve nobody for a time: allowed, and worth a second look."""

from __future__ import annotations

from collections.abc import Iterator

from onelogin_sim.scenario.rules.facts import Facts
from onelogin_sim.scenario.tree import Flaw, Path
from onelogin_sim.scenario.verification import Station

#: How a station's capacity may be given.
_UNITS = ("servers", "concurrency", "appointments_per_day")


def without_capacity(facts: Facts) -> Iterator[Flaw]:
    """Say of each station from when to when it has no capacity."""
    section = facts.file.verification
    for name, station in section.stations.items() if section else ():
        yield from _spells(("verification", "stations", name), station)


def _spells(path: Path, station: Station) -> Iterator[Flaw]:
    unit = next(unit for unit in _UNITS if getattr(station, unit) is not None)
    changes = sorted(station.changes.items())
    steps = [(None, getattr(station, unit)), *changes]
    for place, (begins, count) in enumerate(steps):
        if count or (place and not steps[place - 1][1]):
            continue
        ends = next((when for when, later in changes[place:] if later), None)
        at = (*path, unit) if begins is None else (*path, "changes", str(begins))
        since = "" if begins is None else f" from {begins}"
        until = f" until {ends}" if ends else "" if begins is None else " on"
        yield Flaw(at, f"no capacity{since}{until}: nobody is served", "", str(count))
