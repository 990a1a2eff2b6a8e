"""Sentences and number formats: exact texts, because a board reads them literally."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from fake_forecast import BY, HORIZON, SHAPES, big, calendar, one_service, plan_of, quantiles, service, wilson
from onelogin_sim.calendars import NEVER
from onelogin_sim.forecasting import Quantile, Share, TargetForecast
from onelogin_sim.plan import Target
from onelogin_sim.report import formats, words

PLAN = plan_of([service(0, "dwp")], [("dwp", "DWP")])


def target_forecast(days, *, needed=139, total=139, measure="services", share=None):
    """A target's forecast straight from the days it is met."""
    days = np.asarray(days, dtype=np.int32)
    n = len(days)
    return TargetForecast(
        Target("all", "All", measure, needed, total, BY, share),
        wilson(int((days <= BY).sum()), n),
        quantiles(days),
        wilson(int((days == NEVER).sum()), n),
        int(days.min()),
        float((days <= days.min()).mean()),
        days,
    )


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0%"),
        (0.0001, "under 0.1%"),
        (0.0099, "1.0%"),
        (0.01, "1%"),
        (0.124, "12%"),
        (0.99, "99%"),
        (0.9901, "99.0%"),
        (0.99999, "over 99.9%"),
        (1.0, "100%"),
    ],
)
def test_a_share_is_never_rounded_to_none_or_all(share, text):
    assert formats.percent(share) == text


def test_shares_and_dates_with_their_intervals():
    assert formats.percent_interval(Share(0.12, 0.101, 0.139)) == "12% (10% to 14%)"
    assert formats.day_interval(Quantile(50, 10, 5, 20), PLAN) == "19 Dec 2023 to 3 Jan 2024"
    assert formats.day_interval(Quantile(50, 10, 10, 10), PLAN) == "24 Dec 2023"
    assert formats.day_interval(Quantile(80, 10, 5, NEVER), PLAN) == "19 Dec 2023 or later"
    assert formats.day_interval(Quantile(90, NEVER, NEVER, NEVER), PLAN) == "not within the horizon"
    assert formats.day_interval(Quantile(10, -10, -12, -10), PLAN) == "2 Dec 2023 to 4 Dec 2023"


def test_an_interval_that_few_futures_cannot_bound_says_so():
    assert formats.day_interval(Quantile(10, 5, None, 10), PLAN) == "24 Dec 2023 or earlier"
    assert formats.day_interval(Quantile(10, 5, None, NEVER), PLAN) == "not bounded by so few futures"
    assert formats.iso(None, PLAN) is None


@pytest.mark.parametrize(
    ("mean", "text"),
    [(0.0, "0 days"), (0.01, "under 1 day"), (0.7, "1 day"), (1.4, "1 day"), (23.2, "23 days")],
)
def test_a_mean_of_days_is_never_rounded_to_none(mean, text):
    assert formats.days(mean) == text


def test_dates_and_the_horizon():
    assert formats.short_date(date(2025, 12, 31)) == "31 Dec 2025"
    assert formats.long_date(date(2025, 12, 31)) == "31 December 2025"
    assert formats.day(BY, PLAN) == "31 Dec 2025"
    assert formats.horizon(PLAN) == "not within the horizon (before 1 Jan 2032)"
    assert formats.iso(NEVER, PLAN) is None
    assert formats.iso(0, PLAN) == "2023-12-14"


def test_numbers_and_lists():
    assert formats.number(139) == "139"
    assert formats.number(519_440) == "519,440"
    assert formats.number(43_912_000) == "43.9 million"
    assert formats.number(5_000_000) == "5 million"
    assert formats.plural(1, "service") == "1 service"
    assert formats.plural(2000, "future") == "2,000 futures"
    assert formats.listed(["a"]) == "a"
    assert formats.listed(["a", "b", "c"]) == "a, b and c"
    assert formats.listed(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
    assert formats.listed([]) == ""
    assert formats.shortened("Universal Credit", 10) == "Universal…"


def test_the_headline_names_the_date_of_half_the_futures_and_how_many_meet_theirs():
    days = [BY - 10] * 30 + [2646] * 600 + [2900] * 370
    assert words.headline(target_forecast(days), PLAN) == (
        "Every service in scope is connected by 13 Mar 2031 in 63% of the futures; "
        "3% (2% to 4%) meet 31 December 2025"
    )


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (
            [NEVER] * 100,
            "Every service in scope is connected in none of 100 futures: "
            "not within the horizon (before 1 Jan 2032)",
        ),
        (
            [1000] * 100,
            "Every service in scope is connected by 9 Sep 2026 in every future; "
            "none of 100 futures (0% to 4%) meets 31 December 2025",
        ),
        (
            [400] * 50 + [500] * 50,
            "Every service in scope is connected by 17 Jan 2025 in at least half of the futures; "
            "all of 100 futures (96% to 100%) meet 31 December 2025",
        ),
        (
            [1000] * 12 + [NEVER] * 88,
            "Every service in scope is connected within the horizon (before 1 Jan 2032) in 12% of futures; "
            "none of 100 futures (0% to 4%) meets 31 December 2025",
        ),
        ([-10] * 100, "Every service in scope is connected already, since 4 December 2023"),
        (
            [1000],
            "Every service in scope is connected by 9 Sep 2026 in the one future; "
            "the one future (0% to 79%) does not meet 31 December 2025",
        ),
        (
            [400],
            "Every service in scope is connected by 17 Jan 2025 in the one future; "
            "the one future (21% to 100%) meets 31 December 2025",
        ),
        (
            [NEVER],
            "Every service in scope is connected at no time in the one future: "
            "not within the horizon (before 1 Jan 2032)",
        ),
    ],
)
def test_the_headline_where_nothing_or_everything_is_certain(days, text):
    assert words.headline(target_forecast(days), PLAN) == text


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (("services", 139, 139, Fraction(1)), "Every service in scope is connected"),
        (("services", 1, 1, None), "The one service in scope is connected"),
        (("services", 101, 139, None), "101 of 139 services are connected"),
        (("services", 1, 139, None), "1 of 139 services is connected"),
        (("departments", 17, 17, None), "Every department in scope has a service connected"),
        (("departments", 1, 17, None), "1 of 17 departments has a service connected"),
        (("departments", 9, 17, None), "9 of 17 departments have a service connected"),
        (("annual_users", 80, 100, Fraction(4, 5)), "Services of 80% of annual users are connected"),
        (("annual_users", 80, 100, None), "Services of 80 of 100 annual users are connected"),
        (("annual_users", 7, 7, None), "Every annual user's service is connected"),
    ],
)
def test_what_a_target_wants(target, text):
    measure, needed, total, share = target
    assert words.subject(Target("t", "T", measure, needed, total, BY, share)) == text


