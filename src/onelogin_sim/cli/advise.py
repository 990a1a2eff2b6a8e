"""As things stand: who should get the next free slot?"""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from onelogin_sim.cli.options import File, Json, OrderName, Seed, Variants, load
from onelogin_sim.cli.output import memory, print_json, say
from onelogin_sim.errors import PlanError


def advise(
    file: File,
    as_at: Annotated[
        str,
        typer.Option("--as-at", help="The date it is about: the scenario's status date.", show_default=False),
    ],
    order: OrderName = None,
    variant: Variants = None,
    objective: Annotated[
        list[str] | None,
        typer.Option("--objective", help="As in `optimise`. Default: mean."),
    ] = None,
    target: Annotated[
        str | None, typer.Option("--target", help="The target to be met early. Default: the first.")
    ] = None,
    resource: Annotated[
        str | None, typer.Option("--resource", help="Whose slot it is. Default: the one most waited for.")
    ] = None,
    candidate: Annotated[
        list[str] | None,
        typer.Option(
            "--candidate", help="Choose among these only; may be repeated. Default: all who compete for it."
        ),
    ] = None,
    replications: Annotated[
        int,
        typer.Option(
            "--replications", min=200, max=10**6, help="Futures each for ranking, nominating and claim."
        ),
    ] = 1000,
    seed: Seed = 1,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Threads; the result is the same.")] = 2,
    delta: Annotated[
        float,
        typer.Option(
            "--delta", min=0.1, max=10**4, help="Too little to act on: days, or the unit of the objectives."
        ),
    ] = 7.0,
    json_: Json = False,
) -> None:
    """Say which service should get the next free slot, given what has happened by the status date."""
    from onelogin_sim.advice import advise as advise_on
    from onelogin_sim.optimising.asked import objectives
    from onelogin_sim.report.advising import advice_json, print_advice

    scenario, base = load(file, variant, order)
    plan = scenario.plan()
    _check_date(as_at, plan.status_date)
    advice = advise_on(
        plan,
        base,
        objectives(plan, objective or (), target),
        replications=replications,
        seed=seed,
        delta=delta,
        resource=resource,
        candidates=candidate or (),
        workers=workers,
    )
    if json_:
        print_json(advice_json(advice, scenario.file.scenario))
    else:
        print_advice(advice, scenario.file.scenario)
    say(memory())


def _check_date(text: str, status_date: date) -> None:
    """Require the status date: what has happened by then stands in the scenario, and nowhere else."""
    try:
        when = date.fromisoformat(text)
    except ValueError:
        raise PlanError(f"--as-at '{text}' is not a date; write it as {status_date}") from None
    if when != status_date:
        raise PlanError(
            f"--as-at {when} is not the status date of the scenario, {status_date}: bring the scenario up to date "
            "first (status_date; live_on, or stage and since, of what has moved; what is counted from the status "
            "date, as readiness is)"
        )
