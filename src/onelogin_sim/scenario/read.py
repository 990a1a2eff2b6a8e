"""From a folder's files to a Scenario, or to every problem in them."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path as FilePath

from onelogin_sim.errors import Problem, ScenarioError, did_you_mean
from onelogin_sim.plan import Order, Plan
from onelogin_sim.scenario import resolve
from onelogin_sim.scenario.complaints import UNKNOWN_KEY
from onelogin_sim.scenario.document import read_document
from onelogin_sim.scenario.findings import findings
from onelogin_sim.scenario.model import ScenarioFile
from onelogin_sim.scenario.resolve_verification import resolve_verification
from onelogin_sim.scenario.shape import TABLES, known_keys
from onelogin_sim.scenario.source import read_text
from onelogin_sim.scenario.table import read_table
from onelogin_sim.scenario.tree import Flaw, Node, Place, names_in
from onelogin_sim.scenario.validate import check
from onelogin_sim.scenario.variants import apply_variant, choose_variants
from onelogin_sim.verification.population import Verification

_BOM_HINT = "save it as UTF-8 without BOM"


@dataclass(frozen=True, eq=False)
class Scenario:
    """A valid scenario.

    Attributes
    ----------
    path
        The scenario file.
    file
        What it says, variants applied.
    tree
        The same with the place of every key and value.
    variants
        Names of the variants applied, in order.
    """

    path: FilePath
    file: ScenarioFile
    tree: Node
    variants: tuple[str, ...] = ()

    def plan(self) -> Plan:
        """Return what the scenario means; made once."""
        return self._plan

    @cached_property
    def _plan(self) -> Plan:
        return resolve.resolve(self.file)

    def verification(self) -> Verification | None:
        """Return who uses the services and how identities are checked, None where nothing is said; made once."""
        return self._verification

    @cached_property
    def _verification(self) -> Verification | None:
        return resolve_verification(self.file, self.plan())

    def order(self, name: str | None = None) -> Order:
        """Return an order by its name under ``orders:``, else a priority rule by name.

        Without a name, the first under ``orders:``, else as-listed.

        Raises
        ------
        PlanError
            When there is no such order.
        """
        return resolve.order(self.file, self.plan(), name)

    @cached_property
    def findings(self) -> tuple[Problem, ...]:
        """What is allowed and yet worth a second look."""
        return findings(self.file, self.tree, self.plan())

    @cached_property
    def places(self) -> dict[str, Place]:
        """The place of every single value by its path in planners' words; of a plain list, its first."""
        found: dict[str, Place] = {}
        for path, node in self.tree.singles():
            found.setdefault(self.tree.spell(path), node.place)
        return found


def load_scenario(path: str | os.PathLike[str], variants: Sequence[str] = ()) -> Scenario:
    """Read a scenario file and its tables, apply variants, and check everything.

    Parameters
    ----------
    path
        The scenario's YAML file; tables lie in its folder or below.
    variants
        Names of variants, applied in this order.

    Raises
    ------
    ScenarioError
        Carrying every problem found.
    """
    source = _Source(FilePath(path))
    base, problems = source.read()
    tree, found = _applied(base, variants, source)
    problems += found
    file, found = check(tree)
    problems += found
    for name in names_in(base.find(("variants",))):
        problems += apply_variant(base, name, source.table)[1]
    if problems or file is None:
        raise ScenarioError(problems)
    return Scenario(FilePath(path), file, tree, tuple(variants))


def validate_scenario(path: str | os.PathLike[str], variants: Sequence[str] = ()) -> Scenario:
    """Read a scenario as `load_scenario` does, and check that each of its variants alone is valid too.

    Raises
    ------
    ScenarioError
        Carrying every problem found; those that only a variant has name it.
    """
    scenario = load_scenario(path, variants)
    source = _Source(FilePath(path))
    base, problems = source.read()
    for name in names_in(base.find(("variants",))):
        tree, _ = apply_variant(base, name, source.table)
        for problem in check(tree)[1]:
            problems.append(replace(problem, where=f"with the variant '{name}': {problem.where}"))
    if problems:
        raise ScenarioError(problems)
    return scenario


def _applied(base: Node, variants: Sequence[str], source: _Source) -> tuple[Node, list[Problem]]:
    try:
        return choose_variants(base, variants, source.path.name, source.table)
    except ScenarioError as error:
        return base, list(error.problems)


def _mended(tree: Node) -> tuple[Node, list[Problem]]:
    """Put misspelt sections under their right names, and report them.

    One wrong letter in `resources:` would otherwise make every resource unknown.
    """
    known = known_keys(())
    problems = []
    for key in list(tree.keys):
        near = difflib.get_close_matches(str(key), known, n=1, cutoff=0.6)
        if str(key) in known or not near or tree.find((near[0],)) is not None:
            continue
        flaw = Flaw((str(key),), UNKNOWN_KEY, did_you_mean(str(key), known), key=True)
        problems.append(flaw.problem(tree))
        node = tree.find((str(key),))
        tree = tree.changed((str(key),), None).changed((near[0],), node)
    return tree, problems


@dataclass(frozen=True)
class _Source:
    """The scenario file and its folder."""

    path: FilePath

    def read(self) -> tuple[Node, list[Problem]]:
        """Return the tree of everything, and what is wrong and yet does not hinder looking further.

        Raises
        ------
        ScenarioError
            With all that cannot be read.
        """
        file = self.path.name or str(self.path)
        tree, problems = read_document(read_text(self.path, file, _BOM_HINT), file)
        if tree is None or (tree.value is None and not tree.text):
            raise ScenarioError(problems or [Problem(file, 0, 0, "", "is empty")])
        if not isinstance(tree.value, dict):
            rule = "a scenario is made of `key: value` lines, and this is not"
            raise ScenarioError([*problems, Problem(file, tree.place.line, tree.place.column, "", rule)])
        tree, soft = _mended(tree)
        soft += problems
        problems = []
        for section in TABLES:
            node = tree.find((section,))
            if node is not None:
                table, found = self.table(section, node)
                tree = tree.changed((section,), table)
                problems += found
        if problems:
            raise ScenarioError([*problems, *soft])
        return tree, soft

    def table(self, section: str, node: Node) -> tuple[Node, list[Problem]]:
        """Read the table that a value names; an empty one when it cannot be read."""
        place = node.place

        def refused(rule: str, hint: str = "") -> tuple[Node, list[Problem]]:
            problem = Problem(place.file, place.line, place.column, section, rule, node.shown, hint)
            return Node([], place), [problem]

        if not isinstance(node.value, str) or not node.value.strip():
            return refused("must be the name of a CSV file", f"for example {section}.csv")
        folder = self.path.parent.resolve()
        try:
            inside = (folder / node.value).resolve().is_relative_to(folder)
        except (OSError, ValueError, RuntimeError):
            return refused("is not a file name")
        if not inside:
            return refused("lies outside the scenario's folder", "put the table beside the scenario file")
        try:
            return read_table(folder / node.value, node.value, section, place)
        except ScenarioError as error:
            return Node([], place), list(error.problems)