def test_where_the_single_number_plan_falls():
    found = target_forecast([900] * 20 + [1200] * 80)
    assert words.deterministic(found, PLAN) == (
        "With every duration at its median, nothing going wrong and nothing done twice, "
        "it is met on 1 Jun 2026; 20% of futures have met it by then."
    )
    late = replace(found, deterministic=NEVER)
    assert words.deterministic(late, PLAN).endswith("it is not within the horizon (before 1 Jan 2032).")


def test_coverage_states_unit_denominator_and_imputed_share():
    assert words.denominator("services", 139, 0) == "of 139 services in scope"
    assert words.denominator("departments", 1, 0) == "of 1 department in scope"
    assert words.denominator("annual_users", 40_000_000, 200_000) == (
        "of 40 million counted annual users in scope, 0.5% of them imputed"
    )


def test_the_source_line_says_what_was_run():
    forecast = big(20)
    assert words.run_line(forecast) == (
        "Source: onelogin_sim, Roadmap 2025, seen from December 2023; status date 14 Dec 2023; "
        f"order as_planned; seed 1; 20 replications; plan {forecast.plan.digest[:8]}, result 9b1c9b1c."
    )
    assert "(extra-team, no-freeze)" in words.run_line(SHAPES["awkward_names"]())


def test_the_larger_part_of_the_futures_tells_what_drives_the_date():
    forecast = one_service(NEVER)
    drivers = words.main_drivers(forecast, "all")
    assert drivers is not None
    assert words.driver_sentence(drivers, forecast) == (
        "Apply for Personal Independence Payment (PIP) takes 2,940 of the 2,940 days to the horizon "
        "where the target is missed"
    )
    assert words.main_drivers(SHAPES["all_live"](), "all") is None


def test_one_future_is_spoken_of_as_one():
    drivers = replace(SHAPES["small"]().drivers[0], futures=1)
    many = SHAPES["small"]()
    assert words.futures_of(drivers, many) == "1 of 200 futures that meets the target within the horizon"
    single = one_service(NEVER, replications=1)
    assert words.futures_of(single.drivers[0], single) == (
        "the one future that misses the target within the horizon"
    )
    assert words.censored(one_service(400, replications=1).targets[0], PLAN) == (
        "The one future reaches it within the horizon (before 1 Jan 2032)."
    )


def test_many_futures_on_the_median_day_are_counted():
    """A freeze that ends, or a release day, brings far more than half of the futures to one date."""
    forecast = SHAPES["at_once"]()
    assert words.headline(forecast.targets[0], forecast.plan).startswith(
        "Every service in scope is connected by 17 Jan 2025 in 90% of the futures; "
    )


def test_the_sentence_on_drivers_names_what_takes_most_days_and_what_comes_next():
    forecast = SHAPES["small"]()
    sentence = words.driver_sentence(forecast.drivers[0], forecast)
    assert sentence == (
        "Claim State Pension takes 478 of the 1,230 days to the target; "
        "next: queueing for Onboarding team, 410"
    )


def test_no_sentence_rates_confidence():
    """A delivery confidence rating is a person's judgement."""
    for make in SHAPES.values():
        forecast = make()
        said = " ".join(words.headline(entry, forecast.plan) for entry in forecast.targets).lower()
        assert not {"amber", "red", "green", "confidence", "confident", "likely"} & set(said.split())


def test_fakes_cover_the_horizon():
    assert PLAN.horizon == HORIZON == calendar().horizon
