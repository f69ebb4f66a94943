"""Import an XMLTV file: collect it in a temporary table on disk, then compare and write the differences at once.

The large statements that compare the two are by hand: `CROSS JOIN` with conditions of its own fixes their order.

Programmes missing from the file are deleted only if the caller says that the file is complete, and only within the
period it covers for their channel: past programmes stay as long as archives reach.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from typing import Final, NamedTuple

from peewee import EXCLUDED, CompositeKey, IntegerField, TextField, fn

from tui_app.store.database import (
    COUNT,
    Compiled,
    LibraryDatabase,
    compiled,
    create_table_sql,
    drop_table_sql,
    fields_of,
    insert_query,
    inserting,
)
from tui_app.store.epg.programmes import (
    ASSUMED_S,
    KEPT_AHEAD_S,
    KEPT_BACK_S,
    LONGEST_ARCHIVE_DAYS,
    count_programmes,
    epg_name,
    forget_unused_titles,
    prune_programmes,
)
from tui_app.store.models import SEPARATOR, Channel, Guide, GuideProgramme, ProgrammeTitle, Table
from tui_app.store.query_cache import raise_revision
from tui_app.store.search_models import ProgrammeNames
from tui_app.text import fold

#: Minimum share of stored upcoming programmes a file must contain to delete any.
_PLAUSIBLE: Final = 0.5
_DAY_S: Final = 86_400


class GuideRow(NamedTuple):
    """A programme for the channels with this EPG id. Texts are clean, times epoch seconds.

    `stop` is None without a usable end; see `GuideImport.apply`.
    """

    epg: str
    start: int
    stop: int | None
    title: str
    description: str


class _Incoming(Table):
    """The programmes of the file. `guide` is a number given here, `stop` None until its end is settled."""

    guide = IntegerField()
    start = IntegerField()
    stop = IntegerField(null=True)
    title = TextField()
    description = TextField()

    class Meta:
        table_name = "incoming"
        schema = "temp"
        primary_key = CompositeKey("guide", "start")
        without_rowid = True


class _IncomingGuide(Table):
    """The guide (key) of each number."""

    number = IntegerField(primary_key=True)
    key = IntegerField()

    class Meta:
        table_name = "incoming_guide"
        schema = "temp"


@cache
def _add() -> Compiled:
    """Return the statement that adds a programme; of two that start together, one with an end takes precedence."""
    has_first_end = _Incoming.stop.is_null() & EXCLUDED.stop.is_null(False)
    return compiled(
        insert_query(_Incoming).on_conflict(
            conflict_target=(_Incoming.guide, _Incoming.start),
            preserve=(_Incoming.stop, _Incoming.title, _Incoming.description),
            where=has_first_end,
        )
    )


class GuideChanges(NamedTuple):
    """Result of an import. `is_implausible`: the file was implausibly small, so nothing was deleted."""

    total: int
    added: int
    changed: int
    removed: int
    is_implausible: bool


class GuideImport:
    """One import: call `wants` and `add` while reading, `apply` at the end, `close` in any case."""

    def __init__(self, database: LibraryDatabase, now: int) -> None:
        self._database = database
        self._now = now
        self._until = now + KEPT_AHEAD_S
        self._from = self._windows()
        self._names: dict[str, str] = {}  # ids in the file → ids in the library
        self._folded = {_folded(name): name for name in self._from}
        self._numbers: dict[str, int] = {}
        self.rows = 0
        self.close()
        for model in (_Incoming, _IncomingGuide):
            database.run(create_table_sql(model))

    @property
    def terms(self) -> str:
        """Return a digest of what is imported: channels and window.

        The same file gives another result when they change.
        """
        names = "\n".join(sorted(self._from))
        return blake2b(f"{self._now // _DAY_S}\n{names}".encode(), digest_size=8).hexdigest()

    def wants(self, channel: str) -> bool:
        """Whether any channel of the library has this EPG id."""
        return self._name(channel) is not None

    def add(self, rows: Iterable[GuideRow]) -> None:
        """Add programmes within the window. For equal starts, one with an end takes precedence, then the first."""
        numbers = self._numbers
        wanted = []
        for epg, start, stop, title, description in rows:
            name = self._name(epg)
            if name is not None and self._from[name] <= start <= self._until:
                wanted.append((numbers.setdefault(name, len(numbers)), start, stop, title, description))
        with self._database.atomic():
            self.rows += self._database.run_many(_add(), wanted)

    def apply(self, *, is_complete: bool) -> GuideChanges:
        """Write the differences in one transaction.

        A programme without an end lasts until the next start on its channel.
        """
        database = self._database
        with database.writing():
            self._settle_ends()
            before = count_programmes(database)
            is_implausible = is_complete and not self._is_plausible()
            self._place_guides()
            removed = self._remove() if is_complete and not is_implausible else 0
            self._learn_titles()
            written = self._write()
            pruned = prune_programmes(database, self._now)
            forget_unused_titles(database)
            if removed or written or pruned:
                raise_revision(database)
            total = count_programmes(database)
        added = total + pruned + removed - before
        return GuideChanges(total, added, max(0, written - added), removed, is_implausible)

    def close(self) -> None:
        """Drop the temporary table."""
        for model in (_Incoming, _IncomingGuide):
            self._database.run(drop_table_sql(model))

    # ------------------------------------------------------------------------------------------------ inside
    def _name(self, epg: str) -> str | None:
        """Return the library's spelling of an EPG id that differs in case or spaces; None if unknown."""
        known = self._names.get(epg)
        if known is None:
            exact = epg_name(epg)
            known = exact if exact in self._from else self._folded.get(_folded(epg))
            if known is not None:
                self._names[epg] = known
        return known

    def _windows(self) -> dict[str, int]:
        """Return EPG id → start of the period kept."""
        epg = fn.lower(Channel.epg_id)
        longest = Channel.select(epg, fn.MAX(Channel.archive_days)).where(Channel.epg_id.is_null(False))
        rows = self._database.rows(longest.where(Channel.flags.bin_and(SEPARATOR) == 0).group_by(epg))
        return {epg: self._now - KEPT_BACK_S - min(days, LONGEST_ARCHIVE_DAYS) * _DAY_S for epg, days in rows if epg}

    def _settle_ends(self) -> None:
        """Set missing ends to the next start: one index step per programme, using the primary key."""
        self._database.run(
            "UPDATE temp.incoming SET stop = min(start + ?1, coalesce((SELECT min(n.start) FROM temp.incoming n "
            "WHERE n.guide = incoming.guide AND n.start > incoming.start), start + ?1)) WHERE stop IS NULL",
            (ASSUMED_S,),
        )

    def _is_plausible(self) -> bool:
        coming = int(self._database.value(_Incoming.select(COUNT).where(_Incoming.stop > self._now)))
        of_files = GuideProgramme.select(COUNT).join(Guide, on=Guide.key == GuideProgramme.guide)
        stored = self._database.value(of_files.where(Guide.epg.is_null(False), GuideProgramme.stop > self._now))
        return coming >= int(stored) * _PLAUSIBLE

    def _place_guides(self) -> None:
        database = self._database
        insert = insert_query(Guide, Guide.epg, Guide.at, Guide.fresh_until, Guide.day_until)
        database.run_many(
            insert.on_conflict(conflict_target=[Guide.epg], preserve=[Guide.at]),
            [(name, self._now, 0, 0) for name in self._numbers],
        )
        keys: dict[str, int] = dict(database.rows(Guide.select(Guide.epg, Guide.key).where(Guide.epg.is_null(False))))
        numbered = [(number, keys[name]) for name, number in self._numbers.items()]
        database.run_many(inserting(_IncomingGuide), numbered)

    def _remove(self) -> int:
        return self._database.run(
            "DELETE FROM programme WHERE id IN (SELECT p.id FROM temp.incoming_guide g "
            "CROSS JOIN programme p ON p.guide = g.key "
            "AND p.start >= (SELECT min(start) FROM temp.incoming WHERE guide = g.number) "
            "WHERE NOT EXISTS (SELECT 1 FROM temp.incoming i WHERE i.guide = g.number AND i.start = p.start))"
        ).rowcount

    def _learn_titles(self) -> None:
        database = self._database
        database.register_function(fold, "fold_title", 1, deterministic=True)
        last = database.value(ProgrammeTitle.select(fn.MAX(ProgrammeTitle.id))) or 0
        database.run(
            "INSERT INTO programme_title(title, fold) SELECT title, fold_title(title) "
            "FROM (SELECT DISTINCT title FROM temp.incoming) i "
            "WHERE NOT EXISTS (SELECT 1 FROM programme_title t WHERE t.title = i.title)"
        )
        new = ProgrammeTitle.select(ProgrammeTitle.id, ProgrammeTitle.fold).where(ProgrammeTitle.id > last)
        database.run(ProgrammeNames.insert_from(new.order_by(ProgrammeTitle.id), fields_of(ProgrammeNames)))

    def _write(self) -> int:
        return self._database.run(
            "INSERT INTO programme(guide, start, stop, title, description) "
            "SELECT g.key, i.start, i.stop, t.id, i.description FROM temp.incoming_guide g "
            "CROSS JOIN temp.incoming i ON i.guide = g.number CROSS JOIN programme_title t ON t.title = i.title "
            "WHERE true ON CONFLICT(guide, start) DO UPDATE SET stop = excluded.stop, title = excluded.title, "
            "description = excluded.description WHERE stop <> excluded.stop OR title <> excluded.title "
            "OR description <> excluded.description"
        ).rowcount


def _folded(epg: str) -> str:
    return " ".join(epg.casefold().split())
