"""Morris and Sobol: known indices come out, every decision belongs to one input, nothing hangs on blocks."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

import onelogin_sim
from onelogin_sim.distributions import Distribution
from onelogin_sim.draws import draw, draw_swapped
from onelogin_sim.driving import indices, pick_freeze
from onelogin_sim.driving.basis import Basis
from onelogin_sim.driving.estimates import Estimate
from onelogin_sim.driving.indices import elementary_effects, sobol_indices
from onelogin_sim.driving.input_groups import FEW_ITEMS, InputGroups
from onelogin_sim.driving.pick_freeze import saltelli, winding_stairs
from onelogin_sim.driving.sensitivity import analyse, model_of, rank, screen
from onelogin_sim.errors import OneloginSimError
from onelogin_sim.plan import Pace, Target
from onelogin_sim.uniforms import decision_key, uniforms
from plans import everything, order, plan
from strategies import plans

SMALL = Path(__file__).parents[1] / "scenarios" / "small" / "scenario.yaml"


def model_of_function(function, inputs):
    """A model whose inputs are one keyed uniform each, as in the simulation."""
    keys = np.array([decision_key(f"x{place}", "value") for place in range(inputs)], dtype=np.uint64)

    def model(replications, switched, other):
        here, there = uniforms(1, keys, replications), uniforms(1, keys, other)
        return function(*np.where(np.array(switched)[:, None], there, here))[:, None]

    return model


def ishigami(*uniform):
    """Ishigami and Homma (1990) with a = 7, b = 0.1, on [-π, π]."""
    x, y, z = (np.pi * (2 * one - 1) for one in uniform)
    return np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)


def test_sobol_of_ishigami():
    """Analytical indices: alone 0.3139, 0.4424, 0; total 0.5576, 0.4424, 0.2437 (Saltelli et al. 2008)."""
    values = saltelli(model_of_function(ishigami, 3), 3, 8192)[:, :, 0]
    found = sobol_indices(values, 1)
    assert [alone.mean for alone, _ in found] == pytest.approx([0.3139, 0.4424, 0.0], abs=0.03)
    assert [total.mean for _, total in found] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)
    for (alone, total), known in zip(found, [(0.3139, 0.5576), (0.4424, 0.4424), (0.0, 0.2437)], strict=True):
        assert alone.low - 0.02 < known[0] < alone.high + 0.02
        assert total.low - 0.02 < known[1] < total.high + 0.02


def test_sobol_of_a_sum():
    """Of 3 x + 4 y the parts are 9/25 and 16/25, alone and in total alike; z has none."""
    values = saltelli(model_of_function(lambda x, y, z: 3 * x + 4 * y + 0 * z, 3), 3, 8192)[:, :, 0]
    found = sobol_indices(values, 1)
    assert [alone.mean for alone, _ in found] == pytest.approx([0.36, 0.64, 0.0], abs=0.03)
    assert [total.mean for _, total in found] == pytest.approx([0.36, 0.64, 0.0], abs=0.02)
    assert found[2] == (Estimate(0.0, 0.0, 0.0), Estimate(0.0, 0.0, 0.0))


def test_the_estimators_are_those_of_saltelli_and_jansen():
    """SALib given our order of samples computes what the formulas say of ours."""
    values = saltelli(model_of_function(ishigami, 3), 3, 500)[:, :, 0]
    a, b, switched = values[:, 0], values[:, -1], values[:, 1:-1]
    variance = np.var(np.concatenate((a, b)))
    centred = b - values.mean()
    for place, (alone, total) in enumerate(sobol_indices(values, 1)):
        assert alone.mean == pytest.approx(np.mean(centred * (switched[:, place] - a)) / variance)
        assert total.mean == pytest.approx(np.mean((a - switched[:, place]) ** 2) / 2 / variance)


def test_morris_of_a_sum():
    """Of 3 x + 4 y a move is 3 or 4 times the difference of two uniforms: mean size ⅓, deviation √⅙ of it."""
    values = winding_stairs(model_of_function(lambda x, y, z: 3 * x + 4 * y + 0 * z, 3), 3, 4000)[:, :, 0]
    found = elementary_effects(values, 1)
    assert [size.mean for size, _ in found] == pytest.approx([1.0, 4 / 3, 0.0], abs=0.03)
    assert [sigma for _, sigma in found] == pytest.approx([3 / 6**0.5, 4 / 6**0.5, 0.0], abs=0.05)
    assert found[0][0].low < 1.0 < found[0][0].high


def test_the_two_methods_agree_where_they_must():
    """A move has twice the variance that its input takes part in: σ² / 2 V is the total index (Jansen 1999)."""
    values = winding_stairs(model_of_function(ishigami, 3), 3, 8192)[:, :, 0]
    variance = values[:, [0, -1]].var()
    found = [sigma**2 / 2 / variance for _, sigma in elementary_effects(values, 1)]
    assert found == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)


def test_elementary_effects_are_the_steps_of_the_stairs():
    """SALib's grid of two levels has a step of one: an effect is the difference in days, unscaled."""
    values = winding_stairs(model_of_function(ishigami, 3), 3, 50)[:, :, 0]
    steps = np.diff(values, axis=1)
    for place, (size, sigma) in enumerate(elementary_effects(values, 1)):
        assert size.mean == pytest.approx(np.abs(steps[:, place]).mean())
        assert sigma == pytest.approx(steps[:, place].std(ddof=1))


