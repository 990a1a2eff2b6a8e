"""People who pass through stations: the compiled network is the SimPy reference, to the last bit."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onelogin_sim.verification import network, reference, station
from onelogin_sim.verification.network import ENDS, NOT_MADE, Paths, travel
from onelogin_sim.verification.station import OUTCOMES, Station

#: Times that meet each other often (ties, zero), and times that are no round numbers.
coarse = st.integers(0, 4).map(float)
times = st.one_of(coarse, st.floats(0, 10, allow_nan=False).map(lambda x: x + 0.0))


def paths(arrivals, *people):
    """Paths that go on to the next visit when served and end as failed when not: a person is (station, service,
    patience) by visit."""
    rows = [(*visit, visit is person[-1]) for person in people for visit in person]
    count = np.cumsum([0, *(len(person) for person in people)])
    place = np.arange(len(rows))
    return Paths(
        np.array(arrivals, dtype=float),
        np.where(np.diff(count) > 0, count[:-1], -1),
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([row[1] for row in rows], dtype=float),
        np.array([row[2] for row in rows], dtype=float),
        np.where([row[3] for row in rows], -1, place + 1).astype(np.int64).reshape(-1),
        np.full(len(rows), -2),
    )


@st.composite
def networks(draw):
    """A few people and stations: every way on, every kind of station, one common end of the watch."""
    end = draw(st.one_of(st.just(math.inf), st.integers(1, 12).map(float)))
    stations = []
    for _ in range(draw(st.integers(1, 3))):
        servers = draw(st.lists(st.integers(0, 3), min_size=1, max_size=4))
        hour = draw(st.sampled_from([0.7, 1.0, 3.0] if len(servers) > 1 else [1.0, math.inf]))
        room = draw(st.one_of(st.none(), st.integers(1, 4)))
        stations.append(Station(tuple(servers), hour, True, room, end))
    arrivals = np.cumsum(draw(st.lists(times, max_size=12)))
    arrivals = arrivals[arrivals < end]
    first, rows = [], []
    for _ in arrivals:
        count = draw(st.integers(0, 4))
        base = len(rows)
        first.append(base if count else -1 - draw(st.integers(0, 1)))
        for visit in range(base, base + count):
            later = (
                st.one_of(st.integers(-2, -1), st.integers(visit + 1, base + count - 1))
                if (visit + 1 < base + count)
                else st.integers(-2, -1)
            )
            patience = st.one_of(times, st.just(math.inf))
            place = st.integers(0, len(stations) - 1)
            rows.append((draw(place), draw(times), draw(patience), draw(later), draw(later)))
    columns = list(zip(*rows, strict=True)) if rows else [()] * 5
    whole = [np.array(columns[place], dtype=np.int64) for place in (0, 3, 4)]
    return (
        Paths(
            arrivals,
            np.array(first, dtype=np.int64),
            whole[0],
            np.array(columns[1], dtype=float),
            np.array(columns[2], dtype=float),
            whole[1],
            whole[2],
        ),
        stations,
    )


def same(one, other):
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=name not in ("outcome", "end"))
        for name in ("arrive", "wait", "leave", "outcome", "end", "done")
    )


@given(networks())
def test_the_network_is_the_references(drawn):
    assert same(travel(*drawn), reference.travel(*drawn))


def test_who_comes_back_by_hand():
    """Two people need the desk, the office and the desk again, one after the other; each has one server.

    First: desk 0-4, office 4-5, then the desk is taken by the second (4-8) until 8: it waits from 5 to 8. Second:
    comes to the desk at 1 and waits 3, office 8-9, and the desk, where the first is until 10: it waits from 9 to 10.
    """
    steps = [(0, 4, math.inf), (1, 1, math.inf), (0, 2, math.inf)]
    found = travel(paths([0, 1], steps, steps), [Station((1,)), Station((1,))])
    assert found.wait.tolist() == [0, 0, 3, 3, 0, 1]
    assert found.done.tolist() == [10, 12]
    assert found.count("proved") == 2


def test_at_one_instant_the_lower_person_moves_first():
    """At 5 the first comes from the desk and the second from outside to the office's one server: the first has it."""
    found = travel(
        paths([0, 5], [(0, 5, math.inf), (1, 3, math.inf)], [(1, 3, math.inf)]),
        [Station((1,)), Station((1,))],
    )
    assert found.wait.tolist() == [0, 0, 3]
    found = travel(
        paths([0, 0], [(1, 5, math.inf)], [(0, 5, math.inf), (1, 3, math.inf)]),
        [Station((1,)), Station((1,))],
    )
    assert found.wait.tolist() == [0, 0, 0]


