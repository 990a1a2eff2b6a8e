"""The identity load of alternatives: figures and differences by hand, what is said, shown and refused."""
# ruff: noqa: E501 - a message is one line here because it is one line for the planner

import csv
import json
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from onelogin_sim import blocks, study
from onelogin_sim.calendars import NEVER
from onelogin_sim.comparison import Comparison
from onelogin_sim.draws import draw
from onelogin_sim.engines import compiled
from onelogin_sim.errors import PlanError
from onelogin_sim.forecasting import share
from onelogin_sim.load_pairs import LoadPairs
from onelogin_sim.pairs import Mean
from onelogin_sim.report import formats
from onelogin_sim.report.as_json import as_text
from onelogin_sim.report.charts.compared_load import plot_compared_load
from onelogin_sim.report.comparing.as_json import comparison_json
from onelogin_sim.report.comparing.load import basis, first_over, load_sentence
from onelogin_sim.report.comparing.load import notes as load_notes
from onelogin_sim.report.comparing.load_tables import load_rows
from onelogin_sim.report.comparing.terminal import summary_text
from onelogin_sim.report.comparing.write import report_files
from onelogin_sim.report.load.words import notes
from onelogin_sim.run import run_comparison
from onelogin_sim.scenario import load_scenario
from onelogin_sim.store import RunFolder
from onelogin_sim.verification.load_figures import (
    AVOIDED,
    FIRST_OVER,
    LOST,
    OVER,
    PEAK_MONTH,
    PEAK_SIGN_INS,
    UNSERVED,
    WAIT,
    WITHIN,
    Figure,
    figures_of,
    load_figures,
    unserved_share,
)
from onelogin_sim.verification.loads import Band, load
from onelogin_sim.verification.station_months import FIGURES
from scenario_files import edit, write_tiny
from test_charts import SLACK, texts_of
from test_load_forecast import write_loaded


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    return load_scenario(write_loaded(tmp_path_factory.mktemp("loaded")))


@pytest.fixture(scope="module")
def comparison(scenario) -> Comparison:
    return study.compare(study.alternatives_of([scenario]), 60)


def made_load(scenario):
    """One future, all figures zero."""
    plan, verification = scenario.plan(), scenario.verification()
    found = load(verification, compiled.run(plan, scenario.order(), draw(plan, 1, range(1))))
    none = {
        name: np.zeros_like(getattr(found, name))
        for name in ("checks", "uplifts", "reuses", "sign_ins_per_second")
    }
    return replace(
        found,
        **none,
        stations=np.zeros_like(found.stations),
        waiting=np.zeros_like(found.waiting),
        first_exceeded=np.full((1, 3), NEVER, dtype=np.int32),
    )


def by_figure(row, wanted):
    return {figure.id: value / figure.scale for figure, value in zip(wanted.figures, row, strict=False)}


# -- figures ------------------------------------------------------------------------------------------------


def test_figures_by_hand(scenario) -> None:
    """Months of checks 3, 11, 5; the second station over capacity on day 40; each station's own worst month."""
    made, verification = made_load(scenario), scenario.verification()
    wanted = load_figures([verification], scenario.plan())
    made.checks[0, :3], made.uplifts[0, 1] = (3, 9, 5), 2
    made.reuses[0, :7], made.sign_ins_per_second[0, 4] = 1, 0.0125
    made.first_exceeded[0] = (NEVER, 40, 90)
    at = {name: place for place, name in enumerate(FIGURES)}
    made.stations[0, :, :, at["within"]] = 1.0
    made.stations[0, 0, 2, at["p95_wait"]], made.stations[0, 0, 5, at["p95_wait"]] = 1.5, 0.25
    made.stations[0, 1, 3, at["lost"]], made.stations[0, 1, 4, at["within"]] = 0.125, 0.75
    made.stations[0, 1, 3, at["customers"]] = 16
    made.waiting[0, 2] = 1
    made.stations[0, 2, 0, at["p95_wait"]], made.stations[0, 2, :2, at["customers"]] = np.inf, (7, 8)
    row = figures_of(made, verification, wanted)[0]
    found = by_figure(row, wanted)
    horizon = scenario.plan().horizon
    assert (
        found
        == {
            "peak_month_checks": 11,
            "over_capacity": 1,
            "first_over_capacity": 40,
            "peak_sign_ins_per_second": 0.012,
            "unserved_of_checks": 0.157895,  # of 19: an eighth of the phone's 16, and who waits at the counter
            "avoided_by_all": 5,  # the target's date is 28 June: six months of reuses less June's, not over by then
            "over_capacity_automatic": 0,
            "first_over_capacity_automatic": horizon,
            "worst_p95_wait_hours_automatic": 1.5,
            "least_within_level_automatic": 1,
            "most_lost_automatic": 0,
            "over_capacity_phone": 1,
            "first_over_capacity_phone": 40,
            "worst_p95_wait_hours_phone": 0,
            "least_within_level_phone": 0.75,
            "most_lost_phone": 0.125,
            "over_capacity_counter": 1,
            "first_over_capacity_counter": 90,
            "worst_p95_wait_hours_counter": horizon * 24,  # a wait without end
            "least_within_level_counter": 1,
            "most_lost_counter": 0,
        }
    )
    months = row[len(wanted.figures) :].reshape(4, -1)
    assert wanted.series == ("checks", "automatic", "phone", "counter")
    assert months[0, :4].tolist() == [3, 11, 5, 0]
    assert months[3, :3].tolist() == [7, 8, 0]


