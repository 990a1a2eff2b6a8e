"""A forecast with everything it leaves behind: one folder with results, tables, charts and how to repeat it."""

from __future__ import annotations

import hashlib
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
    identity = run_identity(scenario, order, replications, seed)
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


def run_identity(
    scenario: Scenario, order: Order, replications: int, seed: int
) -> dict[str, str | int | float | bool | None]:
    """Return what decides the results of a run, the libraries that could change a number included."""
    return {
        "digest": scenario.plan().digest,
        "order": order.name,
        "order_digest": order.digest,
        "seed": seed,
        "replications": replications,
        "version": __version__,
        "libraries": ", ".join(f"{name} {version(name)}" for name in LIBRARIES),
    }


def default_folder(scenario: Scenario, order: Order, replications: int, seed: int) -> Path:
    """Return the folder of a run under ``runs/``; no two runs that could differ share one."""
    identity = json.dumps(run_identity(scenario, order, replications, seed), sort_keys=True)
    parts = [scenario.path.resolve().parent.name, *scenario.variants, order.name]
    parts += [f"seed{seed}", f"n{replications}", hashlib.sha256(identity.encode()).hexdigest()[:8]]
    return Path("runs") / "-".join(parts)


def command(scenario: Scenario, order: Order, replications: int, seed: int) -> str:
    """Return the command that reproduces a run, for a shell in the folder the scenario's path starts from."""
    path = scenario.path
    if path.is_absolute():
        # Where the file lies on this machine is nobody's business and helps nobody on another.
        inside = path.is_relative_to(Path.cwd())
        path = path.relative_to(Path.cwd()) if inside else Path(path.parent.name, path.name)
    words = ["onelogin-sim", "forecast", path.as_posix(), "--order", order.name]
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
