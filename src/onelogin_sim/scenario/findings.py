"""What is allowed and yet worth a second look: warnings, each at its place."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from onelogin_sim.distributions import table
from onelogin_sim.errors import Problem
from onelogin_sim.plan import Plan
from onelogin_sim.scenario.evidence import citations
from onelogin_sim.scenario.idle import idle
from onelogin_sim.scenario.model import Enabler, ScenarioFile, ServiceRow
from onelogin_sim.scenario.resulting import differences, share_beyond
from onelogin_sim.scenario.rules.facts import Facts
from onelogin_sim.scenario.rules.figures import DAYS, quantities
from onelogin_sim.scenario.tree import Flaw, Node
from onelogin_sim.scenario.without_capacity import without_capacity
from onelogin_sim.scenario.without_effect import without_effect

#: Days off in a row across which a resource may be held unremarked: Christmas with its weekends.
DAYS_OFF = 5

#: Share of futures below which a stage that outlasts its table is not worth a finding.
RARE = 0.05

#: Kinds of quantity that stand for a choice and not for a number in the files: nothing need cite them.
UNCITABLE = ("scope", "migration", "order")


def findings(file: ScenarioFile, tree: Node, plan: Plan) -> tuple[Problem, ...]:
    """Return every finding about a valid scenario, by place."""
    facts = Facts(file, tree, tree)
    flaws = [
        *_assumptions(facts),
        *_figures(facts),
        *_running(facts, plan),
        *idle(facts, plan),
        *_unused(facts),
        *without_capacity(facts),
        *without_effect(facts),
    ]
    return tuple(sorted({flaw.problem(tree) for flaw in flaws}))


def _assumptions(facts: Facts) -> Iterator[Flaw]:
    """Assumptions nobody cites, and those past their date."""
    cited = {name for _, name in citations(facts.tree)}
    for index, assumption in enumerate(facts.file.assumptions):
        path = ("assumptions", index)
        if assumption.id not in cited and assumption.covers not in UNCITABLE:
            yield Flaw((*path, "id"), "is an assumption that nothing cites", "cite it, or take it out")
        until = assumption.valid_until
        if until is not None and until < facts.file.status_date:
            yield Flaw((*path, "valid_until"), "the assumption was due to be looked at again", "renew it")


def _figures(facts: Facts) -> Iterator[Flaw]:
    """Distributions whose table differs from what was stated."""
    for path, stated, role in quantities(facts.file):
        milestone = role is DAYS and stated.fixed == 0
        off = {} if milestone else differences(stated, role)
        if off:
            words = ", ".join(
                f"{name} {drawn:.4g} where {wanted:.4g} is stated" for name, (wanted, drawn) in off.items()
            )
            yield Flaw(
                path, f"comes out as {words}", "days are whole, at least 1, and the last 0.01% is cut off"
            )


def _running(facts: Facts, plan: Plan) -> Iterator[Flaw]:
    """Stages in hand that outlast their table, or hold a resource through a long pause."""
    for path, row in facts.rows:
        if row.since is None:
            continue
        index = plan.tasks_of[row.id][0]
        task, calendar = plan.tasks[index], plan.calendar_of[index]
        assert task.since is not None
        elapsed = calendar.working_days(task.since, 0)
        futures = _futures(share_beyond(plan, index, elapsed))
        if futures:
            assert task.duration is not None
            most = table(task.duration).last
            rule = (
                f"the stage has lasted {elapsed} working days, and is given at most {most} at ordinary pace"
            )
            hint = f"in {futures} one more day is assumed; widen the days of the stage"
            yield Flaw((*path, "since"), rule, hint)
        if task.needs and _longest_pause(calendar.working) > DAYS_OFF and _pauses(plan, index, elapsed):
            held = ", ".join(name for name, _ in task.needs)
            rule = f"the running stage holds {held} across more than {DAYS_OFF} days off"
            yield Flaw((*path, "stage"), rule, "nobody else can use it meanwhile")


def _futures(share: float) -> str:
    """Word a share of futures; empty where it is too rare to be worth a finding."""
    if share == 1:
        return "every future"
    if share > 0.995:
        return "more than 99% of futures"
    return f"about {share:.0%} of futures" if share >= RARE else ""


def _pauses(plan: Plan, index: int, elapsed: int) -> bool:
    """Whether the rest of a running task, at its median, spans a long pause."""
    duration, calendar = plan.tasks[index].duration, plan.calendar_of[index]
    assert duration is not None
    finish = min(calendar.finish(0, max(1, table(duration).median - elapsed)), calendar.horizon)
    return _longest_pause(calendar.working[-calendar.first : finish - calendar.first]) > DAYS_OFF


def _longest_pause(working: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
    edges = np.flatnonzero(np.concatenate(([True], working, [True])))
    return int(np.max(np.diff(edges))) - 1


def _unused(facts: Facts) -> Iterator[Flaw]:
    """Find what is described and never used."""
    file = facts.file
    stages = [stage for _, stage in facts.stages()]
    used: dict[str, set[str | None]] = {
        "resources": {name for stage in stages for name in (*stage.needs, stage.needs_for_checks)},
        "barriers": {name for stage in stages for name in stage.slowed_by},
        "pathways": {row.pathway for _, row in facts.rows},
    }
    for section, names in used.items():
        for name in getattr(file, section):
            if name not in names:
                yield Flaw((section, name), "is never used", "", key=True)
    load = file.verification
    routes = load.routes.values() if load else ()
    visited = {step.station for route in routes for step in route.steps if step.share}
    for name in load.stations if load else ():
        if name not in visited:
            yield Flaw(("verification", "stations", name), "is on no route", "", key=True)
    listed = {name for row in file.departments for name in row.freezes}
    for index, freeze in enumerate(file.freezes):
        if freeze.enabled and freeze.id not in listed:
            yield Flaw(
                ("freezes", index, "id"), "no department lists this freeze", "add it to the departments table"
            )
    awaited = {need.partition(":")[0] for _, row in facts.rows for need in row.needs}
    awaited |= {
        name
        for _, row in facts.rows
        if isinstance(row, ServiceRow)
        for sign_in in row.sign_in
        for name in facts.replaced_by[sign_in]
    }
    for path, row in facts.rows:
        if isinstance(row, Enabler) and row.live_on is None and row.id not in awaited:
            yield Flaw((*path, "id"), "nothing waits for this enabler", "take it out, or say what needs it")
