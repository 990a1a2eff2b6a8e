"""`onelogin-sim compare` as a planner meets it: the answer, the folder, the charts, and what is refused."""

import csv
import json
import re
from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

import onelogin_sim
from onelogin_sim.comparison import Comparison, Nomination
from onelogin_sim.differences import summarise_pairs
from onelogin_sim.pairs import Pairs
from onelogin_sim.plan import Target
from onelogin_sim.report.as_json import forecast_json
from onelogin_sim.report.charts.order_ranges import plot_orders
from onelogin_sim.report.charts.paired_differences import plot_differences
from onelogin_sim.report.comparing import words
from onelogin_sim.report.comparing.as_json import comparison_json
from onelogin_sim.report.comparing.terminal import summary_text
from onelogin_sim.report.comparing.write import charts, report_files
from onelogin_sim.selection import Selection
from onelogin_sim.study import alternatives_of, compare
from plans import plan, stage
from scenario_files import write_tiny
from test_charts import SLACK, texts_of
from test_comparison import alternative, censored, graham, never, orders_of, uncertain

SMALL = Path(__file__).parents[1] / "scenarios" / "small" / "scenario.yaml"


@pytest.fixture(scope="module")
def small() -> Comparison:
    """The small scenario, its first order, as written and with a second central team."""
    scenarios = [onelogin_sim.load_scenario(SMALL, names) for names in ((), ("extra_team",))]
    return compare(alternatives_of(scenarios, ["as_planned"]), 120)


# -- the answer -------------------------------------------------------------------------------------------------


def test_the_answer_is_one_json_object_with_what_was_promised(run, tmp_path):
    code, out, err = run(
        "compare", SMALL, "--order", "as_planned", "--variant", "extra_team", "--variant", "extra_team+no_freeze",
        "--replications", 60, "--out", "c", "--json",
    )  # fmt: skip
    assert code == 0, err
    document = json.loads(out)
    assert json.loads((tmp_path / "c" / "comparison.json").read_text(encoding="utf-8")) == document
    assert [one["name"] for one in document["alternatives"]] == [
        "as_planned",
        "as_planned with extra_team",
        "as_planned with extra_team+no_freeze",
    ]
    assert document["alternatives"][2]["variants"] == ["extra_team", "no_freeze"]
    assert (document["replications"], document["delta_days"], document["target"]) == (60, 7, "all")
    assert document["claims"] == 9
    assert document["nomination"]["first_replication"] == 60
    assert [(pair["a"], pair["b"]) for pair in document["pairs"]] == [
        (one["name"], other["name"]) for one, other in combinations(document["alternatives"], 2)
    ]
    for pair in document["pairs"]:
        for target in pair["targets"]:
            for name in ("a_earlier", "equal", "a_later"):
                low, high = target[f"{name}_interval"]
                assert 0 <= low <= target[name] <= high <= 1
            low, high = target["interval"]
            assert low <= target["mean_difference_days"] <= high
            assert target["a_earlier"] + target["equal"] + target["a_later"] == pytest.approx(1)
            assert {"p50", "p80", "user_weeks_difference", "verdict", "past_horizon"} <= set(target)


def test_a_comparison_says_the_same_of_each_alternative_as_its_forecast(run):
    run("compare", SMALL, "--order", "as_planned", "--variant", "no_freeze", "--replications", 60, "--seed", 3,
        "--out", "c")  # fmt: skip
    found = json.loads(Path("c/comparison.json").read_text(encoding="utf-8"))["alternatives"][1]
    scenario = onelogin_sim.load_scenario(SMALL, ("no_freeze",))
    alone = forecast_json(onelogin_sim.forecast(scenario, replications=60, seed=3))
    assert (found["digest"], found["result_digest"]) == (alone["digest"], alone["result_digest"])
    for one, other in zip(found["targets"], alone["targets"], strict=True):
        for key in ("id", "by", "probability_met", "interval", "p10", "p50", "p80", "p90", "intervals"):
            assert one[key] == other[key]


