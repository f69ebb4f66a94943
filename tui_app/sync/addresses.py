"""Stream URLs of library items, and catch-up URLs in the format that the panel of a profile accepts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from tui_app.catalog import Kind, Programme
from tui_app.errors import UsageError
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.store.library_store import LibraryStore
from tui_app.store.panel_facts import catchup_form, remember_catchup_form
from tui_app.xtream.catchup import CatchupForm, CatchupSource, candidates, catchup_url, find_form, form_named
from tui_app.xtream.http.host_gate import HostGate
from tui_app.xtream.http.media import StreamProbe
from tui_app.xtream.urls import host_of, stream_url


@dataclass(frozen=True, slots=True)
class _CatchupRequest:
    """What the library and the profile hold about a channel and its panel's catch-up URL format."""

    profile: Profile
    source: CatchupSource
    formats: tuple[str, ...]
    form: CatchupForm | None


async def find_catchup_address(
    paths: Paths, profile_name: str, channel_id: str, programme: Programme, *, retry: bool = False
) -> str:
    """Return the catch-up URL of a past programme.

    The first call probes the known URL formats and stores the one that plays; later calls reuse it. `retry` probes
    again because the stored format failed.

    Raises `UsageError` for a channel without an archive, `Denied`, `BadAnswer` when no format plays, `Unreachable`,
    `NotFound`, `SecretError`, `LibraryError`.
    """
    request = await asyncio.to_thread(_read, paths, profile_name, channel_id)
    if request.form is not None and not retry:
        return catchup_url(request.source, programme, request.form)
    profile = request.profile
    async with StreamProbe(
        HostGate(paths.cache, host_of(profile.address)),
        user_agent=profile.user_agent,
        verify_tls=profile.verify_tls,
        answer_s=profile.connect_timeout_s + profile.read_timeout_s,
    ) as probe:
        found = await find_form(candidates(request.source, programme, request.formats, request.form), probe.look)
    if found.form != request.form:
        await asyncio.to_thread(_remember, paths, profile.name, found.form)
    return found.address


def _read(paths: Paths, profile_name: str, channel_id: str) -> _CatchupRequest:
    profiles = ProfileStore(paths)
    profile = profiles.get(profile_name)
    with LibraryStore.open(paths.library_db(profile.name), readonly=True, create=False) as store:
        found = store.full_item(Kind.CHANNEL, channel_id)
        account = store.get_account()
        form = form_named(catchup_form(store.database))
    if found.item.archive_days <= 0:
        raise UsageError("This channel keeps no past programmes.", hint="Channels that do have a mark in the list.")
    source = CatchupSource(
        profile.address,
        profile.username,
        profiles.passwords.read(profile),
        found.wire_id or channel_id,
        account.timezone if account else "UTC",
    )
    return _CatchupRequest(profile, source, account.output_formats if account else ("ts",), form)


def _remember(paths: Paths, profile_name: str, form: CatchupForm) -> None:
    with LibraryStore.open(paths.library_db(profile_name), create=False) as store:
        remember_catchup_form(store.database, form.key)


def item_url(paths: Paths, profile_name: str, kind: Kind, item_id: str) -> str:
    """Return the stream URL of a channel, movie or episode, without network access.

    Raises `NotFound`, `SecretError`, `LibraryError`, and `UsageError` for a series, which can't be played.
    """
    profiles = ProfileStore(paths)
    profile = profiles.get(profile_name)
    with LibraryStore.open(paths.library_db(profile.name), readonly=True, create=False) as store:
        found = store.full_item(kind, item_id)
        account = store.get_account()
    container = found.item.container or (found.details.container if found.details else None)
    return stream_url(
        profile.address,
        profile.username,
        profiles.passwords.read(profile),
        kind,
        found.wire_id or found.item.id,
        container,
        account.output_formats if account else ("ts", "m3u8"),
    )
