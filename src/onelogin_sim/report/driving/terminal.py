"""A sensitivity analysis for a terminal: one target, a sentence first, then tables in eighty columns."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from onelogin_sim.driving.basis import Basis
from onelogin_sim.driving.impact import Impacts
from onelogin_sim.driving.merges import MergeBias
from onelogin_sim.driving.sensitivity import Ranking, Screening, Sensitivity
from onelogin_sim.plan import Target
from onelogin_sim.report import formats, words
from onelogin_sim.report.console import bullet, plain_text, show
from onelogin_sim.report.driving import words as say

#: Rows shown of a list that can be long; the tables have all of them.
TOP, TOP_MERGES = 12, 5

_NAME, _SHORT = 44, 30


def sensitivity_summary(result: Sensitivity, target: Target) -> Group:
    """Return what a planner reads first about one target, as one renderable for any rich console."""
    basis = result.basis
    title = basis.title + (f" ({', '.join(basis.variants)})" if basis.variants else "")
    parts: list[RenderableType] = [Text(title, style="bold")]
    if basis.plan.illustrative:
        parts.append(Text(words.ILLUSTRATIVE, style="bold magenta"))
    parts.append(Text(f"What would move “{target.name}”?", style="bold"))
    if result.impacts:
        parts += _impacts(result.impacts, target)
        parts += _drivers(result.impacts, target)
        parts += _merges(result.impacts)
    if result.screening:
        parts += _screening(result.screening, target)
    if result.ranking:
        parts += _ranking(result.ranking, target)
    digest = result.impacts.result_digest if result.impacts else ""
    parts += [
        Text(),
        Text(words.ERROR_CAVEAT, style="dim"),
        Text(say.source_line(basis, digest), style="dim"),
    ]
    return Group(*parts)


def print_sensitivity(result: Sensitivity, target: Target) -> None:
    """Print the summary to standard output, in colour where it is a terminal."""
    show(sensitivity_summary(result, target))


def summary_text(result: Sensitivity, width: int = 80) -> str:
    """Return the summary of every target as plain text, without colour, for a file."""
    parts: list[RenderableType] = []
    for target in result.basis.plan.targets:
        parts += [sensitivity_summary(result, target), Text()]
    return plain_text(*parts, width=width)


def _table(first: str, *numbers: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=True, header_style="bold")
    table.add_column(Text(first), overflow="fold")
    for column in numbers:
        table.add_column(Text(column), justify="right", no_wrap=True)
    return table


def _impacts(impacts: Impacts, target: Target) -> Iterator[RenderableType]:
    found = [one for one in impacts.impacts if one.target == target.id]
    unchanged = next(one for one in impacts.unchanged if one.target == target.id)
    yield Text(say.unchanged_sentence(unchanged, impacts.basis))
    yield Text()
    for one in found[:3]:
        if not one.same:
            yield bullet(f"{say.sentence(one)} {say.chance(one, unchanged, impacts.basis)}".rstrip())
    yield Text()
    table = _table("Change", "Days", "95%", "Earlier", "Later", "Chance")
    moving = [one for one in found if one.earlier.value or one.later.value]
    for one in moving[:TOP]:
        table.add_row(
            Text(formats.shortened(say.label(one), _NAME)),
            say.signed(one.days.mean),
            f"{say.signed(one.days.low)} to {say.signed(one.days.high)}",
            formats.percent(one.earlier.value),
            formats.percent(one.later.value),
            say.points(100 * one.met_by.mean),
        )
    yield table
    if len(moving) > TOP:
        yield Text(f"and {len(moving) - TOP} more in tables/impacts.csv", style="dim")
    if still := len(found) - len(moving):
        never = "never moves" if still == 1 else "never move"
        yield Text(f"{formats.plural(still, 'other change')} {never} this target's day.", style="dim")
    yield Text(f"{say.COUNTED} Chance: of meeting its date, in points. {say.PAIRED}", style="dim")
    yield Text()


def _drivers(impacts: Impacts, target: Target) -> Iterator[RenderableType]:
    drivers = say.main_drivers(impacts, target.id)
    barriers = [one for one in drivers.drivers if one.kind == "barrier"] if drivers else []
    if not drivers or not barriers:
        return
    yield Text("Barriers on the driver chain", style="bold")
    yield Text(say.driver_futures(drivers, impacts.basis), style="dim")
    table = _table("Barrier", "Futures", "Days added")
    for one in barriers:
        table.add_row(
            Text(say.driver_name(one, impacts.basis)),
            formats.percent(one.criticality),
            say.signed(one.days),
        )
    yield table
    yield Text()


def _merges(impacts: Impacts) -> Iterator[RenderableType]:
    found = [merge for merge in impacts.merges if merge.days.mean > 0]
    if not found:
        return
    yield Text("Where waiting for several costs most", style="bold")
    table = _table("Merge", "Days", "95%")
    table.add_column(Text("Last most often"), overflow="fold")
    for merge in found[:TOP_MERGES]:
        name = f"{say.item_name(merge.item, impacts.basis)}, {merge.stage.replace('_', ' ')}"
        table.add_row(
            Text(formats.shortened(name, _NAME)),
            say.bare(merge.days.mean),
            f"{say.bare(merge.days.low)} to {say.bare(merge.days.high)}",
            Text(f"{_last(merge, impacts.basis)}, {formats.percent(merge.inputs[0].last)}"),
        )
    yield table
    if len(found) > TOP_MERGES:
        yield Text(f"and {len(found) - TOP_MERGES} more in tables/merges.csv", style="dim")
    yield Text(say.MERGE_WORDS, style="dim")


def _last(merge: MergeBias, basis: Basis) -> str:
    """What is most often the last of what a merge waits for: another item, or the item's own stage before."""
    first = merge.inputs[0]
    if first.item == merge.item:
        return f"its own {first.stage.replace('_', ' ')}"
    return formats.shortened(say.item_name(first.item, basis), _SHORT)


