"""One replication under way: the memory the kernel works in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from onelogin_sim.layout import WORD, Bits, Flags, Ints, Layout, Numbers


class State(NamedTuple):
    """One replication under way.

    Attributes
    ----------
    free
        [resource]: units free today, below zero where capacity fell under use.
    ready
        [word]: ready tasks, a bit each.
    ready_count, low_word
        [class]: ready tasks of a class, and a word below which it has no ready bit.
    some_free, some_ready
        [word]: sole classes of whose resource enough is free, and those with ready tasks: both together is
        who starts something.
    look_at, asleep
        [word]: other classes the next hand-out looks at; those that fit but wait for a calendar.
    bucket, link
        [day], [entry]: one more than the first entry of a day and than the entry after each; 0 for none.
        Entry s is the end of the task in slot s, slots + s its item coming forward; then steps of planned
        capacity, then two for each capacity loss. Buckets are empty again when a replication ends.
    eventful
        [word]: days with anything to do, a bit each.
    settling
        [slot]: tasks with nothing more to wait for; how many there are is passed along.
    contest, turn
        [contestant]: in a hand-out the classes that compete, and the turn of each one's first.
    head, head_word, head_bits, resume
        [class]: the slot of that first, where to look for the next, and the first day a calendar lets one that
        was passed over start.
    blocked
        [resource]: blocked for the rest of a strict hand-out.
    """

    free: Ints
    ready: Bits
    ready_count: Ints
    low_word: Numbers
    some_free: Bits
    some_ready: Bits
    look_at: Bits
    asleep: Bits
    bucket: Numbers
    link: Numbers
    eventful: Bits
    settling: Numbers
    contest: Numbers
    turn: Ints
    head: Ints
    head_word: Numbers
    head_bits: Bits
    resume: Ints
    blocked: Flags


def state(flat: Layout) -> State:
    """Return room for a replication of a plan."""
    classes, words, kind = len(flat.need_at) - 1, int(flat.first_word[-1]), flat.item.dtype
    slots = words * WORD

    def numbers(size: int) -> Numbers:
        return np.zeros(size, dtype=kind)

    def ints(size: int) -> Ints:
        return np.zeros(size, dtype=np.int32)

    def bits(size: int) -> Bits:
        return np.zeros(size, dtype=np.uint64)

    return State(
        free=ints(len(flat.capacity)),
        ready=bits(words + 1),
        ready_count=ints(classes),
        low_word=numbers(classes),
        some_free=bits(flat.rivals.shape[1]),
        some_ready=bits(flat.rivals.shape[1]),
        look_at=bits(flat.rivals.shape[1]),
        asleep=bits(flat.rivals.shape[1]),
        bucket=numbers(flat.horizon),
        link=numbers(2 * slots + len(flat.step_day) + 2 * len(flat.loss_days)),
        eventful=bits(-(-flat.horizon // 64)),
        settling=numbers(slots + 1),
        contest=numbers(classes),
        turn=ints(classes),
        head=ints(classes),
        head_word=numbers(classes),
        head_bits=bits(classes),
        resume=ints(classes),
        blocked=np.zeros(len(flat.capacity), dtype=np.bool_),
    )
