"""What the order search gains on the real scenario, over the orders a planner would think of, and how long it takes."""

from __future__ import annotations

import time

from benchmarks.figure import Figure
from benchmarks.scale import Scale
from benchmarks.search import FRESH, SEED
from onelogin_sim.optimising.judging import Judge, mean_of
from onelogin_sim.orders.policies import RULES
from onelogin_sim.orders.search.problem import Objective, Objectives
from onelogin_sim.orders.search.searching import search
from onelogin_sim.scenario import load_scenario

#: Orders to be compared with.
RIVALS = ("biggest-first", "as-listed", "latest-finish-time")

#: Threads of the search: one a core.
WORKERS = 2


def gain(scale: Scale) -> list[Figure]:
    """Orders found for the real scenario's targets: days earlier than known orders on average, in fresh futures."""
    plan = load_scenario(scale.scenario).plan()
    rivals = [RULES[name](plan) for name in RIVALS]
    figures, begun, used = [], time.perf_counter(), time.process_time()
    for target in plan.targets:
        asked = Objectives((Objective("mean", target.id),))
        start = rivals[RIVALS.index("as-listed")]
        found = search(plan, asked, start=start, budget=scale.schedules, seed=SEED, workers=WORKERS).order
        judge = Judge(plan, asked, FRESH, range(scale.futures), workers=WORKERS)
        scores = judge.order_scores([*rivals, found])
        for name, own in zip(RIVALS, scores[:-1], strict=True):
            mean = mean_of(own - scores[-1])
            days = f"mean day {own.mean():,.0f} against {scores[-1].mean():,.0f}"
            note = f"95% interval {mean.low:.1f} to {mean.high:.1f}; {days}"
            figures.append(
                Figure(f"'{target.id}' met earlier than by {name}", (mean.value,), "days", note=note)
            )
    seconds, used = time.perf_counter() - begun, time.process_time() - used
    each = seconds / len(plan.targets)
    note = (
        f"{len(plan.targets)} searches of {scale.schedules:,} schedules took {used:.0f} s of processor time"
    )
    return [
        *figures,
        Figure("a search and its comparison, wall clock", (each,), "s", at_most=60, note=note),
    ]
