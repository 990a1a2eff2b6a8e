"""`onelogin-sim optimise` as a planner meets it: the answer, the folder, the scenario to use, what is refused."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

import onelogin_sim
from onelogin_sim import run_optimising
from onelogin_sim.errors import IncompleteRunError, PlanError
from onelogin_sim.optimising.asked import limits, objectives
from onelogin_sim.optimising.front import trade_offs
from onelogin_sim.optimising.optimised import Optimised, Question
from onelogin_sim.optimising.recipe import judge, look
from onelogin_sim.orders.policies import RULES
from onelogin_sim.orders.search.permitted import Permitted
from onelogin_sim.orders.search.problem import Limits, Objective, Objectives
from onelogin_sim.report.charts.convergence import plot_convergence
from onelogin_sim.report.charts.trade_off import plot_trade_offs
from onelogin_sim.report.optimising import moves, words
from onelogin_sim.report.optimising.as_json import optimised_json
from onelogin_sim.report.optimising.terminal import summary_text
from onelogin_sim.run_optimising import FolderCheckpoint
from onelogin_sim.run_optimising import run_optimising as run_it
from onelogin_sim.scenario.write_order import scenario_copy, with_order
from test_charts import SLACK, texts_of

SMALL = Path(__file__).parents[1] / "scenarios" / "small" / "scenario.yaml"
ROADMAP = Path(__file__).parents[1] / "scenarios" / "roadmap-2025" / "scenario.yaml"


def scenario():
    return onelogin_sim.load_scenario(SMALL)


def question(**changed) -> Question:
    """The small scenario's mean day, from its own first order."""
    plan = scenario().plan()
    asked = Question(
        objectives(plan, ()), limits(plan), scenario().order(),
        target=0, budget=3000, replications=200, seed=1, delta=7.0,
    )  # fmt: skip
    return replace(asked, **changed)


@pytest.fixture(scope="module")
def small() -> Optimised:
    return judge(scenario(), question(), look(scenario(), question()))


@pytest.fixture(scope="module")
def best() -> Optimised:
    """Asked from an order that nothing beats: the rule that the small scenario's best order is."""
    asked = question(start=scenario().order("latest-finish-time"))
    return judge(scenario(), asked, look(scenario(), asked))


# -- the answer -------------------------------------------------------------------------------------------------


def test_the_answer_is_one_json_object_and_the_folder_holds_it(run, tmp_path):
    code, out, err = run("optimise", SMALL, "--budget", 3000, "--replications", 200, "--out", "o", "--json")
    assert code == 0, err
    document = json.loads(out)
    assert json.loads((tmp_path / "o" / "optimisation.json").read_text(encoding="utf-8")) == document
    assert (document["said"], document["recommended"], document["own_order"]) == (
        "shown better", "found", "as_planned",
    )  # fmt: skip
    low, high = document["claim"]["interval"]
    assert 0 < low <= document["claim"]["gain"] <= high
    first, last = document["claim"]["nomination_replications"]
    assert 200 <= first < last <= document["claim"]["claim_replications"][0]
    assert {row["item"] for row in document["order"]} == {
        "appeals", "pensions", "carers", "boat-licence", "fishing-permit", "shared-accounts",
    }  # fmt: skip
    assert {row["order"] for row in document["rivals"]} == set(RULES)
    # No value of the search: each is of other futures, and gets worse from line to line by luck.
    lines = [line for line in err.splitlines() if "schedules" in line]
    assert lines == ["3,000 of 3,000 schedules: finalists"]
    assert not (tmp_path / "o" / run_optimising.CHECKPOINT).exists()
    for name in ("order", "key_moves", "rivals", "rule", "trade_offs", "convergence"):
        assert (tmp_path / "o" / "tables" / f"{name}.csv").stat().st_size > 20


def test_the_scenario_with_the_order_gives_the_result_that_was_shown(run, tmp_path):
    """The copy is valid, has the same plan, and a forecast of it has the digest of the after in before and after."""
    run("optimise", SMALL, "--budget", 3000, "--replications", 200, "--out", "o", "--json")
    document = json.loads((tmp_path / "o" / "optimisation.json").read_text(encoding="utf-8"))
    copied = onelogin_sim.load_scenario(tmp_path / "o" / "scenario" / "scenario.yaml")
    again = onelogin_sim.forecast(copied, copied.order("found"), replications=200)
    after = document["comparison"]["alternatives"][1]
    assert (after["name"], after["digest"]) == ("found", copied.plan().digest)
    assert after["result_digest"] == again.result_digest
    assert copied.order().name == "as_planned"
    made = (tmp_path / "o" / "scenario" / "scenario.yaml").read_text(encoding="utf-8")
    assert "  # Made by: onelogin-sim optimise small/scenario.yaml --order as_planned" in made
    assert document["sentence"] in made


