"""Every value of a scenario with its place and evidence; the schema editors use."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel

from onelogin_sim.scenario import load_scenario, model
from onelogin_sim.scenario.evidence import Number, numbers
from onelogin_sim.scenario.explain import Explained, explain, render
from onelogin_sim.scenario.schema import schema
from onelogin_sim.scenario.shape import known_keys
from scenario_files import edit, write_full, write_tiny


def rows_of(path: Path, *variants: str) -> dict[str, Explained]:
    return {row.where: row for row in explain(load_scenario(path, variants))}


def test_numbers_with_unit_place_and_evidence(tmp_path: Path) -> None:
    rows = rows_of(write_full(tmp_path))
    assert rows["resources.panel.capacity"] == Explained(
        "resources", "resources.panel.capacity", "2 units", "scenario.yaml:20", "A-CAPACITY"
    )
    assert rows["departments.tax.team_changes.2024-06-03"] == Explained(
        "departments",
        "departments.tax.team_changes.2024-06-03",
        "3 teams",
        "tables/departments.csv:2",
        "A-TEAMS",
    )
    assert rows["services.court.since"].evidence == "A-FLIGHT"
    assert rows["services.court.users"].evidence == "log"
    assert rows["pathways.full.build.probability"].evidence == "A-EXISTS"
    assert rows["pathways.full.build.needs.department_team"].evidence == "A-NEEDS"


def test_distributions_show_what_is_drawn_beside_what_is_stated(tmp_path: Path) -> None:
    row = rows_of(write_full(tmp_path))["pathways.full.build.days"]
    assert row.value == "p10 10, p50 20, p90 45 working days"
    assert row.note == "drawn: P10 10, P50 20, P90 45, mean 24.81 working days"


def test_volumes_show_what_they_count_for(tmp_path: Path) -> None:
    rows = rows_of(write_full(tmp_path))
    assert rows["services.trade.users"].note == "counts as 2,000 users"
    assert rows["services.seen.users"].note == "counted elsewhere"
    assert rows["services.hub.users"] == Explained(
        "services", "services.hub.users", "1000 a year", "scenario.yaml:61", "A-VOLUME",
        "stands in for an unknown volume",
    )  # fmt: skip


def test_what_hangs_on_the_stand_in_for_unknown_volumes(tmp_path: Path) -> None:
    path = write_full(tmp_path)
    where = "volumes.unknown_users.p50"
    assert (
        rows_of(path)[where].note == "1 service; counted 1,000 (p50); 100 to 9,000 if all were at p10 or p90"
    )
    edit(tmp_path / "tables/services.csv", "300,organisations", ",")
    assert (
        rows_of(path)[where].note
        == "2 services; counted 2,000 (p50); 200 to 18,000 if all were at p10 or p90"
    )
    edit(tmp_path / "tables/services.csv", "yes,unknown,full", "no,unknown,full")
    edit(tmp_path / "tables/services.csv", "hub,,Hub,tax,,,,,,,,,,,", "hub,,Hub,tax,,,,,,,,,,no,")
    assert rows_of(path)[where].note == "no service needs it"


def test_a_variant_is_shown_where_it_says_so(tmp_path: Path) -> None:
    row = rows_of(write_full(tmp_path), "more-panel")["resources.panel.capacity"]
    assert (row.value, row.place) == ("4 units", "scenario.yaml:91")


def test_defaults_and_missing_evidence(tmp_path: Path) -> None:
    rows = rows_of(write_tiny(tmp_path))
    assert rows["hand_out"] == Explained("hand_out", "hand_out", "passing", "default")
    assert rows["pathways.short.build.days"].evidence == "no evidence"


def test_text(tmp_path: Path) -> None:
    lines = render(explain(load_scenario(write_tiny(tmp_path)))).splitlines()
    assert lines[:2] == ["scenario", "  scenario = Tiny  [scenario.yaml:1]"]
    assert "  pathways.short.build.days = 5 working days  [scenario.yaml:11]  (no evidence)" in lines


def test_the_nearest_evidence_counts(tmp_path: Path) -> None:
    """A distribution's own assumption comes before its stage's; a stage's covers what has none."""
    path = write_full(tmp_path)
    found = {number.where: number for number in numbers(load_scenario(path).tree)}
    assert found["pathways.full.discovery.days"].assumption == "A-DAYS"
    assert found["pathways.full.discovery.needs.panel"].assumption == "A-NEEDS"
    assert found["barriers.legacy.share"].assumption == "A-SHARE"
    assert found["barriers.legacy.slows"].assumption == "A-SLOW"
    assert found["risks.R-1.delay.days"].assumption == "A-RISK"
    edit(path, "high: 30}}, assumption: A-RISK}", "high: 30, source: log}}, assumption: A-RISK}")
    found = {number.where: number for number in numbers(load_scenario(path).tree)}
    assert (found["risks.R-1.delay.days"].source, found["risks.R-1.delay.days"].assumption) == ("log", None)


def test_no_number_escapes(tmp_path: Path) -> None:
    """Every number of the scenario that uses every feature is in the list; a position is no quantity."""
    scenario = load_scenario(write_full(tmp_path))
    listed = [number.path for number in numbers(scenario.tree)]
    for path, node in scenario.tree.singles():
        if isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
            known = any(path[: len(found)] == found for found in listed)
            assert known or path[0] in ("variants",) or path[-1] == "position", scenario.tree.spell(path)


def test_numbers_carry_their_parts(tmp_path: Path) -> None:
    found = {number.where: number for number in numbers(load_scenario(write_full(tmp_path)).tree)}
    number = found["readiness.department"]
    assert isinstance(number, Number)
    assert (number.value, number.unit, number.quantity) == (
        "cumulative [[0; 0.3]; [200; 1]]",
        "calendar days",
        "readiness",
    )
    assert str(number.place) == "scenario.yaml:57"


# -- schema and model ---------------------------------------------------------------------------------------


def test_schema_shows_tables_as_file_names() -> None:
    found = schema()
    assert json.loads(json.dumps(found)) == found
    for section in ("services", "departments", "sign_ins"):
        assert found["properties"][section]["type"] == "string"
    assert "ServiceRow" not in found["$defs"]
    assert found["additionalProperties"] is False
    assert found["$defs"]["Uncertain"]["anyOf"][1:] == [
        {"type": "number"},
        {"type": "array", "items": {"type": "number"}},
    ]


def test_schema_refers_only_to_what_it_has() -> None:
    found = schema()
    text = json.dumps(found)
    for part in text.split('"#/$defs/')[1:]:
        assert part.split('"')[0] in found["$defs"]


def test_every_field_says_what_it_means() -> None:
    """The schema and the docs are made from these words."""
    models = [
        entry for entry in vars(model).values() if isinstance(entry, type) and issubclass(entry, BaseModel)
    ]
    for entry in models:
        for name, field in entry.model_fields.items():
            assert field.description, f"{entry.__name__}.{name}"


def test_keys_by_path() -> None:
    assert "capacity" in known_keys(("resources", "panel"))
    assert known_keys(("resources",)) == []
