"""CSV tables to lists of rows; columns and what their cells hold come from the row models.

A cell that does not read as what its column holds stays text: the checks that follow say what is wrong
with it, in the same words as for YAML.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path as FilePath
from typing import Any, get_args, get_origin

from onelogin_sim.errors import Problem, did_you_mean
from onelogin_sim.scenario.document import plain_value
from onelogin_sim.scenario.records import Cell, read_records
from onelogin_sim.scenario.shape import TABLES, fields_of, kind_at
from onelogin_sim.scenario.source import read_text
from onelogin_sim.scenario.tree import Node, Place, Scalar

BOM_HINT = (
    "open it in Notepad and save it again with the encoding 'UTF-8' (not 'UTF-8 with BOM'); "
    "Excel's 'CSV UTF-8' adds the mark"
)

#: Most problems reported of one table: a shifted column would otherwise bury the rest.
MOST_PROBLEMS = 50


def read_table(path: FilePath, file: str, section: str, named_at: Place) -> tuple[Node, list[Problem]]:
    """Return the rows of a table as a list of mappings, and the problems found.

    Raises
    ------
    ScenarioError
        When the file cannot be read as text at all.
    """
    text = read_text(path, file, BOM_HINT, named_at, section)
    records, problems = read_records(text, file)
    # Excel leaves rows of empty cells below what was deleted; they say nothing.
    header, rows = records[0], [row for row in records[1:] if any(cell.text.strip() for cell in row)]
    fields = fields_of(TABLES[section])
    required = [name for name, field in fields.items() if field.is_required()]
    problems += check_header(header, list(fields), required, file)
    entries: list[Node] = []
    broken = bool(problems)
    for row in rows:
        if len(row) == len(header):
            entries.append(_row(section, header, row, file, problems))
        elif not broken:  # broken quotes or columns shift cells: one reason is enough
            problems.append(wrong_length(row, header, file))
    return Node(entries, Place(file, 1, 1)), problems[:MOST_PROBLEMS]


def check_header(
    header: Sequence[Cell], columns: Sequence[str], required: Sequence[str], file: str
) -> list[Problem]:
    """Return what is wrong with the first line of a table, given its columns and those it must have."""
    if len(header) == 1:
        for separator, name in ((";", "semicolons"), ("\t", "tabs")):
            if separator in header[0].text:
                rule = f"the columns are separated by {name}, not commas"
                return [
                    Problem(file, 1, 1, "", rule, hint="save the table again with commas between the columns")
                ]
    problems = []
    seen: dict[str, Cell] = {}
    for cell in header:
        if cell.text in seen:
            rule = f"the column is there already, at column {seen[cell.text].column} of the line"
            problems.append(
                Problem(file, cell.line, cell.column, "", rule, f"'{cell.text}'", "keep one of them")
            )
        elif not cell.text:
            problems.append(
                Problem(
                    file, cell.line, cell.column, "", "a column has no name", "", "name it or take it out"
                )
            )
        elif cell.text not in columns:
            hint = did_you_mean(cell.text.strip(), columns)
            problems.append(
                Problem(file, cell.line, cell.column, "", "is not a known column", f"'{cell.text}'", hint)
            )
        seen.setdefault(cell.text, cell)
    unknown = [cell.text for cell in header if cell.text not in columns]
    for column in required:
        # A misspelt name is said once, where it stands.
        if column not in seen and not get_close_matches(column, unknown, n=1, cutoff=0.6):
            rule = f"there is no column '{column}'"
            problems.append(Problem(file, 1, 1, "", rule, "", "add it to the first line and to each row"))
    return problems


def wrong_length(row: Sequence[Cell], header: Sequence[Cell], file: str) -> Problem:
    """Return the problem of a row that has not as many cells as the header."""
    few = len(row) < len(header)
    last = row[-1] if few else row[len(header)]
    cells = "1 cell" if len(row) == 1 else f"{len(row)} cells"
    hint = "a blank cell still needs its comma" if few else "put text with a comma in double quotes"
    rule = f"the row has {cells}, the header {len(header)}: too {'few' if few else 'many'}"
    return Problem(file, last.line, last.column, "", rule, f"'{row[0].text}'", hint)


def _row(
    section: str, header: Sequence[Cell], row: Sequence[Cell], file: str, problems: list[Problem]
) -> Node:
    values: dict[Scalar, Node] = {}
    keys: dict[Scalar, Place] = {}
    for column, cell in zip(header, row, strict=True):
        # A blank cell has a place and no value: that is where a value can be missing.
        keys.setdefault(column.text, Place(file, cell.line, cell.column))
        if cell.text.strip() and column.text not in values:
            values[column.text] = _cell(kind_at((section, 0, column.text))[0], cell, file, problems)
    return Node(values, Place(file, row[0].line, row[0].column), keys=keys)


def _cell(kind: Any, cell: Cell, file: str, problems: list[Problem]) -> Node:
    place = Place(file, cell.line, cell.column)
    if get_origin(kind) is list:
        return Node(
            [Node(part.text, Place(file, part.line, part.column), part.text) for part in _parts(cell)], place
        )
    if get_origin(kind) is dict:
        return _pairs(get_args(kind)[1], cell, file, problems)
    return single(kind, cell.text, place)


def single(kind: Any, text: str, place: Place) -> Node:
    """Return a cell as one value of a kind; as text where it does not read as that."""
    value = plain_value(text) if kind in (int, float, date) else text
    wanted = (int, float) if kind is float else kind
    fits = kind in (int, float, date) and isinstance(value, wanted) and not isinstance(value, bool)
    return Node(value if fits else text, place, text)


def _pairs(kind: Any, cell: Cell, file: str, problems: list[Problem]) -> Node:
    """Return a cell of `DATE=units` parts as a mapping."""
    values: dict[Scalar, Node] = {}
    keys: dict[Scalar, Place] = {}
    for part in _parts(cell):
        place = Place(file, part.line, part.column)
        name, equals, text = (word.strip() for word in part.text.partition("="))
        key = plain_value(name) if name else name
        key = key if isinstance(key, date) else name
        if not equals or key in values:
            rule = "the date is there already in this cell" if key in values else "must be DATE=units"
            hint = (
                "keep one of them"
                if key in values
                else "for example 2025-07-01=3; separate several by semicolons"
            )
            problems.append(Problem(file, part.line, part.column, "", rule, f"'{part.text}'", hint))
            continue
        values[key], keys[key] = single(_number(kind), text, place), place
    return Node(values, Place(file, cell.line, cell.column), keys=keys)


def _number(kind: Any) -> Any:
    return get_args(kind)[0] if get_args(kind) else kind


def _parts(cell: Cell) -> list[Cell]:
    """Return the parts of a cell between semicolons, each with its own place; blank ones are left out."""
    parts = []
    at = 0
    for text in cell.text.split(";"):
        inside = len(text) - len(text.lstrip())
        if text.strip():
            parts.append(Cell(text.strip(), cell.line, cell.column + at + inside))
        at += len(text) + 1
    return parts