def test_months_in_which_nobody_counts_are_no_worst_month(scenario) -> None:
    made, verification = made_load(scenario), scenario.verification()
    wanted = load_figures([verification], scenario.plan())
    made.stations[..., FIGURES.index("within")] = np.nan
    made.stations[0, 1, 4, FIGURES.index("within")] = 0.75
    found = by_figure(figures_of(made, verification, wanted)[0], wanted)
    assert found["least_within_level_phone"] == 0.75
    assert found["least_within_level_counter"] == 1.0


def test_where_nobody_comes_nobody_is_in_time(comparison) -> None:
    """A dash in the terminal, null in the table; elsewhere the share as it was."""
    found = comparison.load
    none = Band(*np.zeros((3, len(found.months))))
    alternatives = tuple(
        replace(
            one, series=tuple(replace(each, band=none) if each.id == "phone" else each for each in one.series)
        )
        for one in found.alternatives
    )
    told = replace(comparison, load=replace(found, alternatives=alternatives))
    rows = {row["station"]: row for row in load_rows(told) if row["figure"] == WITHIN}
    assert rows["phone"]["mean"] is rows["phone"]["mean_low"] is rows["phone"]["p90"] is None
    assert rows["counter"]["p50"] >= 0
    assert "\N{EN DASH}" in summary_text(told).split()
    assert "\N{EN DASH}" not in summary_text(comparison).split()


def test_only_stations_that_all_have_are_compared(scenario, tmp_path) -> None:
    """A variant may add a station or take a service level away: then there is nothing to hold against it."""
    path = write_loaded(tmp_path)
    edit(path, "{station: counter}", "{station: desk}")
    edit(path, "counter: {", "desk: {")
    edit(path, "concurrency: 4, service_level: {share: 0.9, minutes: 5}", "concurrency: 4")
    other = load_scenario(path).verification()
    wanted = load_figures([scenario.verification(), other], scenario.plan())
    assert [station.id for station in wanted.stations] == ["automatic", "phone"]
    assert Figure(WITHIN, "automatic") not in wanted.figures
    assert Figure(WITHIN, "phone") in wanted.figures


