"""How numbers spread over futures, column by column, in steps of equal ratio: memory does not grow with them."""

from __future__ import annotations

import math

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Numbers below 2**_LEAST fall into the first step, those from 2**_MOST on into the last.
_LEAST, _MOST = -20, 40

#: A rank this little above a whole one is that one: 0.07 times 100 is more than 7.
_ROUNDING = 1e-9


class Steps:
    """Counts of numbers by column, added block by block in any order.

    A doubling is cut into 2**bits steps, told apart by the leading bits of the number. Of each step the smallest and
    the largest number seen are kept. A percentile lies between those of its step, as far up as its rank among the
    step's numbers is: exact where the step holds one or two numbers, or one many times, else less than a step off.

    Attributes
    ----------
    counts
        int32 [column, step]: numbers in each step.
    least, most
        float32 [column, step]: the smallest and the largest of them, rounded to float32.
    """

    def __init__(self, columns: int, bits: int) -> None:
        self.bits = bits
        steps = ((_MOST - _LEAST) << bits) + 2
        self.counts = np.zeros((columns, steps), dtype=np.int32)
        self.least = np.full((columns, steps), np.inf, dtype=np.float32)
        self.most = np.zeros((columns, steps), dtype=np.float32)
        self._added = False

    def add(self, values: Floats, counted: npt.NDArray[np.bool_] | None = None) -> None:
        """Add a block: float64 [replication, column], zero or more; inf is allowed.

        Parameters
        ----------
        values
            The numbers.
        counted
            bool [replication, column]: which of them there really are; None is all.

        Raises
        ------
        ValueError
            When a number that counts is negative or nan.
        """
        which = np.ones(values.shape, dtype=np.bool_) if counted is None else counted
        if not bool(np.all(values[which] >= 0)):
            raise ValueError("numbers must be 0 or more")
        self._added |= len(values) > 0
        _count(values.astype(np.float32), which, self.bits, self.counts, self.least, self.most)

    def quantile(self, share: float) -> Floats:
        """Return float64 [column]: the smallest number that at least `share` of the futures do not exceed.

        Of the futures whose number counts; nan in a column where none does. Of the n numbers of a step the i-th is
        taken to lie (i - 1) / (n - 1) of the way from the smallest to the largest, as evenly spread ones do.

        Raises
        ------
        ValueError
            When nothing has been added.
        """
        reached = np.cumsum(self.counts, axis=1, dtype=np.int64)
        if not self._added:
            raise ValueError("there are no futures to take a percentile of")
        rank = np.maximum(np.ceil(share * reached[:, -1] - _ROUNDING), 1).astype(np.int64)
        place = np.argmax(reached >= rank[:, None], axis=1)
        where = np.arange(len(place)), place
        inside = self.counts[where]
        above = rank - (reached[where] - inside) - 1
        least, most = self.least[where].astype(np.float64), self.most[where].astype(np.float64)
        ends = np.isfinite(least) & np.isfinite(most)
        span = np.subtract(most, least, out=np.zeros_like(least), where=ends)
        found: Floats = least + span * (above / np.maximum(inside - 1, 1))
        return np.where(reached[:, -1] > 0, found, np.nan)


@numba.njit(cache=True)
def _count(
    values: npt.NDArray[np.float32],
    counted: npt.NDArray[np.bool_],
    bits: int,
    counts: npt.NDArray[np.int32],
    least: npt.NDArray[np.float32],
    most: npt.NDArray[np.float32],
) -> None:
    """Count each number in its step; a step is the number's exponent and first `bits` bits behind the point."""
    last = counts.shape[1] - 1
    for row in range(values.shape[0]):
        for column in range(values.shape[1]):
            if not counted[row, column]:
                continue
            value = values[row, column]
            mantissa, exponent = math.frexp(value)  # value = mantissa · 2**exponent, mantissa in [0.5, 1)
            if value == np.inf:
                step = last
            elif value == 0.0 or exponent <= _LEAST:
                step = 0
            else:
                part = int((2.0 * mantissa - 1.0) * (1 << bits))
                step = min(((exponent - 1 - _LEAST) << bits) + part + 1, last)
            counts[column, step] += 1
            least[column, step] = min(least[column, step], value)
            most[column, step] = max(most[column, step], value)
