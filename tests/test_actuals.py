"""What has happened since the status date: read from a table, refused where it cannot be, and what it moves."""

import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from onelogin_sim import load_scenario
from onelogin_sim.advice import advise
from onelogin_sim.draws import draw
from onelogin_sim.engines.compiled import run
from onelogin_sim.errors import ScenarioError
from onelogin_sim.optimising.asked import objectives
from onelogin_sim.scenario.actuals import as_at
from scenario_files import edit, write_full

SMALL = Path(__file__).parents[1] / "scenarios" / "small" / "scenario.yaml"
HEAD = "service,stage,since,live_on\n"


def table(folder, text, head=HEAD):
    path = folder / "actuals.csv"
    path.write_text(head + text, encoding="utf-8")
    return path


def problems(folder, text, when=date(2024, 2, 5), head=HEAD):
    with pytest.raises(ScenarioError) as error:
        as_at(load_scenario(SMALL), when, table(folder, text, head))
    return str(error.value).splitlines()


def small(folder, text, when=date(2024, 2, 5)):
    return as_at(load_scenario(SMALL), when, table(folder, text))


# -- what it says -------------------------------------------------------------------------------------------


def test_items_stand_where_the_table_has_them(tmp_path):
    """Days are counted from the new status date; who is not listed has not begun, and who was live still is."""
    now = small(
        tmp_path,
        "appeals,,,2024-01-31\npensions,build,2024-01-22,\ncarers,discovery,2024-01-29,\n"
        "shared-accounts,,,2024-02-02\n",
    )
    plan = now.scenario.plan()
    assert plan.status_date == date(2024, 2, 5)
    assert {item.id: item.live_on for item in plan.items if item.live_on is not None} == {
        "appeals": -5,
        "benefit-claim": -91,
        "shared-accounts": -3,
    }
    assert {(task.item, task.stage): task.since for task in plan.tasks if task.since is not None} == {
        ("pensions", "build"): -14,
        ("carers", "discovery"): -7,
    }
    assert len(plan.tasks_of["boat-licence"]) == len(plan.tasks_of["fishing-permit"]) == 3


def test_the_table_is_the_evidence_of_what_it_says(tmp_path):
    now = small(tmp_path, "appeals,build,2024-01-15,\nshared-accounts,migrate,2024-01-08,\n")
    rows = {row.id: row for row in now.scenario.file.services}
    assert (rows["appeals"].since_source, rows["appeals"].since_assumption) == ("actuals.csv", None)
    (enabler,) = now.scenario.file.enablers
    assert (enabler.stage, enabler.since, enabler.source) == ("migrate", date(2024, 1, 8), "actuals.csv")


def test_the_table_of_the_documentation_is_one(tmp_path):
    text = (SMALL.parents[2] / "docs" / "who-is-next.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```csv\n(.*?)```", text, re.DOTALL)
    path = tmp_path / "actuals.csv"
    path.write_text(example, encoding="utf-8")
    now = as_at(load_scenario(SMALL), date(2024, 2, 5), path).scenario
    assert now.plan().status_date == date(2024, 2, 5)
    plan = now.plan()
    advice = advise(plan, now.order(), objectives(plan, ["mean"]), replications=200, delta=7.0)
    assert [choice.item for choice in advice.choices] == ["boat-licence", "carers"]


def test_at_the_status_date_a_table_that_repeats_the_scenario_changes_nothing(tmp_path):
    scenario = load_scenario(SMALL)
    now = as_at(scenario, scenario.file.status_date, table(tmp_path, "appeals,discovery,2023-12-18,\n"))
    assert now.scenario.plan().digest == scenario.plan().digest
    assert (now.notes, now.past_targets) == ((), {})


def test_the_scenario_itself_is_left_alone(tmp_path):
    scenario = load_scenario(SMALL)
    before = scenario.plan().digest
    as_at(scenario, date(2024, 2, 5), table(tmp_path, "appeals,build,2024-01-15,\n"))
    assert load_scenario(SMALL).plan().digest == scenario.plan().digest == before


