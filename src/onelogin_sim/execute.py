"""Run independent jobs, in this process or on several, and hand their results back in job order.

Words used here: a *job* is one function applied to one argument; the *turn* is the index of the job
whose result the caller gets next; a worker that is killed (out of memory, a crash in compiled code)
makes every job its pool had in hand a *suspect*, and a suspect that kills again, alone, is a *culprit*.

Nothing here knows what a job computes. Whatever the number of workers, the caller sees the same
results in the same order, so a forecast does not depend on it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager, nullcontext
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

from onelogin_sim.errors import IncompleteRunError

Argument = TypeVar("Argument")
Result = TypeVar("Result")

KILLS_BEFORE_QUARANTINE = 2
"""A job that is known to have killed its worker this often is not tried again: once may be bad luck."""

SECONDS_BETWEEN_LOOKS = 1.0
"""How often the workers are looked at while nothing finishes."""


def run_in_order(
    function: Callable[[Argument], Result],
    arguments: Iterable[Argument],
    *,
    workers: int = 1,
    executor: Executor | None = None,
    name: Callable[[Argument], str] = str,
    keep: Callable[[Argument, Result], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[tuple[Argument, Result]]:
    """Apply `function` to each argument and yield ``(argument, result)`` strictly in job order.

    At most ``2 * workers`` jobs are in hand at once (running, or finished and waiting for their turn),
    so memory is bounded by that many results. Leaving the loop early, by ``break``, an error or Ctrl-C,
    cancels what has not begun and ends the local worker processes.

    Parameters
    ----------
    function
        What a job does; an importable function when there is more than one worker or an executor.
    arguments
        One per job; each must be picklable, and so must its result.
    workers
        Local processes. 1 runs everything in this process, without a pool. With `executor`: how many
        jobs it can run at once.
    executor
        Any `concurrent.futures.Executor` to use instead of local processes, for instance a cluster's.
        It belongs to the caller and is not shut down.
    name
        What a job is called in messages.
    keep
        Called in this process with the argument and result of each job as soon as it has finished, in
        the order they finish: the place to write a result to disk, so that an interruption loses
        nothing that was done.
    progress
        Called as ``progress(done, total)`` after each finished job.

    Raises
    ------
    IncompleteRunError
        After all other jobs are done: some killed their worker twice and have no result. At once: worker
        processes cannot start, or the given executor broke.
    Exception
        Whatever a job raises, with its own type, at that job's turn.
    """
    if workers < 1:
        raise ValueError(f"workers must be at least 1, not {workers}")
    jobs = tuple(arguments)
    notify = _Notify(len(jobs), keep, progress)
    if executor is None and workers == 1:
        return _run_here(function, jobs, notify)
    pool = _LocalPools(workers) if executor is None else _LentPool(executor)
    return _PoolRun(function, jobs, pool, 2 * workers, name, notify).results()


class _Notify(Generic[Argument, Result]):
    """Tells the caller of each finished job, once."""

    def __init__(
        self,
        total: int,
        keep: Callable[[Argument, Result], None] | None,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self.done, self.total, self.keep, self.progress = 0, total, keep, progress

    def finished(self, argument: Argument, result: Result) -> None:
        self.done += 1
        if self.keep is not None:
            self.keep(argument, result)
        if self.progress is not None:
            self.progress(self.done, self.total)


def _run_here(
    function: Callable[[Argument], Result], jobs: tuple[Argument, ...], notify: _Notify[Argument, Result]
) -> Iterator[tuple[Argument, Result]]:
    for argument in jobs:
        result = function(argument)
        notify.finished(argument, result)
        yield argument, result


class _PoolRun(Generic[Argument, Result]):
    """One run over a pool. Every job is before `begun` and in exactly one of the collections, or past it."""

    def __init__(
        self,
        function: Callable[[Argument], Result],
        jobs: tuple[Argument, ...],
        pool: _LocalPools | _LentPool,
        ahead: int,
        name: Callable[[Argument], str],
        notify: _Notify[Argument, Result],
    ) -> None:
        self.function, self.jobs, self.pool = function, jobs, pool
        self.ahead, self.name, self.notify = ahead, name, notify
        self.begun = 0
        self.running: dict[Future[Result], int] = {}
        self.waiting_for_turn: dict[int, Future[Result]] = {}
        self.culprits: list[int] = []

    def results(self) -> Iterator[tuple[Argument, Result]]:
        """Yield each job's result at its turn; report the culprits at the end."""
        try:
            for turn, argument in enumerate(self.jobs):
                self._submit_up_to(turn + self.ahead)
                while turn not in self.waiting_for_turn and turn not in self.culprits:
                    self._collect()
                    self._submit_up_to(turn + self.ahead)
                if turn in self.waiting_for_turn:
                    yield argument, self.waiting_for_turn.pop(turn).result()
        except KeyboardInterrupt:
            self._settle([future for future in self.running if future.done()])
            raise
        finally:
            self.pool.end(self.running)
        if self.culprits:
            raise IncompleteRunError(self._culprits_in_words())

    def _submit_up_to(self, limit: int) -> None:
        while self.begun < min(limit, len(self.jobs)):
            try:
                future = self.pool.submit(self.function, self.jobs[self.begun])
            except BrokenExecutor:
                self._recover()
            else:
                self.running[future] = self.begun
                self.begun += 1

    def _collect(self) -> None:
        """Wait until at least one job is done, one way or the other."""
        done: set[Future[Result]] = set()
        while not done:
            done, _ = wait(self.running, timeout=SECONDS_BETWEEN_LOOKS, return_when=FIRST_COMPLETED)
            if not done:
                self.pool.look_after()
        if any(_was_killed(future) for future in done):
            self._recover()
        else:
            self._settle(done)

    def _settle(self, done: Iterable[Future[Result]]) -> None:
        """Keep what finished, in job order; a job's own exception is kept for its turn."""
        for future in sorted(done, key=self.running.__getitem__):
            if _was_killed(future):
                continue
            job = self.running.pop(future)
            self.waiting_for_turn[job] = future
            if future.exception() is None:
                self.notify.finished(self.jobs[job], future.result())

    def _recover(self) -> None:
        """Start again after a worker was killed: rerun only what was lost, one job at a time.

        A broken pool fails everything it had in hand and does not say whose fault it was; alone in a
        pool of one, a job that kills can only be the culprit.
        """
        wait(self.running)
        self._settle(list(self.running))
        suspects = sorted(self.running.values())
        self.running.clear()
        self.pool.replace_by_one_worker(self._names(suspects) or "what had not begun")
        for job in suspects:
            kills = 1 if len(suspects) == 1 else 0
            while kills < KILLS_BEFORE_QUARANTINE and self._kills_alone(job):
                kills += 1
                self.pool.replace_by_one_worker(self._names([job]))
            if kills == KILLS_BEFORE_QUARANTINE:
                self.culprits.append(job)
        self.pool.end()

    def _kills_alone(self, job: int) -> bool:
        future = self.pool.submit(self.function, self.jobs[job])
        self.running[future] = job
        while not wait([future], timeout=SECONDS_BETWEEN_LOOKS).done:
            self.pool.look_after()
        if _was_killed(future):
            del self.running[future]
            return True
        self._settle([future])
        return False

    def _names(self, jobs: list[int]) -> str:
        return ", ".join(self.name(self.jobs[job]) for job in jobs)

    def _culprits_in_words(self) -> str:
        return (
            f"{len(self.culprits)} of {len(self.jobs)} jobs killed their worker process twice and have no "
            f"result: {self._names(self.culprits)}. Too little memory is the usual cause; with one worker a "
            "job runs without a worker process, where its failure can be seen"
        )


