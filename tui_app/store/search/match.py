"""Makes words people type into FTS5 expressions. Any text is safe: words are folded and quoted."""

from __future__ import annotations

from tui_app.text import fold


def words_of(text: str) -> list[str]:
    """The folded words of a text."""
    return fold(text).split()


def term(word: str, *, prefix: bool = False) -> str:
    """One word, or all words it starts."""
    quoted = word.replace('"', '""')
    return f'"{quoted}"*' if prefix else f'"{quoted}"'


def match_all_words(text: str) -> str:
    """An expression for names in which every word of `text` starts a word; '' when there is no word."""
    return " AND ".join(term(word, prefix=True) for word in dict.fromkeys(words_of(text)))
