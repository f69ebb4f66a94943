"""The guide's part of a sync: what a guide file brings, and that its trouble harms nothing."""

from __future__ import annotations

import asyncio
import bz2
import gzip
import lzma
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.list_panel import channel
from tests.support.reports import as_document
from tests.support.rows import channel as stored_channel
from tests.support.rows import load
from tests.sync.category_panel import CategoryPanel
from tests.sync.conftest import SyncHome
from tests.sync.guide_documents import HOUR, NOW, document, entry
from tui_app.catalog import Kind, Programme
from tui_app.events import PartFinished, SyncProgress
from tui_app.settings import ProfileStore, SyncSettings
from tui_app.store.epg.import_file import GuideImport, GuideRow
from tui_app.store.epg.programmes import forget_guide
from tui_app.store.library_store import LibraryStore
from tui_app.sync import Cancellation, run_sync
from tui_app.xtream.epg.xmltv import XmltvStream

COMPLETE = {"status": "completed", "added": 0, "changed": 0, "removed": 0}


def day(title: str = "Show") -> bytes:
    return document(*(entry(hour, f"{title} {hour}") for hour in range(-3, 20)))


@pytest.fixture
def guided(home: SyncHome, category_panel: CategoryPanel) -> SyncHome:
    """A profile that wants whole guides, and a panel whose first channel has one."""
    ProfileStore(home.paths).save_sync_settings("home", SyncSettings(guide="full"))
    category_panel.channels = [channel(1, epg_channel_id="One.UK "), channel(2)]
    category_panel.guide_file = day()
    return home


def guide(home: SyncHome, back: int = -50, ahead: int = 50, channel_id: str = "101") -> list[Programme]:
    with LibraryStore.open(home.paths.library_db("home"), readonly=True) as store:
        return list(store.guide.get_programmes(channel_id, NOW + back * HOUR, NOW + ahead * HOUR).programmes)


def parts(home: SyncHome) -> dict[str, PartFinished]:
    return {event.part: event for event in home.events if isinstance(event, PartFinished)}


def age(home: SyncHome, seconds: int) -> None:
    """Let the stored guide be older than it is."""
    with LibraryStore.open(home.paths.library_db("home")) as store:
        stored = store.read_part_state("guide")
        at = (stored.state.completed_at or NOW) - seconds
        store.write_part_state(replace(stored, state=replace(stored.state, completed_at=at)))


def errors(report: dict[str, Any]) -> dict[str, str]:
    return {error["part"]: error["reason"] for error in report["errors"]}


# ----------------------------------------------------------------------------------------------- what it brings
def test_the_guide_comes_after_the_lists_with_progress_and_is_reported(guided: SyncHome) -> None:
    finished = guided.finish()
    report = as_document(finished.report)
    assert (finished.status, finished.exit_code) == ("completed", 0)
    assert report["guide"] == {"status": "completed", "total": 23, "added": 23, "changed": 0, "removed": 0}
    assert report["errors"] == []
    assert list(parts(guided))[-1] == "guide"
    assert parts(guided)["guide"].shows
    fractions = [event.fraction for event in guided.events if isinstance(event, SyncProgress)]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert {event.part for event in guided.events if isinstance(event, SyncProgress)} >= {"guide"}
    assert [one.title for one in guide(guided, 0, 2)] == ["Show 0", "Show 1"]
    assert guide(guided, channel_id="102") == []


@pytest.mark.parametrize("wish", ["off", "visible"])
def test_nobody_who_did_not_ask_for_it_gets_it(guided: SyncHome, wish: Any) -> None:
    ProfileStore(guided.paths).save_sync_settings("home", SyncSettings(guide=wish))
    assert "guide" not in guided.sync()
    assert guide(guided) == []


def test_it_comes_only_with_the_channels_and_not_every_few_minutes(
    guided: SyncHome, category_panel: CategoryPanel
) -> None:
    assert "guide" not in guided.sync(only=(Kind.MOVIE,))
    assert "guide" in guided.sync(only=(Kind.CHANNEL,))
    category_panel.guide_file = day("New")
    assert "guide" not in guided.sync()
    age(guided, 5 * HOUR)
    assert guided.sync()["guide"]["changed"] == 23
    category_panel.guide_file = day("Newer")
    assert guided.sync(mode="full")["guide"]["changed"] == 23


def test_the_same_guide_again_writes_nothing(guided: SyncHome) -> None:
    guided.sync()
    before = {name: rows for name, rows in guided.tables().items() if name in ("programme", "guide", "meta")}
    for _ in range(10):
        age(guided, 5 * HOUR)
        assert guided.sync()["guide"] == COMPLETE | {"total": 23}
    assert {name: rows for name, rows in guided.tables().items() if name in before} == before


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.fcase(93)
def test_a_packed_guide_is_unpacked(
    guided: SyncHome, category_panel: CategoryPanel, layers: int, pack: Callable[[bytes], bytes]
) -> None:
    for _ in range(layers):
        category_panel.guide_file = pack(category_panel.guide_file)
    assert guided.sync()["guide"]["total"] == 23


