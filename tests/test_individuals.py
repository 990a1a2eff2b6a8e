"""Person by person against the recursion: the means agree within their confidence interval as people grow in number."""

import numpy as np
import pytest

from onelogin_sim.verification.individuals import Individuals, simulate
from onelogin_sim.verification.population import Verification
from populations import MIXED_GO_LIVE, YEAR, asked_of, by_the_book, mixed, one_future, population, service

PERIODS = (range(180), range(180, YEAR), range(YEAR, 2 * YEAR))

#: Standard errors a sum may lie off; 36 sums are looked at, so 3.5 is left by chance once in sixty seeds.
FAR = 3.5


def live(verification: Verification, seed: int = 1) -> Individuals:
    return simulate(verification, MIXED_GO_LIVE, asked_of(verification), seed)


def off(times: np.ndarray, expected: float) -> float:
    """Standard errors between a sum over people and what is expected of it."""
    return float((times.sum() - expected) / (times.std(ddof=1) * np.sqrt(len(times))))


def relative_error(times: np.ndarray) -> float:
    return float(times.std(ddof=1) * np.sqrt(len(times)) / times.sum())


@pytest.mark.parametrize("people", [200, 2_000, 20_000])
def test_the_recursion_is_the_mean_of_individuals(people):
    verification = mixed(people)
    individuals, mean = live(verification), one_future(verification, MIXED_GO_LIVE)
    checks, uplifts = mean.checks.sum(axis=(0, 1, 2)), mean.uplifts.sum(axis=(0, 1, 2))
    for days in PERIODS:
        for kind, expected in (("check", checks), ("uplift", uplifts)):
            assert abs(off(individuals.times(kind, days), expected[days.start : days.stop].sum())) < FAR
    whole = range(2 * YEAR)
    plain = mean.first_visits.sum() - mean.identity_visits.sum()
    assert abs(off(individuals.times("reuse", whole), mean.reuses_by_month.sum())) < FAR
    assert abs(off(individuals.times("plain", whole), plain)) < FAR
    for level, expected in ((1, mean.proven), (2, mean.proven_p2)):
        assert abs(off(individuals.proven >= level, expected[0, -1])) < FAR
    # Sign-ins are Poisson for each person and vary with who uses what: nearly a thousandth at 20,000 people.
    assert individuals.sign_ins.sum() == pytest.approx(mean.sign_ins.sum(), rel=1.5 / np.sqrt(people))
    # The interval is narrow enough to tell: it shrinks with the root of the number of people.
    assert relative_error(individuals.times("check", whole)) < 1 / np.sqrt(people)


def test_taking_unseen_and_unproven_as_independent_is_seen_to_be_wrong():
    """The test of the test: at 20,000 people the tempting formula lies many standard errors off."""
    verification = mixed(20_000)
    individuals = live(verification)
    _, wrong, _ = by_the_book(verification, MIXED_GO_LIVE, independent=True)
    _, right, _ = by_the_book(verification, MIXED_GO_LIVE)
    checks = individuals.times("check", range(2 * YEAR))
    assert abs(off(checks, right.sum())) < FAR
    assert off(checks, wrong.sum()) > 10


def test_each_service_has_its_own_mean():
    verification = mixed(20_000)
    individuals, mean = live(verification, seed=2), one_future(verification, MIXED_GO_LIVE)
    for number in range(5):
        chosen = (individuals.service == number) & (individuals.kind == 0)
        times = np.bincount(individuals.person[chosen], minlength=len(individuals.proven))
        expected = mean.service_checks[0, number].sum()
        assert expected == 0 == times.sum() if number == 3 else abs(off(times, expected)) < FAR


def test_a_future_is_a_function_of_its_seed():
    verification = mixed(200)
    one, same, other = live(verification, 5), live(verification, 5), live(verification, 6)
    assert np.array_equal(one.person, same.person)
    assert np.array_equal(one.kind, same.kind)
    assert not np.array_equal(one.day, other.day)


def test_nobody_comes_for_the_first_time_twice_and_days_run_forwards():
    found = live(mixed(500))
    assert len({*zip(found.person.tolist(), found.service.tolist(), strict=True)}) == len(found.person)
    assert np.all(np.diff(found.day) >= 0)
    assert found.day.min() >= 0


def test_an_identity_proved_today_counts_from_tomorrow():
    """Everybody uses both services thirty times on the first day: two checks each, and never another."""
    verification = population(service("a", "P2", 50, 1e4), service("b", "P2", 50, 1e4), people=50, horizon=5)
    found = simulate(verification, np.zeros(2, dtype=np.int32), np.ones(2), 1)
    assert found.kind.tolist() == [0] * 100
    assert one_future(verification, (0, 0)).checks.sum() == pytest.approx(100, rel=1e-9)
