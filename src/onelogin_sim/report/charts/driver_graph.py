"""What drives the date: the items most often on the driver chain, and what waits for what among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import networkx as nx
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch

from onelogin_sim.drivers import Drivers
from onelogin_sim.forecasting import Forecast
from onelogin_sim.plan import Plan
from onelogin_sim.report import formats, words
from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.chart import Chart, house_style
from onelogin_sim.report.charts.frame import Margins, framed, nothing, text_width, wrapped

#: Items drawn at most, and the share of futures from which an item is worth drawing for itself.
_MOST, _WORTH = 24, 0.02
#: Links without a dependency (a freed resource) drawn at most, and from which share.
_MOST_LINKS, _LINK_WORTH = 8, 0.05
_ROWS = 9


@dataclass(frozen=True, slots=True)
class _Card:
    """One item drawn: a mark at (x, y) in inches and its label on the right, up to `right`."""

    id: str
    x: float
    y: float
    right: float
    text: str


def plot_drivers(forecast: Forecast, target: str, ax: Axes | None = None) -> Chart:
    """Draw the driver graph of one target, for the larger part of its futures (that meet or that miss it)."""
    plan, drivers = forecast.plan, words.main_drivers(forecast, target)
    title = (
        words.driver_sentence(drivers, forecast)
        if drivers
        else "Nothing stands on the chain of what drives the date"
    )
    criticality = (
        {entry.id: entry.criticality for entry in drivers.drivers if entry.kind == "item"} if drivers else {}
    )
    shown = _shown(plan, criticality)
    graph = plan.graph().subgraph(shown)
    subtitle, note = _subtitle(forecast, drivers, target), _note(forecast, drivers, criticality, shown)
    with house_style():
        figure, ax = framed(forecast, ax, title, subtitle, margins=Margins(0, 0, 0.05, 0.05), note=note)
        width, height = (float(size) / float(ax.figure.dpi) for size in ax.get_window_extent().size)
        ax.set_xlim(0, width)
        ax.set_ylim(0, height)
        ax.axis("off")
        cards = _cards(plan, graph, criticality, width, height)
        shares = {(before, after): share for before, after, share in drivers.links} if drivers else {}
        _arrows(ax, graph, shares, cards)
        _draw(ax, plan, cards, criticality)
        if not cards:
            nothing(ax, "No service or enabler stands on the chain.")
    alt = _alt(title, subtitle, note, plan, cards, criticality, graph)
    rows = _rows(plan, shown, criticality, graph, shares)
    return Chart(f"drivers-{target}", figure, title, subtitle, words.run_line(forecast), alt, rows)


def _shown(plan: Plan, criticality: dict[str, float]) -> list[str]:
    """Choose what to draw: the most critical items, and what these wait for; others with arcs if few."""
    by_share = sorted(criticality, key=lambda name: (-criticality[name], name))
    shown = dict.fromkeys(
        [name for name in by_share if criticality[name] >= _WORTH and name in plan.item_index][: _MOST - 6]
    )
    graph = plan.graph()
    waiting = {item.id for item in plan.items if item.live_on is None}
    around = {before for name in shown for before in graph.predecessors(name) if criticality.get(before)}
    around |= {name for edge in graph.edges for name in edge if len(waiting) <= _MOST}
    for name in sorted(around - shown.keys(), key=lambda name: (-criticality.get(name, 0.0), name)):
        if len(shown) < _MOST:
            shown[name] = None
    return list(shown)


def _subtitle(forecast: Forecast, drivers: Drivers | None, target: str) -> str:
    name = next(entry.target.name for entry in forecast.targets if entry.target.id == target)
    if drivers is None:
        return f"Driver chains of “{name}”: no future has one, because what the target needs is live already."
    return (
        f"Share of futures in whose driver chain each stands; “{name}”, "
        f"{words.futures_of(drivers, forecast)}. Area: that share. "
        "●\N{NO-BREAK SPACE}service; ■\N{NO-BREAK SPACE}enabler. "
        "Solid line: waits for it, the thicker the more often on the chain; dashed: next on the chain "
        "without a dependency, such as by a freed resource."
    )


def _note(
    forecast: Forecast, drivers: Drivers | None, criticality: dict[str, float], shown: list[str]
) -> str:
    """Say in words what is not an item, and what is not drawn."""
    if drivers is None:
        return ""
    parts = []
    others = [
        entry for entry in drivers.drivers if entry.kind in ("resource", "other") and entry.criticality > 0
    ]
    if others:
        others.sort(key=lambda entry: -entry.days)
        named = [
            f"{words.driver_name(entry, forecast.plan)} {formats.percent(entry.criticality)} "
            f"({formats.days(entry.days)})"
            for entry in others
        ]
        parts.append(f"Also on the chain: {formats.listed(named, 5)}.")
    rest = [share for name, share in criticality.items() if name not in shown and share > 0]
    if rest:
        each = "stands" if len(rest) == 1 else "each stand"
        most = formats.percent(max(rest))
        parts.append(
            f"Not drawn: {formats.plural(len(rest), 'item')} that {each} on the chain in at most {most} of "
            "futures."
        )
    return " ".join(parts)


def _cards(
    plan: Plan, graph: nx.DiGraph, criticality: dict[str, float], width: float, height: float
) -> dict[str, _Card]:
    """Lay the items out in columns, what is waited for on the left; unconnected items last."""
    columns = [chunk for layer in _layers(graph, criticality) for chunk in _chunks(layer)]
    if not columns:
        return {}
    step = width / len(columns)
    cards = {}
    for column, names in enumerate(columns):
        row = height / len(names)
        for place, name in enumerate(names):
            x, y = column * step + 0.2, height - (place + 0.5) * row
            room = min(step, 3.4) - 0.2 - 0.22 - 0.35
            share = formats.percent(criticality.get(name, 0.0))
            text = wrapped(f"{share} {plan.items[plan.item_index[name]].name}", room, 9, lines=2)
            right = x + 0.22 + max(text_width(line, 9) for line in text.split("\n"))
            cards[name] = _Card(name, x, y, right, text)
    return cards


def _layers(graph: nx.DiGraph, criticality: dict[str, float]) -> list[list[str]]:
    def weight(name: str) -> tuple[float, str]:
        return (-criticality.get(name, 0.0), name)

    alone = sorted((name for name in graph if graph.degree(name) == 0), key=weight)
    connected = graph.subgraph([name for name in graph if graph.degree(name) > 0])
    layers: list[list[str]] = []
    place: dict[str, float] = {}
    for generation in nx.topological_generations(connected):
        above = {
            name: sum(place[one] for one in connected.predecessors(name)) / max(connected.in_degree(name), 1)
            for name in generation
        }
        layer = sorted(generation, key=lambda name: (above[name], *weight(name)))
        place |= {name: index / len(layer) for index, name in enumerate(layer)}
        layers.append(layer)
    return [*layers, alone] if alone else layers


def _chunks(names: list[str]) -> list[list[str]]:
    """Split a layer into columns of about the same length, none longer than there is height for."""
    count = -(-len(names) // _ROWS)
    size = -(-len(names) // count)
    return [names[start : start + size] for start in range(0, len(names), size)]


def _arrows(
    ax: Axes, graph: nx.DiGraph, shares: dict[tuple[str, str], float], cards: dict[str, _Card]
) -> None:
    for before, after in sorted(graph.edges):
        share = shares.get((before, after), 0.0)
        _arrow(
            ax, cards[before], cards[after], share, "-", palette.DARK_BLUE if share else palette.LIGHT_GREY
        )
    loose = [
        (share, before, after)
        for (before, after), share in shares.items()
        if before in cards and after in cards and not graph.has_edge(before, after) and share >= _LINK_WORTH
    ]
    for share, before, after in sorted(loose, key=lambda one: (-one[0], one[1], one[2]))[:_MOST_LINKS]:
        _arrow(ax, cards[before], cards[after], share, (0, (3, 2)), palette.DARK_PINK)


def _arrow(ax: Axes, before: _Card, after: _Card, share: float, style: Any, colour: str) -> None:
    """Draw from card to card, left to right or back again; within a column along its left side."""
    start, end, bend = (before.right + 0.04, before.y), (after.x - 0.12, after.y), 0.0
    if after.right < before.x:
        start, end, bend = (before.x - 0.12, before.y), (after.right + 0.04, after.y), 0.12
    elif after.x <= before.right:
        start, bend = (before.x - 0.12, before.y), 0.35 if after.y > before.y else -0.35
    ax.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=9 + 14 * share,
            shrinkA=0,
            shrinkB=0,
            connectionstyle=f"arc3,rad={bend}",
            linewidth=0.7 + 5 * share,
            linestyle=style,
            color=colour,
            alpha=0.75,
            zorder=1,
        )
    )


def _draw(ax: Axes, plan: Plan, cards: dict[str, _Card], criticality: dict[str, float]) -> None:
    for card in cards.values():
        enabler = plan.items[plan.item_index[card.id]].kind == "enabler"
        ax.scatter(
            [card.x],
            [card.y],
            s=28 + 260 * criticality.get(card.id, 0.0),
            marker="s" if enabler else "o",
            color=palette.ORANGE if enabler else palette.DARK_BLUE,
            edgecolors=palette.INK,
            linewidths=0.6,
            zorder=3,
            clip_on=False,
        )
        ax.text(
            card.x + 0.22,
            card.y,
            card.text,
            fontsize=9,
            va="center",
            ha="left",
            linespacing=1.1,
            zorder=4,
            bbox={"boxstyle": "square,pad=0.1", "facecolor": palette.PAPER, "edgecolor": "none"},
        )


def _alt(
    title: str,
    subtitle: str,
    note: str,
    plan: Plan,
    cards: dict[str, _Card],
    criticality: dict[str, float],
    graph: nx.DiGraph,
) -> str:
    names = [
        f"{plan.items[plan.item_index[name]].name} {formats.percent(criticality.get(name, 0.0))}"
        for name in sorted(cards, key=lambda name: (-criticality.get(name, 0.0), name))
    ]
    drawn = f"Drawn: {'; '.join(names)}. " if names else ""
    edges = f"{graph.number_of_edges()} dependencies between them."
    return f"Dependency graph. {title}. {subtitle} {drawn}{edges} {note}".strip()


def _rows(
    plan: Plan,
    shown: list[str],
    criticality: dict[str, float],
    graph: nx.DiGraph,
    shares: dict[tuple[str, str], float],
) -> tuple[dict[str, object], ...]:
    nodes = [
        {
            "row": "item",
            "item": name,
            "name": plan.items[plan.item_index[name]].name,
            "kind": plan.items[plan.item_index[name]].kind,
            "next": None,
            "dependency": None,
            "share": criticality.get(name, 0.0),
        }
        for name in shown
    ]
    pairs = sorted({*graph.edges, *(pair for pair in shares if pair[0] in shown and pair[1] in shown)})
    edges = [
        {
            "row": "link",
            "item": before,
            "name": plan.items[plan.item_index[before]].name,
            "kind": None,
            "next": after,
            "dependency": graph.has_edge(before, after),
            "share": shares.get((before, after), 0.0),
        }
        for before, after in pairs
    ]
    return (*nodes, *edges)
