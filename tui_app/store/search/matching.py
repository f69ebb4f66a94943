"""Query the search tables of all kinds and score the matches of one search.

`engine` decides which expressions are worth querying.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, NamedTuple, Protocol

from tui_app.catalog import Kind
from tui_app.store.database import LibraryDatabase
from tui_app.store.fts_terms import Groups, plain_groups, unfinished_word
from tui_app.store.schema import TABLES, TEXT_COLUMNS
from tui_app.store.search.ranking import ALL_WORD_STARTS, SOUNDS_ALIKE, Row, Typed, has_numbers, score, with_numbers
from tui_app.store.search.sound_alikes import starting_choice
from tui_app.store.search.statements import Plan, names_sql, plan, rows_sql, starts_sql, texts_sql, words_of_texts_sql
from tui_app.store.search.vocabulary import WordCounts
from tui_app.text import fold, key_beginnings

CAP: Final = 1_000
#: Matches of all kinds ranked at a time: if they can be counted, and if there are more, where the choice
#: is by chance.
RANKED: Final = 150
RANKED_OF_MANY: Final = 100
#: Matches of each kind ranked when more hits are wanted than while typing.
RANKED_OF_ALL: Final = 10_000
_FEWEST: Final = 30  # minimum matches ranked per kind
_READ_RESEGMENTED: Final = 400  # names read per kind to test for adjacent words
_READ_FOR_ONE: Final = 4  # names read first per hit wanted, with restrictions
_FEWEST_RARE: Final = 8  # names: to look whether there are no more costs as much as reading them saves
_READING_TEXTS: Final = 4  # cost relative to reading a name
_MORE_LETTERS_BONUS: Final = 0.4  # for names with the typed language or quality
_BEYOND: Final = "\U0010ffff"

#: The statement that asks a kind of search table for (kind, key) of what matches.
KeysSql = Callable[..., str]
_KINDS: Final = tuple(Kind)
#: Sort key: -score, whether only the alias matched, -rating, length, folded name.
Rank = tuple[float, bool, float, int, str]


class Match(NamedTuple):
    """A ranked match; `typed` determines the highlighted part of its name."""

    rank: Rank
    kind: Kind
    key: int
    typed: Typed

    @property
    def points(self) -> float:
        return -self.rank[0]


@dataclass(slots=True)
class Found:
    """Matches of one kind."""

    ranks: dict[int, Rank] = field(default_factory=dict)
    resegmented: dict[int, Typed] = field(default_factory=dict)  # by key: the words matched, if resegmented
    matched: set[int] = field(default_factory=set)  # including unranked ones


class Tables(Protocol):
    """The current state of the search tables."""

    def texts_ready(self, kind: Kind) -> bool:
        """Whether the tables of cast, director, genre and plot are complete."""

    def rows_read_before(self) -> Mapping[Kind, Mapping[int, Row]]:
        """Return the rows read by the last search, by key: continued typing needs half of them again."""

    def words_of_names(self) -> WordCounts | None:
        """Return word counts of all names, None if unknown."""

    def words_of_texts(self) -> WordCounts | None:
        """Return word counts of texts including names, None if unknown."""


class Matches:
    """The matches of one search.

    `allowed` holds the permitted keys by kind, for restricted kinds. `wanted` is the number of hits requested.
    `all_names` means that no kind or list is excluded, so that word counts are valid.
    """

    def __init__(  # noqa: PLR0913  # the parts of one search, each made elsewhere
        self,
        database: LibraryDatabase,
        typed: Typed,
        kinds: Iterable[Kind],
        *,
        allowed: Mapping[Kind, Container[int]],
        more_words: set[str],
        wanted: int,
        tables: Tables,
        all_names: bool,
    ) -> None:
        self.found = {kind: Found() for kind in kinds}
        #: Whether matching names may be unread.
        self.leaves_some_uncounted = False
        #: Number of ranked names with all words or prefixes.
        self.have_all_words = 0
        self._database = database
        self._asked: set[str] = set()
        self._typed = typed
        self.first = typed  # the query as typed
        #: Whether words that sound alike may be of the script that was typed.
        self.any_script = not typed.text.isascii() or typed.has_drawn_letters
        self._exactly = Typed(typed.text, forgiving=False)
        self._allowed = allowed
        self._more_words = more_words
        self._wanted = wanted
        self._tables = tables
        self._all_names = all_names
        #: Rows read by this search, by key.
        self.read: dict[Kind, dict[int, Row]] = {kind: {} for kind in self.found}
        self._read_before = tables.rows_read_before()
        #: By question: how many keys of each kind were asked for, and those that were found.
        self._batches: dict[tuple[KeysSql, str], tuple[int, dict[Kind, list[int]]]] = {}
        self._surely_many = False
        self._ranks_all = wanted > RANKED

    def total(self) -> int:
        """Return the number of matches; above the cap, at least one more than the cap."""
        found = sum([len(found.matched) for found in self.found.values()])
        return max(found, CAP + 1) if self._surely_many else found

    def count(self, score_wanted: float) -> int:
        """Return how many ranked matches have at least this score."""
        return sum(rank[0] <= -score_wanted for found in self.found.values() for rank in found.ranks.values())

    def have_numbers(self, numbers: Collection[str]) -> bool:
        """Whether a ranked name with all words has these numbers, or longer ones that are no years."""
        return any(
            rank[0] <= -ALL_WORD_STARTS[0] and has_numbers(self.read[kind][key], numbers)
            for kind, found in self.found.items()
            for key, rank in found.ranks.items()
        )

    def best(self, limit: int) -> list[Match]:
        """Return the best matches of all kinds."""
        entries = [
            (rank, index, key) for index, found in enumerate(self.found.values()) for key, rank in found.ranks.items()
        ]
        entries.sort()
        kinds = list(self.found.items())
        best = []
        for rank, index, key in entries[:limit]:
            kind, found = kinds[index]
            best.append(Match(rank, kind, key, found.resegmented.get(key, self.first)))
        return best

    def read_as(self, typed: Typed) -> None:
        """Score what is added from now on against another reading of the query."""
        self._typed = typed
        self._exactly = Typed(typed.text, forgiving=False, numbers=typed.numbers)
        self._asked.clear()

    def take_names(self, groups: Groups, *, ranked: int = RANKED) -> None:
        """Add names that match one pattern of each group."""
        planned = plan(groups, self._tables.words_of_names())
        if planned is None or planned.expression in self._asked:
            return
        self._asked.add(planned.expression)
        if planned.surely > CAP and self._all_names:
            self._surely_many = True
        new_of_kind: dict[Kind, list[int]] = {}
        for kind, found in self.found.items():
            keys = self._names(kind, planned)
            found.matched.update(keys)
            ranks = found.ranks
            new_of_kind[kind] = [key for key in keys if key not in ranks] if ranks else keys
        if self.have_all_words >= self._wanted and not self._ranks_all:  # few others can be better
            return
        # proportionally per kind: ranking dominates the cost of a search
        count = sum(map(len, new_of_kind.values()))
        most = count if self._ranks_all else min(ranked, RANKED if count <= CAP else RANKED_OF_MANY)
        share = most / max(1, count)
        chosen = {kind: keys[: max(_FEWEST, int(len(keys) * min(1.0, share)))] for kind, keys in new_of_kind.items()}
        self._read_rows(chosen)
        for kind, keys in chosen.items():
            self._take(kind, self._candidates(kind, keys), self._typed)

    def take_names_that_start(self) -> None:
        """Add names that start with the query, from the index, as the search table returns an arbitrary selection."""
        limit = self._wanted // max(1, len(self.found)) + 1
        for kind, rows in self._starting_of_all(self._typed.text, limit).items():
            self._take(kind, rows, self._typed)

    def take_alike(self, choices: Sequence[Sequence[str]]) -> None:
        """Add names that have one choice for each word."""
        if all([word] == some for word, some in zip(self._typed.words, choices, strict=True)):
            return
        planned = plan([*choices[:-1], [unfinished_word(last) for last in choices[-1]]], self._tables.words_of_names())
        for kind in self.found:
            readings: dict[str, list[Row]] = {}
            for row in self._candidates(kind, self._names(kind, planned)[:RANKED]):
                if self.any_script or not row.fold.isascii():
                    readings.setdefault(" ".join([starting_choice(some, row) for some in choices]), []).append(row)
            for text, rows in readings.items():
                self._take(kind, rows, Typed(text, SOUNDS_ALIKE, numbers=self._typed.numbers))

    def take_resegmented(self, words: Sequence[str], *, unfinished: bool, all_names: bool) -> None:
        """Add names that contain these words in sequence, the last one complete unless `unfinished`.

        Only names that start with them, unless `all_names`.
        """
        typed = Typed.resegmented(words)
        in_row = f" {typed.text}" if unfinished else f" {typed.text} "

        def have_in_row(rows: Iterable[Row]) -> list[Row]:
            return [row for row in rows if in_row in f" {row.fold}  {row.alias}  {row.spelled} "]

        planned = plan(plain_groups(words) if unfinished else [[word] for word in words], self._tables.words_of_names())
        if planned is None:
            return
        starting = self._starting_of_all(typed.text, _FEWEST)
        for kind, found in self.found.items():
            self._take(kind, have_in_row(starting[kind]), typed)
            if all_names:
                keys = [key for key in self._names(kind, planned) if key not in found.ranks]
                if len(words) == 1:  # a single word is always a sequence
                    found.matched.update(keys)
                    keys = keys[: max(RANKED, self._wanted)]
                self.leaves_some_uncounted |= len(keys) > _READ_RESEGMENTED
                keys = keys[:_READ_RESEGMENTED]
                self._take(kind, have_in_row(self._candidates(kind, keys)), typed)

    def _starting_of_all(self, start: str, limit: int) -> dict[Kind, list[Row]]:
        """Kind → names that start so and may be found."""
        free = tuple(kind for kind in self.found if kind not in self._allowed)
        rows = self._all_starting(free, start, limit)
        return {kind: rows[kind] if kind in rows else self._allowed_starting(kind, start, limit) for kind in self.found}

    def _allowed_starting(self, kind: Kind, start: str, limit: int) -> list[Row]:
        allowed = self._allowed[kind]
        # usually the first permitted ones suffice; otherwise read all
        for wanted in (_READ_FOR_ONE * limit, -1):
            rows = self._all_starting((kind,), start, wanted)[kind]
            found = [row for row in rows if row[0] in allowed]
            if len(found) >= limit or len(rows) < wanted:
                break
        return found

    def _all_starting(self, kinds: tuple[Kind, ...], start: str, limit: int) -> dict[Kind, list[Row]]:
        """Kind → names that start so, at most `limit` of each form."""
        found: dict[Kind, list[Row]] = {kind: [] for kind in kinds}
        if not kinds:
            return found
        beginnings = key_beginnings(start)
        bounds = [bound for beginning in beginnings for bound in (beginning, beginning + _BEYOND)]
        sql = starts_sql(kinds, len(beginnings))
        for number, *row in self._database.rows(sql, (start, start + _BEYOND, limit, *bounds)):
            found[_KINDS[number]].append(Row._make(row))
        for kind, rows in found.items():
            self.read[kind].update([(row.key, row) for row in rows])
        return found

    def _take(self, kind: Kind, rows: Iterable[Row], typed: Typed) -> None:
        found, more_words = self.found[kind], self._more_words
        ranks, is_other = found.ranks, typed is not self.first
        for row in rows:
            key, folded, alias, _, rating, _ = row
            points, displayed = score(typed, row)
            if more_words and more_words.issubset(folded.split()):
                points += _MORE_LETTERS_BONUS
            known = ranks.get(key)
            if known is not None:
                if -known[0] >= points:
                    continue
            elif points >= ALL_WORD_STARTS[0]:
                self.have_all_words += 1
            if is_other:
                found.resegmented[key] = typed
            ranks[key] = (-points, not displayed, -rating, len(alias or folded), folded)
        found.matched.update([row[0] for row in rows])

    def take_texts(self, groups: Groups, columns: Mapping[str, float]) -> None:
        """Add titles whose texts or names match one pattern of each group.

        `columns` maps the columns to search (separated by spaces, '' for any) to scores, best last, each a
        subset of the previous.
        """
        planned = plan(groups, self._tables.words_of_texts())
        if planned is None:
            return
        for kind in self.found:
            if not TABLES[kind].has_texts or self.total() > CAP or not self._tables.texts_ready(kind):
                continue
            for names, points in columns.items():
                if not self._take_texts_of(kind, self._texts(kind, planned, names), points):
                    break

    def _take_texts_of(self, kind: Kind, keys: Sequence[int], points: float) -> bool:
        """Return whether there were any matches and more hits are wanted."""
        found = self.found[kind]
        ranks, matched = found.ranks, found.matched
        # a name matched with typing errors may match better by its texts
        better = [key for key in keys if key not in matched or (key in ranks and ranks[key][0] > -points)]
        matched.update(better)
        if not better or self._ranked() >= self._wanted:
            return False
        for row in self._candidates(kind, better[: max(RANKED, self._wanted)]):
            key, folded, alias, _, rating, _ = row
            near = with_numbers(points, self._exactly.numbers, row) if self._exactly.numbers else points
            ranks[key] = (-near, False, -rating, len(alias or folded), folded)
            found.resegmented[key] = self._exactly
        return True

    def _ranked(self) -> int:
        return sum([len(found.ranks) for found in self.found.values()])

    def _names(self, kind: Kind, planned: Plan | None) -> list[int]:
        """Return keys of names for a plan; none without one."""
        if planned is None:
            return []
        keys = self._rare(kind, names_sql, planned.rare, planned.worth_reading)
        if keys is None:
            return self._keys(kind, names_sql, planned.expression)
        rows = self._candidates(kind, keys)
        return [row.key for row in rows if planned.holds(f"{row.fold} {row.alias} {row.spelled}")]

    def _texts(self, kind: Kind, planned: Plan, names: str) -> list[int]:
        """Return keys of titles for a plan, in these columns (separated by spaces, '' for any)."""

        def within(expression: str) -> str:
            return f"{{{names}}} : ({expression})" if names else expression

        rare = planned.rare and within(planned.rare)
        keys = self._rare(kind, texts_sql, rare, planned.worth_reading // _READING_TEXTS)
        if keys is None:
            return self._keys(kind, texts_sql, within(planned.expression))
        columns = names.split() or ["name", *TEXT_COLUMNS]
        rows = self._database.rows(words_of_texts_sql(kind, *columns), (json.dumps(keys),)) if keys else ()
        return [row[0] for row in rows if planned.holds(fold(" ".join(filter(None, row[1:]))))]

    def _rare(self, kind: Kind, sql: KeysSql, expression: str, worth_reading: int) -> list[int] | None:
        """Return the keys of all rows with the rare words; None if they are too many to read."""
        worth_reading //= len(self.found)
        if not expression or worth_reading < _FEWEST_RARE:
            return None
        keys = self._matching(kind, sql, expression, worth_reading + 1)
        if len(keys) > worth_reading:
            return None
        allowed = self._allowed.get(kind)
        return keys if allowed is None else [key for key in keys if key in allowed]

    def _keys(self, kind: Kind, sql: KeysSql, expression: str) -> list[int]:
        """Return as many keys as needed to count up to the cap and to rank some."""
        of_others = self.total() - len(self.found[kind].matched)
        limit = RANKED_OF_ALL if self._ranks_all else max(CAP + 1 - of_others, RANKED_OF_MANY)
        allowed = self._allowed.get(kind)
        if allowed is None:
            return self._matching(kind, sql, expression, limit)
        rows = self._database.run(sql(kind), (expression, -1))
        return list(islice((key for _kind, key in rows if key in allowed), limit))

    def _matching(self, kind: Kind, sql: KeysSql, expression: str, limit: int) -> list[int]:
        """Return the keys of the first matches.

        One statement covers the kinds that will all be needed: all names, and texts while few names were found.
        """
        most, found = self._batches.get((sql, expression), (0, {}))
        if limit > most or kind not in found:
            found = {of: [] for of in self._asked_together(kind, sql)}
            for number, key in self._database.rows(sql(*found), (expression, limit)):
                found[_KINDS[number]].append(key)
            self._batches[sql, expression] = limit, found
        return found[kind][:limit]

    def _asked_together(self, kind: Kind, sql: KeysSql) -> list[Kind]:
        if sql is names_sql:
            return list(self.found)
        if self.total() > RANKED:
            return [kind]
        return [of for of in self.found if TABLES[of].has_texts and self._tables.texts_ready(of)]

    def _candidates(self, kind: Kind, keys: Sequence[int]) -> list[Row]:
        self._read_rows({kind: keys})
        read = self.read[kind]
        return [read[key] for key in keys if key in read]

    def _read_rows(self, wanted: Mapping[Kind, Sequence[int]]) -> None:
        """Have the rows of keys of several kinds at hand."""
        unread = {kind: missing for kind, keys in wanted.items() if (missing := self._unread(kind, keys))}
        if unread:
            params = [json.dumps(keys) for keys in unread.values()]
            for number, *row in self._database.rows(rows_sql(tuple(unread)), params):
                self.read[_KINDS[number]][row[0]] = Row._make(row)

    def _unread(self, kind: Kind, keys: Sequence[int]) -> list[int]:
        """Return the keys not read by this or the last search; reuse the rows of the last one."""
        read, before = self.read[kind], self._read_before.get(kind, {})
        read.update([(key, before[key]) for key in keys if key not in read and key in before])
        return [key for key in keys if key not in read]
