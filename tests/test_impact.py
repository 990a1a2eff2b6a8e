"""Leave-one-out: by hand on the small scenario, and nobody else's luck changed, exactly."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import onelogin_sim
from onelogin_sim.calendars import NEVER
from onelogin_sim.coverage import met_day
from onelogin_sim.distributions import Distribution
from onelogin_sim.draws import draw
from onelogin_sim.driving import impact
from onelogin_sim.driving.alterations import alterations, altered_draws, plan_alterations
from onelogin_sim.driving.basis import Basis, target_named
from onelogin_sim.driving.impact import compare_changes, leave_one_out
from onelogin_sim.driving.paired_shares import paired_share_difference
from onelogin_sim.engines import reference
from onelogin_sim.errors import PlanError
from onelogin_sim.plan import CapacityLoss, Delay, Department, NotBefore, Pace, Target
from onelogin_sim.report.driving import words
from plans import everything, order, plan, stage
from strategies import plans

ROOT = Path(__file__).resolve().parent.parent
SMALL = ROOT / "scenarios" / "small"


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory):
    """The small scenario with nothing left to chance: the futures of docs/what-drives-the-date.md.

    Durations at their medians, ordinary pace, the risk impossible; legacy slows Licences Scotland alone, by
    half as much again.
    """
    folder = tmp_path_factory.mktemp("certain")
    for name in ("services.csv", "departments.csv"):
        shutil.copy(SMALL / name, folder)
    rows = (
        (folder / "departments.csv").read_text(encoding="utf-8").replace("Scotland,1,,", "Scotland,1,,legacy")
    )
    (folder / "departments.csv").write_text(rows, encoding="utf-8")
    text = (SMALL / "scenario.yaml").read_text(encoding="utf-8")
    for pattern, certain in (
        (r"p10: 15, p50: 20, p90: 40", "fixed: 20"),
        (r"p10: 25, p50: 30, p90: 60", "fixed: 30"),
        (r"p10: 0.9, p50: 1.0, p90: 1.2", "fixed: 1.0"),
        (r"p10: 1.1, p50: 1.3, p90: 2.0", "fixed: 1.5"),
        (r"share: 0.4", "share: 0.0"),
        (r"probability: 0.2", "probability: 0.0"),
    ):
        text, count = re.subn(pattern, certain, text)
        assert count == 1
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")
    return leave_one_out(onelogin_sim.load_scenario(folder / "scenario.yaml"), replications=2)


#: Days each target moves, from the dates in docs/what-drives-the-date.md.
BY_HAND = {
    ("barrier", "legacy"): {"all": -30, "users": 0, "departments": -14},
    ("resource", "central_team"): {"all": -19, "users": 0, "departments": -16},
    ("freeze", "year_end"): {"all": 0, "users": -34, "departments": 0},
    ("risk", "R-1"): {"all": 0, "users": 0, "departments": 0},
    ("resource", "department_team:benefits"): {"all": 0, "users": 0, "departments": 0},
    ("resource", "department_team:licences"): {"all": 0, "users": 0, "departments": 0},
    ("correlation", "programme"): {"all": 0, "users": 0, "departments": 0},
}


def test_the_small_scenario_by_hand(by_hand):
    assert {one.target: one.day.mean for one in by_hand.unchanged} == {
        "all": 149.0,
        "users": 105.0,
        "departments": 87.0,
    }
    found = {}
    for one in by_hand.impacts:
        found.setdefault((one.kind, one.id), {})[one.target] = one.days.mean
        assert one.days.low == one.days.mean == one.days.high
        assert one.earlier.value == (one.days.mean < 0)
        assert one.later.value == 0
    assert found == BY_HAND


def test_the_drivers_of_the_small_scenario_by_hand(by_hand):
    """The fishing permit is last; legacy adds its days to both builds of Licences, which are both on the chain."""
    found = next(entry for entry in by_hand.drivers if entry.target == "all")
    days = {(one.kind, one.id): one.days for one in found.drivers}
    assert days["barrier", "legacy"] == 15.0 + 14.0
    assert days["resource", "central_team"] == 2.0 + 14.0 + 14.0
    assert days["item", "fishing-permit"] == 56.0


def test_the_merges_of_the_small_scenario_by_hand(by_hand):
    """The builds of Pensions and Carers wait for the shared accounts, which come last, on day 43."""
    assert [(one.item, one.stage, one.days.mean, one.all_finished) for one in by_hand.merges] == [
        ("carers", "build", 0.0, 43.0),
        ("pensions", "build", 0.0, 43.0),
    ]
    assert all(one.inputs[0].item == "shared-accounts" for one in by_hand.merges)


def test_only_what_changes_no_start_is_the_same(by_hand):
    same = {one.id for one in by_hand.impacts if one.same}
    assert same == {"R-1", "department_team:benefits", "department_team:licences", "programme"}


def test_the_largest_effect_comes_first(by_hand):
    assert [one.id for one in by_hand.impacts if one.target == "all"][:2] == ["legacy", "central_team"]
    assert next(one.id for one in by_hand.impacts if one.target == "users") == "year_end"


# -- nobody else's luck -------------------------------------------------------------------------------------


def slowed(made, barrier):
    return np.array([barrier in task.slowed_by for task in made.tasks], dtype=bool)


@given(plans())
def test_a_change_changes_nobody_elses_luck(made):
    before = draw(made, 7, 3)
    losses = [risk.id for risk in made.risks if isinstance(risk.effect, CapacityLoss)]
    for change in plan_alterations(made):
        after = altered_draws(change, 7, before)
        days, earliest = np.ones(len(made.tasks), dtype=bool), np.ones(len(made.items), dtype=bool)
        kept = losses
        if change.kind == "barrier":
            days = ~slowed(made, change.id)
        elif change.kind == "risk":
            effect = next(risk.effect for risk in made.risks if risk.id == change.id)
            kept = [name for name in losses if name != change.id]
            if isinstance(effect, Delay):
                touched = [task.item in effect.items and task.stage == effect.stage for task in made.tasks]
                days = ~np.array(touched, dtype=bool)
            if isinstance(effect, NotBefore):
                earliest = np.array([item.id not in effect.items for item in made.items])
        elif change.kind in ("optimism bias", "correlation"):
            days[:] = False
            days[[index for index, task in enumerate(made.tasks) if task.duration is None]] = True
        elif change.kind == "readiness":
            earliest[:] = False
        assert np.array_equal(after.days[:, days], before.days[:, days])
        assert np.array_equal(after.earliest[:, earliest], before.earliest[:, earliest])
        columns = [losses.index(name) for name in kept]
        assert np.array_equal(after.loss_start, before.loss_start[:, columns])


def test_what_is_taken_away_is_gone():
    """Everything that chance adds, taken away in turn, leaves less: the test above cannot pass by doing nothing."""
    made = everything()
    before = draw(made, 7, 200)
    changes = {(one.kind, one.id): one for one in plan_alterations(made)}

    def after(*name):
        return altered_draws(changes[name], 7, before)

    assert (after("barrier", "legacy").days < before.days).any()
    assert (after("risk", "r3").days < before.days).any()
    assert (after("risk", "r2").earliest < before.earliest).any()
    assert after("risk", "r1").loss_start.shape[1] == before.loss_start.shape[1] - 1
    assert (after("optimism bias", "optimism_bias").days < before.days).any()
    assert after("readiness", "readiness").earliest.max() <= 60
    resource = changes["resource", "crew"].plan.resources[0]
    assert resource.steps == ((0, 3), (20, 2), (50, 4))


def test_a_resource_that_nobody_needs_any_more_is_left_out():
    made = plan({"a": [stage(3, team=1)]}, resources={"idle": 1, "team": 1})
    assert [(one.kind, one.id) for one in plan_alterations(made)] == [("resource", "team")]


# -- correlation --------------------------------------------------------------------------------------------


def paced(**pace):
    """Four services of 1,000 days in two departments: days are pace, and nothing else."""
    departments = {name: {"department": "p" if name in "ab" else "q"} for name in "abcd"}
    return plan(
        {name: [1000] for name in "abcd"},
        horizon=5000,
        details=departments,
        departments=[Department("p", "P"), Department("q", "Q")],
        pace=Pace(**{name: Distribution("triangular", (0.5, 1.0, 2.0)) for name in pace}),
    )


@pytest.mark.parametrize(("shared", "together"), [("programme", "abcd"), ("department", "ab")])
def test_a_correlation_taken_apart(shared, together):
    """Who shared a pace shares it no more, and each pace is distributed as before."""
    made = paced(**{shared: True})
    before = draw(made, 3, 4000)
    (change,) = (one for one in plan_alterations(made) if one.kind == "correlation")
    after = altered_draws(change, 3, before).days
    columns = ["abcd".index(name) for name in together]
    assert (np.ptp(before.days[:, columns], axis=1) == 0).all()
    correlations = np.corrcoef(after.T)[~np.eye(4, dtype=bool)]
    assert np.abs(correlations).max() < 0.06
    for column in range(4):
        assert after[:, column].mean() == pytest.approx(before.days[:, column].mean(), rel=0.02)
        assert after[:, column].std() == pytest.approx(before.days[:, column].std(), rel=0.05)
    # The first of those that shared a draw keeps it.
    assert np.array_equal(after[:, 0], before.days[:, 0])


@given(plans(), st.sampled_from(["programme", "department"]))
def test_a_correlation_with_oneself_is_none(made, shared):
    """A plan of one item has nothing to take apart; the parts' own draws are those of the whole plan."""
    made = replace(made, pace=Pace(**{shared: Distribution("triangular", (0.7, 1.0, 1.6))}))
    before = draw(made, 5, 3)
    (change,) = (one for one in plan_alterations(made) if one.kind == "correlation")
    for tasks, part, _ in change.parts:
        assert np.array_equal(draw(part, 5, 3).days, before.days[:, tasks.start : tasks.stop])


