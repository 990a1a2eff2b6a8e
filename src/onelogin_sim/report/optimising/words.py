"""Plain sentences made from an optimisation: the order shown better or none, what it takes, what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from math import isinf

from onelogin_sim.optimising.optimised import Optimised, Question
from onelogin_sim.orders.policies import RULES
from onelogin_sim.orders.search.claiming import Apart, apart_of
from onelogin_sim.orders.search.problem import KINDS, Limits, Objective, Objectives
from onelogin_sim.plan import Plan
from onelogin_sim.report import formats, rare, words

#: What the numbers rest on, said once.
NOTES = (
    "The search used futures of its own: neither the proof nor any table rests on a future it saw.",
    "All orders see the same luck (common random numbers); days are counted to the horizon.",
    "Gains have intervals at 95% each; the claim is the one that the answer rests on, and is wrong with a chance of "
    "about 5%.",
    words.ERROR_CAVEAT,
)


def title(found: Optimised) -> str:
    """Return what was asked, as a heading."""
    return f"{found.title}: a better order than '{found.question.start.name}'?"


def answer(found: Optimised) -> str:
    """Return what a planner takes to a board: the order to use or to keep, whether a rule does as well, the price."""
    return " ".join(part for part in (_verdict(found), _short(found), _rule(found), *_price(found)) if part)


def _verdict(found: Optimised) -> str:
    """The order shown better, or that none is; where the planner's own breaks the limits, the best that keeps them."""
    proof, question = found.proof, found.question
    own, claim = f"'{question.start.name}'", found.proof.claim
    if proof.own_breaks:
        return _own_breaks(found)
    if claim is None:
        return (
            f"No order found is distinguishably better than yours, {own}: of all finalists and known rules yours was "
            "nominated. Keep it."
        )
    told = _told(found)
    if found.recommended:
        return f"{_named(found)} is shown better: it {told} than your order {own}{_little(found)}, {_futures(found)}."
    if proof.missed:
        misses = formats.listed(list(proof.missed), 3)
        return f"Keep {own}: '{found.name}' {told} than it, but does not keep every limit: {misses}."
    if proof.said == "better by little":
        return (
            f"Keep {own}: {_named(found)} is better, but surely by less than the {delta(question)} worth acting on. "
            f"It {told} than yours, {_futures(found)}."
        )
    start = f"No order found is distinguishably better than yours, {own}. The best of them"
    count = formats.plural(len(proof.claimed), "future")
    if proof.said == "equivalent":
        return f"{start} is as good, within {delta(question)}: in {count} it {told} than yours. Keep yours."
    if claim.verdict == "b better":
        return f"{start} {told} than yours. Keep yours."
    return f"{start} {told} than yours, which {count} cannot tell from no difference. Keep yours."


def _own_breaks(found: Optimised) -> str:
    proof = found.proof
    broken = f"Your order '{found.question.start.name}' breaks the limits: {'; '.join(proof.own_breaks)}."
    if proof.claim is None:
        return f"{broken} No order found keeps them all."
    told, named = _told(found), _named(found).removesuffix(",")
    if proof.missed:
        misses = formats.listed(list(proof.missed), 3)
        return (
            f"{broken} No order found is sure to keep them: the nearest, {named}, does not keep {misses}; "
            f"it {told} than yours."
        )
    if proof.said in ("shown better", "better by little"):
        return (
            f"{broken} {_named(found)} keeps them and is shown better: it {told} than yours{_little(found)}, "
            f"{_futures(found)}."
        )
    cost = f"{broken} Use {named}, the best order found that keeps them. It {told} than yours"
    if proof.claim.verdict == "b better":
        # Lanes leave places empty that an adaptive hand-out would fill: the limit is not to blame for all of it.
        laned = "kept by lanes, which costs more than so many at once need cost"
        why = laned if found.question.limits.at_once else "that is what the limits cost"
        return f"{cost}, {_futures(found)}: {why}."
    count = formats.plural(len(proof.claimed), "future")
    if proof.said == "equivalent":
        return f"{cost}: in {count} as good, within {delta(found.question)}."
    return f"{cost}, which {count} cannot tell from no difference: it is not shown better."


def _short(found: Optimised) -> str:
    """Of which limits the order to use falls short by no more than luck explains, and whether the own one does too."""
    proof = found.proof
    own, nominee = (formats.listed(list(which), 3) for which in (proof.own_unsure, proof.unsure))
    what, told = "just short of what the limits ask, by no more than may be luck", ""
    if nominee and not proof.missed:
        told = f"'{found.name}' falls {what}: {nominee}"
    if own and not proof.own_breaks:
        told = f"{told}; so does yours: {own}" if told else f"Yours falls {what}: {own}"
    return told and f"{told}."


def few(found: Optimised) -> str:
    """Return what the claim does not cover where few futures carry it; empty where they do not."""
    claim, question = found.proof.claim, found.question
    if claim is None:
        return ""
    return rare.caveat(claim, rare.worst(question.objectives, found.plan), unit(question))


