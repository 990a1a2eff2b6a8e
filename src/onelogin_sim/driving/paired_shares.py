"""How far two shares of the same futures lie apart, with the Monte Carlo error of saying so."""

from __future__ import annotations

from math import sqrt

from onelogin_sim.driving.estimates import Estimate
from onelogin_sim.forecasting import share


def paired_share_difference(both: int, first: int, second: int, count: int) -> Estimate:
    """Return the difference of two shares of the same futures (second less first) with its 95% interval.

    From two Wilson intervals and their correlation (Newcombe 1998, *Statistics in Medicine* 17, 2635-2650,
    method 10): it stays honest near 0 and 1.

    Parameters
    ----------
    both, first, second
        Futures in which both hold, only the first, only the second.
    count
        All futures.
    """
    before, after = share(both + first, count), share(both + second, count)
    neither = count - both - first - second
    margins = (both + first) * (second + neither) * (both + second) * (first + neither)
    agreement: float = both * neither - first * second
    # Correlation that is there by chance alone must not narrow the interval.
    agreement = agreement if agreement <= 0 else max(agreement - count / 2, 0)
    correlation = agreement / sqrt(margins) if margins else 0.0
    difference = after.value - before.value

    def reach(up: float, down: float) -> float:
        return sqrt(max(up * up - 2 * correlation * up * down + down * down, 0.0))

    low = reach(after.value - after.low, before.high - before.value)
    high = reach(after.high - after.value, before.value - before.low)
    return Estimate(difference, difference - low, difference + high)
