"""How syncs went: `sync`, of one profile and of several."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from tui_app.cli.documents.library import DiskUse
from tui_app.events import ErrorDocument, SyncReport, SyncStatus


class Sync(SyncReport, frozen=True, kw_only=True):
    """What one sync did, and what the profile takes on disk since."""

    size: DiskUse


class NotBegun(Struct, frozen=True, kw_only=True):
    """A profile whose settings can't be used; the others are synced all the same."""

    profile: str
    status: Literal["failed"]
    error: ErrorDocument
    size: DiskUse


class Syncs(Struct, frozen=True, kw_only=True):
    """What the syncs of several profiles did."""

    status: Annotated[SyncStatus, Meta(description="Of all together; partial as soon as they differ.")]
    # msgspec describes no union of untagged Structs: `Sync | NotBegun`
    profiles: Annotated[
        tuple[Any, ...],
        Meta(
            description="In the order they were synced.",
            extra_json_schema={"items": {"anyOf": [{"$ref": "#/$defs/Sync"}, {"$ref": "#/$defs/NotBegun"}]}},
        ),
    ]
