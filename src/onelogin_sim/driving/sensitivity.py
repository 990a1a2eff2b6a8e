"""Which uncertain inputs move the date: Morris screening and Sobol ranking, through SALib.

The model is a deterministic function of the keyed uniforms. An input (see `input_groups`) is varied by
taking its uniforms from other replications, all others held; what comes out is the day a target is met,
counted to the horizon.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from onelogin_sim.blocks import ENGINE, engine_named
from onelogin_sim.coverage import met_day
from onelogin_sim.draws import draw_swapped
from onelogin_sim.driving.basis import Basis
from onelogin_sim.driving.estimates import Estimate
from onelogin_sim.driving.impact import Impacts, leave_one_out
from onelogin_sim.driving.indices import (
    MORRIS,
    SALIB_MODULES,
    SOBOL,
    elementary_effects,
    salib,
    sobol_indices,
)
from onelogin_sim.driving.input_groups import InputGroup, InputGroups
from onelogin_sim.driving.pick_freeze import Model, Progress, saltelli, winding_stairs
from onelogin_sim.errors import OneloginSimError
from onelogin_sim.plan import Order
from onelogin_sim.scenario import Scenario

Values = npt.NDArray[np.float64]

#: The analyses by name.
METHODS = ("impact", "morris", "sobol")


@dataclass(frozen=True, slots=True)
class ElementaryEffect:
    """How far one input moves the day a target is met, in days (Morris 1991; Campolongo et al. 2007).

    Attributes
    ----------
    size
        μ*, the mean absolute move when its luck is drawn anew and all else held.
    sigma
        Standard deviation of the move, sign and all: its square is about twice the variance the input
        takes part in.
    """

    input: InputGroup
    target: str
    size: Estimate
    sigma: float


@dataclass(frozen=True, slots=True)
class SobolIndex:
    """Which part of the variance of the day one input is behind (Saltelli et al. 2010).

    Attributes
    ----------
    alone
        First-order index: the part that would go if this input were known and nothing else.
    total
        Total index: the part that would stay if all others were known; more than `alone` where the input acts
        together with others.
    """

    input: InputGroup
    target: str
    alone: Estimate
    total: Estimate


@dataclass(frozen=True, slots=True)
class Spread:
    """How the day of a target varies: mean and standard deviation in days counted to the horizon.

    Attributes
    ----------
    beyond
        Share of the futures looked at that do not meet it within the horizon.
    """

    target: str
    mean: float
    deviation: float
    beyond: float


@dataclass(frozen=True, slots=True, eq=False)
class Screening:
    """Morris screening; by target, largest effect first. Replications are trajectories."""

    basis: Basis
    by_item: bool
    effects: tuple[ElementaryEffect, ...]
    spreads: tuple[Spread, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Sobol ranking; by target, largest total index first. Replications are rows of each of the two samples."""

    basis: Basis
    by_item: bool
    indices: tuple[SobolIndex, ...]
    spreads: tuple[Spread, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """What was asked for about one basis: leave-one-out impacts, Morris screening, Sobol ranking."""

    basis: Basis
    impacts: Impacts | None = None
    screening: Screening | None = None
    ranking: Ranking | None = None


def analyse(
    scenario: Scenario,
    order: Order | None = None,
    replications: int = 1000,
    seed: int = 1,
    *,
    method: str = "impact",
    engine: str = ENGINE,
    progress: Progress | None = None,
) -> Sensitivity:
    """Return the analyses a method names: one of `METHODS`, or ``all`` of them.

    Parameters
    ----------
    scenario, order, replications, seed, engine, progress
        As for `impact.leave_one_out`, `screen` and `rank`.

    Raises
    ------
    OneloginSimError
        When SALib is needed and not installed.
    ValueError
        When method, replications, seed or engine are not allowed.
    """
    if method not in (*METHODS, "all"):
        raise ValueError(f"method must be one of {', '.join(METHODS)} and all, not '{method}'")
    for name in SALIB_MODULES if method == "all" else ():
        salib(name)  # before anything is run

    def asked(name: str, run: Callable[..., Any]) -> Any:
        if method not in (name, "all"):
            return None
        return run(scenario, order, replications, seed, engine=engine, progress=progress)

    basis = Basis.of(scenario, order, replications, seed)
    return Sensitivity(basis, asked("impact", leave_one_out), asked("morris", screen), asked("sobol", rank))


def screen(
    scenario: Scenario,
    order: Order | None = None,
    replications: int = 1000,
    seed: int = 1,
    *,
    engine: str = ENGINE,
    progress: Progress | None = None,
) -> Screening:
    """Return which inputs move each target's day at all, by Morris screening.

    Parameters
    ----------
    scenario, order, seed
        As for a forecast.
    replications
        Trajectories, at least 2; each runs once more than there are inputs.
    engine
        A name in `blocks.ENGINES`.
    progress
        Called with (futures simulated, all futures).

    Raises
    ------
    OneloginSimError
        When SALib is not installed.
    ValueError
        When replications, seed or engine are not allowed.
    """
    salib(MORRIS)  # before anything is run
    basis, inputs = _asked(scenario, order, replications, seed)
    days = winding_stairs(model_of(basis, inputs, engine), len(inputs.groups), replications, progress)
    effects: list[ElementaryEffect] = []
    for place, target in enumerate(basis.plan.targets):
        found = elementary_effects(days[:, :, place], seed)
        made = [
            ElementaryEffect(group, target.id, size, sigma)
            for group, (size, sigma) in zip(inputs.groups, found, strict=True)
        ]
        effects += sorted(made, key=lambda one: (-one.size.mean, one.input.kind, one.input.id))
    return Screening(basis, inputs.by_item, tuple(effects), _spreads(basis, days[:, [0, -1]]))


def rank(
    scenario: Scenario,
    order: Order | None = None,
    replications: int = 1000,
    seed: int = 1,
    *,
    engine: str = ENGINE,
    progress: Progress | None = None,
) -> Ranking:
    """Return which part of each target day's variance is due to each input, by Sobol indices.

    Parameters
    ----------
    scenario, order, seed, engine, progress
        As for `screen`.
    replications
        Rows of each of the two samples, at least 2; each runs twice more than there are inputs.

    Raises
    ------
    OneloginSimError
        When SALib is not installed.
    ValueError
        When replications, seed or engine are not allowed.
    """
    salib(SOBOL)  # before anything is run
    basis, inputs = _asked(scenario, order, replications, seed)
    days = saltelli(model_of(basis, inputs, engine), len(inputs.groups), replications, progress)
    indices: list[SobolIndex] = []
    for place, target in enumerate(basis.plan.targets):
        found = sobol_indices(days[:, :, place], seed)
        made = [
            SobolIndex(group, target.id, alone, total)
            for group, (alone, total) in zip(inputs.groups, found, strict=True)
        ]
        indices += sorted(made, key=lambda one: (-one.total.mean, one.input.kind, one.input.id))
    return Ranking(basis, inputs.by_item, tuple(indices), _spreads(basis, days[:, [0, -1]]))


def model_of(basis: Basis, inputs: InputGroups, engine: str) -> Model:
    """Return the simulation as a model: days each target is met, counted to the horizon."""
    run, plan = engine_named(engine), basis.plan

    def model(replications: range, switched: Sequence[bool], other: range) -> npt.NDArray[np.int32]:
        def taken_from_other(owner: str, decision: str) -> bool:
            return switched[inputs.place(owner, decision)]

        draws = draw_swapped(plan, basis.seed, replications, taken_from_other, other)
        go_live = run(plan, basis.order, draws).go_live
        days = [met_day(plan, target, go_live) for target in plan.targets]
        return np.minimum(np.stack(days, axis=1), plan.horizon)

    return model


def _asked(
    scenario: Scenario, order: Order | None, replications: int, seed: int
) -> tuple[Basis, InputGroups]:
    basis = Basis.of(scenario, order, replications, seed)
    inputs = InputGroups(basis.plan, basis.barrier_names)
    if not inputs.groups:
        raise OneloginSimError("nothing is uncertain in this scenario: all that is left is live already")
    return basis, inputs


def _spreads(basis: Basis, samples: Values) -> tuple[Spread, ...]:
    """Mean and spread over the futures that are as drawn: nothing switched, or everything."""
    return tuple(
        Spread(
            target.id,
            float(samples[:, :, place].mean()),
            float(samples[:, :, place].std()),
            float((samples[:, :, place] >= basis.plan.horizon).mean()),
        )
        for place, target in enumerate(basis.plan.targets)
    )
