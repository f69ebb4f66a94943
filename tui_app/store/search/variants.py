"""Other ways to part what was typed into words: `spiderman` is "Spider-Man", `rem` is "R.E.M.", `light house` a word.

Only parts that names really have come into question. Knows no SQL; the caller looks whether the parts stand together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from tui_app.store.search.vocabulary import Vocabulary

_MOST: Final = 3
_LONGEST_INITIALS: Final = 6
#: Of so few letters the last part is a whole word: nothing can be said yet of the beginning of one.
LONGEST_WITHOUT_BEGINNINGS: Final = 4


def variants(words: Sequence[str], vocabulary: Vocabulary) -> list[list[str]]:
    """At most three other lists of words for the same letters, the likeliest first. The last word may be unfinished."""
    found = dict.fromkeys(map(tuple, _variants(words, vocabulary)))
    return [list(parts) for parts in islice(found, _MOST)]


def _variants(words: Sequence[str], vocabulary: Vocabulary) -> Iterator[list[str]]:
    last = len(words) - 1
    if last and all(len(word) == 1 for word in words):
        whole = "".join(words)
        if vocabulary.knows(whole, unfinished=True):
            yield [whole]
    for place in range(last):
        joined = words[place] + words[place + 1]
        if vocabulary.knows(joined, unfinished=place + 1 == last):
            yield [*words[:place], joined, *words[place + 2 :]]
    for place, word in enumerate(words):
        for parts in _parts(word, vocabulary, unfinished=place == last):
            yield [*words[:place], *parts, *words[place + 1 :]]


def _parts(word: str, vocabulary: Vocabulary, *, unfinished: bool) -> Iterator[list[str]]:
    if word.isdigit() or len(word) < 2:
        return
    if len(word) <= _LONGEST_INITIALS and all(vocabulary.knows(letter) for letter in word):
        yield list(word)
    goes_on = unfinished and len(word) > LONGEST_WITHOUT_BEGINNINGS
    for at in range(len(word) - 1, 0, -1):
        left, right = word[:at], word[at:]
        if vocabulary.knows(left) and vocabulary.knows(right, unfinished=goes_on):
            yield [left, right]
