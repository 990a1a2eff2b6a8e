"""What may be claimed of a pair of orders, from replications in which both had the same luck.

All days are counted to the horizon: what does not happen within it counts as the horizon. Use
replications that played no part in choosing the pair; a winner looks better than it is in the
replications that made it the winner.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

#: What a paired test says. "identical" is a fact about the replications, the others are claims.
Verdict = Literal["a better", "b better", "equivalent", "not distinguishable", "identical"]

#: What a difference counted to the horizon says of the true one.
Bound = Literal["exact", "at least", "at most", "unknown"]

#: Share of pairs touching the horizon above which the share of futures with a earlier says more than the mean.
CENSORED = 0.05

Days = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Claim:
    """What a paired test says of two orders, a and b, about one target.

    Attributes
    ----------
    verdict
        "a better" or "b better" (sooner) when the interval excludes 0; else "equivalent" when it lies
        within ±`delta`; else "not distinguishable". "identical" when a and b are the same in every replication.
    mean
        Mean difference a - b in days, counted to the horizon: negative when a is sooner.
    low, high
        Interval of the mean difference, Student's t, at the confidence level `level`.
    delta
        Indifference zone in days.
    within_delta
        Whether the interval lies within ±`delta`: the difference, real or not, is not worth acting on.
    replications
        Pairs compared.
    earlier, equal, later
        In how many of them a comes before, with, and after b. Both not within the horizon is equal.
    censored
        In how many of them a or b is not within the horizon, so that the difference is only bounded.
    bound
        What `mean` says of the true difference where it is one of percentiles: "exact", or "at least", "at most" or
        "unknown" where one is past the horizon. Mean days are counted to the horizon: always "exact".
    carried
        Share of the sum of squared differences that the hundredth of the pairs with the largest makes up: where it is
        much, few pairs carry the mean, and Student's t is true less often than it says.
    low_open, high_open
        Whether the horizon leaves this side of the interval open, so that `low` or `high` bounds nothing.
    """

    verdict: Verdict
    mean: float
    low: float
    high: float
    level: float
    delta: float
    within_delta: bool
    replications: int
    earlier: int
    equal: int
    later: int
    censored: int
    carried: float = 0.0
    bound: Bound = "exact"
    low_open: bool = False
    high_open: bool = False

    @property
    def shares_lead(self) -> bool:
        """Whether so many pairs touch the horizon that the share with a earlier must lead, not the mean."""
        return self.censored > CENSORED * self.replications


class Ends(NamedTuple):
    """An interval counted to the horizon, and which of its sides the horizon leaves open."""

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False


def levels(claims: int, overall: float = 0.05) -> float:
    """Return the confidence level of each of several claims such that all are true with 1 - `overall` or more.

    Bonferroni: the error is shared out evenly, whatever the dependence between the claims.

    Parameters
    ----------
    claims
        Number of claims made, those included that turn out "not distinguishable".
    overall
        Probability that any of them is false.
    """
    if claims < 1:
        raise ValueError(f"there must be at least 1 claim, got {claims}")
    if not 0 < overall < 1:
        raise ValueError(f"the overall probability of error must lie between 0 and 1, got {overall}")
    return 1 - overall / claims


def paired(a: Days, b: Days, *, horizon: int, level: float, delta: float) -> Claim:
    """Return what may be claimed of the mean difference of two orders.

    Every claim follows from one interval, so each is true whenever the interval holds the true mean
    difference: claims of either kind are false with probability 1 - `level` at most. "equivalent" is
    the test of two one-sided tests (Schuirmann 1987), each at half the error, which is the same as the
    interval lying within ±`delta`.

    Parameters
    ----------
    a, b
        int [replication]: day of each replication, counted to the horizon; the same replications in both.
    horizon
        First day outside: what does not happen within the horizon is given as this day.
    level
        Confidence level, see :func:`levels`.
    delta
        Indifference zone in days, above 0.

    Raises
    ------
    ValueError
        For fewer than 2 replications, unequal numbers of them, days beyond the horizon, and a level or
        an indifference zone out of range.
    """
    check_pairs(a, b, horizon, level)
    if not 0 < delta < np.inf:
        raise ValueError(f"delta, the indifference zone, must be above 0 days, got {delta}")
    difference = a.astype(np.int64) - b
    count = len(difference)
    mean, error = _mean_and_error(difference)
    half = _t_quantile(count - 1, level) * error
    censored = int(((a == horizon) | (b == horizon)).sum())
    return claimed(
        difference, mean, Ends(mean - half, mean + half), level=level, delta=delta, censored=censored
    )


def claimed(
    difference: npt.NDArray[np.int64] | npt.NDArray[np.float64],
    mean: float,
    ends: Ends,
    *,
    level: float,
    delta: float,
    censored: int,
    bound: Bound = "exact",
) -> Claim:
    """Return what follows from an interval, whatever made it.

    Parameters
    ----------
    difference
        [replication]: a - b of each pair.
    mean
        Of the differences, or the difference of what is claimed.
    ends
        Its interval at the confidence level `level`.
    delta, censored, bound
        As `Claim` has them.
    """
    within = -delta < ends.low and ends.high < delta and not (ends.low_open or ends.high_open)
    return Claim(
        verdict=_verdict(difference, ends, within),
        mean=mean,
        low=ends.low,
        high=ends.high,
        level=level,
        delta=delta,
        within_delta=within,
        replications=len(difference),
        earlier=int((difference < 0).sum()),
        equal=int((difference == 0).sum()),
        later=int((difference > 0).sum()),
        censored=censored,
        carried=carried(difference),
        bound=bound,
        low_open=ends.low_open,
        high_open=ends.high_open,
    )


def by_t(sample: npt.NDArray[np.float64], level: float) -> Ends:
    """Return the interval of the mean of float64 [replication] by Student's t."""
    mean, count = float(sample.mean()), len(sample)
    half = _t_quantile(count - 1, level) * float(sample.std(ddof=1)) / sqrt(count)
    return Ends(mean - half, mean + half)