def _screening(screening: Screening, target: Target) -> Iterator[RenderableType]:
    yield Text()
    yield Text("Which uncertain inputs move the day at all (Morris)", style="bold")
    found = [one for one in screening.effects if one.target == target.id]
    table = _table("Input", "Mean move, days", "95%", "Deviation")
    for one in found[:TOP]:
        table.add_row(
            Text(formats.shortened(say.input_name(one.input), _NAME)),
            say.bare(one.size.mean),
            f"{say.bare(one.size.low)} to {say.bare(one.size.high)}",
            say.bare(one.sigma),
        )
    yield table
    still = sum(one.size.mean == 0 for one in found)
    if still:
        never = "never moves" if still == 1 else "never move"
        yield Text(f"{formats.plural(still, 'input')} {never} it.", style="dim")
    yield Text(f"{say.SCREEN_WORDS} {say.work_words(screening.by_item)}", style="dim")


def _ranking(ranking: Ranking, target: Target) -> Iterator[RenderableType]:
    yield Text()
    spread = next(one for one in ranking.spreads if one.target == target.id)
    yield Text("Which uncertain inputs are behind the spread (Sobol)", style="bold")
    if spread.deviation == 0:
        yield Text("The day is the same in every future: there is no spread to explain.")
        return
    yield Text(f"Standard deviation of the day: {say.day_count(spread.deviation)}.")
    table = _table("Input", "Alone", "Total")
    found = [one for one in ranking.indices if one.target == target.id]
    for one in found[:TOP]:
        name = formats.shortened(say.input_name(one.input), _NAME)
        table.add_row(Text(name), say.parts(one.alone), say.parts(one.total))
    yield table
    if len(found) > TOP:
        yield Text(f"and {len(found) - TOP} more in tables/sobol.csv", style="dim")
    yield Text(f"{say.INDEX_WORDS} {say.work_words(ranking.by_item)}", style="dim")
