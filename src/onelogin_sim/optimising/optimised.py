"""What an optimisation says: what was found, what may be claimed of it, and what it takes to adopt it."""

from __future__ import annotations

from dataclasses import dataclass

from onelogin_sim.comparison import Comparison
from onelogin_sim.errors import Finding
from onelogin_sim.optimising.front import FrontPoint
from onelogin_sim.optimising.key_moves import KeyMoves
from onelogin_sim.orders.search.problem import Found, Limits, Objectives, PriorityRule
from onelogin_sim.orders.search.proof import Proof
from onelogin_sim.pairs import Mean
from onelogin_sim.plan import Order, Plan


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, apart from the plan.

    Attributes
    ----------
    start
        The planner's own order.
    target
        Index of the target that tables and trade-offs are about.
    budget
        Schedules the search may spend.
    replications
        Futures for each of: the before-and-after table, the nomination, the claim.
    delta
        Indifference zone: days, or what the objectives count in.
    """

    objectives: Objectives
    limits: Limits
    start: Order
    target: int
    budget: int
    replications: int
    seed: int
    delta: float

    @property
    def compared(self) -> range:
        """Replications of the before-and-after table, and of the trade-offs: those of a forecast."""
        return range(self.replications)

    @property
    def proved(self) -> range:
        """Replications of the proof: first those that nominate, then those the claim rests on."""
        return range(self.replications, 3 * self.replications)


@dataclass(frozen=True, slots=True)
class Rival:
    """A known order, and how much better the order found is, in the objectives' units, with its own 95% interval."""

    name: str
    gain: Mean


@dataclass(frozen=True, slots=True)
class ReadableRule:
    """The rule a planner can read, and how much worse it is than the full order found, with a 95% interval."""

    rule: PriorityRule
    loss: Mean


@dataclass(frozen=True, slots=True, eq=False)
class Optimised:
    """Everything an optimisation says.

    Attributes
    ----------
    name
        What the nominated order is called: no order of the scenario has this name.
    nominated
        The order nominated, under that name; the planner's own where that was nominated.
    comparison
        The planner's own order and the nominated one in the same futures; None where they are one.
    rivals
        The priority rules, those most nearly as good first.
    rule
        None where the search found none, or the planner's own order was nominated.
    key_moves
        Only where the nominated order was shown better.
    front
        Date against user-weeks, earliest first.
    keeps_limits
        Whether the planner's own order keeps what can be kept by construction: must-befores, first, last and
        at once.
    """

    title: str
    variants: tuple[str, ...]
    plan: Plan
    question: Question
    name: str
    found: Found
    proof: Proof
    nominated: Order
    comparison: Comparison | None
    rivals: tuple[Rival, ...]
    rule: ReadableRule | None
    key_moves: KeyMoves | None
    front: tuple[FrontPoint, ...]
    keeps_limits: bool
    findings: tuple[Finding, ...]

    @property
    def shown_better(self) -> bool:
        """Whether there is an order to recommend in place of the planner's own."""
        return self.proof.answer.digest != self.question.start.digest
