"""Everything a comparison's folder shows, file by file: JSON, tables, charts with their text and data, summary.

Importing this module loads matplotlib; the command line does so only when there is something to write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from onelogin_sim.comparison import Comparison
from onelogin_sim.report.as_json import as_text
from onelogin_sim.report.charts.chart import Chart
from onelogin_sim.report.charts.compared_load import plot_compared_load
from onelogin_sim.report.charts.order_ranges import plot_orders
from onelogin_sim.report.charts.paired_differences import plot_differences
from onelogin_sim.report.comparing.as_json import comparison_json
from onelogin_sim.report.comparing.load_tables import load_month_rows, load_pair_rows, load_rows
from onelogin_sim.report.comparing.tables import TABLES
from onelogin_sim.report.comparing.terminal import summary_text
from onelogin_sim.report.tables import as_csv
from onelogin_sim.report.write import Folder


def charts(comparison: Comparison) -> Iterator[Chart]:
    """Draw every chart of a comparison, one at a time."""
    for target in comparison.plan.targets:
        yield plot_orders(comparison, target.id)
        yield plot_differences(comparison, target.id)
    for station, _ in comparison.load.stations if comparison.load else ():
        yield plot_compared_load(comparison, station)


def report_files(
    comparison: Comparison, register_rows: Iterable[Mapping[str, object]]
) -> Iterator[tuple[str, bytes]]:
    """Yield each file of the report as (name in the folder, content); names use ``/``."""
    yield "comparison.json", as_text(comparison_json(comparison)).encode("utf-8")
    for name, table in TABLES.items():
        yield f"tables/{name}.csv", as_csv(table.rows(comparison), table.columns)
    if comparison.load is not None:
        yield "tables/load.csv", as_csv(load_rows(comparison), ("alternative", "figure"))
        yield "tables/load_pairs.csv", as_csv(load_pair_rows(comparison), ("a", "b", "figure"))
        yield "tables/load_months.csv", as_csv(load_month_rows(comparison), ("alternative", "series"))
    yield "tables/assumptions.csv", as_csv(register_rows, ("id",))
    for chart in charts(comparison):
        yield f"charts/{chart.name}.svg", chart.svg()
        yield f"charts/{chart.name}.png", chart.png()
        yield f"charts/{chart.name}.txt", f"{chart.alt}\n{chart.source}\n".encode()
        yield f"charts/{chart.name}.csv", as_csv(chart.rows)
    yield "summary.txt", summary_text(comparison).encode("utf-8")


def write_comparison(
    comparison: Comparison, register_rows: Iterable[Mapping[str, object]], folder: Folder
) -> tuple[Path, ...]:
    """Write the report into `folder` file by file; return the files in the order written.

    Raises
    ------
    StoreError
        A file cannot be written.
    """
    return tuple(folder.write(name, data) for name, data in report_files(comparison, register_rows))