# -- summing up ---------------------------------------------------------------------------------------------


def basis(made, text="", replications=20):
    size = len(made.services)
    made = replace(made, targets=(Target("all", "All", "services", size, size, 20),))
    return Basis("Made by hand", (), made, order(made, text), 1, replications)


def test_results_do_not_depend_on_blocks(monkeypatch):
    one = basis(everything())
    whole = compare_changes(one, plan_alterations(one.plan))
    monkeypatch.setattr(impact, "SIZE", 7)
    parts = compare_changes(one, plan_alterations(one.plan))
    for name in ("result_digest", "unchanged", "impacts", "drivers", "merges"):
        assert getattr(whole, name) == getattr(parts, name)


@given(plans())
def test_impacts_are_what_the_definition_says(made):
    served, changes = order(made), plan_alterations(made)
    found = compare_changes(Basis("Any plan", (), made, served, 9, 4), changes, engine="reference")
    before = draw(made, 9, 4)
    live = reference.run(made, served, before).go_live
    by_name = {(one.kind, one.id, one.target): one for one in found.impacts}
    for change in changes:
        after = reference.run(change.plan, served, altered_draws(change, 9, before)).go_live
        for target in made.targets:
            was, now = met_day(made, target, live), met_day(made, target, after)
            moved = np.minimum(now, made.horizon).astype(int) - np.minimum(was, made.horizon)
            one = by_name[change.kind, change.id, target.id]
            assert one.days.mean == pytest.approx(moved.mean())
            assert one.days.low <= one.days.mean <= one.days.high
            assert (one.earlier.value, one.later.value) == ((moved < 0).mean(), (moved > 0).mean())
            assert one.met_by.mean == pytest.approx((now <= target.by).mean() - (was <= target.by).mean())
            assert one.beyond == ((was == NEVER) | (now == NEVER)).mean()
            assert one.bounded == ((was == NEVER) != (now == NEVER)).mean()


