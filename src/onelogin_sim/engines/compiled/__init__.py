"""The fast engine: the same contract as the readable one, compiled, a few hundred times faster.

A replication is a loop over the days on which something happens. What will happen lies in day buckets:
ends of work, items coming forward, capacity that changes. Ready tasks are bits, by class of needs (see
`layout`), in the order in which they are served. Of a class whose needs do not fit nothing can start until
one of its resources comes back, so a hand-out looks only at classes that were touched since the last one.
Contract 1 in docs/architecture.md says what is computed, docs/benchmarks.md how fast.
"""

from __future__ import annotations

import numpy as np

from onelogin_sim.draws import Draws, check_fits
from onelogin_sim.engines.compiled.kernel import simulate
from onelogin_sim.engines.compiled.slots import slots
from onelogin_sim.engines.compiled.state import state
from onelogin_sim.layout import layout
from onelogin_sim.plan import Order, Plan
from onelogin_sim.timeline import Timeline


def run(plan: Plan, order: Order, draws: Draws) -> Timeline:
    """Return the timeline of a plan under an order, for the draws' replications.

    Parameters
    ----------
    plan, order
        What is done, and who is served first.
    draws
        Durations, earliest days and capacity losses of each replication.

    Raises
    ------
    PlanError
        When order or draws were made for another plan.
    """
    check_fits(plan, order, draws)
    flat = layout(plan)
    served = slots(plan, order)
    start, finish = np.empty_like(draws.days), np.empty_like(draws.days)
    simulate(flat, served, state(flat), draws.days, draws.earliest, draws.loss_start, start, finish)
    return Timeline(plan, draws.replications, start, finish)
