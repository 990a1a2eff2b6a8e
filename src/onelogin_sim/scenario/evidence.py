"""Every number and what it rests on (contract 4.13).

A number inherits `source` or `assumption` from the nearest enclosing mapping or CSV row that has one.
An assumption covers one kind of quantity; citing it for another is refused, so that no single line
hides a whole model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from onelogin_sim.errors import did_you_mean
from onelogin_sim.scenario.tree import Flaw, Node, Path, Place, names_in

#: Where numbers stand (`*` is any entry), what kind of quantity they are, in what unit, and the prefix
#: of their own `source` and `assumption` where they have their own.
_NUMBERS: tuple[tuple[str, str, str, str], ...] = (
    ("targets.*.share", "target", "of all in scope", ""),
    ("targets.*.count", "target", "in scope", ""),
    ("services.*.users", "volume", "a year", ""),
    ("services.*.since", "in_flight", "", "since_"),
    ("services.*.planned_live", "planned_date", "", "dates_"),
    ("services.*.not_before", "planned_date", "", "dates_"),
    ("enablers.*.since", "in_flight", "", ""),
    ("enablers.*.not_before", "planned_date", "", ""),
    ("departments.*.teams", "team_capacity", "teams", ""),
    ("departments.*.team_changes.*", "team_capacity", "teams", ""),
    ("resources.*.capacity", "capacity", "units", ""),
    ("resources.*.changes.*", "capacity", "units", ""),
    ("resources.*.unit_size", "capacity", "checks a week", ""),
    ("pathways.*.*.days", "duration", "working days", ""),
    ("pathways.*.*.needs.*", "need", "units", ""),
    ("pathways.*.*.probability", "existence", "", "probability_"),
    ("pathways.*.*.repeat.probability", "rework", "", ""),
    ("pathways.*.*.repeat.at_most", "rework", "times", ""),
    ("freezes.*.periods.*.from", "freeze", "", ""),
    ("freezes.*.periods.*.to", "freeze", "", ""),
    ("barriers.*.share", "barrier_share", "of departments", ""),
    ("barriers.*.slows", "slowdown", "times", ""),
    ("risks.*.probability", "risk", "", ""),
    ("risks.*.delay.days", "risk", "working days", ""),
    ("risks.*.capacity.units", "risk", "units", ""),
    ("risks.*.capacity.days", "risk", "calendar days", ""),
    ("risks.*.capacity.window.from", "risk", "", ""),
    ("risks.*.capacity.window.to", "risk", "", ""),
    ("risks.*.not_before.window.from", "risk", "", ""),
    ("risks.*.not_before.window.to", "risk", "", ""),
    ("pace.programme", "pace", "times", ""),
    ("pace.department", "pace", "times", ""),
    ("optimism_bias.factor", "optimism_bias", "times", ""),
    ("readiness.department", "readiness", "calendar days", ""),
    ("readiness.service", "readiness", "calendar days", ""),
    ("unknown_identity.share", "identity_share", "of such services", ""),
    ("volumes.unknown_users.p10", "volume", "a year", ""),
    ("volumes.unknown_users.p50", "volume", "a year", ""),
    ("volumes.unknown_users.p90", "volume", "a year", ""),
    ("volumes.uses_per_person.default", "uses_per_person", "uses a person and year", ""),
    ("volumes.uses_per_person.services.*", "uses_per_person", "uses a person and year", ""),
    ("verification.segments.*.people", "population", "people", ""),
    ("verification.segments.*.able.routes.*", "ability", "of the segment", ""),
    ("verification.segments.*.awareness.shares.*", "awareness", "of visits", ""),
    ("verification.segments.*.proven.P1", "proven", "of the segment", ""),
    ("verification.segments.*.proven.P2", "proven", "of the segment", ""),
    ("verification.audience.default.*", "audience", "of users", ""),
    ("verification.audience.services.*.*", "audience", "of users", ""),
    ("verification.visits.default", "visits", "a year", ""),
    ("verification.visits.services.*", "visits", "a year", ""),
    ("verification.once_in_years.default", "visits", "years", ""),
    ("verification.once_in_years.services.*", "visits", "years", ""),
    ("verification.adoption.default", "adoption", "of visits", ""),
    ("verification.adoption.services.*", "adoption", "of visits", ""),
    ("verification.accounts.default", "accounts", "of users", ""),
    ("verification.accounts.services.*", "accounts", "of users", ""),
    ("verification.seasons.*.months", "season", "", ""),
    ("verification.seasons.*.weekdays", "season", "", ""),
    ("verification.seasons.*.hours", "season", "", ""),
    ("verification.seasons.*.last_day.month", "season", "", ""),
    ("verification.seasons.*.last_day.day", "season", "", ""),
    ("verification.seasons.*.last_day.share", "season", "of the year", ""),
    ("verification.seasons.*.last_day.top_hour", "season", "", ""),
    ("verification.seasons.*.last_day.top_hour_share", "season", "of the day", ""),
    ("verification.ramp.shares", "ramp", "", ""),
    ("verification.check.minutes", "check_cost", "minutes", ""),
    ("verification.check.cost", "check_cost", "pounds", ""),
    ("verification.check.uplift", "check_cost", "of a full check", ""),
    ("verification.routes.*.choice", "route", "", ""),
    ("verification.routes.*.success", "completion", "of attempts", "success_"),
    ("verification.routes.*.gives_up", "route", "of failures", ""),
    ("verification.routes.*.steps.*.share", "route", "of people on the route", ""),
    ("verification.routes.*.steps.*.minutes", "check_minutes", "minutes", ""),
    ("verification.stations.*.servers", "station_capacity", "people", ""),
    ("verification.stations.*.concurrency", "station_capacity", "at once", ""),
    ("verification.stations.*.appointments_per_day", "station_capacity", "a day", ""),
    ("verification.stations.*.changes.*", "station_capacity", "", ""),
    ("verification.stations.*.opening.from", "opening_hours", "o'clock", ""),
    ("verification.stations.*.opening.to", "opening_hours", "o'clock", ""),
    ("verification.stations.*.time_limit.days", "time_limit", "calendar days", ""),
    ("verification.stations.*.patience", "patience", "minutes", ""),
    ("verification.stations.*.service_level.share", "service_level", "of people", ""),
    ("verification.stations.*.service_level.minutes", "service_level", "minutes", ""),
    ("verification.stations.*.service_level.days", "service_level", "days", ""),
)

#: What an assumption may cover besides numbers, by section: choices that are evidenced and not counted.
_CHOICES: dict[str, tuple[str, ...]] = {
    "services": ("migration", "scope"),
    "enablers": ("migration", "scope"),
    "sign_ins": ("migration",),
    "orders": ("order", "scope"),
}

#: Keys that cite evidence and are no figures themselves.
EVIDENCE_KEYS = (
    "source",
    "assumption",
    "since_source",
    "since_assumption",
    "dates_source",
    "dates_assumption",
    "probability_source",
    "probability_assumption",
    "success_source",
    "success_assumption",
)


@dataclass(frozen=True, slots=True)
class Number:
    """One stated quantity and what it rests on.

    Attributes
    ----------
    path, where
        Where it stands, for the program and in planners' words.
    value
        As stated; the figures of a distribution together.
    cited
        Path of the `source` or `assumption` it inherits, None without any.
    """

    path: Path
    where: str
    value: str
    unit: str
    quantity: str
    place: Place
    source: str | None = None
    assumption: str | None = None
    cited: Path | None = None


def numbers(tree: Node) -> list[Number]:
    """Return every number of a scenario, section by section as the model lists them."""
    found = []
    for pattern, quantity, unit, prefix in _NUMBERS:
        for path, node in _matching(tree, (), pattern.split(".")):
            source, assumption, cited = _evidence(tree, path, prefix)
            found.append(
                Number(
                    path,
                    tree.spell(path),
                    figures(node),
                    unit,
                    quantity,
                    node.place,
                    source,
                    assumption,
                    cited,
                )
            )
    return found


def figures(node: Node) -> str:
    """Return a value as one line of text; of a mapping its keys and values, evidence left out."""
    if isinstance(node.value, dict):
        return ", ".join(
            f"{key} {figures(below)}" for key, below in node.value.items() if key not in EVIDENCE_KEYS
        )
    if isinstance(node.value, list):
        words = "; ".join(figures(below) for below in node.value)
        return f"[{words}]"
    return node.text


def _matching(node: Node, path: Path, pattern: list[str]) -> Iterator[tuple[Path, Node]]:
    if not pattern:
        yield path, node
        return
    segments: list[str | int] = [pattern[0]]
    if pattern[0] == "*":
        listed = isinstance(node.value, list)
        segments = list(range(len(node.value))) if listed else [str(key) for key in node.keys]  # type: ignore[arg-type]
    for segment in segments:
        below = node.child(segment)
        if below is not None and not (below.is_single and below.value is None):
            yield from _matching(below, (*path, segment), pattern[1:])


def _evidence(tree: Node, path: Path, prefix: str) -> tuple[str | None, str | None, Path | None]:
    """(source, assumption, where cited), the number's own keys first, then outwards."""
    candidates = [(path[:-1], prefix)] if prefix else []
    candidates += [(path[:depth], "") for depth in range(len(path), 0, -1)]
    for at, start in candidates:
        node = tree.find(at)
        if node is None or not isinstance(node.value, dict):
            continue
        source, assumption = node.child(f"{start}source"), node.child(f"{start}assumption")
        # A pathway, a resource or an assumption may itself be called "source": only text is evidence.
        source = source if source is not None and isinstance(source.value, str) else None
        assumption = assumption if assumption is not None and isinstance(assumption.value, str) else None
        if assumption is not None or source is not None:
            key = f"{start}assumption" if assumption is not None else f"{start}source"
            return source.text if source else None, assumption.text if assumption else None, (*at, key)
    return None, None, None


