"""Jobs on one or several processes: same results in the same order, and no job lost unseen."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from onelogin_sim.errors import IncompleteRunError
from onelogin_sim.execute import run_in_order


def square(n: int) -> int:
    return n * n


def refuse_two(n: int) -> int:
    if n == 2:
        raise LookupError("no such stage: 2")
    return n


def die_if_told(job: tuple[int, str, int]) -> int:
    """Kill the worker that runs job number 1, as often as the file it is handed has lines to spare."""
    number, log, deaths = job
    if number == 1:
        with Path(log).open("a") as file:
            file.write("x\n")
        if Path(log).read_text().count("x") <= deaths:
            time.sleep(0.1)
            os._exit(1)
    return number * 10


def die_while_sending(job: tuple[int, str]) -> int:
    """Kill the worker when only the beginning of its result is on its way: the worst moment."""
    number, log = job
    if number == 1 and not Path(log).exists():
        Path(log).touch()
        frame = sys._getframe()
        while "result_queue" not in frame.f_locals:
            assert frame.f_back is not None
            frame = frame.f_back
        queue = frame.f_locals["result_queue"]
        os.write(queue._writer.fileno(), struct.pack("!i", 1000) + b"the first of 1000 bytes")
        os._exit(1)
    return number * 10


def jobs_of(log: Path, deaths: int) -> list[tuple[int, str, int]]:
    return [(number, str(log), deaths) for number in range(5)]


def number_of(job: tuple[int, str, int]) -> str:
    return f"block {job[0]}"


def no_children() -> bool:
    return not [
        child
        for child in psutil.Process().children(recursive=True)
        if "resource_tracker" not in " ".join(child.cmdline())
    ]


def test_one_and_two_workers_and_a_given_executor_agree() -> None:
    expected = [(n, n * n) for n in range(9)]
    assert list(run_in_order(square, range(9))) == expected
    assert list(run_in_order(square, range(9), workers=2)) == expected
    with ThreadPoolExecutor(3) as executor:
        assert list(run_in_order(square, range(9), workers=3, executor=executor)) == expected
        assert executor.submit(square, 3).result() == 9, "the executor is the caller's to shut down"
    assert no_children()


def test_results_come_in_job_order_but_are_kept_as_they_finish() -> None:
    kept: list[int] = []
    progress: list[tuple[int, int]] = []
    others_are_kept = threading.Event()

    def last_is_first(n: int) -> int:
        assert n or others_are_kept.wait(10)
        return n

    def keep(n: int, result: int) -> None:
        kept.append(n)
        if len(kept) == 3:
            others_are_kept.set()

    with ThreadPoolExecutor(2) as executor:
        results = run_in_order(
            last_is_first,
            range(4),
            workers=2,
            executor=executor,
            keep=keep,
            progress=lambda done, total: progress.append((done, total)),
        )
        assert [n for n, _ in results] == [0, 1, 2, 3]
    assert kept == [1, 2, 3, 0]
    assert progress == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_no_more_than_twice_the_workers_are_in_hand() -> None:
    """A consumer who waits holds the jobs back, so memory is bounded."""
    submitted: list[int] = []

    class Recording(ThreadPoolExecutor):
        def submit(self, function, n):  # type: ignore[no-untyped-def, override]
            submitted.append(n)
            return super().submit(function, n)

    with Recording(8) as executor:
        results = run_in_order(square, range(50), workers=2, executor=executor)
        assert submitted == []
        assert next(results) == (0, 0)
        assert submitted == [0, 1, 2, 3]
        assert [next(results)[0] for _ in range(3)] == [1, 2, 3]
        assert submitted == list(range(7))
        results.close()


def test_one_worker_runs_in_this_process_one_job_per_result_asked_for() -> None:
    threads: list[int] = []
    results = run_in_order(lambda n: threads.append(threading.get_ident()), range(3))
    next(results)
    assert threads == [threading.get_ident()]


@pytest.mark.parametrize("workers", [1, 2])
def test_an_exception_of_a_job_keeps_its_type_and_comes_at_its_turn(workers: int) -> None:
    results = run_in_order(refuse_two, range(6), workers=workers)
    assert [next(results), next(results)] == [(0, 0), (1, 1)]
    with pytest.raises(LookupError, match="no such stage: 2"):
        next(results)
    assert no_children()


def test_a_job_that_kills_its_worker_once_is_run_again(tmp_path: Path) -> None:
    kept: list[int] = []
    results = run_in_order(
        die_if_told, jobs_of(tmp_path / "log", 1), workers=2, keep=lambda job, _: kept.append(job[0])
    )
    assert [result for _, result in results] == [0, 10, 20, 30, 40]
    assert sorted(kept) == [0, 1, 2, 3, 4], "each job once, though some were lost with the pool"
    assert no_children()


def test_a_job_that_always_kills_is_named_after_the_others_are_done(tmp_path: Path) -> None:
    results = run_in_order(die_if_told, jobs_of(tmp_path / "log", 99), workers=2, name=number_of)
    assert [next(results)[1] for _ in range(4)] == [0, 20, 30, 40]
    with pytest.raises(IncompleteRunError) as caught:
        next(results)
    assert str(caught.value) == (
        "1 of 5 jobs killed their worker process twice and have no result: block 1. Too little memory is "
        "the usual cause; with one worker a job runs without a worker process, where its failure can be seen"
    )
    assert no_children()


def test_a_worker_killed_while_sending_its_result_does_not_hang_the_run(tmp_path: Path) -> None:
    """The standard pool waits for the rest of the result for ever."""
    jobs = [(number, str(tmp_path / "log")) for number in range(4)]
    assert [result for _, result in run_in_order(die_while_sending, jobs, workers=2)] == [0, 10, 20, 30]
    assert no_children()


def test_leaving_the_loop_early_ends_the_workers() -> None:
    for _ in run_in_order(square, range(100), workers=2):
        break
    assert no_children()


def test_a_given_executor_that_breaks_is_reported() -> None:
    class Broken(Executor):
        def submit(self, *args, **kwargs) -> Future:  # type: ignore[no-untyped-def, override, type-arg]
            future: Future[int] = Future()
            future.set_exception(BrokenExecutor("gone"))
            return future

    with pytest.raises(IncompleteRunError, match=r"the executor given to this run broke; not done: 0, 1$"):
        list(run_in_order(square, range(2), executor=Broken()))


def test_no_workers_is_refused_before_anything_runs() -> None:
    with pytest.raises(ValueError, match="workers must be at least 1, not 0"):
        run_in_order(square, range(3), workers=0)


SCRIPT = """
import os, time
from onelogin_sim.execute import run_in_order

