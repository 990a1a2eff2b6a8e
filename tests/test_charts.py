"""Every chart, for every shape of forecast: readable, complete, and the same twice."""

from dataclasses import replace
from itertools import combinations, pairwise
from xml.etree import ElementTree

import matplotlib as mpl
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from fake_forecast import SHAPES, big
from onelogin_sim.report.charts import (
    plot_coverage,
    plot_departments,
    plot_drivers,
    plot_target,
    plot_time_use,
)
from onelogin_sim.report.charts.chart import house_style
from onelogin_sim.report.charts.frame import wrapped
from onelogin_sim.report.charts.labels import spread
from onelogin_sim.report.write import charts

#: Pixels by which two text boxes may touch: a box has room above its letters.
SLACK = 1.5


@pytest.fixture(scope="module", params=SHAPES)
def drawn(request):
    """All charts of one shape of forecast, each with its texts."""
    return [(chart, texts_of(chart.figure)) for chart in charts(SHAPES[request.param]())]


def texts_of(figure: Figure) -> list[tuple[str, object]]:
    """Every visible text with its box in pixels, tick labels and legend included."""
    with house_style():
        figure.draw_without_rendering()
        hidden = undrawn_tick_labels(figure)
        return [
            # An Annotation's own extent would count its pointer.
            (artist.get_text(), Text.get_window_extent(artist))
            for artist in figure.findobj(Text)
            if artist.get_visible() and artist.get_text().strip() and id(artist) not in hidden
        ]


def undrawn_tick_labels(figure: Figure) -> set[int]:
    """Ids of the labels of ticks beyond the limits of their axis, and of axes that are off."""
    found = set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                if not (ax.axison and low - 1e-9 <= tick.get_loc() <= high + 1e-9):
                    found |= {id(tick.label1), id(tick.label2)}
    return found


def test_no_text_touches_another_or_leaves_the_figure(drawn):
    """Labels collide when curves saturate, when all happens on one day, when nothing happens at all."""
    for chart, boxes in drawn:
        page = chart.figure.bbox
        for text, box in boxes:
            inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= page.x1 and box.y1 <= page.y1
            assert inside, f"{chart.name}: '{text}' leaves the figure"
        for (first, a), (second, b) in combinations(boxes, 2):
            wide = min(a.x1, b.x1) - max(a.x0, b.x0)
            high = min(a.y1, b.y1) - max(a.y0, b.y0)
            assert wide <= SLACK or high <= SLACK, f"{chart.name}: '{first}' touches '{second}'"


def test_no_text_is_smaller_than_nine_points(drawn):
    for chart, _ in drawn:
        sizes = {artist.get_fontsize() for artist in chart.figure.findobj(Text) if artist.get_text().strip()}
        assert min(sizes) >= 9, chart.name


def test_a_chart_has_its_message_its_source_and_its_alternative(drawn):
    for chart, texts in drawn:
        written = " ".join(text for text, _ in texts).replace("\N{NO-BREAK SPACE}", " ")
        flat = "".join(written.split())
        for part in (chart.title, chart.subtitle, chart.source):
            assert "".join(part.split()) in flat, chart.name
        assert "seed 1" in chart.source
        assert chart.title in chart.alt
        assert len(chart.alt) > len(chart.title)


def test_charts_of_one_forecast_have_different_names(drawn):
    names = [chart.name for chart, _ in drawn]
    assert len(set(names)) == len(names)


def test_no_chart_rates_confidence(drawn):
    """A delivery confidence rating is a person's judgement."""
    for chart, _ in drawn:
        for word in ("amber", "green", "confidence", "rating"):
            assert word not in f"{chart.title} {chart.subtitle} {chart.alt}".lower().split()


def test_illustrative_numbers_are_stamped():
    for chart in charts(SHAPES["big_illustrative"]()):
        assert "ILLUSTRATIVE" in [text for text, _ in texts_of(chart.figure)]


def test_files_are_the_same_twice_whatever_the_readers_settings():
    forecast = big(30)
    first = plot_target(forecast, "roadmap")
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.hashsalt": "mine"}):
        second = plot_target(big(30), "roadmap")
        assert second.svg() == first.svg()
        assert second.png() == first.png()
    assert b"<dc:date>" not in first.svg()


def test_an_svg_carries_its_title_and_alternative():
    chart = plot_departments(SHAPES["awkward_names"]())
    root = ElementTree.fromstring(chart.svg())
    name = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    assert root.findtext(f"{name}title") == chart.title
    assert root.findtext(f"{name}desc") == chart.alt