def test_who_was_expected_first_does_not_move_first():
    """At 5 both come to the last desk, the second known to since 0, the first only since 2: the first has it."""
    first = [(0, 2, math.inf), (1, 3, math.inf), (3, 4, math.inf)]
    second = [(2, 5, math.inf), (3, 1, math.inf)]
    found = travel(paths([0, 0], first, second), [Station((1,))] * 4)
    assert found.done.tolist() == [9, 10]


@pytest.mark.parametrize("seed", range(6))
def test_whole_hours_and_hundreds_of_ties(seed):
    """Four hundred people whose every time is a whole number: as in the reference, whoever comes together."""
    generator = np.random.default_rng(seed)
    people = [
        [
            (int(place), float(generator.integers(0, 4)), float(generator.choice([1, 3, np.inf])))
            for place in where
        ]
        for where in generator.integers(0, 4, (400, 4))
    ]
    given_ = paths(np.sort(generator.integers(0, 100, 400)).tolist(), *people)
    stations = [Station((3,)), Station((9, 1), hour=2.0), Station((200,)), Station((4,), room=6)]
    assert same(travel(given_, stations), reference.travel(given_, stations))


def test_who_gives_up_goes_where_the_unserved_go():
    """The second would wait 5 at the desk, waits 2, and is served at the office; the third is turned away there."""
    stations = [Station((1,)), Station((1,), room=1)]
    given_ = Paths(
        np.array([0.0, 0.0, 3.0]),
        np.array([0, 1, 3]),
        np.array([0, 0, 1, 1]),
        np.array([5.0, 1.0, 4.0, 1.0]),
        np.array([math.inf, 2.0, math.inf, math.inf]),
        np.array([-1, -1, -1, -1]),
        np.array([-2, 2, -2, -2]),
    )
    found = travel(given_, stations)
    assert [OUTCOMES[code] for code in found.outcome] == ["served", "abandoned", "served", "blocked"]
    assert [ENDS[code] for code in found.end] == ["proved", "proved", "failed"]
    assert found.done.tolist() == [5, 6, 3]
    assert same(found, reference.travel(given_, stations))


@given(networks())
def test_conservation_and_littles_law_at_every_station(drawn):
    """Visits begun are those served, given up, turned away and waiting; waits add up to the time spent in queues."""
    paths_, stations = drawn
    found = travel(paths_, stations)
    assert sum(found.count(end) for end in ENDS) == len(paths_.arrivals)
    for place in range(len(stations)):
        here = (paths_.station == place) & (found.outcome != NOT_MADE)
        ended = [int(np.count_nonzero(found.outcome[here] == code)) for code in range(len(OUTCOMES))]
        assert sum(ended) == np.count_nonzero(here)
        seen = here & np.isfinite(found.wait)
        come, gone = found.arrive[seen], found.arrive[seen] + found.wait[seen]
        at = np.concatenate([come, gone])
        order = np.argsort(at, kind="stable")
        length = np.cumsum(np.repeat([1, -1], len(come))[order])
        assert found.wait[seen].sum() == pytest.approx(float((length[:-1] * np.diff(at[order])).sum()))
    made = found.outcome != NOT_MADE
    assert np.isnan(found.arrive[~made]).all()
    assert not np.isnan(found.arrive[made]).any()


@given(networks())
def test_a_network_of_one_station_is_the_station(drawn):
    """Whoever makes one visit at most: the network's answers are those of `station.visits`."""
    paths_, stations = drawn
    here = paths_.first >= 0
    visit = paths_.first[here]
    ends = np.full(len(visit), -1)
    alone = Paths(
        paths_.arrivals[here],
        np.arange(len(visit)),
        np.zeros(len(visit), dtype=np.int64),
        paths_.service[visit],
        paths_.patience[visit],
        ends,
        ends,
    )
    found = travel(alone, stations[:1])
    expected = station.visits(alone.arrivals, alone.service, stations[0], alone.patience)
    for name in ("wait", "outcome", "leave"):
        assert np.array_equal(getattr(found, name), getattr(expected, name))


