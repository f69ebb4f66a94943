"""Client for one panel: login, categories, lists, details and EPG.

Lists are fetched one at a time per host (see `HostGate`), with requests that players also send. Answers are catalogue
values or a body on disk. Errors are from `tui_app.errors` and contain no URL.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, tzinfo
from typing import Final, NamedTuple

import httpx

from tui_app.catalog import Account, CategoryRow, Details, Kind, Programme
from tui_app.errors import PanelError, TruncatedAnswer
from tui_app.text import redactor
from tui_app.xtream.details import movie_details_from, series_details_from
from tui_app.xtream.epg.short_epg import programmes_from
from tui_app.xtream.fields import zone_named
from tui_app.xtream.http.body import DownloadedBody, Progress
from tui_app.xtream.http.errors import perhaps_the_proxy
from tui_app.xtream.http.host_gate import HostGate
from tui_app.xtream.http.session import ClientOptions, HttpSession, Limits, Reply
from tui_app.xtream.http.transport import PanelTransport
from tui_app.xtream.json_repair import decode_object
from tui_app.xtream.login import account_from_answer, refusal_by_status
from tui_app.xtream.masking import SecretMask
from tui_app.xtream.rows import RowContext, tidy_categories
from tui_app.xtream.stream import MAX_BYTES, ListVerdict, split_rows
from tui_app.xtream.urls import api_url, breaks_stream_urls, guide_url, host_of

DETAILS_TOTAL_S: Final = 30.0
LOGIN_CAP: Final = 1 << 20
DETAILS_CAP: Final = 16 << 20
CATEGORIES_CAP: Final = 64 << 20
GUIDE_FILE_CAP: Final = 2 << 30
#: HTTP statuses that panels send for a channel without an EPG.
_NO_GUIDE: Final = frozenset({404, 500})
NOT_MODIFIED: Final = 304
_PAST_CACHES: Final = {"Cache-Control": "no-cache"}

_CATEGORY_ACTIONS: Final = {
    Kind.CHANNEL: "get_live_categories",
    Kind.MOVIE: "get_vod_categories",
    Kind.SERIES: "get_series_categories",
}
_LIST_ACTIONS: Final = {Kind.CHANNEL: "get_live_streams", Kind.MOVIE: "get_vod_streams", Kind.SERIES: "get_series"}


class CategoryList(NamedTuple):
    """The categories of one kind in the panel's order, and the completeness of the list."""

    rows: tuple[CategoryRow, ...]
    verdict: ListVerdict


