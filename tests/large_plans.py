"""Plans too large for Hypothesis to draw: many classes, words, calendars and hold-backs, from a seed.

Random plans of a few items never fill a word of ready bits, or have more calendars than a word has bits.
"""

import numpy as np

from onelogin_sim.calendars import NEVER, Calendar
from onelogin_sim.draws import Draws
from onelogin_sim.plan import CapacityLoss, Order, Risk
from plans import plan, stage

#: Days before the status date that calendars cover.
PAST = 10

#: What each kind of large plan has.
SIZES = {
    "many words and hold-backs": {"items": 120, "calendars": 5, "resources": 30, "horizon": 120, "holds": 40},
    "many classes": {"items": 150, "calendars": 2, "resources": 60, "horizon": 100},
    "one calendar": {"items": 150, "calendars": 1, "resources": 20, "horizon": 150, "freezes": False},
    "a resource each": {"items": 150, "calendars": 0, "resources": 120, "horizon": 100},
    "one day": {"items": 80, "calendars": 3, "resources": 5, "horizon": 1},
    "more calendars than bits": {"items": 90, "calendars": 100, "resources": 40, "horizon": 100},
    "the same without freezes": {
        "items": 90,
        "calendars": 100,
        "resources": 8,
        "horizon": 100,
        "freezes": False,
    },
}


def case(size, seed, *, strict):
    """(plan, order, draws) of one of `SIZES`."""
    facts = {"freezes": True, "holds": 0, **SIZES[size]}
    rng = np.random.default_rng(seed)
    horizon = facts["horizon"]
    calendars = [_calendar(rng, f"c{n:03d}", horizon, facts["freezes"]) for n in range(facts["calendars"])]
    resources = {f"r{n:03d}": _steps(rng, horizon) for n in range(facts["resources"])}
    items = {
        f"i{n:04d}": [
            _stage(rng, place, [c.id for c in calendars], resources) for place in range(rng.integers(1, 4))
        ]
        for n in range(facts["items"])
    }
    ids = sorted(items)
    arcs = [tuple(ids[n] for n in sorted(_two(rng, len(ids)))) for _ in range(len(ids) // 2)]
    risks = tuple(
        Risk(f"k{n}", f"Risk {n}", 1.0, CapacityLoss(str(rng.choice(list(resources))), 2, 9, 0, horizon - 1))
        for n in range(4)
    )
    made = plan(
        items,
        arcs=arcs,
        resources=resources,
        horizon=horizon,
        calendars=calendars,
        strict=strict,
        risks=risks,
    )
    # A later item is held back for an earlier one, as all arcs run: no cycle.
    holds = {tuple(ids[n] for n in sorted(_two(rng, len(ids)), reverse=True)) for _ in range(facts["holds"])}
    order = Order.of(made, [ids[n] for n in rng.permutation(len(ids))], hold_backs=sorted(holds))
    return made, order, _draws(rng, made)


def _two(rng, count):
    return rng.choice(count, size=2, replace=False).tolist()


def _calendar(rng, name, horizon, freezes):
    size = horizon + PAST
    working = np.resize(rng.random(rng.integers(2, 9)) < 0.6, size)
    frozen = np.zeros(size, dtype=np.bool_)
    if freezes and rng.random() < 0.4:
        first = rng.integers(PAST, size)
        frozen[first : first + rng.integers(1, 7)] = True
    return Calendar(name, -PAST, working & ~frozen, frozen)


def _steps(rng, horizon):
    steps = [(0, int(rng.integers(1, 7)))]
    if horizon > 2 and rng.random() < 0.5:
        steps.append((int(rng.integers(1, horizon)), int(rng.integers(0, 7))))
    return steps


def _stage(rng, place, calendars, resources):
    wanted = rng.choice(sorted(resources), size=rng.choice([0, 1, 1, 1, 2, 3]), replace=False)
    needs = {
        str(name): int(rng.integers(1, max(units for _, units in resources[name]) + 1)) for name in wanted
    }
    where = {"calendar": str(rng.choice(calendars))} if calendars and rng.random() < 0.9 else {}
    since = {"since": -int(rng.integers(0, 6))} if place == 0 and rng.random() < 0.1 else {}
    return stage(int(rng.integers(1, 7)), f"s{place}", **where, **since, **needs)


def _draws(rng, made, replications=3):
    horizon = made.horizon
    begun = np.array([task.since is not None for task in made.tasks])
    days = rng.integers(1, 7, size=(replications, len(made.tasks)))
    days = np.where(rng.random(days.shape) < 0.03, rng.choice([horizon, 10**6], size=days.shape), days)
    days = np.where((rng.random(days.shape) < 0.07) & ~begun, 0, days)
    earliest = rng.integers(0, horizon + 2, size=(replications, len(made.items)))
    earliest = np.where(rng.random(earliest.shape) < 0.7, 0, earliest)
    starts = rng.choice([0, 1, horizon - 1, NEVER], size=(replications, len(made.risks)))
    return Draws(
        range(replications), days.astype(np.int32), earliest.astype(np.int32), starts.astype(np.int32)
    )
