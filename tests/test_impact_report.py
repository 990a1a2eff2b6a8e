"""What a sensitivity analysis shows: charts without collisions, tables, words, for every shape of result."""

import csv
import io
import json
from dataclasses import replace
from itertools import combinations, cycle
from pathlib import Path

import pytest
from matplotlib.text import Text

import onelogin_sim
from onelogin_sim.driving.alterations import plan_alterations
from onelogin_sim.driving.basis import Basis
from onelogin_sim.driving.estimates import Estimate
from onelogin_sim.driving.impact import compare_changes
from onelogin_sim.driving.sensitivity import Sensitivity, analyse
from onelogin_sim.errors import PlanError
from onelogin_sim.plan import Target
from onelogin_sim.report.charts.driver_shares import plot_driver_shares
from onelogin_sim.report.charts.tornado import plot_tornado
from onelogin_sim.report.driving import words
from onelogin_sim.report.driving.as_json import sensitivity_json
from onelogin_sim.report.driving.tables import impact_rows
from onelogin_sim.report.driving.terminal import summary_text
from onelogin_sim.report.driving.write import sensitivity_files
from plans import everything, order, plan
from test_charts import SLACK, texts_of

SMALL = Path(__file__).parents[1] / "scenarios" / "small" / "scenario.yaml"
LONG = "=A very long name of something that nobody ever calls by all its words, least of all in a chart (“$”)"


def impacts_of(made, replications=20):
    basis = Basis("Made by hand", ("more",), made, order(made), 1, replications)
    return compare_changes(basis, plan_alterations(made))


def live_already():
    made = plan({}, live={"a": -3, "b": -5}, targets=(Target("all", "All", "services", 2, 2, 20),))
    return impacts_of(made)


def certain():
    made = plan({"a": [5]}, targets=(Target("all", "All", "services", 1, 1, 20),), resources={"team": 1})
    return impacts_of(made)


def many():
    """Forty changes with long names, both ways, from years to hours, with wide and with no intervals."""
    found = impacts_of(everything())
    (first, *_) = (one for one in found.impacts if one.target == "roadmap" and one.kind == "barrier")
    made = []
    for place, mean in zip(range(40), cycle([-1500.0, 700.0, -40.0, 3.0, -0.4]), strict=False):
        half = (place % 4) * abs(mean) / 2
        days = Estimate(mean, mean - half, mean + half)
        name = f"{place} {LONG}" if place % 2 else f"Barrier {place}"
        made.append(replace(first, id=f"b{place}", name=name, days=days))
    made.sort(key=lambda one: -abs(one.days.mean))
    return replace(found, impacts=(*made, *(one for one in found.impacts if one.target != "roadmap")))


SHAPES = {
    "everything": lambda: impacts_of(everything()),
    "many": many,
    "live_already": live_already,
    "certain": certain,
}


@pytest.fixture(scope="module", params=SHAPES)
def shape(request):
    return SHAPES[request.param]()


def test_no_text_touches_another_or_leaves_the_figure(shape):
    for target in shape.basis.plan.targets:
        for chart in (plot_tornado(shape, target.id), plot_driver_shares(shape, target.id)):
            boxes, page = texts_of(chart.figure), chart.figure.bbox
            for text, box in boxes:
                inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= page.x1 and box.y1 <= page.y1
                assert inside, f"{chart.name}: '{text}' leaves the figure"
            for (first, a), (second, b) in combinations(boxes, 2):
                wide = min(a.x1, b.x1) - max(a.x0, b.x0)
                high = min(a.y1, b.y1) - max(a.y0, b.y0)
                assert wide <= SLACK or high <= SLACK, f"{chart.name}: '{first}' touches '{second}'"
            sizes = {one.get_fontsize() for one in chart.figure.findobj(Text) if one.get_text().strip()}
            assert min(sizes) >= 9
            assert chart.title in chart.alt
            assert "seed 1" in chart.source


def test_the_summary_fits_eighty_columns_and_says_no_confidence(shape):
    text = summary_text(Sensitivity(shape.basis, shape))
    assert max(len(line) for line in text.splitlines()) <= 80
    for word in ("nan", "inf", "confidence", "amber"):
        assert word not in text.lower().split()


def test_the_tornado_shows_both_directions_apart_from_colour():
    chart = plot_tornado(many(), "roadmap")
    bars = chart.figure.axes[0].patches
    earlier = [bar for bar in bars if bar.get_width() < 0]
    later = [bar for bar in bars if bar.get_width() > 0]
    assert earlier
    assert later
    assert len(bars) == 16
    assert {bar.get_hatch() for bar in earlier} != {bar.get_hatch() for bar in later}
    lengths = [abs(bar.get_width()) for bar in bars]
    assert lengths == sorted(lengths, reverse=True)
    assert chart.title.startswith("Removing the barrier “")
    assert len(chart.rows) == 40
    assert "24 changes of at most" in chart.alt


def test_what_there_is_nothing_to_leave_out_of():
    assert plot_tornado(live_already(), "all").title == "There is nothing to leave out in this plan"
    assert "No future has a driver chain" in "".join(
        text for text, _ in texts_of(plot_driver_shares(live_already(), "all").figure)
    )


def test_a_chart_of_an_unknown_target_is_refused():
    with pytest.raises(PlanError, match=r"^target 'roadmaps' is unknown; did you mean 'roadmap'\?$"):
        plot_tornado(many(), "roadmaps")


def test_every_chart_and_table_is_the_same_twice():
    found = Sensitivity(certain().basis, certain())
    assert dict(sensitivity_files(found, [])) == dict(sensitivity_files(found, []))


def test_names_are_no_formulas_and_numbers_stay_numbers():
    files = dict(sensitivity_files(Sensitivity(many().basis, many()), [{"id": "A-1"}]))
    rows = list(csv.DictReader(io.StringIO(files["tables/impacts.csv"].decode())))
    assert not [row for row in rows if row["name"].startswith("=")]
    assert float(rows[0]["days"]) == -1500.0
    assert files["tables/assumptions.csv"] == b"id\r\nA-1\r\n"


def test_json_says_what_the_tables_say():
    scenario = onelogin_sim.load_scenario(SMALL)
    result = analyse(scenario, replications=10, method="all")
    document = json.loads(json.dumps(sensitivity_json(result), allow_nan=False))
    assert document["impacts"] == json.loads(json.dumps(list(impact_rows(result.impacts))))
    assert {one["target"] for one in document["sobol"]["indices"]} == {"all", "users", "departments"}
    parts = summary_text(result).split("What would move")
    assert len(parts) == 1 + len(result.basis.plan.targets)
    assert "Which uncertain inputs are behind the spread (Sobol)" in parts[1]
    only = sensitivity_json(analyse(scenario, replications=10, method="morris"))
    assert "impacts" not in only
    assert "sobol" not in only
    assert len(only["morris"]["effects"]) == 9 * 3


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (41.3, "41"),
        (-0.04, "0"),
        (0.0, "0"),
        (9.94, "9.9"),
        (9.96, "10"),
        (1234.5, "1,234"),
        (2.0, "2"),
        (-2.5, "-2.5"),
    ],
)
def test_days_are_written_alike(value, text):
    assert words.bare(value) == text


def test_differences_carry_their_sign():
    assert words.interval(Estimate(-41.2, -44.0, 2.5)) == "-41 (-44 to +2.5)"
    assert words.day_count(1.0) == "1 day"
    assert words.parts(Estimate(-0.01, -0.031, 0.004)) == "0% (-3 to 0)"
