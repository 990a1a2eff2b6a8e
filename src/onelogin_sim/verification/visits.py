"""Visits to stations, whosever they are: all that figures of a station are made of."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from onelogin_sim.verification.network import NOT_MADE, Paths, Travels

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


class Visits(NamedTuple):
    """Visits that were made, in any order: [visit] each, as `network.Paths` and `network.Travels` have them."""

    station: Whole
    service: Floats
    arrive: Floats
    wait: Floats
    leave: Floats
    outcome: npt.NDArray[np.int8]

    def where(self, chosen: npt.NDArray[np.bool_]) -> Visits:
        """Return some of them."""
        return Visits(
            self.station[chosen],
            self.service[chosen],
            self.arrive[chosen],
            self.wait[chosen],
            self.leave[chosen],
            self.outcome[chosen],
        )

    def __or__(self, others: Visits) -> Visits:
        """Return these and others."""
        return Visits(
            np.concatenate([self.station, others.station]),
            np.concatenate([self.service, others.service]),
            np.concatenate([self.arrive, others.arrive]),
            np.concatenate([self.wait, others.wait]),
            np.concatenate([self.leave, others.leave]),
            np.concatenate([self.outcome, others.outcome]),
        )


def made(paths: Paths, travels: Travels) -> Visits:
    """Return the visits that were made."""
    all_of_them = Visits(
        paths.station, paths.service, travels.arrive, travels.wait, travels.leave, travels.outcome
    )
    return all_of_them.where(travels.outcome != NOT_MADE)
