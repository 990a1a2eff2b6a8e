"""The same forecast for a terminal: what is said first, targets, drivers, findings, in eighty columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from onelogin_sim.calendars import NEVER
from onelogin_sim.drivers import CAUSES
from onelogin_sim.forecasting import Forecast, Quantile, TargetForecast
from onelogin_sim.plan import Plan
from onelogin_sim.report import formats, words
from onelogin_sim.report.console import bullet, plain_text, show
from onelogin_sim.report.load.terminal import load_parts
from onelogin_sim.scenario.explain import Explained, render

#: Rows shown of a list that can be long; the tables have all of them.
TOP = 8

#: Kinds of driver in the order shown, and how many of each at most.
_DRIVERS_SHOWN = ((("resource", "other"), 5), (("item",), 5), (("stage",), 3))


def forecast_summary(forecast: Forecast) -> Group:
    """Return everything a planner reads first, as one renderable for any rich console."""
    parts: list[RenderableType] = [Text(_title(forecast), style="bold")]
    if forecast.plan.illustrative:
        parts.append(Text(words.ILLUSTRATIVE, style="bold magenta"))
    parts += [bullet(f"{words.headline(entry, forecast.plan)}.") for entry in forecast.targets]
    parts += [Text(), *_targets(forecast), Text(), *_coverage(forecast)]
    for entry in forecast.targets[:1]:
        parts += _drivers(forecast, entry)
    parts += [*_time_use(forecast), *_findings(forecast), Text(), *load_parts(forecast)]
    parts += [Text(words.ERROR_CAVEAT, style="dim"), Text(words.run_line(forecast), style="dim")]
    return Group(*parts)


def print_forecast(forecast: Forecast) -> None:
    """Print the summary to standard output, in colour where it is a terminal."""
    show(forecast_summary(forecast))


def print_explained(rows: Iterable[Explained]) -> None:
    """Print every value of a resolved scenario to standard output, one a line, however long."""
    show(Text(render(rows)), soft_wrap=True)


def summary_text(forecast: Forecast, width: int = 80) -> str:
    """Return the summary as plain text, without colour, for a file."""
    return plain_text(forecast_summary(forecast), width=width)


def _title(forecast: Forecast) -> str:
    return forecast.title + (f" ({', '.join(forecast.variants)})" if forecast.variants else "")


def _table(*columns: str, right: tuple[str, ...] = ()) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=True, header_style="bold")
    for column in columns:
        table.add_column(Text(column), justify="right" if column in right else "left", overflow="fold")
    return table


def _targets(forecast: Forecast) -> Iterator[RenderableType]:
    if not forecast.targets:
        return
    table = _table("Target and its date", "P10", "P50", "P80", "P90")
    table.padding = (0, 1, 0, 0)
    for column in table.columns[1:]:
        column.no_wrap = True
    for entry in forecast.targets:
        if table.row_count:
            table.add_row()
        name = Text(f"{entry.target.name}\nby {formats.day(entry.target.by, forecast.plan)}:\n")
        name.append(formats.percent_interval(entry.met_by), style="bold")
        table.add_row(name, *(_date(one, forecast.plan) for one in entry.quantiles))
    yield table
    yield Text("Under each date: its Monte Carlo error at 95%.", style="dim")
    for entry in forecast.targets:
        covered = words.coverage(forecast, entry.target.measure)
        of = words.denominator(entry.target.measure, entry.target.total, covered.imputed if covered else 0)
        yield Text()
        yield Text(f"{entry.target.name} ({formats.number(entry.target.needed)} {of})", style="bold")
        yield Padding(Text(words.censored(entry, forecast.plan)), (0, 0, 0, 2))
        yield Padding(Text(words.deterministic(entry, forecast.plan)), (0, 0, 0, 2))


def _date(entry: Quantile, plan: Plan) -> Text:
    """Stack a percentile's date over the two ends of its interval."""
    if entry.day == NEVER:
        text = Text("past the\nhorizon", style="bold")
        if entry.low is not None and entry.low != NEVER:
            text.append(f"\n{formats.day(entry.low, plan)} on", style="dim")
        return text
    text = Text(formats.day(entry.day, plan), style="bold")
    if entry.low != entry.high:
        text.append(f"\n{_two_lines(entry, plan)}", style="dim")
    return text


