"""Everything an advice's folder shows, file by file.

Importing this module loads matplotlib; the command line does so only when there is something to write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from onelogin_sim.optimising.advised import Advised
from onelogin_sim.report.advising.as_json import advice_json
from onelogin_sim.report.advising.tables import TABLES
from onelogin_sim.report.advising.terminal import summary_text
from onelogin_sim.report.as_json import as_text
from onelogin_sim.report.charts.first_choices import plot_choices
from onelogin_sim.report.tables import as_csv


def advice_files(
    advised: Advised, register_rows: Iterable[Mapping[str, object]]
) -> Iterator[tuple[str, bytes]]:
    """Yield each file of the report as (name in the folder, content); names use ``/``."""
    yield "advice.json", as_text(advice_json(advised)).encode("utf-8")
    for table_name, table in TABLES.items():
        yield f"tables/{table_name}.csv", as_csv(table.rows(advised), table.columns)
    yield "tables/assumptions.csv", as_csv(register_rows, ("id",))
    chart = plot_choices(advised)
    yield f"charts/{chart.name}.svg", chart.svg()
    yield f"charts/{chart.name}.png", chart.png()
    yield f"charts/{chart.name}.txt", f"{chart.alt}\n{chart.source}\n".encode()
    yield f"charts/{chart.name}.csv", as_csv(chart.rows)
    yield "summary.txt", summary_text(advised).encode("utf-8")
