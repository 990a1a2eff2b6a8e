"""Ranking and selection: which of several systems has the lowest mean, with as few replications as that takes.

The fully sequential procedure of Kim and Nelson (2001), *A fully sequential procedure for
indifference-zone selection in simulation*, ACM Transactions on Modeling and Computer Simulation 11 (3),
251-273, with c = 1 and the constant that holds under common random numbers. It *nominates*: what may be
claimed of the winner is settled on other replications, by :mod:`onelogin_sim.claims`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

__all__ = ["INITIAL", "Observe", "Selection", "select"]

#: Replications of every system before the first elimination. `benchmarks/selection.py` shows why so many.
INITIAL = 200

#: ``observe(systems, replications)``: the values to be minimised, as float64 [replication, system].
Observe = Callable[[tuple[int, ...], range], npt.NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Selection:
    """The system nominated as the one with the lowest mean, and what it took.

    Attributes
    ----------
    best
        Index of the nominated system: the lowest mean of the survivors, the first of them on a tie.
    survivors
        Systems that nobody eliminated, in their order. With `complete`, several are ties: equal in each of
        the initial replications, or equal in sum when their pair had to be decided.
    replications
        Replications after which the procedure stopped.
    eliminated_at
        Number of replications after which each system was eliminated, None for survivors.
    means
        Mean of each system over the replications it was used for.
    complete
        False when the replications ran out before the procedure was done: then `best` carries no promise.
    """

    best: int
    survivors: tuple[int, ...]
    replications: int
    eliminated_at: tuple[int | None, ...]
    means: tuple[float, ...]
    complete: bool

    @property
    def used(self) -> tuple[int, ...]:
        """Replications of each system that the procedure used: those until it was eliminated."""
        return tuple(self.replications if left is None else left for left in self.eliminated_at)


def select(
    observe: Observe,
    systems: int,
    replications: range,
    *,
    delta: float,
    alpha: float = 0.05,
    initial: int = INITIAL,
    batch: int = 100,
) -> Selection:
    """Nominate the system with the lowest mean, eliminating the others as early as the promise allows.

    The promise: when the best system's mean is at least `delta` below every other, it is nominated with
    probability 1 - `alpha` or more, whatever the correlation between the systems, if the vectors of
    values are normal and independent between replications. Systems eliminated are not observed again.

    Parameters
    ----------
    observe
        Asked for the systems still in play, in their order, and for consecutive replications, each once;
        returns float64 [replication, system], to be minimised: days counted to the horizon, or minus an
        indicator. Use the same random numbers for all systems: what counts is the variance of differences.
    systems
        Number of systems, k ≥ 2.
    replications
        Replications that may be used, and the budget of each system.
    delta
        Indifference zone, in the unit of the values: a smaller difference is not worth detecting.
    alpha
        Probability of error, below 1/2.
    initial
        Replications of every system before the first elimination; the variances come from these alone.
        Normal values make do with 10. Days are skewed and two orders often give the same one: then the
        promise needs more, and where only a share p of the futures differs, two systems look identical
        with probability (1 - p)**initial.
    batch
        Replications asked for at a time after that. A matter of speed: each replication is screened by
        itself, so the answer is the same for every batch.

    Raises
    ------
    ValueError
        For an argument out of range, and when `observe` returns another shape or a value that is not finite.
    """
    _check(systems, replications, delta, alpha, initial, batch)
    alive = np.arange(systems)
    values = _observed(observe, alive, replications[:initial])
    done = len(values)
    # One row for each number of replications that the systems are screened after, the first of them `first`.
    first, sums = done, np.cumsum(values, axis=0)[-1:]
    total = sums[-1].copy()
    left = np.zeros(systems, dtype=np.int64)
    if done < initial:
        return _selection(total, left, done, complete=False)
    variance, tied = _pairs(values)
    closing = _h_squared(systems, alpha, initial) * variance / delta**2

    while True:
        pairs = np.ix_(alive, alive)
        leaves, end = _screen(sums, first, closing[pairs], tied[pairs], delta)
        stays = leaves < 0
        last = len(sums) - 1 if end is None else end
        total[alive] = sums[np.where(stays, last, leaves), np.arange(len(alive))]
        left[alive] = np.where(stays, 0, first + leaves)
        if end is not None or done == len(replications):
            return _selection(total, left, first + last, complete=end is not None)
        alive = alive[stays]
        values = _observed(observe, alive, replications[done : done + batch])
        # Added up from left to right, as one long sum: so batches do not show even in the last bit.
        values[0] += total[alive]
        first, sums = done + 1, np.cumsum(values, axis=0)
        done += len(values)


def _check(systems: int, replications: range, delta: float, alpha: float, initial: int, batch: int) -> None:
    if systems < 2:
        raise ValueError(f"a selection needs at least 2 systems, got {systems}")
    if not replications:
        raise ValueError("no replications to select with")
    if not 0 < delta < np.inf:
        raise ValueError(f"delta, the indifference zone, must be above 0, got {delta}")
    if not 0 < alpha < 0.5:
        raise ValueError(f"alpha, the probability of error, must lie between 0 and 0.5, got {alpha}")
    if initial < 2:
        raise ValueError(f"a variance needs at least 2 initial replications, got {initial}")
    if batch < 1:
        raise ValueError(f"a batch has at least 1 replication, got {batch}")


def _observed(
    observe: Observe, systems: npt.NDArray[np.int64], replications: range
) -> npt.NDArray[np.float64]:
    """A batch of values as our own copy, float64 [replication, system]."""
    values = np.array(observe(tuple(systems.tolist()), replications), dtype=np.float64)
    expected = (len(replications), len(systems))
    if values.shape != expected:
        raise ValueError(f"observe returned the shape {values.shape}, not [replication, system] {expected}")
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        raise ValueError(
            f"observe returned {values[row, column]} for system {systems[column]}, "
            f"replication {replications[row]}; values must be finite, so count days to the horizon"
        )
    return values


def _h_squared(systems: int, alpha: float, initial: int) -> float:
    """The constant h² = 2cη(n0 - 1) of Kim and Nelson (2001), c = 1, with η for dependent systems: α/(k - 1) a pair."""
    eta = ((2 * alpha / (systems - 1)) ** (-2 / (initial - 1)) - 1) / 2
    return float(2 * eta * (initial - 1))


def _pairs(values: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Variance of the difference of each pair, and whether the pair is the same in every replication.

    From the differences themselves: var + var - 2 cov would lose identical systems to rounding.
    """
    systems = values.shape[1]
    variance = np.empty((systems, systems))
    tied = np.empty((systems, systems), dtype=np.bool_)
    for system in range(systems):
        difference = values[:, system, np.newaxis] - values
        variance[system] = difference.var(axis=0, ddof=1)
        tied[system] = ~difference.any(axis=0)
    return variance, tied


