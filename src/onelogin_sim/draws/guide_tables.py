"""Look-ups in cumulative tables for compiled code: a guide says where to begin, so most take one step.

The guide-table method (Chen and Asau, *On generating random variates from an empirical distribution*,
AIIE Transactions 6, 1974): the unit interval is cut into equal cells, and of each cell it is known how many
entries of the table lie at or below its left end. From there on the comparisons are those of a search, so
the value is exactly that of `Table.look_up`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.distributions import Table

#: Cells of a guide. A power of two, so that a uniform times it is exact.
CELLS = 1024


class GuideTables(NamedTuple):
    """Tables one after the other.

    Attributes
    ----------
    least
        int64 [table]: smallest value of each.
    at
        int64 [table + 1]: table i has the entries [at[i], at[i + 1]) of `cumulative`.
    cumulative
        float64 [entry]: cumulative probabilities; the last of each table is 1.
    guide
        int32 [table, cell]: entries of the table that are at most cell / `CELLS`.
    """

    least: npt.NDArray[np.int64]
    at: npt.NDArray[np.int64]
    cumulative: npt.NDArray[np.float64]
    guide: npt.NDArray[np.int32]


def guide_tables(tables: Sequence[Table]) -> GuideTables:
    """Return tables with their guides."""
    left = np.arange(CELLS) / CELLS
    guides = [np.searchsorted(table.cumulative, left, side="right") for table in tables]
    return GuideTables(
        least=np.array([table.first for table in tables], dtype=np.int64),
        at=np.cumsum([0, *(len(table.cumulative) for table in tables)], dtype=np.int64),
        cumulative=np.concatenate([np.zeros(0), *(table.cumulative for table in tables)]),
        guide=np.array(guides, dtype=np.int32).reshape(len(tables), CELLS),
    )


@numba.njit(cache=True)
def place_of(
    uniform: float, cell: int, at: int, cumulative: npt.NDArray[np.float64], guide: npt.NDArray[np.int32]
) -> int:
    """Return the place in one table of the first entry above a uniform in [0, 1).

    Parameters
    ----------
    uniform, cell
        The uniform, and the whole part of it times `CELLS`.
    at, cumulative, guide
        Where the table begins in `cumulative`, and its row of `guide`.
    """
    place = int(at + guide[cell])
    # Most cells hold one entry at most: a step without a branch first, so that the loop is rarely entered.
    place += int(cumulative[place] <= uniform)
    while cumulative[place] <= uniform:
        place += 1
    return place - at