class _LocalPools:
    """The local worker processes: one pool at a time, begun when first needed."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.pool: ProcessPoolExecutor | None = None

    def submit(self, function: Callable[[Argument], Result], argument: Argument) -> Future[Result]:
        if self.pool is None:
            self.pool = _new_pool(self.workers)
        with _interrupts_held_back():
            return self.pool.submit(function, argument)

    def replace_by_one_worker(self, lost: str) -> None:
        """End the broken pool and begin a pool of one, which must answer before it is given a job."""
        self.end()
        self.pool = _new_pool(1)
        try:
            self.submit(abs, 0).result()
        except BrokenExecutor as error:
            raise IncompleteRunError(
                f"worker processes die before they begin (not done: {lost}). Call this from a "
                'script file, under `if __name__ == "__main__":`, or use one worker'
            ) from error

    def look_after(self) -> None:
        """Break the pool if a worker is dead and the pool has not noticed.

        That happens when a worker is killed while sending its result: the pool then waits for the rest
        of it for ever.
        """
        if self.pool is not None and any(process.exitcode is not None for process in _processes(self.pool)):
            _kill(self.pool)

    def end(self, unfinished: Iterable[Future[Any]] = ()) -> None:
        """End the pool and its processes, whatever they are doing, and wait until they are gone.

        `unfinished` fail with their pool: cancelling them first trips Python 3.11's own clearing up.
        """
        if self.pool is None:
            return
        with _interrupts_held_back():
            _kill(self.pool)
            self.pool.shutdown(wait=True)
            self.pool = None


class _LentPool:
    """The caller's executor: used, never ended and never replaced."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor

    def submit(self, function: Callable[[Argument], Result], argument: Argument) -> Future[Result]:
        return self.executor.submit(function, argument)

    def replace_by_one_worker(self, lost: str) -> None:
        """Say that it broke: only its owner can make another."""
        raise IncompleteRunError(f"the executor given to this run broke; not done: {lost}")

    def look_after(self) -> None:
        """Leave the workers to the executor's owner."""

    def end(self, unfinished: Iterable[Future[Any]] = ()) -> None:
        """Cancel what has not begun, and leave the executor to its owner."""
        for future in unfinished:
            future.cancel()


def _processes(pool: ProcessPoolExecutor) -> list[BaseProcess]:
    return list((pool._processes or {}).values())


def _kill(pool: ProcessPoolExecutor) -> None:
    """Kill the worker processes; the pool then fails what it has in hand and ends.

    Python 3.14 has `kill_workers`, which leaves a pool hanging whose worker was sending a result. So
    the sending end of the result pipe is closed here first: its other holders are about to die.
    """
    if pool._result_queue is not None:
        pool._result_queue._writer.close()  # type: ignore[attr-defined]
    for process in _processes(pool):
        process.kill()


def _was_killed(future: Future[Result]) -> bool:
    return not future.cancelled() and isinstance(future.exception(), BrokenExecutor)


def _new_pool(workers: int) -> ProcessPoolExecutor:
    # spawn everywhere: the same behaviour on every platform, and no lock copied in a locked state.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin_work)


def _begin_work() -> None:
    """In a worker: leave Ctrl-C to the parent, and end when the parent is gone, however it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _interrupts_held_back() -> AbstractContextManager[None]:
    """Hold Ctrl-C back for a moment, where the platform can; it is delivered afterwards, not lost.

    Worker processes are born with what is held back here, so a Ctrl-C cannot hit one before it has
    begun to ignore them; and ending a pool is not left half done.
    """
    return _sigint_blocked() if hasattr(signal, "pthread_sigmask") else nullcontext()


@contextmanager
def _sigint_blocked() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
