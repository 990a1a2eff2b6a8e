"""Everything an optimisation's folder shows, file by file; before and after as a comparison shows any two orders.

Importing this module loads matplotlib; the command line does so only when there is something to write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from onelogin_sim.optimising.optimised import Optimised
from onelogin_sim.report.as_json import as_text
from onelogin_sim.report.charts.chart import Chart
from onelogin_sim.report.charts.compared_load import plot_compared_load
from onelogin_sim.report.charts.convergence import plot_convergence
from onelogin_sim.report.charts.order_ranges import plot_orders
from onelogin_sim.report.charts.paired_differences import plot_differences
from onelogin_sim.report.charts.trade_off import plot_trade_offs
from onelogin_sim.report.comparing.load_tables import load_month_rows, load_pair_rows, load_rows
from onelogin_sim.report.comparing.tables import TABLES as COMPARED
from onelogin_sim.report.optimising.as_json import optimised_json
from onelogin_sim.report.optimising.tables import TABLES
from onelogin_sim.report.optimising.terminal import summary_text
from onelogin_sim.report.tables import as_csv
from onelogin_sim.report.write import Folder


def charts(found: Optimised) -> Iterator[Chart]:
    """Draw every chart of an optimisation, one at a time."""
    yield plot_convergence(found)
    yield plot_trade_offs(found)
    if found.comparison is not None:
        target = found.plan.targets[found.question.target].id
        yield plot_orders(found.comparison, target)
        yield plot_differences(found.comparison, target)
        for station, _ in found.comparison.load.stations if found.comparison.load else ():
            yield plot_compared_load(found.comparison, station)


def report_files(
    found: Optimised, register_rows: Iterable[Mapping[str, object]]
) -> Iterator[tuple[str, bytes]]:
    """Yield each file of the report as (name in the folder, content); names use ``/``."""
    yield "optimisation.json", as_text(optimised_json(found)).encode("utf-8")
    for name, table in TABLES.items():
        yield f"tables/{name}.csv", as_csv(table.rows(found), table.columns)
    if found.comparison is not None:
        for name, compared in COMPARED.items():
            yield f"tables/before-after/{name}.csv", as_csv(compared.rows(found.comparison), compared.columns)
        if found.comparison.load is not None:
            loads = {"load": load_rows, "load_pairs": load_pair_rows, "load_months": load_month_rows}
            for name, rows in loads.items():
                yield f"tables/before-after/{name}.csv", as_csv(rows(found.comparison))
    yield "tables/assumptions.csv", as_csv(register_rows, ("id",))
    for chart in charts(found):
        yield f"charts/{chart.name}.svg", chart.svg()
        yield f"charts/{chart.name}.png", chart.png()
        yield f"charts/{chart.name}.txt", f"{chart.alt}\n{chart.source}\n".encode()
        yield f"charts/{chart.name}.csv", as_csv(chart.rows)
    yield "summary.txt", summary_text(found).encode("utf-8")


def write_optimised(
    found: Optimised, register_rows: Iterable[Mapping[str, object]], folder: Folder
) -> tuple[Path, ...]:
    """Write the report into `folder` file by file; return the files in the order written.

    Raises
    ------
    StoreError
        A file cannot be written.
    """
    return tuple(folder.write(name, data) for name, data in report_files(found, register_rows))
