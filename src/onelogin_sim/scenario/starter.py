"""The small commented scenario a planner starts from."""

from __future__ import annotations

import shutil
from pathlib import Path

from onelogin_sim.errors import StoreError

#: Within an installed package; in a checkout the scenario has its one home in scenarios/small.
_PLACES = (Path(__file__).parents[1] / "starter", Path(__file__).parents[3] / "scenarios" / "small")


def write_starter(folder: Path) -> Path:
    """Copy the small scenario into a new folder and return its scenario file.

    Raises
    ------
    StoreError
        When the folder exists and is not empty, or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StoreError(f"{folder} is there already and not empty; name a new folder")
    source = next(place for place in _PLACES if (place / "scenario.yaml").is_file())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in sorted(source.iterdir()):
            if file.suffix in (".yaml", ".csv"):
                shutil.copyfile(file, folder / file.name)
    except OSError as error:
        raise StoreError(f"cannot write {folder}: {error.strerror or error}") from error
    return folder / "scenario.yaml"
