"""What is allowed and yet worth a second look, with its exact text."""
# ruff: noqa: E501 - a finding is one line here because it is one line for the planner

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from onelogin_sim.draws import draw
from onelogin_sim.scenario import load_scenario
from scenario_files import edit, write_full, write_tiny

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
            "tables/services.csv:3:30: services.court.since: the stage has lasted 63 working days, and is given at most 19 at ordinary pace (found 2023-10-02); in more than 99% of futures one more day is assumed; widen the days of the stage",
            id="running longer than its table",
        ),
        pytest.param(
            "scenario.yaml", "items: [pay, trade]", "items: [pay, seen]",
            "scenario.yaml:64:87: risks.R-1.delay.items: is live already, so the risk cannot touch it (found 'seen'); take it out",
            id="risk to what is live",
        ),
        pytest.param(
            "scenario.yaml", "delay: {stage: migrate, items: [pay, trade]", "delay: {stage: kickoff, items: [court]",
            "scenario.yaml:64:82: risks.R-1.delay.items: is past the stage 'kickoff' already (found 'court'); take it out",
            id="risk to a stage that is past",
        ),
        pytest.param(
            "scenario.yaml", "delay: {stage: migrate, items: [pay, trade]", "delay: {stage: kickoff, items: [trade]",
            "scenario.yaml:64:82: risks.R-1.delay.items: its stage 'kickoff' is a milestone of zero days (found 'trade'); take it out", id="risk to a milestone",
        ),
        pytest.param(
            "scenario.yaml", "delay: {stage: migrate, items: [pay, trade]", "delay: {stage: kickoff, items: all",
            "scenario.yaml:64:81: risks.R-1.delay.items: the risk touches nothing: the stage 'kickoff' is a milestone of zero days (found 'all')", id="risk to a milestone of all",
        ),
        pytest.param(
            "scenario.yaml", "delay: {stage: migrate, items: [pay, trade]", "delay: {stage: assurance, items: [trade]",
            "scenario.yaml:64:84: risks.R-1.delay.items: never has the stage 'assurance': it checks no identity (found 'trade'); take it out", id="risk to a stage only for those that check identity",
        ),
        pytest.param(
            "scenario.yaml", "window: {from: 2024-02-01, to: 2024-05-31}", "window: {from: 2026-01-01, to: 2026-05-31}",
            "scenario.yaml:65:124: risks.R-2.capacity.window.from: changes nothing: it is not before the horizon (found 2026-01-01); take it out", id="capacity lost after the horizon",
        ),
        pytest.param(
            "scenario.yaml", "to: 2025-01-06}], stages: [live]", "to: 2025-01-06}], stages: [work]",
            None, id="freeze of a stage only an enabler has",
        ),
        pytest.param(
            "tables/departments.csv", "Northern Ireland,1,,,", "Northern Ireland,1,,winter,",
            None, id="freeze of a stage the department has",
        ),
        pytest.param(
            "scenario.yaml", "hold_back: {pay: court}", "hold_back: {court: trade}",
            "scenario.yaml:69:59: orders.backwards.hold_back.court: has begun already, and cannot be held back (found 'court'); take it out", id="hold-back of what has begun",
        ),
        pytest.param(
            "scenario.yaml", "hold_back: {pay: court}", "hold_back: {seen: court}",
            "scenario.yaml:69:59: orders.backwards.hold_back.seen: is live already, and cannot be held back (found 'seen'); take it out", id="hold-back of what is live",
        ),
        pytest.param(
            "scenario.yaml", "hold_back: {pay: court}", "hold_back: {pay: seen}",
            "scenario.yaml:69:64: orders.backwards.hold_back.pay: is live already, so nothing is held back for it (found 'seen'); take it out", id="hold-back until what is live",
        ),
        pytest.param(
            SERVICES, "9000,people,no,none,,,,,log,", "9000,people,no,none,,begun,,Paper,log,",
            "tables/services.csv:6:55: services.seen.needs: has no use: it is live since 2023-10-02; take it out", id="needs of what is live",
        ),
        pytest.param(
            SERVICES, "9000,people,no,none,,,,,log,", "9000,people,no,none,,,hub,,log,",
            "tables/services.csv:6:56: services.seen.fronted_by: has no use: it is live since 2023-10-02 (found 'hub'); take it out", id="hub of what is live",
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


def test_a_delay_of_all_that_nothing_has_ahead(tmp_path: Path) -> None:
    """Only enablers pass `plan`, and all of them have."""
    path = write_full(tmp_path)
    edit(
        path,
        "    - {stage: work, days:",
        "    - {stage: plan, days: 3, source: log}\n    - {stage: work, days:",
    )
    for name in ("move-old", "new-screen"):
        text = path.read_text(encoding="utf-8")
        line = next(line for line in text.splitlines() if f"id: {name}," in line)
        begun = line.replace(", not_before: 2024-02-01, source: plan", "")
        edit(path, line, begun[:-1] + ", stage: work, since: 2023-12-01, source: log}")
    edit(path, "delay: {stage: migrate, items: [pay, trade]", "delay: {stage: plan, items: all")
    assert [str(finding) for finding in load_scenario(path).findings] == [
        "scenario.yaml:65:78: risks.R-1.delay.items: the risk touches nothing: no unfinished item has the stage 'plan' ahead of it (found 'all')"
    ]


def test_a_freeze_that_stops_nothing_of_a_department(tmp_path: Path) -> None:
    """`work` is a stage of enablers: ports has none, and idle has nothing left to do that a freeze could miss."""
    path = write_full(tmp_path)
    edit(path, "to: 2025-01-06}], stages: [live]", "to: 2025-01-06}], stages: [work]")
    edit(
        tmp_path / "tables/departments.csv",
        "law,Law",
        "ports,Ports,Wales,1,,winter,,A-TEAMS\nidle,Idle,,1,,winter,,A-TEAMS\nlaw,Law",
    )
    edit(tmp_path / SERVICES, "trade,3,Trade,law", "trade,3,Trade,ports")
    assert [str(finding) for finding in load_scenario(path).findings] == [
        "tables/departments.csv:3:22: departments.ports.freezes: stops nothing here: no unfinished item of the department has a stage that it stops (found 'winter'); take it out"
    ]


@pytest.mark.parametrize(
    ("days", "since", "pace", "barrier", "said"),
    [
        # 2024-01-01 is a holiday, as are Christmas and Boxing Day: `since` is counted back from it.
        pytest.param("20", "2023-12-01", "0.5", "no", "has lasted 19 working days, and is given at most 20 at ordinary pace: every future", id="faster"),
        pytest.param("20", "2023-11-20", "2.0", "no", "", id="slower"),
        pytest.param("20", "2023-11-20", "1.0", "no", "has lasted 28 working days, and is given at most 20 at ordinary pace: every future", id="ordinary"),
        pytest.param("20", "2023-12-01", "1.0", "no", "", id="not yet"),
        pytest.param("20", "2023-11-20", "[1, 2, 2, 2]", "no", "has lasted 28 working days, and is given at most 20 at ordinary pace: about 25% of futures", id="some"),
        pytest.param("20", "2023-11-20", "1.0", "drawn", "has lasted 28 working days, and is given at most 20 at ordinary pace: about 60% of futures", id="barrier may slow it"),
        pytest.param("20", "2023-11-20", "1.0", "certain", "", id="barrier slows it"),
        pytest.param("20", "2023-11-20", "0.5", "certain", "has lasted 28 working days, and is given at most 20 at ordinary pace: every future", id="both"),
    ],
)  # fmt: skip
def test_a_stage_that_outlasts_its_scaled_table(
    tmp_path: Path, days: str, since: str, pace: str, barrier: str, said: str
) -> None:
    """What is said is counted from the plan's own factors, and the draws agree with it."""
    path = write_tiny(tmp_path)
    slowed = "" if barrier == "no" else ", slowed_by: [old]"
    edit(path, "days: 5, needs: {department_team: 1}", f"days: {days}{slowed}")
    path.write_text(
        path.read_text(encoding="utf-8")
        + f"pace: {{programme: {pace}}}\n"
        + ("" if barrier == "no" else "barriers: {old: {share: 0.4, slows: 2}}\n"),
        encoding="utf-8",
    )
    known = "old" if barrier == "certain" else ""
    (tmp_path / "departments.csv").write_text(
        f"id,name,teams,barriers\ndep,Department,1,{known}\n", encoding="utf-8"
    )
    (tmp_path / "services.csv").write_text(
        f"id,name,department,pathway,stage,since\none,One,dep,short,build,{since}\n", encoding="utf-8"
    )
    scenario = load_scenario(path)
    rule, _, futures = said.partition(": ")
    assert [str(finding) for finding in scenario.findings] == (
        [
            f"services.csv:2:25: services.one.since: the stage {rule} (found {since}); "
            f"in {futures} one more day is assumed; widen the days of the stage"
        ]
        if said
        else []
    )
    share = float(np.mean(draw(scenario.plan(), 0, 2000).days[:, 0] == 1))
    stated = 1.0 if "every" in futures else float(futures.split()[1].rstrip("%")) / 100 if futures else 0.0
    if said or since != "2023-12-01":  # "not yet" has one day left of its own
        assert share == pytest.approx(stated, abs=0.04)  # four standard errors of 2,000 draws


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
