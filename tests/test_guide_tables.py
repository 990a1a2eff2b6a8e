"""A guide table gives exactly what a search gives, wherever the uniform lies."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from onelogin_sim.distributions import THOUSANDTHS, Distribution, Table, table
from onelogin_sim.draws.guide_tables import CELLS, guide_tables, place_of

HIGHEST = 1 - 2.0**-53

uniforms = st.integers(0, 2**53 - 1).map(lambda whole: whole * 2.0**-53)


def looked_up(tables, index, uniform):
    """As compiled code does it."""
    place = place_of(uniform, int(uniform * CELLS), tables.at[index], tables.cumulative, tables.guide[index])
    return int(tables.least[index] + place)


def edges(made):
    """Uniforms on, just below and just above entries and cells; none outside [0, 1)."""
    on = np.concatenate((made.cumulative, np.arange(CELLS) / CELLS, [0.0, HIGHEST]))
    near = np.concatenate((on, np.nextafter(on, 0.0), np.nextafter(on, 1.0)))
    return near[(near >= 0.0) & (near < 1.0)]


@given(st.lists(strategies.durations, min_size=1, max_size=3), st.lists(uniforms, max_size=50))
def test_any_table_at_any_uniform(distributions, some):
    made = [table(distribution) for distribution in distributions]
    tables = guide_tables(made)
    for index, one in enumerate(made):
        every = np.concatenate((edges(one)[:: len(made)], some))
        assert [looked_up(tables, index, uniform) for uniform in every] == one.look_up(every).tolist()


@pytest.mark.parametrize(
    "made",
    [
        table(Distribution("fixed", (3.0,))),
        table(Distribution("split_lognormal", (1.0, 10.0, 90.0))),
        table(Distribution("triangular", (0.5, 1.0, 3.0)), THOUSANDTHS),
        table(Distribution("cumulative", (0.0, 0.3, 1000.0, 0.30001, 1001.0, 1.0)), least=0),
        Table(7, np.arange(1, 8) / 7),
        # Entries that repeat: values that never happen; a thousand entries in one cell.
        Table(1, np.array([0.2, 0.2, 0.2, 0.7, 0.7, 1.0])),
        Table(1, np.concatenate((0.5 + np.arange(1000) * 1e-9, [1.0]))),
    ],
    ids=["fixed", "long tail", "factor", "steep", "window", "repeated", "crowded"],
)
def test_tables_of_every_shape(made):
    tables = guide_tables([made])
    every = edges(made)
    assert [looked_up(tables, 0, uniform) for uniform in every] == made.look_up(every).tolist()


def test_the_guide_counts_the_entries_up_to_the_left_end_of_each_cell():
    """0.25 lies on the end of cell 256, so that cell begins after it."""
    guide = guide_tables([Table(1, np.array([0.25, 1.0]))]).guide[0]
    assert guide.tolist() == [0] * (CELLS // 4) + [1] * (3 * CELLS // 4)


def test_no_tables():
    assert [len(part) for part in guide_tables([])] == [0, 1, 0, 0]
