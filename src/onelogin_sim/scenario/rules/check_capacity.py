"""Live stages that need capacity for identity checks: what they name fits, and they can begin at all."""

from __future__ import annotations

from collections.abc import Iterator

from onelogin_sim.errors import did_you_mean
from onelogin_sim.scenario.check_units import check_units
from onelogin_sim.scenario.model import Enabler, ServiceRow
from onelogin_sim.scenario.rules.capacity import largest_capacity
from onelogin_sim.scenario.rules.facts import Facts
from onelogin_sim.scenario.tree import Flaw

#: The key that these rules are about.
KEY = "needs_for_checks"


def check_needs_are_clear(facts: Facts) -> Iterator[Flaw]:
    """Require of a stage that needs units for checks that it is live, and of the resource that it has a unit size."""
    names, named = facts.names("resources"), set()
    for path, stage in facts.stages():
        limit = stage.needs_for_checks
        if limit is None:
            continue
        named.add(limit)
        at, resource = (*path, KEY), facts.file.resources.get(limit)
        if limit not in names:
            hint = did_you_mean(limit, list(names)) or "the scenario has none"
            yield Flaw(at, "is not a known resource", hint, f"'{limit}'")
        if resource is not None and resource.unit_size is None:
            rule = f"'{limit}' has no unit_size, so nobody knows what a unit of it allows"
            yield Flaw(at, rule, "say in the resource how many checks a week one unit allows", "")
        if not stage.live:
            yield Flaw(
                at, "only the live stage needs units for checks", "move it to the stage marked `live`", ""
            )
        if limit in stage.needs:
            rule = f"'{limit}' is among the stage's needs already"
            yield Flaw(at, rule, "state the units or have them computed, not both", "")
        if facts.file.verification is None and "verification" not in facts.left_out:
            rule = "units for checks follow from who has proved an identity, and nothing says so"
            yield Flaw(at, rule, "add a `verification` section", "")
    for name, resource in facts.file.resources.items():
        if resource.unit_size is not None and name not in named and facts.whole("pathways"):
            rule = f"no live stage has `{KEY}: {name}`, so that nothing is counted in it"
            yield Flaw(("resources", name, "unit_size"), rule, "take it out, or name the resource there", "")


def enablers_make_no_checks(facts: Facts) -> Iterator[Flaw]:
    """Refuse an enabler on a pathway that needs units for checks: it has no users."""
    for path, row in facts.rows:
        if isinstance(row, Enabler) and row.pathway is not None:
            for stage in facts.file.pathways.get(row.pathway, []):
                if stage.needs_for_checks is not None:
                    rule = f"an enabler makes no identity checks, and '{row.pathway}' needs units for them"
                    yield Flaw((*path, "pathway"), rule, "give it a pathway of its own", "")


def check_needs_can_be_met(facts: Facts) -> Iterator[Flaw]:
    """Refuse capacity that the checks of some service never fit: it would never go live."""
    if facts.file.verification is None or not facts.whole("verification", "services", "volumes", "resources"):
        return
    for path, stage in facts.stages():
        resource = facts.file.resources.get(stage.needs_for_checks or "")
        if resource is None or resource.unit_size is None or not resource.enabled:
            continue
        assert stage.needs_for_checks is not None
        most = largest_capacity(facts, resource)
        needs = {
            row.id: check_units(facts.file, row, stage.needs_for_checks).units
            for _, row in facts.rows
            if isinstance(row, ServiceRow) and row.pathway == path[1] and stage in facts.ahead(row)
        }
        over = sorted((-units, name) for name, units in needs.items() if units > most)
        if over:
            units, name = -over[0][0], over[0][1]
            more = f" ({len(over) - 1} more need too many)" if len(over) > 1 else ""
            rule = (
                f"never finishes: '{name}' needs {units} of '{stage.needs_for_checks}' for its checks, "
                f"which never has more than {most}{more}"
            )
            yield Flaw((*path, KEY), rule, "add capacity", "")


def switched_off_is_at_no_risk(facts: Facts) -> Iterator[Flaw]:
    """Refuse a risk that takes units of a resource that is switched off."""
    for index, risk in enumerate(facts.file.risks):
        if risk.enabled and risk.capacity is not None:
            resource = facts.file.resources.get(risk.capacity.resource)
            if resource is not None and not resource.enabled:
                at = ("risks", index, "capacity", "resource")
                rule = f"'{risk.capacity.resource}' is switched off, so that no unit of it can be lost"
                yield Flaw(at, rule, "switch the risk off too", "")
