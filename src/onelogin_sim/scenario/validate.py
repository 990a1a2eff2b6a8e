"""From a tree to a file model, or to every problem that stands in the way."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import ValidationError

from onelogin_sim.errors import Problem
from onelogin_sim.scenario.complaints import flaws_of
from onelogin_sim.scenario.evidence import evidence_flaws
from onelogin_sim.scenario.model import ScenarioFile
from onelogin_sim.scenario.rules import flaws
from onelogin_sim.scenario.rules.facts import Facts
from onelogin_sim.scenario.tree import Flaw, Node, Path


def check(tree: Node) -> tuple[ScenarioFile | None, list[Problem]]:
    """Return the file model of a tree and no problems, or every problem found.

    Entries that are wrong in themselves are set aside and the rules run on the rest, so that one list
    holds both; rules about a whole section keep quiet when something of it is set aside.
    """
    facts, wrong = _build(tree)
    problems = [flaw.problem(tree) for flaw in wrong]
    if facts is None:
        return None, problems
    required = facts.file.evidence == "required"
    for flaw in (*flaws(facts), *evidence_flaws(facts.tree, facts.written, required)):
        problems.append(flaw.problem(facts.tree))
    return (None if problems else facts.file), problems


def _build(tree: Node) -> tuple[Facts | None, list[Flaw]]:
    try:
        return Facts(ScenarioFile.model_validate(tree.plain), tree, tree), []
    except ValidationError as error:
        wrong = flaws_of(error, tree)
    aside = {_entry(tree, flaw.path) for flaw in wrong}
    rest = _without(tree, aside)
    left_out = frozenset(str(path[0]) for path in aside)
    try:
        return Facts(ScenarioFile.model_validate(rest.plain), rest, tree, left_out), wrong
    except ValidationError:
        # Too little is left to go on: the first round says why.
        return None, wrong


def _entry(tree: Node, path: Path) -> Path:
    """Return the entry of a section (a row, a resource, a pathway) a flaw lies in, or the section."""
    section = tree.find(path[:1])
    keyed = section is not None and (
        isinstance(section.value, list)
        or path[0] in ("resources", "pathways", "barriers", "orders", "variants")
    )
    return path[:2] if keyed and tree.find(path[:2]) is not None else path[:1]


def _without(tree: Node, paths: Iterable[Path]) -> Node:
    # Backwards, so that taking an entry out of a list does not move those still to go.
    for path in sorted(paths, key=lambda path: (str(path[0]), path[1:]), reverse=True):
        if tree.find(path) is not None:
            tree = tree.changed(path, None)
    return tree
