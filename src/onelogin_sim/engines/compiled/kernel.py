"""The phases of a day, compiled.

All in one file, because what is compiled is kept on disk by file: a change here is a change of all.
"""

# mypy: disable-error-code="arg-type,assignment,no-any-return,operator,return-value,untyped-decorator"
# A number here is what Numba takes it for, a plain integer, which NumPy's stubs do not know.

from __future__ import annotations

import numba
import numpy as np

from onelogin_sim.calendars import NEVER
from onelogin_sim.engines.compiled.bits import UNCOUNTED, lowest, set_bit
from onelogin_sim.engines.compiled.slots import Slots
from onelogin_sim.engines.compiled.state import State
from onelogin_sim.layout import Ints, Layout

_NONE, _ONE = np.uint64(0), np.uint64(1)

#: Later than any turn.
_NO_TURN = 0x7FFFFFFF

#: Changes nothing, and lets the compiler know that an index is never negative.
_POSITIVE = 0x7FFFFFFF

_kernel = numba.njit(**UNCOUNTED)
_phase = numba.njit(forceinline=True, **UNCOUNTED)


@_kernel
def simulate(
    plan: Layout,
    served: Slots,
    now: State,
    days: Ints,
    earliest: Ints,
    losses: Ints,
    start: Ints,
    finish: Ints,
) -> None:
    """Fill `start` and `finish`, int32 [replication, task]: the phases of each eventful day, in their order."""
    for row in range(days.shape[0]):
        _open(plan, served, now, days[row], earliest[row], losses[row], start[row], finish[row])
        for word in range(len(now.eventful)):
            while now.eventful[word] != _NONE:
                day = (word * 64 + lowest(now.eventful[word])) & _POSITIVE
                now.eventful[word] &= now.eventful[word] - _ONE
                top = _finish(plan, served, now, day)
                _settle(plan, served, now, day, start[row], finish[row], top)
                _hand_out(plan, served, now, day, start[row], finish[row])
                if plan.soles < len(plan.plain):
                    contestants = _enter(plan, served, now, day)
                    if contestants:
                        _compete(plan, served, now, day, start[row], finish[row], contestants)
                    if plan.strict:
                        _come_back(plan, now, day)
        for place in range(len(plan.running)):
            start[row, plan.running[place]] = plan.since[place]


@_phase
def _open(
    plan: Layout,
    served: Slots,
    now: State,
    days: Ints,
    earliest: Ints,
    losses: Ints,
    start: Ints,
    finish: Ints,
) -> None:
    """Begin a replication: nothing done, what runs holds what it needs, what is known to come scheduled."""
    slots, steps = len(served.turn), len(plan.step_day)
    start[:], finish[:] = NEVER, NEVER
    now.ready[:], now.ready_count[:], now.look_at[:], now.asleep[:] = _NONE, 0, _NONE, _NONE
    now.some_free[:], now.some_ready[:] = _NONE, _NONE
    for slot in served.slot_of:
        served.slots[slot].waiting = served.slots[slot].waits_for
        served.slots[slot].length = min(days[served.slots[slot].task], plan.horizon + 1)
    served.slots[slots].waiting, served.slots[slots].length = plan.endless, 1
    for resource in range(len(plan.capacity)):
        now.free[resource] = plan.capacity[resource]
    for number in range(len(now.low_word)):
        now.low_word[number] = plan.first_word[number + 1]
    now.eventful[0] = _ONE
    for task in plan.running:
        # It holds what it needs from day 0 on, even above capacity.
        number = np.int64(plan.class_of[task])
        if number < len(plan.plain):
            for need in range(plan.need_at[number], plan.need_at[number + 1]):
                now.free[plan.need_resource[need]] -= plan.need_units[need]
        _begin(plan, served, now, np.int64(served.slot_of[task]), 0, start, finish)
    for number in range(plan.soles):
        set_bit(now.some_free, number, now.free[number] >= plan.units[number])
    for task in plan.forward:
        _schedule(now, max(earliest[plan.item[task]], 0), slots + np.int64(served.slot_of[task]))
    for step in range(steps):
        _schedule(now, plan.step_day[step], 2 * slots + step)
    for loss in range(len(losses)):
        first = np.int64(losses[loss])
        if first + plan.loss_days[loss] > 0:
            _schedule(now, max(first, 0), 2 * slots + steps + 2 * loss)
            _schedule(now, first + plan.loss_days[loss], 2 * slots + steps + 2 * loss + 1)


