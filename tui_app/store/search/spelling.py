"""Spelling correction and other word boundaries, based on the vocabulary of names.

An error is a changed, missing, additional or swapped letter. Words (some ten thousand) are compared instead of names
(hundreds of thousands). If a word is cut into one part more than it has errors, one part is intact, so only words that
share a part are compared. Other boundaries: `spiderman` is "Spider-Man", `rem` is "R.E.M.", `light house` is one word;
only splits into words of real names are considered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from tui_app.store.fts_terms import unfinished_word
from tui_app.store.search.vocabulary import Vocabulary

_LONG_WORD: Final = 7  # letters from which two errors are allowed
_CANDIDATES: Final = 8
_NEAREST_LIMIT: Final = 24  # candidates with one error; with fewer, common words would displace the right one
_SHARING_LIMIT: Final = 800  # maximum words compared for a shared middle part
_BEGINNINGS: Final = 6  # per length
_MEMO_LIMIT: Final = 512
_CUT_LIMIT: Final = 24

#: Errors, whether the first letter differs (the rarest error), rarity of the word.
_Nearness = tuple[float, bool, int]


def allowed_errors(word: str) -> int:
    """Return 0 for words under three letters and numbers, 1 for up to six letters, 2 for longer words."""
    if len(word) < 3 or word.isdigit():
        return 0
    return 1 if len(word) < _LONG_WORD else 2


def errors_between(typed: str, word: str) -> int | None:
    """Return the typing errors between `typed` and `word`, None if there are too many for either.

    Omitting a letter shortens a word, so the longer one determines the limit. A typed digit is intentional: `seven`
    may mean Se7en, `se8en` may not.
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
    """The corrections of one vocabulary, cached during typing."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._memo: dict[tuple[str, bool], dict[str, float]] = {}
        self._whole: dict[str, dict[str, int]] = {}
        self._cut: dict[tuple[str, int], tuple[str, ...]] = {}
        self._inside: tuple[str, list[str]] | None = None  # letters, and all words containing them

    def corrections(self, word: str, *, unfinished: bool) -> list[str]:
        """Return patterns of the most similar words, best first; prefixes if the word is unfinished."""
        return list(self._near(word, unfinished))

    def slips(self, word: str) -> list[str]:
        """Return the other words at a distance of one error."""
        return [other for other, distance in self._near(word, False).items() if distance == 1]

    def containing(self, letters: str, limit: int) -> list[str]:
        """Return the first words that contain these letters.

        Scanning all words is slow; during typing, only those containing the previous letters are scanned.
        """
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
            for other, errors in self._sharing_a_part(word).items()
        }
        if unfinished and len(word) >= 4:
            self._compare_with_beginnings(near, word)
        ordered = sorted(near.items(), key=lambda pair: (pair[1], pair[0]))
        singles = sum(errors == 1 for errors, *_ in near.values())
        limit = min(_NEAREST_LIMIT, max(_CANDIDATES, singles))
        return {pattern: errors for pattern, (errors, *_) in ordered[:limit]}

    def _sharing_a_part(self, word: str) -> dict[str, int]:
        """Return words with the same start or end, with their errors.

        If two errors are allowed, words with the same middle part are included. Two missing letters make a long
        word short.
        """
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
        kept = 1 if len(word) <= 4 else 2  # swapped letters may be at the boundary of the parts
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
        for head in heads:  # longest first: shorter prefixes are derived from longer ones, also for the next key
            for length in (len(word) + 2, len(word) + 1):
                self._beginnings(head, length)
        for length in (len(word), len(word) + 1, len(word) - 1):
            found = [pair for head in heads for pair in _close(word, self._beginnings(head, length), errors)]
            for beginning, distance in sorted(found, key=itemgetter(1))[:_BEGINNINGS]:
                if distance and _keeps_digits(word, beginning):
                    near.setdefault(unfinished_word(beginning), (distance + 0.5, False, 0))

    def _beginnings(self, head: str, length: int) -> tuple[str, ...]:
        """Return the distinct prefixes of this length of words with this head; cached for the next key."""
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
    """Return the errors allowed between words of these lengths."""
    return 0 if max(length, other) < 3 else 1 if max(length, other) < _LONG_WORD else 2


def _close(word: str, others: Sequence[str], errors: int) -> list[tuple[str, int]]:
    """Return the words within this number of errors, and their errors."""
    found = process.extract(word, others, scorer=OSA.distance, score_cutoff=errors, limit=None)
    return [(other, int(distance)) for other, distance, _ in found]


_MOST: Final = 3
_LONGEST_INITIALS: Final = 6
#: Up to this length, the last part must be a whole word, as a prefix is not specific enough.
LONGEST_WITHOUT_BEGINNINGS: Final = 4


def variants(words: Sequence[str], vocabulary: Vocabulary) -> list[list[str]]:
    """Return at most three other splits of the same letters, most likely first. The last word may be unfinished."""
    found = dict.fromkeys(map(tuple, _variants(words, vocabulary)))
    return [list(parts) for parts in islice(found, _MOST)]


def _variants(words: Sequence[str], vocabulary: Vocabulary) -> Iterator[list[str]]:
    last = len(words) - 1
    if last and all(len(word) == 1 for word in words):
        whole = "".join(words)
        if vocabulary.knows(whole, unfinished=True):
            yield [whole]
    for index in range(last):
        joined = words[index] + words[index + 1]
        if vocabulary.knows(joined, unfinished=index + 1 == last):
            yield [*words[:index], joined, *words[index + 2 :]]
    for index, word in enumerate(words):
        for parts in _parts(word, vocabulary, unfinished=index == last):
            yield [*words[:index], *parts, *words[index + 1 :]]


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
