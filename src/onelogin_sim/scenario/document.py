"""YAML to a tree: read event by event, so that nothing harmful is ever built.

Plain words follow YAML 1.2: `NO` and `12:30` are text, `true` and `false` are yes and no, a date such
as 2024-07-01 is a date.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from onelogin_sim.errors import Problem, ScenarioError
from onelogin_sim.scenario.tree import Node, Place, Scalar

#: Lists and mappings may lie this deep within one another.
DEEPEST = 40

#: Reading stops after this many refusals: what follows is more of the same.
MOST_PROBLEMS = 50

#: Most values: a scenario has a few thousand, and reading a million takes minutes.
MOST_VALUES = 200_000

_INTEGER = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS: dict[str, Scalar] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip

#: The parser's words for the commonest slips, in planners' words.
_SLIPS = {
    "mapping values are not allowed here": (
        "a colon does not fit here",
        "check the indentation, or put text with a colon in quotes",
    ),
    "found character '\\t' that cannot start any token": ("a tab does not fit here", "indent with spaces"),
    "found character": ("text cannot begin with this character", "put it in quotes"),
    "sequence entries are not allowed here": (
        "a hyphen does not fit here",
        "begin each entry on a line of its own, indented alike",
    ),
    "expected the node content": ("a value is missing here", "check commas, brackets and hyphens"),
    "expected '<document start>'": ("this does not belong to the lines before it", "check the indentation"),
    "found unknown escape character": (
        "this backslash means nothing",
        "write it twice, or use single quotes",
    ),
    "could not find expected ':'": ("a colon is missing after the key", "write `key: value`"),
    "expected <block end>, but found": ("this line does not fit the ones before it", "check the indentation"),
    "while scanning a quoted scalar": ("the quotes are not closed", "add the closing quote"),
    "found unexpected end of stream": ("the quotes are not closed", "add the closing quote"),
    "expected ',' or": ("a comma or closing bracket is missing", "close every [ and {"),
}


def read_document(text: str, file: str) -> tuple[Node | None, list[Problem]]:
    """Return the tree of a YAML text and the problems found.

    No tree when it could not be read, or has values that mean nothing without what is refused. Of a
    repeated key the first value stands.
    """
    reader = _Reader(file)
    try:
        node = reader.document(YAML(typ="safe", pure=True).parse(text))
    except ScenarioError:
        node = None  # reading had to stop; the reader has the reasons
    except MarkedYAMLError as error:
        # What was opened and not closed is mended where it was opened.
        opened = str(error.problem).startswith(("found unexpected end of stream", "expected ',' or"))
        mark = (error.context_mark if opened else None) or error.problem_mark or error.context_mark
        rule, hint = _slip(str(error.problem or error.context or "is not YAML"))
        reader.problems.append(
            Problem(file, mark.line + 1 if mark else 0, mark.column + 1 if mark else 0, "", rule, hint=hint)
        )
        node = None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - (text.rfind("\n", 0, error.position) + 1) + 1
        rule = f"the character U+{ord(text[error.position]):04X} is not allowed"
        reader.problems.append(Problem(file, line, column, "", rule, hint="take it out"))
        node = None
    except Exception as error:  # the parser is not ours: what it trips over is wrong with the text
        reader.problems.append(Problem(file, 0, 0, "", f"cannot be read as YAML ({type(error).__name__})"))
        node = None
    return None if reader.refused else node, reader.problems


def _slip(words: str) -> tuple[str, str]:
    for start, (rule, hint) in _SLIPS.items():
        if words.startswith(start):
            return rule, hint
    return f"cannot be read as YAML: {words}", "check quotes, brackets and indentation"


class _Reader:
    """Builds nodes from parser events."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.values = 0
        self.refused = False

    def document(self, events: Iterator[Any]) -> Node | None:
        found: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.refuse(event, "a second document begins here", "keep one scenario in a file")
                    raise ScenarioError(self.problems)
            elif isinstance(event, (ScalarEvent, AliasEvent, MappingStartEvent, SequenceStartEvent)):
                found = self.node(event, events, 0)
        return found

    def refuse(self, event: Any, rule: str, hint: str = "") -> None:
        self.refused = True
        self.report(event, rule, hint)

    def report(self, event: Any, rule: str, hint: str) -> None:
        place = self.place(event)
        self.problems.append(Problem(place.file, place.line, place.column, "", rule, hint=hint))
        if len(self.problems) >= MOST_PROBLEMS:
            raise ScenarioError(self.problems)

    def place(self, event: Any) -> Place:
        return Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        self.values += 1
        if self.values > MOST_VALUES:
            self.refuse(event, f"there are more than {MOST_VALUES:,} values", "is this the right file?")
            raise ScenarioError(self.problems)
        if isinstance(event, AliasEvent):
            self.refuse(event, f"an alias (*{event.anchor}) is not allowed", "write the value out")
            return Node(None, self.place(event))
        if event.anchor is not None:
            self.refuse(
                event, f"an anchor (&{event.anchor}) is not allowed", "write the value out where it is needed"
            )
        if event.tag is not None:
            self.refuse(event, f"a tag ({_tag(event.tag)}) is not allowed", "write the plain value")
        if isinstance(event, ScalarEvent):
            return self.single(event)
        if depth >= DEEPEST:
            self.refuse(
                event,
                f"lists and mappings lie more than {DEEPEST} deep here",
                "a scenario needs fewer than ten",
            )
            raise ScenarioError(self.problems)
        if isinstance(event, SequenceStartEvent):
            return self.sequence(event, events, depth)
        return self.mapping(event, events, depth)

    def sequence(self, start: Any, events: Iterator[Any], depth: int) -> Node:
        entries = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            entries.append(self.node(event, events, depth + 1))
        return Node(entries, self.place(start))

    def mapping(self, start: Any, events: Iterator[Any], depth: int) -> Node:
        values: dict[Scalar, Node] = {}
        keys: dict[Scalar, Place] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key = self.node(event, events, depth + 1)
            value = self.node(next(events), events, depth + 1)
            if isinstance(key.value, (dict, list)):
                self.refuse(
                    event, "a list or mapping cannot be a key", "write a single word before the colon"
                )
            elif key.value in keys:
                first = keys[key.value]
                self.report(
                    event, f"the key '{key.text}' is there already, in line {first.line}", "keep one of them"
                )
            else:
                values[key.value], keys[key.value] = value, key.place
        return Node(values, self.place(start), keys=keys)

    def single(self, event: Any) -> Node:
        text: str = event.value
        place = self.place(event)
        if not event.implicit[0]:
            return Node(text, place, text)
        return Node(plain_value(text), place, text)


def plain_value(text: str) -> Scalar:
    """Return what a plain word of YAML 1.2 stands for."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        # Longer ones are no quantity, and turning them into numbers takes quadratic time.
        return int(text) if len(text) <= 30 else math.inf
    if _NUMBER.fullmatch(text):
        return float(text)
    if _INFINITE.fullmatch(text):
        return math.nan if "n" in text.lower()[:2] else math.inf
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text


def _tag(tag: str) -> str:
    return _short(tag.replace("tag:yaml.org,2002:", "!!"))


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