@_phase
def _schedule(now: State, day: int, entry: int) -> None:
    """Put an entry into a day's bucket; what lies outside the horizon does not happen."""
    if day < len(now.bucket):
        day &= _POSITIVE
        now.link[entry] = now.bucket[day]
        now.bucket[day] = entry + 1
        now.eventful[day >> 6] |= _ONE << np.uint64(day & 63)


@_phase
def _fits(plan: Layout, now: State, number: int) -> bool:
    """Whether what a class needs is free."""
    for need in range(plan.need_at[number], plan.need_at[number + 1]):
        if now.free[plan.need_resource[need]] < plan.need_units[need]:
            return False
    return True


@_phase
def _may_take(plan: Layout, now: State, number: int) -> bool:
    """Under strict: whether what a class needs is free, and nothing of it blocked by who was passed over."""
    for need in range(plan.need_at[number], plan.need_at[number + 1]):
        if now.blocked[plan.need_resource[need]]:
            return False
    return _fits(plan, now, number)


@_phase
def _look_again(plan: Layout, now: State, resource: int) -> None:
    """More or less of a resource is free: see whether it is enough, or have the classes that need it looked at."""
    if resource < plan.soles:
        set_bit(now.some_free, resource, now.free[resource] >= plan.units[resource])
    else:
        for word in range(plan.rivals.shape[1]):
            now.look_at[word] |= plan.rivals[resource, word]


@_phase
def _one_less(plan: Layout, served: Slots, now: State, slot: int, top: int) -> int:
    """A task has one thing less to wait for; with none left it is ready, or has to settle first.

    Returns how many tasks lie on `settling`. What happens with none left is done without a branch, because
    nobody, a processor neither, can tell beforehand.
    """
    word, number = slot >> 6, np.int64(served.slots[slot].number)
    left = np.int64(served.slots[slot].waiting) - 1
    served.slots[slot].waiting = left
    if number < len(plan.plain) and served.slots[slot].length > 0:
        hit = np.uint64(left == 0)
        now.ready[word] |= hit << np.uint64(slot & 63)
        now.ready_count[number] += np.int64(hit)
        now.some_ready[number >> 6] |= hit << np.uint64(number & 63)
        if plan.soles < len(plan.plain):
            now.look_at[number >> 6] |= hit << np.uint64(number & 63)
        now.low_word[number] = min(np.int64(now.low_word[number]), word + (left << 32))
        return top
    now.settling[top] = slot
    return top + np.int64(left == 0)


@_phase
def _let_go(plan: Layout, served: Slots, now: State, slot: int, top: int) -> int:
    """A task has finished: what waited for it has one thing less to wait for. Return how many lie on `settling`."""
    top = _one_less(plan, served, now, np.int64(served.slots[slot].after), top)
    for place in range(served.slots[slot].others_at, served.slots[slot + 1].others_at):
        top = _one_less(plan, served, now, np.int64(served.others[place]), top)
    if len(served.held) > 0:
        number = np.int64(served.held_at[slot])
        while number < len(served.held):
            top = _one_less(plan, served, now, np.int64(served.held[number]), top)
            number = np.int64(served.held_next[number])
    return top


@_phase
def _finish(plan: Layout, served: Slots, now: State, day: int) -> int:
    """Tasks end and give back what they held, capacity changes, items come forward. Return how many have to settle."""
    slots, steps, classes = len(served.turn), len(plan.step_day), len(plan.plain)
    top, entry = 0, np.int64(now.bucket[day])
    now.bucket[day] = 0
    while entry > 0:
        entry -= 1
        if entry < slots:
            number = np.int64(served.slots[entry].number)
            if number < classes:
                if number < plan.soles:
                    units = plan.units[number]
                    free = now.free[number] + units
                    now.free[number] = free
                    now.some_free[number >> 6] |= np.uint64(free >= units) << np.uint64(number & 63)
                else:
                    for need in range(plan.need_at[number], plan.need_at[number + 1]):
                        now.free[plan.need_resource[need]] += plan.need_units[need]
                        _look_again(plan, now, np.int64(plan.need_resource[need]))
            top = _let_go(plan, served, now, entry, top)
        elif entry < 2 * slots:
            top = _one_less(plan, served, now, entry - slots, top)
        elif entry < 2 * slots + steps:
            step = entry - 2 * slots
            now.free[plan.step_resource[step]] += plan.step_units[step]
            _look_again(plan, now, plan.step_resource[step])
        else:
            loss, ends = divmod(entry - 2 * slots - steps, 2)
            now.free[plan.loss_resource[loss]] += plan.loss_units[loss] * (2 * ends - 1)
            _look_again(plan, now, plan.loss_resource[loss])
        entry = np.int64(now.link[entry])
    return top


