"""What the interval of a mean does not cover: rare futures that make a large difference.

Student's t holds where many futures share in the mean. Where an order is a little better in many futures and far worse
in a few that are too rare to be among those seen, the interval excludes 0 more often than it says. What could be there
unseen is bounded: of what is not among n futures the chance is under 3 in n, with 95% confidence (Hanley and
Lippman-Hand 1983). So a claim is safe from it where nothing can be so bad that 3 in n of it would undo the mean.
"""

from __future__ import annotations

from onelogin_sim.claims import Claim
from onelogin_sim.orders.search.problem import Objectives
from onelogin_sim.plan import Plan
from onelogin_sim.report import formats

#: Futures against the claim from which on it is known how much they are against it.
ENOUGH = 20

#: Share of the squares carried by one future in a hundred, from which on few carry the mean.
MUCH = 0.5

#: Futures out of those seen that may be of a kind unseen.
UNSEEN = 3


def worst(objectives: Objectives, plan: Plan) -> float:
    """Return how far apart two orders can be in one future, in the objectives' units, times their prices.

    Percentiles count nothing: what is rare does not move them.
    """
    people = (
        sum(segment.people for segment in objectives.verification.segments) if objectives.verification else 0
    )
    ranges = {
        "mean": plan.horizon,
        "probability": 100.0,
        "user_weeks": 100.0,
        "checks_avoided": people / 1000,
    }
    pairs = zip(objectives.parts, objectives.prices, strict=True)
    return sum(price * ranges.get(part.kind, 0.0) for part, price in pairs)


def caveat(claim: Claim, most: float, unit: str) -> str:
    """Return what is to be said of an order claimed to be better or worse than another; empty where nothing is.

    Parameters
    ----------
    claim
        A claim of a mean.
    most
        As `worst`.
    unit
        What differences are counted in.
    """
    if claim.verdict not in ("a better", "b better") or claim.low == claim.high or most == 0:
        return ""
    count = claim.replications
    against, word = (claim.later, "worse") if claim.verdict == "a better" else (claim.earlier, "better")
    undone = abs(claim.mean) * count / UNSEEN
    if against < ENOUGH and undone <= most:
        seen = f"only {against}" if against else "none"
        size = formats.number(undone) if undone >= 10 else f"{undone:.1f}".removesuffix(".0")
        return (
            f"Rare futures may be missing: it is {word} in {seen} of {count:,}. Were it {word} by {size} {unit} more "
            f"in {UNSEEN} of {count:,}, nothing would be left of the difference, and the interval (Student's t) does "
            "not cover that."
        )
    if claim.carried > MUCH:
        few = formats.plural(max(count // 100, 1), "future")
        return (
            f"Few futures carry the difference: {few} of {count:,} make up {formats.percent(claim.carried)} of the sum "
            "of its squares, so the interval (Student's t) holds less often than the 95% it says."
        )
    return ""
