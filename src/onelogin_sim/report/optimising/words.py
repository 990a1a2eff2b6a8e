"""Plain sentences made from an optimisation: the order shown better or none, what it takes, what it costs."""

from __future__ import annotations

from onelogin_sim.optimising.optimised import Optimised, Question
from onelogin_sim.orders.search.problem import KINDS, Objective
from onelogin_sim.pairs import Mean
from onelogin_sim.plan import Plan
from onelogin_sim.report import formats, words

#: What the numbers rest on, said once.
NOTES = (
    "The search used futures of its own: neither the proof nor any table rests on a future it saw.",
    "All orders see the same luck (common random numbers); days are counted to the horizon.",
    "Gains have intervals at 95% each; the claim is the one that the answer rests on.",
    words.ERROR_CAVEAT,
)


def title(found: Optimised) -> str:
    """Return what was asked, as a heading."""
    return f"{found.title}: a better order than '{found.question.start.name}'?"


def answer(found: Optimised) -> str:
    """Return the sentence a planner takes to a board: the order shown better, or that none is."""
    proof, question = found.proof, found.question
    own, futures = f"'{question.start.name}'", formats.plural(len(proof.claimed), "future")
    if proof.claim is None:
        return (
            f"No order found is distinguishably better than yours, {own}: of all finalists yours was nominated. "
            "Keep it."
        )
    claim = proof.claim
    amount = difference(Mean(claim.mean, claim.low, claim.high), question, found.plan)
    if found.shown_better:
        little = ", surely, but by less than what is worth acting on" if claim.within_delta else ""
        same = ""
        if claim.equal >= 0.5 * claim.replications:
            same = f"; in {formats.percent(claim.equal / claim.replications)} of futures it makes no difference to that"
        return (
            f"'{found.name}' is shown better: it {amount} than your order {own}{little}, in {futures} the search "
            f"never saw{same}."
        )
    if proof.said == "shown better":
        return (
            f"Keep {own}: '{found.name}' {amount} than it, but does not keep every latest date: "
            f"{formats.listed(list(proof.missed), 3)}."
        )
    start = f"No order found is distinguishably better than yours, {own}. The best of them"
    if proof.said == "equivalent":
        return (
            f"{start} is as good, within {delta(question)}: in {futures} it {amount} than yours. Keep yours."
        )
    if claim.verdict == "b better":
        return f"{start} {amount} than yours. Keep yours."
    return f"{start} {amount} than yours, which {futures} cannot tell from no difference. Keep yours."


def difference(apart: Mean, question: Question, plan: Plan) -> str:
    """Return how an order differs from another on what was asked for, better when below 0: a verb and its amount."""
    parts = question.objectives.parts
    better = apart.value <= 0
    low, high = (-apart.high, -apart.low) if better else (apart.low, apart.high)
    span = f"({amount(low)} to {amount(high)})"
    size = amount(abs(apart.value))
    if len(parts) > 1:
        return f"scores {size} {'better' if better else 'worse'} {span} on the weighted objectives"
    part = parts[0]
    if part.kind == "user_weeks":
        more = "more" if better else "less"
        return f"connects {size}% {more} {span} of the user-weeks there could be"
    if part.kind == "checks_avoided":
        more = "more" if better else "less"
        return f"avoids {size} thousand {more} identity checks {span}"
    name = _target_name(part, plan)
    if part.kind == "probability":
        more = "more" if better else "less"
        return f"meets “{name}” in time with {size} percentage points {more} {span}"
    which = "on average" if part.kind == "mean" else f"at {part.kind.upper()}"
    when = "earlier" if better else "later"
    return f"meets “{name}” {size} {'day' if size == '1' else 'days'} {when} {which} {span}"


def unit(question: Question) -> str:
    """Return what gains are counted in."""
    parts = question.objectives.parts
    return KINDS[parts[0].kind] if len(parts) == 1 else "weighted units of the objectives"


def delta(question: Question) -> str:
    """Return the indifference zone with its unit."""
    return f"{question.delta:g} {unit(question)}"


