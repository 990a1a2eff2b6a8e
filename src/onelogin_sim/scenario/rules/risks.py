"""Every risk has one effect, on something that exists."""

from __future__ import annotations

from collections.abc import Iterator

from onelogin_sim.scenario.rules.facts import Facts
from onelogin_sim.scenario.tree import Flaw

EFFECTS = ("delay", "capacity", "not_before")


def risks_have_one_effect(facts: Facts) -> Iterator[Flaw]:
    """Exactly one of delay, capacity and not_before."""
    for index, risk in enumerate(facts.file.risks):
        given = [key for key in EFFECTS if getattr(risk, key) is not None]
        if len(given) != 1:
            rule = "needs exactly one of delay, capacity and not_before"
            yield Flaw(("risks", index), rule, value=" and ".join(given) or "none")


def delayed_items_have_the_stage(facts: Facts) -> Iterator[Flaw]:
    """Require that every named item passes the stage that is delayed."""
    for index, risk in enumerate(facts.file.risks):
        if risk.delay is None or risk.delay.items == "all":
            continue
        for number, name in enumerate(risk.delay.items):
            row = facts.row.get(name)
            if (
                row is None
                or row.pathway not in facts.file.pathways
                or risk.delay.stage not in facts.all_stages
            ):
                continue
            assert row.pathway is not None
            if risk.delay.stage not in facts.stages_of(row.pathway):
                rule = f"has no stage '{risk.delay.stage}': its pathway is '{row.pathway}'"
                yield Flaw(("risks", index, "delay", "items", number), rule)
