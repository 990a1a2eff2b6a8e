"""Loads of blocks counted over replications, and the forecast they make."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from onelogin_sim.calendars import NEVER
from onelogin_sim.verification import dividend as dividends
from onelogin_sim.verification.dividend import Dividend
from onelogin_sim.verification.loads import OWN_WORST, Band, Floats, Load, LoadForecast, Own, StationForecast
from onelogin_sim.verification.population import Verification
from onelogin_sim.verification.rates import month_starts
from onelogin_sim.verification.seasons import HOURS
from onelogin_sim.verification.station_hours import station_hours
from onelogin_sim.verification.station_months import FIGURES
from onelogin_sim.verification.steps import Steps
from onelogin_sim.verification.workload import workload

#: Percentiles of a band.
SHARES = (0.1, 0.5, 0.9)

#: Steps in a doubling, as a power of two: of what is counted a month, and of what is counted a month and station.
_FINE, _COARSE = 6, 4

#: What bands are made of, of all that a station has.
_SHOWN = tuple(name for name in FIGURES if name != "closed")

#: Means are of whole thousandths of a customer, so that no sum depends on the order of blocks.
_PARTS = 1000


class LoadTally:
    """Counts over replications, added block by block in order.

    Memory is that of the scenario's months, routes and stations, and eight bytes a replication.

    Attributes
    ----------
    verification
        What the blocks are loads of.
    replications
        Replications added so far.
    """

    def __init__(self, verification: Verification) -> None:
        self.verification = verification
        self.replications = 0
        self.starts = month_starts(verification)
        months, routes = len(self.starts) - 1, len(verification.routes)
        stations = len(verification.stations)
        self._monthly = {
            name: Steps(months, _FINE) for name in ("checks", "reuses", "busiest_day", "sign_ins_per_second")
        }
        self._sums = {name: np.zeros(months, dtype=np.int64) for name in ("checks", "uplifts", "reuses")}
        self._attempts = [Steps(months, _FINE) for _ in range(routes)]
        self._figures = [{name: Steps(months, _COARSE) for name in _SHOWN} for _ in range(stations)]
        self._own = Steps(2, _FINE)
        self._own_of = [Steps(len(OWN_WORST), _FINE) for _ in range(stations)]
        self._always = np.zeros((2, stations), dtype=np.int64)
        self._held = np.zeros((stations, months), dtype=np.int64)
        self._work = [Steps(months, _COARSE) for _ in range(stations)]
        self._waiting = np.zeros(stations, dtype=np.int64)
        self._judged = np.zeros((stations, months), dtype=np.int64)
        self._people = {
            name: np.zeros((stations, months), dtype=np.int64) for name in ("all", "lost", "closed")
        }
        self._exceeded = np.zeros((stations, months), dtype=np.int64)
        self._first = np.zeros((stations, verification.horizon + 1), dtype=np.int64)
        self._dividend: Dividend | None = None
        self._totals: list[Floats] = []

    def add(self, load: Load) -> None:
        """Add a block.

        Raises
        ------
        ValueError
            When it does not follow the last one.
        """
        if load.replications.start != self.replications:
            raise ValueError(f"block {load.replications} does not follow replication {self.replications - 1}")
        self.replications = load.replications.stop
        for name, steps in self._monthly.items():
            steps.add(getattr(load, name))
        for name, sums in self._sums.items():
            sums += np.rint(getattr(load, name)).astype(np.int64).sum(axis=0)
        self._own.add(_highest(load.checks + load.uplifts, load.sign_ins_per_second))
        for route, steps in enumerate(self._attempts):
            steps.add(load.attempts[:, route])
        for place, station in enumerate(self.verification.stations):
            figures = dict(zip(FIGURES, np.moveaxis(load.stations[:, place], 2, 0), strict=True))
            judged = ~np.isnan(figures["within"])
            for name, steps in self._figures[place].items():
                steps.add(figures[name], judged if name == "within" else None)
            self._work[place].add(load.work[:, place])
            self._add_own(place, figures, load.work[:, place])
            self._waiting[place] += int(np.rint(_PARTS * load.waiting[:, place]).astype(np.int64).sum())
            self._judged[place] += np.count_nonzero(judged, axis=0)
            if station.level is not None:
                held = figures["within"] >= station.level.share
                self._held[place] += np.count_nonzero(held, axis=0)
            for name, counted in self._people.items():
                people = figures["customers"] * (1.0 if name == "all" else figures[name])
                counted[place] += np.rint(_PARTS * people).astype(np.int64).sum(axis=0)
            self._exceeded[place] += np.count_nonzero(load.exceeded[:, place], axis=0)
            days = np.minimum(load.first_exceeded[:, place], self.verification.horizon)
            self._first[place] += np.bincount(days, minlength=self._first.shape[1])
        self._dividend = (
            load.dividend if self._dividend is None else dividends.add(self._dividend, load.dividend)
        )
        self._totals.append(load.checks.sum(axis=1) + load.uplifts.sum(axis=1))

    def _add_own(self, place: int, figures: dict[str, Floats], work: Floats) -> None:
        """Add each future's own worst month, figure by figure, and whether it holds the level in all months."""
        worst = {name: _highest(figures[name]) for name in OWN_WORST if name not in ("offered", "within")}
        worst["offered"] = _highest(work / (np.diff(self.starts) * HOURS))
        least = np.fmin.reduce(figures["within"], axis=1, initial=np.nan)[:, None]
        worst["within"] = np.nan_to_num(least, nan=0.0)
        counted = np.ones((len(work), len(OWN_WORST)), dtype=np.bool_)
        judged = ~np.isnan(least[:, 0])
        counted[:, OWN_WORST.index("within")] = judged
        self._own_of[place].add(np.concatenate([worst[name] for name in OWN_WORST], axis=1), counted)
        level = self.verification.stations[place].level
        if level is not None:
            self._always[:, place] += np.count_nonzero(judged), np.count_nonzero(least[:, 0] >= level.share)

    def forecast(self) -> LoadForecast:
        """Return what the blocks so far say.

        Raises
        ------
        ValueError
            When nothing has been added.
        """
        if self._dividend is None:
            raise ValueError("there are no replications to make a forecast of")
        monthly = {name: _band(steps) for name, steps in self._monthly.items()}
        status, own = self.verification.status_date, _own(self._own)
        return LoadForecast(
            replications=self.replications,
            months=tuple(status + timedelta(days=int(day)) for day in self.starts[:-1]),
            checks=monthly["checks"],
            reuses=monthly["reuses"],
            busiest_day=monthly["busiest_day"],
            sign_ins_per_second=monthly["sign_ins_per_second"],
            mean_checks=self._sums["checks"] / self.replications,
            mean_uplifts=self._sums["uplifts"] / self.replications,
            mean_reuses=self._sums["reuses"] / self.replications,
            routes=tuple(route.id for route in self.verification.routes),
            attempts=tuple(_band(steps) for steps in self._attempts),
            stations=tuple(self._station(place) for place in range(len(self.verification.stations))),
            dividend=self._dividend,
            own_checks=own[0],
            own_sign_ins=own[1],
            typical=self.typical(),
        )

    def typical(self) -> tuple[tuple[int, int], ...]:
        """Return (percentile, replication) of the futures at the 10th, 50th and 90th percentile of all checks.

        It is the smallest total that so many futures do not exceed; of several such futures the first.
        """
        totals = np.concatenate(self._totals)
        order = np.argsort(totals, kind="stable")
        places = [max(int(np.ceil(share * len(totals))) - 1, 0) for share in SHARES]
        return tuple(
            (round(100 * share), int(order[place])) for share, place in zip(SHARES, places, strict=True)
        )

    def _station(self, place: int) -> StationForecast:
        station, months = self.verification.stations[place], self.starts
        need = workload(self.verification)
        hours = station_hours(self.verification, need, place, range(self.verification.horizon))
        reached = np.cumsum(self._first[place])
        by_day = reached / self.replications
        days = [int(np.argmax(reached >= max(share * self.replications, 1))) for share in SHARES]
        bands = {name: _band(steps) for name, steps in self._figures[place].items()}
        work, hours_of_month = _band(self._work[place]), np.diff(months) * HOURS
        means = {name: sums[place] / (_PARTS * self.replications) for name, sums in self._people.items()}
        held = np.full(len(months) - 1, np.nan)
        if station.level is not None:
            np.divide(self._held[place], self._judged[place], out=held, where=self._judged[place] > 0)
        judged, always = self._always[:, place].tolist()
        return StationForecast(
            id=station.id,
            capacity=np.add.reduceat(hours.capacity, months[:-1] * HOURS),
            **bands,
            offered=Band(*(getattr(work, edge) / hours_of_month for edge in ("p10", "p50", "p90"))),
            mean_customers=means["all"],
            mean_lost=means["lost"],
            mean_closed=means["closed"],
            mean_waiting=float(self._waiting[place] / (_PARTS * self.replications)),
            level_held=held,
            exceeded=self._exceeded[place] / self.replications,
            exceeded_by=by_day[months[1:] - 1],
            first_exceeded=tuple(day if day < self.verification.horizon else int(NEVER) for day in days),  # type: ignore[arg-type]
            own=dict(zip(OWN_WORST, _own(self._own_of[place]), strict=True)),
            always_held=always / judged if judged else float("nan"),
        )


def _band(steps: Steps) -> Band:
    p10, p50, p90 = (steps.quantile(share) for share in SHARES)
    return Band(p10, p50, p90)


def _own(steps: Steps) -> list[Own]:
    """Return the percentiles of each column."""
    return [
        Own(*column) for column in zip(*(steps.quantile(share).tolist() for share in SHARES), strict=True)
    ]


def _highest(*monthly: Floats) -> Floats:
    """Return float64 [replication, column]: the highest month of each array, 0 without months."""
    return np.stack([values.max(axis=1, initial=0.0) for values in monthly], axis=1)
