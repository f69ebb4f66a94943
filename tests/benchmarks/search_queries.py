"""What people type and which title they mean: classes of queries made from titles, each with the best result possible.

The ceiling of a class is what an engine could reach that knows all titles: where fifty begin with the letters typed,
ten of them can't be all.
"""

from __future__ import annotations

import random
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Collection, Mapping, Sequence
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
#: Classes of which the title must stand among fewer, and how many.
WITHIN: Final = {"numbers": 3, "scripts": 5}
_DIGITS: Final = tuple("2 3 4 5 6 7 8 9".split())
_NUMERALS: Final = (
    _DIGITS,
    tuple("ii iii iv v vi vii viii ix".split()),
    tuple("two three four five six seven eight nine".split()),
)
_CYRILLIC: Final = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
#: Ways to write those in Latin letters: of passports, of scholars, of chats.
_LATIN: Final = (
    "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch ie y - e iu ia".split(),
    "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya".split(),
    "a b v g d e e j z i j k l m n o p r s t u f h c ch sh sch - y - e u ja".split(),
)
_TO_CYRILLIC: Final = dict(zip("abvgdezijklmnoprstuf", "абвгдезийклмнопрстуф", strict=True))
_ARABIC_VARIANTS: Final = {"ا": "أإآٱ", "ي": "ىی", "ك": "ک", "ه": "ة", "ة": "ه", "أ": "ا", "إ": "ا", "ى": "ي"}
_MARKS: Final = "\u0640\u064b\u064e\u0650\u0652"
_HEBREW: Final = dict(zip("כמנפצךםןףץ", "ךםןףץכמנפצ", strict=True))
_HAN: Final = dict(pair for a, b in zip(
    "国东车马鸟鱼龙门风飞云爱无时间后来学会说话见长书画电梦红绿黄山花战争乐岛",
    "國東車馬鳥魚龍門風飛雲愛無時間後來學會說話見長書畫電夢紅綠黃山花戰爭樂島", strict=True,
) for pair in ((a, b), (b, a)))  # fmt: skip


class Typed(NamedTuple):
    """A query of a class, the folded title meant, and the chance of any engine to have it among ten."""

    sort: str
    text: str
    meant: str
    ceiling: float = 1.0


