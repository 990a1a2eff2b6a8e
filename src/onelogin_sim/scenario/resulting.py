"""What the simulation draws from, beside what the planner stated."""

from __future__ import annotations

import math
from collections.abc import Mapping

from onelogin_sim.distributions import Z90, Distribution, Table, table
from onelogin_sim.scenario.kinds import Uncertain
from onelogin_sim.scenario.rules.figures import Role
from onelogin_sim.scenario.uncertain import distribution

#: Figures may differ by half a unit (they are whole days) or by two per cent, whichever is more.
HALF, SHARE = 0.5, 0.02


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


def beyond_table(stated: Uncertain, elapsed: int) -> Table | None:
    """Return the table of a stage's days when it has already lasted at least as long as all of it."""
    drawn = table(distribution(stated))
    return drawn if elapsed >= drawn.last else None
