"""What a scenario says, value by value: where it is written, what it rests on, what is drawn from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from onelogin_sim.scenario.check_units import check_units
from onelogin_sim.scenario.evidence import EVIDENCE_KEYS, Number, figures, numbers
from onelogin_sim.scenario.read import Scenario
from onelogin_sim.scenario.resulting import resulting
from onelogin_sim.scenario.rules.figures import quantities
from onelogin_sim.scenario.tree import NAME_KEYS, Node, Path
from onelogin_sim.scenario.volumes import counted_users

#: Sections that are about the scenario and are not part of the plan.
_APART = ("assumptions", "variants", "about")

#: Keys whose values are prose.
_PROSE = (*EVIDENCE_KEYS, "note", "covers")


@dataclass(frozen=True, slots=True)
class Explained:
    """One value of the resolved scenario.

    Attributes
    ----------
    section, where
        Top-level key, and the whole path in planners' words.
    value
        As stated, with its unit.
    place
        ``file:line``, of the variant where one has replaced the value; "default" where nothing is written.
    evidence
        The assumption's id, else the source; "" where the value is no number.
    note
        For a distribution, the figures of the table that is drawn from; whose users are imputed.
    """

    section: str
    where: str
    value: str
    place: str
    evidence: str = ""
    note: str = ""


def explain(scenario: Scenario) -> list[Explained]:
    """Return every value of the resolved scenario, in the order it is written."""
    tree = scenario.tree
    by_path = {number.path: number for number in numbers(tree)}
    notes = dict([*_drawn(scenario), *_turned_into_users(scenario), *_hanging_on_stand_ins(scenario)])
    rows = [
        *_rows(tree, tree, (), by_path, notes),
        *_imputed(scenario, by_path),
        *_computed(scenario, by_path),
    ]
    for name, field in type(scenario.file).model_fields.items():
        if tree.find((name,)) is None and isinstance(field.default, str):
            rows.append(Explained(name, name, field.default, "default"))
    return rows


def _rows(
    tree: Node, node: Node, path: Path, by_path: dict[Path, Number], notes: dict[Path, str]
) -> Iterator[Explained]:
    if path and (path[0] in _APART or path[-1] in _PROSE):
        return
    number = by_path.get(path)
    if number is not None:
        value = f"{number.value} {number.unit}".strip()
        evidence = number.assumption or number.source or "no evidence"
        yield Explained(str(path[0]), number.where, value, str(number.place), evidence, notes.get(path, ""))
    elif node.is_single:
        if node.value is not None:
            yield Explained(str(path[0]), tree.spell(path), node.text, str(node.place))
    elif isinstance(node.value, list) and all(entry.is_single for entry in node.value):
        words = ", ".join(figures(entry) for entry in node.value)
        yield Explained(str(path[0]), tree.spell(path), words or "none", str(node.place))
    elif isinstance(node.value, list):
        for index, entry in enumerate(node.value):
            yield from _rows(tree, entry, (*path, index), by_path, notes)
    elif isinstance(node.value, dict):
        for key, entry in node.value.items():
            if key not in NAME_KEYS or entry.value != node.name:  # the name stands in the path already
                yield from _rows(tree, entry, (*path, str(key)), by_path, notes)


def _drawn(scenario: Scenario) -> Iterator[tuple[Path, str]]:
    """Note what comes out of each distribution, beside what is stated."""
    for path, stated, role in quantities(scenario.file):
        if stated.fixed is None:
            words = ", ".join(f"{name} {value:.4g}" for name, value in resulting(stated, role).items())
            yield path, f"drawn: {words} {role.unit}"


def _turned_into_users(scenario: Scenario) -> Iterator[tuple[Path, str]]:
    """Note what a volume counts for where that is not the volume itself."""
    for index, row in enumerate(scenario.file.services):
        counted, _ = counted_users(row, scenario.file.volumes)
        path = ("services", index, "users")
        if row.users_counted == "no":
            yield path, "counted elsewhere"
        elif row.users is not None and counted != row.users:
            yield path, f"counts as {counted:,} users"


def _hanging_on_stand_ins(scenario: Scenario) -> Iterator[tuple[Path, str]]:
    """Note how much of the counted users hangs on the stand-in for unknown volumes."""
    volumes = scenario.file.volumes
    stated = volumes.unknown_users
    if stated is None:
        return
    many = sum(counted_users(row, volumes)[1] for row in scenario.file.services)
    services = "1 service" if many == 1 else f"{many} services"
    counted, low, high = (f"{many * users:,}" for users in (stated.p50, stated.p10, stated.p90))
    note = f"{services}; counted {counted} (p50); {low} to {high} if all were at p10 or p90"
    yield ("volumes", "unknown_users", "p50"), note if many else "no service needs it"


def _imputed(scenario: Scenario, by_path: dict[Path, Number]) -> Iterator[Explained]:
    """Add the services whose unknown volume has a stand-in."""
    stand_in = by_path.get(("volumes", "unknown_users", "p50"))
    for row in scenario.file.services:
        users, imputed = counted_users(row, scenario.file.volumes)
        if imputed and stand_in is not None:
            evidence = stand_in.assumption or stand_in.source or "no evidence"
            where = f"services.{row.id}.users"
            note = "stands in for an unknown volume"
            yield Explained("services", where, f"{users} a year", str(stand_in.place), evidence, note)


def _computed(scenario: Scenario, by_path: dict[Path, Number]) -> Iterator[Explained]:
    """Add the units that the checks of each service not yet live take up, and how they come about."""
    file = scenario.file
    for row in file.services:
        for index, stage in enumerate(file.pathways.get(row.pathway or "", ())):
            limit = stage.needs_for_checks
            if limit is None or not file.resources[limit].enabled or row.live_on is not None:
                continue
            found, size = check_units(file, row, limit), by_path[("resources", limit, "unit_size")]
            if not found.units:
                continue
            node = scenario.tree.find(("pathways", row.pathway or "", index, "needs_for_checks"))
            assert node is not None
            yield Explained(
                "services",
                f"services.{row.id}.{stage.stage}.needs_for_checks",
                f"{found.units} of {limit}",
                str(node.place),
                size.assumption or size.source or "no evidence",
                f"computed: {found.users:,} users a year, {found.asked:.4g} of them asked, {found.unproven:.4g} of "
                f"those can prove it and had not: {found.checks_a_week:,.0f} checks a week; "
                f"{found.unit_size:,g} a unit",
            )


def render(rows: Iterable[Explained]) -> str:
    """Return rows as text, section by section, one value a line."""
    lines: list[str] = []
    section = None
    for row in rows:
        if row.section != section:
            lines += ["", row.section] if lines else [row.section]
            section = row.section
        parts = [f"{row.where} = {row.value}", f"[{row.place}]"]
        parts += [f"({row.evidence})"] if row.evidence else []
        parts += [row.note] if row.note else []
        lines.append("  " + "  ".join(parts))
    return "\n".join(lines)
