"""From finished runs to a Comparison: standings, paired differences, and the claims they allow."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Literal

import numpy as np
import numpy.typing as npt

from onelogin_sim import claims
from onelogin_sim.anomalies import Anomaly
from onelogin_sim.bootstrap import difference_of_quantiles, resampled_quantiles
from onelogin_sim.claims import Claim
from onelogin_sim.comparison import (
    COMPARED,
    OVERALL_ERROR,
    SPREAD,
    Compared,
    Comparison,
    Nomination,
    Pair,
    Shift,
    Standing,
    TargetDifference,
    Verdict,
)
from onelogin_sim.forecasting import quantiles, share
from onelogin_sim.load_pairs import LoadComparison
from onelogin_sim.pairs import Differences, Pairs, mean


def summarise_pairs(
    pairs: Pairs,
    *,
    seed: int,
    target: int,
    delta: float,
    nomination: Nomination | None,
    anomalies: Sequence[Anomaly],
    load: LoadComparison | None = None,
) -> Comparison:
    """Return the comparison of finished runs; `load` is None where the identity load is not compared."""
    alternatives, plan = pairs.alternatives, pairs.alternatives[0].plan
    days = np.minimum(pairs.days, plan.horizon).astype(np.int64)
    standings = tuple(_compared(pairs, place, days) for place in range(len(alternatives)))
    made = len(pairs.pairs) * len(plan.targets)
    level = claims.levels(made, OVERALL_ERROR)
    resampled = [
        resampled_quantiles(days[:, index], COMPARED, seed=seed) for index in range(len(plan.targets))
    ]
    compared = tuple(
        Pair(
            a=a,
            b=b,
            same=_same(pairs, a, b),
            targets=tuple(
                _difference(pairs, days, resampled[index], index, (a, b), level, delta)
                for index in range(len(plan.targets))
            ),
            services=_services(pairs, pairs.services[place]),
            departments=_departments(pairs, pairs.departments[place]),
        )
        for place, (a, b) in enumerate(pairs.pairs)
    )
    found = dict.fromkeys(finding for one in alternatives for finding in one.findings)
    return Comparison(
        title=alternatives[0].title,
        plan=plan,
        illustrative=any(one.plan.illustrative for one in alternatives),
        seed=seed,
        replications=pairs.replications,
        delta=delta,
        target=target,
        best=_best(days[:, target], plan.horizon, distinct(pairs), nomination),
        nomination=nomination,
        claims=made,
        level=level,
        alternatives=standings,
        pairs=compared,
        anomalies=tuple(anomalies),
        findings=tuple(found),
        load=load,
    )


def distinct(pairs: Pairs) -> tuple[int, ...]:
    """Return the alternatives without those whose timelines are identical to an earlier one's."""
    digests = [_identity(pairs, place) for place in range(len(pairs.alternatives))]
    return tuple(place for place, digest in enumerate(digests) if digest not in digests[:place])


def _identity(pairs: Pairs, place: int) -> tuple[str, tuple[str, ...]]:
    """What two alternatives with identical timelines share: results are comparable task by task."""
    tasks = pairs.alternatives[place].plan.tasks
    return pairs.result_digests[place], tuple(f"{task.item}.{task.stage}" for task in tasks)


def _same(pairs: Pairs, a: int, b: int) -> Literal["ranks", "timelines"] | None:
    one, other = pairs.alternatives[a], pairs.alternatives[b]
    if one.plan.digest == other.plan.digest and one.order.digest == other.order.digest:
        return "ranks"
    return "timelines" if _identity(pairs, a) == _identity(pairs, b) else None


def _best(
    days: npt.NDArray[np.int64], horizon: int, systems: tuple[int, ...], nomination: Nomination | None
) -> int | None:
    if int(days.min()) == horizon or len(systems) == 1:
        return None
    if nomination is not None:
        return nomination.systems[nomination.selection.best]
    return min(systems, key=lambda place: (int(days[place].sum()), place))


