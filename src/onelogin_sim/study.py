"""THE recipe: a scenario, an order and replications, from plan to forecast."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import Any, NamedTuple

import numpy.typing as npt

from onelogin_sim import draws as drawing
from onelogin_sim.chains import Sums, block_sums
from onelogin_sim.engines import reference
from onelogin_sim.errors import Finding
from onelogin_sim.execute import run_in_order
from onelogin_sim.forecasting import Forecast, summarise
from onelogin_sim.go_live_table import GoLiveTable
from onelogin_sim.plan import Order, Plan
from onelogin_sim.scenario import Scenario
from onelogin_sim.store import RunFolder
from onelogin_sim.tally import Block, Tally
from onelogin_sim.timeline import Timeline

Engine = Callable[[Plan, Order, drawing.Draws], Timeline]

#: Engines by name; the first is the default.
ENGINES: dict[str, Engine] = {"reference": reference.run}

#: Replications in a block: small enough to show progress and lose little, large enough to be worth sending.
BLOCK = 50

Progress = Callable[[int, int], None]


class Job(NamedTuple):
    """A block of replications to run: all a worker needs."""

    plan: Plan
    order: Order
    seed: int
    replications: range
    engine: str

    @property
    def name(self) -> str:
        """What the block is called in messages and on disk."""
        return f"replications-{self.replications.start:07d}-{self.replications.stop - 1:07d}"


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
        A name in `ENGINES`.
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
    _check_settings(replications, seed, workers, engine)
    plan = scenario.plan()
    order = order or scenario.order()
    expected = ENGINES[engine](plan, order, drawing.deterministic(plan))
    tally = Tally(plan)
    for job, block in _blocks(
        _jobs(plan, order, seed, replications, engine), folder, workers, executor, progress
    ):
        timeline = tally.add(job.replications, block)
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


def engine_named(name: str) -> Engine:
    """Return an engine's `run`.

    Raises
    ------
    ValueError
        When there is no engine of that name.
    """
    if name not in ENGINES:
        raise ValueError(f"engine must be one of {', '.join(ENGINES)}, not '{name}'")
    return ENGINES[name]


def run_block(job: Job) -> Block:
    """Return one block of replications: draw, run, and sum up what is too large to keep."""
    draws = drawing.draw(job.plan, job.seed, job.replications)
    timeline = ENGINES[job.engine](job.plan, job.order, draws)
    return Block(timeline.start, timeline.finish, block_sums(timeline, job.order, draws))


def _check_settings(replications: int, seed: int, workers: int, engine: str) -> None:
    if replications < 1:
        raise ValueError(f"replications must be at least 1, not {replications}")
    if not 0 <= seed < 2**64:
        raise ValueError(f"seed must be at least 0 and below 2**64, not {seed}")
    if workers < 1:
        raise ValueError(f"workers must be at least 1, not {workers}")
    engine_named(engine)


def _jobs(plan: Plan, order: Order, seed: int, replications: int, engine: str) -> list[Job]:
    starts = range(0, replications, BLOCK)
    return [
        Job(plan, order, seed, range(start, min(start + BLOCK, replications)), engine) for start in starts
    ]


def _blocks(
    jobs: list[Job],
    folder: RunFolder | None,
    workers: int,
    executor: Executor | None,
    progress: Progress | None,
) -> Iterator[tuple[Job, Block]]:
    """The blocks in order: those kept from an interrupted run, the others run now."""
    kept = {job.name for job in jobs if folder and folder.part(job.name) is not None}
    done = sum(len(job.replications) for job in jobs if job.name in kept)

    def keep(job: Job, block: Block) -> None:
        nonlocal done
        if folder:
            folder.keep_part(job.name, _as_arrays(block))
        done += len(job.replications)
        if progress:
            progress(done, jobs[-1].replications.stop)

    missing = [job for job in jobs if job.name not in kept]
    fresh = run_in_order(
        run_block, missing, workers=workers, executor=executor, name=lambda job: job.name, keep=keep
    )
    for job in jobs:
        part = folder.part(job.name) if folder and job.name in kept else None
        # A part that was whole a moment ago and is damaged now is run again, here.
        yield (
            (job, _as_block(part))
            if part
            else (next(fresh) if job.name not in kept else (job, run_block(job)))
        )


def _as_arrays(block: Block) -> dict[str, npt.NDArray[Any]]:
    return {"start": block.start, "finish": block.finish, **block.sums._asdict()}


def _as_block(arrays: dict[str, npt.NDArray[Any]]) -> Block:
    return Block(arrays["start"], arrays["finish"], Sums(**{name: arrays[name] for name in Sums._fields}))