class QueryMaker:
    """Makes queries of every class from titles as displayed (without tags and year)."""

    def __init__(self, titles: Sequence[str], seed: int, years: Mapping[str, Collection[int]] | None = None) -> None:
        self._random = random.Random(seed)
        self._years = years or {}
        self._displayed = {fold(title): title for title in titles if len(fold(title)) >= 3}
        self._folded = sorted(self._displayed)
        self._latin = [title for title in self._folded if title.isascii()]

    def all(self, count: int) -> list[Typed]:
        """So many of each class."""
        makers: tuple[Callable[[], Typed | None], ...] = (
            *(self._prefix, self._one_typo, self._two_typos, self._swapped, self._accents, self._infix, self._digits),
            *(self._joined, self._parted, self._other_script, self._numbers, self._scripts),
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
        meant = self._random.choice(self._latin)
        text = meant[: max(5, int(len(meant) * self._random.uniform(0.5, 0.9)))].strip()
        return Typed("prefix", text, meant, self._chance(text)) if len(meant) >= 6 else None

    def _one_typo(self) -> Typed | None:
        return self._misspelt("one typo", 4, 1)

    def _two_typos(self) -> Typed | None:
        return self._misspelt("two typos", 8, 2)

    def _misspelt(self, sort: str, letters: int, errors: int) -> Typed | None:
        meant = self._random.choice(self._latin)
        words = meant.split()[:4]
        fitting = [at for at, word in enumerate(words) if len(word) >= letters and word.isalpha()]
        if not fitting:
            return None
        at = self._random.choice(fitting)
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
        rng = self._random
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
        meant = self._random.choice(self._latin)
        words = meant.split()
        if not 2 <= len(words) <= 5:
            return None
        one, other = self._random.sample(range(len(words)), 2)
        words[one], words[other] = words[other], words[one]
        return Typed("word order", " ".join(words), meant)

    def _accents(self) -> Typed | None:
        meant = self._random.choice(self._latin)
        shown = unicodedata.normalize("NFKD", self._displayed[meant])
        return Typed("accents", meant, meant) if any(map(unicodedata.combining, shown)) else None

    def _infix(self) -> Typed | None:
        meant = self._random.choice(self._latin)
        words = [word for word in meant.split() if len(word) >= 9 and word.isalpha()]
        if not words:
            return None
        word = self._random.choice(words)
        start = self._random.randint(2, 3)
        text = word[start : start + self._random.randint(5, min(7, len(word) - start))]
        if text in self._displayed:
            return None
        same = sum(text in title for title in self._folded)
        return Typed("infix", text, meant, min(1.0, _SHOWN / same))

    def _digits(self) -> Typed | None:
        meant = self._random.choice(self._latin)
        fits = len(meant.split()) <= 3 and any(word.isdigit() for word in meant.split())
        return Typed("digits", meant, meant) if fits else None

    def _joined(self) -> Typed | None:
        """Spider-Man, typed as one word."""
        meant = self._random.choice(self._latin)
        shown = self._displayed[meant]
        joined = shown.translate(str.maketrans("", "", "-.&*·"))
        text = fold(joined)
        return Typed("joined", text, meant) if "-" in shown and " " not in shown and text != meant else None

    def _parted(self) -> Typed | None:
        """Lighthouse, typed as two words."""
        meant = self._random.choice(self._latin)
        if len(meant) < 8 or not meant.isalpha():
            return None
        at = self._random.randint(3, len(meant) - 3)
        return Typed("parted", f"{meant[:at]} {meant[at:]}", meant)

    def _other_script(self) -> Typed | None:
        """The last half of a title that has no blanks."""
        meant = self._random.choice(self._folded)
        if meant.isascii() or " " in meant or len(meant) < 4 or meant[0] < "\u0590":
            return None
        text = meant[len(meant) // 2 :]
        before = sum(title.startswith(text) for title in self._folded)  # a name that starts so is a better match
        same = sum(text in title for title in self._folded) - before
        if not same:  # it begins as well as ends with this
            return None
        return Typed("no blanks", text, meant, max(0.0, min(1.0, (_SHOWN - before) / same)))

    # ------------------------------------------------------------------------------------------------ numbers
    def _numbers(self) -> Typed | None:
        """A number that is written otherwise, near, missing, the title itself or more than the title."""
        kind = self._random.choice((self._other_numeral, self._near_year, self._needless_number, self._number_alone))
        return kind()

    def _other_numeral(self) -> Typed | None:
        *words, last = self._random.choice(self._latin).split()
        forms = next((forms for forms in _NUMERALS if last in forms), None)
        if not words or forms is None:
            return None
        same = [" ".join([*words, other[forms.index(last)]]) for other in _NUMERALS if other is not forms]
        if self._displayed.keys() & same:
            return None
        return Typed("numbers", self._random.choice(same), " ".join([*words, last]))

    def _near_year(self) -> Typed | None:
        meant = self._random.choice(self._latin)
        years = sorted(self._years.get(meant, ()))
        if not years or _has_digit(meant):
            return None
        year = self._random.choice(years) + self._random.randint(-1, 1)
        return self._with_number(meant, str(year), lambda title: year in self._years.get(title, ()))

    def _needless_number(self) -> Typed | None:
        meant, number = self._random.choice(self._latin), self._random.choice(_DIGITS)
        forms = {forms[_DIGITS.index(number)] for forms in _NUMERALS}
        if _has_digit(meant) or any(f"{meant} {form}" in self._displayed for form in forms):
            return None
        return self._with_number(meant, number, lambda title: not forms.isdisjoint(title.split()))

    def _with_number(self, meant: str, number: str, has_it: Callable[[str], bool]) -> Typed:
        """The ceiling counts the titles that have all words and the number: those may come first."""
        words = set(meant.split())
        rivals = sum(words <= set(title.split()) and has_it(title) for title in self._folded if title != meant)
        return Typed("numbers", f"{meant} {number}", meant, min(1.0, WITHIN["numbers"] / (rivals + 1)))

    def _number_alone(self) -> Typed | None:
        numbers = [title for title in self._latin if title.isdigit()]
        meant = self._random.choice(numbers) if numbers else ""
        return Typed("numbers", meant + self._random.choice(("", " season 3", " s02e05")), meant) if meant else None

    # ------------------------------------------------------------------------------------------------ scripts
    def _scripts(self) -> Typed | None:
        """A title as it is typed in another script, or with other letters of its own script."""
        meant = self._random.choice(self._folded)
        text = "".join(self._typed_letters(self._displayed[meant].lower(), meant)).replace("-", "")
        if (fold(text) == text and text == meant) or text == self._displayed[meant]:
            return None
        same = sum(fold(text) in (title, *title.split()) for title in self._folded)
        return Typed("scripts", text, meant, min(1.0, WITHIN["scripts"] / max(1, same)))

    def _typed_letters(self, shown: str, meant: str) -> list[str]:
        rng = self._random
        if any(letter in _CYRILLIC for letter in meant):
            table = dict(zip(_CYRILLIC, rng.choice(_LATIN), strict=True))
            return [table.get(letter, letter) for letter in shown]
        if meant.isascii():
            plain = rng.random() < 0.1 and set(meant) <= {*_TO_CYRILLIC, " "}
            return [_TO_CYRILLIC.get(letter, letter) for letter in meant] if plain else list(shown)
        typed = []
        for letter in shown:
            others = _ARABIC_VARIANTS.get(letter)
            if "\u3041" <= letter <= "\u3096":
                letter = chr(ord(letter) + 0x60)
            elif "\u30a1" <= letter <= "\u30f6":
                letter = chr(ord(letter) - 0x60)
            elif others and rng.random() < 0.6:
                letter = rng.choice(others)
            elif "\u0620" <= letter <= "\u064a" and rng.random() < 0.3:
                letter += rng.choice(_MARKS)
            typed.append(_HAN.get(letter, _HEBREW.get(letter, letter)))
        return typed


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def keystrokes(text: str) -> list[str]:
    """What stands in the search box while a text is typed, as far as 24 letters."""
    return [text[:end] for end in range(1, min(len(text), 24) + 1)]