def test_what_never_varies_has_no_indices():
    values = saltelli(model_of_function(lambda x, y: 0 * x * y, 2), 2, 10)[:, :, 0]
    assert sobol_indices(values, 1) == [(Estimate(0.0, 0.0, 0.0), Estimate(0.0, 0.0, 0.0))] * 2


@pytest.mark.parametrize("seed", [0, 2**64 - 1])
def test_intervals_are_reproducible_and_leave_the_global_generator_alone(seed):
    values = saltelli(model_of_function(ishigami, 3), 3, 50)[:, :, 0]
    stairs = winding_stairs(model_of_function(ishigami, 3), 3, 50)[:, :, 0]
    before = np.random.get_state()[1].tolist()  # noqa: NPY002 - it is what is tested
    first = sobol_indices(values, seed), elementary_effects(stairs, seed)
    assert (sobol_indices(values, seed), elementary_effects(stairs, seed)) == first
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


@pytest.mark.parametrize("design", [saltelli, winding_stairs])
def test_designs_do_not_depend_on_blocks(monkeypatch, design):
    whole = design(model_of_function(ishigami, 3), 3, 20)
    monkeypatch.setattr(pick_freeze, "SIZE", 7)
    assert np.array_equal(design(model_of_function(ishigami, 3), 3, 20), whole)


def test_the_designs_switch_what_they_say():
    def model(replications, switched, other):
        said = "".join("b" if one else "a" for one in switched)
        return np.array([[int(said.replace("a", "1").replace("b", "2")) * 100 + at] for at in replications])

    assert saltelli(model, 2, 2)[1, :, 0].tolist() == [1101, 2101, 1201, 2201]
    assert winding_stairs(model, 2, 2)[1, :, 0].tolist() == [1101, 2101, 2201]


# -- inputs of a plan ---------------------------------------------------------------------------------------


@given(plans())
def test_every_decision_belongs_to_one_input_and_every_input_decides(made):
    inputs, asked = InputGroups(made), set()

    def note(owner, decision):
        asked.add(inputs.place(owner, decision))
        return False

    swapped = draw_swapped(made, 1, range(2), note, range(2, 4))
    assert np.array_equal(swapped.days, draw(made, 1, 2).days)
    names = [(group.kind, group.id) for group in inputs.groups]
    assert len(set(names)) == len(names)
    # A risk that touches nothing that is left may not be asked for.
    risks = {place for place, (kind, _) in enumerate(names) if kind == "risk"}
    assert asked | risks == set(range(len(names)))


@given(plans())
def test_switching_all_inputs_is_another_future(made):
    swapped = draw_swapped(made, 1, range(3), lambda *_: True, range(3, 6))
    other = draw(made, 1, range(3, 6))
    for name in ("days", "earliest", "loss_start"):
        assert np.array_equal(getattr(swapped, name), getattr(other, name))


def test_the_inputs_of_everything():
    inputs = InputGroups(everything(), {"legacy": "Legacy IT"})
    assert [(group.kind, group.id) for group in inputs.groups] == [
        ("pace", "programme"),
        ("pace", "department"),
        ("optimism bias", "optimism_bias"),
        ("readiness", "readiness"),
        ("barrier", "legacy"),
        ("barrier", "skills"),
        ("risk", "r1"),
        ("risk", "r2"),
        ("risk", "r3"),
        ("work", "gateway"),
        ("work", "mot"),
        ("work", "passport"),
        ("work", "pension"),
    ]
    assert inputs.groups[4].name == "Legacy IT"


def test_work_is_by_department_in_large_plans():
    many = plan({f"s{place:02}": [3] for place in range(FEW_ITEMS + 1)})
    assert [(group.kind, group.id) for group in InputGroups(many).groups] == [("work", "d")]
    few = plan({f"s{place:02}": [3] for place in range(FEW_ITEMS)})
    assert len(InputGroups(few).groups) == FEW_ITEMS


