"""Volumes as counted users."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from onelogin_sim.scenario.model import ServiceRow, Volumes


def counted_users(row: ServiceRow, volumes: Volumes) -> tuple[int, bool]:
    """Return the counted users a year of a service, and whether they stand in for an unknown volume.

    Transactions are divided by uses per person, to the nearest whole user. A service whose users are
    counted elsewhere counts none.
    """
    if row.users_counted == "no":
        return 0, False
    if row.users is None:
        return (volumes.unknown_users.p50, True) if volumes.unknown_users else (0, False)
    if row.users_unit == "transactions" and volumes.uses_per_person:
        uses = volumes.uses_per_person.services.get(row.id, volumes.uses_per_person.default)
        return floor(Fraction(row.users) / Fraction(repr(uses)) + Fraction(1, 2)), False
    return row.users, False
