"""Makes the bytes of a guide file such that ASCII is ASCII in them, so that tags can be found without decoding.

Most files are UTF-8, or have one byte a letter: they pass as they are. UTF-16, and the encodings of East Asia in which
a byte of a letter may look like a sign, become UTF-8.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import Final

_HEAD: Final = 4_096
_PIECE: Final = 1 << 18
_DECLARED: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([A-Za-z0-9._-]{1,40})\s*[\"']")
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (codecs.BOM_UTF8, "utf-8"),
)  # fmt: skip
#: What is read instead of what is declared: the larger set of which files hold more than they admit, as browsers do.
_READ_AS: Final = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "x-gbk": "gb18030", "hz": "hz",
    "shift_jis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932", "cp932": "cp932",
    "shift_jis_2004": "shift_jis_2004",
    "euc_jp": "euc_jp", "iso2022_jp": "iso2022_jp", "euc_kr": "cp949", "ks_c_5601-1987": "cp949", "cp949": "cp949",
    "johab": "johab", "big5": "big5hkscs", "cp950": "big5hkscs", "big5hkscs": "big5hkscs", "euc-tw": "big5hkscs",
}  # fmt: skip
_ALIASES: Final = {"win-": "windows-", "cp-": "cp", "ansi-": "cp", "iso-8859_": "iso-8859-"}


class GuideBytes:
    """The bytes of a guide file, in pieces of at most a quarter of a megabyte. `encoding` is known with the first."""

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
            for start in range(0, len(block), _PIECE):
                piece = block[start : start + _PIECE]
                yield piece if decoder is None else decoder.decode(piece).encode("utf-8", "replace")


def _chained(head: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from blocks


def _wide_encoding(head: bytes) -> str | None:
    """The encoding in which a byte is not a letter or a sign; None where each is."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return None if name == "utf-8" else name
    if unmarked := _unmarked_unicode(head):
        return unmarked
    declared = _declared(head)
    return _READ_AS.get(declared.lower()) or _READ_AS.get(_python_name(declared))


def _unmarked_unicode(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: the letters of tags have zero bytes beside them."""
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
    """An encoding of one byte a letter, in which ASCII is ASCII; UTF-8 for all others and what is none."""
    name = _declared(head)
    every = bytes(range(256))
    try:
        letters = every.decode(name, "replace")
    except (LookupError, ValueError):
        return "utf-8"
    return name.lower() if len(letters) == len(every) and letters[:128] == every[:128].decode("ascii") else "utf-8"
