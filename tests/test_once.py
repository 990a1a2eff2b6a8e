"""What is worked out once: by identity, for as long as the object lives, in one process."""

import gc
import pickle

from onelogin_sim.once import once


class Thing:
    """Equal to any other of its kind."""

    def __eq__(self, other):
        return isinstance(other, Thing)

    def __hash__(self):
        return 1


def test_worked_out_once_for_each_object_however_equal():
    calls = []

    @once
    def number(thing):
        """Say how often it was called."""
        calls.append(thing)
        return len(calls)

    one, other = Thing(), Thing()
    assert [number(one), number(one), number(other), number(one)] == [1, 1, 2, 1]
    assert number(pickle.loads(pickle.dumps(one))) == 3
    assert number.__doc__ == "Say how often it was called."


def test_forgotten_with_the_object():
    """Neither is the object kept alive by what is remembered, nor is a new one taken for it."""
    results = []

    @once
    def result(thing):
        results.append(object())
        return results[-1]

    for number in range(50):
        result(Thing())
        gc.collect()
        assert len(results) == number + 1
    kept = result.__closure__[[*result.__code__.co_freevars].index("kept")].cell_contents
    assert kept == {}
