"""The chart of trade-offs: the date against user-weeks, and against the peak load where there is one."""

from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib.text import Text

import onelogin_sim
from onelogin_sim.optimising.asked import limits, objectives
from onelogin_sim.optimising.front import FrontPoint
from onelogin_sim.optimising.optimised import Optimised, Question
from onelogin_sim.optimising.recipe import judge, look
from onelogin_sim.pairs import Mean
from onelogin_sim.report.charts.trade_off import plot_trade_offs
from onelogin_sim.report.optimising.terminal import summary_text
from test_charts import SLACK, texts_of

SMALL = Path(__file__).parents[1] / "scenarios" / "small" / "scenario.yaml"


@pytest.fixture(scope="module")
def small() -> Optimised:
    scenario = onelogin_sim.load_scenario(SMALL)
    plan = scenario.plan()
    question = Question(
        objectives(plan, ()), limits(plan), scenario.order(),
        target=0, budget=600, replications=200, seed=1, delta=7.0,
    )  # fmt: skip
    return judge(scenario, question, look(scenario, question))


def with_points(small: Optimised, *points: tuple[str, str, float, float, float | None, bool]) -> Optimised:
    """The same optimisation with trade-offs of one's choice: name, kind, day, user-weeks, peak, efficient."""

    def mean(value: float) -> Mean:
        return Mean(value, value - 1, value + 1)

    return replace(
        small,
        front=tuple(
            FrontPoint(
                name,
                kind,
                mean(day),
                mean(weeks),
                None if peak is None else mean(peak),
                best,
                small.question.start,
            )
            for name, kind, day, weeks, peak, best in points
        ),
    )


def test_the_title_says_that_more_users_cost_little(small):
    found = with_points(
        small,
        ("found", "found", 100.0, 5_000.0, 1_000.0, True),
        ("biggest-first", "rule", 106.0, 9_000.0, 1_200.0, True),
        ("spread-checks", "rule", 103.0, 4_000.0, 750.0, True),
        ("mine", "own", 120.0, 3_000.0, 1_300.0, False),
    )
    chart = plot_trade_offs(found)
    assert chart.title == (
        "Connecting users sooner costs the date little: biggest-first connects most user-weeks, 6 days later than "
        "the earliest order"
    )
    note = " ".join(" ".join(text.get_text() for text in chart.figure.texts).split())
    assert "The busiest week is lowest, by 25%, under spread-checks, 3 days later than the earliest." in note
    first, second = chart.figure.axes
    assert first.get_title(loc="left").startswith("User-weeks connected before ")
    assert second.get_title(loc="left") == "Checks and rises in the busiest week (down is better)"
    assert "750 checks in the busiest week" in chart.alt
    for ax in (first, second):
        named = {text.get_text() for text in ax.texts}
        assert {"mine", "found"} <= named
    text = " ".join(summary_text(found).split())
    assert "mine (something here beats it)" in text
    assert "0 more orders in tables/trade_offs.csv" in text


def test_without_a_load_there_is_one_panel(small):
    found = with_points(
        small, ("found", "found", 100.0, 5_000.0, None, True), ("mine", "own", 120.0, 3_000.0, None, False)
    )
    chart = plot_trade_offs(found)
    assert len(chart.figure.axes) == 1
    assert chart.title == "No trade-off: found is as early as any and connects most user-weeks"


def test_of_equals_what_was_found_gives_its_name(small):
    found = with_points(
        small,
        ("a-rule", "rule", 100.0, 5_000.0, 900.0, True),
        ("found", "found", 100.0, 5_000.0, 900.0, True),
        ("mine", "own", 113.0, 6_000.0, 950.0, True),
    )
    assert plot_trade_offs(found).title == (
        "No order here has both: mine connects 20% more user-weeks than found, the earliest, and is 13 days later"
    )


def test_who_is_as_early_as_the_earliest_is_that_end(small):
    found = with_points(
        small,
        ("50% a-rule, 50% another", "blend", 100.0, 8_000.0, None, True),
        ("found", "found", 100.4, 9_980.0, None, True),
        ("a-rule", "rule", 104.0, 10_000.0, None, True),
        ("mine", "own", 120.0, 3_000.0, None, False),
    )
    chart = plot_trade_offs(found)
    assert chart.title == "No trade-off: found is as early as any and connects about the most user-weeks"
    assert {text.get_text() for text in chart.figure.axes[0].texts} == {"found", "mine", "a-rule"}


