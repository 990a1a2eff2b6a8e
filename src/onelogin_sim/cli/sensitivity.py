"""What would most move the date? One change at a time, and which uncertain inputs matter."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from onelogin_sim.cli.options import ENGINE, Engine, File, Json, OrderName, Out, Seed, Variants, load
from onelogin_sim.cli.output import memory, print_json, say


def sensitivity(
    file: File,
    order: OrderName = None,
    variant: Variants = None,
    target: Annotated[
        str | None, typer.Option("--target", help="The target shown; the files have all. Default: the first.")
    ] = None,
    replications: Annotated[
        int,
        typer.Option(
            "--replications", min=2, max=10**6, help="Futures for each change or input, or trajectories."
        ),
    ] = 1000,
    seed: Seed = 1,
    engine: Engine = ENGINE,
    method: Annotated[
        Literal["impact", "morris", "sobol", "all"],
        typer.Option(
            "--method",
            help="`impact`: one thing left out or added at a time; `morris`: which uncertain inputs matter at "
            "all; `sobol`: which are behind the spread; `all`: the three of them.",
        ),
    ] = "impact",
    out: Out = None,
    json_: Json = False,
) -> None:
    """Ask what would most move the date: barriers, risks, freezes, capacity, correlation, uncertain inputs."""
    from onelogin_sim.driving.basis import target_named
    from onelogin_sim.report.progress import progress_bar
    from onelogin_sim.run_sensitivity import default_folder, run_sensitivity

    scenario, chosen = load(file, variant, order)
    plan = scenario.plan()
    about = target_named(plan, target) if target else plan.targets[0]
    folder = out or default_folder(scenario, chosen, replications, seed, method)
    with progress_bar(replications) as show:
        result = run_sensitivity(
            scenario,
            chosen,
            replications,
            seed,
            method=method,
            engine=engine,
            folder=folder,
            progress=show,
        )
    if json_:
        from onelogin_sim.report.driving.as_json import sensitivity_json

        print_json(sensitivity_json(result))
    else:
        from onelogin_sim.report.driving.terminal import print_sensitivity

        print_sensitivity(result, about)
    say(f"Charts, tables and summary: {folder}")
    say(memory())
