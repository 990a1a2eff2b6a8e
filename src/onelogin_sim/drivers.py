"""What drives the date: the chain of starts and waits back from the day a target is met, and where time goes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

#: Where an item's time goes, in the order of `TimeUse.days`.
CAUSES = ("working", "dependency", "readiness", "resource", "calendar", "frozen")


@dataclass(frozen=True, slots=True)
class Driver:
    """How much one service, stage, resource or other cause drives a target.

    Attributes
    ----------
    kind
        ``service`` (or enabler), ``stage``, ``resource`` or ``other`` (readiness, calendar, freeze).
    criticality
        Criticality index: share of the futures in whose driver chain it appears.
    days
        Mean calendar days it takes up on the chain, over the same futures. For services and stages, days
        worked on the chain; for resources, days between a freed unit and... see `Drivers`.
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
        ((item, item) -> share): how often one item is followed by another on the chain, for the graph.
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
        float64 [resource]: mean days a replication that tasks waited for it.
    items, by_item
        Item ids, and float64 [item, cause].
    """

    stages: tuple[str, ...]
    by_stage: npt.NDArray[np.float64]
    resources: tuple[str, ...]
    by_resource: npt.NDArray[np.float64]
    items: tuple[str, ...]
    by_item: npt.NDArray[np.float64]
