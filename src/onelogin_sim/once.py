"""What is worked out once for an object and kept for as long as it lives."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import ref

Of = TypeVar("Of")
Result = TypeVar("Result")


def once(work: Callable[[Of], Result]) -> Callable[[Of], Result]:
    """Make a function of one frozen object remember its result until the object is gone.

    Objects are told apart by identity: the hash of a plan of thousands of tasks takes as long as many of
    its replications. What is kept is never pickled with the object, and the result must not refer to it.
    """
    kept: dict[int, tuple[ref[Of], Result]] = {}

    @wraps(work)
    def remembered(thing: Of) -> Result:
        name = id(thing)
        found = kept.get(name)
        # The number of an object that is gone may be another's by now.
        if found is not None and found[0]() is thing:
            return found[1]

        def forget(gone: ref[Of]) -> None:
            if name in kept and kept[name][0] is gone:
                del kept[name]

        result = work(thing)
        kept[name] = (ref(thing, forget), result)
        return result

    return remembered
