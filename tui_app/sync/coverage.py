"""What a list can say of the items and categories it does not name: all, nothing, or what it was asked about.

A whole list speaks for everything, a cut one for nothing that is missing. One put together by category says nothing of
items without a category, of those in categories that failed, and of those only in categories nobody can ask for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    """The stored items a list leaves out: `gone` by its word or the user's, `unwanted` by the user's alone."""

    gone: set[int]
    unwanted: int
    spared: int  # left out, but the list says nothing of them


class Coverage:
    """The reach of one list. `doubtful` gathers items written otherwise than the list alone says."""

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
        """What the body, read to its end, turned out to be."""
        is_whole = self._is_whole_body and not (self._by_category and self._by_category.failed)
        self.is_complete = verdict.complete and is_whole
        self._is_sound = verdict.sound and is_whole

    @property
    def is_everything(self) -> bool:
        """Whether the list alone says all there is to know of its kind."""
        return self.is_complete and self._by_category is None

    def reason(self, excluded: int) -> str:
        """Why the part did not complete; "" when it did. `excluded`: stored items that the list does not name."""
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
        """What the list says of stored items it does not name."""
        if self._by_category is None:
            return Missing(vanished, 0, 0)
        told = keys_in_categories(self._database, self._kind, self._by_category.answered) & vanished
        unwanted = keys_only_in_categories(self._database, self._kind, self._excluded) & vanished
        gone = told | unwanted
        return Missing(gone, len(unwanted - told), len(vanished) - len(gone))

    def settled(self, rows: Iterable[ChosenRow]) -> Iterator[ChosenRow]:
        """The rows with the categories their items keep: those the list says nothing of, and the first one first."""
        if self._by_category is None and self._is_sound:
            yield from rows
            return
        rows = iter(rows)
        while block := list(islice(rows, _BLOCK)):
            stored = category_ids_of(self._database, self._kind, [key for _, key, _ in block])
            for place, key, row in block:
                categories = self._categories(row.category_ids, stored.get(key, ()))
                if categories != row.category_ids:
                    self.doubtful.add(key)
                    row = row._replace(category_ids=categories)
                yield place, key, row

    def _categories(self, listed: tuple[str, ...], stored: tuple[str, ...]) -> tuple[str, ...]:
        if self._by_category is None:
            return tuple(dict.fromkeys((*listed, *stored)))
        failed = self._by_category.failed
        kept = (id_ for id_ in stored if id_ in listed or id_ in failed)
        return tuple(dict.fromkeys((*kept, *listed)))
