"""What a title's page and the pane beside a list show of it: one composition, in one column or two.

Beside the text, the wide form has the versions and the similar titles. Neither changes the width of the other, so that
they may come later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final, NamedTuple

from tui_app.catalog import FullItem, Item, ItemRef, Kind, TitleExtras, TitleVersion, category_names
from tui_app.catalog.fields import ItemField, labelled_fields, names_in
from tui_app.catalog.filter_text import filter_text
from tui_app.catalog.filters import ItemFilter
from tui_app.text import cell_width
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.list_model import name_parts
from tui_app.widgets.list_painter import wrap
from tui_app.widgets.row_painter import shown_text
from tui_app.widgets.words import bar_words, date_words, length_words

_LABEL_CELLS: Final = 11
_LABELS_FROM: Final = 24  # cells of width: below, a label stands above its text
_TWO_COLUMNS_FROM: Final = 96
_WIDEST_TEXT: Final = 84  # cells: longer lines are hard to read
_BETWEEN: Final = 4  # cells between the columns
_RATING_CELLS: Final = 10
_MORE_CELLS: Final = 6  # at least, behind a title


class Entry(NamedTuple):
    """What Enter does on a part of the text: search for a query, open a title, or copy an address.

    `words` says so in the footer.
    """

    words: str
    target: ItemRef | str


class Piece(NamedTuple):
    """Text of one style: `part` is a component of the widget."""

    text: str
    part: str = "text"
    entry: Entry | None = None


Line = tuple[Piece, ...]
_BLANK: Final[Line] = ()
NO_EXTRAS: Final = TitleExtras()


@dataclass(frozen=True, slots=True)
class TitleView:
    """What is shown. `note`: one line about the details; `guide`: (label, words) of a channel's programmes."""

    full: FullItem | None = None
    note: str = ""
    has_failed: bool = False
    guide: tuple[tuple[str, str], ...] = ()
    extras: TitleExtras = NO_EXTRAS


