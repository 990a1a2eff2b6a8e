"""A mean over futures with its Monte Carlo error, from whole numbers, so that blocks add up exactly."""

from __future__ import annotations

from dataclasses import dataclass

from onelogin_sim.pairs import mean


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over the futures with its 95% interval."""

    mean: float
    low: float
    high: float


def mean_estimate(count: int, total: int, squares: int) -> Estimate:
    """Return the mean of whole numbers with its 95% interval by Student's t.

    Parameters
    ----------
    count
        How many numbers, at least 2.
    total, squares
        Their sum and the sum of their squares, exact.

    Raises
    ------
    ValueError
        With fewer than two numbers, which have no spread to judge by.
    """
    if count < 2:
        raise ValueError(f"an interval needs at least 2 futures, not {count}")
    return Estimate(*mean(total, squares, count))