def test_the_command_of_the_manifest_makes_it_again(run, tmp_path, monkeypatch):
    given = ["--objective", "p80", "--must-before", "boat-licence:pensions", "--delta", "3"]
    run("optimise", SMALL, *given, "--budget", 2500, "--replications", 200, "--seed", 2, "--out", "o")
    manifest = json.loads((tmp_path / "o" / "manifest.json").read_text(encoding="utf-8"))
    made = manifest["command"].split()[3:]
    code, out, _ = run("optimise", SMALL, *made, "--workers", 1, "--out", "again", "--json")
    assert code == 0
    assert json.loads(out) == json.loads((tmp_path / "o" / "optimisation.json").read_text(encoding="utf-8"))


def test_the_answer_of_the_small_scenario_in_words(small):
    """The claim's own numbers, and the one move that a planner needs: the boat licence, which the permit waits for."""
    claim = small.proof.claim
    low, mean, high = (round(days) for days in (-claim.high, -claim.mean, -claim.low))
    assert words.answer(small).startswith(
        f"'found', the known rule {small.rule_name}, is shown better: it meets “Every service” {mean} days earlier on "
        f"average ({low} to {high}) than your order 'as_planned', in 200 futures the search never saw."
    )
    assert small.key_moves.enough == 1
    assert small.key_moves.steps[0].moves[0].item == "boat-licence"
    assert "License a boat from place 5 to" in moves.few_moves(small)


def test_an_own_order_that_breaks_a_limit_is_answered_by_a_scenario_that_keeps_it(run, tmp_path):
    """Though it is not better: that is what the limit costs."""
    code, out, err = run(
        "optimise", SMALL, "--order", "latest-finish-time", "--must-before", "carers:boat-licence",
        "--budget", 3000, "--replications", 200, "--out", "o", "--json",
    )  # fmt: skip
    assert code == 0, err
    document = json.loads(out)
    assert (document["recommended"], document["said"]) == ("found", "not distinguishable")
    assert document["claim"]["interval"][1] < 0
    assert document["limits"]["own_order_breaks"] == ["'carers' is not before 'boat-licence'"]
    copied = onelogin_sim.load_scenario(tmp_path / "o" / "scenario" / "scenario.yaml")
    served = copied.order("found").ids(copied.plan())
    assert served.index("carers") < served.index("boat-licence")
    made = (tmp_path / "o" / "scenario" / "scenario.yaml").read_text(encoding="utf-8")
    assert "not shown better, on replications 400 to 599" in made


@pytest.mark.parametrize(
    ("objective", "delta"), [("mean", 7.0), ("probability", 1.0), ("user-weeks", 0.5), ("p80", 7.0)]
)
def test_what_is_worth_acting_on_has_a_default_of_its_own_for_each_unit(run, objective, delta):
    code, out, err = run(
        "optimise", SMALL, "--objective", objective, "--budget", 800, "--replications", 200, "--json"
    )
    assert code == 0, err
    assert json.loads(out)["delta"] == delta


def test_no_better_order_is_said_so_and_nothing_is_recommended(best):
    """From an order that is best already the answer is the planner's own, whichever finalist was nominated."""
    assert not best.shown_better
    assert best.proof.answer.digest == best.question.start.digest
    assert words.answer(best).startswith(
        "No order found is distinguishably better than yours, 'latest-finish-time'"
    )
    assert (best.key_moves, moves.few_moves(best)) == (None, "")
    assert optimised_json(best)["recommended"] == "latest-finish-time"
    assert "No order found" in summary_text(best)


# -- few moves, trade-offs --------------------------------------------------------------------------------------


def test_the_gain_of_the_whole_way_is_the_claim(small):
    """Moves are told in the futures of the claim, so nobody sees two numbers for one thing."""
    assert small.key_moves.gain.value == pytest.approx(-small.proof.claim.mean)
    assert small.key_moves.gain.low == pytest.approx(-small.proof.claim.high)


def test_the_front_is_what_nothing_beats_in_everything(small):
    points = small.front
    assert any(point.efficient for point in points)
    assert [point.day.value for point in points] == sorted(point.day.value for point in points)
    told = [(point.day.value, -point.user_weeks.value, point.peak_load.value) for point in points]
    for point, mine in zip(points, told, strict=True):
        beaten = any(
            other != mine and all(one <= two for one, two in zip(other, mine, strict=True)) for other in told
        )
        assert beaten != point.efficient


