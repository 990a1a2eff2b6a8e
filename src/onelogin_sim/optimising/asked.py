"""What a planner asks of an order in words, turned into objectives and limits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from onelogin_sim.calendars import day_of
from onelogin_sim.errors import PlanError, did_you_mean
from onelogin_sim.optimising.wanted import Wanted
from onelogin_sim.orders.search.problem import WITHOUT_TARGET, Kind, Limits, Objective, Objectives
from onelogin_sim.plan import Plan
from onelogin_sim.verification.population import Verification

#: Objectives as a planner writes them.
NAMES: dict[str, Kind] = {
    "mean": "mean",
    "p50": "p50",
    "p80": "p80",
    "probability": "probability",
    "user-weeks": "user_weeks",
    "checks-avoided": "checks_avoided",
}


def objectives(
    plan: Plan, words: Sequence[str], target: str | None = None, verification: Verification | None = None
) -> Objectives:
    """Return objectives from words such as ``p80`` or ``mean:0.7``.

    Parameters
    ----------
    words
        Names in `NAMES`, each with its weight after a colon or none with one; none at all is the mean day.
        Several without weights count first things first.
    target
        Id of the target they are about; None takes the first. User-weeks and avoided checks count up to its date.
    verification
        Whose identity checks are avoided; None where the scenario says nothing of it.

    Raises
    ------
    PlanError
        When a word, its weight or the target is not known, one is there twice, only some have weights, or there are
        no identity checks to avoid.
    """
    about = target_index(plan, target)
    by = min(plan.targets[about].by, plan.horizon)
    parts: list[Objective] = []
    weights: list[float] = []
    for word in words or ("mean",):
        name, colon, weight = word.partition(":")
        if name not in NAMES:
            raise PlanError(f"objective '{name}' is not known; {did_you_mean(name, list(NAMES))}")
        kind = NAMES[name]
        if kind in [part.kind for part in parts]:
            raise PlanError(f"objective '{name}' is asked for twice; keep one of them")
        if kind == "checks_avoided":
            _check_checks(name, verification)
        whose = None if kind in WITHOUT_TARGET else plan.targets[about].id
        parts.append(Objective(kind, whose, by if kind in ("probability", *WITHOUT_TARGET) else None))
        if colon:
            weights.append(_weight(word, weight))
    if weights and len(weights) != len(parts):
        raise PlanError(
            f"objectives: {len(weights)} of {len(parts)} have a weight; give each one, or none for first things first"
        )
    # A single one has nothing to be weighed against: its gains stay in its own unit.
    return Objectives(tuple(parts), tuple(weights) if len(parts) > 1 and weights else None, verification)


def limits(
    plan: Plan,
    *,
    must_before: Sequence[str] = (),
    first: Sequence[str] = (),
    last: Sequence[str] = (),
    at_once: Sequence[str] = (),
    latest: Sequence[str] = (),
    peak_load: int | None = None,
    within_capacity: bool = False,
    verification: Verification | None = None,
) -> Limits:
    """Return limits from words: ``A:B``, ids, ``DEPARTMENT:2``, ``SERVICE:2025-12-31``.

    Parameters
    ----------
    peak_load, within_capacity
        As `Limits` has them.
    verification
        Whose load they limit; None where the scenario says nothing of it.

    Raises
    ------
    PlanError
        When a word has another form, an id is unknown, a date lies outside the time looked at, or there is no load to
        limit.
    """
    items = list(plan.item_index)
    pairs = []
    for word in must_before:
        before, after = _halves("must-before", word, "A:B", "A served before B")
        pairs.append((_known("must-before", before, items), _known("must-before", after, items)))
    departments = [department.id for department in plan.departments]
    most = {}
    for word in at_once:
        name, count = _halves("at-once", word, "DEPARTMENT:N", "no more than N of its services at once")
        if not (count.isascii() and count.isdigit() and int(count) > 0):
            raise PlanError(f"at-once '{word}': '{count}' must be a whole number, 1 or more")
        most[_known("at-once", name, departments)] = int(count)
    days = {}
    for word in latest:
        name, when = _halves("latest", word, "SERVICE:DATE", "the service live by the date")
        known = _known("latest", name, [service.id for service in plan.services])
        days[known] = _day(plan, word, when)
    for option, given in (("peak-load", peak_load is not None), ("within-capacity", within_capacity)):
        if given and verification is None:
            raise PlanError(
                f"{option}: the scenario has no `verification` section, so there is no load to limit"
            )
    if within_capacity and verification is not None and not verification.stations:
        raise PlanError("within-capacity: the scenario has no stations under `verification`")
    return Limits(
        must_before=tuple(pairs),
        first=tuple(_known("first", name, items) for name in first),
        last=tuple(_known("last", name, items) for name in last),
        at_once=most,
        latest=days,
        peak_load=peak_load,
        within_capacity=within_capacity,
    )


def read(plan: Plan, wanted: Wanted, verification: Verification | None) -> tuple[Objectives, Limits]:
    """Return the objectives and limits a planner wants.

    Raises
    ------
    PlanError
        As `objectives` and `limits`.
    """
    kept = limits(
        plan,
        must_before=wanted.must_before,
        first=wanted.first,
        last=wanted.last,
        at_once=wanted.at_once,
        latest=wanted.latest,
        peak_load=wanted.peak_load,
        within_capacity=wanted.within_capacity,
        verification=verification,
    )
    return objectives(plan, wanted.objective, wanted.target, verification), kept


def target_index(plan: Plan, target: str | None) -> int:
    """Return the index of a target by its id; None takes the first.

    Raises
    ------
    PlanError
        When there is none, or none of that id.
    """
    known = [one.id for one in plan.targets]
    if not known:
        raise PlanError("there is nothing to aim at: the scenario has no targets")
    if target is not None and target not in known:
        raise PlanError(f"target '{target}' is unknown; {did_you_mean(target, known)}")
    return known.index(target) if target else 0


def _check_checks(name: str, verification: Verification | None) -> None:
    if verification is None:
        raise PlanError(
            f"objective '{name}': the scenario has no `verification` section, so no identity checks are counted"
        )
    if all(service.level == "none" for service in verification.services):
        raise PlanError(f"objective '{name}': no service asks for an identity")


def _weight(word: str, text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = 0.0
    if not 0 < weight < float("inf"):
        raise PlanError(f"objective '{word}': '{text}' must be a number above 0")
    return weight


def _halves(limit: str, word: str, form: str, meaning: str) -> tuple[str, str]:
    before, colon, after = word.partition(":")
    if not (before and colon and after):
        raise PlanError(f"{limit} '{word}': write {form} for {meaning}")
    return before, after


def _known(limit: str, name: str, known: list[str]) -> str:
    if name not in known:
        raise PlanError(f"{limit}: '{name}' is unknown; {did_you_mean(name, known)}")
    return name


def _day(plan: Plan, word: str, text: str) -> int:
    try:
        day = day_of(date.fromisoformat(text), plan.status_date)
    except ValueError:
        raise PlanError(f"latest '{word}': '{text}' is not a date; write it as 2025-12-31") from None
    if not 0 <= day < plan.horizon:
        end = plan.as_date(plan.horizon - 1)
        raise PlanError(
            f"latest '{word}': must lie between {plan.status_date} and {end}, the end of the time looked at"
        )
    return day
