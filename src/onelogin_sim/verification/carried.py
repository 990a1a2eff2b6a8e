"""The population at a later date: who has proved their identity since the status date, by what went live.

A scenario that is moved to a later status date states who had proved their identity at the old one. With the
go-lives so far the recursion of `verification.demand` says who has since, in expectation and segment by segment.

Simplification: at the new date, as at any status date, who has proved their identity is independent of which
services they were seen at. Whoever was seen at a service that asks for an identity was asked there, so those who are
still to come to it have proved it a little less often than this says.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from onelogin_sim.calendars import NEVER
from onelogin_sim.verification.demand import demand_of
from onelogin_sim.verification.population import Segment, Verification


def carried(stated: Verification, moved: Verification, go_live: npt.NDArray[np.integer]) -> Verification:
    """Return the moved population with what was proved between the two status dates.

    Parameters
    ----------
    stated
        The population at the old status date.
    moved
        The same people at the new one, with the shares proved at the old one.
    go_live
        int [service]: days from the new status date; from 0 on says that it is not live yet.
    """
    days = (moved.status_date - stated.status_date).days
    live = np.where(go_live < 0, go_live + days, NEVER).astype(np.int32)
    if days == 0 or bool((live >= days).all()):
        return moved
    asked = np.array([[service.asked or 0.0 for service in moved.services]])
    segments = tuple(
        _carried(replace(stated, horizon=days), place, segment, live[np.newaxis], asked)
        for place, segment in enumerate(moved.segments)
    )
    return replace(moved, segments=segments)


def _carried(
    stated: Verification,
    place: int,
    segment: Segment,
    live: npt.NDArray[np.int32],
    asked: npt.NDArray[np.float64],
) -> Segment:
    """One segment by itself: `Demand` adds them up."""
    if segment.people <= 0:
        return segment
    alone = replace(
        stated,
        segments=(stated.segments[place],),
        services=tuple(
            replace(service, users=float(users), audience=(1.0,))
            for service, users in zip(stated.services, stated.users[:, place], strict=True)
        ),
    )
    found = demand_of(alone, live, asked)
    p2 = float(found.proven_p2[0, -1]) / segment.people
    either = float(found.proven[0, -1]) / segment.people
    return replace(segment, proven_p1=max(0.0, either - p2), proven_p2=p2)
