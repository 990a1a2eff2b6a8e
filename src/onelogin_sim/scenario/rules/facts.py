"""What the rules look at: the file as far as it could be built, and every name that is written in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from onelogin_sim.scenario.model import Enabler, ScenarioFile, ServiceRow, Stage
from onelogin_sim.scenario.tree import Node, Path, names_in

Row = ServiceRow | Enabler


@dataclass(frozen=True, eq=False)
class Facts:
    """The scenario as the rules see it.

    Attributes
    ----------
    file
        The file model; entries that are wrong in themselves are left out.
    tree
        The tree `file` was built from: paths of flaws are paths in it.
    written
        The whole tree: what is left out of `file` is still a known name.
    left_out
        Sections of which something is left out; a rule about all of a section keeps quiet then.
    """

    file: ScenarioFile
    tree: Node
    written: Node
    left_out: frozenset[str] = frozenset()

    def whole(self, *sections: str) -> bool:
        """Whether nothing of these sections is left out."""
        return not self.left_out.intersection(sections)

    def names(self, *sections: str) -> dict[str, None]:
        """Return the names written in some sections: in order, and quick to ask."""
        if sections not in self._names:
            found = (name for section in sections for name in names_in(self.written.find((section,))))
            self._names[sections] = dict.fromkeys(found)
        return self._names[sections]

    @cached_property
    def _names(self) -> dict[tuple[str, ...], dict[str, None]]:
        return {}

    def stages_of(self, pathway: str) -> list[str]:
        """Return the names of the stages written in a pathway."""
        return list(names_in(self.written.find(("pathways", pathway))))

    @cached_property
    def all_stages(self) -> list[str]:
        """Every stage written in any pathway, each once."""
        return list(dict.fromkeys(stage for name in self.names("pathways") for stage in self.stages_of(name)))

    @cached_property
    def rows(self) -> list[tuple[Path, Row]]:
        """Services and enablers with their paths."""
        services = [(("services", index), row) for index, row in enumerate(self.file.services)]
        enablers = [(("enablers", index), row) for index, row in enumerate(self.file.enablers)]
        return [*services, *enablers]

    @cached_property
    def row(self) -> dict[str, Row]:
        """Services and enablers by id; the first of equal ids."""
        return {row.id: row for _, row in reversed(self.rows)}

    @cached_property
    def gates(self) -> dict[str, str]:
        """The stage of a service that waits for an enabler, by the enabler's id."""
        return {enabler.id: enabler.gates for enabler in self.file.enablers}

    @cached_property
    def replaced_by(self) -> dict[str, list[str]]:
        """The enablers that replace a sign-in, by its name."""
        return {row.sign_in: row.enablers for row in self.file.sign_ins}

    def stages(self) -> Iterator[tuple[Path, Stage]]:
        """Iterate over the stages of all pathways with their paths."""
        for name, stages in self.file.pathways.items():
            for index, stage in enumerate(stages):
                yield ("pathways", name, index), stage

    def ahead(self, row: Row) -> list[Stage]:
        """Return the stages an item has still to finish, the running one first; none when unknown or done."""
        if row.live_on is not None or row.pathway is None:
            return []
        stages = [
            stage
            for stage in self.file.pathways.get(row.pathway, [])
            if not (stage.when == "identity" and checks_no_identity(row))
        ]
        names = [stage.stage for stage in stages]
        return stages[names.index(row.stage) :] if row.stage in names else stages

    def at(self, path: Path, *keys: str) -> Path:
        """Return the path of a key under `path`, or `path` itself where a bare value stands for a mapping."""
        node = self.tree.find(path)
        return (*path, *keys) if node is None or isinstance(node.value, dict) else path


def checks_no_identity(row: Row) -> bool:
    """Whether stages marked `when: identity` are not for this item; enablers check nobody's identity."""
    return isinstance(row, Enabler) or row.identity == "none"
