"""Alternatives in the same futures: differences worked out by hand, claims withheld, anomalies explained."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onelogin_sim import blocks
from onelogin_sim.alternatives import Alternative, adds_capacity, check_comparable
from onelogin_sim.anomalies import find_anomalies
from onelogin_sim.calendars import NEVER
from onelogin_sim.comparison import turned
from onelogin_sim.differences import summarise_pairs
from onelogin_sim.draws import draw
from onelogin_sim.engines import reference
from onelogin_sim.errors import PlanError
from onelogin_sim.pairs import Pairs, mean
from onelogin_sim.plan import Resource, Target
from onelogin_sim.report.comparing import words
from onelogin_sim.study import compare, forecast
from onelogin_sim.timeline.waits import Cause
from plans import everything, order, plan, stage


def alternative(made, text="", name="listed", variants=()):
    return Alternative("T", variants, made, order(made, text, name=name))


def certain(team=1, **fields):
    """Two services behind one team, all certain: `a` takes three days, `b` two; `c` is live already."""
    return plan(
        {"a": [stage(3, team=1)], "b": [stage(2, team=1)]},
        resources={"team": team},
        live={"c": -10},
        details={"a": {"users": 70}, "b": {"users": 140}, "c": {"users": 7}},
        targets=(Target("all", "All", "services", 3, 3, by=6), Target("two", "Two", "services", 2, 3, by=4)),
        **fields,
    )


def ab(**settings):
    """`a` first: live on days 3 and 5; `b` first: `b` on day 2, `a` on day 5."""
    made = certain()
    first, second = alternative(made, "a b", "a first"), alternative(made, "b a", "b first")
    return compare([first, second], settings.pop("replications", 10), **settings)


def uncertain(names="abcd", team=1):
    """Services of uncertain length behind one team, so that the order decides who goes first."""
    from onelogin_sim.distributions import Distribution

    lengths = {name: Distribution("triangular", (1.0, 2.0 + k, 6.0 + 4 * k)) for k, name in enumerate(names)}
    return plan(
        {name: [stage(length, team=1)] for name, length in lengths.items()},
        resources={"team": team},
        details={name: {"users": 10 * (k + 1)} for k, name in enumerate(names)},
        targets=(
            Target("two", "Two services", "services", 2, len(names), by=12),
            Target("users", "Most users", "annual_users", 65, 100, by=20),
        ),
    )


def orders_of(made, *texts):
    return [alternative(made, text, text.replace(" ", "")) for text in texts]


# -- by hand --------------------------------------------------------------------------------------------------


def test_a_pair_worked_out_by_hand():
    """All: day 5 under both. Two of three: `a` on day 3 against `b` on day 2."""
    found = ab()
    (pair,) = found.pairs
    all_, two = pair.targets
    assert (all_.verdict, all_.mean.value, all_.equal.value) == ("identical", 0, 1)
    assert words.verdict(all_, pair, found) == "identical in every future"
    assert (two.verdict, two.mean.value, two.later.value, two.earlier.value) == ("b better", 1, 1, 0)
    assert (two.spread, two.days.tolist(), two.futures.tolist()) == ((1,) * 5, [1], [10])
    assert [(one.a, one.b, one.difference) for one in two.quantiles] == [(3, 2, 1), (3, 2, 1)]
    assert [(one.id, one.mean.value) for one in pair.services] == [("a", -2), ("b", 3)]
    # Of one department: (−2 + 3) / 2.
    assert [(one.id, one.mean.value, one.later.value) for one in pair.departments] == [("d", 0.5, 1)]


def test_user_weeks_worked_out_by_hand():
    """Before day 4, `a` first: `a` 1 day × 70 and `c` 4 × 7, 98 in all; `b` first: `b` 2 × 140 and `c`, 308."""
    found = ab()
    weeks = [one.standings[1].user_weeks.value for one in found.alternatives]
    assert weeks == [14, 44]
    assert found.pairs[0].targets[1].user_weeks.value == -30
    # Before day 6: a 3, b 1, c 6 days against a 1, b 4, c 6.
    assert found.alternatives[0].standings[0].user_weeks.value * 7 == 210 + 140 + 42
    assert found.alternatives[1].standings[0].user_weeks.value * 7 == 70 + 560 + 42


def test_a_mean_and_its_interval():
    """Of 1, 2, 3, 4: 2.5 ± 3.182 · √(5/12) (Student's t of three degrees)."""
    found = mean(10, 30, 4)
    assert found.value == 2.5
    assert found.high - found.value == pytest.approx(3.1824463 * np.sqrt(5 / 12), rel=1e-6)
    assert mean(10, 30, 4, 5.0).value == 0.5
    assert mean(7, 49, 1) == (7, float("-inf"), float("inf"))


def test_user_weeks_beyond_64_bits_are_exact():
    """Half a billion users for ten years, squared and summed: the interval of a constant has no width."""
    made = plan({"a": [1]}, details={"a": {"users": 500_000_000}}, horizon=3652, targets=(
        Target("all", "All", "services", 1, 1, by=3650),
    ))  # fmt: skip
    found = compare([alternative(made), alternative(made, name="again")], 200)
    weeks = found.alternatives[0].standings[0].user_weeks
    assert weeks.low == weeks.value == weeks.high == 500_000_000 * 3649 / 7


# -- the same futures -------------------------------------------------------------------------------------------


def test_an_alternative_stands_as_its_forecast_says():
    """Same seed and replications: same digest, chance, dates and intervals."""
    made = everything()
    made = replace(made, targets=(Target("all", "All", "services", 3, 3, by=60),))
    two = orders_of(made, "mot passport pension", "pension passport mot")
    found = compare(two, 120, 7)

    class Written:
        variants, findings = (), ()

        class file:  # noqa: N801
            scenario = "T"

        def plan(self):
            return made

        def verification(self):
            return None

    for one, chosen in zip(found.alternatives, two, strict=True):
        alone = forecast(Written(), chosen.order, 120, 7)
        (entry,), (standing,) = alone.targets, one.standings
        assert one.result_digest == alone.result_digest
        assert standing.quantiles == entry.quantiles
        assert standing.met_by == entry.met_by
        assert standing.not_within_horizon == entry.not_within_horizon


def test_each_plan_is_drawn_for_once_a_block_whatever_the_orders(monkeypatch):
    made = uncertain()
    drawn = []
    monkeypatch.setattr(blocks.drawing, "draw", lambda *of: drawn.append(of[2]) or draw(*of))
    monkeypatch.setattr(blocks, "SIZE", 50)
    compare(orders_of(made, "a b c d", "d c b a"), 120)
    assert drawn == [range(50), range(50, 100), range(100, 120)]


def test_what_is_claimed_rests_on_other_futures_than_what_nominates(monkeypatch):
    """Claims: replications 0 to 99. Selection: from 100 on, at most 400."""
    three = orders_of(uncertain(), "a b c d", "d c b a", "b a c d")
    drawn = []
    monkeypatch.setattr(blocks, "SIZE", 50)
    monkeypatch.setattr(blocks.drawing, "draw", lambda *of: drawn.append(of[2]) or draw(*of))
    found = compare(three, 100, target="users")
    ranges = [(which.start, which.stop) for which in drawn]
    assert ranges[:2] == [(0, 50), (50, 100)]
    assert [start for start, _ in ranges[2:]] == list(range(100, ranges[-1][1], 50))
    assert (found.nomination.first, found.nomination.budget) == (100, 400)
    assert found.best == found.nomination.systems[found.nomination.selection.best]
    assert found.nomination.selection.complete
    assert words.nominated(found) == (
        f"'{found.alternatives[found.best].name}' was nominated by the procedure of Kim and Nelson from "
        f"replications 100 to {99 + found.nomination.selection.replications}: where the best is 7 days or more "
        "ahead, it is found at least 95 times in 100 (the procedure takes differences for normal). The claims "
        "rest on replications 0 to 99 alone."
    )


def test_a_nomination_without_a_promise_says_so():
    """Differences a thousandth of the noise are not found within the budget."""
    three = orders_of(uncertain(), "a b c d", "d c b a", "b a c d")
    found = compare(three, 20, delta=0.001, target="users")
    assert not found.nomination.selection.complete
    left = len(found.nomination.selection.survivors)
    assert words.nominated(found) == (
        f"'{found.alternatives[found.best].name}' was nominated by the procedure of Kim and Nelson, which stopped "
        f"at its budget of 400 replications with {left} still in play (replications 20 to 419): it has the lowest "
        "mean of these, without a promise. The claims rest on replications 0 to 19 alone."
    )


def test_nothing_depends_on_workers_or_blocks():
    made = uncertain()
    three = orders_of(made, "a b c d", "d c b a", "b a c d")
    one, two = (compare(three, 120, delta=1, workers=workers) for workers in (1, 2))
    assert [(a.result_digest, a.standings) for a in one.alternatives] == [
        (a.result_digest, a.standings) for a in two.alternatives
    ]
    sums = []
    for sizes in ((120,), (7, 50, 63)):
        pairs, start = Pairs(three), 0
        for size in sizes:
            which = range(start, start + size)
            done = [reference.run(made, each.order, draw(made, 1, which)) for each in three]
            pairs.add(which, [t.start for t in done], [t.finish for t in done])
            start += size
        sums.append(summarise_pairs(pairs, seed=1, target=0, delta=1, nomination=None, anomalies=()))
    assert [pair.services for pair in sums[0].pairs] == [pair.services for pair in sums[1].pairs]
    assert sums[0].alternatives == sums[1].alternatives == one.alternatives
    with pytest.raises(ValueError, match="does not follow replication 119"):
        pairs.add(range(5), [], [])


def test_an_interrupted_comparison_goes_on(tmp_path, monkeypatch):
    """Stopped after two blocks: these are not run again, and the result is the same."""
    from onelogin_sim import blocks
    from onelogin_sim.store import RunFolder

    monkeypatch.setattr(blocks, "SIZE", 50)
    three = orders_of(uncertain(), "a b c d", "d c b a", "b a c d")
    whole = compare(three, 150, delta=1)

    def stop(done, total):
        assert total == 150
        if done == 100:
            raise KeyboardInterrupt

    with RunFolder.open(tmp_path / "c", {"x": 1}) as folder:
        with pytest.raises(KeyboardInterrupt):
            compare(three, 150, delta=1, folder=folder, progress=stop)
        kept = sorted(file.name.split(".")[0] for file in (tmp_path / "c" / "parts").glob("*.npz"))
        assert kept == ["replications-0000000-0000049", "replications-0000050-0000099"]
        times = []
        again = compare(three, 150, delta=1, folder=folder, progress=lambda done, _: times.append(done))
        assert times == [150]
        assert any(file.name.startswith("selection-0000150") for file in (tmp_path / "c" / "parts").iterdir())
        third = compare(three, 150, delta=1, folder=folder)
    assert whole.alternatives == again.alternatives == third.alternatives
    assert whole.nomination == again.nomination == third.nomination


# -- identical, never, censored ---------------------------------------------------------------------------------


def test_the_same_ranks_under_two_names_are_identical():
    made = certain()
    found = compare([alternative(made, "a b", "one"), alternative(made, "a b", "other")], 5)
    assert (found.pairs[0].same, found.best, found.reference) == ("ranks", None, None)
    assert words.board(found) == (
        "Both alternatives are identical: every task starts and finishes on the same day in each of 5 futures."
    )
    assert (
        words.identical(found) == "'one' and 'other' are identical: they serve everybody in the same order."
    )


def test_the_same_days_under_different_ranks_are_identical():
    """With two teams nobody waits."""
    made = certain(team=2)
    found = compare([alternative(made, "a b", "one"), alternative(made, "b a", "other")], 5)
    assert found.pairs[0].same == "timelines"
    assert (
        words.identical(found) == "'one' and 'other' are identical: they have the same days in every future."
    )


def test_one_of_each_set_of_identical_alternatives_is_selected_from():
    made = uncertain()
    four = [*orders_of(made, "a b c d", "d c b a", "b a c d"), alternative(made, "a b c d", "again")]
    found = compare(four, 60, delta=1)
    assert found.nomination.systems == (0, 1, 2)
    assert found.pair(0, 3).same == "ranks"


def never():
    """Nobody is live within the horizon: the third service takes longer than there is time."""
    made = plan(
        {"a": [stage(3, team=1)], "b": [stage(2, team=1)], "x": [300]},
        resources={"team": 1},
        targets=(Target("all", "Every service", "services", 3, 3, by=50),),
    )
    return orders_of(made, "a b x", "b a x")


def test_a_target_never_reached_is_said_to_be():
    found = compare(never(), 5)
    (entry,) = found.pairs[0].targets
    assert (entry.verdict, entry.equal.value, entry.bounded.value) == ("never reached", 1, 0)
    assert found.best is None
    assert words.board(found) == (
        "“Every service” is never reached within the horizon in any future under either, so it cannot tell them "
        "apart; compare on another target (--target) or look further ahead (`horizon:`)."
    )
    assert words.verdict(entry, found.pairs[0], found) == (
        "never reached within the horizon in any future under either"
    )
    three = compare([*never(), alternative(never()[0].plan, "b x a", "third")], 5)
    assert three.nomination is None
    assert "under any of the 3 alternatives" in words.board(three)


def censored(first, second, by=50, delta=7.0):
    """A comparison of days made up: a single service, live on these days under two alternatives."""
    made = plan(
        {"a": [1], "e": [1]},
        enablers=["e"],
        targets=(Target("all", "Every service", "services", 1, 1, by=by),),
    )
    pairs = Pairs([alternative(made, "a e", "one"), alternative(made, "e a", "two")])
    finish = [np.array([days, days], dtype=np.int32).T for days in (first, second)]
    start = [np.where(days == NEVER, days, days - 1).astype(np.int32) for days in finish]
    pairs.add(range(len(first)), start, finish)
    return summarise_pairs(pairs, seed=1, target=0, delta=delta, nomination=None, anomalies=())


def test_beyond_the_horizon_is_a_lower_bound_and_leads_with_the_share():
    """Horizon 100; of 100 futures, six touch it: four under one alternative only, two under both."""
    ten, later = [10] * 94, [12] * 94
    found = censored([*ten, *[NEVER] * 2, *[20] * 4], [*later, *[NEVER] * 6])
    (entry,) = found.pairs[0].targets
    assert (entry.past_horizon.value, entry.bounded.value) == (0.06, 0.04)
    assert (entry.earlier.value, entry.equal.value, entry.later.value) == (0.98, 0.02, 0)
    assert entry.mean.value == (-2 * 94 - 80 * 4) / 100
    assert entry.shares_lead
    assert words.board(found) == (
        "Take 'one': the one service in scope is connected earlier in 98% (93% to 99.4%) of futures and later in "
        "0%, counted to the horizon 5 days earlier on average (2 to 8 days) than under 'two'. Its date, 20 "
        "February 2024, is met in 98% of futures, against 94%."
    )


def test_nothing_is_equivalent_where_the_mean_is_only_a_bound():
    same = [*range(10, 104)]
    early = [min(day, 99) for day in same]
    a, b = [*early, *[NEVER] * 6], [*early[:-1], early[-1] - 1, *[NEVER] * 6]
    (entry,) = censored(a, b).pairs[0].targets
    assert entry.claim.verdict == "equivalent"
    assert entry.verdict == "not distinguishable"
    few = censored([*early, NEVER], [*early[:-1], early[-1] - 1, NEVER]).pairs[0].targets[0]
    assert few.verdict == "equivalent"


def test_a_target_date_past_the_horizon_is_not_met_by_what_never_happens():
    found = censored([10, NEVER], [NEVER, NEVER], by=150)
    assert [one.standings[0].met_by.value for one in found.alternatives] == [0.5, 0]


@settings(max_examples=40)
@given(st.lists(st.tuples(*[st.one_of(st.integers(1, 99), st.just(NEVER))] * 2), min_size=2, max_size=30))
def test_a_pair_turned_is_the_pair_compared_the_other_way_round(days):
    first, second = zip(*days, strict=True)
    forth, back = censored(first, second), censored(second, first)
    (one,), (other,) = turned(forth.pairs[0]).targets, back.pairs[0].targets
    for name in ("verdict", "mean", "earlier", "equal", "later", "bounded", "quantiles", "user_weeks"):
        assert getattr(one, name) == getattr(other, name), name
    assert one.claim == other.claim
    assert one.days.tolist() == other.days.tolist()
    assert one.futures.tolist() == other.futures.tolist()
    assert forth.pairs[0].targets[0].futures.sum() == len(days)
    assert turned(forth.pairs[0]).services == back.pairs[0].services
    capped = np.minimum(np.array(days), 100)
    assert one.mean.value == pytest.approx((capped[:, 1] - capped[:, 0]).mean())
    shares = (one.earlier, one.equal, one.later)
    assert sum(share.value for share in shares) == pytest.approx(1)


def test_all_claims_of_a_comparison_share_five_percent():
    """Three pairs and two targets: six claims at 1 - 0.05/6 each."""
    found = compare(orders_of(uncertain(), "a b c d", "d c b a", "b a c d"), 60, delta=1)
    assert (found.claims, found.level) == (6, 1 - 0.05 / 6)
    assert {entry.claim.level for pair in found.pairs for entry in pair.targets} == {found.level}
    assert words.family(found) == (
        "6 claims (3 pairs, 2 targets each) hold together with 95% confidence, each at 99.17% (Bonferroni); "
        "intervals of mean differences are at that level. Differences of percentiles have intervals at 95% each."
    )


# -- more capacity, later finish --------------------------------------------------------------------------------


def graham():
    """Graham (1969): nine jobs end on day 12 with three teams, on day 15 with four."""
    lengths = {"a": 3, "b": 2, "c": 2, "d": 2, "e": 4, "f": 4, "g": 4, "h": 4, "i": 9}
    three = plan(
        {name: [stage(days, team=1)] for name, days in lengths.items()},
        arcs=[("a", "i"), ("d", "e"), ("d", "f"), ("d", "g"), ("d", "h")],
        resources={"team": 3},
        targets=(Target("all", "Every service", "services", 9, 9, by=12),),
    )
    four = replace(three, resources=(Resource("team", "Team", ((0, 4),)),))
    return alternative(three), alternative(four, variants=("fourth",))


def test_grahams_anomaly_is_found_and_explained():
    """With four teams `e` starts on day 2 instead of 4 and still works on day 3, when `i` could start."""
    found = compare(graham(), 20)
    (anomaly,) = found.anomalies
    assert (anomaly.less, anomaly.more, anomaly.futures, anomaly.delay) == (0, 1, 20, 3)
    assert (anomaly.cause, anomaly.start, anomaly.later_start) == (Cause.RESOURCE, 3, 6)
    assert words.anomaly(anomaly, found) == (
        "More capacity, later finish: 'listed with fourth' has more capacity than 'listed' and nothing else, and "
        "yet meets “Every service” later in 100% of futures (20 of 20). In replication 0 it is 3 days later: the "
        "first task to slip is i.s0, which starts on 7 Jan 2024 instead of 4 Jan 2024, having waited for Team, "
        "held by e.s0, which the extra capacity let start on 3 Jan 2024 instead of 5 Jan 2024."
    )
    assert [
        share.value for share in (found.pairs[0].targets[0].earlier, found.pairs[0].targets[0].equal)
    ] == [1, 0]


def test_no_anomaly_is_found_where_more_capacity_helps():
    assert (
        compare([alternative(certain()), alternative(certain(team=2), variants=("more",))], 5).anomalies == ()
    )


def test_an_anomaly_needs_more_capacity_and_nothing_else():
    one, four = graham()
    assert adds_capacity(one, four)
    assert not adds_capacity(four, one)
    assert not adds_capacity(one, one)
    assert not adds_capacity(one, replace(four, order=order(four.plan, "i h g f e d c b a")))
    dips = replace(four.plan, resources=(Resource("team", "Team", ((0, 4), (9, 2))),))
    assert not adds_capacity(one, replace(four, plan=dips))
    assert not adds_capacity(one, replace(four, plan=replace(four.plan, strict=True)))
    grows = replace(one.plan, resources=(Resource("team", "Team", ((0, 3), (9, 4))),))
    assert adds_capacity(one, replace(one, plan=grows))


def test_the_future_told_is_the_one_with_the_longest_delay():
    """Made-up days: later in replications 1 and 2, longest in 2; the engine tells that future."""
    one, four = graham()
    days = np.array([[[12, 12, 12]], [[12, 13, 15]]], dtype=np.int32)
    (anomaly,) = find_anomalies((one, four), days, 1, reference.run)
    assert (anomaly.replication, anomaly.delay, anomaly.futures, anomaly.replications) == (2, 3, 2, 3)


# -- what cannot be compared ------------------------------------------------------------------------------------


def test_alternatives_that_cannot_be_compared_are_refused():
    made = certain()
    one = alternative(made, name="one")

    def refused(*others):
        with pytest.raises(PlanError) as caught:
            check_comparable(others)
        return str(caught.value)

    assert refused(one) == (
        "a comparison needs at least two alternatives: there is only 'one'; name another order or a variant"
    )
    assert refused() == "a comparison needs at least two alternatives; name another order or a variant"
    assert refused(one, one) == "'one' is compared with itself: name each alternative once"
    later = alternative(certain(horizon=90), name="other")
    assert refused(one, later) == (
        "'one' and 'other' cannot be compared: they differ in their horizon (2024-04-10 and 2024-03-31)"
    )
    fewer = replace(made, targets=made.targets[:1])
    assert refused(one, alternative(fewer, name="other")) == (
        "'one' and 'other' cannot be compared: they differ in their targets (two: 2 of 3 services and none)"
    )
    none = replace(made, targets=())
    assert refused(alternative(none, name="one"), alternative(none, name="two")) == (
        "there is nothing to compare: the scenario has no targets"
    )
    another = plan({"a": [1]}, targets=(Target("all", "All", "services", 1, 1, by=4),))
    assert refused(one, alternative(another, name="other")) == (
        "'one' and 'other' cannot be compared: they differ in their services (b and none)"
    )


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"replications": 0}, "replications must be at least 1, not 0"),
        ({"replications": 1}, "a comparison needs at least 2 replications, not 1"),
        ({"delta": 0}, "delta must be above 0 days, not 0"),
        ({"delta": float("nan")}, "delta must be above 0 days, not nan"),
        ({"target": "al"}, "target 'al' is unknown; did you mean 'all'?"),
        ({"workers": 0}, "workers must be at least 1, not 0"),
    ],
)
def test_settings_that_are_not_allowed(settings, text):
    with pytest.raises(ValueError) as caught:
        ab(**settings)
    assert str(caught.value) == text
