"""What advice on the next free slot says: which slot it is, who may have it, what is gained, what may be claimed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from onelogin_sim.claims import Claim
from onelogin_sim.optimising.first_places import LeftOut
from onelogin_sim.optimising.next_slot import Slot
from onelogin_sim.orders.search.problem import Limits, Objectives
from onelogin_sim.pairs import Mean
from onelogin_sim.plan import Order, Plan

#: What is said of one order against another: better by an interval, and by enough to act on; better, but by less
#: than that; as good within the indifference zone; worse; nothing; or the same in every future.
Said = Literal[
    "shown better", "better by little", "equivalent", "shown worse", "not distinguishable", "the same"
]


@dataclass(frozen=True, slots=True)
class Choice:
    """An item that competes for the next slot.

    Attributes
    ----------
    item
        Its id.
    place
        Its place in the base order among the items that are not done, from 1.
    competes
        Share of the futures in which it competes for the next slot.
    gets
        Share of the futures in which the base order gives it the slot.
    gain
        How much better than the base order as it stands, in the objectives' units, when it is served first;
        with a 95% interval, in the futures that rank.
    order
        The base order with the item first.
    """

    item: str
    place: int
    competes: float
    gets: float
    gain: Mean
    order: Order


@dataclass(frozen=True, slots=True, eq=False)
class Advice:
    """Who should get the next free slot.

    Attributes
    ----------
    given, base
        The planner's order, and what the limits make of it: the same where it keeps them.
    slot
        Which slot it is, when, and who wants it.
    own
        Id of the item that the base order gives it to in most futures.
    choices
        Best first; at least two. Ties in the order of the base.
    waiting
        Ids of items taken to have come forward, because they were named as candidates.
    left_out
        Who would compete but for hold-backs and limits.
    against_own
        The paired test of the first choice, a, against the base order as it stands, b.
    against_second
        The same against the second choice.
    ranked, claimed
        Replications that ranked the choices, and those the tests rest on.
    level
        Confidence level of each test.
    """

    plan: Plan
    given: Order
    base: Order
    objectives: Objectives
    limits: Limits
    slot: Slot
    own: str
    waiting: tuple[str, ...]
    choices: tuple[Choice, ...]
    left_out: tuple[LeftOut, ...]
    against_own: Claim
    against_second: Claim
    ranked: range
    claimed: range
    seed: int
    delta: float
    level: float = 0.95

    @property
    def deviates(self) -> bool:
        """Whether the first choice is shown better than the order as it stands, by enough to act on."""
        return said(self.against_own) == "shown better"

    @property
    def next(self) -> str:
        """Id of the item that should get the slot: the first choice where that is shown, else the order's own."""
        return self.choices[0].item if self.deviates else self.own


def said(claim: Claim) -> Said:
    """Return what a paired test says of its first order against its second."""
    if claim.verdict == "identical":
        return "the same"
    if claim.verdict == "a better":
        return "better by little" if claim.within_delta else "shown better"
    if claim.within_delta and not claim.shares_lead:
        return "equivalent"
    return "shown worse" if claim.verdict == "b better" else "not distinguishable"


@dataclass(frozen=True, slots=True, eq=False)
class Advised:
    """Advice with the scenario it was asked of.

    Attributes
    ----------
    title, variants
        Of the scenario.
    status_date
        The scenario's own; the plan's is the date of the advice.
    actuals
        Name of the table of what has happened since, None where nothing was given.
    actuals_digest
        SHA-256 of its content.
    notes
        What was decided of what has dates when the status date moved on, in sentences.
    """

    title: str
    variants: tuple[str, ...]
    status_date: date
    advice: Advice
    actuals: str | None = None
    actuals_digest: str | None = None
    notes: tuple[str, ...] = ()
