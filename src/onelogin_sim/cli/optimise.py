"""Is there a better order than mine, and can it be shown? One folder with the answer and the scenario to use."""

from __future__ import annotations

from typing import Annotated

import typer

from onelogin_sim.cli.options import File, Json, OrderName, Out, Seed, Variants, load
from onelogin_sim.cli.output import memory, print_json, say


def _list(name: str, text: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(name, help=text)
    return option


def optimise(
    file: File,
    order: OrderName = None,
    variant: Variants = None,
    objective: Annotated[
        list[str] | None,
        _list(
            "--objective",
            "mean, p50, p80, probability, user-weeks or checks-avoided; repeat it with weights (`mean:0.7`), or "
            "without for first things first. Default: mean.",
        ),
    ] = None,
    target: Annotated[
        str | None, typer.Option("--target", help="The target to be met early. Default: the first.")
    ] = None,
    must_before: Annotated[
        list[str] | None,
        _list(
            "--must-before", "A:B, A is served before B wherever both want the same slot; may be repeated."
        ),
    ] = None,
    first: Annotated[
        list[str] | None,
        _list("--first", "Served before all others that want the same slot; may be repeated, in this order."),
    ] = None,
    last: Annotated[
        list[str] | None,
        _list("--last", "Served after all others that want the same slot; may be repeated, in this order."),
    ] = None,
    at_once: Annotated[
        list[str] | None,
        _list(
            "--at-once",
            "DEPARTMENT:N, no more than N of its services in hand at once, each to the end of its last stage; kept by "
            "lanes with a fixed sequence, which costs more than the limit itself; may be repeated.",
        ),
    ] = None,
    latest: Annotated[
        list[str] | None,
        _list("--latest", "SERVICE:DATE, live by then in 80% of futures; may be repeated."),
    ] = None,
    peak_load: Annotated[
        int | None,
        typer.Option(
            "--peak-load",
            min=1,
            help="Most identity checks and rises in a week, Monday to Sunday, in 80% of futures.",
        ),
    ] = None,
    within_capacity: Annotated[
        bool,
        typer.Option(
            "--within-capacity",
            help="No station gets more work in a week, Monday to Sunday, than it can do, in 80% of futures.",
        ),
    ] = False,
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
    workers: Annotated[int, typer.Option("--workers", min=1, help="Threads; the result is the same.")] = 2,
    delta: Annotated[
        float | None,
        typer.Option(
            "--delta",
            min=0.001,
            max=10**4,
            help="Too little to act on, in the unit of the objectives. Default: 7 days, 1 percentage point of a "
            "probability, 0.5 percent of the user-weeks, a check for each thousand people.",
        ),
    ] = None,
    out: Out = None,
    json_: Json = False,
) -> None:
    """Look for a better order under uncertainty, and recommend it only if it is shown to be better."""
    from onelogin_sim.optimising.asked import limits, objectives, target_index
    from onelogin_sim.optimising.optimised import Question
    from onelogin_sim.optimising.zone import default_delta
    from onelogin_sim.report.optimising.progress import search_progress
    from onelogin_sim.run_optimising import adopt_command, command_line, run_optimising

    scenario, start = load(file, variant, order)
    plan, verification = scenario.plan(), scenario.verification()
    kept = limits(
        plan,
        must_before=must_before or (),
        first=first or (),
        last=last or (),
        at_once=at_once or (),
        latest=latest or (),
        peak_load=peak_load,
        within_capacity=within_capacity,
        verification=verification,
    )
    asked = objectives(plan, objective or (), target, verification)
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
    given = {
        "--objective": objective,
        "--target": [target] if target else None,
        "--must-before": must_before,
        "--first": first,
        "--last": last,
        "--at-once": at_once,
        "--latest": latest,
        "--peak-load": None if peak_load is None else [str(peak_load)],
    }
    options = [word for name, words in given.items() for value in words or () for word in (name, value)]
    options += ["--within-capacity"] if within_capacity else []
    with search_progress(budget) as show:
        result, folder = run_optimising(
            scenario,
            question,
            command=command_line(scenario, question, options),
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
