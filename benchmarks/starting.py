"""What a user waits for before anything is simulated: the start of the command, and compiling.

The process started is this file: ``python -m benchmarks.starting SCENARIO REPLICATIONS`` forecasts once and
prints how many functions Numba compiled for it rather than found compiled.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from benchmarks.figure import Figure
from benchmarks.scale import ROOT, Scale

MAIN = "from onelogin_sim.cli import main; main()"


def help_text(scale: Scale) -> list[Figure]:
    """Seconds by the wall clock until `onelogin-sim --help` is back; the first start reads files and is not counted."""
    seconds = []
    for _ in range(scale.starts + 1):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", MAIN, "--help"], cwd=ROOT, check=True, capture_output=True)
        seconds.append(time.perf_counter() - begun)
    return [
        Figure(
            "onelogin-sim --help, wall clock",
            tuple(seconds[1:]),
            unit="s",
            at_most=0.3,
            note="other programs' time is in it",
        )
    ]


def second_forecast(scale: Scale) -> list[Figure]:
    """Functions compiled by a second forecast in a fresh process, all compiled code being on disk by then."""
    command = [sys.executable, "-m", "benchmarks.starting", str(scale.scenario), str(min(scale.runs))]
    counts = [
        int(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
        for _ in range(2)
    ]
    return [
        Figure(
            "functions compiled by a second forecast",
            (float(counts[1]),),
            unit="functions",
            at_most=0,
            note=f"the first one here compiled {counts[0]}",
        )
    ]


def functions_compiled(scenario_file: Path, replications: int) -> int:
    """Forecast once and return how many functions were compiled, those found on disk not among them."""
    from numba.core import event

    import onelogin_sim

    with event.install_recorder("numba:compile") as recorder:
        onelogin_sim.forecast(onelogin_sim.load_scenario(scenario_file), replications=replications)
    return sum(1 for _, happened in recorder.buffer if happened.is_start)


if __name__ == "__main__":
    print(functions_compiled(Path(sys.argv[1]), int(sys.argv[2])))
