"""The `verification` section: what it means, what is refused and in which words, and the scenarios that have one."""
# ruff: noqa: E501 - a message is one line here because it is one line for the planner

import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import onelogin_sim
from onelogin_sim.draws import deterministic, draw
from onelogin_sim.engines import reference
from onelogin_sim.errors import ScenarioError
from onelogin_sim.scenario import load_scenario
from onelogin_sim.scenario.evidence import numbers
from onelogin_sim.scenario.schema import schema
from onelogin_sim.verification.demand import demand
from onelogin_sim.verification.dividend import dividend
from onelogin_sim.verification.population import CheckCost
from scenario_files import edit, write_full, write_tiny

ROOT = Path(__file__).resolve().parent.parent
SMALL = ROOT / "scenarios" / "small" / "scenario.yaml"
ROADMAP = ROOT / "scenarios" / "roadmap-2025" / "scenario.yaml"

SECTION = """\
verification:
  segments:
    young:
      name: Young
      people: 20000
      able: {routes: {app: 0.6, post: 0.9}, source: log}
      awareness: {shares: {2024-01-01: 0.5, 2025-01-01: 0.9}, source: log}
      proven: {P1: 0.1, P2: 0.2, source: log}
      source: log
    old: {people: 10000, able: {routes: {app: 0.2, post: 0.8}, source: log}, source: log}
  audience: {default: {young: 0.7, old: 0.3}, services: {court: {young: 0.0, old: 1.0}}, source: log}
  visits: {default: 2.0, services: {pay: 12.0}, source: log}
  once_in_years: {default: 1.0, services: {trade: 4.0}, source: log}
  adoption: {default: 0.9, services: {pay: 0.8}, source: log}
  accounts: {default: 0.1, services: {pay: 0.7}, source: log}
  seasons:
    ordinary: {weekdays: [1, 1, 1, 1, 1, 0.5, 0.5], source: log}
    tax:
      services: [pay]
      months: [4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
      hours: [0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 3, 3, 2, 3, 3, 3, 2, 1, 1, 1, 1, 0, 0, 0]
      last_day: {month: 1, day: 31, share: 0.06, top_hour: 15, top_hour_share: 0.2}
      source: log
  ramp: {shares: [[0, 0.1], [30, 1.0]], source: log}
  check: {minutes: 20.0, cost: 3.0, uplift: 0.5, source: log}
  routes:
    app:
      choice: 0.9
      success: 0.8
      success_source: survey
      gives_up: 0.5
      then: post
      steps:
        - {station: automatic, minutes: {p10: 2, p50: 4, p90: 9, source: log}}
        - {station: phone, share: 0.1, minutes: 6}
      source: log
    post: {name: Post Office, choice: 0.1, success: 0.9, steps: [{station: counter}], source: log}
  stations:
    automatic: {concurrency: 50, changes: {2025-01-01: 80}, source: log}
    phone:
      servers: 5
      opening: {days: [Mon, Tue, Wed, Thu, Fri], from: 8, to: 20, source: site}
      patience: {median: 4, p90: 10, source: log}
      service_level: {share: 0.8, minutes: 1.0, source: log}
      source: log
    counter:
      appointments_per_day: 100
      time_limit: {days: 16, source: site}
      service_level: {share: 0.9, days: 2.0, source: log}
      source: log
"""


def write_load(folder: Path) -> Path:
    """The scenario that uses every feature, with a `verification` section that does too, behind all else."""
    path = write_full(folder)
    with path.open("a", encoding="utf-8") as file:
        file.write(SECTION)
    return path


def refusal(path: Path) -> list[str]:
    with pytest.raises(ScenarioError) as refused:
        load_scenario(path)
    # Lines are counted from the section on, its own line being the first.
    first = path.read_text(encoding="utf-8").partition("\nverification:")[0].count("\n") + 1
    return [
        f"{problem.line - first}:{problem.column}: {str(problem).split(': ', 1)[1]}"
        for problem in refused.value.problems
    ]


