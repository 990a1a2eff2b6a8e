"""The architecture as a test: imports run upward, files stay short, public names say what they are for."""

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "onelogin_sim"

#: Layer of each module, as in docs/architecture.md. A package stands for all its modules.
LAYERS = {
    "errors": 0,
    "execute": 0,
    "memory": 0,
    "once": 0,
    "store": 0,
    "calendars": 1,
    "distributions": 1,
    "bootstrap": 1,
    "claims": 1,
    "selection": 1,
    "uniforms": 1,
    "plan": 2,
    "verification.routes": 2,
    "verification.seasons": 2,
    "alternatives": 3,
    "arrays": 3,
    "coverage": 3,
    "draws": 3,
    "layout": 3,
    "orders.policies": 3,
    "timeline": 3,
    "verification.population": 3,
    "engines": 4,
    "engines.compiled": 4,
    "engines.reference": 4,
    "go_live_table": 4,
    "scenario": 4,
    "verification": 5,
    "anomalies": 6,
    "chain_walk": 6,
    "chains": 6,
    "comparison": 6,
    "differences": 6,
    "drivers": 6,
    "forecasting": 6,
    "identity_load": 6,
    "load_arrays": 6,
    "load_hours": 6,
    "load_pairs": 6,
    "load_record": 6,
    "pairs": 6,
    "tally": 6,
    "orders.search": 7,
    "blocks": 7,
    "driving": 8,
    "study": 8,
    "advice": 9,
    "optimising": 9,
    "report": 10,
    "run": 11,
    "run_advice": 11,
    "run_optimising": 11,
    "run_sensitivity": 11,
    "cli": 12,
    "web": 12,
}

#: Packages whose modules may import each other. Engines may not: they must agree without sharing code.
TOGETHER = {
    "cli",
    "draws",
    "driving",
    "engines.compiled",
    "optimising",
    "orders.policies",
    "orders.search",
    "plan",
    "report",
    "scenario",
    "timeline",
    "verification",
    "web",
}

#: What else may be imported from the same layer.
SIDEWAYS = {
    ("execute", "errors"),
    ("store", "errors"),
    ("draws", "arrays"),
    ("layout", "arrays"),
    ("chains", "chain_walk"),
    ("timeline", "arrays"),
    ("timeline", "draws"),
    ("orders.policies", "draws"),
    ("drivers", "chains"),
    ("tally", "chains"),
    ("forecasting", "tally"),
    ("forecasting", "drivers"),
    ("bootstrap", "claims"),
    ("bootstrap", "uniforms"),
    ("comparison", "anomalies"),
    ("comparison", "forecasting"),
    ("comparison", "pairs"),
    ("differences", "anomalies"),
    ("differences", "comparison"),
    ("differences", "forecasting"),
    ("differences", "pairs"),
    ("run_advice", "run"),
    ("run_sensitivity", "run"),
    ("run_optimising", "run"),
    ("advice", "optimising"),
    ("alternatives", "verification.population"),
    ("comparison", "load_pairs"),
    ("differences", "load_pairs"),
    ("forecasting", "identity_load"),
    ("load_hours", "identity_load"),
    ("load_pairs", "forecasting"),
    ("load_pairs", "pairs"),
    ("load_record", "identity_load"),
}

#: A package's own front door (lazy names only); nothing in the package imports it.
FRONT = {"", "orders"}

#: Who may use that front door, as anybody outside does.
FROM_THE_FRONT = {"cli", "web"}

MODULES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix("__init__").removesuffix("."): path
    for path in sorted(SOURCE.rglob("*.py"))
}


def layer_name(module):
    """The entry of `LAYERS` a module belongs to."""
    parts = module.split(".")
    return next((name for size in (2, 1) if (name := ".".join(parts[:size])) in LAYERS), None)