def test_the_order_of_lines_and_blank_lines_do_not_matter(tmp_path):
    lines = [
        "appeals,build,2024-01-15,",
        "carers,discovery,2024-01-29,",
        "shared-accounts,migrate,2024-01-08,",
    ]
    one = small(tmp_path, "\n".join(lines) + "\n")
    two = small(tmp_path, "\n,,,\n".join(reversed(lines)) + "\n,,,\n")
    assert one.scenario.plan().digest == two.scenario.plan().digest


# -- what is refused ----------------------------------------------------------------------------------------


def test_every_problem_is_told_at_once(tmp_path):
    text = (
        "pension,,,2024-01-31\ncarers,buildd,2024-01-22,\ncarers,discovery,2024-01-29,\n"
        "boat-licence,discovery,2024-03-01,\nbenefit-claim,,,2023-11-01\npensions,discovery,2023-12-20,\n"
        "fishing-permit,live,soon,\nshared-accounts,,,\n"
    )
    assert problems(tmp_path, text) == [
        "actuals.csv: appeals: was in 'discovery' on 2024-01-01 and is not there; add a line that says where it stands "
        "on 2024-02-05",
        "actuals.csv:2:1: is not a known service or enabler (found 'pension'); did you mean 'pensions'?",
        "actuals.csv:3:8: services.carers.stage: is not a known stage of the pathway 'standard' (found 'buildd'); did "
        "you mean 'build'?",
        "actuals.csv:4:1: is there already, in line 3 (found 'carers'); keep one: how it stands on 2024-02-05",
        "actuals.csv:5:24: boat-licence.since: lies after 2024-02-05: what became known later may not be used (found "
        "2024-03-01)",
        "actuals.csv:6:17: benefit-claim.live_on: is live since 2023-11-06 by the scenario (found 2023-11-01); take "
        "the line out, or mend the scenario",
        "actuals.csv:7:20: pensions.since: does not lie after the status date 2024-01-01, when it had not begun by the "
        "scenario (found 2023-12-20); mend the date, or the scenario",
        "actuals.csv:8:21: fishing-permit.since: must be a date (found 'soon'); write year-month-day",
        "actuals.csv:9:1: does not say what has happened: give stage and since, or live_on (found 'shared-accounts'); "
        "leave out what has not begun",
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("appeals,build,,", "actuals.csv:2:9: appeals.stage: is given without since (found 'build'); stage and since "
         "go together"),
        ("appeals,,2024-01-08,", "actuals.csv:2:10: appeals.since: is given without stage (found 2024-01-08); stage "
         "and since go together"),
        ("appeals,build,2024-01-08,2024-01-31", "actuals.csv:2:26: services.appeals.live_on: is given together with a "
         "running stage (found 2024-01-31); keep live_on, or stage and since"),
        ("appeals,build,2023-12-27,", "actuals.csv:2:15: appeals.since: does not lie after the status date 2024-01-01, "
         "when it was in 'discovery' since 2023-12-18 by the scenario (found 2023-12-27); mend the date, or the "
         "scenario"),
        ("appeals,,,31/01/2024", "actuals.csv:2:11: appeals.live_on: must be a date (found '31/01/2024'); write "
         "year-month-day (in Excel, give the column the format yyyy-mm-dd)"),
        ("appeals,,2024-01-31", "actuals.csv:2:10: the row has 3 cells, the header 4: too few (found 'appeals'); a "
         "blank cell still needs its comma"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_is_refused(tmp_path, line, problem):
    assert problem in problems(tmp_path, line + "\n")


def test_columns_are_checked(tmp_path):
    assert problems(tmp_path, "appeals,,,2024-01-31\n", head="service,stage,sinse,live_on\n") == [
        "actuals.csv:1:15: is not a known column (found 'sinse'); did you mean 'since'?"
    ]
    assert problems(tmp_path, "2024-01-31\n", head="live_on\n") == [
        "actuals.csv:1:1: there is no column 'service'; add it to the first line and to each row"
    ]


@pytest.mark.parametrize("when", [date(2023, 12, 31), date(2025, 1, 1)])
def test_a_date_outside_the_forecast_is_refused(tmp_path, when):
    assert problems(tmp_path, "appeals,,,2023-12-31\n", when) == [
        f"--as-at: must lie between the status date 2024-01-01 and the horizon 2025-01-01 (found {when})"
    ]


def test_a_missing_table_is_said_to_be_missing(tmp_path):
    with pytest.raises(ScenarioError, match=r"^nowhere.csv: "):
        as_at(load_scenario(SMALL), date(2024, 2, 5), tmp_path / "nowhere.csv")


# -- what lies between the dates ----------------------------------------------------------------------------


def full(folder, text, when, *edits):
    path = write_full(folder)
    for old, new in edits:
        edit(path, old, new)
    return as_at(load_scenario(path), when, table(folder, text))


STOOD = "court,discovery,2023-12-18,\nbegun,work,2023-12-01,\n"


def test_capacity_is_that_of_the_last_change_so_far(tmp_path):
    plan = full(tmp_path, STOOD, date(2024, 8, 1)).scenario.plan()
    steps = {resource.id: resource.steps for resource in plan.resources}
    assert steps["panel"] == ((0, 3),)
    assert steps["department_team:tax"] == ((0, 3), ((date(2025, 1, 6) - date(2024, 8, 1)).days, 1))
    assert steps["slots"] == ((0, 1),)


def test_freezes_keep_their_dates(tmp_path):
    scenario = load_scenario(write_full(tmp_path))
    now = as_at(scenario, date(2024, 8, 1), table(tmp_path, STOOD)).scenario
    for plan in (scenario.plan(), now.plan()):
        frozen = {
            plan.as_date(int(day) + calendar.first)
            for calendar in plan.calendars
            for day in np.flatnonzero(calendar.frozen)
        }
        assert frozen == {date(2024, 12, 16 + day) for day in range(16)} | {
            date(2025, 1, day) for day in range(1, 7)
        }


def test_targets_releases_and_plans_that_have_passed_are_left_out(tmp_path):
    """Trade may not start before 1 March 2024, pay is planned for 30 September 2024, some was due in March 2025."""
    plan = full(tmp_path, STOOD, date(2024, 2, 15)).scenario.plan()
    item = {one.id: one for one in plan.items}
    assert (item["trade"].release, item["new-screen"].release) == (15, 0)
    assert item["pay"].planned_live == (date(2024, 9, 30) - date(2024, 2, 15)).days
    now = full(tmp_path, STOOD, date(2025, 4, 1))
    item = {one.id: one for one in now.scenario.plan().items}
    assert (item["trade"].release, item["pay"].planned_live) == (0, None)
    assert [target.id for target in now.scenario.plan().targets] == ["all", "users"]
    assert now.past_targets == {"some": date(2025, 3, 31)}
    assert now.notes[0] == "Target 'some' was due on 2025-03-31 and is left out."


def test_where_every_target_has_passed_there_is_nothing_to_aim_at(tmp_path):
    assert problems(tmp_path, "appeals,,,2024-01-31\n", date(2024, 7, 1)) == [
        "--as-at: no target lies ahead of 2024-07-01: 'all' was due on 2024-06-28, 'users' was due on 2024-04-30, "
        "'departments' was due on 2024-03-29; give the scenario a later one"
    ]


def test_a_loss_of_capacity_that_has_not_begun_is_less_likely_to_come(tmp_path):
    """One in five, on a day from 1 February to 31 May, 121 days; on 1 April 61 are left: 0.2 r / (0.8 + 0.2 r)."""
    now = full(tmp_path, STOOD, date(2024, 4, 1))
    (risk,) = [one for one in now.scenario.plan().risks if one.id == "R-2"]
    share = 61 / 121
    assert risk.probability == pytest.approx(0.2 * share / (0.8 + 0.2 * share))
    assert (risk.effect.first, risk.effect.last) == (0, 60)
    assert now.notes == (
        "Risk 'R-2' is taken not to have come so far: its probability is 11%, where it was 20%.",
    )
    gone = full(tmp_path, STOOD, date(2024, 6, 1))
    assert [one.id for one in gone.scenario.plan().risks] == ["R-1"]
    assert gone.notes == ("Risk 'R-2' can no longer come: its time ended on 2024-05-31.",)


def test_what_is_held_back_to_a_drawn_day_may_still_be_until_something_begins(tmp_path):
    """Three in ten, to a day from 1 March to 30 April, 61 days; on 1 April 30 of them are left."""
    on = ("name: Held, probability: 0.3, enabled: false", "name: Held, probability: 0.3")
    risks = {one.id: one for one in full(tmp_path, STOOD, date(2024, 4, 1), on).scenario.plan().risks}
    assert risks["R-3"].probability == pytest.approx(0.3 * 30 / 61)
    assert (risks["R-3"].effect.first, risks["R-3"].effect.last) == (0, 29)
    now = full(tmp_path, STOOD + "hub,discovery,2024-03-20,\n", date(2024, 4, 1), on)
    assert "R-3" not in {one.id for one in now.scenario.plan().risks}
    assert "Risk 'R-3' can no longer come: what it holds back has begun." in now.notes


def test_readiness_goes_on_from_where_it_was(tmp_path):
    """The same luck, so many days later: nobody's draw starts afresh."""
    scenario = load_scenario(write_full(tmp_path))
    now = as_at(scenario, date(2024, 3, 1), table(tmp_path, STOOD)).scenario
    index = scenario.plan().item_index["trade"]
    before = draw(scenario.plan(), 1, 2000).earliest[:, index].astype(int)
    after = draw(now.plan(), 1, 2000).earliest[:, index].astype(int)
    assert np.array_equal(after, np.maximum(before - 60, 0))


def test_a_department_of_which_something_has_begun_has_come_forward(tmp_path):
    """Hub began on 20 January, so tax had bought in by then; law is as uncertain as it was."""
    now = full(tmp_path, STOOD + "hub,discovery,2024-01-20,\n", date(2024, 3, 1)).scenario
    assert now.file.readiness.come_forward == {"tax": date(2024, 1, 20)}
    owners = {
        owner: days
        for item in now.plan().items
        for owner, days in item.readiness
        if owner.startswith("@department")
    }
    assert max(owners["@department:tax"].parameters[0::2]) <= 19.5
    assert max(owners["@department:law"].parameters[0::2]) == 200


def test_variants_stay_applied(tmp_path):
    scenario = load_scenario(SMALL, ["extra_team"])
    now = as_at(scenario, date(2024, 2, 5), table(tmp_path, "appeals,,,2024-01-31\n")).scenario
    assert now.variants == ("extra_team",)
    assert {one.id: one.steps for one in now.plan().resources}["central_team"] == ((0, 2),)


def test_what_is_known_of_a_future_does_not_contradict_it(tmp_path):
    """The states of a simulated future half way, as a table: who was done then is done, who ran runs, nobody else."""
    scenario = load_scenario(SMALL)
    plan, when, day = scenario.plan(), date(2024, 3, 1), 60
    for replication in range(5):
        draws = draw(plan, 3, range(replication, replication + 1))
        timeline = run(plan, scenario.order(), draws)
        start, finish = timeline.start[0], timeline.finish[0]
        lines, running = [], {}
        for name, span in plan.tasks_of.items():
            begun = [task for task in span if start[task] <= day and draws.days[0, task] > 0]
            if not begun:
                continue
            task, live = begun[-1], plan.go_live_task.get(name, (span[-1], False))
            done = (start if live[1] else finish)[live[0]]
            if done <= day:
                lines.append(f"{name},,,{plan.as_date(int(done))}")
            else:
                since = plan.tasks[task].since if plan.tasks[task].since is not None else int(start[task])
                lines.append(f"{name},{plan.tasks[task].stage},{plan.as_date(since)},")
                running[name] = (plan.tasks[task].stage, since - day)
        later = as_at(scenario, when, table(tmp_path, "\n".join(lines) + "\n")).scenario.plan()
        found = {task.item: (task.stage, task.since) for task in later.tasks if task.since is not None}
        assert found == running
        days = run(later, scenario.order(), draw(later, 1, 50)).go_live
        assert (days[:, [service.live_on is None for service in later.services]] > 0).all()
