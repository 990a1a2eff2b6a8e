"""A peer: `heap_loop.c`, compiled with the machine's own C compiler when first used, and called through ctypes."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from onelogin_sim.arrays import plan_arrays
from onelogin_sim.plan import Order, Plan

COMMAND = ("cc", "-O3", "-std=c99", "-shared", "-fPIC")

Ints = npt.NDArray[np.int32]


def is_available() -> bool:
    """Whether there is a C compiler."""
    return shutil.which(COMMAND[0]) is not None


class _Plan(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int32) for name in ("tasks", "resources", "horizon")),
        *(
            (name, ctypes.c_void_p)
            for name in ("needs", "units", "place", "task_at", "missing", "after_at", "after", "queue_at")
        ),
    )


class Model:
    """A plan under an order, ready to be simulated any number of times.

    Raises
    ------
    ValueError
        When some task does not need exactly one unit of one resource.
    """

    def __init__(self, plan: Plan, order: Order) -> None:
        arrays = plan_arrays(plan, order)
        if any(len(needs) != 1 or needs[0][1] != 1 for needs in plan.needs_of):
            raise ValueError("the C loop runs plans in which each task needs one unit of one resource")
        tasks, resources = len(plan.tasks), len(plan.resources)
        arcs = np.array(plan.arcs, dtype=np.int32).reshape(-1, 2)
        after = arcs[np.argsort(arcs[:, 0], kind="stable")]
        tables = {
            "needs": arrays.need_resource,
            "units": np.array([resource.most for resource in plan.resources]),
            "place": np.argsort(arrays.scan),
            "task_at": arrays.scan,
            "missing": np.diff(arrays.before_at),
            "after_at": np.concatenate(([0], np.cumsum(np.bincount(after[:, 0], minlength=tasks)))),
            "after": after[:, 1],
            "queue_at": np.concatenate(
                ([0], np.cumsum(np.bincount(arrays.need_resource, minlength=resources)))
            )[:-1],
        }
        # Kept as attributes: the structure holds bare addresses.
        self.tables = {name: np.ascontiguousarray(table, dtype=np.int32) for name, table in tables.items()}
        addresses = [table.ctypes.data for table in self.tables.values()]
        self.plan = _Plan(tasks, resources, plan.horizon, *addresses)

    def run(self, days: Ints) -> tuple[Ints, Ints]:
        """Return starts and finishes, int32 [replication, task], for days of work of the same shape."""
        days = np.ascontiguousarray(days, dtype=np.int32)
        start, finish = np.empty_like(days), np.empty_like(days)
        failed = _library().run(
            ctypes.byref(self.plan), len(days), days.ctypes.data, start.ctypes.data, finish.ctypes.data
        )
        if failed:
            raise MemoryError("the C loop found no memory")
        return start, finish


@lru_cache(maxsize=1)
def _library() -> ctypes.CDLL:
    source = Path(__file__).with_suffix(".c")
    with TemporaryDirectory() as folder:
        target = Path(folder) / "heap_loop.so"
        subprocess.run([*COMMAND, "-o", str(target), str(source)], check=True)
        library = ctypes.CDLL(str(target))  # stays loaded when the file is gone
    library.run.argtypes = [ctypes.POINTER(_Plan), ctypes.c_int32, *[ctypes.c_void_p] * 3]
    library.run.restype = ctypes.c_int
    return library
