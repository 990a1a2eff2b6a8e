"""The generator is Philox 4x64-10 and nothing else, and every draw is a pure function of its name."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onelogin_sim.uniforms import decision_key, philox, uniforms

MASK = 2**64 - 1
words = st.one_of(st.integers(0, MASK), st.sampled_from([0, 1, MASK, 2**32 - 1, 2**32, 2**63]))


def block(counter, key):
    """Our block as plain ints."""
    return [int(word) for word in philox(*(np.uint64(word) for word in (*counter, *key)))]


def numpy_block(counter, key):
    """NumPy steps its counter before it makes a block, so it is given the counter one lower."""
    number = sum(word << (64 * place) for place, word in enumerate(counter))
    lower = (number - 1) % 2**256
    generator = np.random.Philox(counter=lower, key=key[0] | key[1] << 64)
    return [int(word) for word in generator.random_raw(4)]


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        (
            [0, 0, 0, 0],
            [0, 0],
            [0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B],
        ),
        (
            [MASK] * 4,
            [MASK] * 2,
            [0x87B092C3013FE90B, 0x438C3C67BE8D0224, 0x9CC7D7C69CD777B6, 0xA09CAEBF594F0BA0],
        ),
        (
            [0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89],
            [0x452821E638D01377, 0xBE5466CF34E90C6C],
            [0xA528F45403E61D95, 0x38C72DBD566E9788, 0xA5A1610E72FD18B5, 0x57BD43B5E52B7FE6],
        ),
    ],
    ids=["zeros", "ones", "digits of pi"],
)
def test_published_known_answers(counter, key, expected):
    """The vectors that Salmon et al. publish with Random123 (kat_vectors, philox4x64, 10 rounds)."""
    assert block(counter, key) == expected
    assert numpy_block(counter, key) == expected


@given(st.tuples(words, words, words, words), st.tuples(words, words))
def test_blocks_are_numpys(counter, key):
    assert block(counter, key) == numpy_block(counter, key)


@given(words, words, st.integers(0, 2**40), st.integers(0, 11))
def test_uniforms_are_the_top_53_bits_of_numpys_words(seed, key, first, count):
    """Replication k is word k mod 4 of the block of counter (k div 4, 0, 0, 0), wherever the range starts."""
    replications = range(first, first + count)
    expected = [(numpy_block((k // 4, 0, 0, 0), (seed, key))[k % 4] >> 11) * 2.0**-53 for k in replications]
    ours = uniforms(seed, np.array([key], dtype=np.uint64), replications)
    assert ours.dtype == np.float64
    assert ours.tolist() == [expected]


@given(st.integers(0, 30), st.integers(0, 9), st.integers(0, 9))
def test_blocks_join_to_the_whole(first, left, right):
    """What a worker draws for a..b and another for b..c is what one draws for a..c."""
    keys = np.array([decision_key("a", "x"), decision_key("b", "x")], dtype=np.uint64)
    middle, last = first + left, first + left + right
    parts = [uniforms(7, keys, range(first, middle)), uniforms(7, keys, range(middle, last))]
    assert np.array_equal(np.concatenate(parts, axis=1), uniforms(7, keys, range(first, last)))


def test_decisions_do_not_see_each_other():
    """A row depends on its own key only: not on which others are asked for, nor on their order."""
    keys = np.array([decision_key(owner, "days") for owner in "abcd"], dtype=np.uint64)
    together = uniforms(1, keys, range(3, 20))
    assert np.array_equal(uniforms(1, keys[::-1].copy(), range(3, 20)), together[::-1])
    for row, key in enumerate(keys):
        assert np.array_equal(uniforms(1, np.array([key], dtype=np.uint64), range(3, 20))[0], together[row])


def test_uniforms_lie_in_the_half_open_unit_interval_and_are_spread_evenly():
    keys = np.array([decision_key(f"item{number}", "days") for number in range(50)], dtype=np.uint64)
    drawn = uniforms(1, keys, range(4000))
    assert drawn.min() >= 0.0
    assert drawn.max() < 1.0
    assert abs(drawn.mean() - 0.5) < 4 * np.sqrt(1 / 12 / drawn.size)
    counts = np.histogram(drawn, bins=20, range=(0, 1))[0]
    assert ((counts - drawn.size / 20) ** 2 / (drawn.size / 20)).sum() < 50  # chi-squared, 19 degrees


def test_seeds_differ_and_the_whole_range_is_allowed():
    keys = np.array([decision_key("a", "x")], dtype=np.uint64)
    seen = [tuple(uniforms(seed, keys, range(8))[0]) for seed in (0, 1, 2, MASK)]
    assert len(set(seen)) == 4


def test_decision_key_is_blake2b_little_endian():
    expected = hashlib.blake2b(b"mot\0days:build:0", digest_size=8).digest()
    assert decision_key("mot", "days:build:0") == int.from_bytes(expected, "little")
    assert decision_key("a", "bc") != decision_key("ab", "c")
    assert 0 <= decision_key("Größe", "x") < 2**64


def test_canary():
    """Numbers written down once: a change here changes every result ever stored."""
    drawn = uniforms(1, np.array([decision_key("mot", "days:build:0")], dtype=np.uint64), range(4))
    assert drawn[0].tolist() == [
        0.7021530605854143,
        0.236301805031763,
        0.8343680752495122,
        0.5420550458074562,
    ]
