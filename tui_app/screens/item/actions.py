"""The actions of every screen with titles: play, open, mark, undo, copy the link; and how marks are shown.

A screen implements `refs_to_act_on`; changes arrive as the part "marks" of `library_changed`, on every screen. Rows
have two mark cells: the favourite star, else the dot of new titles, and the watched sign. So both marks of the user are
visible, and the dot gives way to the user's own mark.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from textual import work
from textual.binding import ActiveBinding, Binding, BindingType
from textual.screen import Screen

from tui_app.catalog import Item, ItemRef, Kind, Mark, Played
from tui_app.errors import XtreamTuiError
from tui_app.library import KindMarks, Library, resumable
from tui_app.messages import LibraryChanged, MarksChanged, PlayWanted, TitleWanted
from tui_app.screens.main_screen import MainScreen
from tui_app.screens.notifications import notify_error
from tui_app.services.app_state import AppState
from tui_app.terminal.clipboard import copy_text
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.words import progress_words


@dataclass(frozen=True, slots=True)
class ShownMarks(KindMarks):
    """The marks of one kind as they are shown."""

    @classmethod
    def of_kind(cls, marks: KindMarks) -> Self:
        return cls(marks.favourites, marks.watched)

    def cells(self, item_id: str, *, is_new: bool = False) -> str:
        """Return the mark cells of an item."""
        first = glyphs().favourite if item_id in self.favourites else glyphs().new if is_new else ""
        if item_id not in self.watched:
            return first
        return (first or " ") + glyphs().watched

    def of(self, item: Item) -> str:
        """Return the mark cells of an item, including the dot of new ones."""
        return self.cells(item.id, is_new=item.is_new)

    def words(self, item_id: str) -> tuple[str, ...]:
        """Return the marks in words, each with its sign."""
        favourite = (f"{glyphs().favourite} favourite",) if item_id in self.favourites else ()
        watched = (f"{glyphs().watched} watched",) if item_id in self.watched else ()
        return favourite + watched


async def read_marks(library: Library, kind: Kind) -> ShownMarks:
    """Read the marks of a kind."""
    return (await read_all_marks(library, (kind,)))[kind]


async def read_all_marks(library: Library, kinds: Collection[Kind]) -> dict[Kind, ShownMarks]:
    """Read the marks of several kinds."""
    return {kind: ShownMarks.of_kind(found) for kind, found in (await library.watching.marks(kinds)).items()}


async def marks_note(library: Library, kind: Kind, item_id: str, marks: ShownMarks) -> str:
    """Return the marks of a title and its resume position in one line."""
    return marks_line(item_id, marks, await library.watching.played(kind, item_id))


def marks_line(item_id: str, marks: ShownMarks, played: Played | None) -> str:
    """Return the same of an entry of the history."""
    is_stopped = played is not None and not played.is_done and resumable(played) is not None
    stopped = progress_words(played.position_s, played.duration_s) if played is not None and is_stopped else ""
    return f" {glyphs().dot} ".join((*marks.words(item_id), *((f"stopped at {stopped}",) if stopped else ())))


def marks_width(kind: Kind) -> int:
    """Return the number of mark cells of a kind: channels can't be watched to an end."""
    return 1 if kind is Kind.CHANNEL else 2


def copy_address(screen: Screen[Any], app_state: AppState, kind: Kind, item_id: str) -> None:
    """Copy the address of a channel, movie or episode through the terminal (OSC 52)."""

    async def copy() -> None:
        if app_state.library is None:
            return
        try:
            address = await app_state.library.address(kind, item_id)
        except XtreamTuiError as error:
            notify_error(screen, error)
            return
        copy_text(screen.app, address)
        screen.notify(
            f"It contains your password: keep it secret. If pasting fails, run: xtream-tui url {kind} {item_id}",
            title="Stream link copied",
            markup=False,
        )

    screen.run_worker(copy(), group="copy", exclusive=True)


_PLAYABLE = (Kind.CHANNEL, Kind.MOVIE, Kind.EPISODE)


