"""Where words go: answers to standard output, progress and messages to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from onelogin_sim.errors import IncompleteRunError


def say(text: str) -> None:
    """Print a message; it never gets into an answer that is piped on."""
    print(text, file=sys.stderr)


def print_json(document: object) -> None:
    """Print the one JSON object that is the answer."""
    print(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))


def plain(record: Any) -> dict[str, Any]:
    """Return a dataclass as JSON holds it."""
    from dataclasses import asdict

    return asdict(record)


@contextmanager
def progress(replications: int) -> Iterator[Any]:
    """Show progress while a run goes on; Ctrl-C in it says how to go on from there."""
    from onelogin_sim.report.progress import progress_bar

    try:
        with progress_bar(replications) as show:
            yield show
    except KeyboardInterrupt:
        raise IncompleteRunError(
            "Interrupted. What was finished is kept; run the same command again to go on from there."
        ) from None


def memory() -> str:
    """Return what the run took at its peak, in words."""
    from onelogin_sim.memory import peak_memory

    own, worker = peak_memory()
    text = f"Peak memory: {own / 2**20:,.0f} MiB"
    return text + (f"; largest worker process: {worker / 2**20:,.0f} MiB" if worker else "")
