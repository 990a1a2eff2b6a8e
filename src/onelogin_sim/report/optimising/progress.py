"""Progress of a search on standard error: schedules spent, and the stage.

How good the best order so far is, is not told: every value that a search goes by is of other futures, so that
the best of a later stage may look worse than that of an earlier one. The convergence curve tells it when all is done.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from onelogin_sim.orders.search.problem import Report, SearchProgress


@contextmanager
def search_progress(budget: int) -> Iterator[Report]:
    """Show how a search of so many schedules stands; yields what it tells. Unwatched, a line for each stage."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    bar = Progress(
        TextColumn("Searching: {task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
        console=console,
        disable=not console.is_terminal,
    )
    told = ""

    def tell(now: SearchProgress) -> None:
        nonlocal told
        bar.update(task, completed=now.spent, total=now.budget, description=now.stage)
        if not console.is_terminal and now.stage != told:
            told = now.stage
            print(f"{now.spent:,} of {now.budget:,} schedules: {now.stage}", file=sys.stderr)

    with bar:
        task = bar.add_task("rules", total=budget)
        yield tell