def test_the_board_sentence_of_the_small_scenario(small):
    """A second team never delays anybody here; the freeze makes both meet the whole later."""
    (pair,) = small.pairs
    entry = small.pair(1, 0).targets[0]
    low, high = (round(end) for end in (-entry.claim.high, -entry.claim.low))
    assert words.board(small).startswith(
        "Take 'as_planned with extra_team': every service in scope is connected "
        f"{round(-entry.mean.value)} days earlier on average ({low} to {high} days) than under 'as_planned'; "
    )
    met = [one.standings[0].met_by.value for one in small.alternatives]
    assert f"Its date, 28 June 2024, is met in {met[1]:.0%} of futures, against {met[0]:.0%}." in words.board(
        small
    )
    assert pair.targets[0].verdict == "b better"
    assert words.verdict(entry, pair, small) == "better"
    assert words.others(small) == words.nominated(small) == words.identical(small) == ""


def test_words_for_each_verdict():
    """Made-up days of one service, ten futures: what is claimed, and the sentence for a board."""

    def said(first, second, **fields):
        found = censored(first, second, **fields)
        return words.verdict(found.pairs[0].targets[0], found.pairs[0], found), words.board(found)

    day = list(range(20, 40))
    assert said(day, [one + 1 + one % 2 for one in day]) == (
        "better, by less than 7 days",
        "Take 'one': the one service in scope is connected 2 days earlier on average (1 to 2 days) than under "
        "'two', surely, but by less than the 7 days worth acting on; it is earlier in 100% of futures and later in "
        "0%. Its date, 20 February 2024, is met in 100% of futures, against 100%.",
    )
    assert said(day, [one + (-1) ** one for one in day]) == (
        "equivalent within 7 days",
        "Neither 'one' nor 'two' is proved better: under 'one' the one service in scope is connected 0 days earlier "
        "on average (under 1 earlier to under 1 later), which is less than the 7 days worth acting on; it is "
        "earlier in 50% of futures and later in 50%. Its date, 20 February 2024, is met in 100% of futures, "
        "against 100%.",
    )
    assert said([one + 20 for one in day], [one + 20 + 30 * (-1) ** one for one in day], by=1) == (
        "not distinguishable with 20 futures",
        "Neither 'one' nor 'two' is proved better: under 'one' the one service in scope is connected 0 days earlier "
        "on average (14 earlier to 14 later), which 20 futures cannot tell from no difference; it is earlier in 50% "
        "of futures and later in 50%. Its date, 2 January 2024, is met in none of the futures under either.",
    )


def test_what_is_proved_better_than_the_nominated_is_said():
    """Kim and Nelson promise to come within δ of the best, not to find it: the claims may show a better one."""
    made = plan(
        {"a": [1], "e": [1], "f": [1]},
        enablers=["e", "f"],
        targets=(Target("all", "Every service", "services", 1, 1, by=50),),
    )
    days = np.arange(20, 60, dtype=np.int32)
    selection = Selection(
        best=1,
        survivors=(1,),
        replications=200,
        eliminated_at=(200, None, 200),
        means=(50.0, 40.0, 41.0),
        complete=True,
    )

    def said(ahead):
        """The first ten days after the second, which is nominated; the third some days ahead of it."""
        pairs = Pairs(orders_of(made, "a e f", "e a f", "f e a"))
        finish = [np.array([one] * 3, dtype=np.int32).T for one in (days + 10, days, days - ahead)]
        pairs.add(range(len(days)), [one - 1 for one in finish], finish)
        nomination = Nomination(selection, (0, 1, 2), 40, 400)
        found = summarise_pairs(pairs, seed=1, target=0, delta=7, nomination=nomination, anomalies=())
        return words.board(found)

    assert said(2) == (
        "Take 'eaf': the one service in scope is connected 10 days earlier on average (10 to 10 days) than under "
        "'aef'; it is earlier in 100% of futures and later in 0%. Its date, 20 February 2024, is met in 78% of "
        "futures, against 52%. 'fea' is surely better still, by 2 days (2 to 2 days), less than the 7 days worth "
        "acting on."
    )
    assert said(9).startswith(
        "'eaf' was nominated, not the best: the one service in scope is connected 10 days"
    )
    assert "'fea' is surely better still, by 9 days (9 to 9 days)." in said(9)


