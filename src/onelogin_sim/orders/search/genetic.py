"""A genetic search for short schedules of plans without uncertainty, compiled.

After Valls, Ballestín and Quintanilla (2008, *A hybrid genetic algorithm for the resource-constrained project
scheduling problem*, European Journal of Operational Research 185) and Hartmann (1998): activity lists, the serial
scheme, every schedule justified both ways, children from two points of a list or from a parent's busiest spells.
Here the population is steady: a child takes the place of the worst as soon as it is no worse and not there already.
When the search stalls a new population is made: around the best schedule once, then from pure chance three times.
"""

# mypy: disable-error-code="arg-type,untyped-decorator"
# A number here is what Numba takes it for, which NumPy's stubs do not know.

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.orders.search.breeding import below, busiest, chance, mutate, near, sample, two_points
from onelogin_sim.orders.search.fixed import Ints
from onelogin_sim.orders.search.sgs import Network, backward, forward, time_met

_kernel = numba.njit(cache=True, nogil=True)

#: Schedules kept: as many as there are tasks, within these limits.
LEAST, MOST = 40, 120

#: Chance that a child is made of its father's busiest spells rather than of two points.
PEAKS = 0.5

#: Children for each task without a better best before a new population is made.
STALL = 20

#: Passes of schedule generation for a child: one forward, one backward, one forward again.
PASSES = 3

#: Power of the regret by which the first population is sampled: higher is greedier, 0 pure chance.
BIAS = 1.0

_LATER = 1 << 60

Luck = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]


class Population(NamedTuple):
    """Where a search is: what it needs to go on.

    Attributes
    ----------
    lists, starts
        int32 [member, task]: activity lists and their schedules; the last member is the child under way.
    met
        int64 [member]: when the last service of each schedule is live.
    now
        int64 [5]: schedules spent, when the best is live, children since it was found, populations before this
        one, members.
    """

    lists: Ints
    starts: Ints
    met: npt.NDArray[np.int64]
    now: npt.NDArray[np.int64]


def population(tasks: int) -> Population:
    """Return room for a population that has not begun."""
    size = min(max(tasks, LEAST), MOST) + 1
    rows = np.zeros((2, size, tasks), dtype=np.int32)
    return Population(rows[0], rows[1], np.full(size, _LATER), np.array([0, _LATER, 0, 0, 0]))


@_kernel
def evolve(
    net: Network,
    place_of: Ints,
    awaited: Flags,
    tail: Ints,
    luck: Luck,
    budget: int,
    goal: int,
    best: Ints,
    kept: Population,
) -> int:
    """Go on until so many schedules are spent, from the first on; return how many are.

    Parameters
    ----------
    net
        The plan.
    place_of
        int32 [task]: place in a topological order.
    awaited, tail
        As in `Fixed`.
    luck
        Stream of uniforms, see `breeding.chance`.
    budget
        Schedules, at least `PASSES`.
    goal
        Nothing can be better: the search stops there.
    best
        int32 [task]: filled with the starts of the best schedule.
    kept
        Where the search is; it is moved on.
    """
    tasks, free, key = len(net.days), net.capacity.copy(), np.empty(len(net.days), dtype=np.int64)
    lists, starts, met = kept.lists, kept.starts, kept.met
    size = len(met) - 1
    child, spent, best_met, stalled, round_, filled = (
        size,
        kept.now[0],
        kept.now[1],
        kept.now[2],
        kept.now[3],
        kept.now[4],
    )
    while spent + PASSES <= budget and best_met > goal:
        if filled == size:
            mother, father = _pick(met, size, luck), _pick(met, size, luck)
            if chance(luck) < PEAKS:
                busiest(net, lists[mother], lists[father], starts[father], awaited, luck, lists[child])
            else:
                two_points(lists[mother], lists[father], luck, lists[child])
            mutate(net, luck, lists[child])
        elif round_ % 4 != 1:
            # By the rule at first, by pure chance later: where the rule leads astray, it does so every time.
            sample(net, tail, BIAS if round_ == 0 else 0.0, luck, lists[child])
        else:
            _by_start(place_of, key, lists[filled], best)
            near(net, lists[filled], luck, lists[child])
        end = forward(net, lists[child], free, starts[child])
        justify(net, place_of, end, key, lists[child], starts[child], free)
        spent += PASSES
        met[child] = time_met(net, starts[child])
        stalled += 1
        if met[child] < best_met:
            best_met, stalled, best[:] = met[child], 0, starts[child]
        if filled < size:
            place, stalled = filled, 0
            filled += 1
        else:
            place = _place_for(met, starts)
        if place >= 0:
            lists[place], starts[place], met[place] = lists[child], starts[child], met[child]
        if stalled > STALL * tasks:
            round_, stalled, filled = round_ + 1, 0, 0
    kept.now[0], kept.now[1], kept.now[2], kept.now[3], kept.now[4] = (
        spent,
        best_met,
        stalled,
        round_,
        filled,
    )
    return int(spent)


@_kernel
def justify(
    net: Network, place_of: Ints, end: int, key: Ints, sequence: Ints, start: Ints, free: Ints
) -> None:
    """Shift a schedule late, then early again; `sequence` becomes its list, `key` is scratch."""
    tasks = len(sequence)
    for task in range(tasks):
        key[task] = (start[task] + net.days[task]) * tasks + place_of[task]
    sequence[:] = np.argsort(key)[::-1]
    backward(net, sequence, end, free, start)
    _by_start(place_of, key, sequence, start)
    forward(net, sequence, free, start)
    _by_start(place_of, key, sequence, start)


@_kernel
def _by_start(place_of: Ints, key: Ints, sequence: Ints, start: Ints) -> None:
    """The list of a schedule: tasks by start, in topological order where starts are equal."""
    tasks = len(sequence)
    for task in range(tasks):
        key[task] = start[task] * tasks + place_of[task]
    sequence[:] = np.argsort(key)


@_kernel
def _pick(met: npt.NDArray[np.int64], size: int, luck: Luck) -> int:
    """The better of two members of the population."""
    first, second = below(luck, size), below(luck, size)
    return first if met[first] <= met[second] else second


@_kernel
def _place_for(met: npt.NDArray[np.int64], starts: Ints) -> int:
    """Whose place the child takes, which stands behind the population: the worst's; -1 for nobody's."""
    child, worst = len(met) - 1, 0
    for other in range(child):
        if met[other] >= met[worst]:
            worst = other
        if met[other] == met[child] and np.array_equal(starts[other], starts[child]):
            return -1
    return worst if met[child] <= met[worst] else -1
