"""The identity load of a run, recorded block by block in order, and the digest that tells two loads apart."""

from __future__ import annotations

import hashlib

import numpy as np

from onelogin_sim.identity_load import IdentityLoad, WaitMap
from onelogin_sim.verification.load_tally import LoadTally
from onelogin_sim.verification.loads import Load
from onelogin_sim.verification.population import Verification
from onelogin_sim.verification.sizing import Sizing

#: What the digest is taken of, besides the first days over capacity: whole numbers by month.
_DIGESTED = ("checks", "uplifts", "reuses")

#: Percentile of all checks at which a future is called typical.
TYPICAL = 50


class LoadRecord:
    """Loads counted over replications, and SHA-256 of them.

    The digest is of monthly checks, uplifts and reuses and of the first days over capacity, replication by
    replication. Checks are rounded to whole ones, so that the last bits of a machine's exponential do not show. The
    schedule's own `result_digest` knows nothing of it.
    """

    def __init__(self, verification: Verification) -> None:
        self.verification = verification
        self._tally = LoadTally(verification)
        self._hasher = hashlib.sha256()

    def add(self, load: Load) -> None:
        """Add a block. Blocks come in order."""
        self._tally.add(load)
        whole = [np.rint(getattr(load, name)).astype("<i8") for name in _DIGESTED]
        days = load.first_exceeded.astype("<i8")
        self._hasher.update(np.ascontiguousarray(np.concatenate([*whole, days], axis=1)).tobytes())

    @property
    def typical(self) -> int:
        """The replication with the median number of checks."""
        return dict(self._tally.typical())[TYPICAL]

    def result(self, waits: tuple[WaitMap, ...], sizing: Sizing | None) -> IdentityLoad:
        """Return what has been added, with what else was found out."""
        return IdentityLoad(
            self.verification, self._tally.forecast(), self._hasher.hexdigest(), waits, sizing
        )
