"""When is each target met? One folder with the answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from onelogin_sim.cli.options import (
    ENGINE,
    Engine,
    File,
    Json,
    OrderName,
    Out,
    Replications,
    Seed,
    Variants,
    Workers,
    load,
)
from onelogin_sim.cli.output import memory, print_json, progress, say


def forecast(
    file: File,
    order: OrderName = None,
    variant: Variants = None,
    replications: Replications = 1000,
    seed: Seed = 1,
    workers: Workers = 1,
    engine: Engine = ENGINE,
    size_capacity: Annotated[
        bool,
        typer.Option(
            "--size-capacity",
            help="Also say what capacity holds the service level of identity checks in 80% of futures, by month.",
        ),
    ] = False,
    individuals: Annotated[
        bool,
        typer.Option(
            "--individuals",
            help="Also follow every customer of three futures through routes and stations, and tell the busiest week "
            "of each quarter by hour, day and week.",
        ),
    ] = False,
    individuals_week: Annotated[
        list[datetime] | None,
        typer.Option(
            "--individuals-week",
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="Tell the week this date is in instead; may be repeated, and asks for --individuals by itself.",
        ),
    ] = None,
    out: Out = None,
    json_: Json = False,
) -> None:
    """Forecast when each target is met, how surely and what holds it back; writes one folder with charts."""
    from onelogin_sim.run import OfLoad, default_folder, run_forecast
    from onelogin_sim.study import check_forecast

    scenario, chosen = load(file, variant, order)
    asked = OfLoad(
        size_capacity=size_capacity,
        individuals=individuals,
        weeks=[when.date() for when in individuals_week or ()],
    )
    folder = out or default_folder(scenario, chosen, replications, seed, **asked)
    check_forecast(scenario, replications, seed, workers, **asked)  # before anything is said or begun
    if individuals or individuals_week:
        say(
            "When all futures are simulated, customers of three are followed: at national size that takes minutes."
        )
    with progress(replications) as show:
        result = run_forecast(
            scenario,
            chosen,
            replications,
            seed,
            workers=workers,
            engine=engine,
            folder=folder,
            **asked,
            progress=show,
        )
    if json_:
        from onelogin_sim.report.as_json import forecast_json

        print_json(forecast_json(result))
    else:
        from onelogin_sim.report.terminal import print_forecast

        print_forecast(result)
    say(f"Charts, tables and assumptions: {folder}")
    say(memory())
