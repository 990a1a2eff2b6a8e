"""An optimisation with everything it leaves behind: one folder, the scenario with the new order, how to repeat it."""

from __future__ import annotations

import hashlib
import json
import shlex
from pathlib import Path
from typing import Any

from onelogin_sim import run
from onelogin_sim.errors import IncompleteRunError, PlanError
from onelogin_sim.memory import peak_memory
from onelogin_sim.optimising.optimised import Optimised, Question
from onelogin_sim.optimising.recipe import judge, look, new_name
from onelogin_sim.orders.search.problem import Found, Report
from onelogin_sim.report.optimising import words
from onelogin_sim.report.optimising.write import write_optimised
from onelogin_sim.report.register import register_rows
from onelogin_sim.scenario import Scenario
from onelogin_sim.scenario.write_order import scenario_copy
from onelogin_sim.store import RunFolder, Value, write_atomic

#: Where a search keeps its state until it is done.
CHECKPOINT = "search.json"


class FolderCheckpoint:
    """Keeps the state of a search in the run folder, so that the same command goes on from there."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / CHECKPOINT

    def load(self) -> dict[str, Any] | None:
        """Return what was saved last, None if nothing was."""
        if not self._file.exists():
            return None
        state: dict[str, Any] = json.loads(self._file.read_bytes())
        return state

    def save(self, state: dict[str, Any]) -> None:
        """Keep this state in place of the last."""
        write_atomic(self._file, json.dumps(state).encode())

    def clear(self) -> None:
        """Remove it: the search is done and its results are written."""
        self._file.unlink(missing_ok=True)


def run_optimising(
    scenario: Scenario,
    question: Question,
    *,
    command: str,
    workers: int = 1,
    folder: Path | None = None,
    progress: Report | None = None,
) -> tuple[Optimised, Path]:
    """Search, prove and write the folder; an interrupted search goes on where it stopped.

    Parameters
    ----------
    command
        What reproduces it, for the manifest and the order's provenance.

    Raises
    ------
    IncompleteRunError
        When it was interrupted: the best order so far is written into a copy of the scenario, unproved.
    StoreError
        When the folder holds another run, is in use, or cannot be written.
    PlanError, ValueError
        As the search and the proof.
    """
    identity = _identity(scenario, question)
    folder = folder or _folder(scenario, question, identity)
    with RunFolder.open(folder, identity) as opened:
        checkpoint = FolderCheckpoint(folder)
        found = look(scenario, question, workers=workers, checkpoint=checkpoint, progress=progress)
        if not found.complete:
            raise _interrupted(scenario, question, found, command, opened)
        result = judge(scenario, question, found, workers=workers)
        resolved = json.dumps(scenario.plan().as_json(), indent=1, sort_keys=True, default=str)
        opened.write("plan.json", resolved.encode() + b"\n")
        write_optimised(result, register_rows(scenario), opened)
        if result.shown_better:
            _write_copy(scenario, result, command, opened)
        opened.finish(
            {
                "scenario": result.title,
                "variants": list(result.variants),
                "digest": result.plan.digest,
                "seed": question.seed,
                "budget": question.budget,
                "replications": question.replications,
                "own_order": question.start.name,
                "nominated": result.name,
                "said": result.proof.said,
                "order_digest": result.proof.answer.digest,
                "illustrative": result.plan.illustrative,
                "command": command,
                "versions": run.versions(),
                "peak_memory_bytes": peak_memory()[0],
            }
        )
        checkpoint.clear()
    return result, folder


def _interrupted(
    scenario: Scenario, question: Question, found: Found, command: str, opened: RunFolder
) -> IncompleteRunError:
    """Write the best order so far into a copy of the scenario; return what to tell the planner."""
    name = new_name(scenario, question.start)
    lines = (
        f"The best after {found.spent:,} of {found.budget:,} schedules: not proved.",
        f"Made by: {command}",
    )
    where, source = "is kept", "an interrupted search, not proved"
    try:
        for file, data in scenario_copy(scenario, found.order, name=name, source=source, provenance=lines):
            opened.write(f"scenario-so-far/{file}", data)
        where = f"is in {opened.path / 'scenario-so-far'}, as '{name}'"
    except PlanError:
        pass  # a scenario cannot say it; the state of the search can
    return IncompleteRunError(
        f"Interrupted after {found.spent:,} of {found.budget:,} schedules. The best order so far {where}; it is not "
        "proved. Run the same command again to go on from there."
    )


def _write_copy(scenario: Scenario, found: Optimised, command: str, opened: RunFolder) -> None:
    """Write the scenario with the order that was shown better."""
    claim = found.proof.claimed
    source = f"order search, seed {found.question.seed}, shown better on replications {claim.start} to {claim.stop - 1}"
    copy = scenario_copy(
        scenario,
        found.nominated,
        name=found.name,
        source=source,
        provenance=words.provenance(found, command),
    )
    for file, data in copy:
        opened.write(f"scenario/{file}", data)


def _identity(scenario: Scenario, question: Question) -> dict[str, Value]:
    asked = repr((question.objectives, question.limits, question.target))
    return {
        **run.run_identity(scenario, question.start, question.replications, question.seed),
        "analysis": "optimise",
        "asked": hashlib.sha256(asked.encode()).hexdigest(),
        "budget": question.budget,
        "delta": question.delta,
    }


def _folder(scenario: Scenario, question: Question, identity: dict[str, Value]) -> Path:
    """The folder of an optimisation under ``runs/``; no two that could differ share one."""
    key = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:8]
    parts = [scenario.path.resolve().parent.name, *scenario.variants, question.start.name, "optimise"]
    parts += [f"seed{question.seed}", f"b{question.budget}", f"n{question.replications}", key]
    return Path("runs") / "-".join(parts)


def command_line(scenario: Scenario, question: Question, options: list[str]) -> str:
    """Return the command that reproduces an optimisation: a forecast's, under another name, with what was asked."""
    forecast = run.command(scenario, question.start, question.replications, question.seed)
    _, _, *rest = shlex.split(forecast)
    more = [*options, "--budget", str(question.budget), "--delta", f"{question.delta:.12g}"]
    return shlex.join(["onelogin-sim", "optimise", *rest, *more])
