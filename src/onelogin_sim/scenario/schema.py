"""The JSON Schema of a scenario file, for editors."""

from __future__ import annotations

from typing import Any

from onelogin_sim.scenario.model import ScenarioFile
from onelogin_sim.scenario.shape import TABLES, fields_of


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the YAML file; tables stand there by the names of their CSV files."""
    result = ScenarioFile.model_json_schema(by_alias=True)
    definitions: dict[str, Any] = result["$defs"]
    for section, row in TABLES.items():
        columns = ", ".join(fields_of(row))
        result["properties"][section] = {
            "type": "string",
            "title": section,
            "description": f"{ScenarioFile.model_fields[section].description} Columns: {columns}.",
        }
        del definitions[row.__name__]
    number = {"type": "number"}
    definitions["Uncertain"] = _or(definitions["Uncertain"], number, {"type": "array", "items": number})
    definitions["OrderEntry"] = _or(definitions["OrderEntry"], {"type": "array", "items": {"type": "string"}})
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **result}


def _or(full: dict[str, Any], *short: dict[str, Any]) -> dict[str, Any]:
    """Allow the short ways of writing that the model reads as the full one."""
    return {"description": full["description"], "anyOf": [full, *short]}
