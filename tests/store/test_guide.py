"""The stored guide: what is on now on many channels, a channel's day, whole files taken in, search in titles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.rows import assert_sound, category, channel, load
from tui_app.catalog import Kind, NowNext, Programme
from tui_app.store.epg.import_file import GuideChanges, GuideImport, GuideRow
from tui_app.store.epg.programmes import forget_guide
from tui_app.store.library_store import LibraryStore

NOW = 1_800_000_000
HOUR = 3_600
DAY = 86_400


@pytest.fixture
def guide(store: LibraryStore) -> LibraryStore:
    """Three channels: two share a guide id, one has an archive of three days and none."""
    load(
        store,
        Kind.CHANNEL,
        channel(1, "One HD", number=1, epg_id="One.UK"),
        channel(2, "One SD", number=2, epg_id="one.uk"),
        channel(3, "Three", number=3, archive_days=3),
    )
    return store


def programme(hours: float, title: str, length: float = 1, **more: object) -> Programme:
    start = NOW + int(hours * HOUR)
    return Programme(start, start + int(length * HOUR), title, **more)  # type: ignore[arg-type]


def row(epg: str, hours: float, title: str, description: str = "") -> GuideRow:
    start = NOW + int(hours * HOUR)
    return GuideRow(epg, start, start + HOUR, title, description)


def take_in(store: LibraryStore, rows: Iterable[GuideRow], *, is_complete: bool = True, now: int = NOW) -> GuideChanges:
    taking = GuideImport(store.database, now)
    try:
        taking.add(list(rows))
        return taking.apply(is_complete=is_complete)
    finally:
        taking.close()


def titles(store: LibraryStore, channel_id: str, back: float = -48, ahead: float = 48) -> list[str]:
    found = store.guide.get_programmes(channel_id, NOW + int(back * HOUR), NOW + int(ahead * HOUR))
    return [one.title for one in found.programmes]


# ------------------------------------------------------------------------------------------------ one channel
def test_what_runs_and_what_follows_are_told_for_many_channels_at_once(guide: LibraryStore) -> None:
    listed = (programme(-0.5, "News"), programme(0.5, "Film", 2), programme(2.5, "Late"))
    guide.guide.save_programmes("3", listed, NOW - 60, fresh_until=NOW + 1_800)
    assert guide.guide.get_now_next(("1", "3", "77"), NOW) == {
        "1": NowNext(),
        "3": NowNext(listed[0], listed[1], NOW - 60, NOW + 1_800),
    }
    later = guide.guide.get_now_next(("3",), NOW + HOUR)["3"]
    assert (later.now, later.next) == (listed[1], listed[2])
    in_the_end = guide.guide.get_now_next(("3",), NOW + DAY)["3"]
    assert in_the_end.is_silent


def test_that_a_channel_has_no_guide_is_remembered(guide: LibraryStore) -> None:
    guide.guide.save_programmes("3", (), NOW, fresh_until=NOW + HOUR)
    found = guide.guide.get_now_next(("3",), NOW)["3"]
    assert found.is_silent
    assert found.fresh_until == NOW + HOUR
    assert guide.guide.age() == (0, NOW, NOW)


def test_a_shorter_answer_replaces_only_its_own_span(guide: LibraryStore) -> None:
    day = [programme(hour, f"Old {hour}") for hour in range(-3, 4)]
    guide.guide.save_programmes("3", day, NOW, fresh_until=NOW, day_until=NOW + DAY)
    guide.guide.save_programmes("3", (programme(0, "New 0"), programme(1, "New 1", 2)), NOW + 5, fresh_until=NOW + 1)
    assert titles(guide, "3") == ["Old -3", "Old -2", "Old -1", "New 0", "New 1", "Old 2", "Old 3"]
    found = guide.guide.get_programmes("3", NOW, NOW + DAY)
    assert [one.stop - one.start for one in found.programmes] == [HOUR] * 4  # the later start wins
    assert (found.at, found.day_until) == (NOW + 5, NOW + DAY)
    assert_sound(guide)


def test_every_word_of_a_listing_comes_back(guide: LibraryStore) -> None:
    listed = programme(0, "Films [/b]", description="a\n\nb", has_archive=True, start_text="2027-01-15 08:00:00")
    guide.guide.save_programmes("3", (listed,), NOW, fresh_until=0)
    guide.guide.save_programmes("1", (replace(listed, has_archive=False),), NOW, fresh_until=0)
    assert guide.guide.get_programmes("3", NOW, NOW + 1).programmes == (listed,)
    assert guide.guide.get_programmes("1", NOW, NOW + 1).programmes == (replace(listed, has_archive=False),)


def test_a_channel_that_is_gone_is_left_alone(guide: LibraryStore) -> None:
    guide.guide.save_programmes("99", (programme(0, "News"),), NOW, fresh_until=0)
    guide.guide.save_programmes("abc", (programme(0, "News"),), NOW, fresh_until=0)
    assert guide.guide.age() == (0, None, None)


# ------------------------------------------------------------------------------------------------ whole files
def test_a_guide_file_serves_all_channels_of_an_id_in_any_case(guide: LibraryStore) -> None:
    done = take_in(guide, [row(" ONE.uk", -0.5, "News"), row("one.UK ", 0.5, "Film"), row("other", 0, "Nobody's")])
    assert done == GuideChanges(2, 2, 0, 0, is_implausible=False)
    found = guide.guide.get_now_next(("1", "2", "3"), NOW)
    assert found["1"] == found["2"]
    assert (found["1"].now, found["1"].next) == (programme(-0.5, "News"), programme(0.5, "Film"))
    assert found["1"].fresh_until == NOW + HOUR // 2
    assert found["3"] == NowNext()
    assert_sound(guide)


def test_what_came_later_is_believed_and_its_gaps_are_filled(guide: LibraryStore) -> None:
    take_in(guide, [row("one.uk", hour, f"File {hour}") for hour in range(-2, 3)])
    own = (programme(0, "Own", 1.5),)
    guide.guide.save_programmes("1", own, NOW + 1, fresh_until=NOW + HOUR)
    assert guide.guide.get_now_next(("1",), NOW)["1"].now == own[0]
    assert titles(guide, "1") == ["File -2", "File -1", "Own", "File 2"]
    assert titles(guide, "2") == ["File -2", "File -1", "File 0", "File 1", "File 2"]


def test_the_same_file_again_writes_nothing(guide: LibraryStore) -> None:
    rows = [row("one.uk", hour, f"Show {hour % 3}") for hour in range(20)]
    take_in(guide, rows)
    revision = guide.database.value("SELECT value FROM meta WHERE name = 'revision'")
    assert take_in(guide, rows * 10) == GuideChanges(20, 0, 0, 0, is_implausible=False)
    assert guide.database.value("SELECT value FROM meta WHERE name = 'revision'") == revision


def test_a_complete_file_moves_programmes_and_keeps_the_past(guide: LibraryStore) -> None:
    take_in(guide, [row("one.uk", hour, f"Show {hour}") for hour in range(-6, 12)])
    fresh = [row("one.uk", hour, f"Show {hour}") for hour in range(12) if hour != 5]
    fresh[3] = fresh[3]._replace(title="Instead")
    assert guide.guide.search_programmes("show 11", NOW).total == 1
    fresh[-1] = fresh[-1]._replace(title="Show 3")
    assert take_in(guide, fresh) == GuideChanges(17, 0, 2, 1, is_implausible=False)
    found = titles(guide, "1")
    assert found[:7] == [f"Show {hour}" for hour in range(-6, 1)]
    assert "Show 5" not in found
    assert "Instead" in found
    assert guide.guide.search_programmes("show 11", NOW).total == 0  # no programme has this title any more
    assert_sound(guide)


def test_a_file_that_broke_off_takes_nothing_away(guide: LibraryStore) -> None:
    take_in(guide, [row("one.uk", hour, f"Show {hour}") for hour in range(12)])
    done = take_in(guide, [row("one.uk", 0, "Changed"), row("one.uk", 2, "Show 2")], is_complete=False)
    assert done == GuideChanges(12, 0, 1, 0, is_implausible=False)


@pytest.mark.parametrize("left", [0, 5])
def test_a_file_that_shrank_too_much_is_not_believed(guide: LibraryStore, left: int) -> None:
    rows = [row("one.uk", hour, f"Show {hour}") for hour in range(12)]
    take_in(guide, rows)
    assert take_in(guide, rows[:left]) == GuideChanges(12, 0, 0, 0, is_implausible=True)


def test_only_a_window_is_kept(guide: LibraryStore) -> None:
    days = (-40, -4.9, -1.9, 0, 13, 15)
    take_in(guide, [row("one.uk", 24 * day, f"Day {day}") for day in days])
    assert titles(guide, "1", -50 * 24, 50 * 24) == ["Day -1.9", "Day 0", "Day 13"]
    guide.guide.save_programmes("3", [programme(24 * day, f"Day {day}") for day in days], NOW, fresh_until=0)
    assert guide.guide.prune(NOW) == 2
    assert titles(guide, "3", -50 * 24, 50 * 24) == ["Day -4.9", "Day -1.9", "Day 0", "Day 13"]  # archive of 3 days
    assert_sound(guide)


def test_the_guide_of_a_channel_that_left_goes_too(guide: LibraryStore) -> None:
    guide.guide.save_programmes("3", (programme(0, "Alone"),), NOW, fresh_until=0)
    guide.delete_rows(Kind.CHANNEL, ("3",))
    assert guide.guide.search_programmes("alone", NOW).hits == ()
    assert guide.guide.prune(NOW) == 1
    assert guide.guide.age() == (0, None, None)
    assert_sound(guide)


def test_everything_can_be_forgotten(guide: LibraryStore) -> None:
    take_in(guide, [row("one.uk", 0, "News")])
    forget_guide(guide.database)
    assert guide.guide.age() == (0, None, None)
    assert guide.guide.search_programmes("news", NOW).total == 0
    take_in(guide, [row("one.uk", 0, "News")])
    assert guide.guide.search_programmes("news", NOW).total == 1
    assert_sound(guide)


# ----------------------------------------------------------------------------------------------------- search
@pytest.mark.parametrize("typed", ["café", "CAFE", "cafe eve", "evening caf", "Evenng cafe", "caffe"])
def test_programmes_are_found_as_forgivingly_as_names(guide: LibraryStore, typed: str) -> None:
    take_in(guide, [row("one.uk", 0, "Evening Café!"), row("one.uk", 1, "News"), row("one.uk", 2, "Sport")])
    answer = guide.guide.search_programmes(typed, NOW)
    assert [hit.programme.title for hit in answer.hits] == ["Evening Café!"]
    assert answer.hits[0].spans
    assert (answer.hits[0].channel.id, answer.hits[0].more_channels) == ("1", 1)


def test_the_soonest_come_first_and_what_is_over_is_left_out(guide: LibraryStore) -> None:
    take_in(guide, [row("one.uk", hour, "News") for hour in (-5, -0.5, 7, 3)])
    guide.guide.save_programmes("3", (programme(-0.2, "News at 3"),), NOW, fresh_until=0)
    found = guide.guide.search_programmes("new", NOW).hits
    assert [hit.more_channels for hit in found] == [1, 0, 1, 1]
    assert [(hit.channel.id, (hit.programme.start - NOW) / HOUR) for hit in found] == [
        ("1", -0.5), ("3", -0.2), ("1", 3), ("1", 7),
    ]  # fmt: skip


def test_a_programme_of_both_guides_of_a_channel_counts_once(guide: LibraryStore) -> None:
    take_in(guide, [row("one.uk", 1, "News")])
    guide.guide.save_programmes("1", (programme(1, "News"),), NOW, fresh_until=0)
    assert guide.guide.search_programmes("news", NOW).total == 1


def test_totals_are_honest_up_to_the_cap(guide: LibraryStore) -> None:
    rows = [GuideRow("one.uk", NOW + 60 * minute, NOW + 60 * minute + 60, "News", "") for minute in range(1_200)]
    take_in(guide, rows[:900])
    answer = guide.guide.search_programmes("news", NOW, limit=5)
    assert (answer.total, answer.capped, len(answer.hits)) == (900, False, 5)
    take_in(guide, rows)
    answer = guide.guide.search_programmes("news", NOW, limit=5_000)
    assert (answer.total, answer.capped, len(answer.hits)) == (1_000, True, 1_000)


@pytest.mark.parametrize("typed", ["", "  ", "'\"*", "((", "AND", "zzzz qqqq", "x" * 3_000])
def test_any_text_is_a_valid_question(guide: LibraryStore, typed: str) -> None:
    take_in(guide, [row("one.uk", 0, "News")])
    assert guide.guide.search_programmes(typed, NOW).total == 0


def test_a_reader_sees_the_old_guide_until_the_new_one_is_whole(guide: LibraryStore, tmp_path: Path) -> None:
    take_in(guide, [row("one.uk", 0, "Old")])
    with LibraryStore.open(tmp_path / "library-test.db", readonly=True) as reader:
        taking = GuideImport(guide.database, NOW)
        taking.add([row("one.uk", 0, "New")])
        assert titles(reader, "1") == ["Old"]
        taking.apply(is_complete=True)
        taking.close()
        assert titles(reader, "1") == ["New"]


# ------------------------------------------------------------------------------------------- ends that files lack
def open_row(epg: str, hours: float, title: str) -> GuideRow:
    return row(epg, hours, title)._replace(stop=None)


@pytest.mark.fcase(93)
def test_a_programme_without_an_end_lasts_until_the_next_start_or_six_hours(guide: LibraryStore) -> None:
    rows = [open_row("one.uk", -0.5, "Now"), open_row("One.UK", 0.5, "Next"), open_row("one.uk", 9, "Late")]
    changes = take_in(guide, rows)
    assert (changes.total, changes.added) == (3, 3)
    found = guide.guide.get_programmes("1", NOW - DAY, NOW + DAY).programmes
    assert [(one.title, (one.stop - one.start) / HOUR) for one in found] == [("Now", 1), ("Next", 6), ("Late", 6)]
    at = guide.guide.get_now_next(("1",), NOW)["1"]
    assert at.now and at.next and (at.now.title, at.next.title) == ("Now", "Next")
    assert take_in(guide, rows) == GuideChanges(3, 0, 0, 0, is_implausible=False)
    assert_sound(guide)


@pytest.mark.fcase(93)
def test_of_two_with_the_same_start_the_one_with_an_end_is_kept(guide: LibraryStore) -> None:
    for order in (1, -1):
        take_in(guide, [open_row("one.uk", 0, "Open"), row("one.uk", 0, "Closed")][::order])
        assert titles(guide, "1") == ["Closed"]
    take_in(guide, [row("one.uk", 0, "First"), row("one.uk", 0, "Second")])
    assert titles(guide, "1") == ["First"]


@pytest.mark.fcase(93)
def test_the_later_start_wins_where_programmes_overlap(guide: LibraryStore) -> None:
    long = row("one.uk", -1, "Long")
    take_in(guide, [long._replace(stop=NOW + 4 * HOUR), row("one.uk", 0, "Short"), row("one.uk", 2, "After")])
    found = guide.guide.get_programmes("1", NOW - DAY, NOW + DAY).programmes
    assert (found[0].title, found[0].stop) == ("Long", NOW)
    for hours, running in ((-0.5, "Long"), (0.5, "Short"), (1.5, None), (2.5, "After")):
        now = guide.guide.get_now_next(("1",), NOW + int(hours * HOUR))["1"].now
        assert (now.title if now else None) == running


@pytest.mark.parametrize("written", ["BBC  One.uk", " bbc one.UK ", "BBC\u00a0ONE.uk"])
@pytest.mark.fcase(93)
def test_guide_ids_are_compared_without_case_and_blanks(store: LibraryStore, written: str) -> None:
    load(store, Kind.CHANNEL, channel(1, epg_id="BBC One.uk"), channel(2, epg_id="Россия.ru"))
    take_in(store, [row(written, 0, "News"), row("РОССИЯ.RU", 0, "Вести")])
    assert titles(store, "1") == ["News"]
    assert titles(store, "2") == ["Вести"]


@pytest.mark.fcase(93)
def test_that_there_is_no_guide_is_told_from_one_that_is_over_or_was_never_fetched(guide: LibraryStore) -> None:
    def of(channel_id: str) -> tuple[bool, bool]:
        found = guide.guide.get_programmes(channel_id, NOW, NOW + HOUR)
        assert found.programmes == ()
        return found.at is not None, found.has_none

    assert of("3") == (False, False)
    guide.guide.save_programmes("3", (), NOW, fresh_until=NOW)
    assert of("3") == (True, True)
    guide.guide.save_programmes("3", (programme(-30, "Long ago"),), NOW, fresh_until=NOW)
    assert of("3") == (True, False)
    take_in(guide, [row("one.uk", -30, "Long ago")])
    assert of("1") == (True, False)


@pytest.fixture
def guide_in_categories(store: LibraryStore) -> LibraryStore:
    """As `guide`, its channels in categories: the first in "a", the second in "b", the third in both."""
    store.save_categories(Kind.CHANNEL, [category("a", "Category A"), category("b", "Category B")])
    load(
        store,
        Kind.CHANNEL,
        channel(1, "One HD", "a", number=1, epg_id="One.UK"),
        channel(2, "One SD", "b", number=2, epg_id="one.uk"),
        channel(3, "Three", "a", "b", number=3),
    )
    return store


@pytest.mark.fcase(102)
@pytest.mark.parametrize(
    ("hidden", "found"),
    [
        ("", [("1", 1), ("3", 0)]),
        ("a", [("2", 0), ("3", 0)]),  # another channel of the same guide, which is not hidden
        ("b", [("1", 0), ("3", 0)]),
        ("ab", []),
    ],
)
def test_f102_programmes_of_hidden_channels_are_left_out(
    guide_in_categories: LibraryStore, hidden: str, found: list[tuple[str, int]]
) -> None:
    store = guide_in_categories
    take_in(store, [row("one.uk", 1, "News")])
    store.guide.save_programmes("3", (programme(2, "News at 3"),), NOW, fresh_until=0)
    answer = store.guide.search_programmes("news", NOW, hidden=frozenset(hidden))
    assert [(hit.channel.id, hit.more_channels) for hit in answer.hits] == found
    assert answer.total == len(found)


@pytest.mark.fcase(102)
def test_f102_many_sooner_programmes_of_hidden_channels_hide_no_others(guide_in_categories: LibraryStore) -> None:
    store = guide_in_categories
    store.save_categories(Kind.CHANNEL, [category("a", "Category A"), category("b", "Category B")])
    load(store, Kind.CHANNEL, channel(1, "One", "a", epg_id="one.uk"), channel(2, "Two", "b", epg_id="two.uk"))
    sooner = [GuideRow("one.uk", NOW + 60 * minute, NOW + 60 * minute + 60, "News", "") for minute in range(2_100)]
    take_in(store, [*sooner, row("two.uk", 48, "News")])
    answer = store.guide.search_programmes("news", NOW, hidden=frozenset("a"))
    assert [hit.channel.id for hit in answer.hits] == ["2"]
