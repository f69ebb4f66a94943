"""What names are sorted by: numbers by their value, in any script, of any length, and no two names alike."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_app.text import fold, key_beginnings, sort_key

NAMES = st.lists(st.text("0123456789ab ", max_size=12), max_size=30)


def by_value(folded: str) -> list[Any]:
    """The order by its definition: pieces of text and numbers, numbers by value; then the name itself."""
    pieces = re.findall("[0-9]+|[^0-9]", folded)
    return [(1, int(piece), "") if piece.isdigit() else (0 if piece == " " else 2, 0, piece) for piece in pieces]


def in_order(*names: str) -> list[str]:
    return sorted(names, key=lambda name: sort_key(fold(name)))


@pytest.mark.fcase(96)
def test_f96_names_sort_by_their_numbers() -> None:
    names = ["DAZN 9", "DAZN 11", "RTSH 1", "RTSH 3", "RTSH 24", "TV CHANNEL 1", "TV CHANNEL 2", "TV CHANNEL 10"]
    assert in_order(*reversed(names)) == names
    assert in_order("PPV 002", "PPV 01", "PPV 1", "PPV 3") == ["PPV 1", "PPV 01", "PPV 002", "PPV 3"]
    assert in_order("Rocky 10", "Rocky ２", "Rocky ١", "Rocky ५") == ["Rocky ١", "Rocky ２", "Rocky ५", "Rocky 10"]
    assert in_order("S2E10", "S2E9", "S10E1") == ["S2E9", "S2E10", "S10E1"]


@given(NAMES)
def test_the_order_is_that_of_numbers_and_letters(names: list[str]) -> None:
    folded = [" ".join(name.split()) for name in names]
    assert [by_value(name) for name in sorted(folded, key=sort_key)] == sorted(map(by_value, folded))


@given(NAMES)
def test_no_two_names_have_one_key(names: list[str]) -> None:
    folded = {" ".join(name.split()) for name in names}
    assert len({sort_key(name) for name in folded}) == len(folded)


@given(st.integers(0, 120), st.integers(0, 120))
def test_numbers_of_any_length_are_compared(shorter: int, more: int) -> None:
    small, large = "9" * (shorter + 1), "1" + "0" * (shorter + more + 1)
    assert sort_key(small) < sort_key(large) < sort_key("a")
    assert sort_key(f"film {small} b") < sort_key(f"film {large} a")


@given(st.text("01 a", max_size=8), st.text("01 a", max_size=4))
def test_the_beginnings_lead_to_every_name_that_starts_so(start: str, rest: str) -> None:
    start = " ".join(start.split())
    name = " ".join((start + rest).split())
    if name.startswith(start):
        assert any(sort_key(name).startswith(beginning) for beginning in key_beginnings(start))
