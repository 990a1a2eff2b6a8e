"""Every figure the project promises about its speed, as ratios measured in one run.

python benchmarks/run.py [--only NAME]... [--quick] [--table] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path

# Started as a file, Python looks for modules beside it; `benchmarks` itself is one level up.
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.engines import ENGINE
from benchmarks.figure import Figure
from benchmarks.registry import BENCHMARKS, title
from benchmarks.scale import FULL, QUICK, Scale


def main() -> None:
    """Run the benchmarks asked for and print each figure as soon as it is there; writes nothing unless asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    names = ", ".join(BENCHMARKS)
    parser.add_argument("--only", action="append", choices=BENCHMARKS, metavar="NAME", help=f"one of {names}")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and sizes: under a minute")
    parser.add_argument("--table", action="store_true", help="also print the figures as a Markdown table")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures there")
    asked = parser.parse_args()
    print(machine()["summary"], flush=True)
    found = measure(asked.only or list(BENCHMARKS), QUICK if asked.quick else FULL)
    if asked.json:
        plain = {name: [figure.as_json() for figure in figures] for name, figures in found.items()}
        asked.json.write_text(
            json.dumps({"machine": machine(), "quick": asked.quick, "figures": plain}, indent=1) + "\n",
            encoding="utf-8",
        )
    if asked.table:
        print("\n| figure | target | reached | how |\n| --- | --- | --- | --- |")
        print("\n".join(figure.as_row() for figures in found.values() for figure in figures))
    missed = [figure.name for figures in found.values() for figure in figures if not figure.is_met]
    aimed = sum(bool(figure.target) for figures in found.values() for figure in figures)
    print(
        f"\n{aimed - len(missed)} of {aimed} targets reached"
        + "".join(f"\nmissed: {name}" for name in missed)
    )


def measure(names: list[str], scale: Scale) -> dict[str, list[Figure]]:
    """Return the figures of some benchmarks, printing them on the way."""
    found = {}
    for name in names:
        begun = time.perf_counter()
        print(f"\n{name}: {title(name)}", flush=True)
        found[name] = BENCHMARKS[name](scale)
        for figure in found[name]:
            print(f"  {figure}")
        print(f"  ({time.perf_counter() - begun:.0f} s)", flush=True)
    return found


def machine() -> dict[str, object]:
    """Return what the figures were measured on."""
    import numba
    import numpy
    import simpy

    versions = {
        "Python": platform.python_version(),
        "NumPy": numpy.__version__,
        "Numba": numba.__version__,
        "SimPy": simpy.__version__,
    }
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    busy = "" if load is None else f", load {load:.1f}"
    words = ", ".join(f"{name} {version}" for name, version in versions.items())
    return {
        "summary": f"engine '{ENGINE}'; {words}; {platform.machine()}, {os.cpu_count()} cores{busy}; "
        "median of the rounds (least-most)",
        "versions": versions,
        "engine": ENGINE,
        "load": load,
    }


if __name__ == "__main__":
    main()
