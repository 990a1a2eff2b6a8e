"""What an optimisation says: what was found, what may be claimed of it, and what it takes to adopt it."""

from __future__ import annotations

from dataclasses import dataclass

from onelogin_sim.comparison import Comparison
from onelogin_sim.errors import Finding
from onelogin_sim.optimising.convergence import CurvePoint
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
    """A known rule, and how much better the nominated order is, in the objectives' units, with its own 95% interval.

    Attributes
    ----------
    changed
        Whether the rule by itself breaks the limits, so that it was made to keep them.
    """

    name: str
    gain: Mean
    changed: bool = False


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
        What the nominated order is called: no order of the scenario has this name, nor a rule, although it may
        be one (`rule_name`).
    nominated
        The order nominated, under that name; the planner's own where that was nominated.
    comparison
        The planner's own order and the nominated one in the same futures; None where they are one.
    rivals
        The known rules, each made to keep the limits, those most nearly as good first.
    rule
        None where the search found none, or the planner's own order was nominated.
    key_moves
        Only where an order is recommended.
    curve
        How good the incumbents of the search are, by schedules spent.
    front
        Date against user-weeks, earliest first.
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
    curve: tuple[CurvePoint, ...]
    front: tuple[FrontPoint, ...]
    findings: tuple[Finding, ...]

    @property
    def recommended(self) -> bool:
        """Whether there is an order to use in place of the planner's own: shown better, or that breaks the limits."""
        return self.proof.answer.digest != self.question.start.digest

    @property
    def shown_better(self) -> bool:
        """Whether the order recommended was shown better than the planner's own."""
        return self.recommended and self.proof.said in ("shown better", "better by little")

    @property
    def keeps_limits(self) -> bool:
        """Whether the planner's own order keeps the limits."""
        return not self.proof.own_breaks

    @property
    def rule_name(self) -> str | None:
        """Which known rule the nominated order is, None where it is none or the planner's own."""
        return self.proof.rule.name if self.proof.is_rule and self.proof.rule else None
