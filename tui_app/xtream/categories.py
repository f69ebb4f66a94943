"""A kind's categories made one tidy list: ids once, order kept, parents real and without circles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from tui_app.catalog import CategoryRow
from tui_app.xtream.coerce import text
from tui_app.xtream.rows import category_from

_DEEPEST: Final = 32  # levels; what goes deeper goes in circles


def tidy_categories(raw: Iterable[Mapping[str, object]]) -> tuple[tuple[CategoryRow, ...], int]:
    """The categories, and how many entries without an id were dropped.

    Of a repeated id the first place counts and the last name that says something.
    """
    known: dict[str, CategoryRow] = {}
    dropped = 0
    for values in raw:
        row = category_from(values, len(known))
        if row is None:
            dropped += 1
        elif row.id not in known:
            known[row.id] = row
        elif text(values.get("category_name")) is not None:
            known[row.id] = known[row.id]._replace(name=row.name)
    parents = {row.id: row.parent_id for row in known.values() if row.parent_id in known}
    circular = {identity for identity in parents if _is_circular(identity, parents)}
    rows = (row._replace(parent_id=None if row.id in circular else parents.get(row.id)) for row in known.values())
    return tuple(rows), dropped


def _is_circular(start: str, parents: Mapping[str, str | None]) -> bool:
    at: str | None = start
    for _level in range(_DEEPEST):
        at = parents.get(at) if at is not None else None
    return at is not None
