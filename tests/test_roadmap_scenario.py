"""The real scenario: all in scope, mapped, evidenced, counted once, calibrated as its document says."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import onelogin_sim
from onelogin_sim.calendars import NEVER
from onelogin_sim.draws import draw
from onelogin_sim.engines import reference
from onelogin_sim.scenario import Scenario
from onelogin_sim.scenario.evidence import numbers
from onelogin_sim.scenario.model import ServiceRow

SCENARIO = Path(__file__).resolve().parent.parent / "scenarios" / "roadmap-2025" / "scenario.yaml"
STATUS = date(2023, 12, 14)
UNSHARED = {"own", "none", "unknown"}

#: Each hub: whether its own volume is counted, and those of the services behind it. A hub and a service
#: behind it may both count only where the two volumes count different things.
HUBS = {
    # The hub's figure is people due to file Self Assessment; no service behind it files Self Assessment.
    "services-run-by-hm-revenue-and-customs": (
        True,
        {
            "child-benefit-claim-and-manage": True,
            "corporation-tax-return": True,
            "paye-for-employers": True,
            "personal-tax-account": True,
            "tax-free-childcare": True,
            "vat-returns": True,
        },
    ),
    # The hub's volume is unknown and imputed, for everything but incorporation.
    "companies-house-services": (True, {"company-incorporation": True}),
    # Rural payments are among the hub's users; anglers buy a licence without signing in to the hub.
    "defra-digital-services": (True, {"rod-fishing-licence": True, "rural-payments": False}),
    # The account has no users but those of the services behind it; most vehicle transactions need no sign-in.
    "driver-and-vehicles-account": (
        False,
        {
            "apply-for-provisional-licence": True,
            "change-vehicle-registration-address": True,
            "driving-with-a-medical-condition": True,
            "ordinary-driving-licence-transactions": True,
            "vehicle-transactions": False,
            "vocational-licences-and-tachograph-cards": True,
        },
    ),
    # Everybody with settled status has an account at the hub.
    "uk-visa-and-immigration-account": (True, {"eu-settled-status-account": False}),
}

#: Published after the status date, for a period that had ended by then: used only as an assumption with both dates.
LATER_PUBLICATIONS = {
    "A-VOL-PENSION-CREDIT": "Written answer 13456, published autumn 2024; reference period January to October 2023",
    "A-ABLE": "publictechnology.net, September 2024; survey of 2,000 people in 2023",
    "A-AWARE": "publictechnology.net, April 2024; reference period August to December 2023",
    "A-ROUTES": "publictechnology.net, April 2024; reference period August to December 2023; judgement",
    "A-PROVEN": "ukauthority.com, June 2023; "
    "publictechnology.net, April 2024, reference period August to December 2023",
}

#: Working days from build to listed of the three services that could be measured (28, 55 and 83 calendar days),
#: and the shares of realised spans between which each must lie.
MEASURED = {20: (0.005, 0.05), 39: (0.15, 0.25), 59: (0.40, 0.50)}
SPAN = ("build", "governance", "production_configuration", "private_beta")
BEFORE_LIVE = (
    "register_interest",
    "discovery",
    *SPAN,
    "identity_design",
    "identity_assurance",
    "account_migration",
)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return onelogin_sim.load_scenario(SCENARIO)


@pytest.fixture(scope="module")
def rows(scenario: Scenario) -> dict[str, ServiceRow]:
    return {row.id: row for row in scenario.file.services}


def test_all_139_services_are_in_scope_and_14_of_8_departments_are_live(
    scenario: Scenario, rows: dict[str, ServiceRow]
) -> None:
    live = [row for row in rows.values() if row.live_on is not None]
    assert (len(rows), len(live), len({row.department for row in live})) == (139, 14, 8)
    assert len(scenario.file.departments) == 17
    assert scenario.findings == ()


def test_ten_clients_went_live_in_2023_and_eleven_in_the_year_before_the_status_date(
    rows: dict[str, ServiceRow],
) -> None:
    dates = [row.live_on for row in rows.values() if row.live_on is not None]
    assert sum(when >= date(2022, 12, 13) for when in dates) == 11
    assert sum(when.year == 2023 for when in dates) == 10
    assert max(dates) <= STATUS


def test_every_sign_in_is_mapped_to_the_migration_that_replaces_it(
    scenario: Scenario, rows: dict[str, ServiceRow]
) -> None:
    table = {row.sign_in: row.enablers for row in scenario.file.sign_ins}
    used = {name for row in rows.values() for name in row.sign_in}
    assert used == set(table)
    assert all(rows[name].sign_in for name in rows)
    for name, enablers in table.items():
        assert bool(enablers) == (name not in UNSHARED), name
    enablers = {enabler.id: enabler for enabler in scenario.file.enablers}
    assert {name for names in table.values() for name in names} == set(enablers)
    assert {enabler.gates for enabler in enablers.values()} == {"account_migration"}


def test_pathways_follow_identity_and_sign_in(rows: dict[str, ServiceRow]) -> None:
    for row in rows.values():
        accounts = bool(set(row.sign_in) - {"none", "unknown"})
        expected = ("authentication" if row.identity == "none" else "identity") + "_migration" * accounts
        assert row.pathway == (None if row.live_on else expected), row.id


def test_unknown_identity_is_drawn_and_known_identity_is_not(
    scenario: Scenario, rows: dict[str, ServiceRow]
) -> None:
    for task in scenario.plan().tasks:
        if task.stage in ("identity_design", "identity_assurance") and task.repeat_pass == 0:
            identity = rows[task.item].identity
            assert identity != "none"
            assert [gate.decision for gate in task.gates] == (["identity"] if identity == "unknown" else [])


def test_nothing_behind_a_hub_goes_live_before_it(scenario: Scenario) -> None:
    plan = scenario.plan()
    timeline = reference.run(plan, scenario.order(), draw(plan, 1, 10))
    column = {service.id: index for index, service in enumerate(plan.services)}
    for hub, (_, behind) in HUBS.items():
        for service in behind:
            later, earlier = timeline.go_live[:, column[service]], timeline.go_live[:, column[hub]]
            assert np.all((later > earlier) | (later == NEVER)), (hub, service)


def test_no_volume_is_counted_twice(rows: dict[str, ServiceRow]) -> None:
    found: dict[str, tuple[bool, dict[str, bool]]] = {}
    for row in rows.values():
        if row.fronted_by is not None:
            hub = rows[row.fronted_by]
            behind = found.setdefault(hub.id, (hub.users_counted == "yes", {}))[1]
            behind[row.id] = row.users_counted == "yes"
    assert found == HUBS
    elsewhere = {row.id for row in rows.values() if row.users_counted == "no"}
    assert elsewhere == {
        "driver-and-vehicles-account",
        "eu-settled-status-account",
        "rural-payments",
        "vehicle-transactions",
    }


def test_the_denominator_of_users_is_the_sum_of_what_is_counted_and_says_what_is_imputed(
    scenario: Scenario,
) -> None:
    plan = scenario.plan()
    target = next(target for target in plan.targets if target.measure == "annual_users")
    assert target.total == sum(service.users for service in plan.services) == 125_209_133
    imputed = [service.users for service in plan.services if service.users_imputed]
    assert (len(imputed), sum(imputed)) == (63, 630_000)
    by_id = {service.id: service.users for service in plan.services}
    assert by_id["vat-returns"] == 9_000_000 / 4
    assert by_id["rural-payments"] == 0
    assert by_id["pension-credit-claim"] == 223_000 * 12 / 10


def test_every_number_has_evidence_and_every_assumption_is_used(scenario: Scenario) -> None:
    assert scenario.file.evidence == "required"
    assert all(number.source or number.assumption for number in numbers(scenario.tree))
    register = {assumption.id: assumption for assumption in scenario.file.assumptions}
    assert {"A-SCOPE", "A-ORDER", "A-VOL", "A-MIG"} <= set(register)
    for assumption in register.values():
        assert len(assumption.rationale) > 30, assumption.id


def test_volumes_cite_their_publication_or_the_assumption_they_rest_on(rows: dict[str, ServiceRow]) -> None:
    kinds = Counter(row.assumption or "sourced" for row in rows.values())
    for row in rows.values():
        assert (row.assumption == "A-VOL") == (row.users is None), row.id
        own = row.assumption in ("A-VOL", "A-ORDER", "A-VOL-HMRC", "A-VOL-PENSION-CREDIT")
        assert own or (row.source and row.source.startswith("https://"))
    assert kinds["A-VOL"] == 63
    assert rows["services-run-by-hm-revenue-and-customs"].assumption == "A-VOL-HMRC"
    assert rows["pension-credit-claim"].assumption == "A-VOL-PENSION-CREDIT"
    assert (kinds["A-VOL-HMRC"], kinds["A-VOL-PENSION-CREDIT"]) == (1, 1)


def test_nothing_dates_from_after_the_status_date(scenario: Scenario, rows: dict[str, ServiceRow]) -> None:
    file = scenario.file
    assert file.status_date == STATUS
    assert all(assumption.date_ <= STATUS for assumption in file.assumptions)
    volumes = {row.source for row in rows.values() if row.source}
    sources = volumes | {number.source for number in numbers(scenario.tree) if number.source}
    sources |= {assumption.source for assumption in file.assumptions}
    plans = re.compile(r"Transforming for a digital future, [^;]*|over 100 services by 2025|\bby June 2025\b")
    later = {text for text in sources if any(int(year) > 2023 for year in _years(plans.sub("", text)))}
    assert later == set(LATER_PUBLICATIONS.values())
    register = {assumption.id: assumption for assumption in file.assumptions}
    for name, source in LATER_PUBLICATIONS.items():
        assert register[name].source == source
    for row in rows.values():
        for when in (row.live_on, row.since):
            assert when is None or when <= STATUS
        assert row.planned_live is None


def _years(text: str) -> list[str]:
    return re.findall(r"(?<!\d)20\d\d(?!\d)", text)


def test_in_flight_services_follow_the_stated_rule(scenario: Scenario, rows: dict[str, ServiceRow]) -> None:
    """One by one from each department with a live service, first by id, small and standing alone.

    Passed over: a scheme that had no body to run it and nothing to apply to on the status date.
    """
    not_yet = {"infected-blood-compensation"}
    running = {row.id for row in rows.values() if row.since is not None}
    hubs = set(HUBS)
    queues: dict[str, list[str]] = {}
    for department in sorted({row.department for row in rows.values() if row.live_on is not None}):
        queues[department] = sorted(
            row.id
            for row in rows.values()
            if row.department == department
            and row.live_on is None
            and row.fronted_by is None
            and row.id not in hubs | not_yet
            and not set(row.sign_in) - UNSHARED
            and (row.users or 0) <= 150_000
        )
    expected: set[str] = set()
    while len(expected) < 8:
        for queue in queues.values():
            if queue and len(expected) < 8:
                expected.add(queue.pop(0))
    assert running == expected


def test_every_variant_is_valid(scenario: Scenario) -> None:
    digests = {
        name: onelogin_sim.load_scenario(SCENARIO, [name]).plan().digest for name in scenario.file.variants
    }
    assert len(set(digests.values()) | {scenario.plan().digest}) == len(digests) + 1


def test_every_order_is_complete(scenario: Scenario) -> None:
    plan = scenario.plan()
    for name in scenario.file.orders:
        assert sorted(scenario.order(name).rank) == list(range(len(plan.items)))


def test_without_growth_the_first_year_holds_the_past_years_eleven() -> None:
    """The one calibration: with no planned changes, 11 go-lives lie within P10 to P90 of the first year's."""
    scenario = onelogin_sim.load_scenario(SCENARIO, ["no_growth"])
    plan = scenario.plan()
    assert all(len(resource.steps) == 1 for resource in plan.resources)
    timeline = reference.run(plan, scenario.order(), draw(plan, 1, 100))
    first_year = ((timeline.go_live > 0) & (timeline.go_live <= 365)).sum(axis=1)
    low, high = np.quantile(first_year, [0.1, 0.9], method="inverted_cdf")
    assert low <= 11 <= high


