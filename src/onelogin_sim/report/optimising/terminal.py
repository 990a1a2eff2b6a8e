"""The same optimisation for a terminal: the answer, before and after, few moves, rivals, in eighty columns."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from onelogin_sim.optimising.front import FrontPoint
from onelogin_sim.optimising.optimised import Optimised
from onelogin_sim.pairs import Mean
from onelogin_sim.report import formats
from onelogin_sim.report.comparing import words as comparing
from onelogin_sim.report.comparing.load_terminal import load_parts
from onelogin_sim.report.console import bullet, plain_text, show
from onelogin_sim.report.optimising import moves, words
from onelogin_sim.report.words import ILLUSTRATIVE, quantile


def optimised_summary(found: Optimised) -> Group:
    """Return everything a planner reads first, as one renderable for any rich console."""
    parts: list[RenderableType] = [Text(words.title(found), style="bold")]
    if found.plan.illustrative:
        parts.append(Text(ILLUSTRATIVE, style="bold magenta"))
    said = [
        words.answer(found),
        words.few(found),
        moves.few_moves(found),
        moves.rule(found),
        words.asked(found),
    ]
    said += [one.text for one in found.findings if one.code in ("limits", "copy")]
    parts += [Text(), *(bullet(text) for text in said if text), Text()]
    parts += [*_before_after(found), *_moves(found), *_rule(found), *_rivals(found), *_front(found)]
    parts += [*_winners(found), *(load_parts(found.comparison) if found.comparison else ())]
    closing = [words.spent(found), words.futures(found), *words.NOTES, words.run_line(found)]
    parts += [Text(text, style="dim") for text in closing]
    return Group(*parts)


def print_optimised(found: Optimised) -> None:
    """Print the summary to standard output, in colour where it is a terminal."""
    show(optimised_summary(found))


def summary_text(found: Optimised, width: int = 80) -> str:
    """Return the summary as plain text, without colour, for a file."""
    return plain_text(optimised_summary(found), width=width)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), show_header=True, header_style="bold")
    for column in columns:
        table.add_column(Text(column), overflow="fold")
    return table


def _before_after(found: Optimised) -> Iterator[RenderableType]:
    """Each target, and the user-weeks by its date, before and after."""
    if found.comparison is None:
        return
    comparison, plan = found.comparison, found.plan
    own, new = comparison.alternatives
    yield Text("Before and after", style="bold")
    table = _table("", own.name, new.name, "Difference")
    told: set[int] = set()
    for index, (before, after) in enumerate(zip(own.standings, new.standings, strict=True)):
        entry = comparison.pair(1, 0).targets[index]
        word = "earlier" if entry.claim.mean <= 0 else "later"
        mean = f"on average {formats.days(abs(entry.claim.mean))} {word} ({comparing.span(entry)})"
        # In a row of its own: it is no difference of percentiles.
        table.add_row(Text(before.target.name, style="bold"), "", "", mean)
        for percent in (50, 80):
            days = [formats.day(quantile(one.quantiles, percent).day, plan) for one in (before, after)]
            table.add_row(f"  P{percent}", *days, "")
        shares = [formats.percent(one.met_by.value) for one in (before, after)]
        table.add_row(f"  by {formats.day(before.target.by, plan)}", *shares, comparing.shares(entry))
        if before.target.by in told:
            continue
        told.add(before.target.by)
        weeks = [formats.number(one.user_weeks.value) for one in (before, after)]
        table.add_row("  user-weeks by then", *weeks, _interval(entry.user_weeks))
    yield table
    yield Text()


def _interval(mean: Mean) -> str:
    low, high = formats.number(mean.low), formats.number(mean.high)
    return f"{formats.number(mean.value)} ({low} to {high})"


def _moves(found: Optimised) -> Iterator[RenderableType]:
    if found.key_moves is None:
        return
    # Moves that are not shown to help are no advice; tables/key_moves.csv has them.
    mending, steps = found.key_moves.mending, found.key_moves.steps if found.key_moves.shown else ()
    if not (steps or mending):
        return
    yield Text("Few moves", style="bold")
    table = _table("", "Move", f"Gain so far, {words.unit(found.question)}", "Share")
    for number, step in enumerate((*([mending] if mending else []), *steps), not mending):
        told = [moves.move(one, found.plan, neighbour=False) for one in step.moves]
        gain = f"{_decimal(step.gain.value)} ({_decimal(step.gain.low)} to {_decimal(step.gain.high)})"
        table.add_row(
            str(number),
            "; ".join(told) or "hold-backs of the limits",
            gain,
            formats.percent(max(step.share, 0)),
        )
    yield table
    yield Text(moves.moves_note(found), style="dim")
    yield Text()


def _rule(found: Optimised) -> Iterator[RenderableType]:
    if found.rule is None:
        return
    yield Text("A rule to serve by", style="bold")
    table = _table("Weight", "Serve first what has")
    weights = found.rule.rule.weights
    percent = moves.weight_percents(weights)
    for name, weight in weights[: 2 * moves.TOLD]:
        table.add_row(f"{percent[name]:.0f}%", moves.read(name, weight))
    yield table
    yield Text(moves.rule_note(), style="dim")
    yield Text()


def _rivals(found: Optimised) -> Iterator[RenderableType]:
    yield Text(
        f"How much better than known rules '{found.name}' is, {words.unit(found.question)}", style="bold"
    )
    table = _table("Rule", "Gain", "95% interval")
    for rival in found.rivals:
        gain = rival.gain
        table.add_row(rival.name, _decimal(gain.value), f"{_decimal(gain.low)} to {_decimal(gain.high)}")
    yield table
    if note := words.rivals_note(found):
        yield Text(note, style="dim")
    yield Text()


def _front(found: Optimised) -> Iterator[RenderableType]:
    """The planner's own order, what was found, and the ends of what can be had."""
    if not found.front:
        return
    target = found.plan.targets[found.question.target]
    by = formats.day(target.by, found.plan)
    yield Text(f"What can be had for what: “{target.name}” against users connected by {by}", style="bold")
    loaded = found.front[0].peak_load is not None
    table = _table("Order", "Mean day", "User-weeks", *(["Busiest week"] if loaded else []))
    shown = _ends(found)
    for point in shown:
        cells = [formats.day(round(point.day.value), found.plan), formats.number(point.user_weeks.value)]
        cells += [] if point.peak_load is None else [formats.number(point.peak_load.value)]
        table.add_row(point.name + ("" if point.efficient else " (something here beats it)"), *cells)
    yield table
    busiest = " Busiest week: identity checks and rises in it." if loaded else ""
    more = formats.plural(len(found.front) - len(shown), "more order")
    yield Text(f"{more} in tables/trade_offs.csv.{busiest}", style="dim")
    yield Text()


def _ends(found: Optimised) -> list[FrontPoint]:
    """Own, found, and of the orders that nothing beats in everything the best in each, earliest first."""
    best = [point for point in found.front if point.efficient]
    ends = [best[0], max(best, key=lambda point: point.user_weeks.value)]
    ends += [min(best, key=lambda point: point.peak_load.value if point.peak_load else 0.0)]
    ends += [point for point in found.front if point.kind in ("own", "found")]
    return [point for point in found.front if point in ends]


def _decimal(value: float) -> str:
    """A number with one decimal, without a sign where it rounds to none."""
    text = f"{value:,.1f}"
    return "0.0" if text == "-0.0" else text


def _winners(found: Optimised) -> Iterator[RenderableType]:
    if found.comparison is None:
        return
    pair = found.comparison.pair(1, 0)
    yield Text(
        f"Winners and losers under '{found.name}' rather than '{found.question.start.name}'", style="bold"
    )
    for kind, entries in (("Departments", pair.departments), ("Services", pair.services)):
        lines = list(comparing.shifts(entries))
        yield bullet(f"{kind}. {' '.join(lines)}" if lines else f"{kind}: none.")
    yield Text()
