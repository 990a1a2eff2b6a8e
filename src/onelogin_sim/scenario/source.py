"""The bytes of a scenario's files, refused early when they cannot be what they should be."""

from __future__ import annotations

from pathlib import Path

from onelogin_sim.errors import Problem, ScenarioError
from onelogin_sim.scenario.tree import Place

#: Largest file read, in bytes.
LARGEST = 4 * 1024 * 1024

_SAVE_AS_UTF8 = (
    "save it again with the encoding UTF-8 "
    "(in Excel as 'CSV UTF-8', then once more in Notepad, where 'UTF-8' has no byte order mark)"
)


def read_text(path: Path, file: str, bom_hint: str, named_at: Place | None = None, where: str = "") -> str:
    """Return the text of a file.

    Parameters
    ----------
    file
        What the planner calls it.
    bom_hint
        How to save such a file without a byte order mark.
    named_at, where
        Where the scenario names it; a missing file is reported there, with its name as the value.

    Raises
    ------
    ScenarioError
        When it is missing, a folder, empty, over 4 MB, not UTF-8 or begins with a byte order mark.
    """

    def refused(rule: str, hint: str = "") -> ScenarioError:
        return ScenarioError([Problem(file, 0, 0, "", rule, hint=hint)])

    def unreachable(rule: str, hint: str = "") -> ScenarioError:
        if named_at is None:
            return refused(rule, hint)
        return ScenarioError(
            [Problem(named_at.file, named_at.line, named_at.column, where, rule, f"'{file}'", hint)]
        )

    try:
        if path.is_dir():
            raise unreachable("is a folder, not a file", "name the file in it")
        if path.exists() and not path.is_file():  # reading a pipe or a device might never end
            raise unreachable("is not an ordinary file")
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except FileNotFoundError:
        raise unreachable("there is no such file", "check the name and the folder") from None
    except (OSError, ValueError) as error:
        raise unreachable(f"cannot be opened: {getattr(error, 'strerror', None) or error}") from None
    if len(data) > LARGEST:
        raise refused("is larger than 4 MB", "a scenario is far smaller: is this the right file?")
    if data.startswith(b"\xef\xbb\xbf"):
        raise refused("begins with a byte order mark (BOM)", bom_hint)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refused("is UTF-16, not UTF-8", "save it again with the encoding UTF-8")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        problem = Problem(file, line, column, "", "is not UTF-8 from here on", hint=_SAVE_AS_UTF8)
        raise ScenarioError([problem]) from None
    if not text.strip():
        raise refused("is empty")
    return text
