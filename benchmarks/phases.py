"""How long each phase of a forecast takes, on one core after warm-up; machines are noisy, so read the ratios.

python benchmarks/phases.py [SCENARIO] [REPLICATIONS]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onelogin_sim
from onelogin_sim.chains import block_sums
from onelogin_sim.draws import deterministic, draw
from onelogin_sim.engines import reference
from onelogin_sim.forecasting import summarise
from onelogin_sim.memory import peak_memory
from onelogin_sim.tally import Block, Tally

ROUNDS = 5


def measure(scenario_file: Path, replications: int) -> dict[str, list[float]]:
    """Return the seconds of each phase, round by round; the phases of a round follow one another."""
    found: dict[str, list[float]] = {}

    def timed(phase: str, work: Callable[..., Any], *given: Any, **named: Any) -> Any:
        begun = time.perf_counter()
        result = work(*given, **named)
        found.setdefault(phase, []).append(time.perf_counter() - begun)
        return result

    for _ in range(ROUNDS + 1):
        scenario = timed("read", onelogin_sim.load_scenario, scenario_file)
        plan = timed("plan", scenario.plan)
        order = timed("order", scenario.order)
        draws = timed("draw", draw, plan, 1, replications)
        timeline = timed("run", reference.run, plan, order, draws)
        sums = timed("chains", block_sums, timeline, order, draws)
        expected = reference.run(plan, order, deterministic(plan))
        tally = Tally(plan)
        timed("tally", tally.add, draws.replications, Block(timeline.start, timeline.finish, sums))
        settings = {"title": "", "variants": (), "order": order.name, "seed": 1, "findings": ()}
        timed("summarise", summarise, tally, expected, **settings)
    return {phase: seconds[1:] for phase, seconds in found.items()}  # the first round is warm-up


def main() -> None:
    """Print the median of each phase, in all, by replication, and against the engine."""
    scenario = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("scenarios/roadmap-2025/scenario.yaml")
    replications = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    median = {
        phase: sorted(seconds)[ROUNDS // 2] for phase, seconds in measure(scenario, replications).items()
    }
    print(f"{scenario}, {replications} replications, median of {ROUNDS} rounds")
    print(f"{'phase':<10} {'ms':>9} {'ms/replication':>15} {'share of run':>13}")
    for phase, seconds in median.items():
        print(
            f"{phase:<10} {seconds * 1e3:>9.1f} {seconds * 1e3 / replications:>15.3f}"
            f" {seconds / median['run']:>13.3f}"
        )
    print(f"peak memory {peak_memory()[0] / 2**20:.0f} MiB")


if __name__ == "__main__":
    main()
