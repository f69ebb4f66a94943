"""Which categories are to be synced, kind by kind, and which of them are shown. Values only; nothing is saved here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from tui_app.catalog import LISTED_KINDS, UNCATEGORISED_ID, Category, Kind
from tui_app.text import fold
from tui_app.widgets.list_rows import ListRow
from tui_app.widgets.tick_list import TICKED, UNTICKED


class CategoryTicks:
    """The categories of one profile with their ticks. Making one folds every name: 40,000 take a tenth of a second."""

    def __init__(self, categories: Mapping[Kind, Sequence[Category]], left_out: Mapping[Kind, Collection[str]]) -> None:
        self._categories = {
            kind: tuple(category for category in categories.get(kind, ()) if category.id != UNCATEGORISED_ID)
            for kind in LISTED_KINDS
        }
        self._folded = {
            kind: tuple(fold(category.name) for category in found) for kind, found in self._categories.items()
        }
        self._left_out = {kind: set(left_out.get(kind, ())) for kind in LISTED_KINDS}

    def left_out(self) -> dict[Kind, tuple[str, ...]]:
        """The ids of the unticked ones, as the settings want them: in the provider's order, unknown ones last."""
        return {kind: tuple(self._ordered(kind)) for kind in LISTED_KINDS if self._left_out[kind]}

    def _ordered(self, kind: Kind) -> Iterator[str]:
        ids = self._left_out[kind]
        known = [category.id for category in self._categories[kind] if category.id in ids]
        yield from known
        yield from sorted(ids.difference(known))  # no longer listed: they may come back

    def total(self, kind: Kind) -> int:
        return len(self._categories[kind])

    def count_left_out(self, kind: Kind) -> int:
        """How many of the listed ones are unticked."""
        return sum(category.id in self._left_out[kind] for category in self._categories[kind])

    def matching(self, kind: Kind, text: str) -> list[Category]:
        """Those whose names hold every word of the text, in any case, in the provider's order."""
        words = fold(text).split()
        pairs = zip(self._categories[kind], self._folded[kind], strict=True)
        return [category for category, name in pairs if all(word in name for word in words)]

    def is_ticked(self, kind: Kind, category_id: str) -> bool:
        return category_id not in self._left_out[kind]

    def toggle(self, kind: Kind, category_id: str) -> None:
        self._left_out[kind] ^= {category_id}

    def tick(self, kind: Kind, categories: Sequence[Category], ticked: bool) -> None:
        """Tick or untick all of these."""
        ids = {category.id for category in categories}
        if ticked:
            self._left_out[kind] -= ids
        else:
            self._left_out[kind] |= ids


def row_key(kind: Kind, category_id: str) -> str:
    """Names a row so that it means the same whichever kind is shown by the time somebody hears of it."""
    return f"{kind} {category_id}"


def category_of(key: str) -> tuple[Kind, str]:
    """The kind and the category's id that `row_key` named."""
    kind, _, category_id = key.partition(" ")
    return Kind(kind), category_id


class TickRows:
    """Some categories as rows, made when they are seen."""

    def __init__(self, ticks: CategoryTicks, kind: Kind, categories: Sequence[Category]) -> None:
        self._ticks = ticks
        self._kind = kind
        self._categories = categories
        self.total = len(categories)

    def rows(self, start: int, stop: int) -> list[ListRow]:
        return [self._row(category) for category in self._categories[start:stop]]

    def _row(self, category: Category) -> ListRow:
        ticked = self._ticks.is_ticked(self._kind, category.id)
        count = f"{category.count:,}" if category.count or ticked else "not copied"
        return ListRow(
            row_key(self._kind, category.id), (category.name, count), TICKED if ticked else UNTICKED, dim=not ticked
        )

    def index_of(self, key: str) -> int | None:
        kind, wanted = category_of(key)
        found = (index for index, category in enumerate(self._categories) if category.id == wanted)
        return next(found, None) if kind is self._kind else None
