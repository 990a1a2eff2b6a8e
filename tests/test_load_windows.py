"""The busiest weeks of three futures, customer by customer: what they add up to, what they stand beside, how they are told."""
# ruff: noqa: E501 - a message is one line here because it is one line for the planner

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from onelogin_sim import blocks, cli, study
from onelogin_sim.draws import draw
from onelogin_sim.engines import compiled
from onelogin_sim.errors import PlanError
from onelogin_sim.report.as_json import as_text, forecast_json
from onelogin_sim.report.charts.followed_week import plot_followed
from onelogin_sim.report.load.windows import CUT_OFF, NOTE, TABLES, worst_note, worst_of_futures, worst_weeks
from onelogin_sim.report.tables import as_csv
from onelogin_sim.report.terminal import summary_text
from onelogin_sim.run import command, run_forecast
from onelogin_sim.scenario import load_scenario
from onelogin_sim.verification.demand import demand
from onelogin_sim.verification.loads import load
from onelogin_sim.verification.month_sums import FIGURES
from onelogin_sim.verification.windows import busiest_weeks, week_of
from scenario_files import write_tiny
from test_load_forecast import write_loaded

SETTINGS = {"workers": 1, "engine": "compiled"}

#: Numbers of the table that add up over periods.
ADDED = ("came", "served", "left_unserved", "still_waiting")


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    return load_scenario(write_loaded(tmp_path_factory.mktemp("loaded")))


@pytest.fixture(scope="module")
def forecast(scenario):
    return study.forecast(scenario, replications=30, individuals=True)


@pytest.fixture(scope="module")
def rows(forecast):
    return list(TABLES["load_windows"].rows(forecast))


def asked_of_future(scenario, replication):
    plan = scenario.plan()
    timeline = compiled.run(plan, scenario.order(), draw(plan, 1, range(replication, replication + 1)))
    return demand(scenario.verification(), timeline)


# --- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"size_capacity": True}, "there is no capacity to size: no station under `verification` has a service_level"),
        ({"individuals": True}, "there are no customers to follow: the scenario has no station under `verification`"),
        ({"weeks": [date(2024, 3, 1)]}, "there are no customers to follow: the scenario has no station under `verification`"),
    ],
)  # fmt: skip
def test_what_is_refused_claims_no_folder(tmp_path, asked, message) -> None:
    """A folder belongs to one run: one that was refused must not keep the next out of it."""
    scenario = load_scenario(write_tiny(tmp_path))
    folder = tmp_path / "out"
    with pytest.raises(PlanError) as caught:
        run_forecast(scenario, scenario.order(), 2, 1, folder=folder, **SETTINGS, **asked)
    assert str(caught.value) == message
    assert not folder.exists()
    run_forecast(scenario, scenario.order(), 2, 1, folder=folder, **SETTINGS)
    assert (folder / "forecast.json").is_file()


@pytest.mark.parametrize("when", [date(2023, 12, 31), date(2024, 12, 30), date(2034, 1, 1)])
def test_a_week_outside_the_horizon_is_refused_with_what_is_allowed(scenario, when) -> None:
    """The status date is a Monday; the horizon, 1 January 2025, a Wednesday."""
    with pytest.raises(PlanError) as caught:
        study.forecast(scenario, replications=2, weeks=[when])
    assert str(caught.value) == (
        f"the week of {when.isoformat()} is not within the horizon: choose a day from 2024-01-01 to 2024-12-29"
    )


def test_a_horizon_without_a_whole_week_has_none_to_look_at(scenario) -> None:
    short = replace(scenario.verification(), horizon=6)
    with pytest.raises(PlanError) as caught:
        week_of(short, date(2024, 1, 2))
    assert str(caught.value) == ("there is no whole week from Monday to Sunday within the horizon to look at")


# --- which futures and weeks ------------------------------------------------------------------------------


def test_the_typical_futures_and_the_busiest_week_of_each_quarter(scenario, forecast) -> None:
    followed = forecast.load.followed
    assert [(one.percentile, one.replication) for one in followed] == list(forecast.load.summary.typical)
    for one in followed:
        expected = busiest_weeks(asked_of_future(scenario, one.replication), one.replication)
        assert [week.days for week in one.weeks] == expected
        assert 1 < len(expected) <= 4
    assert study.forecast(scenario, replications=3).load.followed == ()


def test_a_future_at_several_percentiles_is_followed_once(scenario) -> None:
    one, two, three = study.forecast(scenario, replications=1, individuals=True).load.followed
    assert [one.percentile, two.percentile, three.percentile] == [10, 50, 90]
    assert one.weeks is two.weeks is three.weeks


