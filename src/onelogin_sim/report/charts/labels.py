"""Direct labels that do not collide: placed one by one where they cover least."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

from onelogin_sim.report.charts import palette
from onelogin_sim.report.charts.frame import text_width, wrapped

#: Directions a label may lie from its point: (right, up), and how its text is then anchored.
_DIRECTIONS = (
    (-1.0, 0.0), (1.0, 0.0), (-0.8, 0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, -0.8), (0.0, 1.0), (0.0, -1.0),
)  # fmt: skip
_DISTANCES = (9, 20, 34, 52, 74, 100)

#: Points kept free around the mark of another point: nearer, a label would seem to be that one's.
_CLEAR = 4


class Labels:
    """Places labels in one axes, away from each other, from the drawn lines and from the edges.

    Parameters
    ----------
    ax
        Axes whose limits are already set: labels are measured in pixels.
    """

    def __init__(self, ax: Axes) -> None:
        self._ax = ax
        self._scale = float(ax.figure.dpi) / 72
        self._taken: list[Bbox] = []
        self._points = np.empty((0, 2))
        self._marks: list[tuple[float, float, float]] = []

    def avoid_line(self, x: npt.ArrayLike, y: npt.ArrayLike) -> None:
        """Keep labels off a drawn line, given by its corners in data coordinates."""
        corners = self._ax.transData.transform(np.column_stack((x, y)))
        pieces = [
            np.linspace(start, stop, max(int(np.hypot(*(stop - start)) / (3 * self._scale)), 2))
            for start, stop in pairwise(corners)
        ]
        self._points = np.concatenate([self._points, corners, *pieces])

    def avoid_mark(self, x: float, y: float, size: float) -> None:
        """Keep labels of other points off and away from a drawn mark, `size` points wide, in data coordinates."""
        across, up = self._ax.transData.transform((x, y))
        self._marks.append((float(across), float(up), (size / 2 + _CLEAR) * self._scale))

    def place(
        self,
        text: str,
        x: float,
        y: float,
        *,
        width: float = 2.4,
        prefer: Sequence[int] = (),
        bold: bool = False,
        colour: str = palette.INK,
    ) -> Annotation:
        """Write `text` near a point and return it.

        Parameters
        ----------
        text, x, y
            What is said, and of which point in data coordinates.
        width
            Widest line in inches.
        prefer
            Indices of directions to try first (0 left, 1 right, 2 above left, 3 below right, 4 above
            right, 5 below left, 6 above, 7 below).
        """
        label = _annotation(self._ax, text, (x, y), colour, bold)
        anchor = self._ax.transData.transform((x, y))
        shaped, direction, distance, box = self._cheapest(label, text, anchor, width, prefer, bold)
        label.set_text(shaped)
        self._taken.append(box)
        if distance:
            # Whose a pointer is cannot be seen where another label lies on it: it weighs more than a line.
            self._points = np.concatenate([self._points, *[_pointer(anchor, box)] * 4])
        right, up = _DIRECTIONS[direction]
        label.set_horizontalalignment("left" if right > 0 else "right" if right < 0 else "center")
        label.set_verticalalignment("bottom" if up > 0 else "top" if up < 0 else "center")
        reach = _DISTANCES[distance]
        label.set_position((right * reach, up * reach))
        if distance == 0 and label.arrow_patch is not None:
            label.arrow_patch.set_visible(False)
        return label

    def _cheapest(
        self,
        label: Annotation,
        text: str,
        anchor: npt.NDArray[np.float64],
        width: float,
        prefer: Sequence[int],
        bold: bool,
    ) -> tuple[str, int, int, Bbox]:
        """Try every direction and distance, wide and narrow: return text, direction, distance and box."""
        order = [*prefer, *(k for k in range(len(_DIRECTIONS)) if k not in prefer)]
        tries = []
        # No word is broken: a name in two pieces is no name.
        longest = max(text_width(word, 9, bold=bold) for word in text.split()) + 0.01
        for narrowed, part in enumerate((1.0, 0.62)):
            shaped = wrapped(text, max(part * width, longest), 9, bold=bold, even=True)
            label.set_text(shaped)
            size = Text.get_window_extent(label)  # an Annotation's own extent would count its pointer
            for distance in range(len(_DISTANCES)):
                for rank, k in enumerate(order):
                    box = self._box(anchor, size, k, distance)
                    cost = self._cost(anchor, box, distance, rank) + 60 * narrowed
                    tries.append((cost, (shaped, k, distance, box)))
        return min(tries, key=lambda one: one[0])[1]

    def _box(self, anchor: npt.NDArray[np.float64], size: Bbox, direction: int, distance: int) -> Bbox:
        right, up = _DIRECTIONS[direction]
        reach = _DISTANCES[distance] * self._scale
        x, y = anchor[0] + right * reach, anchor[1] + up * reach
        left = x if right > 0 else x - size.width if right < 0 else x - size.width / 2
        low = y if up > 0 else y - size.height if up < 0 else y - size.height / 2
        return Bbox.from_bounds(float(left), float(low), size.width, size.height)

    def _cost(self, anchor: npt.NDArray[np.float64], box: Bbox, distance: int, rank: int) -> float:
        """How bad a place is: outside or on another label never, on a mark or a line seldom, far away a little."""
        room = self._ax.get_window_extent()
        grown = box.padded(3 * self._scale)
        outside = (
            max(room.x0 - grown.x0, 0)
            + max(grown.x1 - room.x1, 0)
            + max(room.y0 - grown.y0, 0)
            + max(grown.y1 - room.y1, 0)
        )
        overlap = sum(1 for taken in self._taken if grown.overlaps(taken))
        marks = [mark for mark in self._marks if np.hypot(*(anchor - mark[:2])) > 1]
        crossed = 0
        if distance:
            pointer = _pointer(anchor, box)
            overlap += sum(1 for taken in self._taken if taken.count_contains(pointer))
            crossed = sum(_near(pointer, mark) for mark in marks)
        x, y = self._points[:, 0], self._points[:, 1]
        covered = int(((x > grown.x0) & (x < grown.x1) & (y > grown.y0) & (y < grown.y1)).sum())
        marked = sum(_touches(grown, mark) for mark in marks)
        cost: float = 50 * outside + 10_000 * overlap + 200 * marked + 120 * crossed
        return cost + 3 * covered + 25 * distance + 2 * rank


def _near(pointer: npt.NDArray[np.float64], mark: tuple[float, float, float]) -> bool:
    return bool((np.hypot(pointer[:, 0] - mark[0], pointer[:, 1] - mark[1]) < mark[2]).any())


def _touches(box: Bbox, mark: tuple[float, float, float]) -> bool:
    x, y, radius = mark
    return bool(abs(box.x0 + box.x1 - 2 * x) < box.width + 2 * radius) and bool(
        abs(box.y0 + box.y1 - 2 * y) < box.height + 2 * radius
    )


def _annotation(ax: Axes, text: str, point: tuple[float, float], colour: str, bold: bool) -> Annotation:
    """Write `text` on a point, with a paper ground and a pointer, still to be moved."""
    return ax.annotate(
        text,
        point,
        xytext=(0, 0),
        textcoords="offset points",
        fontsize=9,
        color=colour,
        fontweight="bold" if bold else "normal",
        linespacing=1.15,
        zorder=6,
        bbox={"boxstyle": "square,pad=0.12", "facecolor": palette.PAPER, "edgecolor": "none", "alpha": 0.85},
        arrowprops={
            "arrowstyle": "-",
            "color": palette.SOFT_INK,
            "linewidth": 0.7,
            "shrinkA": 0,
            "shrinkB": 3,
        },
    )


def _pointer(anchor: npt.NDArray[np.float64], box: Bbox) -> npt.NDArray[np.float64]:
    """Points along the line from an anchor to the middle of its label, the label itself left out."""
    middle = np.array([(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2])
    line: npt.NDArray[np.float64] = np.linspace(anchor, middle, 40)
    x, y = line[:, 0], line[:, 1]
    outside: npt.NDArray[np.float64] = line[(x < box.x0) | (x > box.x1) | (y < box.y0) | (y > box.y1)]
    return outside


def spread(centres: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Return centres moved as little as needed so that intervals of these sizes do not overlap.

    All lengths are in one unit; the result keeps the order of `centres` and stays in [low, high] when
    there is room at all.
    """
    order = sorted(range(len(centres)), key=lambda k: centres[k])
    placed = list(centres)
    edge = low
    for k in order:
        placed[k] = max(placed[k], edge + sizes[k] / 2)
        edge = placed[k] + sizes[k] / 2
    edge = high
    for k in reversed(order):
        placed[k] = min(placed[k], edge - sizes[k] / 2)
        edge = placed[k] - sizes[k] / 2
    return placed