def citations(tree: Node) -> list[tuple[Path, str]]:
    """Return every citation of an assumption: where, and which."""
    return [
        (path, node.value)
        for path, node in tree.singles()
        if path[0] not in ("assumptions", "variants")
        and isinstance(path[-1], str)
        and path[-1] in EVIDENCE_KEYS
        and path[-1].endswith("assumption")
        and isinstance(node.value, str)
    ]


def evidence_flaws(tree: Node, written: Node, required: bool) -> Iterator[Flaw]:
    """Iterate over numbers without evidence, and assumptions unknown or cited for what they do not cover.

    Parameters
    ----------
    tree, written
        The part of the scenario that could be built, and all of it (see `rules.Facts`).
    required
        Whether a number without evidence is a flaw.
    """
    known = names_in(written.find(("assumptions",)))
    for path, name in citations(tree):
        if name not in known:
            yield Flaw(
                path, "is not a known assumption", did_you_mean(name, known) or "the scenario has none"
            )
    covers = _covers(tree)
    seen: set[tuple[Path, str]] = set()
    borne: set[Path] = set()
    for number in numbers(tree):
        if number.cited is None:
            if required:
                yield Flaw(number.path, "has no source and no assumption", "add one beside it, or around it")
            continue
        borne.add(number.cited)
        covered = covers.get(number.assumption or "", number.quantity)
        if covered != number.quantity and (number.cited, number.quantity) not in seen:
            seen.add((number.cited, number.quantity))
            rule = f"covers {covered}, and is cited for {number.quantity} (by {number.where})"
            yield Flaw(number.cited, rule, "cite one that covers it, or give the number its own")
    for path, name in citations(tree):
        possible = _kinds_at(path)
        said = covers.get(name)
        if path not in borne and said is not None and possible and said not in possible:
            words = " or ".join(filter(None, (", ".join(possible[:-1]), possible[-1])))
            yield Flaw(path, f"covers {said}, and is cited where only {words} can be meant", "cite another")


def _kinds_at(path: Path) -> list[str]:
    """Return the kinds of quantity that a citation at a path can be about, when no number rests on it."""
    *at, key = path
    own = str(key).removesuffix("assumption")
    kinds = [
        kind
        for pattern, kind, _, prefix in _NUMBERS
        if (not own or prefix == own)
        and len(keys := pattern.split(".")) > len(at)
        and all(written in ("*", segment) for written, segment in zip(keys, at, strict=False))
    ]
    return sorted({*kinds, *(() if own else _CHOICES.get(str(path[0]), ()))})


def _covers(tree: Node) -> dict[str, str]:
    register = tree.find(("assumptions",))
    entries = register.value if register is not None and isinstance(register.value, list) else []
    return {
        entry.name: str(covers.value)
        for entry in entries
        if entry.name is not None and (covers := entry.child("covers")) is not None
    }
