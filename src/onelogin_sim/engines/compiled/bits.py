# mypy: disable-error-code="untyped-decorator"
"""Bits of words: the lowest that is set, by one machine instruction (uncompiled, by arithmetic), and one to be set."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba.extending import intrinsic

from onelogin_sim.layout import Bits

#: Without reference counts: a kernel is handed all memory it uses and keeps none of it. Counting would take
#: three quarters of the time. So dozens of arrays can be passed on to a function for each phase.
UNCOUNTED: dict[str, Any] = {"cache": True, "_nrt": False}

if numba.config.DISABLE_JIT:  # type: ignore[attr-defined]  # made from the environment

    def lowest(bits: np.uint64) -> int:
        """The number of the lowest set bit."""
        number = int(bits)
        return (number & -number).bit_length() - 1

else:

    @intrinsic
    def lowest(typingctx: Any, bits: Any) -> Any:
        """The number of the lowest set bit: one machine instruction."""

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.cttz(arguments[0], context.get_constant(numba.types.boolean, True))

        return numba.types.int64(numba.types.uint64), generate


@numba.njit(forceinline=True, **UNCOUNTED)
def set_bit(bits: Bits, number: int, value: bool) -> None:
    """Set or clear a bit of an array of words."""
    place = np.uint64(number & 63)
    bits[number >> 6] = (bits[number >> 6] & ~(np.uint64(1) << place)) | (np.uint64(value) << place)
