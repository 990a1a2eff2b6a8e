"""The identity load of alternatives for a terminal: all of them in a table, two of them station by station."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from onelogin_sim.comparison import Comparison
from onelogin_sim.load_pairs import LoadComparison, LoadPair
from onelogin_sim.report import formats
from onelogin_sim.report.comparing.load import comes, first_over, median, notes
from onelogin_sim.report.load.words import decimal, wait
from onelogin_sim.verification.load_figures import (
    AVOIDED,
    FIRST_OVER,
    LOST,
    PEAK_MONTH,
    PEAK_SIGN_INS,
    WAIT,
    WITHIN,
    Figure,
)

#: In place of a share of people where nobody comes.
NOBODY = "\N{EN DASH}"

#: Alternatives shown; the tables have all of them.
TOP = 12

#: Of so many, all are told station by station.
FEW = 3


def load_parts(comparison: Comparison) -> Iterator[RenderableType]:
    """Yield the load's part of a comparison's summary; nothing where it was not compared."""
    load = comparison.load
    if load is None:
        return
    yield Text(f"Identity load, in {formats.plural(load.replications, 'future')}", style="bold")
    target = comparison.plan.targets[comparison.target]
    table = _table(
        "Alternative",
        "Busiest month",
        "First over capacity",
        f"Avoided by {formats.day(target.by, comparison.plan)}",
        "Sign-ins/s",
    )
    base = comparison.best if comparison.best is not None else 0
    for place in range(min(len(load.alternatives), TOP)):
        table.add_row(*_cells(comparison, load, place, base))
    yield table
    against = comparison.alternatives[base].name
    left = len(load.alternatives) - TOP
    more = f"; {left} more in tables/load.csv" if left > 0 else ""
    yield Text(f"Medians; below them the mean paired difference from '{against}'{more}.", style="dim")
    yield from _stations(comparison, load)
    yield from (Text(note, style="dim") for note in notes(load))
    yield Text()


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), show_header=True, header_style="bold")
    for column in columns:
        table.add_column(Text(column), overflow="fold")
    return table


def _cells(comparison: Comparison, load: LoadComparison, place: int, base: int) -> Iterator[Text]:
    one = load.alternatives[place]
    pair = None if place == base else load.pair(place, base)
    avoided = (AVOIDED, comparison.plan.targets[comparison.target].id)
    yield Text(one.name)
    yield _cell(formats.number(median(one.standing(PEAK_MONTH))), pair, Figure(PEAK_MONTH))
    over = pair if load.anywhere else None
    yield _cell(first_over(load, place, comparison), over, Figure(FIRST_OVER), " days")
    yield _cell(formats.number(median(one.standing(*avoided))), pair, Figure(*avoided))
    yield _cell(decimal(median(one.standing(PEAK_SIGN_INS))), pair, Figure(PEAK_SIGN_INS))


def _cell(text: str, pair: LoadPair | None, figure: Figure, unit: str = "") -> Text:
    cell = Text(text)
    if pair is not None:
        value = pair.difference(figure.kind, figure.of).mean.value
        said = decimal(value) if figure.kind == PEAK_SIGN_INS else formats.number(value)
        if not any(digit in said for digit in "123456789"):
            said, value = said.removeprefix("-"), 0.0
        cell.append(f"\n{'+' if value > 0 else ''}{said}{unit}", style="dim")
    return cell


def _stations(comparison: Comparison, load: LoadComparison) -> Iterator[RenderableType]:
    """Each station under all alternatives where they are few; else the best and what it is held against, if any."""
    if not load.stations:
        return
    best, reference = comparison.best, comparison.reference
    shown: tuple[int, ...] = (1, 0) if best is None or reference is None else (best, reference)
    if len(load.alternatives) <= FEW:
        shown = (*shown, *(place for place in range(len(load.alternatives)) if place not in shown))
    table = _table("Station", "Alternative", "First over capacity", "P95 wait", "In time", "Lost")
    for column in table.columns[3:]:
        column.justify, column.no_wrap = "right", True
    for station, name in load.stations:
        for place in shown:
            one = load.alternatives[place]
            kinds = [entry.figure.kind for entry in one.standings if entry.figure.of == station]
            level = median(one.standing(WITHIN, station)) if WITHIN in kinds else None
            in_time = "no level" if level is None else formats.percent(level)
            table.add_row(
                Text(formats.shortened(name, 20) if place == shown[0] else ""),
                Text(one.name),
                Text(first_over(load, place, comparison, station)),
                wait(median(one.standing(WAIT, station))),
                in_time if comes(one, station) else NOBODY,
                formats.percent(median(one.standing(LOST, station))),
            )
    yield Text()
    yield table
    others = "" if len(load.alternatives) <= FEW else "; every alternative in tables/load.csv"
    yield Text(f"Medians over futures of each future's own worst month{others}.", style="dim")
