"""Positions of items in the order of the provider: few new ones for few moves."""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from tui_app.sync.list_order import NOWHERE, plan_positions


def planned(order: Sequence[int], stored: Mapping[int, int]) -> dict[int, int]:
    """Key → new position, of keys in the provider's order."""
    positions = plan_positions(array("q", (stored.get(key, NOWHERE) for key in order)))
    return {key: position for key, position in zip(order, positions, strict=True) if position != NOWHERE}


def in_order(order: list[int], stored: dict[int, int], new: dict[int, int]) -> bool:
    now = [new.get(key, stored.get(key)) for key in order]
    return all(a is not None and b is not None and a < b for a, b in itertools.pairwise(now))


@given(st.lists(st.integers(0, 60), unique=True), st.lists(st.integers(0, 60), unique=True))
def test_planned_positions_always_give_the_providers_order(before: list[int], after: list[int]) -> None:
    stored = planned(before, {})
    assert in_order(after, stored, planned(after, stored))


def test_an_unchanged_order_plans_nothing_even_when_items_vanished() -> None:
    stored = planned(range(100), {})
    assert planned([k for k in range(100) if k % 7], stored) == {}


def test_one_moved_item_costs_one_position() -> None:
    stored = planned(range(100), {})
    order = [50, *(k for k in range(100) if k != 50)]
    assert list(planned(order, stored)) == [50]


def test_items_listed_first_do_not_renumber_the_rest() -> None:
    stored = planned(range(100), {})
    assert set(planned([200, 201, *range(100)], stored)) == {200, 201}


def test_a_full_gap_renumbers_in_the_right_order() -> None:
    order, stored = [1, 2], planned([1, 2], {})
    for new in range(3, 40):
        order.insert(1, new)
        stored |= planned(order, stored)
        assert in_order(order, stored, {})
