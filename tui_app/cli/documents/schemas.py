"""The JSON Schema of each document, generated from its type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from tui_app.catalog.shared_marks import SharedMarks
from tui_app.cli.documents import files, items, library, profiles, viewing
from tui_app.sync.hooks import HookDocument


class Described(NamedTuple):
    """A document: what prints it, its type, and other types that its schema refers to."""

    printed_by: str
    main: type[msgspec.Struct]
    others: tuple[type[msgspec.Struct], ...] = ()


#: Name → document, in the order of the names.
DOCUMENTS: Final = {
    "backup": Described("xtream-tui backup FILE --json", files.Backup),
    "cache-check": Described("xtream-tui cache check --json", files.CacheCheck),
    "cache-clear": Described("xtream-tui cache clear --json", files.CacheClear),
    "cache-compact": Described("xtream-tui cache compact --json", files.CacheCompact),
    "changes": Described("xtream-tui changes --json", library.RunList),
    "doctor": Described("xtream-tui doctor --json", files.Examination),
    "download": Described("xtream-tui download movie|episode|series ID --json", viewing.Downloads),
    "epg-now": Described("xtream-tui epg now --json", viewing.NowOnChannels),
    "epg-search": Described("xtream-tui epg search WORDS --json", viewing.FoundProgrammes),
    "epg-show": Described("xtream-tui epg show CHANNEL --json", viewing.ChannelDay),
    "error": Described("Any command that failed before it had anything else to say", files.Failed),
    "export": Described("xtream-tui export --format json", library.Export),
    "export-report": Described("xtream-tui export -o FILE --json", library.ExportReport),
    "history": Described("xtream-tui history --json", viewing.History),
    "hook": Described("Standard input of the commands in [hooks]", HookDocument),
    "list": Described("xtream-tui list channels|movies|series|episodes --json", library.ItemList),
    "list-categories": Described("xtream-tui list categories --json", library.CategoryList),
    "list-category-tree": Described("xtream-tui list categories --tree --json", library.CategoryTree),
    "mark": Described("xtream-tui mark favourite|watched|hidden KIND ID --json", viewing.MarkReport),
    "marks": Described("the file of xtream-tui marks export|import|merge", SharedMarks),
    "marks-report": Described("xtream-tui marks import|merge FILE --json", viewing.MarksReport),
    "panel": Described("the line that xtream-tui panel prints", files.PanelLine),
    "profile-list": Described("xtream-tui profile list --json", profiles.ProfileList),
    "profile-remove": Described("xtream-tui profile remove NAME --json", profiles.RemovedProfile),
    "profile-rename": Described("xtream-tui profile rename NAME NEW --json", profiles.RenamedProfile),
    "profile-test": Described("xtream-tui profile test|add|set --json", profiles.LoginTest),
    "profile-use": Described("xtream-tui profile use NAME --json", profiles.CurrentProfile),
    "record": Described("xtream-tui record CHANNEL --for TIME --json", viewing.RecordedChannel),
    "restore": Described("xtream-tui restore FILE --json", files.Restore),
    "search": Described("xtream-tui search QUERY --json; with “-” one such document a line", library.SearchResults),
    "search-all": Described("xtream-tui search QUERY --all-profiles --json", library.JointResults),
    "show-channel": Described("xtream-tui show channel ID --json", items.Channel),
    "show-movie": Described("xtream-tui show movie ID --json", items.Movie),
    "show-series": Described("xtream-tui show series ID --json", items.Series),
    "stats": Described("xtream-tui stats --json", library.Stats),
    "sync": Described("xtream-tui sync --json, of one profile", library.Sync),
    "sync-all": Described(
        "xtream-tui sync --all --json, or of several profiles", library.Syncs, (library.Sync, library.NotBegun)
    ),
    "where": Described("xtream-tui where --json", files.Where),
}


_NEVER: Final[dict[str, Any]] = {"not": {}}


def schema(name: str) -> dict[str, Any]:
    """Return the schema of a document; its own type stands at the top, those it is made of in `$defs`."""
    document = DOCUMENTS[name]
    _, types = msgspec.json.schema_components(
        (document.main, *document.others), schema_hook=_schema_of_unset, ref_template="#/$defs/{name}"
    )
    for described in _objects(types):
        described["properties"] = {key: value for key, value in described["properties"].items() if value != _NEVER}
        described["additionalProperties"] = False
    top = types.pop(document.main.__name__)
    document_schema: dict[str, Any] = msgspec.json.decode(
        msgspec.json.encode(
            {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "$id": f"urn:xtream-tui:{name}:1",
                **top,
                "title": document.printed_by,
                **({"$defs": types} if types else {}),
            }
        )
    )
    return document_schema


def _schema_of_unset(type_: type) -> dict[str, Any]:
    """Describe a key that a subclass took out of its base's: nothing may stand there."""
    if type_ is msgspec.UnsetType:
        return _NEVER
    raise NotImplementedError


def _objects(part: Any) -> Iterator[dict[str, Any]]:
    """Yield every object that is described by its keys."""
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    if isinstance(part, dict) and "properties" in part and part.get("type") == "object":
        yield part
    for each in inner:
        yield from _objects(each)
