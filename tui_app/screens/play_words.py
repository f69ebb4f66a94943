"""Texts about what is played."""

from __future__ import annotations

from tui_app.catalog import ItemRef, Programme
from tui_app.playback import PlayNews, PlayState
from tui_app.widgets.footer import Piece
from tui_app.widgets.glyphs import glyphs

_LONGEST_TITLE = 40  # characters, beside the state of the library


def title_words(ref: ItemRef, programme: Programme | None = None) -> str:
    """Return a full title: "Nosferatu", "The Show S01E02 Pilot", "News 24: Late Show"."""
    if programme is not None:
        return f"{ref.name}: {programme.title}"
    if ref.series_name is None:
        return ref.name
    if ref.season is None or ref.episode is None:
        return f"{ref.series_name} {ref.name}"
    return f"{ref.series_name} S{ref.season:02}E{ref.episode:02} {ref.name}"


def place_words(seconds: float) -> str:
    """Format a position: "4:07", "1:04:07"."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def playing_pieces(news: PlayNews | None, stop_key: str) -> tuple[Piece, ...]:
    """Return the pieces of the status line for what plays; none when nothing does."""
    if news is None:
        return ()
    title = news.what.title
    title = title if len(title) <= _LONGEST_TITLE else f"{title[:_LONGEST_TITLE].rstrip()}{glyphs().ellipsis}"
    lead = "paused:" if news.state is PlayState.PAUSED else glyphs().closed
    return (
        Piece(f"{lead} {title}", "accent"),
        Piece(_place(news), "muted", 1),
        Piece(f"{stop_key} stops" if stop_key else "", "muted", 2),
    )


def _place(news: PlayNews) -> str:
    if news.state is PlayState.STARTING:
        return f"starting {news.player} {glyphs().ellipsis}"
    if news.position_s is None or news.what.is_live:
        return ""
    place = place_words(news.position_s)
    return f"{place} of {place_words(news.duration_s)}" if news.duration_s else place
