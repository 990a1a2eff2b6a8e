"""Who has passed a station before another: by hand, and against individuals."""

from dataclasses import replace

import numpy as np
import pytest

from checkpoints import TEN_MINUTES, by_app, by_post, country, desk, whole
from onelogin_sim.verification.behind import passed_before
from onelogin_sim.verification.routes import Step


def test_shares_by_hand():
    """Nine tenths by app: all pass the desk, a tenth the phone; one in five fails, and half of them try the office."""
    steps = (Step("desk", 1.0, TEN_MINUTES), Step("phone", 0.1, TEN_MINUTES))
    stations = (desk(), desk("phone"), desk("office", unit="appointments"), desk("nobody"))
    verification = country(*stations, routes=(by_app(steps=steps), by_post()))
    found = passed_before(verification)
    assert found[0, :3] == pytest.approx([0, 0, 0])
    assert found[1, :3] == pytest.approx([1, 0, 0])
    later = 0.9 * 0.2 * 0.5
    assert found[2, :3] == pytest.approx([later / (0.1 + later), 0.1 * later / (0.1 + later), 0])
    assert np.isnan(found[3]).all()


def test_who_cannot_use_a_route_passes_on_and_visits_nothing():
    """Nobody can use the app: all come to the office at once."""
    verification = country(
        desk(), desk("office", unit="appointments"), routes=(by_app(), by_post()), able=(0.0, 1.0)
    )
    assert passed_before(verification)[1] == pytest.approx([0, 0])


def test_a_segment_that_can_use_no_route_passes_nothing():
    routes = (by_app(), by_post())
    verification = country(
        desk(), desk("office", unit="appointments"), routes=routes, able=(0.0, 0.0), visits=0.0
    )
    assert np.isnan(passed_before(verification)).all()


def test_a_second_attempt_comes_back_to_the_same_station():
    """Of the app's people a fifth fail and half of those try again by web, at the same desk."""
    web = replace(by_app(then=None), id="web", choice=0.0)
    verification = country(desk(), routes=(by_app(then="web"), web))
    assert passed_before(verification) == pytest.approx(np.array([[0.1 / 1.1]]))
    assert passed_before(whole()).shape == (4, 4)
