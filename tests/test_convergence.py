"""The convergence curve: every incumbent against the planner's own order, in futures the search never saw."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text

import onelogin_sim
from onelogin_sim.optimising.asked import limits, objectives
from onelogin_sim.optimising.convergence import MOST, CurvePoint, convergence
from onelogin_sim.optimising.judging import Judge
from onelogin_sim.optimising.optimised import Optimised, Question
from onelogin_sim.optimising.recipe import judge, look
from onelogin_sim.orders.search.problem import Step
from onelogin_sim.pairs import Mean
from onelogin_sim.plan import Order
from onelogin_sim.report.charts.convergence import plot_convergence
from onelogin_sim.report.optimising.tables import curve_rows

SMALL = Path(__file__).parents[1] / "scenarios" / "small" / "scenario.yaml"

SCENARIO = onelogin_sim.load_scenario(SMALL)
PLAN = SCENARIO.plan()


def question(*parts: str) -> Question:
    return Question(
        objectives(PLAN, parts), limits(PLAN), SCENARIO.order(),
        target=0, budget=1500, replications=200, seed=1, delta=7.0,
    )  # fmt: skip


@pytest.fixture(scope="module")
def small() -> Optimised:
    return judge(SCENARIO, question(), look(SCENARIO, question()))


def test_each_point_is_the_gain_of_its_incumbent_in_the_futures_of_the_claim(small):
    """The last is the search's answer; where that was nominated, its gain is the claim, to the digit."""
    assert len(small.curve) == len(small.found.curve)
    assert [point.schedules for point in small.curve] == sorted(point.schedules for point in small.curve)
    telling = Judge(PLAN, small.question.objectives, 1, small.question.proved[-200:])
    for point, step in zip(small.curve, small.found.curve, strict=True):
        scores = telling.order_scores([small.question.start, step.order])
        assert point.gain.value == pytest.approx(float((scores[0] - scores[1]).mean()))
    assert small.found.curve[-1].order.rank == small.found.order.rank
    if small.proof.nominated.rank == small.found.order.rank:
        claim = small.proof.claim
        assert small.curve[-1].gain == pytest.approx((-claim.mean, -claim.high, -claim.low))


def test_the_own_order_gains_nothing_on_itself(small):
    step = Step(10, "rules", 5.0, small.question.start)
    telling = Judge(PLAN, small.question.objectives, 7, range(50))
    found = replace(small.found, curve=(step,))
    assert convergence(found, small.question.start, telling) == (
        CurvePoint(10, "rules", Mean(0.0, 0.0, 0.0)),
    )
    assert convergence(replace(found, curve=()), small.question.start, telling) == ()