class PanelClient:
    """One account on one panel; an async context manager. Registers its secrets with the redactor.

    `gate` is the shared gate of the host; without one, pacing is local to this client. `on_wait` is called with the
    seconds before a wait that the server requests; with it a login waits up to ten minutes, otherwise up to one.

    All methods raise Unreachable, Overloaded, Denied, LoginRefused, BadAnswer or PanelError (a refused redirect).
    """

    def __init__(
        self,
        base_url: str,
        username: str,
        password: str,
        options: ClientOptions = ClientOptions(),
        *,
        gate: HostGate | None = None,
        on_wait: Callable[[float], None] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        redactor.learn(username, password)
        self._username, self._password = username, password
        #: Masks this account's password in answers.
        self.mask = SecretMask(password, username)
        self._options = options
        #: Background work must call `HostGate.enter_background` first.
        self.gate = gate or HostGate(
            None, host_of(base_url), sleep=options.sleep, clock=options.clock, wall_clock=options.wall_clock
        )
        self._wire = HttpSession(
            base_url,
            options,
            gate=self.gate,
            transport=transport or PanelTransport(verify_tls=options.verify_tls),
            on_wait=on_wait,
        )
        #: The server's time zone, for times without one; set by `login`.
        self.zone: tzinfo = UTC

    def __repr__(self) -> str:
        return f"PanelClient({self._wire.host})"

    async def __aenter__(self) -> PanelClient:
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._wire.close()

    @property
    def base_url(self) -> str:
        """The base URL, as given or after the panel's redirect to https in this session."""
        return self._wire.base_url

    async def login(self) -> Account:
        """Log in and return the account. Also raises NotAPanel; a refused login is never retried."""
        within = self._options.login_total_s
        limits = Limits(LOGIN_CAP, within, within, total_s=within, tries=2, is_watched=True)
        reply = await self._wire.get(self._address(None), limits)
        with reply.body as body, _naming_proxy(reply):
            account = account_from_answer(reply.status, reply.headers, body.read(), self._options.wall_clock())
        self.zone = zone_named(account.timezone)
        if breaks_stream_urls(self._username, self._password):
            warning = "User name or password holds a slash: most panels will not play anything with it."
            account = replace(account, warnings=(*account.warnings, warning))
        return account

    async def fetch_categories(self, kind: Kind) -> CategoryList:
        """Return the categories of a kind. Raises UnsupportedAction if the panel does not offer the kind."""
        async with self.gate.list_lane():
            reply = await self._get_list(_CATEGORY_ACTIONS[kind], CATEGORIES_CAP)
        with reply.body as body:
            stream = split_rows(body.blocks())
            raw = [row for batch in stream for row in batch]
            verdict = stream.verdict
            verdict.truncated = verdict.truncated or body.truncated
            verdict.complete = verdict.complete and not body.truncated
        decoded = [values for row in raw if (values := decode_object(row)) is not None]
        rows, dropped = tidy_categories(self.mask.masked(decoded) if any(map(self.mask.touches, raw)) else decoded)
        verdict.skipped += dropped + len(raw) - len(decoded)
        return CategoryList(rows, verdict)

    async def fetch_list(
        self, kind: Kind, *, category_id: str | None = None, on_progress: Progress | None = None
    ) -> DownloadedBody:
        """Return the body of a whole list or of one category, for `split_rows`. The caller closes it.

        A truncated body is returned and marked as such. Raises ValueError for category "0" or "", which panels
        treat as "all".
        """
        if category_id is not None and category_id.strip() in ("", "0", "*"):
            raise ValueError("panels answer this category id with the full list")
        extra = {} if category_id is None else {"category_id": category_id}
        async with self.gate.list_lane():
            reply = await self._get_list(_LIST_ACTIONS[kind], MAX_BYTES, on_progress, **extra)
        return reply.body

    async def fetch_list_if_changed(
        self, kind: Kind, *, etag: str = "", last_modified: str = "", on_progress: Progress | None = None
    ) -> DownloadedBody | None:
        """Return the body of a whole list, or None for HTTP 304 (unchanged since these validators).

        Only for panels that sent a validator. Raises ValueError without any.
        """
        asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in asked.items() if value}
        if not headers:
            raise ValueError("a condition needs a validator")
        limits = replace(self._list_limits(MAX_BYTES), headers=headers)
        async with self.gate.list_lane():
            reply = await self._wire.get(self._address(_LIST_ACTIONS[kind]), limits, on_progress)
        if reply.status == NOT_MODIFIED:
            reply.body.close()
            return None
        return _accepted(reply).body

    async def fetch_movie_details(self, movie_id: str, *, background: bool = False) -> Details:
        """Return the result of `get_vod_info`, empty for an unknown id. `movie_id` is the id as sent by the panel.

        `background` requests are spaced more widely.
        """
        body = await self._get_details("get_vod_info", background, vod_id=movie_id)
        return movie_details_from(body, movie_id, RowContext(self.base_url))

    async def fetch_series_details(
        self, series_id: str, *, list_row_name: str = "", background: bool = False
    ) -> Details:
        """Return the result of `get_series_info` with seasons and episodes, empty for an unknown id."""
        body = await self._get_details("get_series_info", background, series_id=series_id)
        return series_details_from(body, list_name=list_row_name, context=RowContext(self.base_url))

    async def fetch_short_guide(
        self, channel_id: str, limit: int = 4, *, background: bool = False
    ) -> tuple[Programme, ...]:
        """Return what is on now and next; () for a channel without an EPG, which some panels report as 404 or 500."""
        return await self._get_guide("get_short_epg", background, stream_id=channel_id, limit=str(limit))

    async def fetch_day_guide(self, channel_id: str) -> tuple[Programme, ...]:
        """Return all programmes the panel lists for a channel, past and future, with their catch-up flags."""
        return await self._get_guide("get_simple_data_table", False, stream_id=channel_id)

    async def fetch_guide_file(self, on_progress: Progress | None = None) -> DownloadedBody:
        """Return the XMLTV file, hundreds of MB on some panels, for `XmltvStream`. The caller closes it.

        A truncated body is returned and marked as such.
        """
        limits = self._list_limits(GUIDE_FILE_CAP)
        async with self.gate.list_lane():
            reply = await self._wire.get(self._guide_file, limits, on_progress)
        return _accepted(reply).body

    async def _get_guide(self, action: str, background: bool, **extra: str) -> tuple[Programme, ...]:
        limits = Limits(
            DETAILS_CAP,
            DETAILS_TOTAL_S,
            self._options.read_timeout_s,
            total_s=DETAILS_TOTAL_S,
            tries=1,
            background=background,
            harmless=_NO_GUIDE,
        )
        reply = await self._wire.get(self._address(action, **extra), limits)
        if reply.status not in _NO_GUIDE:
            _accepted(reply)
        with reply.body as body:
            if reply.status != 200:
                return ()
            found = await asyncio.to_thread(
                programmes_from, body.read(), self.zone
            )  # parsed in a thread: thousands of programmes take 0.1 s
        return tuple(  # masked after decoding, because titles are base64
            replace(one, title=self.mask.masked(one.title), description=self.mask.masked(one.description))
            for one in found
        )

    def _guide_file(self, base_url: str) -> str:
        return guide_url(base_url, self._username, self._password)

    async def _get_list(self, action: str, cap: int, on_progress: Progress | None = None, **extra: str) -> Reply:
        address, limits = self._address(action, **extra), self._list_limits(cap)
        reply = await self._wire.get(address, limits, on_progress)
        if reply.status == NOT_MODIFIED:  # 304 without a validator: sent by a cache in between
            reply.body.close()
            reply = await self._wire.get(address, replace(limits, headers=_PAST_CACHES), on_progress)
        return _accepted(reply)

    def _list_limits(self, cap: int) -> Limits:
        return Limits(cap, self._options.first_byte_timeout_s, self._options.read_timeout_s)

    async def _get_details(self, action: str, background: bool, **extra: str) -> bytes:
        within, idle = DETAILS_TOTAL_S, self._options.read_timeout_s
        limits = Limits(DETAILS_CAP, within, idle, total_s=within, background=background)
        reply = _accepted(await self._wire.get(self._address(action, **extra), limits))
        with reply.body as body:
            if body.truncated:
                raise TruncatedAnswer("The panel's answer broke off.", hint="Try again.")
            return self.mask.masked_body(body.read())

    def _address(self, action: str | None, **extra: str) -> Callable[[str], str]:
        return lambda base_url: api_url(base_url, self._username, self._password, action, **extra)


def _accepted(reply: Reply) -> Reply:
    """Return a reply with a good status; raise the error that its status means."""
    if 200 <= reply.status < 300:
        return reply
    with reply.body as body, _naming_proxy(reply):
        raise refusal_by_status(reply.status, reply.headers, next(body.blocks(), b""))


@contextmanager
def _naming_proxy(reply: Reply) -> Iterator[None]:
    """Mention the proxy in refusals that the proxy may have sent itself."""
    try:
        yield
    except PanelError as error:
        if reply.proxy is not None:
            perhaps_the_proxy(error, reply.proxy)
        raise
