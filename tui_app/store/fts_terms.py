"""Build FTS5 match expressions from typed words. Any text is safe: words are folded and quoted.

A pattern is a word (`night`) or a prefix with an asterisk (`nig*`). A group holds alternative patterns for one typed
word.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui_app.text import fold

Groups = Sequence[Sequence[str]]


def words_of(text: str) -> list[str]:
    """Return the folded words of a text."""
    return fold(text).split()


def unfinished_word(letters: str) -> str:
    """Return the pattern for words with this prefix."""
    return f"{letters}*"


def term(pattern: str) -> str:
    """Return the FTS5 expression of a pattern."""
    if pattern.endswith("*"):
        return f"{term(pattern[:-1])}*"
    quoted = pattern.replace('"', '""')
    return f'"{quoted}"'


def match_all_words(text: str) -> str:
    """Return an expression for names in which every word of `text` starts a word; '' without words."""
    return " AND ".join(term(unfinished_word(word)) for word in dict.fromkeys(words_of(text)))


def plain_groups(words: Sequence[str]) -> Groups:
    """Return every word as typed, the last one as a prefix."""
    return [*([word] for word in words[:-1]), [unfinished_word(words[-1])]]


def all_of(groups: Groups) -> str:
    """Return an expression for one pattern of each group; '' if a group is empty."""
    if not all(groups):
        return ""
    alternatives = [[term(pattern) for pattern in group] for group in groups]
    return " AND ".join([one[0] if len(one) == 1 else f"({' OR '.join(one)})" for one in alternatives])
