"""Build catch-up URLs (past programmes) in all known formats, and find the one a panel accepts.

Panels use their own clock and don't announce their format, so formats are probed once by the first bytes of the answer;
the caller stores the one that plays. All URLs built here contain credentials and are secret.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Final, Literal, NamedTuple
from urllib.parse import quote, urlencode

from tui_app.catalog import Programme
from tui_app.errors import BadAnswer, Denied
from tui_app.xtream.fields import zone_named
from tui_app.xtream.login import is_web_page
from tui_app.xtream.urls import path_segment

MAX_MINUTES: Final = 480
#: Margins in minutes, because programmes start and end late.
PAD_MINUTES: Final = 5
_WALL_CLOCK: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)\D+(\d\d)\D(\d\d)")
_CLOCKS: Final = {"colon": "%Y-%m-%d:%H-%M", "underscore": "%Y-%m-%d_%H-%M"}
_STOPPERS: Final = frozenset({401, 402, 403, 406, 451, 458, 512, 513, 884})
_TS_PACKET: Final = 188
_TS_SYNC: Final = 0x47


class CatchupForm(NamedTuple):
    """One format of catch-up URLs."""

    style: Literal["path", "query"]
    clock: Literal["colon", "underscore"]
    extension: str  # "" for none

    @property
    def key(self) -> str:
        """Return the identifier under which the format is stored."""
        return ":".join(self)


#: The most common first. Query formats come last, because some panels ignore `start` and play live.
FORMS: Final = (
    CatchupForm("path", "colon", "ts"),
    CatchupForm("path", "colon", "m3u8"),
    CatchupForm("path", "colon", ""),
    CatchupForm("path", "underscore", "ts"),
    CatchupForm("query", "colon", "ts"),
    CatchupForm("query", "underscore", "ts"),
)


class FirstBytes(NamedTuple):
    """The first bytes, type and status of a URL's answer."""

    status: int
    content_type: str
    body: bytes


class Found(NamedTuple):
    """A URL that plays, and its format."""

    address: str
    form: CatchupForm


class CatchupSource(NamedTuple):
    """Panel, account, channel and time zone of catch-up URLs. `repr` omits the login."""

    base_url: str
    username: str
    password: str
    wire_id: str  # of the channel
    timezone: str  # of the account

    def __repr__(self) -> str:
        return f"CatchupSource({self.wire_id})"


def form_named(key: str | None) -> CatchupForm | None:
    """Return the format with this key, None if there is none (any more)."""
    return next((form for form in FORMS if form.key == key), None)


def catchup_url(
    source: CatchupSource, programme: Programme, form: CatchupForm = FORMS[0], *, shift_minutes: int = 0
) -> str:
    """Return the URL of a past programme. `shift_minutes` moves the start, for archives with missing minutes."""
    start = (panel_clock(programme, source.timezone) + timedelta(minutes=shift_minutes)).strftime(_CLOCKS[form.clock])
    minutes = min(ceil((programme.stop - programme.start) / 60) + PAD_MINUTES, MAX_MINUTES)
    if form.style == "path":
        end = f".{form.extension}" if form.extension else ""
        who = f"{path_segment(source.username)}/{path_segment(source.password)}"
        return f"{source.base_url}/timeshift/{who}/{minutes}/{start}/{path_segment(source.wire_id)}{end}"
    fields = {
        "username": source.username,
        "password": source.password,
        "stream": source.wire_id,
        "start": start,
        "duration": str(minutes),
        "extension": form.extension,
    }
    query = urlencode(fields, quote_via=quote, safe=":", errors="replace")
    return f"{source.base_url}/streaming/timeshift.php?{query}"


def panel_clock(programme: Programme, timezone: str) -> datetime:
    """Return the start of a programme as naive wall clock time of the panel.

    The panel's own EPG text is used if there is one, so that both agree, except when it equals the UTC time on a
    panel in another zone: such panels print only the EPG in UTC.
    """
    try:
        began = datetime.fromtimestamp(programme.start, UTC)
    except (ValueError, OverflowError, OSError):
        raise BadAnswer("The guide's time of that programme can't be right.") from None
    there = began.astimezone(zone_named(timezone)).replace(tzinfo=None)
    text = _WALL_CLOCK.match(programme.start_text or "")
    if text is None:
        return there
    try:
        written = datetime(*(int(part) for part in text.groups()))  # type: ignore[arg-type]
    except ValueError:
        return there
    is_utc = written == began.replace(tzinfo=None, second=0)
    return there if is_utc else written


def candidates(
    source: CatchupSource, programme: Programme, formats: tuple[str, ...], first: CatchupForm | None
) -> Iterator[Found]:
    """Yield URLs to try: the stored or else the most common format, also shifted by a minute, then the others."""
    usable = [form for form in FORMS if form.extension in ("", "ts") or form.extension in formats]
    ordered = sorted(usable, key=lambda form: form != first)  # stable sort: the others keep their order
    for number, form in enumerate(ordered):
        for shift in (0, 1, -1) if number == 0 else (0,):
            yield Found(catchup_url(source, programme, form, shift_minutes=shift), form)


async def find_form(tries: Iterator[Found], look: Callable[[str], Awaitable[FirstBytes]]) -> Found:
    """Return the first candidate that plays.

    Raises `Denied` on a refusal, `BadAnswer` when none plays, and the errors of `look`. A format that returns
    something other than a stream is not tried with shifts, which only help with gaps in an archive.
    """
    given_up: CatchupForm | None = None
    for found in tries:
        if found.form == given_up:
            continue
        answer = await look(found.address)
        if answer.status in _STOPPERS:
            raise Denied(
                f"The panel refuses past programmes (HTTP {answer.status}).",
                http_status=answer.status,
                hint="The account may not include them, or another device is using it.",
            )
        if 200 <= answer.status < 300 and is_media(answer):
            return found
        if answer.status not in (400, 404, 410):
            given_up = found.form
    raise BadAnswer("The panel has no recording of that programme.", hint="Try another one; recordings come and go.")


def is_media(answer: FirstBytes) -> bool:
    """Whether the first bytes are a video stream or an HLS playlist, whatever the status."""
    body = answer.body
    if has_ts_sync(body) or body.lstrip().startswith(b"#EXTM3U") or body[4:8] == b"ftyp":
        return True
    kind = answer.content_type.lower()
    return bool(body) and kind.startswith(("video/", "audio/")) and not is_web_page(body) and body[:1] not in b"<{["


def has_ts_sync(body: bytes) -> bool:
    """Whether an MPEG transport stream starts within the first packet's length; panels may print warnings before it."""
    last = len(body) - _TS_PACKET
    return any(
        body[at] == _TS_SYNC and body[at + _TS_PACKET] == _TS_SYNC for at in range(min(4 * _TS_PACKET, max(last, 0)))
    )
