"""What CP-SAT knows about the instances, stored with what made it: best schedules, and bounds no schedule beats."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

from benchmarks.instances import Instance

FOLDER = Path(__file__).parent


class Stored(NamedTuple):
    """One line of a file of bounds, all as CP-SAT left it.

    Attributes
    ----------
    instance, digest
        Name of the instance, and the digest of what it was when the bound was made.
    critical_path, bound, best
        Days: the longest path, what is proved, the best schedule found.
    proven
        Whether the best is optimal.
    seconds, processor, limit
        By the clock, on the processor (all threads added up), and what it was allowed.
    counted
        What the limit counts: "clock" or "processor".
    workers, version
        Searches side by side, and the version of OR-tools.
    """

    instance: str
    digest: str
    critical_path: int
    bound: int
    best: int
    proven: bool
    seconds: float
    processor: float
    limit: float
    counted: str
    workers: int
    version: str


def path(size: int) -> Path:
    """Return the file of a size."""
    return FOLDER / f"{size}.csv"


def stored(size: int) -> dict[str, Stored]:
    """Return what is known of the instances of a size, by name."""
    if not path(size).exists():
        return {}
    with path(size).open(encoding="utf-8", newline="") as file:
        return {row["instance"]: _read(row) for row in csv.DictReader(file)}


def of(instance: Instance) -> Stored | None:
    """Return what is known of an instance, None if nothing is.

    Raises
    ------
    ValueError
        When the generator makes another instance under this name than when the bound was made.
    """
    known = stored(len(instance.days)).get(instance.name)
    if known is not None and known.digest != instance.digest:
        raise ValueError(
            f"instance {instance.name} is not the one its bound was made for; "
            "python benchmarks/bounds/make.py makes the bounds anew"
        )
    return known


def long_searches(size: int) -> dict[str, tuple[str, int]]:
    """Return digest and days of the best schedule of a long search, by name, where CP-SAT has no proof."""
    where = FOLDER / f"{size}-long-search.csv"
    if not where.exists():
        return {}
    with where.open(encoding="utf-8", newline="") as file:
        return {row["instance"]: (row["digest"], int(row["best"])) for row in csv.DictReader(file)}


def best_known(known: Stored) -> int:
    """Return the days of the best schedule there is: CP-SAT's, or that of a long search."""
    digest, best = long_searches(int(known.instance.split("-")[0])).get(
        known.instance, (known.digest, known.best)
    )
    return min(known.best, best) if digest == known.digest else known.best


def _read(row: dict[str, str]) -> Stored:
    return Stored(
        instance=row["instance"],
        digest=row["digest"],
        critical_path=int(row["critical_path"]),
        bound=int(row["bound"]),
        best=int(row["best"]),
        proven=row["proven"] == "True",
        seconds=float(row["seconds"]),
        processor=float(row["processor"]),
        limit=float(row["limit"]),
        counted=row["counted"],
        workers=int(row["workers"]),
        version=row["version"],
    )
