"""What the simulation draws from, beside what the planner stated."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from onelogin_sim.distributions import THOUSANDTHS, Z90, Distribution, table
from onelogin_sim.plan import Plan, Task
from onelogin_sim.scenario.kinds import Uncertain
from onelogin_sim.scenario.rules.figures import Role
from onelogin_sim.scenario.uncertain import distribution

#: Figures may differ by half a unit (they are whole days) or by two per cent, whichever is more.
HALF, SHARE = 0.5, 0.02

#: Quantiles that stand for a factor where its spread is worked out and not drawn.
POINTS = 200

Whole = npt.NDArray[np.int64]


def resulting(stated: Uncertain, role: Role) -> dict[str, float]:
    """Return P10, P50, P90 and mean of the table a quantity becomes, in its own unit."""
    drawn = table(distribution(stated), role.parts, role.least)
    return {
        "P10": drawn.quantile(0.1) / role.parts,
        "P50": drawn.quantile(0.5) / role.parts,
        "P90": drawn.quantile(0.9) / role.parts,
        "mean": drawn.mean / role.parts,
    }


def stated_figures(stated: Uncertain) -> dict[str, float]:
    """Return the percentiles the planner gave, and the mean that the figures imply."""
    figures = {
        name: value
        for name, value in (("P10", stated.p10), ("P50", stated.p50 or stated.median), ("P90", stated.p90))
        if value is not None
    }
    mean = _mean(distribution(stated))
    return figures if mean is None else {**figures, "mean": mean}


def _mean(stated: Distribution) -> float | None:
    p = stated.parameters
    match stated.kind:
        case "fixed" | "observed":
            return math.fsum(p) / len(p)
        case "pert":
            return (p[0] + 4 * p[1] + p[2]) / 6
        case "triangular":
            return math.fsum(p) / 3
        case "lognormal":
            return _split_lognormal_mean(p[0] * p[0] / p[1], p[0], p[1])
        case "split_lognormal":
            return _split_lognormal_mean(*p)
        case "cumulative":
            values, shares = p[0::2], p[1::2]
            inside = zip(values, values[1:], shares, shares[1:], strict=False)
            return values[0] * shares[0] + math.fsum(
                (a + b) / 2 * (after - before) for a, b, before, after in inside
            )


def _split_lognormal_mean(p10: float, p50: float, p90: float) -> float | None:
    """E[X] = p50 (e^(s²/2) Φ(-s) + e^(t²/2) Φ(t)), s and t the spreads below and above the median."""
    below, above = math.log(p50 / p10) / Z90, math.log(p90 / p50) / Z90
    if max(below, above) > 30:
        return None  # beyond what a float holds; the table's end cuts it off anyway
    return p50 * (math.exp(below * below / 2) * _phi(-below) + math.exp(above * above / 2) * _phi(above))


def _phi(z: float) -> float:
    return math.erfc(-z / math.sqrt(2)) / 2


def differences(stated: Uncertain, role: Role) -> Mapping[str, tuple[float, float]]:
    """Return the figures that came out otherwise than stated: name to (stated, resulting)."""
    wanted, drawn = stated_figures(stated), resulting(stated, role)
    return {
        name: (value, drawn[name])
        for name, value in wanted.items()
        if abs(drawn[name] - value) > max(HALF / role.parts, SHARE * value)
    }


def share_beyond(plan: Plan, index: int, elapsed: int) -> float:
    """Return the share of futures in which a running task has outlasted its whole table, scaled.

    What remains is one more day then. Exactly 0 and 1 mean never and always; between them the share is as
    near as `POINTS` quantiles of each factor give it.
    """
    task = plan.tasks[index]
    assert task.duration is not None
    last = table(task.duration).last
    factors = [(table(stated, THOUSANDTHS), chance) for stated, chance in _factors(plan, task)]
    bounds = np.array([THOUSANDTHS, THOUSANDTHS], dtype=np.int64)
    for drawn, chance in factors:
        ends = (drawn.first, drawn.last) if chance == 1 else (drawn.first, drawn.last, THOUSANDTHS)
        bounds = _scaled(bounds, np.array([min(ends), max(ends)], dtype=np.int64))
    outlasted = _scaled(bounds, last) <= elapsed
    if elapsed == 0 or not outlasted[0]:
        return 0.0
    if outlasted[1]:
        return 1.0
    shares = (np.arange(POINTS) + 0.5) / POINTS
    product = np.array([THOUSANDTHS], dtype=np.int64)
    for drawn, chance in factors:
        met = np.maximum(0, shares - (1 - chance)) / chance
        seen = np.where(shares < 1 - chance, THOUSANDTHS, drawn.look_up(met))
        together = np.sort(_scaled(product[:, None], seen), axis=None)
        product = together[(shares * len(together)).astype(np.int64)]
    # Both ends are possible, so neither "never" nor "always" is true however rare they are.
    return float(np.clip(np.mean(_scaled(product, last) <= elapsed), 1e-9, 1 - 1e-9))


def _factors(plan: Plan, task: Task) -> Iterator[tuple[Distribution, float]]:
    """Iterate over the factors on a task's days, each with the chance that it applies."""
    for stated in (plan.pace.programme, plan.pace.department, plan.pace.optimism_bias):
        if stated is not None:
            yield stated, 1.0
    owner = plan.items[plan.item_index[task.item]].department
    certain = next(department.certain for department in plan.departments if department.id == owner)
    for barrier in plan.barriers:
        chance = 1.0 if barrier.id in certain else barrier.share
        if barrier.id in task.slowed_by and chance > 0:
            yield barrier.slows, chance


def _scaled(value: Whole, factor: Whole | int) -> Whole:
    """Multiply by thousandths, to the nearest whole, as the draws do; cut off where it would overflow."""
    scaled: Whole = np.minimum((value * factor + THOUSANDTHS // 2) // THOUSANDTHS, 10**12)
    return scaled
