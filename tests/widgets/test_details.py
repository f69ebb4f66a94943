from __future__ import annotations

import pytest

from tests.support.one_widget import OneWidget
from tests.widgets.hostile import HOSTILE_TITLES, assert_clean, lines_of, text_of
from tests.widgets.samples import GENERAL
from tui_app.catalog import FullItem, Item, ItemRef, Kind, TitleExtras, TitleVersion
from tui_app.widgets.details import Details as DetailsPane
from tui_app.widgets.paged_list import PagedList

EXTRAS = TitleExtras(
    versions=(
        TitleVersion(Item(Kind.MOVIE, "1", "The General")),
        TitleVersion(Item(Kind.MOVIE, "7", "The General [4K]", category="4K"), why="same TMDB id"),
    ),
    similar=(Item(Kind.MOVIE, "3", "Our Hospitality", year=1923),),
)


async def test_all_that_is_known_is_shown() -> None:
    app = OneWidget(DetailsPane())
    async with app.run_test(size=(60, 60)):
        app.widget.show(GENERAL, note="stored 3 days ago")
        for words in (
            *("The General", "1926", "8.1", "Comedy", "1 h 07 min", "locomotive", "Buster Keaton", "Clyde Bruckman"),
            *("1926-12-31", "youtu.be/abcdefghijk", "Silent, Trains", "1920x1080 h264", "stored 3 days ago"),
        ):
            assert words in text_of(app.widget)


async def test_country_and_backdrop_are_shown_from_the_list_alone() -> None:
    app = OneWidget(DetailsPane())
    async with app.run_test(size=(60, 20)):
        item = Item(Kind.SERIES, "1", "Judex", country="France")
        app.widget.show(FullItem(item, backdrop="http://i.example/b.jpg"))
        assert "Country    France\n" in app.widget.text and "Backdrop   http://i.example/b.jpg" in app.widget.text


@pytest.mark.parametrize("width", [34, 60, 140])
async def test_all_widths_show_the_same_in_the_same_order(width: int) -> None:
    app = OneWidget(DetailsPane())
    async with app.run_test(size=(width, 60)) as pilot:
        app.widget.show(GENERAL)
        app.widget.set_extras(GENERAL.item.ref, EXTRAS)
        await pilot.pause()
        text = app.widget.text
        assert "Cast       Buster Keaton," in text and "━━━━━━━━" in text and "8.1" in text
        order = [text.index(words) for words in ("The General", "8.1", "A locomotive", "Genre", "Cast", "Container")]
        assert order == sorted(order)
        assert ("Versions" in text.splitlines()[1]) == (width == 140)  # beside the text where there is room


async def test_entries_are_reached_by_keys_and_chosen() -> None:
    app = OneWidget(DetailsPane())
    async with app.run_test(size=(60, 30)) as pilot:
        app.widget.show(FullItem(GENERAL.item, cast="Buster Keaton, Marion Mack", trailer="abcdefghijk"))
        app.widget.set_extras(GENERAL.item.ref, EXTRAS)
        await pilot.press("enter")
        assert not app.heard_of(DetailsPane.Chosen)
        for keys in (("down",), ("down", "right"), ("down",), ("down",), ("down",), ("down",)):
            await pilot.press(*keys, "enter")
        await pilot.pause()
        targets = [message.entry.target for message in app.heard_of(DetailsPane.Chosen)]
        people = ["kind:movie genre:Comedy", 'cast:"Marion Mack"', "https://youtu.be/abcdefghijk"]
        assert targets == [*people, *(one.item.ref for one in EXTRAS.versions), EXTRAS.similar[0].ref]
        await pilot.press("up")
        assert app.widget.entry is not None and app.widget.entry.target == EXTRAS.versions[1].item.ref


async def test_late_extras_of_another_title_are_dropped() -> None:
    app = OneWidget(DetailsPane())
    async with app.run_test(size=(60, 30)):
        app.widget.show(FullItem(Item(Kind.MOVIE, "2", "Metropolis")))
        app.widget.set_extras(GENERAL.item.ref, EXTRAS)
        assert "Similar" not in app.widget.text
        app.widget.set_extras(ItemRef(Kind.MOVIE, "2", "Metropolis"), EXTRAS)
        assert "Similar" in app.widget.text


async def test_what_is_unknown_takes_no_room() -> None:
    app = OneWidget(DetailsPane())
    async with app.run_test(size=(60, 20)):
        app.widget.show(FullItem(Item(Kind.CHANNEL, "1", "News", number=7, archive_days=3)))
        assert text_of(app.widget).strip().splitlines()[0] == "News"
        assert "No. 7" in text_of(app.widget) and "3 days" in text_of(app.widget)
        assert "Cast" not in app.widget.text and "None" not in app.widget.text


async def test_long_texts_scroll_and_another_title_starts_at_its_beginning() -> None:
    app = OneWidget(DetailsPane())
    async with app.run_test(size=(40, 10)) as pilot:
        app.widget.show(GENERAL)
        assert text_of(app.widget).endswith(("▾", "-"))
        await pilot.press("down", "pagedown")
        assert app.widget.scroll_offset.y == 10
        app.widget.show(GENERAL, note="fetched")
        assert app.widget.scroll_offset.y == 10
        await pilot.press("end")
        assert "mkv" in text_of(app.widget)
        app.widget.show(FullItem(Item(Kind.MOVIE, "2", "Metropolis")))
        assert text_of(app.widget).splitlines()[0].strip() == "Metropolis"


async def test_nothing_chosen_and_failures_are_said_in_one_line() -> None:
    app = OneWidget(DetailsPane())
    async with app.run_test(size=(60, 10)):
        app.widget.show_nothing("Choose a title to read about it")
        assert text_of(app.widget).strip() == "Choose a title to read about it"
        app.widget.show(FullItem(Item(Kind.MOVIE, "2", "Metropolis")))
        app.widget.set_note("the server did not answer", failed=True)
        assert "the server did not answer" in text_of(app.widget)


@pytest.mark.parametrize("width", [1, 2, 20, 80])
async def test_hostile_details_stay_in_their_lines(width: int) -> None:
    app = OneWidget(DetailsPane())
    async with app.run_test(size=(width, 12)) as pilot:
        for title in HOSTILE_TITLES:
            item = Item(Kind.SERIES, "1", title, genre=title, category=title, series_name=title)
            app.widget.show(FullItem(item, plot=title, cast=title, director=title, released=title), note=title)
            assert_clean(lines_of(app.widget), width)
        await pilot.press("end")
        assert_clean(lines_of(app.widget), width)


@pytest.mark.parametrize("size", [(1, 1), (12, 3), (70, 20)])
async def test_an_empty_list_explains_itself_at_any_size(size: tuple[int, int]) -> None:
    app = OneWidget(PagedList(header=False))
    async with app.run_test(size=size):
        app.widget.show_empty("Nothing here", "No sync yet.", "r starts one")
        assert_clean(lines_of(app.widget), size[0])
        assert size[0] < 70 or "r starts one" in text_of(app.widget)
        for title in HOSTILE_TITLES:
            app.widget.show_empty(title, title, title)
            assert_clean(lines_of(app.widget), size[0])
