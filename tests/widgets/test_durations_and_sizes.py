"""Ages, lengths, sizes and counts in words."""

from __future__ import annotations

import pytest

from tui_app.widgets.words import ago_words, count_words, left_words, length_words, size_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "just now"), (59, "just now"), (60, "1 min ago"), (7_300, "2 h ago"), (172_800, "2 days ago")],
)
def test_an_age_is_told_in_its_largest_unit(seconds: float, words: str) -> None:
    assert ago_words(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (0.2, "1 s left"), (89, "89 s left"), (150, "2 min left"), (7_200, "2 h left")],
)
def test_the_time_left_is_told_in_seconds_minutes_or_hours(seconds: float | None, words: str) -> None:
    assert left_words(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, ""), (0, ""), (20, "1 min"), (3_600, "1 h"), (4_020, "1 h 07 min")]
)
def test_a_running_time_is_told_in_hours_and_minutes(seconds: int | None, words: str) -> None:
    assert length_words(seconds) == words


@pytest.mark.parametrize(
    ("size", "words"), [(640, "640 B"), (3_400, "3.4 kB"), (54_000_000, "54 MB"), (1_240_000_000, "1.2 GB")]
)
def test_a_size_is_told_in_its_largest_unit(size: int, words: str) -> None:
    assert size_words(size) == words


def test_one_is_counted_in_the_singular_and_thousands_have_commas() -> None:
    assert count_words(1, "movie") == "1 movie"
    assert count_words(1_234, "category", "categories") == "1,234 categories"