# -- what it means ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    return load_scenario(write_load(tmp_path_factory.mktemp("load")))


def test_every_key_comes_through(full):
    found = full.verification()
    young, old = found.segments
    assert (young.name, young.people, young.able) == ("Young", 20_000, (0.6, 0.9))
    assert (young.awareness, young.proven_p1, young.proven_p2) == (((0, 0.5), (366, 0.9)), 0.1, 0.2)
    assert (old.name, old.awareness, old.proven_p2) == ("old", ((0, 1.0),), 0.0)
    by_id = {service.id: service for service in found.services}
    assert list(by_id) == [service.id for service in full.plan().services]
    pay, court, trade, hub, seen = (by_id[name] for name in ("pay", "court", "trade", "hub", "seen"))
    assert (pay.level, pay.asked, pay.users, pay.visits) == ("P2", 1.0, 5000, 12.0)
    assert (pay.adoption, pay.accounts, found.seasons[pay.season].id) == (0.8, 0.7, "tax")
    assert (court.level, court.asked, court.audience) == ("P2", None, (0.0, 1.0))
    assert (trade.users, trade.visits, found.seasons[trade.season].id) == (2000 * 4, 0.5, "ordinary")
    assert (hub.level, hub.users, hub.audience) == ("P1", 1000, (0.7, 0.3))
    assert (seen.level, seen.users, seen.asked) == ("none", 0, 0.0)
    assert found.ramp == ((0, 0.1), (30, 1.0))
    assert found.check == CheckCost(20, 3, 0.5)
    tax = found.seasons[1]
    assert (tax.months[0], tax.weekdays, tax.hours[9], tax.last_day.share) == (4, (1.0,) * 7, 3, 0.06)
    app, post = found.routes
    assert (app.choice, app.success, app.gives_up, app.then, app.name) == (0.9, 0.8, 0.5, "post", "app")
    assert [(step.station, step.share, step.minutes.kind) for step in app.steps] == [
        ("automatic", 1.0, "split_lognormal"), ("phone", 0.1, "fixed"),
    ]  # fmt: skip
    assert (post.name, post.steps[0].minutes, post.then) == ("Post Office", None, None)
    automatic, phone, counter = found.stations
    assert (automatic.unit, automatic.steps) == ("concurrency", ((0, 50), (366, 80)))
    assert (phone.unit, phone.opening.weekdays, phone.opening.hours_a_week) == (
        "servers",
        (0, 1, 2, 3, 4),
        60,
    )
    assert (phone.patience.parameters, phone.level.share, phone.level.within) == ((4.0, 10.0), 0.8, 1.0)
    assert (counter.unit, counter.time_limit_days, counter.level.within) == ("appointments", 16, 2.0)
    assert counter.opening.hours_a_week == 168


def test_every_number_of_it_is_listed_with_its_evidence(full):
    found = {number.where: number.source for number in numbers(full.tree) if number.path[0] == "verification"}
    assert found["verification.routes.app.success"] == "survey"
    assert found["verification.routes.app.gives_up"] == "log"
    assert found["verification.stations.phone.opening.from"] == "site"
    # Every single number in the text stands in the list, itself or as part of a list or distribution.
    singles = [path for path, node in full.tree.singles() if path[0] == "verification" and _is_number(node)]
    listed = [number.path for number in numbers(full.tree)]
    for path in singles:
        assert any(path[: len(known)] == known for known in listed), full.tree.spell(path)


def _is_number(node) -> bool:
    return isinstance(node.value, (int, float)) and not isinstance(node.value, bool)


def test_it_has_a_digest_of_its_own_and_leaves_the_plans_alone(tmp_path, full):
    without = load_scenario(write_full(tmp_path))
    assert without.verification() is None
    assert without.plan().digest == full.plan().digest
    path = write_load(tmp_path)
    digests = [full.verification().digest, load_scenario(path).verification().digest]
    edit(path, "name: Young", "name: Youth")
    digests.append(load_scenario(path).verification().digest)
    assert len(set(digests)) == 1
    edit(path, "visits: {default: 2.0", "visits: {default: 2.5")
    assert load_scenario(path).verification().digest not in digests


