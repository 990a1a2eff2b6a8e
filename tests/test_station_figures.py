"""What single customers met at a station, by hand: whom the service level counts."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from checkpoints import TEN_MINUTES, by_app, country, desk
from onelogin_sim.verification.population import Verification
from onelogin_sim.verification.routes import Opening, ServiceLevel
from onelogin_sim.verification.station import ABANDONED, SERVED
from onelogin_sim.verification.station_figures import station_figures
from onelogin_sim.verification.visits import Visits


@dataclass(frozen=True)
class Day:
    """A day somebody looked at."""

    verification: Verification
    visits: Visits
    days: range = range(1)
    begins: float = 0.0


def phone(opening):
    """Three desks on the first two days, nobody from the third on; patience of ten minutes, a minute's level."""
    station = desk(units=3, patience=TEN_MINUTES, level=ServiceLevel(0.8, 1.0), opening=opening)
    return replace(station, steps=((0, 3), (2, 0)))


@pytest.mark.parametrize(
    ("opening", "within"), [(Opening(), 3 / 7), (Opening(from_hour=0, to_hour=13), 3 / 4)]
)
def test_who_calls_with_nobody_on_duty_counts_in_the_level(opening, within):
    """Three are answered at once; on the third day, without staff, one calls at half past twelve and three at four."""
    verification = country(phone(opening), routes=(by_app(1.0, then=None),))
    arrive = np.array([1.0] * 3 + [48 + 12.5] + [48 + 16.0] * 3)
    wait = np.array([0.0] * 3 + [1 / 6] * 4)
    outcome = np.array([SERVED] * 3 + [ABANDONED] * 4, dtype=np.int8)
    visits = Visits(np.zeros(7, int), np.full(7, 1 / 6), arrive, wait, arrive + 1 / 6, outcome)
    found = station_figures(Day(verification, visits, range(3)), "desk")
    assert found.within.tolist() == [pytest.approx(within)]
    by_day = station_figures(Day(verification, visits, range(3)), "desk", "day")
    assert by_day.within[[0, 2]].tolist() == [1.0, 0.0]
