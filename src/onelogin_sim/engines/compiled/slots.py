"""The tasks of a plan by slot, as an order serves them: what does not change between replications."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.arrays import held_for
from onelogin_sim.layout import WORD, Flags, Layout, Numbers, layout
from onelogin_sim.plan import Order, Plan

Records = npt.NDArray[np.void]
Whole = npt.NDArray[np.int64]


class Slots(NamedTuple):
    """The tasks by slot, as an order serves them.

    Attributes
    ----------
    slots
        [slot + 1], a record for each, so that a task's numbers lie side by side: `task` and `number`, its class;
        `calendar`; `waits_for` and `waiting`, how many things it waits for at first and now; `length`, its
        working days, cut just beyond the horizon; `after`, a slot that waits for it, and `others_at`, where the
        others that do begin in `others`. The last is nobody's and never settles: it waits for more than will ever
        end, as what runs already does.
    slot_of, turn
        [task], [slot]: the slot of each task, and the task's turn among all.
    freezes
        [slot]: as in the layout.
    others
        Slots that wait for each slot, but for the first.
    held, held_at, held_next
        [hold-back], [slot], [hold-back]: the slot held until another ends; lists of them by what ends, one
        beyond the last at the end.
    """

    slots: Records
    slot_of: Numbers
    turn: Numbers
    freezes: Flags
    others: Numbers
    held: Whole
    held_at: Whole
    held_next: Whole


def slots(plan: Plan, order: Order) -> Slots:
    """Return the slots of a plan under an order."""
    flat = layout(plan)
    pairs = [(last, task) for task, row in enumerate(held_for(plan, order)) for last in row]
    size, kind = int(flat.first_word[-1]) * WORD, flat.item.dtype.type
    ends = np.array([end for end, _ in pairs], dtype=kind)
    names = ("task", "number", "calendar", "waits_for", "waiting", "length", "after", "others_at")
    served = Slots(
        slots=np.zeros(size + 1, dtype=[(name, kind) for name in names]).view(np.recarray),
        slot_of=np.empty(len(flat.item), dtype=kind),
        turn=np.empty(size, dtype=kind),
        freezes=np.empty(size, dtype=np.bool_),
        others=np.empty(len(flat.after), dtype=kind),
        held=np.array([task for _, task in pairs], dtype=np.int64),
        held_at=np.full(size, len(pairs), dtype=np.int64),
        held_next=np.empty(len(pairs), dtype=np.int64),
    )
    used = np.zeros(size, dtype=np.bool_)
    by_rank = np.argsort(order.rank).astype(kind)
    lay_out_order(flat, served, by_rank, flat.first_word.astype(np.int64) * WORD, used, ends)
    return served


@numba.njit(cache=True)
def lay_out_order(
    plan: Layout,
    served: Slots,
    by_rank: Numbers,
    next_slot: npt.NDArray[np.int64],
    used: Flags,
    ends: Numbers,
) -> None:
    """Fill `served`: slots item after item, what waits for what by slot, then who is held back until what ends."""
    turns, nobody = 0, len(used)
    for item in by_rank:
        for task in range(plan.task_at[item], plan.task_at[np.int64(item) + 1]):
            number = plan.class_of[task]
            here = next_slot[number]
            next_slot[number] += 1
            used[here] = True
            served.slot_of[task], served.turn[here], served.freezes[here] = here, turns, plan.freezes[task]
            served.slots[here].task, served.slots[here].number = task, number
            served.slots[here].calendar = plan.calendar[task]
            served.slots[here].waits_for = plan.waits_for[task]
            turns += 1
    place = 0
    for slot in range(nobody):
        served.slots[slot].after, served.slots[slot].others_at = nobody, place
        if used[slot]:
            task = int(served.slots[slot].task)
            for number in range(plan.after_at[task], plan.after_at[task + 1]):
                if number == plan.after_at[task]:
                    served.slots[slot].after = served.slot_of[plan.after[number]]
                else:
                    served.others[place] = served.slot_of[plan.after[number]]
                    place += 1
    served.slots[nobody].others_at, served.slots[nobody].waits_for = place, plan.endless
    for number in range(len(ends)):
        end = served.slot_of[ends[number]]
        served.held[number] = served.slot_of[served.held[number]]
        served.held_next[number] = served.held_at[end]
        served.held_at[end] = number
        served.slots[served.held[number]].waits_for += 1
    for task in plan.running:
        served.slots[served.slot_of[task]].waits_for = plan.endless
