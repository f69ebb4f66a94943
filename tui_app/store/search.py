"""Search as you type, over all kinds: names first, then cast, director, genre and plot.

In stages, each only when the one before found too little: exact words and beginnings through the search tables (a few
hundred matches, unranked: ranking all would cost 20 ms), words nobody knows corrected, letters inside words, words left
out. What was found is ranked in Python.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Final

from tui_app.catalog import Hit, Kind, Query, SearchAnswer
from tui_app.store.database import LibraryDatabase
from tui_app.store.matching import CAP, Matches, plain_groups
from tui_app.store.ranking import ALL_WORD_STARTS, INSIDE, PEOPLE_MISSPELT_SCORE, PEOPLE_SCORE, PLOT_SCORE, Typed, spans
from tui_app.store.reads import Reads
from tui_app.store.vocabulary import Vocabulary
from tui_app.text import fold, split_title

_RANKED: Final = 300  # matches ranked at a time, of all kinds together
_RANKED_OF_MANY: Final = 150  # the same where there are more than are counted: any choice is by chance
_ENOUGH: Final = 10
_SHORTEST_SLIP: Final = 4  # letters of a word that may be a slip although names have it
_TEXTS: Final = {"name cast director genre": PEOPLE_SCORE, "": PLOT_SCORE}
_PEOPLE: Final = {"name cast director": PEOPLE_MISSPELT_SCORE}


class Search:
    """The search of one library. Safe for several threads, each on its own connection."""

    def __init__(self, database: LibraryDatabase, reads: Reads) -> None:
        self._database = database
        self._reads = reads

    def search(
        self,
        text: str,
        *,
        kinds: Sequence[Kind] | None = None,
        limit: int = 100,
        within: Query | Sequence[Query] | None = None,
    ) -> SearchAnswer:
        """The best hits of a text; any text is a valid question.

        `within` restricts the kinds of its queries to the items of their views; a single query also sets the kind.
        """
        started = time.perf_counter()
        views = [within] if isinstance(within, Query) else list(within or ())
        if kinds is None:
            kinds = (within.kind,) if isinstance(within, Query) else tuple(Kind)
        with self._database.reading():
            run = _Run(self._database, self._reads, text, kinds, views, min(max(limit, 0), CAP))
            hits = run.hits()
        total = run.total()
        elapsed = (time.perf_counter() - started) * 1000
        return SearchAnswer(text, min(total, CAP), hits, elapsed, capped=total > CAP)


class _Run:
    """One search."""

    def __init__(
        self,
        database: LibraryDatabase,
        reads: Reads,
        text: str,
        kinds: Iterable[Kind],
        views: Sequence[Query],
        limit: int,
    ) -> None:
        self._database = database
        self._reads = reads
        self._limit = limit
        whole = fold(text)
        self._typed = Typed(fold(split_title(text.strip()).title) or whole)
        self._words = self._typed.words
        # the largest first: it tells soonest that there are more matches than are counted
        sizes = reads.remember("sizes", self._sizes)
        filled = sorted((kind for kind in dict.fromkeys(kinds) if sizes[kind]), key=lambda kind: -sizes[kind])
        self._matches = Matches(
            database,
            self._typed,
            filled,
            allowed={view.kind: self._members(view) for view in views if view.kind in filled},
            more_words=set(whole.split()) - set(self._words),
            ranked=(max(_RANKED, limit), max(_RANKED_OF_MANY, limit)),
        )

    def hits(self) -> tuple[Hit, ...]:
        if not self._words:
            return ()
        self._search_names()
        self._search_texts()
        if not self._matches.total():
            self._match_without_a_word()
        kinds = list(self._matches.found)
        entries = [
            (-points, *found.ties[key], place, key)
            for place, found in enumerate(self._matches.found.values())
            for key, points in found.scores.items()
        ]
        entries.sort()
        best = [(-entry[0], kinds[entry[-2]], entry[-1]) for entry in entries[: self._limit]]
        keys_of_kind: dict[Kind, list[int]] = {}
        for _, kind, key in best:
            keys_of_kind.setdefault(kind, []).append(key)
        items = {
            (kind, key): item
            for kind, keys in keys_of_kind.items()
            for key, item in zip(keys, self._reads.items_by_keys(kind, keys), strict=True)
        }
        return tuple(
            Hit(items[kind, key], round(min(points, 100.0), 1), spans(self._typed, items[kind, key].name))
            for points, kind, key in best
        )

    def total(self) -> int:
        return self._matches.total()

    # --------------------------------------------------------------------------------------------------- names
    def _search_names(self) -> None:
        matches = self._matches
        matches.take_names_that_start()
        matches.take_names(plain_groups(self._words))
        if not _says_much(self._typed.text) or matches.count(ALL_WORD_STARTS[0]) >= _ENOUGH:
            return
        vocabulary = self._vocabulary()
        known = self._known(vocabulary)
        if len(self._words) == 1:
            self._match_one_word(vocabulary, known[0])
        elif not all(known):
            self._match_unknown(vocabulary, known)
        if not matches.total():
            self._match_anything_near(vocabulary, known)

    def _known(self, vocabulary: Vocabulary) -> list[bool]:
        """Of each word: does a name have it? The last one may be unfinished."""
        last = len(self._words) - 1
        return [vocabulary.knows(word, unfinished=place == last) for place, word in enumerate(self._words)]

    def _match_one_word(self, vocabulary: Vocabulary, known: bool) -> None:
        """Names that hold the letters inside a word, or whose word was meant."""
        word = self._words[0]
        self._matches.take_names([self._inside(vocabulary, word)])
        if not known:
            self._matches.take_names([vocabulary.corrections(word, unfinished=True)])
        elif len(word) >= _SHORTEST_SLIP and self._matches.count(INSIDE[0]) < _ENOUGH:
            self._matches.take_names([vocabulary.slips(word)])

    def _match_unknown(self, vocabulary: Vocabulary, known: Sequence[bool]) -> None:
        """Correct the words that no name has."""
        groups = [
            group if known[place] else self._nearest(vocabulary, place)
            for place, group in enumerate(plain_groups(self._words))
        ]
        self._matches.take_names(groups)

    def _match_anything_near(self, vocabulary: Vocabulary, known: Sequence[bool]) -> None:
        """Nothing yet: a known word may be misspelt too."""
        self._matches.take_names(self._near_groups(vocabulary, known))

    def _match_without_a_word(self) -> None:
        """At last leave out words that nothing is near to; else, and if that does not help, one of the others.

        Never a number: "film 12" is not "film 10".
        """
        if len(self._words) == 1 or not _says_much(self._typed.text):
            return
        vocabulary = self._vocabulary()
        near = list(zip(self._words, self._near_groups(vocabulary, self._known(vocabulary)), strict=True))
        if any(word.isdigit() and not group for word, group in near):
            return
        groups = [group for _, group in near if group]
        if len(groups) < len(near):  # words that nothing is near to
            self._matches.take_names(groups)
        if not self._matches.total():
            for word, group in near:
                if group and not word.isdigit():
                    self._matches.take_names([other for other in groups if other is not group])

    def _near_groups(self, vocabulary: Vocabulary, known: Sequence[bool]) -> list[list[str]]:
        return [
            [*(group if known[place] else ()), *self._corrections(vocabulary, place)]
            or self._nearest(vocabulary, place)
            for place, group in enumerate(plain_groups(self._words))
        ]

    def _corrections(self, vocabulary: Vocabulary, place: int) -> list[str]:
        return vocabulary.corrections(self._words[place], unfinished=place == len(self._words) - 1)

    def _nearest(self, vocabulary: Vocabulary, place: int) -> list[str]:
        return self._corrections(vocabulary, place) or self._inside(vocabulary, self._words[place])

    @staticmethod
    def _inside(vocabulary: Vocabulary, word: str) -> list[str]:
        return vocabulary.containing(word) if _says_much(word) else []

    def _vocabulary(self) -> Vocabulary:
        return self._reads.remember("vocabulary", lambda: Vocabulary.load(self._database))

    # --------------------------------------------------------------------------------------------------- texts
    def _search_texts(self) -> None:
        """Cast, director and genre, then plot: below every name whose words match."""
        if not _says_much(self._words[-1]):  # half the plots have a word that starts with those one or two letters
            return
        before = self._matches.total()
        self._matches.take_texts(plain_groups(self._words), _TEXTS, self._limit)
        if self._matches.total() == before and not self._matches.count(ALL_WORD_STARTS[0]):
            self._search_misspelt_people()

    def _search_misspelt_people(self) -> None:
        people = self._reads.remember("people", lambda: Vocabulary.load_people(self._database))
        groups = [[*group, *self._corrections(people, place)] for place, group in enumerate(plain_groups(self._words))]
        self._matches.take_texts(groups, _PEOPLE, self._limit)

    def _sizes(self) -> dict[Kind, int]:
        return {kind: int(self._database.value(f"SELECT count(*) FROM {kind.value}")) for kind in Kind}

    def _members(self, view: Query) -> frozenset[int]:
        return self._reads.remember(("members", view), lambda: frozenset(self._reads.ids(view)))


def _says_much(text: str) -> bool:
    """Three letters; or two of a script that may have no blanks between words, where a title is one word."""
    return len(text) >= (3 if text.isascii() else 2)
