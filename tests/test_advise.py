"""`onelogin-sim advise`: who competes for the next slot, who should have it, what is refused."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import onelogin_sim
from onelogin_sim import cli
from onelogin_sim.advice import advise, bottleneck, competing
from onelogin_sim.errors import PlanError
from onelogin_sim.optimising.asked import objectives
from onelogin_sim.report.advising import sentence
from plans import plan

ROOT = Path(__file__).parents[1]
SMALL = ROOT / "scenarios" / "small" / "scenario.yaml"


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Call the command line in this process: returns (exit code, standard output, standard error)."""
    monkeypatch.chdir(tmp_path)

    def call(*given):
        monkeypatch.setattr(sys, "argv", ["onelogin-sim", *map(str, given)])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        out, err = capsys.readouterr()
        return code, out, err

    return call


def small(**given):
    scenario = onelogin_sim.load_scenario(SMALL)
    programme = scenario.plan()
    asked = objectives(programme, ())
    return programme, advise(programme, scenario.order(), asked, replications=200, **given)


def test_the_licence_that_another_waits_for_is_next():
    """One central team; the fishing permit starts when the boat licence is live, so it does not compete yet."""
    programme, advice = small()
    assert programme.resources[advice.resource].id == "central_team"
    assert {choice.item for choice in advice.choices} == {"boat-licence", "carers", "pensions"}
    assert advice.choices[0].item == "boat-licence"
    assert advice.proof.said == "shown better"
    assert advice.proof.claim.high < 0
    assert sentence(advice).startswith("Give the next free slot of 'central_team' to 'boat-licence': it is ")
    assert not set(advice.ranked) & set(advice.proof.claimed)


def test_first_means_first_and_all_others_keep_their_order():
    programme, advice = small()
    base = advice.base.ids(programme)
    for choice in advice.choices:
        base_without = [name for name in base if name != choice.item]
        assert list(choice.order.ids(programme)) == [choice.item, *base_without]


def test_who_is_first_already_gains_nothing():
    """Appeals runs; pensions is the first of the base that competes, and being first changes nothing."""
    _, advice = small()
    (pensions,) = [choice for choice in advice.choices if choice.item == "pensions"]
    assert pensions.gain.value == 0


def test_between_two_that_differ_little_nothing_is_shown():
    _, advice = small(candidates=("pensions", "carers"))
    assert advice.proof.said != "shown better"
    assert re.search("not distinguishable|equivalent", sentence(advice))


def test_the_result_does_not_depend_on_workers():
    (_, one), (_, two) = small(), small(workers=2)
    assert one.choices == two.choices
    assert one.proof == two.proof


def test_the_bottleneck_is_what_is_waited_for():
    scenario = onelogin_sim.load_scenario(SMALL)
    programme = scenario.plan()
    index = bottleneck(programme, scenario.order(), 1, 100)
    assert programme.resources[index].id == "central_team"
    assert set(competing(programme, scenario.order(), index, 1, 100).values()) == {1.0}


def test_the_answer_is_one_json_object(run):
    code, out, _ = run("advise", SMALL, "--as-at", "2024-01-01", "--replications", 200, "--json")
    document = json.loads(out)
    assert (code, document["next"], document["said"]) == (0, "boat-licence", "shown better")
    low, high = document["claim"]["interval"]
    assert 0 < low <= document["claim"]["gain"] <= high


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (["--as-at", "soon"], "--as-at 'soon' is not a date; write it as 2024-01-01"),
        (["--as-at", "2024-02-01"],
         "--as-at 2024-02-01 is not the status date of the scenario, 2024-01-01: bring the scenario up to date first "
         "(status_date; live_on, or stage and since, of what has moved; what is counted from the status date, as "
         "readiness is)"),
        (["--as-at", "2024-01-01", "--candidate", "pension"],
         "candidate: 'pension' is unknown; did you mean 'pensions'?"),
        (["--as-at", "2024-01-01", "--candidate", "fishing-permit"],
         "candidate: 'fishing-permit' does not compete for the next slot; these do: pensions, carers, boat-licence"),
        (["--as-at", "2024-01-01", "--resource", "central"],
         "resource: 'central' is unknown; did you mean 'central_team'?"),
        (["--as-at", "2024-01-01", "--candidate", "pensions"],
         "there is nothing to choose: only 'pensions' competes for the next slot of 'central_team'"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(run, given, text):
    code, out, err = run("advise", SMALL, *given, "--replications", 200)
    assert (code, out) == (1, "")
    assert err.splitlines()[0] == text


def test_a_plan_without_resources_has_no_slot():
    free = plan({"a": [3], "b": [4]})
    with pytest.raises(PlanError, match="there is nothing to choose: nothing takes any resource"):
        bottleneck(free, onelogin_sim.Order.of(free, ["a", "b"]), 1, 10)


def test_the_example_of_the_documentation_runs():
    text = (ROOT / "docs" / "finding-an-order.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "'found' is shown better" in done.stdout
