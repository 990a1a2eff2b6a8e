"""The numbers of a Comparison as tidy tables: one row one fact, dates ISO, None for not within the horizon."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from onelogin_sim.comparison import SPREAD, Comparison, Pair, Shift, TargetDifference
from onelogin_sim.forecasting import Share
from onelogin_sim.pairs import Mean
from onelogin_sim.report import formats
from onelogin_sim.report.comparing import words

Row = dict[str, object]


def alternative_rows(comparison: Comparison) -> Iterator[Row]:
    """One row an alternative and target: how it stands by itself."""
    plan = comparison.plan
    for place, one in enumerate(comparison.alternatives):
        for entry in one.standings:
            row: Row = {
                "alternative": one.name,
                "order": one.order,
                "variants": "+".join(one.variants),
                "best": place == comparison.best,
                "target": entry.target.id,
                "by": formats.iso(entry.target.by, plan),
                **_share("probability_met", entry.met_by),
            }
            for quantile in entry.quantiles:
                name = f"p{quantile.percent}"
                row[name] = formats.iso(quantile.day, plan)
                row[f"{name}_low"] = formats.iso(quantile.low, plan)
                row[f"{name}_high"] = formats.iso(quantile.high, plan)
            yield row | {
                **_share("not_within_horizon", entry.not_within_horizon),
                **_mean("mean_day", entry.mean),
                **_mean("user_weeks", entry.user_weeks),
                "digest": one.digest,
                "order_digest": one.order_digest,
                "result_digest": one.result_digest,
            }


def pair_rows(comparison: Comparison) -> Iterator[Row]:
    """One row a pair and target: how they differ, first minus second, and what is claimed."""
    for pair in comparison.pairs:
        for entry in pair.targets:
            yield {**_names(comparison, pair), **target_row(entry, pair, comparison)}


def target_row(entry: TargetDifference, pair: Pair, comparison: Comparison) -> Row:
    """Return the facts of a pair on one target."""
    plan = comparison.plan
    row: Row = {
        "target": entry.target.id,
        "verdict": entry.verdict,
        "claim": words.verdict(entry, pair, comparison),
        "claim_low": entry.claim.low,
        "claim_high": entry.claim.high,
        "claim_level": entry.claim.level,
        "within_delta": entry.claim.within_delta,
        **_mean("mean_difference_days", entry.mean),
        **_share("a_earlier", entry.earlier),
        **_share("equal", entry.equal),
        **_share("a_later", entry.later),
        **_share("past_horizon", entry.past_horizon),
        **_share("lower_bound_only", entry.bounded),
        "shares_lead": entry.shares_lead,
    }
    row |= {f"difference_p{percent}_days": days for percent, days in zip(SPREAD, entry.spread, strict=True)}
    for one in entry.quantiles:
        name = f"p{one.percent}"
        row |= {
            f"{name}_a": formats.iso(one.a, plan) if one.a < plan.horizon else None,
            f"{name}_b": formats.iso(one.b, plan) if one.b < plan.horizon else None,
            f"{name}_difference_days": one.difference,
            f"{name}_difference_low": one.low,
            f"{name}_difference_high": one.high,
            f"{name}_bound": one.bound,
        }
    return row | _mean("user_weeks_difference", entry.user_weeks)


def difference_rows(comparison: Comparison) -> Iterator[Row]:
    """One row a pair, target and difference that occurs: in how many futures."""
    for pair in comparison.pairs:
        for entry in pair.targets:
            for days, futures in zip(entry.days.tolist(), entry.futures.tolist(), strict=True):
                yield {
                    **_names(comparison, pair),
                    "target": entry.target.id,
                    "difference_days": days,
                    "futures": futures,
                }


def service_rows(comparison: Comparison) -> Iterator[Row]:
    """One row a pair and service: who wins and who loses."""
    for pair in comparison.pairs:
        for entry in pair.services:
            yield {**_names(comparison, pair), **shift_row("service", entry)}


def department_rows(comparison: Comparison) -> Iterator[Row]:
    """One row a pair and department: the mean over its services that are not live at the status date."""
    for pair in comparison.pairs:
        for entry in pair.departments:
            yield {**_names(comparison, pair), **shift_row("department", entry)}


def shift_row(kind: str, entry: Shift) -> Row:
    """Return the facts of one service or department in a pair."""
    return {
        kind: entry.id,
        "name": entry.name,
        **_mean("mean_difference_days", entry.mean),
        **_share("a_earlier", entry.earlier),
        **_share("a_later", entry.later),
    }


def finding_rows(comparison: Comparison) -> Iterator[Row]:
    """One row a finding, anomalies first."""
    for found in comparison.anomalies:
        yield {"code": "graham-anomaly", "text": words.anomaly(found, comparison)}
    for finding in comparison.findings:
        yield {"code": finding.code, "text": finding.text}


class Table(NamedTuple):
    """How a table's rows are made, and the columns it has even without rows."""

    rows: Callable[[Comparison], Iterator[Row]]
    columns: tuple[str, ...]


#: Every table of a Comparison by file name.
TABLES = {
    "alternatives": Table(alternative_rows, ("alternative", "order", "variants")),
    "pairs": Table(pair_rows, ("a", "b", "target")),
    "differences": Table(difference_rows, ("a", "b", "target", "difference_days", "futures")),
    "services": Table(service_rows, ("a", "b", "service", "name")),
    "departments": Table(department_rows, ("a", "b", "department", "name")),
    "findings": Table(finding_rows, ("code", "text")),
}


def _names(comparison: Comparison, pair: Pair) -> Row:
    return {"a": comparison.alternatives[pair.a].name, "b": comparison.alternatives[pair.b].name}


def _mean(name: str, entry: Mean) -> Row:
    return {name: entry.value, f"{name}_low": entry.low, f"{name}_high": entry.high}


def _share(name: str, entry: Share) -> Row:
    return {name: entry.value, f"{name}_low": entry.low, f"{name}_high": entry.high}
