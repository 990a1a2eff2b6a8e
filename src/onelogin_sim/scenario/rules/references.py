"""Everything named exists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from onelogin_sim.errors import did_you_mean
from onelogin_sim.orders.policies import RULES
from onelogin_sim.scenario.kinds import DEPARTMENT_TEAM
from onelogin_sim.scenario.model import Enabler, ServiceRow
from onelogin_sim.scenario.rules.facts import Facts
from onelogin_sim.scenario.tree import Flaw, Path


def _unknown(path: Path, word: str, kind: str, known: Collection[str], key: bool = False) -> Iterator[Flaw]:
    if word not in known:
        hint = did_you_mean(word, list(known)) or "the scenario has none"
        yield Flaw(path, f"is not a known {kind}", hint, f"'{word}'", key)


def _each_unknown(path: Path, words: Iterable[str], kind: str, known: Collection[str]) -> Iterator[Flaw]:
    for index, word in enumerate(words):
        yield from _unknown((*path, index), word, kind, known)


def items_name_what_exists(facts: Facts) -> Iterator[Flaw]:
    """Department, pathway, current stage, what is waited for, hub and sign-ins of every item."""
    departments, pathways = facts.names("departments"), facts.names("pathways")
    for path, row in facts.rows:
        yield from _unknown((*path, "department"), row.department, "department", departments)
        if row.pathway is not None:
            yield from _unknown((*path, "pathway"), row.pathway, "pathway", pathways)
            if row.stage is not None and row.pathway in pathways:
                kind = f"stage of the pathway '{row.pathway}'"
                yield from _unknown((*path, "stage"), row.stage, kind, facts.stages_of(row.pathway))
        for index, need in enumerate(row.needs):
            yield from _need(facts, (*path, "needs", index), need, row)
        if isinstance(row, ServiceRow):
            if row.fronted_by is not None:
                yield from _unknown((*path, "fronted_by"), row.fronted_by, "service", facts.names("services"))
            yield from _sign_ins(facts, path, row)


def _need(facts: Facts, path: Path, need: str, row: ServiceRow | Enabler) -> Iterator[Flaw]:
    name, colon, stage = need.partition(":")
    known = facts.names("services", "enablers")
    if name not in known:
        yield from _unknown(path, name, "service or enabler", known)
    elif colon and row.pathway in facts.names("pathways"):
        assert row.pathway is not None
        kind = f"stage of the pathway '{row.pathway}'"
        yield from _unknown(path, stage, kind, facts.stages_of(row.pathway))


def _sign_ins(facts: Facts, path: Path, row: ServiceRow) -> Iterator[Flaw]:
    known = facts.names("sign_ins")
    for index, sign_in in enumerate(row.sign_in):
        if sign_in not in known:
            near = did_you_mean(sign_in, list(known))
            hint = near if near.startswith("did") else "add a line for it to the sign-ins table"
            yield Flaw((*path, "sign_in", index), "is not in the sign-ins table", hint, f"'{sign_in}'")


def tables_name_what_exists(facts: Facts) -> Iterator[Flaw]:
    """Freezes and barriers of departments, enablers of sign-ins, stages that enablers gate, who came forward."""
    for index, department in enumerate(facts.file.departments):
        path: Path = ("departments", index)
        yield from _each_unknown((*path, "freezes"), department.freezes, "freeze", facts.names("freezes"))
        yield from _each_unknown((*path, "barriers"), department.barriers, "barrier", facts.names("barriers"))
    for index, sign_in in enumerate(facts.file.sign_ins):
        path = ("sign_ins", index, "enablers")
        yield from _each_unknown(path, sign_in.enablers, "enabler", facts.names("enablers"))
    for index, enabler in enumerate(facts.file.enablers):
        yield from _unknown(("enablers", index, "gates"), enabler.gates, "stage", facts.all_stages)
    for name in facts.file.readiness.come_forward:
        path = ("readiness", "come_forward", name)
        yield from _unknown(path, name, "department", facts.names("departments"), key=True)


def stages_name_what_exists(facts: Facts) -> Iterator[Flaw]:
    """Resources, barriers and repeats of stages; stages of freezes."""
    resources = [*facts.names("resources"), DEPARTMENT_TEAM]
    for path, stage in facts.stages():
        for resource in stage.needs:
            yield from _unknown((*path, "needs", resource), resource, "resource", resources, key=True)
        yield from _each_unknown((*path, "slowed_by"), stage.slowed_by, "barrier", facts.names("barriers"))
        if stage.repeat is not None:
            known = facts.stages_of(str(path[1]))
            kind = f"stage of the pathway '{path[1]}'"
            yield from _unknown((*path, "repeat", "from"), stage.repeat.from_, kind, known)
    for index, freeze in enumerate(facts.file.freezes):
        yield from _each_unknown(("freezes", index, "stages"), freeze.stages or (), "stage", facts.all_stages)


def risks_name_what_exists(facts: Facts) -> Iterator[Flaw]:
    """Stages, items and resources that risks touch."""
    items = facts.names("services", "enablers")
    pools = [*facts.names("resources"), *(f"{DEPARTMENT_TEAM}:{name}" for name in facts.names("departments"))]
    for index, risk in enumerate(facts.file.risks):
        path: Path = ("risks", index)
        if risk.delay is not None:
            yield from _unknown((*path, "delay", "stage"), risk.delay.stage, "stage", facts.all_stages)
        if risk.capacity is not None:
            yield from _unknown((*path, "capacity", "resource"), risk.capacity.resource, "resource", pools)
        for key, effect in (("delay", risk.delay), ("not_before", risk.not_before)):
            if effect is not None and effect.items != "all":
                yield from _each_unknown((*path, key, "items"), effect.items, "service or enabler", items)


def orders_name_what_exists(facts: Facts) -> Iterator[Flaw]:
    """Items and rules of orders; services of volumes."""
    items = facts.names("services", "enablers")
    for name, order in facts.file.orders.items():
        path: Path = ("orders", name)
        if order.rule is not None:
            yield from _unknown((*path, "rule"), order.rule, "rule", list(RULES))
        listed = facts.at(path, "list")
        yield from _each_unknown(listed, order.list_ or (), "service or enabler", items)
        for held in order.hold_back:
            yield from _unknown((*path, "hold_back", held), held, "service or enabler", items, key=True)
        for _, until, at in order.held():
            yield from _unknown((*path, *at), until, "service or enabler", items)
    uses = facts.file.volumes.uses_per_person
    for service in uses.services if uses else ():
        path = ("volumes", "uses_per_person", "services", service)
        yield from _unknown(path, service, "service", facts.names("services"), key=True)
