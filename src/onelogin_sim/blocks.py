"""A run cut into blocks of replications: run anywhere, kept on disk, handed back in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from onelogin_sim import draws as drawing
from onelogin_sim.alternatives import Alternative
from onelogin_sim.chains import Sums, block_sums
from onelogin_sim.coverage import met_day
from onelogin_sim.engines import compiled, reference
from onelogin_sim.execute import run_in_order
from onelogin_sim.load_arrays import as_arrays, as_load
from onelogin_sim.plan import Order, Plan
from onelogin_sim.store import RunFolder
from onelogin_sim.tally import Block
from onelogin_sim.timeline import Timeline
from onelogin_sim.verification.load_figures import figures_of, load_figures
from onelogin_sim.verification.loads import load
from onelogin_sim.verification.population import Verification

Engine = Callable[[Plan, Order, drawing.Draws], Timeline]
Arrays = dict[str, npt.NDArray[Any]]

#: Engines by name; the first is the default.
ENGINES: dict[str, Engine] = {"compiled": compiled.run, "reference": reference.run}

#: The engine of a run that names none.
ENGINE = next(iter(ENGINES))

#: Replications in a block: small enough to show progress and lose little, large enough to be worth sending.
SIZE = 250

#: The same of a comparison's identity load, which takes a hundred times as long as its schedules.
LOADED = 25

Progress = Callable[[int, int], None]


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


class Job(NamedTuple):
    """A block of replications of one order: all a worker needs.

    Attributes
    ----------
    verification
        Whose identity load follows from the go-lives; None where nothing is said of it.
    """

    plan: Plan
    order: Order
    seed: int
    replications: range
    engine: str
    verification: Verification | None = None

    @property
    def name(self) -> str:
        """What the block is called in messages and on disk."""
        return f"replications-{_span(self.replications)}"


class PairedJob(NamedTuple):
    """A block of replications of several alternatives on common random numbers.

    Attributes
    ----------
    plans
        The different plans; each is drawn for once, whatever the number of its orders.
    runs
        (index of the plan, order) of each alternative.
    use
        What it is for, the start of its name: replications that nominate are not those that prove.
    verifications
        Of each alternative, whose identity load is compared; none where no load is.
    """

    plans: tuple[Plan, ...]
    runs: tuple[tuple[int, Order], ...]
    seed: int
    replications: range
    engine: str
    use: str = "replications"
    verifications: tuple[Verification, ...] = ()

    @property
    def name(self) -> str:
        """What the block is called in messages and on disk."""
        return f"{self.use}-{_span(self.replications)}"


class PairedBlock(NamedTuple):
    """What is kept of a block of each alternative. Variants may differ in their tasks.

    Attributes
    ----------
    start, finish
        int32 [replication, task].
    load
        int64 [replication, number], see `load_figures.figures_of`; none where no load is compared.
    """

    start: tuple[npt.NDArray[np.int32], ...]
    finish: tuple[npt.NDArray[np.int32], ...]
    load: tuple[npt.NDArray[np.int64], ...] = ()


def jobs(
    plan: Plan,
    order: Order,
    seed: int,
    replications: int,
    engine: str,
    verification: Verification | None = None,
) -> list[Job]:
    """Return the jobs of a run, in order."""
    return [Job(plan, order, seed, block, engine, verification) for block in _cut(range(replications), SIZE)]


def paired_jobs(
    alternatives: Sequence[Alternative],
    seed: int,
    replications: range,
    engine: str,
    use: str = "replications",
    *,
    with_load: bool = False,
) -> list[PairedJob]:
    """Return the jobs of a comparison, in order; `with_load` that of the identity load too, in small blocks."""
    plans: list[Plan] = []
    for one in alternatives:
        if not any(plan is one.plan for plan in plans):
            plans.append(one.plan)
    index = {id(plan): place for place, plan in enumerate(plans)}
    runs = tuple((index[id(one.plan)], one.order) for one in alternatives)
    loads = tuple(one.verification for one in alternatives if with_load and one.verification is not None)
    blocks = _cut(replications, LOADED if with_load else SIZE)
    return [PairedJob(tuple(plans), runs, seed, block, engine, use, loads) for block in blocks]


def run_block(job: Job) -> Block:
    """Return one block of replications: draw, run, and sum up what is too large to keep; then its identity load."""
    draws = drawing.draw(job.plan, job.seed, job.replications)
    timeline = engine_named(job.engine)(job.plan, job.order, draws)
    sums = block_sums(timeline, job.order, draws)
    asked = None if job.verification is None else load(job.verification, timeline)
    return Block(timeline.start, timeline.finish, sums, asked)


def run_paired_block(job: PairedJob) -> PairedBlock:
    """Return one block of replications of every alternative: each plan is drawn for once, each order run on that."""
    run = engine_named(job.engine)
    timelines: list[Timeline | None] = [None] * len(job.runs)
    for index, plan in enumerate(job.plans):
        draws = drawing.draw(plan, job.seed, job.replications)
        for place, (of, order) in enumerate(job.runs):
            if of == index:
                timelines[place] = run(plan, order, draws)
    done = [timeline for timeline in timelines if timeline is not None]
    loads = zip(done, job.verifications, strict=True) if job.verifications else ()
    wanted = load_figures(job.verifications, job.plans[0]) if job.verifications else None
    return PairedBlock(
        tuple(timeline.start for timeline in done),
        tuple(timeline.finish for timeline in done),
        tuple(figures_of(load(who, timeline), who, wanted) for timeline, who in loads if wanted),
    )


class _Named(Protocol):
    """A job: some replications, and what they are called."""

    @property
    def name(self) -> str: ...
    @property
    def replications(self) -> range: ...


SomeJob = TypeVar("SomeJob", bound=_Named)
SomeBlock = TypeVar("SomeBlock")


class _Kind(NamedTuple, Generic[SomeJob, SomeBlock]):
    """How a kind of job is run, and how its block is kept as named arrays."""

    run: Callable[[SomeJob], SomeBlock]
    as_arrays: Callable[[SomeBlock], Arrays]
    as_block: Callable[[Arrays], SomeBlock]


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
    kind = _Kind(run_block, _as_arrays, _as_block)
    return _run(kind, planned, workers, folder, executor, progress)


def run_paired_blocks(
    planned: list[PairedJob],
    *,
    workers: int = 1,
    folder: RunFolder | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Iterator[tuple[range, PairedBlock]]:
    """Yield the blocks of a comparison as `run_blocks` does those of a forecast."""
    kind = _Kind(run_paired_block, _pair_as_arrays, _pair_as_block)
    return _run(kind, planned, workers, folder, executor, progress)


def observer(
    alternatives: Sequence[Alternative],
    target: int,
    seed: int,
    engine: str,
    *,
    folder: RunFolder | None = None,
) -> Callable[[tuple[int, ...], range], npt.NDArray[np.float64]]:
    """Return a function that observes when some of the alternatives meet a target.

    It runs its replications in this process, because it is asked for a few at a time.

    Parameters
    ----------
    target
        Index of the target.
    folder
        Where its blocks are kept, so that an interrupted selection goes on where it stopped.

    Returns
    -------
    Called with indices of alternatives and consecutive replications: float64 [replication, alternative], the
    day the target is met, counted to the horizon.
    """

    def observe(systems: tuple[int, ...], replications: range) -> npt.NDArray[np.float64]:
        chosen = [alternatives[system] for system in systems]
        # Who is still in play follows from plan, seed and replications before: the name need not say it.
        planned = paired_jobs(chosen, seed, replications, engine, "selection")
        blocks = run_paired_blocks(planned, folder=folder)
        return np.concatenate([_met(chosen, target, which, block) for which, block in blocks])

    return observe


def _met(
    alternatives: Sequence[Alternative], target: int, replications: range, block: PairedBlock
) -> npt.NDArray[np.float64]:
    columns = []
    for one, start, finish in zip(alternatives, block.start, block.finish, strict=True):
        timeline = Timeline(one.plan, replications, start, finish)
        met = met_day(one.plan, one.plan.targets[target], timeline.go_live)
        columns.append(np.minimum(met, one.plan.horizon))
    return np.stack(columns, axis=1).astype(np.float64)


def _cut(replications: range, size: int) -> list[range]:
    """Cut replications into blocks."""
    stop = replications.stop
    return [range(first, min(first + size, stop)) for first in range(replications.start, stop, size)]


def _span(replications: range) -> str:
    return f"{replications.start:07d}-{replications.stop - 1:07d}"


def _run(
    kind: _Kind[SomeJob, SomeBlock],
    planned: Sequence[SomeJob],
    workers: int,
    folder: RunFolder | None,
    executor: Executor | None,
    progress: Progress | None,
) -> Iterator[tuple[range, SomeBlock]]:
    kept = {job.name for job in planned if folder and folder.part(job.name) is not None}
    done = sum(len(job.replications) for job in planned if job.name in kept)
    total = sum(len(job.replications) for job in planned)

    def keep(job: SomeJob, block: SomeBlock) -> None:
        nonlocal done
        if folder:
            folder.keep_part(job.name, kind.as_arrays(block))
        done += len(job.replications)
        if progress:
            progress(done, total)

    missing = [job for job in planned if job.name not in kept]
    fresh = run_in_order(
        kind.run, missing, workers=workers, executor=executor, name=lambda job: job.name, keep=keep
    )
    for job in planned:
        if job.name not in kept:
            _, block = next(fresh)
        else:
            part = folder.part(job.name) if folder else None
            # A part that was whole a moment ago and is damaged now is run again, here.
            block = kind.as_block(part) if part else kind.run(job)
        yield job.replications, block


def _as_arrays(block: Block) -> Arrays:
    kept = {"start": block.start, "finish": block.finish, **block.sums._asdict()}
    return kept if block.load is None else kept | as_arrays(block.load)


def _as_block(arrays: Arrays) -> Block:
    sums = Sums(**{name: arrays[name] for name in Sums._fields})
    return Block(arrays["start"], arrays["finish"], sums, as_load(arrays))


def _pair_as_arrays(block: PairedBlock) -> Arrays:
    kept: Arrays = {}
    for name in PairedBlock._fields:
        kept |= {f"{name}_{place}": array for place, array in enumerate(getattr(block, name))}
    return kept


def _pair_as_block(arrays: Arrays) -> PairedBlock:
    def of(name: str) -> tuple[npt.NDArray[Any], ...]:
        count = sum(key.startswith(f"{name}_") for key in arrays)
        return tuple(arrays[f"{name}_{place}"] for place in range(count))

    return PairedBlock(*(of(name) for name in PairedBlock._fields))