@_phase
def _settle(plan: Layout, served: Slots, now: State, day: int, start: Ints, finish: Ints, top: int) -> None:
    """Milestones settle, again and again until none is left; what needs nothing begins when its calendar lets it."""
    while top > 0:
        top = (top - 1) & _POSITIVE
        slot = np.int64(now.settling[top])
        if served.slots[slot].length == 0:
            start[served.slots[slot].task], finish[served.slots[slot].task] = day, day
            top = _let_go(plan, served, now, slot, top)
        else:
            first = _first_start(plan, served, now, slot, day)
            if first < plan.horizon:
                _begin(plan, served, now, slot, first, start, finish)


@_phase
def _begin(plan: Layout, served: Slots, now: State, slot: int, day: int, start: Ints, finish: Ints) -> None:
    """A task is worked from a day on; its end goes into a bucket."""
    at, task = np.int64(served.slots[slot].calendar) * plan.width, served.slots[slot].task
    last = at + plan.worked_before[at + day] + served.slots[slot].length - 1
    end = np.int64(plan.day_after[last])
    start[task] = day
    if end < plan.horizon:
        finish[task] = end
        _schedule(now, end, slot)


@_phase
def _hand_out(plan: Layout, served: Slots, now: State, day: int, start: Ints, finish: Ints) -> None:
    """Start the ready tasks of sole classes that fit, by turn."""
    later = plan.horizon
    for word in range(len(now.some_free)):
        bits = now.some_ready[word] & now.some_free[word]
        while bits != _NONE:
            number = (word * 64 + lowest(bits)) & _POSITIVE
            bits &= bits - _ONE
            if plan.calendars[number] & plan.works[day] == _NONE:
                slot = np.int64(plan.first_word[number]) * 64
                later = min(
                    later, np.int64(plan.next_work[np.int64(served.slots[slot].calendar) * plan.width + day])
                )
                continue
            units, free, left = plan.units[number], now.free[number], now.ready_count[number]
            low = np.int64(now.low_word[number])
            while True:
                while now.ready[low] == _NONE:
                    low = (low + 1) & _POSITIVE
                slot = (low * 64 + lowest(now.ready[low])) & _POSITIVE
                now.ready[low] &= now.ready[low] - _ONE
                _begin(plan, served, now, slot, day, start, finish)
                free -= units
                left -= 1
                if free < units or left == 0:
                    break
            now.low_word[number], now.free[number], now.ready_count[number] = low, free, left
            now.some_free[word] ^= np.uint64(free < units) << np.uint64(number & 63)
            now.some_ready[word] ^= np.uint64(left == 0) << np.uint64(number & 63)
    if later < plan.horizon:
        now.eventful[later >> 6] |= _ONE << np.uint64(later & 63)


@_phase
def _enter(plan: Layout, served: Slots, now: State, day: int) -> int:
    """Fill `contest` with the other classes that may start something, and return how many they are."""
    contestants = 0
    for word in range(len(now.look_at)):
        # Under strict who does not start blocks others: everybody takes part.
        bits = now.some_ready[word]
        if not plan.strict:
            bits &= now.look_at[word] | now.asleep[word]
        now.look_at[word], now.asleep[word] = _NONE, _NONE
        while bits != _NONE:
            number = (word * 64 + lowest(bits)) & _POSITIVE
            bits &= bits - _ONE
            if number >= plan.soles and (plan.strict or _fits(plan, now, number)):
                now.resume[number] = plan.horizon
                now.head_word[number] = now.low_word[number]
                now.head_bits[number] = now.ready[now.low_word[number]]
                now.contest[contestants] = number
                now.turn[contestants] = _next_head(plan, served, now, number, day)
                contestants += now.turn[contestants] >= 0
    return contestants


