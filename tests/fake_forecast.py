"""Forecasts made up from a handful of go-live days, to try the report on: a big one, and the awkward ones.

The plans are real Plans; the days are not simulated. `of` summarises them the plain way, so that every
number in a fake is consistent with every other.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, sqrt

import numpy as np
import numpy.typing as npt

from onelogin_sim.calendars import NEVER, Calendar
from onelogin_sim.distributions import Distribution
from onelogin_sim.drivers import CAUSES, Driver, Drivers, TimeUse
from onelogin_sim.errors import Finding
from onelogin_sim.forecasting import (
    PERCENTILES,
    Coverage,
    DepartmentForecast,
    Forecast,
    Quantile,
    ServiceForecast,
    Share,
    TargetForecast,
)
from onelogin_sim.plan import Department, Item, Plan, Resource, Target, Task

STATUS_DATE = date(2023, 12, 14)
BY = (date(2025, 12, 31) - STATUS_DATE).days
HORIZON = (date(2032, 1, 1) - STATUS_DATE).days
STAGES = ("discovery", "integrate", "assurance", "migrate", "production", "live")

DEPARTMENTS = (
    ("cabinet-office", "Cabinet Office"), ("dbt", "DBT"), ("dcms", "DCMS"), ("defra", "Defra"),
    ("desnz", "DESNZ"), ("dfe", "DfE"), ("dft", "DfT"), ("dhsc", "DHSC"), ("dsit", "DSIT"), ("dwp", "DWP"),
    ("hm-land-registry", "HM Land Registry"), ("hmrc", "HMRC"), ("home-office", "Home Office"),
    ("mhclg", "MHCLG"), ("mod", "Ministry of Defence"), ("moj", "MOJ"),
    ("welsh-government", "Welsh Government"),
)  # fmt: skip

NAMES = (
    "Apply for Personal Independence Payment (PIP)", "Universal Credit", "Personal tax account",
    "Services run by HM Revenue and Customs (HMRC)", "VAT returns", "Claim State Pension",
    "Register an exemption for private rented sector energy standards", "Fuel Finder", "PDP Connect",
    "Targeted retention incentives for further education teachers", "Student finance application",
    "Check a family's eligibility for free school meals", "Apply for or renew a passport",
    "LITE (Licensing for International Trade and Enterprise)", "Companies House services",
)  # fmt: skip

ENABLERS = (
    "Government Gateway",
    "HMCTS IDAM",
    "UKVI account",
    "SLC account",
    "Companies House account",
    "Defra customer identity",
    "DfE identity",
    "DVLA account",
)


def calendar(horizon: int = HORIZON) -> Calendar:
    size = horizon + 600
    return Calendar("every_day", -600, np.ones(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_))


def plan_of(
    items: Sequence[Item],
    departments: Sequence[tuple[str, str]],
    *,
    arcs: Sequence[tuple[str, str]] = (),
    targets: Sequence[Target] = (),
    horizon: int = HORIZON,
    illustrative: bool = False,
) -> Plan:
    """A valid Plan whose unfinished items run through `STAGES` one after another."""
    items = sorted(items, key=lambda item: item.id)
    tasks: list[Task] = []
    links: list[tuple[int, int]] = []
    span: dict[str, tuple[int, int]] = {}
    for item in items:
        if item.live_on is not None:
            continue
        first = len(tasks)
        for place, stage in enumerate(STAGES):
            if place:
                links.append((len(tasks) - 1, len(tasks)))
            tasks.append(
                Task(item.id, stage, Distribution("fixed", (20,)), "every_day", live=stage == "live")
            )
        span[item.id] = first, len(tasks) - 1
    for before, after in arcs:
        if before in span and after in span:
            links.append((span[before][1], span[after][0] + 3))
    return Plan(
        status_date=STATUS_DATE,
        horizon=horizon,
        items=tuple(items),
        tasks=tuple(tasks),
        arcs=tuple(links),
        departments=tuple(Department(*pair) for pair in sorted(departments)),
        calendars=(calendar(horizon),),
        resources=(
            Resource("assurance_panel", "Assurance panel", ((0, 2),)),
            Resource("onboarding_team", "Onboarding team", ((0, 6),)),
        ),
        targets=tuple(targets),
        illustrative=illustrative,
    )


def wilson(count: int, n: int) -> Share:
    z, p = 1.959964, count / n
    centre, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)
    return Share(p, 0.0 if count == 0 else low, 1.0 if count == n else high)


def quantiles(days: npt.NDArray[np.int32]) -> tuple[Quantile, ...]:
    ordered, n = np.sort(days), len(days)

    def at(share: float) -> int:
        return int(ordered[min(max(ceil(share * n) - 1, 0), n - 1)])

    def ends(percent: int) -> tuple[int | None, int]:
        """A normal approximation; ranks before the first and past the last future bound nothing."""
        middle, half = percent / 100 * n, 1.96 * sqrt(percent * (100 - percent) * n) / 100
        low, high = floor(middle - half), ceil(middle + half) + 1
        return int(ordered[low - 1]) if low >= 1 else None, int(ordered[high - 1]) if high <= n else NEVER

    return tuple(Quantile(percent, at(percent / 100), *ends(percent)) for percent in PERCENTILES)


def month_ends(horizon: int) -> npt.NDArray[np.int32]:
    ends = []
    year, month = STATUS_DATE.year, STATUS_DATE.month
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        day = (date(year, month, 1) - timedelta(days=1) - STATUS_DATE).days
        if day >= horizon:
            return np.array(ends, dtype=np.int32)
        ends.append(day)


def coverage_of(plan: Plan, go_live: npt.NDArray[np.int32], measure: str) -> Coverage:
    days = month_ends(plan.horizon)
    live = go_live[:, None, :] <= days[None, :, None]
    if measure == "annual_users":
        values, total = (live * plan.users).sum(axis=2), int(plan.users.sum())
    elif measure == "departments":
        departments = sorted(set(plan.department_of.tolist()))
        values = np.stack([live[:, :, plan.department_of == k].any(axis=2) for k in departments]).sum(axis=0)
        total = len(departments)
    else:
        values, total = live.sum(axis=2), len(plan.services)
    imputed = sum(s.users for s in plan.services if s.users_imputed) if measure == "annual_users" else 0
    p10, p50, p90 = (
        np.percentile(values, q, axis=0, method="inverted_cdf").astype(np.int64) for q in (10, 50, 90)
    )
    return Coverage(measure, total, imputed, days, p10, p50, p90, values[:10].astype(np.int64))


def reached(plan: Plan, go_live: npt.NDArray[np.int32], target: Target) -> npt.NDArray[np.int32]:
    if target.measure == "annual_users":
        order = np.argsort(go_live, axis=1, kind="stable")
        users = np.cumsum(plan.users[order], axis=1)
        place = (users >= target.needed).argmax(axis=1)
        return np.take_along_axis(np.sort(go_live, axis=1), place[:, None], axis=1)[:, 0]
    if target.measure == "departments":
        firsts = [
            go_live[:, plan.department_of == k].min(axis=1) for k in sorted(set(plan.department_of.tolist()))
        ]
        return np.sort(np.stack(firsts, axis=1), axis=1)[:, target.needed - 1]
    return np.sort(go_live, axis=1)[:, target.needed - 1]


def of(
    plan: Plan,
    go_live: npt.NDArray[np.int32],
    *,
    deterministic: Mapping[str, int] | None = None,
    title: str = "Roadmap 2025, seen from December 2023",
    variants: tuple[str, ...] = (),
    drivers: Sequence[Drivers] = (),
    findings: Sequence[Finding] = (),
) -> Forecast:
    """Summarise go-live days [replication, service]."""
    n = len(go_live)
    targets = []
    for target in plan.targets:
        days = reached(plan, go_live, target)
        single = (deterministic or {}).get(target.id, int(np.sort(days)[0]))
        targets.append(
            TargetForecast(
                target,
                wilson(int((days <= target.by).sum()), n),
                quantiles(days),
                wilson(int((days == NEVER).sum()), n),
                single,
                float((days <= single).mean()),
                days,
            )
        )
    latest = go_live == go_live.max(axis=1, keepdims=True)
    waiting = np.array([service.live_on is None for service in plan.services])
    last = (latest & waiting).mean(axis=0)
    services = tuple(
        ServiceForecast(
            service,
            quantiles(go_live[:, k]),
            wilson(int((go_live[:, k] == NEVER).sum()), n),
            None
            if service.planned_live is None
            else wilson(int((go_live[:, k] <= service.planned_live).sum()), n),
            float(last[k]),
        )
        for k, service in enumerate(plan.services)
    )
    departments = []
    for k, department in enumerate(plan.departments):
        mine = plan.department_of == k
        if not mine.any():
            continue
        days = go_live[:, mine].max(axis=1)
        live = sum(s.live_on is not None for s in plan.services if s.department == department.id)
        departments.append(
            DepartmentForecast(
                department.id,
                department.name,
                int(mine.sum()),
                live,
                quantiles(days),
                wilson(int((days == NEVER).sum()), n),
                float((latest & waiting)[:, mine].any(axis=1).mean()),
            )
        )
    measures = dict.fromkeys(["services", *(target.measure for target in plan.targets)])
    return Forecast(
        title,
        variants,
        plan,
        "as_planned",
        1,
        n,
        "9b1c" * 16,
        tuple(targets),
        tuple(coverage_of(plan, go_live, measure) for measure in measures),
        services,
        tuple(departments),
        tuple(drivers),
        time_use(plan),
        tuple(findings),
    )


def time_use(plan: Plan) -> TimeUse:
    """Some days for each unfinished item: none when all are live."""
    items = [item for item in plan.items if item.live_on is None]
    rng = np.random.default_rng(5)
    stages = STAGES if items else ()
    weights = rng.uniform(0.2, 1, (len(STAGES), len(CAUSES))) * [30, 12, 10, 60, 3, 2]
    weights[1:, 2] = 0
    weights[:4, 5] = 0
    weights[0, 2] = 240
    by_stage = weights[: len(stages)] * len(items)
    by_item = np.tile(weights.sum(axis=0), (len(items), 1)) if items else np.zeros((0, len(CAUSES)))
    waits = by_stage[:, CAUSES.index("resource")].sum() if items else 0.0
    return TimeUse(
        stages,
        by_stage,
        ("assurance_panel", "onboarding_team"),
        np.array([0.3, 0.7]) * waits,
        tuple(item.id for item in items),
        by_item,
    )


def service(number: int, department: str, *, live_on: int | None = None, **fields) -> Item:
    name = NAMES[number % len(NAMES)] + ("" if number < len(NAMES) else f" {number}")
    fields.setdefault("users", 1000 * (number + 1) ** 2)
    return Item(f"service-{number:03d}", name, department, live_on=live_on, **fields)


def big(replications: int = 400, *, late: float = 1.0, illustrative: bool = False) -> Forecast:
    """139 services of 17 departments, 14 live, three targets; `late` stretches the future."""
    rng = np.random.default_rng(11)
    items = [
        service(
            k,
            DEPARTMENTS[k % 17][0],
            live_on=-30 * (k % 13) - 1 if k % 10 == 3 else None,
            users_imputed=k % 2 == 0,
            planned_live=BY if k % 7 == 0 else None,
        )
        for k in range(139)
    ]
    items += [
        Item(f"enabler-{k}", name, DEPARTMENTS[k][0], kind="enabler") for k, name in enumerate(ENABLERS)
    ]
    open_ = [item.id for item in items if item.kind == "service" and item.live_on is None]
    arcs = [(f"enabler-{k % 8}", name) for k, name in enumerate(open_[:40])]
    arcs += [(open_[0], open_[9]), (open_[0], open_[17]), (open_[9], open_[30]), (open_[1], open_[40])]
    users = sum(item.users for item in items)
    targets = (
        Target("roadmap", "Every service in scope", "services", 139, 139, BY, Fraction(1)),
        Target("programme", "Over 100 services", "services", 101, 139, BY),
        Target("users", "80% of annual users", "annual_users", ceil(users * 0.8), users, BY, Fraction(4, 5)),
    )
    plan = plan_of(items, DEPARTMENTS, arcs=arcs, targets=targets, illustrative=illustrative)
    n = len(plan.services)
    pace = rng.lognormal(0, 0.25, (replications, 1)) * late
    base = np.linspace(60, 2100, n) * rng.uniform(0.5, 1.1, n)
    days = pace * base * rng.lognormal(0, 0.2, (replications, n))
    go_live = np.where(days < HORIZON, days, NEVER).astype(np.int32)
    for k, one in enumerate(plan.services):
        if one.live_on is not None:
            go_live[:, k] = one.live_on
    return of(
        plan,
        go_live,
        deterministic={"roadmap": 1500, "programme": 900, "users": 1100},
        drivers=[drivers_of(plan, target.id, replications, rng) for target in targets],
        findings=[
            Finding(
                "held-over-days-off",
                "The onboarding team is held across more than five days "
                "off by 14 stages; the longest is Universal Credit, production, over 9 days.",
            ),
            Finding(
                "beyond-table",
                "PDP Connect has been in discovery longer than its distribution "
                "allows: one working day is left.",
            ),
        ],
    )


def drivers_of(plan: Plan, target: str, futures: int, rng: np.random.Generator) -> Drivers:
    """Drivers with long tails: many services, each seldom."""
    waiting = [item.id for item in plan.items if item.live_on is None]
    arcs = sorted(plan.graph().edges())
    shares = 0.7 * rng.power(0.25, len(waiting))
    rows = [
        Driver("item", name, float(share), 900 * float(share))
        for name, share in zip(waiting, shares, strict=True)
    ]
    rows += [
        Driver("stage", name, float(share), 300 * float(share))
        for name, share in zip(STAGES, (0.62, 0.71, 0.83, 0.41, 0.35, 0.98), strict=True)
    ]
    rows += [
        Driver("resource", "onboarding_team", 0.93, 410.0),
        Driver("resource", "assurance_panel", 0.12, 30.0),
        Driver("other", "readiness", 0.55, 200.0),
        Driver("other", "calendar", 0.31, 4.0),
    ]
    share_of = dict(zip(waiting, shares, strict=True))
    links = [(a, b, float(min(share_of[a], share_of[b]) * rng.uniform(0.3, 0.9))) for a, b in arcs]
    strongest = sorted(waiting, key=lambda name: -share_of[name])
    links += [
        (a, b, float(rng.uniform(0.02, 0.2))) for a, b in pairwise(strongest[:21]) if (a, b) not in set(arcs)
    ]
    return Drivers(
        target,
        True,
        futures,
        tuple(sorted(rows, key=lambda d: (-d.criticality, -d.days, d.kind, d.id))),
        tuple(sorted(links)),
    )


def small(replications: int = 200) -> Forecast:
    """Six services of two departments, one live, one hub, one enabler; two targets."""
    items = [
        service(
            k,
            "dwp" if k < 3 else "hmrc",
            live_on=-40 if k == 2 else None,
            planned_live=200 if k == 0 else None,
        )
        for k in range(6)
    ]
    items.append(Item("gateway", "Government Gateway", "hmrc", kind="enabler"))
    arcs = [("gateway", "service-003"), ("service-003", "service-004")]
    targets = (
        Target("all", "Every service", "services", 6, 6, 380, Fraction(1)),
        Target("half", "Half of the departments", "departments", 1, 2, 300, Fraction(1, 2)),
    )
    plan = plan_of(items, DEPARTMENTS[9:12], arcs=arcs, targets=targets, horizon=800)
    rng = np.random.default_rng(3)
    days = np.sort(rng.gamma(9, 35, (replications, 6)), axis=1)
    days[:, 2] = -40
    go_live = np.where(days < 800, days, NEVER).astype(np.int32)
    drivers = [drivers_of(plan, target.id, replications, rng) for target in targets]
    return of(plan, go_live, drivers=drivers, title="Small", deterministic={"all": 340, "half": -40})


def one_service(
    day: int, *, replications: int = 50, horizon: int = HORIZON, measure: str = "services"
) -> Forecast:
    """One service of one department that goes live on `day` in every future (NEVER: in none)."""
    live_on = day if day <= 0 else None
    only = service(0, "dwp", live_on=live_on)
    needed = only.users if measure == "annual_users" else 1
    target = Target(
        "all", "Every service in scope", measure, needed, needed, min(BY, horizon - 1), Fraction(1)
    )
    plan = plan_of([only], [("dwp", "DWP")], targets=[target], horizon=horizon)
    drivers = (
        ()
        if day <= 0
        else (
            Drivers(
                "all",
                day != NEVER,
                replications,
                (Driver("item", only.id, 1.0, float(min(day, horizon))),),
                (),
            ),
        )
    )
    return of(plan, np.full((replications, 1), day, dtype=np.int32), title="One", drivers=drivers)


def at_once() -> Forecast:
    """Nine in ten futures end on one day, as after a freeze; the deterministic run reaches nothing."""
    target = Target("all", "Every service in scope", "services", 2, 2, 420, Fraction(1))
    plan = plan_of([service(0, "dwp"), service(1, "dwp")], [("dwp", "DWP")], targets=[target], horizon=900)
    days = np.full((100, 2), 400, dtype=np.int32)
    days[90:, 1] = [430] * 6 + [NEVER] * 4
    return of(plan, days, title="At once", deterministic={"all": NEVER})


def met_already(replications: int = 60) -> Forecast:
    """One department all live and one waiting; one target met before the status date, by true dates."""
    items = [
        service(k, "dwp" if k < 2 else "hmrc", live_on=(-70, -40)[k] if k < 2 else None) for k in range(4)
    ]
    targets = (
        Target("two", "Two services", "services", 2, 4, 300),
        Target("all", "Every service", "services", 4, 4, 300, Fraction(1)),
    )
    plan = plan_of(items, DEPARTMENTS[9:12], targets=targets, horizon=800)
    days = np.random.default_rng(6).gamma(9, 35, (replications, 4))
    days[:, :2] = [-70, -40]
    return of(plan, np.where(days < 800, days, NEVER).astype(np.int32), title="Met already")


def nothing_reached() -> Forecast:
    """The big programme, none of whose targets is met in any future."""
    return big(100, late=40.0)


def awkward_names() -> Forecast:
    """Names with dollars, underscores, formula signs and no spaces."""
    names = ("=1+1 $x$ and $y$", "_hidden_", "@" + "Verylongnamewithoutanyspaces" * 3, "-5% of & < users")
    items = [Item(f"s{k}", name, f"d{k % 2}", users=10) for k, name in enumerate(names)]
    target = Target("all", "Every $ervice", "services", 4, 4, 300, Fraction(1))
    plan = plan_of(
        items,
        [("d0", "Department_of $ and $ " + "Affairs" * 12), ("d1", "+44")],
        arcs=[("s0", "s1"), ("s1", "s2")],
        targets=[target],
        horizon=900,
    )
    days = np.random.default_rng(2).integers(100, 1000, (60, 4))
    go_live = np.where(days < 900, days, NEVER).astype(np.int32)
    drivers = [drivers_of(plan, "all", 60, np.random.default_rng(4))]
    return of(
        plan, go_live, title="Names $ like _these_", variants=("extra-team", "no-freeze"), drivers=drivers
    )


#: Every shape a chart or table must survive, by name.
SHAPES = {
    "big": big,
    "big_illustrative": lambda: big(200, late=1.6, illustrative=True),
    "early": lambda: big(100, late=0.15),
    "nothing_reached": nothing_reached,
    "one_replication": lambda: big(1),
    "small": small,
    "certain": lambda: one_service(400),
    "certain_on_target": lambda: one_service(BY),
    "never": lambda: one_service(NEVER),
    "all_live": lambda: one_service(-10),
    "short_horizon": lambda: one_service(20, horizon=60),
    "few": lambda: small(8),
    "few_late": lambda: big(8, late=3.0),
    "at_once": lambda: at_once(),
    "met_already": lambda: met_already(),
    "one_service_users": lambda: one_service(900, measure="annual_users"),
    "awkward_names": awkward_names,
}
