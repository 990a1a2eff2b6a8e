"""The load of a block as named arrays, to be kept on disk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from onelogin_sim.verification.dividend import Dividend
from onelogin_sim.verification.loads import Load

#: Arrays of a `Load` that have a replication in front.
_BY_REPLICATION = (
    "checks",
    "uplifts",
    "reuses",
    "busiest_day",
    "attempts",
    "sign_ins_per_second",
    "stations",
    "work",
    "waiting",
    "exceeded",
    "first_exceeded",
)

#: Arrays of its dividend, summed over replications.
_SUMMED = ("checks", "uplifts", "reuses")


def as_arrays(load: Load) -> dict[str, npt.NDArray[Any]]:
    """Return everything of a block's load by name."""
    arrays: dict[str, npt.NDArray[Any]] = {
        "load_replications": np.array([load.replications.start, load.replications.stop]),
        "load_years": np.array(load.dividend.years),
    }
    arrays |= {f"load_{name}": getattr(load, name) for name in _BY_REPLICATION}
    return arrays | {f"load_dividend_{name}": getattr(load.dividend, name) for name in _SUMMED}


def as_load(arrays: Mapping[str, npt.NDArray[Any]]) -> Load | None:
    """Return what `as_arrays` was given; None where the arrays hold no load."""
    if "load_replications" not in arrays:
        return None
    start, stop = arrays["load_replications"].tolist()
    dividend = Dividend(
        stop - start,
        tuple(arrays["load_years"].tolist()),
        *(arrays[f"load_dividend_{name}"] for name in _SUMMED),
    )
    given: dict[str, Any] = {name: arrays[f"load_{name}"] for name in _BY_REPLICATION}
    return Load(range(start, stop), **given, dividend=dividend)
