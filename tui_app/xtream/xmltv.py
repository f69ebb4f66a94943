"""A whole guide file (XMLTV) in blocks → its programmes in batches, in bounded memory, whatever stands in it.

The file is cut after whole programmes and each piece is read by expat as a document of its own: what comes before the
first programme, where declarations of entities would stand, never reaches it. A piece that is no XML (unclosed tags
exist) is read programme by programme with patterns, and a broken one costs itself only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, tzinfo
from html import unescape
from typing import Final, NamedTuple
from xml.parsers import expat

from tui_app.errors import BadAnswer
from tui_app.text import clean_line, clean_paragraphs
from tui_app.xtream.coerce import epoch
from tui_app.xtream.guide import LONGEST_S
from tui_app.xtream.masking import SecretMask

DESCRIPTION_LIMIT: Final = 2_000  # characters; longer ones are cut
_BLOCK: Final = 1 << 18
#: A programme longer than this is none.
_LONGEST_PROGRAMME: Final = 1 << 20
_REMEMBERED: Final = 50_000  # times and channels that are looked up rather than read again
_HEAD: Final = 4_096

_OPEN: Final = b"<programme"
_CLOSE: Final = b"</programme>"
_ENCODING: Final = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_GUIDE_START: Final = re.compile(rb"<(?:tv|programme)[\s>/]")
_SINGLE: Final = re.compile(r"<programme\b([^<>]*)>(.*?)(?=<programme\b|\Z)", re.DOTALL)
_ATTRIBUTE: Final = re.compile(r"([A-Za-z-]{1,20})\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_FIELDS: Final = {
    name: re.compile(rf"<{name}\b[^<>]*>\s*(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))", re.DOTALL)
    for name in ("title", "sub-title", "desc")
}
_TIME: Final = re.compile(r"\s*(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?\s*(?:([+-]\d\d):?(\d\d)|(UTC|GMT|Z))?\s*")


class XmltvProgramme(NamedTuple):
    """A programme as a guide file has it. `channel` is the id as written, times are epoch seconds, texts are clean."""

    channel: str
    start: int
    stop: int
    title: str
    description: str


@dataclass(slots=True)
class XmltvVerdict:
    """What is to be thought of a guide file, known when its last programme was taken.

    Only a `complete` one may ever take anything away: it closed, and nothing in it was broken. `dropped` are programmes
    with times that make no sense, which says nothing about the rest.
    """

    complete: bool = False
    programmes: int = 0  # read, those nobody wants among them
    skipped: int = 0  # broken
    dropped: int = 0


class XmltvStream:
    """The programmes of one guide file: iterate once for batches, then read `verdict`.

    `wants` says which channels' programmes are wanted at all; `zone` is for times without one. Iterating raises
    BadAnswer for what is no guide file.
    """

    def __init__(
        self,
        blocks: Iterable[bytes],
        wants: Callable[[str], bool],
        *,
        zone: tzinfo = UTC,
        mask: SecretMask | None = None,
    ) -> None:
        self._blocks = blocks
        self._wants = wants
        self._zone = zone
        self._mask = mask or SecretMask()
        self._encoding = "utf-8"
        self._wanted: dict[str, bool] = {}
        self._times: dict[str, int | None] = {}
        self.verdict = XmltvVerdict()

    def __iter__(self) -> Iterator[list[XmltvProgramme]]:
        rest, is_guide, head = b"", False, b""
        for block in self._reblocked():
            if len(head) < _HEAD:
                head += block[:_HEAD]
                if found := _ENCODING.search(head):
                    self._encoding = _known_encoding(found[1].decode("ascii"))
            rest += block
            is_guide = is_guide or _GUIDE_START.search(rest) is not None
            piece, rest = self._cut(rest)
            if piece and (batch := self._programmes(piece)):
                yield batch
        if not is_guide:
            raise BadAnswer("The panel sent no programme guide.")
        is_cut = rest.rfind(b"</tv>") < rest.rfind(_OPEN) or b"</tv>" not in rest
        self.verdict.skipped += rest.count(_OPEN)
        self.verdict.complete = not is_cut and not self.verdict.skipped

    def _reblocked(self) -> Iterator[bytes]:
        """Pieces of at most a block, so that no answer decides how much is held."""
        for block in self._blocks:
            for start in range(0, len(block), _BLOCK):
                yield block[start : start + _BLOCK]

    def _cut(self, text: bytes) -> tuple[bytes, bytes]:
        """(whole programmes, what comes after them); what is too long to be anything is let go."""
        end = text.rfind(_CLOSE)
        if end >= 0:
            end += len(_CLOSE)
            start = text.find(_OPEN)
            return text[max(start, 0) : end], text[end:]
        if len(text) > _LONGEST_PROGRAMME:
            self.verdict.skipped += text.count(_OPEN)
            return b"", text[-len(_CLOSE) :]
        return b"", text

    def _programmes(self, piece: bytes) -> list[XmltvProgramme]:
        reader = _Reader(self._is_wanted)
        try:
            reader.read(piece, self._encoding)
            found, count = reader.found, reader.count
        except (expat.ExpatError, ValueError, LookupError):
            found, count = self._salvaged(piece)
        self.verdict.programmes += count
        masked = self._mask.masked if self._mask.touches(piece) else None
        made = []
        for raw in found:
            programme = self._programme(raw)
            if programme is None:
                self.verdict.dropped += 1
            elif masked is not None:  # here, where entities are resolved
                made.append(
                    programme._replace(title=masked(programme.title), description=masked(programme.description))
                )
            else:
                made.append(programme)
        return made

    def _salvaged(self, piece: bytes) -> tuple[list[_Raw], int]:
        """What patterns find in a piece that is no XML, and how many programmes stand in it."""
        text = piece.decode(self._encoding, "replace")
        found, count = [], 0
        for match in _SINGLE.finditer(text):
            count += 1
            attributes = {name: unescape(one or other) for name, one, other in _ATTRIBUTE.findall(match[1])}
            fields = {name: pattern.search(match[2]) for name, pattern in _FIELDS.items()}
            texts = {name: (hit[1] or unescape(hit[2] or "")) if hit else "" for name, hit in fields.items()}
            channel = attributes.get("channel", "")
            if self._is_wanted(channel):
                times = attributes.get("start", ""), attributes.get("stop", "")
                found.append(_Raw(channel, *times, texts["title"], texts["sub-title"], texts["desc"]))
        self.verdict.skipped += text.count("<programme") - count
        return found, count

    def _is_wanted(self, channel: str) -> bool:
        wanted = self._wanted.get(channel)
        if wanted is None:
            wanted = self._wants(channel)
            if len(self._wanted) < _REMEMBERED:
                self._wanted[channel] = wanted
        return wanted

    def _programme(self, raw: _Raw) -> XmltvProgramme | None:
        start, stop = self._time(raw.start), self._time(raw.stop)
        if start is None or stop is None or not 0 < stop - start <= LONGEST_S:
            return None
        about = raw.desc
        if raw.subtitle.strip() and raw.subtitle.strip() != raw.title.strip():
            about = f"{raw.subtitle.strip()}\n{about}"
        title = clean_line(raw.title) or "No title"
        return XmltvProgramme(raw.channel, start, stop, title, _description(about))

    def _time(self, text: str) -> int | None:
        """Channels change programmes at the same minutes: most times were read before."""
        if text in self._times:
            return self._times[text]
        if len(self._times) >= _REMEMBERED:
            self._times.clear()
        found = self._times[text] = time_of(text, self._zone)
        return found


class _Raw(NamedTuple):
    """A programme as it stands in the file."""

    channel: str
    start: str
    stop: str
    title: str
    subtitle: str
    desc: str


class _Reader:
    """Reads one piece with expat; of each text the first language counts."""

    def __init__(self, is_wanted: Callable[[str], bool]) -> None:
        self.found: list[_Raw] = []
        self.count = 0
        self._is_wanted = is_wanted
        self._attributes: dict[str, str] | None = None  # of the wanted programme we are in
        self._texts: dict[str, str] = {}
        self._field: str | None = None
        self._parts: list[str] = []

    def read(self, piece: bytes, encoding: str) -> None:
        """Raises ExpatError for what is no XML, ValueError or LookupError for an encoding that is none."""
        parser = expat.ParserCreate(encoding)
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.EntityDeclHandler = _refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(b"<tv>" + piece + b"</tv>", True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "programme":
            self.count += 1
            self._attributes = attributes if self._is_wanted(attributes.get("channel", "")) else None
            self._texts = {}
        elif self._attributes is not None and name in _FIELDS and name not in self._texts:
            self._field, self._parts = name, []

    def _text(self, text: str) -> None:
        if self._field is not None:
            self._parts.append(text)

    def _end(self, name: str) -> None:
        if self._field is not None and name == self._field:
            self._texts[name] = "".join(self._parts)
            self._field = None
        elif name == "programme" and self._attributes is not None:
            of, texts = self._attributes.get, self._texts.get
            times = of("start", ""), of("stop", "")
            self.found.append(
                _Raw(of("channel", ""), *times, texts("title", ""), texts("sub-title", ""), texts("desc", ""))
            )
            self._attributes = None


def _refuse(*declared: object) -> None:
    raise ValueError("a guide declares no entities")


def time_of(text: str, zone: tzinfo = UTC) -> int | None:
    """`20260101120000 +0200` as epoch seconds; anything else as `epoch` takes it; None for what is no time."""
    match = _TIME.fullmatch(text)
    if match is None:
        return epoch(text, zone)
    year, month, day, hour, minute, second, hours, minutes, is_utc = match.groups()
    own = f"{hours}{minutes}" if hours else "Z" if is_utc else ""
    return epoch(f"{year}-{month}-{day} {hour}:{minute}:{second or '00'}{own}", zone)


def _description(text: str) -> str:
    text = text.strip()
    if text.isascii() and text.isprintable() and "&" not in text and "  " not in text:
        return text[:DESCRIPTION_LIMIT].rstrip()
    return clean_paragraphs(text[: 2 * DESCRIPTION_LIMIT], DESCRIPTION_LIMIT)


def _known_encoding(name: str) -> str:
    """An encoding of one byte a letter, in which ASCII is ASCII; UTF-8 for all others and what is none."""
    every = bytes(range(256))
    try:
        letters = every.decode(name, "replace")
    except (LookupError, ValueError):
        return "utf-8"
    return name.lower() if len(letters) == len(every) and letters[:128] == every[:128].decode("ascii") else "utf-8"
