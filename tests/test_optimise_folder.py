"""The folder of an optimisation: what is refused claims none, what is interrupted keeps the best and goes on."""

import shlex
from dataclasses import replace
from pathlib import Path

import pytest

import onelogin_sim
from onelogin_sim import run_optimising
from onelogin_sim.errors import IncompleteRunError, PlanError, StoreError
from onelogin_sim.optimising.asked import limits, objectives
from onelogin_sim.optimising.optimised import Question
from onelogin_sim.report.optimising.as_json import optimised_json
from onelogin_sim.report.optimising.terminal import summary_text
from onelogin_sim.run_optimising import SO_FAR, FolderCheckpoint, adopt_command
from onelogin_sim.run_optimising import run_optimising as run_it
from onelogin_sim.store import MANIFEST, RunFolder

SMALL = Path(__file__).parents[1] / "scenarios" / "small" / "scenario.yaml"

SCENARIO = onelogin_sim.load_scenario(SMALL)
PLAN = SCENARIO.plan()


def question(**changed) -> Question:
    asked = Question(
        objectives(PLAN, ()), limits(PLAN), SCENARIO.order(),
        target=0, budget=1500, replications=200, seed=1, delta=7.0,
    )  # fmt: skip
    return replace(asked, **changed)


REFUSED = [
    (
        {"limits": replace(limits(PLAN), must_before=(("carers", "pensions"), ("pensions", "carers")))},
        PlanError,
    ),
    ({"limits": replace(limits(PLAN), first=("pension",))}, PlanError),
    ({"limits": replace(limits(PLAN), latest={"carers": 2})}, PlanError),
    ({"budget": 0}, ValueError),
    ({"seed": -1}, ValueError),
    ({"replications": 10}, ValueError),
]


@pytest.mark.parametrize(("changed", "error"), REFUSED)
def test_a_question_that_is_refused_claims_no_folder(tmp_path, changed, error):
    """Whether it is refused at once or, as latest dates that no order keeps, by what the search found."""
    folder = tmp_path / "o"
    with pytest.raises(error):
        run_it(SCENARIO, question(**changed), command="c", folder=folder)
    assert not folder.exists()
    result, _ = run_it(SCENARIO, question(), command="c", folder=folder)
    assert result.proof.said == "shown better"


def test_a_folder_of_another_question_says_what_it_holds(tmp_path):
    folder = tmp_path / "o"
    run_it(SCENARIO, question(), command="c", folder=folder)
    with pytest.raises(StoreError) as caught:
        run_it(SCENARIO, question(budget=1600), command="c", folder=folder)
    assert str(caught.value) == (
        f"{folder} holds an optimisation of order 'as_planned' with a budget of 1,500 schedules: budget is 1500 there "
        "and 1600 now. Name another folder for this run, or delete that one first"
    )
    with pytest.raises(StoreError) as caught:
        run_it(SCENARIO, question(limits=limits(PLAN, first=["carers"])), command="c", folder=folder)
    assert (
        "asked is mean of 'all' by day None at 1; told of all there and mean of 'all' by day None at 1; first "
        in (str(caught.value))
    )
    with pytest.raises(
        StoreError, match="order is as_planned there and biggest_first now; another order_digest"
    ):
        run_it(SCENARIO, question(start=SCENARIO.order("biggest_first")), command="c", folder=folder)


def interrupt(*_, **__):
    raise KeyboardInterrupt


