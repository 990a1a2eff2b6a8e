"""When will a single sign-on programme be done, how sure are we, what holds us back, and what if the order changes?

The way through is one line::

    scenario file -> Plan -> Draws -> Timeline -> Forecast -> report

>>> import onelogin_sim
>>> scenario = onelogin_sim.load_scenario("scenarios/small/scenario.yaml")
>>> forecast = onelogin_sim.forecast(scenario, replications=200, seed=1)

The public names are loaded when first used, so that importing the package is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from onelogin_sim.alternatives import Alternative
    from onelogin_sim.comparison import Comparison
    from onelogin_sim.draws import Draws, deterministic, draw
    from onelogin_sim.driving.impact import Impacts, leave_one_out
    from onelogin_sim.driving.sensitivity import rank, screen
    from onelogin_sim.errors import Finding, OneloginSimError, PlanError, Problem, ScenarioError
    from onelogin_sim.forecasting import Forecast
    from onelogin_sim.orders.search.problem import Found, Limits, Objective, Objectives
    from onelogin_sim.orders.search.proof import Proof, prove
    from onelogin_sim.orders.search.searching import search
    from onelogin_sim.plan import Order, Plan
    from onelogin_sim.report.charts import (
        Chart,
        plot_checks_and_reuses,
        plot_choices,
        plot_compared_load,
        plot_convergence,
        plot_coverage,
        plot_departments,
        plot_differences,
        plot_dividend,
        plot_driver_shares,
        plot_drivers,
        plot_followed,
        plot_load,
        plot_orders,
        plot_target,
        plot_time_use,
        plot_tornado,
        plot_trade_offs,
        plot_waits,
    )
    from onelogin_sim.scenario import Scenario, load_scenario
    from onelogin_sim.study import alternatives_of, compare, forecast
    from onelogin_sim.timeline import Timeline
    from onelogin_sim.verification.population import Verification

_HOMES = {
    "Alternative": "alternatives",
    "Chart": "report.charts",
    "Comparison": "comparison",
    "Draws": "draws",
    "Finding": "errors",
    "Forecast": "forecasting",
    "Found": "orders.search.problem",
    "Impacts": "driving.impact",
    "Limits": "orders.search.problem",
    "Objective": "orders.search.problem",
    "Objectives": "orders.search.problem",
    "OneloginSimError": "errors",
    "Order": "plan",
    "Plan": "plan",
    "PlanError": "errors",
    "Problem": "errors",
    "Proof": "orders.search.proof",
    "Scenario": "scenario",
    "ScenarioError": "errors",
    "Timeline": "timeline",
    "Verification": "verification.population",
    "alternatives_of": "study",
    "compare": "study",
    "deterministic": "draws",
    "draw": "draws",
    "forecast": "study",
    "leave_one_out": "driving.impact",
    "load_scenario": "scenario",
    "plot_checks_and_reuses": "report.charts",
    "plot_choices": "report.charts",
    "plot_compared_load": "report.charts",
    "plot_convergence": "report.charts",
    "plot_coverage": "report.charts",
    "plot_departments": "report.charts",
    "plot_differences": "report.charts",
    "plot_dividend": "report.charts",
    "plot_driver_shares": "report.charts",
    "plot_drivers": "report.charts",
    "plot_followed": "report.charts",
    "plot_load": "report.charts",
    "plot_orders": "report.charts",
    "plot_target": "report.charts",
    "plot_time_use": "report.charts",
    "plot_tornado": "report.charts",
    "plot_trade_offs": "report.charts",
    "plot_waits": "report.charts",
    "prove": "orders.search.proof",
    "rank": "driving.sensitivity",
    "screen": "driving.sensitivity",
    "search": "orders.search.searching",
}

__all__ = [
    "Alternative",
    "Chart",
    "Comparison",
    "Draws",
    "Finding",
    "Forecast",
    "Found",
    "Impacts",
    "Limits",
    "Objective",
    "Objectives",
    "OneloginSimError",
    "Order",
    "Plan",
    "PlanError",
    "Problem",
    "Proof",
    "Scenario",
    "ScenarioError",
    "Timeline",
    "Verification",
    "__version__",
    "alternatives_of",
    "compare",
    "deterministic",
    "draw",
    "forecast",
    "leave_one_out",
    "load_scenario",
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
    "prove",
    "rank",
    "screen",
    "search",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'onelogin_sim' has no attribute '{name}'")
    return getattr(import_module(f"onelogin_sim.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
