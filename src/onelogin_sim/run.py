"""A forecast or a comparison with all it leaves behind: one folder with results, charts and how to repeat it."""

from __future__ import annotations

import hashlib
import json
import platform
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import TypedDict, Unpack

from onelogin_sim import __version__
from onelogin_sim.alternatives import Alternative, check_comparable
from onelogin_sim.comparison import Comparison
from onelogin_sim.forecasting import Forecast
from onelogin_sim.go_live_table import GoLiveTable
from onelogin_sim.memory import peak_memory
from onelogin_sim.plan import Order, Plan
from onelogin_sim.report.comparing.write import write_comparison
from onelogin_sim.report.register import register_rows
from onelogin_sim.report.write import write_report
from onelogin_sim.scenario import Scenario
from onelogin_sim.store import RunFolder, Value
from onelogin_sim.study import LOADED, alternatives_of, check_forecast, compare, forecast

#: Libraries whose version could change a number.
LIBRARIES = ("numba", "numpy", "scipy", "simpy", "networkx", "pydantic", "ruamel.yaml")


class OfLoad(TypedDict, total=False):
    """What is asked of the identity load besides the forecast, as `study.forecast` has it."""

    size_capacity: bool
    individuals: bool
    weeks: Sequence[date]


def run_forecast(
    scenario: Scenario,
    order: Order,
    replications: int,
    seed: int,
    *,
    workers: int,
    engine: str,
    folder: Path,
    size_capacity: bool = False,
    individuals: bool = False,
    weeks: Sequence[date] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Forecast:
    """Forecast and write the run folder; an interrupted run goes on where it stopped.

    All but `folder` is as `study.forecast` has it.

    Raises
    ------
    PlanError
        When what is asked for cannot be answered; then no folder is claimed.
    StoreError
        When the folder holds another run, is in use, or cannot be written.
    """
    asked = OfLoad(size_capacity=size_capacity, individuals=individuals, weeks=weeks)
    check_forecast(scenario, replications, seed, workers, **asked)
    plan = scenario.plan()
    identity = run_identity(scenario, order, replications, seed, **asked)
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
            **asked,
            folder=run,
            go_live_table=table,
            progress=progress,
        )
        table.close()
        run.write("go_live.parquet", file.getvalue())
        run.write("plan.json", plan_json(plan))
        write_report(result, register_rows(scenario), run)
        own, worker = peak_memory()
        run.finish(
            {
                "scenario": result.title,
                "variants": list(result.variants),
                "digest": plan.digest,
                "result_digest": result.result_digest,
                **({} if result.load is None else {"load_digest": result.load.digest}),
                "seed": seed,
                "replications": replications,
                "order": order.name,
                "illustrative": plan.illustrative,
                "engine": engine,
                "command": command(scenario, order, replications, seed, **asked),
                "versions": versions(),
                "peak_memory_bytes": {"process": own, "largest_worker": worker},
            }
        )
    return result


def run_comparison(
    scenarios: Sequence[Scenario],
    orders: Sequence[str],
    replications: int,
    seed: int,
    *,
    target: str | None,
    delta: float,
    workers: int,
    engine: str,
    with_load: bool | None = None,
    load_replications: int = LOADED,
    folder: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Comparison, Path]:
    """Compare scenarios × orders and write the run folder; an interrupted run goes on where it stopped.

    Parameters
    ----------
    scenarios, orders, replications, seed, target, delta, workers, engine, with_load, load_replications, progress
        As in `study.alternatives_of` and `study.compare`.
    folder
        Where it is written; None for a folder under ``runs/`` that no other comparison shares.

    Raises
    ------
    StoreError
        When the folder holds another run, is in use, or cannot be written.
    """
    compared = alternatives_of(scenarios, orders)
    check_comparable(compared)
    chosen = target or compared[0].plan.targets[0].id
    if with_load is None:
        with_load = all(one.verification is not None for one in compared)
    loaded = min(replications, load_replications) if with_load else 0
    identity = _comparison_identity(compared, replications, seed, chosen, delta, loaded)
    folder = folder or _folder(
        [scenarios[0].path.resolve().parent.name, "compare"], seed, replications, identity
    )
    with RunFolder.open(folder, identity) as run:
        result = compare(
            compared,
            replications,
            seed,
            target=chosen,
            delta=delta,
            workers=workers,
            engine=engine,
            with_load=with_load,
            load_replications=load_replications,
            folder=run,
            progress=progress,
        )
        for scenario in scenarios:
            name = "-".join(("plan", "+".join(scenario.variants))) if scenario.variants else "plan"
            run.write(f"{name}.json", plan_json(scenario.plan()))
        write_comparison(result, register_rows(scenarios[0]), run)
        own, worker = peak_memory()
        run.finish(
            {
                "scenario": result.title,
                "seed": seed,
                "replications": replications,
                "target": chosen,
                "delta_days": delta,
                "alternatives": [
                    {
                        "name": one.name,
                        "order": one.order,
                        "variants": list(one.variants),
                        "digest": one.digest,
                        "order_digest": one.order_digest,
                        "result_digest": one.result_digest,
                    }
                    for one in result.alternatives
                ],
                "illustrative": result.illustrative,
                "engine": engine,
                "command": _compare_command(scenarios, compared, replications, seed, chosen, delta, loaded),
                "versions": versions(),
                "peak_memory_bytes": {"process": own, "largest_worker": worker},
            }
        )
    return result, folder


