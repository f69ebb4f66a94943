"""One JSON document, an item a line, so that it can be written, and read by line, without holding it whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from tui_app.export.records import Record


def json_lines(records: Iterable[Record], *, profile: str, exported_at: int) -> Iterator[str]:
    """The document in pieces: `{"profile", "exported_at", "items": [...], "total"}`. `exported_at` is epoch seconds.

    `total` comes last: it is counted, not foretold.
    """
    head = json.dumps({"profile": profile, "exported_at": exported_at}, ensure_ascii=False)
    yield f'{head[:-1]}, "items": [\n'
    total = 0
    for record in records:
        document = json.dumps(record.document(), ensure_ascii=False)
        yield f"{',' if total else ' '} {document}\n"
        total += 1
    yield f'], "total": {total}}}\n'
