"""What a scenario means: the file model turned into a Plan. The file has passed every rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import ceil

from onelogin_sim import plan as model
from onelogin_sim.calendars import Calendar, build_calendar, day_of
from onelogin_sim.errors import PlanError, did_you_mean
from onelogin_sim.orders.policies import RULES
from onelogin_sim.plan import Gate, Order, Plan
from onelogin_sim.scenario.check_units import check_units
from onelogin_sim.scenario.kinds import DEPARTMENT_TEAM
from onelogin_sim.scenario.model import (
    DepartmentRow,
    Enabler,
    OrderEntry,
    Risk,
    ScenarioFile,
    ServiceRow,
    Stage,
    Target,
)
from onelogin_sim.scenario.readiness import counted_from, readiness_of
from onelogin_sim.scenario.uncertain import distribution
from onelogin_sim.scenario.volumes import counted_users

#: The stage that a freeze stops besides the live stage, unless it says otherwise.
FROZEN_BY_DEFAULT = "production_configuration"


def resolve(file: ScenarioFile) -> Plan:
    """Return the plan of a scenario file that has passed every rule."""
    return _Resolver(file).plan()


def order(file: ScenarioFile, plan: Plan, name: str | None = None) -> Order:
    """Return the order of that name: under ``orders:``, else a priority rule; None is the first under ``orders:``.

    Raises
    ------
    PlanError
        When there is no such order.
    """
    if name is None:
        name = next(iter(file.orders), "as-listed")
    entry = file.orders.get(name) or (OrderEntry(rule=name) if name in RULES else None)
    if entry is None:
        raise PlanError(f"order '{name}' is unknown; {did_you_mean(name, [*file.orders, *RULES])}")
    base = RULES[entry.rule](plan) if entry.rule is not None else None
    ids = base.ids(plan) if base else (entry.list_ or ())
    return Order.of(plan, ids, name=name, hold_backs=[(item, until) for item, until, _ in entry.held()])


def team(department: str) -> str:
    """Return the resource id of a department's pool."""
    return f"{DEPARTMENT_TEAM}:{department}"


@dataclass(frozen=True)
class _Step:
    """A stage in one pass, with the decisions its existence hangs on."""

    stage: Stage
    repeat_pass: int
    gates: tuple[Gate, ...]


def unrolled(stages: Iterable[Stage], identity: str, unknown_share: float) -> list[_Step]:
    """Return the stages of one item as they follow one another, repeats laid out.

    Pass j of a repeat exists if pass j - 1 does and its own uniform says so (contract 4.3), and if the
    stage that repeats exists at all.
    """
    laid_out: list[_Step] = []
    own: dict[str, tuple[Gate, ...]] = {}
    names: list[str] = []
    listed = list(stages)
    for stage in listed:
        own[stage.stage] = _own_gates(stage, identity, unknown_share)
        names.append(stage.stage)
        laid_out.append(_Step(stage, 0, own[stage.stage]))
        if stage.repeat is None:
            continue
        again = listed[names.index(stage.repeat.from_) : len(names)]
        passes: tuple[Gate, ...] = ()
        for number in range(1, stage.repeat.at_most + 1):
            gate = Gate(f"repeat:{stage.stage}:{number}", stage.repeat.probability, repeat=True)
            passes = (*passes, gate)
            for each in again:
                gates = dict.fromkeys((*own[each.stage], *own[stage.stage], *passes))
                laid_out.append(_Step(each, number, tuple(gates)))
    # A gate that never opens says at once that the stage is no task of this item.
    return [step for step in laid_out if all(gate.decision != _NEVER_OPEN for gate in step.gates)]


_NEVER_OPEN = "identity is not checked"


def _own_gates(stage: Stage, identity: str, unknown_share: float) -> tuple[Gate, ...]:
    gates = []
    if stage.when == "identity" and identity == "none":
        gates.append(Gate(_NEVER_OPEN, 0.0))
    if stage.when == "identity" and identity == "unknown":
        gates.append(Gate("identity", unknown_share))
    if stage.probability is not None:
        gates.append(Gate(f"exists:{stage.stage}", stage.probability))
    return tuple(gates)


