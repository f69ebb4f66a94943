"""Build a panel client from a profile's connection settings."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple, TypeVar

from tui_app.catalog import Account
from tui_app.errors import BadAnswer, NotAPanel, Overloaded, PanelError, Unreachable
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.text import redact
from tui_app.xtream.client import PanelClient
from tui_app.xtream.fields import zone_named
from tui_app.xtream.http.host_gate import HostGate
from tui_app.xtream.http.session import ClientOptions
from tui_app.xtream.rows import RowContext
from tui_app.xtream.urls import host_of

T = TypeVar("T")
log = logging.getLogger(__name__)

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


def read_profile(paths: Paths, name: str) -> tuple[Profile, str]:
    """Return a profile and its password. Raises `SettingsError`, `SecretError`, `UsageError`."""
    profiles = ProfileStore(paths)
    profile = profiles.get(name)
    return profile, profiles.passwords.read(profile)


def open_panel(paths: Paths, profile: Profile, password: str, on_wait: OnWait | None = None) -> PanelClient:
    """Return a client for the first address of this profile, to be entered as an async context manager or closed.

    Clients of a host share its gate.
    """
    client = _build_client(
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
    if profile.account is not None:
        client.zone = zone_named(profile.account.timezone)
    return client


#: Why the next address of a profile is tried. A refused login is an answer.
_NOT_REACHED: Final = (Unreachable, Overloaded, NotAPanel, BadAnswer)


class Login(NamedTuple):
    """An answered login: the client to go on with, the account, and the profile with the address that answered."""

    client: PanelClient
    account: Account
    profile: Profile


async def log_in(
    paths: Paths, profile: Profile, password: str, on_wait: OnWait | None = None, *, background: bool = False
) -> Login:
    """Log in at the first address of the profile that answers; the caller closes the client.

    `background`: not while a host is in back-off. Raises the `PanelError` of the first address, or of the one that
    refused the login.
    """
    failures: list[PanelError] = []
    for address in profile.addresses:
        client = open_panel(paths, profile.at(address), password, on_wait)
        try:
            if background:
                client.gate.enter_background()
            return Login(client, await client.login(), profile.at(address))
        except BaseException as error:
            await client.close()
            if not isinstance(error, _NOT_REACHED):
                raise
            log.info("%s did not answer: %s", host_of(address), redact(error.message))
            failures.append(error)
    raise failures[0]


async def at_any_address(paths: Paths, profile: Profile, ask: Callable[[Profile], Awaitable[T]]) -> T:
    """Ask at the address of the last answer, then at the others while they can't be reached.

    Remembers which one answered. Raises the errors of `ask`; if no address can be reached, that of the first one.
    """
    failures: list[Unreachable] = []
    for address in dict.fromkeys((profile.address, *profile.addresses)):
        try:
            answer = await ask(profile.at(address))
        except Unreachable as error:
            failures.append(error)
            continue
        if failures:
            await asyncio.to_thread(ProfileStore(paths).save_address, profile.name, address)
        return answer
    raise failures[0]


def row_context(profile: Profile, account: Account, client: PanelClient) -> RowContext:
    """Return the base URL, time zone and secrets needed to decode rows."""
    return RowContext(profile.url, zone_named(account.timezone), client.mask)


async def test_login(paths: Paths, profile: Profile, password: str, on_wait: OnWait | None = None) -> Account:
    """Log in with the given account and return it.

    `on_wait` is called before a wait that the server requests; without it, no wait exceeds a minute. Raises
    `LoginRefused`, `Denied`, `NotAPanel`, `Unreachable`, `Overloaded`.
    """
    login = await log_in(paths, profile, password, on_wait)
    await login.client.close()
    return login.account


async def ask_account(paths: Paths, profile_name: str) -> Account:
    """Log in, store the state of the profile's account, and return it.

    Raises `PanelError`, also during the host's back-off; `SecretError`, `SettingsError`.
    """
    profile, password = await asyncio.to_thread(read_profile, paths, profile_name)
    client, account, answered = await log_in(paths, profile, password, background=True)
    await client.close()
    save = ProfileStore(paths).save_account
    await asyncio.to_thread(save, profile_name, account, int(time.time()), answered.url)
    return account
