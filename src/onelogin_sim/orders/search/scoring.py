"""How good an order is in each future, as numbers that are better when lower, so that orders can be paired.

A percentile is no mean, and differences of percentiles cannot be raced future by future. So each order's days
are cut off around the incumbent's percentile: between its percentiles ten below and ten above, a fifth of the
futures count by their days, the others only by the side they lie on. The mean of what is left, times five, moves
with the percentile day for day while orders are near one another (the influence function of a quantile, Hampel
1974, with its jump smoothed out); final values are percentiles proper.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onelogin_sim.coverage import met_day
from onelogin_sim.engines.compiled.many import Many
from onelogin_sim.errors import PlanError, did_you_mean
from onelogin_sim.orders.search.loading import Loading, over
from onelogin_sim.orders.search.problem import WITHOUT_TARGET, Limits, Objective, Objectives
from onelogin_sim.plan import Plan, Target
from onelogin_sim.verification.weekly import WeeklyLoad

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Whole = npt.NDArray[np.int64]

#: For each objective, between which days an order's days count.
Focus = tuple[tuple[float, float], ...]

#: Percentage points on either side of a percentile in which days count.
NEAR = 10

#: What a day that a service is late, beyond its latest day, adds to an order's score while the search looks around;
#: a percent that the load is over its limit adds as much.
A_DAY_LATE = 10.0

#: Objectives that are percentiles.
PERCENTS = {"p50": 50, "p80": 80}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What some orders came to in some futures.

    Attributes
    ----------
    values
        float64 [part, order, future]: of each objective, in its unit, better when lower.
    late
        float64 [order, future]: days beyond their latest days, all services together, and percent of load beyond its
        limits.
    kept
        bool [limit, order, future]: whether each latest day was kept, then each limit on the load.
    load
        float64 [2, order, future]: checks and rises in the busiest week, and the work where and when it is most over
        what can be done; [0, order, future] where neither was asked for.
    """

    values: Floats
    late: Floats
    kept: npt.NDArray[np.bool_]
    load: Floats


