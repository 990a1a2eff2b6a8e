"""The same comparison for a terminal: the sentence, standings, claims, winners and losers, in eighty columns."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from onelogin_sim.calendars import NEVER
from onelogin_sim.comparison import Comparison, Standing
from onelogin_sim.report import formats
from onelogin_sim.report.comparing import words
from onelogin_sim.report.comparing.load import load_sentence
from onelogin_sim.report.comparing.load_terminal import load_parts
from onelogin_sim.report.console import bullet, plain_text, show
from onelogin_sim.report.words import ILLUSTRATIVE, quantile

#: Alternatives and findings shown; the tables have all of them.
TOP = 12

#: Pairs that are all shown when there are no more, those without the best too.
PAIRS = 3

#: Graham anomalies shown: each takes several lines.
ANOMALIES = 3


def comparison_summary(comparison: Comparison) -> Group:
    """Return everything a planner reads first, as one renderable for any rich console."""
    parts: list[RenderableType] = [Text(words.title(comparison), style="bold")]
    if comparison.illustrative:
        parts.append(Text(ILLUSTRATIVE, style="bold magenta"))
    said = (
        words.board(comparison),
        load_sentence(comparison),
        words.others(comparison),
        words.identical(comparison),
    )
    parts += [Text(), *(bullet(text) for text in said if text), Text()]
    order = [comparison.target, *(k for k in range(len(comparison.plan.targets)) if k != comparison.target)]
    for index in order:
        parts += [*_target(comparison, index), Text()]
    parts += [
        *_user_weeks(comparison),
        *load_parts(comparison),
        *_winners(comparison),
        *_findings(comparison),
    ]
    closing = (
        words.nominated(comparison),
        words.family(comparison),
        *words.NOTES,
        words.run_line(comparison),
    )
    parts += [Text(text, style="dim") for text in closing if text]
    return Group(*parts)


def print_comparison(comparison: Comparison) -> None:
    """Print the summary to standard output, in colour where it is a terminal."""
    show(comparison_summary(comparison))


def summary_text(comparison: Comparison, width: int = 80) -> str:
    """Return the summary as plain text, without colour, for a file."""
    return plain_text(comparison_summary(comparison), width=width)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), show_header=True, header_style="bold")
    for column in columns:
        table.add_column(Text(column), overflow="fold")
    return table


def _target(comparison: Comparison, index: int) -> Iterator[RenderableType]:
    """One target: each alternative's dates, and how it differs from the best."""
    target, plan = comparison.plan.targets[index], comparison.plan
    heading = Text(f"{target.name}, by {formats.day(target.by, plan)}", style="bold")
    if index != comparison.target:
        heading.append(" (best is decided on another target)", style="not bold dim")
    yield heading
    best = "nominated" if comparison.nomination else "better"
    against = "" if comparison.best is None else f"Against the {best}"
    table = _table("Alternative", "P50", "P80", against)
    table.columns[0].max_width = 24
    for column in table.columns[1:3]:
        column.no_wrap = True
    ranked = sorted(
        range(len(comparison.alternatives)),
        key=lambda place: (comparison.alternatives[place].standings[index].mean.value, place),
    )
    for place in ranked[:TOP]:
        standing = comparison.alternatives[place].standings[index]
        name = Text(comparison.alternatives[place].name, style="bold" if place == comparison.best else "")
        name.append(f"\n{formats.percent(standing.met_by.value)} by then", style="dim")
        table.add_row(
            name,
            _date(standing, 50, comparison),
            _date(standing, 80, comparison),
            _against(comparison, place, index),
        )
    yield table
    if len(ranked) > TOP:
        yield Text(f"and {len(ranked) - TOP} more in tables/alternatives.csv", style="dim")
    yield from _other_pairs(comparison, index)


def _date(standing: Standing, percent: int, comparison: Comparison) -> Text:
    day = quantile(standing.quantiles, percent).day
    return Text("past the\nhorizon" if day == NEVER else formats.day(day, comparison.plan))


