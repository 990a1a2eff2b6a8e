"""Progress of a search on standard error: schedules spent, the stage, the best so far."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from onelogin_sim.optimising.optimised import Question
from onelogin_sim.orders.search.problem import KINDS, Report, SearchProgress
from onelogin_sim.plan import Plan
from onelogin_sim.report import formats


@contextmanager
def search_progress(question: Question, plan: Plan) -> Iterator[Report]:
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
        best = f"{now.stage}, best so far {standing(now.value, question, plan)}"
        bar.update(task, completed=now.spent, total=now.budget, description=best)
        if not console.is_terminal and now.stage != told:
            told = now.stage
            print(f"{now.spent:,} of {now.budget:,} schedules: {best}", file=sys.stderr)

    with bar:
        task = bar.add_task("rules", total=question.budget)
        yield tell


def standing(value: float, question: Question, plan: Plan) -> str:
    """Return the value of an order in the search's own futures as a planner reads it.

    Values are better when lower, so shares and numbers of what is wanted come with a minus.
    """
    parts = question.objectives.parts
    if len(parts) > 1:
        return f"a score of {value:,.1f} (lower is better)"
    unit = KINDS[parts[0].kind]
    if unit == "days":
        return formats.day(round(value), plan)
    return f"{0.0 - value:,.1f} {unit}"
