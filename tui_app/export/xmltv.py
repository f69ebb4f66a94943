"""The stored guide as an XMLTV file: the selected channels, then their programmes, channel by channel.

Channels are known by their guide id, as in the playlist (`tvg-id`), or by the provider's id where they have none;
channels that share a guide id are one. Times are UTC.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from html import escape  # `xml.sax.saxutils` would load the HTTP client of the standard library
from typing import TYPE_CHECKING, Final

from tui_app.store.epg.programmes import KEPT_AHEAD_S, LONGEST_ARCHIVE_DAYS
from tui_app.text.clean import LONGEST_TEXT

if TYPE_CHECKING:
    from tui_app.catalog import Programme
    from tui_app.export.records import Record
    from tui_app.store.library_store import LibraryStore

_A_DAY_S: Final = 86_400
#: Characters that XML 1.0 has no way to write.
_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: What a reader of an attribute would turn into spaces.
_BLANKS: Final = {ord(char): f"&#{ord(char)};" for char in "\t\n\r"}


def xmltv_lines(records: Iterable[Record], store: LibraryStore, now: int) -> Iterator[str]:
    """Yield the document, a channel or programme at a time. One short text per channel is kept in memory."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<tv generator-info-name="xtream-tui">\n'
    channels: dict[str, str] = {}
    for record in records:
        item = record.row.item
        name = item.epg_id or item.id
        if name in channels:
            continue
        channels[name] = item.id
        icon = f"<icon src={attribute(record.logo)}/>" if record.logo else ""
        yield f"  <channel id={attribute(name)}><display-name>{content(item.name)}</display-name>{icon}</channel>\n"
    start, stop = now - LONGEST_ARCHIVE_DAYS * _A_DAY_S, now + KEPT_AHEAD_S
    for name, channel_id in channels.items():
        for programme in store.guide.get_programmes(channel_id, start, stop).programmes:
            yield _programme(name, programme)
    yield "</tv>\n"


def _programme(channel: str, programme: Programme) -> str:
    description = f"<desc>{content(programme.description)}</desc>" if programme.description else ""
    return (
        f'  <programme start="{_utc(programme.start)}" stop="{_utc(programme.stop)}" channel={attribute(channel)}>'
        f"<title>{content(programme.title)}</title>{description}</programme>\n"
    )


def _utc(at: int) -> str:
    return time.strftime("%Y%m%d%H%M%S +0000", time.gmtime(at))


def content(text: str) -> str:
    """Escape text for an XML element."""
    return escape(_NOT_IN_XML.sub("\ufffd", text[:LONGEST_TEXT]), quote=False)


def attribute(text: str) -> str:
    """Escape and quote text for an XML attribute."""
    kept = escape(_NOT_IN_XML.sub("\ufffd", text[:LONGEST_TEXT]))
    return f'"{kept.translate(_BLANKS)}"'
