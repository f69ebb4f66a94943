"""What a key press costs: SQL statements of all connections, counted by SQLite's own trace callback."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tests.screens.driving import PROFILE, Driver, running
from tui_app.catalog import Kind, Mark
from tui_app.paths import Paths
from tui_app.store.connection import tracing
from tui_app.store.user.user_store import UserStore

SORT_LIMIT, CURSOR_LIMIT, SEARCH_LIMIT = 8, 4, 12
#: Not counted: the ends of transactions, what SQLite's search tables ask themselves (a comment, or the quoted schema),
#: and where the list was left, which is written once keys have rested for a second.
_UNCOUNTED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "--", "PRAGMA 'main'", "SELECT k, v FROM 'main'")
_LIST_PLACE = '"view_state"'


def counted(statements: Sequence[str]) -> list[str]:
    return [said for said in statements if not said.startswith(_UNCOUNTED) and _LIST_PLACE not in said]


async def settled(driver: Driver) -> None:
    """Wait until the app has done all that follows a key: rows, details, the place written down."""
    for _ in range(2):  # the end of one worker may begin another
        await driver.until(lambda: all(worker.is_finished for worker in driver.app.workers), "the end of all work")
        await driver.pilot.pause()


async def cost(driver: Driver, statements: list[str], key: str, measured: Callable[[str], None]) -> list[str]:
    await settled(driver)
    statements.clear()
    await driver.press(key)
    await settled(driver)
    found = counted(statements)
    measured(f"SQL statements of the key {key}: {len(found)}")
    return found


async def test_sort_and_cursor_cost_few_statements_and_read_no_marks_again(
    paths: Paths, measured: Callable[[str], None]
) -> None:
    statements: list[str] = []
    with tracing(statements.append):
        async with running(paths) as driver:
            await driver.press("2")
            await driver.rows_shown()
            for key, limit in (("S", SORT_LIMIT), ("S", SORT_LIMIT), ("j", CURSOR_LIMIT)):
                found = await cost(driver, statements, key, measured)
                assert len(found) <= limit, "\n".join([key, *found])
                assert not any(table in said for said in found for table in ("FROM mark", '"mark"', "moved_id"))


async def test_a_key_of_a_search_costs_few_statements(paths: Paths, measured: Callable[[str], None]) -> None:
    statements: list[str] = []
    with tracing(statements.append):
        async with running(paths) as driver:
            await driver.rows_shown()
            await driver.press("slash")
            await settled(driver)
            await type_counted(driver, statements, "no", measured)
            # words of texts are read in the background when a search first needs them, once for each revision
            await driver.type("sf")
            await settled(driver)
            await driver.press("ctrl+u")
            await type_counted(driver, statements, "dracu", measured)


async def type_counted(driver: Driver, statements: list[str], text: str, measured: Callable[[str], None]) -> None:
    for key in text:
        found = await cost(driver, statements, key, measured)
        assert 0 < len(found) <= SEARCH_LIMIT, "\n".join([key, *found])


@pytest.mark.parametrize("before", ["S", "j"])
async def test_a_mark_of_another_process_is_seen_at_the_next_reading(paths: Paths, before: str) -> None:
    async with running(paths) as driver:
        await driver.press("2")
        await driver.rows_shown()
        await driver.press(before)
        await settled(driver)
        with UserStore(paths.user_db) as user:
            user.set_marks(
                PROFILE, Kind.MOVIE, [(str(id), "") for id in range(100_001, 100_151)], Mark.FAVOURITE, on=True
            )
        await driver.press("S")
        await driver.until(lambda: driver.list.row is not None and driver.list.row.marks.startswith("★"), "the star")
