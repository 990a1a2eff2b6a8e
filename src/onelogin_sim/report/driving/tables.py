"""The numbers of a sensitivity analysis as tidy tables: one row one fact, differences in days."""

from __future__ import annotations

from collections.abc import Iterator

from onelogin_sim.driving.estimates import Estimate
from onelogin_sim.driving.impact import Impacts
from onelogin_sim.driving.sensitivity import Ranking, Screening, Sensitivity
from onelogin_sim.forecasting import Share
from onelogin_sim.report.driving import words as say
from onelogin_sim.report.tables import Row, as_csv


def impact_rows(impacts: Impacts) -> Iterator[Row]:
    """One row a target and change: mean paired difference, how often earlier or later, the chance of the date."""
    for one in impacts.impacts:
        yield {
            "target": one.target,
            "kind": one.kind,
            "id": one.id,
            "name": one.name,
            **_estimate("days", one.days),
            **_share("earlier", one.earlier),
            **_share("later", one.later),
            **_estimate("probability_met_change", one.met_by),
            "beyond_horizon": one.beyond,
            "lower_bound": one.bounded,
            "identical": one.same,
            "sentence": say.sentence(one),
        }


def unchanged_rows(impacts: Impacts) -> Iterator[Row]:
    """One row a target: where it stands without any change; days from the status date."""
    for one in impacts.unchanged:
        yield {
            "target": one.target,
            **_estimate("mean_day", one.day),
            **_share("probability_met", one.met_by),
            "not_within_horizon": one.beyond,
        }


def driver_rows(impacts: Impacts) -> Iterator[Row]:
    """One row a target, set of futures and driver, barriers among them."""
    for drivers in impacts.drivers:
        for entry in drivers.drivers:
            yield {
                "target": drivers.target,
                "target_met": drivers.met,
                "futures": drivers.futures,
                "kind": entry.kind,
                "driver": entry.id,
                "name": say.driver_name(entry, impacts.basis),
                "criticality": entry.criticality,
                "days": entry.days,
            }


def merge_rows(impacts: Impacts) -> Iterator[Row]:
    """One row a merge and what it waits for."""
    for merge in impacts.merges:
        for place, one in enumerate(merge.inputs):
            yield {
                "item": merge.item,
                "stage": merge.stage,
                "pass": merge.repeat_pass,
                "name": say.item_name(merge.item, impacts.basis),
                **_estimate("merge_bias_days", merge.days),
                "mean_day_all_finished": merge.all_finished,
                "inputs": len(merge.inputs),
                "place": place + 1,
                "waits_for": one.item,
                "waits_for_stage": one.stage,
                "mean_finish_day": one.finish,
                "among_the_last": one.last,
            }


def screening_rows(screening: Screening) -> Iterator[Row]:
    """One row a target and input: Morris's mean absolute move and its spread."""
    for one in screening.effects:
        yield {
            "target": one.target,
            "kind": one.input.kind,
            "id": one.input.id,
            "name": one.input.name,
            **_estimate("mu_star_days", one.size),
            "sigma_days": one.sigma,
        }


def ranking_rows(ranking: Ranking) -> Iterator[Row]:
    """One row a target and input: first-order and total Sobol index."""
    for one in ranking.indices:
        yield {
            "target": one.target,
            "kind": one.input.kind,
            "id": one.input.id,
            "name": one.input.name,
            **_estimate("first_order", one.alone),
            **_estimate("total", one.total),
        }


def tables(result: Sensitivity) -> Iterator[tuple[str, bytes]]:
    """Yield each table that was asked for as (file name without ending, CSV)."""
    if result.impacts:
        yield "impacts", as_csv(impact_rows(result.impacts), ("target", "kind", "id", "name"))
        yield "unchanged", as_csv(unchanged_rows(result.impacts), ("target",))
        yield "drivers", as_csv(driver_rows(result.impacts), ("target", "target_met", "kind", "driver"))
        yield "merges", as_csv(merge_rows(result.impacts), ("item", "stage", "pass"))
    if result.screening:
        yield "morris", as_csv(screening_rows(result.screening), ("target", "kind", "id", "name"))
    if result.ranking:
        yield "sobol", as_csv(ranking_rows(result.ranking), ("target", "kind", "id", "name"))


def _estimate(name: str, value: Estimate) -> Row:
    return {name: value.mean, f"{name}_low": value.low, f"{name}_high": value.high}


def _share(name: str, value: Share) -> Row:
    return {name: value.value, f"{name}_low": value.low, f"{name}_high": value.high}
