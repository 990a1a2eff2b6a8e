"""How many of a station's visitors have passed another one before, on the same route or on one tried earlier."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from onelogin_sim.verification.population import Verification
from onelogin_sim.verification.workload import who_comes


def passed_before(verification: Verification) -> npt.NDArray[np.float64]:
    """Return float64 [station, other]: the share of a station's visits made by who has visited the other before.

    People begin, pass on and fail as in `routes.outcome`; who waits too long and leaves counts as served. A visit
    early on a route is taken to be independent of those on the routes before. Nan where nobody comes.
    """
    routes, stations = verification.routes, {one.id: place for place, one in enumerate(verification.stations)}
    places = {route.id: place for place, route in enumerate(routes)}
    found, visits = np.zeros((len(stations), len(stations))), np.zeros(len(stations))
    people = np.add(*who_comes(verification))
    for segment, weight in zip(verification.segments, people.tolist(), strict=True):
        whole = segment.able_share
        if not whole:
            continue
        levels = sorted({share for share in segment.able if share > 0}, reverse=True)
        for easy, hard in zip(levels, [*levels[1:], 0.0], strict=True):
            for begin in routes:
                still, passed = weight * begin.choice * (easy - hard) / whole, np.zeros(len(stations))
                place: int | None = places[begin.id]
                while place is not None and still:
                    here = routes[place]
                    if segment.able[place] >= easy:
                        for step in here.steps:
                            at = stations[step.station]
                            visits[at] += still * step.share
                            found[at] += still * step.share * passed
                            passed[at] = 1 - (1 - passed[at]) * (1 - step.share)
                        still *= (1 - here.success) * (1 - here.gives_up)
                    place = None if here.then is None else places[here.then]
    with np.errstate(invalid="ignore"):
        shares: npt.NDArray[np.float64] = found / visits[:, None]
    return shares
