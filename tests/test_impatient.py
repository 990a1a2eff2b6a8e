"""The steady queue of the impatient against Erlang's formulas, individual customers, and what holds at any patience."""

import numpy as np
import pytest

from onelogin_sim.distributions import Distribution
from onelogin_sim.verification.erlang import erlang_a, mgc
from onelogin_sim.verification.impatient import (
    LOADS,
    ROWS,
    impatient_table,
    patience_classes,
    patience_hours,
)
from onelogin_sim.verification.month_sums import CLASSES, EXPONENTIAL
from onelogin_sim.verification.station import ABANDONED, SERVED, Station, visits

MEAN = 0.1  # hours a service takes
SPREAD = Distribution("lognormal", (4.0, 10.0))


def exponential(minutes):
    times = np.linspace(0.0, 12 * minutes, 1201)
    shares = 1 - np.exp(-times / minutes)
    shares[-1] = 1.0
    return Distribution("cumulative", tuple(np.stack([times, shares], axis=1).ravel().tolist()))


def row(servers, load, variation=1.0, patience=SPREAD, within=1 / 60):
    """One column of the table by name; the load must be among `LOADS`."""
    place = int(np.flatnonzero(load == LOADS)[0])
    table = impatient_table(servers, MEAN, variation, patience, within)[:, place]
    rate = load * servers / MEAN
    return {
        "total": table[0], "lost": table[1] / rate, "queue": table[2], "wait": table[2] / rate, "within": table[3],
        "classes": table[4:],
    }  # fmt: skip


@pytest.mark.parametrize("servers", [1, 8, 300])
@pytest.mark.parametrize("load", [0.5, 0.9375, 1.0, 1.25, 2.0, 4.0])
@pytest.mark.parametrize("minutes", [5.0, 60.0])
def test_exponential_patience_is_erlang_a(servers, load, minutes):
    patience = exponential(minutes)
    found, steady = (
        row(servers, load, patience=patience),
        erlang_a(load * servers / MEAN, MEAN, servers, patience_hours(patience)),
    )
    assert found["lost"] == pytest.approx(steady.abandoned, rel=0.01, abs=1e-9)
    assert found["queue"] == pytest.approx(steady.mean_queue, rel=0.01, abs=1e-9)


@pytest.mark.parametrize("variation", [0.0, 1.0, 1.7])
def test_endless_patience_is_the_patient_queue(variation):
    """A week's patience at use 0.875: Allen and Cunneen's queue, and nobody leaves."""
    found = row(8, 0.875, variation, Distribution("fixed", (10080.0,)))
    assert found["queue"] == pytest.approx(mgc(0.875 * 80, MEAN, 8, variation).mean_queue, rel=1e-6)
    assert found["lost"] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("variation", [0.0, 1.0, 1.7])
def test_in_overload_the_queue_is_a_fluid(variation):
    """At twice the capacity of 300 half leave, and the other half waits as long as half of all would: the median."""
    found = row(300, 2.0, variation)
    assert found["lost"] == pytest.approx(0.5, abs=1e-3)
    assert found["within"] < 0.01
    assert found["classes"][2] == pytest.approx(4 / 60, rel=0.08)


@pytest.mark.parametrize(("servers", "load"), [(2, 0.75), (10, 0.875), (10, 1.0), (10, 1.25), (40, 1.25)])
@pytest.mark.parametrize("minutes", [4.0, 45.0])
def test_individual_customers_meet_it(servers, load, minutes):
    """Exponential service, patience as planners state it, 400,000 customers: lost to half a point, waits to 4%.

    The share within to two points, percentiles to 8% or a sixth of the mean: long patience leaves few hours that are
    independent.
    """
    patience = Distribution("lognormal", (minutes, 2.5 * minutes))
    found = row(servers, load, 1.0, patience)
    generator = np.random.default_rng([7, servers, int(8 * load), int(minutes)])
    many = 400_000
    arrivals = np.cumsum(generator.exponential(MEAN / (load * servers), many))
    stays = minutes / 60 * np.exp(generator.normal(0.0, np.log(2.5) / 1.2815515655446004, many))
    seen = visits(arrivals, generator.exponential(MEAN, many), Station((servers,)), stays)
    wait, lost = seen.wait[5000:], seen.outcome[5000:] == ABANDONED
    soon = (seen.outcome[5000:] == SERVED) & (wait <= 1 / 60)
    assert found["lost"] == pytest.approx(lost.mean(), abs=0.005)
    assert found["within"] == pytest.approx(soon.mean(), abs=0.02)
    assert found["wait"] == pytest.approx(wait.mean(), rel=0.04)
    ordered = np.sort(wait)[::-1]
    for place, share in (
        (1, 0.5),
        (4, 0.05),
        (6, 0.01),
    ):  # the classes around the percentiles that are reported
        exact = ordered[int(share * len(ordered))]
        assert found["classes"][place] == pytest.approx(exact, rel=0.08, abs=wait.mean() / 6)


@pytest.mark.parametrize("servers", [1, 30, 5000])
@pytest.mark.parametrize(
    "patience", [SPREAD, Distribution("fixed", (3.0,)), Distribution("lognormal", (240.0, 600.0))]
)
def test_tables_rise_and_classes_make_the_mean(servers, patience):
    """More in the queue is more load, more loss, a longer queue; numbers are finite at any size."""
    table = impatient_table(servers, MEAN, 1.3, patience, 0.5)
    assert table.shape == (ROWS, len(LOADS))
    assert np.isfinite(table).all()
    assert (np.diff(table[0]) > 0).all()
    for place in (1, 2):
        assert (np.diff(table[place]) >= -1e-9 * table[place].max()).all()
    assert (np.diff(table[3]) <= 1e-9).all()
    assert table[3, 0] == pytest.approx(1.0)
    assert (np.diff(table[4:], axis=0) >= -1e-12).all()
    rates = LOADS[1:] * servers / MEAN
    assert CLASSES @ table[4:, 1:] == pytest.approx(table[2, 1:] / rates, rel=1e-6, abs=1e-5)
    assert CLASSES.sum() == pytest.approx(1.0)


def test_whom_nobody_serves_waits_as_long_as_their_patience():
    assert CLASSES @ patience_classes(SPREAD) == pytest.approx(patience_hours(SPREAD))
    assert patience_classes(Distribution("fixed", (30.0,))) == pytest.approx(0.5, rel=0.02)
    assert patience_classes(exponential(60.0)) == pytest.approx(EXPONENTIAL, rel=0.05)
