"""Is there a better order than mine, and can it be shown? One folder with the answer and the scenario to use."""

from __future__ import annotations

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
    load,
)
from onelogin_sim.cli.output import memory, print_json, say


def optimise(
    file: File,
    order: OrderName = None,
    variant: Variants = None,
    objective: Annotated[
        list[str] | None,
        typer.Option(
            "--objective",
            help="mean, p50, p80, probability, user-weeks or checks-avoided; repeat it with weights (`mean:0.7`), or "
            "without for first things first. Default: mean.",
        ),
    ] = None,
    target: Annotated[
        str | None, typer.Option("--target", help="The target to be met early. Default: the first.")
    ] = None,
    must_before: MustBefore = None,
    first: First = None,
    last: Last = None,
    at_once: AtOnce = None,
    latest: Latest = None,
    peak_load: PeakLoad = None,
    within_capacity: WithinCapacity = False,
    budget: Annotated[
        int,
        typer.Option(
            "--budget", min=1, max=10**9, help="Schedules to search with: one order run in one future each."
        ),
    ] = 50_000,
    replications: Annotated[
        int,
        typer.Option(
            "--replications", min=200, max=10**6, help="Futures each for nominating, claim and tables."
        ),
    ] = 1000,
    seed: Seed = 1,
    workers: Threads = 2,
    delta: Zone = None,
    out: Out = None,
    json_: Json = False,
) -> None:
    """Look for a better order under uncertainty, and recommend it only if it is shown to be better."""
    from onelogin_sim.optimising.asked import read, target_index
    from onelogin_sim.optimising.optimised import Question
    from onelogin_sim.optimising.wanted import Wanted
    from onelogin_sim.optimising.zone import default_delta
    from onelogin_sim.report.optimising.progress import search_progress
    from onelogin_sim.run_optimising import adopt_command, command_line, run_optimising

    scenario, start = load(file, variant, order)
    plan, verification = scenario.plan(), scenario.verification()
    wanted = Wanted(
        objective=tuple(objective or ()),
        target=target,
        must_before=tuple(must_before or ()),
        first=tuple(first or ()),
        last=tuple(last or ()),
        at_once=tuple(at_once or ()),
        latest=tuple(latest or ()),
        peak_load=peak_load,
        within_capacity=within_capacity,
    )
    asked, kept = read(plan, wanted, verification)
    question = Question(
        objectives=asked,
        limits=kept,
        start=start,
        target=target_index(plan, target),
        budget=budget,
        replications=replications,
        seed=seed,
        delta=default_delta(asked) if delta is None else delta,
    )
    with search_progress(budget) as show:
        result, folder = run_optimising(
            scenario,
            question,
            command=command_line(scenario, question, wanted),
            workers=workers,
            folder=out,
            progress=show,
        )
    if json_:
        from onelogin_sim.report.optimising.as_json import optimised_json

        print_json(optimised_json(result))
    else:
        from onelogin_sim.report.optimising.terminal import print_optimised

        print_optimised(result)
    if result.recommended and (folder / "scenario").exists():
        say(f"The scenario with the order '{result.name}': {folder / 'scenario' / file.name}")
        say(f"Next: {adopt_command(scenario, result, folder)}")
    say(f"Charts, tables and summary: {folder}")
    say(memory())
