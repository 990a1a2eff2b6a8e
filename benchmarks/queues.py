"""Queues: individual customers and the hourly recursion against peers, and how far the second is from the first.

Our time is that of the whole call, its checks of the input included.
"""

from __future__ import annotations

import math
import tracemalloc
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.figure import Figure
from benchmarks.peers import fifo, heap_loop, resource_queue
from benchmarks.scale import Scale
from benchmarks.timing import Contender, alternate, ratios
from onelogin_sim.verification.hourly import queue_by_hour, virtual_waits
from onelogin_sim.verification.pointwise import relaxed_queue, relaxed_waits, wait_quantiles
from onelogin_sim.verification.queue import waits
from onelogin_sim.verification.station import Station, visits

Times = npt.NDArray[np.float64]

USE = 0.9

#: Servers, and how many times SimPy's pace is asked for with so many.
TARGETS = {2: 800, 100: 250}

#: Hours of a week, and replications of which a week stays in the cache.
WEEK, TOGETHER = 168, 400

#: Spread of service in the logarithm, and the variation (variance / mean²) that follows.
SPREAD = 1.0
VARIATION = math.exp(SPREAD**2) - 1


def customers(scale: Scale) -> list[Figure]:
    """Individual customers, lognormal service, use 0.9: against plain SimPy and a C heap; ten times as many."""
    figures = []
    for servers, target in TARGETS.items():
        figures += _against_peers(scale, servers, target)
    figures += _many_servers(scale)
    return figures + _ten_times(scale)


def _drawn(servers: int, count: int, seed: int = 1) -> tuple[Times, Times]:
    """Gaps and service times of mean 1."""
    generator = np.random.default_rng([seed, servers])
    gaps = generator.exponential(1 / (USE * servers), count)
    return gaps, generator.lognormal(-(SPREAD**2) / 2, SPREAD, count)


def _against_peers(scale: Scale, servers: int, target: float) -> list[Figure]:
    """One number of servers: all contenders in turns, on the same draws, with the same waits."""
    many, few = 250 * scale.fast, 1000 * scale.slow
    gaps, service = _drawn(servers, many)
    arrivals = np.cumsum(gaps)
    slow = gaps[:few].tolist(), service[:few].tolist()
    ours = waits(arrivals, service, servers)
    if ours[:few].tolist() != resource_queue.waits(*slow, servers)[:many]:
        raise RuntimeError(f"SimPy and we disagree with {servers} servers")
    contenders = {
        "ours": Contender(lambda _: waits(arrivals, service, servers), many),
        "general": Contender(lambda _: visits(arrivals, service, Station((servers,))), many),
        "SimPy": Contender(lambda _: resource_queue.waits(*slow, servers), len(slow[0])),
    }
    loops = {"heap": "a C heap", "two": "two variables in C"} if heap_loop.is_available() else {}
    for loop, name in loops.items():
        if loop == "two" and servers != 2:
            continue
        if not np.array_equal(fifo.waits(arrivals, service, servers, loop), ours):
            raise RuntimeError(f"the C loop '{loop}' and we disagree with {servers} servers")
        contenders[name] = Contender(
            lambda _, loop=loop: fifo.waits(arrivals, service, servers, loop),
            many,  # type: ignore[misc]
        )
    seconds = dict(zip(contenders, alternate(scale.rounds, *contenders.values()), strict=True))
    pace = ", ".join(f"{name} {_millions(found)}" for name, found in seconds.items())
    figures = [
        Figure(
            f"customers, c = {servers}, against SimPy",
            ratios(seconds["SimPy"], seconds["ours"]),
            at_least=target,
            note=f"million customers a second: {pace}",
        ),
        Figure(
            f"customers by the hour's rules, c = {servers}, against SimPy",
            ratios(seconds["SimPy"], seconds["general"]),
        ),
    ]
    if "a C heap" in seconds:
        figures.append(
            Figure(
                f"customers, c = {servers}, against a C heap",
                ratios(seconds["a C heap"], seconds["ours"]),
                at_least=1.0,
            )
        )
    if "two variables in C" in seconds:
        figures.append(
            Figure(
                "customers, c = 2, against two variables in C",
                ratios(seconds["two variables in C"], seconds["ours"]),
            )
        )
    return figures