def _two_lines(entry: Quantile, plan: Plan) -> str:
    """Return both ends of an interval, one a line."""
    if entry.low is None:
        return "too few\nto bound" if entry.high == NEVER else f"{formats.day(entry.high, plan)}\nor earlier"
    if entry.high == NEVER:
        return f"{formats.day(entry.low, plan)}\nor later"
    return f"{formats.day(entry.low, plan)} to\n{formats.day(entry.high, plan)}"


def _coverage(forecast: Forecast) -> Iterator[RenderableType]:
    """Coverage at year ends, or quarter ends where there are few: P10, P50 and P90."""
    for covered in forecast.coverage:
        dates = [formats.iso(int(day), forecast.plan) or "" for day in covered.days]
        years = [place for place, when in enumerate(dates) if when.endswith("-12-31")]
        quarters = [place for place, when in enumerate(dates) if when[5:7] in ("03", "06", "09", "12")]
        places = years if len(years) > 2 else quarters or list(range(len(dates)))
        if not places:
            continue
        what = words.MEASURES[covered.measure]
        of = words.denominator(covered.measure, covered.total, covered.imputed)
        yield Text(f"{formats.capital(what)}, {of}", style="bold")
        table = _table("on", "P10", "median", "P90", right=("P10", "median", "P90"))
        for place in places:
            bands = (covered.p10, covered.p50, covered.p90)
            table.add_row(
                formats.day(int(covered.days[place]), forecast.plan),
                *(formats.number(int(band[place])) for band in bands),
            )
        yield Padding(table, (0, 0, 1, 2))


def _drivers(forecast: Forecast, target: TargetForecast) -> Iterator[RenderableType]:
    drivers = words.main_drivers(forecast, target.target.id)
    if drivers is None or not drivers.drivers:
        return
    yield Text(f"What drives “{target.target.name}”", style="bold")
    yield Text(f"{words.futures_of(drivers, forecast)}; days are means on the chain", style="dim")
    table = _table("Kind", "Driver", "Futures", "Days", right=("Futures", "Days"))
    shown = [
        one
        for kinds, most in _DRIVERS_SHOWN
        for one in [one for one in drivers.drivers if one.kind in kinds][:most]
    ]
    for one in shown:
        name = formats.shortened(words.driver_name(one, forecast.plan), 48)
        table.add_row(one.kind, Text(name), formats.percent(one.criticality), formats.amount(one.days))
    yield Padding(table, (0, 0, 0, 2))
    if len(drivers.drivers) > len(shown):
        more = f"and {len(drivers.drivers) - len(shown)} more in tables/drivers.csv"
        yield Padding(Text(more, style="dim"), (0, 0, 0, 2))
    yield Text()


def _time_use(forecast: Forecast) -> Iterator[RenderableType]:
    days = forecast.time_use.by_stage.sum(axis=0)
    total = float(days.sum())
    if total:
        parts = [
            f"{words.CAUSES[cause]} {formats.percent(float(value) / total)}"
            for cause, value in zip(CAUSES, days, strict=True)
        ]
        yield Text.assemble(("Where the time goes: ", "bold"), f"{', '.join(parts)}.")


def _findings(forecast: Forecast) -> Iterator[RenderableType]:
    if not forecast.findings:
        return
    yield Text()
    yield Text("Findings", style="bold")
    for entry in forecast.findings[:TOP]:
        yield bullet(entry.text)
    if len(forecast.findings) > TOP:
        yield Text(f"and {len(forecast.findings) - TOP} more in tables/findings.csv", style="dim")