def test_one_uncertain_input_explains_everything():
    """Fixed days at a random pace: programme pace is behind all of the spread, the work itself behind none."""
    made = plan(
        {"a": [40], "b": [20]},
        pace=Pace(programme=Distribution("triangular", (0.5, 1.0, 2.0))),
        targets=(Target("all", "All", "services", 2, 2, 50),),
        horizon=200,
    )
    inputs = InputGroups(made)
    basis = Basis("Made by hand", (), made, order(made), 1, 300)
    days = saltelli(model_of(basis, inputs, "reference"), len(inputs.groups), 300)[:, :, 0]
    (pace_alone, pace_total), *work = sobol_indices(days, 1)
    assert pace_total.mean == pytest.approx(1.0, abs=0.15)
    assert pace_alone.mean == pytest.approx(1.0, abs=0.2)
    assert work == [(Estimate(0.0, 0.0, 0.0), Estimate(0.0, 0.0, 0.0))] * 2
    still = replace(made, pace=Pace())
    assert [group.kind for group in InputGroups(still).groups] == ["work", "work"]


def test_the_small_scenario_ranks_alike_by_both_methods():
    scenario = onelogin_sim.load_scenario(SMALL)
    found = screen(scenario, replications=60)
    ranked = rank(scenario, replications=60)
    first = [one.input.id for one in found.effects if one.target == "users"][:4]
    assert set(first) == {one.input.id for one in ranked.indices if one.target == "users"} & set(first)
    # The boat licence and the fishing permit are too small to matter for 80% of users.
    unmoved = {one.input.id for one in found.effects if one.target == "users" and one.size.mean == 0}
    assert {"boat-licence", "fishing-permit"} <= unmoved
    assert {one.input.id for one in ranked.indices if one.target == "users" and one.total.mean == 0} >= {
        "boat-licence",
        "fishing-permit",
    }


# -- errors and the command ---------------------------------------------------------------------------------


def test_without_salib_the_message_says_how_to_get_it(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(indices, "import_module", missing)
    text = 'Morris and Sobol need SALib, which is not installed: pip install "onelogin-sim[analysis]"'
    scenario = onelogin_sim.load_scenario(SMALL)
    for method in ("morris", "sobol", "all"):
        with pytest.raises(OneloginSimError, match=f"^{re.escape(text)}$"):
            analyse(scenario, replications=2, method=method)
    assert analyse(scenario, replications=2).impacts


def test_an_unknown_method_is_refused():
    with pytest.raises(
        ValueError, match=r"^method must be one of impact, morris, sobol and all, not 'guess'$"
    ):
        analyse(onelogin_sim.load_scenario(SMALL), method="guess")


def test_the_command_writes_a_folder_and_says_the_same_as_json(run, tmp_path):
    words = ("sensitivity", SMALL, "--replications", 20, "--method", "all", "--out", "here", "--json")
    code, out, err = run(*words)
    assert code == 0
    assert "Charts, tables and summary: here" in err
    here = tmp_path / "here"
    document = json.loads(out)
    assert document == json.loads((here / "sensitivity.json").read_text(encoding="utf-8"))
    assert {"unchanged", "impacts", "drivers", "merges", "morris", "sobol"} <= document.keys()
    assert document["seed"] == 1
    assert {one["kind"] for one in document["drivers"]} == {"item", "stage", "resource", "barrier", "other"}
    names = {path.relative_to(here).as_posix() for path in here.rglob("*") if path.is_file()}
    assert names >= {"manifest.json", "summary.txt", "charts/tornado-users.png", "charts/tornado-users.svg"}
    assert {path.removesuffix(".csv") for path in names if path.startswith("tables/")} == {
        f"tables/{name}"
        for name in ("assumptions", "impacts", "unchanged", "drivers", "merges", "morris", "sobol")
    }
    manifest = json.loads((here / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["command"].endswith("--replications 20 --seed 1 --method all")
    assert manifest["command"].startswith("onelogin-sim sensitivity ")
    # The same again leaves the folder as it is; another seed does not belong there.
    assert run(*words)[1] == out
    code, _, err = run("sensitivity", SMALL, "--replications", 20, "--seed", 2, "--out", "here")
    assert code == 1
    assert "here holds another run" in err


def test_the_command_answers_in_a_sentence(run):
    code, out, err = run("sensitivity", SMALL, "--replications", 50, "--target", "departments")
    assert code == 0
    assert "What would move “Both departments”?" in out
    assert re.search(
        r"Adding one unit to “Central onboarding team” brings the date forward by \d+ days",
        " ".join(out.split()),
    )
    assert "runs" in err


def test_an_unknown_target_names_the_nearest_before_anything_is_run(run, tmp_path):
    code, out, err = run("sensitivity", SMALL, "--target", "departmnets")
    assert (code, out) == (1, "")
    assert err == "target 'departmnets' is unknown; did you mean 'departments'?\n"
    assert not (tmp_path / "runs").exists()
