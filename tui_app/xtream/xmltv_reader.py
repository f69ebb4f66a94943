"""Programmes out of a piece of a guide file: with expat where it is XML, with patterns where it is not."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from itertools import islice
from typing import Final, NamedTuple
from xml.parsers import expat

_SINGLE: Final = re.compile(r"<programme\b([^<>]*)>(.*?)(?=<programme\b|\Z)", re.DOTALL)
_ATTRIBUTE: Final = re.compile(r"([A-Za-z_-]{1,20})\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_FIELD_NAMES: Final = ("title", "sub-title", "desc", "length")
_FIELDS: Final = {
    name: re.compile(rf"<{name}\b([^<>]*)>\s*(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))", re.DOTALL) for name in _FIELD_NAMES
}
_MOST_TEXTS: Final = 20  # of one name in a programme: there are not more languages, and each costs a look to the end
_UNITS: Final = {"seconds": 1, "second": 1, "minutes": 60, "minute": 60, "hours": 3600, "hour": 3600}


class RawProgramme(NamedTuple):
    """A programme as it stands in the file. `attributes` are those of its tag; each text is the first one, in whatever
    language, that is not empty."""

    attributes: dict[str, str]
    title: str
    subtitle: str
    desc: str
    length: str = ""
    unit_s: int | None = None  # of the length, where it is said

    @property
    def channel(self) -> str:
        return self.attributes.get("channel", "")


class PieceReader:
    """Reads one piece with expat, keeping programmes of wanted channels. `count` is how many stand in it at all."""

    def __init__(self, is_wanted: Callable[[str], bool]) -> None:
        self.found: list[RawProgramme] = []
        self.count = 0
        self._is_wanted = is_wanted
        self._attributes: dict[str, str] | None = None  # of the wanted programme we are in
        self._texts: dict[str, str] = {}
        self._units: str = ""
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
        elif self._attributes is not None and name in _FIELDS and not self._texts.get(name):
            self._field, self._parts = name, []
            if name == "length":
                self._units = attributes.get("units", "")

    def _text(self, text: str) -> None:
        if self._field is not None:
            self._parts.append(text)

    def _end(self, name: str) -> None:
        if self._field is not None and name == self._field:
            self._texts[name] = "".join(self._parts).strip()
            self._field = None
        elif name == "programme" and self._attributes is not None:
            self.found.append(_made(self._attributes, self._texts, self._units))
            self._attributes = None


def salvaged(text: str, is_wanted: Callable[[str], bool]) -> tuple[list[RawProgramme], int]:
    """(the wanted programmes that patterns find in a piece that is no XML, how many stand in it)."""
    found, count = [], 0
    for match in _SINGLE.finditer(text):
        count += 1
        attributes = {name: unescape(one or other) for name, one, other in _ATTRIBUTE.findall(match[1])}
        if is_wanted(attributes.get("channel", "")):
            texts, units = {}, ""
            for name, pattern in _FIELDS.items():
                hits = (
                    (hit[1], (hit[2] or unescape(hit[3] or "")).strip())
                    for hit in islice(pattern.finditer(match[2]), _MOST_TEXTS)
                )
                tag, texts[name] = next((hit for hit in hits if hit[1]), ("", ""))
                if name == "length":
                    units = next((one or other for key, one, other in _ATTRIBUTE.findall(tag) if key == "units"), "")
            found.append(_made(attributes, texts, units))
    return found, count


def _made(attributes: dict[str, str], texts: dict[str, str], units: str) -> RawProgramme:
    text = texts.get
    unit_s = _UNITS.get(units.lower()) if units else None
    return RawProgramme(
        attributes, text("title", ""), text("sub-title", ""), text("desc", ""), text("length", ""), unit_s
    )


def _refuse(*declared: object) -> None:
    raise ValueError("a guide declares no entities")
