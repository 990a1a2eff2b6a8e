"""What is read from the files, and where it stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onelogin_sim.errors import Problem, ScenarioError
from onelogin_sim.scenario import load_scenario
from onelogin_sim.scenario.document import plain_value, read_document
from onelogin_sim.scenario.records import read_records
from onelogin_sim.scenario.tree import Place
from scenario_files import FULL, FULL_DEPARTMENTS, FULL_SERVICES, TINY, edit, write_full, write_tiny


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("0777", 777),
        ("-3", -3),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("true", True),
        ("", None),
        ("~", None),
        ("2024-02-29", date(2024, 2, 29)),
        ("2023-02-29", "2023-02-29"),
        ("2024-2-9", "2024-2-9"),
    ],
)
def test_plain_words(word: str, value: object) -> None:
    """YAML 1.2, and dates; the country code NO and the time 12:30 stay what they are."""
    found = plain_value(word)
    assert found == value
    assert type(found) is type(value)


def test_quoted_words_are_text() -> None:
    tree, problems = read_document("a: '1'\nb: \"true\"\nc: |\n  2024-01-01\n", "file")
    assert not problems
    assert tree is not None
    assert tree.plain == {"a": "1", "b": "true", "c": "2024-01-01\n"}


def test_cells_know_their_places() -> None:
    """Records may run over several lines; quotes are undoubled; blank lines are no records."""
    records, problems = read_records('a,b\r\n"x ""y"",\nz",2\r\n\r\nlast,', "file")
    assert not problems
    assert [[(cell.text, cell.line, cell.column) for cell in record] for record in records] == [
        [("a", 1, 1), ("b", 1, 3)],
        [('x "y",\nz', 2, 1), ("2", 3, 4)],
        [("last", 5, 1), ("", 5, 6)],
    ]


def test_every_value_knows_its_place(tmp_path: Path) -> None:
    places = load_scenario(write_full(tmp_path)).places
    assert places["status_date"] == Place("scenario.yaml", 3, 14)
    assert places["pathways.full.build.days.p50"] == Place("scenario.yaml", 30, 28)
    assert places["resources.panel.changes.2024-07-01"] == Place("scenario.yaml", 20, 59)
    assert places["services.trade.users"] == Place("tables/services.csv", 4, 36)
    assert places["departments.tax.team_changes.2025-01-06"] == Place("tables/departments.csv", 2, 32)


def test_cells_become_what_their_columns_hold(tmp_path: Path) -> None:
    file = load_scenario(write_full(tmp_path)).file
    pay, tax = file.services[0], file.departments[0]
    assert pay.name == "Pay, on time"
    assert pay.needs == ["court:build", "begun"]
    assert pay.planned_live == date(2024, 9, 30)
    assert pay.users == 5000
    assert pay.not_before is None
    assert tax.team_changes == {date(2024, 6, 3): 3, date(2025, 1, 6): 1}


def test_text_cells_stay_text(tmp_path: Path) -> None:
    """A service may be called 2024-01-01, true or 007 without becoming a date, a yes or a number."""
    path = write_tiny(tmp_path)
    edit(tmp_path / "services.csv", "one,One", "007,2024-01-01")
    edit(tmp_path / "services.csv", "two,Two", "2,true")
    assert [(row.id, row.name) for row in load_scenario(path).file.services] == [
        ("007", "2024-01-01"),
        ("2", "true"),
    ]


@pytest.mark.parametrize("write", [write_tiny, write_full])
def test_order_of_rows_and_keys_changes_nothing(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    path = write(tmp_path)
    digest = load_scenario(path).plan().digest
    for table in tmp_path.rglob("*.csv"):
        header, *rows = table.read_text(encoding="utf-8").splitlines()
        table.write_text("\n".join([header, *reversed(rows)]) + "\n", encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("about: Every feature once.\n", "") + "about: Last.\n", encoding="utf-8")
    assert load_scenario(path).plan().digest == digest


def test_names_and_prose_do_not_change_the_digest_and_values_do(tmp_path: Path) -> None:
    path = write_full(tmp_path)
    digest = load_scenario(path).plan().digest
    edit(tmp_path / "tables/services.csv", "Pay, on time", "Paying")
    assert load_scenario(path).plan().digest == digest
    edit(tmp_path / "tables/services.csv", "5000,people", "5001,people")
    assert load_scenario(path).plan().digest != digest


def test_orders(tmp_path: Path) -> None:
    """By name under `orders:`, else a rule; without a name the first under `orders:`, else as listed."""
    full, tiny = tmp_path / "full", tmp_path / "tiny"
    full.mkdir()
    tiny.mkdir()
    scenario = load_scenario(write_full(full))
    assert scenario.order() == scenario.order("as_planned")
    assert scenario.order("backwards").hold_backs
    assert scenario.order("shortest-first").name == "shortest-first"
    assert load_scenario(write_tiny(tiny)).order().name == "as-listed"


def test_the_plan_is_made_once(tmp_path: Path) -> None:
    scenario = load_scenario(write_tiny(tmp_path))
    assert scenario.plan() is scenario.plan()


def test_detours_are_no_cycles(tmp_path: Path) -> None:
    """Two services may wait for one another at different stages as long as somebody can go first."""
    path = write_tiny(tmp_path)
    (tmp_path / "services.csv").write_text(
        "id,name,department,pathway,needs\none,One,dep,short,two:live\ntwo,Two,dep,short,\n", encoding="utf-8"
    )
    load_scenario(path)


# -- whatever the bytes are ---------------------------------------------------------------------------------

FILES = {
    "scenario.yaml": FULL,
    "tables/services.csv": FULL_SERVICES,
    "tables/departments.csv": FULL_DEPARTMENTS,
}

#: Pieces that mean something to a reader of YAML or CSV.
PIECES = st.sampled_from(
    ["", "\n", " ", "\t", ":", ": ", "- ", "&a ", "*a", "!t ", "---\n", "{", "}", "[", "]", '"', "'", "#",
     "|", ">", "%YAML 1.1\n", "? ", "\0", "\x85", "\u2028", ",", ";", "=", "-1", "0", "1e999", ".nan", "null",
     "9" * 400, "2024-01-01", "9999-12-31", "0001-01-01", "é", "\ud7ff", "\U0001f600", "@", "..", "~", "\\",
     "<<: ", "true", "1.5", "[]", "{}", "0.0001"]
)  # fmt: skip


def loads_or_refuses(path: Path) -> None:
    """Anything but a Scenario with a plan or a ScenarioError is a bug."""
    problems: tuple[Problem, ...] = ()
    try:
        scenario = load_scenario(path)
    except ScenarioError as error:
        problems = error.problems
    if not problems:
        scenario.plan()
        scenario.order()
        assert scenario.findings is not None
    assert all(problem.rule and "\n" not in problem.rule for problem in problems)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_mutations_never_crash(tmp_path: Path, data: st.DataObject) -> None:
    """A few pieces cut out of a valid scenario and others put in their place."""
    path = write_full(tmp_path)
    name = data.draw(st.sampled_from(sorted(FILES)))
    text = FILES[name]
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        stop = min(len(text), start + data.draw(st.sampled_from([0, 0, 1, 2, 8, 40])))
        text = text[:start] + data.draw(PIECES) + text[stop:]
    (tmp_path / name).write_bytes(text.encode("utf-8"))
    loads_or_refuses(path)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=st.integers(1, FULL.count("\n") - 1), value=PIECES)
def test_strange_values_never_crash(tmp_path: Path, line: int, value: str) -> None:
    """The value of one line of the scenario replaced by something else."""
    path = write_full(tmp_path)
    lines = FULL.splitlines()
    key, colon, _ = lines[line].partition(": ")
    lines[line] = f"{key}{colon}{value}"
    path.write_bytes("\n".join(lines).encode("utf-8"))
    loads_or_refuses(path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200), table=st.booleans())
def test_arbitrary_bytes_never_crash(tmp_path: Path, content: bytes, table: bool) -> None:
    path = write_tiny(tmp_path)
    (tmp_path / "services.csv" if table else path).write_bytes(content)
    loads_or_refuses(path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.text(alphabet=st.sampled_from(list("ab:-[]{}&*!'\"#|>%?,@\n \t01.~")), max_size=60))
def test_arbitrary_yaml_never_crashes(tmp_path: Path, content: str) -> None:
    path = write_tiny(tmp_path)
    path.write_text(TINY + content, encoding="utf-8")
    loads_or_refuses(path)