def work(n):
    if n > 1:
        os.write(1, b"begun\\n")
        time.sleep(60)
    return n

def keep(n, result):
    os.write(1, f"kept {{result}}\\n".encode())

{guard}
    list(run_in_order(work, range(6), workers=2, keep=keep))
"""


def begin(tmp_path: Path, guard: str) -> subprocess.Popen[str]:
    """Run the script as the leader of its own process group, as a terminal would."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(guard=guard))
    return subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for_two_sleepers(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    lines: list[str] = []
    # A worker may begin its next job before the parent has kept the last: wait for both.
    while lines.count("begun") < 2 or sum(line.startswith("kept") for line in lines) < 2:
        lines.append(process.stdout.readline().strip())
        assert lines[-1], process.communicate()[1]
    return lines


@pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")
@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_no_process_is_left_however_a_run_is_stopped(tmp_path: Path, how: str) -> None:
    """Ctrl-C reaches every process of the terminal; the other two only the parent, which cannot clear up."""
    process = begin(tmp_path, 'if __name__ == "__main__":')
    before = wait_for_two_sleepers(process)
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) >= 2
    if how == "SIGINT":
        os.killpg(process.pid, signal.SIGINT)
    else:
        os.kill(process.pid, getattr(signal, how))
    out, err = process.communicate(timeout=10)
    deadline = time.monotonic() + 5
    while any(is_alive(child) for child in family):
        assert time.monotonic() < deadline, family
        time.sleep(0.01)
    assert sorted(line for line in before + out.split("\n") if line.startswith("kept")) == [
        "kept 0",
        "kept 1",
    ]
    if how == "SIGINT":
        assert err.count("KeyboardInterrupt") == 1, err
        assert process.returncode in (-signal.SIGINT, 130)


def test_a_script_without_a_guard_is_told_what_to_do(tmp_path: Path) -> None:
    """Its workers run the script again and die of it, whatever the jobs are."""
    process = begin(tmp_path, "if True:")
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert (
        "IncompleteRunError: worker processes die before they begin (not done: 0, 1, 2, 3). Call this from a "
        'script file, under `if __name__ == "__main__":`, or use one worker'
    ) in err
