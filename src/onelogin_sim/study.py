"""THE recipe: a scenario, an order and replications, from plan to forecast."""

from __future__ import annotations

from concurrent.futures import Executor

from onelogin_sim.blocks import Progress, engine_named, jobs, run_blocks
from onelogin_sim.draws import deterministic
from onelogin_sim.errors import Finding
from onelogin_sim.forecasting import Forecast, summarise
from onelogin_sim.go_live_table import GoLiveTable
from onelogin_sim.plan import Order
from onelogin_sim.scenario import Scenario
from onelogin_sim.store import RunFolder
from onelogin_sim.tally import Tally


def forecast(
    scenario: Scenario,
    order: Order | None = None,
    replications: int = 1000,
    seed: int = 1,
    *,
    workers: int = 1,
    engine: str = "reference",
    folder: RunFolder | None = None,
    go_live_table: GoLiveTable | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Forecast:
    """Return the forecast of a scenario under an order.

    Parameters
    ----------
    scenario
        What to forecast.
    order
        Who is served first; None takes the scenario's own first order.
    replications
        How many futures, at least 1.
    seed
        Root seed, 0 ≤ seed < 2**64. Same scenario, seed and version: same result digest.
    workers
        Processes on this machine; the result does not depend on it.
    engine
        A name in `blocks.ENGINES`.
    folder
        Where finished blocks are kept, so that an interrupted run goes on where it stopped.
    go_live_table
        Takes the go-live date of every service in every replication.
    executor
        Runs the blocks instead of local processes.
    progress
        Called with (replications done, all replications).

    Raises
    ------
    ValueError
        When there are no replications, or the seed, the number of workers or the engine is not allowed.
    IncompleteRunError
        When some block cannot be run.
    """
    _check_settings(replications, seed, workers)
    plan = scenario.plan()
    order = order or scenario.order()
    expected = engine_named(engine)(plan, order, deterministic(plan))
    tally = Tally(plan)
    planned = jobs(plan, order, seed, replications, engine)
    for which, block in run_blocks(
        planned, workers=workers, folder=folder, executor=executor, progress=progress
    ):
        timeline = tally.add(which, block)
        if go_live_table:
            go_live_table.add(timeline)
    return summarise(
        tally,
        expected,
        title=scenario.file.scenario,
        variants=scenario.variants,
        order=order.name,
        seed=seed,
        findings=tuple(Finding("scenario", str(problem)) for problem in scenario.findings),
    )


def _check_settings(replications: int, seed: int, workers: int) -> None:
    if replications < 1:
        raise ValueError(f"replications must be at least 1, not {replications}")
    if not 0 <= seed < 2**64:
        raise ValueError(f"seed must be at least 0 and below 2**64, not {seed}")
    if workers < 1:
        raise ValueError(f"workers must be at least 1, not {workers}")
