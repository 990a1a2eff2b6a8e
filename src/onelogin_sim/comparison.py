"""Alternatives compared on the same luck: how they stand, how each pair differs, what may be claimed of it.

Differences are the first's day minus the second's, so below zero the first is earlier. Days are counted
to the horizon: what does not happen within it counts as the horizon. Both not within it is equal; one of
them not within it bounds the difference from below.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from onelogin_sim.anomalies import Anomaly
from onelogin_sim.bootstrap import QuantileDifference
from onelogin_sim.claims import Bound, Claim
from onelogin_sim.claims import Verdict as ClaimVerdict
from onelogin_sim.errors import Finding
from onelogin_sim.forecasting import Quantile, Share
from onelogin_sim.load_pairs import LoadComparison
from onelogin_sim.pairs import Mean
from onelogin_sim.plan import Plan, Target
from onelogin_sim.selection import Selection

#: Smallest difference in days worth acting on, unless the planner says otherwise: one week.
DELTA = 7.0

#: Probability that any of the claims of a comparison is false.
OVERALL_ERROR = 0.05

#: Percentiles whose difference is bootstrapped, in percent.
COMPARED = (50, 80)

#: Percentiles of the paired difference, in percent.
SPREAD = (10, 25, 50, 75, 90)

#: What is said of a pair and a target. "never reached" is a fact: under neither, in any future.
Verdict = Literal["a better", "b better", "equivalent", "not distinguishable", "identical", "never reached"]

_TURNED: dict[Verdict, ClaimVerdict] = {"a better": "b better", "b better": "a better"}


@dataclass(frozen=True, slots=True)
class Standing:
    """How one alternative meets one target.

    Attributes
    ----------
    met_by, quantiles, not_within_horizon
        As in a forecast of the alternative with the same seed and replications.
    mean
        Mean day it is met, counted to the horizon.
    user_weeks
        Annual users times weeks their services are live from the status date to the target's date, summed
        over services: mean over replications.
    """

    target: Target
    met_by: Share
    quantiles: tuple[Quantile, ...]
    not_within_horizon: Share
    mean: Mean
    user_weeks: Mean


@dataclass(frozen=True, slots=True)
class Compared:
    """One alternative and how it stands on each target."""

    name: str
    variants: tuple[str, ...]
    order: str
    digest: str
    order_digest: str
    result_digest: str
    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TargetDifference:
    """How a pair differs on one target.

    Attributes
    ----------
    claim
        The paired test, at a level such that all claims of the comparison hold together.
    verdict
        What is claimed. Never "equivalent" where so many futures reach past the horizon that the mean is
        only a bound.
    mean
        Mean difference in days, counted to the horizon, with its own 95% interval.
    earlier, equal, later
        Shares of futures in which the first is earlier, equal and later.
    past_horizon
        Share of futures in which one of the two, or both, is not within the horizon.
    bounded
        Share of futures in which exactly one is not, so that the difference is a lower bound.
    spread
        Percentiles of the difference over futures, as in `SPREAD`.
    days, futures
        int64 [entry]: the differences that occur, ascending, and in how many futures each does.
    quantiles
        Differences of the percentiles in `COMPARED`, each with its own 95% interval.
    user_weeks
        Mean of how many more user-weeks the first connects before the target's date.
    """

    target: Target
    claim: Claim
    verdict: Verdict
    mean: Mean
    earlier: Share
    equal: Share
    later: Share
    past_horizon: Share
    bounded: Share
    spread: tuple[int, ...]
    days: npt.NDArray[np.int64]
    futures: npt.NDArray[np.int64]
    quantiles: tuple[QuantileDifference, ...]
    user_weeks: Mean

    @property
    def shares_lead(self) -> bool:
        """Whether the share of futures with the first earlier says more than the mean."""
        return self.claim.shares_lead


@dataclass(frozen=True, slots=True)
class Shift:
    """By how much one service, or the services of one department on average, go live at another time.

    Attributes
    ----------
    id, name
        Of the service or department.
    mean
        Mean difference of the go-live day in days, counted to the horizon.
    earlier, later
        Shares of futures in which the first is earlier, and later.
    """

    id: str
    name: str
    mean: Mean
    earlier: Share
    later: Share


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two alternatives in the same futures.

    Attributes
    ----------
    a, b
        Indices of the alternatives.
    same
        Why nothing can differ: "ranks" when both serve everybody alike, "timelines" when everything
        started and finished on the same days in every future, None when something differs.
    targets
        In the order of the plan's targets.
    services, departments
        Those with something still to do at the status date, in the order of the plan.
    """

    a: int
    b: int
    same: Literal["ranks", "timelines"] | None
    targets: tuple[TargetDifference, ...]
    services: tuple[Shift, ...]
    departments: tuple[Shift, ...]