def test_gains_and_losses_are_named_only_where_they_are_sure():
    made = uncertain()
    found = compare(orders_of(made, "a b c d", "d c b a"), 60)
    gains, losses = words.shifts(found.pair(0, 1).services)
    assert gains.startswith("Gain most: A (")
    assert "days earlier)" in gains
    assert losses.startswith("Lose most: D (")
    assert "days later)" in losses
    same = compare([alternative(made, name="one"), alternative(made, name="two")], 10)
    assert list(words.shifts(same.pairs[0].services)) == []


def test_what_it_costs_is_said_with_what_it_brings():
    """Two services sooner, most users later: a board hears both."""
    made = uncertain()
    found = compare(orders_of(made, "a b c d", "d c b a"), 60)
    said = words.board(found)
    assert said.startswith("Take 'abcd': 2 of 4 services are connected ")
    entry = found.pair(0, 1).targets[1]
    assert entry.verdict == "b better"
    days = round(entry.mean.value)
    assert f"It puts off “Most users” by {days} days ({words.span(entry)})." in said


# -- the folder -------------------------------------------------------------------------------------------------


def test_a_comparison_leaves_one_folder_with_everything(run, tmp_path):
    words = ("compare", SMALL, "--order", "as_planned", "--variant", "extra_team", "--replications", 50)
    code, out, err = run(*words, "--out", "c")
    assert code == 0
    assert out.startswith("Six services, worked out by hand: 2 alternatives compared\n")
    assert "Peak memory" in err
    folder = tmp_path / "c"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["finished"] is True
    assert not (folder / "parts").exists()
    assert {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()} - {
        "manifest.json"
    } == set(manifest["files"])
    scenario = onelogin_sim.load_scenario(SMALL)
    first, second = manifest["alternatives"]
    assert first["digest"] == scenario.plan().digest
    assert first["order_digest"] == second["order_digest"] == scenario.order("as_planned").digest
    assert first["result_digest"] == onelogin_sim.forecast(scenario, replications=50).result_digest
    assert manifest["command"] == (
        "onelogin-sim compare small/scenario.yaml --order as_planned --variant extra_team --replications 50 "
        "--seed 1 --target all --delta 7 --load --load-replications 50"
    )
    assert {file.name for file in (folder / "tables").iterdir()} == {
        f"{name}.csv"
        for name in (
            "alternatives",
            "pairs",
            "differences",
            "services",
            "departments",
            "findings",
            "assumptions",
            "load",
            "load_pairs",
            "load_months",
        )
    }
    with (folder / "tables" / "pairs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["a"], row["b"], row["target"]) for row in rows] == [
        ("as_planned", "as_planned with extra_team", target) for target in ("all", "users", "departments")
    ]
    assert run(*words, "--out", "c")[0] == 0
    code, _, err = run(*words, "--delta", "3", "--out", "c")
    assert (code, err) == (
        1,
        "c holds another run: delta is 7.0 there and 3.0 now. Name another folder for this run, or delete that "
        "one first\n",
    )


def test_the_default_folder_says_what_it_holds(run, tmp_path):
    for delta in (7, 3):
        run("compare", SMALL, "--order", "as_planned", "--order", "shortest-first", "--replications", 50,
            "--delta", delta)  # fmt: skip
    names = sorted(folder.name for folder in (tmp_path / "runs").iterdir())
    assert [name.rsplit("-", 1)[0] for name in names] == ["small-compare-seed1-n50"] * 2


def test_without_orders_all_of_the_scenario_are_compared(run):
    _, out, _ = run("compare", SMALL, "--replications", 50, "--json")
    document = json.loads(out)
    assert [one["name"] for one in document["alternatives"]] == ["as_planned", "biggest_first"]
    assert document["best"] is None
    assert document["pairs"][0]["identical"] == "timelines"
    assert document["sentence"].startswith("Both alternatives are identical: ")


# -- the charts -------------------------------------------------------------------------------------------------

