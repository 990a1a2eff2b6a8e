"""THE recipe: scenarios, orders and replications, from plan to forecast and to comparison."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from datetime import date

from onelogin_sim.alternatives import Alternative, check_comparable
from onelogin_sim.anomalies import find_anomalies
from onelogin_sim.blocks import (
    ENGINE,
    Progress,
    engine_named,
    jobs,
    observer,
    paired_jobs,
    run_blocks,
    run_paired_blocks,
)
from onelogin_sim.comparison import DELTA, Comparison, Nomination
from onelogin_sim.differences import distinct, summarise_pairs
from onelogin_sim.draws import deterministic, draw
from onelogin_sim.errors import Finding, PlanError, did_you_mean
from onelogin_sim.forecasting import Forecast, summarise
from onelogin_sim.go_live_table import GoLiveTable
from onelogin_sim.identity_load import IdentityLoad
from onelogin_sim.load_hours import wait_maps
from onelogin_sim.load_pairs import LoadPairs
from onelogin_sim.load_record import LoadRecord
from onelogin_sim.pairs import Pairs
from onelogin_sim.plan import Order, Plan
from onelogin_sim.scenario import Scenario
from onelogin_sim.selection import INITIAL, select
from onelogin_sim.store import RunFolder
from onelogin_sim.tally import Tally
from onelogin_sim.timeline import Timeline
from onelogin_sim.verification.demand import demand
from onelogin_sim.verification.following import follow
from onelogin_sim.verification.sizing import size_capacity as size
from onelogin_sim.verification.windows import week_of

#: Replications a nomination may always use, however few the claims rest on.
BUDGET = 2 * INITIAL

#: Futures that capacity is sized for: the first, which are as random as any. Every day of each is held in memory.
SIZED = 200

#: Futures that the identity load of alternatives is compared in, unless the planner says otherwise: the first ones. One
#: takes about 20 ms for each alternative of a programme of 140 services, a hundred times as long as its schedule.
LOADED = 200


def forecast(
    scenario: Scenario,
    order: Order | None = None,
    replications: int = 1000,
    seed: int = 1,
    *,
    workers: int = 1,
    engine: str = ENGINE,
    size_capacity: bool = False,
    individuals: bool = False,
    weeks: Sequence[date] = (),
    folder: RunFolder | None = None,
    go_live_table: GoLiveTable | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Forecast:
    """Return the forecast of a scenario under an order.

    Parameters
    ----------
    scenario
        What to forecast.
    order
        Who is served first; None takes the scenario's own first order.
    replications
        How many futures, at least 1.
    seed
        Root seed, 0 ≤ seed < 2**64. Same scenario, seed and version: same result digest.
    workers
        Processes on this machine; the result does not depend on it.
    engine
        A name in `blocks.ENGINES`.
    size_capacity
        Whether to look for the capacity that holds the service levels of identity checks, in the first `SIZED` futures.
    individuals
        Whether every customer of three futures, at the 10th, 50th and 90th percentile of all checks, is followed
        through routes and stations, and the busiest week of each quarter told.
    weeks
        Dates whose weeks are told instead of the busiest; then `individuals` need not be said.
    folder
        Where finished blocks are kept, so that an interrupted run goes on where it stopped.
    go_live_table
        Takes the go-live date of every service in every replication.
    executor
        Runs the blocks instead of local processes.
    progress
        Called with (replications done, all replications).

    Raises
    ------
    ValueError
        When there are no replications, or the seed, the number of workers or the engine is not allowed.
    PlanError
        When capacity is to be sized and no station has a service level; when customers are to be followed and there
        is no station, or a week is not within the horizon.
    IncompleteRunError
        When some block cannot be run.
    """
    check_forecast(
        scenario,
        replications,
        seed,
        workers,
        size_capacity=size_capacity,
        individuals=individuals,
        weeks=weeks,
    )
    verification = scenario.verification()
    plan = scenario.plan()
    order = order or scenario.order()
    expected = engine_named(engine)(plan, order, deterministic(plan))
    tally = Tally(plan)
    loads = None if verification is None else LoadRecord(verification)
    planned = jobs(plan, order, seed, replications, engine, verification)
    for which, block in run_blocks(
        planned, workers=workers, folder=folder, executor=executor, progress=progress
    ):
        timeline = tally.add(which, block)
        if go_live_table:
            go_live_table.add(timeline)
        if loads and block.load:
            loads.add(block.load)
    sized = min(replications, SIZED) if size_capacity else 0
    load = None if loads is None else _load(loads, plan, order, seed, engine, sized)
    if load and (individuals or weeks):
        followed = follow(
            load.verification,
            load.summary.typical,
            lambda which: engine_named(engine)(plan, order, draw(plan, seed, which)),
            seed,
            weeks_of=weeks,
            workers=workers,
            executor=executor,
        )
        load = replace(load, followed=followed)
    return summarise(
        tally,
        expected,
        title=scenario.file.scenario,
        variants=scenario.variants,
        order=order.name,
        seed=seed,
        findings=_findings(scenario),
        load=load,
    )


def check_forecast(
    scenario: Scenario,
    replications: int,
    seed: int,
    workers: int,
    *,
    size_capacity: bool = False,
    individuals: bool = False,
    weeks: Sequence[date] = (),
) -> None:
    """Raise what `forecast` would raise of its settings, before anything is begun.

    Raises
    ------
    ValueError, PlanError
        As `forecast`.
    """
    _check_settings(replications, seed, workers)
    verification = scenario.verification()
    if size_capacity and not (verification and any(station.level for station in verification.stations)):
        raise PlanError("there is no capacity to size: no station under `verification` has a service_level")
    if individuals or weeks:
        if verification is None or not verification.stations:
            raise PlanError(
                "there are no customers to follow: the scenario has no station under `verification`"
            )
        for when in weeks:
            week_of(verification, when)


def _load(loads: LoadRecord, plan: Plan, order: Order, seed: int, engine: str, sized: int) -> IdentityLoad:
    """Look at some futures again, hour by hour: the typical one, and those that capacity is sized for."""

    def again(replications: range) -> Timeline:
        return engine_named(engine)(plan, order, draw(plan, seed, replications))

    waits = wait_maps(loads.verification, again(range(loads.typical, loads.typical + 1)))
    asked = demand(loads.verification, again(range(sized))) if sized else None
    return loads.result(waits, None if asked is None else size(asked))


def alternatives_of(scenarios: Sequence[Scenario], orders: Sequence[str] = ()) -> tuple[Alternative, ...]:
    """Return what can be compared: each scenario (the same file under other variants) in each order.

    Parameters
    ----------
    scenarios
        One or more; the first is what the others are compared with.
    orders
        Names under ``orders:``, or of priority rules; none takes every order of the first scenario.

    Raises
    ------
    PlanError
        When there is no such order.
    """
    names = tuple(orders) or (tuple(scenarios[0].file.orders) if scenarios else ()) or (None,)
    return tuple(
        Alternative(
            scenario.file.scenario,
            scenario.variants,
            scenario.plan(),
            scenario.order(name),
            _findings(scenario),
            scenario.verification(),
        )
        for scenario in scenarios
        for name in names
    )


def compare(
    alternatives: Sequence[Alternative],
    replications: int = 1000,
    seed: int = 1,
    *,
    target: str | None = None,
    delta: float = DELTA,
    with_load: bool | None = None,
    load_replications: int = LOADED,
    workers: int = 1,
    engine: str = ENGINE,
    folder: RunFolder | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Return how alternatives differ in the same futures, and what may be claimed of each pair.

    The claims rest on replications 0 to `replications` - 1, as a forecast does. With three or more
    alternatives, which of them is best for the target is nominated from the replications after these, at
    most as many again or `BUDGET`; so the claims are proved on futures that played no part in choosing.

    Parameters
    ----------
    alternatives
        At least two, see `alternatives`; with the same status date, horizon, services and targets.
    replications
        How many futures the claims rest on, at least 2.
    seed, workers, engine, folder, executor, progress
        As in `forecast`. The nomination runs in this process.
    target
        Id of the target that decides which is best; None takes the first.
    delta
        Smallest difference in days worth acting on: what surely differs by less is called equivalent.
    with_load
        Whether the identity load that follows from the go-lives is compared too; None: where every alternative's
        scenario says what it is.
    load_replications
        In how many futures, at least 2: the first ones, and no more than there are.

    Raises
    ------
    ValueError
        When a setting is not allowed.
    PlanError
        When there is nothing to compare, the alternatives cannot be compared, the target is unknown, or the
        load is to be compared and an alternative says nothing of it.
    IncompleteRunError
        When some block cannot be run.
    """
    check_comparable(alternatives)
    _check_settings(replications, seed, workers)
    if replications < 2:
        raise ValueError(f"a comparison needs at least 2 replications, not {replications}")
    if not 0 < delta < float("inf"):
        raise ValueError(f"delta must be above 0 days, not {delta:g}")
    if load_replications < 2:
        raise ValueError(f"a load is compared in at least 2 futures, not {load_replications}")
    index = _target_index(alternatives, target)
    run = engine_named(engine)
    pairs = Pairs(alternatives)
    loads = _load_pairs(alternatives, with_load)
    loaded = range(min(replications, load_replications)) if loads else range(0)
    planned = [
        *paired_jobs(alternatives, seed, range(replications), engine),
        *paired_jobs(alternatives, seed, loaded, engine, "load", with_load=True),
    ]
    for which, block in run_paired_blocks(
        planned, workers=workers, folder=folder, executor=executor, progress=progress
    ):
        if loads and block.load:
            loads.add(block.load)
        else:
            pairs.add(which, block.start, block.finish)
    return summarise_pairs(
        pairs,
        seed=seed,
        target=index,
        delta=delta,
        nomination=_nominate(pairs, index, seed, delta, engine, folder),
        anomalies=find_anomalies(pairs.alternatives, pairs.days, seed, run),
        load=loads.comparison() if loads else None,
    )


