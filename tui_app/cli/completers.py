"""What a shell offers behind a Tab for arguments that are ours: profiles, kinds, categories, genres.

Offline, read-only and without a word: a file that can't be read offers nothing. For use as `shell_complete=`.
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
    """The profiles there are; those named already are not offered again."""
    named = ctx.params.get(parameter.name or "") or ()
    try:
        names = [profile.name for profile in _session(ctx).profiles().list()]
    except (XtreamTuiError, OSError):
        return []
    return beginning_with(begun, (name for name in names if name not in named))


def kind_words(kinds: Sequence[Kind]) -> Completer:
    """`movie`, `series` ... where one kind is asked for."""

    def complete(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
        return beginning_with(begun, (kind.value for kind in kinds))

    return complete


def several_kinds(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """`movies`, then `movies,series` ... where kinds are listed with commas."""
    before, comma, last = begun.rpartition(",")
    chosen = before.split(",")
    left = (kind.plural for kind in LISTED_KINDS if kind.plural not in chosen)
    return [f"{before}{comma}{word}" for word in beginning_with(last, left)]


def categories(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """The categories of the kind that is listed, of the profile that was named."""
    from tui_app.store.items.quick_names import category_names

    return beginning_with(begun, _names(ctx, category_names))


def genres(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """The genres of the kind that is listed."""
    from tui_app.store.items.quick_names import genre_names

    return beginning_with(begun, _names(ctx, genre_names))


def beginning_with(begun: str, words: Iterable[str]) -> list[str]:
    """The words that begin so, in any case; none that can't stand on one line."""
    return [word for word in words if word.casefold().startswith(begun.casefold()) and not _CONTROLS.search(word)]


def _names(ctx: click.Context, names: Callable[..., list[str]]) -> list[str]:
    session = _session(ctx)
    try:
        file = session.paths.library_db(session.profile().name)
    except (XtreamTuiError, OSError):
        return []
    return names(file, _kinds(ctx)) if file.exists() else []


def _kinds(ctx: click.Context) -> tuple[Kind, ...]:
    """The kind the command line names so far; episodes are in the categories of their series."""
    # before an option that lacks its value click has not given the arguments their names yet
    words = {word for word in (*ctx.params.values(), *ctx.args) if isinstance(word, str)}
    named = {Kind.SERIES if kind is Kind.EPISODE else kind for kind in Kind if {kind.value, kind.plural} & words}
    return tuple(named) or LISTED_KINDS


def _session(ctx: click.Context) -> Session:
    return ctx.ensure_object(Session)