def _many_servers(scale: Scale) -> list[Figure]:
    """Against the C heap from one server to thousands: where nothing is promised, nothing may be lost."""
    if not heap_loop.is_available():
        return []
    figures = []
    for servers in (1, 3, 10, 1000, 5000):
        gaps, service = _drawn(servers, 250 * scale.fast)
        arrivals = np.cumsum(gaps)
        heap, ours = alternate(
            scale.rounds,
            Contender(lambda _, c=servers, a=arrivals, s=service: fifo.waits(a, s, c)),  # type: ignore[misc]
            Contender(lambda _, c=servers, a=arrivals, s=service: waits(a, s, c)),  # type: ignore[misc]
        )
        figures.append(Figure(f"customers, c = {servers:,}, against a C heap", ratios(heap, ours)))
    return figures


def _ten_times(scale: Scale) -> list[Figure]:
    """Ten times as many customers: seconds each, and the memory a call takes beside its input."""
    many = 2500 * scale.fast
    gaps, service = _drawn(100, many)
    arrivals = np.cumsum(gaps)
    few = many // 10
    short, long = alternate(
        min(scale.rounds, 5),
        Contender(lambda _: waits(arrivals[:few], service[:few], 100), few),
        Contender(lambda _: waits(arrivals, service, 100), many),
    )
    tracemalloc.start()
    waits(arrivals, service, 100)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return [
        Figure(
            f"{many:,} customers, c = 100, pace against {few:,}",
            ratios(short, long),
            note=f"{_millions(long)} million a second",
        ),
        Figure(f"memory of {many:,} customers", (peak / arrivals.nbytes,), unit="arrays of them", at_most=2),
    ]


def _millions(seconds: list[float]) -> str:
    return f"{1e-6 / float(np.median(seconds)):.3g}"


