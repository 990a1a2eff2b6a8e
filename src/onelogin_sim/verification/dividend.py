"""The single sign-on dividend: checks that nobody has to make again, against every service checking for itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from onelogin_sim.verification.demand import Demand
from onelogin_sim.verification.population import CheckCost, Verification

Whole = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Dividend:
    """First visits that ask for an identity, by service and calendar year, summed over replications.

    Each replication's numbers are rounded to whole visits before they are added up, so blocks add up to the
    same whatever their size.

    Attributes
    ----------
    replications
        How many are summed.
    years
        Calendar years; the first and the last are cut off at the status date and the horizon.
    checks, uplifts, reuses
        int64 [service, year].
    """

    replications: int
    years: tuple[int, ...]
    checks: Whole
    uplifts: Whole
    reuses: Whole

    @property
    def visits(self) -> Whole:
        """int64 [service, year]: checks there would be if every service checked for itself."""
        return self.checks + self.uplifts + self.reuses

    @property
    def avoided(self) -> Floats:
        """float64 [service, year]: checks avoided by reuse, a mean over replications."""
        return self.reuses / self.replications

    def saved(self, check: CheckCost) -> Floats:
        """Return float64 [service, year]: full checks saved, a mean over replications; an uplift saves part of one."""
        return (self.reuses + self.uplifts * (1 - check.uplift)) / self.replications

    def hours_saved(self, check: CheckCost) -> Floats:
        """Return float64 [service, year]: hours of people's own time saved, a mean over replications."""
        return self.saved(check) * check.minutes / 60

    def cost_saved(self, check: CheckCost) -> Floats:
        """Return float64 [service, year]: pounds saved, a mean over replications."""
        return self.saved(check) * check.cost


def dividend(demand: Demand) -> Dividend:
    """Return the dividend of a block of replications."""
    checks, uplifts, visits = (
        np.rint(found).astype(np.int64)
        for found in (demand.service_checks, demand.service_uplifts, demand.service_visits)
    )
    # Three roundings may miss one visit; it is no reuse.
    reuses = np.maximum(visits - checks - uplifts, 0)
    return Dividend(
        len(demand.replications),
        years_of(demand.verification, checks.shape[2]),
        checks.sum(axis=0),
        uplifts.sum(axis=0),
        reuses.sum(axis=0),
    )


def add(one: Dividend, other: Dividend) -> Dividend:
    """Return the dividend of two blocks together."""
    return replace(
        one,
        replications=one.replications + other.replications,
        checks=one.checks + other.checks,
        uplifts=one.uplifts + other.uplifts,
        reuses=one.reuses + other.reuses,
    )


def years_of(verification: Verification, count: int) -> tuple[int, ...]:
    """Return the calendar years of a dividend's columns."""
    first = verification.status_date.year
    return tuple(range(first, first + count))
