"""A Chart: a figure with its message, its text alternative and its data, and how it becomes files."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from xml.sax.saxutils import escape

import matplotlib as mpl
from matplotlib.figure import Figure

from onelogin_sim.report.charts import palette

DPI = 150

_STYLE = {
    "font.family": ["DejaVu Sans"],  # comes with matplotlib: the same letters on every machine
    "font.size": 9.0,
    "text.color": palette.INK,
    "text.parse_math": False,  # a "$" in a name is a dollar sign
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": palette.SOFT_INK,
    "axes.labelcolor": palette.INK,
    "xtick.color": palette.INK,
    "ytick.color": palette.INK,
    "axes.axisbelow": True,
    "axes.unicode_minus": False,
    "hatch.linewidth": 0.6,
    "svg.fonttype": "path",
    "svg.hashsalt": "onelogin_sim",  # without it every SVG differs
    "path.simplify": True,
}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw or save in this package's style, whatever the reader's own matplotlib settings are."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)  # type: ignore[arg-type]
        yield


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """A drawing and everything that goes with it.

    Attributes
    ----------
    name
        File name without ending.
    figure
        The matplotlib figure.
    title
        The message: a sentence made from the numbers.
    subtitle
        Measure, coverage, period, and how to read the marks.
    source
        What was run.
    alt
        Text alternative: what a reader who cannot see the chart needs to know.
    rows
        The data drawn, as a table.
    """

    name: str
    figure: Figure
    title: str
    subtitle: str
    source: str
    alt: str
    rows: tuple[dict[str, object], ...]

    def png(self) -> bytes:
        """Return the chart as PNG, byte for byte the same for the same Forecast and library versions."""
        stream = io.BytesIO()
        with house_style():
            metadata = {"Software": None, "Title": self.title, "Description": self.alt}
            self.figure.savefig(stream, format="png", metadata=metadata)
        return stream.getvalue()

    def _repr_png_(self) -> bytes:
        """Show the chart where a notebook shows a cell's last value."""
        return self.png()

    def svg(self) -> bytes:
        """Return the chart as SVG without a date, with its title and text alternative inside."""
        stream = io.BytesIO()
        metadata = {"Date": None, "Creator": "onelogin_sim", "Title": self.title}
        with house_style():
            self.figure.savefig(stream, format="svg", metadata=metadata)
        text = stream.getvalue().decode("utf-8")
        title_end = "</title>"
        described = f"{title_end}\n <desc>{escape(self.alt)}</desc>"
        return text.replace("<svg ", '<svg role="img" ', 1).replace(title_end, described, 1).encode("utf-8")
