"""A panel whose whole lists can be spoilt while single categories work, as panels of the XC family do it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support.list_panel import ACTIONS, ListPanel

Reply = tuple[int, dict[str, str | None], bytes]
LISTS = {"channels": "get_live_streams", "movies": "get_vod_streams", "series": "get_series"}


def status(code: int) -> Callable[[bytes], Reply]:
    return lambda body: (code, {"Retry-After": "0"}, b"")


def instead(body: bytes) -> Callable[[bytes], Reply]:
    return lambda _: (200, {}, body)


def cut(share: float = 0.5) -> Callable[[bytes], Reply]:
    """The body stops early, and its length says so."""
    return lambda body: (200, {"Content-Length": str(len(body))}, body[: int(len(body) * share)])


@dataclass
class Asked:
    """One question for a list: its action, the category or None, and the headers sent."""

    action: str
    category: str | None
    headers: dict[str, str] = field(repr=False)


class CategoryPanel(ListPanel):
    """`whole` spoils whole lists by part ("movies", "categories"), `broken` single categories of movies by id.

    With a category, rows say the one asked for in `category_id` and are counted from 1, unless `rewrites` is off.
    """

    def __init__(self) -> None:
        super().__init__()
        self.whole: dict[str, Callable[[bytes], Reply]] = {}
        self.broken: dict[str, Callable[[bytes], Reply]] = {}
        self.ignores_filter = False
        self.rewrites = True
        self.asked: list[Asked] = []
        self.validators: dict[str, str] = {}

    def answer(self, asked: dict[str, str], headers: dict[str, str]) -> Reply:
        action, category = asked.get("action", ""), asked.get("category_id")
        part = next((part for part, name in LISTS.items() if name == action), None)
        if part is None:
            reply = super().answer(asked, headers)
            return self.whole["categories"](reply[2]) if "categories" in self.whole and action in ACTIONS else reply
        self.asked.append(Asked(action, category, headers))
        if category is None or self.ignores_filter:
            rows = getattr(self, ACTIONS[action])
        else:
            rows = self.in_category(getattr(self, ACTIONS[action]), category)
        body = json.dumps(rows).encode()
        spoil = self.whole.get(part) if category is None else self.broken.get(category)
        if spoil is not None:
            return spoil(body)
        if self.validators and headers.get("if-none-match") == self.validators.get("ETag", "none"):
            return 304, {}, b""
        return 200, dict(self.validators), body

    def in_category(self, rows: list[dict[str, Any]], category: str) -> list[dict[str, Any]]:
        found = [row for row in rows if category in categories_of(row)]
        if not self.rewrites:
            return found
        return [row | {"category_id": category, "num": place} for place, row in enumerate(found, 1)]

    def categories_asked(self, part: str = "movies") -> list[str]:
        return [asked.category for asked in self.asked if asked.action == LISTS[part] and asked.category is not None]

    def wholes_asked(self, part: str = "movies") -> int:
        return sum(asked.category is None for asked in self.asked if asked.action == LISTS[part])


def categories_of(row: dict[str, Any]) -> set[str]:
    return {str(id_) for id_ in (row.get("category_id"), *row.get("category_ids", ())) if id_ is not None}