def _named(found: Optimised) -> str:
    """The nominated order, and which known rule it is: as the subject of a sentence."""
    if found.rule_name is None:
        return f"'{found.name}'"
    changed = any(rival.changed for rival in found.rivals if rival.name == found.rule_name)
    return f"'{found.name}', the known rule {found.rule_name}{' as the limits make it' if changed else ''},"


def _told(found: Optimised) -> str:
    claim = found.proof.claim
    assert claim is not None
    told = difference(apart_of(claim), found.question, found.plan)
    parts = found.question.objectives.parts
    if len(parts) == 1 or not found.proof.parts:
        return told
    # A sum of days and percent says little: what it is made of is told with it.
    each = [_difference(*one, found.plan) for one in zip(found.proof.parts, parts, strict=True)]
    return f"{told} (it {formats.listed(each, len(each))})"


def _little(found: Optimised) -> str:
    """What the interval says of the least that is worth acting on: a gain may be sure, and small."""
    claim = found.proof.claim
    if claim is None or claim.high <= -claim.delta:
        return ""
    if claim.within_delta:
        return f", surely, but by less than the {delta(found.question)} worth acting on"
    return f", but perhaps by less than the {delta(found.question)} worth acting on"


def _futures(found: Optimised) -> str:
    claim, same = found.proof.claim, ""
    if claim and claim.equal >= 0.5 * claim.replications:
        same = f"; in {formats.percent(claim.equal / claim.replications)} of futures it makes no difference to that"
    return f"in {formats.plural(len(found.proof.claimed), 'future')} the search never saw{same}"


def _rule(found: Optimised) -> str:
    """How the best of the known rules compares with the order found, where that is not surely worse by enough."""
    rule, claim = found.proof.rule, found.proof.rule_claim
    if not found.recommended or rule is None or claim is None:
        return ""
    told = difference(apart_of(claim), found.question, found.plan)
    if claim.within_delta and not claim.shares_lead:
        zone = delta(found.question)
        return f"The known rule {rule.name} does as well, within {zone}: it {told} than '{found.name}'."
    if claim.verdict == "b better":
        return ""
    # One that is surely better and keeps the limits was nominated.
    return f"The known rule {rule.name} cannot be told from it: it {told} than '{found.name}'."


def _price(found: Optimised) -> Iterator[str]:
    """What the order recommended does to other targets for the worse, where it is sure, and to users connected."""
    if not found.recommended or found.comparison is None:
        return
    question, entries = found.question, found.comparison.pair(1, 0).targets
    parts = question.objectives.parts
    kinds = {part.kind for part in parts}
    later = [
        f"“{entry.target.name}” by {formats.days(abs(entry.claim.mean))} "
        f"({amount(entry.claim.low)} to {amount(entry.claim.high)})"
        for index, entry in enumerate(entries)
        if entry.verdict == "b better" and not ("mean" in kinds and index == question.target)
    ]
    if later:
        yield f"It puts off {formats.listed(later, len(later))}."
    weeks = entries[question.target].user_weeks
    if int(found.plan.users.sum()) == 0 or kinds == {"user_weeks"}:
        return
    by = formats.day(found.plan.targets[question.target].by, found.plan)
    if weeks.low <= 0 <= weeks.high:
        yield f"No difference is shown in the user-weeks connected by {by}."
    else:
        low, high = sorted((abs(weeks.low), abs(weeks.high)))
        more = "more" if weeks.value > 0 else "fewer"
        size = formats.number(abs(weeks.value))
        yield f"It connects {size} {more} user-weeks by {by} ({formats.number(low)} to {formats.number(high)})."


def difference(apart: Apart, question: Question, plan: Plan) -> str:
    """Return how an order differs from another on what was asked for, better when below 0: a verb and its amount."""
    parts = question.objectives.parts
    if len(parts) > 1:
        better, size, span = _sized(apart)
        if apart.bound == "unknown":
            size = "an unknown amount better or worse, as a percentile of neither is within the horizon,"
            return f"scores {size} {span} on the weighted objectives"
        return f"scores {size} {'better' if better else 'worse'} {span} on the weighted objectives"
    return _difference(apart, parts[0], plan)


def _sized(apart: Apart) -> tuple[bool, str, str]:
    """Whether it is for the better, by how much, at least or at most where the horizon cuts it, and its interval."""
    better = apart.value <= 0
    low, high = (-apart.high, -apart.low) if better else (apart.low, apart.high)
    which = ""
    if apart.bound in ("at least", "at most"):
        which = "at most " if better == (apart.bound == "at least") else "at least "
    return better, f"{which}{amount(abs(apart.value))}", interval(low, high)


def interval(low: float, high: float) -> str:
    """Return an interval as told, with sides that the horizon leaves open."""
    if isinf(low) and isinf(high):
        return "(not bounded)"
    if isinf(low):
        return f"({amount(high)} or less)"
    return f"({amount(low)} or more)" if isinf(high) else f"({amount(low)} to {amount(high)})"