def asked(found: Optimised) -> str:
    """Return what was asked for, and under which limits."""
    question, limits = found.question, found.question.limits
    prices = question.objectives.prices
    parts = [
        _objective(part, found.plan) + (f" (weight {price:g})" if len(prices) > 1 else "")
        for part, price in zip(question.objectives.parts, prices, strict=True)
    ]
    said = [f"Asked for: {formats.listed(parts, len(parts))}."]
    kept = [f"{one} before {other}" for one, other in limits.must_before]
    kept += [f"first {', '.join(limits.first)}"] if limits.first else []
    kept += [f"last {', '.join(limits.last)}"] if limits.last else []
    kept += [f"at most {most} of {name} at once" for name, most in limits.at_once.items()]
    kept += [
        f"{name} live by {formats.day(day, found.plan)} in {limits.share:.0%} of futures"
        for name, day in limits.latest.items()
    ]
    if limits.peak_load is not None:
        most = formats.number(limits.peak_load)
        kept += [f"at most {most} identity checks and rises in a week in {limits.share:.0%} of futures"]
    if limits.within_capacity:
        kept += [f"each station within its capacity in {limits.share:.0%} of futures"]
    if kept:
        said.append(f"Limits: {'; '.join(kept)}.")
        if not found.keeps_limits:
            said.append("Your own order does not keep them.")
    return " ".join(said)


def spent(found: Optimised) -> str:
    """Return what the search spent on what."""
    costs = ", ".join(f"{formats.number(count)} {stage}" for stage, count in found.found.costs.items())
    return f"{formats.number(found.found.spent)} of {formats.number(found.found.budget)} schedules spent: {costs}."


def futures(found: Optimised) -> str:
    """Return which replications nominated, which the claim rests on, and which the tables."""
    nominated, claimed, compared = found.proof.nomination, found.proof.claimed, found.question.compared
    if found.proof.claim is None:
        return f"Tables rest on replications {_span(compared)}, as a forecast with seed {found.question.seed} does."
    return (
        f"Nominated by the procedure of Kim and Nelson on replications {_span(nominated)}; the claim rests on "
        f"{_span(claimed)}, before and after on {_span(compared)}, as a forecast with seed {found.question.seed} does."
    )


def run_line(found: Optimised) -> str:
    """Return the source line: what was run, so that it can be run again."""
    question = found.question
    return (
        f"Source: onelogin_sim, {found.title}; status date {formats.short_date(found.plan.status_date)}; "
        f"own order {question.start.name}; seed {question.seed}; {formats.number(question.budget)} schedules; "
        f"{formats.plural(question.replications, 'replication')}; plan {found.plan.digest[:8]}."
    )


def provenance(found: Optimised, command: str) -> tuple[str, ...]:
    """Return the lines of a comment above the order in a scenario: where it came from and what was shown."""
    return (answer(found), asked(found), f"Made by: {command}")


def _objective(part: Objective, plan: Plan) -> str:
    if part.kind == "user_weeks":
        return f"most user-weeks by {formats.day(part.by or plan.horizon, plan)}"
    if part.kind == "checks_avoided":
        return f"most identity checks avoided by {formats.day(part.by or plan.horizon, plan)}"
    name = _target_name(part, plan)
    if part.kind == "probability":
        return f"the best chance of “{name}” by {formats.day(part.by or plan.horizon, plan)}"
    which = "the earliest mean day" if part.kind == "mean" else f"the earliest {part.kind.upper()}"
    return f"{which} of “{name}”"


def _target_name(part: Objective, plan: Plan) -> str:
    return next(target.name for target in plan.targets if target.id == part.target)


def amount(value: float) -> str:
    """Return a gain as told: whole from 10 on, one decimal below."""
    text = f"{value:,.0f}" if abs(value) >= 10 else f"{value:.1f}"
    return "0" if text in ("0.0", "-0.0") else text.removesuffix(".0")


def _span(which: range) -> str:
    return f"{which.start:,} to {which.stop - 1:,}"
