"""Merge bias: what it costs that several things must all be done before work can go on.

Where paths meet, the latest decides, so the mean day of the latest is later than the latest of the mean
days: max is convex (Jensen). The difference is invisible in a plan of single numbers (MacCrimmon and
Ryavec 1964, *An analytical study of the PERT assumptions*, Operations Research 12, 16-37).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from onelogin_sim.arrays import held_for
from onelogin_sim.driving.estimates import Estimate, mean_estimate
from onelogin_sim.plan import Order, Plan
from onelogin_sim.timeline import Timeline

Counts = npt.NDArray[np.int64]


class Merge(NamedTuple):
    """A task that waits for more than one other; indices of tasks, its inputs ascending."""

    task: int
    inputs: tuple[int, ...]


class MergeSums(NamedTuple):
    """Sums over the replications of a block, of the inputs of all merges one after the other; they add up exactly.

    Attributes
    ----------
    futures
        int64 []: replications.
    finish
        int64 [input]: days it finishes, counted to the horizon.
    lead, lead_squares
        int64 [input]: days it finishes before the last input of its merge, and their squares.
    last
        int64 [input]: futures in which it is among the last to finish.
    """

    futures: Counts
    finish: Counts
    lead: Counts
    lead_squares: Counts
    last: Counts


@dataclass(frozen=True, slots=True)
class MergeInput:
    """One of the things a merge waits for: mean day it finishes, and how often it is among the last."""

    item: str
    stage: str
    finish: float
    last: float


@dataclass(frozen=True, slots=True)
class MergeBias:
    """What one merge adds.

    Attributes
    ----------
    item, stage, repeat_pass
        The task that waits.
    days
        Merge bias in calendar days: mean day on which all inputs have finished, less the latest of their
        mean finishes; days are counted to the horizon.
    all_finished
        Mean day on which all inputs have finished.
    inputs
        Most often last first, ties by item and stage. In a future in which several finish last, each counts.
    """

    item: str
    stage: str
    repeat_pass: int
    days: Estimate
    all_finished: float
    inputs: tuple[MergeInput, ...]


def merges(plan: Plan, order: Order) -> tuple[Merge, ...]:
    """Return the tasks that wait for at least two others, through dependencies or hold-backs, by task index.

    Work that has begun waits for nothing, and readiness and release dates are no work: neither is counted.
    """
    held = held_for(plan, order)
    found = []
    for task, before in enumerate(plan.predecessors):
        inputs = tuple(sorted({*before, *held[task]}))
        if len(inputs) > 1 and plan.tasks[task].since is None:
            found.append(Merge(task, inputs))
    return tuple(found)


def merge_sums(timeline: Timeline, found: tuple[Merge, ...]) -> MergeSums:
    """Return the sums of a block of replications.

    Parameters
    ----------
    timeline
        Output of an engine.
    found
        The merges of its plan.
    """
    size = sum(len(merge.inputs) for merge in found)
    sums = MergeSums(
        np.array(len(timeline.replications), dtype=np.int64),
        *(np.zeros(size, dtype=np.int64) for _ in range(4)),
    )
    place = 0
    for merge in found:
        finish = np.minimum(timeline.finish[:, merge.inputs], timeline.plan.horizon).astype(np.int64)
        lead = finish.max(axis=1, keepdims=True) - finish
        span = slice(place, place + len(merge.inputs))
        sums.finish[span] = finish.sum(axis=0)
        sums.lead[span] = lead.sum(axis=0)
        sums.lead_squares[span] = (lead * lead).sum(axis=0)
        sums.last[span] = (lead == 0).sum(axis=0)
        place = span.stop
    return sums


def add(first: MergeSums, second: MergeSums) -> MergeSums:
    """Return the sums of two blocks together."""
    return MergeSums(*(one + other for one, other in zip(first, second, strict=True)))


def merge_bias(plan: Plan, found: tuple[Merge, ...], sums: MergeSums) -> tuple[MergeBias, ...]:
    """Return what each merge adds, most first; ties in the order of the plan's tasks.

    E[max] - max E is the smallest mean lead, that of the input which is latest on average; its interval is
    that of a mean of paired differences. It is not below zero, as max is convex. Choosing the latest input
    by the same futures makes the estimate err to the small side, by less than the interval says.
    """
    futures = int(sums.futures)
    result = []
    place = 0
    for merge in found:
        span = range(place, place + len(merge.inputs))
        place = span.stop
        latest = min(span, key=lambda at: int(sums.lead[at]))
        bias = mean_estimate(futures, int(sums.lead[latest]), int(sums.lead_squares[latest]))
        inputs = [
            MergeInput(
                plan.tasks[task].item,
                plan.tasks[task].stage,
                int(sums.finish[at]) / futures,
                int(sums.last[at]) / futures,
            )
            for at, task in zip(span, merge.inputs, strict=True)
        ]
        inputs.sort(key=lambda one: (-one.last, one.item, one.stage))
        task = plan.tasks[merge.task]
        result.append(
            MergeBias(
                task.item,
                task.stage,
                task.repeat_pass,
                Estimate(bias.mean, max(bias.low, 0.0), bias.high),
                int(sums.finish[latest] + sums.lead[latest]) / futures,
                tuple(inputs),
            )
        )
    return tuple(sorted(result, key=lambda merge: -merge.days.mean))
