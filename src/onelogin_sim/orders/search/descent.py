"""The third stage: every item's key moved at once, downhill, by differences between mirrored pairs of lists.

The keys are shaken by normal noise, and by the same noise with the opposite sign; each such pair of lists
runs in a future of its own. The difference of the two, times the noise, is an unbiased estimate of the slope
of the smoothed objective (evolution strategies as in Rechenberg 1973 and Nesterov and Spokoiny 2017; mirrored
samples of Brockhoff et al. 2010, which are antithetic variates here). With as many futures as pairs, a step
follows what is good on average; one future at a time would be learnt by heart. A single neighbour differs
from an order by less than the noise of any affordable number of futures, while the slope needs no neighbour
to be judged by itself: that is what makes it cheap.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from onelogin_sim.orders.search.ground import Candidate, Floats, Ground

#: Pairs of a step.
PAIRS = 25

#: How far keys are shaken, where all keys together have variance 1: in the first round and in later ones.
SHAKEN = (0.2, 0.1)

#: First step, in units of the shaking; it goes down to nothing in a straight line.
STRIDE = 0.5

#: Differences are cut off at so many root mean squares, for days are skewed.
CUT = 2.0

#: Fewer steps than this lead nowhere.
LEAST = 10

#: Steps between two looks at what was reached, where nothing is uncertain.
LOOKED_AT = 4


def descend(ground: Ground, room: int) -> bool:
    """Take one step downhill, or compare what was reached with the incumbent. Returns whether the stage is done."""
    if ground.state.data is None:
        ground.state.data = _begun(ground, room)
        if ground.state.data is None:
            return True
    data = ground.state.data
    keys = np.array(data["keys"])
    taken = data["taken"] = data["taken"] + 1
    keys = keys - STRIDE * (1 - (taken - 1) / data["steps"]) * data["shaken"] * _slope(ground, data, keys)
    data["keys"] = keys.tolist()
    if taken % data["every"] == 0 or taken == data["steps"]:
        rank = tuple(ground.permitted.ranks(keys[np.newaxis])[0].tolist())
        held = ground.best.hold_backs if data["hold_backs"] is None else data["hold_backs"]
        pairs = tuple((one, two) for one, two in held)
        if ground.permitted.acyclic(ground.permitted.held(np.array(rank), pairs)):
            ground.adopt(Candidate("list", rank, pairs), data["check"])
    return bool(taken == data["steps"])


def _begun(ground: Ground, room: int) -> dict[str, Any] | None:
    checks = min(max(room // 1500, 1), 10)
    check = min(max(room // (20 * checks), 10), 500)
    if ground.certain:
        # One future says it all, so every few steps are looked at.
        checks, check = max(room // (2 * PAIRS * LOOKED_AT), 1), 1
    steps = (room - 2 * check * (checks + 1) - 40) // (2 * PAIRS)
    if steps < LEAST:
        return None
    rounds = sum(one.name == "neighbour" for one in ground.state.considered)
    return {
        "keys": ground.permitted.keys(ground.best.rank).tolist(),
        "hold_backs": [list(pair) for pair in ground.best.hold_backs],
        "focus": [list(pair) for pair in ground.focus()],
        "shaken": SHAKEN[min(rounds, 1)],
        "steps": steps,
        "taken": 0,
        "every": -(-steps // checks),
        "check": check,
        "scale": None,
    }


def _slope(ground: Ground, data: dict[str, Any], keys: Floats) -> Floats:
    """The slope's estimate, in units of the usual difference of a pair."""
    noise = ground.luck().standard_normal((PAIRS, len(keys)))
    pairs = tuple((one, two) for one, two in data["hold_backs"])
    ranks = ground.permitted.ranks(
        np.concatenate((keys + data["shaken"] * noise, keys - data["shaken"] * noise))
    )
    own = np.resize(ground.fresh(PAIRS), PAIRS)[:, np.newaxis]
    outcome = ground.run(ranks, [pairs] * (2 * PAIRS), np.concatenate((own, own)))
    score = ground.scoring.scores(outcome, data["focus"])[:, 0]
    difference = score[:PAIRS] - score[PAIRS:]
    usual = float(np.sqrt(np.mean(difference**2)))
    data["scale"] = usual if data["scale"] is None else 0.9 * data["scale"] + 0.1 * usual
    if not data["scale"]:
        return np.zeros_like(keys)
    slope: Floats = (np.clip(difference / data["scale"], -CUT, CUT)[:, np.newaxis] * noise).mean(axis=0)
    return slope