def _compared(pairs: Pairs, place: int, days: npt.NDArray[np.int64]) -> Compared:
    one = pairs.alternatives[place]
    return Compared(
        name=one.name,
        variants=one.variants,
        order=one.order.name,
        digest=one.plan.digest,
        order_digest=one.order.digest,
        result_digest=pairs.result_digests[place],
        standings=tuple(
            _standing(pairs, place, index, days[place, index]) for index in range(len(one.plan.targets))
        ),
    )


def _standing(pairs: Pairs, place: int, index: int, days: npt.NDArray[np.int64]) -> Standing:
    plan = pairs.alternatives[place].plan
    target, count, first = plan.targets[index], len(days), min(int(days.min()), 0)
    counts = np.bincount(days - first, minlength=plan.horizon - first + 1)
    # A target date past the horizon is met by what is within it, not by what is counted as the horizon.
    met = (days <= target.by) & (days < plan.horizon)
    return Standing(
        target=target,
        met_by=share(int(met.sum()), count),
        quantiles=quantiles(counts, first),
        not_within_horizon=share(int((days == plan.horizon).sum()), count),
        mean=mean(int(days.sum()), int((days * days).sum()), count),
        user_weeks=pairs.user_weeks(target.by, place),
    )


def _difference(
    pairs: Pairs,
    days: npt.NDArray[np.int64],
    resampled: npt.NDArray[np.int64],
    index: int,
    pair: tuple[int, int],
    level: float,
    delta: float,
) -> TargetDifference:
    plan = pairs.alternatives[0].plan
    (a, b), horizon = pair, plan.horizon
    one, other = days[a, index], days[b, index]
    claim = claims.paired(one, other, horizon=horizon, level=level, delta=delta)
    difference = one - other
    count = len(difference)
    values, futures = np.unique(difference, return_counts=True)
    reached = np.cumsum(futures)
    return TargetDifference(
        target=plan.targets[index],
        claim=claim,
        verdict=_verdict(claim, never=int(min(one.min(), other.min())) == horizon),
        mean=mean(int(difference.sum()), int((difference * difference).sum()), count),
        earlier=share(claim.earlier, count),
        equal=share(claim.equal, count),
        later=share(claim.later, count),
        past_horizon=share(claim.censored, count),
        bounded=share(int(((one == horizon) != (other == horizon)).sum()), count),
        spread=tuple(int(values[np.searchsorted(reached, -(-percent * count // 100))]) for percent in SPREAD),
        days=values,
        futures=futures,
        quantiles=tuple(
            difference_of_quantiles(
                resampled[place, a], resampled[place, b], percent, horizon=horizon, level=0.95
            )
            for place, percent in enumerate(COMPARED)
        ),
        user_weeks=pairs.user_weeks(plan.targets[index].by, a, b),
    )


def _verdict(claim: Claim, *, never: bool) -> Verdict:
    if never:
        return "never reached"
    if claim.verdict == "equivalent" and claim.shares_lead:
        return "not distinguishable"
    return claim.verdict


def _services(pairs: Pairs, differences: Differences) -> tuple[Shift, ...]:
    services = pairs.alternatives[0].plan.services
    return tuple(
        _shift(service.id, service.name, differences, place, pairs.replications, 1)
        for place, service in enumerate(services)
        if service.live_on is None
    )


def _departments(pairs: Pairs, differences: Differences) -> tuple[Shift, ...]:
    plan = pairs.alternatives[0].plan
    waiting: dict[str, int] = {
        department: len(list(entries))
        for department, entries in groupby(sorted(s.department for s in plan.services if s.live_on is None))
    }
    chosen = ((place, plan.departments[int(index)]) for place, index in enumerate(pairs.departments_of))
    return tuple(
        _shift(department.id, department.name, differences, place, pairs.replications, waiting[department.id])
        for place, department in chosen
        if department.id in waiting
    )


def _shift(id_: str, name: str, differences: Differences, place: int, count: int, services: int) -> Shift:
    return Shift(
        id=id_,
        name=name,
        mean=mean(int(differences.total[place]), int(differences.squares[place]), count, float(services)),
        earlier=share(int(differences.earlier[place]), count),
        later=share(int(differences.later[place]), count),
    )
