"""Plain sentences made from a Comparison: what a planner takes to a board, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from onelogin_sim.anomalies import Anomaly
from onelogin_sim.comparison import Comparison, Pair, Shift, TargetDifference
from onelogin_sim.plan import Plan, Task
from onelogin_sim.report import formats, words
from onelogin_sim.timeline.waits import Cause

#: What every difference rests on, said once.
NOTES = (
    "All alternatives see the same luck (common random numbers): differences are taken future by future.",
    "Days are counted to the horizon: what does not happen within it counts as the horizon, so a difference "
    "with one of the two past it is a lower bound, and both past it counts as equal.",
    "User-weeks are annual users times the weeks their service is live between the status date and the "
    "target's date, summed over services: uses of services, not people.",
    words.ERROR_CAVEAT,
)


def title(comparison: Comparison) -> str:
    """Return what was compared, as a heading."""
    count = formats.plural(len(comparison.alternatives), "alternative")
    return f"{comparison.title}: {count} compared"


def board(comparison: Comparison) -> str:
    """Return the sentences a planner takes to a board: which to take, by how much, how surely, at what price."""
    target = comparison.plan.targets[comparison.target]
    if comparison.best is None or comparison.reference is None:
        return _no_best(comparison)
    best, reference = comparison.best, comparison.reference
    pair = comparison.pair(best, reference)
    entry = pair.targets[comparison.target]
    name, against = quoted(comparison, best), quoted(comparison, reference)
    what = lowered(words.subject(target))
    if entry.verdict == "a better":
        take = f"Take {name}" if _within_delta_of_all(comparison) else f"{name} was nominated, not the best"
        said = f"{take}: {what} {_amount(entry)} than under {against}"
        if entry.claim.within_delta:
            said += f", surely, but by less than the {_delta(comparison)} worth acting on"
    else:
        start = f"{name} is nominated and not proved better than {against}"
        if comparison.nomination is None:
            start = f"Neither {name} nor {against} is proved better: under {name}"
        said = f"{start}{':' if comparison.nomination else ''} {what} {_amount(entry)}"
        if entry.verdict == "equivalent":
            said += f", which is less than the {_delta(comparison)} worth acting on"
        elif entry.verdict == "not distinguishable":
            said += (
                f", which {formats.plural(comparison.replications, 'future')} cannot tell from no difference"
            )
    same = _same_share(entry)
    told = [f"{said}{same}.", promised(comparison, best, reference), *price(comparison, pair)]
    return " ".join([*told, *beaten(comparison)])


def beaten(comparison: Comparison) -> Iterator[str]:
    """Yield what is proved better than the nominated: it promises no more than to come within δ of the best."""
    for place, entry in _ahead(comparison):
        little = f", less than the {_delta(comparison)} worth acting on" if entry.claim.within_delta else ""
        days = f"{_days(abs(entry.claim.mean))} ({span(entry)})"
        yield f"{quoted(comparison, place)} is surely better still, by {days}{little}."


def _ahead(comparison: Comparison) -> Iterator[tuple[int, TargetDifference]]:
    """What is proved better than the nominated on the target, from its own side."""
    if comparison.best is not None:
        for place in range(len(comparison.alternatives)):
            if place != comparison.best:
                entry = comparison.pair(place, comparison.best).targets[comparison.target]
                if entry.verdict == "a better":
                    yield place, entry


def _within_delta_of_all(comparison: Comparison) -> bool:
    return all(entry.claim.within_delta for _, entry in _ahead(comparison))


def promised(comparison: Comparison, best: int, reference: int) -> str:
    """Return what becomes of the target's own date: how often it is met, and what the choice changes there."""
    target = comparison.plan.targets[comparison.target]
    when = comparison.plan.as_date(target.by)
    assert when is not None
    date = formats.long_date(when)
    met = [one.standings[comparison.target].met_by for one in comparison.alternatives]
    if not any(share.value for share in met):
        under = "either" if len(met) == 2 else "any of them"
        return f"Its date, {date}, is met in none of the futures under {under}."
    return (
        f"Its date, {date}, is met in {formats.percent(met[best].value)} of futures, against "
        f"{formats.percent(met[reference].value)}."
    )


def price(comparison: Comparison, pair: Pair) -> Iterator[str]:
    """Yield what the first of a pair does to the other targets, gains before losses, where it is claimed."""
    for verdict, start in (("a better", "It also brings"), ("b better", "It puts off")):
        found = [
            f"“{entry.target.name}” by {_days(abs(entry.claim.mean))} ({span(entry)})"
            for index, entry in enumerate(pair.targets)
            if index != comparison.target and entry.verdict == verdict
        ]
        if found:
            end = " forward" if verdict == "a better" else ""
            yield f"{start}{end} {formats.listed(found, len(found))}."


