"""A run folder: what one run found, written once, whole and with checksums, and safe to interrupt.

::

    runs/roadmap-2025/
        manifest.json       the identity of the run, whether it is finished, a SHA-256 for each file
        forecast.json ...   outputs, written whole or not at all
        parts/              one checksummed part per finished block, until the run is finished
        .lock               held while a process writes here; the system frees it when that process dies

An *identity* is everything that decides the results: the digest of the plan, the seed, the number of
replications, the order, the version; ``about`` in it says in words what the run is. A folder belongs to one
identity; parts of another are never mixed in.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import re
import secrets
import sys
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from onelogin_sim.errors import StoreError

Value = str | int | float | bool | None
"""What an identity is made of: what JSON keeps exactly."""

MANIFEST = "manifest.json"
PARTS = "parts"
LOCK = ".lock"
OWN_KEYS = ("identity", "finished", "files")

_TEMPORARY = re.compile(r"\..+\.[0-9a-f]{8}\.tmp")
_HASH = re.compile(r"[0-9a-f]{64} [0-9a-f]{64}")
_PART_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_log = logging.getLogger(__name__)


def write_atomic(path: Path, data: bytes) -> None:
    """Write `data` to `path`, its folder made if need be, there whole or not at all even if the power fails.

    Raises
    ------
    StoreError
        The disk is full, permission is denied ... What was at `path` before is unchanged and nothing
        half written is left.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _flush_folder(path.parent)
    except OSError as error:
        raise StoreError(
            f"cannot write {path}: {error.strerror or error}. What was there before is unchanged"
        ) from error


def _flush_folder(folder: Path) -> None:
    """Make the new name durable where a folder can be flushed; not on Windows nor on some network drives."""
    with suppress(OSError):
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


