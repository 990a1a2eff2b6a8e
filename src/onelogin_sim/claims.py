"""What may be claimed of a pair of orders, from replications in which both had the same luck.

All days are counted to the horizon: what does not happen within it counts as the horizon. Use
replications that played no part in choosing the pair; a winner looks better than it is in the
replications that made it the winner.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, sqrt
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from onelogin_sim.uniforms import decision_key, uniforms

__all__ = [
    "Bound",
    "Claim",
    "QuantileDifference",
    "Verdict",
    "carried",
    "difference_of_quantiles",
    "levels",
    "paired",
    "quantile_difference",
    "resampled_quantiles",
]

#: What a paired test says. "identical" is a fact about the replications, the others are claims.
Verdict = Literal["a better", "b better", "equivalent", "not distinguishable", "identical"]

#: What a difference counted to the horizon says of the true one.
Bound = Literal["exact", "at least", "at most", "unknown"]

#: Share of pairs touching the horizon above which the share of futures with a earlier says more than the mean.
CENSORED = 0.05

#: Resamples of a bootstrap. An interval at 95% then rests on the 50 lowest and the 50 highest.
RESAMPLES = 2000

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


@dataclass(frozen=True, slots=True)
class QuantileDifference:
    """How far apart the same percentile of two orders lies, with a bootstrap interval.

    Attributes
    ----------
    percent
        Which percentile.
    a, b
        Smallest day by which at least so many percent of all replications are there; the horizon when
        fewer are there within it.
    difference
        a - b in days, counted to the horizon.
    bound
        What `difference` says of the true one: "exact"; "at least" when only a is the horizon; "at most"
        when only b is; "unknown" when both are.
    low, high
        Interval at the confidence level `level`; None on a side that the horizon leaves open.
    """

    percent: int
    a: int
    b: int
    difference: int
    bound: Bound
    low: int | None
    high: int | None
    level: float


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
    _check(a, b, horizon, level)
    if not 0 < delta < np.inf:
        raise ValueError(f"delta, the indifference zone, must be above 0 days, got {delta}")
    difference = a.astype(np.int64) - b
    count = len(difference)
    mean, error = _mean_and_error(difference)
    half = _t_quantile(count - 1, level) * error
    low, high = mean - half, mean + half
    within = -delta < low and high < delta
    return Claim(
        verdict=_verdict(difference, low, high, within),
        mean=mean,
        low=low,
        high=high,
        level=level,
        delta=delta,
        within_delta=within,
        replications=count,
        earlier=int((difference < 0).sum()),
        equal=int((difference == 0).sum()),
        later=int((difference > 0).sum()),
        censored=int(((a == horizon) | (b == horizon)).sum()),
        carried=carried(difference),
    )


def carried(differences: npt.NDArray[np.generic]) -> float:
    """Return the share of the sum of squares that the largest hundredth of the differences, at least one, makes up."""
    squares = np.sort(np.square(differences.astype(np.float64)))
    total = float(squares.sum())
    return float(squares[-max(len(squares) // 100, 1) :].sum()) / total if total else 0.0


def _verdict(difference: npt.NDArray[np.int64], low: float, high: float, within: bool) -> Verdict:
    if not difference.any():
        return "identical"
    if high < 0:
        return "a better"
    if low > 0:
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


def quantile_difference(
    a: Days,
    b: Days,
    percent: int,
    *,
    horizon: int,
    level: float,
    seed: int,
    resamples: int = RESAMPLES,
) -> QuantileDifference:
    """Return how far apart a percentile of two orders lies, with its interval by paired bootstrap.

    For many pairs or percentiles call :func:`resampled_quantiles` once and :func:`difference_of_quantiles`
    for each.

    Parameters
    ----------
    a, b
        int [replication]: day of each replication, counted to the horizon; the same replications in both.
    percent
        Which percentile, 1 to 100.
    horizon
        First day outside: what does not happen within the horizon is given as this day.
    level
        Confidence level, see :func:`levels`.
    seed
        Root seed of the resampling.
    resamples
        Number of resamples; a level near 1 needs more.

    Raises
    ------
    ValueError
        As :func:`paired`, and when so few resamples cannot bound an interval at this level.
    """
    _check(a, b, horizon, level)
    quantiles = resampled_quantiles(np.stack([a, b]), (percent,), seed=seed, resamples=resamples)[0]
    return difference_of_quantiles(quantiles[0], quantiles[1], percent, horizon=horizon, level=level)


def resampled_quantiles(
    days: Days, percents: tuple[int, ...], *, seed: int, resamples: int = RESAMPLES
) -> npt.NDArray[np.int64]:
    """Return percentiles of several orders in the sample and in each of its resamples.

    The bootstrap of Efron (1979): whole replications are drawn again with replacement, the same ones for
    all orders, so that pairs stay pairs. Position i of resample j is replication
    ``floor(u * replications)``, u being the uniform of the decision ``@comparison``, ``bootstrap`` in
    "replication" j · replications + i: one long range, a pure function of the seed.

    Parameters
    ----------
    days
        int [order, replication], counted to the horizon.
    percents
        Which percentiles, each 1 to 100: smallest day by which at least so many percent are there.
    seed
        Root seed, 0 ≤ seed < 2**64.

    Returns
    -------
    int64 [percent, order, 1 + resample]
        First the sample itself.
    """
    count = days.shape[1]
    if count < 1:
        raise ValueError("no replications to resample")
    for percent in percents:
        if not 1 <= percent <= 100:
            raise ValueError(f"a percentile lies between 1 and 100, got {percent}")
    ranks = np.array([-(-percent * count // 100) for percent in percents])
    key = np.array([decision_key("@comparison", "bootstrap")], dtype=np.uint64)
    # By their places among the days that occur, so that counting costs what there is, not what could be.
    known, places = zip(*(np.unique(row, return_inverse=True) for row in days), strict=True)
    found = np.empty((len(percents), len(days), 1 + resamples), dtype=np.int64)
    chosen = np.arange(count)
    for column in range(1 + resamples):
        if column:
            drawn = uniforms(seed, key, range((column - 1) * count, column * count))[0]
            chosen = (drawn * count).astype(np.int64)
        for order in range(len(days)):
            there = np.cumsum(np.bincount(places[order][chosen], minlength=len(known[order])))
            found[:, order, column] = known[order][np.searchsorted(there, ranks)]
    return found


def difference_of_quantiles(
    a: npt.NDArray[np.int64], b: npt.NDArray[np.int64], percent: int, *, horizon: int, level: float
) -> QuantileDifference:
    """Return the difference of one percentile of two orders from its resamples, with its percentile interval.

    With R resamples and an error of 1 - `level`, the interval runs from the value of rank
    (R + 1)(1 - level)/2, rounded down, to the same rank from above (Davison and Hinkley 1997, 5.3.1). A
    resample in which a percentile is the horizon bounds the difference on one side only, and counts as
    infinite on the other.

    On whole days such intervals are a little wide: at 95% they held the truth in 98% to 99% of the cases tried.

    Parameters
    ----------
    a, b
        int64 [1 + resample]: rows of :func:`resampled_quantiles`.

    Raises
    ------
    ValueError
        When so few resamples cannot bound an interval at this level.
    """
    resamples = len(a) - 1
    # A hair more, as 1 - 0.9 is not quite a tenth in floating point.
    rank = floor((resamples + 1) * (1 - level) / 2 + 1e-9)
    if rank < 1:
        needed = ceil(2 / (1 - level) - 1 - 1e-6)
        raise ValueError(
            f"{resamples} resamples cannot bound an interval at a level of {level:g}; take {needed} or more"
        )
    difference = (a - b).astype(np.float64)
    lower = np.sort(np.where(b == horizon, -np.inf, difference)[1:])[rank - 1]
    upper = np.sort(np.where(a == horizon, np.inf, difference)[1:])[-rank]
    return QuantileDifference(
        percent=percent,
        a=int(a[0]),
        b=int(b[0]),
        difference=int(a[0] - b[0]),
        bound=_bound(bool(a[0] == horizon), bool(b[0] == horizon)),
        low=None if np.isinf(lower) else int(lower),
        high=None if np.isinf(upper) else int(upper),
        level=level,
    )


def _bound(a_open: bool, b_open: bool) -> Bound:
    if a_open and b_open:
        return "unknown"
    if a_open:
        return "at least"
    return "at most" if b_open else "exact"


def _check(a: Days, b: Days, horizon: int, level: float) -> None:
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"pairs need the same replications in both, got shapes {a.shape} and {b.shape}")
    if len(a) < 2:
        raise ValueError(f"an interval needs at least 2 replications, got {len(a)}")
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, got {level}")
    latest = max(int(a.max()), int(b.max()))
    if latest > horizon:
        raise ValueError(f"count days to the horizon first: day {latest} lies beyond day {horizon}")