def test_a_variant_changes_it(tmp_path):
    path = write_load(tmp_path)
    edit(
        path, "variants:\n",
        "variants:\n  twice: {why: What if twice as many are young?, set: {verification.segments.young.people: 40000}}\n",
    )  # fmt: skip
    assert load_scenario(path, ["twice"]).verification().segments[0].people == 40_000


def test_the_schema_knows_it():
    assert "verification" in schema()["properties"]
    assert schema()["$defs"]["Station"]["properties"]["servers"]["description"] == "People at work at a time."


def test_a_short_section_is_enough(tmp_path):
    path = write_tiny(tmp_path)
    with path.open("a", encoding="utf-8") as file:
        file.write("verification: {segments: {all: {people: 100}}}\n")
    found = load_scenario(path).verification()
    assert (found.ramp, found.seasons[0].id, found.check, found.routes) == (((0, 1.0),), "even", None, ())
    assert found.outcomes[0].success == 1


# -- what is refused --------------------------------------------------------------------------------------

# fmt: off
CASES = [
    ("people: 20000", "people: 2000",
     ["5:15: verification.segments.young.people: the service 'pay' has 3,500 users here, more than the 2,000 people; lower its users, its share or its years, or count more people",
      "5:15: verification.segments.young.people: the service 'trade' has 5,600 users here, more than the 2,000 people; lower its users, its share or its years, or count more people"]),
    ("{young: 0.0, old: 1.0}", "{young: 0.0, old: 0.9}",
     ["11:65: verification.audience.services.court: the shares add up to 0.9, not 1; share out all users"]),
    ("{people: 10000, able", "{people: 200, able",
     ["10:19: verification.segments.old.people: the service 'pay' has 1,500 users here, more than the 200 people; lower its users, its share or its years, or count more people",
      "10:19: verification.segments.old.people: the service 'trade' has 2,400 users here, more than the 200 people; lower its users, its share or its years, or count more people",
      "11:83: verification.audience.services.court.old: the service 'court' has 300 users here, more than the 200 people; lower its users, its share or its years, or count more people",
      "10:19: verification.segments.old.people: the service 'hub' has 300 users here, more than the 200 people; lower its users, its share or its years, or count more people"]),
    ("adoption: {default: 0.9", "adoption: {default: 1.9",
     ["14:23: verification.adoption.default: must lie between 0 and 1 (found 1.9)"]),
    ("{app: 0.6, post: 0.9}", "{app: -0.1, post: 0.9}",
     ["6:28: verification.segments.young.able.routes.app: must lie between 0 and 1 (found -0.1)"]),
    ("visits: {default: 2.0, services: {pay", "visits: {default: 2.0, services: {pya",
     ["12:37: verification.visits.services.pya: is not a known service (found 'pya'); did you mean 'pay'?"]),
    ("services: [pay]", "services: [pya]",
     ["19:18: verification.seasons.tax.services: is not a known service (found 'pya'); did you mean 'pay'?"]),
    ("{young: 0.7, old: 0.3}", "{yung: 0.7, old: 0.3}",
     ["11:24: verification.audience.default.yung: is not a known segment (found 'yung'); did you mean 'young'?"]),
    ("{app: 0.6, post: 0.9}", "{app: 0.6, post: 0.9, web: 0.5}",
     ["6:44: verification.segments.young.able.routes.web: is not a known route (found 'web'); known: app, post"]),
    ("then: post", "then: pots",
     ["32:13: verification.routes.app.then: is not a known route (found 'pots'); did you mean 'post'?"]),
    ("{station: counter}", "{station: conter}",
     ["37:76: verification.routes.post.steps.1.station: is not a known station (found 'conter'); did you mean 'counter'?"]),
    ("{app: 0.6, post: 0.9}", "{app: 0.6}",
     ["6:13: verification.segments.young.able: must say who is able to use: post; 0 where nobody is"]),
    ("proven: {P1: 0.1, P2: 0.2", "proven: {P1: 0.5, P2: 0.5",
     ["8:15: verification.segments.young.proven: 1 of the segment have proved their identity, and only 0.9 can use a route; lower it, or say who used another way"]),
    ("post: {name: Post Office, choice: 0.1, success: 0.9,", "post: {name: Post Office, choice: 0.1, success: 0.9, then: app,",
     ["32:13: verification.routes.app.then: the routes tried next form a ring: app → post → app (found 'post'); end it",
      "37:64: verification.routes.post.then: the routes tried next form a ring: post → app → post (found 'app'); end it"]),
    ("concurrency: 50,", "concurrency: 50, servers: 3,",
     ["39:16: verification.stations.automatic: needs exactly one of servers, concurrency and appointments_per_day (found servers and concurrency)"]),
    ("servers: 5", "name: Phone",
     ["41:7: verification.stations.phone: needs exactly one of servers, concurrency and appointments_per_day (found none)"]),
    ("{2025-01-01: 80}", "{2024-01-01: 80}",
     ["39:44: verification.stations.automatic.changes.2024-01-01: must be after the status date 2024-01-01 (found 2024-01-01)"]),
    ("steps: [{station: counter}]", "steps: [{station: counter, minutes: 5}]",
     ["37:94: verification.routes.post.steps.1.minutes: 'counter' gives appointments, which take a slot each and no minutes; take the minutes out"]),
    ("share: 0.1, minutes: 6}", "share: 0.1}",
     ["35:11: verification.routes.app.steps.2: 'phone' has servers: say how many minutes it takes; add minutes"]),
    ("servers: 5", "concurrency: 5",
     ["43:17: verification.stations.phone.patience: is for servers, and this station has concurrency; take it out"]),
    ("appointments_per_day: 100", "servers: 100",
     ["48:19: verification.stations.counter.time_limit: is for appointments, and this station has servers; take it out",
      "49:41: verification.stations.counter.service_level.days: with servers the wait is counted in minutes (found 2.0); give minutes",
      "37:66: verification.routes.post.steps.1: 'counter' has servers: say how many minutes it takes; add minutes"]),
    ("{share: 0.8, minutes: 1.0", "{share: 0.8, minutes: 1.0, days: 1.0",
     ["44:22: verification.stations.phone.service_level: needs exactly one of minutes and days (found both)"]),
    ("days: [Mon, Tue, Wed, Thu, Fri], from: 8", "days: [], from: 8",
     ["42:23: verification.stations.phone.opening.days: never opens: no weekday is named; name one"]),
    ("from: 8, to: 20", "from: 20, to: 8",
     ["42:16: verification.stations.phone.opening: never opens: from 20 to 8 o'clock is no time; end it later than it begins"]),
    ("months: [4, 1,", "months: [4,",
     ["20:15: verification.seasons.tax.months: must have 12 numbers from January on, and has 11"]),
    ("weekdays: [1, 1, 1, 1, 1, 0.5, 0.5]", "weekdays: [0, 0, 0, 0, 0, 0, 0]",
     ["17:26: verification.seasons.ordinary.weekdays: must not all be 0"]),
    ("      services: [pay]\n", "",
     ["18:5: verification.seasons.tax: only one season can be that of all other services, and 'ordinary' is; list its services"]),
    ("ordinary: {weekdays", "ordinary: {services: [pay], weekdays",
     ["19:18: verification.seasons.tax.services: follows 'ordinary' already (found 'pay'); keep one of them"]),
    ("day: 31, share: 0.06", "day: 31, share: 0.5",
     ["22:44: verification.seasons.tax.last_day.share: must not be above the whole month's share, 0.267 (found 0.5); raise the month's weight or lower the day's share"]),
    ("month: 1, day: 31", "month: 4, day: 31",
     ["22:33: verification.seasons.tax.last_day.day: is a day that month never has (found 31)"]),
    ("[[0, 0.1], [30, 1.0]]", "[[0, 0.1], [30, 0.9]]",
     ["24:18: verification.ramp.shares: the last share must be 1, and is 0.9"]),
    ("[[0, 0.1], [30, 1.0]]", "[[0, 0.1], [0, 1.0]]",
     ["24:18: verification.ramp.shares: the days must rise from pair to pair"]),
    ("[[0, 0.1], [30, 1.0]]", "[[-5, 0.1], [30, 1.0]]",
     ["24:18: verification.ramp.shares: days must be whole, from 0 to 10,000"]),
    ("[[0, 0.1], [30, 1.0]]", "[[0, 0.5], [10, 0.4], [30, 1.0]]",
     ["24:18: verification.ramp.shares: the shares must rise from pair to pair, from 0 on"]),
    ("[[0, 0.1], [30, 1.0]]", "[[0, 0.1, 3], [30, 1.0]]",
     ["24:18: verification.ramp.shares: must be pairs [days from go-live, share of full use]"]),
    ("{shares: {2024-01-01: 0.5, 2025-01-01: 0.9}", "{shares: {}",
     ["7:27: verification.segments.young.awareness.shares: must have at least one date"]),
    ("check: {minutes: 20.0, cost: 3.0, uplift: 0.5, source: log}", "check: {minutes: 20.0, cost: 3.0, uplift: 0.5}",
     ["25:20: verification.check.minutes: has no source and no assumption (found 20.0); add one beside it, or around it",
      "25:32: verification.check.cost: has no source and no assumption (found 3.0); add one beside it, or around it",
      "25:45: verification.check.uplift: has no source and no assumption (found 0.5); add one beside it, or around it"]),
    ("{p10: 2, p50: 4, p90: 9", "{p10: 2, p50: 1, p90: 9",
     ["34:47: verification.routes.app.steps.1.minutes.p10: p10 > p50: must not be above 1 (found 2)"]),
    ("share: 0.1, minutes: 6}", "share: 0.1, minutes: 0}",
     ["35:49: verification.routes.app.steps.2.minutes: must be above 0 (found 0)"]),
]
# fmt: on