class RunFolder:
    """The folder of one run, held open and locked by this process. Made by `RunFolder.open`.

    Attributes
    ----------
    path
        The folder.
    identity
        What decides the results of this run.
    manifest
        The manifest found on opening: of a finished run everything passed to `finish`, else the identity.
    """

    def __init__(self, path: Path, identity: dict[str, Value], manifest: dict[str, Any], lock: int) -> None:
        self.path, self.identity, self.manifest = path, identity, manifest
        self._key = json.dumps(identity, sort_keys=True, allow_nan=False, separators=(",", ":")).encode()
        self._lock: int | None = lock
        self._files: dict[str, str] = {}
        self._marked_unfinished = manifest.get("finished") is False

    @classmethod
    def open(cls, path: str | Path, identity: Mapping[str, Value]) -> Self:
        """Open the folder of the run with this identity, new or begun before, and lock it.

        A finished run may be made again in its folder: files that come out the same are not touched,
        others are replaced whole, and from the first of these on the manifest says unfinished.

        Raises
        ------
        StoreError
            The folder holds another run or foreign files, another process is writing there, or it
            cannot be written.
        """
        path = Path(path)
        try:
            path.mkdir(parents=True, exist_ok=True)
            _refuse_foreign_files(path)
            return cls._begin(path, dict(identity), _lock(path))
        except FileExistsError as error:
            raise StoreError(f"{path} is a file, not a folder: name another folder for this run") from error
        except OSError as error:
            raise StoreError(f"cannot use {path} as a run folder: {error.strerror or error}") from error

    @classmethod
    def _begin(cls, path: Path, identity: dict[str, Value], lock: int) -> Self:
        try:
            _remove_leftovers(path)
            found = _read_manifest(path)
            if found is None:
                found = {"identity": identity, "finished": False}
                write_atomic(path / MANIFEST, _json(found))
            _refuse_other_run(path, found["identity"], identity)
            return cls(path, identity, found, lock)
        except BaseException:
            _unlock(path, lock)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the lock. What was kept stays, to go on from."""
        if self._lock is not None:
            _unlock(self.path, self._lock)
            self._lock = None

    @property
    def finished(self) -> bool:
        """Whether the run in this folder came to its end."""
        return self.manifest.get("finished") is True

    def part(self, name: str) -> dict[str, NDArray[Any]] | None:
        """Return the arrays kept under `name`, or None when they are to be computed.

        A part that was damaged, renamed or copied from another run does not match its checksum: it is
        reported as a warning in the log, removed and counted as missing.
        """
        file = self._part_file(name)
        if file is None:
            return None
        try:
            data = file.read_bytes()
            if file.name != self._part_file_name(name, data):
                _log.warning("%s is damaged: its checksum does not match. It is computed again", file)
                file.unlink()
                return None
        except OSError as error:
            raise StoreError(f"cannot read {file}: {error.strerror or error}") from error
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            return dict(archive)

    def keep_part(self, name: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Keep the arrays of a finished block, so that an interrupted run goes on from there.

        Raises
        ------
        StoreError
            The disk is full or the like; or the part is there already with other values, although one
            identity has one result.
        ValueError
            An array holds Python objects, which would have to be pickled.
        """
        self._refuse_when_closed()
        data = _npz(arrays)
        new = self._part_file_name(name, data)
        if self.part(name) is not None:
            if self._part_file(name) == self.path / PARTS / new:
                return
            raise StoreError(
                f"{self.path}: part '{name}' is there already with other values, although plan, seed and "
                "versions are the same. This is a fault of the program: please report it"
            )
        self._mark_unfinished()
        write_atomic(self.path / PARTS / new, data)

    def write(self, name: str, data: bytes) -> Path:
        """Write an output of the run, e.g. ``charts/fan.svg``, and note its checksum for the manifest.

        Raises
        ------
        StoreError
            The name leaves the folder or is one of this module's own; it was written with other content
            since the folder was opened; or the disk is full or the like.
        """
        self._refuse_when_closed()
        path = self._inside(name)
        checksum = hashlib.sha256(data).hexdigest()
        if self._files.setdefault(name, checksum) != checksum:
            raise StoreError(f"{path} was written before in this run, with other content")
        if not _holds(path, data):
            self._mark_unfinished()
            write_atomic(path, data)
        return path

    def finish(self, manifest: Mapping[str, Any]) -> None:
        """Write the manifest of the finished run, with the checksum of each output; then remove the parts."""
        self._refuse_when_closed()
        if taken := [key for key in OWN_KEYS if key in manifest]:
            raise ValueError(f"the manifest's {', '.join(taken)} is written by the run folder itself")
        own = {"identity": self.identity, "finished": True, "files": dict(sorted(self._files.items()))}
        self.manifest = {**manifest, **own}
        write_atomic(self.path / MANIFEST, _json(self.manifest))
        self._marked_unfinished = False
        _remove_parts(self.path / PARTS)

    def discard(self) -> None:
        """Remove what an unfinished run left, and let go of the folder: nothing of it is worth going on from."""
        if not self.finished:
            _remove_parts(self.path / PARTS)
            for name in (*self._files, MANIFEST):
                (self.path / name).unlink(missing_ok=True)
        self.close()
        with suppress(OSError):
            self.path.rmdir()

    def _refuse_when_closed(self) -> None:
        if self._lock is None:
            raise StoreError(f"{self.path} is closed: nothing more can be written there")

    def _mark_unfinished(self) -> None:
        if not self._marked_unfinished:
            write_atomic(self.path / MANIFEST, _json({"identity": self.identity, "finished": False}))
            self._marked_unfinished = True

    def _inside(self, name: str) -> Path:
        relative = PurePath(name)
        outside = not relative.parts or relative.is_absolute() or relative.drive or ".." in relative.parts
        if outside or not (self.path / relative).resolve().is_relative_to(self.path.resolve()):
            raise StoreError(f"'{name}' is not a file inside the run folder {self.path}")
        if relative.parts[0] in (MANIFEST, PARTS, LOCK):
            raise StoreError(f"'{name}' is a name the run folder keeps for itself")
        return self.path / relative

    def _part_file(self, name: str) -> Path | None:
        if not _PART_NAME.fullmatch(name):
            raise StoreError(f"'{name}' cannot name a part: letters, digits, - and _ only")
        return min((self.path / PARTS).glob(f"{name}.*.npz"), default=None)

    def _part_file_name(self, name: str, data: bytes) -> str:
        """Name a part by its checksum, which covers its name and the run's identity too."""
        checksum = hashlib.sha256(b"\0".join([self._key, name.encode(), data])).hexdigest()
        return f"{name}.{checksum}.npz"


