"""What of identity checks does nothing: a station's changes beyond the horizon, and routes that never succeed."""

from __future__ import annotations

from collections.abc import Iterator

from onelogin_sim.scenario.rules.facts import Facts
from onelogin_sim.scenario.tree import Flaw


def without_effect(facts: Facts) -> Iterator[Flaw]:
    """Say which changes of capacity come too late, and whether nobody ever proves their identity."""
    section = facts.file.verification
    if section is None:
        return
    for name, station in section.stations.items():
        for when in station.changes:
            if when >= facts.file.horizon:
                at = ("verification", "stations", name, "changes", str(when))
                rule = f"the change is not before the horizon, {facts.file.horizon}: it changes nothing"
                yield Flaw(at, rule, "take it out, or forecast further", str(when), key=True)
    if section.routes and all(route.success == 0 for route in section.routes.values()):
        rule = (
            "no route ever succeeds: nobody proves their identity, and everybody tries again at each service"
        )
        yield Flaw(("verification", "routes"), rule, "give a route a success above 0", "0")
