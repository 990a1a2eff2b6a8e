"""How many units of a resource a service's identity checks take up while it goes live: computed, not stated.

Units = users a year × share asked for an identity × share who can prove it and had not by the status date ÷ 52 ÷ the
checks a week that one unit allows, rounded up: at least 1 where there is anybody to check, none where there is nobody.
Who can use no route does not come to a service that asks for an identity, so no check of theirs is counted here either
(:mod:`onelogin_sim.verification.demand`). The figure is the same in every future, so that the schedule respects the
load by the capacity both engines have already.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from onelogin_sim.scenario.by_service import audience_of
from onelogin_sim.scenario.model import ScenarioFile, ServiceRow
from onelogin_sim.scenario.volumes import counted_users
from onelogin_sim.verification.routes import able_to_prove

#: Weeks in a year, as the formula counts them.
WEEKS = 52

#: Decimal places that count when rounding up: what is a whole number of units but for the last bits is that number.
PLACES = 9


@dataclass(frozen=True, slots=True)
class CheckUnits:
    """The units a service's checks take up, and what they come from.

    Attributes
    ----------
    users
        A year, stand-ins for unknown volumes included.
    asked, unproven
        Share of the users asked for an identity, and of those the share who can prove it to that level and have not.
    unit_size
        Checks a week that one unit allows.
    """

    users: int
    asked: float
    unproven: float
    unit_size: float

    @property
    def checks_a_week(self) -> float:
        """Checks a week, if all users come within the year."""
        return self.users * self.asked * self.unproven / WEEKS

    @property
    def units(self) -> int:
        """Whole units taken up; 0 where there is nobody to check."""
        if self.checks_a_week == 0:
            return 0
        return max(1, ceil(round(self.checks_a_week / self.unit_size, PLACES)))


def check_units(file: ScenarioFile, row: ServiceRow, resource: str) -> CheckUnits:
    """Return what the checks of a service take up of a resource with a `unit_size`."""
    unit_size = file.resources[resource].unit_size
    assert unit_size is not None
    users, _ = counted_users(row, file.volumes)
    return CheckUnits(users, _asked(file, row), _unproven(file, row), unit_size)


def _asked(file: ScenarioFile, row: ServiceRow) -> float:
    """Share of the users asked for an identity; where that is unknown, the chance that the service asks."""
    if row.identity == "unknown":
        return file.unknown_identity.share if file.unknown_identity else 0.0
    return 0.0 if row.identity == "none" else 1.0


def _unproven(file: ScenarioFile, row: ServiceRow) -> float:
    """Share of the users able to prove an identity to the level asked for who had not by the status date."""
    section = file.verification
    assert section is not None
    unproven = 0.0
    for name, share in audience_of(section, row.id).items():
        segment = section.segments[name]
        routes = segment.able.routes if segment.able else {}
        able = able_to_prove([routes.get(route, 0.0) for route in section.routes])
        proven = 0.0
        if segment.proven is not None:
            proven = segment.proven.P2 + (segment.proven.P1 if row.identity == "P1" else 0.0)
        unproven += share * max(0.0, able - proven)
    return unproven
