"""Programmes out of a piece of a guide file: with expat where it is XML, with patterns where it is not."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice
from typing import Final, NamedTuple
from xml.parsers import expat

from tui_app.text import decode_entities

_PROGRAMME: Final = re.compile(r"<programme\b")
_ATTRIBUTE: Final = re.compile(r"(?<![A-Za-z_-])([A-Za-z_-]{1,20})\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)')")
_FIELD_NAMES: Final = ("title", "sub-title", "desc", "length")
_FIELDS: Final = {name: re.compile(rf"<{name}\b([^<>]*+)>\s*+") for name in _FIELD_NAMES}
_CDATA: Final = "<![CDATA["
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
    for part in _PROGRAMME.split(text)[1:]:
        tag, is_closed, body = part.partition(">")
        if not is_closed or "<" in tag:
            continue
        count += 1
        attributes = _attributes(tag)
        if is_wanted(attributes.get("channel", "")):
            said = {name: _salvaged_text(body, name) for name in _FIELD_NAMES}
            units = _attributes(said["length"][0]).get("units", "")
            found.append(_made(attributes, {name: words for name, (_tag, words) in said.items()}, units))
    return found, count


def _attributes(tag: str) -> dict[str, str]:
    return {name: decode_entities(one or other) for name, one, other in _ATTRIBUTE.findall(tag)}


def _salvaged_text(body: str, name: str) -> tuple[str, str]:
    """(the attributes, the text) of the first element of this name that has a text."""
    for opening in islice(_FIELDS[name].finditer(body), _MOST_TEXTS):
        start = opening.end()
        if body.startswith(_CDATA, start):
            start += len(_CDATA)
            end = body.find("]]>", start)
            words = body[start:end] if end >= 0 else ""
        else:
            end = body.find("<", start)
            words = decode_entities(body[start:end] if end >= 0 else body[start:])
        if words.strip():
            return opening[1], words.strip()
    return "", ""


def _made(attributes: dict[str, str], texts: dict[str, str], units: str) -> RawProgramme:
    text = texts.get
    unit_s = _UNITS.get(units.lower()) if units else None
    return RawProgramme(
        attributes, text("title", ""), text("sub-title", ""), text("desc", ""), text("length", ""), unit_s
    )


def _refuse(*declared: object) -> None:
    raise ValueError("a guide declares no entities")
