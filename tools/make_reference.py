"""Write docs/scenario-keys.md, the reference of every key, from the file model: one truth, three uses."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from onelogin_sim.scenario import model
from onelogin_sim.scenario.shape import TABLES

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
            "| key | default | meaning |",
            "| --- | --- | --- |",
        ]
        lines += [*_rows(kind), ""]
    return "\n".join(lines).rstrip() + "\n"


def _rows(kind: type[BaseModel]) -> Iterator[str]:
    for name, field in kind.model_fields.items():
        if name in ("source", "assumption") and kind not in TABLES.values():
            continue
        key = field.alias or name
        shown = f"**`{key}`**" if field.is_required() else f"`{key}`"
        yield f"| {shown} | {_default(field)} | {_text(field.description)} |"


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
