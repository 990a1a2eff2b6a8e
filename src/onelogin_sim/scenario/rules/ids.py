"""Every id is given once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from onelogin_sim.scenario.kinds import DEPARTMENT_TEAM
from onelogin_sim.scenario.rules.facts import Facts
from onelogin_sim.scenario.tree import Flaw, Path


def ids_are_unique(facts: Facts) -> Iterator[Flaw]:
    """Services and enablers share one set of names, because both are waited for and ordered by them."""
    file = facts.file
    yield from _repeated(facts, [((*path, "id"), row.id) for path, row in facts.rows])
    for section in ("departments", "targets", "freezes", "risks", "assumptions"):
        entries = getattr(file, section)
        yield from _repeated(
            facts, [((section, index, "id"), entry.id) for index, entry in enumerate(entries)]
        )
    sign_ins = [(("sign_ins", index, "sign_in"), row.sign_in) for index, row in enumerate(file.sign_ins)]
    yield from _repeated(facts, sign_ins)
    for pathway, stages in file.pathways.items():
        named = [(("pathways", pathway, index, "stage"), stage.stage) for index, stage in enumerate(stages)]
        yield from _repeated(facts, named)


def _repeated(facts: Facts, named: Sequence[tuple[Path, str]]) -> Iterator[Flaw]:
    first: dict[str, Path] = {}
    for path, name in named:
        if name in first:
            yield Flaw(
                path,
                f"is there already, at {facts.tree.nearest(first[name]).place}",
                "give each its own name",
            )
        first.setdefault(name, path)


def department_team_is_no_resource(facts: Facts) -> Iterator[Flaw]:
    """Keep the word free: it stands for the pool of the item's own department."""
    if DEPARTMENT_TEAM in facts.file.resources:
        yield Flaw(
            ("resources", DEPARTMENT_TEAM),
            "this name is kept for the departments' own teams",
            "give their number in the departments table, or choose another name",
            key=True,
        )