def _load_pairs(alternatives: Sequence[Alternative], with_load: bool | None) -> LoadPairs | None:
    known = [one.verification for one in alternatives if one.verification is not None]
    if with_load and len(known) < len(alternatives):
        name = next(one.name for one in alternatives if one.verification is None)
        raise PlanError(f"'{name}' has no load to compare: its scenario has no `verification` section")
    if with_load is False or len(known) < len(alternatives):
        return None
    return LoadPairs([one.name for one in alternatives], known, alternatives[0].plan)


def _nominate(
    pairs: Pairs, target: int, seed: int, delta: float, engine: str, folder: RunFolder | None
) -> Nomination | None:
    """Select among alternatives that differ, where there are three or more and some future reaches the target."""
    systems = distinct(pairs)
    if len(systems) < 3 or not pairs.reached(target):
        return None
    first, budget = pairs.replications, max(pairs.replications, BUDGET)
    chosen = [pairs.alternatives[place] for place in systems]
    observe = observer(chosen, target, seed, engine, folder=folder)
    selection = select(observe, len(systems), range(first, first + budget), delta=delta)
    return Nomination(selection, systems, first, budget)


def _target_index(alternatives: Sequence[Alternative], target: str | None) -> int:
    known = [one.id for one in alternatives[0].plan.targets]
    if target is None:
        return 0
    if target not in known:
        raise PlanError(f"target '{target}' is unknown; {did_you_mean(target, known)}")
    return known.index(target)


def _findings(scenario: Scenario) -> tuple[Finding, ...]:
    return tuple(Finding("scenario", str(problem)) for problem in scenario.findings)


def _check_settings(replications: int, seed: int, workers: int) -> None:
    if replications < 1:
        raise ValueError(f"replications must be at least 1, not {replications}")
    if not 0 <= seed < 2**64:
        raise ValueError(f"seed must be at least 0 and below 2**64, not {seed}")
    if workers < 1:
        raise ValueError(f"workers must be at least 1, not {workers}")
