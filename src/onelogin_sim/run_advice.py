"""Advice on the next free slot with everything it leaves behind: one folder, and how to repeat it."""

from __future__ import annotations

import hashlib
import json
import shlex
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from onelogin_sim import run
from onelogin_sim.advice import advise
from onelogin_sim.draws import deterministic
from onelogin_sim.engines import compiled
from onelogin_sim.errors import PlanError
from onelogin_sim.memory import peak_memory
from onelogin_sim.optimising.advised import Advice, Advised
from onelogin_sim.optimising.asked import read
from onelogin_sim.optimising.wanted import Wanted
from onelogin_sim.optimising.zone import default_delta
from onelogin_sim.plan import Order, Plan
from onelogin_sim.report import formats
from onelogin_sim.report.advising.write import advice_files
from onelogin_sim.report.register import register_rows
from onelogin_sim.scenario import Scenario
from onelogin_sim.scenario.actuals import AsAt, as_at
from onelogin_sim.store import RunFolder, Value
from onelogin_sim.verification.carried import carried
from onelogin_sim.verification.population import Verification


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the next free slot, as a planner writes it.

    Attributes
    ----------
    wanted
        Objectives and limits; no target is the first that lies ahead.
    resource
        Whose slot it is; None is the one most waited for.
    candidates
        Who may be chosen; none are those who compete most often.
    delta
        Indifference zone; None is that of the objectives, see `optimising.zone`.
    """

    wanted: Wanted = field(default_factory=Wanted)
    resource: str | None = None
    candidates: tuple[str, ...] = ()
    replications: int = 1000
    seed: int = 1
    delta: float | None = None

    @property
    def options(self) -> list[str]:
        """The same as options of the command line, those that have their defaults left out."""
        slot = ["--resource", self.resource] if self.resource else []
        among = [word for name in self.candidates for word in ("--candidate", name)]
        return [*self.wanted.options, *slot, *among]


def run_advice(
    scenario: Scenario,
    order: str | None,
    asked: Asked,
    *,
    when: date,
    actuals: Path | None = None,
    workers: int = 1,
    folder: Path | None = None,
) -> tuple[Advised, Path]:
    """Advise on the next free slot and write the folder.

    Parameters
    ----------
    order
        Name of the order in hand, None for the scenario's first.
    when, actuals
        The date it is about, and the table of what has happened since the scenario's status date.
    folder
        Where it is written; None for a folder under ``runs/`` that no other advice shares.

    Raises
    ------
    ScenarioError
        When something is wrong with the actuals.
    PlanError
        When the date is not the status date and nothing says what has happened since, or as `advise`.
    StoreError
        When the folder holds another run, is in use, or cannot be written.
    """
    now, digest = _as_at(scenario, when, actuals)
    plan, base = now.scenario.plan(), now.scenario.order(order)
    advice, since = _advised(scenario, now, plan, base, asked, workers)
    advised = Advised(
        title=scenario.file.scenario,
        variants=scenario.variants,
        status_date=scenario.file.status_date,
        advice=advice,
        actuals=None if actuals is None else actuals.name,
        actuals_digest=digest,
        notes=(*now.notes, *since),
    )
    identity: dict[str, Value] = {
        **run.run_identity(now.scenario, base, asked.replications, asked.seed),
        "analysis": "advise",
        "asked": shlex.join(asked.options),
        "delta": advice.delta,
    }
    folder = folder or _folder(scenario, base.name, asked, when, identity)
    with RunFolder.open(folder, identity) as opened:
        opened.write("plan.json", run.plan_json(plan))
        if actuals is not None:
            opened.write("actuals.csv", actuals.read_bytes())
        for name, data in advice_files(advised, register_rows(now.scenario)):
            opened.write(name, data)
        opened.finish(
            {
                "scenario": advised.title,
                "variants": list(advised.variants),
                "as_at": when.isoformat(),
                "actuals": advised.actuals,
                "actuals_digest": digest,
                "digest": plan.digest,
                "order": base.name,
                "order_digest": advice.base.digest,
                "seed": asked.seed,
                "replications": asked.replications,
                "next": advice.next,
                "illustrative": plan.illustrative,
                "command": _command(scenario, base.name, replace(asked, delta=advice.delta), when, actuals),
                "versions": run.versions(),
                "peak_memory_bytes": peak_memory()[0],
            }
        )
    return advised, folder


def _advised(
    scenario: Scenario, now: AsAt, plan: Plan, base: Order, asked: Asked, workers: int
) -> tuple[Advice, tuple[str, ...]]:
    """The advice, and what is worth knowing of who has proved their identity since the scenario's status date."""
    wanted = asked.wanted
    if wanted.target in now.past_targets:
        ahead = ", ".join(f"'{target.id}'" for target in plan.targets)
        due, when = now.past_targets[wanted.target], plan.status_date
        raise PlanError(f"target '{wanted.target}' was due on {due}, before {when}; these lie ahead: {ahead}")
    population, since = _population(scenario, now.scenario, plan, base)
    objectives, limits = read(plan, wanted, population)
    advice = advise(
        plan,
        base,
        objectives,
        limits=limits,
        replications=asked.replications,
        seed=asked.seed,
        delta=default_delta(objectives) if asked.delta is None else asked.delta,
        resource=asked.resource,
        candidates=asked.candidates,
        workers=workers,
    )
    return advice, since if _on_load(advice) else ()


