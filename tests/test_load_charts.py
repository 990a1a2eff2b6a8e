"""Charts of the identity load: title, text alternative and data say the same; whatever the load, something is drawn."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.collections import QuadMesh
from matplotlib.patches import StepPatch

from onelogin_sim import study
from onelogin_sim.calendars import NEVER
from onelogin_sim.identity_load import WaitMap
from onelogin_sim.report.charts.checks_and_reuses import plot_checks_and_reuses
from onelogin_sim.report.charts.dividend import plot_dividend
from onelogin_sim.report.charts.load_fan import plot_load
from onelogin_sim.report.charts.wait_heat import plot_waits
from onelogin_sim.report.write import load_charts
from onelogin_sim.scenario import load_scenario
from onelogin_sim.verification.loads import Band
from test_load_forecast import write_loaded


@pytest.fixture(scope="module")
def forecast(tmp_path_factory):
    return study.forecast(load_scenario(write_loaded(tmp_path_factory.mktemp("loaded"))), replications=30)


def changed(forecast, **of_station):
    """Return the forecast with the first station changed."""
    summary = forecast.load.summary
    stations = (replace(summary.stations[0], **of_station), *summary.stations[1:])
    return replace(forecast, load=replace(forecast.load, summary=replace(summary, stations=stations)))


def waiting(forecast, waits, lost=0.0):
    """Return the forecast with one map of waits in place of all: ten customers where there is a wait, some lost."""
    first = forecast.load.waits[0]
    some = ~np.isnan(waits)
    lost = np.where(some, lost, np.nan)
    made = WaitMap(first.station, first.replication, first.weeks, 10.0 * some, waits, lost)
    return replace(forecast, load=replace(forecast.load, waits=(made,)))


def test_every_chart_is_drawn_with_words_and_rows(forecast) -> None:
    drawn = list(load_charts(forecast))
    assert [one.name for one in drawn] == [
        "checks-and-reuses",
        *(f"load-{station}" for station in ("automatic", "phone", "counter")),
        *(f"waits-{station}" for station in ("automatic", "phone", "counter")),
        "dividend",
    ]
    for chart in drawn:
        assert chart.rows, chart.name
        assert chart.title in chart.alt
        assert chart.source.endswith(f", load {forecast.load.digest[:8]}.")
        assert len(chart.png()) > 10_000
    assert list(load_charts(replace(forecast, load=None))) == []


def test_the_fan_shows_bands_and_capacity(forecast) -> None:
    chart = plot_load(forecast, "automatic")
    station = forecast.load.summary.stations[0]
    days = np.array([row["days"] for row in chart.rows])
    assert days.tolist() == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    lines = {tuple(line.get_ydata()): line for line in chart.figure.axes[0].lines}
    assert tuple(station.customers.p50 / days) in lines
    (steps,) = [one for one in chart.figure.axes[0].patches if isinstance(one, StepPatch)]
    assert steps.get_data().values.tolist() == (station.capacity / days).tolist()
    texts = [text.get_text() for text in chart.figure.axes[0].texts]
    assert any(text.startswith("capacity") for text in texts)
    assert any("exceeded in half of the futures" in text for text in texts)
    assert [row["capacity"] for row in chart.rows] == station.capacity.tolist()


def test_a_fan_without_customers_shows_capacity_and_even_ticks(forecast) -> None:
    """Labels from the lowest line to the highest; what lies above the chart is said to."""
    none = Band(np.zeros(12), np.zeros(12), np.zeros(12))
    capacity = 1.4
    ax = plot_load(
        changed(
            forecast,
            customers=none,
            mean_customers=np.zeros(12),
            capacity=np.full(12, 31 * capacity),
            first_exceeded=(NEVER,) * 3,
        ),
        "automatic",
    ).figure.axes[0]
    assert ax.get_ylim()[1] > capacity
    ticks = [text.get_text() for text in ax.get_yticklabels()]
    assert len(set(ticks)) == len(ticks)
    labels = sorted(ax.texts, key=lambda text: text.get_window_extent().y0)
    assert [text.get_text().split(":")[0] for text in labels] == ["P10", "median", "P90", "capacity"]
    high = plot_load(changed(forecast, capacity=np.full(12, 1e9)), "automatic").figure.axes[0]
    assert (
        high.get_ylim()[1] < 1.2 * forecast.load.summary.stations[0].customers.p90.max() / 28
    )  # no room left empty
    assert any("above the" in text.get_text().replace("\n", " ") for text in high.texts)


@pytest.mark.parametrize(
    ("of_station", "title"),
    [
        (
            {"exceeded_by": np.zeros(12)},
            "Automatic: capacity is exceeded in no future; the fullest month's P90 is ",
        ),
        (
            {"exceeded_by": np.full(12, 0.3), "first_exceeded": (50, NEVER, NEVER)},
            "Automatic: capacity is exceeded in 30% of futures",
        ),
        (
            {"exceeded_by": np.full(12, 0.7), "first_exceeded": (50, 60, NEVER)},
            "Automatic: capacity is exceeded by 1 Mar 2024 in half of the futures",
        ),
        ({"capacity": np.zeros(12)}, "Automatic: no capacity at all, nobody is served"),
        ({"mean_customers": np.zeros(12)}, "Automatic: nobody comes within the horizon"),
    ],
)
def test_the_title_of_the_fan_is_its_message(forecast, of_station, title) -> None:
    assert plot_load(changed(forecast, **of_station), "automatic").title.startswith(title)


def test_the_heat_map_draws_classes_and_leaves_closed_hours_white(forecast) -> None:
    waits = np.full(forecast.load.waits[0].waits.shape, np.nan)
    waits[:, 8:20] = 1 / 3600
    waits[4, 9] = 2.5
    chart = plot_waits(waiting(forecast, waits), "automatic")
    assert chart.title == (
        "Automatic: the longest waits, 13\N{NO-BREAK SPACE}min on average, are in the week of 29 Jan 2024"
    )
    (mesh,) = [one for one in chart.figure.axes[0].collections if isinstance(one, QuadMesh)]
    shown = np.ma.getmaskarray(mesh.get_array()).reshape(24, -1)
    assert shown[:8].all()
    assert not shown[8:20].any()
    legend = chart.figure.axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["under a minute", "to a day"]


def test_the_heat_map_tells_who_leaves_unserved(forecast) -> None:
    """Hatched where half or more leave; the share of all of them leads the title. 20 weeks of 24 hours, six in each."""
    waits = np.full(forecast.load.waits[0].waits.shape, np.nan)
    waits[:20] = 0.5
    lost = np.zeros_like(waits)
    lost[:10, :12] = 1.0
    chart = plot_waits(waiting(forecast, waits, lost), "automatic")
    assert chart.title == (
        "Automatic: about a quarter (25%) of those who come leave unserved, and 50% in the worst week, "
        "that of 1 Jan 2024"
    )
    few = np.zeros_like(waits)
    few[3:6] = 1.0
    drawn = plot_waits(waiting(forecast, waits, few), "automatic")
    assert not [one for one in drawn.figure.axes[0].collections if one.get_hatch()]  # no stray strokes
    assert "Hatched" not in drawn.subtitle
    assert chart.title in chart.alt
    hatched = [one for one in chart.figure.axes[0].collections if one.get_hatch() == "////"]
    assert sum(len(one.get_paths()) for one in hatched) == 12
    assert [row["lost"] for row in chart.rows][:2] == [1.0, 1.0]


@pytest.mark.parametrize(
    ("fill", "title"),
    [
        (np.nan, "Automatic: nobody comes within the horizon"),
        (0.001, "Automatic: nobody waits a minute on average, in any hour of any week"),
        (
            np.inf,
            "Automatic: the longest waits, without\N{NO-BREAK SPACE}end on average, are in the week of 1 Jan 2024",
        ),
    ],
)
def test_the_title_of_the_heat_map(forecast, fill, title) -> None:
    chart = plot_waits(waiting(forecast, np.full_like(forecast.load.waits[0].waits, fill)), "automatic")
    assert chart.title.startswith(title)


def test_nightly_closing_is_no_shortage(forecast) -> None:
    """Ten hours at night from the first week on; in the twelfth an hour by day too. Only that one is told."""
    waits = np.full_like(forecast.load.waits[0].waits, 1 / 3600)
    waits[:, :8] = 10.0
    nightly = plot_waits(waiting(forecast, waits), "automatic").title
    assert (
        nightly
        == "Automatic: the longest waits, 3\N{NO-BREAK SPACE}h on average, are in the week of 1 Jan 2024"
    )
    waits[11, 8:] = 1.5
    assert plot_waits(waiting(forecast, waits), "automatic").title == (
        "Automatic: the longest waits, 4\N{NO-BREAK SPACE}h on average, are in the week of 18 Mar 2024; "
        "the first week of an hour or more at every time of day is in Mar 2024"
    )
    assert "first week" not in plot_waits(waiting(forecast, waits + 2), "automatic").title


def test_checks_and_reuses_are_stacked(forecast) -> None:
    chart = plot_checks_and_reuses(forecast)
    summary = forecast.load.summary
    total = summary.mean_checks + summary.mean_uplifts + summary.mean_reuses
    tops = [path.vertices[:, 1].max() for one in chart.figure.axes[0].collections for path in one.get_paths()]
    assert max(tops) == pytest.approx(total.max())
    share = summary.mean_reuses.sum() / total.sum()
    assert chart.title == f"Reuses are {share:.0%} of first visits that ask for an identity in 2024"
    hatches = [one.get_hatch() for one in chart.figure.axes[0].get_legend().get_patches()]
    assert len(set(hatches)) == len(hatches)  # told apart without colour


def test_the_dividend_is_told_by_year_and_service(forecast) -> None:
    chart = plot_dividend(forecast)
    avoided = forecast.load.summary.dividend.avoided
    heights = [patch.get_height() for patch in chart.figure.axes[0].patches]
    assert sum(heights) == pytest.approx(avoided.sum())
    assert chart.title.startswith(f"The single sign-on avoids {avoided.sum():,.0f} checks in all")


def test_what_is_not_there_cannot_be_drawn(forecast) -> None:
    plain = replace(forecast, load=None)
    for draw in (plot_checks_and_reuses, plot_dividend):
        with pytest.raises(ValueError, match="the forecast has no identity load"):
            draw(plain)
    with pytest.raises(ValueError, match="the forecast has no load of a station 'nowhere'"):
        plot_load(forecast, "nowhere")
    with pytest.raises(ValueError, match="the forecast has no waits of a station 'automatic'"):
        plot_waits(plain, "automatic")
