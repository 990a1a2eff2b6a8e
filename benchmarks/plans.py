"""Synthetic plans of any size: scenario files, written anew from a committed seed, and read like a planner's own.

A plan has services of seven stages, each stage wanting one unit of one resource (*plain*), or three of the
seven wanting two resources at once (*double*); one in ten services is a hub that others wait for, 1.5 arcs a
service. 200 services have 22 resources: 16 departments' teams and six central pools. A larger plan has more
departments of the same size and proportionally larger pools, so that it takes about as long on paper.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import onelogin_sim
from onelogin_sim.plan import Plan
from onelogin_sim.uniforms import decision_key, uniforms

#: Seed of the plans' structure, and of their draws.
SEED = 20240101
STATUS_DATE = date(2024, 1, 1)

#: First day outside: late enough that all work is done in nearly every future.
HORIZON = 2400

#: Share of a pool's time that is worked if all goes evenly over `SPAN` days.
LOAD, SPAN = 0.85, 900

SERVICES_PER_DEPARTMENT = 12.5

#: Stage: p10, p50, p90 of its days; its pool (None: the department's team); what else it needs when double.
STAGES = {
    "discovery": ((8, 15, 35), "onboarding", None),
    "architecture": ((5, 10, 25), "architects", None),
    "build": ((15, 30, 70), None, "architects"),
    "governance": ((3, 8, 25), "assurance", None),
    "security": ((5, 12, 30), "testers", "assurance"),
    "configuration": ((6, 10, 20), "slots", "department_team"),
    "support": ((10, 20, 45), "support", None),
}


@dataclass(frozen=True)
class Shape:
    """What a synthetic plan looks like.

    Attributes
    ----------
    services
        How many; a tenth of them are hubs.
    double
        Whether three of the seven stages need two resources at once.
    every_day
        Whether every day is worked; else the working days of England.
    """

    services: int
    double: bool = False
    every_day: bool = True

    @property
    def name(self) -> str:
        """What the plan is called in a table."""
        words = [f"{self.services:,} services"]
        words += ["two resources at once"] if self.double else []
        return ", ".join(words + ([] if self.every_day else ["working days"]))


def make(shape: Shape) -> Plan:
    """Return the plan of a shape."""
    with TemporaryDirectory() as folder:
        return onelogin_sim.load_scenario(write(shape, Path(folder))).plan()


def write(shape: Shape, folder: Path) -> Path:
    """Write the scenario files of a shape into a folder and return the scenario's path."""
    departments = math.ceil(shape.services / SERVICES_PER_DEPARTMENT)
    (folder / "departments.csv").write_text(
        "id,name,nation,teams\n"
        + "".join(f"d{n:03d},Department {n},England,1\n" for n in range(departments)),
        encoding="utf-8",
    )
    (folder / "services.csv").write_text(
        "position,id,name,department,users,users_unit,identity,pathway,needs\n" + "".join(_services(shape)),
        encoding="utf-8",
    )
    scenario = folder / "scenario.yaml"
    scenario.write_text("\n".join(_scenario(shape)), encoding="utf-8")
    return scenario


def _scenario(shape: Shape) -> list[str]:
    lines = [
        f"scenario: Synthetic plan of {shape.name}",
        f"status_date: {STATUS_DATE}",
        f"horizon: {STATUS_DATE + timedelta(days=HORIZON)}",
        "evidence: illustrative",
        "services: services.csv",
        "departments: departments.csv",
        "targets:",
        f"  - {{id: all, name: Every service, measure: services, share: 1.0, by: {STATUS_DATE.year + 3}-12-31}}",
        "resources:",
    ]
    pools = {pool for _, pool, _ in STAGES.values() if pool}
    lines += [
        f"  {pool}: {{name: {pool.title()}, capacity: {_capacity(shape, pool)}}}" for pool in sorted(pools)
    ]
    lines += ["pathways:", "  standard:"]
    for stage, ((p10, p50, p90), _, _) in STAGES.items():
        needs = ", ".join(f"{name}: 1" for name in _needs(shape, stage))
        lines += [
            f"    - stage: {stage}",
            f"      days: {{p10: {p10}, p50: {p50}, p90: {p90}}}",
            f"      needs: {{{needs}}}",
            *(["      calendar: every_day"] if shape.every_day else []),
        ]
    return [*lines, "orders:", "  as_listed: {rule: as-listed}", ""]


def _needs(shape: Shape, stage: str) -> list[str]:
    _, pool, second = STAGES[stage]
    return [pool or "department_team"] + ([second] if shape.double and second else [])


def _capacity(shape: Shape, pool: str) -> int:
    """Units so that a pool's work takes `SPAN` days at a load of `LOAD`; days by Swanson's rule (30, 40, 30)."""
    work = sum(
        shape.services * (0.3 * p10 + 0.4 * p50 + 0.3 * p90)
        for stage, ((p10, p50, p90), _, _) in STAGES.items()
        if pool in _needs(shape, stage)
    )
    return max(1, math.ceil(work / (LOAD * SPAN)))


def _services(shape: Shape) -> list[str]:
    count = shape.services
    hubs = sorted(range(count), key=lambda service: _uniform(service, "hub"))[: max(1, count // 10)]
    departments = math.ceil(count / SERVICES_PER_DEPARTMENT)
    places = np.argsort(np.argsort([_uniform(service, "place") for service in range(count)]))
    rows = []
    for service in range(count):
        needs: dict[str, None] = {}
        if service not in hubs:
            # Two arcs for two in three, one for the others: 1.67 for nine in ten services, 1.5 for all.
            for arc in range(1 + (_uniform(service, "arcs") < 2 / 3)):
                hub = hubs[int(_uniform(service, f"arc:{arc}:from") * len(hubs))]
                stage = list(STAGES)[int(_uniform(service, f"arc:{arc}:to") * len(STAGES))]
                needs[f"s{hub:04d}:{stage}"] = None
        rows.append(
            f"{places[service] + 1},s{service:04d},Service {service},d{service % departments:03d},"
            f"{1000 * (1 + service % 97)},people,none,standard,{';'.join(needs)}\n"
        )
    return rows


def _uniform(service: int, decision: str) -> float:
    """A uniform number that is the same on every machine and with every version of NumPy."""
    key = np.array([decision_key(f"s{service}", decision)], dtype=np.uint64)
    return float(uniforms(SEED, key, range(1))[0, 0])
