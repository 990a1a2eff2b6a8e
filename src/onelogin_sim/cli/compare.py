"""Is this order better than that one, and how sure are we? One folder with the answer."""

from __future__ import annotations

from typing import Annotated

import typer

from onelogin_sim.cli.options import ENGINE, Engine, File, Json, Out, Seed, Workers
from onelogin_sim.cli.output import memory, print_json, progress, say

Orders = Annotated[
    list[str] | None,
    typer.Option(
        "--order",
        help="An order under `orders:`, or a priority rule; repeat it. Default: all under `orders:`.",
    ),
]
OtherPlans = Annotated[
    list[str] | None,
    typer.Option(
        "--variant",
        help="A variant to compare with the scenario as written; may be repeated. `a+b` applies both.",
    ),
]


def compare(
    file: File,
    order: Orders = None,
    variant: OtherPlans = None,
    replications: Annotated[
        int,
        typer.Option("--replications", min=50, max=10**7, help="Futures to simulate for each alternative."),
    ] = 1000,
    seed: Seed = 1,
    target: Annotated[
        str | None, typer.Option("--target", help="The target that decides who is best. Default: the first.")
    ] = None,
    delta: Annotated[
        float,
        typer.Option(
            "--delta", min=0.1, max=10**4, help="Days too few to act on: less is called equivalent."
        ),
    ] = 7.0,
    load: Annotated[
        bool | None,
        typer.Option(
            "--load/--no-load",
            help="Compare the identity checks and sign-ins that follow from the go-lives too. "
            "Default: where the scenario has a `verification` section.",
        ),
    ] = None,
    load_replications: Annotated[
        int,
        typer.Option(
            "--load-replications",
            min=50,
            max=10**6,
            help="Futures in which they are compared: the first ones, no more than --replications.",
        ),
    ] = 200,
    workers: Workers = 1,
    engine: Engine = ENGINE,
    out: Out = None,
    json_: Json = False,
) -> None:
    """Compare orders and variants in the same futures: which is better, by how much, how surely, for whom."""
    from onelogin_sim.run import run_comparison
    from onelogin_sim.scenario import load_scenario

    scenarios = [load_scenario(file)]
    scenarios += [load_scenario(file, tuple(name.split("+"))) for name in variant or ()]
    with progress(replications) as show:
        result, folder = run_comparison(
            scenarios,
            order or (),
            replications,
            seed,
            target=target,
            delta=delta,
            workers=workers,
            engine=engine,
            with_load=load,
            load_replications=load_replications,
            folder=out,
            progress=show,
        )
    if json_:
        from onelogin_sim.report.comparing.as_json import comparison_json

        print_json(comparison_json(result))
    else:
        from onelogin_sim.report.comparing.terminal import print_comparison

        print_comparison(result)
    say(f"Charts, tables and assumptions: {folder}")
    say(memory())
