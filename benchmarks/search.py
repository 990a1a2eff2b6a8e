"""How good the orders are that the search finds, on instances of known difficulty, and what is known of them.

python benchmarks/search.py [--fixed] [--random] [--instances N] [--budget SCHEDULES]... [--spread NAME]...
    [--family SEED] [--seed SEED]

A schedule is one order run in one future, or one pass of schedule generation. Without options all figures are
printed that `benchmarks/run.py` prints in full: minutes of one core for fixed days, a quarter of an hour for random
ones. `--random --budget 250000` is the long one, ten times as much. `--family` makes other instances for random
days, on which nothing has been tuned; `--seed` is the search's.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

# Started as a file, Python looks for modules beside it; `benchmarks` itself is one level up.
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from benchmarks import bounds
from benchmarks.figure import Figure
from benchmarks.instances import (
    INSTANCES,
    SIZES,
    SPREADS,
    TENTHS,
    Instance,
    Spread,
    as_plan,
    make,
)
from benchmarks.instances import SEED as FAMILY
from benchmarks.scale import FULL, Scale
from onelogin_sim.distributions import Z975
from onelogin_sim.draws import draw
from onelogin_sim.engines.compiled import run
from onelogin_sim.orders.policies.network import latest_finish_time
from onelogin_sim.orders.search.deterministic import search_fixed
from onelogin_sim.orders.search.problem import Objective, Objectives
from onelogin_sim.orders.search.searching import search

SEED = 5

#: Root seed of the futures on which orders are judged: no search sees it.
FRESH = 20_250_101

#: Indifference zone in points: an order that is worse by less than this is not called worse.
ZONE = 0.25

#: Size of the instances with random days.
SIZE = 120

#: Points below latest-finish-time that are asked for, by schedules and spread.
ASKED: dict[int, dict[Spread, float]] = {
    5000: {"narrow": 1.1, "wide": 0.6, "exponential": 0.35},
    25_000: {"narrow": 1.4, "wide": 0.9, "exponential": 0.45},
}


class Pair(NamedTuple):
    """An order found and latest-finish-time in the same fresh futures, in percent above the critical path of means.

    Attributes
    ----------
    rule, found
        Mean of each.
    better
        How far the found order lies below the rule's.
    half
        Half the width of the 95% interval of that, from the differences future by future.
    """

    rule: float
    found: float
    better: float
    half: float


def fixed_days(scale: Scale) -> list[Figure]:
    """Deterministic search: the optimum at 30 activities, the best known at 60, CP-SAT's best at 120."""
    figures = []
    for size in SIZES:
        pairs = []
        for instance in sample(size, scale.instances):
            known = bounds.of(instance)
            if known is not None:
                found = search_fixed(as_plan(instance), budget=scale.schedules, seed=SEED)
                pairs.append((known, found.day))
        figures.append(_fixed_figure(size, scale.schedules, pairs))
    return figures


def _fixed_figure(size: int, budget: int, pairs: Sequence[tuple[bounds.Stored, int]]) -> Figure:
    limit = max(known.limit for known, _ in pairs)
    proven = sum(known.proven for known, _ in pairs)
    processor = sum(known.processor for known, _ in pairs if not known.proven) / max(len(pairs) - proven, 1)
    rests = f"on {len(pairs)} of {INSTANCES} instances, {proven} proved by CP-SAT within {limit:g} s"
    if proven < len(pairs):
        rests += f" (the others had {processor:.0f} s of processor time on average)"
    above = 100 * np.mean([day / known.bound - 1 for known, day in pairs])
    rests += f"; {above:.2f}% above the proved bounds"
    name = f"{size} activities, {budget:,} schedules"
    if size == SIZES[0]:
        best = 100 * np.mean([day == known.bound for known, day in pairs])
        return Figure(f"{name}: optimum", (float(best),), "% of instances", at_least=98, note=rests)
    best_known = {
        known.instance: bounds.best_known(known) if size == SIZES[1] else known.best for known, _ in pairs
    }
    gap = 100 * np.mean([day / best_known[known.instance] - 1 for known, day in pairs])
    against = "best known" if size == SIZES[1] else "CP-SAT's best"
    return Figure(f"{name}: mean gap to {against}", (float(gap),), "%", at_most=0.5, note=rests)


def random_days(scale: Scale) -> list[Figure]:
    """Random days: points below latest-finish-time, of a percent of the critical path, in fresh futures."""
    figures = []
    for spread in SPREADS:
        for budget in scale.searches:
            pairs = [
                compared(instance, spread, budget, scale.futures)
                for instance in sample(SIZE, scale.instances)
            ]
            figures += random_figures(spread, budget, pairs)
    return figures