def test_paired_differences_by_hand(scenario) -> None:
    """Two futures, blocks of one: a − b is 4 and 8 checks, −10 and 0 days; a is over capacity in one of them."""
    pairs = LoadPairs(["a", "b"], [scenario.verification()] * 2, scenario.plan())
    places = [
        pairs.wanted.figures.index(Figure(kind)) for kind in (PEAK_MONTH, FIRST_OVER, PEAK_SIGN_INS, OVER)
    ]
    width = len(pairs.wanted.figures) + 4 * (len(pairs._starts) - 1)
    one, two = np.zeros((2, width), dtype=np.int64), np.zeros((2, width), dtype=np.int64)
    one[:, places] = [[10, 90, 1000, 1], [20, 100, 3000, 0]]
    two[:, places] = [[6, 100, 1000, 0], [12, 100, 1000, 0]]
    for row in range(2):
        pairs.add([one[row : row + 1], two[row : row + 1]])
    found = pairs.comparison()
    assert found.replications == 2
    peak = found.pair(0, 1).difference(PEAK_MONTH)
    assert (peak.mean.value, peak.higher.value, peak.lower.value) == (6.0, 1.0, 0.0)
    # Student's t with one degree of freedom: 12.706 × sqrt(8) / sqrt(2) = 25.41; three claims: 38.19 in place of 12.706.
    assert peak.mean.high == pytest.approx(6 + 12.7062 * 2, rel=1e-5)
    assert found.level == pytest.approx(1 - 0.05 / 3)
    assert peak.claim.high == pytest.approx(6 + 38.1885 * 2, rel=1e-4)
    over = found.pair(1, 0).difference(FIRST_OVER)
    assert (over.mean.value, over.higher.value, over.claim.value) == (5.0, 0.5, 5.0)
    signs = found.pair(0, 1).difference(PEAK_SIGN_INS)
    assert (signs.mean.value, signs.claim) == (1.0, None)
    assert found.alternatives[0].standing(PEAK_SIGN_INS).percentiles == (1.0, 1.0, 3.0)
    ever, wilson = found.alternatives[0].standing(OVER).mean, share(1, 2)
    assert ever == Mean(0.5, wilson.low, wilson.high)


# -- a comparison -------------------------------------------------------------------------------------------


def test_compare_tells_the_load_without_being_asked(comparison, scenario) -> None:
    """Peak, first day, waits and who is lost, station by station; the same as in the forecast of that order."""
    found, forecast = comparison.load, study.forecast(scenario, replications=60)
    assert [one.name for one in found.alternatives] == ["one_first", "two_first"]
    assert found.stations == (("automatic", "automatic"), ("phone", "phone"), ("counter", "counter"))
    for station in forecast.load.summary.stations:
        own = found.alternatives[0].standing(FIRST_OVER, station.id).percentiles
        assert tuple(min(day, scenario.plan().horizon) for day in station.first_exceeded) == own
        series = next(one for one in found.alternatives[0].series if one.id == station.id)
        # Whole customers, and steps in common: those of a forecast are of fractions.
        np.testing.assert_allclose(series.band.p50, station.customers.p50, atol=1, rtol=1 / 16)
        np.testing.assert_allclose(series.capacity, station.capacity)
    asked = found.alternatives[0].series[0]
    assert asked.capacity is None
    kinds = {entry.figure.kind for entry in found.pair(0, 1).differences}
    assert kinds == {PEAK_MONTH, OVER, FIRST_OVER, PEAK_SIGN_INS, UNSERVED, AVOIDED, WAIT, WITHIN, LOST}
    # The large service first brings its checks sooner.
    assert found.pair(0, 1).difference(FIRST_OVER).surely_lower


def test_a_forecast_says_how_many_checks_end_unserved(scenario) -> None:
    """The mean over futures is that of the futures' own, weighted by their checks; few need not be told."""
    forecast = study.forecast(scenario, replications=60)
    summary = forecast.load.summary
    made = (summary.mean_checks + summary.mean_uplifts).sum()
    lost = sum(station.mean_lost.sum() + station.mean_waiting for station in summary.stations)
    share_lost = unserved_share(summary)
    assert share_lost == pytest.approx(lost / made)
    assert share_lost > 0.01
    said = f"Up to {formats.percent(share_lost)} of checks end unserved at a station or still wait there at the horizon"
    assert any(note.startswith(said) for note in notes(forecast.load))
    none = tuple(
        replace(station, mean_lost=station.mean_lost * 0, mean_waiting=0.0) for station in summary.stations
    )
    assert unserved_share(replace(summary, stations=none)) == 0
    quiet = replace(forecast.load, summary=replace(summary, stations=none))
    assert not any("unserved at a station" in note for note in notes(quiet))


def test_the_load_does_not_depend_on_blocks_workers_or_interruption(
    scenario, comparison, monkeypatch, tmp_path
) -> None:
    monkeypatch.setattr(blocks, "LOADED", 7)
    alternatives = study.alternatives_of([scenario])

    def stop(done: int, of: int) -> None:
        assert of == 120
        if done > 70:
            raise KeyboardInterrupt

    with RunFolder.open(tmp_path / "run", {"digest": "x"}) as folder:
        with pytest.raises(KeyboardInterrupt):
            study.compare(alternatives, 60, folder=folder, progress=stop)
        again = study.compare(alternatives, 60, workers=2, folder=folder)
    assert as_text(comparison_json(again)) == as_text(comparison_json(comparison))