def test_taking_out_optimism_bias_is_the_variant_without_it():
    """What a planner writes as a variant and what is done here are the same plan."""
    path = ROOT / "scenarios" / "roadmap-2025" / "scenario.yaml"
    changes = plan_alterations(onelogin_sim.load_scenario(path).plan())
    (change,) = (one for one in changes if one.kind == "optimism bias")
    assert change.plan.digest == onelogin_sim.load_scenario(path, ["no_optimism_bias"]).plan().digest


def test_the_unchanged_run_is_the_forecast():
    scenario = onelogin_sim.load_scenario(SMALL / "scenario.yaml")
    found = leave_one_out(scenario, replications=30, seed=4)
    forecast = onelogin_sim.forecast(scenario, replications=30, seed=4)
    assert found.result_digest == forecast.result_digest
    assert [one.met_by for one in found.unchanged] == [one.met_by for one in forecast.targets]


def test_progress_counts_every_future_once():
    one, seen = basis(everything()), []
    changes = plan_alterations(one.plan)
    compare_changes(one, changes, progress=lambda done, all_: seen.append((done, all_)))
    assert seen[-1] == (20 * (len(changes) + 1),) * 2
    assert seen == sorted(set(seen))


def test_more_capacity_that_makes_it_later_is_said_so():
    """Graham's anomaly: with a second unit, long work that nobody waits for gets in the way of what is needed.

    With one unit of room a has it to day 2, b to day 5; c has the team from 5 to 9, and d follows: three are
    done on day 9. With two, d starts beside a and holds the team to day 30, when it is the third to be done.
    """
    made = plan(
        {
            "a": [stage(2, room=1)],
            "b": [stage(3, room=1)],
            "c": [stage(4, team=1)],
            "d": [stage(30, room=1, team=1)],
        },
        arcs=[("a", "b"), ("b", "c")],
        resources={"room": 1, "team": 1},
    )
    one = basis(made, "a b c d", replications=2)
    one = replace(one, plan=replace(made, targets=(Target("c", "C", "services", 3, 4, 20),)))
    found = compare_changes(one, plan_alterations(one.plan))
    room = next(each for each in found.impacts if each.id == "room")
    assert room.days.mean == 30 - 9
    assert words.sentence(room) == "Adding one unit to “Room” puts the date back by 21 days (21 to 21)."