def test_what_was_found_stands_for_those_that_come_to_about_the_same(small):
    found = with_points(
        small,
        ("88% found, 12% a-rule", "blend", 99.8, 9_950.0, None, True),
        ("found", "found", 100.0, 9_900.0, None, True),
        ("75% found, 25% a-rule", "blend", 100.1, 10_000.0, None, True),
    )
    title = "No trade-off: found is as early as any and connects all but 1% of the most user-weeks"
    assert plot_trade_offs(found).title == title


def test_nobody_connected_in_time_is_said(small):
    found = with_points(
        small, ("found", "found", 100.0, 0.0, None, True), ("mine", "own", 120.0, 0.0, None, False)
    )
    assert plot_trade_offs(found).title == "No order here connects anybody in time"


def test_a_blend_is_called_one(small):
    found = with_points(
        small,
        ("found", "found", 100.0, 5_000.0, None, True),
        ("75% found, 25% a-rule", "blend", 103.0, 9_000.0, None, True),
    )
    assert plot_trade_offs(found).title == (
        "Connecting users sooner costs the date little: a blend (75% found, 25% a-rule) connects most user-weeks, "
        "3 days later than the earliest order"
    )


def test_only_own_found_ends_and_best_rule_are_named(small):
    found = with_points(
        small,
        ("early", "rule", 100.0, 5_000.0, None, True),
        ("50% early, 50% late", "blend", 110.0, 7_000.0, None, True),
        ("found", "found", 112.0, 6_000.0, None, False),
        ("mine", "own", 120.0, 3_000.0, None, False),
        ("late", "rule", 130.0, 9_000.0, None, True),
        ("bad", "rule", 140.0, 2_000.0, None, False),
    )
    (ax,) = plot_trade_offs(found).figure.axes
    assert {text.get_text() for text in ax.texts} == {"early", "found", "mine", "late"}


def test_no_name_is_broken_within_a_word_or_lies_on_a_point(small):
    points = [("found", "found", 100.0, 5_000.0, 900.0, True), ("mine", "own", 130.0, 4_000.0, 905.0, False)]
    points += [
        (
            f"{n}% users-per-bottleneck-week, {100 - n}% first",
            "blend",
            100 + n / 40,
            5_000.0 + n,
            900.0 - n,
            True,
        )
        for n in range(10, 100, 10)
    ]
    chart = plot_trade_offs(with_points(small, *points))
    chart.figure.canvas.draw()
    names = {point[0] for point in points}
    for ax in chart.figure.axes:
        for label in ax.texts:
            assert label.get_text().replace("\n", " ") in names
            box = Text.get_window_extent(label)
            for line in ax.lines:
                inside = box.count_contains(ax.transData.transform(line.get_xydata()))
                assert line.get_marker() == "None" or not inside, label.get_text()


@pytest.mark.parametrize(("low", "high"), [(23.7e6, 24.7e6), (780e6, 970e6), (24.01e6, 24.03e6), (3.0, 4.0)])
def test_ticks_are_even_and_say_their_values(small, low, high):
    found = with_points(
        small, ("found", "found", 100.0, high, None, True), ("mine", "own", 120.0, low, None, False)
    )
    axis = plot_trade_offs(found).figure.axes[0].yaxis
    for tick in axis.get_majorticklocs():
        number, _, million = axis.get_major_formatter()(tick).partition(" ")
        assert float(number.replace(",", "")) * (1e6 if million else 1) == pytest.approx(tick)


def test_names_do_not_touch_where_many_orders_lie_together(small):
    points = [("found", "found", 100.0, 5_000.0, 900.0, True), ("mine", "own", 101.0, 4_990.0, 905.0, False)]
    points += [
        (f"a-rule-with-a-name-{n}", "rule", 100.0 + n / 3, 5_000.0 + 7 * n, 900.0 - n, True)
        for n in range(12)
    ]
    chart = plot_trade_offs(with_points(small, *points))
    boxes = texts_of(chart.figure)
    for place, (one, box) in enumerate(boxes):
        for other, beside in boxes[place + 1 :]:
            wide = min(box.x1, beside.x1) - max(box.x0, beside.x0)
            high = min(box.y1, beside.y1) - max(box.y0, beside.y0)
            assert wide <= SLACK or high <= SLACK, f"{one!r} touches {other!r}"
