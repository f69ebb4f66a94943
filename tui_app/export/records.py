"""One exported item: its fields, named as in JSON, CSV and `list --json`, and its addresses.

Addresses contain `{username}` and `{password}` in place of the real ones, or the credentials if the user asks for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from tui_app.catalog import UNCATEGORISED, Item, Kind
from tui_app.catalog.documents import ExportedItem, item_facts
from tui_app.catalog.fields import EXPORT_FIELDS
from tui_app.store.export_rows import ExportRow
from tui_app.xtream.fields import zone_named
from tui_app.xtream.urls import (
    PASSWORD_PLACEHOLDER,
    USERNAME_PLACEHOLDER,
    catchup_template,
    guide_url,
    stream_url,
)

if TYPE_CHECKING:
    from tui_app.settings import ProfileStore
    from tui_app.store.library_store import LibraryStore


@dataclass(frozen=True, slots=True)
class Addresses:
    """Build the addresses of one account. `real_username` is known even when it must not be shown."""

    base_url: str
    username: str = field(repr=False)
    password: str = field(repr=False)
    real_username: str = field(repr=False)
    formats: tuple[str, ...] = ("ts", "m3u8")  # stream formats that the account may use
    catchup_correction: str = ""  # hours, see `correction_hours`

    @property
    def are_secret(self) -> bool:
        """Return whether the addresses contain the credentials."""
        return self.password != PASSWORD_PLACEHOLDER

    def stream(self, item: Item, wire_id: str) -> str:
        """Return the stream address; "" for what can't be played: a series as a whole, a separator."""
        if item.kind is Kind.SERIES or item.is_separator:
            return ""
        return stream_url(self.base_url, self.username, self.password, item.kind, wire_id, item.container, self.formats)

    def catchup(self, wire_id: str) -> str:
        """Return the address of past programmes of a channel, with placeholders for the player."""
        return catchup_template(self.base_url, self.username, self.password, wire_id)

    @property
    def guide(self) -> str:
        """Return the address of the guide."""
        return guide_url(self.base_url, self.username, self.password)

    def logo(self, address: str | None) -> str | None:
        """Return a logo's address; None where it reveals the user name, as some panels put it into their icons."""
        if address is None or self.are_secret:
            return address
        shows_user = f"/{self.real_username}/" in address or f"={self.real_username}" in address
        return None if shows_user else address


def addresses_of(
    profiles: ProfileStore, profile_name: str, store: LibraryStore, *, with_credentials: bool
) -> Addresses:
    """Return the addresses of a profile. Reads the password only if it is needed.

    Raises `UsageError` for an unknown profile, `SecretError` when the password can't be read.
    """
    profile = profiles.get(profile_name)
    account = store.get_account()
    return Addresses(
        profile.address,
        profile.username if with_credentials else USERNAME_PLACEHOLDER,
        profiles.passwords.read(profile) if with_credentials else PASSWORD_PLACEHOLDER,
        profile.username,
        account.output_formats if account else ("ts", "m3u8"),
        correction_hours(account.timezone, datetime.now().astimezone()) if account else "",
    )


def correction_hours(panel_zone: str, local: datetime) -> str:
    """Return by how many hours this machine's clock is ahead of the panel's: `-3`, `5.5` or "".

    Panels take the start of a past programme in their own zone, while players fill in their own time less this
    correction. It is valid for a player in this machine's zone, while both follow the same summer time.
    """
    here, there = local.utcoffset(), local.astimezone(zone_named(panel_zone)).utcoffset()
    ahead = ((here or timedelta()) - (there or timedelta())).total_seconds() / 3600
    return f"{ahead:g}" if ahead else ""


#: The columns of the CSV, which are the keys of the JSON.
COLUMNS: Final = ExportedItem.__struct_fields__


@dataclass(frozen=True, slots=True)
class Record:
    """A row of an export with its addresses. `more` are the fields that only exports say, by their key."""

    row: ExportRow
    is_favourite: bool
    address: str
    more: Mapping[str, Any]

    @property
    def logo(self) -> str | None:
        logo: str | None = self.more["logo"]
        return logo

    def document(self) -> ExportedItem:
        """Return every column of `COLUMNS`, in that order."""
        item = self.row.item
        return ExportedItem(
            **item_facts(item, self.row.categories or (UNCATEGORISED,), is_favourite=self.is_favourite),
            **self.more,
            season=item.season,
            episode=item.episode,
            series_id=item.series_id,
            series=item.series_name,
            guide_id=item.epg_id,
            address=self.address or None,
        )


def record_of(row: ExportRow, addresses: Addresses, *, is_favourite: bool) -> Record:
    more = {
        one.key: addresses.logo(row.more[one.name]) if one.read == "picture" else row.more[one.name]
        for one in EXPORT_FIELDS
    }
    return Record(row, is_favourite, addresses.stream(row.item, row.wire_id), more)