class Scoring:
    """Objectives and limits of luck of one plan, ready to judge go-live days.

    Parameters
    ----------
    peaks
        Whether the load is told in each `Outcome` although no limit asks for it.

    Raises
    ------
    PlanError
        When a target or service is unknown, a day lies outside the horizon, or there is no load to limit.
    """

    def __init__(self, plan: Plan, objectives: Objectives, limits: Limits, *, peaks: bool = False) -> None:
        self.plan, self.objectives, self.limits = plan, objectives, limits
        self.prices = np.array(objectives.prices)
        self._parts = [(part, _target(plan, part), _by(plan, part)) for part in objectives.parts]
        column = {service.id: place for place, service in enumerate(plan.services)}
        for name, day in limits.latest.items():
            if name not in column:
                raise PlanError(f"latest: '{name}' is not a service; {did_you_mean(name, list(column))}")
            if not 0 <= day < plan.horizon:
                raise PlanError(
                    f"latest: day {day} of '{name}' must lie between 0 and the horizon, {plan.horizon}"
                )
        if not 0 < limits.share <= 1:
            raise PlanError(f"latest: the share of futures must lie above 0 and up to 1, got {limits.share}")
        _check_load(objectives, limits)
        self._peaks = peaks or limits.on_load
        self._dates = [by for part, _, by in self._parts if part.kind == "checks_avoided"]
        self._loading = None
        if objectives.verification is not None and (self._dates or self._peaks):
            self._loading = Loading(plan, objectives.verification, self._dates, weeks=self._peaks)
        self._columns = np.array([column[name] for name in limits.latest], dtype=np.int64)
        self._latest = np.array(list(limits.latest.values()), dtype=np.int32)

    @property
    def everywhere(self) -> Focus:
        """The focus under which every day counts."""
        return tuple((-np.inf, np.inf) for _ in self.objectives.parts)

    @property
    def only_mean_days(self) -> bool:
        """Whether all that is asked for is one mean day, at a price of 1."""
        return (
            len(self.objectives.parts) == 1
            and self.objectives.parts[0].kind == "mean"
            and self.prices[0] == 1
        )

    @property
    def has_luck(self) -> bool:
        """Whether there are limits that are a matter of luck: latest days, or limits on the load."""
        return bool(self.limits.latest) or self.limits.on_load

    @property
    def has_percentiles(self) -> bool:
        """Whether an objective is a percentile."""
        return any(part.kind in PERCENTS for part in self.objectives.parts)

    def outcome(
        self,
        go_live: Ints,
        many: Many | None = None,
        rows: Whole | None = None,
        *,
        executor: Executor | None = None,
    ) -> Outcome:
        """Judge int32 [order, future, service] go-live days.

        Parameters
        ----------
        many, rows
            What made them, and in which of its futures, int [order, future] or [future]; None is all of them in turn.
            The load depends on who asks for an identity, and so on the future; without it neither is needed.
        executor
            Threads that share the work of the load.

        Raises
        ------
        ValueError
            When the load is asked for and nothing says which futures the days are of.
        """
        orders, futures, services = go_live.shape
        flat = go_live.reshape(orders * futures, services)
        load, peaks = None, np.zeros((0, orders * futures))
        if self._loading is not None:
            if many is None:
                raise ValueError("the identity load needs the futures that the go-live days are of")
            load = self._loading.of(go_live, many, rows, executor=executor)
            if self._peaks:
                peaks = np.array([load.peak, load.use])
        values = [self._value(part, target, by, flat, load) for part, target, by in self._parts]
        limited = np.minimum(flat[:, self._columns], self.plan.horizon)
        late = np.maximum(limited - self._latest, 0).sum(axis=1, dtype=np.float64)
        kept = (limited <= self._latest).T
        if load is not None and self.limits.on_load:
            beyond = over(load, self.limits)
            late, kept = late + beyond.sum(axis=0), np.concatenate([kept, beyond == 0])
        return Outcome(
            np.array(values).reshape(len(values), orders, futures),
            late.reshape(orders, futures),
            kept.reshape(len(kept), orders, futures),
            peaks.reshape(len(peaks), orders, futures),
        )

    def _value(
        self, part: Objective, target: Target | None, by: int, go_live: Ints, load: WeeklyLoad | None
    ) -> Floats:
        if part.kind == "checks_avoided" and load is not None:
            avoided: Floats = -load.avoided[:, self._dates.index(by)] / 1000
            return avoided
        if target is None:
            weeks = np.maximum(by - np.maximum(go_live, 0), 0) @ self.plan.users.astype(np.float64)
            connected: Floats = -100 * weeks / (by * float(self.plan.users.sum()))
            return connected
        met = met_day(self.plan, target, go_live)
        if part.kind == "probability":
            return np.where(met <= by, -100.0, 0.0)
        return np.minimum(met, self.plan.horizon).astype(np.float64)

    def value(self, outcome: Outcome) -> Floats:
        """Return float64 [order]: the objectives' values over these futures, times their prices, added up."""
        return self.total(outcome.values)

    def total(self, found: Floats) -> Floats:
        """Return float64 [order]: the value of float64 [part, order, future]."""
        total = np.zeros(found.shape[1])
        for price, part, values in zip(self.prices, self.objectives.parts, found, strict=True):
            if part.kind in PERCENTS:
                total += price * percentile(values, PERCENTS[part.kind])
            else:
                total += price * values.mean(axis=1)
        return total

    def broken(self, outcome: Outcome) -> Floats:
        """Return float64 [order]: by how much the shares of futures that keep the limits fall short, added up."""
        short: Floats = np.maximum(self.limits.share - outcome.kept.mean(axis=2), 0).sum(axis=0)
        return short

    def focus(self, outcome: Outcome) -> Focus:
        """Return for each objective between which days of the first order's an order's days count."""
        return tuple(
            (
                float(percentile(values[:1], PERCENTS[part.kind] - NEAR)[0]),
                float(percentile(values[:1], PERCENTS[part.kind] + NEAR)[0]) + 1.0,
            )
            if part.kind in PERCENTS
            else (-np.inf, np.inf)
            for part, values in zip(self.objectives.parts, outcome.values, strict=True)
        )

    def scores(self, outcome: Outcome, focus: Focus) -> Floats:
        """Return float64 [order, future]: what to pair and race by; its mean goes with the value."""
        total = A_DAY_LATE * outcome.late
        for price, part, values, (low, high) in zip(
            self.prices, self.objectives.parts, outcome.values, focus, strict=True
        ):
            if part.kind in PERCENTS:
                total = total + price * np.clip(values, low, high) * (100 / (2 * NEAR))
            else:
                total = total + price * values
        return total

    def missed(
        self, outcome: Outcome, order: int, among: Sequence[bool] | npt.NDArray[np.bool_] | None = None
    ) -> list[str]:
        """Return the limits of luck an order does not keep in enough of these futures, in words.

        Parameters
        ----------
        among
            bool [limit]: only these; None is all.
        """
        shares = outcome.kept[:, order].mean(axis=1).tolist()
        told = [
            (f"'{name}' live by {self.plan.as_date(day)}", "") for name, day in self.limits.latest.items()
        ]
        told += self._load_limits(outcome.load[:, order])
        asked = [True] * len(shares) if among is None else among
        return [
            f"{limit} ({_below(share, self.limits.share)} of futures{reached})"
            for (limit, reached), share, one in zip(told, shares, asked, strict=True)
            if one and share < self.limits.share
        ]

    def _load_limits(self, load: Floats) -> list[tuple[str, str]]:
        """Each limit on the load, and what float64 [2, future] comes to in so many futures, in words."""
        limits, found = self.limits, []
        if not limits.on_load:
            return []
        enough = f"; in {limits.share:.0%}"
        peak, use = np.quantile(load, limits.share, axis=1, method="inverted_cdf").tolist()
        if limits.peak_load is not None:
            limit = f"at most {limits.peak_load:,} identity checks and rises in a week"
            found.append((limit, f"{enough} the busiest week has up to {np.ceil(peak):,.0f}"))
        if limits.within_capacity:
            most = f"up to {use:,.1f} times what it can do" if use < np.inf else "some that can do none"
            found.append(("each station within its capacity", f"{enough} one gets work of {most} in a week"))
        return found


