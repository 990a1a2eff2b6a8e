"""What may a scenario file hold? Its JSON Schema."""

from __future__ import annotations

from onelogin_sim.cli.output import print_json


def schema() -> None:
    """Print the JSON Schema of scenario files, for editors that check and complete as you type."""
    from onelogin_sim.scenario.schema import schema as file_schema

    print_json(file_schema())
