"""How activity lists come about, compiled: sampled by a rule, near another, or from two parents.

Every list made here has no task before one it waits for.
"""

# mypy: disable-error-code="untyped-decorator"

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.orders.search.fixed import Ints
from onelogin_sim.orders.search.sgs import Network
from onelogin_sim.uniforms import philox

_kernel = numba.njit(cache=True, nogil=True)

#: Chance that the next task of a list is passed over for a later one.
PASSED_OVER = 0.2

#: How far behind the first task that is left a list near another looks.
REACH = 40

#: Chance that two neighbours in a list change places.
MUTATION = 0.05

#: A spell is busy when its load is this share of the most there is, drawn evenly for each child.
BUSY_FROM, BUSY_TO = 0.6, 0.95

_0, _1, _3, _11 = np.uint64(0), np.uint64(1), np.uint64(3), np.uint64(11)
_TO_UNIT = 2.0**-53

Luck = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]


@_kernel
def chance(luck: Luck) -> float:
    """Return the next uniform in [0, 1) of a stream.

    `luck`, uint64 [7], is (seed, key, how many were taken) and a block of four words; uniforms are those of
    `onelogin_sim.uniforms` with blocks counted by their first number.
    """
    place = luck[2] & _3
    if place == _0:
        luck[3], luck[4], luck[5], luck[6] = philox(luck[2], _0, _0, _0, luck[0], luck[1])
    luck[2] += _1
    return np.float64(luck[3 + np.int64(place)] >> _11) * _TO_UNIT


@_kernel
def below(luck: Luck, limit: int) -> int:
    """Return one of 0, ..., limit - 1."""
    return np.int64(chance(luck) * limit)  # type: ignore[return-value]  # Numba's integer


@_kernel
def sample(net: Network, tail: Ints, bias: float, luck: Luck, sequence: Ints) -> None:
    """Fill a list by regret-based biased random sampling (Drexl 1991): the longest tail first, mostly."""
    tasks, count = len(sequence), 0
    left = net.before_at[1:] - net.before_at[:-1]
    eligible = np.empty(tasks, dtype=np.int32)
    weight = np.empty(tasks, dtype=np.float64)
    for task in range(tasks):
        if left[task] == 0:
            eligible[count] = task
            count += 1
    for place in range(tasks):
        least, total = tail[eligible[0]], 0.0
        for at in range(count):
            least = min(least, tail[eligible[at]])
        for at in range(count):
            total += (tail[eligible[at]] - least + 1.0) ** bias
            weight[at] = total
        drawn, at = chance(luck) * total, 0
        while at < count - 1 and weight[at] <= drawn:
            at += 1
        task = eligible[at]
        sequence[place] = task
        count -= 1
        eligible[at] = eligible[count]
        for arc in range(net.after_at[task], net.after_at[task + 1]):
            left[net.after[arc]] -= 1
            if left[net.after[arc]] == 0:
                eligible[count] = net.after[arc]
                count += 1


@_kernel
def near(net: Network, other: Ints, luck: Luck, sequence: Ints) -> None:
    """Fill a list near another: its next task that may come, now and then passed over."""
    tasks, first = len(sequence), 0
    left = net.before_at[1:] - net.before_at[:-1]
    done = np.zeros(tasks, dtype=np.bool_)
    for place in range(tasks):
        while done[other[first]]:
            first += 1
        at = first
        while done[other[at]] or left[other[at]] > 0 or chance(luck) < PASSED_OVER:
            at += 1
            if at == min(tasks, first + REACH):
                at = first
        task = other[at]
        sequence[place], done[task] = task, True
        for arc in range(net.after_at[task], net.after_at[task + 1]):
            left[net.after[arc]] -= 1


@_kernel
def two_points(mother: Ints, father: Ints, luck: Luck, child: Ints) -> None:
    """The mother's list, but between two points what is left in the father's order (Hartmann 1998)."""
    tasks = len(child)
    one, other = below(luck, tasks + 1), below(luck, tasks + 1)
    first, last = min(one, other), max(one, other)
    taken = np.zeros(tasks, dtype=np.bool_)
    place = 0
    for parent, end in ((mother, first), (father, last), (mother, tasks)):
        for task in parent:
            if place == end:
                break
            if not taken[task]:
                child[place], taken[task] = task, True
                place += 1


@_kernel
def mutate(net: Network, luck: Luck, child: Ints) -> None:
    """Neighbours change places now and then, where the second does not wait for the first."""
    for place in range(len(child) - 1):
        if chance(luck) < MUTATION:
            first, second = child[place], child[place + 1]
            if not np.any(net.before[net.before_at[second] : net.before_at[second + 1]] == first):
                child[place], child[place + 1] = second, first


@_kernel
def busiest(
    net: Network, mother: Ints, father: Ints, start: Ints, awaited: Flags, luck: Luck, child: Ints
) -> None:
    """The mother's list, but what the father does in a busy spell stays together in his order (Valls et al. 2008).

    What a spell waits for comes before it.
    """
    spell = _spells(net, start, (BUSY_FROM + (BUSY_TO - BUSY_FROM) * chance(luck)))
    tasks, place = len(child), 0
    taken = np.zeros(tasks, dtype=np.bool_)
    wanted = np.zeros(tasks, dtype=np.bool_)
    for task in mother:
        if taken[task]:
            continue
        if spell[task] < 0:
            child[place], taken[task] = task, True
            place += 1
            continue
        wanted[:] = False
        for other in range(tasks):
            if spell[other] == spell[task] and not taken[other]:
                wanted |= awaited[other]
        for other in mother:
            if wanted[other] and not taken[other] and spell[other] != spell[task]:
                child[place], taken[other] = other, True
                place += 1
        for other in father:
            if spell[other] == spell[task] and not taken[other]:
                child[place], taken[other] = other, True
                place += 1


@_kernel
def _spells(net: Network, start: Ints, share: float) -> Ints:
    """int32 [task]: the first busy spell a task is worked in, -1 if none."""
    tasks = len(start)
    load = np.zeros((start + net.days).max() + 1, dtype=np.float64)
    for task in range(tasks):
        asked = 0.0
        for need in range(net.need_at[task], net.need_at[task + 1]):
            asked += net.need_units[need] / net.capacity[net.need_resource[need], start[task]]
        load[start[task] : start[task] + net.days[task]] += asked
    limit = share * load.max()
    number = np.full(len(load), -1, dtype=np.int32)
    last = -1
    for day in range(len(load) - 1):
        if load[day] >= limit:
            last += day == 0 or number[day - 1] < 0
            number[day] = last
    spell = np.full(tasks, -1, dtype=np.int32)
    for task in range(tasks):
        # A milestone lies in the spell of its day, so that what comes between two of a spell is in it too.
        for day in range(start[task], start[task] + max(net.days[task], 1)):
            if number[day] >= 0:
                spell[task] = number[day]
                break
    return spell
