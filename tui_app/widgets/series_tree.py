"""Seasons and episodes of one series as a tree of two levels."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.message import Message

from tui_app.catalog import Episode, Season
from tui_app.widgets.glyphs import glyphs
from tui_app.widgets.list_model import Column, ListRow, RowsSource
from tui_app.widgets.selectable_list import SelectableList
from tui_app.widgets.words import bar_words, count_words, length_words

_COLUMNS: Final = (
    Column("Episodes", main=True, width=16),
    Column("Aired", width=10, min_list_width=60),
    Column("Length", width=10, align="right", min_list_width=40),
)
_BAR_CELLS: Final = 10
_LONGEST_NAME: Final = 24  # of a season, beside its bar
_NEVER_AIRED: Final = tuple(replace(column, width=0) if column.title == "Aired" else column for column in _COLUMNS)


class SeriesTree(SelectableList):
    """A `SelectableList` of seasons and the episodes of open ones. Only episodes can be selected.

    States: `show_series`, `show_loading`, `show_missing`, `show_failed`. Right and left open and close a season,
    Enter toggles it. Seasons post no messages: only `EpisodeHighlighted` and `EpisodeActivated` are posted.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "activate", "Open", tooltip="Open the season or the episode", id="seasons.open"),
        Binding("right,l", "fold(False)", "Open season", show=False, tooltip="Show its episodes", id="seasons.unfold"),
        Binding("left,h", "fold(True)", "Close season", show=False, tooltip="Hide its episodes", id="seasons.fold"),
    ]

    @dataclass
    class EpisodeHighlighted(Message):
        """The cursor moved to an episode. Replaces an older, unhandled message."""

        tree: SeriesTree
        episode_id: str
        episode: Episode

        @property
        def control(self) -> SeriesTree:
            return self.tree

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, SeriesTree.EpisodeHighlighted) and message.tree is self.tree

    @dataclass
    class EpisodeActivated(Message):
        """The user pressed Enter or double-clicked on an episode."""

        tree: SeriesTree
        episode_id: str
        episode: Episode

        @property
        def control(self) -> SeriesTree:
            return self.tree

    def __init__(
        self,
        *,
        jump_scroll: bool = False,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(columns=_COLUMNS, jump_scroll=jump_scroll, name=name, id=id, classes=classes)
        self._seasons: tuple[Season, ...] = ()
        self._watched: frozenset[str] = frozenset()
        self._new: frozenset[str] = frozenset()
        self._open: set[int] = set()
        self._episodes: dict[str, Episode] = {}
        self._names_width = 0

    # ------------------------------------------------------------------------------------------------ interface
    def show_series(
        self,
        seasons: Sequence[Season],
        *,
        watched: Collection[str] = (),
        new: Collection[str] = (),
        episode_id: str | None = None,
        open_seasons: Collection[int] = (),
    ) -> None:
        """Show another series, with the cursor on `episode_id`, else on the first unwatched episode.

        Opens `open_seasons` and the season of that episode. `watched` and `new` are ids of episodes.
        """
        self._take_series(seasons, watched, new)
        if not self._episodes:
            self.show_empty("No episodes", "The provider lists none for this series.")
            return
        wanted = self._episodes.get(episode_id or "") or self._first_unwatched()
        known = {season.number for season in self._seasons}
        self._open = {wanted.season, *known.intersection(open_seasons)}
        self.show(self._rows(), keep_key=wanted.id)

    def update_series(
        self, seasons: Sequence[Season], *, watched: Collection[str] = (), new: Collection[str] = ()
    ) -> None:
        """Show a newer state of the same series: open seasons and the cursor are kept."""
        if not self._episodes:
            self.show_series(seasons, watched=watched, new=new)
            return
        self._take_series(seasons, watched, new)
        self.reload(self._rows())

    def show_loading(self) -> None:
        """Show that the episodes are being fetched."""
        self.show_empty(f"Loading episodes {glyphs().ellipsis}")

    def show_missing(self, *, offline: bool, hint: str = "") -> None:
        """Show that the episodes were never fetched; `hint` names the key that fetches them."""
        reason = "They are fetched when a series is opened, and there is no connection now." if offline else ""
        self.show_empty("No copy of the episodes yet", reason, hint)

    def show_failed(self, reason: str, hint: str = "") -> None:
        """Show why fetching failed; `hint` names the key that tries again."""
        self.show_empty("The episodes could not be fetched", reason, hint)

    @property
    def episode_ids(self) -> frozenset[str]:
        """The ids of all episodes."""
        return frozenset(self._episodes)

    @property
    def open_seasons(self) -> frozenset[int]:
        """The numbers of the open seasons."""
        return frozenset(self._open)

    @property
    def chosen(self) -> tuple[Episode, ...]:
        """The selected episodes, else the one under the cursor; on a season all its episodes."""
        if self.is_selecting:
            return tuple(self._episodes[row.key] for row in self.selected)
        if self.episode is not None:
            return (self.episode,)
        number = self._season_under_cursor()
        return next((season.episodes for season in self._seasons if season.number == number), ())

    @property
    def episode(self) -> Episode | None:
        """The episode under the cursor; None on a season."""
        return self._episodes.get(self.row.key) if self.row else None

    # ------------------------------------------------------------------------------------------------ internals
    def _take_series(self, seasons: Sequence[Season], watched: Collection[str], new: Collection[str]) -> None:
        self._seasons = tuple(season for season in seasons if season.episodes)
        self._watched = frozenset(watched)
        self._new = frozenset(new) - self._watched
        dates = any(season.released or any(e.released for e in season.episodes) for season in self._seasons)
        self.set_columns(_COLUMNS if dates else _NEVER_AIRED)
        self._names_width = max((len(_season_name(season)) for season in self._seasons), default=0)
        self._names_width = min(self._names_width, _LONGEST_NAME)
        self._episodes = {episode.id: episode for season in self._seasons for episode in season.episodes}

    def _first_unwatched(self) -> Episode:
        """Return the first unwatched episode; specials (season 0) count last."""
        ordered = sorted(self._episodes.values(), key=lambda episode: episode.season == 0)
        return next((episode for episode in ordered if episode.id not in self._watched), ordered[0])

    def _rows(self) -> RowsSource:
        rows: list[ListRow] = []
        for season in self._seasons:
            rows.append(self._season_row(season))
            if season.number in self._open:
                rows += [self._episode_row(episode) for episode in season.episodes]
        return RowsSource(rows)

    def _season_row(self, season: Season) -> ListRow:
        """Return a season's row: its name, then a bar of what is watched, in one column with those of the others."""
        fold = glyphs().open if season.number in self._open else glyphs().closed
        seen = sum(episode.id in self._watched for episode in season.episodes)
        new = sum(episode.id in self._new for episode in season.episodes)
        count = len(season.episodes)
        name = f"{fold} {_season_name(season)}".ljust(self._names_width + 4)
        bar = bar_words(seen / count, _BAR_CELLS)
        counts = f"{seen} of {count} watched" if seen else count_words(count, "episode")
        words = f"{name}{bar}  {counts}{f', {new} new' if new else ''}"
        marks = glyphs().watched if seen == count else glyphs().new if new else ""
        spans = ((len(name), len(name) + len(bar)),) if seen else ()
        return ListRow(_season_key(season.number), (words, season.released or "", ""), marks=marks, spans=spans)

    def _episode_row(self, episode: Episode) -> ListRow:
        watched = episode.id in self._watched
        cells = (
            f"  {episode.number_words:>3}  {episode.title}",
            episode.released or "",
            length_words(episode.duration_s),
        )
        marks = glyphs().watched if watched else glyphs().new if episode.id in self._new else ""
        return ListRow(episode.id, cells, marks=marks, dim=watched)

    def may_be_selected(self, row: ListRow) -> bool:
        """Return True for episodes only."""
        return row.key in self._episodes

    def _season_under_cursor(self) -> int | None:
        """Return the number of the season the cursor is in."""
        if self.row is None:
            return None
        episode = self.episode
        return int(self.row.key.removeprefix(_SEASON_PREFIX)) if episode is None else episode.season

    def _post_highlighted(self, row: ListRow) -> None:
        episode = self._episodes.get(row.key)
        self.refresh_bindings()  # Enter plays episodes and opens seasons
        if episode is not None:
            self.post_message(self.EpisodeHighlighted(self, episode.id, episode))

    # -------------------------------------------------------------------------------------------------- actions
    def action_activate(self) -> None:
        episode = self.episode
        if episode is not None:
            self.post_message(self.EpisodeActivated(self, episode.id, episode))
        elif self.row is not None:
            self.action_fold(self._season_under_cursor() in self._open)

    def action_fold(self, close: bool) -> None:
        season = self._season_under_cursor()
        if season is None or close != (season in self._open):
            raise SkipAction  # the same keys move between panes
        self._open ^= {season}
        self.show(self._rows(), keep_key=_season_key(season)) if close else self.reload(self._rows())


def _season_name(season: Season) -> str:
    name = season.name or ("Specials" if season.number == 0 else f"Season {season.number}")
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}{glyphs().ellipsis}"


_SEASON_PREFIX: Final = "\0season "  # no id of a panel contains NUL


def _season_key(number: int) -> str:
    return f"{_SEASON_PREFIX}{number}"
