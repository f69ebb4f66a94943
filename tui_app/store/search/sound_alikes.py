"""Find words of names that are the typed word in another transliteration: `garri` for `harry`, `kolets` for `kolec`.

Names in other scripts are searched in Latin letters, and there are several ways to write those. Letters of the typed
word are replaced one after the other, as long as words of names start so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from tui_app.store.search.ranking import Row
from tui_app.store.search.vocabulary import WordCounts

#: Letters that stand for the same one. Vowels may also be missing, as Arabic and Hebrew don't write them.
_GROUPS: Final = (
    *(
        "i y j iy ij ii ee ei oi",
        "h g",
        "kh ch h x",
        "c ts tz z",
        "zh j z",
        "shch sch sh",
        "sh sch s",
        "ch tch c",
    ),
    *("yu ju iu u ew", "ya ja ia a", "yo jo io e o", "ye je e", "v w b f", "k c q ck", "ks x", "f ph", "mp b", "nt d"),
    *("ai e", "ou u oo", "u y w", "th t f", "dzh j dj g", "kv qu", "gk g", "o w", "p b", "s z", "e a", "ey ei y"),
)
_VOWELS: Final = frozenset("aeiou")
_FEWEST_LETTERS: Final = 3
_MOST_CHANGES: Final = 4
_MOST_LOOKED_AT: Final = 200
_MEMO_LIMIT: Final = 512
_FOUND_LIMIT: Final = 3


def _replacements() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for group in _GROUPS:
        letters = group.split()
        for letter in letters:
            found.setdefault(letter, {}).update((other, None) for other in letters if other != letter)
    return {letters: tuple(others) for letters, others in found.items()}


_REPLACEMENTS: Final = _replacements()
_LONGEST: Final = max(map(len, _REPLACEMENTS))
#: Digits that stand for letters, in a word that has both.
_DRAWN: Final = dict(zip("0134578", ("o", "il", "e", "a", "s", "vt", "b"), strict=True))


class SoundAlikes:
    """The other spellings of words, among the words of one vocabulary; cached during typing."""

    def __init__(self, vocabulary: WordCounts) -> None:
        self._vocabulary = vocabulary
        self._memo: dict[tuple[str, bool], list[str]] = {}

    @classmethod
    def of_forms(cls, counts: Mapping[str, int]) -> SoundAlikes:
        """Return the sound-alikes of names that are given in all their spellings."""
        return cls(WordCounts({word: 1 for form in counts for word in form.split()}))

    def choices(self, words: Sequence[str], names: WordCounts) -> list[list[str]]:
        """Return for each word itself, if names have it, and its other spellings. The last word may be unfinished."""
        last = len(words) - 1
        return [
            [*([word] if names.knows(word, unfinished=at == last) else ()), *self._alike(word, at == last)]
            for at, word in enumerate(words)
        ]

    def _alike(self, word: str, unfinished: bool) -> list[str]:
        known = self._memo.get((word, unfinished))
        if known is None:
            if len(self._memo) >= _MEMO_LIMIT:
                self._memo.clear()
            found = _alike(word, self._vocabulary, unfinished=unfinished)
            known = self._memo[word, unfinished] = list(islice(found, _FOUND_LIMIT))
        return known


def starting_choice(choices: Sequence[str], row: Row) -> str:
    """Return the choice that starts a word of a name."""
    names = f" {row.fold} {row.alias} {row.spelled}"
    return next((choice for choice in choices if f" {choice}" in names), choices[0])


def _alike(word: str, vocabulary: WordCounts, *, unfinished: bool) -> Iterator[str]:
    """Yield words of names, or if `unfinished` beginnings of some, with fewest replacements first."""
    if len(word) < _FEWEST_LETTERS or not len(vocabulary) or not word.isascii() or word.isdigit():
        return
    seen = {word}
    fewest = max(_FEWEST_LETTERS, len(word) * 3 // 5)
    waiting = [("", 0)]  # what a word starts with, and how many letters it stands for
    looked_at = 0
    for _ in range(_MOST_CHANGES + 1):
        changed: list[tuple[str, int]] = []
        while waiting and looked_at < _MOST_LOOKED_AT:
            start, at = waiting.pop()
            looked_at += 1
            if at == len(word):
                if start not in seen and len(start) >= fewest and vocabulary.knows(start, unfinished=unfinished):
                    seen.add(start)
                    yield start
                continue
            if vocabulary.knows(start + word[at], unfinished=True):
                waiting.append((start + word[at], at + 1))
            changed += _changed(word, start, at, vocabulary)
        waiting = changed[::-1]


def _changed(word: str, start: str, at: int, vocabulary: WordCounts) -> Iterator[tuple[str, int]]:
    for end in range(at + 1, min(at + _LONGEST, len(word)) + 1):
        for other in _others(word[at:end], word.isalpha()):
            if vocabulary.knows(start + other, unfinished=True):
                yield start + other, end


def _others(letters: str, is_plain: bool) -> tuple[str, ...]:
    if not is_plain and letters in _DRAWN:
        return tuple(_DRAWN[letters])
    others = _REPLACEMENTS.get(letters, ())
    if len(letters) == 1:
        return (*others, letters * 2, "") if letters in _VOWELS else (*others, letters * 2)
    return (*others, letters[0]) if letters[0] == letters[1] else others
