"""The charts: one per file, ``plot_x(what, ..., ax=None)`` returning a Chart. They compute nothing."""

from onelogin_sim.report.charts.chart import Chart
from onelogin_sim.report.charts.checks_and_reuses import plot_checks_and_reuses
from onelogin_sim.report.charts.compared_load import plot_compared_load
from onelogin_sim.report.charts.convergence import plot_convergence
from onelogin_sim.report.charts.coverage_fan import plot_coverage
from onelogin_sim.report.charts.department_ranges import plot_departments
from onelogin_sim.report.charts.dividend import plot_dividend
from onelogin_sim.report.charts.driver_graph import plot_drivers
from onelogin_sim.report.charts.driver_shares import plot_driver_shares
from onelogin_sim.report.charts.first_choices import plot_choices
from onelogin_sim.report.charts.followed_week import plot_followed
from onelogin_sim.report.charts.load_fan import plot_load
from onelogin_sim.report.charts.order_ranges import plot_orders
from onelogin_sim.report.charts.paired_differences import plot_differences
from onelogin_sim.report.charts.target_curve import plot_target
from onelogin_sim.report.charts.time_use import plot_time_use
from onelogin_sim.report.charts.tornado import plot_tornado
from onelogin_sim.report.charts.trade_off import plot_trade_offs
from onelogin_sim.report.charts.wait_heat import plot_waits

__all__ = [
    "Chart",
    "plot_checks_and_reuses",
    "plot_choices",
    "plot_compared_load",
    "plot_convergence",
    "plot_coverage",
    "plot_departments",
    "plot_differences",
    "plot_dividend",
    "plot_driver_shares",
    "plot_drivers",
    "plot_followed",
    "plot_load",
    "plot_orders",
    "plot_target",
    "plot_time_use",
    "plot_tornado",
    "plot_trade_offs",
    "plot_waits",
]
