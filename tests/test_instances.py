"""The instances are what they were asked to be, measured apart from the generator, and the stored bounds are theirs."""

import math
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # the benchmarks are no part of the package

from benchmarks import bounds
from benchmarks.instances import (
    COMPLEXITIES,
    FACTORS,
    INSTANCES,
    SIZES,
    SPREADS,
    STRENGTHS,
    TENTHS,
    as_plan,
    cells,
    duration,
    family,
    make,
)
from benchmarks.search import Pair, random_figures, sample

from onelogin_sim.distributions import table
from onelogin_sim.draws import deterministic, draw
from onelogin_sim.engines.compiled import run
from onelogin_sim.orders.policies import latest_finish_time

EVERY = [(size, number) for size in SIZES for number in range(INSTANCES)]


def network(instance):
    """The activities, and arcs from a source and to a sink."""
    graph = nx.DiGraph(instance.arcs)
    graph.add_nodes_from(range(len(instance.days)))
    first = [node for node in graph if graph.in_degree(node) == 0]
    last = [node for node in graph if graph.out_degree(node) == 0]
    graph.add_edges_from([("source", node) for node in first] + [(node, "sink") for node in last])
    return graph


@pytest.mark.parametrize("size", SIZES)
def test_factors_are_balanced(size):
    asked = list(cells(size))
    assert len(asked) == INSTANCES
    for place, levels in enumerate((COMPLEXITIES, FACTORS, STRENGTHS[size])):
        assert Counter(cell[place] for cell in asked) == dict.fromkeys(levels, INSTANCES // len(levels))


@pytest.mark.parametrize("size", SIZES)
def test_network_complexity_is_what_was_asked_and_no_arc_is_redundant(size):
    for instance in family(size):
        graph = network(instance)
        assert graph.number_of_edges() == math.floor(instance.complexity * (size + 2) + 0.5)
        assert set(nx.transitive_reduction(graph).edges) == set(graph.edges)
        assert all(before < after for before, after in instance.arcs)
        assert graph.out_degree("source") == graph.in_degree("sink") == 3
        assert max(graph.in_degree(node) for node in range(size)) <= 3


@pytest.mark.parametrize("size", SIZES)
def test_resource_factor_is_what_was_asked(size):
    for instance in family(size):
        asked = np.array(instance.demands) > 0
        assert asked.mean() == pytest.approx(instance.factor, abs=0.5 / asked.size)
        assert asked.any(axis=1).all()


@pytest.mark.parametrize("size", SIZES)
def test_resource_strength_is_what_was_asked(size):
    """The peak is that of the product's engine when nothing is short, so that starts are the earliest there are."""
    for instance in family(size):
        plan = as_plan(instance)
        free = replace(
            plan, resources=tuple(replace(resource, steps=((0, 10_000),)) for resource in plan.resources)
        )
        timeline = run(free, latest_finish_time(free), deterministic(free))
        days = np.arange(plan.horizon)[:, None]
        under_way = (timeline.start[0] <= days) & (days < timeline.finish[0])
        peak = (under_way @ np.array(instance.demands)).max(axis=0)
        least = np.array(instance.demands).max(axis=0)
        exact = least + instance.strength * (peak - least)
        assert np.abs(np.array(instance.capacities) - exact).max() <= 0.5
        assert instance.critical_path == timeline.finish[0].max()


def test_days_and_demands_go_from_one_to_ten():
    days = {days for size, number in EVERY for days in make(size, number).days}
    demands = {units for size, number in EVERY for row in make(size, number).demands for units in row}
    assert days == set(range(1, 11))
    assert demands == set(range(11))


def test_instances_are_the_same_everywhere():
    """A canary: days, demands and arcs of one, as they came out on the day the bounds were made."""
    first = make(30, 0)
    assert first.days[:10] == (5, 6, 5, 1, 2, 10, 7, 10, 9, 9)
    assert [row.index(max(row)) for row in first.demands[:10]] == [1, 0, 0, 2, 3, 2, 3, 1, 1, 0]
    assert first.arcs[:6] == ((0, 4), (0, 11), (0, 12), (1, 8), (1, 10), (1, 12))


@pytest.mark.parametrize("days", [1, 4, 10])
def test_random_days_have_the_mean_and_variance_they_should(days):
    """In tenths; the exponential table ends at 0.9999, and nothing lasts less than a tenth."""
    variances = {"narrow": days / 3, "wide": days**2 / 3, "exponential": days**2}
    for spread in SPREADS:
        chances = table(duration(days, spread))
        weights = np.diff(chances.cumulative, prepend=0.0)
        values = np.arange(chances.first, chances.last + 1) / TENTHS
        mean = weights @ values
        assert mean == pytest.approx(days, rel=0.006)
        assert weights @ (values - mean) ** 2 == pytest.approx(variances[spread], rel=0.025)


@pytest.mark.parametrize("spread", SPREADS)
def test_futures_end_within_the_horizon(spread):
    made = as_plan(make(120, 15), spread)
    timeline = run(made, latest_finish_time(made), draw(made, 1, 200))
    assert timeline.finish.max() < made.horizon


def test_a_sample_is_spread_over_the_list():
    assert [instance.name for instance in sample(120, 4)] == ["120-00", "120-15", "120-30", "120-45"]
    assert len({instance.name for instance in sample(30, INSTANCES)}) == INSTANCES


@pytest.mark.parametrize("size", SIZES)
def test_stored_bounds_belong_to_the_instances_and_contradict_nothing(size):
    stored = bounds.stored(size)
    assert len(stored) >= 50
    for number in range(INSTANCES):
        instance = make(size, number)
        known = bounds.of(instance)
        if known is not None:
            assert instance.critical_path == known.critical_path <= known.bound <= known.best
            assert known.proven == (known.bound == known.best)
            assert known.bound <= bounds.best_known(known) <= known.best


def test_a_bound_of_another_instance_is_refused(monkeypatch):
    """As when the generator has changed since."""
    instance = make(30, 0)
    other = bounds.stored(30)["30-01"]._replace(instance="30-00")
    monkeypatch.setattr(bounds, "stored", lambda size: {"30-00": other})
    with pytest.raises(ValueError) as caught:
        bounds.of(instance)
    assert str(caught.value) == (
        "instance 30-00 is not the one its bound was made for; "
        "python benchmarks/bounds/make.py makes the bounds anew"
    )


def test_figures_of_random_days_by_hand():
    """Gains of 2 and -1 points; the second is worse by 1 ± 0.5, beyond a quarter of a point."""
    gain, worse = random_figures("wide", 5000, [Pair(50, 48, 2, 0.5), Pair(60, 61, -1, 0.5)])
    assert gain.values == (0.5,)
    assert gain.at_least == 0.6
    assert gain.note.startswith(
        "latest-finish-time 55.00, found 54.50; 95% interval 0.15 to 0.85 on these 2 instances"
    )
    assert (worse.values, worse.at_most) == ((1.0,), 0)
    assert worse.note == "the worst gains -1.50 to -0.50 points"
