"""An optimisation with everything it leaves behind: one folder, the scenario with the new order, how to repeat it."""

from __future__ import annotations

import hashlib
import json
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from onelogin_sim import run
from onelogin_sim.errors import Finding, IncompleteRunError, PlanError
from onelogin_sim.memory import peak_memory
from onelogin_sim.optimising.optimised import Optimised, Question
from onelogin_sim.optimising.recipe import judge, look, new_name
from onelogin_sim.optimising.wanted import Wanted
from onelogin_sim.orders.search.permitted import Permitted
from onelogin_sim.orders.search.problem import Found, Limits, Report
from onelogin_sim.orders.search.scoring import Scoring
from onelogin_sim.report import formats
from onelogin_sim.report.optimising import words
from onelogin_sim.report.optimising.write import write_optimised
from onelogin_sim.report.register import register_rows
from onelogin_sim.scenario import Scenario
from onelogin_sim.scenario.write_order import scenario_copy
from onelogin_sim.store import RunFolder, Value, write_atomic

#: Where a search keeps its state until it is done.
CHECKPOINT = "search.json"

#: Where the best order so far is left when it is interrupted.
SO_FAR = "scenario-so-far"


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
    """Search, prove and write the folder; what was interrupted goes on where it stopped.

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
        As the search and the proof; then no folder is claimed.
    """
    _refuse(scenario, question)
    identity = _identity(scenario, question)
    folder = folder or _folder(scenario, question, identity)
    with RunFolder.open(folder, identity) as opened:
        checkpoint = FolderCheckpoint(folder)
        try:
            found = look(scenario, question, workers=workers, checkpoint=checkpoint, progress=progress)
            if not found.complete:
                raise _interrupted(scenario, question, found, command, opened)
            result = _judged(scenario, question, found, command, workers, opened)
        except (PlanError, ValueError):
            # Nothing here answers anything: the folder is free for another question.
            checkpoint.clear()
            _remove_so_far(folder)
            opened.discard()
            raise
        except KeyboardInterrupt:
            if checkpoint.load() is None:
                # Before anything was known there is nothing to go on from.
                opened.discard()
            raise
        try:
            result = _written(scenario, result, command, opened)
        except KeyboardInterrupt:
            raise _interrupted(scenario, question, found, command, opened) from None
        checkpoint.clear()
        _remove_so_far(folder)
    return result, folder


def _judged(
    scenario: Scenario, question: Question, found: Found, command: str, workers: int, opened: RunFolder
) -> Optimised:
    """Say what may be claimed; interrupted, the best order so far is kept as it is while the search runs."""
    try:
        return judge(scenario, question, found, workers=workers)
    except KeyboardInterrupt:
        raise _interrupted(scenario, question, found, command, opened) from None


def _written(scenario: Scenario, result: Optimised, command: str, opened: RunFolder) -> Optimised:
    """Write everything an optimisation leaves behind, the manifest last; return what was written."""
    question = result.question
    copy: tuple[tuple[str, bytes], ...] = ()
    if result.recommended:
        try:
            copy = _copy(scenario, result, command)
        except PlanError as error:
            # The answer stands; that it cannot be handed out as a scenario is worth knowing.
            result = replace(result, findings=(*result.findings, Finding("copy", str(error))))
    opened.write("plan.json", run.plan_json(result.plan))
    write_optimised(result, register_rows(scenario), opened)
    for file, data in copy:
        opened.write(f"scenario/{file}", data)
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
    return result


def _refuse(scenario: Scenario, question: Question) -> None:
    """Raise what can be known before anything is begun: limits that contradict, ids, nothing to order, no budget."""
    if question.budget < 1:
        raise ValueError(f"the budget must be at least 1 schedule, got {question.budget}")
    Permitted(scenario.plan(), question.limits)
    Scoring(scenario.plan(), question.objectives, question.limits)


