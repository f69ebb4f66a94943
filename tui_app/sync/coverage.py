"""Decide which stored items may be removed because a fetched list does not contain them. No I/O except key look-ups.

`Coverage` determines what an absence means. A complete list covers all items; a truncated one covers only the items it
contains. A list assembled by category does not cover items without a category, items of failed categories, or items
that are only in categories the panel can't filter by.

`judge` then checks plausibility. A list that shrank to less than 80 % is not applied until the next list confirms it or
the user accepts it; an empty list is never confirmed by repetition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from tui_app.catalog import Kind
from tui_app.store.items.categories import category_ids_of, keys_in_categories, keys_only_in_categories
from tui_app.sync.category_lists import MOST_CATEGORIES, FetchedList
from tui_app.sync.raw_list import ChosenRow

if TYPE_CHECKING:
    from tui_app.store.database import LibraryDatabase
    from tui_app.xtream.stream import ListVerdict

_BLOCK: Final = 1_000
_NAMED: Final = 3


class Missing(NamedTuple):
    """Stored items absent from a list: `gone` may be removed, `unwanted` counts those excluded only by the user."""

    gone: set[int]
    unwanted: int
    spared: int  # absent, but not covered by the list


class Coverage:
    """What one list covers. `doubtful` collects items that were stored with other categories than the list names."""

    def __init__(self, database: LibraryDatabase, kind: Kind, fetched: FetchedList, excluded: frozenset[str]) -> None:
        self._database = database
        self._kind = kind
        self._by_category = fetched.by_category
        self._excluded = excluded
        self._is_whole_body = not fetched.body.truncated
        self._was_too_slow = fetched.body.too_slow
        self.is_complete = self._is_sound = False
        self.doubtful: set[int] = set()

    def learn(self, verdict: ListVerdict) -> None:
        """Record the parser's verdict, known once the body has been read to its end."""
        is_whole = self._is_whole_body and not (self._by_category and self._by_category.failed)
        self.is_complete = verdict.complete and is_whole
        self._is_sound = verdict.sound and is_whole

    @property
    def is_everything(self) -> bool:
        """Whether the list alone defines all items of its kind."""
        return self.is_complete and self._by_category is None

    def reason(self, excluded: int) -> str:
        """Return why the part is incomplete, or "". `excluded` counts stored items the list does not contain."""
        noun = self._kind.plural
        found = self._by_category
        if self.is_complete or (self._is_sound and not excluded):
            return ""
        if self._is_sound:
            return f"the list of {noun} came with other text around it, so the {excluded:,} it does not name were kept"
        if self._was_too_slow:
            return f"the list of {noun} came too slowly and was broken off; what came was kept, nothing was removed"
        if found is None:
            return f"the list of {noun} was cut short or damaged; what came was kept, nothing was removed"
        failed, asked = len(found.failed), len(found.failed) + len(found.answered)
        names = ", ".join(found.failed_names[:_NAMED])
        names += f" and {failed - _NAMED:,} more" if failed > _NAMED else ""
        limit = f"; no more than {MOST_CATEGORIES:,} are asked for" if asked > MOST_CATEGORIES else ""
        return (
            f"the list of {noun} came category by category, because {found.trouble}; {failed:,} of {asked:,} "
            f"categories are missing ({names}){limit}: what they held was kept, nothing was removed"
        )

    def missing(self, vanished: set[int]) -> Missing:
        """Classify the stored items that the list does not contain."""
        if self._by_category is None:
            return Missing(vanished, 0, 0)
        covered = keys_in_categories(self._database, self._kind, self._by_category.answered) & vanished
        unwanted = keys_only_in_categories(self._database, self._kind, self._excluded) & vanished
        gone = covered | unwanted
        return Missing(gone, len(unwanted - covered), len(vanished) - len(gone))

    def settled(self, rows: Iterable[ChosenRow]) -> Iterator[ChosenRow]:
        """Yield the rows with their final categories: the listed ones plus stored ones that the list does not cover."""
        if self._by_category is None and self._is_sound:
            yield from rows
            return
        rows = iter(rows)
        while block := list(islice(rows, _BLOCK)):
            stored = category_ids_of(self._database, self._kind, [key for _, key, _ in block])
            for index, key, row in block:
                categories = self._categories(row.category_ids, stored.get(key, ()))
                if categories != row.category_ids:
                    self.doubtful.add(key)
                    row = replace(row, category_ids=categories)
                yield index, key, row

    def _categories(self, listed: tuple[str, ...], stored: tuple[str, ...]) -> tuple[str, ...]:
        if self._by_category is None:
            return tuple(dict.fromkeys((*listed, *stored)))
        failed = self._by_category.failed
        kept = (id_ for id_ in stored if id_ in listed or id_ in failed)
        return tuple(dict.fromkeys((*kept, *listed)))


PLAUSIBLE_SHARE: Final = 0.8
#: Share of removals two answers must have in common to confirm each other: panels change slightly all the time.
CONFIRMING_SHARE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether items may be removed, and why not. If `confirmable`, a second matching answer allows the removal."""

    may_remove: bool
    reason: str = ""
    confirmable: bool = False


@dataclass(frozen=True, slots=True)
class ListCounts:
    """Items stored before and in the answer, and rows in excluded categories at the last sync and in the answer.

    Items that moved to an excluded category are no loss, and rows there do not replace missing items.
    """

    stored: int
    listed: int
    excluded: int = 0
    excluded_before: int = 0


def judge(
    noun: str,
    counts: ListCounts,
    vanished: Set[int],
    *,
    is_complete: bool,
    pending: Set[int] = frozenset(),
    accept_shrink: bool = False,
) -> Verdict:
    """Decide whether the items with the keys `vanished` may be removed.

    `noun` is the plural for messages ("movies"); `pending` are the keys whose removal was deferred at the last complete
    answer.
    """
    if not is_complete:
        return Verdict(False, f"the list of {noun} was not complete, so nothing was removed")
    if not vanished:
        return Verdict(True)
    if accept_shrink:
        return Verdict(True)
    listed = counts.listed
    stored = counts.stored - max(0, counts.excluded - counts.excluded_before)
    if listed + counts.excluded == 0:
        return Verdict(False, f"the provider returned an empty list of {noun}; the {stored:,} stored ones were kept")
    if listed >= PLAUSIBLE_SHARE * stored:
        return Verdict(True)
    if pending and len(vanished & pending) >= CONFIRMING_SHARE * max(len(vanished), len(pending)):
        return Verdict(True)
    gone = len(vanished)
    return Verdict(
        False,
        f"the provider lists {gone:,} fewer {noun} ({listed:,} of {stored:,}); they were kept until the next sync "
        "confirms it or you accept it",
        confirmable=True,
    )
