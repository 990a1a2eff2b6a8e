"""Notebooks run from start to end, and each is what its source says."""

from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[1] / "notebooks"
SOURCES = sorted(FOLDER.glob("*.py"))


def cells(notebook):
    return [(cell.cell_type, cell.source) for cell in notebook.cells]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_notebook_is_its_source_executed(source):
    kept = nbformat.read(source.with_suffix(".ipynb"), as_version=4)
    assert cells(kept) == cells(jupytext.read(source))
    code = [cell for cell in kept.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code), "run `make notebooks`"
    assert not [output for cell in code for output in cell.outputs if output.output_type == "error"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning:zmq", "ignore::DeprecationWarning:jupyter_client")
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_notebook_runs_from_start_to_end(source):
    notebook = jupytext.read(source)
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": FOLDER}}
    ).execute()


def test_there_are_notebooks():
    assert SOURCES
