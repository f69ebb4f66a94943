"""Complete arguments in the shell: profiles, kinds, categories, genres and filters.

Completers work offline, read only and print nothing; a file that can't be read offers nothing. Pass them as
`shell_complete=`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import click

from tui_app.catalog import LISTED_KINDS, Kind
from tui_app.cli.session import Session
from tui_app.errors import XtreamTuiError

_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
Completer = Callable[[click.Context, click.Parameter, str], list[str]]


def profile_names(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Return the names of the profiles, without those already on the command line."""
    named = ctx.params.get(parameter.name or "") or ()
    try:
        names = [profile.name for profile in _session(ctx).profiles().list()]
    except (XtreamTuiError, OSError):
        return []
    return beginning_with(begun, (name for name in names if name not in named))


def kind_words(kinds: Sequence[Kind]) -> Completer:
    """Return a completer for one of these kinds: `movie`, `series`, ..."""

    def complete(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
        return beginning_with(begun, (kind.value for kind in kinds))

    return complete


def several_kinds(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Complete a comma-separated list of kinds: `movies`, then `movies,series`, ..."""
    before, comma, last = begun.rpartition(",")
    chosen = before.split(",")
    left = (kind.plural for kind in LISTED_KINDS if kind.plural not in chosen)
    return [f"{before}{comma}{word}" for word in beginning_with(last, left)]


def categories(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Return the categories of the kind and the profile on the command line."""
    from tui_app.store.connection import category_names

    return beginning_with(begun, _names(ctx, category_names))


def genres(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Return the genres of the kind and the profile on the command line."""
    from tui_app.store.connection import genre_names

    return beginning_with(begun, _names(ctx, genre_names))


def filter_texts(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Return filters that continue this one with a key of the query language, or a value of the library."""
    from tui_app.catalog.filter_text import completions
    from tui_app.catalog.filters import KEYS
    from tui_app.store.connection import category_names, genre_names

    readers = {"genre": genre_names, "cat": category_names}
    if not begun or begun[-1].isspace():
        return [f"{begun}{key.name}:" for key in KEYS]
    found = completions(begun, lambda key: _names(ctx, readers[key]) if key in readers else ())
    return [text for text in found if not _CONTROLS.search(text)]


def saved_filters(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Return the names of the filters saved for the kind and the profile on the command line."""
    from tui_app.store.connection import saved_filter_names

    session = _session(ctx)
    try:
        profile, file = session.profile().name, session.paths.user_db
    except (XtreamTuiError, OSError):
        return []
    return beginning_with(begun, saved_filter_names(file, profile, _kinds(ctx)) if file.exists() else ())


def beginning_with(begun: str, words: Iterable[str]) -> list[str]:
    """Return the words with this prefix, ignoring case; skip words that do not fit on one line."""
    return [word for word in words if word.casefold().startswith(begun.casefold()) and not _CONTROLS.search(word)]


def _names(ctx: click.Context, names: Callable[..., list[str]]) -> list[str]:
    session = _session(ctx)
    try:
        file = session.paths.library_db(session.profile().name)
    except (XtreamTuiError, OSError):
        return []
    return names(file, _kinds(ctx)) if file.exists() else []


def _kinds(ctx: click.Context) -> tuple[Kind, ...]:
    """Return the kinds named on the command line so far, all listed kinds if none is.

    Episodes are in the categories of their series.
    """
    # click has not assigned arguments to parameters while the value of an option is still missing
    words = {word for word in (*ctx.params.values(), *ctx.args) if isinstance(word, str)}
    named = {Kind.SERIES if kind is Kind.EPISODE else kind for kind in Kind if {kind.value, kind.plural} & words}
    return tuple(named) or LISTED_KINDS


def _session(ctx: click.Context) -> Session:
    return ctx.ensure_object(Session)
