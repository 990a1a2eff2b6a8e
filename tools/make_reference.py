"""Write docs/scenario-keys.md, the reference of every key, from the file model: one truth, three uses."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from onelogin_sim.scenario import model
from onelogin_sim.scenario import verification as load
from onelogin_sim.scenario.shape import TABLES

WORDS = {str: "text", int: "whole number", float: "number", bool: "true or false", date: "date", Any: "value"}

TARGET = Path(__file__).parents[1] / "docs" / "scenario-keys.md"

HEAD = """\
# Every key of a scenario

Made from the file model by `tools/make_reference.py`; the same words are in the JSON Schema
(`onelogin-sim schema`). Keys that are not listed are refused. Keys in **bold** must be there. `source` and
`assumption` may stand in any section that has numbers: a number rests on the nearest one around it.
"""

#: Sections in reading order: (heading, model).
SECTIONS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("The scenario file", model.ScenarioFile),
    ("Uncertain quantities", model.Uncertain),
    ("targets", model.Target),
    ("resources", model.Resource),
    ("pathways: stages", model.Stage),
    ("repeat", model.Repeat),
    ("enablers", model.Enabler),
    ("freezes", model.Freeze),
    ("periods and windows", model.Period),
    ("barriers", model.Barrier),
    ("pace", model.Pace),
    ("optimism_bias", model.OptimismBias),
    ("readiness", model.Readiness),
    ("unknown_identity", model.UnknownIdentity),
    ("volumes", model.Volumes),
    ("volumes: unknown_users", model.UnknownUsers),
    ("volumes: uses_per_person", model.UsesPerPerson),
    ("risks", model.Risk),
    ("risks: delay", model.DelayEffect),
    ("risks: capacity", model.CapacityEffect),
    ("risks: not_before", model.NotBeforeEffect),
    ("orders", model.OrderEntry),
    ("verification", load.Verification),
    ("verification: segments", load.Segment),
    ("verification: able", load.Able),
    ("verification: awareness", load.Awareness),
    ("verification: proven", load.Proven),
    ("verification: audience", load.Audience),
    ("verification: visits", load.Visits),
    ("verification: once_in_years", load.OnceInYears),
    ("verification: adoption", load.Adoption),
    ("verification: accounts", load.Accounts),
    ("verification: seasons", load.Season),
    ("verification: last_day", load.LastDay),
    ("verification: ramp", load.Ramp),
    ("verification: check", load.Check),
    ("verification: routes", load.Route),
    ("verification: steps", load.Step),
    ("verification: stations", load.Station),
    ("verification: opening", load.Opening),
    ("verification: time_limit", load.TimeLimit),
    ("verification: service_level", load.ServiceLevel),
    ("assumptions", model.Assumption),
    ("variants", model.Variant),
    ("The services table", TABLES["services"]),
    ("The departments table", TABLES["departments"]),
    ("The sign-ins table", TABLES["sign_ins"]),
)


def reference() -> str:
    """Return the whole page."""
    lines = [HEAD]
    for heading, kind in SECTIONS:
        lines += [
            f"## {heading}",
            "",
            _text(kind.__doc__),
            "",
            "| key | what | default | meaning |",
            "| --- | --- | --- | --- |",
        ]
        lines += [*_rows(kind), ""]
    return "\n".join(lines).rstrip() + "\n"


def _rows(kind: type[BaseModel]) -> Iterator[str]:
    for name, field in kind.model_fields.items():
        if name in ("source", "assumption") and kind not in TABLES.values():
            continue
        key = field.alias or name
        shown = f"**`{key}`**" if field.is_required() else f"`{key}`"
        meaning = " ".join(part for part in (_text(field.description), _allowed(field.annotation)) if part)
        kind_of = "file name" if key in TABLES and kind is model.ScenarioFile else _kind(field.annotation)
        yield f"| {shown} | {kind_of} | {_default(field)} | {meaning} |"


def _parts(annotation: Any) -> Iterator[Any]:
    """The types an annotation is made of: those of unions and Annotated, one by one."""
    if get_origin(annotation) is Annotated:
        yield from _parts(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for part in get_args(annotation):
            if part is not type(None):
                yield from _parts(part)
    else:
        yield annotation


def _kind(annotation: Any) -> str:
    """What is written there, in a planner's words."""
    return " or ".join(dict.fromkeys(_word(part) for part in _parts(annotation)))


def _word(part: Any) -> str:
    origin, arguments = get_origin(part), get_args(part)
    if origin is Literal:
        return "word"
    if origin is list:
        return f"list of {_kind(arguments[0]).removesuffix('s')}s"
    if origin is dict:
        return f"{_kind(arguments[0])}: {_kind(arguments[1])}"
    if isinstance(part, type) and issubclass(part, BaseModel):
        return "uncertain quantity" if part is model.Uncertain else "section"
    return WORDS.get(part, "value")


def _allowed(annotation: Any) -> str:
    words = [word for part in _parts(annotation) if get_origin(part) is Literal for word in get_args(part)]
    return "One of " + ", ".join(f"`{word}`" for word in words) + "." if words else ""


def _default(field: FieldInfo) -> str:
    value: Any = field.default
    if field.is_required() or value is None or isinstance(value, BaseModel) or field.default_factory:
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _text(text: str | None) -> str:
    return " ".join((text or "").split())


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
    print(f"wrote {TARGET.name}", file=sys.stderr)
