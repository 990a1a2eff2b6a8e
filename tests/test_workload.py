"""What stations are asked for: the mixture of those who come, people and work, and who is left at the horizon."""

from dataclasses import replace

import pytest

from checkpoints import asked_of, by_app, country, desk
from onelogin_sim.distributions import Distribution
from onelogin_sim.verification.load_figures import unserved_share
from onelogin_sim.verification.load_tally import LoadTally
from onelogin_sim.verification.loads import load_of
from onelogin_sim.verification.population import CheckCost, Segment
from onelogin_sim.verification.routes import Step
from onelogin_sim.verification.workload import who_comes, workload
from populations import service


def test_a_station_serves_whom_comes_there_and_not_whom_there_are():
    """Few come, quickly, and as many for half a check, who have proved P1; of many with long visits nobody does."""
    quick = by_app(1.0, then="web", steps=(Step("desk", 1.0, Distribution("fixed", (6.0,))),))
    slow = replace(
        by_app(1.0, then=None, steps=(Step("desk", 1.0, Distribution("fixed", (60.0,))),)),
        id="web",
        choice=0.0,
    )
    segments = (
        Segment("few", "Few", 1_000, (1.0, 1.0)),
        Segment("known", "Known", 1_000, (1.0, 1.0), proven_p1=1.0),
        Segment("many", "Many", 18_000, (0.0, 1.0), ((0, 0.0),)),
    )
    users = service("s", "P2", 3_000.0, 1e4, (1 / 3, 1 / 3, 1 / 3))
    country_ = replace(country(desk(), routes=(quick, slow)), segments=segments, services=(users,))
    need = workload(country_)
    checks, uplifts = who_comes(country_)
    assert checks == pytest.approx([1000, 0, 0])
    assert uplifts == pytest.approx([0, 1000, 0])
    assert need.mean_service == pytest.approx([0.075])
    assert need.variation == pytest.approx([(0.1**2 + 0.05**2) / 2 / 0.075**2 - 1])
    # A rise that takes nothing is a visit all the same, of a second.
    nothing = replace(country_, check=CheckCost(1.0, 1.0, 0.0))
    assert workload(nothing).mean_service == pytest.approx([(0.1 + 1 / 3600) / 2])


def test_a_month_counts_people_whatever_they_take():
    """Half have proved P1, and a rise takes half: people are checks and rises, work is not."""
    verification = country(
        desk(units=50),
        routes=(by_app(1.0, then=None),),
        segments=(Segment("all", "All", 20_000, (1.0,), proven_p1=0.5),),
    )
    demand = asked_of(verification)
    load = load_of(demand)
    both = load.checks + load.uplifts
    assert load.uplifts.sum() > 1000
    assert load.stations[:, 0, :, 0] == pytest.approx(both)
    assert load.work[:, 0] == pytest.approx((load.checks + load.uplifts / 2) / 6)
    assert load.waiting.sum() == pytest.approx(0, abs=1)


def test_who_waits_at_the_horizon_is_neither_served_nor_lost():
    """Nobody works at the desk and everybody stays: all still wait, and all checks come to nothing."""
    for units, served in ((0, 0), (1, 60 * 24 * 6)):
        verification = country(desk(units=units), routes=(by_app(1.0, then=None),))
        load = load_of(asked_of(verification))
        come_to_nothing = 1 - served / load.checks.sum()
        assert load.waiting[0, 0] == pytest.approx(load.checks.sum() - served, rel=2e-3)
        tally = LoadTally(verification)
        tally.add(load)
        assert unserved_share(tally.forecast()) == pytest.approx(come_to_nothing, rel=2e-3)
