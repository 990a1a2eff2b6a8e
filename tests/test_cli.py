"""The command line as a planner meets it: answers, messages, exit codes, and what is left on disk."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator

import onelogin_sim
from onelogin_sim import cli
from onelogin_sim.store import RunFolder
from scenario_files import write_tiny

SMALL = Path(__file__).parents[1] / "scenarios" / "small" / "scenario.yaml"


def command(*words, **environment):
    """The installed command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", "from onelogin_sim.cli import main; main()", *map(str, words)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )


COMMANDS = (
    "new",
    "validate",
    "forecast",
    "compare",
    "optimise",
    "advise",
    "sensitivity",
    "explain",
    "trace",
    "schema",
)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(run, name):
    code, out, _ = run(name, "--help")
    assert code == 0
    assert f"onelogin-sim {name}" in out


def test_help_names_exactly_the_commands_that_work(run):
    _, out, _ = run("--help")
    listed = [line.split()[0] for line in out.split("Commands:")[1].splitlines() if line.strip()]
    assert sorted(listed) == sorted(COMMANDS)


def test_version(run):
    assert run("--version") == (0, f"onelogin-sim {onelogin_sim.__version__}\n", "")


def test_new_makes_a_scenario_that_is_valid_at_once(run, tmp_path):
    code, out, err = run("new", "mine")
    assert (code, out) == (0, "")
    assert "Made mine/scenario.yaml" in err.replace("\\", "/")
    code, out, _ = run("validate", "mine/scenario.yaml")
    assert code == 0
    assert "valid. 6 services" in out
    code, _, err = run("new", "mine")
    assert code == 1
    assert err == "mine is there already and not empty; name a new folder\n"


def test_validate_as_json(run):
    code, out, err = run("validate", SMALL, "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert document["valid"] is True
    assert document["digest"] == onelogin_sim.load_scenario(SMALL).plan().digest


def test_wrong_input_lists_every_problem_and_exits_with_1(run, tmp_path):
    folder = tmp_path / "bad"
    shutil.copytree(SMALL.parent, folder)
    file = folder / "scenario.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "\nhoriznn: 2026-01-01\nwiggle: 3\n", encoding="utf-8")
    code, out, err = run("validate", file)
    assert (code, out) == (1, "")
    line = text.count("\n") + 2
    assert f"scenario.yaml:{line}:1: horiznn: " in err
    assert "did you mean 'horizon'?" in err
    assert err.endswith("2 problems; nothing was run.\n")
    assert "Traceback" not in err
    code, out, _ = run("forecast", file, "--json")
    assert code == 1
    assert [problem["line"] for problem in json.loads(out)["problems"]] == [line, line + 1]


@pytest.mark.parametrize(
    "words",
    [
        ("forecast",),
        ("forecast", SMALL, "--replications", "0"),
        ("forecast", SMALL, "--replications", "many"),
        ("forecast", SMALL, "--seed", "-1"),
        ("forecast", SMALL, "--seed", str(2**64)),
        ("forecast", SMALL, "--workers", "0"),
        ("forecast", SMALL, "--engine", "compild"),
        ("forecast", SMALL, "--ordr", "x"),
        ("forcast", SMALL),
    ],
)
def test_wrong_usage_exits_with_2(run, words):
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert "Error" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("validate", "nowhere.yaml"), "nowhere.yaml: there is no such file"),
        (("forecast", SMALL, "--order", "biggest-frist"), "did you mean 'biggest-first'?"),
        (("forecast", SMALL, "--variant", "nobody"), "nobody"),
    ],
)
def test_unknown_names_exit_with_1_and_the_nearest_word(run, words, text):
    code, out, err = run(*words)
    assert (code, out) == (1, "")
    assert text in err
    assert "Traceback" not in err


def test_forecast_prints_one_json_object_with_what_was_promised(run, tmp_path):
    code, out, err = run("forecast", SMALL, "--replications", 30, "--out", "f", "--json")
    document = json.loads(out)
    assert code == 0
    assert "Peak memory" in err
    promised = {"scenario", "digest", "result_digest", "seed", "replications", "order", "targets", "coverage"}
    assert promised <= set(document)
    assert (document["seed"], document["replications"]) == (1, 30)
    for target in document["targets"]:
        wanted = {
            "id",
            "by",
            "measure",
            "probability_met",
            "interval",
            "p10",
            "p50",
            "p80",
            "p90",
            "not_within_horizon",
        }
        assert wanted <= set(target)
        low, high = target["interval"]
        assert 0 <= low <= target["probability_met"] <= high <= 1
    assert {"date", "p10", "p50", "p90"} <= set(document["coverage"])
    assert json.loads((tmp_path / "f" / "forecast.json").read_text(encoding="utf-8")) == document


