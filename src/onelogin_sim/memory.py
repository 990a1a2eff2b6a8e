"""The run's own peak memory, as the operating system counted it."""

from __future__ import annotations

import sys


def peak_memory() -> tuple[int, int]:
    """Return the peak resident memory in bytes of this process, and of its largest finished worker (0 if none)."""
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset), 0
    import resource

    # Linux counts in kibibytes, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return own * unit, workers * unit
