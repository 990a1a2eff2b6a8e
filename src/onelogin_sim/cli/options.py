"""What commands share: their common arguments and options, each with its one help text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from onelogin_sim.plan import Order
    from onelogin_sim.scenario import Scenario

#: The engine of a command that names none.
ENGINE: Literal["compiled", "reference"] = "compiled"

File = Annotated[Path, typer.Argument(help="The scenario file (YAML).", show_default=False)]
OrderName = Annotated[
    str | None,
    typer.Option(
        "--order", help="An order under `orders:`, or a priority rule. Default: the first under `orders:`."
    ),
]
Variants = Annotated[
    list[str] | None, typer.Option("--variant", help="A variant to apply; may be repeated, applied in order.")
]
Replications = Annotated[int, typer.Option("--replications", min=1, max=10**7, help="Futures to simulate.")]
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**64 - 1, help="Root seed of the random numbers.")]
Workers = Annotated[int, typer.Option("--workers", min=1, help="Processes; the result is the same.")]
Engine = Annotated[
    Literal["compiled", "reference"],
    typer.Option(
        "--engine", help="Simulation engine; the result is the same, the readable reference slower."
    ),
]
Out = Annotated[Path | None, typer.Option("--out", help="Folder for the results. Default: under runs/.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object to standard output, nothing else.")]


def load(file: Path, variant: list[str] | None, order: str | None) -> tuple[Scenario, Order]:
    """Return the scenario under its variants, and the order asked for."""
    from onelogin_sim.scenario import load_scenario

    scenario = load_scenario(file, tuple(variant or ()))
    return scenario, scenario.order(order)
