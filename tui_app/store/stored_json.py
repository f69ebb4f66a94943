"""Values that a file keeps as JSON text. We wrote them, so one that can't be read is damage of the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from tui_app.store.migrations.runner import FoundDamage

Made = TypeVar("Made")


def read_json(text: str, make: Callable[[Any], Made], what: str) -> Made:
    """What `make` makes of a stored text. Raises `FoundDamage`, an error of SQLite's tree, that names `what`."""
    try:
        return make(json.loads(text))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise FoundDamage(f"{what} can't be read") from error
