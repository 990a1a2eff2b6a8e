"""`onelogin-sim advise`: whose the next slot is, who is free to be first, what may be claimed, what is refused."""

import csv
import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import onelogin_sim
from onelogin_sim.advice import advise
from onelogin_sim.distributions import Distribution
from onelogin_sim.errors import PlanError
from onelogin_sim.optimising.advised import Advised, said
from onelogin_sim.optimising.asked import objectives
from onelogin_sim.optimising.next_slot import bottleneck, next_slot
from onelogin_sim.orders.search.breaches import breaches
from onelogin_sim.orders.search.problem import Limits, Objective, Objectives
from onelogin_sim.plan import Department, Target
from onelogin_sim.report.advising import words
from onelogin_sim.report.charts.first_choices import plot_choices
from plans import STATUS_DATE, order, plan, stage

ROOT = Path(__file__).parents[1]
SMALL = ROOT / "scenarios" / "small" / "scenario.yaml"
MEAN = Objectives((Objective("mean", "all"),))


def certain(items, resources=None, **fields):
    """A plan in which nothing is uncertain; its one target is every service."""
    count = len(items) + len(fields.get("live", ()))
    target = Target("all", "Everything", "services", count, count, 50)
    return plan(items, resources=resources or {"team": 1}, targets=(target,), **fields)


def tail(**fields):
    """One team for a, b and c; a long way to go behind b: served a b c all is live on day 60, with b first on 55."""
    return certain({"a": [stage(5, team=1)], "b": [stage(5, team=1), 50], "c": [stage(5, team=1)]}, **fields)


def ask(made, base, **given):
    return advise(made, base, MEAN, **({"replications": 200, "delta": 1.0} | given))


def small(**given):
    scenario = onelogin_sim.load_scenario(SMALL)
    programme = scenario.plan()
    return programme, advise(
        programme, scenario.order(), objectives(programme, ()), replications=200, **given
    )


def told(advice):
    return Advised("By hand", (), STATUS_DATE, advice)


# -- by hand ------------------------------------------------------------------------------------------------


def test_who_has_a_long_way_to_go_is_next():
    """a then b: the last is live on day 60. b first: on day 55. c first: a on 10, b on 15 and 65."""
    advice = ask(tail(), order(tail(), "a b c"))
    assert [(one.item, one.gain) for one in advice.choices] == [
        ("b", (5.0, 5.0, 5.0)),
        ("a", (0.0, 0.0, 0.0)),
        ("c", (-5.0, -5.0, -5.0)),
    ]
    assert (advice.own, advice.next, advice.deviates) == ("a", "b", True)
    assert said(advice.against_own) == said(advice.against_second) == "shown better"
    assert words.answer(told(advice)) == (
        "Give the next free slot of Team to B: it is 5 days better (5 to 5) than your order 'listed' as it stands, "
        "which gives it to A, in 200 futures that ranked nothing."
    )
    assert words.second(told(advice)) == "The second choice is A: B is 5 days better (5 to 5) in 200 futures."


def test_what_is_less_than_is_worth_acting_on_is_no_reason_to_leave_the_order():
    advice = ask(tail(), order(tail(), "a b c"), delta=7.0)
    assert (said(advice.against_own), advice.next) == ("better by little", "a")
    assert words.answer(told(advice)) == (
        "Keep to your order 'listed' for the next free slot of Team, which gives it to A. B first is surely better, "
        "but by less than the 7 days worth acting on: 5 days better (5 to 5)."
    )
    assert words.second(told(advice)) == ""


def test_where_the_order_serves_the_best_next_it_is_kept():
    advice = ask(tail(), order(tail(), "b a c"))
    assert (advice.own, advice.next, advice.deviates) == ("b", "b", False)
    assert said(advice.against_own) == "the same"
    assert words.answer(told(advice)) == (
        "Keep to your order 'listed' for the next free slot of Team, which gives it to B: B ranks first too."
    )
    assert said(advice.against_second) == "shown better"
    assert words.second(told(advice)) == "The second choice is A: B is 5 days better (5 to 5) in 200 futures."


