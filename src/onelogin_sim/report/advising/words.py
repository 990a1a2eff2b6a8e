"""Plain sentences made from advice: who is next, by how much, when the slot falls free, who is not free to be next."""

from __future__ import annotations

from onelogin_sim.claims import Claim
from onelogin_sim.optimising.advised import Advice, Advised, Choice, said
from onelogin_sim.orders.search.claiming import apart_of
from onelogin_sim.orders.search.problem import KINDS
from onelogin_sim.pairs import Mean
from onelogin_sim.report import formats, rare
from onelogin_sim.report.optimising.words import interval, wanted

#: From this share on an item is taken to be there.
SURE = 0.9

#: Left-out items named in a summary; the table has them all.
TOLD = 5

#: Said of every table and chart of gains.
NO_CLAIM = "Gains and intervals of single choices are those of the futures that ranked them, and no claims."


def title(advised: Advised) -> str:
    """Return what was asked, as a heading."""
    return f"{advised.title}: who is next?"


def headline(advised: Advised) -> str:
    """Return the answer as the title of a chart."""
    advice = advised.advice
    best, slot = advice.choices[0], f"the next slot of {resource(advice)}"
    if advice.deviates:
        claim = advice.against_own
        return f"{name(advice, best.item)} first for {slot}: {size(claim, advice)} better than '{advice.base.name}'"
    return f"Keep to '{advice.base.name}' for {slot}: no other choice is shown to be worth a change"


def answer(advised: Advised) -> str:
    """Return the sentence a planner acts on: give the slot to somebody else than the order does, or keep to it."""
    advice = advised.advice
    order, best = f"'{advice.base.name}'", advice.choices[0]
    slot = f"the next free slot of {resource(advice)}"
    if advice.deviates:
        return (
            f"Give {slot} to {name(advice, best.item)}: it is {better(advice.against_own, advice)} than your order "
            f"{order} as it stands, {owner(advice)}, in {futures(advice)} that ranked nothing."
        )
    if best.item == advice.own:
        first = f"{name(advice, best.item)} ranks first too"
        return f"Keep to your order {order} for {slot}, {owner(advice)}: {first}."
    return f"Keep to your order {order} for {slot}, {owner(advice)}. {_not_shown(advice)}"


def second(advised: Advised) -> str:
    """Return how the first choice compares with the second one; nothing where the slot should go by the order."""
    advice = advised.advice
    best, other = advice.choices[:2]
    if advice.next != best.item:
        return ""
    first, rival, claim = name(advice, best.item), name(advice, other.item), advice.against_second
    text = f"The second choice is {rival}"
    match said(claim):
        case "shown better":
            return f"{text}: {first} is {better(claim, advice)} in {futures(advice)}."
        case "better by little":
            small = f"{first} is surely better, but by less than {delta(advice)}"
            return f"{text}: {small}: {better(claim, advice)}."
        case "the same":
            return f"{text}: it makes no difference in any of {futures(advice)}. Either will do."
        case "equivalent":
            within = f"equivalent within {delta(advice)}"
            return f"{text}, {within}: {first} {gains(claim, advice)} on it. Either will do."
        case "shown worse":
            return f"{text}: {first} ranked before it, but {gains(claim, advice)} on it in {futures(advice)}."
    return f"{text}, not distinguishable with {futures(advice)}: {first} {gains(claim, advice)} on it."


def few(advised: Advised) -> str:
    """Return what the claim about the first choice does not cover where few futures carry it; empty if they do not."""
    advice = advised.advice
    return rare.caveat(advice.against_own, rare.worst(advice.objectives, advice.plan), unit(advice))


def _not_shown(advice: Advice) -> str:
    """Why the first choice is not worth leaving the order for."""
    best, claim = name(advice, advice.choices[0].item), advice.against_own
    none = (
        f"No other choice is shown to be better: {best}, which ranked first, {gains(claim, advice)} on your order in "
        f"{futures(advice)} that ranked nothing"
    )
    match said(claim):
        case "better by little":
            little = f"by less than the {delta(advice)} worth acting on"
            return f"{best} first is surely better, but {little}: {better(claim, advice)}."
        case "equivalent":
            return f"{none}, equivalent within {delta(advice)}."
        case "the same":
            return f"{best} first would make no difference in any of {futures(advice)}."
        case "shown worse":
            return f"{none}, which is surely worse."
    return f"{none}, which cannot be told from no difference."


def asked(advised: Advised) -> str:
    """Return what better means, and under which limits."""
    advice = advised.advice
    return wanted(advice.objectives, advice.limits, advice.plan)


def when(advised: Advised) -> str:
    """Return when the slot falls free, and in how many futures there is one that more than one wants."""
    advice = advised.advice
    slot, plan = advice.slot, advice.plan
    low, middle, high = (formats.day(slot.day(percent), plan) for percent in (10, 50, 90))
    about = f"on {middle}" if low == high else f"about {middle} (eight in ten: {low} to {high})"
    text = f"The next slot of {resource(advice)} that more than one wants falls free {about}"
    if slot.contested < 1:
        text += f", in {formats.percent(slot.contested)} of futures; in the others nobody has to wait"
    return text + "."


def who(advised: Advised) -> str:
    """Return who competes for it, as surely as it is known."""
    advice = advised.advice
    competes = advice.slot.competes
    sure = [item for item, share in competes.items() if share >= SURE]
    if sure:
        others = len(competes) - len(sure)
        names = formats.listed([name(advice, one) for one in sure], 6)
        text = f"Ready for it in at least {SURE:.0%} of futures: {names}"
        return text + (f"; {formats.plural(others, 'other')} less often." if others else ".")
    most = max(competes.values())
    named = "" if advice.waiting else " Name those who are waiting with --candidate."
    return (
        f"Who will be ready for it is not known: of the {len(competes)} that may be, none is in more than "
        f"{formats.percent(most)} of futures.{named}"
    )


