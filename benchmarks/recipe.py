"""A forecast in memory, phase by phase: what `study.forecast` does, with a clock at each step."""

from __future__ import annotations

from benchmarks.engines import ENGINE
from benchmarks.timing import Clock
from onelogin_sim.blocks import ENGINES, SIZE
from onelogin_sim.chains import block_sums
from onelogin_sim.draws import deterministic, draw
from onelogin_sim.forecasting import Forecast, summarise
from onelogin_sim.plan import Order, Plan
from onelogin_sim.tally import Block, Tally

SEED = 1


def timed_forecast(
    plan: Plan, order: Order, replications: int, clock: Clock, engine: str = ENGINE
) -> Forecast:
    """Return a forecast; the clock gets the phases draw, run and summarise."""
    expected = clock("run", ENGINES[engine], plan, order, deterministic(plan))
    tally = clock("summarise", Tally, plan)
    for first in range(0, replications, SIZE):
        block = range(first, min(first + SIZE, replications))
        draws = clock("draw", draw, plan, SEED, block)
        timeline = clock("run", ENGINES[engine], plan, order, draws)
        sums = clock("summarise", block_sums, timeline, order, draws)
        clock("summarise", tally.add, block, Block(timeline.start, timeline.finish, sums))
    settings = {"title": "", "variants": (), "order": order.name, "seed": SEED, "findings": ()}
    return clock("summarise", summarise, tally, expected, **settings)
