"""Cache the vocabularies of a library: words of names, of cast and director, of all texts.

A sync changes words. The old list stays in use while a thread reads the new one, so that typing never waits. Reading is
not repeated for each finished part of a sync, because it slows down the display. A search waits only for the very first
list, for a very short list, and for current lists if it found nothing with outdated ones.

The statements are by hand: Peewee has no words for vocabulary tables (fts5vocab).
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from tui_app.catalog import Item, Kind
from tui_app.store.connection import connect_reading
from tui_app.store.database import LibraryDatabase
from tui_app.store.query_cache import QueryCache
from tui_app.store.schema import TABLES
from tui_app.store.search.ranking import Row
from tui_app.store.search.sound_alikes import SoundAlikes
from tui_app.store.search.spelling import Spelling
from tui_app.store.search.vocabulary import Vocabulary, WordCounts
from tui_app.store.write.search_tables import texts_ready

log = logging.getLogger(__name__)

_TITLED: Final = [TABLES[kind].table for kind in Kind if TABLES[kind].has_texts]
NAMES: Final = tuple(f"SELECT term, doc FROM {TABLES[kind].table}_words" for kind in Kind)
PEOPLE: Final = tuple(
    f"SELECT term, doc FROM {table}_text_words WHERE col IN ('cast', 'director')" for table in _TITLED
)
#: Latin spellings of names in other scripts: a scan, as no index would be worth its size.
FOREIGN: Final = tuple(
    f"SELECT spelled, 1 FROM {TABLES[kind].table} WHERE spelled <> '' AND fold GLOB '*[^ -~]*'" for kind in Kind
)
TEXTS: Final = tuple(f"SELECT term, doc FROM {table}_text_words" for table in _TITLED)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pace:
    """When a changed vocabulary is read again."""

    quick_s: float = 0.02  # one that is read faster is read at once, by the search itself
    rest: float = 20  # minimum age before others are read in the background, as a multiple of the time it takes


def spelling_of(counts: Mapping[str, int]) -> Spelling:
    """Return the spelling correction for these words."""
    return Spelling(Vocabulary(counts))


@dataclass(frozen=True, slots=True)
class _Read(Generic[T]):
    revision: int
    seconds: float  # duration of reading
    at: float  # time of reading (monotonic clock)
    words: T

    def is_young(self, pace: Pace) -> bool:
        """Whether it is too early to read again in the background."""
        return time.perf_counter() - self.at < pace.rest * self.seconds


class WordList(Generic[T]):
    """One vocabulary of a file: read by `questions`, converted by `make`. Thread-safe."""

    def __init__(
        self,
        path: Path,
        questions: tuple[str, ...],
        make: Callable[[Mapping[str, int]], T],
        pace: Pace = Pace(),
    ) -> None:
        self._path = path
        self._pace = pace
        self._questions = questions
        self._make = make
        self._read: _Read[T] | None = None
        self._reading = threading.Lock()
        self._thread: threading.Thread | None = None
        self._connection: sqlite3.Connection | None = None
        #: Whether to read ahead: worthwhile if many searches follow.
        self.reads_ahead = False

    def available(self, revision: int) -> T | None:
        """Return what is cached, possibly outdated; None before the first reading."""
        read = self._read
        if read is not None and read.revision < revision and read.seconds < self._pace.quick_s:
            return self.fresh(revision)
        if self.reads_ahead if read is None else read.revision < revision and not read.is_young(self._pace):
            self._refresh(revision)
        return None if read is None else read.words

    def exact(self, revision: int) -> T | None:
        """Return what is cached for this revision, or None."""
        read = self._read
        if read is None or read.revision != revision:
            self.available(revision)
            read = self._read
        return read.words if read is not None and read.revision == revision else None

    def needed(self, revision: int) -> T:
        """Return what is cached; wait for the first reading. About 100 ms for 45,000 words."""
        return (self._read and self.available(revision)) or self.fresh(revision)

    def is_old(self, revision: int) -> bool:
        """Whether the cached words are of an older revision."""
        return self._read is not None and self._read.revision < revision

    def fresh(self, revision: int) -> T:
        """Return the words of this revision or a newer one; waits."""
        with self._reading:
            if self._read is None or self._read.revision < revision:
                self._read = self._load()
            return self._read.words

    def stop(self) -> None:
        """Abort background reading and wait for its end."""
        thread, connection = self._thread, self._connection
        if thread is not None and thread.is_alive():
            if connection is not None:
                connection.interrupt()
            thread.join()

    def _refresh(self, revision: int) -> None:
        if self._thread is not None and self._thread.is_alive():
            return

        def read() -> None:
            try:
                self.fresh(revision)
            except sqlite3.Error as error:  # closed meanwhile, or damaged: reported by the next search that needs it
                log.info("the words of %s were not read: %s", self._path.name, error)

        self._thread = threading.Thread(target=read, name="words", daemon=True)
        self._thread.start()

    def _load(self) -> _Read[T]:
        """Read on a temporary connection, so that its page cache is freed afterwards."""
        started = time.perf_counter()
        counts: dict[str, int] = {}
        with closing(connect_reading(self._path, check_same_thread=False)) as connection:
            self._connection = connection
            connection.execute("PRAGMA query_only = on")
            connection.execute("BEGIN")
            (revision,) = connection.execute("SELECT value FROM meta WHERE name = 'revision'").fetchone()
            for question in self._questions:
                for word, count in connection.execute(question):
                    counts[word] = counts.get(word, 0) + count
            self._connection = None
        words = self._make(counts)
        ended = time.perf_counter()
        return _Read(int(revision), ended - started, ended, words)


class WordLists:
    """The vocabularies of one library."""

    def __init__(self, path: Path, pace: Pace = Pace()) -> None:
        self.names = WordList(path, NAMES, spelling_of, pace)
        self.people = WordList(path, PEOPLE, spelling_of, pace)
        self.texts = WordList(path, TEXTS, WordCounts, pace)  # including names
        self._foreign = WordList(path, FOREIGN, SoundAlikes.of_forms, pace)
        self._all_alike: tuple[Spelling, SoundAlikes] | None = None

    def read_ahead(self, revision: int) -> None:
        """Start reading the words of names in the background, then the others."""
        for words in self.everything():
            words.reads_ahead = True
        self.names.available(revision)

    def everything(self) -> tuple[WordList[Any], ...]:
        return self.names, self.people, self.texts, self._foreign

    def sound_alikes(self, names: Spelling, revision: int, *, any_script: bool) -> SoundAlikes | None:
        """Return the sound-alikes among all names or among those of other scripts; None as long as they are read."""
        if any_script:
            if self._all_alike is None or self._all_alike[0] is not names:
                self._all_alike = names, SoundAlikes(names.vocabulary)
            return self._all_alike[1]
        if names.vocabulary.is_ascii:
            return None
        return self._foreign.available(revision) if self._foreign.reads_ahead else self._foreign.needed(revision)

    def stop(self) -> None:
        for words in self.everything():
            words.stop()


@dataclass(slots=True)
class LastSearch:
    """What the last search read, at the same revision."""

    rows: Mapping[Kind, Mapping[int, Row]] = field(default_factory=dict)
    items: Mapping[tuple[Kind, int], Item] = field(default_factory=dict)


def last_search(cache: QueryCache) -> LastSearch:
    """Return what the last search read; empty after a change of the file."""
    return cache.get_or_make("last search", LastSearch)


class SearchTables:
    """The state of the search tables at one revision, without waiting."""

    def __init__(self, database: LibraryDatabase, cache: QueryCache, lists: WordLists) -> None:
        self._database = database
        self._cache = cache
        self._lists = lists
        self._revision = cache.revision()

    def texts_ready(self, kind: Kind) -> bool:
        return self._cache.get_or_make(("texts ready", kind), lambda: texts_ready(self._database, kind))

    def rows_read_before(self) -> Mapping[Kind, Mapping[int, Row]]:
        return last_search(self._cache).rows

    def words_of_names(self) -> WordCounts | None:
        spelling = self._lists.names.exact(self._revision)
        return None if spelling is None else spelling.vocabulary

    def words_of_texts(self) -> WordCounts | None:
        return self._lists.texts.exact(self._revision) if self.words_of_names() else None
