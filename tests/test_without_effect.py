"""What is stated of identity checks and does nothing: allowed, and told."""

import pytest

from onelogin_sim.scenario import load_scenario
from scenario_files import edit
from test_load_forecast import write_loaded


@pytest.fixture
def path(tmp_path):
    return write_loaded(tmp_path)


def told(path):
    """Findings about the section: where and what."""
    found = load_scenario(path).findings
    return [(one.where, one.rule) for one in found if one.where.startswith("verification")]


def test_a_plain_scenario_has_none(path):
    assert told(path) == []


def test_a_station_that_a_route_passes_with_nobody(path):
    edit(path, "{station: phone, share: 0.1,", "{station: phone, share: 0,")
    assert ("verification.stations.phone", "is on no route") in told(path)


def test_a_change_beyond_the_horizon(path):
    horizon = load_scenario(path).file.horizon
    edit(path, "concurrency: 4,", f"concurrency: 4, changes: {{{horizon}: 9}},")
    assert told(path) == [
        (
            f"verification.stations.automatic.changes.{horizon}",
            f"the change is not before the horizon, {horizon}: it changes nothing",
        )
    ]


def test_no_route_ever_succeeds(path):
    edit(path, "success: 0.8", "success: 0")
    assert told(path) == []
    edit(path, "success: 0.9", "success: 0")
    rule = "no route ever succeeds: nobody proves their identity, and everybody tries again at each service"
    assert told(path) == [("verification.routes", rule)]
