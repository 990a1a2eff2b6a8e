"""A peer: `fifo.c`, compiled with the machine's own C compiler when first used, and called through ctypes."""

from __future__ import annotations

import ctypes
import subprocess
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from benchmarks.peers.heap_loop import COMMAND

Times = npt.NDArray[np.float64]


def waits(arrivals: Times, services: Times, servers: int, loop: str = "heap") -> Times:
    """Return the waits, float64 [customer], by one of the loops of `fifo.c`: heap or two."""
    out = np.empty_like(arrivals)
    failed = getattr(_library(), loop)(
        len(arrivals), servers, arrivals.ctypes.data, services.ctypes.data, out.ctypes.data
    )
    if failed:
        raise RuntimeError(f"the C loop '{loop}' failed for {servers} servers")
    return out


@lru_cache(maxsize=1)
def _library() -> ctypes.CDLL:
    source = Path(__file__).with_suffix(".c")
    with TemporaryDirectory() as folder:
        target = Path(folder) / "fifo.so"
        subprocess.run([*COMMAND, "-o", str(target), str(source)], check=True)
        library = ctypes.CDLL(str(target))  # stays loaded when the file is gone
    for loop in (library.heap, library.two):
        loop.argtypes = [ctypes.c_int64, ctypes.c_int64, *[ctypes.c_void_p] * 3]
        loop.restype = ctypes.c_int
    return library