def test_a_run_leaves_one_folder_with_everything(run, tmp_path):
    run("forecast", SMALL, "--replications", 30, "--seed", 7, "--out", "f")
    folder = tmp_path / "f"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["finished"] is True
    assert not (folder / "parts").exists()
    assert {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()} - {
        "manifest.json"
    } == set(manifest["files"])
    scenario = onelogin_sim.load_scenario(SMALL)
    assert manifest["digest"] == scenario.plan().digest
    assert manifest["result_digest"] == onelogin_sim.forecast(scenario, replications=30, seed=7).result_digest
    assert "--replications 30 --seed 7" in manifest["command"]
    for name in ("svg", "png", "txt", "csv"):
        assert list((folder / "charts").glob(f"*.{name}"))
    with (folder / "tables" / "assumptions.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(scenario.file.assumptions)


def test_the_go_live_table_holds_every_service_of_every_replication(run, tmp_path):
    run("forecast", SMALL, "--replications", 30, "--out", "f")
    rows = pq.read_table(tmp_path / "f" / "go_live.parquet").to_pylist()
    scenario = onelogin_sim.load_scenario(SMALL)
    plan = scenario.plan()
    assert len(rows) == 30 * len(plan.services)
    draws = onelogin_sim.draw(plan, 1, range(17, 18))
    from onelogin_sim.calendars import date_of
    from onelogin_sim.engines import reference

    go_live = reference.run(plan, scenario.order(), draws).go_live[0]
    expected = {
        service.id: date_of(int(day), plan.status_date)
        for service, day in zip(plan.services, go_live, strict=True)
    }
    assert {row["service"]: row["date"] for row in rows if row["replication"] == 17} == expected


def test_a_folder_holds_one_run_and_refuses_another(run):
    assert run("forecast", SMALL, "--replications", 20, "--out", "f")[0] == 0
    assert run("forecast", SMALL, "--replications", 20, "--out", "f")[0] == 0
    code, out, err = run("forecast", SMALL, "--replications", 20, "--seed", 2, "--out", "f")
    assert (code, out) == (1, "")
    assert "seed" in err
    assert "Traceback" not in err


def test_the_same_result_whatever_workers_hash_seed_and_row_order(tmp_path):
    """Digests of the same scenario with two workers, another hash seed, and rows shuffled."""
    shuffled = tmp_path / "shuffled"
    shutil.copytree(SMALL.parent, shuffled)
    for table in shuffled.glob("*.csv"):
        head, *rows = table.read_text(encoding="utf-8").splitlines()
        rows = rows[::-1]
        table.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    ways = [
        (SMALL, "1", "0"),
        (SMALL, "2", "1"),
        (shuffled / "scenario.yaml", "1", "2"),
    ]
    found = set()
    for number, (file, workers, hash_seed) in enumerate(ways):
        done = command(
            "forecast", file, "--replications", 120, "--workers", workers, "--out", tmp_path / str(number),
            "--json", PYTHONHASHSEED=hash_seed,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        document = json.loads(done.stdout)
        found.add((document["digest"], document["result_digest"]))
    assert len(found) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_keeps_what_is_finished_and_the_same_command_goes_on(tmp_path):
    # The slow engine, so that there is something left to interrupt on any machine.
    words = [
        "forecast",
        SMALL,
        "--replications",
        "3000",
        "--out",
        tmp_path / "f",
        "--json",
        "--engine",
        "reference",
    ]
    begun = subprocess.Popen(
        [sys.executable, "-c", "from onelogin_sim.cli import main; main()", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    parts = tmp_path / "f" / "parts"
    until = time.monotonic() + 60
    while time.monotonic() < until and not (parts.is_dir() and any(parts.glob("*.npz"))):
        time.sleep(0.02)
    begun.send_signal(signal.SIGINT)
    out, err = begun.communicate(timeout=60)
    told = "Interrupted. What was finished is kept; run the same command again to go on from there."
    assert begun.returncode == 3, err
    assert json.loads(out) == {"error": told}
    assert err.splitlines()[-1] == told
    kept = {file.name: file.stat().st_mtime_ns for file in parts.glob("*.npz")}
    assert kept
    done = command(*words)
    assert done.returncode == 0, done.stderr
    whole = command(*words[:4], "--out", tmp_path / "g", "--json")
    assert json.loads(done.stdout) == json.loads(whole.stdout)


def test_a_damaged_part_is_run_again(run, tmp_path, caplog):
    scenario = onelogin_sim.load_scenario(SMALL)
    expected = onelogin_sim.forecast(scenario, replications=100).result_digest
    identity = {"digest": scenario.plan().digest}
    with RunFolder.open(tmp_path / "f", identity) as folder:
        onelogin_sim.forecast(scenario, replications=100, folder=folder)
        part = next((tmp_path / "f" / "parts").glob("*.npz"))
        part.write_bytes(part.read_bytes()[:-10])
        again = onelogin_sim.forecast(scenario, replications=100, folder=folder)
    assert again.result_digest == expected
    assert "damaged" in caplog.text


def test_an_error_nobody_foresaw_is_one_line_unless_debugged(run, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("the moon is made of cheese")

    monkeypatch.setattr("onelogin_sim.scenario.validate_scenario", broken)
    code, out, err = run("validate", SMALL)
    assert (code, out) == (1, "")
    assert err.startswith("This should not have happened: RuntimeError: the moon is made of cheese\n")
    assert "Traceback" not in err
    with pytest.raises(RuntimeError, match="cheese"):
        run("validate", SMALL, "--debug")


def test_trace_tells_one_future_as_a_log_and_as_csv(run, tmp_path):
    code, out, _ = run("trace", SMALL, "--replication", 3, "--out", "log.csv")
    assert code == 0
    with (tmp_path / "log.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert out.splitlines() == [f"{row['date']}  {row['text']}" for row in rows]
    days = [int(row["day"]) for row in rows]
    assert days == sorted(days)
    scenario = onelogin_sim.load_scenario(SMALL)
    plan = scenario.plan()
    live = {row["item"] for row in rows if row["event"] == "go-live"}
    assert live <= {service.id for service in plan.services}
    _, out, _ = run("trace", SMALL, "--replication", 3, "--json")
    assert len(json.loads(out)["events"]) == len(rows)


def test_explain_gives_each_value_its_place_and_evidence(run):
    code, out, _ = run("explain", SMALL, "--json")
    assert code == 0
    values = json.loads(out)["values"]
    capacity = next(
        row for row in values if row["where"].startswith("resources.") and "capacity" in row["where"]
    )
    assert capacity["place"].startswith("scenario.yaml:")
    code, out, _ = run("explain", SMALL)
    assert code == 0
    assert "scenario.yaml:" in out


def test_the_schema_is_a_json_schema_and_fits_the_small_scenario(run):
    from ruamel.yaml import YAML

    code, out, _ = run("schema")
    assert code == 0
    schema = json.loads(out)
    Draft202012Validator.check_schema(schema)
    document = YAML(typ="safe").load(SMALL)
    plain = json.loads(json.dumps(document, default=str))
    assert list(Draft202012Validator(schema).iter_errors(plain)) == []
    plain["horizn"] = 1
    assert list(Draft202012Validator(schema).iter_errors(plain)) != []


def test_the_default_folder_says_what_it_holds(run, tmp_path):
    run("forecast", SMALL, "--replications", 10, "--seed", 5, "--order", "shortest-first")
    run("forecast", SMALL, "--replications", 10, "--seed", 5, "--order", "shortest-first")
    run("forecast", SMALL, "--replications", 11, "--seed", 5, "--order", "shortest-first")
    names = sorted(folder.name for folder in (tmp_path / "runs").iterdir())
    assert [name.rsplit("-", 1)[0] for name in names] == [
        "small-shortest-first-seed5-n10",
        "small-shortest-first-seed5-n11",
    ]


ALL_LIVE = "id,name,department,live_on\none,One,dep,2023-06-01\ntwo,Two,dep,2023-07-01\n"


def test_a_programme_in_which_everything_is_live_is_forecast(run, tmp_path):
    (tmp_path / "done").mkdir()
    file = write_tiny(tmp_path / "done")
    (file.parent / "services.csv").write_text(ALL_LIVE, encoding="utf-8")
    assert run("validate", file)[0] == 0
    code, out, err = run("forecast", file, "--replications", 10, "--out", "f", "--json")
    assert code == 0, err
    (target,) = json.loads(out)["targets"]
    assert (target["probability_met"], target["p50"]) == (1.0, "2023-07-01")
    code, out, _ = run("trace", file)
    assert (code, out) == (0, "")


def test_an_interrupt_anywhere_ends_with_3_and_a_word(run, monkeypatch):
    """The command framework ends on Ctrl-C with 130 of its own; planners were promised 3."""
    monkeypatch.setattr(cli, "app", lambda **_: sys.exit(130))
    assert run("validate", SMALL) == (3, "", "Interrupted.\n")


def test_an_error_as_json_is_one_object_too(run):
    code, out, err = run("forecast", SMALL, "--order", "nobody", "--json")
    assert code == 1
    assert json.loads(out) == {"error": err.strip()}


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    file = SMALL.as_posix()
    code = (
        f"import sys; sys.argv[1:] = ['trace', '{file}', '--json']; from onelogin_sim.cli import main; main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as writer:
        writer.stdout.close()
        assert writer.stderr.read() == b""
        assert writer.wait(60) == 1


def test_any_letters_reach_a_file_whatever_the_encoding_of_the_system(tmp_path):
    (tmp_path / "Tŷ Ŵyn").mkdir()
    file = write_tiny(tmp_path / "Tŷ Ŵyn")
    text = file.read_text(encoding="utf-8").replace("scenario: Tiny", "scenario: Gwasanaeth Tŷ Ŵyn")
    file.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", "from onelogin_sim.cli import main; main()", "forecast", str(file),
         "--replications", "5", "--out", str(tmp_path / "f")],
        capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "cp1252"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Gwasanaeth Tŷ Ŵyn" in done.stdout.decode("utf-8")


def test_the_command_of_a_manifest_names_no_place_of_this_machine(run, tmp_path):
    run("forecast", SMALL, "--replications", 5, "--out", "f")
    manifest = json.loads((tmp_path / "f" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["command"].startswith("onelogin-sim forecast small/scenario.yaml --order ")
