"""A command line as bash and its line editor see it: the words so far, and how to spell what a Tab puts behind them.

Bash inserts a completion as it is, and runs what stands in it when Enter is pressed. Names come from panels, so every
character that means something to the shell is escaped in the way that the quote in use at the cursor needs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

_DOUBLE, _SINGLE, _ANSI = '"', "'", "$'"
#: Where another command begins.
_SEPARATORS: Final = frozenset(";|&()\n")
_BREAKS: Final = " \t\n\"'@><=;|&(:"  # what bash sets COMP_WORDBREAKS to
_ESCAPED_IN_DOUBLE: Final = '\\"$`'
_PLAIN: Final = re.compile(r"[\w./,+%-]")


@dataclass(slots=True)
class CommandLine:
    """The words of a line before the last, and the last one: what the cursor stands behind.

    `current` is what it means; the editor replaces only what stands behind its first `kept` characters. `quote` is the
    one that is open at the cursor.
    """

    words: list[str] = field(default_factory=list)
    current: str = ""
    kept: int = 0
    quote: str = ""

    @classmethod
    def parse(cls, line: str, breaks: str = _BREAKS) -> CommandLine:
        """Read a line up to the cursor."""
        reading = _Reading(line, frozenset(breaks))
        reading.run()
        return reading.line

    def inserted(self, value: str) -> str:
        """What replaces the end of the current word, so that the shell reads `value`."""
        head = self.current[: self.kept]
        if value[: len(head)].casefold() != head.casefold():  # `--category=Kids`: click leaves the option away
            head = head.partition("=")[2]
        return quoted(value[len(head) :], self.quote)


def quoted(text: str, quote: str = "") -> str:
    """`text` for the inside of an open quote, or for the open."""
    if quote == _SINGLE:
        spelt = text.replace("'", "'\\''")
    elif quote == _ANSI:
        spelt = text.replace("\\", "\\\\").replace("'", "\\'")
    elif quote == _DOUBLE:
        spelt = "".join(f"\\{char}" if char in _ESCAPED_IN_DOUBLE else char for char in text)
        spelt = spelt.replace("!", "\"'!'\"")  # a backslash would stay there
    else:
        return "".join(char if _PLAIN.match(char) else f"\\{char}" for char in text)
    # the editor closes the quote, unless what it inserted ends with it: it takes that for the closing one
    closing = quote[-1]
    return f"{spelt}{closing}" if spelt.endswith(closing) and quote != _ANSI else spelt


class _Reading:
    """One run over a line."""

    def __init__(self, line: str, breaks: frozenset[str]) -> None:
        self.line = CommandLine()
        self._text, self._breaks = line, breaks
        self._at = 0
        self._is_begun = False

    def run(self) -> None:
        while self._at < len(self._text):
            char = self._text[self._at]
            self._at += 1
            if self.line.quote:
                self._in_quote(char)
            else:
                self._outside(char)

    def _outside(self, char: str) -> None:
        if char == "\\":
            self._take(self._next())
        elif char in ("'", '"'):
            dollar = self.line.current.endswith("$") and self._text[self._at - 2 : self._at - 1] == "$"
            if dollar:
                self.line.current = self.line.current[:-1]
            self.line.quote = _ANSI if dollar and char == "'" else char
            self._is_begun = True
            self._break()
        elif char in _SEPARATORS:
            self.line, self._is_begun = CommandLine(), False
        elif char in " \t<>":
            self._end_word()
        else:
            self._take(char)
            if char in self._breaks:
                self._break()

    def _in_quote(self, char: str) -> None:
        if char == self.line.quote[-1]:
            self.line.quote = ""
            self._break()
        elif char == "\\" and self.line.quote != _SINGLE:
            following = self._next()
            keeps = self.line.quote == _DOUBLE and following not in _ESCAPED_IN_DOUBLE
            self._take(f"\\{following}" if keeps else following)
        else:
            self._take(char)

    def _next(self) -> str:
        """The character behind a backslash; none at the end of the line."""
        following = self._text[self._at : self._at + 1]
        self._at += len(following)
        return following

    def _take(self, text: str) -> None:
        self.line.current += text
        self._is_begun = True

    def _break(self) -> None:
        self.line.kept = len(self.line.current)

    def _end_word(self) -> None:
        if self._is_begun:
            self.line.words.append(self.line.current)
        self.line.current, self.line.kept, self._is_begun = "", 0, False
