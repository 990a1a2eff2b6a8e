"""Every item is live, running or not started, and says so without contradiction."""

from __future__ import annotations

from collections.abc import Iterator

from onelogin_sim.scenario.model import ServiceRow
from onelogin_sim.scenario.rules.facts import Facts, Row, checks_no_identity
from onelogin_sim.scenario.tree import Flaw, Path


def states_are_clear(facts: Facts) -> Iterator[Flaw]:
    """`stage` and `since` go together, and not with `live_on` or `not_before`."""
    for path, row in facts.rows:
        if row.live_on is not None and (row.stage is not None or row.since is not None):
            yield Flaw(
                (*path, "live_on"),
                "is given together with a running stage",
                "keep live_on, or stage and since",
            )
            continue
        if row.stage is not None and row.since is None:
            yield Flaw((*path, "since"), "is missing: when did the running stage begin?")
        if row.since is not None and row.stage is None:
            yield Flaw((*path, "stage"), "is missing: which stage has been running since then?")
        if row.since is not None and row.not_before is not None:
            yield Flaw((*path, "not_before"), "cannot hold back what is running already", "take it out")
        if isinstance(row, ServiceRow) and row.live_on is not None and row.planned_live is not None:
            yield Flaw((*path, "planned_live"), f"has no use: it is live since {row.live_on}", "take it out")


def what_is_not_live_has_work(facts: Facts) -> Iterator[Flaw]:
    """Require of what is not live a pathway with at least one stage for it."""
    for path, row in facts.rows:
        if row.live_on is not None:
            continue
        if row.pathway is None:
            yield Flaw(
                (*path, "pathway"), "is missing: what is not live needs a pathway", "give it, or live_on"
            )
        elif row.pathway in facts.file.pathways and not facts.ahead(row):
            yield Flaw(
                (*path, "pathway"),
                "has only stages for services that check identity, and this one checks none",
            )


def running_stages_can_run(facts: Facts) -> Iterator[Flaw]:
    """Require of a stage in hand that it takes time, is for this item, and is not past the go-live."""
    for path, row in facts.rows:
        stages = facts.file.pathways.get(row.pathway or "", [])
        names = [stage.stage for stage in stages]
        if row.live_on is not None or row.stage is None or row.stage not in names:
            continue
        place = names.index(row.stage)
        yield from _running(path, row, place, facts)


def _running(path: Path, row: Row, place: int, facts: Facts) -> Iterator[Flaw]:
    assert row.pathway is not None
    stages = facts.file.pathways[row.pathway]
    stage = stages[place]
    if stage.days.fixed == 0:
        yield Flaw(
            (*path, "stage"), "is a milestone of zero days, and cannot be running", "name the stage after it"
        )
    if stage.when == "identity" and checks_no_identity(row):
        yield Flaw((*path, "stage"), "is only for services that check identity, and this one checks none")
    if any(earlier.live for earlier in stages[:place]):
        yield Flaw(
            (*path, "stage"), "comes after the live stage, so it is live already", "give live_on instead"
        )


def unknown_identity_has_a_share(facts: Facts) -> Iterator[Flaw]:
    """Where nobody has said whether a service checks identity, the chance must be given."""
    if facts.file.unknown_identity is not None or not facts.whole("unknown_identity"):
        return
    for path, row in facts.rows:
        if isinstance(row, ServiceRow) and row.live_on is None and row.identity == "unknown":
            stages = facts.file.pathways.get(row.pathway or "", [])
            if any(stage.when == "identity" for stage in stages):
                yield Flaw(
                    (*path, "identity"),
                    f"needs unknown_identity: the pathway '{row.pathway}' asks who checks identity",
                    "add unknown_identity with a share",
                )


def nothing_waits_for_itself(facts: Facts) -> Iterator[Flaw]:
    """Longer circles are the business of the cycle rule."""
    for path, row in facts.rows:
        for index, need in enumerate(row.needs):
            if need.partition(":")[0] == row.id:
                yield Flaw((*path, "needs", index), "an item cannot wait for itself", "take it out")
        if isinstance(row, ServiceRow) and row.fronted_by == row.id:
            yield Flaw((*path, "fronted_by"), "a service cannot stand behind itself", "take it out")
    for name, order in facts.file.orders.items():
        for held, until, at in order.held():
            if held == until:
                yield Flaw(("orders", name, *at), "an item cannot wait for itself", "take it out")


def gates_are_on_the_way(facts: Facts) -> Iterator[Flaw]:
    """Require the stage an enabler gates in the pathway of every service that waits for it."""
    gate = facts.gates
    for path, row in facts.rows:
        if not isinstance(row, ServiceRow) or row.live_on is not None or row.pathway is None:
            continue
        names = [stage.stage for stage in facts.file.pathways.get(row.pathway, [])]
        waits = [((*path, "needs", index), need) for index, need in enumerate(row.needs)]
        waits += [
            ((*path, "sign_in", index), enabler)
            for index, sign_in in enumerate(row.sign_in)
            for enabler in facts.replaced_by.get(sign_in, [])
        ]
        for at, enabler in waits:
            stage = gate.get(enabler)
            if names and stage is not None and stage in facts.all_stages and stage not in names:
                yield Flaw(
                    at,
                    f"'{enabler}' gates the stage '{stage}', which the pathway '{row.pathway}' does not have",
                    "choose a pathway that has it, or name the stage that waits in needs as id:stage",
                )
