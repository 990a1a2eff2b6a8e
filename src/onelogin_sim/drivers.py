"""What drives the date, and where the time goes: the sums of chains as shares and mean days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onelogin_sim.chains import CAUSES, GAPS, Sums, stage_names
from onelogin_sim.plan import Plan

__all__ = ["CAUSES", "Driver", "Drivers", "TimeUse", "drivers", "time_use"]


@dataclass(frozen=True, slots=True)
class Driver:
    """How much one service, stage, resource or other cause drives a target.

    Attributes
    ----------
    kind
        ``item`` (service or enabler), ``stage``, ``resource`` or ``other`` (readiness, calendar, frozen,
        capacity change).
    criticality
        Criticality index: share of the futures in whose driver chain it appears.
    days
        Mean calendar days over those futures: worked on the chain (items, stages), passed (other), or, for
        a resource, that part of the chain during which what came next stood ready and queued for it. Items
        and other add up to the mean length of the chain, and so do stages and other.
    """

    kind: str
    id: str
    criticality: float
    days: float


@dataclass(frozen=True, slots=True)
class Drivers:
    """What drives one target, for the futures that meet it within the horizon and, apart, for those that miss it.

    Attributes
    ----------
    target
        Id of the target.
    futures
        Number of futures summed.
    met
        Whether these are the futures that meet the target within the horizon, or those that do not.
    drivers
        Most critical first, ties by days, then kind and id.
    links
        (item, next item, share of the futures): how often one follows the other on the chain.
    """

    target: str
    met: bool
    futures: int
    drivers: tuple[Driver, ...]
    links: tuple[tuple[str, str, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class TimeUse:
    """Where the calendar days of unfinished items go, up to the horizon, mean over replications.

    Attributes
    ----------
    stages
        Stage names, in pathway order.
    by_stage
        float64 [stage, cause]: mean days a replication, summed over the items; causes as in `CAUSES`.
    resources
        Resource ids.
    by_resource
        float64 [resource]: mean days a replication that tasks queued for it.
    items, by_item
        Item ids, and float64 [item, cause].
    """

    stages: tuple[str, ...]
    by_stage: npt.NDArray[np.float64]
    resources: tuple[str, ...]
    by_resource: npt.NDArray[np.float64]
    items: tuple[str, ...]
    by_item: npt.NDArray[np.float64]


def drivers(plan: Plan, sums: Sums) -> tuple[Drivers, ...]:
    """Return the drivers of each target, first of the futures that meet it, then of those that miss it."""
    kinds = (
        *(("item", item.id) for item in plan.items),
        *(("stage", name) for name in stage_names(plan)),
        *(("resource", resource.id) for resource in plan.resources),
        *(("other", name) for name in GAPS),
    )
    result = []
    for index, target in enumerate(plan.targets):
        for missed in (0, 1):
            futures = int(sums.futures[index, missed])
            if futures == 0:
                continue
            found = [
                Driver(
                    kind,
                    name,
                    int(sums.present[index, missed, cause]) / futures,
                    int(sums.days[index, missed, cause]) / futures,
                )
                for cause, (kind, name) in enumerate(kinds)
                if sums.present[index, missed, cause]
            ]
            found.sort(key=lambda driver: (-driver.criticality, -driver.days, driver.kind, driver.id))
            result.append(
                Drivers(
                    target.id, not missed, futures, tuple(found), _links(plan, sums, index, missed, futures)
                )
            )
    return tuple(result)


def _links(
    plan: Plan, sums: Sums, target: int, missed: int, futures: int
) -> tuple[tuple[str, str, float], ...]:
    rows = sums.links[(sums.links[:, 0] == target) & (sums.links[:, 1] == missed)]
    rows = rows[np.lexsort((rows[:, 2], -rows[:, 3]))]
    count = len(plan.items)
    return tuple(
        (plan.items[code // count].id, plan.items[code % count].id, number / futures)
        for _, _, code, number in rows.tolist()
    )


def time_use(plan: Plan, sums: Sums, replications: int) -> TimeUse:
    """Return where the time goes, as means over the replications."""
    stages = stage_names(plan)
    by_stage = np.zeros((len(stages), len(CAUSES)))
    by_item = np.zeros((len(plan.items), len(CAUSES)))
    for task, days in zip(plan.tasks, sums.time_use, strict=True):
        by_stage[stages.index(task.stage)] += days
        by_item[plan.item_index[task.item]] += days
    return TimeUse(
        stages,
        by_stage / replications,
        tuple(resource.id for resource in plan.resources),
        sums.queued / replications,
        tuple(item.id for item in plan.items),
        by_item / replications,
    )
