"""What would move the date: one thing changed at a time, on common random numbers.

The same seed and replications, all else equal: what is left of each pair's difference is the change alone.
Beside it, from the same futures, what the date hangs on: driver chains with barriers, and merge bias.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onelogin_sim import chains
from onelogin_sim.blocks import ENGINE, Progress, engine_named
from onelogin_sim.calendars import NEVER
from onelogin_sim.coverage import met_day
from onelogin_sim.draws import Draws, draw
from onelogin_sim.drivers import Drivers, drivers
from onelogin_sim.driving import barrier_days, merges
from onelogin_sim.driving.alterations import Alteration, Kind, alterations, altered_draws, without_barrier
from onelogin_sim.driving.barrier_days import BarrierSums, barrier_sums, with_barriers
from onelogin_sim.driving.basis import Basis
from onelogin_sim.driving.estimates import Estimate, mean_estimate
from onelogin_sim.driving.merges import MergeBias, MergeSums, merge_bias, merge_sums
from onelogin_sim.driving.paired_shares import paired_share_difference
from onelogin_sim.forecasting import Share, share
from onelogin_sim.plan import Order, Plan
from onelogin_sim.scenario import Scenario
from onelogin_sim.timeline import Timeline

Counts = npt.NDArray[np.int64]

#: Replications run at once: bounds the memory, and changes no result.
SIZE = 500


@dataclass(frozen=True, slots=True)
class Impact:
    """What one change does to the day one target is met; differences are changed less unchanged.

    Attributes
    ----------
    kind, id, name
        What was changed, as in `Alteration`.
    target
        Id of the target.
    days
        Mean paired difference in days, counted to the horizon; negative is earlier.
    earlier, later
        Shares of futures in which the target is met earlier, or later, with the change.
    met_by
        Change in the probability of meeting the target by its date.
    beyond
        Share of futures in which the target is not met within the horizon with the change, without it, or both.
    bounded
        Share of futures in which only one of the two is: the difference there is at least what is counted.
    same
        Whether every start and finish is the same in every future.
    """

    kind: Kind
    id: str
    name: str
    target: str
    days: Estimate
    earlier: Share
    later: Share
    met_by: Estimate
    beyond: float
    bounded: float
    same: bool


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The forecast all changes are compared with: mean day counted to the horizon, chance of meeting the date."""

    target: str
    day: Estimate
    met_by: Share
    beyond: float


@dataclass(frozen=True, slots=True, eq=False)
class Impacts:
    """What drives the date.

    Attributes
    ----------
    result_digest
        Of the unchanged run: that of the forecast with the same scenario, order, seed and replications.
    unchanged
        By target, in the plan's order.
    impacts
        By target, then largest absolute effect first; ties in the order of the changes.
    drivers
        As in a forecast, with barriers among them.
    merges
        Largest merge bias first.
    """

    basis: Basis
    result_digest: str
    unchanged: tuple[Unchanged, ...]
    impacts: tuple[Impact, ...]
    drivers: tuple[Drivers, ...]
    merges: tuple[MergeBias, ...]


def leave_one_out(
    scenario: Scenario,
    order: Order | None = None,
    replications: int = 1000,
    seed: int = 1,
    *,
    engine: str = ENGINE,
    progress: Progress | None = None,
) -> Impacts:
    """Return what each single change to a scenario does to the day each target is met, and what drives it.

    Parameters
    ----------
    scenario, order, seed
        As for a forecast; without an order, the scenario's own first. The order stays when the plan changes.
    replications
        Futures, at least 2; each is run once as it is and once for each change.
    engine
        A name in `blocks.ENGINES`.
    progress
        Called with (futures simulated, all futures).

    Raises
    ------
    ValueError
        When replications, seed or engine are not allowed.
    """
    basis = Basis.of(scenario, order, replications, seed)
    return compare_changes(basis, alterations(scenario), engine=engine, progress=progress)


def compare_changes(
    basis: Basis,
    changes: Sequence[Alteration],
    *,
    engine: str = ENGINE,
    progress: Progress | None = None,
) -> Impacts:
    """Return the impacts of some changes to a plan; what `leave_one_out` does with those it knows."""
    run, plan = engine_named(engine), basis.plan
    unchanged = _Unchanged(basis)
    differences = [_Differences(plan) for _ in changes]
    done, all_futures = 0, basis.replications * (len(changes) + 1)
    for which in _blocks(basis.replications):
        draws = draw(plan, basis.seed, which)
        timeline = run(plan, basis.order, draws)
        before = unchanged.add(timeline, draws)
        for change, difference in zip(changes, differences, strict=True):
            after = run(change.plan, basis.order, altered_draws(change, basis.seed, draws))
            difference.add(before, _met_days(plan, after.go_live), _same(timeline, after))
            done += len(which)
            if progress:
                progress(done, all_futures)
        done += len(which)
        if progress:
            progress(done, all_futures)
    return unchanged.summary(tuple(zip(changes, differences, strict=True)))