@pytest.fixture(scope="module")
def realised(scenario: Scenario, rows: dict[str, ServiceRow]) -> dict[str, np.ndarray]:
    """Working days of each stage with factors and rework, without queues: [service not begun, replication]."""
    plan = scenario.plan()
    drawn = draw(plan, 1, 500).days
    begun = {row.id for row in rows.values() if row.live_on is not None or row.since is not None}
    services = [name for name in rows if name not in begun]
    days = {stage: np.zeros((len(services), len(drawn))) for stage in BEFORE_LIVE}
    for index, task in enumerate(plan.tasks):
        if task.item in rows and task.item not in begun and task.stage in days:
            days[task.stage][services.index(task.item)] += drawn[:, index]
    return days


def test_the_three_measured_services_are_plausible_draws_of_the_realised_span(
    realised: dict[str, np.ndarray],
) -> None:
    """The longest lies a little below the middle, as in a small sample of those that finished first."""
    span = sum(realised[stage] for stage in SPAN)
    for measured, (low, high) in MEASURED.items():
        assert low < np.mean(span <= measured) < high, measured
    assert realised["production_configuration"].mean() >= 10


def test_capacity_and_the_number_in_flight_follow_their_rules(
    scenario: Scenario, rows: dict[str, ServiceRow], realised: dict[str, np.ndarray]
) -> None:
    """Fewest whole places for 11 go-lives a year at four fifths use; Little's law, rounded up."""
    mean = {stage: days.mean() for stage, days in realised.items()}
    held = {
        "onboarding_team": mean["discovery"],
        "assurance_panel": mean["governance"] + mean["identity_assurance"],
        "production_slots": mean["production_configuration"],
    }
    places = {name: int(np.ceil(11 * days / 252 / 0.8)) for name, days in held.items()}
    assert places == {name: scenario.file.resources[name].capacity for name in held}
    in_flight = sum(row.since is not None for row in rows.values())
    assert in_flight == int(np.ceil(11 * sum(mean.values()) / 252))


def test_each_risk_has_an_assumption_of_its_own(scenario: Scenario) -> None:
    cited = [risk.assumption for risk in scenario.file.risks]
    covers = {assumption.id: assumption.covers for assumption in scenario.file.assumptions}
    assert len(set(cited)) == len(cited)
    assert {covers[name] for name in cited if name is not None} == {"risk"}


def test_no_file_names_what_only_became_known_later() -> None:
    """In the tables a year after 2023 stands only in an address or a planned change of capacity."""
    for file in SCENARIO.parent.iterdir():
        if file.suffix == ".csv":
            for line in file.read_text(encoding="utf-8").splitlines():
                bare = re.sub(r"https?://\S+|2025-07-01=\d", "", line)
                assert not [year for year in _years(bare) if int(year) > 2023], line
