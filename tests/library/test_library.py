"""`Library` over one really synced profile, awaited from an event loop."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from tests.support.rows import movie
from tui_app.catalog import SORT_KEYS, ItemRef, Kind, Mark, Query, SortKey
from tui_app.demo import DemoPanel
from tui_app.errors import NotFound, Unreachable
from tui_app.library import Library, LibraryClosed
from tui_app.paths import Paths
from tui_app.settings import Profile, ProfileStore
from tui_app.store.library_store import LibraryStore
from tui_app.sync import run_sync


@pytest.fixture
async def paths(tmp_path: Path, no_pauses: None) -> Paths:
    found = Paths.under(tmp_path).ensure()
    with DemoPanel(seed=2, channels=20, movies=200, series=10) as panel:
        ProfileStore(found).add(Profile("home", panel.url, panel.username, password_source="file"), panel.password)
        assert (await run_sync(found, "home")).status == "completed"
    return found


@pytest.fixture
async def library(paths: Paths) -> Library:
    return Library(paths, "home")


async def test_a_view_gives_any_rows_of_a_list_and_knows_where_an_item_is(library: Library) -> None:
    view = await library.list_items(Query(Kind.MOVIE, sort="name"))
    assert view.total == 200
    await view.fill()
    first, last = view.items(0, 64), view.items(190, 200)
    assert first is not None and last is not None
    assert len(first) == 64 and len(last) == 10
    assert view.index_of(last[3].id) == 193
    assert view.index_of("no such id") is None
    await library.close()


@pytest.mark.parametrize("sort", SORT_KEYS)
async def test_the_first_rows_of_a_view_are_there_before_its_keys_and_are_the_same_after(
    tmp_path: Path, sort: SortKey
) -> None:
    paths = Paths.under(tmp_path).ensure()
    with LibraryStore.open(paths.library_db("home")) as store:  # a list of more rows than are read at once
        store.save_rows(Kind.MOVIE, [movie(str(number), f"Film {number:04}") for number in range(1_200)])
    library = Library(paths, "home")
    view = await library.list_items(Query(Kind.MOVIE, sort=sort, descending=sort == "rating"))
    assert not view.is_filled and view.items(128, 192) is None
    first = view.items(0, 64)
    assert first is not None and len(first) == 64
    assert [view.index_of(item.id) for item in first] == list(range(64))
    await view.fill()
    assert view.is_filled and view.items(0, 64) == first
    rest = view.items(1_130, 1_200)
    assert rest is not None and len(rest) == 70
    await library.close()


async def test_the_first_rows_are_in_order_when_the_panel_counts_in_words(tmp_path: Path) -> None:
    paths = Paths.under(tmp_path).ensure()
    rows = [movie(id_, f"Film {name}") for id_, name in (("b1", "A"), ("7", "B"), ("a1", "C"), ("007", "D"))]
    with LibraryStore.open(paths.library_db("home")) as store:
        store.save_rows(Kind.MOVIE, rows)
    library = Library(paths, "home")
    view = await library.list_items(Query(Kind.MOVIE, sort="name"))
    assert [item.id for item in view.items(0, 4) or ()] == ["b1", "7", "a1", "007"]
    await library.close()


async def test_a_view_stays_as_it_was_while_a_sync_removes_rows(library: Library, paths: Paths) -> None:
    view = await library.list_items(Query(Kind.MOVIE))
    gone = (view.items(5, 6) or ())[0]
    with LibraryStore.open(paths.library_db("home")) as store:
        store.delete_rows(Kind.MOVIE, [gone.id])
    assert view.total == 200 and len(view.items(0, 10) or ()) == 9
    assert (await library.list_items(Query(Kind.MOVIE))).total == 199
    await library.close()


async def test_questions_at_once_are_all_answered(library: Library) -> None:
    views, categories, stats = await asyncio.gather(
        asyncio.gather(*(library.list_items(Query(kind)) for kind in (Kind.CHANNEL, Kind.MOVIE, Kind.SERIES))),
        library.categories(Kind.MOVIE),
        library.stats(),
    )
    assert [view.total for view in views] == [20, 200, 10]
    assert categories and stats.counts[Kind.MOVIE] == 200
    await library.close()


async def test_a_newer_search_overtakes_an_older_one(library: Library) -> None:
    texts = ("a", "the", "nosferatu", "the")
    answers = await asyncio.gather(*(library.search(text) for text in texts))
    assert answers[-1] is not None and answers[-1].query == "the"
    assert all(answer is None or answer.query == text for answer, text in zip(answers, texts, strict=True))
    await library.close()


async def test_marks_and_places_are_kept_for_the_next_library_of_the_profile(paths: Paths) -> None:
    library = Library(paths, "home")
    movie = ((await library.list_items(Query(Kind.MOVIE))).items(0, 1) or ())[0]
    assert await library.marks.toggle([ItemRef(Kind.MOVIE, movie.id, movie.name)], Mark.FAVOURITE)
    category = (await library.categories(Kind.MOVIE))[0]
    await library.marks.hide_categories(Kind.MOVIE, [category], hide=True)
    await library.remembered.save_screen_state("movies", "{}")
    await library.remembered.remember_search("metropolis")
    await library.close()
    library = Library(paths, "home")
    assert await library.marks.ids(Kind.MOVIE, Mark.FAVOURITE) == {movie.id}
    assert (await library.categories(Kind.MOVIE))[0].hidden
    assert await library.remembered.screen_state("movies") == "{}"
    assert await library.remembered.searches() == ("metropolis",)
    await library.marks.hide_categories(Kind.MOVIE, [category], hide=False)
    assert not (await library.categories(Kind.MOVIE))[0].hidden
    await library.close()


async def test_an_item_opens_from_the_copy_and_a_fetch_without_a_connection_says_so(library: Library) -> None:
    movie = ((await library.list_items(Query(Kind.MOVIE))).items(0, 1) or ())[0]
    assert (await library.open_item(Kind.MOVIE, movie.id)).item == movie
    with pytest.raises(NotFound):
        await library.open_item(Kind.MOVIE, "no such id")
    with pytest.raises(Unreachable):
        await library.fetch_details(Kind.MOVIE, movie.id)
    assert "/movie/" in await library.address(Kind.MOVIE, movie.id)
    await library.close()


async def test_details_name_no_hidden_category_unless_there_is_no_other(library: Library) -> None:
    items = (await library.list_items(Query(Kind.MOVIE))).items(0, 200) or ()
    titles = [await library.open_item(Kind.MOVIE, item.id) for item in items]
    several = next(title for title in titles if len(title.categories) > 1)
    first, *others = several.categories
    await library.marks.hide_categories(Kind.MOVIE, [first], hide=True)
    shown = (await library.open_item(Kind.MOVIE, several.item.id)).categories
    assert [category.id for category in shown] == [category.id for category in others]
    await library.marks.hide_categories(Kind.MOVIE, others, hide=True)
    assert len((await library.open_item(Kind.MOVIE, several.item.id)).categories) == len(several.categories)
    await library.close()


async def test_the_loop_is_not_held_up_by_questions(library: Library) -> None:
    """Measured is the processor time of its thread: how long others keep it waiting says nothing of the library."""
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            at = time.thread_time()
            await asyncio.sleep(0)
            longest = max(longest, time.thread_time() - at)

    watcher = asyncio.create_task(watch())
    for _ in range(20):
        await library.list_items(Query(Kind.MOVIE, text="the", sort="rating", descending=True))
    watcher.cancel()
    assert longest < 0.1
    await library.close()


async def test_a_closed_library_answers_that_it_is_closed_and_an_old_view_is_empty(library: Library) -> None:
    view = await library.list_items(Query(Kind.MOVIE))
    await library.close()
    await library.close()
    assert view.items(0, 10) == () and view.index_of("1") is None
    with pytest.raises(LibraryClosed):
        await library.stats()


async def test_a_library_never_synced_is_empty_and_not_an_error(paths: Paths) -> None:
    library = Library(paths, "other")
    assert (await library.list_items(Query(Kind.CHANNEL))).total == 0
    assert (await library.stats()).is_empty
    assert await library.categories(Kind.CHANNEL) == ()
    await library.close()


async def test_what_later_syncs_added_is_new_in_lists_search_and_details_until_it_was_seen(
    library: Library, paths: Paths
) -> None:
    with LibraryStore.open(paths.library_db("home")) as store:
        run = store.start_run("incremental", int(time.time()) + 10)
        store.apply(
            Kind.MOVIE,
            upserts=[(movie("b7", "Zzyzx Road"), 1)],
            on_changes=lambda found: store.record_changes(run, found),
        )
        store.finish_run(run, "completed", int(time.time()) + 11)

    async def new() -> tuple[list[str], list[str], bool]:
        view = await library.list_items(Query(Kind.MOVIE, sort="name"))
        await view.fill()
        listed = [item.name for item in view.items(0, 256) or () if item.is_new]
        answer = await library.search("zzyzx road")
        found = [hit.item.name for hit in answer.hits if hit.item.is_new] if answer else []
        return listed, found, (await library.open_item(Kind.MOVIE, "b7")).item.is_new

    assert await new() == (["Zzyzx Road"], ["Zzyzx Road"], True)
    assert await library.changes.seen_at() is None
    await library.changes.mark_seen()
    assert await new() == ([], [], False)
    (newest, first) = await library.changes.runs()
    assert await library.changes.seen_at() == newest.at > first.at
    changes = await library.changes.of(newest.run)
    ((key, change),) = changes.items(0, 10)
    assert (change.id, change.name, change.change, changes.index_of(key)) == ("b7", "Zzyzx Road", "added", 0)
    await library.close()


async def test_lists_search_and_details_answer_also_when_the_users_file_cannot_be_read(
    library: Library, paths: Paths
) -> None:
    paths.user_db.mkdir()
    view = await library.list_items(Query(Kind.MOVIE))
    (item,) = view.items(0, 1) or ()
    answer = await library.search(item.name)
    assert answer is not None and answer.total
    assert (await library.open_item(Kind.MOVIE, item.id)).item == item
    await library.close()
