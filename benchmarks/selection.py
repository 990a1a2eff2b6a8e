"""How often the selection nominates the best system, and what that takes, on problems whose answer is known.

python benchmarks/selection.py [PROBLEMS]

A problem has 2 to 10 systems, one of them best by at least the indifference zone. The observed rate of
correct selection has an exact interval (Clopper and Pearson 1934); the promise stands as long as the
interval does not lie below it. A schedule is one system observed in one replication.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from onelogin_sim.selection import INITIAL, select

#: The promise: the best is nominated with probability 1 - ALPHA.
ALPHA = 0.05

#: Nobody gets near it: each problem is decided.
BUDGET = 1_000_000

Values = npt.NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], Values]


class Problem(NamedTuple):
    """Systems of known means: the indifference zone, the best, and what draws so many replications of all."""

    delta: float
    best: int
    systems: int
    draw: Draw


class Outcome(NamedTuple):
    """What became of many problems: correct selections, and the schedules of each."""

    correct: int
    schedules: list[int]


def normal(generator: np.random.Generator, common: bool, *, step: float) -> Problem:
    """Return correlated normals of unequal variances: the best δ ahead, then one every `step` δ.

    A step of 0 is the slippage configuration: all others exactly δ behind, the hardest for a selection.
    Without common random numbers each system has its own of what they would share.
    """
    systems = int(generator.integers(2, 11))
    behind = generator.permutation(systems)
    means = np.where(behind > 0, 1 + step * (behind - 1), 0.0)
    own = generator.uniform(2, 12, systems)
    shared = generator.uniform(0, 40)

    def draw(numbers: np.random.Generator, rows: int) -> Values:
        together = shared * numbers.standard_normal((rows, 1 if common else systems))
        found: Values = means + together + own * numbers.standard_normal((rows, systems))
        return found

    return Problem(1.0, int(np.argmin(behind)), systems, draw)


def days(generator: np.random.Generator, common: bool, *, differing: float) -> Problem:
    """Return whole, skewed days cut at a horizon, the others exactly δ days behind the best.

    Systems share most of their luck; each has some of its own in a share `differing` of the replications
    only, as two orders often give the same date. Cut first and shifted then, so that the means are known.
    """
    systems = int(generator.integers(2, 11))
    best = int(generator.integers(systems))
    delta = int(generator.integers(2, 11))
    spread, shape = generator.uniform(5, 25), generator.uniform(0.5, 2)

    def draw(numbers: np.random.Generator, rows: int) -> Values:
        together = numbers.lognormal(6, 0.25, (rows, 1 if common else systems))
        own = numbers.gamma(shape, spread / shape, (rows, systems))
        own *= numbers.random((rows, systems)) < differing
        found: Values = np.minimum(np.floor(together + own / differing), 600) + delta
        found[:, best] -= delta
        return found

    return Problem(float(delta), best, systems, draw)


Make = Callable[[np.random.Generator, bool], Problem]
FAMILIES: dict[str, Make] = {
    "normal, slippage": lambda generator, common: normal(generator, common, step=0),
    "normal, evenly spaced": lambda generator, common: normal(generator, common, step=1),
    "days, slippage": lambda generator, common: days(generator, common, differing=1),
    "days, a fifth differ": lambda generator, common: days(generator, common, differing=0.2),
    "days, a twentieth differ": lambda generator, common: days(generator, common, differing=0.05),
}


def decide(make: Make, problems: int, *, common: bool = True, initial: int = INITIAL) -> Outcome:
    """Return how often the selection is correct on problems 0, 1, … of a family, each with its own fixed seed."""
    correct, schedules = 0, []
    for number in range(problems):
        generator = np.random.Generator(np.random.PCG64(number))
        problem = make(generator, common)

        def observe(
            systems: tuple[int, ...],
            replications: range,
            problem: Problem = problem,
            generator: np.random.Generator = generator,
        ) -> Values:
            return problem.draw(generator, len(replications))[:, list(systems)]

        found = select(
            observe, problem.systems, range(BUDGET), delta=problem.delta, alpha=ALPHA, initial=initial
        )
        if not found.complete:
            raise RuntimeError(f"problem {number} was not decided in {BUDGET} replications")
        correct += found.best == problem.best
        schedules.append(sum(found.used))
    return Outcome(correct, schedules)


def interval(correct: int, of: int) -> tuple[float, float]:
    """Return the exact 99% interval of a share."""
    from scipy.stats import binomtest

    found = binomtest(correct, of).proportion_ci(confidence_level=0.99, method="exact")
    return float(found.low), float(found.high)


def main() -> None:
    """Print the rate of correct selection, the schedules with and without common luck, and what `initial` does."""
    problems = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    print(f"promise: the best with probability {1 - ALPHA:g}; {problems} problems a family, 2 to 10 systems")
    print(
        f"{'family':<29} {'correct':>8} {'exact 99% interval':>20} {'promise':>8} {'schedules':>10} {'seconds':>8}"
    )
    for name, make in FAMILIES.items():
        _print_rate(name, make, problems, INITIAL)

    few = min(problems, 200)
    print(f"\nmean schedules a decision, {few} problems a family")
    print(f"{'family':<24} {'common luck':>12} {'independent':>12} {'ratio':>6}")
    for name, make in FAMILIES.items():
        shared, apart = (np.mean(decide(make, few, common=common).schedules) for common in (True, False))
        print(f"{name:<24} {shared:>12,.0f} {apart:>12,.0f} {apart / shared:>6.1f}")

    print("\nfewer initial replications are cheaper, but variances of rare, skewed differences need many")
    for name, make in FAMILIES.items():
        for initial in (10, 50, 100):
            _print_rate(f"{name}, {initial}", make, problems, initial)


def _print_rate(name: str, make: Make, problems: int, initial: int) -> None:
    begun = time.process_time()
    found = decide(make, problems, initial=initial)
    took = time.process_time() - begun
    low, high = interval(found.correct, problems)
    kept = "kept" if high >= 1 - ALPHA else "BROKEN"
    print(
        f"{name:<29} {found.correct / problems:>8.4f} {f'{low:.4f} to {high:.4f}':>20} {kept:>8}"
        f" {np.mean(found.schedules):>10,.0f} {took:>8.1f}"
    )


if __name__ == "__main__":
    main()
