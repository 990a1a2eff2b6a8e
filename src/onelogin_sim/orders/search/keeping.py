"""Which limits of luck an order surely breaks: a share of so many futures is a share with an interval.

An order that keeps a limit in just as many futures as is asked for falls short in half of all samples. So a limit is
broken only where the interval of the share lies below what is asked for; where the share itself does and its interval
does not, that is told, and nothing is refused for it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from onelogin_sim.orders.search.scoring import Outcome, Scoring

Flags = npt.NDArray[np.bool_]

#: Confidence level of the interval of a share.
LEVEL = 0.95


class Missed(NamedTuple):
    """Limits of luck of which an order falls short in some futures, in words.

    Attributes
    ----------
    surely
        The interval of the share lies below what is asked for.
    perhaps
        The share lies below it, its interval does not.
    """

    surely: tuple[str, ...]
    perhaps: tuple[str, ...]


def surely_broken(scoring: Scoring, outcome: Outcome) -> Flags:
    """Return bool [order]: whether the interval of a share of these futures lies below what a limit asks for."""
    return np.asarray(_surely(scoring, outcome).any(axis=0))


def missed(scoring: Scoring, outcome: Outcome, order: int) -> Missed:
    """Return which limits of luck an order surely breaks in these futures, and of which it perhaps falls short."""
    surely = _surely(scoring, outcome)[:, order]
    return Missed(
        tuple(scoring.missed(outcome, order, surely)), tuple(scoring.missed(outcome, order, ~surely))
    )


def _surely(scoring: Scoring, outcome: Outcome) -> Flags:
    """Bool [limit, order]: by the upper end of the exact interval of a share (Clopper and Pearson 1934)."""
    from scipy.special import betaincinv

    kept, count = outcome.kept.sum(axis=2), outcome.kept.shape[2]
    # Where it is kept in all, there is nothing above.
    upper = betaincinv(kept + 1, np.maximum(count - kept, 1), (1 + LEVEL) / 2)
    below: Flags = (kept < count) & (upper < scoring.limits.share)
    return below
