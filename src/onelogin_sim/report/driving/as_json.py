"""A sensitivity analysis as one JSON object: what ``sensitivity --json`` prints and ``sensitivity.json`` keeps."""

from __future__ import annotations

from typing import Any

from onelogin_sim.driving.sensitivity import Ranking, Screening, Sensitivity
from onelogin_sim.report import formats, words
from onelogin_sim.report.driving import words as say
from onelogin_sim.report.driving.tables import (
    driver_rows,
    impact_rows,
    merge_rows,
    ranking_rows,
    screening_rows,
    unchanged_rows,
)


def sensitivity_json(result: Sensitivity) -> dict[str, Any]:
    """Return the analysis as plain data; differences in days, negative is earlier; shares between 0 and 1."""
    basis = result.basis
    plan = basis.plan
    document: dict[str, Any] = {
        "scenario": basis.title,
        "variants": list(basis.variants),
        "illustrative": plan.illustrative,
        "digest": plan.digest,
        "seed": basis.seed,
        "replications": basis.replications,
        "order": basis.order.name,
        "status_date": plan.status_date.isoformat(),
        "horizon": formats.iso(plan.horizon, plan),
        "targets": [
            {"id": target.id, "name": target.name, "by": formats.iso(target.by, plan)}
            for target in plan.targets
        ],
    }
    notes = [words.ERROR_CAVEAT, say.COUNTED]
    if result.impacts:
        notes += [say.PAIRED, say.MERGE_WORDS]
        document |= {
            "result_digest": result.impacts.result_digest,
            "unchanged": list(unchanged_rows(result.impacts)),
            "impacts": list(impact_rows(result.impacts)),
            "drivers": list(driver_rows(result.impacts)),
            "merges": list(merge_rows(result.impacts)),
        }
    if result.screening:
        notes += [say.SCREEN_WORDS, say.work_words(result.screening.by_item)]
        rows = list(screening_rows(result.screening))
        document["morris"] = {"spread": _spreads(result.screening), "effects": rows}
    if result.ranking:
        notes += [say.INDEX_WORDS, say.work_words(result.ranking.by_item)]
        rows = list(ranking_rows(result.ranking))
        document["sobol"] = {"spread": _spreads(result.ranking), "indices": rows}
    return document | {"notes": list(dict.fromkeys(notes))}


def _spreads(found: Screening | Ranking) -> list[dict[str, object]]:
    return [
        {
            "target": one.target,
            "mean_day": one.mean,
            "standard_deviation_days": one.deviation,
            "not_within_horizon": one.beyond,
        }
        for one in found.spreads
    ]