def run_identity(
    scenario: Scenario, order: Order, replications: int, seed: int, **asked: Unpack[OfLoad]
) -> dict[str, Value]:
    """Return what decides the results of a run, the libraries that could change a number included."""
    verification, weeks = scenario.verification(), _weeks(asked)
    return {
        "digest": scenario.plan().digest,
        "order": order.name,
        "order_digest": order.digest,
        "seed": seed,
        "replications": replications,
        **({} if verification is None else {"verification_digest": verification.digest}),
        **({"size_capacity": True} if asked.get("size_capacity") else {}),
        **({"individuals": True} if asked.get("individuals") or weeks else {}),
        **({"weeks": ", ".join(weeks)} if weeks else {}),
        **_made_with(),
    }


def _comparison_identity(
    compared: Sequence[Alternative],
    replications: int,
    seed: int,
    target: str,
    delta: float,
    loaded: int,
) -> dict[str, Value]:
    digests = [(one.plan.digest, one.order.digest) for one in compared]
    loads = dict.fromkeys(one.verification.digest for one in compared if loaded and one.verification)
    load: dict[str, Value] = {"verification_digests": ", ".join(loads), "load_replications": loaded}
    return {
        "alternatives": ", ".join(one.name for one in compared),
        "digest": hashlib.sha256(json.dumps(digests).encode()).hexdigest(),
        "target": target,
        "delta": delta,
        "seed": seed,
        "replications": replications,
        **(load if loaded else {}),
        **_made_with(),
    }


def _made_with() -> dict[str, Value]:
    return {
        "version": __version__,
        "libraries": ", ".join(f"{name} {version(name)}" for name in LIBRARIES),
    }


def _weeks(asked: OfLoad) -> list[str]:
    """The Mondays of the weeks asked for, each once and in order: any day of a week asks for the same."""
    mondays = {when - timedelta(days=when.weekday()) for when in asked.get("weeks", ())}
    return [monday.isoformat() for monday in sorted(mondays)]


def default_folder(
    scenario: Scenario, order: Order, replications: int, seed: int, **asked: Unpack[OfLoad]
) -> Path:
    """Return the folder of a run under ``runs/``; no two runs that could differ share one."""
    identity = run_identity(scenario, order, replications, seed, **asked)
    start = [scenario.path.resolve().parent.name, *scenario.variants, order.name]
    return _folder(start, seed, replications, identity)


def _folder(start: list[str], seed: int, replications: int, identity: Mapping[str, Value]) -> Path:
    key = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:8]
    return Path("runs") / "-".join([*start, f"seed{seed}", f"n{replications}", key])


def command(scenario: Scenario, order: Order, replications: int, seed: int, **asked: Unpack[OfLoad]) -> str:
    """Return the command that reproduces a run, for a shell in the folder the scenario's path starts from."""
    words = ["onelogin-sim", "forecast", shown(scenario.path), "--order", order.name]
    for name in scenario.variants:
        words += ["--variant", name]
    words += ["--replications", str(replications), "--seed", str(seed)]
    words += ["--size-capacity"] if asked.get("size_capacity") else []
    words += ["--individuals"] if asked.get("individuals") else []
    for monday in _weeks(asked):
        words += ["--individuals-week", monday]
    return shlex.join(words)


def _compare_command(
    scenarios: Sequence[Scenario],
    compared: Sequence[Alternative],
    replications: int,
    seed: int,
    target: str,
    delta: float,
    loaded: int,
) -> str:
    words = ["onelogin-sim", "compare", shown(scenarios[0].path)]
    for name in dict.fromkeys(one.order.name for one in compared):
        words += ["--order", name]
    for scenario in scenarios:
        if scenario.variants:
            words += ["--variant", "+".join(scenario.variants)]
    words += ["--replications", str(replications), "--seed", str(seed)]
    words += ["--target", target, "--delta", f"{delta:g}"]
    load = ["--load", "--load-replications", str(loaded)] if loaded else []
    off = ["--no-load"] if not loaded and compared[0].verification is not None else []
    return shlex.join([*words, *load, *off])


def shown(path: Path) -> str:
    """Return a file's path as others can use it: where it lies on this machine helps nobody on another."""
    if path.is_absolute():
        inside = path.is_relative_to(Path.cwd())
        path = path.relative_to(Path.cwd()) if inside else Path(path.parent.name, path.name)
    return path.as_posix()


def versions() -> dict[str, str]:
    """Return the versions of all that made the numbers."""
    return {
        "onelogin_sim": __version__,
        "python": platform.python_version(),
        "platform": sys.platform,
        **{name: version(name) for name in LIBRARIES},
    }


def plan_json(plan: Plan) -> bytes:
    """Return the resolved plan as a run folder keeps it."""
    return json.dumps(plan.as_json(), indent=1, sort_keys=True, default=str).encode() + b"\n"