def _as_at(scenario: Scenario, when: date, actuals: Path | None) -> tuple[AsAt, str | None]:
    """The scenario as it stands, and the digest of what says so."""
    if actuals is not None:
        now = as_at(scenario, when, actuals)
        return now, hashlib.sha256(actuals.read_bytes()).hexdigest()
    status = scenario.file.status_date
    if when != status:
        raise PlanError(
            f"--as-at {when} is not the status date of the scenario, {status}: say with --actuals FILE.csv what has "
            "happened since (columns service, stage, since, live_on)"
        )
    return AsAt(scenario, (), {}), None


def _population(
    stated: Scenario, now: Scenario, plan: Plan, base: Order
) -> tuple[Verification | None, tuple[str, ...]]:
    """Who uses what as things stand, with the identities proved since the scenario's status date, and how many."""
    before, moved = stated.verification(), now.verification()
    if before is None or moved is None or moved.status_date == before.status_date:
        return moved, ()
    days = compiled.run(plan, base, deterministic(plan)).go_live[0]
    found = carried(before, moved, days)
    shares = [
        f"{after.proven_p1 + after.proven_p2:.1%} of '{after.id}' (it was {one.proven_p1 + one.proven_p2:.1%})"
        for one, after in zip(before.segments, found.segments, strict=True)
    ]
    told = formats.listed(shares, 3)
    return found, (
        f"Who has proved their identity since {before.status_date} is computed from what went live so far: {told}.",
    )


def _on_load(advice: Advice) -> bool:
    """Whether it matters who has proved their identity."""
    kinds = [part.kind for part in advice.objectives.parts]
    return "checks_avoided" in kinds or advice.limits.on_load


def _folder(scenario: Scenario, order: str, asked: Asked, when: date, identity: dict[str, Value]) -> Path:
    key = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:8]
    parts = [scenario.path.resolve().parent.name, *scenario.variants, order, "advise", when.isoformat()]
    return Path("runs") / "-".join([*parts, f"seed{asked.seed}", f"n{asked.replications}", key])


def _command(scenario: Scenario, order: str, asked: Asked, when: date, actuals: Path | None) -> str:
    """The command that reproduces it: a forecast's, under another name, with what was asked."""
    _, _, *rest = shlex.split(run.command(scenario, scenario.order(order), asked.replications, asked.seed))
    known = ["--actuals", run.shown(actuals)] if actuals else []
    more = ["--as-at", when.isoformat(), *known, *asked.options, "--delta", f"{asked.delta:.12g}"]
    return shlex.join(["onelogin-sim", "advise", *rest, *more])