def test_the_load_rests_on_the_first_futures(scenario, comparison) -> None:
    few = study.compare(study.alternatives_of([scenario]), 60, load_replications=20)
    alone = study.compare(study.alternatives_of([scenario]), 20)
    assert few.load.replications == 20
    assert [one.standings for one in few.load.alternatives] == [
        one.standings for one in alone.load.alternatives
    ]
    assert few.replications == 60
    assert basis(few.load) == (
        "The load is compared in 20 futures, the first of those the dates rest on. What the sentence says of it holds "
        "for 1 pair and three figures each together with 95% confidence, each at 98.33% (Bonferroni), apart from the "
        "claims about dates; other intervals of the load hold at 95% each, alone."
    )
    with pytest.raises(ValueError, match="a load is compared in at least 2 futures, not 1"):
        study.compare(study.alternatives_of([scenario]), 60, load_replications=1)


def test_the_load_may_be_left_out(scenario, comparison) -> None:
    plain = study.compare(study.alternatives_of([scenario]), 60, with_load=False)
    assert plain.load is None
    assert "load" not in comparison_json(plain)
    assert "Identity load" not in summary_text(plain)
    assert load_sentence(plain) == ""
    assert [one.result_digest for one in plain.alternatives] == [
        one.result_digest for one in comparison.alternatives
    ]


def test_a_load_to_compare_must_be_there(tmp_path) -> None:
    """Asked for, it is refused; not asked for, it is left out."""
    alternatives = study.alternatives_of(
        [load_scenario(write_tiny(tmp_path))], ["as-listed", "shortest-first"]
    )
    with pytest.raises(PlanError) as caught:
        study.compare(alternatives, 4, with_load=True)
    assert (
        str(caught.value) == "'as-listed' has no load to compare: its scenario has no `verification` section"
    )
    assert study.compare(alternatives, 4).load is None


def test_the_command_in_the_folder_says_how_the_load_was_compared(scenario, tmp_path) -> None:
    def settings(name: str) -> dict:
        return {"target": None, "delta": 7.0, "workers": 1, "engine": "compiled", "folder": tmp_path / name}

    run_comparison([scenario], (), 50, 1, **settings("on"))
    run_comparison([scenario], (), 50, 1, with_load=False, **settings("off"))
    on, off = (
        json.loads((tmp_path / name / "manifest.json").read_text(encoding="utf-8")) for name in ("on", "off")
    )
    assert on["command"].endswith(" --load --load-replications 50")
    assert off["command"].endswith(" --no-load")
    assert on["identity"]["load_replications"] == 50
    assert "load_replications" not in off["identity"]


# -- what is said -------------------------------------------------------------------------------------------


def with_claims(comparison: Comparison, best: int, **claims: tuple[float, float, float]) -> str:
    """The sentence about `best`, whose differences from the other are these; all others are nothing."""
    found = comparison.load.pair(best, 1 - best)
    changed = tuple(
        replace(one, claim=Mean(*claims.get(one.figure.kind, (0, -1, 1)))) if one.claim else one
        for one in found.differences
    )
    load = replace(comparison.load, pairs=(replace(found, differences=changed),))
    return load_sentence(replace(comparison, best=best, load=load))


def ever(comparison: Comparison, *shares: float) -> Comparison:
    """The same with other shares of futures in which capacity is exceeded."""
    load = comparison.load
    alternatives = tuple(
        replace(
            one,
            standings=tuple(
                replace(entry, mean=Mean(value, value, value)) if entry.figure == Figure(OVER) else entry
                for entry in one.standings
            ),
        )
        for one, value in zip(load.alternatives, shares, strict=True)
    )
    return replace(comparison, load=replace(load, alternatives=alternatives))


