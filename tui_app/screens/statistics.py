"""The Statistics screen: contents and size of a profile's library, and its maintenance."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import ClassVar, Final, TypeVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Static

from tui_app.errors import XtreamTuiError
from tui_app.messages import CacheCleared
from tui_app.screens.dialogs.base import Choice, ChoiceDialog
from tui_app.screens.dialogs.free_space import FreeSpaceDialog, SpaceWanted
from tui_app.screens.dialogs.questions import clear_cache_dialog
from tui_app.screens.main_screen import MainScreen
from tui_app.screens.statistics_tables import (
    contents_table,
    disk_table,
    file_table,
    leftovers_table,
    over_limit_words,
    slow_table,
)
from tui_app.services.app_state import ActiveProfile
from tui_app.services.maintenance import Figures, Maintenance
from tui_app.widgets.words import count_words, size_words

Answer = TypeVar("Answer")

#: Buttons: id → (words, action, tooltip).
_ACTIONS: Final = {
    "check": ("Check", "check", "Check for damage"),
    "compact": ("Compact", "compact", "Rewrite the file without unused space"),
    "room": ("Free up space …", "make_room", "Delete old details and files"),
    "clear": ("Clear cache …", "clear_cache", "Delete the whole copy"),
}


class StatisticsScreen(MainScreen):
    """A page on top of the settings. One job at a time; leaving stops it."""

    DEFAULT_CSS = """
    StatisticsScreen {
        #figures { height: 1fr; padding: 0 2; scrollbar-size-vertical: 1; }
        #columns { height: auto; layout: horizontal; }
        .column { width: 1fr; height: auto; padding-right: 2; }
        .heading { text-style: bold; color: $text-primary; margin-top: 1; height: 1; }
        .figures { height: auto; }
        .row { height: auto; padding: 0 2; }
        .row > Button { margin-right: 2; }
        #job { height: auto; padding: 0 2; color: $text-primary; }
        #job.-warning, #job.-rest { color: $text-warning; }
        #job.-good { color: $text-success; }
        &.-narrow #figures, &.-narrow .row, &.-narrow #job { padding: 0 1; }
        &.-narrow .row > Button { margin-right: 1; min-width: 9; }
        &.-narrow #columns, &.-middle #columns { layout: vertical; }
        &.-narrow .column, &.-middle .column { width: 100%; padding: 0; }
        &.-narrow .row { layout: grid; grid-size: 2; grid-rows: 1; grid-gutter: 0 1; }
        &.-short .row { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,q", "back", "Back", tooltip="Stop the running job, or go back", id="statistics.back"),
        Binding("c", "check", "Check", tooltip="Check for damage", id="statistics.check"),
        Binding("o", "compact", "Compact", tooltip="Rewrite the file without unused space", id="statistics.compact"),
        Binding("m", "make_room", "Free up space", tooltip="Delete old details and files", id="statistics.room"),
        Binding("delete", "clear_cache", "Clear", tooltip="Delete the whole copy", id="statistics.clear"),
    ]

    def __init__(self, active: ActiveProfile, screen_id: str) -> None:
        super().__init__(active, screen_id)
        self._job = Static("", id="job", markup=False)
        self._buttons = {
            id_: Button(words, id=id_, tooltip=tip, compact=True) for id_, (words, _do, tip) in _ACTIONS.items()
        }
        names = ("contents", "disk", "leftovers", "file", "slow")
        self._tables = {name: Static("", classes="figures", id=name) for name in names}
        self._headings = {name: Static("", classes="heading", markup=False) for name in names}
        self._figures: Figures | None = None
        self._maintenance: Maintenance | None = None  # of the job that runs

    def compose_body(self) -> ComposeResult:
        with Vertical(id="body"):
            with Horizontal(classes="row"):
                yield from self._buttons.values()
            yield self._job
            with VerticalScroll(id="figures"):
                yield from self._section("contents")
                with Horizontal(id="columns"):
                    with Vertical(classes="column"):
                        yield from self._section("disk")
                        yield from self._section("leftovers")
                    with Vertical(classes="column"):
                        yield from self._section("file")
                yield from self._section("slow")

    def _section(self, name: str) -> ComposeResult:
        yield self._headings[name]
        yield self._tables[name]

    def on_mount(self) -> None:
        self._show_message("", "rest")
        for name in self._tables:
            self._show(name, "", None)
        self.query_one(VerticalScroll).focus()

    # --------------------------------------------------------------------------------------------- showing
    def library_opened(self) -> None:
        self._stop_job()
        self._show_message("", "rest")
        self._read()

    def library_changed(self, parts: frozenset[str]) -> None:
        if self._maintenance is None:
            self._read()

    def refresh_status(self) -> None:
        super().refresh_status()
        self._show_actions()

    def _show_actions(self) -> None:
        for button in self._buttons.values():
            button.disabled = not self._may_act
        self.refresh_bindings()

    @property
    def _may_act(self) -> bool:
        return self._maintenance is None and not self.app_state.is_syncing

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("check", "compact", "make_room", "clear_cache"):
            return self._may_act
        return super().check_action(action, parameters)

    @work(exclusive=True, group="figures", exit_on_error=False)
    async def _read(self) -> None:
        """Read the figures again; the old ones stay until then."""
        await self._figures_now()

    async def _figures_now(self) -> Figures | None:
        """Read and show the figures; return None after showing an error."""
        try:
            figures = await Maintenance(self.app_state.paths, self.active.name).figures()
        except XtreamTuiError as error:
            self._show_message(error.sentence, "warning")
            return None
        await self.app_state.refresh_stats()
        self._figures = figures
        self._fill(figures)
        return figures

    def on_resize(self) -> None:
        if self._figures is not None:
            self._fill(self._figures)

    def _fill(self, figures: Figures) -> None:
        stats, limit, now = self.active.stats, self.app_state.settings.size_limit_mb, time.time()
        contents = contents_table(stats, now, is_narrow=self.has_class("-narrow")) if stats else None
        self._show("contents", f"The library of {self.active.name}", contents)
        self._show("disk", "On disk", disk_table(figures.disk, limit))
        self._show("leftovers", "Leftover files", leftovers_table(figures, now) if figures.disk.leftovers else None)
        self._show("file", "Database", file_table(figures.file) if figures.file else None)
        self._show("slow", "Slow queries", slow_table(figures.slow, now) if figures.slow else None)
        if self._job.has_class("-rest"):  # keep the result of a job
            empty = stats is None or stats.is_empty
            self._show_message(over_limit_words(figures.disk, limit) or (_NOTHING_YET if empty else ""), "rest")

    def _show(self, name: str, heading: str, table: object) -> None:
        """Show one section; hide it without a table."""
        self._headings[name].update(heading)
        self._headings[name].display = self._tables[name].display = table is not None
        self._tables[name].update(table if table is not None else "")  # type: ignore[arg-type]

    def _show_message(self, words: str, tone: str = "") -> None:
        self._job.set_classes(f"-{tone}" if tone else "")
        self._job.update(Text(words))
        self._job.display = bool(words)

    # ---------------------------------------------------------------------------------------------- actions
    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.run_worker(self.run_action(f"screen.{_ACTIONS[event.button.id or ''][1]}"))

    def action_back(self) -> None:
        """Stop the running job; else go back to the settings."""
        if not self._stop_job():
            self.dismiss()

    def _stop_job(self) -> bool:
        if self._maintenance is None:
            return False
        self._maintenance.stop()
        return True

    async def on_unmount(self) -> None:
        self._stop_job()

    @work(group="job", exit_on_error=False)
    async def action_check(self) -> None:
        """Check the files for damage."""
        report = await self._run("Checking", Maintenance.check)
        if report is None:
            return
        if report.is_sound:
            self._show_message("No damage found in the library and your marks.", "good")
            return
        found = count_words(len(report.problems), "problem")
        more = f" and {len(report.problems) - 3:,} more" if len(report.problems) > 3 else ""
        advice = "Clear the cache and sync to get a sound copy; favourites and marks stay."
        self._show_message(f"{found}: {'; '.join(report.problems[:3])}{more}. {advice}", "warning")

    @work(group="job", exit_on_error=False)
    async def action_compact(self) -> None:
        """Rewrite the library file without unused space."""
        done = await self._run("Compacting", Maintenance.compact)
        if done is not None:
            self._show_message(f"Compacted: {size_words(done.before)} before, {size_words(done.after)} now.", "good")
            self._read()

    @work(group="job", exit_on_error=False)
    async def action_make_room(self) -> None:
        """Choose what to delete, then delete it."""
        figures = await self._figures_now()
        if figures is None:
            return
        if not figures.offers and not figures.disk.leftovers:
            self._show_message("There is nothing old to delete. Compacting may make the file smaller.")
            return
        why = over_limit_words(figures.disk, self.app_state.settings.size_limit_mb)
        dialog = FreeSpaceDialog(figures.offers, figures.disk.leftovers, why, time.time())
        wanted = await self.app.push_screen_wait(dialog)
        if wanted is None or (wanted.leftovers and not await self._may_delete(wanted)):
            return
        freed = await self._run("Deleting", lambda maintenance: _free_space(maintenance, wanted))
        if freed is not None:
            self._show_message(f"{size_words(freed)} freed.", "good")
            self.notify(f"{size_words(freed)} freed.", title="Free up space", markup=False)
            self._read()

    async def _may_delete(self, wanted: SpaceWanted) -> bool:
        """Ask before deleting files for good."""
        dialog = ChoiceDialog(
            "Delete files",
            f"Delete {count_words(len(wanted.leftovers), 'file')} for good?",
            tuple(path.name for path in wanted.leftovers),
            (Choice("delete", "Delete", "error"), Choice("keep", "Cancel", "primary")),
        )
        return await self.app.push_screen_wait(dialog) == "delete"

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_clear_cache(self) -> None:
        """Delete the copy, after asking."""
        if await self.app.push_screen_wait(clear_cache_dialog(self.active.stats)) == "clear":
            self.post_message(CacheCleared(self.active.name))

    async def _run(self, words: str, job: Callable[[Maintenance], Awaitable[Answer]]) -> Answer | None:
        """Run one job and show its steps; return None when it failed or was stopped."""
        if not self._may_act:
            return None
        self._maintenance = Maintenance(
            self.app_state.paths, self.active.name, lambda step: self._show_message(_step_words(words, step))
        )
        self._show_message(_step_words(words, ""))
        self._show_actions()
        try:
            return await job(self._maintenance)
        except XtreamTuiError as error:
            self._show_message(error.sentence, "warning")
            return None
        finally:
            self._maintenance = None
            self._show_actions()


_NOTHING_YET: Final = "Nothing downloaded yet. r starts the first sync."


def _step_words(job: str, step: str) -> str:
    return f"{job}{f': {step}' if step else ''} …  (Escape stops)"


async def _free_space(maintenance: Maintenance, wanted: SpaceWanted) -> int:
    deleted = await maintenance.delete(wanted.leftovers)
    return deleted + (await maintenance.drop_offers(wanted.offers) if wanted.offers else 0)
