"""Live stages that hold units of a resource for the identity checks that follow: computed, shown, refused by name."""
# ruff: noqa: E501 - a message is one line here because it is one line for the planner

from pathlib import Path

import pytest

from onelogin_sim.draws import deterministic, draw
from onelogin_sim.engines import compiled, reference
from onelogin_sim.errors import ScenarioError
from onelogin_sim.scenario import load_scenario
from onelogin_sim.scenario.check_units import CheckUnits
from onelogin_sim.scenario.explain import explain
from scenario_files import edit, write_tiny

ROADMAP = Path(__file__).resolve().parent.parent / "scenarios" / "roadmap-2025" / "scenario.yaml"

RESOURCES = """\
resources:
  checks: {capacity: 5, unit_size: 100, enabled: true}
verification:
  segments:
    young: {people: 900000, proven: {P1: 0.1, P2: 0.3}}
    old: {people: 100000}
unknown_identity: {share: 0.5}
enablers: []
"""

SERVICES = """\
id,name,department,users,users_unit,identity,pathway
big,Big,dep,41600,people,P2,short
low,Low,dep,20800,people,P1,short
maybe,Maybe,dep,10400,people,unknown,short
none,None,dep,99999,people,none,short
small,Small,dep,10,people,P2,short
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Five services whose live stage, ten days, needs units of 100 checks a week."""
    path = write_tiny(tmp_path)
    edit(path, "pathways:\n", RESOURCES + "pathways:\n")
    edit(path, "days: 1, live: true", "days: 10, live: true, needs_for_checks: checks")
    path.with_name("services.csv").write_text(SERVICES, encoding="utf-8")
    edit(path.with_name("departments.csv"), "Department,1", "Department,9")
    return path


def live_needs(path: Path, *variants: str) -> dict[str, tuple[tuple[str, int], ...]]:
    return {
        task.item: task.needs for task in load_scenario(path, variants).plan().tasks if task.stage == "live"
    }


def problems(path: Path) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    return [str(problem) for problem in caught.value.problems]


def test_units_by_hand(path: Path) -> None:
    """Proven to P2: 0.9 × 0.3 = 27%; to P1 or P2: 0.9 × 0.4 = 36%. So big: 41,600 × 0.73 / 52 = 584 checks a week.

    low: 20,800 × 0.64 / 52 = 256; maybe: 10,400 × 0.5 × 0.73 / 52 = 73; small: 0.14, and one unit all the same;
    who asks nobody needs none.
    """
    edit(path, "capacity: 5", "capacity: 6")
    assert live_needs(path) == {
        "big": (("checks", 6),),
        "low": (("checks", 3),),
        "maybe": (("checks", 1),),
        "none": (),
        "small": (("checks", 1),),
    }


@pytest.mark.parametrize(
    ("users", "units"), [(0, 0), (1, 1), (5_200, 1), (5_201, 2), (520_000, 100), (520_001, 101)]
)
def test_units_are_rounded_up_and_at_least_one_where_anybody_is_checked(users: int, units: int) -> None:
    assert CheckUnits(users, 1.0, 1.0, 100.0).units == units


def test_a_whole_number_of_units_stays_one_whatever_the_decimals() -> None:
    """0.1 × 3 is not 0.3 in binary; 3 units must not become 4 for that."""
    assert CheckUnits(52 * 300, 1.0, 0.1 * 3, 30.0).units == 3
    assert CheckUnits(10**9, 0.0, 1.0, 1.0).units == 0
    assert CheckUnits(10**9, 1.0, 0.0, 1.0).units == 0


def test_who_can_use_no_route_is_not_checked(path: Path) -> None:
    """Half the old can use the one route there is: of the old 0.5 unproven, of the young 0.8 less 0.3, or less 0.4 at P1.

    big: 41,600 × (0.9 × 0.5 + 0.1 × 0.5) / 52 = 400 checks a week; low: 20,800 × (0.9 × 0.4 + 0.1 × 0.5) / 52 = 164;
    maybe: 10,400 × 0.5 × 0.5 / 52 = 50. With everybody proven nobody is checked, and no unit needed.
    """
    edit(path, "proven: {P1: 0.1, P2: 0.3}", "able: {routes: {post: 0.8}}, proven: {P1: 0.1, P2: 0.3}")
    edit(path, "old: {people: 100000}", "old: {people: 100000, able: {routes: {post: 0.5}}}")
    edit(path, "unknown_identity:", "  routes: {post: {choice: 1, success: 0.9}}\nunknown_identity:")
    assert live_needs(path) == {
        "big": (("checks", 4),),
        "low": (("checks", 2),),
        "maybe": (("checks", 1),),
        "none": (),
        "small": (("checks", 1),),
    }
    edit(path, "proven: {P1: 0.1, P2: 0.3}", "proven: {P2: 0.8}")
    edit(path, "able: {routes: {post: 0.5}}", "able: {routes: {post: 0.5}}, proven: {P2: 0.5}")
    assert set(live_needs(path).values()) == {()}


def test_explain_shows_the_units_and_how_they_come_about(path: Path) -> None:
    edit(path, "capacity: 5", "capacity: 6")
    rows = {row.where: row for row in explain(load_scenario(path))}
    row = rows["services.maybe.live.needs_for_checks"]
    assert (row.value, row.evidence) == ("1 of checks", "no evidence")
    assert row.place.startswith("scenario.yaml:")
    assert row.note == (
        "computed: 10,400 users a year, 0.5 of them asked, 0.73 of those can prove it and had not: 73 checks a week; 100 a unit"
    )
    assert rows["resources.checks.unit_size"].value == "100 checks a week"
    assert "services.none.live.needs_for_checks" not in rows


