"""The words for kinds on a command line: `movie` and `movies` are the same. For use as click callbacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import click

from tui_app.catalog import LISTED_KINDS, Kind

_WORDS: Final = {word: kind for kind in Kind for word in (kind.value, kind.plural)}


def one_of(kinds: Sequence[Kind]) -> Callable[[click.Context, click.Parameter, str | None], Kind | None]:
    """A callback that takes one of these kinds; None when the option was not given."""

    def convert(ctx: click.Context, parameter: click.Parameter, word: str | None) -> Kind | None:
        return None if word is None else _kind(word, kinds)

    return convert


def several(ctx: click.Context, parameter: click.Parameter, words: str | None) -> tuple[Kind, ...] | None:
    """A callback that takes listed kinds, comma separated, and gives them in the order they are synced."""
    if words is None:
        return None
    chosen = {_kind(word, LISTED_KINDS, several=True) for word in words.split(",") if word.strip()}
    if not chosen:
        raise click.BadParameter("name at least one of channels, movies, series.")
    return tuple(kind for kind in LISTED_KINDS if kind in chosen)


def several_arguments(ctx: click.Context, parameter: click.Parameter, words: tuple[str, ...]) -> tuple[Kind, ...]:
    """A callback for any number of kinds, each once, in the order they were named."""
    return tuple(dict.fromkeys(_kind(word, tuple(Kind), several=True) for word in words))


def metavar(kinds: Sequence[Kind]) -> str:
    """How the choice is shown in help."""
    return "|".join(kind.value for kind in kinds)


def _kind(word: str, kinds: Sequence[Kind], *, several: bool = False) -> Kind:
    kind = _WORDS.get(word.strip().lower())
    if kind is None or kind not in kinds:
        known = ", ".join(known.plural if several else known.value for known in kinds)
        raise click.BadParameter(f"'{word}' is not one of {known}.")
    return kind