def test_the_slot_is_the_first_that_more_than_one_wants():
    """r holds the team until day 4; before that nobody can have it, and c comes forward on day 30."""
    made = certain(
        {
            "r": [stage(5, team=1, since=-1)],
            "a": [stage(5, team=1)],
            "b": [stage(5, team=1)],
            "c": [stage(5, team=1)],
        },
        details={"c": {"release": 30}},
    )
    slot = next_slot(made, order(made, "r a b c"), 0, 1, 50)
    assert set(slot.days.tolist()) == {4}
    assert [slot.day(percent) for percent in (1, 50, 100)] == [4, 4, 4]
    assert (slot.contested, slot.competes, slot.gets) == (1.0, {"a": 1.0, "b": 1.0}, {"a": 1.0, "b": 0.0})


def test_a_slot_that_is_free_at_once_may_be_the_one():
    made = tail()
    assert set(next_slot(made, order(made, "a b c"), 0, 1, 10).days.tolist()) == {0}


def test_no_slot_is_contested_where_nobody_has_to_wait():
    made = tail(resources={"team": 3})
    slot = next_slot(made, order(made, "a b c"), 0, 1, 10)
    assert (slot.contested, slot.competes) == (0.0, {})
    with pytest.raises(PlanError) as error:
        ask(made, order(made, "a b c"))
    assert (
        str(error.value)
        == "there is nothing to choose: nobody has to wait for another at the next slot of 'team'"
    )


def test_the_bottleneck_is_what_is_waited_for():
    made = certain(
        {"a": [stage(2, room=1), stage(5, team=1)], "b": [stage(2, room=1), stage(5, team=1)]},
        {"room": 2, "team": 1},
    )
    assert made.resources[bottleneck(made, order(made, "a b"), 1, 10)].id == "team"
    free = certain({"a": [3], "b": [4]})
    with pytest.raises(PlanError, match="there is nothing to choose: nothing takes any resource"):
        bottleneck(free, order(free, "a b"), 1, 10)


# -- who is free to be first --------------------------------------------------------------------------------


def test_who_is_held_back_is_no_choice():
    made = tail()
    base = order(made, "a b c", hold_backs=[("b", "a")])
    advice = ask(made, base)
    assert [one.item for one in advice.choices] == ["a", "c"]
    assert all(one.order.hold_backs == base.hold_backs for one in advice.choices)
    assert words.left_out(told(advice)) == ["Not a choice: B: the order holds it back until A has finished."]
    with pytest.raises(PlanError) as error:
        ask(made, base, candidates=("a", "b"))
    assert str(error.value) == (
        "candidate: 'b' is not free: the order holds it back until 'a' has finished; take that out of the order to "
        "choose it"
    )


def test_who_must_wait_for_another_who_competes_is_no_choice():
    made = tail()
    advice = ask(made, order(made, "a b c"), limits=Limits(must_before=(("a", "b"),)))
    assert [one.item for one in advice.choices] == ["a", "c"]
    assert [one.why() for one in advice.left_out] == ["'a' must come before it"]


def test_one_who_must_be_first_leaves_no_choice():
    made = tail()
    with pytest.raises(PlanError) as error:
        ask(made, order(made, "a b c"), limits=Limits(first=("c",)))
    assert str(error.value) == (
        "there is nothing to choose: only 'c' can be first at the next slot of 'team' ('a' is left out: 'c' must come "
        "before it; 'b' is left out: 'c' must come before it)"
    )


def test_the_order_is_made_to_keep_the_limits_and_compared_as_such():
    made = tail()
    advice = ask(made, order(made, "a b c"), limits=Limits(must_before=(("c", "a"),)))
    assert advice.base.ids(made) == ("c", "a", "b")
    assert {one.item for one in advice.choices} == {"b", "c"}
    assert words.notes(told(advice))[0] == (
        "Your order 'listed' does not keep the limits: it was made to, and then compared."
    )


