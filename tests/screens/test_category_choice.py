"""Which categories are synced: ticked in a dialog, saved at once, applied by the next sync."""

from __future__ import annotations

from textual import events

from tests.screens.driving import PROFILE, SMALL, Driver, running
from tests.support.one_widget import OneWidget
from tui_app.catalog import UNCATEGORISED_ID, Category, Kind
from tui_app.demo import DemoPanel
from tui_app.paths import Paths
from tui_app.screens.dialogs.categories import CategoriesDialog, CategoryTicks, TickRows, category_of
from tui_app.settings import ProfileStore
from tui_app.sync import run_sync
from tui_app.widgets.list_model import ListRow
from tui_app.widgets.selectable_list import TICKED, UNTICKED, TickList


def some(kind: Kind, *names: str) -> list[Category]:
    return [Category(kind, str(number), name, number) for number, name in enumerate(names, 1)]


def excluded(paths: Paths) -> dict[Kind, tuple[str, ...]]:
    return dict(ProfileStore(paths).get_sync_settings(PROFILE).excluded_categories)


# ---------------------------------------------------------------------------------------------------- values
def test_all_words_must_be_in_the_name_whatever_their_case_and_accents() -> None:
    ticks = CategoryTicks({Kind.MOVIE: some(Kind.MOVIE, "FR | Comédie", "EN | Comedy", "FR | Drame")}, {})
    assert [category.name for category in ticks.matching(Kind.MOVIE, "COMEDIE fr")] == ["FR | Comédie"]
    assert len(ticks.matching(Kind.MOVIE, "")) == 3 and ticks.matching(Kind.SERIES, "") == []


def test_ids_that_the_panel_no_longer_lists_stay_left_out() -> None:
    ticks = CategoryTicks({Kind.MOVIE: some(Kind.MOVIE, "a", "b")}, {Kind.MOVIE: ("2", "gone"), Kind.SERIES: ("9",)})
    assert ticks.count_excluded(Kind.MOVIE) == 1
    ticks.toggle(Kind.MOVIE, "1")
    assert ticks.excluded() == {Kind.MOVIE: ("1", "2", "gone"), Kind.SERIES: ("9",)}
    ticks.tick(Kind.MOVIE, ticks.matching(Kind.MOVIE, ""), True)
    assert ticks.excluded() == {Kind.MOVIE: ("gone",), Kind.SERIES: ("9",)}


def test_what_has_no_category_is_never_left_out() -> None:
    found = [*some(Kind.MOVIE, "a"), Category(Kind.MOVIE, UNCATEGORISED_ID, "Uncategorised", 5)]
    assert CategoryTicks({Kind.MOVIE: found}, {}).total(Kind.MOVIE) == 1


async def test_forty_thousand_categories_cost_what_is_seen_of_them() -> None:
    ticks = CategoryTicks({Kind.MOVIE: some(Kind.MOVIE, *(f"Category {n}" for n in range(40_000)))}, {})
    asked = 0

    class Counted(TickRows):
        def _row(self, category: Category) -> ListRow:
            nonlocal asked
            asked += 1
            return super()._row(category)

    ticks_list = TickList(marks_width=3)
    app = OneWidget(ticks_list)
    async with app.run_test(size=(60, 20)) as pilot:
        ticks_list.show(Counted(ticks, Kind.MOVIE, ticks.matching(Kind.MOVIE, "")))
        await pilot.press("end", "space")
        await pilot.pause()
        assert [said.key for said in app.heard_of(TickList.Toggled)] == ["movie 40000"]
        assert ticks_list.total == 40_000 and asked < 1_000


async def test_a_click_on_the_tick_ticks_and_a_click_beside_it_only_goes_there() -> None:
    rows = TickRows(
        CategoryTicks({Kind.MOVIE: some(Kind.MOVIE, "a", "b", "c")}, {}), Kind.MOVIE, some(Kind.MOVIE, *"abc")
    )
    ticks_list = TickList(marks_width=3)
    app = OneWidget(ticks_list)
    async with app.run_test(size=(60, 20)) as pilot:
        ticks_list.show(rows)
        await pilot.click(TickList, offset=(2, 2))
        await pilot.click(TickList, offset=(20, 3))
        await pilot.pause()
        assert [said.key for said in app.heard_of(TickList.Toggled)] == ["movie 2"]
        assert ticks_list.cursor == 2


