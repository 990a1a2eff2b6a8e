"""People who pass through stations: the compiled network is the SimPy reference, to the last bit."""

import math

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
            later = st.one_of(st.integers(-2, -1), st.integers(visit + 1, base + count - 1)) if (
                visit + 1 < base + count
            ) else st.integers(-2, -1)
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
