"""Advice as one JSON object: what ``advise --json`` prints and ``advice.json`` keeps."""

from __future__ import annotations

from typing import Any

from onelogin_sim.claims import Claim
from onelogin_sim.optimising.advised import Advised, said
from onelogin_sim.report import formats
from onelogin_sim.report.advising import words
from onelogin_sim.report.advising.tables import choice_rows, left_out_rows
from onelogin_sim.report.optimising.as_json import claim_json


def advice_json(advised: Advised) -> dict[str, Any]:
    """Return advice as plain data; gains are in `unit`, above 0 better than the base order as it stands."""
    advice = advised.advice
    plan, slot = advice.plan, advice.slot
    return {
        "scenario": advised.title,
        "variants": list(advised.variants),
        "illustrative": plan.illustrative,
        "as_at": plan.status_date.isoformat(),
        "status_date": advised.status_date.isoformat(),
        "actuals": advised.actuals,
        "actuals_digest": advised.actuals_digest,
        "digest": plan.digest,
        "base_order": advice.given.name,
        "order_digest": advice.base.digest,
        "kept_limits": advice.base.digest == advice.given.digest,
        "seed": advice.seed,
        "replications": len(advice.ranked),
        "asked": words.asked(advised),
        "delta": advice.delta,
        "unit": words.unit(advice),
        "slot": {
            "resource": plan.resources[slot.resource].id,
            "contested": slot.contested,
            **{f"p{percent}": formats.iso(slot.day(percent), plan) for percent in (10, 50, 90)},
            "competes": dict(slot.competes),
        },
        "sentence": words.answer(advised),
        "next": advice.next,
        "own_next": advice.own,
        "best": advice.choices[0].item,
        "second": advice.choices[1].item,
        "against_own_order": _claim(advice.against_own),
        "against_second": _claim(advice.against_second),
        "ranked_replications": [advice.ranked.start, advice.ranked.stop],
        "claim_replications": [advice.claimed.start, advice.claimed.stop],
        "choices": list(choice_rows(advised)),
        "left_out": list(left_out_rows(advised)),
        "notes": [one for one in (words.few(advised), *words.notes(advised)) if one],
    }


def _claim(claim: Claim) -> dict[str, Any]:
    """The gain of the first choice over another, with what may be said of it."""
    return {"said": said(claim), **claim_json(claim)}
