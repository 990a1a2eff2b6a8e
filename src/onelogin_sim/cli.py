"""The command line: the same few calls as the public API, with errors for planners.

Answers go to standard output, progress and messages to standard error. Exit codes: 0 done, 1 the input
is wrong, 2 wrong usage, 3 interrupted with partial results kept.
"""

from __future__ import annotations

import io
import json
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

from onelogin_sim import __version__
from onelogin_sim.errors import IncompleteRunError, OneloginSimError, ScenarioError

if TYPE_CHECKING:
    from onelogin_sim.forecasting import Forecast
    from onelogin_sim.plan import Order
    from onelogin_sim.scenario import Scenario

app = typer.Typer(
    name="onelogin-sim",
    help="When will a single sign-on programme be done, how sure are we, and what holds us back?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

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
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**64 - 1, help="Root seed of the random numbers.")]
Engine = Annotated[Literal["reference"], typer.Option("--engine", help="Simulation engine.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object to standard output, nothing else.")]


def main() -> None:
    """Run the command line; every known error becomes a message and an exit code, never a traceback."""
    arguments = sys.argv[1:]
    debug = "--debug" in arguments
    _prepare_streams()
    try:
        app(args=[word for word in arguments if word != "--debug"], prog_name="onelogin-sim")
    except KeyboardInterrupt:
        _interrupted()
    except SystemExit as end:
        if end.code == 130:  # how the command framework ends on Ctrl-C
            _interrupted()
        raise
    except Exception as error:
        if debug:
            raise
        sys.exit(_report(error))


