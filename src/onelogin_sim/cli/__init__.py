"""The command line: the same few calls as the public API, with errors for planners.

Answers go to standard output, progress and messages to standard error. Exit codes: 0 done, 1 the input
is wrong, 2 wrong usage, 3 interrupted with partial results kept. A command is one file here, named after it,
and one line in `COMMANDS`.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated, NoReturn

import typer

from onelogin_sim import __version__
from onelogin_sim.cli import (
    advise,
    compare,
    explain,
    forecast,
    new,
    optimise,
    schema,
    sensitivity,
    trace,
    validate,
)
from onelogin_sim.cli.output import plain, print_json, say
from onelogin_sim.errors import OneloginSimError, ScenarioError

#: The commands, in the order in which `--help` lists them.
COMMANDS = (
    new.new,
    validate.validate,
    forecast.forecast,
    compare.compare,
    optimise.optimise,
    advise.advise,
    sensitivity.sensitivity,
    explain.explain,
    trace.trace,
    schema.schema,
)

app = typer.Typer(
    name="onelogin-sim",
    help="When will a single sign-on programme be done, how sure are we, and what holds us back?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for _command in COMMANDS:
    app.command()(_command)


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
        _flush()
        raise
    except Exception as error:
        if debug:
            raise
        sys.exit(_report(error))


def _prepare_streams() -> None:
    """Write UTF-8 to files and pipes, on every system."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8")


def _flush() -> None:
    """Write out what is left; end quietly when the reader of a pipe has gone, as after `| head`.

    The signal for that keeps its usual handling: a pool of workers is written to through pipes as well, and
    on Ctrl-C they go first.
    """
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _interrupted() -> NoReturn:
    say("Interrupted.")
    sys.exit(3)


def _report(error: Exception) -> int:
    """Print an error for a planner and return its exit code."""
    if isinstance(error, ScenarioError):
        count = len(error.problems)
        if "--json" in sys.argv:
            print_json({"valid": False, "problems": [plain(problem) for problem in error.problems]})
        say(str(error))
        say(f"{count} problem{'' if count == 1 else 's'}; nothing was run.")
        return error.exit_code
    if "--json" in sys.argv:
        print_json({"error": str(error)})
    if isinstance(error, OneloginSimError):
        say(str(error))
        return error.exit_code
    say(f"This should not have happened: {type(error).__name__}: {error}")
    say("Please report it with the output of the same command and --debug. A forecast that had begun")
    say("goes on where it stopped when the same command is run again.")
    return 1


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
