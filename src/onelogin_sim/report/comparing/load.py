"""The identity load of alternatives beside one another: a sentence, rows, JSON and a table for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from onelogin_sim.comparison import Comparison
from onelogin_sim.forecasting import Share
from onelogin_sim.load_pairs import (
    FIRST_OVER,
    PEAK_MONTH,
    PEAK_SIGN_INS,
    LoadComparison,
    LoadDifference,
    LoadPair,
)
from onelogin_sim.pairs import Mean
from onelogin_sim.report import formats
from onelogin_sim.report.load.words import decimal

Row = dict[str, object]

#: What the figures are.
NOTE = (
    "Load: checks and rises to P2 in the busiest month; the first day by which, in seven days, more work has come to "
    "some station than it can do in them (never counts as the horizon); checks avoided by reuse up to the last month's "
    "end by the target's date; sign-ins a second in the busiest hour. Differences are paired, with 95% intervals each."
)


def load_sentence(comparison: Comparison) -> str:
    """Return what the best does to the identity load; empty where no load was compared or none is best."""
    load, best, reference = comparison.load, comparison.best, comparison.reference
    if load is None or best is None or reference is None:
        return ""
    pair, against = load.pair(best, reference), f"'{comparison.alternatives[reference].name}'"
    over, peak = pair.difference(FIRST_OVER), pair.difference(PEAK_MONTH)
    more = [_over(over, "sooner")] if over.surely_lower else []
    more += [_peak(peak, "more")] if peak.surely_higher else []
    less = [_over(over, "later")] if over.surely_higher else []
    less += [_peak(peak, "fewer")] if peak.surely_lower else []
    sooner = comparison.pair(best, reference).targets[comparison.target].verdict == "a better"
    if more:
        start = "It meets the date sooner and breaks the load" if sooner else "It breaks the load"
        if not over.surely_lower:
            start = "It meets the date sooner and brings more load" if sooner else "It brings more load"
        rest = f", though {' and '.join(less)}" if less else ""
        return f"{start}: {' and '.join(more)} than under {against}{rest}."
    if less:
        return f"It is easier on identity checks too: {' and '.join(less)} than under {against}."
    if not any(one.ever_over.value for one in load.alternatives):
        return "Capacity for identity checks is exceeded in no future, whatever the alternative."
    return f"Neither the day capacity for identity checks is exceeded nor the busiest month tells it from {against}."


def _over(entry: LoadDifference, word: str) -> str:
    mean = entry.mean
    low, high = sorted((abs(mean.low), abs(mean.high)))
    return (
        f"capacity for identity checks is exceeded {formats.days(abs(mean.value))} {word} "
        f"({formats.amount(low)} to {formats.days(high)})"
    )


def _peak(entry: LoadDifference, word: str) -> str:
    mean = entry.mean
    low, high = sorted((abs(mean.low), abs(mean.high)))
    return (
        f"the busiest month has {formats.number(abs(mean.value))} {word} checks "
        f"({formats.number(low)} to {formats.number(high)})"
    )


def load_rows(comparison: Comparison) -> Iterator[Row]:
    """One row an alternative and figure: its mean and percentiles; days as dates, null past the horizon."""
    for one in comparison.load.alternatives if comparison.load else ():
        for entry in one.standings:
            percentiles = dict(zip(("p10", "p50", "p90"), entry.percentiles, strict=True))
            row: Row = {
                "alternative": one.name,
                "figure": entry.figure,
                **_mean("mean", entry.mean),
                **percentiles,
            }
            if entry.figure == FIRST_OVER:
                dates = {name: _date(value, comparison) for name, value in percentiles.items()}
                row |= {**dates, **_share("exceeded", one.ever_over)}
            yield row


def load_pair_rows(comparison: Comparison) -> Iterator[Row]:
    """One row a pair and figure: the paired difference, first minus second."""
    load = comparison.load
    for pair in load.pairs if load else ():
        for entry in pair.differences:
            assert load is not None
            yield {
                "a": load.alternatives[pair.a].name,
                "b": load.alternatives[pair.b].name,
                "figure": entry.figure,
                **_mean("mean_difference", entry.mean),
                **_share("a_higher", entry.higher),
                **_share("a_lower", entry.lower),
            }


def load_json(comparison: Comparison) -> dict[str, Any] | None:
    """Return the load as plain data, None where it was not compared."""
    if comparison.load is None:
        return None
    return {
        "sentence": load_sentence(comparison),
        "alternatives": list(load_rows(comparison)),
        "pairs": list(load_pair_rows(comparison)),
        "note": NOTE,
    }


def load_parts(comparison: Comparison) -> Iterator[RenderableType]:
    """Yield the load's part of a comparison's summary; nothing where it was not compared."""
    load = comparison.load
    if load is None:
        return
    yield Text("Identity load", style="bold")
    base = comparison.best if comparison.best is not None else 0
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), show_header=True, header_style="bold")
    target = comparison.plan.targets[comparison.target]
    heads = (
        "Alternative",
        "Busiest month",
        "First over capacity",
        f"Avoided by {formats.day(target.by, comparison.plan)}",
        "Sign-ins/s",
    )
    for head in heads:
        table.add_column(Text(head), overflow="fold")
    for place in range(len(load.alternatives)):
        table.add_row(*_cells(comparison, load, place, base))
    yield table
    against = comparison.alternatives[base].name
    yield Padding(
        Text(f"Medians; below them the mean paired difference from '{against}'.", style="dim"), (0, 0, 0, 0)
    )
    yield Text(NOTE, style="dim")
    yield Text()


def _cells(comparison: Comparison, load: LoadComparison, place: int, base: int) -> Iterator[Text]:
    one, plan = load.alternatives[place], comparison.plan
    pair = None if place == base else load.pair(place, base)
    avoided = f"avoided_by_{plan.targets[comparison.target].id}"
    over = int(one.standing(FIRST_OVER).percentiles[1])
    date = "past the horizon" if over >= plan.horizon else formats.day(over, plan)
    yield Text(one.name)
    yield _cell(formats.number(one.standing(PEAK_MONTH).percentiles[1]), pair, PEAK_MONTH)
    yield _cell(f"{date}, in {formats.percent(one.ever_over.value)}", pair, FIRST_OVER, " days")
    yield _cell(formats.number(one.standing(avoided).percentiles[1]), pair, avoided)
    yield _cell(decimal(one.standing(PEAK_SIGN_INS).percentiles[1]), pair, PEAK_SIGN_INS)


def _cell(text: str, pair: LoadPair | None, figure: str, unit: str = "") -> Text:
    cell = Text(text)
    if pair is not None:
        value = pair.difference(figure).mean.value
        said = decimal(value) if figure == PEAK_SIGN_INS else formats.number(value)
        said = said.removeprefix("-") if float(said.lstrip("-").split(" ")[0].replace(",", "")) == 0 else said
        cell.append(f"\n{'+' if value > 0 else ''}{said}{unit}", style="dim")
    return cell


def _date(day: float, comparison: Comparison) -> str | None:
    return formats.iso(int(day), comparison.plan) if day < comparison.plan.horizon else None


def _mean(name: str, entry: Mean) -> Row:
    return {name: entry.value, f"{name}_low": entry.low, f"{name}_high": entry.high}


def _share(name: str, entry: Share) -> Row:
    return {name: entry.value, f"{name}_low": entry.low, f"{name}_high": entry.high}
