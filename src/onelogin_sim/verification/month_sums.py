"""What both kernels of a station's months share: who comes in an hour, and a month's figures from its sums.

A month's percentiles are over its customers. Those of an hour are cut into `CLASSES` by how long they wait, from those
who wait least to those who wait longest, each class with its mean wait; a month adds the classes of all its hours up in
steps of a sixteenth of a doubling. The classes lie around the percentiles that are reported.
"""

from __future__ import annotations

import math

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

#: Figures of a station in a month, in this order.
FIGURES = (
    "customers", "mean_wait", "p50_wait", "p95_wait", "p99_wait", "within", "lost", "utilisation", "backlog", "closed",
)  # fmt: skip

#: What is kept of an hour where it is asked for: who comes, the sum of their waits in hours, and who leaves unserved.
HOURLY = ("customers", "waited", "lost")

#: Shares of customers who wait longer than each class begins with, and the shares in each class.
TAILS = np.array([1.0, 0.62, 0.38, 0.2, 0.075, 0.03, 0.014, 0.007, 0.0])
CLASSES = TAILS[:-1] - TAILS[1:]

#: Doublings of a wait that are told apart, each in 16 steps: from a fraction of a second to centuries.
_LEAST, _MOST, _BITS = -16, 22, 4
STEPS = ((_MOST - _LEAST) << _BITS) + 2


def _exponential_classes() -> Floats:
    """Mean of each class of an exponential wait of mean 1: of -log(u), u even between two shares."""
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = np.where(TAILS > 0, TAILS * (1 - np.log(TAILS)), 0.0)
    means: Floats = (whole[:-1] - whole[1:]) / CLASSES
    return means


EXPONENTIAL = _exponential_classes()


# What is done for every hour is inlined: as calls, which take arrays along, it would cost half as much again.


@numba.njit(cache=True, error_model="numpy", inline="always")
def arrive(daily: Floats, shares: Floats, replication: int, day: int, hour: int) -> float:
    """Customers of an hour, over all seasons."""
    come = 0.0
    for season in range(len(shares)):
        come += daily[replication, season, day] * shares[season, day, hour]
    return come


@numba.njit(cache=True, error_model="numpy", inline="always")
def count(come: float, wait: float, cell: Floats, bits: Whole, weights: Floats, sums: Floats) -> None:
    """Add customers and their wait to its step: the wait's exponent and leading bits.

    `bits` are those of `cell`, an array of one float, which is how a number's bits are come by.
    """
    cell[0] = wait
    step = min(max((bits[0] >> (52 - _BITS)) - ((1023 + _LEAST) << _BITS) + 1, 0), STEPS - 1)
    weights[step] += come
    sums[step] += come * wait


@numba.njit(cache=True, error_model="numpy")
def note(
    row: Floats,
    came: float,
    came_open: float,
    wait_sum: float,
    in_time: float,
    lost: float,
    served: float,
    possible: float,
    most: float,
    weights: Floats,
    sums: Floats,
) -> None:
    """Fill a month's figures from its sums; percentiles are the mean waits of the steps they fall into.

    The share in time is nan where nobody counts in it, of which `in_time` is nan.
    """
    row[0], row[8] = came, most
    row[7] = served / possible if possible > 0.0 else 0.0
    row[5] = np.nan
    if came > 0.0:
        row[1], row[6] = wait_sum / came, min(lost / came, 1.0)
        if not math.isnan(in_time):
            row[5] = min(max(in_time / came, 0.0), 1.0)
        row[9] = 1.0 - came_open / came
        reached, percentile = 0.0, 0
        for step in range(len(weights)):
            reached += weights[step]
            while percentile < 3 and reached >= (0.5, 0.95, 0.99)[percentile] * came * (1 - 1e-12):
                row[2 + percentile] = sums[step] / weights[step]
                percentile += 1
