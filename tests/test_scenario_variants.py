"""Variants replace values at paths, one level, and never merge."""

from __future__ import annotations

from pathlib import Path

from onelogin_sim.scenario import load_scenario
from onelogin_sim.scenario.tree import Place
from scenario_files import edit, write_full, write_tiny


def test_values_are_replaced_and_nothing_else(tmp_path: Path) -> None:
    path = write_full(tmp_path)
    base, variant = load_scenario(path), load_scenario(path, ["more-panel"])
    assert base.file.resources["panel"].capacity == 2
    assert variant.file.resources["panel"].capacity == 4
    assert variant.file.resources["panel"].changes == base.file.resources["panel"].changes
    assert variant.file.hand_out == "passing"
    assert variant.variants == ("more-panel",)
    assert variant.plan().digest != base.plan().digest


def test_a_replaced_value_has_its_place_in_the_variant(tmp_path: Path) -> None:
    places = load_scenario(write_full(tmp_path), ["more-panel"]).places
    assert places["resources.panel.capacity"] == Place("scenario.yaml", 91, 80)


def test_rows_of_tables_and_removal(tmp_path: Path) -> None:
    file = load_scenario(write_full(tmp_path), ["no-risk"]).file
    assert file.services[0].users == 5
    assert [risk.id for risk in file.risks] == ["R-3"]


def test_several_in_the_order_given(tmp_path: Path) -> None:
    """The last word on a value is the last variant's."""
    path = write_full(tmp_path)
    edit(path, "set: {services.pay.users: 5}", "set: {resources.panel.capacity: 5}")
    assert load_scenario(path, ["more-panel", "no-risk"]).file.resources["panel"].capacity == 5
    assert load_scenario(path, ["no-risk", "more-panel"]).file.resources["panel"].capacity == 4


def test_a_mapping_is_replaced_whole(tmp_path: Path) -> None:
    path = write_full(tmp_path)
    edit(path, "resources.panel.capacity: 4", "resources.panel: {capacity: 4, source: wish}")
    panel = load_scenario(path, ["more-panel"]).file.resources["panel"]
    assert (panel.capacity, panel.changes, panel.assumption) == (4, {}, None)


def test_what_the_file_leaves_out_can_be_set(tmp_path: Path) -> None:
    """A key the model knows, in something that is written: its default is there to be replaced."""
    path = write_full(tmp_path)
    edit(
        path,
        "resources.panel.capacity: 4",
        "optimism_bias.enabled: false, services.court.planned_live: 2025-01-31, "
        "services.court.sign_in: [Paper]",
    )
    file = load_scenario(path, ["more-panel"]).file
    assert file.optimism_bias is not None
    assert not file.optimism_bias.enabled
    assert str(file.services[1].planned_live) == "2025-01-31"
    assert file.services[1].sign_in == ["Paper"]


def test_stages_by_name_periods_by_number_and_dates(tmp_path: Path) -> None:
    path = write_full(tmp_path)
    edit(
        path,
        "resources.panel.capacity: 4",
        "pathways.full.build.days.p50: 25, freezes.winter.periods.1.to: 2025-01-13, "
        "resources.panel.changes.2024-07-01: 9",
    )
    file = load_scenario(path, ["more-panel"]).file
    assert file.pathways["full"][2].days.p50 == 25
    assert str(file.freezes[0].periods[0].to) == "2025-01-13"
    assert list(file.resources["panel"].changes.values()) == [9]


def test_several_entries_of_one_list_can_be_removed(tmp_path: Path) -> None:
    """Each path is looked up in what the one before has left."""
    path = write_full(tmp_path)
    edit(path, "remove: [risks.R-1, risks.R-2]", "remove: [risks.R-1, risks.R-2, risks.R-3, pace.programme]")
    file = load_scenario(path, ["no-risk"]).file
    assert file.risks == []
    assert file.pace.programme is None


def test_another_table(tmp_path: Path) -> None:
    path = write_tiny(tmp_path)
    path.write_text(
        path.read_text(encoding="utf-8")
        + "variants:\n  richer: {why: More teams, set: {departments: richer.csv}}\n",
        encoding="utf-8",
    )
    (tmp_path / "richer.csv").write_text("id,name,teams\ndep,Department,5\n", encoding="utf-8")
    assert load_scenario(path).file.departments[0].teams == 1
    assert load_scenario(path, ["richer"]).file.departments[0].teams == 5