def test_no_more_of_a_department_than_may_be_in_hand():
    """r runs, and its department may have one service in hand: a and b have to wait for it, x and y have not."""
    items = {"r": [stage(1, team=1, since=0), 40], **{name: [stage(5, team=1)] for name in "abxy"}}
    made = certain(items, departments=[Department("d", "D"), Department("e", "E")])
    made = replace(
        made, items=tuple(replace(one, department="e" if one.id in "xy" else "d") for one in made.items)
    )
    advice = ask(made, order(made, "r a b x y"), limits=Limits(at_once={"d": 1}), resource="team")
    assert {one.item for one in advice.choices} == {"x", "y"}
    assert {(one.item, one.kind) for one in advice.left_out} == {("a", "at once"), ("b", "at once")}
    assert advice.left_out[0].why() == "no more at once: it waits until 'r' has finished"


def test_whoever_of_a_department_comes_first_takes_its_only_place():
    """Nothing of d is in hand: a waits for b in the order, and could as well be the one in hand."""
    items = {name: [stage(2, name="sign up"), stage(5, team=1)] for name in "abx"}
    made = certain(items, departments=[Department("d", "D"), Department("e", "E")])
    made = replace(
        made, items=tuple(replace(one, department="e" if one.id == "x" else "d") for one in made.items)
    )
    advice = ask(made, order(made, "b a x"), limits=Limits(at_once={"d": 1}))
    assert {one.item for one in advice.choices} == {"a", "b", "x"}
    (first,) = [one.order for one in advice.choices if one.item == "a"]
    assert first.hold_backs == ((made.item_index["b"], made.item_index["a"]),)


@settings(max_examples=40, deadline=None)
@given(
    st.permutations("abcxy"),
    st.lists(st.sampled_from([("a", "x"), ("c", "b"), ("y", "c"), ("x", "y")]), unique=True, max_size=2),
    st.sampled_from([{}, {"d": 1}, {"d": 2}]),
    st.sampled_from([(), ("a",)]),
)
def test_every_choice_keeps_the_limits(listed, pairs, at_once, last):
    """Whatever the order and the limits: who is left is served within them, or there is nothing to choose."""
    made = certain(
        {name: [stage(2, name="sign up"), stage(5, team=1), 3] for name in "abcxy"},
        departments=[Department("d", "D"), Department("e", "E")],
    )
    made = replace(
        made, items=tuple(replace(one, department="e" if one.id in "xy" else "d") for one in made.items)
    )
    kept = Limits(must_before=tuple(pairs), at_once=at_once, last=last if ("a", "x") not in pairs else ())
    choices, refused = (), ""
    try:
        choices = ask(made, order(made, " ".join(listed)), limits=kept).choices
    except PlanError as error:
        refused = str(error)
    assert choices or refused.startswith("there is nothing to choose: ")
    for one in choices:
        assert breaches(made, kept, one.order, seed=1, replications=range(2)) == ()


def test_who_must_come_before_and_is_seldom_there_leaves_the_choice():
    """a comes forward on day 0 or on day 40: in few futures there when the slot falls free, it does not bar b."""
    seldom = {"a": {"readiness": (("a", Distribution("observed", (0.0, 40.0, 40.0, 40.0))),)}}
    made = tail(details=seldom)
    advice = ask(made, order(made, "a b c"), limits=Limits(must_before=(("a", "b"),)))
    share = advice.slot.competes["a"]
    assert 0.1 < share < 0.4
    assert {one.item for one in advice.choices} == {"a", "b", "c"}
    (first,) = [one.order for one in advice.choices if one.item == "b"]
    assert first.ids(made) == ("a", "b", "c")


def test_who_would_make_another_late_is_no_choice():
    """The team is free on day 0. With b or c first, a is live on day 10 and not on day 5."""
    made = tail()
    with pytest.raises(PlanError) as error:
        ask(made, order(made, "a b c"), limits=Limits(latest={"a": 5}))
    late = "with it first the order does not keep 'a' live by 2024-01-06 (0% of futures)"
    assert str(error.value) == (
        "there is nothing to choose: only 'a' can be first at the next slot of 'team' "
        f"('b' is left out: {late}; 'c' is left out: {late})"
    )
    advice = ask(made, order(made, "a b c"), limits=Limits(latest={"a": 10, "c": 15}))
    assert {one.item for one in advice.choices} == {"a", "b", "c"}


