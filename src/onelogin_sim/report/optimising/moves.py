"""Plain sentences about what a planner adopts: the few moves that matter, and the rule to serve by."""

from __future__ import annotations

from onelogin_sim.optimising.key_moves import ENOUGH, KeyMoves, Move
from onelogin_sim.optimising.optimised import Optimised
from onelogin_sim.orders.search.features import FEATURES
from onelogin_sim.plan import Plan
from onelogin_sim.report import formats
from onelogin_sim.report.optimising import words

#: Features of the readable rule that are told: those that weigh most.
TOLD = 4


def few_moves(found: Optimised) -> str:
    """Return which few moves give most of the gain; empty where no order is recommended."""
    moves = found.key_moves
    if moves is None:
        return ""
    if not moves.steps:
        return f"No single one of the {moves.moves} moves gains anything by itself: it takes them together."
    count = moves.enough or len(moves.steps)
    share = formats.percent(max(moves.steps[count - 1].share, 0.0))
    what = "this 1 move" if count == 1 else f"these {count} moves"
    said = f"Make {what} of {moves.moves} and get {share} of the gain"
    if moves.enough is None:
        most = "best move" if count == 1 else f"{count} best moves"
        verb = "gives" if count == 1 else "give"
        said = f"No few moves give {ENOUGH:.0%} of the gain: the {most} of {moves.moves} {verb} {share}"
    return f"{said}: {'; '.join(move(step.move, found.plan) for step in moves.steps[:count])}."


def move(one: Move, plan: Plan) -> str:
    """Return a move in words."""
    name = _name(plan, one.item)
    if one.until is None:
        return f"{name} from place {one.before} to {one.after}"
    other = _name(plan, one.until)
    if one.kind == "hold back":
        return f"{name} waits until {other} has finished"
    return f"{name} no longer waits for {other}"


def moves_note(moves: KeyMoves) -> str:
    """Return how the moves were chosen."""
    return (
        f"Moves were chosen one by one, each for what it gains on top of those before; {moves.moves} moves are the "
        "whole way. Shares are measured in the futures of the claim, so a later one can be lower."
    )


def rule(found: Optimised) -> str:
    """Return the rule a planner can read and what it loses; empty where there is none."""
    if found.rule is None:
        return ""
    weights = found.rule.rule.weights
    terms = [
        f"{'+' if weight > 0 else '-'}{abs(weight):.2f} of {FEATURES[name]}"
        for name, weight in weights[:TOLD]
    ]
    more = f" and {len(weights) - TOLD} smaller terms" if len(weights) > TOLD else ""
    loss, lost = found.rule.loss, words.amount
    return (
        f"As a rule: serve by the highest sum of {'; '.join(terms)}{more} (each standardised over the items). "
        f"Against the full order it loses {lost(loss.value)} ({lost(loss.low)} to {lost(loss.high)}) "
        f"{words.unit(found.question)}."
    )


def _name(plan: Plan, item: str) -> str:
    return plan.items[plan.item_index[item]].name