def test_no_capacity_serves_nobody_and_says_so():
    steps = [(0, 1, math.inf), (1, 1, math.inf)]
    found = travel(paths([0, 1], steps, steps), [Station((0,)), Station((3, 1), hour=1.0)])
    assert found.count("under way") == 2
    assert [OUTCOMES[code] for code in found.outcome[[0, 2]]] == ["waiting"] * 2
    assert found.wait[[0, 2]].tolist() == [math.inf] * 2
    assert found.outcome[[1, 3]].tolist() == [NOT_MADE] * 2


def test_endless_capacity_has_no_waits():
    steps = [(0, 1, 0.0), (1, 1, 0.0), (0, 0, 0.0)]
    found = travel(paths(range(50), *[steps] * 50), [Station((10**9,)), Station((10**9,))])
    assert not found.wait.any()
    assert found.count("proved") == 50


def test_nobody_comes():
    found = travel(paths([]), [Station((1,))])
    assert found.end.shape == found.wait.shape == (0,)
    ended = [Station((1,), until=-1.0)]
    assert same(travel(paths([]), ended), reference.travel(paths([]), ended))
    nobody_visits = travel(paths([1, 2], [], []), [])
    assert nobody_visits.count("proved") == 2


def test_times_far_from_zero_and_a_long_run():
    """Two thousand people through two stations with hours: as in the reference, every one of them."""
    generator = np.random.default_rng(3)
    arrivals = np.cumsum(generator.exponential(0.05, 2000)).tolist()
    people = [
        [
            (int(place), float(generator.lognormal(-2.5, 1)), float(generator.exponential(2)))
            for place in where
        ]
        for where in generator.integers(0, 2, (2000, 3))
    ]
    stations = [Station((4, 2, 3), hour=1.0, until=90.0), Station((5, 0), hour=3.0, until=90.0)]
    given_ = paths([at for at in arrivals if at < 90], *people[: sum(at < 90 for at in arrivals)])
    found = travel(given_, stations)
    assert same(found, reference.travel(given_, stations))
    assert (found.wait > 0).sum() > 500
    assert (found.outcome == station.ABANDONED).sum() > 50


@pytest.mark.parametrize("run", [travel, reference.travel])
@pytest.mark.parametrize(
    ("change", "stations", "message"),
    [
        ({}, [Station((1,)), Station((1,), until=5.0)], "stations must be watched to one end, not 5.0 and inf"),
        ({"station": np.array([0, 2])}, [Station((1,))] * 2, "visit 1 is to station 2, of 2"),
        ({"served": np.array([1, 2])}, [Station((1,))], "served of 1 names visit 2, of 2"),
        ({"unserved": np.array([-1, -4])}, [Station((1,))], "unserved of 1 names visit -4, of 2"),
        ({"served": np.array([1, 1])}, [Station((1,))], "served of 1 goes back to visit 1"),
        ({"first": np.array([5])}, [Station((1,))], "first of 0 names visit 5, of 2"),
        ({"service": np.array([1.0, -1.0])}, [Station((1,))],
         "the service time of visit 1 must be 0 or more, not -1.0"),
        ({"patience": np.array([math.nan, 1.0])}, [Station((1,))],
         "the patience of visit 0 must be 0 or more, not nan"),
        ({"arrivals": np.array([7.0])}, [Station((1,), until=5.0)],
         "customer 0 comes at 7.0, not before the end of the watch at 5.0"),
        ({"patience": np.array([1e300, 1.0])}, [Station((1, 0), hour=1.0)],
         "times go up to 1e+300, more than 2**40 hours of 1.0"),
    ],
)  # fmt: skip
def test_bad_paths_are_named(run, change, stations, message):
    given_ = replace(paths([0], [(0, 1, math.inf), (0, 1, math.inf)]), **change)
    with pytest.raises(ValueError) as caught:
        run(given_, stations)
    assert str(caught.value) == message


def test_the_compiled_way_names_its_ends():
    assert network.ENDS[network.PROVED] == "proved"
    assert network.ENDS[network.UNDER_WAY] == "under way"
