"""The assumptions register as exported with a result: each assumption and every number that rests on it."""

from __future__ import annotations

from collections.abc import Iterator

from onelogin_sim.scenario import Scenario
from onelogin_sim.scenario.evidence import numbers


def register_rows(scenario: Scenario) -> Iterator[dict[str, object]]:
    """Return one row per assumption, in the order of the scenario's register."""
    resting: dict[str, list[str]] = {}
    for number in numbers(scenario.tree):
        if number.assumption is not None:
            resting.setdefault(number.assumption, []).append(f"{number.where} = {number.value}")
    for assumption in scenario.file.assumptions:
        yield {
            "id": assumption.id,
            "covers": assumption.covers,
            "text": assumption.text,
            "rationale": assumption.rationale,
            "source": assumption.source,
            "owner": assumption.owner,
            "quality": assumption.quality,
            "date": assumption.date_.isoformat(),
            "valid_until": assumption.valid_until.isoformat() if assumption.valid_until else None,
            "numbers": len(resting.get(assumption.id, [])),
            "used_for": "; ".join(resting.get(assumption.id, [])),
        }
