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


def _words(name: str, text: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(name, help=f"{text}; may be repeated.")
    return option


MustBefore = Annotated[
    list[str] | None, _words("--must-before", "A:B, A is served before B wherever both want the same slot")
]
First = Annotated[
    list[str] | None, _words("--first", "Served before all others that want the same slot, in this order")
]
Last = Annotated[
    list[str] | None, _words("--last", "Served after all others that want the same slot, in this order")
]
AtOnce = Annotated[
    list[str] | None,
    _words(
        "--at-once",
        "DEPARTMENT:N, no more than N of its services in hand at once, each to the end of its last stage; kept by "
        "lanes with a fixed sequence, which costs more than the limit itself",
    ),
]
Latest = Annotated[list[str] | None, _words("--latest", "SERVICE:DATE, live by then in 80% of futures")]
PeakLoad = Annotated[
    int | None,
    typer.Option(
        "--peak-load",
        min=1,
        help="Most identity checks and rises in a week, Monday to Sunday, in 80% of futures.",
    ),
]
WithinCapacity = Annotated[
    bool,
    typer.Option(
        "--within-capacity",
        help="No station gets more work in a week, Monday to Sunday, than it can do, in 80% of futures.",
    ),
]
Threads = Annotated[int, typer.Option("--workers", min=1, help="Threads; the result is the same.")]
Zone = Annotated[
    float | None,
    typer.Option(
        "--delta",
        min=0.001,
        max=10**4,
        help="Too little to act on, in the unit of the objectives. Default: 7 days, 1 percentage point of a "
        "probability, 0.5 percent of the user-weeks, a check for each thousand people.",
    ),
]


def load(file: Path, variant: list[str] | None, order: str | None) -> tuple[Scenario, Order]:
    """Return the scenario under its variants, and the order asked for."""
    from onelogin_sim.scenario import load_scenario

    scenario = load_scenario(file, tuple(variant or ()))
    return scenario, scenario.order(order)
