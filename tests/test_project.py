"""The project's own files agree: lock and pyproject, README and Makefile, Makefile and CI."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def locked() -> dict[str, list[tuple[Requirement, int]]]:
    """Each requirement in the lock with its number of hashes, by name: several when markers split it."""
    found: dict[str, list[tuple[Requirement, int]]] = {}
    for entry in re.findall(r"^[a-zA-Z0-9].*(?:\n    .*)*", text("requirements.lock"), re.MULTILINE):
        requirement = Requirement(entry.splitlines()[0].removesuffix("\\").strip())
        found.setdefault(canonicalize_name(requirement.name), []).append(
            (requirement, entry.count("--hash=sha256:"))
        )
    return found


def declared() -> list[Requirement]:
    project = tomllib.loads(text("pyproject.toml"))
    names = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    for extra in project["project"]["optional-dependencies"].values():
        names += extra
    return [
        requirement for name in names if (requirement := Requirement(name)).name != project["project"]["name"]
    ]


def targets() -> dict[str, str]:
    """What each target of the Makefile runs, the targets it needs included."""
    return dict(re.findall(r"^([a-z]+):(.*(?:\n\t.*)*)", text("Makefile"), re.MULTILINE))


def test_the_lock_names_no_index_and_no_machine() -> None:
    lock = text("requirements.lock")
    assert not re.findall(r"://|index-url|find-links|trusted-host|file:|^-|@ ", lock, re.MULTILINE)
    assert not re.findall(r"(?:^|\s)/\w+|[A-Z]:\\", lock), "a path of the machine it was made on"


@pytest.mark.parametrize("requirement", declared(), ids=str)
def test_the_lock_covers_what_pyproject_asks_for(requirement: Requirement) -> None:
    """`make lock` mends this."""
    versions = locked().get(canonicalize_name(requirement.name), [])
    assert versions
    for entry, _ in versions:
        (pinned,) = entry.specifier
        assert pinned.operator == "=="
        assert requirement.specifier.contains(pinned.version)


def test_the_lock_has_the_hashes_of_every_platforms_files() -> None:
    assert all(hashes for versions in locked().values() for _, hashes in versions)
    for compiled in ("numba", "numpy", "pyarrow", "scipy"):
        assert sum(hashes for _, hashes in locked()[compiled]) > 10, compiled
    (windows, _), *_ = locked()["colorama"]
    assert str(windows.marker) == 'sys_platform == "win32"'


def test_the_editable_install_finds_its_build_backend_in_the_lock() -> None:
    assert {"hatchling", "editables"} <= set(locked())


def test_each_make_command_the_documents_print_is_a_target() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "docs/windows.md"):
        printed = set(re.findall(r"(?:^|`|&& |\$ )make ([a-z]+)", text(name), re.MULTILINE))
        assert printed <= set(targets()), name


def test_the_readmes_two_commands_are_the_job_and_the_tests() -> None:
    assert {"forecast", "test"} <= set(
        re.findall(r"^\s*(?:\$ )?make ([a-z]+)", text("README.md"), re.MULTILINE)
    )


def test_ci_runs_what_the_readme_tells_people_to_run() -> None:
    commands = [line for line in text(".ci/run").splitlines() if line.startswith("make")]
    assert commands == ["make test"]
    everything = targets()["test"] + "\n" + targets()["lint"]
    for tool in ("ruff check .", "ruff format --check .", "mypy", "pytest -n auto --dist worksteal"):
        assert f"$(BIN)/{tool}\n" in everything + "\n"


def test_windows_is_told_the_same_commands() -> None:
    windows = text("docs/windows.md")
    for target in ("forecast", "lint", "test"):
        for command in re.findall(r"\$\(BIN\)/(.*)", targets()[target]):
            assert f".venv\\Scripts\\{command}\n" in windows
    for command in re.findall(r"-m pip install -qq --disable-pip-version-check (.*)", text("Makefile")):
        assert f".venv\\Scripts\\python -m pip install {command}\n" in windows


def test_one_version_and_one_licence() -> None:
    project = tomllib.loads(text("pyproject.toml"))["project"]
    citation = text("CITATION.cff")
    assert f"\nversion: {project['version']}\n" in citation
    assert f"\nlicense: {project['license']}\n" in citation
    assert text("LICENCE").startswith("MIT License\n\nCopyright (c) 2026 The onelogin_sim authors\n")
