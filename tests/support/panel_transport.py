"""A panel without sockets: requests are answered within the process, by the code of a panel that listens otherwise."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

import httpx

from tests.support.list_panel import ListPanel
from tests.support.unpaced import without_pauses
from tui_app.sync.panel import building_clients


class _Body(httpx.AsyncByteStream):
    """A body that comes in pieces and may end early."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._content), 4096):
            yield self._content[start : start + 4096]


class PanelAnswers(httpx.AsyncBaseTransport):
    """Answers as `panel` does, which need not run."""

    def __init__(self, panel: ListPanel) -> None:
        self._panel = panel

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        asked = {key: values[0] for key, values in parse_qs(request.url.query.decode()).items()}
        sent = {key.lower(): value for key, value in request.headers.items()}
        is_guide = request.url.path.endswith("/xmltv.php")
        status, more, body = self._panel.answer_guide() if is_guide else self._panel.answer(asked, sent)
        headers = {"Content-Length": str(len(body))} | more
        given = [(name, value) for name, value in headers.items() if value is not None]
        return httpx.Response(status, headers=given, stream=_Body(body), request=request)


@contextmanager
def answering(panel: ListPanel) -> Iterator[None]:
    """All clients of this process are answered by the panel, without pauses, for the length of a block."""
    build = without_pauses()

    def build_with(*given: Any, **more: Any) -> Any:
        return build(*given, **more, transport=PanelAnswers(panel))

    with building_clients(build_with):
        yield
