"""The kernels meet the closed forms of queueing theory within simulation error, and these meet each other.

The error of a mean is taken from 50 batches of consecutive customers. A test asks for two things: the exact
value lies within four standard errors, and a standard error is at most the stated share of it. A million
customers are needed for that: at 100,000, c = 2 and use 0.9 the standard error is 5%.
"""

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onelogin_sim.verification import erlang, station
from onelogin_sim.verification.erlang import Steady
from onelogin_sim.verification.queue import waits
from onelogin_sim.verification.station import Station

CUSTOMERS = 2_000_000
BATCHES = 50


def agrees(values, exact, tolerance):
    """Whether a mean over customers is what theory says, by batch means; the first tenth warms up."""
    batches = values[len(values) // 10 :][: BATCHES * (len(values) * 9 // 10 // BATCHES)].reshape(BATCHES, -1)
    error = batches.mean(axis=1).std(ddof=1) / math.sqrt(BATCHES)
    assert error < tolerance * exact, f"standard error {error / exact:.1%}: too few customers"
    return abs(batches.mean() - exact) < 4 * error


def poisson(rate, seed, count=CUSTOMERS):
    return np.cumsum(np.random.default_rng(seed).exponential(1 / rate, count))


def exponential(mean, seed, count=CUSTOMERS):
    return np.random.default_rng([seed, 1]).exponential(mean, count)


# --- simulation against theory ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("servers", "use", "tolerance"),
    [(1, 0.5, 0.01), (1, 0.9, 0.04), (2, 0.9, 0.04), (7, 0.8, 0.02), (100, 0.9, 0.06)],
)
def test_erlang_c(servers, use, tolerance):
    """M/M/1 and M/M/c: mean wait, share delayed, and the tail, exponential once there is a wait."""
    arrivals, service = poisson(servers * use, 1), exponential(1.0, 1)
    found, exact = waits(arrivals, service, servers), erlang.mmc(servers * use, 1.0, servers)
    assert agrees(found, exact.mean_wait, tolerance)
    assert agrees((found > 0).astype(float), exact.delayed, tolerance)
    late = erlang.wait_quantile(exact, 0.95)
    assert agrees((found > late).astype(float), min(0.05, exact.delayed), 2 * tolerance)


@pytest.mark.parametrize("use", [0.5, 0.8])
def test_pollaczek_khinchine(use):
    """M/G/1 with lognormal service (variation e − 1) and with service that never varies."""
    spread = np.random.default_rng(5).lognormal(-0.5, 1.0, CUSTOMERS)
    exact = erlang.mg1(use, 1.0, math.e - 1).mean_wait
    assert agrees(waits(poisson(use, 2), spread, 1), exact, 0.03)
    assert exact == pytest.approx(use * math.e / (2 * (1 - use)))  # rate · E[S²] / 2(1 − use)
    exact = erlang.mg1(use, 1.0, 0.0).mean_wait
    assert agrees(waits(poisson(use, 3), np.ones(CUSTOMERS), 1), exact, 0.01)


@pytest.mark.parametrize(("servers", "room", "load"), [(1, 4, 0.9), (3, 8, 3.0), (5, 12, 7.0)])
def test_limited_room(servers, room, load):
    """M/M/c/K below, at and above capacity: share blocked, and the wait of those let in."""
    arrivals, service = poisson(load, 4), exponential(1.0, 4)
    found = station.visits(arrivals, service, Station((servers,), room=room))
    exact = erlang.mmck(load, 1.0, servers, room)
    blocked = found.outcome == station.BLOCKED
    assert agrees(blocked.astype(float), exact.blocked, 0.02)
    assert agrees(found.wait[~blocked], exact.mean_wait, 0.02)
    assert agrees((found.wait[~blocked] > 0).astype(float), exact.delayed, 0.02)


@pytest.mark.parametrize(("servers", "load"), [(1, 1.0), (10, 8.0)])
def test_erlang_b(servers, load):
    """Nobody can wait: by room for the servers only, and by no patience, whatever the service is like."""
    arrivals, service = poisson(load, 6), np.random.default_rng(7).lognormal(-0.5, 1.0, CUSTOMERS)
    exact = erlang.erlang_b(servers, load)
    full = station.visits(arrivals, service, Station((servers,), room=servers))
    gone = station.visits(arrivals, service, Station((servers,)), patience=np.zeros(CUSTOMERS))
    assert agrees((full.outcome == station.BLOCKED).astype(float), exact, 0.02)
    assert np.array_equal(full.outcome == station.BLOCKED, gone.outcome == station.ABANDONED)


@pytest.mark.parametrize(("servers", "load", "patience"), [(2, 1.8, 0.5), (20, 18.0, 2.0), (20, 26.0, 1.0)])
def test_erlang_a(servers, load, patience):
    """Impatient customers, below and above capacity: who gives up, how long all wait, who waits at all."""
    arrivals, service = poisson(load, 8), exponential(1.0, 8)
    patient = np.random.default_rng(9).exponential(patience, CUSTOMERS)
    found = station.visits(arrivals, service, Station((servers,)), patient)
    exact = erlang.erlang_a(load, 1.0, servers, patience)
    assert agrees((found.outcome == station.ABANDONED).astype(float), exact.abandoned, 0.02)
    assert agrees(found.wait, exact.mean_wait, 0.02)
    assert agrees((found.wait > 0).astype(float), exact.delayed, 0.02)


def test_general_service_with_many_servers_is_approximate():
    """Allen and Cunneen are within 10% for lognormal service at c = 10 and use 0.9; stated, not exact."""
    service = np.random.default_rng(11).lognormal(-0.5, 1.0, CUSTOMERS)
    found = waits(poisson(9.0, 10), service, 10)
    assert found.mean() == pytest.approx(erlang.mgc(9.0, 1.0, 10, math.e - 1).mean_wait, rel=0.1)


