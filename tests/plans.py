"""Hand-made plans without files: a terse builder, a tiny plan, and one that uses every feature once.

::

    plan({"a": [3, 2], "b": [stage(5, team=1)]}, arcs=[("a", "b")], resources={"team": 1})

is two services, `a` with stages ``s0`` (3 days) and ``s1`` (2 days), then `b` with one stage of five days
that needs one of the team. A number of days may be a Distribution; 0 is a milestone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

import numpy as np

from onelogin_sim.calendars import NEVER, Calendar
from onelogin_sim.distributions import Distribution
from onelogin_sim.plan import (
    Barrier,
    CapacityLoss,
    Delay,
    Department,
    Gate,
    Item,
    NotBefore,
    Order,
    Pace,
    Plan,
    Resource,
    Risk,
    Target,
    Task,
)

STATUS_DATE = date(2024, 1, 1)
EVERY_DAY = "every_day"


def days(value: int | Distribution) -> Distribution | None:
    """A fixed number of working days; None for 0, a milestone."""
    if isinstance(value, Distribution):
        return value
    return Distribution("fixed", (value,)) if value else None


def stage(duration: int | Distribution, name: str = "", *, calendar: str = EVERY_DAY, **fields) -> Task:
    """A task that has no item yet; fields that a Task does not have are needs, by resource id."""
    known = {key: fields.pop(key) for key in list(fields) if key in Task.__dataclass_fields__}
    needs = tuple(sorted(fields.items()))
    return Task("", name, days(duration), calendar, needs=needs, **known)


def worked(name: str, pattern: str, *, first: int = 0) -> Calendar:
    """A calendar drawn as text from `first` on: ``#`` worked, ``.`` off, ``x`` frozen."""
    marks = np.array(list(pattern))
    return Calendar(name, first, marks == "#", marks == "x")


def every_day(horizon: int, first: int = -60) -> Calendar:
    """The calendar on which every day is worked."""
    size = horizon - first
    return Calendar(EVERY_DAY, first, np.ones(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_))


def plan(
    items: Mapping[str, Sequence[int | Distribution | Task]],
    *,
    arcs: Iterable[tuple[str, str]] = (),
    resources: Mapping[str, int | Sequence[tuple[int, int]]] | None = None,
    horizon: int = 100,
    first: int = -60,
    calendars: Iterable[Calendar] = (),
    live: Mapping[str, int] | None = None,
    enablers: Iterable[str] = (),
    details: Mapping[str, Mapping[str, object]] | None = None,
    departments: Iterable[Department] | None = None,
    **fields,
) -> Plan:
    """A Plan of items by id, each a list of stages that follow one another.

    Parameters
    ----------
    arcs
        (before, after): item ids (the last task of the one, the first of the other) or ``item.stage``.
    resources
        Units, or steps (day, units), by id.
    live
        Services that are live already: id to day.
    enablers
        Which of the items are enablers.
    first
        First day of the calendar on which every day is worked.
    details
        Further fields of items, by id.
    fields
        Further fields of the Plan.
    """
    live, details = live or {}, details or {}
    enablers = set(enablers)
    ids = sorted([*items, *live])
    made_items = tuple(
        replace(
            Item(
                name, name.title(), "d", "enabler" if name in enablers else "service", live_on=live.get(name)
            ),
            **details.get(name, {}),
        )
        for name in ids
    )
    tasks: list[Task] = []
    sequence: list[tuple[int, int]] = []
    for name in ids:
        for place, given in enumerate(items.get(name, ())):
            task = given if isinstance(given, Task) else stage(given)
            if place:
                sequence.append((len(tasks) - 1, len(tasks)))
            tasks.append(replace(task, item=name, stage=task.stage or f"s{place}"))

    def end(name: str, last: bool) -> int:
        named = [at for at, task in enumerate(tasks) if name in (task.item, f"{task.item}.{task.stage}")]
        return named[-1 if last else 0]

    between = [(end(before, True), end(after, False)) for before, after in arcs]
    steps = {
        name: [(0, given)] if isinstance(given, int) else given for name, given in (resources or {}).items()
    }
    return Plan(
        status_date=STATUS_DATE,
        horizon=horizon,
        items=made_items,
        tasks=tuple(tasks),
        arcs=tuple(sorted({*sequence, *between})),
        departments=tuple(departments or [Department("d", "Department")]),
        calendars=tuple(sorted([every_day(horizon, first), *calendars], key=lambda calendar: calendar.id)),
        resources=tuple(Resource(name, name.title(), tuple(steps[name])) for name in sorted(steps)),
        **fields,
    )


def order(made: Plan, text: str = "", **fields) -> Order:
    """The order of the ids in `text`, parted by spaces; as listed by id when there are none."""
    return Order.of(made, text.split() or [item.id for item in made.items], **fields)