@pytest.mark.parametrize(("old", "new", "expected"), CASES)
def test_message(tmp_path, old, new, expected):
    path = write_load(tmp_path)
    edit(path, old, new)
    assert sorted(refusal(path)) == sorted(expected)


def test_a_route_nobody_can_use_and_one_nobody_comes_to(tmp_path):
    path = write_load(tmp_path)
    edit(path, "{app: 0.6, post: 0.9}", "{app: 0.6, post: 0.0}")
    edit(path, "{app: 0.2, post: 0.8}", "{app: 0.4, post: 0.0}")
    edit(path, "      then: post\n", "")
    edit(path, "choice: 0.1, success: 0.9", "choice: 0, success: 0.9")
    assert refusal(path) == [
        "36:5: verification.routes.post: nobody can use this route; take it out, or say in a segment who is able",
        "36:5: verification.routes.post: nobody comes to this route; give it a choice, or name it as another's `then` from which somebody goes on",
    ]


@pytest.mark.parametrize(
    ("edits", "comes"),
    [
        ((), True),
        ((("gives_up: 0.5", "gives_up: 1.0"),), True),  # three in ten of the young, and most of the old, cannot use the app
        ((("app: 0.6, post: 0.9", "app: 0.9, post: 0.9"), ("app: 0.2, post: 0.8", "app: 0.8, post: 0.8")), True),
        ((("app: 0.6, post: 0.9", "app: 0.9, post: 0.9"), ("app: 0.2, post: 0.8", "app: 0.8, post: 0.8"), ("gives_up: 0.5", "gives_up: 1.0")), False),
        ((("app: 0.6, post: 0.9", "app: 0.9, post: 0.9"), ("app: 0.2, post: 0.8", "app: 0.8, post: 0.8"), ("success: 0.8", "success: 1.0")), False),
    ],
)  # fmt: skip
def test_a_route_is_tried_next_only_where_somebody_goes_on(tmp_path, edits, comes):
    """Those who fail and do not give up go on, and those who cannot use the route before; nobody else does."""
    path = write_load(tmp_path)
    edit(path, "choice: 0.1, success: 0.9", "choice: 0, success: 0.9")
    for old, new in edits:
        edit(path, old, new)
    if comes:
        load_scenario(path)
    else:
        assert refusal(path)[0].startswith("37:5: verification.routes.post: nobody comes to this route; ")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("concurrency: 50, changes: {2025-01-01: 80}", "concurrency: 0",
         [("automatic.concurrency", "no capacity: nobody is served")]),
        ("concurrency: 50, changes: {2025-01-01: 80}", "concurrency: 0, changes: {2024-06-01: 0, 2025-01-01: 80}",
         [("automatic.concurrency", "no capacity until 2025-01-01: nobody is served")]),
        ("concurrency: 50, changes: {2025-01-01: 80}", "concurrency: 50, changes: {2025-01-01: 0, 2024-06-01: 9}",
         [("automatic.changes.2025-01-01", "no capacity from 2025-01-01 on: nobody is served")]),
        ("concurrency: 50, changes: {2025-01-01: 80}", "concurrency: 50, changes: {2024-06-01: 0, 2025-01-01: 80, 2025-02-01: 0}",
         [("automatic.changes.2024-06-01", "no capacity from 2024-06-01 until 2025-01-01: nobody is served"),
          ("automatic.changes.2025-02-01", "no capacity from 2025-02-01 on: nobody is served")]),
        ("appointments_per_day: 100", "appointments_per_day: 0",
         [("counter.appointments_per_day", "no capacity: nobody is served")]),
        ("servers: 5", "servers: 0", [("phone.servers", "no capacity: nobody is served")]),
    ],
)  # fmt: skip
def test_a_station_without_capacity_is_a_finding(tmp_path, old, new, expected):
    """Allowed, for somebody may ask what happens then; and said where it stands, with the days."""
    path = write_load(tmp_path)
    before = load_scenario(path).findings
    edit(path, old, new)
    found = set(load_scenario(path).findings) - set(before)
    assert sorted((one.where.removeprefix("verification.stations."), one.rule) for one in found) == expected
    assert {one.value for one in found} == {"0"}