def test_the_sentence_says_what_an_order_does_to_the_load(comparison) -> None:
    """It breaks the load only where more futures exceed capacity; else it is sooner, or there is more of it."""
    found = ever(comparison, 0.9, 0.2)
    better = replace(comparison.pair(0, 1).targets[0], verdict="a better")
    sooner = replace(found, pairs=(replace(comparison.pair(0, 1), targets=(better,)),))
    worse = replace(
        found, pairs=(replace(comparison.pair(0, 1), targets=(replace(better, verdict="b better"),)),)
    )
    assert with_claims(sooner, 0, over_capacity=(0.7, 0.6, 0.8), first_over_capacity=(-300, -350, -250)) == (
        "It meets the date sooner and breaks the load: against 'two_first', capacity for identity checks is exceeded in "
        "90% of futures instead of 20%."
    )
    assert with_claims(worse, 0, first_over_capacity=(-300, -350, -250)) == (
        "It brings the load sooner: against 'two_first', capacity for identity checks is exceeded 10 months (8 to 11) sooner."
    )
    assert with_claims(
        sooner, 0, first_over_capacity=(-30, -35, -25), peak_month_checks=(-900, -1000, -800)
    ) == (
        "It meets the date sooner and brings the load sooner: against 'two_first', capacity for identity checks is exceeded 30 days "
        "(25 to 35) sooner, though the busiest month has 900 fewer checks (800 to 1,000)."
    )
    assert with_claims(worse, 0, peak_month_checks=(900, 800, 1000)) == (
        "It brings more load: against 'two_first', the busiest month has 900 more checks (800 to 1,000)."
    )
    assert with_claims(worse, 0, over_capacity=(-0.7, -0.8, -0.6), peak_month_checks=(-9, -10, -8)) == (
        "It is easier on identity checks too: against 'two_first', capacity for identity checks is exceeded in 90% of futures "
        "instead of 20% and the busiest month has 9 fewer checks (8 to 10)."
    )
    assert with_claims(worse, 0) == (
        "Neither the day capacity for identity checks is exceeded nor the busiest month tells it from 'two_first'."
    )
    assert with_claims(ever(worse, 0, 0), 0) == (
        "Capacity for identity checks is exceeded in no future, whatever the alternative."
    )


def test_the_day_capacity_is_first_exceeded_in_words(comparison) -> None:
    def said(day: float, share: float) -> str:
        found = ever(comparison, share, share)
        one = found.load.alternatives[0]
        standings = tuple(
            replace(entry, percentiles=(0.0, day, 0.0)) if entry.figure == Figure(FIRST_OVER) else entry
            for entry in one.standings
        )
        load = replace(
            found.load, alternatives=(replace(one, standings=standings), *found.load.alternatives[1:])
        )
        return first_over(load, 0, found)

    horizon = comparison.plan.horizon
    assert said(31, 0.9).endswith(", in 90%")
    assert said(horizon, 0.3) == "in 30% of futures"
    assert said(horizon, 0.0) == "in no future"


def test_checks_that_come_to_nothing_are_told(comparison) -> None:
    def told(*shares: float) -> list[str]:
        alternatives = tuple(
            replace(
                one,
                standings=tuple(
                    replace(entry, percentiles=(0, share, 0)) if entry.figure == Figure(UNSERVED) else entry
                    for entry in one.standings
                ),
            )
            for one, share in zip(comparison.load.alternatives, shares, strict=True)
        )
        return list(load_notes(replace(comparison.load, alternatives=alternatives)))

    assert len(told(0.009, 0.0)) == 2
    assert told(0.2, 0.3)[1] == (
        "Up to 20% to 30% of checks end unserved at a station or still wait there at the horizon (medians of the "
        "alternatives). The demand counts them as proven as often as those served, so that later checks are too few "
        "and reuses too many."
    )
    assert told(0.2, 0.2)[1].startswith("Up to 20% of checks end")


def test_a_scenario_without_stations_says_so(tmp_path) -> None:
    path = write_loaded(tmp_path)
    text = path.read_text(encoding="utf-8")
    start, stop = text.index("  stations:"), text.index("orders:")
    text = text[:start] + text[stop:]
    for step in (
        ", steps: [{station: automatic, minutes: 10}, {station: phone, share: 0.1, minutes: 6}]",
        ", steps: [{station: counter}]",
    ):
        assert step in text
        text = text.replace(step, "")
    path.write_text(text, encoding="utf-8")
    found = study.compare(study.alternatives_of([load_scenario(path)]), 50)
    assert found.load.stations == ()
    assert first_over(found.load, 0, found) == "no station in the scenario"
    assert "no station in" in summary_text(found)
    assert with_claims(found, 0) == "The busiest month of identity checks does not tell it from 'two_first'."


