"""Which screen is the page of a title: a channel's has its guide, a series' its episodes."""

from __future__ import annotations

from tui_app.catalog import Kind
from tui_app.screens.item.actions import ItemActions
from tui_app.screens.item.channel_page import ChannelPage
from tui_app.screens.item.title_page import TitlePage


def page_of(kind: Kind, item_id: str, place: str, *, episode_id: str | None = None) -> ItemActions:
    """Return the page of a channel or title; of a series with the cursor on an episode."""
    if kind is Kind.CHANNEL:
        return ChannelPage(item_id, place)
    return TitlePage(kind, item_id, place, episode_id=episode_id)