def others(comparison: Comparison) -> str:
    """Return how the best stands against all others on the target, in one sentence; empty with only two."""
    if comparison.best is None or len(comparison.alternatives) < 3:
        return ""
    groups: dict[str, list[str]] = {}
    for place in range(len(comparison.alternatives)):
        if place != comparison.best:
            pair = comparison.pair(comparison.best, place)
            entry = pair.targets[comparison.target]
            verdict = "identical" if pair.same else str(entry.verdict)
            little = entry.claim.within_delta and verdict in ("a better", "b better")
            groups.setdefault(f"{verdict} by little" if little else verdict, []).append(
                quoted(comparison, place)
            )
    said = {
        "a better": "better than",
        "a better by little": f"better, by less than {_delta(comparison)}, than",
        "equivalent": f"equivalent, within {_delta(comparison)}, to",
        "not distinguishable": f"not distinguishable, with {comparison.replications:,} replications, from",
        "identical": "identical to",
        "b better by little": f"worse, by less than {_delta(comparison)}, than",
        "b better": "worse than",
    }
    parts = [f"{said[key]} {formats.listed(groups[key], 6)}" for key in said if key in groups]
    return f"On this target {quoted(comparison, comparison.best)} is {'; '.join(parts)}."


def identical(comparison: Comparison) -> str:
    """Return which alternatives are one and the same under different names; empty when none are."""
    said = []
    for place in range(len(comparison.alternatives)):
        alike = [pair for pair in comparison.pairs if pair.same and pair.a == place]
        if alike and not any(pair.same and pair.b == place for pair in comparison.pairs):
            names = [quoted(comparison, place), *(quoted(comparison, pair.b) for pair in alike)]
            ranks = all(pair.same == "ranks" for pair in alike)
            why = "serve everybody in the same order" if ranks else "have the same days in every future"
            said.append(f"{formats.listed(names, 6)} are identical: they {why}.")
    return " ".join(said)


def nominated(comparison: Comparison) -> str:
    """Return how the best was nominated, and on which futures nothing was claimed."""
    found = comparison.nomination
    if found is None or comparison.best is None:
        return ""
    name, used = quoted(comparison, comparison.best), found.selection.replications
    who = f"{name} was nominated by the procedure of Kim and Nelson"
    where = f"replications {found.first:,} to {found.first + used - 1:,}"
    if found.selection.complete:
        return (
            f"{who} from {where}: where the best is {_delta(comparison)} or more ahead, it is found at "
            f"least 95 times in 100 (the procedure takes differences for normal). The claims rest on "
            f"replications 0 to {comparison.replications - 1:,} alone."
        )
    left = len(found.selection.survivors)
    return (
        f"{who}, which stopped at its budget of {formats.plural(found.budget, 'replication')} with {left} "
        f"still in play ({where}): it has the lowest mean of these, without a promise. "
        f"The claims rest on replications 0 to {comparison.replications - 1:,} alone."
    )


def family(comparison: Comparison) -> str:
    """Return how many claims are made and how surely all of them hold."""
    pairs, targets = len(comparison.pairs), len(comparison.plan.targets)
    claims = formats.plural(comparison.claims, "claim")
    return (
        f"{claims} ({formats.plural(pairs, 'pair')}, {formats.plural(targets, 'target')} each) hold together with 95% "
        f"confidence, each at {100 * comparison.level:.2f}% (Bonferroni); intervals of mean differences are at "
        "that level. Differences of percentiles have intervals at 95% each."
    )


def verdict(entry: TargetDifference, pair: Pair, comparison: Comparison) -> str:
    """Return what is claimed of a pair and a target, from its first alternative's side."""
    if entry.verdict == "never reached":
        return "never reached within the horizon in any future under either"
    if pair.same:
        return "identical"
    little = f", by less than {_delta(comparison)}" if entry.claim.within_delta else ""
    return {
        "a better": f"better{little}",
        "b better": f"worse{little}",
        "equivalent": f"equivalent within {_delta(comparison)}",
        "not distinguishable": f"not distinguishable with {comparison.replications:,} futures",
        "identical": "identical in every future",
    }[entry.verdict]


def shares(entry: TargetDifference) -> str:
    """Return in how many futures the first is earlier, the same and later."""
    parts = ((entry.earlier, "earlier"), (entry.equal, "same"), (entry.later, "later"))
    return ", ".join(f"{formats.percent(share.value)} {word}" for share, word in parts)


def span(entry: TargetDifference) -> str:
    """Return the interval of a mean difference as amounts, smallest first, in the direction of the mean."""
    low, high = entry.claim.low, entry.claim.high
    if high < 0:
        low, high = -high, -low
    if low >= 0:
        return f"{formats.amount(low)} to {formats.amount(high)} days"
    return f"{formats.amount(-low)} earlier to {formats.amount(high)} later"


def shifts(entries: Sequence[Shift], most: int = 3) -> Iterator[str]:
    """Yield who gains most and who loses most under the first of a pair, by name."""
    for sign, verb in ((-1, "Gain most"), (1, "Lose most")):
        sure = [one for one in entries if sign * one.mean.value > 0 and one.mean.low * one.mean.high > 0]
        sure.sort(key=lambda one: (-sign * one.mean.value, one.id))
        if sure:
            word = "earlier" if sign < 0 else "later"
            names = [f"{one.name} ({_days(abs(one.mean.value))} {word})" for one in sure[:most]]
            yield f"{verb}: {formats.listed(names, most)}."


