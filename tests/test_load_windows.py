"""The busiest weeks of three futures, customer by customer: what they add up to, what they stand beside, how they are told."""
# ruff: noqa: E501 - a message is one line here because it is one line for the planner

from __future__ import annotations

import pytest

from onelogin_sim.errors import PlanError
from onelogin_sim.run import run_forecast
from onelogin_sim.scenario import load_scenario
from scenario_files import write_tiny

SETTINGS = {"workers": 1, "engine": "compiled"}


@pytest.mark.parametrize("asked", ["size_capacity"])
def test_what_is_refused_claims_no_folder(tmp_path, asked) -> None:
    """A folder belongs to one run: one that was refused must not keep the next out of it."""
    scenario = load_scenario(write_tiny(tmp_path))
    folder = tmp_path / "out"
    with pytest.raises(PlanError):
        run_forecast(scenario, scenario.order(), 2, 1, folder=folder, **SETTINGS, **{asked: True})
    assert not folder.exists()
    run_forecast(scenario, scenario.order(), 2, 1, folder=folder, **SETTINGS)
    assert (folder / "forecast.json").is_file()