@pytest.mark.parametrize("engine", [reference, compiled])
def test_go_lives_wait_for_one_another_by_their_load(path: Path, engine) -> None:
    """Six units: big alone fills them for its ten working days; low, maybe and small (3 + 1 + 1) go together after."""
    edit(path, "capacity: 5", "capacity: 6")
    scenario = load_scenario(path)
    plan = scenario.plan()
    timeline = engine.run(plan, scenario.order(), deterministic(plan))
    days = dict(zip([service.id for service in plan.services], timeline.go_live[0].tolist(), strict=True))
    # 1 January 2024 is a bank holiday: five days of build from Tuesday end on Monday the 8th.
    assert days == {"big": 8, "low": 22, "maybe": 22, "none": 8, "small": 22}
    edit(path, "enabled: true", "enabled: false")
    free = load_scenario(path)
    unlimited = engine.run(free.plan(), free.order(), deterministic(free.plan()))
    assert unlimited.go_live[0].tolist() == [8] * 5


def test_switched_off_it_is_not_in_the_plan(path: Path) -> None:
    """The digest is that of a scenario that says nothing of it."""
    edit(path, "enabled: true", "enabled: false")
    off = load_scenario(path).plan()
    edit(path, "  checks: {capacity: 5, unit_size: 100, enabled: false}\n", "")
    edit(path, "resources:\n", "resources: {}\n")
    edit(path, ", needs_for_checks: checks", "")
    assert load_scenario(path).plan().digest == off.digest
    assert [resource.id for resource in off.resources] == ["department_team:dep"]


def test_capacity_that_never_fits_is_refused(path: Path) -> None:
    assert problems(path) == [
        "scenario.yaml:20:61: pathways.short.live.needs_for_checks: never finishes: 'big' needs 6 of 'checks' for its "
        "checks, which never has more than 5; add capacity"
    ]
    edit(path, "capacity: 5", "capacity: 2")
    assert (
        "'big' needs 6 of 'checks' for its checks, which never has more than 2 (1 more need too many)"
        in problems(path)[0]
    )
    edit(path, "capacity: 2", "capacity: 2, changes: {2024-03-01: 6}")
    assert live_needs(path)["big"] == (("checks", 6),)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("needs_for_checks: checks", "needs_for_checks: check", "is not a known resource (found 'check'); did you mean 'checks'?"),
        (", unit_size: 100", "", "'checks' has no unit_size, so nobody knows what a unit of it allows; say in the resource how many checks a week one unit allows"),
        ("needs: {department_team: 1}", "needs: {department_team: 1}, needs_for_checks: checks", "only the live stage needs units for checks; move it to the stage marked `live`"),
        ("needs_for_checks: checks", "needs_for_checks: checks, needs: {checks: 1}", "'checks' is among the stage's needs already; state the units or have them computed, not both"),
        (", needs_for_checks: checks", "", "no live stage has `needs_for_checks: checks`, so that nothing is counted in it; take it out, or name the resource there"),
        ("enablers: []", "enablers: [{id: e, name: E, department: dep, pathway: short, gates: live}]", "an enabler makes no identity checks, and 'short' needs units for them; give it a pathway of its own"),
        ("unit_size: 100", "unit_size: 0", "must be above 0"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(path: Path, old: str, new: str, message: str) -> None:
    edit(path, "capacity: 5", "capacity: 6")
    edit(path, old, new)
    assert any(message in problem for problem in problems(path)), problems(path)


def test_without_a_population_nothing_can_be_computed(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    start, stop = text.index("verification:"), text.index("unknown_identity:")
    path.write_text(text[:start] + text[stop:], encoding="utf-8")
    assert problems(path)[0].endswith(
        "units for checks follow from who has proved an identity, and nothing says so; add a `verification` section"
    )


def test_a_risk_takes_nothing_of_what_is_switched_off(path: Path) -> None:
    edit(path, "enabled: true", "enabled: false")
    edit(
        path,
        "enablers: []",
        "risks: [{id: R, name: Away, probability: 0.1, capacity: {resource: checks, units: 1, days: 9, window: {from: 2024-02-01, to: 2024-02-02}}}]",
    )
    assert problems(path)[0].endswith(
        "'checks' is switched off, so that no unit of it can be lost; switch the risk off too"
    )


def test_the_real_scenario_waits_for_the_load_only_when_asked() -> None:
    """The default plan has no such resource; the variant moves go-lives, and nobody's luck."""
    scenario = load_scenario(ROADMAP)
    assert "verification_capacity" not in [resource.id for resource in scenario.plan().resources]
    without, within = (load_scenario(ROADMAP, (name,)) for name in ("live_twelve_weeks", "load_aware"))
    needs = [
        units for task in within.plan().tasks for name, units in task.needs if name == "verification_capacity"
    ]
    assert max(needs) == 68
    days = [
        compiled.run(one.plan(), one.order(), draw(one.plan(), 1, 20)).go_live for one in (without, within)
    ]
    assert (days[0] != days[1]).any()
    assert days[1].astype(float).mean() > days[0].astype(float).mean()