def anomaly(found: Anomaly, comparison: Comparison) -> str:
    """Return a Graham anomaly with its mechanism in one future."""
    plan = comparison.plan
    target = plan.targets[found.target]
    less, more = quoted(comparison, found.less), quoted(comparison, found.more)
    share = formats.percent(found.futures / found.replications)
    text = (
        f"More capacity, later finish: {more} has more capacity than {less} and nothing else, and yet meets "
        f"“{target.name}” later in {share} of futures ({found.futures:,} of {found.replications:,}). "
        f"In replication {found.replication} it is {_days(found.delay)} later: the first task to slip is "
        f"{task_name(plan, found.task)}, which starts on {_start(found.later_start, plan)} instead of "
        f"{_start(found.start, plan)}"
    )
    return f"{text}, {_why(found, plan)}."


def quoted(comparison: Comparison, place: int) -> str:
    """Return an alternative's name in quotation marks."""
    return f"'{comparison.alternatives[place].name}'"


def lowered(text: str) -> str:
    """Return a sentence to stand inside another."""
    return text[:1].lower() + text[1:]


def task_name(plan: Plan, task: int) -> str:
    """Return a task by its item and stage."""
    found: Task = plan.tasks[task]
    repeated = f" (pass {found.repeat_pass + 1})" if found.repeat_pass else ""
    return f"{found.item}.{found.stage}{repeated}"


def run_line(comparison: Comparison) -> str:
    """Return the source line: what was run, so that it can be run again."""
    return (
        f"Source: onelogin_sim, {comparison.title}; status date "
        f"{formats.short_date(comparison.plan.status_date)}; {len(comparison.alternatives)} alternatives; "
        f"seed {comparison.seed}; {formats.plural(comparison.replications, 'replication')}; "
        f"plan {comparison.alternatives[0].digest[:8]}."
    )


def _no_best(comparison: Comparison) -> str:
    target = comparison.plan.targets[comparison.target]
    count = len(comparison.alternatives)
    if all(pair.same for pair in comparison.pairs):
        return (
            f"{'Both' if count == 2 else f'All {count}'} alternatives are identical: every task starts and "
            f"finishes on the same day in each of {formats.plural(comparison.replications, 'future')}."
        )
    under = "either" if count == 2 else f"any of the {count} alternatives"
    return (
        f"“{target.name}” is never reached within the horizon in any future under {under}, so it cannot tell "
        "them apart; compare on another target (--target) or look further ahead (`horizon:`)."
    )


def _amount(entry: TargetDifference) -> str:
    """How much earlier or later, the share of futures first where the mean is only a bound."""
    word = "earlier" if entry.claim.mean <= 0 else "later"
    if entry.verdict == "identical":
        return "on the same day in every future"
    mean = f"{_days(abs(entry.claim.mean))} {word} on average ({span(entry)})"
    if entry.shares_lead:
        return (
            f"earlier in {formats.percent_interval(entry.earlier)} of futures and later in "
            f"{formats.percent(entry.later.value)}, counted to the horizon {mean}"
        )
    return mean


def _same_share(entry: TargetDifference) -> str:
    """Say how often the choice does not matter, where that is often; the shares may be said already."""
    if entry.verdict == "identical" or entry.shares_lead:
        return ""
    earlier, later = formats.percent(entry.earlier.value), formats.percent(entry.later.value)
    if entry.equal.value >= 0.5:
        return f"; in {formats.percent(entry.equal.value)} of futures it makes no difference to that date"
    return f"; it is earlier in {earlier} of futures and later in {later}"


def _days(value: float) -> str:
    return formats.days(value)


def _delta(comparison: Comparison) -> str:
    return f"{comparison.delta:g} {'day' if comparison.delta == 1 else 'days'}"


def _start(day: int, plan: Plan) -> str:
    return formats.day(day, plan)


def _why(found: Anomaly, plan: Plan) -> str:
    """What the slipped task waited for, and how that came about."""
    by = task_name(plan, found.by_task) if found.by_task >= 0 else ""
    resource = plan.resources[found.by_resource].name if found.by_resource >= 0 else ""
    moved = ""
    if (
        found.by_start is not None
        and found.by_later_start is not None
        and found.by_later_start < found.by_start
    ):
        start, instead = _start(found.by_later_start, plan), _start(found.by_start, plan)
        moved = f", which the extra capacity let start on {start} instead of {instead}"
    waited = {
        Cause.NOTHING: "for nothing",
        Cause.PREDECESSOR: f"for {by} to finish",
        Cause.EARLIEST: "for its earliest day",
        Cause.CALENDAR: "for a working day",
        Cause.FREEZE: "for a freeze to end",
        Cause.HOLD_BACK: f"for {by}, behind which it is held back",
        Cause.RESOURCE: f"for {resource}, held by {by}",
        Cause.CAPACITY: f"for more of {resource}",
        Cause.BLOCKED: f"behind {by}, which blocks {resource}",
    }[found.cause]
    return f"having waited {waited}{moved}"