# -- the small scenario ---------------------------------------------------------------------------------------


def test_the_licence_that_another_waits_for_is_next():
    """One central team; the fishing permit starts when the boat licence is live, so it does not compete yet."""
    programme, advice = small()
    assert programme.resources[advice.slot.resource].id == "central_team"
    assert set(advice.slot.competes) == {"boat-licence", "carers", "pensions"}
    assert (advice.next, advice.own) == ("boat-licence", "pensions")
    assert not set(advice.ranked) & set(advice.claimed)


def test_first_means_first_and_all_others_keep_their_order():
    programme, advice = small()
    base = advice.base.ids(programme)
    for choice in advice.choices:
        base_without = [name for name in base if name != choice.item]
        assert list(choice.order.ids(programme)) == [choice.item, *base_without]


def test_between_two_that_differ_little_either_will_do():
    _, advice = small(candidates=("pensions", "carers"))
    assert said(advice.against_second) in ("equivalent", "the same")
    assert words.answer(told(advice)).startswith("Keep to your order 'as_planned'")


def test_what_few_futures_cannot_tell_is_called_so_with_its_interval():
    """The claims are put in by hand: what matters is what is made of them."""
    advice = ask(tail(), order(tail(), "a b c"))
    doubtful = replace(
        advice.against_own, verdict="not distinguishable", mean=-0.3, low=-2.1, high=1.5, within_delta=False
    )
    assert words.answer(told(replace(advice, against_own=doubtful))) == (
        "Keep to your order 'listed' for the next free slot of Team, which gives it to A. No other choice is shown to "
        "be better: B, which ranked first, gains 0.3 days (-1.5 to 2.1) on your order in 200 futures that ranked "
        "nothing, which cannot be told from no difference."
    )
    assert words.second(told(replace(advice, against_second=doubtful))) == (
        "The second choice is A, not distinguishable with 200 futures: B gains 0.3 days (-1.5 to 2.1) on it."
    )
    alike = replace(doubtful, verdict="equivalent", low=-0.6, high=0.2, within_delta=True)
    assert words.second(told(replace(advice, against_second=alike))) == (
        "The second choice is A, equivalent within 1 day: B gains 0.3 days (-0.2 to 0.6) on it. Either will do."
    )


def test_who_is_named_is_taken_to_be_waiting():
    late = {"c": {"readiness": (("c", Distribution("fixed", (40.0,))),)}}
    made = certain({name: [stage(5, team=1)] for name in "abc"}, details=late)
    assert set(ask(made, order(made, "a b c")).slot.competes) == {"a", "b"}
    advice = ask(made, order(made, "a b c"), candidates=("a", "c"))
    assert {one.item for one in advice.choices} == {"a", "c"}
    assert words.notes(told(advice))[0] == "Taken to be waiting for it, because they were named: A and C."


def test_the_result_does_not_depend_on_workers():
    (_, one), (_, two) = small(), small(workers=2)
    assert one.choices == two.choices
    assert (one.against_own, one.against_second) == (two.against_own, two.against_second)


@pytest.mark.parametrize("words_", [("p80",), ("probability",), ("mean:0.7", "user-weeks:0.3")])
def test_any_objective_of_the_search_will_do(words_):
    scenario = onelogin_sim.load_scenario(SMALL)
    programme = scenario.plan()
    advice = advise(programme, scenario.order(), objectives(programme, words_), replications=200)
    claim = advice.against_own
    assert claim.low <= claim.mean <= claim.high
    assert words.answer(told(advice))


# -- the command ----------------------------------------------------------------------------------------------


