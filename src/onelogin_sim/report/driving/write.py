"""Everything a sensitivity analysis leaves in its folder: JSON, tables, charts with text and data, summary.

Importing this module loads matplotlib; the command line does so only when there is something to write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from onelogin_sim.driving.impact import Impacts
from onelogin_sim.driving.sensitivity import Sensitivity
from onelogin_sim.report.as_json import as_text
from onelogin_sim.report.charts.chart import Chart
from onelogin_sim.report.charts.driver_shares import plot_driver_shares
from onelogin_sim.report.charts.tornado import plot_tornado
from onelogin_sim.report.driving.as_json import sensitivity_json
from onelogin_sim.report.driving.tables import tables
from onelogin_sim.report.driving.terminal import summary_text
from onelogin_sim.report.tables import as_csv


def charts(impacts: Impacts) -> Iterator[Chart]:
    """Draw every chart of an impact analysis, one at a time."""
    for target in impacts.basis.plan.targets:
        yield plot_tornado(impacts, target.id)
        yield plot_driver_shares(impacts, target.id)


def sensitivity_files(
    result: Sensitivity, register_rows: Iterable[Mapping[str, object]]
) -> Iterator[tuple[str, bytes]]:
    """Yield each file as (name in the folder, content); names use ``/``.

    Parameters
    ----------
    result
        What is shown.
    register_rows
        The assumptions register, one mapping a row.
    """
    yield "sensitivity.json", as_text(sensitivity_json(result)).encode("utf-8")
    for name, table in tables(result):
        yield f"tables/{name}.csv", table
    yield "tables/assumptions.csv", as_csv(register_rows, ("id",))
    for chart in charts(result.impacts) if result.impacts else ():
        yield f"charts/{chart.name}.svg", chart.svg()
        yield f"charts/{chart.name}.png", chart.png()
        yield f"charts/{chart.name}.txt", f"{chart.alt}\n{chart.source}\n".encode()
        yield f"charts/{chart.name}.csv", as_csv(chart.rows)
    yield "summary.txt", summary_text(result).encode("utf-8")
