"""How every summary reaches a terminal or a file: one console each, and the bullet they all use."""

from __future__ import annotations

import io

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text


def show(part: RenderableType, *, soft_wrap: bool = False) -> None:
    """Print to standard output, in colour where it is a terminal."""
    Console(emoji=False).print(part, markup=False, highlight=False, soft_wrap=soft_wrap)


def plain_text(*parts: RenderableType, width: int = 80) -> str:
    """Return parts one after the other as plain text, without colour, for a file."""
    stream = io.StringIO()
    console = Console(
        file=stream, width=width, color_system=None, force_terminal=False, legacy_windows=False, emoji=False
    )
    for part in parts:
        console.print(part, markup=False, highlight=False)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def bullet(text: str) -> RenderableType:
    """Return a sentence with a dot before it, the lines below hanging."""
    row = Table.grid(padding=(0, 1))
    row.add_row(Text("•"), Text(text))
    return row
