"""The identity load in forecast and compare: the same whatever blocks, workers and interruptions; told in every output."""
# ruff: noqa: E501 - a message is one line here because it is one line for the planner

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from onelogin_sim import blocks, study
from onelogin_sim.calendars import NEVER
from onelogin_sim.draws import deterministic, draw
from onelogin_sim.engines import compiled
from onelogin_sim.errors import PlanError
from onelogin_sim.load_arrays import as_arrays, as_load
from onelogin_sim.load_hours import wait_maps
from onelogin_sim.report.as_json import as_text, forecast_json
from onelogin_sim.report.load import words
from onelogin_sim.report.load.tables import TABLES
from onelogin_sim.report.tables import as_csv
from onelogin_sim.report.terminal import summary_text
from onelogin_sim.run import run_forecast
from onelogin_sim.scenario import load_scenario
from onelogin_sim.store import RunFolder
from onelogin_sim.verification.demand import demand
from onelogin_sim.verification.load_figures import figures_of, load_figures
from onelogin_sim.verification.loads import load
from onelogin_sim.verification.station_months import FIGURES
from scenario_files import edit, write_tiny

SECTION = """\
verification:
  segments:
    all: {people: 100000, able: {routes: {app: 0.9, post: 1.0}}, proven: {P2: 0.1}}
  visits: {default: 12}
  check: {minutes: 20, cost: 3}
  routes:
    app: {choice: 0.9, success: 0.8, gives_up: 0.5, then: post, steps: [{station: automatic, minutes: 10}, {station: phone, share: 0.1, minutes: 6}]}
    post: {choice: 0.1, success: 0.9, gives_up: 1.0, steps: [{station: counter}]}
  stations:
    automatic: {concurrency: 4, service_level: {share: 0.9, minutes: 5}}
    phone: {servers: 2, opening: {days: [Mon, Tue, Wed, Thu, Fri], from: 8, to: 20}, patience: {median: 4, p90: 10}, service_level: {share: 0.8, minutes: 1}}
    counter: {appointments_per_day: 40, time_limit: {days: 16}, service_level: {share: 0.9, days: 3}}
orders:
  one_first: [one, two]
  two_first: [two, one]
"""

SERVICES = """\
id,name,department,users,users_unit,identity,pathway
one,One,dep,80000,people,P2,short
two,Two,dep,5000,people,P2,short
"""