SHAPES = {
    "small": lambda: compare(
        alternatives_of(
            [onelogin_sim.load_scenario(SMALL, names) for names in ((), ("extra_team",), ("no_freeze",))]
        ),
        60,
    ),
    "many": lambda: compare(orders_of(uncertain(), "a b c d", "d c b a", "b a c d", "c a b d", "a c d b"), 80),
    "never": lambda: compare(never(), 5),
    "identical": lambda: compare([alternative(uncertain(), name=name) for name in ("one", "two")], 5),
    "anomaly": lambda: compare(graham(), 5),
    "censored": lambda: censored([10] * 50 + [90] * 50, [2**31 - 1] * 60 + [20] * 40),
    "long names": lambda: compare(
        [
            alternative(uncertain(), "a b c d", "the_order_that_was_agreed_by_the_board_in_november_last_year"),
            alternative(uncertain(), "d c b a", "short", ("with_everything_that_anybody_ever_asked_for", "and_more")),
        ],
        40,
    ),
}  # fmt: skip


@pytest.fixture(scope="module", params=SHAPES)
def shown(request):
    return SHAPES[request.param]()


def test_charts_are_readable_and_complete(shown):
    names = set()
    for chart in charts(shown):
        names.add(chart.name)
        boxes = texts_of(chart.figure)
        page = chart.figure.bbox
        for text, box in boxes:
            inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= page.x1 and box.y1 <= page.y1
            assert inside, f"{chart.name}: '{text}' leaves the figure"
        for (first, a), (second, b) in combinations(boxes, 2):
            wide, high = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
            assert wide <= SLACK or high <= SLACK, f"{chart.name}: '{first}' touches '{second}'"
        flat = "".join(" ".join(text for text, _ in boxes).replace("\N{NO-BREAK SPACE}", " ").split())
        for part in (chart.title, chart.subtitle, chart.source):
            assert "".join(part.split()) in flat, chart.name
        assert chart.title in chart.alt
        assert chart.rows
    stations = shown.load.stations if shown.load else ()
    assert len(names) == 2 * len(shown.plan.targets) + len(stations)


def test_everything_can_be_written_of_every_shape(shown):
    """No shape of comparison breaks a table, the JSON or the summary; eighty columns are kept."""
    files = dict(report_files(shown, []))
    assert json.loads(files["comparison.json"]) == json.loads(json.dumps(comparison_json(shown)))
    narrow, wide = summary_text(shown), summary_text(shown, 400)
    assert max(len(line) for line in narrow.splitlines()) <= 80
    letters = [Counter("".join(text.split())) for text in (narrow, wide)]
    assert letters[0] == letters[1], "something is cut off in eighty columns"
    for anomaly in shown.anomalies:
        assert words.anomaly(anomaly, shown) in files["tables/findings.csv"].decode().replace('""', '"')


def test_the_chart_of_orders_has_the_earliest_mean_on_top():
    found = SHAPES["many"]()
    chart = plot_orders(found, "two")
    labels = [label.get_text() for label in chart.figure.axes[0].get_yticklabels()]
    means = {one.name: one.standings[0].mean.value for one in found.alternatives}
    assert labels == sorted(labels, key=means.get)


def test_the_bars_of_a_pair_hold_every_future_that_differs():
    """Heights are to the row's own scale, so their ratio tells: earlier against later."""
    found = compare(orders_of(uncertain(), "a b c d", "c d a b"), 80)
    entry = found.pairs[0].targets[0]
    chart = plot_differences(found, "two")
    left = sum(-bar.get_height() for bar in chart.figure.axes[0].patches if bar.get_x() + 1e-9 < 0)
    right = sum(-bar.get_height() for bar in chart.figure.axes[0].patches if bar.get_x() + 1e-9 >= 0)
    assert left / (left + right) == pytest.approx(
        entry.earlier.value / (entry.earlier.value + entry.later.value), abs=1e-9
    )


