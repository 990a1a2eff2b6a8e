"""An optimisation as one JSON object: what ``optimise --json`` prints and ``optimisation.json`` keeps."""

from __future__ import annotations

from typing import Any

from onelogin_sim.claims import Claim
from onelogin_sim.comparison import Comparison
from onelogin_sim.optimising.optimised import Optimised
from onelogin_sim.report import formats
from onelogin_sim.report.comparing.as_json import comparison_json
from onelogin_sim.report.optimising import words
from onelogin_sim.report.optimising.tables import (
    curve_rows,
    front_rows,
    move_rows,
    order_rows,
    rival_rows,
    rule_rows,
)


def optimised_json(found: Optimised) -> dict[str, Any]:
    """Return an optimisation as plain data; gains and losses are in `unit`, above 0 better and worse."""
    question, proof, plan = found.question, found.proof, found.plan
    return {
        "scenario": found.title,
        "variants": list(found.variants),
        "illustrative": plan.illustrative,
        "digest": plan.digest,
        "status_date": plan.status_date.isoformat(),
        "target": plan.targets[question.target].id,
        "seed": question.seed,
        "budget": question.budget,
        "replications": question.replications,
        "delta": question.delta,
        "unit": words.unit(question),
        "objectives": [
            {
                "kind": part.kind,
                "target": part.target,
                "by": None if part.by is None else formats.iso(part.by, plan),
                "price": price,
            }
            for part, price in zip(question.objectives.parts, question.objectives.prices, strict=True)
        ],
        "limits": _limits(found),
        "sentence": words.answer(found),
        "said": proof.said,
        "recommended": found.name if found.recommended else question.start.name,
        "own_order": question.start.name,
        "nominated": found.name,
        "claim": _claim(found),
        "order": list(order_rows(found)),
        "rivals": list(rival_rows(found)),
        "key_moves": None
        if found.key_moves is None
        else {
            "moves": found.key_moves.moves,
            "mends": found.key_moves.mending is not None,
            "gain": list(found.key_moves.gain),
            "enough": found.key_moves.enough,
            "steps": list(move_rows(found)),
        },
        "rule": None
        if found.rule is None
        else {
            "weights": dict(found.rule.rule.weights),
            "terms": list(rule_rows(found)),
            "loss": found.rule.loss.value,
            "loss_interval": [found.rule.loss.low, found.rule.loss.high],
        },
        "trade_offs": list(front_rows(found)),
        "convergence": list(curve_rows(found)),
        "search": {
            "spent": found.found.spent,
            "costs": dict(found.found.costs),
            "finalists": len(found.found.finalists),
            "rules_raced": dict(found.found.rules),
            "bound": formats.iso(found.found.bound, plan),
        },
        "comparison": None if found.comparison is None else _comparison(found.comparison),
        "findings": [{"code": one.code, "text": one.text} for one in found.findings],
        "notes": [one for one in (words.few(found), words.futures(found), *words.NOTES) if one],
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    """Before and after; without the sentence that a comparison by itself ends in: the answer is the optimisation's."""
    return {key: value for key, value in comparison_json(comparison).items() if key != "sentence"}


def _limits(found: Optimised) -> dict[str, Any]:
    limits = found.question.limits
    return {
        "must_before": [list(pair) for pair in limits.must_before],
        "first": list(limits.first),
        "last": list(limits.last),
        "at_once": dict(limits.at_once),
        "latest": {name: formats.iso(day, found.plan) for name, day in limits.latest.items()},
        "latest_share": limits.share,
        "peak_load": limits.peak_load,
        "within_capacity": limits.within_capacity,
        "missed": list(found.proof.missed),
        "own_order_keeps_them": found.keeps_limits,
        "own_order_breaks": list(found.proof.own_breaks),
        "perhaps_missed": list(found.proof.unsure),
        "own_order_perhaps_misses": list(found.proof.own_unsure),
    }


#: What a gain counted to the horizon says of the true one, by what the difference it is the other side of says.
GAINED = {"exact": "exact", "at least": "at most", "at most": "at least", "unknown": "unknown"}


def gained(claim: Claim) -> list[float | None]:
    """Return the interval of a gain; an end that the horizon leaves open is None."""
    return [None if claim.high_open else 0.0 - claim.high, None if claim.low_open else 0.0 - claim.low]


def claim_json(claim: Claim) -> dict[str, Any]:
    """Return a claim as a gain, above 0 where the first is better."""
    return {
        "gain": 0.0 - claim.mean,
        "interval": gained(claim),
        "bound": GAINED[claim.bound],
        "level": claim.level,
        "within_delta": claim.within_delta,
        "futures": claim.replications,
        "better": claim.earlier,
        "equal": claim.equal,
        "worse": claim.later,
    }


def _claim(found: Optimised) -> dict[str, Any] | None:
    claim = found.proof.claim
    if claim is None:
        return None
    return {
        "verdict": claim.verdict,
        **claim_json(claim),
        "nomination_replications": [found.proof.nomination.start, found.proof.nomination.stop],
        "claim_replications": [found.proof.claimed.start, found.proof.claimed.stop],
    }