def test_a_station_on_no_route_is_a_finding(tmp_path):
    path = write_load(tmp_path)
    before = load_scenario(path).findings
    edit(path, "        - {station: phone, share: 0.1, minutes: 6}\n", "")
    (found,) = set(load_scenario(path).findings) - set(before)
    assert (found.where, found.rule) == ("verification.stations.phone", "is on no route")


# -- the small scenario, by hand --------------------------------------------------------------------------


def _small():
    scenario = onelogin_sim.load_scenario(SMALL)
    plan = scenario.plan()
    timeline = reference.run(plan, scenario.order(), deterministic(plan))
    return scenario, demand(scenario.verification(), timeline)


def test_the_first_day_of_your_pension_by_hand():
    """900,000 users of two million people, two visits a year, a tenth of full use on 15 April 2024.

    April has a twelfth of the year's visits and thirty days. Half a million use the benefit, live since 6 November
    2023: 28 days of ramp with 14.95 days' worth of visits (8.5 of them in November: 25 days), then every day. Those of its
    users who came since the status date have proved who they are and reuse it.
    """
    scenario, found = _small()
    day = (date(2024, 4, 15) - date(2024, 1, 1)).days
    use = [min(1.0, 0.1 + 0.9 * age / 28) for age in range(200)]
    benefit_before = 2 / 12 * (sum(use[:25]) / 30 + sum(use[25:56]) / 31)
    benefit_since = 2 / 12 * (3 + 14 / 30)
    seen = 0.25 * math.exp(-benefit_before) * (1 - math.exp(-benefit_since))
    pensions = [service.id for service in scenario.verification().services].index("pensions")
    coming = 1 - math.exp(-0.1 * 2 / 12 / 30)
    on_the_day = found.checks[0, 0, 0, day]
    benefit = 500_000 * math.exp(-benefit_before - benefit_since) * (1 - math.exp(-2 / 12 / 30))
    # On the day itself pension and allowance start together: nobody has proved it at either of them.
    assert on_the_day == pytest.approx((900_000 + 100_000) * coming * (1 - seen) + benefit, rel=1e-9)
    assert found.service_checks[0, pensions, 0] > 0


