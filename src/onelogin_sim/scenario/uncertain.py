"""An uncertain quantity of the file as a Distribution."""

from __future__ import annotations

from onelogin_sim.distributions import Distribution
from onelogin_sim.scenario.kinds import Uncertain


def distribution(stated: Uncertain) -> Distribution:
    """Return the distribution that a planner's figures mean; the form must be complete (see the rules)."""
    if stated.observed is not None:
        return Distribution("observed", tuple(sorted(stated.observed)))
    if stated.cumulative is not None:
        return Distribution("cumulative", tuple(number for pair in stated.cumulative for number in pair))
    if stated.low is not None and stated.mode is not None and stated.high is not None:
        if stated.low == stated.high:
            return Distribution("fixed", (stated.low,))
        return Distribution(stated.shape or "pert", (stated.low, stated.mode, stated.high))
    if stated.p10 is not None and stated.p50 is not None and stated.p90 is not None:
        return Distribution("split_lognormal", (stated.p10, stated.p50, stated.p90))
    if stated.median is not None and stated.p90 is not None:
        return Distribution("lognormal", (stated.median, stated.p90))
    if stated.fixed is not None:
        return Distribution("fixed", (stated.fixed,))
    raise ValueError("the figures do not make a distribution")
