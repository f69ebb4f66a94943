"""Marks the letters of a name that what was typed matches: whole words, their beginnings, their insides. Pure."""

from __future__ import annotations

import re
from typing import Final

from tui_app.store.search.ranking import Typed
from tui_app.store.search.spelling import errors_between
from tui_app.text import fold, fold_letters
from tui_app.text.clean import LONGEST_TEXT

_WORD = re.compile(r"[^\W_]+(?:['’ʼ`´‘‛′׳״][^\W_]+)*")

_APOSTROPHES: Final = frozenset("'’ʼ`´‘‛ʻʹ′׳״")  # they part no words and fold to nothing

Spans = tuple[tuple[int, int], ...]


def spans(typed: Typed, name: str) -> Spans:
    """(start, end) of the letters of `name` that matched, in order, without overlap."""
    name = name[:LONGEST_TEXT]
    letters = fold_letters(name)
    if len(letters) == len(name) and not _has_apostrophe(name):
        found = _word_starts(typed.words, letters)
        if found is not None:
            return found
    marked: list[tuple[int, int]] = []
    marks = typed.marks
    for match in _WORD.finditer(name):
        word = match[0]
        if word in marks:  # a hundred names share many words
            place = marks[word]
        else:
            place = marks[word] = _marked(typed, word)
        if place is not None:
            start = match.start()
            marked.append((start + place[0], start + place[1]))
    return tuple(marked)


def _word_starts(words: list[str], name: str) -> Spans | None:
    """The common case, fast: every typed word starts a word of a plain name. None when it is not that."""
    if len(words) == 1 and name.startswith(words[0]):
        return ((0, len(words[0])),)
    found: list[tuple[int, int]] = []
    for word in words:
        at = name.find(word)
        while at > 0 and name[at - 1].isalnum():
            at = name.find(word, at + 1)
        if at < 0:
            return None
        beyond = at + len(word)
        for start, end in found:
            if start < beyond and at < end:
                return None
        found.append((at, beyond))
    found.sort()
    return tuple(found)


def _has_apostrophe(name: str) -> bool:
    return "'" in name or "`" in name if name.isascii() else not _APOSTROPHES.isdisjoint(name)


def _marked(typed: Typed, word: str) -> tuple[int, int] | None:
    """The letters of one word of a name that a typed word matches: its start, its inside, or all of it if misspelt."""
    folded = word.lower() if word.isascii() and word.isalnum() else fold(word)
    best: tuple[int, int] | None = None
    for part in typed.words:
        at = folded.find(part)
        if at == 0 or (at > 0 and (len(part) >= 3 or not part.isascii())):
            place = (_offset(word, folded, at), _offset(word, folded, at + len(part)))
            if best is None or place[1] - place[0] > best[1] - best[0]:
                best = place
    if best is None and typed.forgiving and _is_misspelt(typed, folded):
        return 0, len(word)
    return best


def _is_misspelt(typed: Typed, word: str) -> bool:
    length = len(word)
    for part in typed.words:  # noqa: SIM110 - a generator would take twice as long
        if -3 < len(part) - length < 3 and errors_between(part, word) is not None:
            return True
    return False


def _offset(word: str, folded: str, at: int) -> int:
    """The place in `word` of the letter at `at` of its folded form: `ß` folds to two letters, an apostrophe to none."""
    if len(folded) == len(word):
        return at
    length = 0
    for place, letter in enumerate(word):
        if length >= at:
            return place
        length += len(fold(letter))
    return len(word)
