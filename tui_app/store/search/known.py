"""What one search knows of the search tables and of the search before it, without waiting and without being wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui_app.catalog import Item, Kind
from tui_app.store.database import LibraryDatabase
from tui_app.store.memory import Memory
from tui_app.store.search.matching import Row
from tui_app.store.search.vocabulary import WordCounts
from tui_app.store.search.word_lists import WordLists
from tui_app.store.search_tables import texts_ready


@dataclass(slots=True)
class LastSearch:
    """What the last search read of a file that has not changed since."""

    rows: Mapping[Kind, Mapping[int, Row]] = field(default_factory=dict)
    items: Mapping[tuple[Kind, int], Item] = field(default_factory=dict)


def last_search(memory: Memory) -> LastSearch:
    """Empty after each change of the file."""
    return memory.remember("last search", LastSearch)


class SearchTables:
    """What is known of the search tables at one revision of the file, without waiting."""

    def __init__(self, database: LibraryDatabase, memory: Memory, lists: WordLists) -> None:
        self._database = database
        self._memory = memory
        self._lists = lists
        self._revision = memory.revision()

    def texts_ready(self, kind: Kind) -> bool:
        return self._memory.remember(("texts ready", kind), lambda: texts_ready(self._database, kind))

    def rows_read_before(self) -> Mapping[Kind, Mapping[int, Row]]:
        return last_search(self._memory).rows

    def words_of_names(self) -> WordCounts | None:
        spelling = self._lists.names.exact(self._revision)
        return None if spelling is None else spelling.vocabulary

    def words_of_texts(self) -> WordCounts | None:
        return self._lists.texts.exact(self._revision) if self.words_of_names() else None
