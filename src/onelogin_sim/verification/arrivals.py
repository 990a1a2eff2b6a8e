"""Who comes for an identity check, one by one, in some days of one replication.

Checks come by chance around the demand: their number in an hour is Poisson, each comes at a moment of it that is as
likely as any other. All of it by contract 2: the hour's number and the moment of its n-th check are indexed decisions
of the segment, so windows that overlap see the same people, and an order that raises the demand adds people to those
who came already.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from onelogin_sim.uniforms import decision_key, indexed_uniforms
from onelogin_sim.verification.demand import Demand
from onelogin_sim.verification.seasons import HOURS

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

#: What people come for.
Kind = Literal["check", "uplift"]
KINDS: tuple[Kind, ...] = ("check", "uplift")

#: Checks of a segment in an hour are fewer: the hour and the number within it share one index.
MOST = 2**24


@dataclass(frozen=True, eq=False)
class Arrivals:
    """People who come for a check.

    Attributes
    ----------
    at
        float64 [person], non-decreasing: hours from the midnight that begins the days, unless another was named.
    segment, kind
        int64 [person]: places in the segments and in `KINDS`.
    index
        uint64 [person]: what tells a person from all others of their segment and kind.
    """

    at: Floats
    segment: Whole
    kind: Whole
    index: npt.NDArray[np.uint64]


def arrivals(demand: Demand, replication: int, days: range, seed: int, since: int | None = None) -> Arrivals:
    """Return the people who come for a check in some days of a replication.

    Parameters
    ----------
    demand
        Of a block that holds the replication.
    days
        Which days, from the status date on.
    seed
        The run's root seed.
    since
        Day from whose midnight hours are counted; None: the first of the days.

    Raises
    ------
    ValueError
        When the demand does not hold the replication or the days, or an hour has 2**24 checks or more.
    """
    if replication not in demand.replications:
        raise ValueError(f"replication {replication} is not among {demand.replications}")
    if not 0 <= days.start <= days.stop <= demand.verification.horizon or days.step != 1:
        raise ValueError(f"{days} does not lie within the {demand.verification.horizon} days to the horizon")
    row = replication - demand.replications.start
    first = 0 if since is None else (days.start - since) * HOURS
    hours = np.arange(days.start * HOURS, days.stop * HOURS, dtype=np.uint64)
    parts = []
    for kind, daily in enumerate((demand.checks, demand.uplifts)):
        for segment, expected in enumerate(demand.by_hour(daily[row], days)):
            luck = Luck(seed, replication, demand.verification.segments[segment].id, KINDS[kind])
            counts = poisson(luck.uniforms("number", hours), expected)
            if counts.max(initial=0) >= MOST:
                raise ValueError(f"more than {MOST - 1:,} checks in an hour")
            which = np.repeat(np.arange(len(hours)), counts)
            number = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
            index = hours[which] * np.uint64(MOST) + number.astype(np.uint64)
            at = (first + which) + luck.uniforms("moment", index)
            parts.append((at, np.full(len(at), segment), np.full(len(at), kind), index))
    at, segments, kinds, indices = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(at, kind="stable")
    return Arrivals(at[order], segments[order], kinds[order], indices[order])


def poisson(uniforms: Floats, mean: Floats) -> Whole:
    """Return int64: the smallest number whose Poisson cumulative probability exceeds each uniform.

    The search begins at the normal approximation, a step or two away but far out in the tails.
    """
    from scipy.special import ndtri, pdtr

    found = np.maximum(np.rint(mean + np.sqrt(mean) * ndtri(np.clip(uniforms, 1e-16, 1 - 1e-16))), 0.0)
    while (down := (found > 0) & (pdtr(found - 1, mean) > uniforms)).any():
        found -= down
    while (up := pdtr(found, mean) <= uniforms).any():
        found += up
    return found.astype(np.int64)


@dataclass(frozen=True, slots=True)
class Luck:
    """The indexed decisions of the people of one segment and kind, in one replication."""

    seed: int
    replication: int
    segment: str
    kind: Kind

    def uniforms(self, decision: str, indices: npt.NDArray[np.uint64]) -> Floats:
        """Return float64 [index]: the uniforms of a decision."""
        key = decision_key(f"@segment:{self.segment}", f"{self.kind}: {decision}")
        return indexed_uniforms(self.seed, key, self.replication, indices)