def _against(comparison: Comparison, place: int, index: int) -> Text:
    """What is claimed of an alternative against the best, and by how much, from its own side."""
    if comparison.best is None:
        return Text()
    if place == comparison.best:
        nominated = comparison.nomination is not None and index == comparison.target
        return Text("nominated" if nominated else "what the others are held against", style="bold")
    return _claimed(comparison, place, comparison.best, index, "\n")


def _claimed(comparison: Comparison, one: int, other: int, index: int, between: str = ", ") -> Text:
    """What is claimed of one alternative against another, and by how much, from its own side."""
    pair = comparison.pair(one, other)
    entry = pair.targets[index]
    text = Text(words.verdict(entry, pair, comparison), style="bold")
    if pair.same or entry.verdict in ("identical", "never reached"):
        return text
    word = "earlier" if entry.claim.mean <= 0 else "later"
    mean = f"{formats.days(abs(entry.claim.mean))} {word} ({words.span(entry)})"
    lines = (words.shares(entry), mean) if entry.shares_lead else (mean, words.shares(entry))
    return text.append(between + between.join(lines), style="not bold")


def _other_pairs(comparison: Comparison, index: int) -> Iterator[RenderableType]:
    """Pairs without the best, where all are few; the tables have them always."""
    if comparison.best is None or len(comparison.pairs) > PAIRS:
        return
    for pair in comparison.pairs:
        if comparison.best not in (pair.a, pair.b):
            names = [words.quoted(comparison, place) for place in (pair.b, pair.a)]
            said = _claimed(comparison, pair.b, pair.a, index).plain
            yield bullet(f"{names[0]} against {names[1]}: {said}.")


def _user_weeks(comparison: Comparison) -> Iterator[RenderableType]:
    """Users connected before each target date, by alternative."""
    seen: set[int] = set()
    for index, target in enumerate(comparison.plan.targets):
        if target.by in seen:
            continue
        seen.add(target.by)
        yield Text(f"User-weeks connected before {formats.day(target.by, comparison.plan)}", style="bold")
        base = words.quoted(comparison, 0)
        table = _table("Alternative", "Mean", f"More than {base}")
        table.columns[1].justify = "right"
        ranked = sorted(
            range(len(comparison.alternatives)),
            key=lambda place: (-comparison.alternatives[place].standings[index].user_weeks.value, place),
        )
        for place in ranked[:TOP]:
            mean = comparison.alternatives[place].standings[index].user_weeks.value
            more = ""
            if place:
                difference = comparison.pair(place, 0).targets[index].user_weeks
                low, high = formats.number(difference.low), formats.number(difference.high)
                more = f"{formats.number(difference.value)} ({low} to {high})"
            table.add_row(Text(comparison.alternatives[place].name), formats.number(mean), more)
        yield Padding(table, (0, 0, 1, 2))


def _winners(comparison: Comparison) -> Iterator[RenderableType]:
    """Who gains and who loses when the best takes the place of what it is held against."""
    if comparison.best is None or comparison.reference is None:
        return
    pair = comparison.pair(comparison.best, comparison.reference)
    best, reference = (words.quoted(comparison, place) for place in (pair.a, pair.b))
    yield Text(f"Winners and losers under {best} rather than {reference}", style="bold")
    yield Text(
        "mean go-live, of a department over its services; only where surely not 0, each taken alone at 95%",
        style="dim",
    )
    for kind, entries in (("Departments", pair.departments), ("Services", pair.services)):
        lines = list(words.shifts(entries))
        yield bullet(f"{kind}. {' '.join(lines)}" if lines else f"{kind}: none.")
    yield Text()


def _findings(comparison: Comparison) -> Iterator[RenderableType]:
    # One target's anomalies tell what the others' would: those that the sentence is about.
    odd = [one for one in comparison.anomalies if one.target == comparison.target][:ANOMALIES]
    found = [words.anomaly(one, comparison) for one in odd]
    found += [one.text for one in comparison.findings][: TOP - len(found)]
    left = len(comparison.anomalies) + len(comparison.findings) - len(found)
    if not found and not left:
        return
    yield Text("Findings", style="bold")
    for text in found:
        yield bullet(text)
    if left:
        yield Text(f"and {left} more in tables/findings.csv", style="dim")
    yield Text()
