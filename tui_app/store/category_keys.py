"""The integer keys of categories. An id that only items name gets an unlisted row, and counts once it is listed."""

from __future__ import annotations

from collections.abc import Sequence

from tui_app.catalog import Kind
from tui_app.store.database import LibraryDatabase

NO_CATEGORY = 0


def category_kind(kind: Kind) -> str:
    """The kind that marks on the categories of `kind` are kept under, and moves of their ids are recorded under."""
    return f"category:{kind.value}"


class CategoryBook:
    """Category keys of one kind, for writing. Use it inside one transaction."""

    def __init__(self, database: LibraryDatabase, kind: Kind) -> None:
        self._database = database
        self._kind = kind
        rows = database.rows("SELECT id, key, name FROM category WHERE kind = ?", (kind.value,))
        self._keys: dict[str, int] = {row[0]: row[1] for row in rows}
        self._names: dict[int, str] = {row[1]: row[2] or row[0] for row in rows}

    def keys(self, ids: Sequence[str]) -> tuple[int, tuple[int, ...]]:
        """The key of the primary category (0 = none) and the keys of the further ones."""
        if not ids:
            return NO_CATEGORY, ()
        if len(ids) == 1:
            return self._key(ids[0]), ()
        first, *others = dict.fromkeys(self._key(id) for id in ids)
        return first, tuple(others)

    def name(self, key: int) -> str:
        """The name, or the id where no name is known; '' for no category."""
        return self._names.get(key, "")

    def _key(self, id: str) -> int:
        key = self._keys.get(id)
        if key is None:
            cursor = self._database.run(
                "INSERT INTO category(kind, id, name, fold, position, listed) VALUES (?, ?, '', '', 0, 0)",
                (self._kind.value, id),
            )
            key = int(cursor.lastrowid or 0)
            self._keys[id] = key
            self._names[key] = id
        return key
