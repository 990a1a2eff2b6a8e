"""What a result rests on: enough to say where it came from and to get it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from onelogin_sim.errors import PlanError, did_you_mean
from onelogin_sim.plan import Order, Plan, Target
from onelogin_sim.scenario import Scenario


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """A scenario under some variants, an order, a seed and a number of replications.

    Attributes
    ----------
    barrier_names
        Display names of barriers by id, which a plan does not know.
    """

    title: str
    variants: tuple[str, ...]
    plan: Plan
    order: Order
    seed: int
    replications: int
    barrier_names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, scenario: Scenario, order: Order | None, replications: int, seed: int) -> Basis:
        """Return the basis of a run; without an order, the scenario's own first.

        Raises
        ------
        ValueError
            When there are fewer than two replications or the seed is out of range.
        """
        if replications < 2:
            raise ValueError(f"replications must be at least 2, not {replications}: one future has no spread")
        if not 0 <= seed < 2**64:
            raise ValueError(f"seed must be at least 0 and below 2**64, not {seed}")
        chosen = order or scenario.order()
        return cls(
            scenario.file.scenario,
            scenario.variants,
            scenario.plan(),
            chosen,
            seed,
            replications,
            {name: barrier.name or name for name, barrier in scenario.file.barriers.items()},
        )


def target_named(plan: Plan, name: str) -> Target:
    """Return a target by its id.

    Raises
    ------
    PlanError
        When there is none of that id.
    """
    known = {target.id: target for target in plan.targets}
    if name not in known:
        raise PlanError(f"target '{name}' is unknown; {did_you_mean(name, list(known))}")
    return known[name]