def _holds(path: Path, data: bytes) -> bool:
    with suppress(OSError):
        return path.read_bytes() == data
    return False


def _refuse_foreign_files(path: Path) -> None:
    if (path / MANIFEST).exists():
        return
    foreign = sorted(
        entry.name for entry in path.iterdir() if entry.name != LOCK and not _TEMPORARY.fullmatch(entry.name)
    )
    if foreign:
        more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        raise StoreError(
            f"{path} is not a run folder: it holds {foreign[0]}{more} and no {MANIFEST}. "
            "Name another folder, or empty this one first"
        )


def _refuse_other_run(path: Path, there: dict[str, Value], now: dict[str, Value]) -> None:
    keys = [key for key in {**now, **there} if key != "about"]
    pairs = [(key, there.get(key, "not recorded"), now.get(key, "not recorded")) for key in keys]
    differences = [
        f"another {key}" if _HASH.fullmatch(f"{one} {two}") else f"{key} is {one} there and {two} now"
        for key, one, two in pairs
        if one != two
    ]
    if differences:
        raise StoreError(
            f"{path} holds {there.get('about', 'another run')}: {'; '.join(differences)}. Name another folder "
            "for this run, or delete that one first"
        )


def _read_manifest(path: Path) -> dict[str, Any] | None:
    file = path / MANIFEST
    try:
        found = json.loads(file.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"cannot read {file}: {error.strerror or error}") from error
    except ValueError:
        found = None
    if not (isinstance(found, dict) and isinstance(found.get("identity"), dict)):
        raise StoreError(
            f"{file} is not the manifest of a run, so nobody can tell whose results lie in {path}. "
            "Name another folder for this run, or delete that one first"
        )
    return found


def _remove_leftovers(path: Path) -> None:
    """Remove half-written files of a process that was killed; only the holder of the lock may."""
    for file in path.rglob(".*.tmp"):
        if _TEMPORARY.fullmatch(file.name):
            file.unlink(missing_ok=True)


def _remove_parts(folder: Path) -> None:
    try:
        for file in folder.glob("*.npz"):
            file.unlink(missing_ok=True)
        if folder.exists():
            folder.rmdir()
    except OSError as error:
        _log.warning("%s could not be removed: %s. It is no longer needed", folder, error.strerror or error)


def _json(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _npz(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return arrays as the bytes of an .npz file: the same arrays give the same bytes, and no pickles."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as file:
                np.lib.format.write_array(file, np.asanyarray(array), allow_pickle=False)
    return buffer.getvalue()


def _lock(path: Path) -> int:
    """Take the folder's lock, which the operating system frees should this process die.

    The loop is for a holder that lets go and removes the file between our opening and locking it.
    """
    while True:
        handle = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _lock_handle(handle)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(handle), (path / LOCK).stat()):
                    return handle
        except (BlockingIOError, PermissionError) as error:
            os.close(handle)
            raise StoreError(
                f"another process is writing {path}: wait until it is done, or name another folder"
            ) from error
        except OSError:
            os.close(handle)
            raise
        os.close(handle)


def _unlock(path: Path, handle: int) -> None:
    # Windows keeps a file that is open; without a lock on it, it stands in nobody's way.
    with suppress(OSError):
        (path / LOCK).unlink()
    os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _lock_handle(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock_handle(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
