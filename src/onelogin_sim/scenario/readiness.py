"""When items come forward: the days a scenario states, given what is known of a department since they were stated."""

from __future__ import annotations

from datetime import date

from onelogin_sim.distributions import Distribution, table
from onelogin_sim.scenario.kinds import Uncertain
from onelogin_sim.scenario.model import Enabler, ScenarioFile, ServiceRow
from onelogin_sim.scenario.uncertain import distribution


def readiness_of(file: ScenarioFile, row: ServiceRow | Enabler) -> tuple[tuple[str, Distribution], ...]:
    """Return the draws that add up to the days until an item comes forward, each with the owner of its luck.

    A department that has not bought in does not begin its shared migrations either, so its draw holds services
    and enablers alike. One that is known to have come forward by a date has the same draw, given that it is no
    later than that.
    """
    stated = file.readiness
    owners: list[tuple[str, Uncertain | None]] = [(f"@department:{row.department}", stated.department)]
    if isinstance(row, ServiceRow):
        owners.append((row.id, stated.service))
    drawn = [(owner, distribution(days)) for owner, days in owners if days is not None]
    known = stated.come_forward.get(row.department)
    if known is not None and stated.department is not None:
        owner, days = drawn[0]
        drawn[0] = (owner, at_most(days, (known - counted_from(file)).days))
    return tuple(drawn)


def counted_from(file: ScenarioFile) -> date:
    """Return the date that readiness is counted from."""
    return file.readiness.counted_from or file.status_date


def at_most(days: Distribution, most: int) -> Distribution:
    """Return the distribution of whole days given that they are at most so many.

    F(n) / F(most) at n + ½, so that its table has exactly these chances; certainly `most` where no less is
    possible.
    """
    whole = table(days, least=0)
    if most >= whole.last:
        return days
    share = whole.probability_below(most + 1)
    if share <= 0:
        return Distribution("fixed", (float(most),))
    points = [
        part
        for number in range(whole.first, most + 1)
        for part in (number + 0.5, whole.probability_below(number + 1) / share)
    ]
    return Distribution("cumulative", tuple(points))
