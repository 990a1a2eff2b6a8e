"""The identity load of alternatives as tidy rows and as JSON: figures, paired differences, months."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from onelogin_sim.comparison import Comparison
from onelogin_sim.forecasting import Share
from onelogin_sim.pairs import Mean
from onelogin_sim.report import formats
from onelogin_sim.report.comparing.load import comes, load_sentence, notes
from onelogin_sim.verification.load_figures import AVOIDED, FIRST_OVER, WITHIN, Figure

Row = dict[str, object]


def load_rows(comparison: Comparison) -> Iterator[Row]:
    """One row an alternative and figure: its mean and percentiles; days as dates, null past the horizon.

    Nor is there a share of people in time where nobody comes.
    """
    for one in comparison.load.alternatives if comparison.load else ():
        for entry in one.standings:
            percentiles: Row = dict(zip(("p10", "p50", "p90"), entry.percentiles, strict=True))
            if entry.figure.kind == FIRST_OVER:
                percentiles = {
                    name: _date(value, comparison)
                    for name, value in zip(percentiles, entry.percentiles, strict=True)
                }
            row: Row = {**_mean("mean", entry.mean), **percentiles}
            if entry.figure.kind == WITHIN and not comes(one, entry.figure.of):
                row = dict.fromkeys(row)
            yield {"alternative": one.name, **_figure(entry.figure), **row}


def load_pair_rows(comparison: Comparison) -> Iterator[Row]:
    """One row a pair and figure: the paired difference, first minus second, and the claim where one is made."""
    load = comparison.load
    for pair in load.pairs if load else ():
        for entry in pair.differences:
            assert load is not None
            claim = entry.claim
            yield {
                "a": load.alternatives[pair.a].name,
                "b": load.alternatives[pair.b].name,
                **_figure(entry.figure),
                **_mean("mean_difference", entry.mean),
                "claim_low": None if claim is None else claim.low,
                "claim_high": None if claim is None else claim.high,
                "claim_level": None if claim is None else load.level,
                **_share("a_higher", entry.higher),
                **_share("a_lower", entry.lower),
            }


def load_month_rows(comparison: Comparison) -> Iterator[Row]:
    """One row an alternative, series (checks, or a station's customers) and month, with the station's capacity."""
    load = comparison.load
    for one in load.alternatives if load else ():
        for entry in one.series:
            assert load is not None
            for place, month in enumerate(load.months):
                yield {
                    "alternative": one.name,
                    "series": entry.id,
                    "month": month.isoformat(),
                    "p10": float(entry.band.p10[place]),
                    "p50": float(entry.band.p50[place]),
                    "p90": float(entry.band.p90[place]),
                    "capacity": None if entry.capacity is None else float(entry.capacity[place]),
                }


def load_json(comparison: Comparison) -> dict[str, Any] | None:
    """Return the load as plain data, None where it was not compared."""
    if comparison.load is None:
        return None
    return {
        "sentence": load_sentence(comparison),
        "replications": comparison.load.replications,
        "claim_level": comparison.load.level,
        "alternatives": list(load_rows(comparison)),
        "pairs": list(load_pair_rows(comparison)),
        "months": list(load_month_rows(comparison)),
        "notes": list(notes(comparison.load)),
    }


def _figure(figure: Figure) -> Row:
    """What is counted, and the target or station it is of."""
    target = figure.kind == AVOIDED
    return {
        "figure": figure.kind,
        "station": None if target else figure.of or None,
        "target": figure.of if target else None,
    }


def _date(day: float, comparison: Comparison) -> str | None:
    return formats.iso(int(day), comparison.plan) if day < comparison.plan.horizon else None


def _mean(name: str, entry: Mean) -> Row:
    return {name: entry.value, f"{name}_low": entry.low, f"{name}_high": entry.high}


def _share(name: str, entry: Share) -> Row:
    return {name: entry.value, f"{name}_low": entry.low, f"{name}_high": entry.high}