@pytest.mark.parametrize("where", ["judge", "write_optimised"])
def test_interrupted_after_the_search_the_best_so_far_is_kept_and_the_same_command_goes_on(
    tmp_path, monkeypatch, where
):
    asked, folder = question(), tmp_path / "o"
    whole, _ = run_it(SCENARIO, asked, command="c", folder=tmp_path / "whole")
    monkeypatch.setattr(run_optimising, where, interrupt)
    with pytest.raises(IncompleteRunError) as caught:
        run_it(SCENARIO, asked, command="c", folder=folder)
    monkeypatch.undo()
    spent = FolderCheckpoint(folder).load()["state"]["spent"]
    assert str(caught.value) == (
        f"Interrupted after the search, with {spent:,} schedules spent. The best order so far is in "
        f"{folder / SO_FAR}, as 'found'; it is not proved. Run the same command again to go on from there."
    )
    assert onelogin_sim.load_scenario(folder / SO_FAR / "scenario.yaml").order("found").name == "found"
    looked = []
    resumed, _ = run_it(SCENARIO, asked, command="c", folder=folder, progress=looked.append)
    assert [one.spent for one in looked] == [spent]
    assert optimised_json(resumed) == optimised_json(whole)
    assert not (folder / SO_FAR).exists()
    assert not (folder / run_optimising.CHECKPOINT).exists()
    names = lambda where: sorted(str(one.relative_to(where)) for one in where.rglob("*"))  # noqa: E731
    assert names(folder) == names(tmp_path / "whole")


def test_interrupted_before_anything_was_known_no_folder_is_claimed(tmp_path, monkeypatch):
    monkeypatch.setattr(run_optimising, "look", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_it(SCENARIO, question(), command="c", folder=tmp_path / "o")
    assert not (tmp_path / "o").exists()


def test_what_an_interruption_left_is_gone_when_the_same_question_is_refused_in_the_end(
    tmp_path, monkeypatch
):
    from onelogin_sim.orders.search import searching

    asked, folder = question(limits=replace(limits(PLAN), latest={"carers": 2})), tmp_path / "o"
    monkeypatch.setattr(searching, "meet", interrupt)
    with pytest.raises(IncompleteRunError):
        run_it(SCENARIO, asked, command="c", folder=folder)
    assert (folder / SO_FAR).exists()
    monkeypatch.undo()
    with pytest.raises(PlanError, match="no order was found"):
        run_it(SCENARIO, asked, command="c", folder=folder)
    assert not folder.exists()


def test_an_order_that_no_copy_can_say_is_an_answer_all_the_same(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PlanError("order 'found' cannot be written into a copy of scenario.yaml: so it is")

    monkeypatch.setattr(run_optimising, "scenario_copy", refuse)
    result, folder = run_it(SCENARIO, question(), command="c", folder=tmp_path / "o")
    assert result.proof.said == "shown better"
    assert not (folder / "scenario").exists()
    assert "order 'found' cannot be written into a copy" in " ".join(summary_text(result).split())


def test_the_next_command_forecasts_what_was_shown(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result, folder = run_it(SCENARIO, question(), command="c", folder=Path("o"))
    said = adopt_command(SCENARIO, result, folder)
    assert said == (
        "onelogin-sim forecast o/scenario/scenario.yaml --order found --replications 200 --seed 1"
    )
    copied = onelogin_sim.load_scenario(shlex.split(said)[2])
    again = onelogin_sim.forecast(copied, copied.order("found"), replications=200, seed=1)
    assert again.result_digest == result.comparison.alternatives[1].result_digest


# -- the store ------------------------------------------------------------------------------------------------------


def test_a_run_that_is_discarded_leaves_nothing_and_a_finished_one_everything(tmp_path):
    identity = {"seed": 1}
    with RunFolder.open(tmp_path / "a", identity) as folder:
        folder.write("one.txt", b"1")
        folder.discard()
    assert not (tmp_path / "a").exists()
    with RunFolder.open(tmp_path / "a", identity) as folder:
        folder.write("one.txt", b"1")
        folder.finish({})
        folder.discard()
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [MANIFEST, "one.txt"]


def test_hashes_that_differ_are_not_spelled_out(tmp_path):
    RunFolder.open(tmp_path, {"about": "a forecast", "digest": "0" * 64}).close()
    with pytest.raises(StoreError) as caught:
        RunFolder.open(tmp_path, {"about": "another thing", "digest": "1" * 64})
    assert str(caught.value) == (
        f"{tmp_path} holds a forecast: another digest. Name another folder for this run, or delete that one first"
    )
