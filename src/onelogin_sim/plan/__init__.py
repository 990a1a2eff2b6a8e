"""What a scenario means: frozen data, valid when it exists, changed with `dataclasses.replace`.

Vocabulary, used everywhere in this package:

scenario
    What a planner writes: files, a status date, assumptions, variants.
plan
    The scenario resolved: items, their stages as tasks, arcs, resources, calendars, targets.
item
    A service to be connected, or an enabler (shared work that services wait for).
order
    A permutation of the items: who is served first when capacity is short.
replication
    One future: one set of draws for every uncertain quantity.
run
    Many replications of one plan under one order.
"""

from onelogin_sim.plan.order import Order
from onelogin_sim.plan.parts import (
    Barrier,
    CapacityLoss,
    Delay,
    Department,
    Gate,
    Item,
    Measure,
    NotBefore,
    Pace,
    Resource,
    Risk,
    Target,
    Task,
)
from onelogin_sim.plan.plan import Plan

__all__ = [
    "Barrier",
    "CapacityLoss",
    "Delay",
    "Department",
    "Gate",
    "Item",
    "Measure",
    "NotBefore",
    "Order",
    "Pace",
    "Plan",
    "Resource",
    "Risk",
    "Target",
    "Task",
]
