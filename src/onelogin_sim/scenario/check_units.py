"""How many units of a resource a service's identity checks take up while it goes live: computed, not stated.

Units = users a year × share asked for an identity × share who have not proved it at the status date ÷ 52 ÷ the checks
a week that one unit allows, rounded up; at least 1 where anybody is asked, none where nobody is. The figure is the
same in every future, so that the schedule respects the load by the capacity both engines have already.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from onelogin_sim.scenario.by_service import audience_of
from onelogin_sim.scenario.model import ScenarioFile, ServiceRow
from onelogin_sim.scenario.volumes import counted_users

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
        Share of the users asked for an identity, and of those the share who have not proved it to that level.
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
        """Whole units taken up; 0 where nobody is asked."""
        if self.asked == 0:
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
    """Share of the users who have not proved an identity to the level the service asks for, at the status date."""
    section = file.verification
    assert section is not None
    proven = 0.0
    for name, share in audience_of(section, row.id).items():
        stated = section.segments[name].proven
        if stated is not None:
            proven += share * (stated.P2 + (stated.P1 if row.identity == "P1" else 0.0))
    return max(0.0, 1.0 - proven)
