"""The page of a movie or series: details, and the seasons and episodes of a series.

The copy shows at once, then fresh details are fetched.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from tui_app.catalog import Episode, FullItem, Item, ItemRef, Kind
from tui_app.errors import NotFound, Unreachable, XtreamTuiError
from tui_app.messages import ConnectionChanged
from tui_app.screens.item.actions import ItemActions
from tui_app.screens.item.channel_page import ChannelPage
from tui_app.screens.marks import ShownMarks, marks_note, read_marks
from tui_app.services.app_state import ActiveProfile
from tui_app.widgets.details import Details
from tui_app.widgets.paged_list import PagedList
from tui_app.widgets.series_tree import SeriesTree
from tui_app.widgets.title_layout import trailer_of
from tui_app.widgets.words import ago_words


@dataclass(frozen=True, slots=True)
class SeriesVisit:
    """The last visit to a series. The default stands for none."""

    episodes: frozenset[str] = frozenset()
    open_seasons: frozenset[int] = frozenset()

    def new_among(self, episodes: Collection[str]) -> frozenset[str]:
        """Return the ids that were not listed at that visit."""
        return frozenset(episodes) - self.episodes if self.episodes.intersection(episodes) else frozenset()

    def to_json(self) -> str:
        return json.dumps({"episodes": sorted(self.episodes), "open": sorted(self.open_seasons)})

    @classmethod
    def from_json(cls, text: str | None) -> SeriesVisit:
        """Return the visit saved by `to_json`; the default for a missing or invalid one."""
        try:
            raw = json.loads(text or "{}")
            return cls(frozenset(map(str, raw["episodes"])), frozenset(map(int, raw["open"])))
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return cls()


def visit_key(series_id: str) -> str:
    """Return the name a visit is saved under."""
    return f"series:{series_id}"


class TitlePage(ItemActions):
    """A movie or a series on top of the list it was opened from."""

    DEFAULT_CSS = """
    TitlePage {
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
        Binding("escape,backspace,q", "back", "Back", tooltip="Go to the list", id="opened.back"),
        Binding("enter", "play", "Play", show=False, tooltip="Play it", id="opened.play"),
        Binding("t", "trailer", "Trailer", show=False, tooltip="Copy the address of the trailer", id="opened.trailer"),
        Binding("u", "fetch", "Refresh", tooltip="Fetch the details again", id="opened.fetch"),
    ]

    def __init__(
        self, active: ActiveProfile, kind: Kind, item_id: str, screen_id: str, *, episode_id: str | None = None
    ) -> None:
        super().__init__(active, screen_id)
        self.kind = kind
        self.item_id = item_id
        self._episode_id = episode_id
        self._full: FullItem | None = None
        self._opened_in = active.library
        self._marks_note = ""
        self._watched = ShownMarks()  # of episodes
        self._visit = SeriesVisit()  # the previous visit
        self._tree_filled = False
        self.pane = Details(id="item")
        self.episodes = SeriesTree(id="tree")
        self.episode_pane = Details(id="episode")
        self.set_class(kind is Kind.SERIES, "-series")

    @property
    def enter_plays(self) -> bool:
        return self.kind is not Kind.SERIES or self.episodes.episode is not None

    @property
    def panes(self) -> Sequence[Widget]:
        panes = (self.episodes, self.pane, self.episode_pane) if self.kind is Kind.SERIES else (self.pane,)
        return [pane for pane in panes if pane.display]

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

    async def on_unmount(self) -> None:
        """Save the open seasons and the known episodes for the next visit."""
        if self._tree_filled:
            visit = SeriesVisit(self.episodes.episode_ids, self.episodes.open_seasons)
            await self._opened_in.remembered.save_screen_state(visit_key(self.item_id), visit.to_json())

    # --------------------------------------------------------------------------------------------- showing
    def library_opened(self) -> None:
        """Open the title; close when the profile was switched."""
        if self.library is self._opened_in:
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
        try:
            self._full = await self.library.open_item(self.kind, self.item_id)
            await self._read_marks()
        except NotFound:
            self._show_message("This title is no longer in the library.", failed=True)
            return
        except XtreamTuiError as error:
            self._show_message(error.message, failed=True)
            return
        is_old = self._full.details is None or self._full.details_stale
        fetch = fetch and is_old and self.kind is not Kind.CHANNEL
        if fetch and self.active.offline_since is not None:  # say so at once, and try behind it
            self._show(note=self._stored_note("offline"), failed=True, problem=Unreachable("offline"))
        else:
            self._show(note="fetching the details …" if fetch else "")
        if fetch:
            await self._ask_panel()

    @work(exclusive=True, group="marks", exit_on_error=False)
    async def _show_marks(self) -> None:
        await self._read_marks()
        self._show()

    async def _read_marks(self) -> None:
        library = self.library
        marks = await read_marks(library, self.kind)
        self._marks_note = await marks_note(library, self.kind, self.item_id, marks)
        if self.kind is Kind.SERIES:
            self._watched = await read_marks(library, Kind.EPISODE)
            if not self._tree_filled:
                await self._read_beginning()

    async def _read_beginning(self) -> None:
        """Choose where the tree starts: the requested episode, else the next unwatched one."""
        library = self.library
        self._visit = SeriesVisit.from_json(await library.remembered.screen_state(visit_key(self.item_id)))
        if self._episode_id is None:
            following = await library.watching.next_unwatched(self.item_id)
            self._episode_id = following.id if following is not None else None

    async def _ask_panel(self) -> None:
        profile = self.active.name
        try:
            self._full = await self.library.fetch_details(self.kind, self.item_id)
        except Unreachable as error:
            self.post_message(ConnectionChanged(profile, online=False))
            self._show(note=self._stored_note("offline"), failed=True, problem=error)
        except XtreamTuiError as error:
            self._show(note=f"{error.message} {self._stored_note('')}", failed=True, problem=error)
        else:
            self.post_message(ConnectionChanged(profile, online=True))
            await self._read_marks()
            self._show()

    def _stored_note(self, lead: str) -> str:
        """Return the note about stored details that are shown instead of fresh ones."""
        at = self._full.details_at if self._full else None
        stored = f"these are from {ago_words(time.time() - at)}" if at else "no copy of the details yet; u tries again"
        return f"{lead}: {stored}" if lead else stored

    def _show(self, *, note: str = "", failed: bool = False, problem: XtreamTuiError | None = None) -> None:
        if self._full is None:
            return
        if not note and self._full.details is not None and self._full.details.is_empty:
            note = "the provider has no details for this title"
        self.pane.show(self._full, note=" · ".join(filter(None, (self._marks_note, note))), failed=failed)
        self.show_extras(self.pane)
        if self.kind is Kind.SERIES:
            self._show_episodes(self._full, fetching=bool(note) and not failed, problem=problem)

    def _show_episodes(self, full: FullItem, *, fetching: bool, problem: XtreamTuiError | None) -> None:
        watched, new = self._watched.watched, self._new_episodes
        if full.seasons and self._tree_filled:
            self.episodes.update_series(full.seasons, watched=watched, new=new)
            self._show_episode()
        elif full.seasons or (full.details is not None and not fetching):
            wanted, open_seasons = self._episode_id, self._visit.open_seasons
            self.episodes.show_series(
                full.seasons, watched=watched, new=new, episode_id=wanted, open_seasons=open_seasons
            )
            self._tree_filled = bool(full.seasons)
        elif isinstance(problem, Unreachable):
            self.episodes.show_missing(offline=True, hint="u tries again")
        elif problem is not None:
            self.episodes.show_failed(problem.message, "u tries again")
        elif fetching:
            self.episodes.show_loading()
        else:
            self.episodes.show_missing(offline=False, hint="u fetches them")

    def _show_message(self, words: str, *, failed: bool = False) -> None:
        if self._full is None:
            self.pane.show_nothing(words)
        else:
            self.pane.set_note(words, failed=failed)

    @property
    def _new_episodes(self) -> frozenset[str]:
        """The ids of episodes that were not listed at the last visit."""
        seasons = self._full.seasons if self._full is not None else ()
        return self._visit.new_among([episode.id for season in seasons for episode in season.episodes])

    @work(exclusive=True, group="episode", exit_on_error=False)
    async def _show_episode(self) -> None:
        """Show the details of the episode under the cursor."""
        episode = self.episodes.episode
        if self._full is None or episode is None:
            return
        note = await marks_note(self.library, Kind.EPISODE, episode.id, self._watched)
        is_new = episode.id in self._new_episodes and episode.id not in self._watched.watched
        self.episode_pane.show(episode_item(episode, self._full.item, is_new=is_new), note=note)

    # ------------------------------------------------------------------------------------------- messages
    def on_series_tree_episode_highlighted(self, event: SeriesTree.EpisodeHighlighted) -> None:
        event.stop()
        self._show_episode()

    def on_series_tree_episode_activated(self, event: SeriesTree.EpisodeActivated) -> None:
        event.stop()
        self.action_play()

    def on_paged_list_highlighted(self, event: PagedList.Highlighted) -> None:
        event.stop()

    # --------------------------------------------------------------------------------------------- actions
    def action_back(self) -> None:
        """Go from an episode's text to the episodes, from there to the list."""
        if self.has_class("-reading"):
            self.remove_class("-reading")
            self.set_focus(self.episodes)
        else:
            self.dismiss()

    def action_open_page(self) -> None:
        """Show the text of the episode under the cursor."""
        if self.kind is Kind.SERIES and self.episodes.episode is not None:
            self.add_class("-reading")
            self.set_focus(self.episode_pane)

    def action_trailer(self) -> None:
        """Copy the address of the trailer."""
        if self._full is not None and (entry := trailer_of(self._full)) is not None:
            self.pane.post_message(Details.Chosen(self.pane, entry))
        else:
            self.notify("The provider names no trailer of this title.", markup=False)

    def action_fetch(self) -> None:
        """Fetch the details again."""
        if self.kind is not Kind.CHANNEL:
            self._fetch()

    @work(exclusive=True, group="open", exit_on_error=False)
    async def _fetch(self) -> None:
        if self._full is not None:
            self._show(note="fetching the details …")
            await self._ask_panel()

    # ----------------------------------------------------------------------------------- targets of actions
    def refs_to_act_on(self) -> tuple[ItemRef, ...]:
        """Return this title; of a series the selected episodes, else the one under the cursor."""
        if self.kind is not Kind.SERIES:
            return self.favourite_refs()
        on_season = self.episodes.episode is None and not self.episodes.is_selecting
        return () if on_season else self.watched_refs()

    def watched_refs(self) -> tuple[ItemRef, ...]:
        """Return the titles to mark as watched: on a season all its episodes."""
        if self._full is None or self.kind is not Kind.SERIES:
            return self.favourite_refs()
        item = self._full.item
        return tuple(
            ItemRef(Kind.EPISODE, episode.id, episode.title, item.id, item.name, episode.season, episode.number)
            for episode in self.episodes.chosen
        )

    def done_with_selection(self) -> None:
        self.episodes.clear_selection()

    def ref_to_play(self) -> ItemRef | None:
        """Return this title or the episode under the cursor; on a season the series."""
        refs = self.refs_to_act_on() or self.favourite_refs()
        return refs[0] if refs else None

    def favourite_refs(self) -> tuple[ItemRef, ...]:
        """Return the title of this page, whatever is under the cursor."""
        return (ItemRef(self.kind, self.item_id, self._full.item.name),) if self._full is not None else ()


def episode_item(episode: Episode, series: Item, *, is_new: bool = False) -> FullItem:
    """Return an episode as an item for the details pane."""
    item = Item(
        Kind.EPISODE,
        episode.id,
        episode.title,
        rating=episode.rating,
        container=episode.container,
        duration_s=episode.duration_s,
        added=episode.added,
        is_new=is_new,
        season=episode.season,
        episode=episode.number,
        series_id=series.id,
    )
    return FullItem(item, plot=episode.plot, released=episode.released)


def page_of(active: ActiveProfile, ref: ItemRef, screen_id: str) -> ItemActions:
    """Return the page of a channel or title; of an episode that of its series, with the cursor on the episode."""
    if ref.kind is Kind.CHANNEL:
        return ChannelPage(active, ref.id, screen_id)
    if ref.kind is Kind.EPISODE and ref.series_id is not None:
        return TitlePage(active, Kind.SERIES, ref.series_id, screen_id, episode_id=ref.id)
    return TitlePage(active, ref.kind, ref.id, screen_id)
