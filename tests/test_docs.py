"""The documentation says what is so: examples run, commands and keys exist, the reference is current."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import onelogin_sim
from onelogin_sim.cli import app
from onelogin_sim.orders.policies import RULES

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = {command.callback.__name__ for command in app.registered_commands}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_options_exist(page):
    for line in re.findall(r"onelogin-sim +([a-z]+ .*)", page.read_text(encoding="utf-8")):
        words = re.split(r"[#>`]", line)[0].split()
        if words[0] not in COMMANDS:
            pytest.fail(f"{page.name}: there is no command '{words[0]}'")
        help_text = subprocess.run(
            [sys.executable, "-c", "from onelogin_sim.cli import main; main()", words[0], "--help"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for option in (word for word in words if word.startswith("--")):
            assert option in help_text, f"{page.name}: {words[0]} has no {option}"


def test_the_python_example_of_the_readme_runs(tmp_path):
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 4


def test_the_yaml_examples_of_durations_are_read():
    from ruamel.yaml import YAML

    from onelogin_sim.distributions import table
    from onelogin_sim.scenario.model import Uncertain
    from onelogin_sim.scenario.uncertain import distribution

    text = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    block = next(found for found in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "p10" in found)
    kinds = set()
    for line in block.splitlines():
        (value,) = YAML(typ="safe").load(line).values()
        made = distribution(Uncertain.model_validate(value))
        assert table(made, least=0).mean > 0
        kinds.add(made.kind)
    assert kinds == {"fixed", "pert", "split_lognormal", "lognormal", "observed", "cumulative"}


def test_every_rule_is_documented():
    text = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE)) >= set(RULES)


def test_the_reference_of_keys_is_current():
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        from make_reference import reference
    finally:
        sys.path.pop(0)
    assert (ROOT / "docs" / "scenario-keys.md").read_text(encoding="utf-8") == reference(), (
        "run `python tools/make_reference.py`"
    )


def test_public_names_are_those_that_exist():
    assert len(set(onelogin_sim.__all__)) == len(onelogin_sim.__all__)
    for name in onelogin_sim.__all__:
        assert getattr(onelogin_sim, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'forcast'"):
        onelogin_sim.forcast  # noqa: B018


def test_importing_the_package_loads_nothing_heavy():
    heavy = "{'numpy', 'numba', 'matplotlib', 'scipy', 'pydantic'}"
    code = f"import sys, onelogin_sim.cli; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