class _Resolver:
    """One pass over the file; each method makes one part of the plan."""

    def __init__(self, file: ScenarioFile) -> None:
        self.file = file
        self.departments = {row.id: row for row in file.departments}
        self.horizon = self.day(file.horizon)
        self.calendars: dict[str, Calendar] = {}
        self.services = {row.id for row in file.services}
        self.rows: list[ServiceRow | Enabler] = sorted(
            [*file.services, *file.enablers], key=lambda row: row.id
        )
        self.tasks: list[model.Task] = []
        #: Task indices of each item, and of (item, stage), pass 0.
        self.span: dict[str, range] = {}
        self.first_pass: dict[tuple[str, str], int] = {}

    def plan(self) -> Plan:
        items = tuple(self.item(row) for row in self.rows)
        for row in self.rows:
            self.add_tasks(row)
        file = self.file
        return Plan(
            status_date=file.status_date,
            horizon=self.horizon,
            items=items,
            tasks=tuple(self.tasks),
            arcs=tuple(sorted(set(self.arcs()))),
            departments=tuple(
                model.Department(row.id, row.name, tuple(sorted(row.barriers)))
                for _, row in sorted(self.departments.items())
            ),
            calendars=tuple(calendar for _, calendar in sorted(self.calendars.items())),
            resources=tuple(sorted(self.resources(), key=lambda resource: resource.id)),
            barriers=tuple(
                model.Barrier(name, barrier.share, distribution(barrier.slows))
                for name, barrier in sorted(file.barriers.items())
            ),
            risks=tuple(
                model.Risk(risk.id, risk.name, risk.probability, self.effect(risk))
                for risk in sorted(file.risks, key=lambda risk: risk.id)
                if risk.enabled
            ),
            targets=tuple(self.target(target, items) for target in file.targets),
            pace=self.pace,
            strict=file.hand_out == "strict",
            illustrative=file.evidence == "illustrative",
        )

    def day(self, when: date) -> int:
        return day_of(when, self.file.status_date)

    def maybe_day(self, when: date | None) -> int | None:
        return None if when is None else self.day(when)

    @cached_property
    def pace(self) -> model.Pace:
        stated, bias = self.file.pace, self.file.optimism_bias
        return model.Pace(
            programme=distribution(stated.programme) if stated.programme else None,
            department=distribution(stated.department) if stated.department else None,
            optimism_bias=distribution(bias.factor) if bias and bias.enabled else None,
        )

    # -- items ------------------------------------------------------------------------------------------

    def item(self, row: ServiceRow | Enabler) -> model.Item:
        release = 0 if row.not_before is None else self.day(row.not_before)
        live_on = self.maybe_day(row.live_on)
        readiness = readiness_of(self.file, row)
        ready_from = self.day(counted_from(self.file)) if readiness else 0
        if isinstance(row, Enabler):
            return model.Item(
                row.id,
                row.name,
                row.department,
                kind="enabler",
                live_on=live_on,
                release=release,
                readiness=readiness,
                ready_from=ready_from,
            )
        users, imputed = counted_users(row, self.file.volumes)
        return model.Item(
            row.id,
            row.name,
            row.department,
            users=users,
            users_imputed=imputed,
            live_on=live_on,
            planned_live=self.maybe_day(row.planned_live),
            release=release,
            readiness=readiness,
            ready_from=ready_from,
            fronted_by=row.fronted_by,
            position=row.position,
        )

    # -- tasks and arcs -----------------------------------------------------------------------------------

    def add_tasks(self, row: ServiceRow | Enabler) -> None:
        first = len(self.tasks)
        if row.live_on is None and row.pathway is not None:
            identity = row.identity if isinstance(row, ServiceRow) else "none"
            unknown = self.file.unknown_identity
            steps = unrolled(self.file.pathways[row.pathway], identity, unknown.share if unknown else 0.0)
            if row.stage is not None:
                current = next(
                    place
                    for place, step in enumerate(steps)
                    if step.stage.stage == row.stage and step.repeat_pass == 0
                )
                steps = steps[current:]
            # What is running exists: the decisions it hung on are known to have gone its way.
            known = set(steps[0].gates) if row.since is not None else set()
            for step in steps:
                running = step is steps[0] and row.since is not None
                if step.repeat_pass == 0:
                    self.first_pass[row.id, step.stage.stage] = len(self.tasks)
                gates = tuple(gate for gate in step.gates if gate not in known)
                self.tasks.append(self.task(row, step, gates, self.maybe_day(row.since) if running else None))
        self.span[row.id] = range(first, len(self.tasks))

    def task(
        self, row: ServiceRow | Enabler, step: _Step, gates: tuple[Gate, ...], since: int | None
    ) -> model.Task:
        stage = step.stage
        return model.Task(
            item=row.id,
            stage=stage.stage,
            duration=None if stage.days.fixed == 0 else distribution(stage.days),
            calendar=self.calendar(self.departments[row.department], stage),
            repeat_pass=step.repeat_pass,
            needs=tuple(sorted(self.needs(row, stage))),
            gates=gates,
            slowed_by=tuple(sorted(stage.slowed_by)),
            live=stage.live,
            since=since,
        )

    def needs(self, row: ServiceRow | Enabler, stage: Stage) -> Iterator[tuple[str, int]]:
        """What a stage of an item holds: units stated, and units its checks take up."""
        for resource, units in stage.needs.items():
            if resource == DEPARTMENT_TEAM:
                yield team(row.department), units
            elif self.file.resources[resource].enabled:
                yield resource, units
        limit = stage.needs_for_checks
        if limit is not None and isinstance(row, ServiceRow) and self.file.resources[limit].enabled:
            units = check_units(self.file, row, limit).units
            if units:
                yield limit, units

    def calendar(self, department: DepartmentRow, stage: Stage) -> str:
        """Id of the calendar of a stage in a department, made when first asked for."""
        freezes = [
            freeze
            for freeze in self.file.freezes
            if freeze.enabled
            and freeze.id in department.freezes
            and (
                stage.stage in freeze.stages
                if freeze.stages is not None
                else stage.live or stage.stage == FROZEN_BY_DEFAULT
            )
        ]
        nation = None if stage.calendar == "every_day" else department.nation
        name = " less ".join([nation or "every day", *sorted(freeze.id for freeze in freezes)])
        if name not in self.calendars:
            lost = [
                (self.day(period.from_), self.day(period.to) + 1)
                for freeze in freezes
                for period in freeze.periods
            ]
            self.calendars[name] = build_calendar(
                name, self.file.status_date, self.first_day, self.horizon, nation, lost
            )
        return name

    @cached_property
    def first_day(self) -> int:
        """The first day any calendar must know: work in hand began on it."""
        return min((self.day(row.since) for row in self.rows if row.since is not None), default=0)

    def arcs(self) -> Iterator[tuple[int, int]]:
        enablers = {row.id: row for row in self.file.enablers}
        replaced_by = {row.sign_in: row.enablers for row in self.file.sign_ins}
        for row in self.rows:
            span = self.span[row.id]
            yield from pairwise(span)
            for need in row.needs:
                name, _, stage = need.partition(":")
                if not stage and name in enablers and isinstance(row, ServiceRow):
                    stage = enablers[name].gates
                yield from self.arc(name, row.id, stage or None)
            if isinstance(row, ServiceRow):
                for sign_in in row.sign_in:
                    for enabler in replaced_by[sign_in]:
                        yield from self.arc(enabler, row.id, enablers[enabler].gates)
                if row.fronted_by is not None:
                    stages = [
                        self.tasks[index].stage
                        for index in span
                        if self.tasks[index].live or index == span[-1]
                    ]
                    yield from self.arc(row.fronted_by, row.id, stages[0] if stages else None)

    def arc(self, before: str, after: str, stage: str | None) -> Iterator[tuple[int, int]]:
        """The arc from what makes `before` done to a stage of `after`; none where either is past already."""
        sources, targets = self.span[before], self.span[after]
        if not sources or not targets:
            return
        # A service is done for others when its live stage ends, an enabler when its last stage does.
        live = next((index for index in sources if self.tasks[index].live and before in self.services), None)
        source = sources[-1] if live is None else live
        target = targets[0] if stage is None else self.first_pass.get((after, stage))
        if target is not None and self.tasks[target].since is None:
            yield source, target

    # -- the rest -----------------------------------------------------------------------------------------

    def resources(self) -> Iterator[model.Resource]:
        for name, stated in self.file.resources.items():
            if not stated.enabled:
                continue
            yield model.Resource(name, stated.name or name, self.steps(stated.capacity, stated.changes))
        for row in self.departments.values():
            yield model.Resource(
                team(row.id), f"{row.name} delivery teams", self.steps(row.teams, row.team_changes)
            )

    def steps(self, capacity: int, changes: dict[date, int]) -> tuple[tuple[int, int], ...]:
        steps = {0: capacity} | {self.day(when): units for when, units in changes.items()}
        return tuple(sorted(steps.items()))

    def effect(self, risk: Risk) -> model.Delay | model.CapacityLoss | model.NotBefore:
        if risk.delay is not None:
            delay = risk.delay
            having = (row.id for row in self.rows if (row.id, delay.stage) in self.first_pass)
            touched = having if delay.items == "all" else delay.items
            return model.Delay(delay.stage, tuple(sorted(touched)), distribution(delay.days))
        if risk.capacity is not None:
            loss = risk.capacity
            window = loss.window
            return model.CapacityLoss(
                loss.resource, loss.units, loss.days, self.day(window.from_), self.day(window.to)
            )
        assert risk.not_before is not None
        held = risk.not_before
        unbegun = (row.id for row in self.rows if row.live_on is None and row.since is None)
        return model.NotBefore(
            tuple(sorted(unbegun if held.items == "all" else held.items)),
            self.day(held.window.from_),
            self.day(held.window.to),
        )

    def target(self, stated: Target, items: Iterable[model.Item]) -> model.Target:
        services = [item for item in items if item.kind == "service"]
        total = {
            "services": len(services),
            "departments": len({item.department for item in services}),
            "annual_users": sum(item.users for item in services),
        }[stated.measure]
        # The decimal as written, not its nearest binary fraction, decides what "0.8 of 135" is.
        share = None if stated.share is None else Fraction(repr(stated.share))
        needed = stated.count if share is None else ceil(share * total)
        assert needed is not None
        return model.Target(
            stated.id, stated.name or stated.id, stated.measure, needed, total, self.day(stated.by), share
        )
