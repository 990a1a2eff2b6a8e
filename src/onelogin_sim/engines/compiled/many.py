# mypy: disable-error-code="untyped-decorator"
"""Many orders of one plan in the same futures, in one compiled call: go-live days alone, no timeline kept.

What a search asks for: thousands of orders, a few futures each. Orders are laid out and simulated without
Python in between, and without its lock, so that threads can share the work.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.calendars import NEVER
from onelogin_sim.draws import Draws, check_fits
from onelogin_sim.engines.compiled.kernel import simulate
from onelogin_sim.engines.compiled.slots import Slots, lay_out_order, slots
from onelogin_sim.engines.compiled.state import State, state
from onelogin_sim.layout import WORD, Ints, Layout, Numbers, layout
from onelogin_sim.plan import Order, Plan

Whole = npt.NDArray[np.int64]


class Many:
    """A plan and draws ready for many orders. Not to be shared between threads unless it splits the work itself.

    Parameters
    ----------
    plan, draws
        What is done, and the futures.
    workers
        How many threads may share the orders of a call; the result does not depend on it.
    """

    def __init__(self, plan: Plan, draws: Draws, *, workers: int = 1) -> None:
        self.plan, self.draws, self.workers = plan, draws, max(1, workers)
        listed = Order("listed", tuple(range(len(plan.items))))
        check_fits(plan, listed, draws)
        flat = layout(plan)
        spans = [plan.tasks_of[item.id] for item in plan.items]
        self._ends = np.array([(span[0], span[-1]) if span else (-1, -1) for span in spans], dtype=np.int64)
        self._goal, self._by_start, self._live_on = _goals(plan)
        self._rooms = [(slots(plan, listed), state(flat)) for _ in range(self.workers)]

    def go_live(
        self,
        ranks: npt.NDArray[np.integer[Any]],
        hold_backs: Sequence[Sequence[tuple[int, int]]],
        rows: npt.NDArray[np.integer[Any]],
        *,
        executor: Executor | None = None,
    ) -> Ints:
        """Return int32 [order, column, service]: go-live days, as `compiled.run` gives them.

        Parameters
        ----------
        ranks
            int [order, item]: rank of each item, a permutation each.
        hold_backs
            Of each order: (i, j), item i does not start before item j has finished. They form no cycle.
        rows
            int [order, column] or [column]: which of the draws' replications each order runs in, as rows.
        executor
            Threads that share the work with as many rooms as there are workers; None does it all here.
        """
        count = len(ranks)
        wanted = np.ascontiguousarray(np.broadcast_to(rows, (count, np.shape(rows)[-1])), dtype=np.int64)
        if wanted.size and not 0 <= wanted.min() <= wanted.max() < len(self.draws.days):
            raise ValueError(f"rows lie between 0 and {len(self.draws.days) - 1}, got up to {wanted.max()}")
        by_rank = np.argsort(ranks, axis=1, kind="stable").astype(layout(self.plan).item.dtype)
        held_at, held = self._held(hold_backs)
        out = np.empty((count, wanted.shape[1], len(self._goal)), dtype=np.int32)

        def part(worker: int, first: int, last: int) -> None:
            served, now = self._rooms[worker]
            _evaluate(
                layout(self.plan),
                served,
                now,
                by_rank[first:last],
                held_at[first : last + 1],
                held,
                wanted[first:last],
                self.draws.days,
                self.draws.earliest,
                self.draws.loss_start,
                self._goal,
                self._by_start,
                self._live_on,
                out[first:last],
            )

        if executor is None or self.workers == 1 or count < 2:
            part(0, 0, count)
        else:
            cuts = [count * worker // self.workers for worker in range(self.workers + 1)]
            tasks = [
                executor.submit(part, worker, cuts[worker], cuts[worker + 1])
                for worker in range(self.workers)
            ]
            for task in tasks:
                task.result()
        return out

    def _held(self, hold_backs: Sequence[Sequence[tuple[int, int]]]) -> tuple[Whole, Whole]:
        """Where each order's hold-backs begin, and int64 [hold-back, 2]: a last task, and the first task it holds."""
        pairs = [
            [
                (self._ends[until, 1], self._ends[held, 0])
                for held, until in row
                if self._ends[held, 0] >= 0 and self._ends[until, 0] >= 0
            ]
            for row in hold_backs
        ]
        at = np.cumsum([0, *(len(row) for row in pairs)], dtype=np.int64)
        return at, np.array([pair for row in pairs for pair in row], dtype=np.int64).reshape(-1, 2)


def _goals(plan: Plan) -> tuple[Whole, npt.NDArray[np.bool_], Ints]:
    """Of each service: the task whose start or finish is its go-live (-1: it is live), which, and `live_on`."""
    goals = [plan.go_live_task.get(service.id, (-1, False)) for service in plan.services]
    live_on = [NEVER if service.live_on is None else service.live_on for service in plan.services]
    return (
        np.array([task for task, _ in goals], dtype=np.int64),
        np.array([by_start for _, by_start in goals], dtype=np.bool_),
        np.array(live_on, dtype=np.int32),
    )


# Numba keeps what it compiles by the file it stands in: who changes the kernel must touch this file too.
@numba.njit(cache=True, nogil=True)
def _evaluate(
    plan: Layout,
    room: Slots,
    now: State,
    by_rank: Numbers,
    held_at: Whole,
    held: Whole,
    rows: Whole,
    days: Ints,
    earliest: Ints,
    losses: Ints,
    goal: Whole,
    by_start: npt.NDArray[np.bool_],
    live_on: Ints,
    out: Ints,
) -> None:
    """Fill `out`, int32 [order, column, service]: lay each order out, run its futures, note who is live when."""
    size = len(room.turn)
    start, finish = np.empty((1, days.shape[1]), np.int32), np.empty((1, days.shape[1]), np.int32)
    next_slot, used = np.empty(len(plan.first_word), np.int64), np.empty(size, np.bool_)
    for order in range(len(by_rank)):
        first, last = held_at[order], held_at[order + 1]
        ends = held[first:last, 0].astype(room.slot_of.dtype)
        waits = held[first:last, 1].copy()
        served = Slots(
            room.slots,
            room.slot_of,
            room.turn,
            room.freezes,
            room.others,
            waits,
            room.held_at,
            np.empty(last - first, np.int64),
        )
        served.held_at[:] = last - first
        for number in range(len(next_slot)):
            next_slot[number] = np.int64(plan.first_word[number]) * WORD
        used[:] = False
        lay_out_order(plan, served, by_rank[order], next_slot, used, ends)
        for column in range(rows.shape[1]):
            row = rows[order, column]
            simulate(
                plan,
                served,
                now,
                days[row : row + 1],
                earliest[row : row + 1],
                losses[row : row + 1],
                start,
                finish,
            )
            for service in range(len(goal)):
                task = goal[service]
                if task < 0:
                    out[order, column, service] = live_on[service]
                elif by_start[service]:
                    out[order, column, service] = start[0, task]
                else:
                    out[order, column, service] = finish[0, task]
