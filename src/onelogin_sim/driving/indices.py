"""From runs of a design to numbers: Morris's elementary effects and Sobol's indices, computed by SALib.

SALib is loaded when first needed: it is an extra, and slow to import.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from onelogin_sim.driving.estimates import Estimate
from onelogin_sim.errors import OneloginSimError

Values = npt.NDArray[np.float64]

MORRIS, SOBOL = SALIB_MODULES = ("SALib.analyze.morris", "SALib.analyze.sobol")

#: Bootstrap samples behind each interval.
RESAMPLES = 200


def elementary_effects(values: Values, seed: int) -> list[tuple[Estimate, float]]:
    """Return (μ* with its 95% interval, σ) of each input from the trajectories of `winding_stairs`.

    Parameters
    ----------
    values
        float64 [trajectory, inputs + 1].
    seed
        Seeds the bootstrap.
    """
    trajectories, inputs = len(values), values.shape[1] - 1
    # SALib divides by the step of a grid of `num_levels`, which is 1 for two levels: which future an input is of.
    stairs = np.tril(np.ones((inputs + 1, inputs)), -1)
    found = salib(MORRIS)(
        _problem(inputs),
        np.tile(stairs, (trajectories, 1)),
        values.reshape(-1),
        num_levels=2,
        num_resamples=RESAMPLES,
        seed=seed,
    )
    return [
        (Estimate(float(mean), max(float(mean - half), 0.0), float(mean + half)), float(sigma))
        for mean, half, sigma in zip(found["mu_star"], found["mu_star_conf"], found["sigma"], strict=True)
    ]


def sobol_indices(values: Values, seed: int) -> list[tuple[Estimate, Estimate]]:
    """Return (first-order, total) indices with their 95% intervals from the samples of `saltelli`.

    All are zero where the values never vary. Intervals are not cut at 0 and 1: an end outside says how rough
    the estimate is.

    Parameters
    ----------
    values
        float64 [replication, inputs + 2].
    seed
        Seeds the bootstrap.
    """
    inputs = values.shape[1] - 2
    if np.ptp(values) == 0 or np.ptp(values[:, [0, -1]]) == 0:
        return [(Estimate(0.0, 0.0, 0.0), Estimate(0.0, 0.0, 0.0))] * inputs
    found = salib(SOBOL)(
        _problem(inputs),
        values.reshape(-1),
        calc_second_order=False,
        num_resamples=RESAMPLES,
        seed=seed + 1,  # a seed of 0 would make SALib draw from the global generator
    )
    return [
        (_around(alone, alone_half), _around(total, total_half))
        for alone, alone_half, total, total_half in zip(
            found["S1"], found["S1_conf"], found["ST"], found["ST_conf"], strict=True
        )
    ]


def _around(middle: float, half: float) -> Estimate:
    return Estimate(float(middle), float(middle - half), float(middle + half))


def _problem(inputs: int) -> dict[str, Any]:
    names = [f"input {place}" for place in range(inputs)]
    return {"num_vars": inputs, "names": names, "bounds": [[0.0, 1.0]] * inputs}


def salib(module: str) -> Callable[..., Any]:
    """Return the `analyze` of one of SALib's modules.

    Raises
    ------
    OneloginSimError
        When SALib is not installed.
    """
    try:
        analyse: Callable[..., Any] = import_module(module).analyze
    except ImportError:
        raise OneloginSimError(
            'Morris and Sobol need SALib, which is not installed: pip install "onelogin-sim[analysis]"'
        ) from None
    return analyse
