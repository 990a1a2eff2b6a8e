"""Compiled code that follows a plan's draw program: the same as `decisions.decide` by chance, bit for bit.

Work goes on in tiles of 64 replications: what chance opens in each of them is one bit of a word, and the
rows of a tile stay in the cache while the tasks are gone through. Four replications share a block of the
generator, which is not made where none of them needs it.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from onelogin_sim.calendars import NEVER
from onelogin_sim.distributions import THOUSANDTHS
from onelogin_sim.draws.decisions import LONGEST
from onelogin_sim.draws.guide_tables import CELLS, place_of
from onelogin_sim.draws.program import ProgramArrays
from onelogin_sim.uniforms import philox

TILE = 64

_HALF = THOUSANDTHS // 2
_TO_UNIT = 2.0**-53
#: Bits of a uniform below those that say its cell.
_BELOW_CELL = 53 - (CELLS.bit_length() - 1)
_0, _1, _11, _15 = np.uint64(0), np.uint64(1), np.uint64(11), np.uint64(15)

Counts = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]


@numba.njit(cache=True)
def follow(
    program: ProgramArrays,
    seed: np.uint64,
    first: Counts,
    days: npt.NDArray[np.int32],
    earliest: npt.NDArray[np.int32],
) -> None:
    """Fill in the working days of tasks and the earliest days of items, before risks.

    Parameters
    ----------
    program, seed
        What is decided, and the root seed.
    first
        int64 [decision]: replication that decides in the first row; the rows after it follow on.
    days, earliest
        int32 [replication, task], zeros, and [replication, item]: filled in.
    """
    values = np.empty((len(program.value_decision), TILE), dtype=np.int64)
    chances = np.empty(len(program.chance_decision), dtype=np.uint64)
    factors = np.empty((len(program.factor_at) - 1, TILE), dtype=np.int64)
    for top in range(0, len(days), TILE):
        count = min(TILE, len(days) - top)
        _draw_values(program, seed, first, top, count, values)
        _draw_chances(program, seed, first, top, count, chances)
        _multiply(program, values, chances, count, factors)
        _draw_days(program, seed, first, top, count, chances, factors, days)
        _add_readiness(program, values, top, count, earliest)


@numba.njit(cache=True)
def _uniforms(
    seed: np.uint64, key: np.uint64, first: int, words: Words, out: npt.NDArray[np.float64]
) -> None:
    """Uniforms of one decision in consecutive replications, as in `uniforms.uniforms`."""
    lead, block = first & 3, np.uint64(first >> 2)
    for number in range((lead + len(out) + 3) >> 2):
        place = 4 * number
        words[place], words[place + 1], words[place + 2], words[place + 3] = philox(
            block + np.uint64(number), _0, _0, _0, seed, key
        )
    for row in range(len(out)):
        out[row] = np.float64(np.int64(words[lead + row] >> _11)) * _TO_UNIT


@numba.njit(cache=True)
def _draw_values(
    program: ProgramArrays, seed: np.uint64, first: Counts, top: int, count: int, values: Counts
) -> None:
    """Draw what tasks and items share, int64 [value, row]."""
    least, at, cumulative, guide = program.tables
    words, drawn = np.empty(TILE + 4, dtype=np.uint64), np.empty(count)
    for number in range(len(values)):
        decision, table = program.value_decision[number], program.value_table[number]
        _uniforms(seed, program.keys[decision], first[decision] + top, words, drawn)
        for row in range(count):
            cell = int(drawn[row] * CELLS)
            values[number, row] = least[table] + place_of(
                drawn[row], cell, at[table], cumulative, guide[table]
            )


@numba.njit(cache=True)
def _draw_chances(
    program: ProgramArrays, seed: np.uint64, first: Counts, top: int, count: int, chances: Words
) -> None:
    """Draw what may or may not be: bit r of each word says whether it is in row r of the tile."""
    words, drawn = np.empty(TILE + 4, dtype=np.uint64), np.empty(count)
    for number in range(len(chances)):
        decision, probability = program.chance_decision[number], program.chance_probability[number]
        _uniforms(seed, program.keys[decision], first[decision] + top, words, drawn)
        bits = _0
        for row in range(count):
            bits |= np.uint64(drawn[row] < probability) << np.uint64(row)
        chances[number] = bits


@numba.njit(cache=True)
def _multiply(program: ProgramArrays, values: Counts, chances: Words, count: int, factors: Counts) -> None:
    """Multiply the factors on tasks, int64 [factor, row], in whole thousandths."""
    for number in range(len(factors)):
        factors[number] = THOUSANDTHS
        for step in range(program.factor_at[number], program.factor_at[number + 1]):
            value, chance = program.factor_value[step], program.factor_chance[step]
            bits = ~_0 if chance < 0 else chances[chance]
            for row in range(count):
                if bits >> np.uint64(row) & _1:
                    factors[number, row] = (factors[number, row] * values[value, row] + _HALF) // THOUSANDTHS


@numba.njit(cache=True)
def _draw_days(
    program: ProgramArrays,
    seed: np.uint64,
    first: Counts,
    top: int,
    count: int,
    chances: Words,
    factors: Counts,
    days: npt.NDArray[np.int32],
) -> None:
    """Draw the working days of each task in those rows in which all its gates are open."""
    least, at, cumulative, guide = program.tables
    keys, task_table, task_factor = program.keys, program.task_table, program.task_factor
    all_rows = ~_0 >> np.uint64(TILE - count)
    words = np.empty(4, dtype=np.uint64)
    for task in range(days.shape[1]):
        decision = program.task_decision[task]
        if decision < 0:
            continue
        exists = all_rows
        for place in range(program.gate_at[task], program.gate_at[task + 1]):
            exists &= chances[program.gate[place]]
        start, table, factor, key = first[decision] + top, task_table[task], task_factor[task], keys[decision]
        elapsed, begins = program.elapsed[task], at[task_table[task]]
        for row in range(-(start & 3), count, 4):
            some = exists << np.uint64(-row) if row < 0 else exists >> np.uint64(row)
            if some & _15 == _0:
                continue
            words[0], words[1], words[2], words[3] = philox(
                np.uint64((start + row) >> 2), _0, _0, _0, seed, key
            )
            for lane in range(4):
                if not some >> np.uint64(lane) & _1:
                    continue
                whole = np.int64(words[lane] >> _11)
                uniform = np.float64(whole) * _TO_UNIT
                scale = factors[factor, row + lane]
                if elapsed < 0:
                    place = place_of(uniform, int(whole >> _BELOW_CELL), begins, cumulative, guide[table])
                    length = max(1, ((least[table] + place) * scale + _HALF) // THOUSANDTHS)
                else:
                    ends = at[table + 1]
                    length = days_left(
                        uniform, scale, elapsed, least[table], begins, ends, cumulative, guide[table]
                    )
                days[top + row + lane, task] = min(length, LONGEST)


@numba.njit(cache=True)
def days_left(
    uniform: float,
    factor: int,
    elapsed: int,
    first: int,
    at: int,
    end: int,
    cumulative: npt.NDArray[np.float64],
    guide: npt.NDArray[np.int32],
) -> int:
    """Days left of a running task whose table has the entries [at, end) of `cumulative`, from the value `first` on."""
    least = 0
    # A factor of many small ones can round to nothing; nothing is scaled to what is done then.
    if elapsed > 0 and factor > 0:
        least = -(-(THOUSANDTHS * (elapsed + 1) - _HALF) // factor)
    if least > first + end - at - 1:
        return 1
    below = cumulative[at + least - first - 1] if least > first else 0.0
    uniform = below + uniform * (1.0 - below)
    # Rescaled it can round to 1.
    place = end - at - 1
    if uniform < 1.0:
        place = place_of(uniform, int(uniform * CELLS), at, cumulative, guide)
    value = max(first + place, least)
    return max(1, (value * factor + _HALF) // THOUSANDTHS) - elapsed


@numba.njit(cache=True)
def _add_readiness(
    program: ProgramArrays, values: Counts, top: int, count: int, earliest: npt.NDArray[np.int32]
) -> None:
    """Add up the readiness of each item; not before its release."""
    for row in range(count):
        for item in range(earliest.shape[1]):
            day = program.ready_from[item]
            for place in range(program.ready_at[item], program.ready_at[item + 1]):
                day += values[program.ready[place], row]
            earliest[top + row, item] = min(max(day, program.release[item]), NEVER)
