"""As things stand: who should get the next free slot?"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from onelogin_sim.cli.options import (
    AtOnce,
    File,
    First,
    Json,
    Last,
    Latest,
    MustBefore,
    OrderName,
    Out,
    PeakLoad,
    Seed,
    Threads,
    Variants,
    WithinCapacity,
    Zone,
)
from onelogin_sim.cli.output import memory, print_json, say
from onelogin_sim.errors import PlanError


def advise(
    file: File,
    as_at: Annotated[
        str,
        typer.Option(
            "--as-at",
            help="The date it is about: the scenario's status date, or a later one with --actuals.",
            show_default=False,
        ),
    ],
    actuals: Annotated[
        Path | None,
        typer.Option(
            "--actuals",
            help="What has happened since the status date (CSV): service, and live_on, or stage and since. Default: "
            "nothing.",
        ),
    ] = None,
    order: OrderName = None,
    variant: Variants = None,
    objective: Annotated[
        list[str] | None,
        typer.Option("--objective", help="As in `optimise`; may be repeated. Default: mean."),
    ] = None,
    target: Annotated[
        str | None, typer.Option("--target", help="The target to be met early. Default: the first ahead.")
    ] = None,
    must_before: MustBefore = None,
    first: First = None,
    last: Last = None,
    at_once: AtOnce = None,
    latest: Latest = None,
    peak_load: PeakLoad = None,
    within_capacity: WithinCapacity = False,
    resource: Annotated[
        str | None, typer.Option("--resource", help="Whose slot it is. Default: the one most waited for.")
    ] = None,
    candidate: Annotated[
        list[str] | None,
        typer.Option(
            "--candidate",
            help="Choose among these only, who are taken to have come forward; may be repeated. Default: the 20 who "
            "compete most often.",
        ),
    ] = None,
    replications: Annotated[
        int,
        typer.Option(
            "--replications", min=200, max=10_000, help="Futures each for ranking and for the claims."
        ),
    ] = 1000,
    seed: Seed = 1,
    workers: Threads = 2,
    delta: Zone = None,
    out: Out = None,
    json_: Json = False,
) -> None:
    """Say which service should get the next free slot, given what has happened by a date."""
    from onelogin_sim.optimising.wanted import Wanted
    from onelogin_sim.run_advice import Asked, run_advice
    from onelogin_sim.scenario import load_scenario

    scenario = load_scenario(file, tuple(variant or ()))
    asked = Asked(
        wanted=Wanted(
            objective=tuple(objective or ()),
            target=target,
            must_before=tuple(must_before or ()),
            first=tuple(first or ()),
            last=tuple(last or ()),
            at_once=tuple(at_once or ()),
            latest=tuple(latest or ()),
            peak_load=peak_load,
            within_capacity=within_capacity,
        ),
        resource=resource,
        candidates=tuple(candidate or ()),
        replications=replications,
        seed=seed,
        delta=delta,
    )
    advised, folder = run_advice(
        scenario,
        order,
        asked,
        when=_date(as_at, scenario.file.status_date),
        actuals=actuals,
        workers=workers,
        folder=out,
    )
    if json_:
        from onelogin_sim.report.advising.as_json import advice_json

        print_json(advice_json(advised))
    else:
        from onelogin_sim.report.advising.terminal import print_advice

        print_advice(advised)
    say(f"Chart, tables and summary: {folder}")
    say(memory())


def _date(text: str, status_date: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PlanError(f"--as-at '{text}' is not a date; write it as {status_date}") from None