def test_the_front_has_the_numbers_of_before_and_after(small):
    standing = small.comparison.alternatives[0].standings[0]
    (own,) = [point for point in small.front if point.kind == "own"]
    assert own.day.value == pytest.approx(standing.mean.value)
    assert own.user_weeks.value == pytest.approx(standing.user_weeks.value)


def test_without_users_there_is_nothing_to_trade_off(small):
    items = tuple(replace(item, users=0) for item in small.plan.items)
    plan = replace(small.plan, items=items)
    permitted = Permitted(plan, Limits())
    assert trade_offs(plan, plan.targets[0], permitted, small.question.start, (), 1, range(20)) == ()
    chart = plot_trade_offs(replace(small, front=()))
    assert chart.title == "There is nothing to trade off"


# -- charts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plot", [plot_convergence, plot_trade_offs])
def test_labels_of_charts_do_not_touch(small, plot):
    chart = plot(small)
    boxes = texts_of(chart.figure)
    for place, (one, box) in enumerate(boxes):
        for other, beside in boxes[place + 1 :]:
            apart = box.x1 - SLACK <= beside.x0 or beside.x1 - SLACK <= box.x0
            apart = apart or box.y1 - SLACK <= beside.y0 or beside.y1 - SLACK <= box.y0
            assert apart, f"{one!r} and {other!r}"
    assert chart.alt
    assert chart.rows


# -- the scenario with the order --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [SMALL, ROADMAP], ids=["small", "roadmap"])
def test_only_the_new_entry_is_added(path):
    """Comments, quotes and line breaks stay as the planner wrote them, at a thousand lines too."""
    found = onelogin_sim.load_scenario(path)
    plan = found.plan()
    text = path.read_text(encoding="utf-8")
    order = RULES["latest-finish-time"](plan)
    made = with_order(text, plan, order, "mine", "judgement", ("why", "how"))
    old, new = text.splitlines(), made.splitlines()
    start = next(place for place, (one, other) in enumerate(zip(old, new, strict=False)) if one != other)
    added = new[start : start + len(new) - len(old)]
    assert new == old[:start] + added + old[start:]
    assert [line.strip() for line in added if line.strip()][:3] == ["# why", "# how", "mine:"]
    assert added[-1].strip() == "source: judgement"


def test_hold_backs_are_written_and_read_again(tmp_path):
    found = scenario()
    plan, index = found.plan(), found.plan().item_index
    held = replace(found.order(), hold_backs=((index["carers"], index["pensions"]),))
    for name, data in scenario_copy(found, held, name="mine", source="judgement"):
        (tmp_path / name).write_bytes(data)
    again = onelogin_sim.load_scenario(tmp_path / "scenario.yaml").order("mine")
    assert again.hold_backs == held.hold_backs
    assert [one for one in again.ids(plan) if plan.tasks_of[one]] == [
        one for one in held.ids(plan) if plan.tasks_of[one]
    ]


