"""The identity load of alternatives beside one another, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator

from onelogin_sim.comparison import Comparison
from onelogin_sim.load_pairs import LoadCompared, LoadComparison, LoadDifference, LoadPair, LoadStanding
from onelogin_sim.pairs import Mean
from onelogin_sim.report import formats
from onelogin_sim.verification.load_figures import FIRST_OVER, OVER, PEAK_MONTH, UNSERVED

#: Days in a month, where a difference is told in months.
_MONTH = 365.25 / 12

#: Share of checks from which on it is told that they come to nothing.
_FEW = 0.01

#: Days from which on a difference is told in months.
_LONG = 90


def load_sentence(comparison: Comparison) -> str:
    """Return what the best does to the identity load; empty where no load was compared or none is best."""
    load, best, reference = comparison.load, comparison.best, comparison.reference
    if load is None or best is None or reference is None:
        return ""
    against = f"'{comparison.alternatives[reference].name}'"
    pair = load.pair(best, reference)
    more, less = _changes(load, pair)
    sooner = comparison.pair(best, reference).targets[comparison.target].verdict == "a better"
    if more:
        what = "brings more load" if pair.difference(PEAK_MONTH).surely_higher else "brings the load sooner"
        if pair.difference(OVER).surely_higher:
            what = "breaks the load"
        start = f"It meets the date sooner and {what}" if sooner else f"It {what}"
        rest = f", though {' and '.join(less)}" if less else ""
        return f"{start}: against {against}, {' and '.join(more)}{rest}."
    if less:
        return f"It is easier on identity checks too: against {against}, {' and '.join(less)}."
    if not load.anywhere:
        return f"The busiest month of identity checks does not tell it from {against}."
    if not any(one.standing(OVER).mean.value for one in load.alternatives):
        return "Capacity for identity checks is exceeded in no future, whatever the alternative."
    return f"Neither the day capacity for identity checks is exceeded nor the busiest month tells it from {against}."


def _changes(load: LoadComparison, pair: LoadPair) -> tuple[list[str], list[str]]:
    """What is claimed of the first of a pair: more load, and less."""
    more, less = [], []
    ever, first, peak = (pair.difference(kind) for kind in (OVER, FIRST_OVER, PEAK_MONTH))
    one, other = (formats.percent(load.alternatives[k].standing(OVER).mean.value) for k in (pair.a, pair.b))
    said = f"capacity for identity checks is exceeded in {one} of futures instead of {other}"
    if ever.surely_higher:
        more.append(said)
    elif first.surely_lower:
        more.append(f"capacity for identity checks is exceeded {_time(first)} sooner")
    if ever.surely_lower:
        less.append(said)
    elif first.surely_higher:
        less.append(f"capacity for identity checks is exceeded {_time(first)} later")
    if peak.surely_higher:
        more.append(f"the busiest month has {_checks(peak, 'more')}")
    if peak.surely_lower:
        less.append(f"the busiest month has {_checks(peak, 'fewer')}")
    return more, less


def _claim(entry: LoadDifference) -> Mean:
    """The size of a difference that is claimed, and its interval, whatever its direction."""
    claim = entry.claim
    assert claim is not None
    low, high = sorted((abs(claim.low), abs(claim.high)))
    return Mean(abs(claim.value), low, high)


def _time(entry: LoadDifference) -> str:
    """A difference in days, in months where it is long: ``14 months (12 to 16)``."""
    value, low, high = _claim(entry)
    if value < _LONG:
        return f"{formats.days(value)} ({formats.amount(low)} to {formats.amount(high)})"
    months = [formats.amount(days / _MONTH) for days in (value, low, high)]
    return f"{months[0]} months ({months[1]} to {months[2]})"


def _checks(entry: LoadDifference, word: str) -> str:
    value, low, high = _claim(entry)
    return f"{formats.number(value)} {word} checks ({formats.number(low)} to {formats.number(high)})"


def first_over(load: LoadComparison, place: int, comparison: Comparison, station: str = "") -> str:
    """Return when capacity is first exceeded in half of the futures, and in how many it ever is."""
    if not load.anywhere:
        return "no station in the scenario"
    one, plan = load.alternatives[place], comparison.plan
    ever = one.standing(OVER, station).mean.value
    day = int(median(one.standing(FIRST_OVER, station)))
    if ever == 0:
        return "in no future"
    if day >= plan.horizon:
        return f"in {formats.percent(ever)} of futures"
    return f"{formats.day(day, plan)}, in {formats.percent(ever)}"


def comes(one: LoadCompared, station: str) -> bool:
    """Whether anybody comes to a station in any month of a future at its P90: else nobody is in time or late."""
    return next(bool(series.band.p90.any()) for series in one.series if series.id == station)


def median(entry: LoadStanding) -> float:
    """Return a figure's P50 over futures."""
    return entry.percentiles[1]


def basis(load: LoadComparison) -> str:
    """Return how many futures the load rests on, and how its intervals are meant."""
    pairs = formats.plural(len(load.pairs), "pair")
    return (
        f"The load is compared in {formats.plural(load.replications, 'future')}, the first of those the dates rest on. "
        f"What the sentence says of it holds for {pairs} and three figures each together with 95% confidence, each at "
        f"{100 * load.level:.2f}% (Bonferroni), apart from the claims about dates; other intervals of the load hold at "
        "95% each, alone."
    )


def notes(load: LoadComparison) -> Iterator[str]:
    """Yield what the figures are, how many checks come to nothing where some do, and what all of it rests on."""
    yield NOTE
    shares = [median(one.standing(UNSERVED)) for one in load.alternatives]
    if max(shares) >= _FEW:
        low, high = (formats.percent(min(share, 1.0)) for share in (min(shares), max(shares)))
        span = high if low == high else f"{low} to {high}"
        yield (
            f"Up to {span} of checks end unserved at a station or still wait there at the horizon (medians of the "
            "alternatives). The demand counts them as proven as often as those served, so that later checks are too "
            "few and reuses too many."
        )
    yield basis(load)


#: What the figures are.
NOTE = (
    "Load: checks and rises to P2 in the busiest month; the first day by which, in seven days, more work has come to "
    "some station than it can do in them (never counts as the horizon); checks avoided by reuse up to the last month's "
    "end by the target's date; sign-ins a second in the busiest hour. Waits, people in time and people lost are those "
    "of each future's own worst month."
)