def _screen(
    sums: npt.NDArray[np.float64],
    first: int,
    closing: npt.NDArray[np.float64],
    tied: npt.NDArray[np.bool_],
    delta: float,
) -> tuple[npt.NDArray[np.int64], int | None]:
    """Screen the systems after each replication of a batch.

    Parameters
    ----------
    sums
        float64 [row, system]: sum of the values of the replications so far.
    first
        Number of replications summed in the first row.
    closing
        float64 [system, system]: h² S² / δ², from which number of replications on the pair's continuation
        region has no width left.
    tied
        bool [system, system]: pairs that do not eliminate each other.

    Returns
    -------
    leaves
        int64 [system]: row after which a system is eliminated, -1 for those that stay.
    end
        Row after which the procedure is done: one system is left, or ties are; None if it goes on.
    """
    rows, systems = sums.shape
    crossing = _first_crossings(sums, first, closing, tied, delta)
    leaves = np.full(systems, -1, dtype=np.int64)
    alive = np.ones(systems, dtype=np.bool_)
    # Nobody leaves between two crossings, so the set of systems in play changes at these rows only.
    for row in (*np.unique(crossing[crossing < rows]).tolist(), rows):
        close = max(ceil(closing[np.ix_(alive, alive)].max()) - first, 0)
        if close < row:
            return leaves, close
        if row < rows:
            # All are compared with all that entered this replication, those that leave with it included.
            out = alive & (crossing[:, alive] == row).any(axis=1)
            leaves[out] = row
            alive &= ~out
            if alive.sum() == 1:
                return leaves, row
    return leaves, None


def _first_crossings(
    sums: npt.NDArray[np.float64],
    first: int,
    closing: npt.NDArray[np.float64],
    tied: npt.NDArray[np.bool_],
    delta: float,
) -> npt.NDArray[np.int64]:
    """First row in which system i exceeds system l by more than W_il; the number of rows when none does.

    The first is enough: if l has left by then, it has left by every later one too.
    W_il(r) = max(0, δ/2 (h² S²_il / δ² - r)), for sums; Kim and Nelson (2001) divide both sides by r.
    """
    rows, systems = sums.shape
    found = np.full((systems, systems), rows, dtype=np.int64)
    after = np.arange(first, first + rows)[:, np.newaxis]
    for system in range(systems):
        allowed = np.maximum(0.0, delta / 2 * (closing[system] - after))
        over = (sums[:, system, np.newaxis] - sums > allowed) & ~tied[system]
        found[system] = np.where(over.any(axis=0), over.argmax(axis=0), rows)
    return found


def _selection(
    total: npt.NDArray[np.float64], left: npt.NDArray[np.int64], replications: int, *, complete: bool
) -> Selection:
    """The outcome, from the sum of each system and the replications after which it left (0: it did not)."""
    means = total / np.where(left > 0, left, replications)
    survivors = np.flatnonzero(left == 0)
    return Selection(
        best=int(survivors[np.argmin(means[survivors])]),
        survivors=tuple(survivors.tolist()),
        replications=replications,
        eliminated_at=tuple(place or None for place in left.tolist()),
        means=tuple(means.tolist()),
        complete=complete,
    )