def test_drawing_changes_no_global_setting():
    before = dict(mpl.rcParams)
    plot_time_use(big(5)).svg()
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize(
    "plot",
    [
        plot_coverage,
        plot_departments,
        plot_time_use,
        lambda forecast, ax: plot_target(forecast, "roadmap", ax=ax),
        lambda forecast, ax: plot_drivers(forecast, "roadmap", ax=ax),
    ],
)
def test_a_callers_axes_are_used(plot):
    figure = Figure(figsize=(10, 5))
    ax = figure.add_subplot()
    assert isinstance(ax, Axes)
    chart = plot(big(20), ax=ax)
    assert chart.figure is figure
    assert "".join(ax.get_title(loc="left").split()) == "".join(chart.title.split())


def test_asking_for_what_is_not_there():
    forecast = SHAPES["certain"]()
    with pytest.raises(ValueError, match="no coverage of 'annual_users'"):
        plot_coverage(forecast, "annual_users")
    with pytest.raises(KeyError, match="nowhere"):
        plot_target(forecast, "nowhere")


def test_what_a_target_curve_draws_is_in_its_table():
    forecast = big(50)
    rows = plot_target(forecast, "programme").rows
    entry = next(one for one in forecast.targets if one.target.id == "programme")
    assert rows[-1]["futures_by_then"] == 50 * (1 - entry.not_within_horizon.value)
    assert [row["date"] for row in rows] == sorted(row["date"] for row in rows)


def test_a_share_under_one_percent_on_the_driver_graph_is_not_none():
    forecast = SHAPES["small"]()
    drivers = forecast.drivers[0]
    rows = tuple(
        replace(one, criticality=0.004) if one.id == "gateway" else one
        for one in drivers.drivers
        if one.id != "service-004"
    )
    object.__setattr__(forecast, "drivers", (replace(drivers, drivers=rows),))
    texts = ["".join(text.split()) for text, _ in texts_of(plot_drivers(forecast, "all").figure)]
    assert "0.4%GovernmentGateway" in texts
    assert any(text.startswith("0%") for text in texts)


def test_titles_say_at_least():
    forecast = big(50)
    assert plot_departments(forecast).title.endswith("in at least half of the futures")
    assert "; at least eight in ten futures have " in plot_coverage(forecast).title


def test_an_interval_without_a_lower_end_is_drawn_to_the_left_edge():
    forecast = SHAPES["few"]()
    entry = forecast.targets[0]
    some = tuple(replace(one, low=None) if one.percent == 50 else one for one in entry.quantiles)
    object.__setattr__(forecast, "targets", (replace(entry, quantiles=some), *forecast.targets[1:]))
    chart = plot_target(forecast, "all")
    lines = [list(line.get_xdata()) for line in chart.figure.axes[0].get_lines() if line.get_linewidth() == 4]
    assert 0 in [x[0] for x in lines]
    assert any("or earlier" in text for text, _ in texts_of(chart.figure))


def test_a_department_all_live_is_named_and_not_drawn():
    chart = plot_departments(SHAPES["met_already"]())
    texts = [text for text, _ in texts_of(chart.figure)]
    assert any("All services live already: DWP" in text for text in texts)
    assert [text for text in texts if text.endswith("/2)")] == ["HMRC (0/2)"]


def test_departments_all_live_are_said_in_words():
    chart = plot_departments(SHAPES["all_live"]())
    assert chart.title == "Every service of 1 department is live already"
    assert any("All services live already: DWP" in text for text, _ in texts_of(chart.figure))


def test_wrapped_keeps_dates_together_and_breaks_what_is_too_long():
    lines = wrapped("met on 31 December 2025", 1.4, 9).split("\n")
    assert lines[-1].replace("\N{NO-BREAK SPACE}", " ") == "31 December 2025"
    assert "".join(wrapped("x" * 80, 1.0, 9).split()) == "x" * 80
    assert wrapped("one two three four five", 0.5, 9, lines=2).endswith("…")


def test_spread_keeps_order_distance_and_bounds():
    placed = spread([5.0, 5.0, 5.2, 0.0], [1, 1, 1, 1], 0, 6)
    assert placed[3] < placed[0] < placed[1] < placed[2] <= 5.5
    assert placed[3] >= 0.5
    ordered = sorted(placed)
    assert all(after - before >= 1 - 1e-9 for before, after in pairwise(ordered))
