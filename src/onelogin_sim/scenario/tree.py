"""The scenario as one tree, YAML and tables alike, in which every key and value knows its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from onelogin_sim.errors import Problem

Scalar = str | int | float | bool | date | None

#: Way to a value: keys as text, list entries by index.
Path = tuple[str | int, ...]

#: What an entry of a list is called by, first that it has.
NAME_KEYS = ("id", "stage", "sign_in")

#: Values are shown up to this many characters.
SHOWN = 60


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Node:
    """A value, a list of nodes, or nodes by key.

    Attributes
    ----------
    text
        A single value as it stands in the file.
    keys
        Place of each key of a mapping.
    """

    value: Scalar | dict[Scalar, Node] | list[Node]
    place: Place
    text: str = ""
    keys: dict[Scalar, Place] = field(default_factory=dict)

    @property
    def plain(self) -> Any:
        """The value without its places."""
        if isinstance(self.value, dict):
            return {key: node.plain for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain for node in self.value]
        return self.value

    @property
    def is_single(self) -> bool:
        """Whether it is one value, not a list or a mapping."""
        return not isinstance(self.value, (dict, list))

    @property
    def shown(self) -> str:
        """A single value for a message, text in quotes; nothing for a list or mapping."""
        if not self.is_single or self.value is None:
            return ""
        text = self.text if len(self.text) <= SHOWN else self.text[: SHOWN - 1] + "…"
        return f"'{text}'" if isinstance(self.value, str) else text

    @property
    def name(self) -> str | None:
        """What this entry of a list is called."""
        if isinstance(self.value, dict):
            for key in NAME_KEYS:
                node = self.value.get(key)
                if node is not None and isinstance(node.value, str) and node.value:
                    return node.value
        return None

    def key_of(self, segment: str | int) -> Scalar:
        """Return the mapping's own key for a segment of a path (a date key is written as text there).

        Raises
        ------
        KeyError
            When it has no such key.
        """
        if segment in self.keys and isinstance(segment, str):
            return segment
        for key in self.keys:
            if str(key) == str(segment) or repr(key) == segment:
                return key
        raise KeyError(segment)

    def key_place(self, segment: str | int) -> Place | None:
        """Return the place of a key, None when it is not there."""
        try:
            return self.keys[self.key_of(segment)]
        except KeyError:
            return None

    def child(self, segment: str | int) -> Node | None:
        """Return the node under a key or index, None when there is none."""
        if isinstance(self.value, dict):
            try:
                return self.value[self.key_of(segment)]
            except KeyError:
                return None
        if isinstance(self.value, list) and isinstance(segment, int) and 0 <= segment < len(self.value):
            return self.value[segment]
        return None

    def find(self, path: Path) -> Node | None:
        """Return the node at a path, None when there is none."""
        node: Node | None = self
        for segment in path:
            node = node.child(segment) if node else None
        return node

    def nearest(self, path: Path) -> Node:
        """Return the node at a path, or the closest one that encloses where it would be."""
        node = self
        for segment in path:
            below = node.child(segment)
            if below is None:
                break
            node = below
        return node

    def spell(self, path: Path) -> str:
        """Return a path in planners' words: entries of lists by their id, of plain lists not at all."""
        words: list[str] = []
        node: Node | None = self
        for segment in path:
            below = node.child(segment) if node else None
            if isinstance(segment, str):
                words.append(_key_text(node, segment))
            elif below is None or isinstance(below.value, dict):
                words.append((below.name if below else None) or str(segment + 1))
            node = below
        return ".".join(words)

    def changed(self, path: Path, node: Node | None) -> Node:
        """Return this tree with the node at a path put in, put in place of another, or taken out (None).

        Everything but the last segment of the path exists.
        """
        if not path:
            return node or self
        segment, rest = path[0], path[1:]
        if rest:
            below = self.child(segment)
            assert below is not None
            node = below.changed(rest, node)
        if isinstance(self.value, list):
            assert isinstance(segment, int)
            entries = [*self.value[:segment], *([node] if node else []), *self.value[segment + 1 :]]
            return replace(self, value=entries)
        assert isinstance(self.value, dict)
        try:
            key = self.key_of(segment)
        except KeyError:
            key = segment
        if node is None:
            return replace(
                self,
                value={name: entry for name, entry in self.value.items() if name != key},
                keys={name: place for name, place in self.keys.items() if name != key},
            )
        return replace(self, value={**self.value, key: node}, keys={**self.keys, key: node.place})

    def singles(self, path: Path = ()) -> Iterator[tuple[Path, Node]]:
        """Iterate over the single values below, with their paths."""
        if isinstance(self.value, dict):
            for key, node in self.value.items():
                yield from node.singles((*path, str(key)))
        elif isinstance(self.value, list):
            for index, node in enumerate(self.value):
                yield from node.singles((*path, index))
        else:
            yield path, self


def _key_text(node: Node | None, segment: str) -> str:
    """Return the key as a planner wrote it."""
    if node is not None and isinstance(node.value, dict):
        try:
            return str(node.key_of(segment))
        except KeyError:
            pass
    return segment


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong at a path of the tree; becomes a Problem once its place is looked up.

    Attributes
    ----------
    value
        What to show as found; None for the value as it stands in the file.
    key
        Whether the key is at fault rather than the value.
    """

    path: Path
    rule: str
    hint: str = ""
    value: str | None = None
    key: bool = False

    def problem(self, tree: Node) -> Problem:
        """Return the Problem, with file, line and column."""
        place, value = tree.nearest(self.path).place, self.value
        if self.path and (self.key or tree.find(self.path) is None):
            # A key, or a blank cell: it has a place of its own.
            place = tree.nearest(self.path[:-1]).key_place(self.path[-1]) or place
        if value is None:
            found = tree.find(self.path)
            value = found.shown if found is not None and not self.key else ""
        return Problem(
            place.file, place.line, place.column, tree.spell(self.path), self.rule, value, self.hint
        )


def names_in(node: Node | None) -> Sequence[str]:
    """Return the names of the entries of a list or mapping, in order."""
    if node is None:
        return ()
    if isinstance(node.value, dict):
        return [str(key) for key in node.value]
    if isinstance(node.value, list):
        return [entry.name for entry in node.value if entry.name]
    return ()
