"""A run folder keeps what was done: whole, checked, and never mixed with another run."""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from onelogin_sim.errors import StoreError
from onelogin_sim.store import RunFolder, write_atomic

IDENTITY = {"digest": "ab12", "seed": 1, "replications": 1000, "order": "as-listed", "version": "0.1.0"}
ARRAYS = {
    "start": np.arange(6, dtype=np.int32).reshape(2, 3),
    "file": np.array([0.5, np.inf]),
    "name": np.array(["Ask", "Dŵr"]),
    "none": np.empty((0, 4), dtype=np.int16),
}


def files_in(path: Path) -> list[str]:
    return sorted(file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file())


def only_part(path: Path) -> Path:
    (part,) = (path / "parts").iterdir()
    return part


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    write_atomic(tmp_path / "new" / "a.json", b"first")
    write_atomic(tmp_path / "new" / "a.json", b"second")
    assert (tmp_path / "new" / "a.json").read_bytes() == b"second"
    assert files_in(tmp_path) == ["new/a.json"]


@pytest.mark.parametrize(("call", "number"), [("fsync", errno.ENOSPC), ("replace", errno.EACCES)])
def test_a_full_disk_or_a_refusal_names_the_file_and_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    """A network disk says so only when flushed; Windows does not replace a file that is open elsewhere."""
    path = tmp_path / "forecast.json"
    write_atomic(path, b"before")

    def fails(*args: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fails)
        with pytest.raises(StoreError) as caught:
            write_atomic(path, b"after")
    assert str(caught.value) == (
        f"cannot write {path}: {os.strerror(number)}. What was there before is unchanged"
    )
    assert path.read_bytes() == b"before"
    assert files_in(tmp_path) == ["forecast.json"]


FULL = """
import resource, sys
from pathlib import Path
from onelogin_sim.store import write_atomic
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
write_atomic(Path(sys.argv[1]), b"after" * 1000)
"""


@pytest.mark.skipif(os.name != "posix", reason="limits are POSIX's")
def test_a_write_the_system_cuts_short_leaves_nothing_half_written(tmp_path: Path) -> None:
    """For real: the system takes 1,000 bytes of 5,000 and then no more."""
    path = tmp_path / "forecast.json"
    write_atomic(path, b"before")
    cut = subprocess.run([sys.executable, "-c", FULL, path], capture_output=True, text=True, check=False)
    assert f"StoreError: cannot write {path}: {os.strerror(errno.EFBIG)}." in cut.stderr
    assert path.read_bytes() == b"before"
    assert files_in(tmp_path) == ["forecast.json"]


