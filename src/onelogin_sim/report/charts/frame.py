"""The frame every chart shares: message title, subtitle, room to draw, notes, source line, stamp."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from onelogin_sim.forecasting import Forecast
from onelogin_sim.report import words
from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.chart import DPI

#: A slide's shape, in inches.
WIDTH, HEIGHT = 10.0, 5.625

_EDGE = 0.3
_TITLE, _SUBTITLE, _NOTE = 14.0, 9.5, 9.0
_LEADING = 1.28
_STAMP_WIDTH = 1.35

#: A date in words, which is not broken over two lines.
_DATE = re.compile(r"(\d{1,2}) ([A-Z][a-z]+) (\d{4})")


@lru_cache(maxsize=1)
def _ruler() -> RendererAgg:
    return RendererAgg(8, 8, DPI)  # type: ignore[no-untyped-call]


@lru_cache(maxsize=50_000)
def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a line of text in inches."""
    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    width, _, _ = _ruler().get_text_width_height_descent(text, font, False)  # type: ignore[no-untyped-call]
    return float(width) / DPI


def wrapped(
    text: str, width: float, size: float, *, bold: bool = False, lines: int | None = None, even: bool = False
) -> str:
    """Return `text` broken into as few lines of at most `width` inches as it takes.

    Its own line breaks stay; a date is kept together; a word too long for a line is broken. With `even`,
    lines are made about equally long; with `lines`, what does not fit is cut and marked by an ellipsis.
    """
    done = [
        line for part in text.split("\n") for line in (_evenly if even else _broken)(part, width, size, bold)
    ]
    if lines is not None and len(done) > lines:
        last = done[lines - 1]
        while last and text_width(last + "…", size, bold=bold) > width:
            last = last[:-1]
        done = [*done[: lines - 1], last.rstrip() + "…"]
    return "\n".join(done)


def _evenly(text: str, width: float, size: float, bold: bool) -> list[str]:
    lines = _broken(text, width, size, bold)
    longest = max(text_width(word, size, bold=bold) for word in _words(text))
    low, high = max(width / 2, longest), width
    while len(lines) in (2, 3) and high - low > 0.05:
        middle = (low + high) / 2
        if len(_broken(text, middle, size, bold)) == len(lines):
            high = middle
        else:
            low = middle
    return _broken(text, high, size, bold)


def _words(text: str) -> list[str]:
    return _DATE.sub("\\1\N{NO-BREAK SPACE}\\2\N{NO-BREAK SPACE}\\3", text).split(" ")


def _broken(text: str, width: float, size: float, bold: bool) -> list[str]:
    done: list[str] = []
    line = ""
    for word in _words(text):
        candidate = f"{line} {word}" if line else word
        if text_width(candidate, size, bold=bold) <= width:
            line = candidate
            continue
        if line:
            done.append(line)
        line = word
        while text_width(line, size, bold=bold) > width and len(line) > 1:
            cut = len(line) - 1
            while cut > 1 and text_width(line[:cut], size, bold=bold) > width:
                cut -= 1
            done.append(line[:cut])
            line = line[cut:]
    return [*done, line]


@dataclass(frozen=True, slots=True)
class Margins:
    """Inches kept free around the axes for tick labels and direct labels."""

    left: float = 0.75
    right: float = 0.3
    top: float = 0.15
    bottom: float = 0.35


def framed(
    forecast: Forecast,
    ax: Axes | None,
    title: str,
    subtitle: str,
    *,
    margins: Margins | None = None,
    note: str = "",
    height: float = HEIGHT,
) -> tuple[Figure, Axes]:
    """Return a figure with the frame of a forecast drawn and axes in the room that is left."""
    source, illustrative = words.run_line(forecast), forecast.plan.illustrative
    return sheet(
        ax,
        title,
        subtitle,
        source=source,
        illustrative=illustrative,
        margins=margins,
        note=note,
        height=height,
    )


def sheet(
    ax: Axes | None,
    title: str,
    subtitle: str,
    *,
    source: str,
    illustrative: bool,
    margins: Margins | None = None,
    note: str = "",
    height: float = HEIGHT,
) -> tuple[Figure, Axes]:
    """Return a figure with the frame drawn, of whatever was run, and axes in the room that is left.

    A caller's own `ax` is used as it stands: it gets the title, and its figure keeps what it has.
    """
    margins = margins or Margins()
    if ax is not None:
        figure = ax.get_figure()
        width = float(ax.get_window_extent().width) / float(ax.figure.dpi)
        ax.set_title(
            wrapped(title, width, 11, bold=True, even=True), loc="left", fontsize=11, fontweight="bold"
        )
        return cast(Figure, figure), ax
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor=palette.PAPER)
    FigureCanvasAgg(figure)
    top = _heading(figure, title, subtitle, WIDTH - 2 * _EDGE, illustrative)
    parts = [words.ILLUSTRATIVE if illustrative else "", note, source]
    bottom = _footing(figure, parts, WIDTH - 2 * _EDGE)
    left = _EDGE + margins.left
    low, high = bottom + margins.bottom, top - margins.top
    room = (left / WIDTH, low / height, (WIDTH - left - _EDGE - margins.right) / WIDTH, (high - low) / height)
    return figure, figure.add_axes(room)


def nothing(ax: Axes, text: str) -> None:
    """Say in the middle of the axes why there is nothing to draw."""
    ax.axis("off")
    ax.text(0.5, 0.5, text, transform=ax.transAxes, ha="center", va="center", fontsize=12)


def _heading(figure: Figure, title: str, subtitle: str, width: float, stamp: bool) -> float:
    """Draw title and subtitle; return how far down, in inches from the bottom, they leave room."""
    height = figure.get_figheight()
    top = height - 0.22
    if stamp:
        figure.text(
            1 - _EDGE / WIDTH,
            (top - 0.02) / height,
            "ILLUSTRATIVE",
            ha="right",
            va="top",
            fontsize=10,
            fontweight="bold",
            color=palette.DARK_PINK,
            bbox={"boxstyle": "square,pad=0.3", "facecolor": palette.PAPER, "edgecolor": palette.DARK_PINK},
        )
    text = wrapped(title, width - (_STAMP_WIDTH if stamp else 0), _TITLE, bold=True, even=True)
    top = _lines(figure, text, top, _TITLE, bold=True)
    return _lines(figure, wrapped(subtitle, width, _SUBTITLE), top - 0.05, _SUBTITLE, colour=palette.SOFT_INK)


def _footing(figure: Figure, parts: list[str], width: float) -> float:
    """Draw notes and the source line at the bottom; return how far up, in inches, they reach."""
    text = "\n".join(wrapped(part, width, _NOTE) for part in parts if part)
    top = 0.16 + _height(text, _NOTE)
    _lines(figure, text, top, _NOTE, colour=palette.SOFT_INK)
    return top


def _height(text: str, size: float) -> float:
    return (text.count("\n") + 1) * size * _LEADING / 72


def _lines(
    figure: Figure, text: str, top: float, size: float, *, bold: bool = False, colour: str = palette.INK
) -> float:
    """Draw left-aligned lines from `top` (inches) downwards; return where they end."""
    figure.text(
        _EDGE / WIDTH,
        top / figure.get_figheight(),
        text,
        ha="left",
        va="top",
        fontsize=size,
        color=colour,
        fontweight="bold" if bold else "normal",
        linespacing=_LEADING - 0.12,
    )
    return top - _height(text, size)