def _difference(apart: Apart, part: Objective, plan: Plan) -> str:
    """How an order differs from another in one objective, in its own unit."""
    better, size, span = _sized(apart)
    if part.kind == "user_weeks":
        more = "more" if better else "less"
        return f"connects {size}% {more} {span} of the user-weeks there could be"
    if part.kind == "checks_avoided":
        more = "more" if better else "fewer"
        return f"avoids {size} thousand {more} identity checks {span}"
    name = _target_name(part, plan)
    if part.kind == "probability":
        more = "more" if better else "less"
        point = "percentage point" if size == "1" else "percentage points"
        return f"gives “{name}” {size} {point} {more} of a chance to be met in time {span}"
    which = "on average" if part.kind == "mean" else f"at {part.kind.upper()}"
    when = "earlier" if better else "later"
    if apart.bound == "unknown":
        return (
            f"meets “{name}” an unknown number of days earlier or later {which} {span}, as neither is within the "
            "horizon then,"
        )
    return f"meets “{name}” {size} {'day' if size.split()[-1] == '1' else 'days'} {when} {which} {span}"


def unit(question: Question) -> str:
    """Return what gains are counted in."""
    parts = question.objectives.parts
    return KINDS[parts[0].kind] if len(parts) == 1 else "weighted units of the objectives"


def delta(question: Question) -> str:
    """Return the indifference zone with its unit."""
    named = unit(question)
    if question.delta == 1:
        named = {"days": "day", "percentage points": "percentage point"}.get(named, named)
    return f"{question.delta:g} {named}"


def rivals_note(found: Optimised) -> str:
    """Return what known rules were made to keep; empty where limits changed none of them."""
    changed = [rival.name for rival in found.rivals if rival.changed]
    if not changed:
        return ""
    return f"Rules are compared as the limits make them; changed: {formats.listed(changed, len(changed))}."


def source(found: Optimised) -> str:
    """Return where the order comes from, for its entry in a scenario."""
    claimed = found.proof.claimed
    shown = "shown better" if found.shown_better else "the best found within the limits, not shown better,"
    return f"order search, seed {found.question.seed}, {shown} on replications {claimed.start} to {claimed.stop - 1}"


def asked(found: Optimised) -> str:
    """Return what was asked for, and under which limits."""
    return wanted(found.question.objectives, found.question.limits, found.plan)


def wanted(objectives: Objectives, limits: Limits, plan: Plan) -> str:
    """Return objectives and limits in words."""
    prices = objectives.prices
    parts = [
        _objective(part, plan) + (f" (weight {price:g})" if len(prices) > 1 else "")
        for part, price in zip(objectives.parts, prices, strict=True)
    ]
    said = [f"Asked for: {formats.listed(parts, len(parts))}."]
    kept = [f"{one} before {other}" for one, other in limits.must_before]
    kept += [f"first {', '.join(limits.first)}"] if limits.first else []
    kept += [f"last {', '.join(limits.last)}"] if limits.last else []
    kept += [f"at most {most} of {name} at once" for name, most in limits.at_once.items()]
    kept += [
        f"{name} live by {formats.day(day, plan)} in {limits.share:.0%} of futures"
        for name, day in limits.latest.items()
    ]
    if limits.peak_load is not None:
        most = formats.number(limits.peak_load)
        kept += [f"at most {most} identity checks and rises in a week in {limits.share:.0%} of futures"]
    if limits.within_capacity:
        kept += [f"each station within its capacity in {limits.share:.0%} of futures"]
    if kept:
        said.append(f"Limits: {'; '.join(kept)}.")
    return " ".join(said)


def spent(found: Optimised) -> str:
    """Return what the search spent on what, which known rules had no turn, and what no order can beat."""
    costs = ", ".join(f"{formats.number(count)} {stage}" for stage, count in found.found.costs.items())
    said = f"{formats.number(found.found.spent)} of {formats.number(found.found.budget)} schedules spent: {costs}."
    untried = [name for name in RULES if name not in found.found.rules]
    if untried:
        said += f" The budget was too small for a turn of {len(untried)} of the {len(RULES)} known rules."
    bound = found.found.bound
    if bound is not None and bound < found.plan.horizon:
        said += f" No order can have every service live before {formats.day(bound, found.plan)}: nothing is uncertain."
    return said


def futures(found: Optimised) -> str:
    """Return which replications nominated, which the claim rests on, and which the tables."""
    nominated, claimed, compared = found.proof.nomination, found.proof.claimed, found.question.compared
    if found.proof.claim is None:
        return f"Tables rest on replications {_span(compared)}, as a forecast with seed {found.question.seed} does."
    how = f"Nominated by the procedure of Kim and Nelson on replications {_span(nominated)}"
    if not nominated:
        how = "Only one order kept the limits, so there was nothing to nominate from"
    return (
        f"{how}; the claim rests on {_span(claimed)}, before and after on {_span(compared)}, as a forecast with seed "
        f"{found.question.seed} does."
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
