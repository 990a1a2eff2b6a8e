"""A sensitivity analysis with everything it leaves behind: one folder, and how to repeat it."""

from __future__ import annotations

import hashlib
import json
import shlex
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from onelogin_sim import run
from onelogin_sim.driving.pick_freeze import Progress
from onelogin_sim.driving.sensitivity import Sensitivity, analyse
from onelogin_sim.memory import peak_memory
from onelogin_sim.plan import Order
from onelogin_sim.report.driving.write import sensitivity_files
from onelogin_sim.report.register import register_rows
from onelogin_sim.scenario import Scenario
from onelogin_sim.store import RunFolder, Value


def run_sensitivity(
    scenario: Scenario,
    order: Order,
    replications: int,
    seed: int,
    *,
    method: str,
    engine: str,
    folder: Path,
    progress: Progress | None = None,
) -> Sensitivity:
    """Analyse what moves the date and write the folder.

    Raises
    ------
    StoreError
        When the folder holds another run, is in use, or cannot be written.
    OneloginSimError
        When the method needs SALib and it is not installed.
    """
    plan = scenario.plan()
    identity = sensitivity_identity(scenario, order, replications, seed, method)
    with RunFolder.open(folder, identity) as opened:
        result = analyse(scenario, order, replications, seed, method=method, engine=engine, progress=progress)
        opened.write("plan.json", run.plan_json(plan))
        for name, data in sensitivity_files(result, register_rows(scenario)):
            opened.write(name, data)
        opened.finish(
            {
                "scenario": result.basis.title,
                "variants": list(result.basis.variants),
                "digest": plan.digest,
                "result_digest": result.impacts.result_digest if result.impacts else None,
                "method": method,
                "seed": seed,
                "replications": replications,
                "order": order.name,
                "illustrative": plan.illustrative,
                "engine": engine,
                "command": _command(scenario, order, replications, seed, method),
                "peak_memory_bytes": peak_memory()[0],
                "versions": run.versions() | ({"SALib": _salib_version()} if method != "impact" else {}),
            }
        )
    return result


def sensitivity_identity(
    scenario: Scenario, order: Order, replications: int, seed: int, method: str
) -> dict[str, Value]:
    """Return what decides the results of an analysis; the freezes that can be lifted come from the scenario."""
    freezes = json.dumps([freeze.model_dump(mode="json") for freeze in scenario.file.freezes])
    identity: dict[str, Value] = {
        **run.run_identity(scenario, order, replications, seed),
        "analysis": "sensitivity",
        "method": method,
        "freezes": hashlib.sha256(freezes.encode()).hexdigest(),
    }
    return identity | ({} if method == "impact" else {"salib": _salib_version()})


def default_folder(scenario: Scenario, order: Order, replications: int, seed: int, method: str) -> Path:
    """Return the folder of an analysis under ``runs/``; no two that could differ share one."""
    identity = json.dumps(sensitivity_identity(scenario, order, replications, seed, method), sort_keys=True)
    parts = [scenario.path.resolve().parent.name, *scenario.variants, order.name, "sensitivity", method]
    parts += [f"seed{seed}", f"n{replications}", hashlib.sha256(identity.encode()).hexdigest()[:8]]
    return Path("runs") / "-".join(parts)


def _salib_version() -> str | None:
    try:
        return version("SALib")
    except PackageNotFoundError:
        return None


def _command(scenario: Scenario, order: Order, replications: int, seed: int, method: str) -> str:
    """The command that reproduces an analysis: a forecast's, under another name and with its method."""
    _, _, *rest = shlex.split(run.command(scenario, order, replications, seed))
    return shlex.join(["onelogin-sim", "sensitivity", *rest, "--method", method])
