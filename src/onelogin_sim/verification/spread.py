"""How monthly numbers spread over replications: counts in fine steps, so that memory does not grow with them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]

#: Numbers below this have a step each; above, each doubling is cut into half as many steps.
FINE = 256

#: Bits of a number below FINE.
FINE_BITS = 8

#: Doublings above FINE: numbers reach to 2**40, more visits than everybody can make in a month.
DOUBLINGS = 33


class Spread:
    """Counts of whole numbers by month, added block by block in any order.

    Steps are exact below 256 and at most one part in 128 wide above; a month takes 70 KB. Of each step the
    smallest number seen is kept, so a percentile is a number that some replication really has, at most a step
    below the exact one.

    Attributes
    ----------
    counts, least
        int64 [month, step]: replications in each step, and the smallest number among them.
    """

    def __init__(self, months: int) -> None:
        steps = FINE + DOUBLINGS * (FINE // 2)
        self.counts = np.zeros((months, steps), dtype=np.int64)
        self.least = np.full((months, steps), np.iinfo(np.int64).max)

    def add(self, values: npt.NDArray[np.float64]) -> None:
        """Add a block: float64 [replication, month], not negative, rounded to whole numbers.

        Raises
        ------
        ValueError
            When a number is negative, not finite, or above 2**40.
        """
        if not bool(np.all((values >= -0.5) & (values <= 2.0**40))):
            raise ValueError("numbers must lie between 0 and 2**40")
        whole = np.rint(values).astype(np.int64)
        steps = step_of(whole)
        for month in range(len(self.counts)):
            np.add.at(self.counts[month], steps[:, month], 1)
            np.minimum.at(self.least[month], steps[:, month], whole[:, month])

    def quantile(self, share: float) -> Whole:
        """Return int64 [month]: the smallest number that at least `share` of the replications do not exceed.

        Raises
        ------
        ValueError
            When nothing has been added.
        """
        reached = np.cumsum(self.counts, axis=1)
        if not reached.size or reached[0, -1] == 0:
            raise ValueError("there are no replications to take a percentile of")
        place = np.argmax(reached >= np.maximum(share * reached[:, -1:], 1), axis=1)
        found: Whole = self.least[np.arange(len(place)), place]
        return found

    def share_above(self, limits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return float64 [month]: the share of replications whose step begins above each month's limit."""
        above = (self.counts > 0) & (self.least > limits[:, None])
        found: npt.NDArray[np.float64] = (self.counts * above).sum(axis=1) / self.counts.sum(axis=1)
        return found


def step_of(whole: Whole) -> Whole:
    """Return the step of each number: itself below FINE, else by its leading bits."""
    doublings = np.maximum(np.frexp(whole.astype(np.float64))[1] - FINE_BITS, 0)
    return np.where(whole < FINE, whole, (whole >> doublings) + doublings * (FINE // 2))
