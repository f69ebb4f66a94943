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

from tui_app.store.search.match import term
from tui_app.store.search.vocabulary import Vocabulary

_LONG_WORD: Final = 7  # letters; from here on two errors are forgiven
_CANDIDATES: Final = 8
_NEAREST_LIMIT: Final = 24  # words with a single error; fewer would leave the right one out among common ones
_SHARING_LIMIT: Final = 800  # words that are compared because they share the middle
_BEGINNINGS: Final = 6  # of each length
_MEMO_LIMIT: Final = 512
_CUT_LIMIT: Final = 16

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
    if typed.isdigit() or word.isdigit():
        return None
    allowed = max(allowed_errors(typed), allowed_errors(word))
    if not allowed or abs(len(typed) - len(word)) > allowed or not _keeps_digits(typed, word):
        return None
    errors = int(OSA.distance(typed, word, score_cutoff=allowed))
    return errors if errors <= allowed else None


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
        self._cut: dict[tuple[str, int], tuple[str, ...]] = {}

    def corrections(self, word: str, *, unfinished: bool) -> list[str]:
        """Expressions for the words nearest to a misspelt one, best first; for their beginnings if it is unfinished."""
        return list(self._near(word, unfinished))

    def slips(self, word: str) -> list[str]:
        """Expressions for the other words that are a single typing error away."""
        return [expression for expression, distance in self._near(word, False).items() if distance == 1]

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
        near: dict[str, _Nearness] = {}
        self._compare_with_those_that_share_a_piece(near, word)
        if unfinished and len(word) >= 4:
            self._compare_with_beginnings(near, word)
        ordered = sorted(near.items(), key=lambda pair: (pair[1], pair[0]))
        singles = sum(errors == 1 for errors, *_ in near.values())
        limit = min(_NEAREST_LIMIT, max(_CANDIDATES, singles))
        return {expression: errors for expression, (errors, *_) in ordered[:limit]}

    def _compare_with_those_that_share_a_piece(self, near: dict[str, _Nearness], word: str) -> None:
        """With words that start or end like this one; where two errors are forgiven, also with those that have its
        middle. Two missing letters make a long word short."""
        length = len(word)
        errors = 1 if length < _LONG_WORD - 2 else 2
        kept = 1 if length <= 4 else 2  # swapped letters may stand where the pieces meet
        vocabulary = self.vocabulary
        found = _close(word, vocabulary.beginning_with(word[:kept]), errors)
        backwards = _close(word[::-1], vocabulary.ending_with_backwards(word[-kept:]), errors)
        found += [(other[::-1], distance) for other, distance in backwards]
        if length >= _LONG_WORD and all(distance == 2 for _, distance in found):
            third = length // 3
            having_middle = vocabulary.containing(word[third : length - third], _SHARING_LIMIT)
            found += _close(word, having_middle, errors)
        for other in dict(found):
            distance = errors_between(word, other)
            if distance:
                near[term(other)] = (distance, other[0] != word[0], -vocabulary.count(other))

    def _compare_with_beginnings(self, near: dict[str, _Nearness], word: str) -> None:
        errors = 1 if len(word) <= _LONG_WORD else 2
        heads = dict.fromkeys((word[:2], word[1] + word[0]))
        for length in (len(word), len(word) + 1, len(word) - 1):
            found = [pair for head in heads for pair in _close(word, self._beginnings(head, length), errors)]
            for beginning, distance in sorted(found, key=itemgetter(1))[:_BEGINNINGS]:
                if distance and _keeps_digits(word, beginning):
                    near.setdefault(term(beginning, prefix=True), (distance + 0.5, False, 0))

    def _beginnings(self, head: str, length: int) -> tuple[str, ...]:
        """The different beginnings, so long, of words with this head: the next key asks for two of three again."""
        known = self._cut.get((head, length))
        if known is None:
            words = self.vocabulary.beginning_with(head)
            known = tuple(dict.fromkeys([word[:length] for word in words if len(word) > length]))
            if len(self._cut) >= _CUT_LIMIT:
                self._cut.clear()
            self._cut[head, length] = known
        return known


def _close(word: str, others: Sequence[str], errors: int) -> list[tuple[str, int]]:
    """The words with at most so many errors, and how many."""
    found = process.extract(word, others, scorer=OSA.distance, score_cutoff=errors, limit=None)
    return [(other, int(distance)) for other, distance, _ in found]