def hours(scale: Scale) -> list[Figure]:
    """The hourly recursion: thousand million (hour, replication) cells a second, against NumPy row by row."""
    generator = np.random.default_rng(1)
    arrivals = generator.poisson(95, (WEEK, TOGETHER)).astype(np.float64)
    capacity, out = np.full(WEEK, 100.0), np.empty((WEEK, TOGETHER))
    repeat = max(scale.fast // 40, 1)
    cells = WEEK * TOGETHER * repeat
    if not np.array_equal(_numpy_recursion(arrivals, capacity), queue_by_hour(arrivals, capacity).backlog):
        raise RuntimeError("NumPy and we disagree on the hourly recursion")

    def ours(give_up: float) -> None:
        for _ in range(repeat):
            queue_by_hour(arrivals, capacity, give_up=give_up, out=out)

    def peer() -> None:
        for _ in range(repeat):
            _numpy_recursion(arrivals, capacity)

    seconds = alternate(
        scale.rounds,
        Contender(lambda _: ours(0.0), cells),
        Contender(lambda _: peer(), cells),
        Contender(lambda _: ours(0.5), cells),
        Contender(lambda _: virtual_waits(out, capacity), WEEK * TOGETHER),
        Contender(lambda _: relaxed_queue(arrivals, np.full(WEEK, 10), 0.1, VARIATION), WEEK * TOGETHER),
    )
    names = ("recursion", "NumPy", "with giving up", "virtual waits", "relaxed")
    pace = ", ".join(
        f"{name} {1e-9 / float(np.median(found)):.2g}" for name, found in zip(names, seconds, strict=True)
    )
    return [
        Figure(
            "hourly recursion",
            tuple(1e-9 / found for found in seconds[0]),
            unit="thousand million cells a second",
            at_least=2.0,
            note=f"a week of {TOGETHER} replications; {pace}",
        ),
        Figure("hourly recursion against NumPy", ratios(seconds[1], seconds[0])),
    ]


def _numpy_recursion(arrivals: Times, capacity: Times) -> Times:
    waiting, out = np.zeros(arrivals.shape[1]), np.empty_like(arrivals)
    for hour in range(len(arrivals)):
        waiting = np.maximum(waiting + arrivals[hour] - capacity[hour], 0.0, out=out[hour])
    return out


@dataclass(frozen=True)
class _Level:
    """Mean wait, P95 (minutes) and what waits when the week ends, by one way of computing them."""

    mean: float
    p95: float
    backlog: float

    def __str__(self) -> str:
        return f"{self.mean:.3g} min, P95 {self.p95:.3g}, backlog {self.backlog:.3g}"


def trust(scale: Scale) -> list[Figure]:
    """How far hourly recursion and relaxed queue are from individual customers, by use; a week.

    Service is lognormal. `even` has the same arrivals each hour, `daily` has a peak of the stated use each day
    and a trough of a quarter of it. `fluid` is the recursion on expected arrivals, `drawn` on Poisson ones; the
    figure is the relaxed mean wait against that of individual customers.
    """
    figures = []
    for shape, servers, service in (("even", 10, 0.1), ("daily", 10, 0.1), ("daily", 50, 0.5)):
        for use in (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0, 1.05, 1.1):
            found = levels(shape, use, max(10 * scale.rounds, 10), servers, service)
            if not found["individual"].mean:  # nobody waited: no ratio
                continue
            figures.append(
                Figure(
                    f"relaxed mean wait, {servers} servers of {60 * service:g} minutes, {shape}, use {use:g}",
                    (found["relaxed"].mean / found["individual"].mean,),
                    unit="of individual",
                    note="; ".join(f"{name} {level}" for name, level in found.items()),
                )
            )
    return figures


def levels(shape: str, use: float, replications: int, servers: int, service: float) -> dict[str, _Level]:
    """Return a week from an empty start by individual customers, fluid, drawn and relaxed recursion."""
    profile = 1 + (0.6 * np.sin(2 * np.pi * np.arange(WEEK) / 24) if shape == "daily" else np.zeros(WEEK))
    rate = servers / service
    expected = use * rate * profile / profile.max()
    capacity = np.full(4 * WEEK, rate)
    seen, left, come = [], [], np.zeros((WEEK, replications))
    for replication in range(replications):
        generator = np.random.default_rng([replication, round(1000 * use)])
        count = generator.poisson(expected)
        arrivals = np.sort(np.repeat(np.arange(WEEK), count) + generator.random(count.sum()))
        taking = generator.lognormal(math.log(service) - SPREAD**2 / 2, SPREAD, len(arrivals))
        found = waits(arrivals, taking, servers)
        seen.append(found)
        left.append(np.count_nonzero(arrivals + found > WEEK))
        come[:, replication] = count
    waited = np.concatenate(seen) * 60
    rows = expected[:, None]
    fluid, drawn = queue_by_hour(rows, capacity), queue_by_hour(come, capacity)
    relaxed = relaxed_queue(rows, np.full(WEEK, servers), service, VARIATION)
    fluid_wait = virtual_waits(fluid.backlog, capacity)
    mean = relaxed_waits(relaxed, capacity)
    late = wait_quantiles(0.95, rows, mean, relaxed.delayed, fluid_wait)[0]
    return {
        "individual": _Level(float(waited.mean()), float(np.quantile(waited, 0.95)), float(np.mean(left))),
        "fluid": _weighed(fluid_wait, rows, fluid.backlog),
        "drawn": _weighed(virtual_waits(drawn.backlog, capacity), come, drawn.backlog),
        "relaxed": _Level(_mean(mean, rows), 60 * float(late), float(relaxed.backlog[-1, 0])),
    }


def _mean(wait: Times, come: Times) -> float:
    """Mean over customers, in minutes: those of an hour meet the mean of its two ends."""
    return 60 * float((_middle(wait) * come).sum() / come.sum())


def _middle(wait: Times) -> Times:
    middle: Times = (wait + np.vstack([np.zeros_like(wait[:1]), wait[:-1]])) / 2
    return middle


def _weighed(wait: Times, come: Times, backlog: Times) -> _Level:
    """Level of a fluid: customers of an hour all wait alike."""
    values, weights = _middle(wait).ravel(), come.ravel()
    order = np.argsort(values)
    share = np.cumsum(weights[order]) / weights.sum()
    p95 = values[order][np.searchsorted(share, 0.95)]
    return _Level(_mean(wait, come), 60 * float(p95), float(backlog[-1].mean()))
