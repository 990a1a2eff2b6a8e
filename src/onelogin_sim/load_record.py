"""The identity load of a run, recorded block by block in order, and the digest that tells two loads apart."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

from onelogin_sim.identity_load import IdentityLoad, WaitMap
from onelogin_sim.verification.load_tally import LoadTally
from onelogin_sim.verification.loads import Load
from onelogin_sim.verification.population import Verification
from onelogin_sim.verification.sizing import Sizing
from onelogin_sim.verification.station_months import FIGURES

#: What the digest is taken of, besides the first days over capacity: whole numbers by month.
_DIGESTED = ("checks", "uplifts", "reuses")

#: Figures of stations in the digest, and how many parts of a unit are told apart: customers, seconds, a ten-thousandth.
_OF_STATIONS = {
    "customers": 1.0,
    "mean_wait": 3600.0,
    "within": 1e4,
    "lost": 1e4,
    "utilisation": 1e4,
    "backlog": 1.0,
}

#: Where parts end, as a part of one: at no simple number, so that halves and quarters lie on no edge.
_EDGE = 0.381966

#: A wait without end counts as so many parts.
_ENDLESS = 2.0**52

#: Percentile of all checks at which a future is called typical.
TYPICAL = 50


class LoadRecord:
    """Loads counted over replications, and SHA-256 of them.

    The digest is of monthly checks, uplifts and reuses, of the first days over capacity, and of the stations' monthly
    customers, mean waits, shares and backlogs, replication by replication. All are rounded, customers to whole ones,
    waits to seconds, shares to 1/10,000, so that the last bits of a machine's exponential do not show: of a thousand
    futures of ten years one in a hundred has a number within 1e-14 of an edge. Percentiles of waits are left out: they
    come in classes, and a last bit may move one by a class. The schedule's own `result_digest` knows nothing of it.
    """

    def __init__(self, verification: Verification) -> None:
        self.verification = verification
        self._tally = LoadTally(verification)
        self._hasher = hashlib.sha256()

    def add(self, load: Load) -> None:
        """Add a block. Blocks come in order."""
        self._tally.add(load)
        whole = [np.floor(getattr(load, name) + _EDGE).astype("<i8") for name in _DIGESTED]
        days = load.first_exceeded.astype("<i8")
        figures = [_parts(load, name, scale) for name, scale in _OF_STATIONS.items()]
        self._hasher.update(np.ascontiguousarray(np.concatenate([*whole, days, *figures], axis=1)).tobytes())

    @property
    def typical(self) -> int:
        """The replication with the median number of checks."""
        return dict(self._tally.typical())[TYPICAL]

    def result(self, waits: tuple[WaitMap, ...], sizing: Sizing | None) -> IdentityLoad:
        """Return what has been added, with what else was found out."""
        return IdentityLoad(
            self.verification, self._tally.forecast(), self._hasher.hexdigest(), waits, sizing
        )


def _parts(load: Load, name: str, scale: float) -> npt.NDArray[np.int64]:
    """int64 [replication, station and month]: a figure of all stations in whole parts; 1 where there is none."""
    values = np.nan_to_num(load.stations[..., FIGURES.index(name)], nan=1.0, posinf=np.inf)
    values = values.reshape(len(load.replications), -1)
    return np.floor(np.minimum(values * scale, _ENDLESS) + _EDGE).astype("<i8")
