"""Build the JSON documents and the text of one item in full."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from tui_app.catalog import (
    UNCATEGORISED,
    Episode,
    FullItem,
    Item,
    Kind,
    NowNext,
    Programme,
    Season,
    TitleVersion,
    category_names,
)
from tui_app.catalog.fields import document_fields, labelled_fields
from tui_app.cli import documents
from tui_app.cli.output import Column, day, echo, is_plain, length, moment, print_table

if TYPE_CHECKING:
    from tui_app.cli.documents.items import Freshness, GuideState

_NONE_THERE: Final = "missing: the provider has no details"
_WIDEST: Final = 100


def title_document(
    full: FullItem,
    freshness: Freshness,
    similar: Sequence[Item] | None = None,
    versions: Sequence[TitleVersion] | None = None,
) -> documents.items.Movie | documents.items.Series:
    """Return the document of `show movie --json` or `show series --json`, the latter with its seasons."""
    item = full.item
    facts: dict[str, Any] = {
        "id": item.id,
        "name": item.name,
        **{one.key: full.value(one.name) for one in document_fields(item.kind)},
        "categories": names_of_categories(full),
        "added": item.added,
        "details": freshness,
    }
    if similar is not None:
        facts["similar"] = tuple(documents.document_of(one, documents.items.SimilarTitle) for one in similar)
    if versions is not None:
        facts["versions"] = tuple(map(_version_document, versions))
    if item.kind is Kind.SERIES:
        return documents.items.Series(**facts, seasons=tuple(_season_document(season) for season in full.seasons))
    return documents.items.Movie(**facts)


def _version_document(version: TitleVersion) -> documents.items.Version:
    item = version.item
    return documents.items.Version(
        profile=version.profile,
        id=item.id,
        name=item.name,
        year=item.year,
        language=item.language,
        quality=item.quality,
        why=version.why,
        split=version.is_apart,
    )


def names_of_categories(full: FullItem) -> tuple[str, ...]:
    """Return the names of the item's categories; "Uncategorised" when it has none, as in `list`."""
    return tuple(category_names(full.categories)) or (UNCATEGORISED,)


def _season_document(season: Season) -> documents.items.SeasonDetails:
    episodes = tuple(_episode_document(episode) for episode in season.episodes)
    return documents.items.SeasonDetails(season=season.number, name=season.name, episodes=episodes)


def _episode_document(episode: Episode) -> documents.items.EpisodeDetails:
    return documents.items.EpisodeDetails(
        id=episode.id,
        episode=episode.number,
        last_episode=episode.last_number,
        title=episode.title,
        duration_s=episode.duration_s,
        released=episode.released,
        plot=episode.plot,
        container=episode.container,
    )


def channel_document(full: FullItem, on: NowNext, state: GuideState) -> documents.items.Channel:
    """Return the document of `show channel --json`; `now` and `next` are null when the guide lacks them."""
    item = full.item
    return documents.items.Channel(
        id=item.id,
        name=item.name,
        number=item.number,
        categories=names_of_categories(full),
        catchup_days=item.archive_days,
        epg_id=item.epg_id,
        radio=item.is_radio,
        separator=item.is_separator,
        added=item.added,
        guide=state,
        now=_programme_document(on.now),
        next=_programme_document(on.next),
    )


def _programme_document(programme: Programme | None) -> documents.items.Programme | None:
    return None if programme is None else documents.document_of(programme, documents.items.Programme)


def print_channel(full: FullItem, on: NowNext, state: GuideState) -> None:
    """Print a channel as text."""
    item = full.item
    no_guide = {"none": "the provider has no guide for this channel", "missing": "not fetched yet"}
    echo(item.name)
    _print_fields((
        ("number", str(item.number or "")),
        ("categories", ", ".join(names_of_categories(full))),
        ("catch-up", f"{item.archive_days} days" if item.archive_days else ""),
        ("now", _programme_line(on.now)),
        ("next", _programme_line(on.next)),
        ("guide", no_guide.get(state, "")),
        ("id", item.id),
    ))  # fmt: skip
    if on.now and on.now.description:
        _paragraphs(on.now.description)


