"""The small scenario against docs/small-scenario.md, which works its timeline out by hand."""

from datetime import date, timedelta
from pathlib import Path

import pytest

import onelogin_sim
from onelogin_sim.draws import deterministic
from onelogin_sim.engines import reference
from onelogin_sim.plan import Plan
from onelogin_sim.timeline import Timeline

ROOT = Path(__file__).resolve().parent.parent
SCENARIO = ROOT / "scenarios" / "small" / "scenario.yaml"
STATUS = date(2024, 1, 1)

#: The table of the document: (item, stage) -> (start, finish) as (month, day); December is 2023.
BY_HAND = {
    ("shared-accounts", "migrate"): ((1, 2), (2, 13)),
    ("appeals", "discovery"): ((12, 18), (1, 4)),
    ("appeals", "build"): ((1, 4), (2, 1)),
    ("appeals", "live"): ((2, 1), (2, 2)),
    ("pensions", "discovery"): ((1, 4), (1, 18)),
    ("pensions", "build"): ((2, 13), (3, 12)),
    ("pensions", "live"): ((4, 15), (4, 16)),
    ("carers", "discovery"): ((1, 18), (2, 1)),
    ("carers", "build"): ((2, 13), (3, 12)),
    ("carers", "live"): ((4, 15), (4, 16)),
    ("boat-licence", "discovery"): ((2, 1), (2, 15)),
    ("boat-licence", "build"): ((2, 15), (3, 14)),
    ("boat-licence", "live"): ((3, 14), (3, 15)),
    ("fishing-permit", "discovery"): ((3, 15), (3, 29)),
    ("fishing-permit", "build"): ((4, 1), (4, 27)),
    ("fishing-permit", "live"): ((4, 29), (4, 30)),
}
GO_LIVE = {
    "appeals": (2, 1),
    "pensions": (4, 15),
    "carers": (4, 15),
    "boat-licence": (3, 14),
    "fishing-permit": (4, 29),
}


def day(month_day: tuple[int, int]) -> date:
    return date(2023 if month_day[0] == 12 else 2024, *month_day)


def run(variants: tuple[str, ...] = ()) -> tuple[Plan, Timeline]:
    scenario = onelogin_sim.load_scenario(SCENARIO, variants)
    plan = scenario.plan()
    return plan, reference.run(plan, scenario.order(), deterministic(plan))


def go_live(plan: Plan, timeline: Timeline) -> dict[str, date]:
    return {
        service.id: STATUS + timedelta(days=int(timeline.go_live[0, index]))
        for index, service in enumerate(plan.services)
    }


def test_the_timeline_is_the_one_worked_out_by_hand() -> None:
    plan, timeline = run()
    found = {
        (task.item, task.stage): (
            STATUS + timedelta(days=int(timeline.start[0, index])),
            STATUS + timedelta(days=int(timeline.finish[0, index])),
        )
        for index, task in enumerate(plan.tasks)
    }
    assert found == {task: (day(start), day(finish)) for task, (start, finish) in BY_HAND.items()}


def test_the_go_lives_are_the_starts_of_the_live_stages() -> None:
    expected = {service: day(when) for service, when in GO_LIVE.items()} | {
        "benefit-claim": date(2023, 11, 6)
    }
    assert go_live(*run()) == expected


def test_the_targets_need_what_the_document_says() -> None:
    plan, _ = run()
    assert {target.id: (target.needed, target.total) for target in plan.targets} == {
        "all": (6, 6),
        "users": (1_376_000, 1_720_000),
        "departments": (2, 2),
    }


@pytest.mark.parametrize(
    ("variant", "changed"),
    [
        ("no_freeze", {"pensions": (3, 12), "carers": (3, 12)}),
        ("extra_team", {"boat-licence": (2, 27), "fishing-permit": (4, 11)}),
    ],
)
def test_the_variants_move_only_what_the_document_says(
    variant: str, changed: dict[str, tuple[int, int]]
) -> None:
    expected = {service: day(when) for service, when in (GO_LIVE | changed).items()}
    assert go_live(*run((variant,))) == expected | {"benefit-claim": date(2023, 11, 6)}


def test_the_document_has_every_line_of_the_timeline() -> None:
    text = (ROOT / "docs" / "small-scenario.md").read_text(encoding="utf-8")
    for (item, stage), (start, finish) in BY_HAND.items():
        line = next(line for line in text.splitlines() if line.startswith(f"| {item} | {stage} |"))
        for when in (day(start), day(finish)):
            assert f"{when.day} {when:%B} ({(when - STATUS).days})" in line


def test_it_fits_on_a_few_screens() -> None:
    assert len(SCENARIO.read_text(encoding="utf-8").splitlines()) <= 120
