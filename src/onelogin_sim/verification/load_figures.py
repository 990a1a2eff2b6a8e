"""What is compared of the loads of alternatives: a whole number for each figure and future, and customers by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onelogin_sim.calendars import NEVER
from onelogin_sim.plan import Plan
from onelogin_sim.verification.loads import Load, LoadForecast
from onelogin_sim.verification.population import Verification
from onelogin_sim.verification.rates import month_starts
from onelogin_sim.verification.routes import Station
from onelogin_sim.verification.seasons import HOURS
from onelogin_sim.verification.station_hours import station_hours
from onelogin_sim.verification.station_months import FIGURES
from onelogin_sim.verification.workload import workload

Whole = npt.NDArray[np.int64]

#: Of all stations together.
PEAK_MONTH, PEAK_SIGN_INS = "peak_month_checks", "peak_sign_ins_per_second"
#: Visits to stations that end unserved or still wait at the horizon, as a part of all checks: a person may be
#: unserved at several stations.
UNSERVED = "unserved_of_checks"
#: Of all stations together, and of each.
OVER, FIRST_OVER = "over_capacity", "first_over_capacity"
#: Of each target: checks avoided by its date.
AVOIDED = "avoided_by"
#: Of each station, in the worst month of each future.
WAIT, WITHIN, LOST = "worst_p95_wait_hours", "least_within_level", "most_lost"

#: Whole numbers stand for so many times the figure.
_SCALES = {PEAK_SIGN_INS: 1e3, WAIT: 3600.0, WITHIN: 1e6, LOST: 1e6, UNSERVED: 1e6}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its kind, and the target or station it is of, empty where it is of everything."""

    kind: str
    of: str = ""

    @property
    def id(self) -> str:
        """What it is called in tables: the kind, and what it is of."""
        return f"{self.kind}_{self.of}" if self.of else self.kind

    @property
    def scale(self) -> float:
        """How many times the figure a whole number stands for."""
        return _SCALES.get(self.kind, 1.0)


@dataclass(frozen=True)
class LoadFigures:
    """What is compared, the same for every alternative.

    Attributes
    ----------
    figures
        In the order of the columns.
    stations
        Those that every alternative has, in the order of the first.
    targets
        (id, months that are over by its date).
    horizon
        Of the plans: a day without an event counts as it.
    """

    figures: tuple[Figure, ...]
    stations: tuple[Station, ...]
    targets: tuple[tuple[str, int], ...]
    horizon: int

    @property
    def series(self) -> tuple[str, ...]:
        """What is kept month by month: checks, and each station's customers."""
        return ("checks", *(station.id for station in self.stations))


def load_figures(verifications: Sequence[Verification], plan: Plan) -> LoadFigures:
    """Return what can be compared of alternatives with these populations, and the first one's plan."""
    first = verifications[0]
    everywhere = set.intersection(*({station.id for station in one.stations} for one in verifications))
    stations = tuple(station for station in first.stations if station.id in everywhere)
    held = set.intersection(*({one.id for one in of.stations if one.level} for of in verifications))
    starts = month_starts(first)
    over_by = [
        (target.id, int(np.searchsorted(starts[1:], target.by + 1, side="right"))) for target in plan.targets
    ]
    figures = [Figure(kind) for kind in (PEAK_MONTH, OVER, FIRST_OVER, PEAK_SIGN_INS, UNSERVED)]
    figures += [Figure(AVOIDED, name) for name, _ in over_by]
    for station in stations:
        kinds = (OVER, FIRST_OVER, WAIT, *((WITHIN,) if station.id in held else ()), LOST)
        figures += [Figure(kind, station.id) for kind in kinds]
    return LoadFigures(tuple(figures), stations, tuple(over_by), plan.horizon)


def figures_of(load: Load, verification: Verification, wanted: LoadFigures) -> Whole:
    """Return int64 [replication, figure, then series by month] of a block, in whole numbers.

    Checks avoided are those of the months that are over by the target's date. A wait without end, like a day that does
    not come, counts as the horizon. Months are those in which the future's own figure is the worst.
    """
    asked = load.checks + load.uplifts
    found = {
        Figure(PEAK_MONTH): asked.max(axis=1, initial=0.0),
        Figure(PEAK_SIGN_INS): load.sign_ins_per_second.max(axis=1, initial=0.0),
        **_over(load.first_exceeded.min(axis=1, initial=NEVER), "", wanted.horizon),
    }
    for name, months in wanted.targets:
        found[Figure(AVOIDED, name)] = load.reuses[:, :months].sum(axis=1)
    series, unserved = [asked], np.zeros(len(asked))
    places = {station.id: place for place, station in enumerate(verification.stations)}
    for place in range(len(verification.stations)):
        figures = load.stations[:, place]
        lost = figures[:, :, FIGURES.index("customers")] * figures[:, :, FIGURES.index("lost")]
        unserved += lost.sum(axis=1) + load.waiting[:, place]
    found[Figure(UNSERVED)] = unserved / np.maximum(asked.sum(axis=1), 1.0)
    for station in wanted.stations:
        name, place = station.id, places[station.id]
        by_month = dict(zip(FIGURES, np.moveaxis(load.stations[:, place], 2, 0), strict=True))
        waits = np.minimum(by_month["p95_wait"], float(wanted.horizon * HOURS))
        found |= {
            **_over(load.first_exceeded[:, place], name, wanted.horizon),
            Figure(WAIT, name): waits.max(axis=1, initial=0.0),
            Figure(WITHIN, name): np.fmin.reduce(by_month["within"], axis=1, initial=1.0),
            Figure(LOST, name): by_month["lost"].max(axis=1, initial=0.0),
        }
        series.append(by_month["customers"])
    columns = [found[figure] * figure.scale for figure in wanted.figures]
    whole: Whole = np.rint(np.concatenate([np.stack(columns, axis=1), *series], axis=1)).astype(np.int64)
    return whole


def _over(days: npt.NDArray[np.int32], name: str, horizon: int) -> dict[Figure, npt.NDArray[np.float64]]:
    within = np.minimum(days, horizon).astype(np.float64)
    return {Figure(FIRST_OVER, name): within, Figure(OVER, name): (within < horizon).astype(np.float64)}


def unserved_share(summary: LoadForecast) -> float:
    """Return how many visits to stations come to nothing for each check and rise made, over all months and futures.

    They are of people who leave unserved and of those who still wait at the horizon. Who is not served at one station
    may go on to another, so these are visits, and at most as many checks. The demand knows nothing of it: it counts
    them as proven with the chance of those who are served (:mod:`onelogin_sim.verification.demand`), so that later
    checks are too few and reuses too many.
    """
    made = float((summary.mean_checks + summary.mean_uplifts).sum())
    nothing = sum(float(station.mean_lost.sum()) + station.mean_waiting for station in summary.stations)
    return nothing / made if made else 0.0


def capacity_by_month(verification: Verification, station: str) -> npt.NDArray[np.float64]:
    """Return float64 [month]: customers of mean length that a station can serve in each month."""
    place = [one.id for one in verification.stations].index(station)
    days = range(verification.horizon)
    hourly = station_hours(verification, workload(verification), place, days).capacity
    found: npt.NDArray[np.float64] = np.add.reduceat(hourly, month_starts(verification)[:-1] * HOURS)
    return found
