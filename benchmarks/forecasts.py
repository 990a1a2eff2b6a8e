"""A whole forecast of the real scenario in memory: draw, run and summarise, against the reference engine."""

from __future__ import annotations

import onelogin_sim
from benchmarks.engines import ENGINE, rotated, run
from benchmarks.figure import Figure
from benchmarks.recipe import SEED, timed_forecast
from benchmarks.scale import Scale
from benchmarks.timing import Clock, Contender, alternate, ratios
from onelogin_sim.draws import draw
from onelogin_sim.engines import reference


def real(scale: Scale) -> list[Figure]:
    """Draw, run and summarise the real scenario in memory, against the reference engine.

    Drawing and summing up are the same code with either engine, so the forecast with the reference engine
    takes what they take here plus its own time for a replication as often as there are replications: that
    is scaled, and nothing else is.
    """
    scenario = onelogin_sim.load_scenario(scale.scenario)
    plan, order = scenario.plan(), scenario.order()
    few = draw(plan, SEED, scale.reference)
    clocks: list[Clock] = []

    def by_phases(_: int) -> None:
        clocks.append(Clock())
        timed_forecast(plan, order, scale.forecast, clocks[-1])

    _, slow, whole = alternate(
        scale.rounds,
        Contender(by_phases),
        Contender(lambda _: reference.run(plan, order, few), scale.reference),
        Contender(lambda _: onelogin_sim.forecast(scenario, order, scale.forecast, SEED, engine=ENGINE)),
    )
    phases = [clock.seconds for clock in clocks[1:]]
    ours = [sum(seconds.values()) for seconds in phases]
    around = [seconds["draw"] + seconds["summarise"] for seconds in phases]
    theirs = [other + one * scale.forecast for other, one in zip(around, slow, strict=True)]
    best = min(phases, key=lambda seconds: sum(seconds.values()))
    spent = ", ".join(f"{phase} {seconds * 1e6 / scale.forecast:.3g}" for phase, seconds in best.items())
    of = f"real scenario, {scale.forecast:,} replications"
    return [
        Figure(
            f"draw + run + summarise, {of}, against the reference engine",
            ratios(theirs, ours),
            at_least=150,
            note=f"µs a replication: {spent}; the reference engine's run {min(slow) * 1e6:,.0f}, "
            f"measured on {scale.reference} replications and scaled",
        ),
        Figure(
            f"draw + summarise against run, {of}",
            ratios(around, [seconds["run"] for seconds in phases]),
            at_most=2,
        ),
        Figure(
            f"whole forecast() against its three phases, {of}",
            ratios(whole, ours),
            note="what reading the plan, cutting blocks and the deterministic run add",
        ),
    ]


def rerun_real(scale: Scale) -> list[Figure]:
    """Another order on the draws there are: our many futures in the time the reference engine takes for ten."""
    scenario = onelogin_sim.load_scenario(scale.scenario)
    plan = scenario.plan()
    many, few = draw(plan, SEED, scale.rerun), draw(plan, SEED, scale.rerun_slow)
    fast, slow = alternate(
        scale.rounds,
        Contender(lambda number: run(plan, rotated(plan, number), many)),
        Contender(lambda number: reference.run(plan, rotated(plan, number), few)),
    )
    return [
        Figure(
            f"another order, {scale.rerun:,} futures against {scale.rerun_slow} of the reference engine, real scenario",
            ratios(slow, fast),
            at_least=1,
            note=f"{min(fast) * 1e3:.3g} ms against {min(slow) * 1e3:.3g} ms",
        )
    ]
