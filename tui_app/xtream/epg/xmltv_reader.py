"""Extract programmes from a piece of an XMLTV file, and normalise the file's encoding.

Well-formed pieces are parsed with expat, others with regular expressions. `GuideBytes` makes every ASCII byte mean
ASCII, so that tags can be found without decoding: UTF-8 and single-byte encodings pass unchanged; UTF-16, UTF-32 and
East Asian encodings, where a byte of a character may look like "<", are converted to UTF-8.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple
from xml.parsers import expat

from tui_app.text import decode_entities

_PROGRAMME: Final = re.compile(r"<programme\b")
_ATTRIBUTE: Final = re.compile(r"(?<![A-Za-z_-])([A-Za-z_-]{1,20})\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)')")
_FIELD_NAMES: Final = ("title", "sub-title", "desc", "length")
_FIELDS: Final = {name: re.compile(rf"<{name}\b([^<>]*+)>\s*+") for name in _FIELD_NAMES}
_CDATA: Final = "<![CDATA["
_MOST_TEXTS: Final = 20  # elements of one name per programme (languages); each costs a search to the end
_UNITS: Final = {"seconds": 1, "second": 1, "minutes": 60, "minute": 60, "hours": 3600, "hour": 3600}


class RawProgramme(NamedTuple):
    """A programme as in the file: the attributes of its tag, and the first non-empty text of each element."""

    attributes: dict[str, str]
    title: str
    subtitle: str
    desc: str
    length: str = ""
    unit_s: int | None = None  # unit of the duration, if given

    @property
    def channel(self) -> str:
        return self.attributes.get("channel", "")


class ChunkReader:
    """Parses one piece with expat, keeping wanted programmes. `count` includes the others."""

    def __init__(self, is_wanted: Callable[[str], bool]) -> None:
        self.found: list[RawProgramme] = []
        self.count = 0
        self._is_wanted = is_wanted
        self._attributes: dict[str, str] | None = None  # of the current programme, if wanted
        self._texts: dict[str, str] = {}
        self._units: str = ""
        self._field: str | None = None
        self._parts: list[str] = []

    def read(self, chunk: bytes, encoding: str) -> None:
        """Parse a piece.

        Raises ExpatError if it is not well-formed, ValueError or LookupError for an invalid encoding.
        """
        parser = expat.ParserCreate(encoding)
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.EntityDeclHandler = _refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(b"<tv>" + chunk + b"</tv>", True)

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
    """Return (wanted programmes, number of all programmes) found by patterns in a malformed piece."""
    found, count = [], 0
    for part in _PROGRAMME.split(text)[1:]:
        tag, is_closed, body = part.partition(">")
        if not is_closed or "<" in tag:
            continue
        count += 1
        attributes = _attributes(tag)
        if is_wanted(attributes.get("channel", "")):
            recovered = {name: _salvaged_text(body, name) for name in _FIELD_NAMES}
            units = _attributes(recovered["length"][0]).get("units", "")
            found.append(_made(attributes, {name: words for name, (_tag, words) in recovered.items()}, units))
    return found, count


def _attributes(tag: str) -> dict[str, str]:
    return {name: decode_entities(one or other) for name, one, other in _ATTRIBUTE.findall(tag)}


def _salvaged_text(body: str, name: str) -> tuple[str, str]:
    """Return (attributes, text) of the first element of this name with a text."""
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


_HEAD: Final = 4_096
_CHUNK: Final = 1 << 18
_DECLARED: Final = re.compile(rb"<\?xml[^<>]{0,200}?encoding\s*=\s*[\"']\s*([A-Za-z0-9._-]{1,40})\s*[\"']")
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (codecs.BOM_UTF8, "utf-8"),
)  # fmt: skip
#: Supersets used instead of declared encodings, as browsers do, because files use more characters than declared.
_READ_AS: Final = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "x-gbk": "gb18030", "hz": "hz",
    "shift_jis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932", "cp932": "cp932",
    "shift_jis_2004": "shift_jis_2004",
    "euc_jp": "euc_jp", "iso2022_jp": "iso2022_jp", "euc_kr": "cp949", "ks_c_5601-1987": "cp949", "cp949": "cp949",
    "johab": "johab", "big5": "big5hkscs", "cp950": "big5hkscs", "big5hkscs": "big5hkscs", "euc-tw": "big5hkscs",
}  # fmt: skip
_ALIASES: Final = {"win-": "windows-", "cp-": "cp", "ansi-": "cp", "iso-8859_": "iso-8859-"}


class GuideBytes:
    """The bytes of an XMLTV file, in pieces of at most 256 KB. `encoding` is known after the first."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = blocks
        self.encoding = "utf-8"

    def __iter__(self) -> Iterator[bytes]:
        blocks = iter(self._blocks)
        head = b""
        for block in blocks:
            head += block
            if len(head) >= _HEAD or b"?>" in head:
                break
        wide = _wide_encoding(head)
        if wide is None:
            self.encoding = _narrow_encoding(head)
            decoder = None
        else:
            decoder = codecs.getincrementaldecoder(wide)("replace")
        for block in _chained(head, blocks):
            for start in range(0, len(block), _CHUNK):
                chunk = block[start : start + _CHUNK]
                yield chunk if decoder is None else decoder.decode(chunk).encode("utf-8", "replace")


def _chained(head: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from blocks


def _wide_encoding(head: bytes) -> str | None:
    """Return a multi-byte encoding in which ASCII bytes may not mean ASCII, otherwise None."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return None if name == "utf-8" else name
    if unmarked := _unmarked_unicode(head):
        return unmarked
    declared = _declared(head)
    return _READ_AS.get(declared.lower()) or _READ_AS.get(_python_name(declared))


def _unmarked_unicode(head: bytes) -> str | None:
    """Detect UTF-16 or UTF-32 without a BOM by the zero bytes in tags."""
    start = head[:64]
    for width, names in ((4, ("utf-32-le", "utf-32-be")), (2, ("utf-16-le", "utf-16-be"))):
        columns = [start[column::width].count(0) * width / max(1, len(start)) for column in range(width)]
        if min(columns[1:]) > 0.7 and columns[0] < 0.3:
            return names[0]
        if min(columns[:-1]) > 0.7 and columns[-1] < 0.3:
            return names[1]
    return None


def _declared(head: bytes) -> str:
    found = _DECLARED.search(head)
    name = found[1].decode("ascii") if found else "utf-8"
    for wrong, right in _ALIASES.items():
        if name.lower().startswith(wrong):
            return right + name[len(wrong) :]
    return name


def _python_name(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""


def _narrow_encoding(head: bytes) -> str:
    """Return the declared single-byte encoding, UTF-8 for all others and invalid ones."""
    name = _declared(head)
    every = bytes(range(256))
    try:
        letters = every.decode(name, "replace")
    except (LookupError, ValueError):
        return "utf-8"
    return name.lower() if len(letters) == len(every) and letters[:128] == every[:128].decode("ascii") else "utf-8"
