"""Scenarios for tests, written into a folder: a tiny one, and one that uses every feature once."""
# ruff: noqa: E501 - rows of tables and one-line entries are long

from __future__ import annotations

from pathlib import Path

TINY = """\
scenario: Tiny
status_date: 2024-01-01
horizon: 2025-01-01
evidence: illustrative
targets:
  - {id: all, measure: services, share: 1.0, by: 2024-06-28}
services: services.csv
departments: departments.csv
pathways:
  short:
    - {stage: build, days: 5, needs: {department_team: 1}}
    - {stage: live, days: 1, live: true}
"""

TINY_SERVICES = """\
id,name,department,pathway
one,One,dep,short
two,Two,dep,short
"""

TINY_DEPARTMENTS = """\
id,name,teams
dep,Department,1
"""

FULL = """\
scenario: Full
about: Every feature once.
status_date: 2024-01-01
horizon: 2026-01-01
evidence: required
hand_out: strict
targets:
  - {id: all, name: Everything, measure: services, share: 1.0, by: 2025-06-30, source: plan}
  - {id: some, measure: departments, count: 2, by: 2025-03-31, source: plan}
  - {id: users, measure: annual_users, share: 0.8, by: 2025-06-30, assumption: A-TARGET}
services: tables/services.csv
departments: tables/departments.csv
sign_ins: tables/sign_ins.csv
enablers:
  - {id: move-old, name: Move accounts, department: tax, pathway: shared, gates: migrate}
  - {id: new-screen, name: New screen, department: law, pathway: shared, gates: build, needs: [move-old], not_before: 2024-02-01, source: plan}
  - {id: done-already, name: Done, department: tax, pathway: shared, gates: build, live_on: 2023-06-01}
  - {id: begun, name: Begun, department: law, pathway: shared, gates: build, stage: work, since: 2023-12-01, source: log}
resources:
  panel: {name: Panel, capacity: 2, changes: {2024-07-01: 3}, assumption: A-CAPACITY}
  slots: {capacity: 1, source: team}
pathways:
  full:
    - {stage: kickoff, days: 0, source: rule}
    - stage: discovery
      days: {low: 5, mode: 10, high: 20, assumption: A-DAYS}
      needs: {panel: 1}
      assumption: A-NEEDS
    - stage: build
      days: {p10: 10, p50: 20, p90: 45, assumption: A-DAYS}
      needs: {department_team: 1}
      slowed_by: [legacy]
      probability: 0.9
      probability_assumption: A-EXISTS
      assumption: A-NEEDS
    - stage: migrate
      days: {median: 10, p90: 20, assumption: A-DAYS}
    - stage: assurance
      days: {observed: [3, 4, 9], source: log}
      needs: {panel: 1, slots: 1}
      when: identity
      repeat: {probability: 0.2, from: migrate, at_most: 2, assumption: A-REWORK}
      assumption: A-NEEDS
    - {stage: live, days: {low: 5, mode: 10, high: 15, shape: triangular}, live: true, calendar: every_day, assumption: A-DAYS}
    - {stage: aftercare, days: 10, assumption: A-DAYS}
  shared:
    - {stage: work, days: [20, 30, 40], source: log}
freezes:
  - {id: winter, name: Winter, periods: [{from: 2024-12-16, to: 2025-01-06}], stages: [live], assumption: A-FREEZE}
barriers:
  legacy: {name: Legacy, share: 0.5, assumption: A-SHARE, slows: {p10: 1.1, p50: 1.4, p90: 2.2, assumption: A-SLOW}}
pace:
  programme: {p10: 0.9, p50: 1, p90: 1.3, assumption: A-PACE}
  department: {p10: 0.8, p50: 1, p90: 1.4, assumption: A-PACE}
optimism_bias: {factor: {p10: 1, p50: 1.1, p90: 1.4}, covers: What plans leave out, assumption: A-BIAS}
readiness:
  department: {cumulative: [[0, 0.3], [200, 1]], assumption: A-READY}
  service: {low: 0, mode: 10, high: 60, assumption: A-READY}
unknown_identity: {share: 0.4, assumption: A-IDENTITY}
volumes:
  unknown_users: {p10: 100, p50: 1000, p90: 9000, assumption: A-VOLUME}
  uses_per_person: {default: 2, services: {trade: 4}, assumption: A-USES}
risks:
  - {id: R-1, name: Late part, probability: 0.1, delay: {stage: migrate, items: [pay, trade], days: {low: 1, mode: 5, high: 30}}, assumption: A-RISK}
  - {id: R-2, name: Away, probability: 0.2, capacity: {resource: "department_team:law", units: 1, days: 30, window: {from: 2024-02-01, to: 2024-05-31}}, assumption: A-RISK}
  - {id: R-3, name: Held, probability: 0.3, enabled: false, not_before: {items: all, window: {from: 2024-03-01, to: 2024-04-30}}, assumption: A-RISK}
orders:
  as_planned: [pay, court, trade, hub]
  backwards: {list: [hub, trade, court, pay], hold_back: {pay: court}}
  biggest_first: {rule: biggest-first}
assumptions:
"""