def _check_load(objectives: Objectives, limits: Limits) -> None:
    if not limits.on_load:
        return
    if objectives.verification is None:
        raise PlanError("the identity load cannot be limited: the scenario has no `verification` section")
    if limits.peak_load is not None and limits.peak_load < 1:
        raise PlanError(f"peak load: at least 1 check in a week must be allowed, got {limits.peak_load}")
    if limits.within_capacity and not objectives.verification.stations:
        raise PlanError("within capacity: the scenario has no stations under `verification`")


def _below(share: float, limit: float) -> str:
    """Return a share in percent, with as many decimals as show that it is below the limit."""
    for decimals in range(6):
        text = f"{share:.{decimals}%}"
        if float(text[:-1]) / 100 < limit:
            break
    return text


def percentile(values: Floats, percent: int) -> Floats:
    """Return float64 [order]: the smallest value that at least so many percent of [order, future] do not exceed."""
    place = -(-percent * values.shape[1] // 100) - 1
    return np.partition(values, place, axis=1)[:, place]


def _target(plan: Plan, part: Objective) -> Target | None:
    if part.target is None:
        return None
    targets = {target.id: target for target in plan.targets}
    if part.target not in targets:
        raise PlanError(
            f"objective '{part.kind}': '{part.target}' is not among the targets; "
            f"{did_you_mean(part.target, list(targets))}"
        )
    return targets[part.target]


def _by(plan: Plan, part: Objective) -> int:
    target = _target(plan, part)
    if part.kind == "user_weeks" and not plan.users.sum():
        raise PlanError("objective 'user_weeks': no service has users")
    by = part.by if part.by is not None else plan.horizon if target is None else target.by
    if not 0 < by <= plan.horizon and part.kind in ("probability", *WITHOUT_TARGET):
        raise PlanError(
            f"objective {part.text}: day {by} must lie above 0, up to the horizon, {plan.horizon}"
        )
    return by