def test_the_difference_of_paired_shares():
    """36 both, 12 and 2 one, none neither, of 50: 0.0569 to 0.3404 by Newcombe's method 10."""
    found = paired_share_difference(36, 2, 12, 50)
    assert (found.mean, found.low, found.high) == pytest.approx((0.2, 0.0569, 0.3404), abs=5e-5)
    other = paired_share_difference(36, 12, 2, 50)
    assert (other.mean, other.low, other.high) == pytest.approx((-found.mean, -found.high, -found.low))


@given(st.tuples(*[st.integers(0, 40)] * 4).filter(sum))
def test_the_interval_of_a_paired_difference_holds_it(counts):
    both, first, second, _ = counts
    found = paired_share_difference(both, first, second, sum(counts))
    assert -1 - 1e-9 <= found.low <= found.mean <= found.high <= 1 + 1e-9
    assert found.mean == pytest.approx((second - first) / sum(counts))


# -- words and errors ---------------------------------------------------------------------------------------


def test_a_sentence_for_each_kind_of_change(by_hand):
    said = {
        one.id: words.sentence(one)
        for one in by_hand.impacts
        if one.target == ("users" if one.kind == "freeze" else "all")
    }
    assert said == {
        "legacy": "Removing the barrier “Legacy systems” brings the date forward by 30 days (30 to 30).",
        "central_team": "Adding one unit to “Central onboarding team” brings the date forward by 19 days "
        "(19 to 19).",
        "year_end": "Lifting the freeze “Year-end change freeze” brings the date forward by 34 days (34 to 34).",
        "R-1": "Ruling out the risk “The central team is called away” changes nothing in any future.",
        "department_team:benefits": "Adding one unit to “Department for Benefits delivery teams” changes nothing "
        "in any future.",
        "department_team:licences": "Adding one unit to “Licences Scotland delivery teams” changes nothing in "
        "any future.",
        "programme": "Drawing the programme's pace for each item by itself changes nothing in any future.",
    }


