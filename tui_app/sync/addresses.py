"""The address a player opens for a stored item. It holds the credentials: a secret, shown only when asked for."""

from __future__ import annotations

from tui_app.catalog import Kind
from tui_app.paths import Paths
from tui_app.settings import ProfileStore
from tui_app.store.library_store import LibraryStore
from tui_app.xtream.urls import stream_url


def item_url(paths: Paths, profile_name: str, kind: Kind, item_id: str) -> str:
    """The stream address of a channel, movie or episode, from the copy alone.

    Raises `NotFound`, `SecretError`, `LibraryError`, and `UsageError` for a series, which can't be played.
    """
    profiles = ProfileStore(paths)
    profile = profiles.get(profile_name)
    with LibraryStore.open(paths.library_db(profile.name), readonly=True, create=False) as store:
        found = store.full_item(kind, item_id)
        account = store.get_account()
    container = found.item.container or (found.details.container if found.details else None)
    return stream_url(
        profile.url,
        profile.username,
        profiles.passwords.read(profile),
        kind,
        found.wire_id or found.item.id,
        container,
        account.output_formats if account else ("ts", "m3u8"),
    )
