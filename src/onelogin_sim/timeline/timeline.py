"""When everything started and finished in each replication, and what follows from that alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from onelogin_sim.plan import Plan


@dataclass(frozen=True, eq=False)
class Timeline:
    """Starts and finishes of every task in a block of replications.

    Attributes
    ----------
    plan
        What was run.
    replications
        Consecutive replication numbers, the first axis of the arrays.
    start, finish
        int32 [replication, task]: day numbers; NEVER for what does not happen within the horizon. What ran
        at the status date has its true start, zero or negative.
    """

    plan: Plan
    replications: range
    start: npt.NDArray[np.int32]
    finish: npt.NDArray[np.int32]

    @cached_property
    def go_live(self) -> npt.NDArray[np.int32]:
        """int32 [replication, service]: the day each service goes live; `live_on` for those already live."""
        result = np.empty((len(self.replications), len(self.plan.services)), dtype=np.int32)
        for column, service in enumerate(self.plan.services):
            if service.live_on is not None:
                result[:, column] = service.live_on
                continue
            index, at_start = self.plan.go_live_task[service.id]
            result[:, column] = (self.start if at_start else self.finish)[:, index]
        return result

    def digest_into(self, hasher: hashlib._Hash) -> None:
        """Feed starts, then finishes, of each replication to a SHA-256, little-endian (contract 3)."""
        start, finish = (np.ascontiguousarray(days, dtype="<i4") for days in (self.start, self.finish))
        for row in range(len(start)):
            hasher.update(start[row])
            hasher.update(finish[row])
