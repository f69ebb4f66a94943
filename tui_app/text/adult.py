"""Tells from a category's name that its items are for adults: most panels mark the category and not the items."""

from __future__ import annotations

import re
from functools import lru_cache

from tui_app.text.clean import NAME_LIMIT

_ADULT = re.compile(r"(?<!\w)(?:xxx|18\s?\+|\+18|adults?(?! swim)|porno?|erotica?)(?![\w+])", re.I)


@lru_cache(maxsize=2_048)
def category_is_adult(name: str) -> bool:
    """Whether a category's name says that its items are for adults."""
    return _ADULT.search(name, 0, NAME_LIMIT) is not None