@dataclass(frozen=True, slots=True)
class Nomination:
    """What selection says before anything is claimed.

    Attributes
    ----------
    selection
        Outcome of the procedure of Kim and Nelson (2001); its indices are places in `systems`.
    systems
        Indices of the alternatives it chose from: one of each set with identical timelines.
    first, budget
        First replication it used, and how many it might.
    """

    selection: Selection
    systems: tuple[int, ...]
    first: int
    budget: int


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Everything a comparison says.

    Attributes
    ----------
    plan
        Of the first alternative: names, dates, targets and services, which all share.
    target
        Index of the target that decides who is best.
    best
        Index of the alternative nominated; of two, the one with the lower mean. None when none of them
        ever reaches the target, or all are identical.
    nomination
        How it was nominated; None where there was no need to.
    claims, level
        Claims made, and the confidence level of each so that all hold together with 95%.
    load
        The identity load of the alternatives; None where it was not compared.
    """

    title: str
    plan: Plan
    illustrative: bool
    seed: int
    replications: int
    delta: float
    target: int
    best: int | None
    nomination: Nomination | None
    claims: int
    level: float
    alternatives: tuple[Compared, ...]
    pairs: tuple[Pair, ...]
    anomalies: tuple[Anomaly, ...]
    findings: tuple[Finding, ...]
    load: LoadComparison | None = None

    @property
    def reference(self) -> int | None:
        """What the best is held against: the first, or where that is the best or its like, the next best."""
        if self.best is None:
            return None
        others = [
            place
            for place in range(len(self.alternatives))
            if place != self.best and self.pair(self.best, place).same is None
        ]
        if 0 in others:
            return 0
        return min(others, key=lambda place: self.alternatives[place].standings[self.target].mean.value)

    def pair(self, a: int, b: int) -> Pair:
        """Return a pair with `a` as the first, whichever way round it was compared."""
        found = next(pair for pair in self.pairs if {pair.a, pair.b} == {a, b})
        return found if found.a == a else turned(found)


def turned(pair: Pair) -> Pair:
    """Return the same pair with the other one first."""
    return replace(
        pair,
        a=pair.b,
        b=pair.a,
        targets=tuple(_turned_target(entry) for entry in pair.targets),
        services=tuple(_turned_shift(entry) for entry in pair.services),
        departments=tuple(_turned_shift(entry) for entry in pair.departments),
    )


def _negative(value: Mean) -> Mean:
    # Subtracted, not negated: there is no minus zero.
    return Mean(0.0 - value.value, 0.0 - value.high, 0.0 - value.low)


def _turned_shift(entry: Shift) -> Shift:
    return replace(entry, mean=_negative(entry.mean), earlier=entry.later, later=entry.earlier)


def _turned_target(entry: TargetDifference) -> TargetDifference:
    claim = entry.claim
    return replace(
        entry,
        claim=replace(
            claim,
            verdict=_TURNED.get(claim.verdict, claim.verdict),
            mean=0.0 - claim.mean,
            low=0.0 - claim.high,
            high=0.0 - claim.low,
            earlier=claim.later,
            later=claim.earlier,
        ),
        verdict=_TURNED.get(entry.verdict, entry.verdict),
        mean=_negative(entry.mean),
        earlier=entry.later,
        later=entry.earlier,
        spread=tuple(-days for days in reversed(entry.spread)),
        days=-entry.days[::-1],
        futures=entry.futures[::-1],
        quantiles=tuple(_turned_quantile(one) for one in entry.quantiles),
        user_weeks=_negative(entry.user_weeks),
    )


def _turned_quantile(entry: QuantileDifference) -> QuantileDifference:
    other_bound: dict[Bound, Bound] = {"at least": "at most", "at most": "at least"}
    return replace(
        entry,
        a=entry.b,
        b=entry.a,
        difference=-entry.difference,
        bound=other_bound.get(entry.bound, entry.bound),
        low=None if entry.high is None else -entry.high,
        high=None if entry.low is None else -entry.low,
    )
