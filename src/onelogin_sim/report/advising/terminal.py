"""The same advice for a terminal: the answer, when and who, the choices, in eighty columns."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from onelogin_sim.optimising.advised import Advised
from onelogin_sim.report import formats
from onelogin_sim.report.advising import words
from onelogin_sim.report.console import bullet, plain_text, show
from onelogin_sim.report.words import ILLUSTRATIVE

#: Choices shown; tables and `--json` have all of them.
TOP = 12


def advice_summary(advised: Advised) -> Group:
    """Return everything a planner reads first, as one renderable for any rich console."""
    parts: list[RenderableType] = [Text(words.title(advised), style="bold")]
    if advised.advice.plan.illustrative:
        parts.append(Text(ILLUSTRATIVE, style="bold magenta"))
    said = [
        words.answer(advised),
        words.few(advised),
        words.second(advised),
        words.when(advised),
        words.who(advised),
    ]
    said += [*words.left_out(advised), words.asked(advised)]
    parts += [Text(), *(bullet(text) for text in said if text), Text(), _choices(advised)]
    more = len(advised.advice.choices) - TOP
    closing = [f"and {more} more in the table"] if more > 0 else []
    closing += [*words.notes(advised), words.run_line(advised)]
    parts += [Text(), *(Text(text, style="dim") for text in closing)]
    return Group(*parts)


def print_advice(advised: Advised) -> None:
    """Print the summary to standard output, in colour where it is a terminal."""
    show(advice_summary(advised))


def summary_text(advised: Advised, width: int = 80) -> str:
    """Return the summary as plain text, without colour, for a file."""
    return plain_text(advice_summary(advised), width=width)


def _choices(advised: Advised) -> Table:
    advice = advised.advice
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    gain = f"Gain, {words.unit(advice)} (95%)"
    for column in ("Served first", "Place", "Ready for it", "Order gives it", gain):
        table.add_column(Text(column), overflow="fold")
    for one in advice.choices[:TOP]:
        table.add_row(
            Text(words.name(advice, one.item)),
            str(one.place),
            formats.percent(one.competes),
            formats.percent(one.gets),
            words.gain(one),
        )
    return table