def test_an_interruption_while_writing_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(handle: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            write_atomic(tmp_path / "a", b"x")
    assert files_in(tmp_path) == []


def test_a_part_comes_back_as_it_was_after_an_interruption(tmp_path: Path) -> None:
    with RunFolder.open(tmp_path / "run", IDENTITY) as folder:
        assert folder.part("block-0") is None
        folder.keep_part("block-0", ARRAYS)
        folder.keep_part("block-0", ARRAYS)
        assert not folder.finished
    with RunFolder.open(tmp_path / "run", IDENTITY) as folder:
        found = folder.part("block-0")
        assert found is not None
        assert list(found) == list(ARRAYS)
        for name, array in ARRAYS.items():
            assert found[name].dtype == array.dtype
            np.testing.assert_array_equal(found[name], array)
        assert folder.part("block-00") is None
        assert folder.part("block") is None


def test_a_part_with_other_values_for_the_same_identity_is_an_error(tmp_path: Path) -> None:
    """One identity has one result; two are a fault that must not pass unseen."""
    with RunFolder.open(tmp_path, IDENTITY) as folder:
        folder.keep_part("b", {"x": np.array([1])})
        with pytest.raises(StoreError, match="part 'b' is there already with other values"):
            folder.keep_part("b", {"x": np.array([2])})
        assert folder.part("b") == {"x": np.array([1])}


@pytest.mark.parametrize("damage", ["a changed byte", "cut short", "empty", "renamed", "from another run"])
def test_a_damaged_part_is_reported_and_computed_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    run = tmp_path / "run"
    with RunFolder.open(run, IDENTITY) as folder:
        folder.keep_part("block-1" if damage == "renamed" else "block-0", ARRAYS)
    part = only_part(run)
    data = part.read_bytes()
    if damage == "a changed byte":
        part.write_bytes(data[:200] + bytes([data[200] ^ 1]) + data[201:])
    elif damage == "cut short":
        part.write_bytes(data[:-1])
    elif damage == "empty":
        part.write_bytes(b"")
    elif damage == "renamed":
        part = part.rename(part.with_name(part.name.replace("block-1", "block-0")))
    else:
        with RunFolder.open(tmp_path / "other", {**IDENTITY, "seed": 2}) as other:
            other.keep_part("block-0", ARRAYS)
        part.unlink()
        part = part.with_name(only_part(tmp_path / "other").name)
        part.write_bytes(only_part(tmp_path / "other").read_bytes())

    with caplog.at_level(logging.WARNING), RunFolder.open(run, IDENTITY) as folder:
        assert folder.part("block-0") is None
        assert caplog.messages == [f"{part} is damaged: its checksum does not match. It is computed again"]
        folder.keep_part("block-0", ARRAYS)
        assert folder.part("block-0") is not None
    assert len(list((run / "parts").iterdir())) == 1


def test_python_objects_are_not_kept(tmp_path: Path) -> None:
    """They would have to be pickled, and a pickle runs code when it is read."""
    with RunFolder.open(tmp_path, IDENTITY) as folder, pytest.raises(ValueError, match="Object arrays"):
        folder.keep_part("b", {"x": np.array([None], dtype=object)})


def test_a_folder_of_another_run_is_refused_with_every_difference(tmp_path: Path) -> None:
    RunFolder.open(tmp_path, {**IDENTITY, "engine": "reference"}).close()
    with pytest.raises(StoreError) as caught:
        RunFolder.open(tmp_path, {**IDENTITY, "seed": 2, "replications": 500, "variant": "extra-team"})
    assert str(caught.value) == (
        f"{tmp_path} holds another run: seed is 1 there and 2 now; replications is 1000 there and 500 now; "
        "variant is not recorded there and extra-team now; engine is reference there and not recorded "
        "now. Name another folder for this run, or delete that one first"
    )
    RunFolder.open(tmp_path, {**IDENTITY, "engine": "reference"}).close()


def test_a_folder_with_foreign_files_is_refused_and_not_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_bytes(b"years of work")
    (tmp_path / "notes").mkdir()
    with pytest.raises(StoreError) as caught:
        RunFolder.open(tmp_path, IDENTITY)
    assert str(caught.value) == (
        f"{tmp_path} is not a run folder: it holds notes and 1 more and no manifest.json. "
        "Name another folder, or empty this one first"
    )
    assert files_in(tmp_path) == ["thesis.docx"]


def test_a_file_in_the_folders_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").touch()
    with pytest.raises(StoreError) as caught:
        RunFolder.open(tmp_path / "run", IDENTITY)
    assert str(caught.value) == (
        f"{tmp_path / 'run'} is a file, not a folder: name another folder for this run"
    )
    with pytest.raises(StoreError, match=r"cannot use .* as a run folder: Not a directory"):
        RunFolder.open(tmp_path / "run" / "below", IDENTITY)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"identity": 3}', "\xff"])
def test_a_folder_whose_manifest_says_nothing_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text, encoding="latin-1")
    with pytest.raises(StoreError) as caught:
        RunFolder.open(tmp_path, IDENTITY)
    assert str(caught.value) == (
        f"{tmp_path / 'manifest.json'} is not the manifest of a run, so nobody can tell whose results lie in "
        f"{tmp_path}. Name another folder for this run, or delete that one first"
    )


