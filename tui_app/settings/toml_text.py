"""TOML that anybody may have written: bounded in size, levels and time, with one error for everything that is wrong.

`tomllib` alone takes minutes for a key of 500,000 parts, raises `RecursionError` and plain `ValueError`, and gives back
levels and numbers that neither TOML's writers nor the rest of the program can take.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final

Document = dict[str, Any]

#: Bytes. The longest files that people have, lists of excluded categories, have a tenth of it.
LARGEST_TOML: Final = 1_000_000
_DEEPEST: Final = 50
_WHOLE_NUMBERS: Final = range(-(2**63), 2**63)  # what TOML promises
#: A key of more parts than there may be levels; possessive, so that a long word is read once.
_LONG_KEY: Final = re.compile(r"""(?<![\w"'-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){100}""")


class TomlProblem(ValueError):
    """Bytes are no TOML that we take; `str()` says why. `place` says it without quoting from them."""

    def __init__(self, problem: str, place: str | None = None) -> None:
        super().__init__(problem)
        self.place = problem if place is None else place


def parse_toml(raw: bytes) -> Document:
    """The document in `raw`. Raises `TomlProblem`, which holds nothing of a text that may be secret but in `str()`."""
    if len(raw) > LARGEST_TOML:
        raise TomlProblem(f"it is larger than {LARGEST_TOML // 1_000_000} MB")
    problem = _parsed(raw)
    if isinstance(problem, TomlProblem):
        raise problem  # here, not where it was found: the decoder's errors carry the text
    _refuse_extremes(problem)
    return problem


def _parsed(raw: bytes) -> Document | TomlProblem:
    text = ""
    try:
        text = raw.decode("utf-8-sig")  # -sig: Windows editors add a mark
        return TomlProblem("too many levels") if _LONG_KEY.search(text) else tomllib.loads(text)
    except UnicodeDecodeError as error:
        return TomlProblem(f"byte {error.start + 1} is not UTF-8")
    except tomllib.TOMLDecodeError as error:
        last_line = text.count("\n", 0, len(text.rstrip())) + 1
        problem = str(error).replace("at end of document", f"at the end, line {last_line}")
        return TomlProblem(problem, _place_of(problem))
    except RecursionError:
        return TomlProblem("too many levels")
    except ValueError:  # Python's limit on the digits of whole numbers
        return TomlProblem("a number in it is too long")


def _place_of(message: str) -> str:
    """The "at line 3, column 9" of tomllib's message, without what it read there."""
    place = re.search(r"\(at ([^()]*)\)$", message)
    return f"error at {place[1]}" if place else "it can't be parsed"


def _refuse_extremes(document: Document) -> None:
    """Raise for levels and numbers that could be read, but not be copied, compared or written again."""
    level: list[Any] = [document]
    for _ in range(_DEEPEST):
        tables = [one for one in level if isinstance(one, dict)]
        lists = [one for one in level if isinstance(one, list)]
        level = [value for one in tables for value in one.values()] + [value for one in lists for value in one]
        if any(isinstance(value, int) and value not in _WHOLE_NUMBERS for value in level):
            raise TomlProblem("a number in it is too long")
        if not level:
            return
    raise TomlProblem("too many levels")
