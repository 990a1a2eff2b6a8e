"""The identity load of alternatives compared future by future: exact sums, whatever the blocks.

An order may meet its date sooner and break the load: it is told by the same paired differences as the dates are,
first minus second. What does not happen within the horizon is counted as the horizon.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

from onelogin_sim.forecasting import Share, share
from onelogin_sim.pairs import Mean, mean
from onelogin_sim.plan import Plan
from onelogin_sim.verification.loads import Load
from onelogin_sim.verification.population import Verification
from onelogin_sim.verification.rates import month_starts

Whole = npt.NDArray[np.int64]

#: What is compared besides the checks avoided by each target's date. Sign-ins are counted in thousandths a second.
PEAK_MONTH, FIRST_OVER, PEAK_SIGN_INS = "peak_month_checks", "first_over_capacity", "peak_sign_ins_per_second"
FIGURES = (PEAK_MONTH, FIRST_OVER, PEAK_SIGN_INS)

#: Whole numbers added up stand for so many times the figure.
_SCALES = {PEAK_SIGN_INS: 1000.0}

#: Percentiles of an alternative's own figures, in percent.
OWN = (10, 50, 90)


@dataclass(frozen=True, slots=True)
class LoadStanding:
    """One figure of one alternative: its mean, and its P10, P50 and P90 over futures."""

    figure: str
    mean: Mean
    percentiles: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class LoadCompared:
    """The load of one alternative.

    Attributes
    ----------
    ever_over
        Share of futures in which some station's capacity is exceeded within the horizon.
    standings
        By figure: the checks and rises to P2 of the busiest month; the first day on which any station is over
        capacity; sign-ins a second in the busiest hour; checks avoided by the end of the last month that is over by
        each target's date (``avoided_by_<target>``).
    """

    name: str
    ever_over: Share
    standings: tuple[LoadStanding, ...]

    def standing(self, figure: str) -> LoadStanding:
        """Return one figure."""
        return next(one for one in self.standings if one.figure == figure)


@dataclass(frozen=True, slots=True)
class LoadDifference:
    """How a pair differs in one figure, first minus second: the mean difference with its own 95% interval.

    Attributes
    ----------
    higher, lower
        Shares of futures in which the first's figure is the higher, and the lower.
    """

    figure: str
    mean: Mean
    higher: Share
    lower: Share

    @property
    def surely_higher(self) -> bool:
        """Whether the whole interval lies above 0."""
        return self.mean.low > 0

    @property
    def surely_lower(self) -> bool:
        """Whether the whole interval lies below 0."""
        return self.mean.high < 0


@dataclass(frozen=True, slots=True)
class LoadPair:
    """Two alternatives' load in the same futures: indices, and differences by figure."""

    a: int
    b: int
    differences: tuple[LoadDifference, ...]

    def difference(self, figure: str) -> LoadDifference:
        """Return the difference in one figure."""
        return next(one for one in self.differences if one.figure == figure)


@dataclass(frozen=True, slots=True)
class LoadComparison:
    """What a comparison says of the identity load."""

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
                mean=Mean(0.0 - one.mean.value, 0.0 - one.mean.high, 0.0 - one.mean.low),
                higher=one.lower,
                lower=one.higher,
            )
            for one in found.differences
        )
        return LoadPair(a, b, tuple(turned))


def figure_names(plan: Plan) -> tuple[str, ...]:
    """Return the names of what is compared."""
    return (*FIGURES, *(f"avoided_by_{target.id}" for target in plan.targets))


def figures_of(load: Load, verification: Verification, plan: Plan) -> Whole:
    """Return int64 [replication, figure] of a block: what is compared of its load, in whole numbers.

    Parameters
    ----------
    load, verification
        Of the block, and what it was made from.
    plan
        With the targets by whose dates avoided checks are counted.
    """
    asked = load.checks + load.uplifts
    over = np.minimum(load.first_exceeded.min(axis=1, initial=plan.horizon), plan.horizon)
    starts = month_starts(verification)
    found = [asked.max(axis=1, initial=0.0), over, 1000 * load.sign_ins_per_second.max(axis=1, initial=0.0)]
    for target in plan.targets:
        done = int(np.searchsorted(starts[1:], target.by + 1, side="right"))
        found.append(load.reuses[:, :done].sum(axis=1))
    whole: Whole = np.rint(np.stack(found, axis=1)).astype(np.int64)
    return whole


class LoadPairs:
    """What is kept of the compared loads, added block by block in order: four bytes a figure, alternative and future.

    Attributes
    ----------
    names
        Of the alternatives.
    figures
        What is compared, in the order of the columns.
    """

    def __init__(self, names: Sequence[str], plan: Plan) -> None:
        self.names = tuple(names)
        self.figures = figure_names(plan)
        self._horizon = plan.horizon
        self._values: list[npt.NDArray[np.float32]] = []  # to seven digits: percentiles need no more
        shape = (len(self.figures), len(self.names), len(self.names))
        self._sums = np.zeros(shape[:2], dtype=object)
        self._products = np.zeros(shape, dtype=object)
        self._higher = np.zeros(shape, dtype=np.int64)
        self.replications = 0

    def add(self, figures: Sequence[Whole]) -> None:
        """Add a block: int64 [replication, figure] of each alternative."""
        every = np.stack(figures)
        self.replications += every.shape[1]
        self._values.append(every.astype(np.float32))
        for place in range(len(self.figures)):
            values = every[:, :, place]
            exact = values.astype(object)
            self._sums[place] += exact.sum(axis=1)
            self._products[place] += exact @ exact.T
            self._higher[place] += (values[:, None, :] > values[None, :, :]).sum(axis=2)

    def comparison(self) -> LoadComparison:
        """Return what has been added, summarised."""
        values = np.concatenate(self._values, axis=1)
        pairs = tuple(
            LoadPair(a, b, tuple(self._difference(place, a, b) for place in range(len(self.figures))))
            for a, b in combinations(range(len(self.names)), 2)
        )
        return LoadComparison(
            tuple(self._compared(values[one], one) for one in range(len(self.names))), pairs
        )

    def _compared(self, values: npt.NDArray[np.float32], one: int) -> LoadCompared:
        over = int((values[:, self.figures.index(FIRST_OVER)] < self._horizon).sum())
        standings = []
        for place, figure in enumerate(self.figures):
            scale, ranked = _SCALES.get(figure, 1.0), np.sort(values[:, place])
            own = [float(ranked[-(-percent * len(ranked) // 100) - 1]) / scale for percent in OWN]
            total, squares = int(self._sums[place, one]), int(self._products[place, one, one])
            found = mean(total, squares, self.replications, scale)
            standings.append(LoadStanding(figure, found, (own[0], own[1], own[2])))
        return LoadCompared(self.names[one], share(over, self.replications), tuple(standings))

    def _difference(self, place: int, a: int, b: int) -> LoadDifference:
        sums, products, figure = self._sums[place], self._products[place], self.figures[place]
        squares = int(products[a, a] + products[b, b] - 2 * products[a, b])
        count, scale = self.replications, _SCALES.get(figure, 1.0)
        return LoadDifference(
            figure,
            mean(int(sums[a] - sums[b]), squares, count, scale),
            share(int(self._higher[place, a, b]), count),
            share(int(self._higher[place, b, a]), count),
        )
