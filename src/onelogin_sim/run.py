"""A forecast with everything it leaves behind: one folder with results, tables, charts and how to repeat it."""

from __future__ import annotations

import json
import platform
import shlex
import sys
from collections.abc import Callable
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

from onelogin_sim import __version__
from onelogin_sim.forecasting import Forecast
from onelogin_sim.go_live_table import GoLiveTable
from onelogin_sim.memory import peak_memory
from onelogin_sim.plan import Order
from onelogin_sim.report.register import register_rows
from onelogin_sim.report.write import write_report
from onelogin_sim.scenario import Scenario
from onelogin_sim.store import RunFolder
from onelogin_sim.study import forecast

#: Libraries whose version could change a number.
LIBRARIES = ("numba", "numpy", "scipy", "simpy", "networkx", "pydantic", "ruamel.yaml")


def run_forecast(
    scenario: Scenario,
    order: Order,
    replications: int,
    seed: int,
    *,
    workers: int,
    engine: str,
    folder: Path,
    progress: Callable[[int, int], None] | None = None,
) -> Forecast:
    """Forecast and write the run folder; an interrupted run goes on where it stopped.

    Raises
    ------
    StoreError
        When the folder holds another run, is in use, or cannot be written.
    """
    plan = scenario.plan()
    identity: dict[str, str | int | float | bool | None] = {
        "digest": plan.digest,
        "order": order.name,
        "order_digest": order.digest,
        "seed": seed,
        "replications": replications,
        "version": __version__,
    }
    with RunFolder.open(folder, identity) as run:
        file = BytesIO()
        table = GoLiveTable(file)
        result = forecast(
            scenario,
            order,
            replications,
            seed,
            workers=workers,
            engine=engine,
            folder=run,
            go_live_table=table,
            progress=progress,
        )
        table.close()
        run.write("go_live.parquet", file.getvalue())
        run.write("plan.json", _json(plan.as_json()))
        write_report(result, register_rows(scenario), run)
        own, worker = peak_memory()
        run.finish(
            {
                "scenario": result.title,
                "variants": list(result.variants),
                "digest": plan.digest,
                "result_digest": result.result_digest,
                "seed": seed,
                "replications": replications,
                "order": order.name,
                "illustrative": plan.illustrative,
                "engine": engine,
                "command": command(scenario, order, replications, seed),
                "versions": versions(),
                "peak_memory_bytes": {"process": own, "largest_worker": worker},
            }
        )
    return result


def command(scenario: Scenario, order: Order, replications: int, seed: int) -> str:
    """Return the command that reproduces a run, for a shell in the folder the scenario's path starts from."""
    words = ["onelogin-sim", "forecast", scenario.path.as_posix(), "--order", order.name]
    for name in scenario.variants:
        words += ["--variant", name]
    return shlex.join([*words, "--replications", str(replications), "--seed", str(seed)])


def versions() -> dict[str, str]:
    """Return the versions of all that made the numbers."""
    return {
        "onelogin_sim": __version__,
        "python": platform.python_version(),
        "platform": sys.platform,
        **{name: version(name) for name in LIBRARIES},
    }


def _json(document: object) -> bytes:
    return json.dumps(document, indent=1, sort_keys=True, default=str).encode() + b"\n"
