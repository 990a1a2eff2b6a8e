"""What the `verification` section says of one service: its own value where it is listed, else the default."""

from __future__ import annotations

from onelogin_sim.scenario.model import ScenarioFile, ServiceRow
from onelogin_sim.scenario.verification import Verification
from onelogin_sim.scenario.volumes import counted_users


def users_over_the_years(file: ScenarioFile, verification: Verification, row: ServiceRow) -> float:
    """Return how many people use a service at all: its users of a year, times the years between their uses."""
    years = verification.once_in_years
    return counted_users(row, file.volumes)[0] * years.services.get(row.id, years.default)


def audience_of(verification: Verification, service: str) -> dict[str, float]:
    """Return the share of a service's users in each segment; as people divide where nothing is said."""
    stated = verification.audience.services.get(service, verification.audience.default)
    if stated is None:
        people = {name: segment.people for name, segment in verification.segments.items()}
        whole = max(sum(people.values()), 1)
        return {name: count / whole for name, count in people.items()}
    return {name: stated.get(name, 0.0) for name in verification.segments}


def season_of(verification: Verification, service: str) -> str | None:
    """Return the name of a service's season: the one that lists it, else the one without a list, if any."""
    for name, season in verification.seasons.items():
        if season.services is not None and service in season.services:
            return name
    return next((name for name, season in verification.seasons.items() if season.services is None), None)