def test_what_is_told_of_one_pair_stands_together():
    """Heads and three lines at the row, close to each other although one row has the whole height."""
    found = compare(orders_of(uncertain(), "a b c d", "c d a b"), 80)
    chart = plot_differences(found, "two")
    texts = [text for text in chart.figure.axes[0].texts if text.xy[0] == 1 and text.get_text()]
    beside = [text.get_window_extent() for text in texts]
    height = chart.figure.dpi * 4 * 14 / 72
    assert len({text.xyann[1] for text in texts}) == 4
    assert max(box.y1 for box in beside) - min(box.y0 for box in beside) < height


# -- what is refused --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (
            ("--order", "as_planned"),
            "a comparison needs at least two alternatives: there is only 'as_planned'; name another order or a variant",
        ),
        (
            ("--order", "as_planned", "--order", "as_planned"),
            "'as_planned' is compared with itself: name each alternative once",
        ),
        (
            ("--order", "as_planned", "--variant", "no_freeze", "--variant", "no_freeze"),
            "'as_planned with no_freeze' is compared with itself: name each alternative once",
        ),
        (("--order", "as_planed"), "order 'as_planed' is unknown; did you mean 'as_planned'?"),
        (("--target", "everything"), "target 'everything' is unknown; known: all, departments, users"),
    ],
)
def test_what_cannot_be_compared_exits_with_1_and_says_why(run, words, text):
    assert run("compare", SMALL, *words) == (1, "", f"{text}\n")


def test_an_unknown_variant_is_named_with_the_nearest_word(run):
    code, _, err = run("compare", SMALL, "--variant", "extra_tem")
    assert code == 1
    assert "'extra_tem'" in err
    assert "did you mean 'extra_team'?" in err


def test_a_scenario_without_orders_needs_two_alternatives(run, tmp_path):
    (tmp_path / "tiny").mkdir()
    file = write_tiny(tmp_path / "tiny")
    code, out, err = run("compare", file)
    assert (code, out) == (1, "")
    assert err == (
        "a comparison needs at least two alternatives: there is only 'as-listed'; name another order or a variant\n"
    )
    assert (
        run("compare", file, "--order", "as-listed", "--order", "shortest-first", "--replications", 50)[0]
        == 0
    )


@pytest.mark.parametrize(
    "words",
    [
        ("--replications", "0"),
        ("--replications", "49"),
        ("--delta", "0"),
        ("--seed", "-1"),
        ("--engine", "x"),
    ],
)
def test_wrong_usage_exits_with_2(run, words):
    code, out, err = run("compare", SMALL, *words)
    assert (code, out) == (2, "")
    assert "Error" in err


def test_a_target_never_reached_is_an_answer_not_an_error():
    made = plan({"a": [stage(200)], "b": [1]}, targets=(Target("all", "All", "services", 2, 2, by=9),))
    found = compare(orders_of(made, "a b", "b a"), 5)
    assert found.pairs[0].same == "timelines"
    assert "identical" in words.board(found)


def test_the_python_example_of_the_documentation_runs(monkeypatch, capsys):
    root = Path(__file__).parents[1]
    text = (root / "docs" / "comparing-orders.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    monkeypatch.chdir(root)
    exec(compile(code, "comparing-orders.md", "exec"), {})
    assert re.fullmatch(r"a better -\d+ days; earlier in \d+% of futures", capsys.readouterr().out.strip())


def test_every_pair_is_shown_where_they_are_few():
    """Three alternatives: the pair without the best is told beneath; of five only those against the best."""
    scenarios = [onelogin_sim.load_scenario(SMALL, names) for names in ((), ("extra_team",), ("no_freeze",))]
    found = compare(alternatives_of(scenarios, ["as_planned"]), 60)
    text = " ".join(summary_text(found, 400).split())
    (pair,) = (pair for pair in found.pairs if found.best not in (pair.a, pair.b))
    first, second = (found.alternatives[place].name for place in (pair.b, pair.a))
    for index in range(len(found.plan.targets)):
        turned = found.pair(pair.b, pair.a)
        said = words.verdict(turned.targets[index], turned, found)
        assert f"• '{first}' against '{second}': {said}" in text
    assert (
        " against '" not in summary_text(SHAPES["many"](), 400).partition("User-weeks")[0].partition("P50")[2]
    )
