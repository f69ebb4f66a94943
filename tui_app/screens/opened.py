"""One title, opened: its details, and for a series its seasons and episodes. From the copy at once, then fetched."""

from __future__ import annotations

import time
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from tui_app.catalog import Episode, FullItem, Item, ItemRef, Kind, Mark
from tui_app.errors import NotFound, Unreachable, XtreamTuiError
from tui_app.library import Library
from tui_app.messages import ConnectionChanged
from tui_app.screens.item_place import ItemPlace
from tui_app.widgets.details import Details
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.series_tree import SeriesTree
from tui_app.widgets.words import ago_words


class OpenedItem(ItemPlace):
    """A channel, a movie or a series on top of the list it was opened from."""

    DEFAULT_CSS = """
    OpenedItem {
        #words { width: 1fr; }
        #tree { width: 1fr; }
        &.-series #words { width: 44; border-left: solid $panel; }
        &.-series #episode { height: 1fr; border-top: solid $panel; }
        &.-series.-middle #words { width: 34; }
        &.-series.-narrow #body, &.-series.-slim #body { layout: vertical; }
        &.-series.-narrow #words { width: 1fr; height: 40%; border-left: none; border-top: solid $panel; }
        &.-series.-narrow #episode { display: none; }
        &.-series.-short #words { display: none; }
        &.-series.-reading.-narrow #words, &.-series.-reading.-short #words {
            display: block; width: 1fr; height: 1fr; border-top: none; border-left: none;
        }
        &.-series.-reading.-narrow #episode { display: block; border-top: none; }
        &.-series.-reading.-narrow #item, &.-series.-reading.-short #item { display: none; }
        &.-series.-reading.-narrow #tree, &.-series.-reading.-short #tree { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace", "back", "Back", tooltip="To the list", id="opened.back"),
        Binding("u", "fetch", "Fetch anew", tooltip="Ask the provider for the details again", id="opened.fetch"),
    ]

    def __init__(self, kind: Kind, item_id: str, place: str, *, episode_id: str | None = None) -> None:
        super().__init__(place)
        self.kind = kind
        self.item_id = item_id
        self._episode_id = episode_id
        self._full: FullItem | None = None
        self._library: Library | None = None
        self._watched: frozenset[str] = frozenset()
        self._is_favourite = False
        self._tree_filled = False
        self.pane = Details(id="item")
        self.episodes = SeriesTree(id="tree")
        self.episode_pane = Details(id="episode")
        self.set_class(kind is Kind.SERIES, "-series")

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="body"):
            if self.kind is Kind.SERIES:
                yield self.episodes
            with Vertical(id="words"):
                yield self.pane
                if self.kind is Kind.SERIES:
                    yield self.episode_pane

    def on_mount(self) -> None:
        self.set_focus(self.episodes if self.kind is Kind.SERIES else self.pane)

    # --------------------------------------------------------------------------------------- what is shown
    def library_opened(self) -> None:
        """Opened; or the profile was switched meanwhile, then this title is none of the new one's."""
        if self._library is None and self.house.library is not None:
            self._library = self.house.library
            self._open(fetch=True)
        else:
            self.dismiss()

    def library_changed(self, parts: frozenset[str]) -> None:
        if parts == {"marks"}:
            self._show_marks()
        else:
            self._open(fetch=False)

    @work(exclusive=True, group="open", exit_on_error=False)
    async def _open(self, *, fetch: bool) -> None:
        library = self._library
        if library is None:
            return
        try:
            self._full = await library.open_item(self.kind, self.item_id)
            await self._read_marks(library)
        except NotFound:
            self._say("This title is no longer in the library.", failed=True)
            return
        except XtreamTuiError as error:
            self._say(error.message, failed=True)
            return
        is_old = self._full.details is None or self._full.details_stale
        fetch = fetch and is_old and self.kind is not Kind.CHANNEL
        self._show(note="fetching the details …" if fetch else "")
        if fetch:
            await self._ask_panel(library)

    @work(exclusive=True, group="marks", exit_on_error=False)
    async def _show_marks(self) -> None:
        if self._library is not None:
            await self._read_marks(self._library)
            self._show()

    async def _read_marks(self, library: Library) -> None:
        self._watched = await library.marks.ids(self._watched_kind, Mark.WATCHED)
        self._is_favourite = self.item_id in await library.marks.ids(self.kind, Mark.FAVOURITE)

    @property
    def _watched_kind(self) -> Kind:
        return Kind.EPISODE if self.kind is Kind.SERIES else self.kind

    async def _ask_panel(self, library: Library) -> None:
        try:
            self._full = await library.fetch_details(self.kind, self.item_id)
        except Unreachable as error:
            self.post_message(ConnectionChanged(library.profile, online=False))
            self._show(note=self._stored_note("offline"), failed=True, problem=error)
        except XtreamTuiError as error:
            self._show(note=f"{error.message} {self._stored_note('')}", failed=True, problem=error)
        else:
            self.post_message(ConnectionChanged(library.profile, online=True))
            self._show()

    def _stored_note(self, lead: str) -> str:
        """What is shown instead of fresh details."""
        at = self._full.details_at if self._full else None
        stored = f"these are from {ago_words(time.time() - at)}" if at else "no copy of the details yet; u tries again"
        return f"{lead}: {stored}" if lead else stored

    def _show(self, *, note: str = "", failed: bool = False, problem: XtreamTuiError | None = None) -> None:
        if self._full is None:
            return
        marks = [words for words, on in (("favourite", self._is_favourite), ("watched", self._is_watched)) if on]
        self.pane.show(self._full, note=" · ".join(filter(None, (*marks, note))), failed=failed)
        if self.kind is Kind.SERIES:
            self._show_episodes(self._full, fetching=bool(note) and not failed, problem=problem)

    def _show_episodes(self, full: FullItem, *, fetching: bool, problem: XtreamTuiError | None) -> None:
        if full.seasons and self._tree_filled:
            self.episodes.update_series(full.seasons, watched=self._watched)
        elif full.seasons or (full.details is not None and not fetching):
            self.episodes.show_series(full.seasons, watched=self._watched, episode_id=self._episode_id)
            self._tree_filled = bool(full.seasons)
        elif isinstance(problem, Unreachable):
            self.episodes.show_missing(offline=True, hint="u tries again")
        elif problem is not None:
            self.episodes.show_failed(problem.message, "u tries again")
        elif fetching:
            self.episodes.show_loading()
        else:
            self.episodes.show_missing(offline=False, hint="u fetches them")

    def _say(self, words: str, *, failed: bool = False) -> None:
        if self._full is None:
            self.pane.show_nothing(words)
        else:
            self.pane.set_note(words, failed=failed)

    @property
    def _is_watched(self) -> bool:
        return self.kind is not Kind.SERIES and self.item_id in self._watched

    # --------------------------------------------------------------------------------------- what is heard
    def on_series_tree_episode_highlighted(self, event: SeriesTree.EpisodeHighlighted) -> None:
        event.stop()
        if self._full is not None:
            self.episode_pane.show(episode_item(event.episode, self._full.item))

    def on_series_tree_episode_activated(self, event: SeriesTree.EpisodeActivated) -> None:
        event.stop()
        self.add_class("-reading")
        self.set_focus(self.episode_pane)

    def on_paged_list_highlighted(self, event: PagedList.Highlighted) -> None:
        event.stop()

    # --------------------------------------------------------------------------------------------- actions
    def action_back(self) -> None:
        """From an episode's words to the episodes, from there to the list."""
        if self.has_class("-reading"):
            self.remove_class("-reading")
            self.set_focus(self.episodes)
        else:
            self.dismiss()

    def action_fetch(self) -> None:
        """Ask the provider again."""
        if self.kind is not Kind.CHANNEL:
            self._fetch()

    @work(exclusive=True, group="open", exit_on_error=False)
    async def _fetch(self) -> None:
        if self._library is not None and self._full is not None:
            self._show(note="fetching the details …")
            await self._ask_panel(self._library)

    # ------------------------------------------------------------------------------------- what is acted on
    def refs_to_act_on(self) -> tuple[ItemRef, ...]:
        """This title, or the episode under the cursor."""
        if self._full is None:
            return ()
        item = self._full.item
        if self.kind is not Kind.SERIES:
            return (ItemRef(self.kind, self.item_id, item.name),)
        episode = self.episodes.episode
        if episode is None:
            return ()
        return (ItemRef(Kind.EPISODE, episode.id, episode.title, item.id, item.name, episode.season, episode.number),)

    def favourite_refs(self) -> tuple[ItemRef, ...]:
        """The title this screen is about, whatever is under the cursor."""
        return (ItemRef(self.kind, self.item_id, self._full.item.name),) if self._full is not None else ()


def episode_item(episode: Episode, series: Item) -> FullItem:
    """An episode as the details pane shows titles."""
    item = Item(
        Kind.EPISODE,
        episode.id,
        episode.title,
        rating=episode.rating,
        container=episode.container,
        duration_s=episode.duration_s,
        added=episode.added,
        season=episode.season,
        episode=episode.number,
        series_id=series.id,
    )
    return FullItem(item, plot=episode.plot, released=episode.released)
