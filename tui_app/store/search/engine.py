"""Incremental search over all kinds: names first, then cast, director, genre and plot.

A query is read in several ways, each only if the previous ones found too little: as typed; in Latin letters with digits
for numbers; without its numbers, which then only rank. Each runs in stages: exact words and prefixes through the search
tables (a few hundred matches, unranked: ranking all would take 20 ms), other word boundaries, words of other scripts
that sound alike, correction of unknown words, letters within words; finally omission of words. The matches are ranked
in Python.

Its statements are by hand, see `statements`.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from tui_app.catalog import UNCATEGORISED, Hit, Item, Kind, Query, SearchAnswer, category_names
from tui_app.store.database import LibraryDatabase
from tui_app.store.fts_terms import plain_groups
from tui_app.store.items.categories import Shown, shown_keys
from tui_app.store.keys import known_keys, provider_ids
from tui_app.store.lists.reads import Reads
from tui_app.store.search.matching import CAP, Match, Matches
from tui_app.store.search.ranking import (
    EXACT,
    INSIDE,
    PEOPLE_MISSPELT_SCORE,
    PEOPLE_SCORE,
    PLOT_SCORE,
    SPELLED_OTHERWISE,
    WITHOUT_MARKER,
    Typed,
    spans,
    year_of,
)
from tui_app.store.search.spelling import LONGEST_WITHOUT_BEGINNINGS, Spelling, variants
from tui_app.store.search.word_lists import Pace, SearchTables, WordList, WordLists, last_search
from tui_app.text import fold, numbers_of, spelled, split_title, without_numbers

_ENOUGH: Final = 10
_SHORTEST_SLIP: Final = 4  # minimum length of a known word that may be a typing error
_INSIDE_LIMIT: Final = 24  # maximum words containing given letters
_WORDS_LIMIT: Final = 16  # maximum words of a query
_RANKED_WITHOUT_A_WORD: Final = 60
_TEXTS: Final = {"": PLOT_SCORE, "name cast director genre": PEOPLE_SCORE}
_PEOPLE: Final = {"name cast director": PEOPLE_MISSPELT_SCORE}
#: Scripts up to this code point write vowels and are often typed in Latin letters.
_FIRST_UNVOWELLED: Final = "\u0590"
#: Scripts from this code point on may not separate words; one letter is as specific as two elsewhere.
_FIRST_IDEOGRAPH: Final = "\u2e80"


#: Ids of hidden categories by kind.
Hidden = Mapping[Kind, frozenset[str]]


class Search:
    """The search of one library. Thread-safe; each thread uses its own connection."""

    def __init__(self, database: LibraryDatabase, reads: Reads, pace: Pace = Pace()) -> None:
        self._database = database
        self._reads = reads
        self._lists = WordLists(database.path, pace)

    def search(
        self,
        text: str,
        *,
        kinds: Sequence[Kind] | None = None,
        limit: int = 100,
        within: Query | Sequence[Query] | None = None,
        hidden: Hidden | None = None,
    ) -> SearchAnswer:
        """Return the best hits of a text; any text is valid.

        `within` restricts kinds to the items of its queries; a single query also sets the kind. Items of hidden
        categories are excluded, and other items don't name hidden categories.
        """
        started = time.perf_counter()
        views = [within] if isinstance(within, Query) else list(within or ())
        if kinds is None:
            kinds = (within.kind,) if isinstance(within, Query) else tuple(Kind)
        with self._reads.cache.snapshot():
            allowed = self._allowed(kinds, views, hidden or {})
            run = _Run(self._database, self._reads, self._lists, text, kinds, allowed, min(max(limit, 0), CAP))
            hits = run.hits()
            if run.needs_fresher_words():
                run = _Run(self._database, self._reads, self._lists, text, kinds, allowed, min(max(limit, 0), CAP))
                hits = run.hits()
            total, is_least = run.total(), run.leaves_some_uncounted
            hits = self._with_visible_categories(hits, hidden or {})
        elapsed = (time.perf_counter() - started) * 1000
        return SearchAnswer(text, min(total, CAP), hits, elapsed, capped=total > CAP or is_least)

    def prepare(self) -> None:
        """Read the vocabulary of names in the background, so that the first typing error costs no more than others."""
        self._reads.cache.get_or_make("sizes", lambda: kind_sizes(self._database))
        self._reads.prepare_items((Kind.CHANNEL, Kind.MOVIE, Kind.SERIES))
        self._lists.read_ahead(self._reads.cache.revision())

    def close(self) -> None:
        """Stop background reading."""
        self._lists.stop()

    def _with_visible_categories(self, hits: tuple[Hit, ...], hidden: Hidden) -> tuple[Hit, ...]:
        """Each item with the first of its categories that is not hidden."""
        names: dict[tuple[Kind, str], str] = {}
        for kind, categories in hidden.items():
            ids = [hit.item.id for hit in hits if hit.item.kind is kind] if categories else []
            keys = known_keys(self._database, kind, ids) if ids else ()
            found = self._reads.categories_of(kind, keys) if keys else {}
            for key, id in provider_ids(self._database, kind, list(found)).items():
                names[kind, id] = next(iter(category_names(found[key], categories)), UNCATEGORISED)
        return tuple(_named(hit, names.get((hit.item.kind, hit.item.id))) for hit in hits)

    def _allowed(self, kinds: Collection[Kind], views: Sequence[Query], hidden: Hidden) -> dict[Kind, Container[int]]:
        """Return kind → the keys that may be found, for kinds with a restriction."""
        allowed: dict[Kind, Container[int]] = {view.kind: self._members(view) for view in views}
        for kind in set(kinds) - set(allowed):
            categories = hidden.get(Kind.SERIES if kind is Kind.EPISODE else kind)
            shown = self._shown(kind, categories) if categories else None
            if shown is not None:
                allowed[kind] = shown
        return allowed

    def _members(self, view: Query) -> frozenset[int]:
        return self._reads.cache.get_or_make(("members", view), lambda: frozenset(self._reads.lists.ids(view)))

    def _shown(self, kind: Kind, categories: frozenset[str]) -> Shown | None:
        return self._reads.cache.get_or_make(
            ("shown", kind, categories), lambda: shown_keys(self._database, kind, categories)
        )


def _named(hit: Hit, category: str | None) -> Hit:
    """Return the hit with this category; unchanged if None."""
    return hit if category is None else replace(hit, item=replace(hit.item, category=category))


class _Run:
    """One search."""

    def __init__(
        self,
        database: LibraryDatabase,
        reads: Reads,
        lists: WordLists,
        text: str,
        kinds: Collection[Kind],
        allowed: Mapping[Kind, Container[int]],
        limit: int,
    ) -> None:
        self._database = database
        self._reads = reads
        self._lists = lists
        self._limit = limit
        self._old_lists: list[WordList[Spelling]] = []  # word lists used in an outdated revision
        whole = fold(text)
        self._title = split_title(text.strip()).title
        bare = fold(self._title) or whole
        self._typed = Typed(" ".join(bare.split()[:_WORDS_LIMIT]))
        self._words = self._typed.words
        # largest kind first: it reaches the cap of counted matches soonest
        sizes = reads.cache.get_or_make("sizes", lambda: kind_sizes(database))
        filled = sorted((kind for kind in dict.fromkeys(kinds) if sizes[kind]), key=lambda kind: -sizes[kind])
        self._matches = Matches(
            database,
            self._typed,
            filled,
            allowed=allowed,
            more_words=set(whole.split()) - set(bare.split()),
            wanted=limit,
            tables=SearchTables(database, reads.cache, lists),
            all_names=not allowed and set(kinds) == set(Kind),
        )

    def hits(self) -> tuple[Hit, ...]:
        if not self._words:
            return ()
        for typed in self._readings():
            self._typed, self._words = typed, typed.words
            self._matches.read_as(typed)
            self._search_names()
            self._search_texts()
        if not self._matches.total():
            self._match_without_a_word()
        return self._hits_of(self._matches.best(self._limit))

    def _readings(self) -> Iterator[Typed]:
        """Yield the ways to read the query, as far as the previous ones found too little."""
        typed, matches = self._typed, self._matches
        yield typed
        form = " ".join(spelled(self._title).split()[:_WORDS_LIMIT])
        numbers = numbers_of(form)
        loss = 0.0
        words = without_numbers(typed.words) if typed.has_digits and typed.text.isascii() else []
        if words and words != without_numbers(form.split()) and self._numbers_only_rank(numbers):
            yield Typed(" ".join(words), numbers=numbers)  # a word like `part` or `season` may belong to the title
            loss = WITHOUT_MARKER if matches.total() else loss
        if form not in ("", typed.text) and self._may_be_spelled_otherwise():
            yield Typed(form, loss or SPELLED_OTHERWISE)
        if numbers and self._numbers_only_rank(numbers):
            words = without_numbers(form.split()) or list(numbers[:1] if len(numbers) > 1 else ())
            if words:
                yield Typed(" ".join(words), loss, numbers=numbers if words[0] != numbers[0] else numbers[1:])

    def _may_be_spelled_otherwise(self) -> bool:
        """Whether names in other letters may be meant; where vowels are not written, only if nothing was found."""
        matches = self._matches
        return not matches.total() or (matches.have_all_words < _ENOUGH and self._typed.text < _FIRST_UNVOWELLED)

    def _numbers_only_rank(self, numbers: Sequence[str]) -> bool:
        """Whether to search for names without the numbers too: not if one has them, or is that of the year."""
        if not self._matches.first.has_digits:  # words like `one` and `second` are seldom numbers
            return not self._matches.total()
        if any(map(year_of, numbers)):
            return not self._matches.count(EXACT - SPELLED_OTHERWISE)
        return not self._matches.have_numbers(numbers)

    def total(self) -> int:
        return self._matches.total()

    @property
    def leaves_some_uncounted(self) -> bool:
        """Whether there may be more matches than `total` counts."""
        return self._matches.leaves_some_uncounted

    def needs_fresher_words(self) -> bool:
        """Whether nothing was found with outdated words; waits for the current ones then."""
        if self.total():
            return False
        for words in self._old_lists:
            words.fresh(self._reads.cache.revision())
        return bool(self._old_lists)

    def _hits_of(self, best: Sequence[Match]) -> tuple[Hit, ...]:
        keys_of_kind: dict[Kind, list[int]] = {}
        for match in best:
            keys_of_kind.setdefault(match.kind, []).append(match.key)
        items = self._items(keys_of_kind)
        hits = []
        for match in best:
            item = items[match.kind, match.key]
            hits.append(Hit(item, round(min(match.points, 100.0), 1), spans(match.typed, item.name)))
        return tuple(hits)

    def _items(self, keys_of_kind: Mapping[Kind, Sequence[int]]) -> dict[tuple[Kind, int], Item]:
        """Return items, reusing those of the last search, which has half of them."""
        last = last_search(self._reads.cache)
        items: dict[tuple[Kind, int], Item] = {}
        for kind, keys in keys_of_kind.items():
            items.update([(index, last.items[index]) for key in keys if (index := (kind, key)) in last.items])
            new = [key for key in keys if (kind, key) not in items]
            items.update(zip([(kind, key) for key in new], self._reads.items_by_keys(kind, new), strict=True))
        last.rows, last.items = self._matches.read, items
        return items

    # --------------------------------------------------------------------------------------------------- names
    def _search_names(self) -> None:
        matches = self._matches
        matches.take_names_that_start()
        matches.take_names(plain_groups(self._words))
        enough = matches.have_all_words >= _ENOUGH
        if not _is_specific(self._typed.text):
            if len(self._typed.text) == 2:  # initials: A&E
                self._match_resegmented(enough=enough)
            return
        self._match_resegmented(enough=enough)
        if enough or matches.have_all_words >= _ENOUGH:
            return
        spelling = self._names()
        alike = self._lists.sound_alikes(spelling, self._reads.cache.revision(), any_script=matches.any_script)
        if alike is not None:
            matches.take_alike(alike.choices(self._words, spelling.vocabulary))
        known = self._known(spelling)
        if len(self._words) == 1:
            self._match_one_word(spelling, known[0])
        elif not all(known):
            self._match_unknown(spelling, known)
        if not matches.total():
            self._match_anything_near(spelling, known)

    def _match_resegmented(self, *, enough: bool) -> None:
        """Match other word boundaries: Spider-Man for `spiderman`.

        If there are enough hits already, only for a single word, only prefixes of names, and without waiting
        for the vocabulary.
        """
        if enough and len(self._words) > 1:
            return
        spelling = self._names_at_hand() if enough else self._names()
        for words in variants(self._words, spelling.vocabulary) if spelling else ():
            # with few letters, all parts must be whole words
            unfinished = len("".join(words)) > LONGEST_WITHOUT_BEGINNINGS
            self._matches.take_resegmented(words, unfinished=unfinished, all_names=not enough)

    def _known(self, spelling: Spelling) -> list[bool]:
        """Return for each word whether a name has it; the last word may be unfinished."""
        last = len(self._words) - 1
        return [spelling.vocabulary.knows(word, unfinished=index == last) for index, word in enumerate(self._words)]

    def _match_one_word(self, spelling: Spelling, known: bool) -> None:
        """Match names with the letters within a word, or with a word that was probably meant."""
        word = self._words[0]
        meant = [] if known else spelling.corrections(word, unfinished=True)
        self._matches.take_names([[*self._inside(spelling, word), *meant]])
        if known and len(word) >= _SHORTEST_SLIP and self._matches.count(INSIDE[0]) < _ENOUGH:
            self._matches.take_names([spelling.slips(word)])

    def _match_unknown(self, spelling: Spelling, known: Sequence[bool]) -> None:
        """Correct the words that no name has."""
        groups = [
            group if known[index] else self._nearest(spelling, index)
            for index, group in enumerate(plain_groups(self._words))
        ]
        self._matches.take_names(groups)

    def _match_anything_near(self, spelling: Spelling, known: Sequence[bool]) -> None:
        """Correct known words too, as nothing was found."""
        self._matches.take_names(self._near_groups(spelling, known))

    def _match_without_a_word(self) -> None:
        """Omit words without similar words, or if that does not help, one of the others."""
        if len(self._words) == 1 or not _is_specific(self._typed.text) or self._typed.has_digits:
            return
        spelling = self._names()
        near = list(zip(self._words, self._near_groups(spelling, self._known(spelling)), strict=True))
        groups = [group for _, group in near if group]
        if len(groups) < len(near):  # words without similar words
            self._matches.take_names(groups)
        if not self._matches.total():
            for word, group in near:
                if group and not _is_common(word, spelling):
                    others = [other for other in groups if other is not group]
                    self._matches.take_names(others, ranked=_RANKED_WITHOUT_A_WORD)

    def _near_groups(self, spelling: Spelling, known: Sequence[bool]) -> list[list[str]]:
        return [
            [*(group if known[index] else ()), *self._slips(spelling, index)] or self._nearest(spelling, index)
            for index, group in enumerate(plain_groups(self._words))
        ]

    def _slips(self, spelling: Spelling, index: int) -> list[str]:
        """Return what may have been meant by a word; empty for a common word."""
        return [] if _is_common(self._words[index], spelling) else self._corrections(spelling, index)

    def _corrections(self, spelling: Spelling, index: int) -> list[str]:
        return spelling.corrections(self._words[index], unfinished=index == len(self._words) - 1)

    def _nearest(self, spelling: Spelling, index: int) -> list[str]:
        return self._corrections(spelling, index) or self._inside(spelling, self._words[index])

    @staticmethod
    def _inside(spelling: Spelling, word: str) -> list[str]:
        return spelling.containing(word, _INSIDE_LIMIT) if _is_specific(word) else []

    # --------------------------------------------------------------------------------------------------- words
    def _names(self) -> Spelling:
        return self._asked(self._lists.names).needed(self._reads.cache.revision())

    def _names_at_hand(self) -> Spelling | None:
        return self._asked(self._lists.names).available(self._reads.cache.revision())

    def _asked(self, words: WordList[Spelling]) -> WordList[Spelling]:
        if words.is_old(self._reads.cache.revision()):
            self._old_lists.append(words)
        return words

    # --------------------------------------------------------------------------------------------------- texts
    def _search_texts(self) -> None:
        """Search cast, director and genre, then plot; these hits rank below names with all words."""
        if not _is_specific(self._words[-1]):  # half the plots have a word with such a short prefix
            return
        before = self._matches.total()
        self._matches.take_texts(plain_groups(self._words), _TEXTS)
        if self._matches.total() == before < _ENOUGH and not self._matches.have_all_words:
            self._search_misspelt_people()

    def _search_misspelt_people(self) -> None:
        people = self._asked(self._lists.people).needed(self._reads.cache.revision())
        groups = [[*group, *self._slips(people, index)] for index, group in enumerate(plain_groups(self._words))]
        self._matches.take_texts(groups, _PEOPLE)


def kind_sizes(database: LibraryDatabase) -> dict[Kind, int]:
    """How many items of each kind there are, in one statement."""
    counts = ", ".join(f"(SELECT count(*) FROM {kind.value})" for kind in Kind)
    return dict(zip(Kind, database.rows(f"SELECT {counts}")[0], strict=True))


def _is_common(word: str, spelling: Spelling) -> bool:
    """Whether a word occurs in so many names that it is neither an error nor the reason for few hits."""
    return spelling.vocabulary.count(word) > CAP


def _is_specific(text: str) -> bool:
    """Whether the text has three letters, two of a non-ASCII script, or one of a script without word separators."""
    return len(text) >= (3 if text.isascii() else 1 if text[:1] >= _FIRST_IDEOGRAPH else 2)
