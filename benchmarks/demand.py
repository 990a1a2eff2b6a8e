"""How fast the daily demand is made, against NumPy on the same arrays.

An update is one (replication, day, service, segment): who is unseen, who comes, and how they divide. All of them
are counted, and apart from that the live ones: nothing happens to a service before it is live, and the compiled
recursion skips it. Always on the real scenario, which has a population.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from benchmarks.figure import Figure
from benchmarks.journeys import TOGETHER, futures
from benchmarks.scale import Scale
from benchmarks.timing import Contender, alternate, ratios
from onelogin_sim.verification.demand import asked, demand_of
from onelogin_sim.verification.population import LEVELS, Verification
from onelogin_sim.verification.rates import rates_of

#: Thousand million updates a second that are asked for.
ASKED = 0.5

#: Futures that NumPy does in its turn.
FEW = 4

UNIT = "thousand million updates a second"

Floats = npt.NDArray[np.float64]


def daily(scale: Scale) -> list[Figure]:
    """The daily demand of the real scenario: updates a second, where nothing can be skipped too, and against NumPy."""
    count = min(TOGETHER, scale.fast)
    verification, timeline, _ = futures(count)
    go_live, share = timeline.go_live, asked(verification, timeline)
    few = slice(0, min(FEW, count))
    checks = demand_of(verification, go_live[few], share[few]).checks
    if not np.allclose(
        in_numpy(verification, go_live[few], share[few]), checks.sum(axis=(1, 2)), rtol=1e-6, atol=1e-6
    ):
        raise RuntimeError("NumPy and we disagree on the checks of a day")
    a_future = go_live.shape[1] * verification.horizon * len(verification.segments)
    worst, ask, at_once = _hardest(verification), np.ones_like(share), np.zeros_like(go_live)
    ours, able, most, numpy = alternate(
        min(scale.rounds, 5),
        Contender(lambda _: demand_of(verification, go_live, share), count),
        Contender(lambda _: demand_of(worst, go_live, ask), count),
        Contender(lambda _: demand_of(worst, at_once, ask), count),
        Contender(lambda _: in_numpy(verification, go_live[few], share[few]), few.stop),
    )
    days = np.clip(verification.horizon - np.maximum(go_live, 0).astype(np.int64), 0, None).sum()
    live = float(days) * len(verification.segments) / count
    sizes = (
        f"{count} futures of {verification.horizon:,} days, {go_live.shape[1]} services, "
        f"{len(verification.segments)} segments; of live services alone {1e-9 * live / min(ours):.2g}"
    )
    hardest = "everybody able and unproven, every service asks all for P2"
    return [
        _pace("daily demand", a_future, ours, sizes),
        _pace(f"daily demand, {hardest}", a_future, able, "nobody can be skipped once a service is live"),
        _pace(
            f"daily demand, {hardest}, all live from the first day", a_future, most, "nothing can be skipped"
        ),
        Figure(
            "daily demand, against NumPy",
            ratios(numpy, ours),
            note=f"NumPy {1e-9 * a_future / min(numpy):.2g} thousand million a second on {few.stop} futures, without "
            "rises, sign-ins, and sums by service and month",
        ),
    ]


def _pace(name: str, updates: int, seconds: list[float], note: str) -> Figure:
    """Updates of a future, by the seconds it took in each round."""
    return Figure(name, tuple(1e-9 * updates / each for each in seconds), UNIT, at_least=ASKED, note=note)


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


def _hardest(verification: Verification) -> Verification:
    """Everybody can prove an identity and every service asks for it, so that nothing can be skipped."""
    return replace(
        verification,
        segments=tuple(
            replace(one, able=tuple(1.0 for _ in one.able), proven_p1=0.0) for one in verification.segments
        ),
        services=tuple(replace(one, level="P2") for one in verification.services),
    )
