"""A megabyte of anything costs less than 50 ms in every function that meets a text, and grows as the text does.

Processor time is measured, the best of three where once was too long, and on a slow machine scaled to the one on which
the limits were set: neither a busy nor a slow machine fails anything. A usual run measures an eighth of a megabyte, a
thorough one (`--hypothesis-profile=thorough`) the whole.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.cpu_time import least_time
from tests.support.examples import examples
from tests.text.linear import BODIES, MODULES, NO_TEXT, TEXTS
from tui_app.text import redactor

MB = 1_000_000
LENGTH = MB if settings().max_examples > 100 else MB // 8
TEXT_S = 0.05
BODY_S = max(0.1, 0.4 * LENGTH / MB)  # some build an object for every few bytes
_NOISE_S = 0.005  # what is below costs nothing worth comparing
_GROWTH = 6.0  # for four times the text; quadratic is sixteen

CHARACTERS = (
    *" \t\n\r\0\x07\x1b\x7f\x85\x90\x9b\x9c\x9d\x9e\u2028\u3000",
    *"aZ09_\"'`<>&;#%=?:.,-+*~@$^!|/\\()[]{}",
    *"é漢한ا\u0301\u0316\u0f73\u200b\u202e\ufffd\ud83d😀",
)
MIXTURES = (
    *("\u0301\u0316", "\u0f71\u0f73", "a\u0301", "\x9da", "\x1b]", "\x1b[0", "\x1bP", "\x90\x9d", "&#", "&amp;", "&#9"),
    *("%25", "%2F", "\\u0041", "a ", "a.", "a/", "/live/", "://a", "http://a/b ", "a?b=", "[]", "{}", "[{", '{"', '""'),
    *("[,", "0,", "1.", "()", "(1", "HD ", " - ", "\r\n", "<a>", "</", "<![CDATA[", "<programme ", "<title>", "S01E01"),
    *("Ep ", "a=", 'a="', "TmV3", "TmV3\n", "password=", "1:", "<?xml"),
)
#: (head, what is repeated): an unclosed starter before an endless run.
OPENED = (
    *(("\x9d", "a"), ("&#", "9"), ("&#x", "0"), ("[", " "), ("{", " "), ('{"a":', " "), ('["', "a"), ("|FR|", " ")),
    *(("<![CDATA[", "]"), ("%", "25"), ("password", " "), ("http://", "a/"), ("<title>", " "), ("<programme ", "a ")),
    *(("(", "1"), ("data:", "A"), ("2026-01-01 ", "0"), ("1", " ")),
)


def endless(length: int) -> Iterator[tuple[str, str]]:
    """(a name, a text of that length) of every kind."""
    for unit in (*CHARACTERS, *MIXTURES):
        yield repr(unit), (unit * (length // len(unit) + 1))[:length]
    for head, unit in OPENED:
        yield repr((head, unit)), (head + unit * (length // len(unit) + 1))[:length]


def too_dear(call: Callable[[str], object], texts: Iterable[tuple[str, str]], limit_s: float) -> list[str]:
    """Which of these texts cost more than they may, or grow faster than their length."""
    found = []
    for name, text in texts:
        if excess(call, text, limit_s, tries=1) and (cost := excess(call, text, limit_s, tries=3)):
            found.append(f"{name}: {cost}")
    return found


def excess(call: Callable[[str], object], text: str, limit_s: float, *, tries: int) -> str:
    """What the text costs if that is more than it may, or grows faster than its length; otherwise an empty text."""
    took, _ = least_time(partial(call, text), enough=_NOISE_S, tries=tries)
    if took > limit_s:
        return f"{took * 1000:.0f} ms"
    if took > _NOISE_S:
        quarter, _ = least_time(partial(call, text[: len(text) // 4]), tries=tries)
        if took > _GROWTH * quarter + _NOISE_S and grows(call, text, took, tries):
            return f"{quarter * 1000:.1f} ms, then {took * 1000:.1f} ms"
    return ""


def grows(call: Callable[[str], object], text: str, took: float, tries: int) -> bool:
    """Whether four times the text costs far more than four times as much: a first block is often read more quickly."""
    longer, _ = least_time(partial(call, text * 4), tries=tries)
    return longer > _GROWTH * took


@pytest.fixture(autouse=True)
def few_secrets() -> Iterator[None]:
    """Measure with the secrets of one user: those that earlier tests of this process taught cost time, too."""
    with redactor.knowing_only("hunter2x9", "ann.user"):
        yield


@pytest.mark.fcase(86)
@pytest.mark.parametrize("name", TEXTS)
def test_a_megabyte_of_anything_costs_a_text_function_little(name: str) -> None:
    assert not too_dear(TEXTS[name], endless(LENGTH), TEXT_S)


@pytest.mark.fcase(86)
@pytest.mark.parametrize("name", BODIES)
def test_a_megabyte_of_anything_is_read_in_linear_time(name: str) -> None:
    assert not too_dear(BODIES[name], endless(LENGTH), BODY_S)


@pytest.mark.fcase(86)
@examples(2)
@given(st.text(st.sampled_from(CHARACTERS) | st.characters(), min_size=1, max_size=4))
def test_a_megabyte_of_any_few_characters_costs_little_everywhere(unit: str) -> None:
    text = (unit * LENGTH)[:LENGTH]
    for tables, limit_s in ((TEXTS, TEXT_S), (BODIES, BODY_S)):
        dear = {
            name: found for name, call in tables.items() if (found := too_dear(call, [(repr(unit), text)], limit_s))
        }
        assert not dear


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_public_function_is_in_a_table(module: ModuleType) -> None:
    short = module.__name__.rpartition(".")[2]
    names = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
    own = [name for name in names if is_own_function(module, getattr(module, name))]
    known = TEXTS.keys() | BODIES.keys() | NO_TEXT.keys()
    assert own
    assert not [name for name in own if f"{short}.{name}" not in known]


def test_no_function_is_excused_that_is_gone() -> None:
    public = {f"{module.__name__.rpartition('.')[2]}.{name}" for module in MODULES for name in vars(module)}
    assert not NO_TEXT.keys() - public


def is_own_function(module: ModuleType, value: object) -> bool:
    function = inspect.unwrap(value) if callable(value) else value
    return inspect.isfunction(function) and f"{function.__module__}.".startswith(f"{module.__name__}.")


def test_what_is_quadratic_is_found_out() -> None:
    def quadratic(text: str) -> int:
        return sum(text.count("b", 0, at) for at in range(0, len(text), 300))

    assert too_dear(quadratic, [("a", "a" * MB)], 100.0)
