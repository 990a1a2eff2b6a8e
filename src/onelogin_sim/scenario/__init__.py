"""What a planner writes, read and checked: files and variants in, a Scenario out."""

from onelogin_sim.scenario.read import Scenario, load_scenario, validate_scenario

__all__ = ["Scenario", "load_scenario", "validate_scenario"]