def test_an_item_can_be_held_back_for_several(tmp_path):
    found = scenario()
    index, text = found.plan().item_index, SMALL.read_text(encoding="utf-8")
    both = tuple((index["carers"], index[name]) for name in ("appeals", "pensions"))
    written = with_order(text, found.plan(), replace(found.order(), hold_backs=both), "mine", "judgement")
    assert "carers: [appeals, pensions]" in written
    for file in SMALL.parent.glob("*.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "scenario.yaml").write_text(written, encoding="utf-8")
    again = onelogin_sim.load_scenario(tmp_path / "scenario.yaml")
    assert again.order("mine").hold_backs == both


def test_what_a_scenario_cannot_say_is_refused():
    found = scenario()
    text = SMALL.read_text(encoding="utf-8")
    with pytest.raises(PlanError) as caught:
        with_order(text, found.plan(), found.order(), "random", "judgement")
    assert str(caught.value) == "order 'random': this name is kept for the priority rule; choose another name"


def test_a_found_order_can_be_the_start_of_the_next_search(run, tmp_path):
    """Its copy has 'found' already, so the next one has another name."""
    run("optimise", SMALL, "--budget", 3000, "--replications", 200, "--out", "o")
    code, out, err = run(
        "optimise",
        "o/scenario/scenario.yaml",
        "--budget",
        3000,
        "--replications",
        200,
        "--out",
        "p",
        "--json",
    )
    assert code == 0, err
    assert json.loads(out)["nominated"] == "found-2"


# -- interrupted ------------------------------------------------------------------------------------------------


def test_interrupted_it_keeps_the_best_so_far_and_goes_on_to_the_same_result(tmp_path, monkeypatch):
    from onelogin_sim.orders.search import searching

    asked = question()
    whole, _ = run_it(scenario(), asked, command="c", folder=tmp_path / "whole")
    met = searching.meet

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(searching, "meet", stop)
    with pytest.raises(IncompleteRunError) as caught:
        run_it(scenario(), asked, command="c", folder=tmp_path / "part")
    assert caught.value.exit_code == 3
    spent = FolderCheckpoint(tmp_path / "part").load()["state"]["spent"]
    assert str(caught.value) == (
        f"Interrupted after {spent:,} of 3,000 schedules. The best order so far is in "
        f"{tmp_path / 'part' / 'scenario-so-far'}, as 'found'; it is not proved. Run the same command again to go on "
        "from there."
    )
    so_far = onelogin_sim.load_scenario(tmp_path / "part" / "scenario-so-far" / "scenario.yaml")
    assert so_far.order("found").name == "found"
    monkeypatch.setattr(searching, "meet", met)
    resumed, _ = run_it(scenario(), asked, command="c", folder=tmp_path / "part")
    assert optimised_json(resumed) == optimised_json(whole)


# -- what is refused --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (["--objective", "men"], "objective 'men' is not known; did you mean 'mean'?"),
        (["--objective", "mean:0"], "objective 'mean:0': '0' must be a number above 0"),
        (["--objective", "mean", "--objective", "mean"], "objective 'mean' is asked for twice; keep one of them"),
        (["--objective", "mean:1", "--objective", "p80"],
         "objectives: 1 of 2 have a weight; give each one, or none for first things first"),
        (["--target", "al"], "target 'al' is unknown; did you mean 'all'?"),
        (["--must-before", "carers"], "must-before 'carers': write A:B for A served before B"),
        (["--must-before", "carer:pensions"], "must-before: 'carer' is unknown; did you mean 'carers'?"),
        (["--first", "pension"], "first: 'pension' is unknown; did you mean 'pensions'?"),
        (["--last", "pension"], "last: 'pension' is unknown; did you mean 'pensions'?"),
        (["--at-once", "benefit:2"], "at-once: 'benefit' is unknown; did you mean 'benefits'?"),
        (["--at-once", "benefits:0"], "at-once 'benefits:0': '0' must be a whole number, 1 or more"),
        (["--latest", "carers:soon"], "latest 'carers:soon': 'soon' is not a date; write it as 2025-12-31"),
        (["--latest", "carers:2023-01-01"],
         "latest 'carers:2023-01-01': must lie between 2024-01-01 and 2024-12-31, the end of the time looked at"),
        (["--must-before", "carers:pensions", "--must-before", "pensions:carers"],
         "must-befores, first and last contradict: carers → pensions → carers"),
        (["--must-before", "fishing-permit:boat-licence"],
         "must-befores, first and last contradict: boat-licence → fishing-permit → boat-licence"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(run, given, text):
    code, out, err = run("optimise", SMALL, *given, "--budget", 200, "--replications", 200)
    assert (code, out) == (1, "")
    assert err.splitlines()[0] == text


def test_latest_dates_that_no_order_keeps_are_named(run):
    code, _, err = run(
        "optimise",
        SMALL,
        "--latest",
        "carers:2024-01-02",
        "--budget",
        600,
        "--replications",
        200,
        "--out",
        "o",
    )
    assert code == 1
    assert (
        "no order was found that keeps every limit in 80% of futures; the best does not keep: 'carers'" in err
    )


def test_no_budget_is_wrong_usage_and_refused_in_python(run):
    code, _, err = run("optimise", SMALL, "--budget", 0)
    assert code == 2
    assert "Invalid value for '--budget': Input should be greater than or equal to 1" in err
    with pytest.raises(ValueError, match="the budget must be at least 1 schedule, got 0"):
        look(scenario(), question(budget=0))


def test_one_service_leaves_nothing_to_order():
    """A plan in which all but one item are done."""
    plan = scenario().plan()
    keep = next(item for item in plan.items if item.id == "carers")
    items = tuple(replace(item, live_on=None if item is keep else 0) for item in plan.items)
    tasks = tuple(task for task in plan.tasks if task.item == "carers")
    index = {plan.tasks.index(task): place for place, task in enumerate(tasks)}
    arcs = tuple((index[a], index[b]) for a, b in plan.arcs if a in index and b in index)
    alone = replace(plan, items=items, tasks=tasks, arcs=arcs, risks=())
    with pytest.raises(PlanError, match="there is nothing to order: only 'carers' is not live yet"):
        Permitted(alone, Limits())


def test_user_weeks_count_up_to_the_date_of_the_target():
    """So that they are those of the before-and-after table, and the front's."""
    plan = scenario().plan()
    by = plan.targets[1].by
    assert objectives(plan, ["user-weeks"], plan.targets[1].id) == Objectives(
        (Objective("user_weeks", by=by),), None
    )
