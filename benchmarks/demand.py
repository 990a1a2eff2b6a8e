"""How fast the daily demand is made, against NumPy on the same arrays; machines are noisy, so read the ratios.

An update is one (replication, day, service, segment): who is unseen, who comes, and how they divide. All of them
are counted, and apart from that the live ones: nothing happens to a service before it is live, and the compiled
recursion skips it.

python benchmarks/demand.py [REPLICATIONS]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

import onelogin_sim
from onelogin_sim.engines import reference
from onelogin_sim.verification.demand import asked, demand_of
from onelogin_sim.verification.population import LEVELS, Verification
from onelogin_sim.verification.rates import rates_of

ROUNDS = 5
SCENARIO = Path(__file__).parents[1] / "scenarios" / "roadmap-2025" / "scenario.yaml"

Floats = npt.NDArray[np.float64]


def in_numpy(verification: Verification, go_live: npt.NDArray[np.int32], share: Floats) -> Floats:
    """Checks by [replication, day]: the same recursion, replications and services at once, day after day.

    It does less than the compiled one: no uplifts, sign-ins or sums by service and month.
    """
    days = verification.horizon
    rates = rates_of(verification, max(0, -int(go_live.min())))
    asks = np.array([LEVELS[service.level] > 0 for service in verification.services]) * share
    found = np.zeros((len(go_live), days))
    last = len(rates.ramp) - 1
    for place, segment in enumerate(verification.segments):
        if segment.able_share == 0:
            continue
        use = verification.users[:, place] / segment.people
        slope = verification.outcomes[place].success * asks * use
        unseen = np.ones(go_live.shape)
        for day in range(-rates.before.shape[2], 0):
            h = rates.before[place, rates.row, -day - 1] * _ramp(rates.ramp, day - go_live, last)
            unseen *= np.exp(-h)
        start = unseen.copy()
        baseline = 1 - (segment.proven_p1 + segment.proven_p2) / segment.able_share
        month = 0
        for day in range(days):
            month += day >= rates.month_starts[month + 1]
            h = rates.expected[place, rates.row, month, day - rates.month_starts[month]]
            later = unseen * np.exp(-h * _ramp(rates.ramp, day - go_live, last))
            chance = np.maximum(1 - slope * (start - unseen), 1e-300)
            unproven = baseline * chance.prod(axis=1, keepdims=True)
            first = verification.users[:, place] * asks * segment.able_share * (unseen - later)
            found[:, day] += (first * unproven / chance).sum(axis=1)
            unseen = later
    return found


def _ramp(ramp: Floats, age: npt.NDArray[np.int32], last: int) -> Floats:
    return np.where(age < 0, 0.0, ramp[np.clip(age, 0, last)])


def seconds(work: Callable[[], object]) -> float:
    """Seconds of processor time of one call."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _hardest(verification: Verification) -> Verification:
    """Everybody can prove an identity and every service asks for it, so that nothing can be skipped."""
    return replace(
        verification,
        segments=tuple(
            replace(one, able=tuple(1.0 for _ in one.able), proven_p1=0.0) for one in verification.segments
        ),
        services=tuple(replace(one, level="P2") for one in verification.services),
    )


def main() -> None:
    """Print updates a second, compiled and in NumPy in turns, and that both find the same checks."""
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    scenario = onelogin_sim.load_scenario(SCENARIO)
    verification, plan = scenario.verification(), scenario.plan()
    assert verification is not None
    timeline = reference.run(plan, scenario.order(), onelogin_sim.draw(plan, 1, replications))
    go_live, share = timeline.go_live, asked(verification, timeline)
    segments = len(verification.segments)
    every = go_live.size * verification.horizon * segments
    live = (
        int(np.clip(verification.horizon - np.maximum(go_live, 0).astype(np.int64), 0, None).sum()) * segments
    )
    found = demand_of(verification, go_live, share)
    compiled, numpy = [], []
    few = slice(0, min(4, replications))
    for _ in range(ROUNDS):
        compiled.append(seconds(lambda: demand_of(verification, go_live, share)))
        numpy.append(seconds(lambda: in_numpy(verification, go_live[few], share[few])))
    checks = in_numpy(verification, go_live[few], share[few])
    np.testing.assert_allclose(checks, found.checks[few].sum(axis=(1, 2)), rtol=1e-6, atol=1e-6)
    numpy_all = every * (few.stop / replications)
    best, best_numpy = min(compiled), min(numpy)
    print(f"{SCENARIO.parent.name}: {replications} replications, {verification.horizon} days, ", end="")
    print(f"{go_live.shape[1]} services, {segments} segments; best of {ROUNDS} in turns")
    print(f"{'':<10} {'seconds':>9} {'all, G/s':>9} {'live, G/s':>10}")
    print(f"{'compiled':<10} {best:>9.3f} {every / best / 1e9:>9.2f} {live / best / 1e9:>10.2f}")
    print(
        f"{'NumPy':<10} {best_numpy:>9.3f} {numpy_all / best_numpy / 1e9:>9.3f}   ({few.stop} replications)"
    )
    worst, ask = _hardest(verification), np.ones_like(share)
    for name, days in (("as it comes", go_live), ("all live", np.zeros_like(go_live))):
        hardest = min(seconds(lambda days=days: demand_of(worst, days, ask)) for _ in range(ROUNDS))  # type: ignore[misc]
        print(f"everybody able, every service asking for P2, {name}: {every / hardest / 1e9:.2f} G/s of all")
    print(f"compiled is {every / best / (numpy_all / best_numpy):.0f} times NumPy on all updates")


if __name__ == "__main__":
    main()
