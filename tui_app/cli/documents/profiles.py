"""The accounts: `profile list`, `use`, `test`, `add`, `set`, `rename`, `remove`."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from tui_app.catalog.documents import KnownTime
from tui_app.events import ErrorDocument

Expiry = Annotated[int | None, Meta(description="Seconds since 1970, UTC; null: never, or not known.")]


class ListedProfile(Struct, frozen=True, kw_only=True):
    """One account and how it stands, as far as the last login said."""

    name: str
    url: str
    username: str
    status: Annotated[str | None, Meta(description="active, expired, banned, disabled; null: no login yet.")]
    expires: Expiry
    last_sync: KnownTime


class ProfileList(Struct, frozen=True, kw_only=True):
    """All accounts."""

    current: Annotated[str | None, Meta(description="The one that is used when none is named.")]
    profiles: tuple[ListedProfile, ...]


class CurrentProfile(Struct, frozen=True, kw_only=True):
    """The account that is used from now on."""

    current: str


class TestedAddress(Struct, frozen=True, kw_only=True):
    """How the login went at one of several addresses of an account."""

    url: str
    status: Annotated[str, Meta(description="As in the whole document.")]
    message: Annotated[str, Meta(description="Why the login failed; empty otherwise.")]


class LoginTest(Struct, frozen=True, kw_only=True):
    """How a login went, and how the account stands."""

    name: str
    status: Annotated[
        str, Meta(description="active, expired, banned, disabled, untested, or the code of why the login failed.")
    ]
    expires: Expiry
    max_connections: Annotated[int | None, Meta(description="How many streams at a time; null: not known.")]
    message: Annotated[str, Meta(description="What the provider says, or why the login failed; may be empty.")]
    addresses: tuple[TestedAddress, ...] | UnsetType = UNSET
    error: ErrorDocument | UnsetType = UNSET


class RenamedProfile(Struct, frozen=True, kw_only=True):
    """An account that has another name now."""

    renamed: Annotated[str, Meta(description="The name it had.")]
    name: str


class RemovedProfile(Struct, frozen=True, kw_only=True):
    """An account that is gone."""

    removed: str