# ---------------------------------------------------------------------------------------------------- dialog
async def at_categories(driver: Driver) -> None:
    await driver.rows_shown()
    await driver.go("settings")
    await driver.until(lambda: driver.says(f"Synchronisation of {PROFILE}"), "the settings")
    driver.app.screen.query_one("#categories").focus()
    await driver.press("enter")
    await driver.until(lambda: isinstance(driver.app.screen, CategoriesDialog), "the dialog")
    await driver.until(lambda: isinstance(driver.app.focused, TickList), "the list")


def marks(driver: Driver) -> list[str]:
    source = driver.list._pages.source
    return [row.marks for row in source.rows(0, source.total) or ()]


async def test_categories_left_out_leave_with_the_next_sync_and_come_back(empty_paths: Paths, panel: DemoPanel) -> None:
    await run_sync(empty_paths, PROFILE)
    async with running(empty_paths) as driver:
        await at_categories(driver)
        await driver.type("fr")
        await driver.until(lambda: driver.list.total == 1, "what matches")
        await driver.press("minus")
        await driver.until(lambda: driver.says("1 of 5 excluded") and driver.says("Saved at"), "the words")
        assert len(excluded(empty_paths)[Kind.CHANNEL]) == 1
        await driver.press("escape")
        await driver.until(lambda: driver.says("excluded: 1 of channels"), "the setting in words")
        await driver.go("channels")
        before = driver.list.total
        await driver.press("r")
        await driver.until(lambda: 0 < driver.list.total < before, "without the French ones")
        await driver.until(lambda: not driver.app.app_state.is_syncing, "the end")
        await at_categories(driver)
        assert marks(driver).count(UNTICKED) == 1
        await driver.press("plus", "escape")
        await driver.until(lambda: excluded(empty_paths) == {}, "all again")
        await driver.go("channels")
        await driver.press("r")
        await driver.until(lambda: driver.list.total == before, "all of them")
        await driver.until(lambda: not driver.app.app_state.is_syncing, "the end")


async def test_each_kind_has_its_list_also_on_a_small_terminal(paths: Paths) -> None:
    async with running(paths, SMALL) as driver:
        await at_categories(driver)
        channels = driver.list.total
        await driver.type("zzz")
        await driver.until(lambda: driver.says("No category matches"), "why there is nothing")
        await driver.press("backspace", "backspace", "backspace", "right")
        await driver.until(lambda: driver.says("Movies") and driver.list.total != channels, "the movies")
        await driver.press("space", "down", "space")
        await driver.until(lambda: len(excluded(paths).get(Kind.MOVIE, ())) == 2, "saved")
        await driver.press("space")
        await driver.until(lambda: len(excluded(paths).get(Kind.MOVIE, ())) == 1, "saved again")
        assert marks(driver)[:2] == [UNTICKED, TICKED] and Kind.CHANNEL not in excluded(paths)


async def test_keys_that_arrive_together_untick_what_was_asked_for_and_no_more(paths: Paths) -> None:
    async with running(paths) as driver:
        await at_categories(driver)
        first = driver.list.row
        assert first is not None
        for key, character in (
            ("space", " "),
            ("right", None),
            ("f", "f"),
            ("r", "r"),
            ("enter", "\r"),
            ("minus", "-"),
        ):
            driver.app.post_message(events.Key(key, character))
        dialog = driver.app.screen
        assert isinstance(dialog, CategoriesDialog)
        french = tuple(category.id for category in dialog._ticks.matching(Kind.MOVIE, "fr"))
        wanted = {Kind.CHANNEL: (category_of(first.key)[1],), Kind.MOVIE: french}
        await driver.until(lambda: excluded(paths) == wanted, "what was asked for")


async def test_before_the_first_sync_it_says_where_categories_come_from(empty_paths: Paths) -> None:
    async with running(empty_paths) as driver:
        await driver.until(lambda: driver.says("First sync"), "the offer")
        await driver.press("escape")
        await driver.go("settings")
        driver.app.screen.query_one("#categories").focus()
        await driver.press("enter")
        await driver.until(lambda: driver.says("No channel categories yet"), "the words")