def left_out(advised: Advised) -> list[str]:
    """Return who is not free to be next, and why, one sentence each."""
    advice = advised.advice
    told = [
        f"Not a choice: {name(advice, one.item)}: {one.why(lambda item: name(advice, item))}."
        for one in advice.left_out[:TOLD]
    ]
    more = len(advice.left_out) - TOLD
    return [*told, *([f"{more} more are no choice: see the table."] if more > 0 else [])]


def notes(advised: Advised) -> list[str]:
    """Return what the numbers rest on."""
    advice = advised.advice
    said_ = []
    if advice.waiting:
        names = formats.listed([name(advice, item) for item in advice.waiting], len(advice.waiting))
        said_.append(f"Taken to be waiting for it, because they were named: {names}.")
    if advice.base.digest != advice.given.digest:
        said_.append(
            f"Your order '{advice.given.name}' does not keep the limits: it was made to, and then compared."
        )
    if advised.actuals is not None:
        said_.append(
            f"As at {day(advised)}: what has happened is that of {advised.actuals}. Who is not in it has not begun; "
            "whether it is ready to is drawn, given the days that have passed."
        )
    said_ += advised.notes
    ranked, claimed = (f"{one.start:,} to {one.stop - 1:,}" for one in (advice.ranked, advice.claimed))
    return [
        *said_,
        f"Each choice is served first once and everybody else by '{advice.base.name}'; all see the same luck. "
        f"Ranked on replications {ranked}, compared again on {claimed}, with 95% intervals.",
        NO_CLAIM,
    ]


def run_line(advised: Advised) -> str:
    """Return the source line: what was run, so that it can be run again."""
    advice = advised.advice
    return (
        f"Source: onelogin_sim, {advised.title}; as at {day(advised)}; order {advice.given.name}; "
        f"seed {advice.seed}; {formats.plural(len(advice.ranked), 'replication')}; plan {advice.plan.digest[:8]}."
    )


def day(advised: Advised) -> str:
    """Return the date of the advice."""
    return formats.short_date(advised.advice.plan.status_date)


def resource(advice: Advice) -> str:
    """Return the name of the resource whose slot it is."""
    return advice.plan.resources[advice.slot.resource].name


def name(advice: Advice, item: str) -> str:
    """Return the name of an item."""
    return advice.plan.items[advice.plan.item_index[item]].name


def owner(advice: Advice) -> str:
    """Return whom the order gives the slot to, as a clause."""
    share = advice.slot.gets[advice.own]
    often = "" if share == 1 else f" in {formats.percent(share)} of futures, more often than to anybody else"
    return f"which gives it to {name(advice, advice.own)}{often}"


def better(claim: Claim, advice: Advice) -> str:
    """Return a difference that is surely for the better, with its interval: ``12.3 days better (8.1 to 16.5)``."""
    _, low, high = gained(claim)
    return f"{size(claim, advice)} better {interval(low, high)}"


def gains(claim: Claim, advice: Advice) -> str:
    """Return any difference as a gain, below 0 where it is for the worse: ``gains -0.4 days (-1.2 to 0.5)``."""
    value, low, high = gained(claim)
    if claim.bound == "unknown":
        return f"gains what the horizon hides {interval(low, high)}"
    which = {"at least": "at most ", "at most": "at least "}.get(claim.bound, "")
    return f"gains {which}{_counted(amount(value), advice)} {interval(low, high)}"


def gained(claim: Claim) -> Mean:
    """Return what is claimed as tables and charts tell it: above 0 is better, infinite where the horizon hides it."""
    apart = apart_of(claim)
    return Mean(0.0 - apart.value, 0.0 - apart.high, 0.0 - apart.low)


def size(claim: Claim, advice: Advice) -> str:
    """Return the size of a difference for the better with its unit, at least or at most where the horizon cuts it."""
    which = {"at least": "at most ", "at most": "at least "}.get(claim.bound, "")
    return which + _counted(amount(abs(claim.mean)), advice)


def gain(choice: Choice) -> str:
    """Return a choice's gain with its interval."""
    return with_interval(choice.gain)


def with_interval(mean: Mean) -> str:
    """Return a gain with its interval."""
    return f"{amount(mean.value)} {interval(mean.low, mean.high)}"


def unit(advice: Advice) -> str:
    """Return what gains are counted in."""
    parts = advice.objectives.parts
    return KINDS[parts[0].kind] if len(parts) == 1 else "weighted units"


def delta(advice: Advice) -> str:
    """Return the indifference zone with its unit."""
    return _counted(f"{advice.delta:g}", advice)


def _counted(number: str, advice: Advice) -> str:
    """A number with its unit: ``1 day``, ``2 days``."""
    of = unit(advice)
    return f"{number} {'day' if (number, of) == ('1', 'days') else of}"


def futures(advice: Advice) -> str:
    """Return how many futures the claims rest on."""
    return formats.plural(len(advice.claimed), "future")


def amount(value: float) -> str:
    """Return a number with one decimal, and what rounds to nought and is not so that it shows."""
    text = f"{value:,.1f}".removesuffix(".0")
    return text if text not in ("0", "-0") else f"{value:.1g}" if abs(value) >= 0.005 else "0"
