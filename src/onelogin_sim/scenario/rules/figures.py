"""The figures of every uncertain quantity make one distribution that can be drawn from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from onelogin_sim.distributions import LONGEST_TABLE, THOUSANDTHS, table
from onelogin_sim.scenario.kinds import Uncertain
from onelogin_sim.scenario.model import ScenarioFile
from onelogin_sim.scenario.rules.facts import Facts
from onelogin_sim.scenario.tree import Flaw, Path
from onelogin_sim.scenario.uncertain import distribution

FORMS = (
    ("fixed",),
    ("low", "mode", "high"),
    ("p10", "p50", "p90"),
    ("median", "p90"),
    ("observed",),
    ("cumulative",),
)

#: What percentiles and medians have to be at least: a lognormal has no zero.
SMALLEST = 0.001


@dataclass(frozen=True, slots=True)
class Role:
    """What an uncertain quantity counts, and the table it becomes (see `distributions.table`)."""

    unit: str
    parts: int
    least: int

    @property
    def whole(self) -> bool:
        """Whether it counts whole days."""
        return self.parts == 1


DAYS = Role("working days", 1, 1)
ADDED_DAYS = Role("working days", 1, 0)
WAIT = Role("calendar days", 1, 0)
FACTOR = Role("times", THOUSANDTHS, 1)
MINUTES = Role("minutes", 60, 1)


def quantities(file: ScenarioFile) -> Iterator[tuple[Path, Uncertain, Role]]:
    """Iterate over every uncertain quantity of a file with its path and role."""
    for pathway, stages in file.pathways.items():
        for index, stage in enumerate(stages):
            yield ("pathways", pathway, index, "days"), stage.days, DAYS
    for name, barrier in file.barriers.items():
        yield ("barriers", name, "slows"), barrier.slows, FACTOR
    for index, risk in enumerate(file.risks):
        if risk.delay is not None:
            yield ("risks", index, "delay", "days"), risk.delay.days, ADDED_DAYS
    for key, stated in (("programme", file.pace.programme), ("department", file.pace.department)):
        if stated is not None:
            yield ("pace", key), stated, FACTOR
    if file.optimism_bias is not None:
        yield ("optimism_bias", "factor"), file.optimism_bias.factor, FACTOR
    for key, stated in (("department", file.readiness.department), ("service", file.readiness.service)):
        if stated is not None:
            yield ("readiness", key), stated, WAIT
    if file.verification is not None:
        for route, way in file.verification.routes.items():
            for index, step in enumerate(way.steps):
                if step.minutes is not None:
                    yield ("verification", "routes", route, "steps", index, "minutes"), step.minutes, MINUTES
        for name, station in file.verification.stations.items():
            if station.patience is not None:
                yield ("verification", "stations", name, "patience"), station.patience, MINUTES


def figures_make_a_distribution(facts: Facts) -> Iterator[Flaw]:
    """One complete form, in order, within bounds, not endless; each is asked once the one before holds."""
    for path, stated, role in quantities(facts.file):
        for check in (_form, _order, _bounds, _length):
            flaws = list(check(facts, path, stated, role))
            yield from flaws
            if flaws:
                break


def given(stated: Uncertain) -> list[str]:
    """Return which figures are given."""
    return [key for form in FORMS for key in form if getattr(stated, key) is not None]


def _form(facts: Facts, path: Path, stated: Uncertain, role: Role) -> Iterator[Flaw]:
    keys = set(given(stated))
    if keys not in [set(form) for form in FORMS]:
        larger = [form for form in FORMS if keys and keys < set(form)]
        if len(larger) == 1:
            missing = " and ".join(key for key in larger[0] if key not in keys)
            yield Flaw(path, f"is incomplete: {missing} missing", "give " + _listed(larger[0]))
        else:
            options = "; ".join(_listed(form) for form in FORMS)
            found = ", ".join(dict.fromkeys(given(stated)))
            yield Flaw(path, f"must be exactly one of: {options}", value=found)
    if stated.shape is not None and "mode" not in keys:
        yield Flaw((*path, "shape"), "is only for low, mode and high", "take it out")


def _listed(form: tuple[str, ...]) -> str:
    return ", ".join(form[:-1]) + " and " + form[-1] if len(form) > 1 else form[0]


def _order(facts: Facts, path: Path, stated: Uncertain, role: Role) -> Iterator[Flaw]:
    for small, large in (
        ("low", "mode"),
        ("mode", "high"),
        ("p10", "p50"),
        ("p50", "p90"),
        ("median", "p90"),
    ):
        first, second = getattr(stated, small), getattr(stated, large)
        if first is not None and second is not None and first > second:
            yield Flaw((*path, small), f"{small} > {large}: must not be above {second:g}")
    pairs = stated.cumulative
    if pairs is None:
        return
    at = (*path, "cumulative")
    if any(len(pair) != 2 for pair in pairs):
        yield Flaw(at, "must be pairs [value, share reached by then]")
        return
    values, shares = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    if any(later <= earlier for earlier, later in pairwise(values)):
        yield Flaw(at, "the values must rise from pair to pair")
    if any(later < earlier for earlier, later in pairwise(shares)) or shares[0] < 0:
        yield Flaw(at, "the shares must rise from pair to pair, from 0 on")
    if shares[-1] != 1:
        yield Flaw(at, f"the last share must be 1, and is {shares[-1]:g}")


def _bounds(facts: Facts, path: Path, stated: Uncertain, role: Role) -> Iterator[Flaw]:
    for key in given(stated):
        at = facts.at(path, key)
        values = getattr(stated, key)
        if key == "cumulative":
            values = [pair[0] for pair in values]
        places = [(at, values)]
        if isinstance(values, list):
            places = [((*at, index), value) for index, value in enumerate(values)]
        for place, value in places:
            yield from _bound(place, key, value, role)


def _bound(path: Path, key: str, value: float, role: Role) -> Iterator[Flaw]:
    most = LONGEST_TABLE / role.parts
    if key in ("p10", "p50", "p90", "median") and value < SMALLEST:
        yield Flaw(path, f"must be above 0, at least {SMALLEST:g}")
    elif not role.whole and value <= 0:
        yield Flaw(path, "must be above 0" + (": it is a factor" if role is FACTOR else ""))
    elif value < 0:
        yield Flaw(path, "must not be negative")
    elif value > most:
        yield Flaw(path, f"must be at most {most:,.0f} {role.unit}")
    elif role.whole and key in ("fixed", "observed") and value != int(value):
        yield Flaw(path, f"must be a whole number of {role.unit}")


def _length(facts: Facts, path: Path, stated: Uncertain, role: Role) -> Iterator[Flaw]:
    try:
        with np.errstate(all="ignore"):
            table(distribution(stated), role.parts, role.least)
    except ValueError:
        most = f"{LONGEST_TABLE / role.parts:,.0f} {role.unit}"
        yield Flaw(path, f"reaches beyond {most} in one case of ten thousand", "bring the high figure nearer")
