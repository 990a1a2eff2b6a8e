"""All randomness of a block of replications, as arrays. Made before any engine runs; engines never draw.

Every number is a function of uniforms that are each a pure function of (root seed, owner, decision,
replication), so two orders see the same luck (common random numbers), a replication can be replayed
alone, and adding a service changes nobody else's luck.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onelogin_sim.draws.decisions import LONGEST, PROGRAMME, ByChance, ByMedian, Decided, decide, with_risks
from onelogin_sim.draws.kernels import follow
from onelogin_sim.draws.program import draw_program
from onelogin_sim.errors import PlanError
from onelogin_sim.plan import CapacityLoss, Order, Plan

__all__ = ["LONGEST", "PROGRAMME", "Draws", "check_fits", "deterministic", "draw", "draw_swapped"]


@dataclass(frozen=True, eq=False)
class Draws:
    """What chance decided in each replication of a block.

    Attributes
    ----------
    replications
        Consecutive replication numbers, the first axis of the arrays.
    days
        int32 [replication, task]: working days of each task after scaling; 0 for a milestone and for a
        stage that does not exist in that replication; for a running task the days still to do from day 0 on.
    earliest
        int32 [replication, item]: first day the item may start (0 for one that has).
    loss_start
        int32 [replication, capacity risk]: first day of the loss of each capacity risk, in the order of
        ``plan.risks``; NEVER where it does not happen.
    """

    replications: range
    days: npt.NDArray[np.int32]
    earliest: npt.NDArray[np.int32]
    loss_start: npt.NDArray[np.int32]


def draw(plan: Plan, seed: int, replications: int | range) -> Draws:
    """Return the draws of some replications.

    Parameters
    ----------
    plan
        The plan.
    seed
        Root seed, 0 ≤ seed < 2**64.
    replications
        How many (then 0, 1, ...), or which: a range with step 1.

    Raises
    ------
    ValueError
        When the seed is out of range or the replications are none or not consecutive.
    PlanError
        When two decisions share a key (one in 2**64 for each pair).
    """
    which = _consecutive(seed, replications)
    return _by_chance(plan, seed, which)


def draw_swapped(
    plan: Plan,
    seed: int,
    replications: int | range,
    swapped: Callable[[str, str], bool],
    other: range,
) -> Draws:
    """Return the draws of some replications with some decisions taken as in other replications (pick-freeze).

    Parameters
    ----------
    plan, seed, replications
        As for `draw`.
    swapped
        Whether a named decision, given as (owner, decision), is one of those taken from `other`.
    other
        As many consecutive replications; the k-th decides for the k-th of `replications`.

    Raises
    ------
    ValueError
        As for `draw`, for both ranges, and when they differ in length.
    PlanError
        When two decisions share a key.
    """
    which, others = _consecutive(seed, replications), _consecutive(seed, other)
    if len(others) != len(which):
        raise ValueError(f"{len(which)} replications cannot take decisions from {len(others)} others")
    return _by_chance(plan, seed, which, lambda *name: others if swapped(*name) else which)


def _by_chance(
    plan: Plan, seed: int, which: range, taken_from: Callable[[str, str], range] | None = None
) -> Draws:
    """What `decide` gives by chance, most of it compiled; risks are few and stay as they are written down."""
    program, count = draw_program(plan), len(which)
    first = np.full(len(program.names), which.start, dtype=np.int64)
    if taken_from is not None:
        first[:] = [taken_from(*name).start for name in program.names]
    days = np.zeros((count, len(plan.tasks)), dtype=np.int32)
    earliest = np.empty((count, len(plan.items)), dtype=np.int32)
    follow(program.arrays, np.uint64(seed), first, days, earliest)
    return _drawn(which, with_risks(plan, days, earliest, ByChance(seed, which, taken_from)))


def _drawn(which: range, decided: Decided) -> Draws:
    for array in decided:
        array.setflags(write=False)
    return Draws(which, *decided)


def _consecutive(seed: int, replications: int | range) -> range:
    which = replications if isinstance(replications, range) else range(replications)
    if not 0 <= seed < 2**64:
        raise ValueError(f"seed must be at least 0 and below 2**64, not {seed}")
    if len(which) == 0 or which.step != 1 or which.start < 0:
        raise ValueError(
            f"replications must be one or more consecutive numbers from 0 on, not {replications!r}"
        )
    return which


def deterministic(plan: Plan) -> Draws:
    """Return the draws of the deterministic run, as one replication.

    Table medians, factors 1, no risk, repeat, barrier or optimism bias; stages with a probability of at
    least ½ exist. What is running takes the median of its remaining time.
    """
    return _drawn(range(1), decide(plan, 1, ByMedian()))


def check_fits(plan: Plan, order: Order, draws: Draws) -> None:
    """Refuse an order or draws that were made for a plan of another size.

    Raises
    ------
    PlanError
        When ranks, durations, earliest days or capacity losses do not have the plan's shape.
    """
    count = len(draws.replications)
    losses = sum(isinstance(risk.effect, CapacityLoss) for risk in plan.risks)
    wanted = ((count, len(plan.tasks)), (count, len(plan.items)), (count, losses))
    if (draws.days.shape, draws.earliest.shape, draws.loss_start.shape) != wanted:
        raise PlanError("these draws were made for another plan")
    if sorted(order.rank) != list(range(len(plan.items))):
        raise PlanError(f"the order '{order.name}' was made for another plan")
