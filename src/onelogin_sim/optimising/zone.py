"""How much is too little to act on, where the planner does not say: a difference in days is not one in percent."""

from __future__ import annotations

from onelogin_sim.comparison import DELTA
from onelogin_sim.orders.search.problem import Kind, Objectives

#: A week of days; a percentage point of a chance; half a percent of the user-weeks there could be.
ZONES: dict[Kind, float] = {
    "mean": DELTA,
    "p50": DELTA,
    "p80": DELTA,
    "probability": 1.0,
    "user_weeks": 0.5,
}

#: People for each of whom one identity check avoided by one of them is worth acting on: checks are counted, and a
#: count says nothing without the size of the population.
PEOPLE = 1000


def default_delta(objectives: Objectives) -> float:
    """Return the indifference zone of objectives in their units, times their prices.

    With first things first it is that of the first. With weights it is the smallest that any objective alone
    would have: what matters by itself matters in the sum.
    """
    zones = [
        _zone(part.kind, objectives) * price
        for part, price in zip(objectives.parts, objectives.prices, strict=True)
    ]
    return min(zones) if objectives.weights else zones[0]


def _zone(kind: Kind, objectives: Objectives) -> float:
    if kind != "checks_avoided":
        return ZONES[kind]
    assert objectives.verification is not None, "objectives are valid when they exist"
    people = sum(segment.people for segment in objectives.verification.segments)
    # In thousands, to two figures: nobody reads more into it.
    return float(f"{people / PEOPLE / 1000:.2g}")
