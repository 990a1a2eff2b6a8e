"""An uncertain quantity as one cumulative table over whole numbers.

A :class:`Distribution` is what a planner states: a kind and its parameters. A :class:`Table` is what
the simulation draws from: the chance of at most 1, 2, 3 ... whole units. Tables are made once per
distribution, so a draw is a look-up and the planner's percentiles, the deterministic run and the
random draws all read the same numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

Kind = Literal["fixed", "pert", "triangular", "split_lognormal", "lognormal", "observed", "cumulative"]

#: Standard normal 90th percentile: p10 and p90 lie this many standard deviations from the median.
Z90 = 1.2815515655446004

#: Standard normal 97.5th percentile, for two-sided 95% intervals.
Z975 = 1.959963984540054

#: A table ends at the first value whose cumulative probability reaches this; that value takes the rest.
TAIL = 0.9999

#: Longest table kept: forty years of working days, or a slow-down of a hundred times in thousandths.
LONGEST_TABLE = 100_000

THOUSANDTHS = 1000


@dataclass(frozen=True, slots=True)
class Distribution:
    """A kind of distribution and its parameters, as the planner gave them.

    Attributes
    ----------
    kind
        ``fixed`` (value), ``pert`` or ``triangular`` (low, mode, high), ``split_lognormal``
        (p10, p50, p90), ``lognormal`` (median, p90), ``observed`` (values seen) or ``cumulative``
        (x1, F1, x2, F2, ...: the share reached by each value, straight lines between).
    parameters
        Plain numbers, in the unit of the quantity (working days, calendar days, or a factor).
    """

    kind: Kind
    parameters: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Cumulative probabilities of the whole numbers ``first, first + 1, ...``; the last is 1."""

    first: int
    cumulative: npt.NDArray[np.float64]

    @property
    def last(self) -> int:
        """The largest value the table can give."""
        return self.first + len(self.cumulative) - 1

    def look_up(self, uniforms: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Return the values of `uniforms`: the first value whose cumulative exceeds each, at most the last.

        Uniforms lie in [0, 1), but one that is rescaled into the upper part of a table can round to 1.
        """
        places = np.searchsorted(self.cumulative, uniforms, side="right")
        return np.minimum(places, len(self.cumulative) - 1) + self.first

    def quantile(self, share: float) -> int:
        """Return the smallest value reached with probability of at least `share`."""
        return int(np.searchsorted(self.cumulative, share, side="left")) + self.first

    @property
    def median(self) -> int:
        """The value the deterministic run uses."""
        return self.quantile(0.5)

    @property
    def mean(self) -> float:
        """The mean of what the table gives, rounding and cut tail included."""
        chances = np.diff(self.cumulative, prepend=0.0)
        return float(np.dot(chances, np.arange(self.first, self.last + 1)))

    def probability_below(self, value: int) -> float:
        """Return the probability of less than `value`."""
        index = value - self.first
        if index <= 0:
            return 0.0
        return float(self.cumulative[min(index, len(self.cumulative)) - 1])


def cdf(distribution: Distribution, x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the cumulative distribution function at `x`, float64 of the same shape.

    Formulas: split lognormal, a lognormal each side of the median with its own spread, so that
    F(p10) = 0.1, F(p50) = 0.5 and F(p90) = 0.9 exactly; PERT, the beta distribution on [low, high]
    with α = 1 + 4 (mode - low)/(high - low) and β = 1 + 4 (high - mode)/(high - low) (Malcolm et al.
    1959, λ = 4 as in Vose 2008); triangular on [low, high].
    """
    p = distribution.parameters
    match distribution.kind:
        case "fixed":
            return (x >= p[0]).astype(np.float64)
        case "observed":
            seen = np.sort(np.asarray(p, dtype=np.float64))
            return np.searchsorted(seen, x, side="right") / len(seen)
        case "cumulative":
            return np.interp(x, p[0::2], p[1::2], left=0.0, right=1.0)
        case "split_lognormal":
            return _split_lognormal(x, *p)
        case "lognormal":
            median, p90 = p
            return _split_lognormal(x, median * median / p90, median, p90)
        case "triangular":
            return _triangular(x, *p)
        case "pert":
            return _pert(x, *p)


def _split_lognormal(
    x: npt.NDArray[np.float64], p10: float, p50: float, p90: float
) -> npt.NDArray[np.float64]:
    from scipy.special import ndtr

    result = np.zeros_like(x)
    positive = x > 0
    distance = np.log(x[positive] / p50)
    below, above = math.log(p50 / p10) / Z90, math.log(p90 / p50) / Z90
    spread = np.where(distance < 0, below, above)
    # No spread on a side: everything on that side sits on the median.
    z = np.divide(distance, spread, out=np.copysign(np.inf, distance), where=spread > 0)
    result[positive] = ndtr(z)
    return result


def _triangular(x: npt.NDArray[np.float64], low: float, mode: float, high: float) -> npt.NDArray[np.float64]:
    if low == high:
        return (x >= low).astype(np.float64)
    x = np.clip(x, low, high)
    with np.errstate(divide="ignore", invalid="ignore"):
        rising = (x - low) ** 2 / ((high - low) * (mode - low))
        falling = 1 - (high - x) ** 2 / ((high - low) * (high - mode))
    return np.where(x < mode, rising, np.where(x < high, falling, 1.0))


def _pert(x: npt.NDArray[np.float64], low: float, mode: float, high: float) -> npt.NDArray[np.float64]:
    if low == high:
        return (x >= low).astype(np.float64)
    from scipy.special import betainc

    alpha = 1 + 4 * (mode - low) / (high - low)
    beta = 1 + 4 * (high - mode) / (high - low)
    result: npt.NDArray[np.float64] = betainc(alpha, beta, (np.clip(x, low, high) - low) / (high - low))
    return result


@lru_cache(maxsize=4096)
def table(distribution: Distribution, unit: int = 1, least: int = 1) -> Table:
    """Return the cumulative table of `distribution` over whole multiples of 1/`unit`.

    The chance of at most n is F((n + ½)/unit), so values are rounded to the nearest; what falls below
    `least` becomes `least`. The table ends at the first n with F ≥ 0.9999, which takes the rest.

    Parameters
    ----------
    distribution
        What the planner stated.
    unit
        Parts of one: 1 for days, 1000 for factors (the table then counts thousandths).
    least
        The smallest value: 1 for what takes time, 0 for a day that may be today.

    Raises
    ------
    ValueError
        When the table would need more than 100,000 entries.
    """
    size = 256
    while True:
        values = np.arange(least, least + size, dtype=np.float64)
        cumulative = cdf(distribution, (values + 0.5) / unit)
        end = int(np.searchsorted(cumulative, TAIL, side="left"))
        if end < size:
            break
        size *= 4
        if size > 4 * LONGEST_TABLE:
            raise ValueError(f"reaches beyond {LONGEST_TABLE} units")
    if end >= LONGEST_TABLE:
        raise ValueError(f"reaches beyond {LONGEST_TABLE} units")
    cumulative = cumulative[: end + 1].copy()
    cumulative[-1] = 1.0
    # Leading values that never happen are dropped, so that tables of factors stay short.
    start = int(np.searchsorted(cumulative, 0.0, side="right"))
    cumulative = cumulative[start:]
    cumulative.setflags(write=False)
    return Table(least + start, cumulative)
