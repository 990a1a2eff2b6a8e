"""A Comparison as one JSON object: what ``compare --json`` prints and ``comparison.json`` keeps."""

from __future__ import annotations

from typing import Any

from onelogin_sim.comparison import SPREAD, Comparison, Pair, Standing, TargetDifference
from onelogin_sim.forecasting import Share
from onelogin_sim.pairs import Mean
from onelogin_sim.report import formats
from onelogin_sim.report.comparing import words
from onelogin_sim.report.comparing.load_tables import load_json
from onelogin_sim.report.comparing.tables import finding_rows, shift_row
from onelogin_sim.report.words import NULL_DATES


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison as plain data: dates ISO, None: not within the horizon; differences are a minus b."""
    plan = comparison.plan
    names = [one.name for one in comparison.alternatives]
    load = load_json(comparison)
    return {
        "scenario": comparison.title,
        "illustrative": comparison.illustrative,
        "seed": comparison.seed,
        "replications": comparison.replications,
        "status_date": plan.status_date.isoformat(),
        "horizon": formats.iso(plan.horizon, plan),
        "target": plan.targets[comparison.target].id,
        "delta_days": comparison.delta,
        "sentence": words.board(comparison),
        "best": None if comparison.best is None else names[comparison.best],
        "nomination": _nomination(comparison),
        "claims": comparison.claims,
        "claim_level": comparison.level,
        "alternatives": [
            {
                "name": one.name,
                "order": one.order,
                "variants": list(one.variants),
                "digest": one.digest,
                "order_digest": one.order_digest,
                "result_digest": one.result_digest,
                "targets": [_standing(entry, comparison) for entry in one.standings],
            }
            for one in comparison.alternatives
        ],
        "pairs": [_pair(pair, comparison) for pair in comparison.pairs],
        **({} if load is None else {"load": load}),
        "findings": list(finding_rows(comparison)),
        "notes": [words.family(comparison), *words.NOTES, NULL_DATES],
    }


def _nomination(comparison: Comparison) -> dict[str, Any] | None:
    found = comparison.nomination
    if found is None:
        return None
    names = [comparison.alternatives[place].name for place in found.systems]
    selection = found.selection
    return {
        "procedure": "Kim and Nelson 2001",
        "nominated": names[selection.best],
        "complete": selection.complete,
        "first_replication": found.first,
        "replications": selection.replications,
        "budget": found.budget,
        "mean_day": dict(zip(names, selection.means, strict=True)),
        "eliminated_after": dict(zip(names, selection.eliminated_at, strict=True)),
        "text": words.nominated(comparison),
    }


def _standing(entry: Standing, comparison: Comparison) -> dict[str, Any]:
    plan = comparison.plan
    return {
        "id": entry.target.id,
        "by": formats.iso(entry.target.by, plan),
        "probability_met": entry.met_by.value,
        "interval": _interval(entry.met_by),
        **{f"p{one.percent}": formats.iso(one.day, plan) for one in entry.quantiles},
        "intervals": {
            f"p{one.percent}": [formats.iso(one.low, plan), formats.iso(one.high, plan)]
            for one in entry.quantiles
        },
        "not_within_horizon": entry.not_within_horizon.value,
        "mean_day": entry.mean.value,
        "mean_day_interval": _interval(entry.mean),
        "user_weeks": entry.user_weeks.value,
        "user_weeks_interval": _interval(entry.user_weeks),
    }


def _pair(pair: Pair, comparison: Comparison) -> dict[str, Any]:
    return {
        "a": comparison.alternatives[pair.a].name,
        "b": comparison.alternatives[pair.b].name,
        "identical": pair.same,
        "targets": [_target(entry, pair, comparison) for entry in pair.targets],
        "services": [shift_row("service", entry) for entry in pair.services],
        "departments": [shift_row("department", entry) for entry in pair.departments],
    }


def _target(entry: TargetDifference, pair: Pair, comparison: Comparison) -> dict[str, Any]:
    plan = comparison.plan
    return {
        "id": entry.target.id,
        "verdict": entry.verdict,
        "claim": words.verdict(entry, pair, comparison),
        "claim_interval": [entry.claim.low, entry.claim.high],
        "within_delta": entry.claim.within_delta,
        "mean_difference_days": entry.mean.value,
        "interval": _interval(entry.mean),
        "a_earlier": entry.earlier.value,
        "a_earlier_interval": _interval(entry.earlier),
        "equal": entry.equal.value,
        "equal_interval": _interval(entry.equal),
        "a_later": entry.later.value,
        "a_later_interval": _interval(entry.later),
        "past_horizon": entry.past_horizon.value,
        "lower_bound_only": entry.bounded.value,
        "shares_lead": entry.shares_lead,
        "difference_days": {f"p{percent}": days for percent, days in zip(SPREAD, entry.spread, strict=True)},
        **{
            f"p{one.percent}": {
                "a": formats.iso(one.a, plan) if one.a < plan.horizon else None,
                "b": formats.iso(one.b, plan) if one.b < plan.horizon else None,
                "difference_days": one.difference,
                "interval": [one.low, one.high],
                "bound": one.bound,
            }
            for one in entry.quantiles
        },
        "user_weeks_difference": entry.user_weeks.value,
        "user_weeks_difference_interval": _interval(entry.user_weeks),
    }


def _interval(entry: Share | Mean) -> list[float]:
    return [entry.low, entry.high]
