"""Clean provider text once, on input: remove terminal escapes, bidi overrides and broken characters. Fit text to cells.

The result may still look like markup (`[/b]`), so widgets must display it with markup off. Text is cut to four times
its limit before cleaning, and all steps are linear, so the cost is bounded for input of any length.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

from rich.cells import cell_len, set_cell_size

NAME_LIMIT: Final = 300  # characters; longer names are cut
PARAGRAPH_LIMIT: Final = 8_000

#: Characters read per character kept, because escapes, entities and spaces shorten the text.
_SENT_PER_KEPT: Final = 4
#: No function reads text beyond this length; cleaned text is much shorter.
LONGEST_TEXT: Final = _SENT_PER_KEPT * PARAGRAPH_LIMIT

# The content classes exclude characters that start a sequence, which keeps matching linear.
_ESCAPE_SEQUENCE = re.compile(
    "(?:\x1b\\]|\x9d)[^\x07\x1b\x90\x9b-\x9f]*+(?:\x07|\x1b\\\\|\x9c)"  # OSC: titles, clipboard
    "|(?:\x1b[P_^]|[\x90\x9e\x9f])[^\x1b\x90\x9b-\x9f]*+(?:\x1b\\\\|\x9c)"  # DCS, APC, PM
    "|(?:\x1b\\[|\x9b)[0-?]*+[ -/]*+[@-~]"  # CSI: colours, cursor
)
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
#: Printable according to Unicode, but unwanted: variation selectors, keycaps, skin tones.
_PRINTABLE_BUT_UNWANTED = re.compile("[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]")
_INVISIBLE = (
    *(0xFE0E, 0xFE0F, 0x20E3, 0x200B, 0x200E, 0x200F, 0x2060, 0x061C, 0xFEFF, 0x00AD),
    *range(0x202A, 0x202F),  # bidi overrides
    *range(0x2066, 0x206A),
    *range(0x1F3FB, 0x1F400),  # skin tones: terminals disagree on their width
    *range(0xE0000, 0xE0080),  # tags
)

#: Maximum combining marks per letter; scripts use up to five.
_MOST_MARKS: Final = 8
_MAY_BE_STACKED = re.compile(rf"[^\w\s]{{{_MOST_MARKS + 1}}}")  # a mark is neither a word character nor a space


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
    """Return one safe line of at most `limit` characters.

    Removes escapes and controls, collapses spaces, decodes entities once and normalises to NFC.
    """
    text = text[: _SENT_PER_KEPT * limit]
    if text.isprintable() and "&" not in text and (text.isascii() or not _PRINTABLE_BUT_UNWANTED.search(text)):
        line = _normalized(text)
        if "  " in line:
            line = " ".join(line.split())
    else:
        line = " ".join(_scrub(text, _ONE_LINE).split())  # also replaces unusual spaces by plain ones
    return line.strip()[:limit].rstrip()


def clean_paragraphs(text: str, limit: int = PARAGRAPH_LIMIT) -> str:
    """Clean multi-line text: like `clean_line`, but keeps line breaks, at most one empty line in a row."""
    text = text[: _SENT_PER_KEPT * limit]
    lines = _scrub(text.replace("\r\n", "\n").replace("\r", "\n"), _PARAGRAPHS).split("\n")
    kept = "\n".join(" ".join(line.split()) for line in lines)
    return re.sub(r"\n{3,}", "\n\n", kept).strip()[:limit].rstrip()


def decode_entities(text: str) -> str:
    """Decode HTML entities once; entities without a semicolon stay."""
    text = text[:LONGEST_TEXT]
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text) if "&" in text else text


def _scrub(text: str, table: dict[int, str | None]) -> str:
    text = _ESCAPE_SEQUENCE.sub("", decode_entities(text))
    return _normalized(text.translate(table))


def _normalized(text: str) -> str:
    """Return `text` in NFC. Runs of marks are cut first: canonical reordering takes quadratic time."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _without_stacks(text) if _MAY_BE_STACKED.search(text) else text)


def _without_stacks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char)[0] == "M" else 0
        if marks <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept)


_CONTROLS: Final = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)), "\ufffd")


def strip_controls(text: str) -> str:
    """Replace control characters and limit the length, as a last safeguard before display."""
    text = text[:LONGEST_TEXT]
    return text if text.isprintable() and text.isascii() else text.translate(_CONTROLS)


def visible(text: str) -> str:
    """Return `text` on one line, with unprintable characters spelt as <U+001B>."""
    return "".join(char if char.isprintable() else f"<U+{ord(char):04X}>" for char in text)


def cell_width(text: str) -> int:
    """Return the width in terminal cells of at most `LONGEST_TEXT` characters."""
    text = text[:LONGEST_TEXT]
    return len(text) if text.isascii() else cell_len(text)


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Pad or cut `text` to exactly `width` cells, with an ellipsis if cut. `right` aligns to the right."""
    if width <= 0:
        return ""
    text = text[:LONGEST_TEXT]
    have = cell_width(text)
    if have > width:
        return text[: width - 1] + "…" if text.isascii() else set_cell_size(text, width - 1) + "…"
    padding = " " * (width - have)
    return padding + text if right else text + padding


_LONGEST_NAME: Final = 120  # bytes of UTF-8; file systems allow 255, year, version and ending come on top
#: Characters that some file system forbids, and control characters.
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]')
#: Names that Windows keeps for devices.
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)


def file_name(*texts: str) -> str:
    """Return the first of these texts of which anything is left as a file name; "unnamed" when nothing is.

    Fits every system: without separators, device names, dots and blanks at the ends.
    """
    return next(filter(None, map(_file_name, texts)), "unnamed")


def _file_name(text: str) -> str:
    name = " ".join(_FORBIDDEN.sub(" ", text[:LONGEST_TEXT]).split())
    name = name.encode(errors="ignore")[:_LONGEST_NAME].decode(errors="ignore").strip(". ")
    return f"_{name}" if _RESERVED.match(name) else name
