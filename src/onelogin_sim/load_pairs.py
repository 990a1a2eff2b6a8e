"""The identity load of alternatives compared future by future: exact sums, whatever the blocks.

An order may meet its date sooner and break the load: it is told by the same paired differences as the dates are,
first minus second. What does not happen within the horizon is counted as the horizon.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations

import numpy as np
import numpy.typing as npt

from onelogin_sim import claims
from onelogin_sim.forecasting import Share, share
from onelogin_sim.pairs import Mean, mean
from onelogin_sim.plan import Plan
from onelogin_sim.verification.load_figures import (
    FIRST_OVER,
    OVER,
    PEAK_MONTH,
    Figure,
    capacity_by_month,
    load_figures,
)
from onelogin_sim.verification.loads import Band
from onelogin_sim.verification.population import Verification
from onelogin_sim.verification.rates import month_starts
from onelogin_sim.verification.steps import Steps

Whole = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

#: Percentiles of an alternative's own figures, in percent.
OWN = (10, 50, 90)

#: What is claimed of every pair, in words too: these hold together.
CLAIMED = (PEAK_MONTH, OVER, FIRST_OVER)

#: Probability that any claim about the load is false.
OVERALL_ERROR = 0.05

#: Steps in a doubling of what is counted by month, as a power of two.
_BITS = 4


@dataclass(frozen=True, slots=True)
class LoadStanding:
    """One figure of one alternative: its mean, and its P10, P50 and P90 over futures."""

    figure: Figure
    mean: Mean
    percentiles: tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class LoadSeries:
    """What is asked for month by month.

    Attributes
    ----------
    id
        "checks" (rises to P2 included), or a station, whose customers are counted.
    band
        Over futures, pointwise.
    capacity
        float64 [month]: customers the station can serve; None of checks.
    """

    id: str
    band: Band
    capacity: Floats | None


@dataclass(frozen=True, slots=True)
class LoadCompared:
    """The load of one alternative.

    Attributes
    ----------
    standings
        See `verification.load_figures` for the figures.
    series
        Checks, then the stations that every alternative has.
    """

    name: str
    standings: tuple[LoadStanding, ...]
    series: tuple[LoadSeries, ...]

    def standing(self, kind: str, of: str = "") -> LoadStanding:
        """Return one figure."""
        return next(one for one in self.standings if one.figure == Figure(kind, of))


@dataclass(frozen=True, slots=True)
class LoadDifference:
    """How a pair differs in one figure, first minus second.

    Attributes
    ----------
    mean
        The mean difference with its own 95% interval.
    claim
        With an interval such that all claims about the load hold together; None where nothing is claimed.
    higher, lower
        Shares of futures in which the first's figure is the higher, and the lower.
    """

    figure: Figure
    mean: Mean
    claim: Mean | None
    higher: Share
    lower: Share

    @property
    def surely_higher(self) -> bool:
        """Whether it is claimed that the first's figure is the higher."""
        return self.claim is not None and self.claim.low > 0

    @property
    def surely_lower(self) -> bool:
        """Whether it is claimed that the first's figure is the lower."""
        return self.claim is not None and self.claim.high < 0


@dataclass(frozen=True, slots=True)
class LoadPair:
    """Two alternatives' load in the same futures: indices, and differences by figure."""

    a: int
    b: int
    differences: tuple[LoadDifference, ...]

    def difference(self, kind: str, of: str = "") -> LoadDifference:
        """Return the difference in one figure."""
        return next(one for one in self.differences if one.figure == Figure(kind, of))


@dataclass(frozen=True, slots=True)
class LoadComparison:
    """What a comparison says of the identity load.

    Attributes
    ----------
    replications
        Futures it rests on: the first ones of the comparison.
    months
        First day of each month.
    stations
        (id, display name) of those that every alternative has.
    anywhere
        Whether any alternative has a station.
    level
        Confidence level of each claim, such that all hold together with 95%.
    """

    replications: int
    months: tuple[date, ...]
    stations: tuple[tuple[str, str], ...]
    anywhere: bool
    level: float
    alternatives: tuple[LoadCompared, ...]
    pairs: tuple[LoadPair, ...]

    def pair(self, a: int, b: int) -> LoadPair:
        """Return a pair with `a` as the first, whichever way round it was compared."""
        found = next(pair for pair in self.pairs if {pair.a, pair.b} == {a, b})
        if found.a == a:
            return found
        turned = (
            replace(
                one,
                mean=_negative(one.mean),
                claim=None if one.claim is None else _negative(one.claim),
                higher=one.lower,
                lower=one.higher,
            )
            for one in found.differences
        )
        return LoadPair(a, b, tuple(turned))


