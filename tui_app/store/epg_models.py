"""Peewee models of the stored programme guide."""

from __future__ import annotations

from typing import Final

from peewee import SQL, IntegerField, Model, TextField

from tui_app.store.models import Table, add_index


class Guide(Table):
    """The EPG of one `channel` (key), or of all channels with one EPG id (`epg`, lower case).

    Times are epoch seconds: `at` of the fetch, `fresh_until` for now and next, `day_until` for the whole table.
    """

    key = IntegerField(primary_key=True)
    channel = IntegerField(null=True, constraints=[SQL("UNIQUE")])
    epg = TextField(null=True, constraints=[SQL("UNIQUE")])
    at = IntegerField()
    fresh_until = IntegerField()
    day_until = IntegerField()


class ProgrammeTitle(Table):
    """A distinct programme title. `fold` is searched."""

    id = IntegerField(primary_key=True)
    title = TextField(constraints=[SQL("UNIQUE")])
    fold = TextField()


class GuideProgramme(Table):
    """One programme; `title` is a key of `programme_title`."""

    id = IntegerField(primary_key=True)
    guide = IntegerField()
    start = IntegerField()
    stop = IntegerField()
    title = IntegerField()
    description = TextField()
    has_archive = IntegerField(null=True)
    start_text = TextField(null=True)

    class Meta:
        table_name = "programme"


add_index(GuideProgramme, "start", "guide, start", unique=True)
add_index(GuideProgramme, "title_start", "title, start, stop, guide")

EPG_MODELS: Final[tuple[type[Model], ...]] = (Guide, ProgrammeTitle, GuideProgramme)
