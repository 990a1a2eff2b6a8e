"""Colours of the Government Analysis Function, and the patterns that say the same without colour.

Source: Analysis Function, "Data visualisation: colours in charts" (2023). Categories that must be told
apart carry a pattern or a shape besides, because neighbours differ too little for some readers.
"""

from __future__ import annotations

from onelogin_sim.drivers import CAUSES

DARK_BLUE = "#12436D"
MID_BLUE = "#2073BC"
LIGHT_BLUE = "#6BACE6"
TURQUOISE = "#28A197"
DARK_PINK = "#801650"
ORANGE = "#F46A25"
DARK_GREY = "#3D3D3D"
LIGHT_PURPLE = "#A285D1"
LIGHT_GREY = "#BFBFBF"

INK = "#0B0C0C"
SOFT_INK = "#505A5F"
PAPER = "#FFFFFF"

#: Fill of the area between percentiles: light blue on paper, drawn with an edge.
BAND = "#D2E5F7"

#: (colour, pattern) of each cause of `CAUSES`, in its order.
CAUSE_LOOK = dict(
    zip(
        CAUSES,
        (
            (DARK_BLUE, ""),
            (TURQUOISE, "///"),
            (LIGHT_GREY, "..."),
            (ORANGE, "\\\\\\"),
            (LIGHT_PURPLE, "---"),
            (DARK_PINK, "xxx"),
        ),
        strict=True,
    )
)
