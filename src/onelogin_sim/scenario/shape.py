"""What may stand at a path of the tree, looked up in the file model."""

from __future__ import annotations

import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from onelogin_sim.scenario.model import DepartmentRow, ScenarioFile, ServiceRow, SignInRow
from onelogin_sim.scenario.tree import Path

#: Keys that hold the name of a CSV file, and what a row of it is.
TABLES: dict[str, type[BaseModel]] = {
    "services": ServiceRow,
    "departments": DepartmentRow,
    "sign_ins": SignInRow,
}


def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a model by the key a planner writes."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def kind_at(path: Path) -> tuple[Any, list[Any]]:
    """Return the type at a path and its constraints; (None, []) where the model knows no such place."""
    kind: Any = ScenarioFile
    limits: list[Any] = []
    for segment in path:
        kind, limits = _below(_core(kind, segment)[0], segment)
        if kind is None:
            return None, []
    core, more = _core(kind, None)
    return core, [*limits, *more]


def known_keys(path: Path) -> list[str]:
    """Return the keys that may stand in the mapping at a path; none where they are the planner's own."""
    kind, _ = kind_at(path)
    return list(fields_of(kind)) if _is_model(kind) else []


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _core(kind: Any, segment: str | int | None) -> tuple[Any, list[Any]]:
    """Return a type without None and annotations; of several, the one that can hold the segment."""
    limits: list[Any] = []
    while True:
        if get_origin(kind) is Annotated:
            kind, *more = get_args(kind)
            for entry in more:
                limits.extend(entry.metadata if isinstance(entry, FieldInfo) else [entry])
        elif get_origin(kind) in (Union, types.UnionType):
            options = [option for option in get_args(kind) if option is not type(None)]
            lists = [option for option in options if get_origin(option) is list]
            kind = lists[0] if lists and (segment is None or isinstance(segment, int)) else options[0]
        else:
            return kind, limits


def _below(kind: Any, segment: str | int) -> tuple[Any, list[Any]]:
    if _is_model(kind):
        field = fields_of(kind).get(str(segment))
        return (field.annotation, list(field.metadata)) if field else (None, [])
    if get_origin(kind) is list and isinstance(segment, int):
        return get_args(kind)[0], []
    if get_origin(kind) is dict:
        return get_args(kind)[1], []
    if kind is Any:
        return Any, []
    return None, []


def choices(kind: Any) -> list[str]:
    """Return the words of a fixed choice."""
    return [str(word) for word in get_args(kind)] if get_origin(kind) is Literal else []
