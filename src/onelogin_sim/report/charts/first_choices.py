"""What is gained by serving each choice first, with intervals: who should get the next free slot."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from onelogin_sim.optimising.advised import Advised, Choice
from onelogin_sim.pairs import Mean
from onelogin_sim.report import formats
from onelogin_sim.report.advising import words
from onelogin_sim.report.advising.tables import Row, choice_rows
from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.chart import Chart, house_style
from onelogin_sim.report.charts.frame import HEIGHT, Margins, sheet, text_width

#: Choices drawn at most, best first.
_MOST = 16

_LABEL_MOST = 46
_ROW = 0.27

#: Colour and shape of the claim, of the choice that is the order's own, and of the others.
_CLAIM, _OWN, _OTHER = (palette.DARK_PINK, "s"), (palette.ORANGE, "D"), (palette.DARK_BLUE, "o")

_HEADS = ("Gain (95% interval)", "Ready")


def plot_choices(advised: Advised, ax: Axes | None = None) -> Chart:
    """Draw the gain of each choice over the order as it stands, best on top."""
    advice = advised.advice
    shown = advice.choices[:_MOST]
    claimed = _claimed(advised)
    title, source = words.headline(advised), words.run_line(advised)
    labels = [f"{_label(advised, shown[0])}: claim"] if claimed else []
    labels += [_label(advised, one) for one in shown]
    again = f" Square: the first choice compared again in {words.futures(advice)} more." if claimed else ""
    subtitle = (
        f"Gain over '{advice.base.name}' as it stands, {words.unit(advice)}, when one is served first and everybody "
        f"else by it; mean of {formats.plural(len(advice.ranked), 'future')}, line: 95% interval.{again} Shaded: less "
        f"than {words.delta(advice)}, too little to act on. Diamond: whom the order serves next most often. "
        f"{words.asked(advised)} {words.when(advised)}"
    )
    left_over = len(advice.choices) - len(shown)
    more = f" {formats.plural(left_over, 'further choice')} not drawn." if left_over else ""
    rows = [(claimed, "")] if claimed else []
    rows += [(one.gain, formats.percent(one.competes)) for one in shown]
    gains = [words.with_interval(gain) for gain, _ in rows]
    wide = max(text_width(text, 9) for text in gains) + 0.35
    wide = max(wide, text_width(_HEADS[0], 9, bold=True) + 0.35)
    with house_style():
        figure, ax = sheet(
            ax,
            title,
            subtitle,
            source=source,
            illustrative=advice.plan.illustrative,
            margins=Margins(
                left=max(text_width(text, 9) for text in labels) + 0.15,
                right=wide + text_width(_HEADS[1], 9, bold=True) + 0.1,
                top=0.4,
                bottom=0.55,
            ),
            note=words.NO_CLAIM + more,
            height=max(HEIGHT, 2.9 + _ROW * len(rows)),
        )
        _axes(ax, advised, [gain for gain, _ in rows], labels)
        looks = [_CLAIM] if claimed else []
        looks += [_OWN if one.item == advice.own else _OTHER for one in shown]
        for row, ((gain, ready), look) in enumerate(zip(rows, looks, strict=True)):
            _mark(ax, row, gain, look)
            _beside(ax, row, (gains[row], ready), wide)
        if claimed:
            ax.axhline(0.5, color=palette.LIGHT_GREY, linewidth=0.8, zorder=1)
        _beside(ax, -0.85, _HEADS, wide, bold=True)
    listed = "; ".join(f"{words.name(advice, one.item)} {words.gain(one)}" for one in shown)
    told = f" Claimed of {words.name(advice, shown[0].item)}: {gains[0]}." if claimed else ""
    alt = (
        f"Dot plot. {title}.{told} Gain in {words.unit(advice)}, best first: {listed}.{more} "
        f"{words.when(advised)}"
    )
    return Chart("choices", figure, title, subtitle, source, alt, tuple(_rows(advised, claimed)))


def _claimed(advised: Advised) -> Mean | None:
    """What is claimed of the first choice over the order as it stands; None where that is the order's own."""
    advice = advised.advice
    if advice.choices[0].item == advice.own or advice.against_own.bound == "unknown":
        return None
    return words.gained(advice.against_own)


def _rows(advised: Advised, claimed: Mean | None) -> Iterator[Row]:
    """The choices, and before them the claim about the first."""
    choices = list(choice_rows(advised))
    if claimed:
        value, low, high = claimed
        yield {**choices[0], "choice": "claim", "gain": value, "gain_low": low, "gain_high": high}
    yield from choices


def _label(advised: Advised, one: Choice) -> str:
    return formats.shortened(words.name(advised.advice, one.item), _LABEL_MOST)


def _axes(ax: Axes, advised: Advised, gains: list[Mean], labels: list[str]) -> None:
    advice = advised.advice
    ends = [end for gain in gains for end in gain if isfinite(end)]
    low, high = min(0.0, *ends), max(0.0, *ends)
    room = 0.05 * max(high - low, 1.0)
    ax.set_xlim(low - room, high + room)
    ax.set_ylim(len(gains) - 0.4, -0.6)
    ax.axvspan(-advice.delta, advice.delta, color=palette.BAND, alpha=0.5, linewidth=0, zorder=0)
    ax.axvline(0, color=palette.INK, linewidth=1.0, zorder=1)
    ax.set_yticks(range(len(gains)), labels)
    ax.tick_params(axis="y", length=0, labelsize=9)
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_locator(MaxNLocator(7))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.amount(value)))
    ax.set_xlabel(f"{words.unit(advice)}: worse (left of 0), better (right of 0)", fontsize=9)
    ax.grid(axis="x", color=palette.LIGHT_GREY, linewidth=0.5, alpha=0.6)


def _mark(ax: Axes, row: int, gain: Mean, look: tuple[str, str]) -> None:
    colour, marker = look
    # A side that the horizon leaves open goes on to the edge.
    edge = ax.get_xlim()
    ends = [max(gain.low, edge[0]), min(gain.high, edge[1])]
    ax.plot(ends, [row, row], color=palette.INK, linewidth=1.2, marker="|", zorder=3)
    ax.plot(
        gain.value, row, marker=marker, markersize=7, color=colour, markeredgecolor=palette.PAPER, zorder=4,
        clip_on=False,
    )  # fmt: skip


def _beside(ax: Axes, row: float, texts: tuple[str, str], wide: float, *, bold: bool = False) -> None:
    """Write the gain and the share of futures it is ready in at the right edge."""
    for text, inches in zip(texts, (0.11, wide), strict=True):
        ax.annotate(
            text,
            (1, row),
            xycoords=("axes fraction", "data"),
            xytext=(72 * inches, 0),
            textcoords="offset points",
            fontsize=9,
            fontweight="bold" if bold else "normal",
            va="center_baseline",
            ha="left",
            annotation_clip=False,
        )
