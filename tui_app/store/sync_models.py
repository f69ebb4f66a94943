"""Peewee models of what syncs keep: ids, row hashes, states of the parts, runs and their change lists."""

from __future__ import annotations

from typing import Final

from peewee import SQL, BlobField, CompositeKey, IntegerField, Model, TextField

from tui_app.store.models import Table, add_index


class IdMap(Table):
    """Keys of provider ids that are not plain numbers."""

    kind = TextField()
    provider_id = TextField()
    key = IntegerField()

    class Meta:
        constraints = [SQL("UNIQUE(kind, key)")]
        primary_key = CompositeKey("kind", "provider_id")
        without_rowid = True


class MovedId(Table):
    """An id that the panel replaced, found by a sync `at` (epoch seconds)."""

    kind = TextField()
    at = IntegerField()
    old = TextField()
    new = TextField()

    class Meta:
        primary_key = CompositeKey("kind", "at", "old")
        without_rowid = True


class Manifest(Table):
    """Row hashes of a kind's last list: raw hash and key of each row, in list order."""

    kind = TextField(primary_key=True)
    hashes = BlobField()
    keys = BlobField()
    numbers_digest = IntegerField()

    class Meta:
        without_rowid = True


class SyncState(Table):
    """How the last sync of a part went. `held_keys` are items whose removal awaits confirmation."""

    part = TextField(primary_key=True)
    status = TextField()
    at = IntegerField(null=True)
    completed_at = IntegerField(null=True)
    reason = TextField()
    body_digest = TextField(null=True)
    held_back = IntegerField()
    held_digest = TextField(null=True)
    held_keys = BlobField(null=True)
    total = IntegerField()
    etag = TextField(null=True)
    last_modified = TextField(null=True)

    class Meta:
        without_rowid = True


class SyncRun(Table):
    """One sync. `summary` is JSON: part → counts; `reason` explains why it did not complete."""

    id = IntegerField(primary_key=True)
    mode = TextField()
    status = TextField()
    started_at = IntegerField()
    finished_at = IntegerField(null=True)
    summary = TextField(constraints=[SQL("DEFAULT '{}'")])
    reason = TextField(constraints=[SQL("DEFAULT ''")])


class SyncChange(Table):
    """One entry of a change list. `fields` is JSON: {"name": [old, new]}."""

    id = IntegerField(primary_key=True)
    run = IntegerField(constraints=[SQL("REFERENCES sync_run(id) ON DELETE CASCADE")])
    kind = TextField()
    item = TextField()
    name = TextField()
    change = TextField()
    fields_json = TextField(column_name="fields")


class Meta(Table):
    """Facts about the file: revision, account, completeness of the text index."""

    name = TextField(primary_key=True)
    value = TextField()

    class Meta:
        without_rowid = True


add_index(SyncChange, "run", "run")
# marks new items on screen: a few dozen look-ups per page
add_index(SyncChange, "added", "kind, item, run", where=SyncChange.change == "added")

SYNC_MODELS: Final[tuple[type[Model], ...]] = (IdMap, MovedId, Manifest, SyncState, SyncRun, SyncChange, Meta)
