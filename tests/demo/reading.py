"""How the demo's tests read a list: the JSON itself, and its items in meaning, free of what may differ without one."""

from __future__ import annotations

import json
import re
from typing import Any

from tui_app.catalog import Kind
from tui_app.demo import DemoLibrary

Row = dict[str, Any]
ID_FIELDS = {Kind.CHANNEL: "stream_id", Kind.MOVIE: "stream_id", Kind.SERIES: "series_id"}
_MEANINGLESS = {"num", "category_id", "last_modified"}


def body(library: DemoLibrary, kind: Kind, generation: int = 0) -> bytes:
    return b"".join(library.blocks(kind, generation))


def rows(library: DemoLibrary, kind: Kind, generation: int = 0) -> list[Row]:
    listed: list[Row] = json.loads(body(library, kind, generation))
    return listed


def items(library: DemoLibrary, kind: Kind, generation: int = 0) -> dict[str, Row]:
    """Id -> fields as a reader understands them: numbers unquoted, icon hosts alike, all categories of all rows."""
    found: dict[str, Row] = {}
    for row in rows(library, kind, generation):
        item_id = str(row.pop(ID_FIELDS[kind]))
        category = str(row["category_id"])
        item = {name: _plain(value) for name, value in row.items() if name not in _MEANINGLESS}
        known = found.setdefault(item_id, item | {"categories": set()})
        known["categories"].add(category)
        assert {name: known[name] for name in item} == item, "two rows of one id disagree"
    return found


def difference(old: dict[str, Row], new: dict[str, Row]) -> tuple[int, int, int]:
    """How many ids were added, changed and removed."""
    both = old.keys() & new.keys()
    changed = sum(old[item_id] != new[item_id] for item_id in both)
    return len(new) - len(both), changed, len(old) - len(both)


def _plain(value: object) -> str:
    return re.sub(r"//cdn\d\.", "//cdn.", str(value))
