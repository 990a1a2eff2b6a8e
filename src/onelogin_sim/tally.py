"""A run summed up block by block: exact counts, so that nothing depends on the size or source of blocks."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.calendars import NEVER
from onelogin_sim.chains import Sums, add
from onelogin_sim.coverage import (
    count_covered,
    covered,
    departments_in_scope,
    last_live,
    met_day,
    month_ends,
    total,
)
from onelogin_sim.plan import Measure, Plan
from onelogin_sim.timeline import Timeline
from onelogin_sim.verification.loads import Load

#: Coverage in users is counted in so many steps; of each step the smallest coverage seen is kept. So a
#: percentile is a coverage that some future really has, at most a step below the exact one.
USER_STEPS = 4000

#: Whole futures kept for the coverage chart: the first replications, which are as random as any.
SAMPLE_PATHS = 10


class Block(NamedTuple):
    """What is kept of a block of replications: arrays only, so that it can be stored and sent as it is.

    `load` is None where nothing is said of identity checks.
    """

    start: npt.NDArray[np.int32]
    finish: npt.NDArray[np.int32]
    sums: Sums
    load: Load | None = None


class Tally:
    """Counts over replications, added block by block in order.

    Memory does not grow with the number of replications, but for four bytes per target and replication.

    Attributes
    ----------
    replications
        Replications added so far.
    first_day
        Day of the first column below: zero, or the day the first live service went live.
    go_live
        int64 [service, day - first_day]: futures in which a service goes live on a day; the last column
        counts those in which it does not within the horizon.
    department_done
        int64 [department in scope, day - first_day]: the same for the last service of each department.
    last, department_last
        int64 [service], [department in scope]: futures in which it is among the last to go live, of those
        not live at the status date.
    coverage, least
        int64 [month, step] by measure: futures with so much covered at the end of each month, and the
        smallest coverage among them.
    paths
        int64 [path, month] by measure: coverage in whole futures.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.replications = 0
        self.months = month_ends(plan)
        self.measures: tuple[Measure, ...] = tuple(
            dict.fromkeys(["services", *(target.measure for target in plan.targets)])
        )
        begun = [service.live_on for service in plan.services if service.live_on is not None]
        begun += [task.since for task in plan.tasks if task.since is not None]
        self.first_day = min([0, *begun])
        days = plan.horizon - self.first_day + 1
        departments = len(departments_in_scope(plan))
        self.go_live = np.zeros((len(plan.services), days), dtype=np.int64)
        self.department_done = np.zeros((departments, days), dtype=np.int64)
        self.last = np.zeros(len(plan.services), dtype=np.int64)
        self.department_last = np.zeros(departments, dtype=np.int64)
        self.coverage: dict[Measure, npt.NDArray[np.int64]] = {
            name: np.zeros((len(self.months), self.steps(name) + 1), dtype=np.int64) for name in self.measures
        }
        self.least: dict[Measure, npt.NDArray[np.int64]] = {
            name: np.full_like(counts, np.iinfo(np.int64).max) for name, counts in self.coverage.items()
        }
        self.paths: dict[Measure, npt.NDArray[np.int64]] = {
            name: np.zeros((0, len(self.months)), dtype=np.int64) for name in self.measures
        }
        self.sums: Sums | None = None
        self._target_days: list[npt.NDArray[np.int32]] = []
        self._hasher = hashlib.sha256()

    def steps(self, measure: Measure) -> int:
        """Return the largest step of a measure's coverage."""
        return USER_STEPS if measure == "annual_users" else total(self.plan, measure)

    def add(self, replications: range, block: Block) -> Timeline:
        """Add a block and return its timeline. Blocks come in order, as the result digest wants them."""
        if replications.start != self.replications:
            raise ValueError(f"block {replications} does not follow replication {self.replications - 1}")
        timeline = Timeline(self.plan, replications, block.start, block.finish)
        self.replications = replications.stop
        timeline.digest_into(self._hasher)
        self.sums = block.sums if self.sums is None else add(self.sums, block.sums)
        go_live = timeline.go_live
        met = np.empty((len(replications), len(self.plan.targets)), dtype=np.int32)
        for index, target in enumerate(self.plan.targets):
            met[:, index] = met_day(self.plan, target, go_live)
        self._target_days.append(met)
        self._count(self.go_live, go_live)
        self._count(self.department_done, last_live(self.plan, go_live))
        self._count_last(go_live)
        self._count_coverage(go_live)
        return timeline

    @property
    def result_digest(self) -> str:
        """SHA-256 of all starts and finishes so far."""
        return self._hasher.hexdigest()

    @property
    def target_days(self) -> npt.NDArray[np.int32]:
        """int32 [replication, target]: the day each target is met, or NEVER."""
        return np.concatenate(self._target_days)

    def _count(self, counts: npt.NDArray[np.int64], days: npt.NDArray[np.int32]) -> None:
        _count_days(np.ascontiguousarray(days.T), self.plan.horizon, self.first_day, counts)

    def _count_last(self, go_live: npt.NDArray[np.int32]) -> None:
        unfinished = np.array([service.live_on is None for service in self.plan.services], dtype=np.bool_)
        department = np.searchsorted(departments_in_scope(self.plan), self.plan.department_of)
        _count_last(go_live, unfinished, department, self.last, self.department_last)

    def _count_coverage(self, go_live: npt.NDArray[np.int32]) -> None:
        for name in self.measures:
            missing = SAMPLE_PATHS - len(self.paths[name])
            if missing > 0:
                some = covered(self.plan, name, go_live[:missing], self.months)
                self.paths[name] = np.concatenate((self.paths[name], some))
            count_covered(self.plan, name, go_live, self.months, self.coverage[name], self.least[name])


@numba.njit(cache=True)
def _count_days(
    days: npt.NDArray[np.int32], horizon: int, first_day: int, counts: npt.NDArray[np.int64]
) -> None:
    """Count days, int32 [column, replication], that lie beyond the horizon together with it."""
    for column in range(days.shape[0]):
        for row in range(days.shape[1]):
            counts[column, min(days[column, row], horizon) - first_day] += 1


@numba.njit(cache=True)
def _count_last(
    go_live: npt.NDArray[np.int32],
    unfinished: npt.NDArray[np.bool_],
    department: npt.NDArray[np.int64],
    last: npt.NDArray[np.int64],
    department_last: npt.NDArray[np.int64],
) -> None:
    """Count the services among the last to go live in each future, and once a future their departments."""
    counted = np.full(len(department_last), -1, dtype=np.int64)
    for row in range(len(go_live)):
        latest = np.int32(-NEVER)
        for service in range(len(unfinished)):
            if unfinished[service]:
                latest = max(latest, go_live[row, service])
        for service in range(len(unfinished)):
            if unfinished[service] and go_live[row, service] == latest:
                last[service] += 1
                if counted[department[service]] != row:
                    counted[department[service]] = row
                    department_last[department[service]] += 1
