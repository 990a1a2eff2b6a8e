"""What is allowed and yet worth a second look, with its exact text."""
# ruff: noqa: E501 - a finding is one line here because it is one line for the planner

from __future__ import annotations

from pathlib import Path

import pytest

from onelogin_sim.scenario import load_scenario
from scenario_files import edit, write_full

SERVICES = "tables/services.csv"


def test_the_full_scenario_has_none(tmp_path: Path) -> None:
    assert load_scenario(write_full(tmp_path)).findings == ()


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        pytest.param(
            "scenario.yaml", "{p10: 10, p50: 20, p90: 45, assumption: A-DAYS}", "{p10: 10, p50: 20, p90: 45, source: x}",
            None, id="still cited elsewhere",
        ),
        pytest.param(
            "scenario.yaml", "legacy: {name: Legacy, share: 0.5, assumption: A-SHARE", "legacy: {name: Legacy, share: 0.5, source: x",
            "scenario.yaml:79:10: assumptions.A-SHARE.id: is an assumption that nothing cites (found 'A-SHARE'); cite it, or take it out",
            id="unused assumption",
        ),
        pytest.param(
            "scenario.yaml", "{id: A-SHARE, covers: barrier_share, text: Said, rationale: Weighed, source: judgement, owner: Planner, quality: medium, date: 2023-12-01, valid_until: 2024-12-01}",
            "{id: A-SHARE, covers: barrier_share, text: Said, rationale: Weighed, source: judgement, owner: Planner, quality: medium, date: 2023-12-01, valid_until: 2023-12-31}",
            "scenario.yaml:79:157: assumptions.A-SHARE.valid_until: the assumption was due to be looked at again (found 2023-12-31); renew it",
            id="assumption past its date",
        ),
        pytest.param(
            "scenario.yaml", "- {stage: aftercare, days: 10, ", "- {stage: aftercare, days: {p10: 0.1, p50: 0.2, p90: 3}, ",
            "scenario.yaml:45:32: pathways.full.aftercare.days: comes out as P10 1 where 0.1 is stated, P50 1 where 0.2 is stated, mean 2.422 where 1.901 is stated; days are whole, at least 1, and the last 0.01% is cut off",
            id="figures that come out otherwise",
        ),
        pytest.param(
            SERVICES, "discovery,2023-12-18", "discovery,2023-10-02",
            "tables/services.csv:3:30: services.court.since: the stage has lasted 63 working days, and is given at most 19 (found 2023-10-02); one more day is assumed; widen the days of the stage",
            id="running longer than its table",
        ),
        pytest.param(
            "scenario.yaml", "items: [pay, trade]", "items: [pay, seen]",
            "scenario.yaml:64:87: risks.R-1.delay.items: is live already, so the risk cannot touch it (found 'seen'); take it out",
            id="risk to what is live",
        ),
        pytest.param(
            "scenario.yaml", "delay: {stage: migrate, items: [pay, trade]", "delay: {stage: kickoff, items: [court, trade]",
            "scenario.yaml:64:82: risks.R-1.delay.items: is past the stage 'kickoff' already (found 'court'); take it out",
            id="risk to a stage that is past",
        ),
        pytest.param(
            "scenario.yaml", "not_before: {items: all", "not_before: {items: [court]",
            "scenario.yaml:66:82: risks.R-3.not_before.items: has begun already, so the risk cannot hold it back (found 'court'); take it out",
            id="risk to what has begun",
        ),
        pytest.param(
            "scenario.yaml", "changes: {2024-07-01: 3}", "changes: {2024-07-01: 3, 2026-02-01: 4}",
            "scenario.yaml:20:62: resources.panel.changes.2026-02-01: changes nothing: it is not before the horizon (found 2026-02-01)",
            id="change beyond the horizon",
        ),
        pytest.param(
            "scenario.yaml", "slots: {capacity: 1, source: team}", "slots: {capacity: 1, source: team}\n  rooms: {capacity: 1, source: team}",
            "scenario.yaml:22:3: resources.rooms: is never used", id="resource nobody needs",
        ),
        pytest.param(
            "tables/departments.csv", "2025-01-06=1,winter,legacy", "2025-01-06=1,,legacy",
            "scenario.yaml:49:10: freezes.winter.id: no department lists this freeze (found 'winter'); add it to the departments table",
            id="freeze nobody lists",
        ),
        pytest.param(
            SERVICES, "new-screen;done-already", "done-already",
            "scenario.yaml:16:10: enablers.new-screen.id: nothing waits for this enabler (found 'new-screen'); take it out, or say what needs it",
            id="enabler nothing waits for",
        ),
    ],
)  # fmt: skip
def test_finding(tmp_path: Path, file: str, old: str, new: str, expected: str | None) -> None:
    path = write_full(tmp_path)
    edit(tmp_path / file, old, new)
    findings = [str(finding) for finding in load_scenario(path).findings]
    assert findings == ([] if expected is None else [expected])


def test_resource_held_through_a_freeze(tmp_path: Path) -> None:
    """A running stage keeps what it holds while a freeze stops it."""
    path = write_full(tmp_path)
    edit(
        path,
        "{from: 2024-12-16, to: 2025-01-06}], stages: [live]",
        "{from: 2024-01-02, to: 2024-01-31}], stages: [discovery]",
    )
    edit(tmp_path / "tables/departments.csv", "Northern Ireland,1,,", "Northern Ireland,1,,winter")
    assert [str(finding) for finding in load_scenario(path).findings] == [
        "tables/services.csv:3:20: services.court.stage: the running stage holds panel across more than 5 days off "
        "(found 'discovery'); nobody else can use it meanwhile"
    ]