def test_the_pensions_first_visits_of_june_by_hand():
    """Sixteen days of ramp in April, twelve in May and nineteen at full use, then June: a twelfth of two visits."""
    _, found = _small()
    use = [0.1 + 0.9 * age / 28 for age in range(28)]
    unseen = math.exp(-2 / 12 * (sum(use[:16]) / 30 + (sum(use[16:]) + 19) / 31))
    month = 5
    both = (900_000 + 100_000) * unseen * (1 - math.exp(-2 / 12))
    others = found.first_visits[0, month] - found.identity_visits[0, month]
    assert others > 0  # appeals, boats and fishing ask for no identity
    benefit = _benefit_in_june()
    assert found.identity_visits[0, month] == pytest.approx(both + benefit, rel=1e-9)


def _benefit_in_june():
    use = [min(1.0, 0.1 + 0.9 * age / 28) for age in range(56)]
    before = 2 / 12 * (sum(use[:25]) / 30 + sum(use[25:]) / 31)
    return 500_000 * math.exp(-before - 2 / 12 * 5) * (1 - math.exp(-2 / 12))


# -- the real scenario ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def roadmap():
    scenario = onelogin_sim.load_scenario(ROADMAP)
    plan = scenario.plan()
    timeline = reference.run(plan, scenario.order(), draw(plan, 1, 12))
    return scenario.verification(), demand(scenario.verification(), timeline)


