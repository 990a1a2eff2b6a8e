"""Uniform random numbers as a pure function of (root seed, owner, decision, replication).

A counter-based generator: Philox 4x64-10 (Salmon, Moraes, Dror and Shaw, *Parallel random numbers: as
easy as 1, 2, 3*, SC11, 2011). Each named decision has its own key, each replication its own counter,
so nothing depends on the order in which numbers are asked for, on blocks or on workers, and adding
an item changes nobody else's luck.
"""

from __future__ import annotations

import hashlib

import numba
import numpy as np
import numpy.typing as npt

_M0 = np.uint64(0xD2E7470EE14C6C93)
_M1 = np.uint64(0xCA5A826395121157)
_W0 = np.uint64(0x9E3779B97F4A7C15)
_W1 = np.uint64(0xBB67AE8584CAA73B)
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)
_11 = np.uint64(11)
_ZERO = np.uint64(0)
_TO_UNIT = 2.0**-53


def decision_key(owner: str, decision: str) -> int:
    """Return the key of one named decision: BLAKE2b-64 of ``owner NUL decision``, little-endian."""
    text = f"{owner}\0{decision}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")


def uniforms(seed: int, keys: npt.NDArray[np.uint64], replications: range) -> npt.NDArray[np.float64]:
    """Return the uniforms in [0, 1) of each decision in each replication.

    Parameters
    ----------
    seed
        Root seed, 0 ≤ seed < 2**64.
    keys
        uint64 [decision], from :func:`decision_key`.
    replications
        Consecutive replication numbers.

    Returns
    -------
    float64 [decision, replication]
        Word ``k mod 4`` of the block of counter (k div 4, 0, 0, 0) for replication k, as
        ``(word >> 11) * 2**-53``.
    """
    out = np.empty((len(keys), len(replications)), dtype=np.float64)
    _fill(np.uint64(seed), keys, np.uint64(replications.start), out)
    return out


def indexed_uniforms(
    seed: int, key: int, replication: int, indices: npt.NDArray[np.uint64]
) -> npt.NDArray[np.float64]:
    """Return the uniforms in [0, 1) of one decision that is taken again and again, in one replication.

    Parameters
    ----------
    seed
        Root seed, 0 ≤ seed < 2**64.
    key
        From :func:`decision_key`.
    replication
        Its number k.
    indices
        uint64 [index]: which times: of an hour, a customer, a pass.

    Returns
    -------
    float64 [index]
        Word ``k mod 4`` of the block of counter (k div 4, index, 0, 0), as ``(word >> 11) * 2**-53``. Index 0 is
        the decision's uniform of :func:`uniforms`: a name is for one or the other.
    """
    out = np.empty(len(indices), dtype=np.float64)
    block, word = divmod(replication, 4)
    _fill_indexed(np.uint64(seed), np.uint64(key), np.uint64(block), word, indices, out)
    return out


@numba.njit(cache=True)
def _high(a: np.uint64, b: np.uint64) -> np.uint64:
    """The high 64 bits of the 128-bit product, by 32-bit halves (64-bit integers are all there is)."""
    a_low, a_high = a & _LOW, a >> _32
    b_low, b_high = b & _LOW, b >> _32
    middle = a_high * b_low + ((a_low * b_low) >> _32)
    carry = (middle & _LOW) + a_low * b_high
    return a_high * b_high + (middle >> _32) + (carry >> _32)


@numba.njit(cache=True)
def philox(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Return the four 64-bit words of the block of counter (c0, c1, c2, c3) under key (k0, k1)."""
    for _ in range(10):
        high0, low0 = _high(_M0, c0), _M0 * c0
        high1, low1 = _high(_M1, c2), _M1 * c2
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0 += _W0
        k1 += _W1
    return c0, c1, c2, c3


@numba.njit(cache=True)
def _fill(
    seed: np.uint64, keys: npt.NDArray[np.uint64], first: np.uint64, out: npt.NDArray[np.float64]
) -> None:
    words = np.empty(4, dtype=np.uint64)
    count = out.shape[1]
    for decision in range(out.shape[0]):
        block = np.uint64(0xFFFFFFFFFFFFFFFF)
        for column in range(count):
            replication = first + np.uint64(column)
            if replication >> np.uint64(2) != block:
                block = replication >> np.uint64(2)
                words[0], words[1], words[2], words[3] = philox(
                    block, _ZERO, _ZERO, _ZERO, seed, keys[decision]
                )
            word = words[np.int64(replication & np.uint64(3))]
            out[decision, column] = np.float64(word >> _11) * _TO_UNIT


@numba.njit(cache=True)
def _fill_indexed(
    seed: np.uint64,
    key: np.uint64,
    block: np.uint64,
    word: int,
    indices: npt.NDArray[np.uint64],
    out: npt.NDArray[np.float64],
) -> None:
    for place in range(len(indices)):
        words = philox(block, indices[place], _ZERO, _ZERO, seed, key)
        found = words[0]
        if word == 1:
            found = words[1]
        elif word == 2:
            found = words[2]
        elif word == 3:
            found = words[3]
        out[place] = np.float64(found >> _11) * _TO_UNIT