def test_weeks_of_ones_choice_are_told_instead_each_once(scenario, forecast) -> None:
    """Friday 10 and Wednesday 8 May are of one week; the other comes earlier and is told first."""
    chosen = [date(2024, 5, 10), date(2024, 5, 8), date(2024, 3, 4)]
    found = study.forecast(scenario, replications=30, weeks=chosen).load.followed
    assert [week.days for week in found[1].weeks] == [range(63, 70), range(126, 133)]
    words = command(scenario, scenario.order(), 30, 1, weeks=chosen).split()
    assert words[-4:] == ["--individuals-week", "2024-03-04", "--individuals-week", "2024-05-06"]
    assert command(scenario, scenario.order(), 30, 1, individuals=True).endswith(" --individuals")


# --- what adds up -----------------------------------------------------------------------------------------


def test_customers_are_conserved_in_every_row(rows) -> None:
    """Who came was served, left or still waits; there are all three periods, and rows of nothing are left out."""
    for row in rows:
        assert row["came"] == row["served"] + row["left_unserved"] + row["still_waiting"], row
    assert {row["period"] for row in rows} == {"week", "day", "hour"}
    assert any(row["left_unserved"] for row in rows)
    assert not [
        row
        for row in rows
        if row["period"] == "hour" and not (row["came"] or row["backlog"] or row["utilisation"])
    ]


def test_days_add_up_to_weeks_and_hours_to_days(rows) -> None:
    sums = {period: defaultdict(float) for period in ("week", "day", "hour")}
    days = {period: defaultdict(float) for period in ("day", "hour")}
    for row in rows:
        place = (row["future"], row["week_of"], row["station"])
        hours = {"week": 168, "day": 24, "hour": 1}[row["period"]]
        told = {name: row[name] for name in ADDED}
        told["work"] = row["offered_erlangs"] * hours
        told["waited"] = row["came"] * (row["mean_wait_minutes"] or 0.0)
        for name, value in told.items():
            sums[row["period"]][(*place, name)] += value
            if row["period"] != "week":
                days[row["period"]][(*place, row["begins"][:10], name)] += value
    assert sums["week"].keys() == sums["day"].keys() >= sums["hour"].keys()
    for key, value in sums["week"].items():
        assert sums["day"][key] == pytest.approx(value)
        assert sums["hour"][key] == pytest.approx(value)
    for key, value in days["day"].items():
        assert days["hour"][key] == pytest.approx(value)
    weeks = [row for row in rows if row["period"] == "week"]
    last = {
        (row["future"], row["week_of"], row["station"]): row["backlog"]
        for row in rows
        if row["period"] == "day"
    }
    assert all(last[row["future"], row["week_of"], row["station"]] == row["backlog"] for row in weeks)


def test_customers_who_come_are_those_of_the_demand(scenario, forecast) -> None:
    """Checks of every week of each future: Poisson around the demand, within five standard deviations."""
    for followed in forecast.load.followed:
        asked = asked_of_future(scenario, followed.replication)
        for week in followed.weeks:
            expected = (asked.checks[0] + asked.uplifts[0])[..., week.days.start : week.days.stop].sum()
            assert abs(week.checks - expected) < 5 * np.sqrt(expected) + 1


def test_the_hourly_queue_stands_beside_the_individuals(scenario, forecast) -> None:
    """Its figures are the ensemble's own: a month's mean of the same future comes out where a window is the month."""
    followed = forecast.load.followed[1]
    asked = asked_of_future(scenario, followed.replication)
    busiest = max(followed.weeks, key=lambda week: week.checks)
    automatic = busiest.stations[0]
    assert automatic.expected.mean_wait == pytest.approx(
        automatic.week.mean_wait[0], rel=0.05
    )  # overloaded: nearly exact
    by_month = load(scenario.verification(), _timeline(scenario, followed.replication)).stations[0, 0]
    waits = by_month[:, FIGURES.index("mean_wait")]
    month = int(np.searchsorted(asked.month_starts, busiest.days.start, side="right")) - 1
    around = waits[max(month - 1, 0) : month + 2]
    assert around.min() <= automatic.expected.mean_wait <= around.max()


def _timeline(scenario, replication):
    plan = scenario.plan()
    return compiled.run(plan, scenario.order(), draw(plan, 1, range(replication, replication + 1)))


# --- the same whatever the machine does -------------------------------------------------------------------


