"""The tables of both databases as Mermaid diagrams, drawn from the Peewee models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from peewee import BlobField, CompositeKey, Field, FloatField, IntegerField, Model, TextField

from tui_app.store import models as library
from tui_app.store import sync_models as syncs
from tui_app.store import user_models as user

_TYPES: Final[dict[type[Field], str]] = {
    BlobField: "blob",
    FloatField: "real",
    IntegerField: "integer",
    TextField: "text",
}
#: Column → the table whose key it holds. The models declare no foreign keys: rows arrive in any order.
_TITLES: Final = (library.Movie, library.Series)
_LIBRARY_LINKS: Final[tuple[tuple[Field, type[Model]], ...]] = (
    *((kind.category, library.Category) for kind in (library.Channel, *_TITLES)),
    (library.Episode.series, library.Series),
    (library.Season.series, library.Series),
    (library.FormerEpisode.series, library.Series),
    (library.MovieText.id, library.Movie),
    (library.SeriesText.id, library.Series),
    (library.MovieDetails.id, library.Movie),
    (library.SeriesDetails.id, library.Series),
    (library.ItemCategory.category, library.Category),
    (library.ItemGenre.genre, library.Genre),
    (library.Guide.channel, library.Channel),
    (library.GuideProgramme.guide, library.Guide),
    (library.GuideProgramme.title, library.ProgrammeTitle),
    (syncs.SyncChange.run, syncs.SyncRun),
)
_USER_LINKS: Final[tuple[tuple[Field, type[Model]], ...]] = ((user.FavouritePlace.folder, user.Folder),)


def library_diagram() -> str:
    """Draw the tables of a library file."""
    return _diagram((*library.MODELS, *library.EPG_MODELS, *syncs.SYNC_MODELS), _LIBRARY_LINKS)


def user_diagram() -> str:
    """Draw the tables of the user file."""
    return _diagram(user.USER_MODELS, _USER_LINKS)


def _diagram(models: Iterable[type[Model]], links: Iterable[tuple[Field, type[Model]]]) -> str:
    lines = [line for model in models for line in _entity(model)]
    relations = [f"    {_table(target)} ||--o{{ {_table(field.model)} : {field.column_name}" for field, target in links]
    return "\n".join(("```mermaid", "erDiagram", *lines, *relations, "```"))


def _entity(model: type[Model]) -> Iterator[str]:
    meta: Any = model._meta
    key = meta.primary_key
    keys = set(key.field_names) if isinstance(key, CompositeKey) else {key.name}
    yield f"    {_table(model)} {{"
    for field in meta.sorted_fields:
        mark = " PK" if field.name in keys else ""
        yield f"        {_type(field)} {field.column_name}{mark}"
    yield "    }"


def _type(field: Field) -> str:
    return next(word for base, word in _TYPES.items() if isinstance(field, base))


def _table(model: type[Model]) -> str:
    meta: Any = model._meta
    return str(meta.table_name)
