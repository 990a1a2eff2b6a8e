"""Tables, JSON, terminal and the folder: the same numbers, complete, safe to open."""

import csv
import io
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from fake_forecast import SHAPES, big, small
from onelogin_sim.calendars import NEVER
from onelogin_sim.errors import Finding
from onelogin_sim.report.as_json import as_text, forecast_json
from onelogin_sim.report.tables import TABLES, as_csv
from onelogin_sim.report.terminal import forecast_summary, print_explained, print_forecast, summary_text
from onelogin_sim.report.write import report_files, write_report
from onelogin_sim.scenario.explain import Explained
from onelogin_sim.store import RunFolder


def read_csv(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


@pytest.fixture(scope="module")
def forecast():
    return big(60)


@pytest.fixture(scope="module", params=SHAPES)
def any_forecast(request):
    return SHAPES[request.param]()


def test_json_has_what_checks_call(forecast):
    """The names of contract 3."""
    document = forecast_json(forecast)
    for key in ("scenario", "digest", "result_digest", "seed", "replications", "order"):
        assert document[key] is not None
    target = document["targets"][0]
    assert target["id"] == "roadmap"
    assert target["by"] == "2025-12-31"
    assert target["measure"] == "services"
    assert target["interval"][0] <= target["probability_met"] <= target["interval"][1]
    assert list(target)[list(target).index("p10") :][:4] == ["p10", "p50", "p80", "p90"]
    assert 0 <= target["not_within_horizon"] <= 1
    coverage = document["coverage"]
    assert list(coverage) == ["date", "p10", "p50", "p90"]
    assert len({len(column) for column in coverage.values()}) == 1
    assert coverage["date"][0] == "2023-12-31"
    assert coverage["p50"][-1] <= 139


def test_json_says_null_for_not_within_the_horizon():
    document = forecast_json(SHAPES["never"]())
    target = document["targets"][0]
    assert [target[name] for name in ("p10", "p50", "p80", "p90", "deterministic")] == [None] * 5
    assert target["intervals"]["p50"] == [None, None]
    assert target["not_within_horizon"] == 1
    assert document["services"][0]["p50"] is None


def test_json_of_any_forecast_is_strict_and_the_same_twice(any_forecast):
    text = as_text(forecast_json(any_forecast))
    assert as_text(forecast_json(any_forecast)) == text
    again = json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    assert len(again["targets"]) == len(any_forecast.targets)
    assert again["illustrative"] == any_forecast.plan.illustrative
    assert str(NEVER) not in text


def test_json_of_imputed_users_states_their_share(forecast):
    document = forecast_json(forecast)
    by_id = {target["id"]: target for target in document["targets"]}
    assert by_id["roadmap"]["imputed_share"] is None
    users = document["coverage_by_measure"]["annual_users"]
    assert by_id["users"]["imputed_share"] == users["imputed"] / users["total"]


def test_tables_are_tidy(any_forecast):
    """Every table has its columns even when it has no rows, and every row has every column."""
    for name, table in TABLES.items():
        rows = list(table.rows(any_forecast))
        header = as_csv(rows, table.columns).decode("utf-8").split("\r\n")[0]
        assert header.split(",")[: len(table.columns)] == list(table.columns), name
        assert all(list(row) == list(rows[0]) for row in rows), name
        assert str(NEVER).encode() not in as_csv(rows), name


def test_tables_agree_with_the_json(forecast):
    document = forecast_json(forecast)
    targets = read_csv(as_csv(TABLES["targets"].rows(forecast)))
    for row, target in zip(targets, document["targets"], strict=True):
        assert float(row["probability_met"]) == target["probability_met"]
        assert row["p50"] == (target["p50"] or "")
        assert [float(row["probability_met_low"]), float(row["probability_met_high"])] == target["interval"]
    long = read_csv(as_csv(TABLES["coverage"].rows(forecast)))
    p50 = [int(row["value"]) for row in long if row["measure"] == "services" and row["series"] == "p50"]
    assert p50 == document["coverage"]["p50"]


def test_text_that_looks_like_a_formula_is_made_text():
    rows = [
        {"name": text, "value": -1.5} for text in ("=1+1", "+44", "-5%", "@sum", "\tx", " =1", "fine", "a=b")
    ]
    read = read_csv(as_csv(rows))
    assert [row["name"][0] for row in read[:6]] == ["'"] * 6
    assert [row["name"] for row in read[6:]] == ["fine", "a=b"]
    assert {row["value"] for row in read} == {"-1.5"}


@pytest.mark.parametrize(
    "before", ["\N{NO-BREAK SPACE}", "\ufeff", "\u200b", " \t", "\r", "\n ", "\N{IDEOGRAPHIC SPACE}", "\x00"]
)
@pytest.mark.parametrize(
    "sign",
    [
        "=",
        "@",
        "\N{FULLWIDTH EQUALS SIGN}",
        "\N{FULLWIDTH PLUS SIGN}",
        "\N{FULLWIDTH HYPHEN-MINUS}",
        "\N{FULLWIDTH COMMERCIAL AT}",
    ],
)
def test_a_formula_behind_what_is_not_seen_is_made_text(before, sign):
    for text in (f"{before}{sign}1", f"{sign}1"):
        (row,) = csv.reader(io.StringIO(as_csv([], (text,)).decode("utf-8"), newline=""))
        assert row == [f"'{text}"]


def test_text_behind_a_wide_space_stays_as_it_is():
    for text in ("\N{NO-BREAK SPACE}fine", "a\tb", "", "\ufefffine=1"):
        (row,) = read_csv(as_csv([{"name": text, "more": 1}]))
        assert row["name"] == text


def test_without_a_deterministic_day_there_is_no_share():
    """A share of futures by a day that is not there would read as nearly all of them."""
    forecast = SHAPES["at_once"]()
    assert forecast.targets[0].deterministic_share > 0.9
    assert forecast_json(forecast)["targets"][0]["deterministic_share"] is None
    assert read_csv(as_csv(TABLES["targets"].rows(forecast)))[0]["deterministic_share"] == ""
    assert "nothing done twice, it is not within the horizon" in " ".join(summary_text(forecast).split())


def test_an_interval_without_a_lower_end_is_null_blank_and_said():
    forecast = SHAPES["few"]()
    assert forecast.targets[0].quantiles[0].low is None
    document = forecast_json(forecast)
    assert document["targets"][0]["intervals"]["p10"][0] is None
    assert any("too few to bound" in note for note in document["notes"])
    assert read_csv(as_csv(TABLES["targets"].rows(forecast)))[0]["p10_low"] == ""
    assert "or earlier" in summary_text(forecast)
    assert "too few" in summary_text(SHAPES["one_replication"]())


def test_dates_before_the_status_date_are_true_dates():
    forecast = SHAPES["met_already"]()
    document = forecast_json(forecast)
    assert (
        document["targets"][0]["headline"] == "2 of 4 services are connected already, since 4 November 2023"
    )
    assert document["targets"][0]["p90"] == "2023-11-04"
    assert document["targets"][0]["intervals"]["p50"] == ["2023-11-04"] * 2
    assert document["services"][0]["p10"] == "2023-10-05"
    assert {row["department"]: row["p50"] for row in document["departments"]}["dwp"] == "2023-11-04"


def test_days_of_a_driver_are_never_rounded_to_none():
    forecast = small(20)
    drivers = forecast.drivers[0]
    rows = (replace(drivers.drivers[0], criticality=0.004, days=0.02),)
    object.__setattr__(forecast, "drivers", (replace(drivers, drivers=rows),))
    assert "0.4%  under 1" in summary_text(forecast)


def test_a_csv_keeps_commas_quotes_lines_and_names_of_columns():
    rows = [{"=a": 'x, "y"\nz', "b": None}, {"=a": "w", "b": True}]
    assert read_csv(as_csv(rows)) == [{"'=a": 'x, "y"\nz', "b": ""}, {"'=a": "w", "b": "yes"}]
    assert as_csv([], ("code", "text")) == b"code,text\r\n"


def test_the_summary_fits_eighty_columns(any_forecast):
    text = summary_text(any_forecast)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "\x1b" not in text
    flat = " ".join(text.split())
    for entry in any_forecast.targets:
        assert " ".join(entry.target.name.split())[:12] in flat


def test_the_summary_says_what_matters_first(forecast):
    lines = summary_text(forecast, 200).splitlines()
    assert lines[0] == "Roadmap 2025, seen from December 2023"
    assert lines[1].startswith("• Every service in scope is connected by")
    text = "\n".join(lines)
    for words in (
        "What drives “Every service in scope”",
        "Where the time goes: working",
        "Findings",
        "Monte Carlo",
    ):
        assert words in text


def test_names_are_not_markup():
    """A name in brackets would vanish, or colour the rest, if it were read as markup."""
    forecast = small(20)
    object.__setattr__(forecast, "findings", (Finding("x", "[bold]not[/bold] :smile: [/red]"),))
    stream = io.StringIO()
    Console(file=stream, width=100).print(forecast_summary(forecast))
    assert "[bold]not[/bold] :smile: [/red]" in summary_text(forecast)


def test_illustrative_is_stamped_on_every_output():
    forecast = SHAPES["big_illustrative"]()
    assert "ILLUSTRATIVE" in summary_text(forecast)
    assert forecast_json(forecast)["illustrative"] is True


def test_the_folder_is_complete(tmp_path):
    forecast = small(40)
    register = [{"id": "A-01", "text": "=assumed", "quality": "low"}]
    with RunFolder.open(tmp_path / "run", {"digest": "x"}) as folder:
        written = write_report(forecast, register, folder)
    names = {path.relative_to(tmp_path / "run").as_posix() for path in written}
    assert {"forecast.json", "summary.txt", "tables/assumptions.csv"} <= names
    assert {f"tables/{name}.csv" for name in TABLES} <= names
    charts = {name.rpartition(".")[0] for name in names if name.startswith("charts/")}
    assert charts == {
        "charts/coverage-services", "charts/coverage-departments", "charts/target-all", "charts/target-half",
        "charts/departments", "charts/time-use", "charts/drivers-all", "charts/drivers-half",
    }  # fmt: skip
    assert {f"{chart}.{kind}" for chart in charts for kind in ("svg", "png", "txt", "csv")} <= names
    assert (
        tmp_path / "run" / "tables" / "assumptions.csv"
    ).read_text() == "id,text,quality\nA-01,'=assumed,low\n"
    for path in written:
        assert path.stat().st_size > 0
        assert path.suffix == ".png" or "\ufffd" not in path.read_text(encoding="utf-8")


def test_the_files_are_the_same_twice():
    first, second = (dict(report_files(small(20), [])) for _ in range(2))
    assert first == second


def test_no_file_names_a_machine():
    places = {str(Path.home()), str(Path.cwd()), sys.prefix, tempfile.gettempdir()} - {"/"}
    for name, data in report_files(SHAPES["certain"](), []):
        assert not [place for place in places if f"{place}{os.sep}".encode() in data], name


def test_printing_goes_to_standard_output_without_markup(capsys):
    print_forecast(SHAPES["certain"]())
    assert capsys.readouterr().out.startswith("One\n")
    long = "pathways.identity.assurance.days " * 8
    print_explained([Explained("pathways", long, "[10] working days", "scenario.yaml:7", "A-01")])
    shown = capsys.readouterr().out
    assert shown.splitlines()[1] == f"  {long} = [10] working days  [scenario.yaml:7]  (A-01)"


def test_only_drawing_loads_matplotlib():
    """Loading it takes a second, which `--help` and `--json` should not cost."""
    code = (
        "import sys; from onelogin_sim.report import as_json, tables, terminal; "
        "sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
