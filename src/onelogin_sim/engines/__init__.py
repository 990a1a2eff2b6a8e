"""Engines: `run(plan, order, draws) -> Timeline`. They agree event for event and never draw."""
