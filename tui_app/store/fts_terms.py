"""Makes words people type into FTS5 expressions. Any text is safe: words are folded and quoted.

A pattern is a word, or the beginning of words with an asterisk: `night`, `nig*`. A group holds the patterns that may
stand for one of the words typed.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui_app.text import fold

Groups = Sequence[Sequence[str]]


def words_of(text: str) -> list[str]:
    """The folded words of a text."""
    return fold(text).split()


def unfinished_word(letters: str) -> str:
    """The pattern of all words that start so."""
    return f"{letters}*"


def term(pattern: str) -> str:
    """The expression of a pattern."""
    if pattern.endswith("*"):
        return f"{term(pattern[:-1])}*"
    quoted = pattern.replace('"', '""')
    return f'"{quoted}"'


def match_all_words(text: str) -> str:
    """An expression for names in which every word of `text` starts a word; '' when there is no word."""
    return " AND ".join(term(unfinished_word(word)) for word in dict.fromkeys(words_of(text)))


def plain_groups(words: Sequence[str]) -> Groups:
    """Every word as it was typed, the last one perhaps unfinished."""
    return [*([word] for word in words[:-1]), [unfinished_word(words[-1])]]


def all_of(groups: Groups) -> str:
    """An expression for one of each group; '' when nothing stands for one of the words."""
    if not all(groups):
        return ""
    alternatives = [[term(pattern) for pattern in group] for group in groups]
    return " AND ".join([one[0] if len(one) == 1 else f"({' OR '.join(one)})" for one in alternatives])