def tiny() -> Plan:
    """Two services that want one team, and a third that waits for the first."""
    return plan(
        {"a": [stage(3, team=1)], "b": [stage(2, team=1)], "c": [1]},
        arcs=[("a", "c")],
        resources={"team": 1},
        horizon=20,
    )


def everything() -> Plan:
    """Every feature of a plan once, small."""
    spread = Distribution("split_lognormal", (2.0, 4.0, 9.0))
    horizon = 120
    week = "#####.."
    office = np.array(list((week * 40)[: horizon + 60])) == "#"
    off = np.zeros(horizon + 60, dtype=np.bool_)
    frozen = off.copy()
    frozen[60 + 30 : 60 + 40] = True
    again = Gate("repeat:check:1", 0.4, repeat=True)
    return plan(
        {
            "gateway": [stage(Distribution("pert", (3.0, 5.0, 12.0)), "migrate", calendar="office", panel=1)],
            "mot": [
                stage(Distribution("triangular", (2.0, 3.0, 8.0)), "find", calendar="office", team=1),
                stage(spread, "build", calendar="office", slowed_by=("legacy", "skills"), crew=1, team=1),
                stage(Distribution("observed", (2.0, 2.0, 5.0)), "check", calendar="office", panel=1),
                stage(spread, "build", calendar="office", repeat_pass=1, gates=(again,), crew=1, team=1),
                stage(
                    Distribution("observed", (2.0, 2.0, 5.0)),
                    "check",
                    calendar="office",
                    repeat_pass=1,
                    gates=(again,),
                    panel=1,
                ),
                stage(0, "agreed"),
                stage(4, "ramp", calendar="frozen_office", live=True),
                stage(10, "care", team=1),
            ],
            "passport": [
                stage(Distribution("lognormal", (8.0, 20.0)), "build", calendar="office", since=-5, crew=2),
                stage(3, "ramp", calendar="frozen_office", live=True),
            ],
            "pension": [
                stage(spread, "find", calendar="office", gates=(Gate("exists:find", 0.7),)),
                stage(Distribution("cumulative", (0.0, 0.2, 20.0, 1.0)), "build", calendar="office", crew=1),
            ],
        },
        arcs=[("gateway", "mot.agreed"), ("passport.ramp", "pension")],
        resources={"crew": [(0, 2), (20, 1), (50, 3)], "panel": 1, "team": [(0, 1), (15, 2)]},
        horizon=horizon,
        calendars=[
            Calendar("frozen_office", -60, office & ~frozen, frozen),
            Calendar("office", -60, office, off),
        ],
        live={"tax": -100},
        enablers=["gateway"],
        details={
            "gateway": {"department": "hmrc"},
            "mot": {"department": "dvla", "users": 300, "planned_live": 60, "position": 1},
            "passport": {"department": "hmrc", "users": 500, "users_imputed": True},
            "pension": {
                "department": "hmrc",
                "users": 200,
                "fronted_by": "mot",
                "release": 5,
                "readiness": (
                    ("@department:hmrc", Distribution("cumulative", (0.0, 0.5, 30.0, 1.0))),
                    ("pension", Distribution("fixed", (3.0,))),
                ),
            },
            "tax": {"department": "hmrc", "users": 1000},
        },
        departments=[Department("dvla", "DVLA", certain=("legacy",)), Department("hmrc", "HMRC")],
        barriers=(
            Barrier("legacy", 0.65, Distribution("split_lognormal", (1.1, 1.4, 2.2))),
            Barrier("skills", 0.3, Distribution("triangular", (1.0, 1.1, 1.5))),
        ),
        risks=(
            Risk("r1", "Panel ill", 0.5, CapacityLoss("panel", 1, 10, 0, 40)),
            Risk("r2", "Law late", 0.5, NotBefore(("pension",), 10, 60)),
            Risk("r3", "Rework", 0.5, Delay("build", ("mot", "pension"), Distribution("fixed", (5.0,)))),
        ),
        targets=(
            Target("roadmap", "All", "services", 4, 4, 110, Fraction(1)),
            Target("departments", "Both", "departments", 2, 2, 90),
            Target("users", "Most users", "annual_users", 1600, 2000, 100, Fraction(4, 5)),
        ),
        pace=Pace(
            programme=Distribution("split_lognormal", (0.9, 1.0, 1.2)),
            department=Distribution("split_lognormal", (0.8, 1.0, 1.4)),
            optimism_bias=Distribution("pert", (1.0, 1.1, 1.4)),
        ),
        illustrative=True,
    )


__all__ = [
    "EVERY_DAY",
    "NEVER",
    "STATUS_DATE",
    "days",
    "every_day",
    "everything",
    "order",
    "plan",
    "stage",
    "tiny",
    "worked",
]
