"""A run cut into blocks of replications: run anywhere, kept on disk, handed back in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import Any, NamedTuple

import numpy.typing as npt

from onelogin_sim import draws as drawing
from onelogin_sim.chains import Sums, block_sums
from onelogin_sim.engines import reference
from onelogin_sim.execute import run_in_order
from onelogin_sim.plan import Order, Plan
from onelogin_sim.store import RunFolder
from onelogin_sim.tally import Block
from onelogin_sim.timeline import Timeline

Engine = Callable[[Plan, Order, drawing.Draws], Timeline]

#: Engines by name; the first is the default.
ENGINES: dict[str, Engine] = {"reference": reference.run}

#: Replications in a block: small enough to show progress and lose little, large enough to be worth sending.
SIZE = 50

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
    timeline = engine_named(job.engine)(job.plan, job.order, draws)
    return Block(timeline.start, timeline.finish, block_sums(timeline, job.order, draws))


def jobs(plan: Plan, order: Order, seed: int, replications: int, engine: str) -> list[Job]:
    """Return the jobs of a run, in order."""
    starts = range(0, replications, SIZE)
    return [Job(plan, order, seed, range(start, min(start + SIZE, replications)), engine) for start in starts]


def run_blocks(
    planned: list[Job],
    *,
    workers: int = 1,
    folder: RunFolder | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Iterator[tuple[range, Block]]:
    """Yield the blocks in order: those kept from an interrupted run, the others run now.

    Parameters
    ----------
    planned
        The jobs of a run, in order.
    workers, executor
        As in `execute.run_in_order`.
    folder
        Where each block is kept as soon as it is finished.
    progress
        Called with (replications done, all replications).
    """
    kept = {job.name for job in planned if folder and folder.part(job.name) is not None}
    done = sum(len(job.replications) for job in planned if job.name in kept)

    def keep(job: Job, block: Block) -> None:
        nonlocal done
        if folder:
            folder.keep_part(job.name, _as_arrays(block))
        done += len(job.replications)
        if progress:
            progress(done, planned[-1].replications.stop)

    missing = [job for job in planned if job.name not in kept]
    fresh = run_in_order(
        run_block, missing, workers=workers, executor=executor, name=lambda job: job.name, keep=keep
    )
    for job in planned:
        if job.name not in kept:
            _, block = next(fresh)
        else:
            part = folder.part(job.name) if folder else None
            # A part that was whole a moment ago and is damaged now is run again, here.
            block = _as_block(part) if part else run_block(job)
        yield job.replications, block


def _as_arrays(block: Block) -> dict[str, npt.NDArray[Any]]:
    return {"start": block.start, "finish": block.finish, **block.sums._asdict()}


def _as_block(arrays: dict[str, npt.NDArray[Any]]) -> Block:
    return Block(arrays["start"], arrays["finish"], Sums(**{name: arrays[name] for name in Sums._fields}))