def test_an_empty_folder_and_the_leavings_of_a_killed_process_are_taken(tmp_path: Path) -> None:
    (tmp_path / ".lock").touch()
    (tmp_path / ".manifest.json.0123abcd.tmp").write_bytes(b"{")
    RunFolder.open(tmp_path, IDENTITY).close()
    assert files_in(tmp_path) == ["manifest.json"]


def test_a_finished_run_keeps_its_outputs_their_checksums_and_no_parts(tmp_path: Path) -> None:
    with RunFolder.open(tmp_path, IDENTITY) as folder:
        folder.keep_part("block-0", ARRAYS)
        assert folder.write("charts/fan.svg", b"<svg/>") == tmp_path / "charts" / "fan.svg"
        folder.write("a.json", b"{}")
        folder.finish({"result_digest": "cd34", "command": "onelogin-sim forecast"})
        assert folder.finished
    assert files_in(tmp_path) == ["a.json", "charts/fan.svg", "manifest.json"]
    assert json.loads((tmp_path / "manifest.json").read_bytes()) == {
        "result_digest": "cd34",
        "command": "onelogin-sim forecast",
        "identity": IDENTITY,
        "finished": True,
        "files": {
            "a.json": hashlib.sha256(b"{}").hexdigest(),
            "charts/fan.svg": hashlib.sha256(b"<svg/>").hexdigest(),
        },
    }
    assert not (tmp_path / "parts").exists()


def test_a_finished_run_can_be_made_again_and_says_so_while_it_is(tmp_path: Path) -> None:
    with RunFolder.open(tmp_path, IDENTITY) as folder:
        folder.write("same", b"1")
        folder.write("other", b"1")
        folder.finish({"result_digest": "cd34"})
    before = (tmp_path / "same").stat()
    with RunFolder.open(tmp_path, IDENTITY) as folder:
        assert folder.finished
        assert folder.manifest["result_digest"] == "cd34"
        folder.write("same", b"1")
        assert json.loads((tmp_path / "manifest.json").read_bytes())["finished"] is True
        folder.write("other", b"2")
        assert json.loads((tmp_path / "manifest.json").read_bytes())["finished"] is False
        folder.finish({})
    assert os.path.samestat(before, (tmp_path / "same").stat()), "what comes out the same is not touched"


def test_two_outputs_of_one_name_are_an_error(tmp_path: Path) -> None:
    with RunFolder.open(tmp_path, IDENTITY) as folder:
        folder.write("a.json", b"1")
        folder.write("a.json", b"1")
        with pytest.raises(StoreError, match="was written before in this run, with other content"):
            folder.write("a.json", b"2")


@pytest.mark.parametrize("name", ["", ".", "../a", "a/../../b", "/etc/a", "link/a"])
def test_no_output_leaves_the_folder(tmp_path: Path, name: str) -> None:
    with RunFolder.open(tmp_path / "run", IDENTITY) as folder:
        (tmp_path / "run" / "link").symlink_to(tmp_path)
        with pytest.raises(StoreError, match="is not a file inside the run folder"):
            folder.write(name, b"x")
    assert files_in(tmp_path) == ["run/manifest.json"]


@pytest.mark.parametrize("name", ["manifest.json", "parts/a", ".lock", "./parts/a"])
def test_the_folders_own_names_are_not_outputs(tmp_path: Path, name: str) -> None:
    with RunFolder.open(tmp_path, IDENTITY) as folder, pytest.raises(StoreError, match="keeps for itself"):
        folder.write(name, b"x")


@pytest.mark.parametrize("name", ["", "../a", "a/b", "a.b", "*"])
def test_a_part_has_a_plain_name(tmp_path: Path, name: str) -> None:
    with RunFolder.open(tmp_path, IDENTITY) as folder:
        with pytest.raises(StoreError, match="cannot name a part: letters, digits, - and _ only"):
            folder.keep_part(name, ARRAYS)
        with pytest.raises(StoreError, match="cannot name a part"):
            folder.part(name)


