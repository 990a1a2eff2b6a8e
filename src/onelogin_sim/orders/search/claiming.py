"""What may be claimed of two orders by the objectives' values in the same futures.

Means are claimed by Student's t, which holds for large samples and does not see rare large differences coming: where
few futures carry the mean, the report says so (`report.rare`). A percentile is no mean, and the mean of the
percentiles of parts of the futures is not the percentile of all: it is off by an amount that differs from order to
order. So what holds a percentile is worked out from all futures, and its interval is that of the bootstrap over pairs
(Efron 1979; for percentiles Singh 1981): futures drawn again with replacement, the same for both orders. A percentile
past the horizon is not known, so what it leaves open stays open, as in `bootstrap.difference_of_quantiles`.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from onelogin_sim.bootstrap import RESAMPLES, bootstrap_rank, bound_of
from onelogin_sim.claims import Bound, Claim, Ends, by_t, claimed, paired
from onelogin_sim.orders.search.problem import Limits, Objectives
from onelogin_sim.orders.search.scoring import PERCENTS, Floats, Scoring, percentile
from onelogin_sim.uniforms import decision_key, uniforms

#: Numbers drawn again at a time.
NUMBERS = 2**20


class Apart(NamedTuple):
    """How two orders differ, a - b, with an interval.

    Attributes
    ----------
    value
        Counted to the horizon.
    low, high
        Infinite where the horizon leaves the side open.
    bound
        What `value` says of the true difference, as `Claim.bound`.
    """

    value: float
    low: float
    high: float
    bound: Bound = "exact"


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
        Root seed of the resampling, the same resamples as `bootstrap.quantile_difference` uses.
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
        ends = _resampled(scoring, values, level, seed)
    else:
        mean, ends = float(apart.mean()), by_t(apart, level)
    return claimed(
        apart,
        mean,
        ends,
        level=level,
        delta=delta,
        censored=_censored(scoring, values),
        bound=_bound(scoring, values),
    )


def apart_of(claim: Claim) -> Apart:
    """Return the difference that a claim is about."""
    low, high = -inf if claim.low_open else claim.low, inf if claim.high_open else claim.high
    return Apart(claim.mean, low, high, claim.bound)


def part_differences(scoring: Scoring, values: Floats, *, level: float, seed: int) -> tuple[Apart, ...]:
    """Return how two orders differ in each objective by itself, in its own unit: a - b, with an interval each.

    No claims: what is claimed is the sum. They say what it is made of.
    """
    found = []
    for part, both in zip(scoring.objectives.parts, values, strict=True):
        if part.kind in PERCENTS:
            alone = Scoring(scoring.plan, Objectives((part,)), Limits())
            found.append(apart_of(claim_of(alone, both[np.newaxis], delta=1.0, level=level, seed=seed)))
            continue
        apart: Floats = both[0] - both[1]
        ends = by_t(apart, level)
        found.append(Apart(float(apart.mean()), ends.low, ends.high))
    return tuple(found)


def _past(scoring: Scoring, values: Floats) -> npt.NDArray[np.bool_]:
    """Bool [order]: whether a percentile asked for of float64 [part, order, future] is past the horizon."""
    found = np.zeros(values.shape[1], dtype=np.bool_)
    for part, days in zip(scoring.objectives.parts, values, strict=True):
        if part.kind in PERCENTS:
            found |= percentile(days, PERCENTS[part.kind]) == scoring.plan.horizon
    return found


def _bound(scoring: Scoring, values: Floats) -> Bound:
    first, second = _past(scoring, values).tolist()
    return bound_of(first, second)


def _resampled(scoring: Scoring, values: Floats, level: float, seed: int) -> Ends:
    """Percentile interval of the bootstrap (Davison and Hinkley 1997, 5.3.1): as `bootstrap.quantile_difference`.

    A resample in which a percentile is past the horizon bounds the difference on one side only.
    """
    count = values.shape[2]
    key = np.array([decision_key("@comparison", "bootstrap")], dtype=np.uint64)
    size = max(NUMBERS // (count * len(values)), 1)
    found, past = np.empty(RESAMPLES), np.zeros((2, RESAMPLES), dtype=np.bool_)
    reaches = bool((values == scoring.plan.horizon).any())
    for first in range(0, RESAMPLES, size):
        last = min(first + size, RESAMPLES)
        drawn = uniforms(seed, key, range(first * count, last * count))[0]
        chosen = (drawn * count).astype(np.int64).reshape(last - first, count)
        pair = [values[:, order][:, chosen] for order in range(2)]
        found[first:last] = scoring.total(pair[0]) - scoring.total(pair[1])
        if reaches:
            past[:, first:last] = [_past(scoring, one) for one in pair]
    rank = bootstrap_rank(RESAMPLES, level)
    lower, upper = np.sort(np.where(past[1], -inf, found)), np.sort(np.where(past[0], inf, found))
    found.sort()
    return Ends(
        float(found[rank - 1]),
        float(found[-rank]),
        bool(np.isinf(lower[rank - 1])),
        bool(np.isinf(upper[-rank])),
    )


def _censored(scoring: Scoring, values: Floats) -> int:
    """Pairs of which a day is only bounded; those of a percentile count only where it is itself past the horizon."""
    horizon = scoring.plan.horizon
    touched = np.zeros(values.shape[2], dtype=np.bool_)
    for part, both in zip(scoring.objectives.parts, values, strict=True):
        if part.kind != "mean" and part.kind not in PERCENTS:
            continue
        past = (both == horizon).any(axis=0)
        if part.kind == "mean" or (both == horizon).mean(axis=1).max() > 1 - PERCENTS[part.kind] / 100:
            touched |= past
    return int(touched.sum())
