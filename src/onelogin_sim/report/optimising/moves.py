"""Plain sentences about what a planner adopts: the few moves that matter, and the rule to serve by."""

from __future__ import annotations

from onelogin_sim.optimising.key_moves import ENOUGH, KeyStep, Move
from onelogin_sim.optimising.optimised import Optimised
from onelogin_sim.pairs import Mean
from onelogin_sim.plan import Plan
from onelogin_sim.report import formats
from onelogin_sim.report.optimising import words

#: Moves that a sentence names; more are in the table.
NAMED = 3

#: Features of the readable rule that are told: those that weigh most.
TOLD = 4

#: What each feature says of an item that comes first: by much of it, and by little.
READ = {
    "tail": ("a long path behind its first stage", "a short path behind its first stage"),
    "path": ("a long path to its end", "a short path to its end"),
    "waiting": ("many stages waiting for it", "few stages waiting for it"),
    "work behind": (
        "much work, its own and what waits for it",
        "little work, its own and what waits for it",
    ),
    "own work": ("much work of its own", "little work of its own"),
    "own weighted work": ("much work at scarce resources", "little work at scarce resources"),
    "weighted work behind": (
        "much work at scarce resources, its own and what waits for it",
        "little work at scarce resources, its own and what waits for it",
    ),
    "weighted path": (
        "a long path of work at scarce resources",
        "a short path of work at scarce resources",
    ),
    "unlocks": ("a first stage that frees many others", "a first stage that frees few others"),
    "demand": (
        "a first stage that holds much of scarce resources",
        "a first stage that holds little of scarce resources",
    ),
    "largest demand": (
        "a first stage that holds much of one resource",
        "a first stage that holds little of any resource",
    ),
    "head": ("a long path before its first stage", "a short path before its first stage"),
    "users": ("many users", "few users"),
    "users per bottleneck week": (
        "many users for each week at the bottleneck",
        "few users for each week at the bottleneck",
    ),
    "comes forward": ("an early day of coming forward", "a late day of coming forward"),
    "department": ("many unfinished items in its department", "few unfinished items in its department"),
}


def few_moves(found: Optimised) -> str:
    """Return which few moves give most of the gain; empty where no order is recommended."""
    moves = found.key_moves
    if moves is None:
        return ""
    first = mending(found)
    count = moves.enough or moves.shown
    if moves.mending and moves.moves == len(moves.mending.moves):
        return f"{first}That is the whole order."
    if not count:
        whole = f"it takes the whole list, {_moves(moves.moves)}"
        more = "No few moves more" if first else "No few moves"
        return f"{first}{more} can be shown to help by themselves: {whole}."
    steps = moves.steps[:count]
    made = [one for step in steps for one in step.moves]
    what = "this move" if len(made) == 1 else f"these {len(made)} moves"
    got = f"{gain(found, steps[-1].gain)}, {_share(steps[-1])} of what {_moves(moves.moves)} give"
    said = f"{first}Make {what} and get {got}"
    if moves.enough is None:
        verb = "gives" if len(made) == 1 else "give"
        said = f"{first}No few moves are shown to give {ENOUGH:.0%} of the gain: {what} {verb} {got}"
    missed = steps[-1].missed
    misses = f" By themselves they do not keep {formats.listed(list(missed), NAMED)}." if missed else ""
    if len(made) > NAMED:
        return f"{said}; they are listed below.{misses}"
    return f"{said}: {'; '.join(move(one, found.plan) for one in made)}.{misses}"


def mending(found: Optimised) -> str:
    """Return what makes the planner's own list keep the limits, and what that costs; empty where it keeps them."""
    step = found.key_moves.mending if found.key_moves else None
    if step is None:
        return ""
    made = "; ".join(move(one, found.plan) for one in step.moves)
    how = made or "hold back what the limits hold back, the list as it is"
    cost = Mean(-step.gain.value, -step.gain.high, -step.gain.low)
    change = "gains" if step.gain.value > 0 else "costs"
    amount = gain(found, step.gain if step.gain.value > 0 else cost)
    return f"First make your own list keep the limits, which {change} {amount}: {how}. "


def move(one: Move, plan: Plan, *, neighbour: bool = True) -> str:
    """Return a move in words, with the neighbour that it comes to stand behind."""
    name = _name(plan, one.item)
    if one.kind == "place":
        behind = f", behind {_name(plan, one.follows)}" if one.follows and neighbour else ""
        return f"{name} from place {one.before} to {one.after}{behind}"
    assert one.until is not None
    other = _name(plan, one.until)
    if one.kind == "hold back":
        return f"{name} waits until {other} has finished"
    return f"{name} no longer waits for {other}"


def moves_note(found: Optimised) -> str:
    """Return how the moves are to be read, and how they were chosen."""
    lanes = ""
    if found.question.limits.at_once:
        lanes = (
            " With each list go the hold-backs that keep 'at most so many at once': column hold_backs of "
            "tables/key_moves.csv."
        )
    return (
        "Make them in this order, each on the list that the moves before it left; places count what is not done. "
        "Each was chosen for what it gains on top of those before; gains so far are against your own list as it is, "
        "in the futures of the claim, so a later one can be lower; their intervals hold all together with 95%. "
        f"tables/key_moves.csv has the neighbours.{lanes}"
    )


def gain(found: Optimised, entry: Mean) -> str:
    """Return a gain with its unit and interval."""
    low, high = words.amount(entry.low), words.amount(entry.high)
    return f"{words.amount(entry.value)} {words.unit(found.question)} ({low} to {high})"


def rule(found: Optimised) -> str:
    """Return the rule a planner can read and what it loses; empty where there is none."""
    if found.rule is None:
        return ""
    weights = found.rule.rule.weights
    percent = weight_percents(weights)
    terms = [f"{read(name, weight)} ({percent[name]:.0f}%)" for name, weight in weights[:TOLD]]
    rest = 100 - sum(round(percent[name]) for name, _ in weights[:TOLD])
    more = f", then by {len(weights) - TOLD} terms that weigh {rest}% together" if len(weights) > TOLD else ""
    loss = found.rule.loss
    said = f"As a rule, serve first what has {formats.listed(terms, TOLD)}{more}."
    if not any(loss):
        return f"{said} The rule does as well as the full order in every future."
    change = "loses" if loss.value >= 0 else "gains"
    apart = loss if loss.value >= 0 else Mean(-loss.value, -loss.high, -loss.low)
    return f"{said} Against the full order the rule {change} {gain(found, apart)}."


def rule_note() -> str:
    """Return what the rule's percentages mean."""
    return (
        "The rule adds up what each item has of each term, counted in standard deviations from the mean of all "
        "items, times the term's weight, and serves the highest sum first. Percentages are shares of all weights; "
        "tables/rule.csv has every term."
    )


def read(feature: str, weight: float) -> str:
    """Return what a term of the rule says of an item that comes first."""
    much, little = READ[feature]
    return much if weight > 0 else little


def weight_percents(weights: tuple[tuple[str, float], ...]) -> dict[str, float]:
    """Return each term's share of all weights, in percent."""
    whole = sum(abs(weight) for _, weight in weights)
    return {name: 100 * abs(weight) / whole if whole else 0.0 for name, weight in weights}


def _moves(count: int) -> str:
    return formats.plural(count, "move")


def _share(step: KeyStep) -> str:
    return formats.percent(max(step.share, 0.0))


def _name(plan: Plan, item: str) -> str:
    return plan.items[plan.item_index[item]].name
