"""Build a panel client from a profile's connection settings."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tui_app.catalog import Account
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.xtream.client import PanelClient
from tui_app.xtream.fields import zone_named
from tui_app.xtream.http.host_gate import HostGate
from tui_app.xtream.http.session import ClientOptions
from tui_app.xtream.rows import RowContext
from tui_app.xtream.urls import host_of

#: Called with the seconds before a wait that the server requests.
OnWait = Callable[[float], None]
#: Called like `PanelClient`.
ClientBuilder = Callable[..., PanelClient]
_build_client: ClientBuilder = PanelClient


@contextmanager
def building_clients(builder: ClientBuilder) -> Iterator[None]:
    """Build all clients of this process another way for the length of a block, for example with another pace."""
    global _build_client
    before, _build_client = _build_client, builder
    try:
        yield
    finally:
        _build_client = before


def open_panel(paths: Paths, profile: Profile, password: str, on_wait: OnWait | None = None) -> PanelClient:
    """Return a client for this profile, to be entered as an async context manager. Clients of a host share its gate."""
    return _build_client(
        profile.url,
        profile.username,
        password,
        ClientOptions(
            user_agent=profile.user_agent,
            connect_timeout_s=profile.connect_timeout_s,
            first_byte_timeout_s=profile.first_byte_timeout_s,
            read_timeout_s=profile.read_timeout_s,
            verify_tls=profile.verify_tls,
        ),
        gate=HostGate(paths.cache, host_of(profile.url)),
        on_wait=on_wait,
    )


def row_context(profile: Profile, account: Account, client: PanelClient) -> RowContext:
    """Return the base URL, time zone and secrets needed to decode rows."""
    return RowContext(profile.url, zone_named(account.timezone), client.mask)


async def test_login(paths: Paths, profile: Profile, password: str, on_wait: OnWait | None = None) -> Account:
    """Log in with the given account and return it.

    `on_wait` is called before a wait that the server requests; without it, no wait exceeds a minute. Raises
    `LoginRefused`, `Denied`, `NotAPanel`, `Unreachable`, `Overloaded`.
    """
    async with open_panel(paths, profile, password, on_wait) as client:
        return await client.login()


async def ask_account(paths: Paths, profile_name: str) -> Account:
    """Log in, store the state of the profile's account, and return it.

    Raises `PanelError`, also during the host's back-off; `SecretError`, `SettingsError`.
    """
    profiles = ProfileStore(paths)
    profile = await asyncio.to_thread(profiles.get, profile_name)
    password = await asyncio.to_thread(profiles.passwords.read, profile)
    async with open_panel(paths, profile, password) as client:
        client.gate.enter_background()
        account = await client.login()
    await asyncio.to_thread(profiles.save_account, profile_name, account, int(time.time()))
    return account