def _prepare_streams() -> None:
    """Write UTF-8 to files and pipes, on every system; end quietly when the reader of a pipe has gone."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8")
    if hasattr(signal, "SIGPIPE") and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def _interrupted() -> NoReturn:
    _say("Interrupted.")
    sys.exit(3)


def _report(error: Exception) -> int:
    """Print an error for a planner and return its exit code."""
    if isinstance(error, ScenarioError):
        count = len(error.problems)
        if "--json" in sys.argv:
            _print_json({"valid": False, "problems": [_plain(problem) for problem in error.problems]})
        _say(str(error))
        _say(f"{count} problem{'' if count == 1 else 's'}; nothing was run.")
        return error.exit_code
    if "--json" in sys.argv:
        _print_json({"error": str(error)})
    if isinstance(error, OneloginSimError):
        _say(str(error))
        return error.exit_code
    _say(f"This should not have happened: {type(error).__name__}: {error}")
    _say("Please report it with the output of the same command and --debug. A forecast that had begun")
    _say("goes on where it stopped when the same command is run again.")
    return 1


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _print_json(document: object) -> None:
    print(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))


def _plain(record: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(record)


@app.callback(invoke_without_command=True)
def _top(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the full traceback of an error (anywhere in the command).")
    ] = False,
) -> None:
    if version:
        print(f"onelogin-sim {__version__}")
        raise typer.Exit


@app.command()
def new(folder: Annotated[Path, typer.Argument(help="Folder to make.", show_default=False)]) -> None:
    """Make a folder with a small commented scenario to start from, valid at once."""
    from onelogin_sim.scenario.starter import write_starter

    scenario = write_starter(folder)
    _say(f"Made {scenario}. Next: onelogin-sim validate {scenario}")


@app.command()
def validate(file: File, variant: Variants = None, json_: Json = False) -> None:
    """Check a scenario and each of its variants; list every problem with file, line and column."""
    from onelogin_sim.report.formats import plural
    from onelogin_sim.scenario import validate_scenario

    scenario = validate_scenario(file, tuple(variant or ()))
    plan = scenario.plan()
    if json_:
        findings = [_plain(finding) for finding in scenario.findings]
        _print_json({"valid": True, "problems": [], "findings": findings, "digest": plan.digest})
        return
    for finding in scenario.findings:
        print(f"worth a look: {finding}")
    live = sum(service.live_on is not None for service in plan.services)
    counts = (
        plural(len(plan.items) - len(plan.services), "enabler"),
        plural(len(plan.tasks), "task"),
        plural(len(plan.targets), "target"),
        plural(len(scenario.file.variants), "variant"),
    )
    services = f"{plural(len(plan.services), 'service')} ({live} live)"
    print(f"{file}: valid. {', '.join((services, *counts))}. Digest {plan.digest[:12]}.")


@app.command()
def forecast(
    file: File,
    order: OrderName = None,
    variant: Variants = None,
    replications: Annotated[
        int, typer.Option("--replications", min=1, max=10**7, help="Futures to simulate.")
    ] = 1000,
    seed: Seed = 1,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes; the result is the same.")] = 1,
    engine: Engine = "reference",
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the results. Default: under runs/.")
    ] = None,
    json_: Json = False,
) -> None:
    """Forecast when each target is met, how surely and what holds it back; writes one folder with charts."""
    from onelogin_sim.run import default_folder, run_forecast

    scenario, chosen = _load(file, variant, order)
    folder = out or default_folder(scenario, chosen, replications, seed)
    try:
        with _progress(replications) as progress:
            result = run_forecast(
                scenario,
                chosen,
                replications,
                seed,
                workers=workers,
                engine=engine,
                folder=folder,
                progress=progress,
            )
    except KeyboardInterrupt:
        raise IncompleteRunError(
            "Interrupted. What was finished is kept; run the same command again to go on from there."
        ) from None
    if json_:
        from onelogin_sim.report.as_json import forecast_json

        _print_json(forecast_json(result))
    else:
        _show(result)
    _say(f"Charts, tables and assumptions: {folder}")
    _say(_memory())


@app.command()
def explain(file: File, variant: Variants = None, json_: Json = False) -> None:
    """Show every value of the resolved plan: where it is written, what it rests on, what is drawn from it."""
    from onelogin_sim.scenario import load_scenario
    from onelogin_sim.scenario.explain import explain as explained

    rows = explained(load_scenario(file, tuple(variant or ())))
    if json_:
        _print_json({"values": [_plain(row) for row in rows]})
        return
    from onelogin_sim.report.terminal import print_explained

    print_explained(rows)


@app.command()
def trace(
    file: File,
    replication: Annotated[
        int, typer.Option("--replication", min=0, max=10**9, help="Which future, from 0.")
    ] = 0,
    order: OrderName = None,
    variant: Variants = None,
    seed: Seed = 1,
    engine: Engine = "reference",
    out: Annotated[Path | None, typer.Option("--out", help="Also write the log to this CSV file.")] = None,
    json_: Json = False,
) -> None:
    """Tell one future as a log: who started and finished what when, and what each start had waited for."""
    from onelogin_sim.blocks import engine_named
    from onelogin_sim.draws import draw
    from onelogin_sim.report.trace import trace_rows

    scenario, chosen = _load(file, variant, order)
    plan = scenario.plan()
    draws = draw(plan, seed, range(replication, replication + 1))
    rows = list(trace_rows(engine_named(engine)(plan, chosen, draws), chosen, draws, replication))
    if out is not None:
        from onelogin_sim.report.tables import as_csv
        from onelogin_sim.store import write_atomic

        write_atomic(out, as_csv(rows))
        _say(f"Log written to {out}")
    if json_:
        _print_json({"replication": replication, "seed": seed, "order": chosen.name, "events": rows})
        return
    _say(f"Replication {replication}, seed {seed}, order {chosen.name}: {scenario.file.scenario}")
    for row in rows:
        print(f"{row['date']}  {row['text']}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors that check and complete as you type."""
    from onelogin_sim.scenario.schema import schema as file_schema

    _print_json(file_schema())


def _load(file: Path, variant: list[str] | None, order: str | None) -> tuple[Scenario, Order]:
    from onelogin_sim.scenario import load_scenario

    scenario = load_scenario(file, tuple(variant or ()))
    return scenario, scenario.order(order)


def _show(result: Forecast) -> None:
    from onelogin_sim.report.terminal import print_forecast

    print_forecast(result)


def _progress(replications: int) -> Any:
    from onelogin_sim.report.progress import progress_bar

    return progress_bar(replications)


def _memory() -> str:
    from onelogin_sim.memory import peak_memory

    own, worker = peak_memory()
    text = f"Peak memory: {own / 2**20:,.0f} MiB"
    return text + (f"; largest worker process: {worker / 2**20:,.0f} MiB" if worker else "")