def lay_out(view: TitleView, width: int) -> list[Line]:
    """Return the lines of a title for this many cells."""
    left = min(_WIDEST_TEXT, width * 3 // 5) if width >= _TWO_COLUMNS_FROM else width
    text = list(_head(view, left))
    if view.full is None:
        return text
    text += _spaced(_described(view, left))
    beside, file = _beside(view, width - left - _BETWEEN if left < width else width), _spaced(_file(view.full, left))
    if left == width:
        return [*text, *_spaced(beside), *file]
    return [_in_columns(first, second, left) for first, second in zip_longest([*text, *file], beside, fillvalue=_BLANK)]


def _in_columns(first: Line, second: Line, left: int) -> Line:
    if not second:
        return first
    return (*first, Piece(" " * (left + _BETWEEN - sum(cell_width(piece.text) for piece in first))), *second)


def _spaced(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield a section below a blank line; nothing when it is empty."""
    for number, line in enumerate(lines):
        if not number:
            yield _BLANK
        yield line


def _head(view: TitleView, width: int) -> Iterator[Line]:
    """Yield the name, the facts, the rating, the note, and the plot."""
    full = view.full
    if full is not None:
        yield from _wrapped(name_parts(full.item.name).title, width, "title")
        for facts in _joined(_facts(full), f" {glyphs().dot} ", width):
            yield from _wrapped(facts, width, "facts")
        if rating := full.value("rating"):
            yield (Piece(bar_words(rating / 10, _RATING_CELLS), "facts"), Piece(f"  {rating:.1f}"))
    if view.note:
        yield from _wrapped(view.note, width, "warning" if view.has_failed else "note")
    if full is None:
        return
    guide = (line for label, words in view.guide for line in _field(label, [(words, None)], width))
    yield from _spaced(guide)
    yield from _spaced(_wrapped(full.plot or "", width, "text"))


def _facts(full: FullItem) -> list[str]:
    """Return the facts of the line below the title."""
    item, parts = full.item, name_parts(full.item.name)
    number = f"No. {item.number}" if item.kind is Kind.CHANNEL and item.number is not None else ""
    catchup = f"{glyphs().catchup} {item.archive_days} days" if item.archive_days else ""
    episode = f"S{item.season:02} E{item.episode:02}" if item.season is not None and item.episode is not None else ""
    new = "new" if item.is_new else ""
    year = str(full.value("year") or parts.year or "")
    facts = (new, number, episode, year, length_words(full.value("duration_s")), parts.language, *parts.tags, catchup)
    return [fact for fact in facts if fact]


def _described(view: TitleView, width: int) -> Iterator[Line]:
    """Yield the labelled facts: people and genres are searches."""
    full = view.full
    assert full is not None
    item, kind, following = full.item, full.item.kind, view.extras.following
    if following is not None:
        number = f"S{following.season:02} E{following.episode:02}" if following.season is not None else ""
        yield from _field("Next", [(f"{number} {following.name}".strip(), Entry("Play", following))], width)
    yield from _field("Series", [(item.series_name or "", None)], width)
    yield from _field(
        "Genre", _searches(full.value("genre"), lambda name: ItemFilter(kinds=(kind,), genre=name)), width
    )
    yield from _field("Cast", _searches(full.cast, lambda name: ItemFilter(cast=name)), width)
    yield from _field("Director", _searches(full.director, lambda name: ItemFilter(director=name)), width)
    for one in labelled_fields("title"):
        if one.name not in ("cast", "director"):
            yield from _field(one.label, [(_shown(full, one), None)], width)
    categories = ", ".join(category_names(full.categories)) or item.category or ""
    yield from _field("Category", [(categories, None)], width)
    yield from _field("Changed" if kind is Kind.SERIES else "Added", [(date_words(item.added), None)], width)
    if (trailer := trailer_of(full)) is not None:
        yield from _field("Trailer", [(f"youtu.be/{full.trailer}", trailer)], width)


def trailer_of(full: FullItem) -> Entry | None:
    """Return the entry of a title's trailer; None without one."""
    return Entry("Copy address", f"https://youtu.be/{full.trailer}") if full.trailer else None


def _searches(names: str | None, asked: Callable[[str], ItemFilter]) -> list[tuple[str, Entry | None]]:
    return [(name, Entry("Search", filter_text(asked(name)))) for name in names_in(names)]


def _file(full: FullItem, width: int) -> Iterator[Line]:
    """Yield the technical data, all of it dim."""
    item = full.item
    fields = [(one.label, _shown(full, one)) for one in labelled_fields("file") if one.name != "trailer"]
    if item.kind is Kind.CHANNEL:
        fields += [("Kind", "radio" if item.is_radio else ""), ("Guide", item.epg_id or "")]
    for label, words in fields:
        yield from _field(label, [(words, None)], width, "label")


def _shown(full: FullItem, one: ItemField) -> str:
    value: Any = full.value(one.name)
    return str(value) if value else ""


def _beside(view: TitleView, width: int) -> Iterator[Line]:
    """Yield the versions and the similar titles."""
    assert view.full is not None
    extras, this = view.extras, view.full.item.id
    yield from _titles(
        "Versions", [(one.item, one.item.name, _version_words(one)) for one in extras.versions], width, this
    )
    if extras.versions and extras.similar:
        yield _BLANK
    similar = [(one, name_parts(one.name).title, str(one.year or "")) for one in extras.similar]
    yield from _titles("Similar", similar, width, this)


def _version_words(version: TitleVersion) -> str:
    """Return what tells a version from the others, and why it is one."""
    why = "on its own" if version.is_apart else version.why
    return f" {glyphs().dot} ".join(filter(None, (version.item.category, why)))


def _titles(heading: str, titles: Sequence[tuple[Item, str, str]], width: int, this: str) -> Iterator[Line]:
    """Yield titles, one a line: the item, its name, and more about it."""
    if titles:
        yield (Piece(heading, "heading"),)
    for item, name, more in titles:
        sign = glyphs().done if item.id == this else " "
        shown = shown_text(name, min(cell_width(name), width - _MORE_CELLS - 2))
        more = shown_text(more, min(cell_width(more), width - cell_width(shown) - 4))
        yield (Piece(f"{sign} ", "label"), Piece(shown, "link", Entry("Open", item.ref)), Piece(f"  {more}", "label"))


def _wrapped(text: str, width: int, part: str) -> Iterator[Line]:
    for line in wrap(text, width) if text else ():
        yield (Piece(line, part),)


def _joined(facts: Sequence[str], between: str, width: int) -> Iterator[str]:
    """Join facts into lines, broken between facts."""
    line = ""
    for fact in facts:
        longer = f"{line}{between}{fact}" if line else fact
        if line and cell_width(longer) > width:
            yield line
            longer = fact
        line = longer
    yield line


def _field(label: str, values: Sequence[tuple[str, Entry | None]], width: int, part: str = "text") -> Iterator[Line]:
    """Yield a label and its values, which are separated by commas and broken between them; nothing without values."""
    indent = _LABEL_CELLS if width >= _LABELS_FROM else 0
    first = label.ljust(indent)
    lines = list(_flowing([(words, entry) for words, entry in values if words], width - indent, part))
    if lines and not indent:
        yield (Piece(label, "label"),)
        first = ""
    for line in lines:
        yield (Piece(first, "label"), *line)
        first = " " * indent


def _flowing(values: Sequence[tuple[str, Entry | None]], width: int, part: str) -> Iterator[Line]:
    line: list[Piece] = []
    used = 0
    for number, (words, entry) in enumerate(values, 1):
        comma = "," if number < len(values) else ""
        looks = "link" if entry is not None else part
        for index, text in enumerate(wrap(words, max(1, width - len(comma)))):
            needed = cell_width(text) + len(comma)
            if line and (index or used + 1 + needed > width):
                yield tuple(line)
                line, used = [], 0
            elif line:
                line.append(Piece(" "))
                used += 1
            line.append(Piece(text, looks, entry))
            used += needed
        line.append(Piece(comma, "label"))
    if line:
        yield tuple(line)