# --- theory against itself --------------------------------------------------------------------------------


def loss_by_recursion(servers, load):
    """B(k) = a·B(k−1) / (k + a·B(k−1)): how textbooks compute it."""
    blocked = 1.0
    for count in range(1, servers + 1):
        blocked = load * blocked / (count + load * blocked)
    return blocked


@given(st.integers(0, 3000), st.floats(0.001, 5000))
def test_loss_is_the_textbooks(servers, load):
    assert erlang.erlang_b(servers, load) == pytest.approx(loss_by_recursion(servers, load), rel=1e-11)


@given(st.integers(1, 300), st.floats(0.001, 600), st.integers(0, 50))
def test_limits_of_one_formula_are_the_others(servers, load, more):
    """No room to wait is Erlang B; patience that hardly ever ends is Erlang C; so is room without end."""
    assert erlang.mmck(load, 1.0, servers, servers).blocked == pytest.approx(erlang.erlang_b(servers, load))
    if load < 0.95 * servers:
        exact = erlang.mmc(load, 1.0, servers)
        for near in (
            erlang.erlang_a(load, 1.0, servers, 1e9),
            erlang.mmck(load, 1.0, servers, servers + 4000),
        ):
            assert near.mean_wait == pytest.approx(exact.mean_wait, rel=1e-4, abs=1e-12)
            assert near.delayed == pytest.approx(exact.delayed, rel=1e-4, abs=1e-12)
    limited = erlang.mmck(load, 1.0, servers, servers + more)
    assert limited.mean_queue == pytest.approx(load * (1 - limited.blocked) * limited.mean_wait)
    assert 0 <= limited.delayed <= 1


def test_one_server_by_hand():
    """M/M/1 at use 0.8: 4/5 wait, 4 service times on average; M/M/1/2 at load 1 blocks a third."""
    found = erlang.mmc(0.8, 1.0, 1)
    assert (found.delayed, found.mean_wait, found.mean_queue) == pytest.approx((0.8, 4.0, 3.2))
    assert erlang.mmck(1.0, 1.0, 1, 2) == pytest.approx(Steady(0.5, 0.5, 1 / 3, 1 / 3, 0.0))
    assert erlang.wait_quantile(found, 0.95) == pytest.approx(5 * math.log(16))
    assert erlang.wait_quantile(found, 0.2) == 0.0


def test_as_many_leave_as_come():
    """Erlang A far above capacity: what is not served gives up, and servers are never idle."""
    found = erlang.erlang_a(200.0, 1.0, 100, 2.0)
    assert found.abandoned == pytest.approx(0.5)
    assert found.mean_queue == pytest.approx(200.0)


def test_no_capacity_and_no_customers():
    assert erlang.erlang_b(0, 3.0) == erlang.erlang_c(0, 3.0) == 1.0
    assert erlang.mmc(3.0, 1.0, 3).mean_wait == math.inf
    assert erlang.erlang_a(3.0, 1.0, 0, 2.0) == pytest.approx(Steady(1.0, 2.0, 6.0, 0.0, 1.0))
    for found in (erlang.mmc(0.0, 1.0, 2), erlang.erlang_a(0.0, 1.0, 2, 1.0), erlang.mmck(0.0, 1.0, 2, 3)):
        assert found == Steady(0.0, 0.0, 0.0)


def test_a_national_number_of_servers_is_safe():
    """A thousand million servers, by the limit of Halfin and Whitt (Operations Research 29, 1981); a queue of
    a million; and a load too small to block anybody."""
    servers, normal = 10**9, NormalDist()
    for spare in (0.5, 1.0, 2.0):
        limit = 1 / (1 + spare * normal.cdf(spare) / normal.pdf(spare))
        found = erlang.erlang_c(servers, servers - spare * math.sqrt(servers))
        assert found == pytest.approx(limit, rel=1e-3)
    assert erlang.mmck(1e5, 1.0, 1000, 10**6).blocked == pytest.approx(0.99)
    assert erlang.erlang_a(1e6, 1.0, 10**5, 100.0).abandoned == pytest.approx(0.9)
    assert erlang.erlang_b(10**5, 1.0) == 0.0


def test_each_is_the_one():
    servers, load = np.array([[1], [50]]), np.array([0.5, 45.0, 70.0])
    found = erlang.erlang_c_each(servers, load)
    expected = [[erlang.erlang_c(c, a) for a in load.tolist()] for c in (1, 50)]
    assert found.tolist() == expected
    assert erlang.erlang_c_each([], []).shape == (0,)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: erlang.erlang_b(-1, 1.0), "servers must be 0 or more, not -1"),
        (lambda: erlang.erlang_c(1, math.nan), "the offered load must be 0 or more and finite, not nan"),
        (lambda: erlang.mmck(1.0, 1.0, 0, 3), "servers must be 1 or more, not 0"),
        (lambda: erlang.mmck(1.0, 1.0, 3, 2), "room must be at least the 3 servers, not 2"),
        (lambda: erlang.erlang_a(1.0, 1.0, 1, 0.0), "mean_patience must be above 0 and finite, not 0.0"),
        (lambda: erlang.mg1(0.5, 1.0, -1.0), "variation must be 0 or more, not -1.0"),
        (lambda: erlang.erlang_c_each([1], [-1.0]), "the offered load must be 0 or more, not -1.0"),
        (
            lambda: erlang.erlang_c_each([1, 2.5], 1.0),
            "servers must be whole numbers, 0 or more, not 2.5",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(call, message):
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == message
