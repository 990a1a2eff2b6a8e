"""What the file model objects to, in planners' words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from onelogin_sim.errors import did_you_mean
from onelogin_sim.scenario.kinds import Uncertain
from onelogin_sim.scenario.remedies import date_hint, number_hint, yes_or_no_hint
from onelogin_sim.scenario.shape import choices, kind_at, known_keys
from onelogin_sim.scenario.tree import Flaw, Node, Path

UNKNOWN_KEY = "is not a known key"
MISSING = "is missing"
_ID_RULE = "must be an id: letters, digits, hyphens and underscores, beginning with a letter or digit"
_LONG_RULE = "must be at most 100 characters long"


def flaws_of(error: ValidationError, tree: Node) -> list[Flaw]:
    """Return what is wrong, one flaw a place."""
    found: dict[Path, Flaw] = {}
    for entry in error.errors(include_url=False, include_context=True):
        flaw = _flaw(entry, tree)
        found.setdefault(flaw.path, flaw)
    # A key that is missing because it is misspelt needs saying once.
    misspelt = {(flaw.path[:-1], flaw.hint) for flaw in found.values() if flaw.key}
    return [
        flaw
        for flaw in found.values()
        if flaw.rule != MISSING
        or (flaw.path[:-1], did_you_mean(str(flaw.path[-1]), [str(flaw.path[-1])])) not in misspelt
    ]


def _flaw(entry: Mapping[str, Any], tree: Node) -> Flaw:
    location = entry["loc"]
    if location and location[-1] == "[key]":
        return _key_flaw(_path(tree, location[:-1])[0], entry["type"])
    if entry["type"] == "missing":
        parent, _ = _path(tree, location[:-1])
        return Flaw((*parent, location[-1]), MISSING)
    path, tagged = _path(tree, location)
    node = tree.find(path)
    if entry["type"] in ("extra_forbidden", "invalid_key"):
        return Flaw(path, UNKNOWN_KEY, did_you_mean(str(path[-1]), known_keys(path[:-1])), key=True)
    if node is not None and node.value is None and not node.text:
        return Flaw(path, "is empty", "give it a value or take the key out")
    if tagged and (node is None or not isinstance(node.value, list)):
        return Flaw(path, "must be a list of ids, or 'all'")
    explain = _WORDS.get(entry["type"])
    rule, hint = explain(path, node, entry.get("ctx", {})) if explain else ("cannot be used here", "")
    return Flaw(path, rule, hint)


def _path(tree: Node, location: Iterable[str | int]) -> tuple[Path, bool]:
    """Return the path in the tree; the model's own additions (a bare number's `fixed`) are left out.

    The second value says whether the model tried several kinds there.
    """
    path: Path = ()
    node = tree
    for segment in location:
        below = node.child(segment)
        if below is None:
            if isinstance(segment, str) and segment.startswith(("list[", "literal[")):
                return path, True
            if isinstance(segment, str) and not isinstance(node.value, dict):
                continue
            return path, False
        key = str(node.key_of(segment)) if isinstance(node.value, dict) else segment
        path, node = (*path, key), below
    return path, False


def _key_flaw(path: Path, kind: str) -> Flaw:
    if kind.startswith("date"):
        return Flaw(path, "must be a date", date_hint(str(path[-1]), False), f"'{path[-1]}'", key=True)
    if kind == "string_too_long":
        return Flaw(path, _LONG_RULE, "", f"'{path[-1]}'", key=True)
    if kind == "string_type":
        return Flaw(path, "must be text", "put the key in quotes", str(path[-1]), key=True)
    return Flaw(path, _ID_RULE, "", f"'{path[-1]}'", key=True)


# -- one function per kind of objection: (path, node, context) -> (rule, hint) --------------------------

_Words = Callable[[Path, Node | None, Mapping[str, Any]], tuple[str, str]]


def _number(whole: bool) -> _Words:
    def words(path: Path, node: Node | None, context: Mapping[str, Any]) -> tuple[str, str]:
        rule = "must be a whole number" if whole else "must be a number"
        # A true or false needs no advice on how to write it as a number.
        written = node is not None and isinstance(node.value, (str, float))
        return rule, number_hint(node.text, whole) if node is not None and written else ""

    return words


def _keys(path: Path, node: Node | None, context: Mapping[str, Any]) -> tuple[str, str]:
    if kind_at(path)[0] is Uncertain:
        return "must be a number, a list or a distribution", "for example {p10: 10, p50: 20, p90: 45}"
    return "must have keys of its own", "write `key: value` lines, indented under it"


def _yes_or_no(path: Path, node: Node | None, context: Mapping[str, Any]) -> tuple[str, str]:
    return "must be true or false", yes_or_no_hint(node.text) if node is not None else ""


def _text(path: Path, node: Node | None, context: Mapping[str, Any]) -> tuple[str, str]:
    single = node is not None and node.is_single
    return "must be text", "put it in quotes" if single else ""


def _date(path: Path, node: Node | None, context: Mapping[str, Any]) -> tuple[str, str]:
    written = node is not None and isinstance(node.value, str)
    return "must be a date", date_hint(
        node.text, True
    ) if node is not None and written else "write year-month-day"


def _choice(path: Path, node: Node | None, context: Mapping[str, Any]) -> tuple[str, str]:
    known = choices(kind_at(path)[0])
    rule = "must be " + " or ".join([", ".join(known[:-1]), known[-1]] if len(known) > 1 else known)
    near = did_you_mean(node.text, known) if node is not None and isinstance(node.value, str) else ""
    return rule, near if near.startswith("did") else ""


def _bound(path: Path, node: Node | None, context: Mapping[str, Any]) -> tuple[str, str]:
    """Say the whole range, so that the planner need not find its other end by trying."""
    low, above, high = _limits(kind_at(path)[1])
    if low == 0 and high == 1:
        return "must lie between 0 and 1", ""
    if above is not None and high is not None:
        return f"must be above {above:g} and at most {high:g}", ""
    if above is not None:
        return f"must be above {above:g}", ""
    if "le" in context:
        return f"must be at most {high:,}", ""
    return "must not be negative" if low == 0 else f"must be at least {low:g}", ""


def _limits(entries: Iterable[Any]) -> tuple[Any, Any, Any]:
    """(least, above, most) of a type's constraints, whichever object states them."""
    low = above = high = None
    for entry in entries:
        for limit in getattr(entry, "metadata", None) or (entry,):
            low = getattr(limit, "ge", None) if getattr(limit, "ge", None) is not None else low
            above = getattr(limit, "gt", None) if getattr(limit, "gt", None) is not None else above
            high = getattr(limit, "le", None) if getattr(limit, "le", None) is not None else high
    return low, above, high


def _says(rule: str, hint: str = "") -> _Words:
    return lambda path, node, context: (rule, hint)


_WORDS: dict[str, _Words] = {
    "int_type": _number(whole=True),
    "int_from_float": _number(whole=True),
    "float_type": _number(whole=False),
    "string_type": _text,
    "date_type": _date,
    "literal_error": _choice,
    "greater_than": _bound,
    "greater_than_equal": _bound,
    "less_than_equal": _bound,
    "bool_type": _yes_or_no,
    "list_type": _says("must be a list", "write [one, two], or one entry a line, each after a hyphen"),
    "dict_type": _keys,
    "model_type": _keys,
    "finite_number": _says("must be a finite number"),
    "string_pattern_mismatch": _says(_ID_RULE),
    "string_too_short": _says("must not be empty"),
    "string_too_long": _says(_LONG_RULE),
    "too_short": _says("must have at least one entry"),
}