def test_the_weeks_do_not_depend_on_blocks_or_workers(scenario, forecast, rows, monkeypatch) -> None:
    monkeypatch.setattr(blocks, "SIZE", 7)
    again = study.forecast(scenario, replications=30, individuals=True, workers=2)
    table = TABLES["load_windows"]
    assert as_csv(table.rows(again), table.columns) == as_csv(rows, table.columns)
    assert as_text(forecast_json(again)) == as_text(forecast_json(forecast))


def test_a_finished_run_is_made_again_in_its_folder_and_an_interrupted_one_goes_on(
    scenario, rows, tmp_path, monkeypatch
) -> None:
    """Interrupted while customers are followed: the blocks are kept. Made again: not a byte differs."""
    import onelogin_sim.study as home

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    asked = {"folder": tmp_path / "run", "individuals": True, **SETTINGS}
    with monkeypatch.context() as patched:
        patched.setattr(home, "follow", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run_forecast(scenario, scenario.order(), 30, 1, **asked)
    assert list((tmp_path / "run" / "parts").iterdir())
    run_forecast(scenario, scenario.order(), 30, 1, **asked)
    table = (tmp_path / "run" / "tables" / "load_windows.csv").read_bytes()
    assert table == as_csv(rows, TABLES["load_windows"].columns)
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert manifest["identity"]["individuals"] is True
    assert manifest["command"].endswith("--individuals")
    assert {f"charts/followed-{one}.png" for one in ("automatic", "phone", "counter")} <= manifest[
        "files"
    ].keys()
    run_forecast(scenario, scenario.order(), 30, 1, **asked)
    assert (tmp_path / "run" / "tables" / "load_windows.csv").read_bytes() == table


def test_the_command_line_asks_for_customers_and_weeks(scenario, tmp_path, monkeypatch, capsys) -> None:
    """A week asks for the customers by itself; one that cannot be told ends with 1 and leaves no folder."""
    monkeypatch.chdir(tmp_path)

    def call(*words):
        monkeypatch.setattr(
            "sys.argv", ["onelogin-sim", "forecast", str(scenario.path), "--replications", "2", *words]
        )
        try:
            cli.main()
        except SystemExit as end:
            return end.code or 0
        return 0

    assert call("--individuals-week", "2024-03-06", "--json", "--out", "told") == 0
    out, err = capsys.readouterr()
    weeks = json.loads(out)["load"]["individuals"]["weeks"]
    assert {row["week_of"] for row in weeks} == {"2024-03-04"}
    assert {row["future"] for row in weeks} == {"P10", "P50", "P90"}
    assert "When all futures are simulated, customers of three are followed" in err
    assert call("--individuals-week", "2044-03-06", "--out", "refused") == 1
    err = capsys.readouterr().err
    assert (
        "the week of 2044-03-06 is not within the horizon: choose a day from 2024-01-01 to 2024-12-29" in err
    )
    assert "customers of three are followed" not in err  # what is refused is not announced
    assert not (tmp_path / "refused").exists()
    assert call("--individuals-week", "March") == 2


# --- how it is told ---------------------------------------------------------------------------------------


def test_json_has_the_weeks_and_what_is_known_to_be_off(forecast, rows, scenario) -> None:
    told = forecast_json(forecast)["load"]["individuals"]
    assert told["weeks"] == [row for row in rows if row["period"] == "week"]
    assert told["note"] == NOTE
    assert (
        "There its waits may be a third off and more, and its service level by tens of points, either way."
        in NOTE
    )
    assert all(row["hourly_queue_within_service_level"] is not None for row in told["weeks"] if row["came"])
    before = study.forecast(scenario, replications=2, weeks=[date(2024, 1, 1)])
    for row in TABLES["load_windows"].rows(before):  # nobody is live yet
        assert (row["came"], row["within_service_level"], row["lost"]) == (0, None, None)
        assert (
            row.get("hourly_queue_within_service_level") is row.get("hourly_queue_mean_wait_minutes") is None
        )
    assert "individuals" not in forecast_json(study.forecast(scenario, replications=3))["load"]


def test_the_terminal_names_each_stations_worst_week(forecast, rows) -> None:
    worst = {one.station.id: one for one in worst_weeks(forecast)}
    for name, one in worst.items():
        weeks = [row for row in rows if row["period"] == "week" and row["station"] == name and row["came"]]
        most = max(row["came"] * row["mean_wait_minutes"] for row in weeks)
        assert one.station.week.came[0] * one.station.week.mean_wait[0] * 60 == pytest.approx(most)
    text = " ".join(summary_text(forecast).split())
    assert "Station Worst week Mean P95 In time Lost Hourly automatic " in text
    assert (
        "Customer by customer: of 11 weeks told, the one in which people waited longest in all at each station"
        in text
    )
    assert NOTE in text
    assert max(map(len, summary_text(forecast).splitlines())) <= 80
    assert "Worst week" not in summary_text(replace(forecast, load=replace(forecast.load, followed=())))


def test_waits_that_are_cut_off_are_said_to_be(forecast) -> None:
    """Somebody who still waits a year after the week has waited longer than is told."""

    def still_waiting(count):
        def cut(station):
            return replace(station, week=replace(station.week, waiting=np.array([count])))

        return replace(
            forecast,
            load=replace(
                forecast.load,
                followed=tuple(
                    replace(
                        one,
                        weeks=tuple(
                            replace(week, stations=tuple(map(cut, week.stations))) for week in one.weeks
                        ),
                    )
                    for one in forecast.load.followed
                ),
            ),
        )

    assert not worst_note(still_waiting(0)).endswith(CUT_OFF)
    assert worst_note(still_waiting(3)).endswith(
        "Some still wait 366 days after their week: their waits count up to then, so that the true ones are longer."
    )


def test_the_chart_shows_the_hours_of_three_worst_weeks(forecast) -> None:
    chart = plot_followed(forecast, "counter")
    weeks = worst_of_futures(forecast, "counter")
    assert [one.future for one in weeks] == ["P10", "P50", "P90"]
    lines = [line for line in chart.figure.axes[0].lines if len(line.get_ydata()) == 168]
    for line, one in zip(lines, weeks, strict=True):
        shown, waits = np.array(line.get_ydata()), one.station.hours.mean_wait
        assert np.array_equal(np.isnan(shown), np.isnan(waits))
        assert np.nanmax(np.abs(shown - waits)) <= 1 / 3600
    middle = weeks[1]
    assert chart.title == (
        f"Counter: customers wait 16\N{NO-BREAK SPACE}days on average in the worst week of the future with median checks (P50), that of 25 Mar 2024; "
        f"{100 * middle.station.week.lost[0]:.0f}% leave unserved"
    )
    assert chart.title in chart.alt
    assert len(chart.rows) == 3 * 168
    assert [row["came"] for row in chart.rows[:168]] == weeks[0].station.hours.came.tolist()
    assert len(chart.png()) > 10_000


def test_lines_of_futures_that_lie_on_one_another_have_one_name(forecast) -> None:
    """Every future the median one: one label for all three, and the subtitle says why."""
    middle = next(one for one in forecast.load.followed if one.percentile == 50)
    alike = tuple(replace(middle, percentile=one.percentile) for one in forecast.load.followed)
    chart = plot_followed(replace(forecast, load=replace(forecast.load, followed=alike)), "counter")
    texts = [text.get_text() for text in chart.figure.axes[0].texts]
    assert len(texts) == 1
    assert texts[0].startswith("all 3 futures:")
    assert chart.subtitle.endswith("The lines of all these futures lie on one another.")
    plain = plot_followed(forecast, "phone")
    texts = [text.get_text().replace("\n", " ") for text in plain.figure.axes[0].texts]
    assert [text.split(",")[0] for text in texts] == [
        "few checks (P10)",
        "median checks (P50)",
        "many checks (P90)",
    ]


def test_closed_hours_are_shaded(forecast) -> None:
    """The phone is open from Monday to Friday only; the automatic check always."""
    stations = {one.id: one for one in forecast.load.verification.stations}
    for name, station in stations.items():
        chart = plot_followed(forecast, name)
        shaded = sum(patch.get_width() for patch in chart.figure.axes[0].patches)
        assert shaded == 168 - station.opening.hours_a_week
        assert ("Grey: closed." in chart.subtitle) == (shaded > 0)
    assert {station.opening.hours_a_week for station in stations.values()} > {168}


def test_a_station_nobody_comes_to_and_one_that_is_not_there(forecast) -> None:
    nobody = replace(
        forecast,
        load=replace(forecast.load, followed=tuple(replace(one, weeks=()) for one in forecast.load.followed)),
    )
    assert plot_followed(nobody, "phone").title == "Phone: nobody comes in any of the weeks"
    for station, of in (
        ("fone", forecast),
        ("phone", replace(forecast, load=replace(forecast.load, followed=()))),
    ):
        with pytest.raises(ValueError) as caught:
            plot_followed(of, station)
        assert str(caught.value) == f"the forecast has no followed customers of a station '{station}'"
