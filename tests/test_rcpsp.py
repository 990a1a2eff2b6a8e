"""Any resource-constrained project scheduling problem can be said, and list scheduling is the textbook's.

An instance: activities with fixed days, units of several resources, and finish-to-start arcs. The
parallel schedule generation scheme (Kelley 1963; Kolisch 1996) is written out below, apart from everything.
"""

import numpy as np
import pytest

from onelogin_sim.draws import draw
from plans import order, plan, stage


def instance(seed, activities=30, resources=4):
    """Days, demands [activity, resource], capacities, and arcs: about two predecessors each."""
    chance = np.random.Generator(np.random.PCG64(seed))
    days = chance.integers(1, 11, activities)
    demands = chance.integers(0, 5, (activities, resources)) * (chance.random((activities, resources)) < 0.6)
    capacities = np.maximum(demands.max(axis=0), chance.integers(4, 10, resources))
    line = chance.permutation(activities)
    arcs = sorted(
        {
            (int(line[before]), int(line[after]))
            for after in range(1, activities)
            for before in chance.integers(0, after, min(after, 2))
        }
    )
    return days.tolist(), demands.tolist(), capacities.tolist(), arcs


def parallel_scheme(days, demands, capacities, arcs, priority):
    """Finish of each activity: at each time, start in list order whatever is eligible and fits."""
    finish, time = {}, 0
    while len(finish) < len(days):
        for j in priority:
            if j in finish or any(finish.get(i, 10**9) > time for i, k in arcs if k == j):
                continue
            working = [i for i, end in finish.items() if end > time]
            if all(
                sum(demands[i][r] for i in working) + demands[j][r] <= capacities[r]
                for r in range(len(capacities))
            ):
                finish[j] = time + days[j]
        time += 1
    return finish


def as_plan(days, demands, capacities, arcs):
    """Single-stage items with fixed days and `every_day` calendars."""
    names = [f"j{number:02}" for number in range(len(days))]
    return plan(
        {
            name: [stage(length, **{f"r{r}": units for r, units in enumerate(needs) if units})]
            for name, length, needs in zip(names, days, demands, strict=True)
        },
        arcs=[(names[before], names[after]) for before, after in arcs],
        resources={f"r{r}": units for r, units in enumerate(capacities)},
        horizon=sum(days) + 2,
    )


@pytest.mark.parametrize("seed", range(12))
def test_an_instance_gives_the_textbooks_schedule(engine, seed):
    """The whole schedule, so the makespan too, under two lists: as numbered, and shuffled."""
    days, demands, capacities, arcs = instance(seed)
    made = as_plan(days, demands, capacities, arcs)
    shuffled = np.random.Generator(np.random.PCG64(1000 + seed)).permutation(len(days)).tolist()
    for priority in (list(range(len(days))), shuffled):
        expected = parallel_scheme(days, demands, capacities, arcs, priority)
        timeline = engine(made, order(made, " ".join(f"j{j:02}" for j in priority)), draw(made, 1, 1))
        assert timeline.finish[0].tolist() == [expected[j] for j in range(len(days))]
        assert timeline.finish.max() == max(expected.values())
