"""Who should get the next free slot, in words, as JSON and for a terminal."""

from __future__ import annotations

from typing import Any

from onelogin_sim.advice import Advice
from onelogin_sim.orders.search.problem import KINDS
from onelogin_sim.report import formats

#: Choices shown; `--json` has all of them.
TOP = 12


def sentence(advice: Advice) -> str:
    """Return who should be next, by how much, and whether that is shown."""
    best, second = advice.choices[:2]
    first, other = (f"'{one.item}'" for one in (best, second))
    proof, claim = advice.proof, advice.proof.claim
    if claim is None:
        return (
            f"{first} ranks first, and {other} was nominated when the two were compared again: they are not "
            "distinguishable, so either will do."
        )
    amount = f"{_number(abs(claim.mean))} {_unit(advice)}"
    word = "better" if claim.mean <= 0 else "worse"
    low, high = (-claim.high, -claim.low) if claim.mean <= 0 else (claim.low, claim.high)
    span = f"{_number(low)} to {_number(high)}"
    futures = formats.plural(len(proof.claimed), "future")
    if proof.said == "shown better":
        little = (
            f", surely, but by less than the {advice.delta:g} worth acting on" if claim.within_delta else ""
        )
        return (
            f"Give the next free slot of {_resource(advice)} to {first}: it is {amount} better ({span}) than "
            f"the second choice, {other}{little}, in {futures} that ranked nothing."
        )
    if proof.said == "equivalent":
        return (
            f"{first} and {other} are equivalent within {advice.delta:g} {_unit(advice)}: the first is {amount} "
            f"{word} ({span}). Either will do."
        )
    return (
        f"{first} ranks first and is not distinguishable from {other}: {amount} {word} ({span}), which {futures} "
        "cannot tell from no difference."
    )


def advice_json(advice: Advice, title: str) -> dict[str, Any]:
    """Return advice as plain data; gains are over the base order as it stands, in `unit`."""
    claim = advice.proof.claim
    return {
        "scenario": title,
        "illustrative": advice.plan.illustrative,
        "as_at": advice.plan.status_date.isoformat(),
        "digest": advice.plan.digest,
        "resource": advice.plan.resources[advice.resource].id,
        "base_order": advice.base.name,
        "seed": advice.seed,
        "replications": len(advice.ranked),
        "delta": advice.delta,
        "unit": _unit(advice),
        "sentence": sentence(advice),
        "next": advice.choices[0].item,
        "second": advice.choices[1].item,
        "said": advice.proof.said,
        "claim": None
        if claim is None
        else {
            "gain": 0.0 - claim.mean,
            "interval": [0.0 - claim.high, 0.0 - claim.low],
            "level": claim.level,
            "within_delta": claim.within_delta,
            "futures": claim.replications,
        },
        "choices": [
            {
                "item": one.item,
                "name": _name(advice, one.item),
                "place": one.place,
                "competes": one.competes,
                "gain": one.gain.value,
                "interval": [one.gain.low, one.gain.high],
            }
            for one in advice.choices
        ],
        "notes": list(_notes(advice)),
    }


def print_advice(advice: Advice, title: str) -> None:
    """Print advice to standard output."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from onelogin_sim.report.words import ILLUSTRATIVE

    console = Console(emoji=False, highlight=False)
    console.print(Text(f"{title}: who is next?", style="bold"))
    if advice.plan.illustrative:
        console.print(Text(ILLUSTRATIVE, style="bold magenta"))
    console.print(Text(f"• {sentence(advice)}"))
    console.print()
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    place = f"Place in '{advice.base.name}'"
    for column in ("Served first", place, "Competes in", f"Gain, {_unit(advice)}", "95% interval"):
        table.add_column(Text(column), overflow="fold")
    for one in advice.choices[:TOP]:
        span = f"{_number(one.gain.low)} to {_number(one.gain.high)}"
        table.add_row(
            Text(_name(advice, one.item)),
            str(one.place),
            formats.percent(one.competes),
            _number(one.gain.value),
            span,
        )
    console.print(table)
    left = len(advice.choices) - TOP
    if left > 0:
        console.print(Text(f"and {left} more with --json", style="dim"))
    for note in _notes(advice):
        console.print(Text(note, style="dim"))


def _notes(advice: Advice) -> tuple[str, ...]:
    ranked, claimed = advice.ranked, advice.proof.claimed
    told = f"Ranked on replications {ranked.start:,} to {ranked.stop - 1:,}"
    if len(claimed):
        told += f"; first and second compared again on {claimed.start:,} to {claimed.stop - 1:,}"
    return (
        f"Choices are those who compete for the next slot of {_resource(advice)} in most futures. Gains are over "
        f"'{advice.base.name}' as it stands; everybody after the first is served in that order.",
        f"{told}. All choices see the same luck; the gains of the table are no claims.",
    )


def _resource(advice: Advice) -> str:
    return f"'{advice.plan.resources[advice.resource].id}'"


def _unit(advice: Advice) -> str:
    parts = advice.objectives.parts
    return KINDS[parts[0].kind] if len(parts) == 1 else "weighted units"


def _name(advice: Advice, item: str) -> str:
    return advice.plan.items[advice.plan.item_index[item]].name


def _number(value: float) -> str:
    text = f"{value:,.1f}"
    return "0" if text in ("0.0", "-0.0") else text