def imported(module, path):
    """Modules of this package that a file imports, however late or only for typing."""
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = ["onelogin_sim", *(part for part in package if part)]
                base = ".".join([*parts[: len(parts) - node.level + 1], *([base] if base else [])])
            names = [f"{base}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
            "import_module",
            "__import__",
        ):
            names = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
        else:
            continue
        for name in names:
            if name == "onelogin_sim" or (
                name.startswith("onelogin_sim.") and name != "onelogin_sim.__version__"
            ):
                inside = name.removeprefix("onelogin_sim").removeprefix(".")
                yield inside if inside in MODULES else inside.rpartition(".")[0]


@pytest.mark.parametrize("module", [module for module in MODULES if module not in FRONT])
def test_imports_run_upward(module):
    mine = layer_name(module)
    assert mine, f"{module} has no layer: add it to LAYERS here and to docs/architecture.md"
    for other in imported(module, MODULES[module]):
        theirs = layer_name(other)
        if theirs is None:
            assert mine in FROM_THE_FRONT, f"{module} imports the package's front door '{other}'"
        elif theirs == mine:
            assert mine in TOGETHER or other in (mine, module), (
                f"{module} imports {other}: a layer does not know itself"
            )
        elif (mine, theirs) not in SIDEWAYS:
            assert LAYERS[theirs] < LAYERS[mine], (
                f"{module} (layer {LAYERS[mine]}) imports {other} ({LAYERS[theirs]})"
            )


def test_the_table_knows_how_to_read_every_kind_of_import(tmp_path):
    """The test of the test: late, typing-only, relative and dynamic imports are all seen."""
    file = tmp_path / "draws.py"
    file.write_text(
        "from typing import TYPE_CHECKING\n"
        "import onelogin_sim.plan\n"
        "from onelogin_sim import errors\n"
        "from .calendars import NEVER\n"
        "if TYPE_CHECKING:\n    from onelogin_sim.timeline import Timeline\n"
        "def late():\n    from onelogin_sim.engines import reference\n"
        "    import_module('onelogin_sim.uniforms')\n",
        encoding="utf-8",
    )
    assert set(imported("draws", file)) == {
        "plan",
        "errors",
        "calendars",
        "timeline",
        "engines.reference",
        "uniforms",
    }


def test_the_written_architecture_has_the_same_layers():
    """The table in docs/architecture.md and the one here are one table, but for modules to come."""
    text = (SOURCE.parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
    written = {
        name.strip("`/").replace("/", "."): int(layer)
        for layer, names in re.findall(r"^\| (\d+) \| (`[^|]*`) \|", text, re.MULTILINE)
        for name in names.split(", ")
    }
    assert {layer_name(name): layer for name, layer in written.items()} == {
        name: LAYERS[name] for name in {layer_name(module) for module in MODULES} - {None}
    }


@pytest.mark.parametrize("module", MODULES)
def test_no_drawer_for_odds_and_ends(module):
    assert not {"utils", "util", "common", "helpers", "misc"} & set(module.split("."))


@pytest.mark.parametrize("module", MODULES)
def test_files_stay_short(module):
    """A guide of about 400 lines; a file that outgrows it is two nouns."""
    lines = MODULES[module].read_text(encoding="utf-8").count("\n")
    assert lines <= 400, f"{module} has {lines} lines"


@pytest.mark.parametrize("module", MODULES)
def test_public_names_say_what_they_are_for(module):
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    nameless = []

    def look(node, path):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                name = f"{path}.{child.name}"
                if not child.name.startswith("_"):
                    if ast.get_docstring(child) is None:
                        nameless.append(name)
                    if isinstance(child, ast.ClassDef):
                        look(child, name)

    assert ast.get_docstring(tree) or not tree.body, f"{module} has no docstring"
    look(tree, module)
    assert not nameless, f"without a docstring: {', '.join(nameless)}"


def test_the_median_module_is_short():
    lines = sorted(path.read_text(encoding="utf-8").count("\n") for path in MODULES.values())
    assert lines[len(lines) // 2] < 160