def random_figures(spread: Spread, budget: int, pairs: Sequence[Pair]) -> list[Figure]:
    """Return the mean gain with its interval over the instances, and how many instances became worse."""
    better = np.array([pair.better for pair in pairs])
    half = Z975 * better.std(ddof=1) / math.sqrt(len(better)) if len(better) > 1 else math.inf
    within = math.sqrt(sum(pair.half**2 for pair in pairs)) / len(pairs)
    note = (
        f"latest-finish-time {np.mean([pair.rule for pair in pairs]):.2f}, found "
        f"{np.mean([pair.found for pair in pairs]):.2f}; 95% interval {better.mean() - within:.2f} to "
        f"{better.mean() + within:.2f} on these {len(pairs)} instances, {better.mean() - half:.2f} to "
        f"{better.mean() + half:.2f} on others like them"
    )
    worse = sum(pair.better + pair.half < -ZONE for pair in pairs)
    name = f"{spread}, {budget:,} schedules"
    asked = ASKED.get(budget, {}).get(spread)
    least = min(pairs, key=lambda pair: pair.better + pair.half)
    lowest = f"the worst gains {least.better - least.half:.2f} to {least.better + least.half:.2f} points"
    return [
        Figure(
            f"{name}: below latest-finish-time", (float(better.mean()),), "points", at_least=asked, note=note
        ),
        Figure(
            f"{name}: worse beyond {ZONE:g} points",
            (float(worse),),
            f"of {len(pairs)} instances",
            at_most=0,
            note=lowest,
        ),
    ]


def sample(size: int, count: int, family: int = FAMILY) -> list[Instance]:
    """Return some of the instances of a size, evenly over their list, in which the factors go round."""
    return [make(size, number * INSTANCES // count, family) for number in range(count)]


@cache
def compared(instance: Instance, spread: Spread, budget: int, futures: int, seed: int = SEED) -> Pair:
    """Search from latest-finish-time, then run both orders in fresh futures."""
    plan = as_plan(instance, spread)
    # Ranks are by activity, so the rule of the mean days serves all spreads, whose medians are not their means.
    rule = latest_finish_time(as_plan(instance))
    asked = Objectives((Objective("mean", plan.targets[0].id),))
    found = search(plan, asked, start=rule, budget=budget, seed=seed).order
    draws = draw(plan, FRESH, futures)
    path = TENTHS * instance.critical_path
    ends = [run(plan, order, draws).finish.max(axis=1).astype(np.float64) for order in (rule, found)]
    if max(end.max() for end in ends) >= plan.horizon:
        raise RuntimeError(f"{instance.name}: a future ends beyond the horizon, day {plan.horizon}")
    first, second = (100 * (end / path - 1) for end in ends)
    half = Z975 * float((first - second).std(ddof=1)) / math.sqrt(futures)
    return Pair(float(first.mean()), float(second.mean()), float((first - second).mean()), half)


def main() -> None:
    """Print the figures asked for; with random days, each instance on the way to standard error."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--fixed", action="store_true", help="fixed days only")
    parser.add_argument("--random", action="store_true", help="random days only")
    parser.add_argument("--instances", type=int, default=FULL.instances, help="of each size, evenly chosen")
    parser.add_argument("--budget", type=int, action="append", help="schedules a search, for random days")
    parser.add_argument("--family", type=int, default=FAMILY, help="root seed of instances with random days")
    parser.add_argument("--seed", type=int, default=SEED, help="of the search, for random days")
    parser.add_argument("--spread", choices=SPREADS, action="append", help="how days vary")
    asked = parser.parse_args()
    if asked.fixed or not asked.random:
        print(*fixed_days(replace(FULL, instances=asked.instances)), sep="\n", flush=True)
    if asked.random or not asked.fixed:
        for spread in asked.spread or SPREADS:
            for budget in asked.budget or FULL.searches:
                pairs = []
                for instance in sample(SIZE, asked.instances, asked.family):
                    pairs.append(compared(instance, spread, budget, FULL.futures, asked.seed))
                    numbers = " ".join(f"{number:.2f}" for number in pairs[-1])
                    print(instance.name, spread, budget, numbers, file=sys.stderr, flush=True)
                print(*random_figures(spread, budget, pairs), sep="\n", flush=True)


if __name__ == "__main__":
    main()
