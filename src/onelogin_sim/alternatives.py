"""What is compared: alternatives, each a plan (a scenario under variants) and an order for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from onelogin_sim.errors import Finding, PlanError
from onelogin_sim.plan import Order, Plan
from onelogin_sim.verification.population import Verification


@dataclass(frozen=True, eq=False)
class Alternative:
    """One way to run the programme.

    Attributes
    ----------
    title
        Of the scenario.
    variants
        Names of the variants applied to it, in order.
    plan, order
        What is run. Alternatives with the same variants share one plan object, and so one set of draws.
    findings
        What is known of the scenario beforehand.
    verification
        Whose identity load follows from the go-lives; None where it is not compared.
    """

    title: str
    variants: tuple[str, ...]
    plan: Plan
    order: Order
    findings: tuple[Finding, ...] = ()
    verification: Verification | None = None

    @property
    def name(self) -> str:
        """What it is called: the order, and the variants it runs under."""
        return self.order.name + (f" with {'+'.join(self.variants)}" if self.variants else "")


def check_comparable(alternatives: Sequence[Alternative]) -> None:
    """Refuse alternatives whose differences in days would mean nothing.

    Raises
    ------
    PlanError
        When there are fewer than two, one is there twice, or two differ in status date, horizon, services,
        their departments or users, or targets.
    """
    if len(alternatives) < 2:
        only = f": there is only '{alternatives[0].name}'" if alternatives else ""
        raise PlanError(
            f"a comparison needs at least two alternatives{only}; name another order or a variant"
        )
    names = [one.name for one in alternatives]
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        raise PlanError(f"'{twice}' is compared with itself: name each alternative once")
    first = alternatives[0]
    for other in alternatives[1:]:
        for what, one, two in (
            ("status date", first.plan.status_date, other.plan.status_date),
            ("horizon", first.plan.as_date(first.plan.horizon), other.plan.as_date(other.plan.horizon)),
            ("services", *_first_difference([s.id for s in first.plan.services], [s.id for s in other.plan.services])),
            ("departments", *_first_difference(_departments(first.plan), _departments(other.plan))),
            ("users", *_first_difference(_users(first.plan), _users(other.plan))),
            ("targets", *_first_difference(first.plan.targets, other.plan.targets)),
        ):  # fmt: skip
            if one != two:
                raise PlanError(
                    f"'{first.name}' and '{other.name}' cannot be compared: they differ in their {what} "
                    f"({_said(one)} and {_said(two)})"
                )
    if not first.plan.targets:
        raise PlanError("there is nothing to compare: the scenario has no targets")


def _departments(plan: Plan) -> list[str]:
    return [f"{service.id} of {service.department}" for service in plan.services]


def _users(plan: Plan) -> list[str]:
    return [f"{service.id} with {service.users:,}" for service in plan.services]


def _first_difference(one: Sequence[object], two: Sequence[object]) -> tuple[object, object]:
    """The first entries that differ, None for one that is missing; (None, None) where all are the same."""
    for place in range(max(len(one), len(two))):
        here = one[place] if place < len(one) else None
        there = two[place] if place < len(two) else None
        if here != there:
            return here, there
    return None, None


def _said(value: object) -> str:
    if value is None:
        return "none"
    if hasattr(value, "needed"):
        return f"{value.id}: {value.needed} of {value.total} {value.measure}"  # type: ignore[attr-defined]
    return str(value)


def adds_capacity(one: Alternative, other: Alternative) -> bool:
    """Return whether `other` is `one` with more capacity on some day, never with less, and nothing else.

    Such a pair can show Graham's anomaly (1966): more capacity, later finish.
    """
    if one.order.digest != other.order.digest or one.plan.digest == other.plan.digest:
        return False
    if [resource.id for resource in one.plan.resources] != [resource.id for resource in other.plan.resources]:
        return False
    if replace(one.plan, resources=other.plan.resources).digest != other.plan.digest:
        return False
    days = {
        day for plan in (one.plan, other.plan) for resource in plan.resources for day, _ in resource.steps
    }
    return all(
        before.capacity(day) <= after.capacity(day)
        for before, after in zip(one.plan.resources, other.plan.resources, strict=True)
        for day in days
    )