class _Unchanged:
    """The plan as it is, added up block by block."""

    def __init__(self, basis: Basis) -> None:
        plan = basis.plan
        self.basis, self.found = basis, merges.merges(plan, basis.order)
        self.without = {barrier.id: without_barrier(plan, barrier.id) for barrier in plan.barriers}
        self.hasher = hashlib.sha256()
        self.sums: tuple[chains.Sums, BarrierSums, MergeSums] | None = None
        # Sum of days and of their squares, futures that meet the date, and those beyond the horizon.
        self.days = np.zeros((len(plan.targets), 4), dtype=np.int64)

    def add(self, timeline: Timeline, draws: Draws) -> npt.NDArray[np.int32]:
        """Add a block; return int32 [replication, target], the day each target is met."""
        plan, order, seed = timeline.plan, self.basis.order, self.basis.seed
        timeline.digest_into(self.hasher)
        days = _met_days(plan, timeline.go_live)
        counted = np.minimum(days, plan.horizon).astype(np.int64)
        by = np.array([target.by for target in plan.targets])
        parts = (counted, counted * counted, days <= by, days == NEVER)
        self.days += np.stack([part.sum(axis=0) for part in parts], axis=1)
        without = {name: draw(other, seed, draws.replications).days for name, other in self.without.items()}
        fresh = (
            chains.block_sums(timeline, order, draws),
            barrier_sums(timeline, order, draws, without),
            merge_sums(timeline, self.found),
        )
        if self.sums is None:
            self.sums = fresh
        else:
            self.sums = (
                chains.add(self.sums[0], fresh[0]),
                barrier_days.add(self.sums[1], fresh[1]),
                merges.add(self.sums[2], fresh[2]),
            )
        return days

    def summary(self, changes: tuple[tuple[Alteration, _Differences], ...]) -> Impacts:
        """Return everything, once all blocks are added."""
        plan, count = self.basis.plan, self.basis.replications
        assert self.sums is not None
        chain_sums, barriers, merged = self.sums
        impacts: list[Impact] = []
        for place in range(len(plan.targets)):
            made = [difference.impact(change, place, count) for change, difference in changes]
            impacts += sorted(made, key=lambda one: -abs(one.days.mean))
        return Impacts(
            basis=self.basis,
            result_digest=self.hasher.hexdigest(),
            unchanged=tuple(
                Unchanged(target.id, mean_estimate(count, total, squares), share(met, count), beyond / count)
                for target, (total, squares, met, beyond) in zip(
                    plan.targets, self.days.tolist(), strict=True
                )
            ),
            impacts=tuple(impacts),
            drivers=with_barriers(drivers(plan, chain_sums), plan, barriers),
            merges=merge_bias(plan, self.found, merged),
        )


class _Differences:
    """One change against the plan as it is, added up block by block in whole numbers."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.same = plan, True
        self.counts = np.zeros((len(plan.targets), 9), dtype=np.int64)

    def add(self, before: npt.NDArray[np.int32], after: npt.NDArray[np.int32], same: bool) -> None:
        """Add a block: int32 [replication, target] without and with the change."""
        self.same &= same
        horizon, by = self.plan.horizon, np.array([target.by for target in self.plan.targets])
        late = np.minimum(after, horizon).astype(np.int64) - np.minimum(before, horizon)
        met, met_after = before <= by, after <= by
        never, never_after = before == NEVER, after == NEVER
        parts = (
            late, late * late, late < 0, late > 0,
            met & met_after, met & ~met_after, ~met & met_after,
            never | never_after, never ^ never_after,
        )  # fmt: skip
        self.counts += np.stack([part.sum(axis=0) for part in parts], axis=1)

    def impact(self, change: Alteration, place: int, count: int) -> Impact:
        """Return the impact on one target."""
        total, squares, earlier, later, both, lost, won, beyond, bounded = self.counts[place].tolist()
        return Impact(
            change.kind,
            change.id,
            change.name,
            self.plan.targets[place].id,
            mean_estimate(count, total, squares),
            share(earlier, count),
            share(later, count),
            paired_share_difference(both, lost, won, count),
            beyond / count,
            bounded / count,
            self.same,
        )


def _met_days(plan: Plan, go_live: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    days = [met_day(plan, target, go_live) for target in plan.targets]
    return np.stack(days, axis=1) if days else np.zeros((len(go_live), 0), dtype=np.int32)


def _same(one: Timeline, other: Timeline) -> bool:
    return np.array_equal(one.start, other.start) and np.array_equal(one.finish, other.finish)


def _blocks(replications: int) -> Iterator[range]:
    for start in range(0, replications, SIZE):
        yield range(start, min(start + SIZE, replications))