class ItemActions(MainScreen):
    """The base of all screens with titles. Implement `refs_to_act_on`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "play", "Play", tooltip="Play the title; of a series the next episode", id="item.play"),
        Binding("o", "open_page", "Page", show=False, tooltip="Open the page of this title", id="item.open"),
        Binding("f", "favourite", "Favourite", tooltip="Add to or remove from favourites", id="item.favourite"),
        Binding("w", "watched", "Watched", show=False, tooltip="Mark as watched or unwatched", id="item.watched"),
        Binding("z", "undo", "Undo", show=False, tooltip="Undo the last action", id="item.undo"),
        Binding(
            "y",
            "copy",
            "Copy link",
            show=False,
            tooltip="Copy the stream link (contains your password)",
            id="item.copy",
        ),
    ]

    def refs_to_act_on(self) -> tuple[ItemRef, ...]:
        """Return the selected titles, else the one under the cursor, else none."""
        raise NotImplementedError

    def favourite_refs(self) -> tuple[ItemRef, ...]:
        """Return the titles `f` acts on: where episodes are shown, their series."""
        return self.refs_to_act_on()

    def watched_refs(self) -> tuple[ItemRef, ...]:
        """Return the titles `w` acts on; a series stands for its stored episodes."""
        return self.refs_to_act_on()

    def ref_to_play(self) -> ItemRef | None:
        """Return the title to play or to open; None without exactly one."""
        refs = self.refs_to_act_on()
        return refs[0] if len(refs) == 1 else None

    def done_with_selection(self) -> None:
        """Clear the selection after an action."""

    # --------------------------------------------------------------------------------------------- actions
    def action_play(self) -> None:
        """Play the title under the cursor."""
        if (ref := self.ref_to_play()) is not None:
            self.play(ref)
        else:
            self.notify("Choose one title first; Esc clears the selection.", markup=False)

    def play(self, ref: ItemRef) -> None:
        """Play a title."""
        self.post_message(PlayWanted(ref))

    def action_open_page(self) -> None:
        """Open the page of the title under the cursor."""
        if (ref := self.ref_to_play()) is not None:
            self.open_page(ref)

    def open_page(self, ref: ItemRef) -> None:
        """Open a title's page; of an episode its series' page with the cursor on it."""
        self.post_message(TitleWanted(ref))

    def play_or_open(self, ref: ItemRef) -> None:
        """Handle Enter on a title: play it, or open a series."""
        if ref.kind is Kind.SERIES:
            self.open_page(ref)
        else:
            self.play(ref)

    @work(group="mark", exit_on_error=False)
    async def action_favourite(self) -> None:
        """Add the titles to the favourites, or remove them when all are favourites."""
        await self._toggle(self.favourite_refs(), Mark.FAVOURITE, ("favourites now", "favourites no longer"))

    @work(group="mark", exit_on_error=False)
    async def action_watched(self) -> None:
        """Mark movies, episodes and all episodes of series as watched, or not when all are."""
        library, refs = self.app_state.library, self.watched_refs()
        if library is None or not refs:
            return
        titles = await library.watching.to_mark(await self.all_watched(library, refs))
        if titles:
            await self._toggle(titles, Mark.WATCHED, ("marked as watched", "no longer marked as watched"))
        elif any(ref.kind is Kind.SERIES for ref in refs):
            self.notify("The episodes have not been fetched yet: open the series first.", markup=False)
        else:
            self.notify("Channels can't be marked as watched.", markup=False)

    async def all_watched(self, library: Library, refs: Sequence[ItemRef]) -> Sequence[ItemRef]:
        """Return all titles to mark as watched, with the versions a row stands for."""
        return refs

    async def _toggle(self, refs: Sequence[ItemRef], mark: Mark, words: tuple[str, str]) -> None:
        library = self.app_state.library
        if library is None or not refs:
            return
        on = await library.marks.toggle(refs, mark)
        if len(refs) > 1:
            self.notify(f"{len(refs):,} titles are {words[0] if on else words[1]}. Press z to undo.", markup=False)
        self.done_with_selection()
        self.post_message(MarksChanged(library.profile))

    @work(group="mark", exit_on_error=False)
    async def action_undo(self) -> None:
        """Undo the last mark, move or hiding."""
        library = self.app_state.library
        undone = await library.undo.undo() if library is not None else None
        if library is None or undone is None:
            self.notify("Nothing to undo.", markup=False)
            return
        self.notify(f"{undone.words}.", title="Undone", markup=False)
        self.post_message(MarksChanged(library.profile))
        if undone.is_of_categories:
            self.post_message(LibraryChanged(library.profile, "categories"))

    def action_copy(self) -> None:
        """Copy the stream address of the title under the cursor."""
        refs = [ref for ref in self.refs_to_act_on() if ref.kind in _PLAYABLE]
        if len(refs) == 1:
            copy_address(self, self.app_state, refs[0].kind, refs[0].id)
        else:
            self.notify("Choose a channel, a movie or an episode first.", markup=False)


def with_playing_enter(found: dict[str, ActiveBinding]) -> dict[str, ActiveBinding]:
    """Relabel Enter as "Play" in lists where it plays, and hide `p` from the footer."""
    if "enter" in found and found["enter"].binding.id == "list.open":
        enter = replace(found["enter"].binding, description="Play", tooltip="Play it")
        found["enter"] = found["enter"]._replace(binding=enter, tooltip="Play it")
        if "p" in found:
            found["p"] = found["p"]._replace(binding=replace(found["p"].binding, show=False))
    return found
