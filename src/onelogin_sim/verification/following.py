"""Which futures are followed customer by customer, and the weeks told of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from onelogin_sim.execute import run_in_order
from onelogin_sim.timeline import Timeline
from onelogin_sim.verification.demand import demand
from onelogin_sim.verification.population import Verification
from onelogin_sim.verification.windows import Week, week_of, weeks


@dataclass(frozen=True, slots=True, eq=False)
class FollowedFuture:
    """A future whose customers were followed, and the weeks that are told of it.

    Attributes
    ----------
    percentile
        Of all checks, at which it stands among the futures.
    replication
        Its number.
    weeks
        In order.
    """

    percentile: int
    replication: int
    weeks: tuple[Week, ...]


class _Look(NamedTuple):
    """A future to follow: all a worker needs.

    Attributes
    ----------
    timeline
        Of the one replication.
    chosen
        As `weeks` has it.
    """

    verification: Verification
    timeline: Timeline
    seed: int
    chosen: tuple[range, ...]

    @property
    def replication(self) -> int:
        """The future."""
        return self.timeline.replications.start

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return f"customers of replication {self.replication}"


def _look(at: _Look) -> tuple[Week, ...]:
    """Return the weeks of a future."""
    return tuple(weeks(demand(at.verification, at.timeline), at.replication, at.seed, at.chosen))


def follow(
    verification: Verification,
    futures: Sequence[tuple[int, int]],
    again: Callable[[range], Timeline],
    seed: int,
    *,
    weeks_of: Sequence[date] = (),
    workers: int = 1,
    executor: Executor | None = None,
) -> tuple[FollowedFuture, ...]:
    """Return futures whose customers are followed from the status date on, one process a future.

    Parameters
    ----------
    futures
        (percentile, replication) of each, as `loads.LoadForecast.typical` has them; a replication that stands at
        several percentiles is followed once.
    again
        The timeline of some replications.
    seed
        The run's root seed.
    weeks_of
        Dates whose weeks are told; none: the busiest of each quarter.
    workers, executor
        As in `execute.run_in_order`.

    Raises
    ------
    PlanError
        When a week is not within the horizon, or too many come at once to be followed.
    """
    chosen = tuple(dict.fromkeys(week_of(verification, when) for when in weeks_of))
    looks = [
        _Look(verification, again(range(one, one + 1)), seed, chosen)
        for one in dict.fromkeys(replication for _, replication in futures)
    ]
    done = run_in_order(_look, looks, workers=workers, executor=executor, name=lambda one: one.name)
    found = {one.replication: told for one, told in done}
    return tuple(
        FollowedFuture(percentile, replication, found[replication]) for percentile, replication in futures
    )
