"""Progress of a search on standard error: schedules spent, the stage, the best so far."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from onelogin_sim.orders.search.problem import Report, SearchProgress


@contextmanager
def search_progress(budget: int) -> Iterator[Report]:
    """Show how a search stands; yields what it tells. Where nobody is watching, a line for each stage."""
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
        best = f"{now.stage}, best so far {now.value:,.1f}"
        bar.update(task, completed=now.spent, total=now.budget, description=best)
        if not console.is_terminal and now.stage != told:
            told = now.stage
            print(f"{now.spent:,} of {now.budget:,} schedules: {best}", file=sys.stderr)

    with bar:
        task = bar.add_task("rules", total=budget)
        yield tell