def test_of_very_many_incumbents_the_first_the_last_and_some_between_are_judged(small):
    rank = tuple(range(len(PLAN.items)))
    orders = [Order("one", (*rank[turn:], *rank[:turn]), ()) for turn in range(len(rank))]
    many = [
        replace(orders[turn % 7], hold_backs=((turn // 7 % 2 + 1, 0),) * (turn // 14)) for turn in range(70)
    ]
    steps = tuple(Step(turn, "list", 0.0, order) for turn, order in enumerate(many))

    class Told:
        asked = 0

        def gains(self, _, others):
            self.asked = len(others)
            return tuple(Mean(1.0, 0.0, 2.0) for _ in others)

    telling = Told()
    points = convergence(replace(small.found, curve=steps), small.question.start, telling)
    assert telling.asked == MOST
    assert (points[0].schedules, points[-1].schedules) == (0, 69)
    assert points[0].gain == Mean(-1.0, -2.0, 0.0)


def test_the_chart_says_when_most_of_the_gain_was_there(small):
    points = tuple(
        CurvePoint(spent, stage, Mean(value, value - 1, value + 1))
        for spent, stage, value in ((100, "rules", 2.0), (400, "list", 8.0), (1500, "finalists", 9.0))
    )
    found = replace(small, curve=points)
    chart = plot_convergence(found)
    spent = f"{small.found.spent:,}"
    # Not how much it is: the answer says that, of the order nominated, which need not be the last of the search.
    assert chart.title == f"The search had most of its gain after 400 of {spent} schedules"
    assert "gain, days" in chart.figure.axes[0].get_ylabel()
    assert chart.rows == tuple(curve_rows(found))
    unsure = replace(small, curve=(*points[:2], CurvePoint(1500, "finalists", Mean(0.5, -0.5, 1.5))))
    assert plot_convergence(unsure).title == (
        f"What the search had after {spent} schedules is not surely better than your own order"
    )
    late = replace(small, curve=(*points[:1], CurvePoint(1500, "finalists", Mean(9.0, 8.0, 10.0))))
    assert plot_convergence(late).title == (
        f"Most of what the search gained came at its end, after {spent} schedules"
    )
    lost = replace(small, curve=(CurvePoint(50, "rules", Mean(8.0, 7.0, 9.0)), *points))
    assert plot_convergence(lost).title == chart.title


def test_the_order_nominated_is_marked_with_what_is_claimed_of_it(small):
    claim = replace(small.proof.claim, mean=-5.0, low=-9.0, high=-1.0)
    found = replace(small, proof=replace(small.proof, claim=claim))
    chart = plot_convergence(found)
    (ax,) = chart.figure.axes
    (star,) = [line for line in ax.lines if line.get_marker() == "*"]
    assert list(star.get_ydata()) == [5.0]
    assert star.get_xdata()[0] > small.found.budget
    assert "nominated" in {text.get_text() for text in ax.texts}
    assert chart.alt.endswith("The order nominated: 5 (1 to 9).")
    cut = replace(claim, high_open=True, bound="at most")
    open_ended = plot_convergence(replace(small, proof=replace(small.proof, claim=cut)))
    assert open_ended.alt.endswith("The order nominated: 5 (9 or less).")
    assert all(np.isfinite(open_ended.figure.axes[0].get_ylim()))
    none = plot_convergence(replace(small, proof=replace(small.proof, claim=None)))
    assert "nominated" not in none.alt
    assert not [line for line in none.figure.axes[0].lines if line.get_marker() == "*"]


def test_a_stage_is_named_at_its_own_first_point_and_off_those_of_others(small):
    stages = (("rules", 500), ("rule", 1200), ("every order", 1350), ("list", 1400), ("finalists", 1500))
    points = tuple(CurvePoint(spent, stage, Mean(9.0, 8.0, 10.0)) for stage, spent in stages)
    chart = plot_convergence(replace(small, curve=points))
    chart.figure.canvas.draw()
    (ax,) = chart.figure.axes
    boxes = [(one.get_text(), Text.get_window_extent(one)) for one in ax.texts]
    for place, (name, box) in enumerate(boxes):
        for point in points:
            at = ax.transData.transform((point.schedules, point.gain.value))
            assert not box.contains(*at), f"{name} lies on {point.stage}"
        for other, beside in boxes[place + 1 :]:
            assert not box.overlaps(beside), f"{name} lies on {other}"


def test_a_chance_is_told_in_percentage_points_and_up_is_better():
    asked = question("probability")
    found = judge(SCENARIO, asked, look(SCENARIO, asked))
    chart = plot_convergence(found)
    assert chart.figure.axes[0].get_ylabel() == "gain, percentage points"
    low, high = chart.figure.axes[0].get_ylim()
    assert -100 <= low <= 0 <= high <= 130
    assert {row["unit"] for row in chart.rows} == {"percentage points"}


@pytest.mark.parametrize("most", [0.06, 0.7, 1.45, 7.9, 60.0, 900.0])
def test_labels_of_the_gain_are_the_values_of_their_ticks(small, most):
    points = (
        CurvePoint(100, "rules", Mean(most / 3, 0.0, most / 2)),
        CurvePoint(900, "list", Mean(0.8 * most, 0.7 * most, most)),
    )
    chart = plot_convergence(replace(small, curve=points))
    axis = chart.figure.axes[0].yaxis
    for tick in axis.get_majorticklocs():
        assert float(axis.get_major_formatter()(tick).replace(",", "")) == pytest.approx(tick, abs=1e-9)