def _negative(value: Mean) -> Mean:
    # Subtracted, not negated: there is no minus zero.
    return Mean(0.0 - value.value, 0.0 - value.high, 0.0 - value.low)


class LoadPairs:
    """What is kept of the compared loads, added block by block in order: four bytes a figure, alternative and future.

    Attributes
    ----------
    names
        Of the alternatives.
    wanted
        What is compared.
    """

    def __init__(self, names: Sequence[str], verifications: Sequence[Verification], plan: Plan) -> None:
        self.names = tuple(names)
        self.verifications = tuple(verifications)
        self.wanted = load_figures(self.verifications, plan)
        self.replications = 0
        self._values: list[npt.NDArray[np.float32]] = []  # to seven digits: percentiles need no more
        many, size = len(self.wanted.figures), len(self.names)
        self._sums = np.zeros((many, size), dtype=object)
        self._products = np.zeros((many, size, size), dtype=object)
        self._higher = np.zeros((many, size, size), dtype=np.int64)
        self._starts = month_starts(self.verifications[0])
        columns = len(self.wanted.series) * (len(self._starts) - 1)
        self._months = [Steps(columns, _BITS) for _ in self.names]

    def add(self, found: Sequence[Whole]) -> None:
        """Add a block: of each alternative, what `load_figures.figures_of` returns."""
        many = len(self.wanted.figures)
        every = np.stack([one[:, :many] for one in found])
        self.replications += every.shape[1]
        self._values.append(every.astype(np.float32))
        for steps, one in zip(self._months, found, strict=True):
            steps.add(one[:, many:].astype(np.float64))
        for place in range(many):
            values = every[:, :, place]
            exact = values.astype(object)
            self._sums[place] += exact.sum(axis=1)
            self._products[place] += exact @ exact.T
            self._higher[place] += (values[:, None, :] > values[None, :, :]).sum(axis=2)

    def comparison(self) -> LoadComparison:
        """Return what has been added, summarised."""
        values = np.concatenate(self._values, axis=1)
        couples = tuple(combinations(range(len(self.names)), 2))
        level = claims.levels(len(couples) * len(CLAIMED), OVERALL_ERROR)
        first = self.verifications[0]
        return LoadComparison(
            replications=self.replications,
            months=tuple(first.status_date + timedelta(days=int(day)) for day in self._starts[:-1]),
            stations=tuple((station.id, station.name) for station in self.wanted.stations),
            anywhere=any(one.stations for one in self.verifications),
            level=level,
            alternatives=tuple(self._compared(values[one], one) for one in range(len(self.names))),
            pairs=tuple(
                LoadPair(
                    a, b, tuple(self._difference(k, a, b, level) for k in range(len(self.wanted.figures)))
                )
                for a, b in couples
            ),
        )

    def _compared(self, values: npt.NDArray[np.float32], one: int) -> LoadCompared:
        standings = []
        for place, figure in enumerate(self.wanted.figures):
            ranked = np.sort(values[:, place])
            own = [float(ranked[-(-percent * len(ranked) // 100) - 1]) / figure.scale for percent in OWN]
            total, squares = int(self._sums[place, one]), int(self._products[place, one, one])
            found = mean(total, squares, self.replications, figure.scale)
            if figure.kind == OVER:
                ever = share(total, self.replications)
                found = Mean(ever.value, ever.low, ever.high)
            standings.append(LoadStanding(figure, found, (own[0], own[1], own[2])))
        return LoadCompared(self.names[one], tuple(standings), tuple(self._series(one)))

    def _series(self, one: int) -> list[LoadSeries]:
        shape = (len(self.wanted.series), -1)
        bands = [self._months[one].quantile(percent / 100).reshape(shape) for percent in OWN]
        return [
            LoadSeries(
                name,
                Band(*(band[place] for band in bands)),
                capacity_by_month(self.verifications[one], name) if place else None,
            )
            for place, name in enumerate(self.wanted.series)
        ]

    def _difference(self, place: int, a: int, b: int, level: float) -> LoadDifference:
        sums, products, figure = self._sums[place], self._products[place], self.wanted.figures[place]
        total, squares = int(sums[a] - sums[b]), int(products[a, a] + products[b, b] - 2 * products[a, b])
        count, claimed = self.replications, not figure.of and figure.kind in CLAIMED
        return LoadDifference(
            figure,
            mean(total, squares, count, figure.scale),
            mean(total, squares, count, figure.scale, level) if claimed else None,
            share(int(self._higher[place, a, b]), count),
            share(int(self._higher[place, b, a]), count),
        )