@_phase
def _compete(
    plan: Layout, served: Slots, now: State, day: int, start: Ints, finish: Ints, contestants: int
) -> None:
    """One scan by turn; a class that has nobody to start, or does not fit any more, leaves the contest."""
    while contestants > 0:
        best, best_turn, place = 0, _NO_TURN, 0
        while place < contestants:
            if plan.strict or _fits(plan, now, np.int64(now.contest[place])):
                if now.turn[place] < best_turn:
                    best, best_turn = place, now.turn[place]
                place += 1
            else:
                contestants -= 1
                now.contest[place], now.turn[place] = now.contest[contestants], now.turn[contestants]
        if best_turn == _NO_TURN:
            break
        number = np.int64(now.contest[best])
        if not plan.strict or _may_take(plan, now, number):
            slot = np.int64(now.head[number])
            for need in range(plan.need_at[number], plan.need_at[number + 1]):
                now.free[plan.need_resource[need]] -= plan.need_units[need]
            now.ready[slot >> 6] ^= _ONE << np.uint64(slot & 63)
            now.ready_count[number] -= 1
            set_bit(now.some_ready, number, now.ready_count[number] > 0)
            _begin(plan, served, now, slot, day, start, finish)
            now.turn[best] = -1
            if plan.strict or _fits(plan, now, number):
                now.turn[best] = _next_head(plan, served, now, number, day)
        else:
            for need in range(plan.need_at[number], plan.need_at[number + 1]):
                now.blocked[plan.need_resource[need]] = True
            now.turn[best] = -1
        if now.turn[best] < 0:
            contestants -= 1
            now.contest[best], now.turn[best] = now.contest[contestants], now.turn[contestants]
    now.blocked[:] = False


@_phase
def _next_head(plan: Layout, served: Slots, now: State, number: int, day: int) -> int:
    """Find the first ready task of a class, from the last found on, that the calendars let start today.

    Returns its turn, -1 if there is none; if all that are left wait for a calendar, they are looked at again.
    """
    word, bits = np.int64(now.head_word[number]), now.head_bits[number]
    if plan.calendars[number] & plan.works[day] == _NONE:
        word, bits, now.resume[number] = np.int64(plan.first_word[number + 1]), _NONE, day + 1
        while (
            now.resume[number] < plan.horizon
            and plan.calendars[number] & plan.works[now.resume[number]] == _NONE
        ):
            now.resume[number] += 1
    while True:
        while bits == _NONE and word < np.int64(plan.first_word[number + 1]) - 1:
            word += 1
            bits = now.ready[word]
        if bits == _NONE:
            break
        slot = word * 64 + lowest(bits)
        bits &= bits - _ONE
        first = day if plan.plain[number] else _first_start(plan, served, now, slot, day)
        if first == day:
            now.head[number], now.head_word[number], now.head_bits[number] = slot, word, bits
            return np.int64(served.turn[slot])
        now.resume[number] = min(now.resume[number], first)
    now.head_word[number], now.head_bits[number] = plan.first_word[number + 1], _NONE
    if now.resume[number] < plan.horizon and not plan.strict:
        now.asleep[number >> 6] |= _ONE << np.uint64(number & 63)
        now.eventful[now.resume[number] >> 6] |= _ONE << np.uint64(now.resume[number] & 63)
    return -1


@_phase
def _come_back(plan: Layout, now: State, day: int) -> None:
    """Under strict, who stands ready and so who blocks whom changes with the calendars too, event or not."""
    if not now.ready_count.any() or (plan.steady and plan.calendars[0] & plan.works[day] != _NONE):
        return
    later = day + 1
    while plan.steady and later < plan.horizon and plan.calendars[0] & plan.works[later] == _NONE:
        later += 1
    if later < plan.horizon:
        now.eventful[later >> 6] |= _ONE << np.uint64(later & 63)


@_phase
def _first_start(plan: Layout, served: Slots, now: State, slot: int, day: int) -> int:
    """The first day from `day` on that is worked and whose work runs into no freeze; the horizon if none."""
    at = np.int64(served.slots[slot].calendar) * plan.width
    first = np.int64(plan.next_work[at + day])
    if served.freezes[slot]:
        while first < plan.horizon:
            last = at + plan.worked_before[at + first] + served.slots[slot].length - 1
            frozen = np.int64(plan.next_frozen[at + first])
            if frozen >= min(np.int64(plan.day_after[last]), plan.horizon):
                break
            # Every start up to the freeze runs into it, and frozen days are not worked.
            first = np.int64(plan.next_work[at + frozen + 1])
    return first
