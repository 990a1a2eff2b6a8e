"""Variants: named changes to the tree, one level, applied before anything is validated.

A variant puts values in the place of others and takes values out; it never merges. A path names entries
of lists by their id (`services.lite.users`), stages by their name (`pathways.identity.assurance.days`).
A key the file leaves out can be set when the model knows it and what encloses it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from onelogin_sim.errors import Problem, ScenarioError, did_you_mean
from onelogin_sim.scenario.shape import TABLES, known_keys
from onelogin_sim.scenario.tree import Flaw, Node, Path, names_in

#: Reads the table a variant names in place of the scenario's own.
TableReader = Callable[[str, Node], tuple[Node, list[Problem]]]


def apply_variant(tree: Node, name: str, read: TableReader) -> tuple[Node, list[Problem]]:
    """Return the tree as one variant changes it, and the problems with its paths."""
    problems: list[Problem] = []
    taken: list[Path] = []  # in the planner's words: indices shift when an entry is taken out
    for words, node, at in _changes(tree, name):
        path, flaw = _resolve(tree, words, at, setting=node is not None)
        spelled: Path = tuple(words.split("."))
        if flaw is None and any(_within(spelled, other) or _within(other, spelled) for other in taken):
            flaw = Flaw(
                at,
                "another path of this variant lies within this one",
                "set each value once",
                f"'{words}'",
                True,
            )
        if flaw is not None:
            # Under `set` the path is the key, so that the place says it already.
            shown = "" if node is not None else f"'{words}'"
            problems.append(replace(flaw, value=shown).problem(tree))
            continue
        taken.append(spelled)
        if node is not None and path[0] in TABLES and len(path) == 1:
            node, found = read(str(path[0]), node)
            problems += found
        tree = tree.changed(path, node)
    return tree, problems


def _changes(tree: Node, name: str) -> list[tuple[str, Node | None, Path]]:
    """(path in words, new value or None to remove, where the variant says so); removals come last."""
    base: Path = ("variants", name)
    put = tree.find((*base, "set"))
    out = tree.find((*base, "remove"))
    changes: list[tuple[str, Node | None, Path]] = []
    if put is not None and isinstance(put.value, dict):
        changes += [(str(key), node, (*base, "set", str(key))) for key, node in put.value.items()]
    if out is not None and isinstance(out.value, list):
        changes += [(str(node.value), None, (*base, "remove", index)) for index, node in enumerate(out.value)]
    return changes


def _within(inner: Path, outer: Path) -> bool:
    return inner[: len(outer)] == outer


def _resolve(tree: Node, words: str, at: Path, setting: bool) -> tuple[Path, Flaw | None]:
    """Return the path a planner's words stand for, or what is wrong with them."""
    path: Path = ()
    node = tree
    segments = words.split(".")
    for depth, segment in enumerate(segments):
        index = _segment(node, segment)
        if index is None:
            last = depth == len(segments) - 1
            if last and setting and segment in known_keys(path) and isinstance(node.value, dict):
                path = (*path, segment)
                break
            known = dict.fromkeys([*names_in(node), *(known_keys(path) if setting and last else [])])
            within = f" in '{'.'.join(segments[:depth])}'" if depth else ""
            rule = f"'{segment}' is not there{within}"
            return path, Flaw(at, rule, did_you_mean(segment, list(known)), key=True)
        path = (*path, index)
        below = node.child(index)
        assert below is not None
        node = below
    if path[0] == "variants":
        return path, Flaw(
            at, "a variant cannot change variants", "give several --variant instead", f"'{words}'", True
        )
    return path, None


def _segment(node: Node, segment: str) -> str | int | None:
    """Return the key or index a word stands for, None when there is none."""
    if isinstance(node.value, list):
        for index, entry in enumerate(node.value):
            if entry.name == segment:
                return index
        numbered = segment.isascii() and segment.isdigit() and not names_in(node)
        index = int(segment) - 1 if numbered and len(segment) < 7 else -1
        return index if 0 <= index < len(node.value) else None
    return segment if node.child(segment) is not None else None


def choose_variants(
    tree: Node, names: Sequence[str], file: str, read: TableReader
) -> tuple[Node, list[Problem]]:
    """Return the tree with several variants applied, in the order given.

    Raises
    ------
    ScenarioError
        When a variant is not in the file.
    """
    known = names_in(tree.find(("variants",)))
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ScenarioError(
            Problem(
                file,
                0,
                0,
                "variants",
                "there is no such variant",
                f"'{name}'",
                did_you_mean(name, known) or "the file has none",
            )
            for name in unknown
        )
    problems: list[Problem] = []
    for name in names:
        tree, found = apply_variant(tree, name, read)
        problems += found
    return tree, problems
