"""A letter lost in transit is no change; a text that really changed is one, replacement characters included."""

from __future__ import annotations

import pytest

from tests.support.rows import channel, load, movie
from tui_app.catalog import Kind
from tui_app.store.library_store import LibraryStore
from tui_app.store.write.differences import is_mojibake, restore_text


@pytest.mark.fcase(46)
def test_replacement_characters_in_a_stored_text_are_no_change(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, movie(1, "Amélie (2001)", plot="Chez Zoé", director="Jeunet", genre="Comédie"))
    load(store, Kind.CHANNEL, channel(1, "Canal été"))
    damaged = movie(1, "Am\ufffdlie (2001)", plot="Chez Zo\ufffd", director="Jeunet", genre="Com\ufffddie")
    assert store.save_rows(Kind.MOVIE, [damaged]).rows_written == 0
    assert store.save_rows(Kind.CHANNEL, [channel(1, "Canal \ufffdt\ufffd")]).rows_written == 0
    assert store.full_item(Kind.MOVIE, "1").item.name == "Amélie (2001)"


def test_a_change_beside_a_replacement_character_is_a_change(store: LibraryStore) -> None:
    load(store, Kind.MOVIE, movie(1, "Amélie", plot="Chez Zoé"))
    assert store.save_rows(Kind.MOVIE, [movie(1, "Am\ufffdlie", plot="Chez Zo\ufffd", year=2001)]).changed == 1
    full = store.full_item(Kind.MOVIE, "1")
    assert (full.item.name, full.plot, full.item.year) == ("Amélie", "Chez Zoé", 2001)
    assert store.save_rows(Kind.MOVIE, [movie(1, "Am\ufffdlie 2", plot="Chez \ufffdo\ufffd")]).changed == 1
    assert store.full_item(Kind.MOVIE, "1").item.name == "Am\ufffdlie 2"


@pytest.mark.parametrize("name", ["\ufffd\ufffd\ufffd\ufffd", "Zoé", "Zo\ufffd!", "", "Xo\ufffd"])
def test_other_texts_are_left_as_they_came(name: str) -> None:
    row = channel(1, name)
    assert restore_text(row, "Zoé", None) == row
    assert is_mojibake(row) == ("\ufffd" in name)
