"""Individual customers: the compiled kernels are the SimPy reference, to the last bit, and say what is wrong."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onelogin_sim.verification import reference, station
from onelogin_sim.verification.queue import waits
from onelogin_sim.verification.station import OUTCOMES, Station, Visits

#: Times that meet each other often (ties, zero), and times that are no round numbers.
coarse = st.integers(0, 6).map(float)
fine = st.floats(0, 20, allow_nan=False).map(lambda x: x + 0.0)
times = st.one_of(coarse, fine, st.integers(0, 20).map(lambda tenths: tenths * 0.1))


@st.composite
def customers(draw, first=0.0, most=30):
    """Arrivals by gaps, service times, patience."""
    count = draw(st.integers(0, most))
    gaps = draw(st.lists(times, min_size=count, max_size=count))
    service = draw(st.lists(times, min_size=count, max_size=count))
    patience = draw(st.lists(st.one_of(times, st.just(math.inf)), min_size=count, max_size=count))
    arrivals = [first + at for at in np.cumsum(gaps).tolist()]
    return arrivals, service, draw(st.one_of(st.none(), st.just(patience)))


@st.composite
def stations(draw):
    """Stations with every combination of servers by the hour, closed hours, room and an end."""
    hours = draw(st.lists(st.integers(0, 4), min_size=1, max_size=5))
    hour = draw(st.sampled_from([0.1, 0.7, 1.0, 3.0] if len(hours) > 1 else [1.0, math.inf]))
    room = draw(st.one_of(st.none(), st.integers(1, 5)))
    until = draw(st.one_of(st.just(math.inf), coarse, fine))
    return Station(tuple(hours), hour, draw(st.booleans()), room, until)


def same(one: Visits, other: Visits):
    return (
        np.array_equal(one.wait, other.wait)
        and np.array_equal(one.outcome, other.outcome)
        and np.array_equal(one.leave, other.leave)
    )


def within(arrivals, service, patience, place):
    """The customers who come before the watch ends."""
    count = int(np.searchsorted(arrivals, place.end))
    return arrivals[:count], service[:count], None if patience is None else patience[:count]


# --- by hand ----------------------------------------------------------------------------------------------


def test_two_servers_by_hand():
    """Third comes at 2 while both are busy to 5 and 6; the fourth finds the first server free at 7."""
    assert waits([0, 1, 2, 7], [5, 5, 2, 1], 2).tolist() == [0, 0, 3, 0]


def test_together_is_by_index():
    """Of three who come together the first takes the only server, though the others need less time."""
    assert waits([1, 1, 1], [4, 1, 0], 1).tolist() == [0, 4, 5]


def test_a_server_whose_duty_ends_completes_the_customer_and_then_leaves():
    """Two on duty in hour 0, one in hour 1: both customers are completed at 1.5 and 2.5, and the third may
    start only once fewer than one is in service, at 2.5, not at 1.5."""
    found = station.visits([0.5, 0.5, 0.9], [1.0, 2.0, 1.0], Station((2, 1, 1, 1), hour=1.0))
    assert found.leave.tolist() == [1.5, 2.5, 3.5]
    assert found.wait.tolist() == [0.0, 0.0, 1.6]


def test_closed_hours_stop_starts_only():
    """Open in [0, 1) and [3, 4): who is in service at 1 is completed, who waits starts when it opens."""
    found = station.visits([0.5, 0.6], [1.0, 1.0], Station((1, 0, 0), hour=1.0))
    assert found.leave.tolist() == [1.5, 4.0]
    assert found.wait.tolist() == [0.0, 2.4]


def test_patience_by_hand():
    """The second leaves at 3; the third, whose turn comes at the very end of its patience, is served."""
    found = station.visits([0, 1, 2], [5, 1, 1], Station((1,)), patience=[0, 2, 3])
    assert [OUTCOMES[code] for code in found.outcome] == ["served", "abandoned", "served"]
    assert found.wait.tolist() == [0, 2, 3]
    assert found.leave.tolist() == [5, 3, 6]


def test_without_patience_only_free_servers_serve():
    found = station.visits([0, 1, 5], [5, 1, 1], Station((1,)), patience=[0, 0, 0])
    assert [OUTCOMES[code] for code in found.outcome] == ["served", "abandoned", "served"]


def test_a_full_station_blocks():
    """Room for two: the third is turned away at 2; the fourth comes as the first leaves, at 5."""
    found = station.visits([0, 1, 2, 5], [5, 5, 5, 5], Station((1,), room=2))
    assert [OUTCOMES[code] for code in found.outcome] == ["served", "served", "blocked", "served"]
    assert found.wait.tolist() == [0, 4, 0, 5]


def test_the_end_of_the_watch():
    """At 10 one is in service and one waits; hours that do not begin again end the watch too."""
    for place in (Station((1,), until=10.0), Station((1, 1), hour=5.0, cyclic=False)):
        found = station.visits([8, 9], [4, 1], place)
        assert [OUTCOMES[code] for code in found.outcome] == ["served", "waiting"]
        assert found.wait.tolist() == [0, 1]
        assert found.leave.tolist() == [12, 10]


# --- extreme cases ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [Station((0,)), Station((0, 0), hour=1.0)])
def test_no_capacity_serves_nobody_and_says_so(place):
    found = station.visits([0.0, 3.0], [1.0, 1.0], place)
    assert found.count("waiting") == 2
    assert found.wait.tolist() == [math.inf, math.inf]
    found = station.visits([0.0, 3.0], [1.0, 1.0], place, patience=[2.0, math.inf])
    assert (found.count("abandoned"), found.count("waiting"), found.count("served")) == (1, 1, 0)


def test_endless_capacity_has_no_waits():
    arrivals, service = np.arange(100.0), np.full(100, 1e6)
    assert not waits(arrivals, service, 10**12).any()
    found = station.visits(arrivals, service, Station((10**12,)))
    assert not found.wait.any()
    assert found.count("served") == 100


def test_nobody_comes():
    assert waits([], [], 3).shape == (0,)
    for run in (station.visits, reference.visits):
        found = run([], [], Station((1, 0), hour=1.0, room=3, until=5.0), [])
        assert found.wait.shape == found.outcome.shape == found.leave.shape == (0,)


# --- the reference ----------------------------------------------------------------------------------------


@given(customers(), st.integers(1, 9), st.sampled_from([0.0, -7.3]))
def test_waits_are_the_references(drawn, servers, shift):
    arrivals, service, _ = drawn
    arrivals = [at + shift for at in arrivals]
    expected = reference.visits(arrivals, service, Station((servers,)))
    assert np.array_equal(waits(arrivals, service, servers), expected.wait)


@given(customers(), stations())
def test_visits_are_the_references(drawn, place):
    given_ = within(*drawn, place)
    found = station.visits(given_[0], given_[1], place, given_[2])
    assert same(found, reference.visits(given_[0], given_[1], place, given_[2]))


@pytest.mark.parametrize("servers", [1, 2, 3, 8, 100, 129])
def test_a_long_run_is_the_same_in_every_kernel(servers):
    """Enough customers that every path through the tree is taken, before and after time 0."""
    generator = np.random.default_rng(servers)
    arrivals = np.cumsum(generator.exponential(1.0, 20_000)) - 5_000
    service = generator.lognormal(np.log(0.9 * servers) - 0.5, 1.0, 20_000)
    expected = station.visits(arrivals, service, Station((servers,))).wait
    assert np.array_equal(waits(arrivals, service, servers), expected)
    arrivals += 6_000
    expected = station.visits(arrivals, service, Station((servers,))).wait
    assert np.array_equal(waits(arrivals, service, servers), expected)
    assert (expected > 0).mean() > 0.1


@pytest.mark.parametrize("second", [1e9, 1e9 + 0.1, 0.1 * 7_654_321, 0.3])
def test_hours_far_off_are_found_without_counting(second):
    """Ten thousand million hours between two customers, at an hour that is no binary fraction; every other
    hour is open. Edges are products, so the hour of a time is found by comparing products."""
    found = station.visits([0.05, second], [0.01, 0.01], Station((0, 1), hour=0.1))
    hour = round(second / 0.1) + 1
    while hour * 0.1 > second:
        hour -= 1
    assert found.wait.tolist() == [0.1 - 0.05, 0.0 if hour % 2 else (hour + 1) * 0.1 - second]


# --- identities -------------------------------------------------------------------------------------------


def time_in_queue(arrivals, leave_queue):
    """Integral of the number waiting, from its own steps: one up at each arrival, one down at each end."""
    at = np.concatenate([arrivals, leave_queue])
    step = np.concatenate([np.ones(len(arrivals)), -np.ones(len(leave_queue))])
    order = np.argsort(at, kind="stable")
    length = np.cumsum(step[order])
    assert length.min(initial=0) >= 0
    return float((length[:-1] * np.diff(at[order])).sum())


@given(customers(), stations())
def test_littles_law_and_conservation(drawn, place):
    """The waits add up to the integral of the queue length, and everybody ends in exactly one way."""
    arrivals, service, patience = within(*drawn, place)
    found = station.visits(arrivals, service, place, patience)
    assert sum(found.count(outcome) for outcome in OUTCOMES) == len(arrivals)
    seen = np.isfinite(found.wait)
    leave_queue = np.asarray(arrivals)[seen] + found.wait[seen]
    assert found.wait[seen].sum() == pytest.approx(time_in_queue(np.asarray(arrivals)[seen], leave_queue))


@given(customers(), stations())
def test_never_more_in_service_than_ever_on_duty_nor_inside_than_room(drawn, place):
    arrivals, service, patience = within(*drawn, place)
    found = station.visits(arrivals, service, place, patience)
    served = found.outcome == station.SERVED
    start = (np.asarray(arrivals) + found.wait)[served]
    finish = found.leave[served]
    for at in start:
        busy = np.count_nonzero((start <= at - 1e-9) & (finish > at + 1e-9))
        assert busy < max(place.servers)
    for customer, at in enumerate(arrivals):
        if place.room is not None and found.outcome[customer] != station.BLOCKED:
            assert np.count_nonzero(found.leave[:customer] > at) < place.room


@given(customers(), st.integers(1, 4))
def test_who_comes_later_changes_nobodys_wait(drawn, servers):
    arrivals, service, _ = drawn
    half = len(arrivals) // 2
    whole = waits(arrivals, service, servers)
    assert np.array_equal(waits(arrivals[:half], service[:half], servers), whole[:half])


# --- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize("servers", [1, 2, 3, 9])
@pytest.mark.parametrize(
    ("arrivals", "service", "message"),
    [
        ([0, 3, 1, 4], [1] * 4, "arrivals must not decrease: customer 2 comes at 1.0, customer 1 at 3.0"),
        ([math.nan] * 4, [1] * 4, "the arrival of customer 0 must be a finite time, not nan"),
        ([-math.inf, 0, 0, 0], [1] * 4, "the arrival of customer 0 must be a finite time, not -inf"),
        ([0, 1, 2, math.nan], [1] * 4, "the arrival of customer 3 must be a finite time, not nan"),
        ([0, 1, 2, math.inf], [1] * 4, "the arrival of customer 3 must be a finite time, not inf"),
        (
            [0, 1, 2, 3],
            [1, -1, 1, 1],
            "the service time of customer 1 must be finite and not below 0, not -1.0",
        ),
        (
            [0, 1, 2, 3],
            [1, 1, 1, math.nan],
            "the service time of customer 3 must be finite and not below 0, not nan",
        ),
        (
            [0, 1, 2, 3],
            [1, 1, math.inf, 1],
            "the service time of customer 2 must be finite and not below 0, not inf",
        ),
        ([-3, -4, 2, 3], [1] * 4, "arrivals must not decrease: customer 1 comes at -4.0, customer 0 at -3.0"),
    ],
)
def test_bad_customers_are_named(arrivals, service, servers, message):
    for run in (waits, lambda *given_: station.visits(*given_[:2], Station((given_[2],)))):
        with pytest.raises(ValueError) as caught:
            run(arrivals, service, servers)
        assert str(caught.value) == message


@pytest.mark.parametrize(
    ("arrivals", "service", "servers", "message"),
    [
        ([0, 1], [1], 1, "2 arrivals but 1 service times"),
        ([], [1], 1, "0 arrivals but 1 service times"),
        ([[0, 1]], [1, 2], 1, "arrivals must have one dimension, the customers, not 2"),
        ([0, 1], [1, 1], 0, "servers must be at least 1, not 0"),
    ],
)
def test_bad_shapes_are_named(arrivals, service, servers, message):
    with pytest.raises(ValueError) as caught:
        waits(arrivals, service, servers)
    assert str(caught.value) == message


@pytest.mark.parametrize(("servers", "customer"), [(1, 2), (2, 4), (3, 6), (9, None)])
@pytest.mark.parametrize("first", [-1.0, 0.0])
def test_times_no_float_can_hold_are_refused(servers, customer, first):
    """Services of 1.7e308: each server can be busy with one and end the next beyond the largest float."""
    arrivals, service = [first] + [0.0] * 7, [1.7e308] * 8
    if customer is None:
        assert waits(arrivals, service, servers).tolist() == [0.0] * 8
        return
    with pytest.raises(ValueError) as caught:
        waits(arrivals, service, servers)
    assert str(caught.value) == (
        f"customer {customer} would wait longer than a float can hold: service times add up to too much"
    )


def test_servers_are_whole_numbers():
    with pytest.raises(TypeError, match="float"):
        waits([0.0], [1.0], 1.5)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"servers": ()}, "servers must name at least one hour"),
        ({"servers": (1, -1), "hour": 1.0}, "servers of hour 1 must be 0 or more, not -1"),
        ({"servers": (1,), "hour": 0.0}, "hour must be longer than 0, not 0.0"),
        ({"servers": (1, 2)}, "servers of 2 hours need the length of an hour"),
        ({"servers": (1,), "room": 0}, "room must be at least 1, not 0"),
        ({"servers": (1,), "until": math.nan}, "until must be a time, not nan"),
    ],
)
def test_bad_stations_are_named(values, message):
    with pytest.raises(ValueError) as caught:
        Station(**values)
    assert str(caught.value) == message


@pytest.mark.parametrize("run", [station.visits, reference.visits])
@pytest.mark.parametrize(
    ("arrivals", "service", "patience", "place", "message"),
    [
        ([0, 1], [1, 1], [1], Station((1,)), "2 arrivals but patience of shape (1,)"),
        ([0, 1], [1, 1], [1, -2], Station((1,)), "the patience of customer 1 must be 0 or more, not -2.0"),
        (
            [0, 5, 6],
            [1, 1, 1],
            None,
            Station((1,), until=5.0),
            "customer 1 comes at 5.0, not before the end of the watch at 5.0",
        ),
        ([-1], [1], None, Station((1, 0), hour=1.0), "customer 0 comes at -1.0, before hour 0"),
        (
            [0],
            [1e300],
            None,
            Station((1, 0), hour=1.0),
            "times go up to 1e+300, more than 2**40 hours of 1.0",
        ),
    ],
)
def test_bad_visits_are_named(run, arrivals, service, patience, place, message):
    with pytest.raises(ValueError) as caught:
        run(arrivals, service, place, patience)
    assert str(caught.value) == message
