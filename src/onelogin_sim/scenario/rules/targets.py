"""Targets can be understood, counted and reached."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from onelogin_sim.scenario.model import ServiceRow, Target
from onelogin_sim.scenario.rules.facts import Facts
from onelogin_sim.scenario.tree import Flaw, Path
from onelogin_sim.scenario.volumes import counted_users


def targets_say_how_much(facts: Facts) -> Iterator[Flaw]:
    """Exactly one of share and count."""
    for index, target in enumerate(facts.file.targets):
        if (target.share is None) == (target.count is None):
            how = "neither is given" if target.share is None else "both are given"
            yield Flaw(("targets", index), f"needs exactly one of share and count: {how}")


def targets_can_be_reached(facts: Facts) -> Iterator[Flaw]:
    """Refuse a count above the scope, and services released too late: no future reaches them."""
    if not facts.whole("services", "volumes"):
        return
    volumes_unknown = any(volumes_are_known(facts))
    for index, target in enumerate(facts.file.targets):
        path: Path = ("targets", index)
        unclear = (target.share is None) == (target.count is None)
        uncounted = target.measure == "annual_users" and volumes_unknown
        if unclear or uncounted or target.by < facts.file.status_date:
            continue
        total = _amount(facts, target, facts.file.services)
        words = target.measure.replace("_", " ")
        if total == 0:
            yield Flaw((*path, "measure"), f"cannot be reached: there are no {words} in scope")
            continue
        needed = target.count if target.count is not None else ceil(Fraction(repr(target.share)) * total)
        if needed > total:
            yield Flaw((*path, "count"), f"cannot be reached: there are only {total} {words} in scope")
            continue
        late = [
            row for row in facts.file.services if row.not_before is not None and row.not_before > target.by
        ]
        possible = _amount(facts, target, [row for row in facts.file.services if row not in late])
        if possible < needed:
            held = _some(sorted(row.id for row in late))
            rule = f"cannot be reached: without {held} there are {possible} {words}, and {needed} are needed"
            yield Flaw((*path, "by"), rule, "their not_before lies after it")


def _some(names: list[str]) -> str:
    """Name a few of many."""
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


def _amount(facts: Facts, target: Target, rows: list[ServiceRow]) -> int:
    if target.measure == "services":
        return len(rows)
    if target.measure == "departments":
        return len({row.department for row in rows})
    return sum(counted_users(row, facts.file.volumes)[0] for row in rows)


def volumes_are_known(facts: Facts) -> Iterator[Flaw]:
    """Require a volume, or a stand-in, for every counted service where a target is in users."""
    file = facts.file
    if not facts.whole("volumes") or not any(target.measure == "annual_users" for target in file.targets):
        return
    unknown = [
        index for index, row in enumerate(file.services) if row.users is None and row.users_counted == "yes"
    ]
    if unknown and file.volumes.unknown_users is None:
        more = f" (and {len(unknown) - 1} more)" if len(unknown) > 1 else ""
        yield Flaw(
            ("services", unknown[0], "users"),
            f"is missing{more}, and a target counts annual users",
            "give the volume, or volumes.unknown_users as a stand-in",
        )


def volumes_have_units(facts: Facts) -> Iterator[Flaw]:
    """Require of a volume what it counts, and of transactions how many a person makes."""
    for index, row in enumerate(facts.file.services):
        if row.users is not None and row.users_unit is None:
            yield Flaw(
                ("services", index, "users_unit"), "is missing: people, organisations or transactions?"
            )
        transactions = (
            row.users is not None and row.users_unit == "transactions" and row.users_counted == "yes"
        )
        if transactions and facts.file.volumes.uses_per_person is None and facts.whole("volumes"):
            yield Flaw(
                ("services", index, "users_unit"),
                "needs volumes.uses_per_person to turn transactions into users",
                "add volumes.uses_per_person with a default",
            )
    unknown = facts.file.volumes.unknown_users
    if unknown is not None:
        for small, large in (("p10", "p50"), ("p50", "p90")):
            if getattr(unknown, small) > getattr(unknown, large):
                path = ("volumes", "unknown_users", small)
                yield Flaw(path, f"{small} > {large}: must not be above {getattr(unknown, large)}")
