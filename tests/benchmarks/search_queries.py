"""What people type and which title they mean: classes of queries made from titles, each with the best result possible.

The ceiling of a class is what an engine could reach that knows all titles: where fifty begin with the letters typed,
ten of them can't be all.
"""

from __future__ import annotations

import random
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from tui_app.text import fold

_NEIGHBOURS: Final = dict(
    zip(
        "qwertyuiopasdfghjklzxcvbnm",
        "wa qes wrd etf ryg tuh yij uok ipl ol qsz adwx sfec dgrv fhtb gjyn hkum jli ko "
        "asx zcs xvd cvfb vng bmh nj".split(),
        strict=True,
    )
)
_SHOWN: Final = 10


class Typed(NamedTuple):
    """A query of a class, the folded title meant, and the chance of any engine to have it among ten."""

    sort: str
    text: str
    meant: str
    ceiling: float = 1.0


class QueryMaker:
    """Makes queries of every class from titles as displayed (without tags and year)."""

    def __init__(self, titles: Sequence[str], seed: int) -> None:
        self._dice = random.Random(seed)
        self._displayed = {fold(title): title for title in titles if len(fold(title)) >= 3}
        self._folded = sorted(self._displayed)
        self._latin = [title for title in self._folded if title.isascii()]

    def all(self, count: int) -> list[Typed]:
        """So many of each class."""
        makers: tuple[Callable[[], Typed | None], ...] = (
            *(self._prefix, self._one_typo, self._two_typos, self._swapped, self._accents, self._infix, self._digits),
            *(self._joined, self._parted, self._other_script),
        )
        return [query for make in makers for query in self._some(make, count)]

    def _some(self, make: Callable[[], Typed | None], count: int) -> list[Typed]:
        found: dict[Typed, None] = {}
        for _ in range(count * 400):
            query = make()
            if query is not None:
                found[query] = None
            if len(found) == count:
                break
        return list(found)

    # ------------------------------------------------------------------------------------------------ classes
    def _prefix(self) -> Typed | None:
        meant = self._dice.choice(self._latin)
        text = meant[: max(5, int(len(meant) * self._dice.uniform(0.5, 0.9)))].strip()
        return Typed("prefix", text, meant, self._chance(text)) if len(meant) >= 6 else None

    def _one_typo(self) -> Typed | None:
        return self._misspelt("one typo", 4, 1)

    def _two_typos(self) -> Typed | None:
        return self._misspelt("two typos", 8, 2)

    def _misspelt(self, sort: str, letters: int, errors: int) -> Typed | None:
        meant = self._dice.choice(self._latin)
        words = meant.split()[:4]
        fitting = [at for at, word in enumerate(words) if len(word) >= letters and word.isalpha()]
        if not fitting:
            return None
        at = self._dice.choice(fitting)
        word = words[at]
        for _ in range(errors):
            word = self._typo(word)
        text = " ".join([*words[:at], word, *words[at + 1 :]])
        if text in self._displayed or word == words[at]:
            return None
        return Typed(sort, text, meant, self._chance(" ".join(words)))

    def _chance(self, start: str) -> float:
        """Of one title to be among ten of those that start so."""
        first = bisect_left(self._folded, start)
        return min(1.0, _SHOWN / (bisect_left(self._folded, start + "\U0010ffff", first) - first))

    def _typo(self, word: str) -> str:
        rng = self._dice
        at = rng.randrange(1, len(word)) if rng.random() < 0.9 else 0
        near = rng.choice(_NEIGHBOURS.get(word[at], "aeiou"))
        error = rng.randrange(4)
        if error == 0:
            return word[:at] + near + word[at + 1 :]
        if error == 1:
            return word[:at] + word[at + 1 :]
        if error == 2 and at + 1 < len(word) and word[at] != word[at + 1]:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        return word[:at] + word[at] + word[at:]

    def _swapped(self) -> Typed | None:
        meant = self._dice.choice(self._latin)
        words = meant.split()
        if not 2 <= len(words) <= 5:
            return None
        one, other = self._dice.sample(range(len(words)), 2)
        words[one], words[other] = words[other], words[one]
        return Typed("word order", " ".join(words), meant)

    def _accents(self) -> Typed | None:
        meant = self._dice.choice(self._latin)
        shown = unicodedata.normalize("NFKD", self._displayed[meant])
        return Typed("accents", meant, meant) if any(map(unicodedata.combining, shown)) else None

    def _infix(self) -> Typed | None:
        meant = self._dice.choice(self._latin)
        words = [word for word in meant.split() if len(word) >= 9 and word.isalpha()]
        if not words:
            return None
        word = self._dice.choice(words)
        start = self._dice.randint(2, 3)
        text = word[start : start + self._dice.randint(5, min(7, len(word) - start))]
        if text in self._displayed:
            return None
        same = sum(text in title for title in self._folded)
        return Typed("infix", text, meant, min(1.0, _SHOWN / same))

    def _digits(self) -> Typed | None:
        meant = self._dice.choice(self._latin)
        fits = len(meant.split()) <= 3 and any(word.isdigit() for word in meant.split())
        return Typed("digits", meant, meant) if fits else None

    def _joined(self) -> Typed | None:
        """Spider-Man, typed as one word."""
        meant = self._dice.choice(self._latin)
        shown = self._displayed[meant]
        joined = shown.translate(str.maketrans("", "", "-.&*·"))
        text = fold(joined)
        return Typed("joined", text, meant) if "-" in shown and " " not in shown and text != meant else None

    def _parted(self) -> Typed | None:
        """Lighthouse, typed as two words."""
        meant = self._dice.choice(self._latin)
        if len(meant) < 8 or not meant.isalpha():
            return None
        at = self._dice.randint(3, len(meant) - 3)
        return Typed("parted", f"{meant[:at]} {meant[at:]}", meant)

    def _other_script(self) -> Typed | None:
        """The last half of a title that has no blanks."""
        meant = self._dice.choice(self._folded)
        if meant.isascii() or " " in meant or len(meant) < 4 or meant[0] < "\u0590":
            return None
        text = meant[len(meant) // 2 :]
        before = sum(title.startswith(text) for title in self._folded)  # a name that starts so is a better match
        same = sum(text in title for title in self._folded) - before
        if not same:  # it begins as well as ends with this
            return None
        return Typed("no blanks", text, meant, max(0.0, min(1.0, (_SHOWN - before) / same)))


def keystrokes(text: str) -> list[str]:
    """What stands in the search box while a text is typed, as far as 24 letters."""
    return [text[:end] for end in range(1, min(len(text), 24) + 1)]
