"""Designs that vary one input at a time by taking its luck from other replications (pick and freeze).

A model here is a function of what chance decides: its replications `a`, and for the inputs that are
switched the replications `b`. Nothing here knows a plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

#: Results of some replications, with the inputs switched that are marked taken from as many others:
#: whole numbers or floats [replication, output].
Model = Callable[[range, Sequence[bool], range], npt.NDArray[np.number]]

Progress = Callable[[int, int], None]

#: Replications run at once: bounds the memory, and changes no result.
SIZE = 500


def saltelli(
    model: Model, inputs: int, replications: int, progress: Progress | None = None
) -> npt.NDArray[np.float64]:
    """Return float64 [replication, 1 + inputs + 1, output]: A, then A with each input from B, then B.

    The design of Saltelli et al. 2010 (Computer Physics Communications 181, 259-270), with the replications
    [0, n) as sample A and [n, 2n) as sample B, in the order in which SALib expects it.
    """
    steps = [[False] * inputs, *([k == j for k in range(inputs)] for j in range(inputs)), [True] * inputs]
    return _run(model, steps, replications, progress)


def winding_stairs(
    model: Model, inputs: int, replications: int, progress: Progress | None = None
) -> npt.NDArray[np.float64]:
    """Return float64 [trajectory, inputs + 1, output]: from replication k to n + k, one input switched after another.

    A trajectory of Morris (1991), here between two futures rather than two corners of a grid. The order of
    the inputs is the same in all (winding stairs: Jansen, Rossing and Daamen 1994): as both futures are
    drawn alike, what is switched before an input and what after it does not change the distribution of
    its effect.
    """
    steps = [[k < j for k in range(inputs)] for j in range(inputs + 1)]
    return _run(model, steps, replications, progress)


def _run(
    model: Model, steps: Sequence[Sequence[bool]], replications: int, progress: Progress | None
) -> npt.NDArray[np.float64]:
    parts = []
    done = 0
    for a, b in _blocks(replications):
        columns = []
        for switched in steps:
            columns.append(np.asarray(model(a, switched, b), dtype=np.float64))
            done += len(a)
            if progress:
                progress(done, replications * len(steps))
        parts.append(np.stack(columns, axis=1))
    return np.concatenate(parts)


def _blocks(replications: int) -> Iterator[tuple[range, range]]:
    for start in range(0, replications, SIZE):
        stop = min(start + SIZE, replications)
        yield range(start, stop), range(replications + start, replications + stop)