def test_the_manifests_own_keys_are_not_the_callers(tmp_path: Path) -> None:
    with RunFolder.open(tmp_path, IDENTITY) as folder, pytest.raises(ValueError, match="identity, files"):
        folder.finish({"identity": {}, "files": {}})


def test_a_closed_folder_takes_nothing_more(tmp_path: Path) -> None:
    folder = RunFolder.open(tmp_path, IDENTITY)
    folder.close()
    folder.close()
    with pytest.raises(StoreError, match="is closed"):
        folder.write("a", b"x")
    with pytest.raises(StoreError, match="is closed"):
        folder.finish({})
    assert files_in(tmp_path) == ["manifest.json"]


def test_two_runs_cannot_write_one_folder_at_once(tmp_path: Path) -> None:
    with RunFolder.open(tmp_path, IDENTITY) as folder:
        with pytest.raises(StoreError) as caught:
            RunFolder.open(tmp_path, IDENTITY)
        folder.write("a", b"x")
    assert str(caught.value) == (
        f"another process is writing {tmp_path}: wait until it is done, or name another folder"
    )
    RunFolder.open(tmp_path, IDENTITY).close()


HOLDER = """
import sys, time
from onelogin_sim.store import RunFolder
folder = RunFolder.open(sys.argv[1], {"seed": 1})
print("open", flush=True)
time.sleep(60)
"""


def test_the_lock_of_a_dead_process_is_no_lock(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open" + os.linesep.encode()
        with pytest.raises(StoreError, match="another process is writing"):
            RunFolder.open(tmp_path, {"seed": 1})
        holder.kill()
    assert (tmp_path / ".lock").exists()
    RunFolder.open(tmp_path, {"seed": 1}).close()
    assert not (tmp_path / ".lock").exists()


RUN = """
import os, sys, time
import numpy as np
from onelogin_sim.execute import run_in_order
from onelogin_sim.store import RunFolder

def work(job):
    number, seconds = job
    time.sleep(seconds if number > 2 else 0)
    return np.array([number])

if __name__ == "__main__":
    with RunFolder.open(sys.argv[1], {"seed": 1}) as folder:
        missing = [(n, float(sys.argv[2])) for n in range(6) if folder.part(f"block-{n}") is None]
        print("missing", *[n for n, _ in missing], flush=True)

        def keep(job, result):
            folder.keep_part(f"block-{job[0]}", {"x": result})
            if job[0] == 2:
                print("kept", flush=True)

        for _ in run_in_order(work, missing, workers=2, keep=keep):
            pass
        print(sum(int(folder.part(f"block-{n}")["x"][0]) for n in range(6)), flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")
def test_a_run_stopped_by_ctrl_c_goes_on_where_it_was(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(RUN)
    run = tmp_path / "run"
    with subprocess.Popen(
        [sys.executable, script, run, "60"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as stopped:
        assert stopped.stdout is not None
        assert stopped.stdout.readline() == "missing 0 1 2 3 4 5\n"
        assert stopped.stdout.readline() == "kept\n", stopped.communicate()
        os.killpg(stopped.pid, signal.SIGINT)
        _, err = stopped.communicate(timeout=10)
    assert err.rstrip().endswith("KeyboardInterrupt")
    kept = sorted(file.name.split(".")[0] for file in (run / "parts").iterdir())
    assert kept[-1] == "block-2"
    assert files_in(run)[0] == "manifest.json", "no lock is left"

    again = subprocess.run([sys.executable, script, run, "0"], capture_output=True, text=True, check=True)
    missing = [str(n) for n in range(6) if f"block-{n}" not in kept]
    assert again.stdout == f"missing {' '.join(missing)}\n15\n"
