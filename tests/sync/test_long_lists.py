"""Lists longer than what is compared at a time: the answer is the one that plain sets and dictionaries give."""

from __future__ import annotations

import random
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tui_app.store.write.sync_state import RowHashes
from tui_app.sync import list_diff
from tui_app.sync.list_diff import NO_ITEM, ListDiff, diff_list, first_indexes, hash_rows
from tui_app.sync.list_order import NOWHERE, plan_positions

LENGTH = 300_000

numbers = st.lists(st.integers(-5, 40), max_size=40).map(lambda found: array("q", found))


def raw_row(key: int, text: str = "") -> bytes:
    return b'{"num":1,"stream_id":%d,"name":"%s"}' % (key, text.encode())


def identify(raw: bytes) -> str | int:
    return raw.split(b":")[2].split(b",")[0].decode() if b"stream_id" in raw else NO_ITEM


def compared(old: Sequence[bytes], new: Sequence[bytes]) -> ListDiff:
    stored = RowHashes(hash_rows(old), array("q", (int(identify(raw)) for raw in old)))

    def batches() -> Iterator[Sequence[bytes]]:
        for start in range(0, len(new), 1_000):
            yield new[start : start + 1_000]

    return diff_list(batches(), stored, identify=identify, keys_for=lambda ids: [int(id) for id in ids])


def touched(diff: ListDiff) -> set[int]:
    return {key for key, is_touched in zip(diff.keys, diff.touched, strict=True) if is_touched}


def test_a_long_list_that_changed_everywhere_is_told_row_by_row() -> None:
    rng = random.Random(4)
    old = [raw_row(key) for key in range(LENGTH)]
    gone, changed = (set(rng.sample(range(LENGTH), 3_000)) for _ in range(2))
    added = range(LENGTH, LENGTH + 3_000)
    order = [key for key in range(LENGTH) if key not in gone]
    for key in rng.sample(order, 500):  # moved far away
        order.remove(key)
        order.insert(rng.randrange(len(order)), key)
    for key in added:
        order.insert(rng.randrange(len(order)), key)
    diff = compared(old, [raw_row(key, "x" if key in changed else "") for key in order])
    assert diff.keys.tolist() == order
    assert touched(diff) == (changed - gone) | set(added)
    assert diff.vanished == gone
    assert (diff.listed, diff.stored, diff.is_reordered) == (len(order), LENGTH, True)


def test_two_halves_of_a_long_list_that_changed_places_are_no_changes() -> None:
    old = [raw_row(key) for key in range(LENGTH)]
    diff = compared(old, old[LENGTH // 2 :] + old[: LENGTH // 2])
    assert not touched(diff)
    assert not diff.vanished
    assert diff.is_reordered


def test_a_stretch_that_left_a_long_list_hides_nothing_behind_it() -> None:
    old = [raw_row(key) for key in range(LENGTH)]
    diff = compared(old, [*old[:10_000], *old[-50_000:]])
    assert not touched(diff)
    assert diff.vanished == set(range(10_000, LENGTH - 50_000))


def test_an_item_that_lost_one_of_its_rows_is_looked_at_in_all_others() -> None:
    old = [raw_row(key, text) for key, text in ((1, "a"), (2, ""), (1, "b"), (3, ""), (1, "c"))]
    diff = compared(old, [old[0], old[1], old[3], old[4]])
    assert touched(diff) == {1}
    assert diff.touched == bytearray((1, 0, 0, 1))
    assert not diff.vanished
    assert first_indexes(diff).tolist() == [0, 1, 2]


class TestPieces:
    @given(numbers)
    def test_numbers_are_counted_once(self, found: array[int]) -> None:
        counts = Counter(found)
        assert list_diff.tally(found, chunk_size=3) == (
            len(counts),
            {number for number, count in counts.items() if count > 1},
        )

    @given(numbers, numbers)
    def test_absent_numbers_are_marked(self, wanted: array[int], found: array[int]) -> None:
        assert list_diff.absence(wanted, found, chunk_size=3) == bytearray(
            number not in set(found) for number in wanted
        )

    @given(numbers, st.dictionaries(st.integers(-5, 40), st.integers(0, 99), max_size=40))
    def test_values_are_looked_up(self, wanted: array[int], values: dict[int, int]) -> None:
        found = list_diff.look_up(wanted, array("q", values.keys()), array("q", values.values()), -1, chunk_size=3)
        assert found.tolist() == [values.get(key, -1) for key in wanted]


def test_a_long_list_keeps_most_positions_when_some_items_move() -> None:
    rng = random.Random(5)
    stored = list(range(0, LENGTH * 1024, 1024))
    for _ in range(50):
        stored.insert(rng.randrange(LENGTH), stored.pop(rng.randrange(LENGTH)))
    planned = plan_positions(array("q", stored))
    positions = [old if new == NOWHERE else new for old, new in zip(stored, planned, strict=True)]
    assert all(a < b for a, b in pairwise(positions))
    assert len(stored) - planned.count(NOWHERE) <= 50
