"""Parse an XMLTV file in blocks and yield its programmes in batches, in bounded memory, for any input.

The file is cut after complete programmes, and each piece is parsed by expat as a document of its own. The head of the
file, where entities could be declared, is never parsed. A piece that is not well-formed (unclosed tags) is read
programme by programme with regular expressions, so that a broken programme affects only itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Final, NamedTuple
from xml.parsers import expat

from tui_app.errors import BadAnswer
from tui_app.text import clean_line, clean_paragraphs
from tui_app.text.clean import NAME_LIMIT
from tui_app.xtream.epg.times import LONGEST_S, length_of, time_of, usable_end
from tui_app.xtream.epg.xmltv_reader import ChunkReader, GuideBytes, RawProgramme, salvaged
from tui_app.xtream.masking import SecretMask

DESCRIPTION_LIMIT: Final = 2_000  # characters; longer ones are cut
#: Maximum size of one programme element.
_LONGEST_PROGRAMME: Final = 1 << 20
_CACHE_SIZE: Final = 50_000  # cached times and channels

_OPEN: Final = b"<programme"
_CLOSE: Final = b"</programme>"
_USUAL_ATTRIBUTES: Final = 3  # start, stop and channel
_GUIDE_START: Final = re.compile(rb"<(?:tv|programme)[\s>/]")
_LONGEST_TIME: Final = 80  # characters; longer texts are no times and not cached
# most reliable first: numbers are unambiguous, texts may lack a zone
_START: Final = ("start_timestamp", "start-timestamp", "start")
_STOP: Final = ("stop_timestamp", "stop-timestamp", "end_timestamp", "stop", "end")


class XmltvProgramme(NamedTuple):
    """A programme as in the file. `channel` is the id as written, times are epoch seconds, texts are clean.

    `stop` is None without a usable end: it then ends where the channel's next programme starts.
    """

    channel: str
    start: int
    stop: int | None
    title: str
    description: str


@dataclass(slots=True)
class XmltvVerdict:
    """The completeness of a file, known once its last programme was read.

    Only a `complete` file (closed, nothing broken) may remove programmes. `dropped` counts programmes with
    impossible times, which does not affect completeness.
    """

    complete: bool = False
    programmes: int = 0  # parsed, including unwanted ones
    skipped: int = 0  # not parseable
    dropped: int = 0


class XmltvStream:
    """The programmes of one file: iterate once for batches, then read `verdict`.

    `wants` selects channels; `zone` applies to times without one. Iterating raises BadAnswer if it is no XMLTV
    file.
    """

    def __init__(
        self,
        blocks: Iterable[bytes],
        wants: Callable[[str], bool],
        *,
        zone: tzinfo = UTC,
        mask: SecretMask | None = None,
    ) -> None:
        self._bytes = GuideBytes(blocks)
        self._wants = wants
        self._zone = zone
        self._mask = mask or SecretMask()
        self._wanted: dict[str, bool] = {}
        self._times: dict[str, int | None] = {}
        self.verdict = XmltvVerdict()

    def __iter__(self) -> Iterator[list[XmltvProgramme]]:
        rest, is_guide = b"", False
        for block in self._bytes:
            rest += block
            is_guide = is_guide or _GUIDE_START.search(rest) is not None
            chunk, rest = self._cut(rest)
            if chunk and (batch := self._programmes(chunk)):
                yield batch
        if not is_guide:
            raise BadAnswer("The panel sent no programme guide.")
        is_cut = rest.rfind(b"</tv>") < rest.rfind(_OPEN) or b"</tv>" not in rest
        self.verdict.skipped += rest.count(_OPEN)
        self.verdict.complete = not is_cut and not self.verdict.skipped

    def _cut(self, text: bytes) -> tuple[bytes, bytes]:
        """Return (complete programmes, rest). A rest too long to be a programme is dropped."""
        end = text.rfind(_CLOSE)
        if end >= 0:
            end += len(_CLOSE)
            start = text.find(_OPEN)
            return text[max(start, 0) : end], text[end:]
        if len(text) > _LONGEST_PROGRAMME:
            self.verdict.skipped += text.count(_OPEN)
            return b"", text[-len(_CLOSE) :]
        return b"", text

    def _programmes(self, chunk: bytes) -> list[XmltvProgramme]:
        reader = ChunkReader(self._is_wanted)
        try:
            reader.read(chunk, self._bytes.encoding)
            found, count = reader.found, reader.count
        except (expat.ExpatError, ValueError, LookupError):
            text = chunk.decode(self._bytes.encoding, "replace")
            found, count = salvaged(text, self._is_wanted)
            self.verdict.skipped += text.count("<programme") - count
        self.verdict.programmes += count
        masked = self._mask.masked if self._mask.touches(chunk) else None
        made = []
        for raw in found:
            programme = self._programme(raw)
            if programme is None:
                self.verdict.dropped += 1
            elif masked is not None:  # masked here, after entities are resolved
                made.append(
                    programme._replace(title=masked(programme.title), description=masked(programme.description))
                )
            else:
                made.append(programme)
        return made

    def _is_wanted(self, channel: str) -> bool:
        if len(channel) > NAME_LIMIT:  # longer than any stored channel id
            return False
        wanted = self._wanted.get(channel)
        if wanted is None:
            wanted = self._wants(channel)
            if len(self._wanted) < _CACHE_SIZE:
                self._wanted[channel] = wanted
        return wanted

    def _programme(self, raw: RawProgramme) -> XmltvProgramme | None:
        times = self._times_of(raw)
        if times is None:
            return None
        start, stop = times
        title, about = clean_line(raw.title or raw.subtitle) or "No title", raw.desc
        if raw.title and raw.subtitle and raw.subtitle != raw.title:
            about = f"{raw.subtitle}\n{about}"
        return XmltvProgramme(raw.channel, start, stop, title, _description(about))

    def _times_of(self, raw: RawProgramme) -> tuple[int, int | None] | None:
        """Return (start, usable end or None); None if it is no programme."""
        attributes = raw.attributes
        if len(attributes) == _USUAL_ATTRIBUTES:  # fast path for nearly all programmes: only start, stop and channel
            start, stop = self._time(attributes.get("start", "")), self._time(attributes.get("stop", ""))
            if start is not None and stop is not None and 0 < stop - start <= LONGEST_S:
                return start, stop
        start = next((at for name in _START if (at := self._time(attributes.get(name, ""))) is not None), None)
        if start is None:
            return None
        length = length_of(raw.length, raw.unit_s) or length_of(attributes.get("duration", ""))
        ends = [self._time(attributes.get(name, "")) for name in _STOP]
        try:
            return start, usable_end(start, [*ends, None if length is None else start + length])
        except ValueError:
            return None

    def _time(self, text: str) -> int | None:
        """Parse a time with a cache: programmes of many channels start at the same minutes."""
        if not text or len(text) > _LONGEST_TIME:
            return None
        if text in self._times:
            return self._times[text]
        if len(self._times) >= _CACHE_SIZE:
            self._times.clear()
        found = self._times[text] = time_of(text, self._zone)
        return found


def _description(text: str) -> str:
    text = text.strip()
    if text.isascii() and text.isprintable() and "&" not in text and "  " not in text:
        return text[:DESCRIPTION_LIMIT].rstrip()
    return clean_paragraphs(text[: 2 * DESCRIPTION_LIMIT], DESCRIPTION_LIMIT)