def test_times_without_a_zone_are_the_servers(guided: SyncHome, category_panel: CategoryPanel) -> None:
    category_panel.login = {"user_info": {"auth": 1, "status": "Active"}, "server_info": {"timezone": "Asia/Tokyo"}}
    category_panel.guide_file = document(
        entry(9, "No zone", zone=""), entry(4, "Offset", zone="+0230", shift=HOUR // 2), entry(3, "Wrong", zone="+9999")
    )
    guided.sync()
    assert [(one.title, (one.start - NOW) // HOUR) for one in guide(guided)] == [("No zone", 0), ("Offset", 2)]


@pytest.mark.fcase(93)
def test_ends_that_lack_are_found_across_the_whole_file(guided: SyncHome, category_panel: CategoryPanel) -> None:
    many = [entry(hour, f"Show {hour}").replace(" stop=", " until=") for hour in range(-1, 5)]
    filler = [entry(hour, "x" * 9_000, channel="two.uk") for hour in range(40)]
    category_panel.guide_file = document(many[0], *filler, *reversed(many[1:]))
    report = guided.sync()
    assert (report["guide"]["status"], report["guide"]["total"]) == ("completed", 6)
    assert [(one.title, one.stop - one.start) for one in guide(guided)] == [
        *((f"Show {hour}", HOUR) for hour in range(-1, 4)),
        ("Show 4", 6 * HOUR),
    ]


@pytest.mark.parametrize("encoding", ["UTF-16", "GB2312", "Shift_JIS", "windows-1251", "ISO-8859-9"])
@pytest.mark.fcase(93)
def test_declared_encodings_are_read(guided: SyncHome, category_panel: CategoryPanel, encoding: str) -> None:
    title = {"windows-1251": "Новости", "ISO-8859-9": "Şenlik", "UTF-16": "Čas — 新闻"}.get(encoding, "本日")
    text = document(entry(0, title)).decode().replace('"1.0"', f'"1.0" encoding="{encoding}"')
    category_panel.guide_file = text.encode(encoding)
    assert guided.sync()["guide"]["total"] == 1
    assert [one.title for one in guide(guided)] == [title]


def test_ten_times_the_same_programme_is_one(guided: SyncHome, category_panel: CategoryPanel) -> None:
    category_panel.guide_file = document(*[entry(hour, f"Show {hour}") for hour in range(5)] * 10)
    assert guided.sync()["guide"]["total"] == 5


_AT = st.integers(-90 * 60, 30 * 60)  # minutes from now
_TIME = st.one_of(
    st.builds(lambda at: time.strftime("%Y%m%d%H%M%S", time.gmtime(NOW + 60 * at)), _AT),
    st.builds(lambda at: time.strftime("%Y%m%d%H%M%S +0100", time.gmtime(NOW + 60 * at)), _AT),
    st.builds(lambda at: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOW + 60 * at)), _AT),
    st.builds(lambda at: str(NOW + 60 * at), _AT),
    st.sampled_from(["", "None", "0", "20269999999999", "x" * 90]),
)
_ENTRY = st.builds(
    lambda start, stop, rest: f'<programme channel="one.uk" start="{start}" stop="{stop}">{rest}',
    _TIME,
    _TIME,
    st.sampled_from(
        [
            "<title>News</title></programme>",
            "<title>A & B</title></programme>",
            "<title><b></title><desc>x</programme>",
            "<title>\u202e</title>",
            '<title/><length units="hours">3</length></programme>',
        ]
    ),
)


@pytest.fixture(scope="module")
def one_channel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LibraryStore]:
    """A library whose only channel has the guide `one.uk`."""
    with LibraryStore.open(tmp_path_factory.mktemp("guides") / "library-x.db") as store:
        load(store, Kind.CHANNEL, stored_channel(1, epg_id="one.uk", archive_days=9))
        yield store


@given(entries=st.lists(_ENTRY, max_size=12), encoding=st.sampled_from(["utf-8", "utf-16", "gb18030", "cp1251"]))
@pytest.mark.fcase(93)
def test_any_guide_file_gives_programmes_in_order_without_overlaps(
    one_channel: LibraryStore, entries: list[str], encoding: str
) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><tv>{"".join(entries)}</tv>'
    stream = XmltvStream([text.encode(encoding, "replace")], lambda channel: True)
    forget_guide(one_channel.database)
    taking = GuideImport(one_channel.database, NOW)
    for batch in stream:
        taking.add(GuideRow(*programme) for programme in batch)
    taking.apply(is_complete=True)
    found = one_channel.guide.get_programmes("1", NOW - 9 * 86_400, NOW + 9 * 86_400).programmes
    assert all(0 < one.stop - one.start <= 86_400 and one.title for one in found)
    assert all(one.stop <= after.start for one, after in pairwise(found))
    assert len(found) <= len(entries)