def write_loaded(folder: Path) -> Path:
    """Two services, a large and a small one, built by one team one after the other; three stations."""
    path = write_tiny(folder)
    edit(path, "pathways:\n", SECTION + "pathways:\n")
    edit(path, "days: 5,", "days: {p10: 20, p50: 40, p90: 90},")
    path.with_name("services.csv").write_text(SERVICES, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    return load_scenario(write_loaded(tmp_path_factory.mktemp("loaded")))


@pytest.fixture(scope="module")
def forecast(scenario):
    return study.forecast(scenario, replications=40, size_capacity=True)


def timeline_of(scenario, replications):
    plan = scenario.plan()
    return compiled.run(plan, scenario.order(), draw(plan, 1, replications))


def test_the_load_does_not_depend_on_blocks_workers_or_interruption(
    scenario, forecast, monkeypatch, tmp_path
) -> None:
    """Digest, summary and what is printed are the same in blocks of 40, of 7, in two processes and after a restart."""
    monkeypatch.setattr(blocks, "SIZE", 7)
    identity = {"digest": "x"}
    with RunFolder.open(tmp_path / "run", identity) as folder:
        calls = 0

        def stop(done: int, of: int) -> None:
            nonlocal calls
            calls += 1
            if calls == 3:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            study.forecast(scenario, replications=40, folder=folder, progress=stop)
    with RunFolder.open(tmp_path / "run", identity) as folder:
        again = study.forecast(scenario, replications=40, size_capacity=True, workers=2, folder=folder)
    assert forecast.load
    assert again.load
    assert again.load.digest == forecast.load.digest
    assert as_text(forecast_json(again)) == as_text(forecast_json(forecast))


def test_the_schedule_knows_nothing_of_the_load(scenario, forecast, tmp_path) -> None:
    """Without the section: the same result digest, no load, and no word of it anywhere."""
    path = write_loaded(tmp_path)
    text = path.read_text(encoding="utf-8")
    start, stop = text.index("verification:"), text.index("orders:")
    path.write_text(text[:start] + text[stop:], encoding="utf-8")
    plain = study.forecast(load_scenario(path), replications=40)
    assert plain.load is None
    assert plain.result_digest == forecast.result_digest
    assert plain.plan.digest == forecast.plan.digest
    assert "load" not in forecast_json(plain)
    assert "Identity checks" not in summary_text(plain)
    assert "Identity checks" in summary_text(forecast)
    settings = {"workers": 1, "engine": "compiled"}
    run_forecast(
        load_scenario(path), load_scenario(path).order(), 5, 1, folder=tmp_path / "plain", **settings
    )
    run_forecast(scenario, scenario.order(), 5, 1, folder=tmp_path / "loaded", **settings)
    plain_files, loaded_files = (
        {
            file.relative_to(tmp_path / name).as_posix()
            for file in (tmp_path / name).rglob("*")
            if file.is_file()
        }
        for name in ("plain", "loaded")
    )
    assert {name.split("/")[-1] for name in loaded_files - plain_files if name.endswith((".csv", ".png"))} == {
        "load_months.csv", "load_routes.csv", "load_stations.csv", "load_dividend.csv", "load_waits.csv",
        "checks-and-reuses.csv", "checks-and-reuses.png", "dividend.csv", "dividend.png",
        *(f"load-{station}.{end}" for station in ("automatic", "phone", "counter") for end in ("csv", "png")),
        *(f"waits-{station}.{end}" for station in ("automatic", "phone", "counter") for end in ("csv", "png")),
    }  # fmt: skip
    assert plain_files <= loaded_files
    manifests = [json.loads((tmp_path / name / "manifest.json").read_text()) for name in ("plain", "loaded")]
    assert manifests[0]["result_digest"] == manifests[1]["result_digest"]
    assert "load_digest" not in manifests[0]
    assert len(manifests[1]["load_digest"]) == 64


def test_kept_loads_come_back_as_they_were(scenario) -> None:
    found = load(scenario.verification(), timeline_of(scenario, range(3, 6)))
    back = as_load(as_arrays(found))
    assert back is not None
    assert back.replications == range(3, 6)
    assert as_arrays(back).keys() == as_arrays(found).keys()
    for name, array in as_arrays(found).items():
        np.testing.assert_array_equal(as_arrays(back)[name], array)
    assert as_load({"start": np.zeros(1)}) is None


def test_the_digest_sees_a_single_check(scenario) -> None:
    from onelogin_sim.load_record import LoadRecord

    found = load(scenario.verification(), timeline_of(scenario, range(2)))
    digests = set()
    for more in (0.0, 1e-6, 1.0):
        checks = found.checks.copy()
        checks[1, 3] += more
        record = LoadRecord(scenario.verification())
        record.add(replace(found, checks=checks))
        digests.add(record.result((), None).digest)
    assert len(digests) == 2  # a millionth of a check is none
    halves = set()
    for bit in (-1e-12, 0.0, 1e-12):
        record = LoadRecord(scenario.verification())
        record.add(replace(found, checks=np.full_like(found.checks, 500.5 + bit)))
        halves.add(record.result((), None).digest)
    assert len(halves) == 1  # half of 1,001 people are no edge
    for figure, little, much in (
        ("mean_wait", 1e-9, 2 / 3600),
        ("lost", 1e-10, 2e-4),
        ("customers", 1e-8, 2.0),
    ):
        digests = set()
        for more in (0.0, little, much):
            stations = found.stations.copy()
            stations[1, 2, 3, FIGURES.index(figure)] += more
            record = LoadRecord(scenario.verification())
            record.add(replace(found, stations=stations))
            digests.add(record.result((), None).digest)
        assert len(digests) == 2, figure
    without_end = found.stations.copy()
    without_end[0, 0, 0, FIGURES.index("mean_wait")] = np.inf
    record = LoadRecord(scenario.verification())
    record.add(replace(found, stations=without_end))
    assert len(record.result((), None).digest) == 64


def test_words_say_what_the_numbers_say(forecast) -> None:
    found = forecast.load
    place = int(np.argmax(found.summary.checks.p50))
    low, middle, high = found.summary.own_checks
    highest = found.summary.checks.p50[place]
    assert words.headline(found) == (
        f"In each future's own busiest month {middle:,.0f} identity checks and rises are made ({low:,.0f} to "
        f"{high:,.0f} in eight of ten futures); that month differs: month by month the median of checks is highest in "
        f"{found.summary.months[place]:%b %Y}, at {highest:,.0f}"
    )
    assert middle >= highest
    low, middle, high = found.summary.own_sign_ins
    assert words.peak_sign_ins(found) == (
        f"Sign-ins peak at {middle:.1f} a second ({low:.1f} to {high:.1f} in eight of ten futures), as a mean over "
        "each future's own busiest hour"
    )
    automatic = found.summary.stations[0]
    assert automatic.first_exceeded[1] < NEVER
    assert words.exceeded(found, automatic, forecast.plan).startswith("automatic: capacity is exceeded by ")
    assert words.exceeded(
        found, replace(automatic, exceeded_by=automatic.exceeded_by * 0), forecast.plan
    ) == ("automatic: capacity is exceeded in no future")
    rare = replace(
        automatic, exceeded_by=np.full_like(automatic.exceeded_by, 0.2), first_exceeded=(10, NEVER, NEVER)
    )
    assert words.exceeded(found, rare, forecast.plan) == (
        "automatic: capacity is exceeded in 20% of futures, in one of ten by 11 Jan 2024"
    )
    avoided = found.summary.dividend.avoided.sum()
    assert f"avoids {avoided:,.0f} checks in all" in words.dividend(found)
    assert f"{avoided / 3:,.0f} hours of people's time and £{3 * avoided:,.0f}" in words.dividend(found)


def test_a_station_that_loses_many_is_said_to(forecast) -> None:
    """Sums by hand: of 100 callers 48 hang up, 30 call at night; a few are nobody; at the counter people lapse."""
    found = forecast.load
    _, phone, counter = found.summary.stations

    def losing(station, lost, closed=0.0):
        some = np.array([60.0, 40.0])
        return replace(station, mean_customers=some, mean_lost=lost * some, mean_closed=closed * some)

    assert words.lost(found, losing(phone, 0.48, 0.3)) == (
        "phone: about half (48%) of those who call hang up unserved; 30% call when it is closed"
    )
    assert words.lost(found, losing(phone, 0.12)) == "phone: 12% of those who call hang up unserved"
    assert words.lost(found, losing(phone, 0.009)) is None
    assert words.lost(found, losing(counter, 0.65)) == (
        "counter: about two thirds (65%) of those who need an appointment get none within the time limit"
    )
    assert f"P{words.lost(found, phone)[1:]}" in list(words.sentences(found, forecast.plan))
    assert "hang up unserved" in summary_text(forecast)


def test_notes_are_told_where_they_apply(forecast, scenario) -> None:
    """Callers' note with callers, bursts behind what is over capacity; without stations nothing of waits."""
    said = list(words.notes(forecast.load))
    assert len(said) == 7
    assert said[3].startswith(
        "Where callers hang up, 'in time' and the service level are of those who call while it is open;"
    )
    assert said[4].startswith("phone is reached through automatic, where people may wait for hours: ")
    # Who fails by app goes on to the post office: its counter is behind the app's stations too.
    assert said[5].startswith("counter is reached through automatic, where people may wait for hours: ")
    assert said[6].startswith("Up to ")
    whole = scenario.verification()
    segments = tuple(replace(segment, able=()) for segment in whole.segments)
    bare = replace(forecast.load, verification=replace(whole, stations=(), routes=(), segments=segments))
    assert len(list(words.notes(bare))) == 1


def test_a_station_is_reached_by_the_routes_tried_before_only_where_many_are(forecast, scenario) -> None:
    """Four in nine of the counter's people have failed by app; where all but a few give up it is not told."""
    whole = scenario.verification()
    app, post = whole.routes

    def behind_automatic(**changed) -> list[str]:
        """Stations said to be reached through the automatic one."""
        load = replace(forecast.load, verification=replace(whole, routes=(replace(app, **changed), post)))
        return [note.split(" is ")[0] for note in words.notes(load) if "is reached through automatic" in note]

    assert behind_automatic() == ["phone", "counter"]
    assert behind_automatic(gives_up=0.99) == ["phone"]
    unused = (replace(app.steps[0], share=0.0), *app.steps[1:])
    assert behind_automatic(steps=unused) == []


def test_nobody_coming_is_not_capacity_that_suffices(forecast) -> None:
    station = forecast.load.summary.stations[1]
    nobody = replace(station, mean_customers=0 * station.mean_customers, exceeded_by=0 * station.exceeded_by)
    assert words.exceeded(forecast.load, nobody, forecast.plan) == "phone: nobody comes within the horizon"
    some = replace(nobody, mean_customers=station.mean_customers)
    assert words.exceeded(forecast.load, some, forecast.plan) == "phone: capacity is exceeded in no future"


def test_rises_to_p2_are_named_where_they_save_a_part_of_a_check(forecast) -> None:
    found = forecast.load
    rises = np.full_like(found.summary.dividend.uplifts, found.summary.replications)
    summary = replace(found.summary, dividend=replace(found.summary.dividend, uplifts=rises))
    check = replace(found.verification.check, uplift=0.25)
    load = replace(found, summary=summary, verification=replace(found.verification, check=check))
    avoided = summary.dividend.avoided.sum()
    hours = (avoided + 0.75 * rises.size) * check.minutes / 60
    assert (
        f", and cuts {rises.size} more to a rise from P1 to P2, at 25% of a check: {hours:,.0f} hours of people's time"
        in words.dividend(load)
    )
    whole = replace(load, verification=replace(found.verification, check=replace(check, uplift=1.0)))
    assert "rise" not in words.dividend(whole)


@pytest.mark.parametrize(
    ("hours", "said"),
    [(0.0, "none"), (0.01, "36 s"), (0.5, "30 min"), (5.0, "5 h"), (47.0, "47 h"), (72.0, "3 days"), (np.inf, "without end")],
)  # fmt: skip
def test_waits_are_said_in_the_unit_that_suits_them(hours, said) -> None:
    assert words.wait(hours) == said


def test_tables_and_json_agree(forecast) -> None:
    document = forecast_json(forecast)["load"]
    months = list(TABLES["load_months"].rows(forecast))
    assert [row["checks_p50"] for row in months] == document["checks"]["p50"]
    assert (
        [row["month"] for row in months]
        == document["month"]
        == [f"2024-{month:02d}" for month in range(1, 13)]
    )
    stations = [row for row in TABLES["load_stations"].rows(forecast) if row["station"] == "phone"]
    assert [row["customers_p90"] for row in stations] == document["stations"][1]["customers"]["p90"]
    avoided = sum(row["checks_avoided"] for row in TABLES["load_dividend"].rows(forecast))
    assert sum(document["dividend"]["checks_avoided"]) == pytest.approx(avoided)
    assert document["capacity_needed"] == list(TABLES["load_capacity"].rows(forecast))
    for name, table in TABLES.items():
        rows = list(table.rows(forecast))
        assert rows, name
        assert as_csv(rows, table.columns).decode().split("\r\n")[0].split(",") == list(rows[0])


def test_the_map_of_waits_is_that_of_the_typical_future(scenario, forecast) -> None:
    """Of each station, its customer-weighted means over the weeks are the year's figures: the same hours make both."""
    found = forecast.load
    typical = dict(found.summary.typical)[50]
    assert [one.replication for one in found.waits] == [typical] * 3
    timeline = timeline_of(scenario, range(typical, typical + 1))
    maps = wait_maps(scenario.verification(), timeline)
    assert [one.station for one in maps] == ["automatic", "phone", "counter"]
    figures = load(scenario.verification(), timeline).stations[0]
    for place, one in enumerate(maps):
        np.testing.assert_array_equal(one.waits, found.waits[place].waits)
        assert one.waits.shape == (53, 24)
        come, wait, _, _, _, _, lost = figures[place, :, :7].T
        assert one.customers.sum() == pytest.approx(come.sum(), rel=1e-12)
        assert np.nansum(one.customers * one.waits) == pytest.approx((come * wait).sum(), rel=1e-12)
        assert np.nansum(one.customers * one.lost) == pytest.approx((come * lost).sum(), rel=1e-12, abs=1e-12)
        assert np.isnan(
            one.waits[: int(timeline.go_live[0].min()) // 7]
        ).all()  # nobody comes before anybody is live
    automatic, phone, counter = maps
    assert (automatic.lost[automatic.customers > 0] == 0).all()
    night = phone.customers[:, :7] > 0
    assert phone.lost[:, :7][night] == pytest.approx(1.0, abs=0.5)  # who calls at night hangs up
    assert not night[:, 3].any() or np.nanmin(phone.waits[:, 3]) > 0.05
    assert np.nanmax(counter.waits) < 16 * 24 + 1


def test_a_forecast_and_a_comparison_tell_the_same_worst_months(scenario, forecast) -> None:
    """The median over futures of each future's own worst month, of every figure that both have."""
    found, verification = forecast.load.summary, scenario.verification()
    wanted = load_figures((verification,), scenario.plan())
    futures = load(verification, timeline_of(scenario, range(forecast.replications)))
    whole = figures_of(futures, verification, wanted)
    told = {"peak_month_checks": found.own_checks, "peak_sign_ins_per_second": found.own_sign_ins}
    for station in found.stations:
        told[f"worst_p95_wait_hours_{station.id}"] = station.own["p95_wait"]
        told[f"least_within_level_{station.id}"] = station.own["within"]
        told[f"most_lost_{station.id}"] = station.own["lost"]
    compared = 0
    for column, figure in enumerate(wanted.figures):
        if figure.id in told:
            values = np.sort(whole[:, column]) / figure.scale
            middle = values[-(-len(values) // 2) - 1]
            assert told[figure.id].p50 == pytest.approx(middle, rel=0.02, abs=1 / figure.scale), figure.id
            compared += 1
    assert compared == 2 + 3 * 2 + sum(station.level is not None for station in verification.stations)


def test_weeks_of_the_map_begin_on_mondays(scenario) -> None:
    """From Wednesday on the first week has five days, and what comes in its hours is not lost; nor in those after it."""
    timeline, wednesday = timeline_of(scenario, range(1)), date(2024, 1, 3)
    late = replace(scenario.verification(), status_date=wednesday)
    timeline = replace(timeline, plan=replace(timeline.plan, status_date=wednesday))
    figures = load(late, timeline).stations[0]
    for place, one in enumerate(wait_maps(late, timeline)):
        assert one.weeks[:3] == (date(2024, 1, 3), date(2024, 1, 8), date(2024, 1, 15))
        assert one.waits.shape == (len(one.weeks), 24) == (53, 24)
        assert one.customers.sum() == pytest.approx(figures[place, :, FIGURES.index("customers")].sum())


def test_sizing_says_how_much_capacity_holds_the_level(forecast) -> None:
    rows = list(TABLES["load_capacity"].rows(forecast))
    automatic = [row for row in rows if row["station"] == "automatic"]
    assert {row["unit"] for row in automatic} == {"concurrency"}
    assert max(row["capacity_needed"] for row in automatic) > 4  # which is exceeded
    assert all(row["held_with_100_percent"] >= 0.8 for row in automatic)
    assert any(row["held_with_90_percent"] < 0.8 for row in automatic)
    assert "Capacity needed" in summary_text(forecast)


def test_sizing_needs_a_level(tmp_path) -> None:
    path = write_tiny(tmp_path)
    with pytest.raises(PlanError) as caught:
        study.forecast(load_scenario(path), replications=2, size_capacity=True)
    assert (
        str(caught.value)
        == "there is no capacity to size: no station under `verification` has a service_level"
    )


def test_the_small_scenario_by_hand() -> None:
    """The figures of docs/small-scenario.md, from go-lives of the deterministic run alone.

    Every month has a twelfth of a year's two visits. benefit-claim went live on 6 November, 25 days of that month and
    31 of the next before day 0; its ramp makes 12.142857 and 30.807143 full days of them.
    """
    small = load_scenario(Path(__file__).parent.parent / "scenarios" / "small" / "scenario.yaml")
    plan = small.plan()
    asked = demand(small.verification(), compiled.run(plan, small.order(), deterministic(plan)))
    checks = asked.checks.sum(axis=(1, 2))[0]
    unseen = np.exp(-(12.142857 / 30 + 30.807143 / 31) / 6)
    assert unseen == pytest.approx(0.792082, abs=1e-6)
    assert checks[0] == pytest.approx(500_000 * unseen * (1 - np.exp(-1 / 186)), rel=1e-6)
    assert asked.checks_by_month[0, 0] == pytest.approx(500_000 * unseen * (1 - np.exp(-1 / 6)), rel=1e-6)
    assert np.abs(asked.reuses_by_month[0, :3]).max() < 1e-6
    later = unseen * np.exp(-(3 + 14 / 30) / 6)
    proven = 0.25 * (unseen - later)
    assert proven == pytest.approx(0.086902, abs=1e-6)
    first = 1_000_000 * (1 - np.exp(-0.1 / 180))
    own = 500_000 * later * (1 - np.exp(-1 / 180))
    assert checks[105] == pytest.approx(own + first * (1 - proven), rel=1e-6)
    assert checks[105] == pytest.approx(1738.36, abs=0.01)
