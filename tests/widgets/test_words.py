"""Ages, lengths, sizes and counts in words."""

from __future__ import annotations

import pytest

from tui_app.widgets.words import ago_words, count_words, left_words, length_words, size_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "just now"), (59, "just now"), (60, "1 min ago"), (7_300, "2 h ago"), (172_800, "2 days ago")],
)
def test_ages(seconds: float, words: str) -> None:
    assert ago_words(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (0.2, "1 s left"), (89, "89 s left"), (150, "2 min left"), (7_200, "2 h left")],
)
def test_time_left(seconds: float | None, words: str) -> None:
    assert left_words(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, ""), (0, ""), (20, "1 min"), (3_600, "1 h"), (4_020, "1 h 07 min")]
)
def test_running_times(seconds: int | None, words: str) -> None:
    assert length_words(seconds) == words


@pytest.mark.parametrize(
    ("size", "words"), [(640, "640 B"), (3_400, "3.4 kB"), (54_000_000, "54 MB"), (1_240_000_000, "1.2 GB")]
)
def test_sizes(size: int, words: str) -> None:
    assert size_words(size) == words


def test_counts() -> None:
    assert count_words(1, "movie") == "1 movie"
    assert count_words(1_234, "category", "categories") == "1,234 categories"
