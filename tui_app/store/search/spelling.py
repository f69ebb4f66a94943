"""Which words may have been meant by a misspelt one. A letter changed, missing, doubled or two swapped is one error.

Typing errors are corrected here, among some ten thousand words, not in hundreds of thousands of names. Of a word cut
into one piece more than it has errors, one piece is whole: only words that share it are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from tui_app.store.fts_terms import unfinished_word
from tui_app.store.search.vocabulary import Vocabulary

_LONG_WORD: Final = 7  # letters; from here on two errors are forgiven
_CANDIDATES: Final = 8
_NEAREST_LIMIT: Final = 24  # words with a single error; fewer would leave the right one out among common ones
_SHARING_LIMIT: Final = 800  # words that are compared because they share the middle
_BEGINNINGS: Final = 6  # of each length
_MEMO_LIMIT: Final = 512
_CUT_LIMIT: Final = 24

#: Errors, whether the first letter differs (the rarest error), how rare the word is.
_Nearness = tuple[float, bool, int]


def allowed_errors(word: str) -> int:
    """None in words below three letters and in numbers, one up to six letters, two in longer words."""
    if len(word) < 3 or word.isdigit():
        return 0
    return 1 if len(word) < _LONG_WORD else 2


def errors_between(typed: str, word: str) -> int | None:
    """Typing errors that make `typed` of `word`, None when there are too many for either of the two.

    A letter that is missing makes a word shorter, so the longer one says how many are forgiven. A digit that was typed
    is meant: `seven` may be Se7en, `se8en` may not.
    """
    allowed = max(allowed_errors(typed), allowed_errors(word))
    if not allowed or abs(len(typed) - len(word)) > allowed or not _may_be_meant(typed, word):
        return None
    errors = int(OSA.distance(typed, word, score_cutoff=allowed))
    return errors if errors <= allowed else None


def _may_be_meant(typed: str, word: str) -> bool:
    return not typed.isdigit() and not word.isdigit() and _keeps_digits(typed, word)


def _keeps_digits(typed: str, word: str) -> bool:
    if typed.isalpha():
        return True
    digits = [letter for letter in typed if letter.isdigit()]
    return not digits or digits == [letter for letter in word if letter.isdigit()]


class Spelling:
    """The corrections of one vocabulary, remembered while somebody types on."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._memo: dict[tuple[str, bool], dict[str, float]] = {}
        self._whole: dict[str, dict[str, int]] = {}
        self._cut: dict[tuple[str, int], tuple[str, ...]] = {}
        self._inside: tuple[str, list[str]] | None = None  # letters, and all words that contain them

    def corrections(self, word: str, *, unfinished: bool) -> list[str]:
        """Patterns of the words nearest to a misspelt one, best first; of their beginnings if it is unfinished."""
        return list(self._near(word, unfinished))

    def slips(self, word: str) -> list[str]:
        """The other words that are a single typing error away."""
        return [other for other, distance in self._near(word, False).items() if distance == 1]

    def containing(self, letters: str, limit: int) -> list[str]:
        """The first so many words with these letters anywhere inside. Looking through all words is what costs: while
        somebody types on, only those that had the letters before are looked at."""
        known = self._inside
        if known is not None and known[0] in letters:
            return [word for word in known[1] if letters in word][:limit]
        found = self.vocabulary.containing(letters, limit)
        if len(found) < limit:
            self._inside = letters, found
        return found

    def _near(self, word: str, unfinished: bool) -> dict[str, float]:
        key = (word, unfinished)
        known = self._memo.get(key)
        if known is None:
            known = self._correct(word, unfinished)
            if len(self._memo) >= _MEMO_LIMIT:
                self._memo.clear()
            self._memo[key] = known
        return known

    def _correct(self, word: str, unfinished: bool) -> dict[str, float]:
        if len(word) < 2 or word.isdigit():
            return {}
        near: dict[str, _Nearness] = {
            other: (errors, other[0] != word[0], -self.vocabulary.count(other))
            for other, errors in self._sharing_a_piece(word).items()
        }
        if unfinished and len(word) >= 4:
            self._compare_with_beginnings(near, word)
        ordered = sorted(near.items(), key=lambda pair: (pair[1], pair[0]))
        singles = sum(errors == 1 for errors, *_ in near.values())
        limit = min(_NEAREST_LIMIT, max(_CANDIDATES, singles))
        return {pattern: errors for pattern, (errors, *_) in ordered[:limit]}

    def _sharing_a_piece(self, word: str) -> dict[str, int]:
        """Words that start or end like this one; where two errors are forgiven, also those that have its middle.
        With their errors. Two missing letters make a long word short."""
        found = self._whole.get(word)
        if found is None:
            found = {}
            for length in range(len(word) - 2, len(word) + 3):
                self._compare_with_same_ends(found, word, length)
            if len(word) >= _LONG_WORD and 1 not in found.values() and not self.vocabulary.knows(word):
                for length in range(len(word) - 2, len(word) + 3):
                    self._compare_with_same_middle(found, word, length)
            if len(self._whole) >= _MEMO_LIMIT:
                self._whole.clear()
            self._whole[word] = found
        return found

    def _compare_with_same_ends(self, found: dict[str, int], word: str, length: int) -> None:
        errors = _allowed_between(len(word), length)
        if abs(len(word) - length) > errors:
            return
        kept = 1 if len(word) <= 4 else 2  # swapped letters may stand where the pieces meet
        close = _close(word, self.vocabulary.as_long_beginning_with(word[:kept], length), errors)
        backwards = _close(word[::-1], self.vocabulary.as_long_ending_with(word[-kept:], length), errors)
        close += [(other[::-1], distance) for other, distance in backwards]
        found.update([pair for pair in close if pair[1] and _may_be_meant(word, pair[0])])

    def _compare_with_same_middle(self, found: dict[str, int], word: str, length: int) -> None:
        third = len(word) // 3
        middle = word[third : len(word) - third]
        close = _close(word, self.vocabulary.as_long_containing(middle, length, _SHARING_LIMIT), 2)
        found.update([pair for pair in close if pair[1] and _may_be_meant(word, pair[0])])

    def _compare_with_beginnings(self, near: dict[str, _Nearness], word: str) -> None:
        errors = 1 if len(word) <= _LONG_WORD else 2
        heads = dict.fromkeys((word[:2], word[1] + word[0]))
        for head in heads:  # from long to short: the shorter ones come of the longer, also for the next key
            for length in (len(word) + 2, len(word) + 1):
                self._beginnings(head, length)
        for length in (len(word), len(word) + 1, len(word) - 1):
            found = [pair for head in heads for pair in _close(word, self._beginnings(head, length), errors)]
            for beginning, distance in sorted(found, key=itemgetter(1))[:_BEGINNINGS]:
                if distance and _keeps_digits(word, beginning):
                    near.setdefault(unfinished_word(beginning), (distance + 0.5, False, 0))

    def _beginnings(self, head: str, length: int) -> tuple[str, ...]:
        """The different beginnings, so long, of words with this head: the next key asks for two of three again."""
        known = self._cut.get((head, length))
        if known is None:
            longer = self._cut.get((head, length + 1))
            if longer is None:
                words = [word for word in self.vocabulary.beginning_with(head) if len(word) > length]
            else:
                words = [*longer, *self.vocabulary.as_long_beginning_with(head, length + 1)]
            known = tuple(sorted({word[:length] for word in words}))
            if len(self._cut) >= _CUT_LIMIT:
                self._cut.clear()
            self._cut[head, length] = known
        return known


def _allowed_between(length: int, other: int) -> int:
    """Errors forgiven between words of so many letters."""
    return 0 if max(length, other) < 3 else 1 if max(length, other) < _LONG_WORD else 2


def _close(word: str, others: Sequence[str], errors: int) -> list[tuple[str, int]]:
    """The words with at most so many errors, and how many."""
    found = process.extract(word, others, scorer=OSA.distance, score_cutoff=errors, limit=None)
    return [(other, int(distance)) for other, distance, _ in found]
