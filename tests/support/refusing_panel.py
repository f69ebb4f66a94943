"""A panel of plain lists that also has details, and can refuse any of its actions."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.support.list_panel import ListPanel


class RefusingPanel(ListPanel):
    """`answers`: action → what to answer to its query. `refused`: action ("" for the login) → HTTP status."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, Callable[[dict[str, str]], Any]] = {}
        self.refused: dict[str, int] = {}
        self.requests: list[str] = []

    def answer(self, asked: dict[str, str], headers: dict[str, str]) -> tuple[int, dict[str, str | None], bytes]:
        action = asked.get("action", "")
        self.requests.append(action)
        if action in self.refused:
            return self.refused[action], {}, b"no"
        if action in self.answers:
            return 200, {}, json.dumps(self.answers[action](asked)).encode()
        return super().answer(asked, headers)
