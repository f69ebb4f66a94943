"""Files and the program itself: `backup`, `restore`, `cache`, `where`, `doctor`, `panel`, and errors."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tui_app.catalog.documents import Count
from tui_app.events import ErrorDocument

Verdict = Literal["ok", "note", "problem"]


class Failed(Struct, frozen=True, kw_only=True):
    """What a command prints that failed before it had anything else to print."""

    error: ErrorDocument


class Backup(Struct, frozen=True, kw_only=True):
    """What was written."""

    file: str
    bytes: Count
    profiles: tuple[str, ...]
    passwords: Annotated[int, Meta(ge=0, description="How many are in it, encrypted.")]


class RestoredProfiles(Struct, frozen=True, kw_only=True):
    """What became of the profiles, by name."""

    added: tuple[str, ...]
    replaced: Annotated[tuple[str, ...], Meta(description="Set as in the backup.")]
    kept: Annotated[tuple[str, ...], Meta(description="Left as they were here.")]
    removed: tuple[str, ...]


class Restore(Struct, frozen=True, kw_only=True):
    """What was brought back."""

    file: str
    mode: Literal["merge", "replace"]
    profiles: RestoredProfiles
    rows: Annotated[dict[str, Count], Meta(description="Rows in the backup, by table.")]
    settings: Annotated[tuple[str, ...], Meta(description="Keys that changed.")]
    before: Annotated[str, Meta(description="The backup of what was here.")]
    missing_passwords: Annotated[tuple[str, ...], Meta(description="Profiles that need their password again.")]
    commands_left_out: Annotated[
        tuple[str, ...],
        Meta(description="Keys that were left out because they may run programs; --with-commands brings them."),
    ]


class CacheCheck(Struct, frozen=True, kw_only=True):
    """Whether the local copy is sound."""

    profile: str
    sound: bool
    problems: tuple[str, ...]


class CacheClear(Struct, frozen=True, kw_only=True):
    """What was thrown away."""

    profile: str
    cleared: Literal[True]
    items: Annotated[int | None, Meta(description="Null: the file could not be read.")]


class CacheCompact(Struct, frozen=True, kw_only=True):
    """How much smaller the local copy is."""

    profile: str
    bytes_before: Count
    bytes_after: Count
    bytes_freed: Count


class Where(Struct, frozen=True, kw_only=True):
    """The folders and files in use; not all are there yet."""

    config: str
    data: str
    cache: str
    logs: str
    settings: str
    profiles: str
    secrets: str
    themes: str
    user_db: str
    log: str
    libraries: Annotated[tuple[str, ...], Meta(description="The local copies that are there, one a profile.")]


class Finding(Struct, frozen=True):
    """One thing that was examined. A note is worth knowing and hinders nothing; a problem does."""

    check: Annotated[str, Meta(description="What was examined, in a word or two.")]
    verdict: Verdict
    message: str
    advice: Annotated[str, Meta(description="What to do; may be empty.")]


class Examination(Struct, frozen=True, kw_only=True):
    """All that the program depends on."""

    status: Annotated[Verdict, Meta(description="The worst verdict.")]
    profile: str | None
    checks: tuple[Finding, ...]


class PanelLine(Struct, frozen=True, kw_only=True):
    """The login of the demo provider that was started."""

    url: str
    username: str
    password: str
