"""What may be said of the orders a search found, from futures it never saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from onelogin_sim.claims import Claim
from onelogin_sim.plan import Order

#: What is said: the order found is better; as good, within the indifference zone; or no order found is
#: distinguishably better than the planner's own.
Said = Literal["shown better", "equivalent", "not distinguishable"]


@dataclass(frozen=True, slots=True)
class Proof:
    """What may be claimed of an order that was found, against the planner's own.

    Attributes
    ----------
    answer
        The order to use: the nominated one if it is "shown better", otherwise the planner's own.
    said
        What is claimed of the nominated order.
    nominated
        The finalist that Kim and Nelson's procedure chose from all finalists and the planner's own.
    claim
        The paired test behind it: a is the nominated order, b the planner's own; None when the nominated order
        is the planner's own. In days for one objective "mean", otherwise in the objectives' units.
    nomination, claimed
        Replications used for the one and for the other, none of them both.
    """

    answer: Order
    said: Said
    nominated: Order
    claim: Claim | None
    nomination: range
    claimed: range