def carried(differences: npt.NDArray[np.generic]) -> float:
    """Return the share of the sum of squares that the largest hundredth of the differences, at least one, makes up."""
    squares = np.sort(np.square(differences.astype(np.float64)))
    total = float(squares.sum())
    return float(squares[-max(len(squares) // 100, 1) :].sum()) / total if total else 0.0


def _verdict(difference: npt.NDArray[np.generic], ends: Ends, within: bool) -> Verdict:
    if not difference.any():
        return "identical"
    if ends.high < 0 and not ends.high_open:
        return "a better"
    if ends.low > 0 and not ends.low_open:
        return "b better"
    return "equivalent" if within else "not distinguishable"


def _mean_and_error(difference: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Mean and its standard error, from exact sums: the order of replications does not show in the last bit."""
    count = len(difference)
    total, squares = int(difference.sum()), int((difference * difference).sum())
    return total / count, sqrt((count * squares - total * total) / (count * count * (count - 1)))


def _t_quantile(degrees: int, level: float) -> float:
    """Half the width, in standard errors, of a two-sided interval by Student's t."""
    from scipy.special import stdtrit

    return -float(stdtrit(degrees, (1 - level) / 2))


def check_pairs(a: Days, b: Days, horizon: int, level: float) -> None:
    """Raise ValueError when days of two orders, int [replication], are no pairs counted to the horizon."""
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"pairs need the same replications in both, got shapes {a.shape} and {b.shape}")
    if len(a) < 2:
        raise ValueError(f"an interval needs at least 2 replications, got {len(a)}")
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, got {level}")
    latest = max(int(a.max()), int(b.max()))
    if latest > horizon:
        raise ValueError(f"count days to the horizon first: day {latest} lies beyond day {horizon}")