def _programme_line(programme: Programme | None) -> str:
    return f"{moment(programme.start)[-5:]} {programme.title}" if programme else ""


def print_title(full: FullItem, freshness: str) -> None:
    """Print a movie or series as text."""
    item, details = full.item, full.details
    echo(f"{item.name} ({item.year})" if item.year and str(item.year) not in item.name else item.name)
    _print_fields((
        *_labelled(full),
        ("categories", ", ".join(names_of_categories(full))),
        ("added" if item.kind is Kind.MOVIE else "changed", day(item.added)),
        ("details", _NONE_THERE if details is not None and details.is_empty else freshness),
        ("id", item.id),
    ))  # fmt: skip
    if full.plot:
        _paragraphs(full.plot)
    for season in full.seasons:
        _print_season(season)
    if item.kind is Kind.SERIES and details is not None and not full.seasons:
        echo()
        echo("The provider lists no episodes of this series.")


def _labelled(full: FullItem) -> Iterator[tuple[str, str]]:
    """Yield label and text of the fields of a title; the year is in its heading."""
    for one in chain.from_iterable(map(labelled_fields, ("line", "title", "file"))):
        value = full.value(one.name)
        if value is not None and one.shown_as != "number":
            yield one.label.lower(), _SHOWN.get(one.shown_as, str)(value)


_SHOWN: Final[dict[str, Callable[[Any], str]]] = {
    "rating": "{:.1f}".format,
    "length": length,
    "trailer": "https://youtu.be/{}".format,
}


def print_similar(similar: Sequence[Item]) -> None:
    """Print similar titles as a table."""
    echo()
    if not similar:
        echo("The library has no similar titles.")
        return
    echo("Similar titles")
    columns = (Column("id", right=True), Column("name", flexible=True), Column("year"), Column("rating", right=True))
    rows = [
        (one.id, one.name, str(one.year or ""), f"{one.rating:.1f}" if one.rating is not None else "")
        for one in similar
    ]
    print_table(columns, rows)


def print_versions(versions: Sequence[TitleVersion]) -> None:
    """Print the versions of a title as a table."""
    echo()
    echo("Versions")
    columns = ("profile", Column("id", right=True), Column("name", flexible=True), "language", "quality", "why")
    rows = [
        (
            one.profile,
            one.item.id,
            one.item.name,
            one.item.language or "",
            one.item.quality or "",
            "split off" if one.is_apart else one.why,
        )
        for one in versions
    ]
    print_table([Column(one) if isinstance(one, str) else one for one in columns], rows)


def _print_season(season: Season) -> None:
    echo()
    echo(season.name or f"Season {season.number}")
    for episode in season.episodes:
        facts = ", ".join(filter(None, (length(episode.duration_s), episode.released, f"id {episode.id}")))
        if is_plain():
            echo(f"Episode {episode.number_words}: {episode.title}, {facts}")
        else:
            echo(f"  {episode.number_words:>3}. {episode.title} ({facts})")


def _print_fields(named: Sequence[tuple[str, str]]) -> None:
    shown = [(name, value) for name, value in named if value]
    widest = max(len(name) for name, _ in shown)
    for name, value in shown:
        if is_plain():
            echo(f"{name}: {value}")
            continue
        indent = " " * (widest + 2)
        for line in textwrap.wrap(value, _text_width(), initial_indent=f"{name:<{widest}}  ", subsequent_indent=indent):
            echo(line)


def _paragraphs(text: str) -> None:
    echo()
    for paragraph in text.split("\n"):
        for line in [paragraph] if is_plain() else textwrap.wrap(paragraph, _text_width()) or [""]:
            echo(line)


def _text_width() -> int:
    return max(40, min(_WIDEST, shutil.get_terminal_size().columns))