_COVERED = {
    "A-TARGET": "target", "A-CAPACITY": "capacity", "A-DAYS": "duration", "A-NEEDS": "need",
    "A-EXISTS": "existence", "A-REWORK": "rework", "A-FREEZE": "freeze", "A-SHARE": "barrier_share",
    "A-SLOW": "slowdown", "A-PACE": "pace", "A-BIAS": "optimism_bias", "A-READY": "readiness",
    "A-IDENTITY": "identity_share", "A-VOLUME": "volume", "A-USES": "uses_per_person", "A-RISK": "risk",
    "A-TEAMS": "team_capacity", "A-FLIGHT": "in_flight",
}  # fmt: skip

FULL += "".join(
    f"  - {{id: {name}, covers: {covers}, text: Said, rationale: Weighed, source: judgement, owner: Planner, "
    "quality: medium, date: 2023-12-01, valid_until: 2024-12-01}\n"
    for name, covers in _COVERED.items()
)

FULL += """\
variants:
  more-panel: {why: "Is the panel the limit?", set: {resources.panel.capacity: 4, hand_out: passing}}
  no-risk: {why: "What do the risks cost?", remove: [risks.R-1, risks.R-2], set: {services.pay.users: 5}}
"""

FULL_SERVICES = """\
id,position,name,department,live_on,stage,since,since_source,since_assumption,planned_live,not_before,users,users_unit,users_counted,identity,pathway,needs,fronted_by,sign_in,source,assumption
pay,1,"Pay, on time",tax,,,,,,2024-09-30,,5000,people,yes,P2,full,court:build;begun,hub,Old gate;Paper,log,
court,2,Court,law,,discovery,2023-12-18,,A-FLIGHT,,,300,organisations,yes,unknown,full,,,,log,
trade,3,Trade,law,,,,,,,2024-03-01,8000,transactions,yes,none,full,new-screen;done-already,,,log,
hub,,Hub,tax,,,,,,,,,,,P1,full,,,,,
seen,5,Seen,tax,2023-10-02,,,,,,,9000,people,no,none,,,,,log,
"""

FULL_DEPARTMENTS = """\
id,name,nation,teams,team_changes,freezes,barriers,assumption
tax,Tax,England,2,2024-06-03=3;2025-01-06=1,winter,legacy,A-TEAMS
law,Law,Northern Ireland,1,,,,A-TEAMS
"""

FULL_SIGN_INS = """\
sign_in,enablers,note
Old gate,move-old,its accounts move
Paper,,nothing shared
"""


def write_tiny(folder: Path) -> Path:
    """Write the tiny scenario into a folder and return its path."""
    (folder / "services.csv").write_text(TINY_SERVICES, encoding="utf-8")
    (folder / "departments.csv").write_text(TINY_DEPARTMENTS, encoding="utf-8")
    path = folder / "scenario.yaml"
    path.write_text(TINY, encoding="utf-8")
    return path


def write_full(folder: Path) -> Path:
    """Write the scenario that uses every feature once into a folder and return its path."""
    (folder / "tables").mkdir(exist_ok=True)
    for name, text in (
        ("services", FULL_SERVICES),
        ("departments", FULL_DEPARTMENTS),
        ("sign_ins", FULL_SIGN_INS),
    ):
        (folder / "tables" / f"{name}.csv").write_text(text, encoding="utf-8")
    path = folder / "scenario.yaml"
    path.write_text(FULL, encoding="utf-8")
    return path


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that stands in a file once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands in {path.name} {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")
