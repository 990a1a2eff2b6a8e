"""Start from something: a folder with a small commented scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from onelogin_sim.cli.output import say


def new(folder: Annotated[Path, typer.Argument(help="Folder to make.", show_default=False)]) -> None:
    """Make a folder with a small commented scenario to start from, valid at once."""
    from onelogin_sim.scenario.starter import write_starter

    scenario = write_starter(folder)
    say(f"Made {scenario}. Next: onelogin-sim validate {scenario}")