# -- the chart ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many(tmp_path_factory) -> Comparison:
    """More alternatives than are named in the chart."""
    path = write_loaded(tmp_path_factory.mktemp("many"))
    edit(
        path,
        "orders:\n",
        "variants:\n  an_unusually_roomy_contact_centre: {why: more, set: {verification.stations.phone.servers: 40}}\n  slow: {why: slow, set: {verification.visits.default: 2}}\norders:\n",
    )
    scenarios = [
        load_scenario(path, names) for names in ((), ("an_unusually_roomy_contact_centre",), ("slow",))
    ]
    return study.compare(study.alternatives_of(scenarios), 50)


def test_the_chart_names_who_exceeds_capacity_first_and_last(comparison, many) -> None:
    for found in (comparison, many):
        for station, _ in found.load.stations:
            chart = plot_compared_load(found, station)
            boxes = texts_of(chart.figure)
            for text, box in boxes:
                inside = (
                    box.x0 >= 0
                    and box.y0 >= 0
                    and box.x1 <= chart.figure.bbox.x1
                    and box.y1 <= chart.figure.bbox.y1
                )
                assert inside, f"{station}: '{text}' leaves the figure"
            for (first, a), (second, b) in combinations(boxes, 2):
                wide, high = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
                assert wide <= SLACK or high <= SLACK, f"{station}: '{first}' touches '{second}'"
            assert len(chart.rows) == len(found.alternatives) * len(found.load.months)
            assert {row["series"] for row in chart.rows} == {station}
    texts = [text.replace("\n", " ") for text, _ in texts_of(plot_compared_load(many, "phone").figure)]
    assert any(text.startswith("capacity: ") and " or " in text for text in texts)
    assert "2 others" in texts
    with pytest.raises(ValueError, match="the comparison has no load of a station 'desk'"):
        plot_compared_load(comparison, "desk")


def test_the_title_says_when_half_of_the_futures_are_over_capacity(comparison) -> None:
    days = [int(one.standing(FIRST_OVER, "counter").percentiles[1]) for one in comparison.load.alternatives]
    assert days[0] < days[1] < comparison.plan.horizon
    first, last = (formats.day(day, comparison.plan) for day in days)
    title = plot_compared_load(comparison, "counter").title
    assert (
        title
        == f"counter: half of the futures exceed capacity by {first} under one_first, by {last} under two_first"
    )
    shares = [one.standing(OVER, "phone").mean.value for one in comparison.load.alternatives]
    assert 0 < min(shares) < max(shares) < 0.5
    low, high = (formats.percent(value) for value in sorted(shares))
    title = plot_compared_load(comparison, "phone").title
    assert title == f"phone: capacity is exceeded in {low} to {high} of futures, depending on the alternative"


# -- what is left behind ------------------------------------------------------------------------------------


def test_tables_and_json_hold_every_figure(comparison) -> None:
    files = dict(report_files(comparison, []))
    document = json.loads(files["comparison.json"])["load"]
    json.dumps(document, allow_nan=False)
    assert document["replications"] == 60
    rows = {
        name: list(csv.DictReader(files[f"tables/{name}.csv"].decode().splitlines()))
        for name in ("load", "load_pairs", "load_months")
    }
    figures, months = len(comparison.load.alternatives[0].standings), len(comparison.load.months)
    assert len(rows["load"]) == 2 * figures == len(document["alternatives"])
    assert len(rows["load_pairs"]) == figures == len(document["pairs"])
    assert len(rows["load_months"]) == 2 * 4 * months == len(document["months"])
    assert {row["station"] for row in rows["load"] if row["figure"] == WAIT} == {
        "automatic",
        "phone",
        "counter",
    }
    assert [row["target"] for row in rows["load_pairs"] if row["figure"] == AVOIDED] == ["all"]
    claimed = {row["figure"] for row in rows["load_pairs"] if row["claim_low"]}
    assert claimed == {PEAK_MONTH, OVER, FIRST_OVER}
