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
    from onelogin_sim.draws import Draws, deterministic, draw
    from onelogin_sim.errors import Finding, OneloginSimError, PlanError, Problem, ScenarioError
    from onelogin_sim.forecasting import Forecast
    from onelogin_sim.plan import Order, Plan
    from onelogin_sim.report.charts import (
        Chart,
        plot_coverage,
        plot_departments,
        plot_drivers,
        plot_target,
        plot_time_use,
    )
    from onelogin_sim.scenario import Scenario, load_scenario
    from onelogin_sim.study import forecast
    from onelogin_sim.timeline import Timeline

_HOMES = {
    "Chart": "report.charts",
    "Draws": "draws",
    "Finding": "errors",
    "Forecast": "forecasting",
    "OneloginSimError": "errors",
    "Order": "plan",
    "Plan": "plan",
    "PlanError": "errors",
    "Problem": "errors",
    "Scenario": "scenario",
    "ScenarioError": "errors",
    "Timeline": "timeline",
    "deterministic": "draws",
    "draw": "draws",
    "forecast": "study",
    "load_scenario": "scenario",
    "plot_coverage": "report.charts",
    "plot_departments": "report.charts",
    "plot_drivers": "report.charts",
    "plot_target": "report.charts",
    "plot_time_use": "report.charts",
}

__all__ = [
    "Chart",
    "Draws",
    "Finding",
    "Forecast",
    "OneloginSimError",
    "Order",
    "Plan",
    "PlanError",
    "Problem",
    "Scenario",
    "ScenarioError",
    "Timeline",
    "__version__",
    "deterministic",
    "draw",
    "forecast",
    "load_scenario",
    "plot_coverage",
    "plot_departments",
    "plot_drivers",
    "plot_target",
    "plot_time_use",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'onelogin_sim' has no attribute '{name}'")
    return getattr(import_module(f"onelogin_sim.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
