"""What may be claimed of two orders by the objectives' values in the same futures.

Means are claimed by Student's t. A percentile is no mean, and the mean of the percentiles of parts of the futures
is not the percentile of all: it is off by an amount that differs from order to order. So what holds a percentile
is worked out from all futures, and its interval is that of the bootstrap over pairs (Efron 1979; for percentiles
Singh 1981): futures drawn again with replacement, the same for both orders.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import floor, sqrt

import numpy as np

from onelogin_sim.claims import RESAMPLES, Claim, Verdict, paired
from onelogin_sim.orders.search.scoring import Floats, Scoring, percentile
from onelogin_sim.pairs import Mean
from onelogin_sim.uniforms import decision_key, uniforms

#: What orders come to, float64 [order], by float64 [part, order, future].
Total = Callable[[Floats], Floats]

#: Numbers drawn again at a time.
NUMBERS = 2**20


def claim_of(scoring: Scoring, values: Floats, *, delta: float, level: float, seed: int) -> Claim:
    """Return what may be claimed of an order, a, against another, b.

    Parameters
    ----------
    scoring
        The objectives, which say what the values are.
    values
        float64 [part, 2, replication]: as of `scoring.outcome`, of a and b.
    delta
        Indifference zone in the objectives' units, times their prices.
    level
        Confidence level.
    seed
        Root seed of the resampling, the same resamples as `claims.quantile_difference` uses.
    """
    horizon = scoring.plan.horizon
    if scoring.only_mean_days:
        first, second = values[0].astype(np.int64)
        return paired(first, second, horizon=horizon, level=level, delta=delta)
    each = np.tensordot(scoring.prices, values, axes=1)
    apart: Floats = each[0] - each[1]
    if scoring.has_percentiles:
        whole = scoring.total(values)
        mean = float(whole[0] - whole[1])
        low, high = _resampled(scoring.total, values, level, seed)
    else:
        mean, (low, high) = float(apart.mean()), _by_t(apart, level)
    return _claim(apart, mean, low, high, level, delta, _censored(scoring, values))


def part_differences(scoring: Scoring, values: Floats, *, level: float, seed: int) -> tuple[Mean, ...]:
    """Return how two orders differ in each objective by itself, in its own unit: a - b, with an interval each.

    No claims: what is claimed is the sum. They say what it is made of.
    """
    found = []
    for part, both in zip(scoring.objectives.parts, values, strict=True):
        apart: Floats = both[0] - both[1]
        value, (low, high) = float(apart.mean()), _by_t(apart, level)
        if part.kind in ("p50", "p80"):
            percent = int(part.kind[1:])
            first, second = percentile(both, percent).tolist()
            value = first - second
            low, high = _resampled(partial(_first_percentile, percent), both[np.newaxis], level, seed)
        found.append(Mean(value, low, high))
    return tuple(found)


def _by_t(sample: Floats, level: float) -> tuple[float, float]:
    """Interval of a mean by Student's t."""
    from scipy.special import stdtrit

    mean, count = float(sample.mean()), len(sample)
    half = -float(stdtrit(count - 1, (1 - level) / 2)) * float(sample.std(ddof=1)) / sqrt(count)
    return mean - half, mean + half


def _first_percentile(percent: int, values: Floats) -> Floats:
    return percentile(values[0], percent)


def _resampled(total: Total, values: Floats, level: float, seed: int) -> tuple[float, float]:
    """Percentile interval of the bootstrap (Davison and Hinkley 1997, 5.3.1): as `claims.quantile_difference`."""
    count = values.shape[2]
    key = np.array([decision_key("@comparison", "bootstrap")], dtype=np.uint64)
    size = max(NUMBERS // (count * len(values)), 1)
    found = np.empty(RESAMPLES)
    for first in range(0, RESAMPLES, size):
        last = min(first + size, RESAMPLES)
        drawn = uniforms(seed, key, range(first * count, last * count))[0]
        chosen = (drawn * count).astype(np.int64).reshape(last - first, count)
        found[first:last] = total(values[:, 0][:, chosen]) - total(values[:, 1][:, chosen])
    # A hair more, as 1 - 0.9 is not quite a tenth in floating point.
    rank = floor((RESAMPLES + 1) * (1 - level) / 2 + 1e-9)
    if rank < 1:
        raise ValueError(f"{RESAMPLES} resamples cannot bound an interval at a level of {level:g}")
    found.sort()
    return float(found[rank - 1]), float(found[-rank])


def _censored(scoring: Scoring, values: Floats) -> int:
    """Pairs of which a day is only bounded; those of a percentile count only where it is itself past the horizon."""
    horizon = scoring.plan.horizon
    touched = np.zeros(values.shape[2], dtype=np.bool_)
    for part, both in zip(scoring.objectives.parts, values, strict=True):
        if part.kind not in ("mean", "p50", "p80"):
            continue
        past = (both == horizon).any(axis=0)
        if part.kind == "mean" or (both == horizon).mean(axis=1).max() > 1 - int(part.kind[1:]) / 100:
            touched |= past
    return int(touched.sum())


def _claim(
    apart: Floats, mean: float, low: float, high: float, level: float, delta: float, censored: int
) -> Claim:
    within = -delta < low and high < delta
    verdict: Verdict = "equivalent" if within else "not distinguishable"
    if not apart.any():
        verdict = "identical"
    elif high < 0 or low > 0:
        verdict = "a better" if high < 0 else "b better"
    return Claim(
        verdict=verdict,
        mean=mean,
        low=low,
        high=high,
        level=level,
        delta=delta,
        within_delta=within,
        replications=len(apart),
        earlier=int((apart < 0).sum()),
        equal=int((apart == 0).sum()),
        later=int((apart > 0).sum()),
        censored=censored,
    )