def test_the_answer_is_one_json_object(run):
    code, out, _ = run("advise", SMALL, "--as-at", "2024-01-01", "--replications", 200, "--json")
    document = json.loads(out)
    assert (code, document["next"], document["own_next"]) == (0, "boat-licence", "pensions")
    claim = document["against_own_order"]
    assert claim["said"] == "shown better"
    low, high = claim["interval"]
    assert 0 < low <= claim["gain"] <= high
    assert document["slot"]["p10"] <= document["slot"]["p50"] <= document["slot"]["p90"]


def test_the_folder_says_how_to_repeat_it(run, tmp_path):
    asked = ["advise", SMALL, "--as-at", "2024-01-01", "--replications", 200]
    assert run(*asked, "--out", tmp_path / "one")[0] == 0
    assert run(*asked, "--workers", 1, "--out", tmp_path / "two")[0] == 0
    names = sorted(
        path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file()
    )
    assert {"advice.json", "manifest.json", "plan.json", "summary.txt"} <= {name.name for name in names}
    for name in names:
        if name.name not in ("manifest.json", "identity.json"):
            assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
    manifest = json.loads((tmp_path / "one" / "manifest.json").read_bytes())
    assert manifest["command"] == (
        "onelogin-sim advise small/scenario.yaml --order as_planned --replications 200 --seed 1 --as-at 2024-01-01 "
        "--delta 7"
    )
    with (tmp_path / "one" / "tables" / "choices.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["item"] == "boat-licence"
    assert {row["item"]: row["own"] for row in rows}["pensions"] == "yes"


def test_the_chart_says_the_answer():
    _, advice = small()
    chart = plot_choices(told(advice))
    assert re.fullmatch(
        r"License a boat first for the next slot of Central onboarding team: [\d.]+ days better than 'as_planned'",
        chart.title,
    )
    assert "License a boat" in chart.alt
    # What the title says is drawn too: the claim about the first, and then the three choices as they ranked.
    claim, *ranked = chart.rows
    assert f"{claim['gain']:.1f} days better" in chart.title
    assert (claim["item"], len(ranked)) == (ranked[0]["item"], 3)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (["--as-at", "soon"], "--as-at 'soon' is not a date; write it as 2024-01-01"),
        (["--as-at", "2024-02-01"],
         "--as-at 2024-02-01 is not the status date of the scenario, 2024-01-01: say with --actuals FILE.csv what has "
         "happened since (columns service, stage, since, live_on)"),
        (["--as-at", "2024-01-01", "--candidate", "pension"],
         "candidate: 'pension' is unknown; did you mean 'pensions'?"),
        (["--as-at", "2024-01-01", "--candidate", "fishing-permit"],
         "candidate: 'fishing-permit' does not compete for the next slot; these do: pensions, carers, boat-licence"),
        (["--as-at", "2024-01-01", "--resource", "central"],
         "resource: 'central' is unknown; did you mean 'central_team'?"),
        (["--as-at", "2024-01-01", "--candidate", "pensions"],
         "there is nothing to choose: only 'pensions' can be first at the next slot of 'central_team'"),
        (["--as-at", "2024-01-01", "--must-before", "pensions:boat"],
         "must-before: 'boat' is unknown; did you mean 'boat-licence'?"),
        (["--as-at", "2024-01-01", "--must-before", "carers:boat-licence", "--candidate", "boat-licence",
          "--candidate", "carers"],
         "candidate: 'boat-licence' is not free: 'carers' must come before it"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(run, given, text):
    code, out, err = run("advise", SMALL, *given, "--replications", 200)
    assert (code, out) == (1, "")
    assert err.splitlines()[0] == text


def moved_on(folder):
    """Appeals is past the central team, which pensions, carers and the boat licence want."""
    path = folder / "actuals.csv"
    path.write_text(
        "service,stage,since,live_on,note\nappeals,build,2024-01-04,,sooner than planned\n"
        "shared-accounts,migrate,2024-01-02,,\n",
        encoding="utf-8",
    )
    return path


def test_advice_at_a_later_date_rests_on_what_has_happened(run, tmp_path):
    asked = ["advise", SMALL, "--as-at", "2024-01-15", "--actuals", moved_on(tmp_path), "--replications", 200]
    code, out, _ = run(*asked, "--out", tmp_path / "o", "--json")
    document = json.loads(out)
    assert (code, document["next"], document["own_next"]) == (0, "boat-licence", "pensions")
    assert (document["as_at"], document["status_date"]) == ("2024-01-15", "2024-01-01")
    assert {document["slot"][key] for key in ("p10", "p50", "p90")} == {"2024-01-15"}
    manifest = json.loads((tmp_path / "o" / "manifest.json").read_bytes())
    content = (tmp_path / "o" / "actuals.csv").read_bytes()
    assert manifest["actuals_digest"] == hashlib.sha256(content).hexdigest() == document["actuals_digest"]
    assert manifest["digest"] == document["digest"]
    assert "--as-at 2024-01-15 --actuals actuals.csv --delta 7" in manifest["command"]
    summary = (tmp_path / "o" / "summary.txt").read_text(encoding="utf-8")
    assert "As at 15 Jan 2024: what has happened is that of actuals.csv." in summary
    assert "Risk 'R-1' is taken not to have come so far" not in summary  # its window begins that day


def test_identities_proved_since_are_carried_forward(run, tmp_path):
    """Benefit claims are live: by the 15th of January some of its users have come, and found proof to give."""
    asked = ["advise", SMALL, "--as-at", "2024-01-15", "--actuals", moved_on(tmp_path), "--replications", 200]
    code, out, _ = run(*asked, "--out", tmp_path / "o", "--objective", "checks-avoided", "--json")
    (said_,) = [note for note in json.loads(out)["notes"] if note.startswith("Who has proved")]
    share = float(re.search(r"([\d.]+)% of 'adults'", said_)[1])
    assert (code, 0 < share < 5) == (0, True)
    assert said_ == (
        "Who has proved their identity since 2024-01-01 is computed from what went live so far: "
        f"{share:.1f}% of 'adults' (it was 0.0%)."
    )
    code, out, _ = run(*asked, "--out", tmp_path / "days", "--json")
    assert (code, [note for note in json.loads(out)["notes"] if "proved" in note]) == (0, [])


def test_limits_on_the_load_are_those_of_a_search(run, tmp_path):
    """The busiest week has more whatever comes first, so nobody is free; under a limit above it everybody is."""
    asked = [
        "advise",
        SMALL,
        "--as-at",
        "2024-01-01",
        "--replications",
        200,
        "--out",
        tmp_path / "o",
        "--json",
    ]
    code, out, _ = run(*asked, "--peak-load", 30_000)
    assert code == 1
    text = json.loads(out)["error"]
    assert (
        text.count("with it first the order does not keep at most 30,000 identity checks and rises in a week")
        == 3
    )
    code, out, _ = run(*asked, "--peak-load", 90_000)
    assert (code, json.loads(out)["left_out"]) == (0, [])
    assert "--peak-load 90000" in json.loads((tmp_path / "o" / "manifest.json").read_bytes())["command"]
    code, out, _ = run(*asked, "--within-capacity")
    assert code == 1
    assert json.loads(out)["error"] == "within-capacity: the scenario has no stations under `verification`"


def test_a_limit_on_a_load_that_is_not_there_is_refused():
    with pytest.raises(PlanError, match=r"^the identity load cannot be limited: the scenario has no"):
        ask(tail(), order(tail(), "a b c"), limits=Limits(peak_load=5))


def test_a_target_that_was_due_is_not_aimed_at(run, tmp_path):
    asked = [
        "advise",
        SMALL,
        "--as-at",
        "2024-04-01",
        "--actuals",
        moved_on(tmp_path),
        "--target",
        "departments",
    ]
    code, out, err = run(*asked, "--replications", 200)
    assert (code, out) == (1, "")
    assert err.splitlines()[0] == (
        "target 'departments' was due on 2024-03-29, before 2024-04-01; these lie ahead: 'all', 'users'"
    )


@pytest.mark.parametrize("page", ["finding-an-order.md", "who-is-next.md"])
def test_the_examples_of_the_documentation_run(page):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert re.search("is shown better|Give the next free slot", done.stdout)
