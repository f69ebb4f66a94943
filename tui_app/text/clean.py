"""Cleans provider text once, on its way in: no terminal escapes, no bidi overrides, no broken characters.

What remains may still look like markup (`[/b]`): showing it with markup off is the widgets' duty. A text of any length
costs the same as one of four times its limit: it is cut before it is cleaned, and what is done to the rest is linear.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

NAME_LIMIT: Final = 300  # characters; longer names are cut
PARAGRAPH_LIMIT: Final = 8_000

#: Characters read for each that may be kept: escapes, entities and blanks leave less than was sent.
_SENT_PER_KEPT: Final = 4
#: No text is looked at beyond this many characters, whatever is made of it: cleaned ones are shorter by far.
LONGEST_TEXT: Final = _SENT_PER_KEPT * PARAGRAPH_LIMIT

# No content holds a character that starts a sequence, so that unclosed starters are not looked through again and again.
_ESCAPE_SEQUENCE = re.compile(
    "(?:\x1b\\]|\x9d)[^\x07\x1b\x90\x9b-\x9f]*+(?:\x07|\x1b\\\\|\x9c)"  # OSC: titles, clipboard
    "|(?:\x1b[P_^]|[\x90\x9e\x9f])[^\x1b\x90\x9b-\x9f]*+(?:\x1b\\\\|\x9c)"  # DCS, APC, PM
    "|(?:\x1b\\[|\x9b)[0-?]*+[ -/]*+[@-~]"  # CSI: colours, cursor
)
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
#: Printable by Unicode's own word, and still to go: variation selectors, keycaps, skin tones.
_PRINTABLE_BUT_UNWANTED = re.compile("[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]")
_INVISIBLE = (
    *(0xFE0E, 0xFE0F, 0x20E3, 0x200B, 0x200E, 0x200F, 0x2060, 0x061C, 0xFEFF, 0x00AD),
    *range(0x202A, 0x202F),  # bidi overrides
    *range(0x2066, 0x206A),
    *range(0x1F3FB, 0x1F400),  # skin tones: no two terminals agree on their width
    *range(0xE0000, 0xE0080),  # tags
)

#: Marks on one letter that are kept; scripts stack up to five.
_MOST_MARKS: Final = 8
_MAY_BE_STACKED = re.compile(rf"[^\w\s]{{{_MOST_MARKS + 1}}}")  # a mark is neither a letter nor a blank


def _table(keep: str = "") -> dict[int, str | None]:
    table: dict[int, str | None] = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")
    table.update(dict.fromkeys(_INVISIBLE))
    table.update(dict.fromkeys(range(0xD800, 0xE000), "\ufffd"))
    table.update({0x2028: " ", 0x2029: " ", 0xFFFE: None, 0xFFFF: None})
    for char in keep:
        del table[ord(char)]
    return table


_ONE_LINE: Final = _table()
_PARAGRAPHS: Final = _table(keep="\n")


def clean_line(text: str, limit: int = NAME_LIMIT) -> str:
    """One safe line: no escapes, no controls, single blanks, entities decoded once, NFC, at most `limit` long."""
    text = text[: _SENT_PER_KEPT * limit]
    if text.isprintable() and "&" not in text and (text.isascii() or not _PRINTABLE_BUT_UNWANTED.search(text)):
        line = text if text.isascii() else _normalized(text)
        if "  " in line:
            line = " ".join(line.split())
    else:
        line = " ".join(_scrub(text, _ONE_LINE).split())  # also turns odd blanks into plain ones
    return line.strip()[:limit].rstrip()


def clean_paragraphs(text: str, limit: int = PARAGRAPH_LIMIT) -> str:
    """Like `clean_line`, but line breaks stay (at most one empty line in a row): for plots and descriptions."""
    text = text[: _SENT_PER_KEPT * limit]
    lines = _scrub(text.replace("\r\n", "\n").replace("\r", "\n"), _PARAGRAPHS).split("\n")
    kept = "\n".join(" ".join(line.split()) for line in lines)
    return re.sub(r"\n{3,}", "\n\n", kept).strip()[:limit].rstrip()


def decode_entities(text: str) -> str:
    """`text` with HTML's entities decoded once; those without a semicolon stay."""
    text = text[:LONGEST_TEXT]
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text) if "&" in text else text


def _scrub(text: str, table: dict[int, str | None]) -> str:
    text = _ESCAPE_SEQUENCE.sub("", decode_entities(text))
    return _normalized(text.translate(table))


def _normalized(text: str) -> str:
    """`text` in NFC. A run of marks is cut first, because Unicode's reordering of a run takes quadratic time."""
    return unicodedata.normalize("NFC", _without_stacks(text) if _MAY_BE_STACKED.search(text) else text)


def _without_stacks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char)[0] == "M" else 0
        if marks <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept)