# -------------------------------------------------------------------------------------------------- its trouble
def test_a_file_that_breaks_off_takes_nothing_away(guided: SyncHome, category_panel: CategoryPanel) -> None:
    guided.sync()
    age(guided, 5 * HOUR)
    whole = day("New")
    category_panel.guide_file = whole[: len(whole) // 2]
    category_panel.guide_headers = {"Content-Length": str(len(whole))}
    finished = guided.finish()
    assert (finished.status, finished.exit_code) == ("partial", 3)
    assert errors(as_document(finished.report)) == {"guide": "the guide file broke off; nothing stored was taken away"}
    assert finished.report.channels.status == "completed"
    titles = [one.title for one in guide(guided)]
    assert len(titles) == 23
    assert titles[-1] == "Show 19"
    assert titles[0].startswith("New")
    category_panel.guide_headers, category_panel.guide_file = {}, whole
    assert guided.sync()["guide"]["status"] == "completed"  # at once: it did not come whole


@pytest.mark.parametrize(
    ("status", "body"),
    [(404, b"not found"), (403, b"no"), (401, b""), (500, b"oops"), (200, b"<html>blocked</html>"), (200, b""),
     (200, b"[]"), (200, b'{"user_info":{"auth":0}}'), (200, b"\x1f\x8b broken")],
)  # fmt: skip
def test_a_panel_without_a_guide_file_fails_nothing_else(
    guided: SyncHome, category_panel: CategoryPanel, status: int, body: bytes
) -> None:
    guided.sync()
    age(guided, 5 * HOUR)
    category_panel.guide_status, category_panel.guide_file = status, body
    finished = guided.finish()
    report = as_document(finished.report)
    assert (finished.status, finished.exit_code) == ("partial", 3)
    assert list(errors(report)) == ["guide"]
    assert {report[kind]["status"] for kind in ("channels", "movies", "series")} == {"completed"}
    assert "error" not in report
    assert len(guide(guided)) == 23
    assert parts(guided)["guide"].status in ("failed", "partial")


@pytest.mark.parametrize("small", [document(), document(entry(0, "Only one"))])
def test_a_guide_that_shrank_beyond_belief_is_kept(
    guided: SyncHome, category_panel: CategoryPanel, small: bytes
) -> None:
    guided.sync()
    age(guided, 5 * HOUR)
    category_panel.guide_file = small
    assert list(errors(guided.sync())) == ["guide"]
    assert len(guide(guided)) == 23


def test_a_bomb_is_refused(guided: SyncHome, category_panel: CategoryPanel) -> None:
    guided.sync()
    age(guided, 5 * HOUR)
    category_panel.guide_file = gzip.compress(b"<tv>" + b" " * (300 << 20))
    report = guided.sync()
    assert "unpacks" in errors(report)["guide"]
    assert len(guide(guided)) == 23


def test_only_the_guide_is_tried_again_when_only_it_failed(guided: SyncHome, category_panel: CategoryPanel) -> None:
    category_panel.guide_status = 404
    guided.sync()
    category_panel.guide_status = 200
    report = guided.sync(retry=True)
    assert (report["status"], report["guide"]["total"]) == ("completed", 23)
    assert {report[kind]["status"] for kind in ("channels", "movies", "series")} == {"skipped"}
    assert "guide" not in guided.sync(retry=True)


def test_cancelling_while_it_is_read_keeps_the_guide(guided: SyncHome, category_panel: CategoryPanel) -> None:
    guided.sync()
    age(guided, 5 * HOUR)
    category_panel.guide_file = document(*(entry(hour % 300, f"New {hour}", f"x{hour}") for hour in range(30_000)))
    cancellation = Cancellation()

    def hear(event: Any) -> None:
        if isinstance(event, SyncProgress) and (event.part, event.phase) == ("guide", "comparing"):
            cancellation.cancel()

    finished = asyncio.run(run_sync(guided.paths, "home", emit=hear, cancellation=cancellation))
    assert (finished.status, finished.exit_code) == ("cancelled", 130)
    assert finished.report.channels.status == "completed"
    assert len(guide(guided)) == 23


def test_a_channel_that_leaves_takes_its_guide_along(guided: SyncHome, category_panel: CategoryPanel) -> None:
    category_panel.channels = [channel(n, epg_channel_id=f"c{n}") for n in range(1, 11)]
    category_panel.guide_file = document(*(entry(0, "News", f"C{n}") for n in range(1, 11)))
    guided.sync()
    del category_panel.channels[0]
    age(guided, 5 * HOUR)
    assert guided.sync()["guide"]["total"] == 9


def test_a_channel_that_comes_finds_its_guide_in_the_same_file(guided: SyncHome, category_panel: CategoryPanel) -> None:
    guided.sync()
    category_panel.guide_file = document(entry(0, "Mine", "two.uk"), *day().decode().splitlines()[2:-1])
    age(guided, 5 * HOUR)
    guided.sync()
    category_panel.channels.append(channel(3, epg_channel_id="two.uk"))
    age(guided, 5 * HOUR)
    assert guided.sync()["guide"]["added"] == 1
    assert [one.title for one in guide(guided, channel_id="103")] == ["Mine"]