def test_the_routes_have_the_shares_seen_in_late_2023(roadmap):
    """Web a few per cent, Post Office from 124 a month in August, rising; the app most of the rest."""
    verification, found = roadmap
    # Attempts by route of January 2024, all at services that are live.
    checks = found.checks[:, :, :, 18:49].sum(axis=(2, 3)).mean(axis=0)
    attempts = sum(
        number * np.array(outcome.attempts)
        for number, outcome in zip(checks, verification.outcomes, strict=True)
    )
    app, web, post = attempts / attempts.sum()
    assert app > 0.8
    assert 0.02 < web < 0.16
    assert post < 0.05
    straight_to_the_counter = checks[2]
    assert 50 < straight_to_the_counter < 500


def test_checks_of_january_2024_stay_below_what_the_programme_saw_with_everybody_elses(roadmap):
    _, found = roadmap
    assert 50_000 < np.median(found.checks_by_month[:, 1]) < 210_000
    assert found.proven[:, 0] == pytest.approx(2.5e6, rel=0.05)


def test_self_assessment_makes_the_peak_of_the_year_once_it_is_live(roadmap):
    verification, found = roadmap
    by_id = [service.id for service in verification.services]
    season = verification.services[by_id.index("services-run-by-hm-revenue-and-customs")].season
    last_january = next(
        month
        for month, day in enumerate(found.month_starts[:-1])
        if np.datetime64(verification.status_date) + int(day) == np.datetime64("2035-01-01")
    )
    live = found.sign_ins[:, season, -300:].sum(axis=1) > 0
    assert live.any()
    hours = found.peaks.hour[live, last_january]
    assert {str(np.datetime64(verification.status_date) + int(when) // 24) for when in hours} == {
        "2035-01-31"
    }


def test_the_dividend_of_the_real_scenario_grows_as_services_connect(roadmap):
    verification, found = roadmap
    paid = dividend(found)
    assert paid.years[0] == 2023
    by_year = paid.avoided.sum(axis=0)
    assert 0 < by_year[1] < by_year[3] < by_year[5]
    assert paid.cost_saved(verification.check).sum() == pytest.approx(3 * by_year.sum())