def _interrupted(
    scenario: Scenario, question: Question, found: Found, command: str, opened: RunFolder
) -> IncompleteRunError:
    """Write the best order so far into a copy of the scenario; return what to tell the planner."""
    name = new_name(scenario, question.start)
    when = f"after {found.spent:,} of {found.budget:,} schedules"
    if found.complete:
        when = f"after the search, with {found.spent:,} schedules spent"
    lines = (f"The best {when}: not proved.", f"Made by: {command}")
    where, source = "is kept", "an interrupted search, not proved"
    try:
        for file, data in scenario_copy(scenario, found.order, name=name, source=source, provenance=lines):
            write_atomic(opened.path / SO_FAR / file, data)
        where = f"is in {opened.path / SO_FAR}, as '{name}'"
    except PlanError:
        pass  # a scenario cannot say it; the state of the search can
    return IncompleteRunError(
        f"Interrupted {when}. The best order so far {where}; it is not proved. Run the same command again to go on "
        "from there."
    )


def _remove_so_far(folder: Path) -> None:
    """Remove what an interruption left: the answer takes its place."""
    shutil.rmtree(folder / SO_FAR, ignore_errors=True)


def _copy(scenario: Scenario, found: Optimised, command: str) -> tuple[tuple[str, bytes], ...]:
    """The scenario with the order that is the answer."""
    source, provenance = words.source(found), words.provenance(found, command)
    return scenario_copy(scenario, found.nominated, name=found.name, source=source, provenance=provenance)


def _identity(scenario: Scenario, question: Question) -> dict[str, Value]:
    order, budget = question.start.name, formats.plural(question.budget, "schedule")
    return {
        "about": f"an optimisation of order '{order}' with a budget of {budget}",
        **run.run_identity(scenario, question.start, question.replications, question.seed),
        "analysis": "optimise",
        "asked": _asked(scenario, question),
        "budget": question.budget,
        "delta": question.delta,
    }


def _asked(scenario: Scenario, question: Question) -> str:
    """What was asked for and under which limits, all of it and readable: no two questions share it."""
    parts, prices = question.objectives.parts, question.objectives.prices
    said = [
        f"{part.text} by day {part.by} at {price:.12g}" for part, price in zip(parts, prices, strict=True)
    ]
    for one in fields(question.limits):
        value, usual = getattr(question.limits, one.name), getattr(Limits(), one.name)
        if value != usual:
            pairs = sorted(value.items()) if isinstance(value, Mapping) else value
            said.append(f"{one.name.replace('_', ' ')} {pairs}")
    return "; ".join([*said, f"told of {scenario.plan().targets[question.target].id}"])


def _folder(scenario: Scenario, question: Question, identity: dict[str, Value]) -> Path:
    """The folder of an optimisation under ``runs/``; no two that could differ share one."""
    key = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:8]
    parts = [scenario.path.resolve().parent.name, *scenario.variants, question.start.name, "optimise"]
    parts += [f"seed{question.seed}", f"b{question.budget}", f"n{question.replications}", key]
    return Path("runs") / "-".join(parts)


def adopt_command(scenario: Scenario, found: Optimised, folder: Path) -> str:
    """Return the command that forecasts the scenario with the order found: what a planner does next."""
    question = found.question
    line = ["onelogin-sim", "forecast", (folder / "scenario" / scenario.path.name).as_posix()]
    line += ["--order", found.name]
    for name in scenario.variants:
        line += ["--variant", name]
    line += ["--replications", str(question.replications), "--seed", str(question.seed)]
    return shlex.join(line)


def command_line(scenario: Scenario, question: Question, wanted: Wanted) -> str:
    """Return the command that reproduces an optimisation: a forecast's, under another name, with what was asked."""
    forecast = run.command(scenario, question.start, question.replications, question.seed)
    _, _, *rest = shlex.split(forecast)
    more = [*wanted.options, "--budget", str(question.budget), "--delta", f"{question.delta:.12g}"]
    return shlex.join(["onelogin-sim", "optimise", *rest, *more])