def test_a_change_that_moves_others_but_not_the_target(by_hand):
    team = next(one for one in by_hand.impacts if (one.id, one.target) == ("central_team", "users"))
    assert words.effect(team) == "does not move the date in any future"


def test_beyond_the_horizon_shares_come_first():
    """b holds the only team past the horizon: with another, what was never live is live in every future."""
    made = plan({"a": [stage(3, team=1)], "b": [stage(500, team=1)]}, resources={"team": 1}, horizon=100)
    one = basis(made, "b a", replications=2)
    one = replace(one, plan=replace(one.plan, targets=(Target("a", "A", "services", 1, 2, 20),)))
    found = compare_changes(one, plan_alterations(one.plan))
    (team,) = found.impacts
    assert (team.days.mean, team.beyond, team.bounded, team.met_by.mean) == (-97.0, 1.0, 1.0, 1.0)
    assert words.effect(team) == (
        "makes it earlier in 100% (34% to 100%) of futures and later in 0% (0% to 66%); counted to the horizon "
        "it brings the date forward by 97 days (97 to 97)"
    )


def test_too_little_to_tell(by_hand):
    one = by_hand.impacts[0]
    unsure = replace(one, days=replace(one.days, mean=-0.5, low=-3.2, high=2.0))
    assert words.effect(unsure) == "moves the date by too little to tell (3.2 days earlier to 2 days later)"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"replications": 1}, "replications must be at least 2, not 1: one future has no spread"),
        ({"seed": -1}, "seed must be at least 0 and below 2**64, not -1"),
    ],
)
def test_settings_that_are_not_allowed(fields, text):
    scenario = onelogin_sim.load_scenario(SMALL / "scenario.yaml")
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        leave_one_out(scenario, **fields)


def test_an_unknown_engine_is_refused():
    scenario = onelogin_sim.load_scenario(SMALL / "scenario.yaml")
    with pytest.raises(ValueError, match=r"^engine must be one of .*, not 'warp'$"):
        leave_one_out(scenario, engine="warp")


def test_an_unknown_target_names_the_nearest():
    with pytest.raises(PlanError, match=r"^target 'departmnets' is unknown; did you mean 'departments'\?$"):
        target_named(everything(), "departmnets")


def test_a_freeze_that_is_off_is_no_change():
    scenario = onelogin_sim.load_scenario(SMALL / "scenario.yaml", ["no_freeze"])
    assert not [one for one in alterations(scenario) if one.kind == "freeze"]
    frozen = onelogin_sim.load_scenario(SMALL / "scenario.yaml")
    (lifted,) = (one for one in alterations(frozen) if one.kind == "freeze")
    assert lifted.plan.digest == scenario.plan().digest


def test_the_document_says_the_same():
    text = (ROOT / "docs" / "what-drives-the-date.md").read_text(encoding="utf-8")
    rows = {
        ("barrier", "legacy"): "Legacy removed",
        ("resource", "central_team"): "one central team more",
        ("freeze", "year_end"): "year-end freeze lifted",
    }
    for change, label in rows.items():
        line = next(line for line in text.splitlines() if line.startswith(f"| {label} |"))
        cells = [cell.strip().removesuffix(" days") for cell in line.split("|")[2:5]]
        assert [int(cell) for cell in cells] == [
            BY_HAND[change][target] for target in ("all", "users", "departments")
        ]
    assert "| as it is | 29 May | 15 April | 28 March |" in text
