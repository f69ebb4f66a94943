"""Several profiles at once, from several processes: nothing of one shows in another, nobody finds a file locked."""

from __future__ import annotations

import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.support.command_line import CommandLine
from tests.support.list_panel import ListPanel, category, channel, movie, series
from tui_app.catalog import Kind, Mark, Query
from tui_app.paths import Paths
from tui_app.store.library_store import LibraryStore
from tui_app.store.user.user_store import UserStore

NAMES = ("ann", "bob", "cem")
MANY = 3_000


class Crowd:
    """One panel for each profile, every title signed with the profile's name; the ids are the same everywhere."""

    def __init__(self, home: Path, stack: ExitStack) -> None:
        self.line = CommandLine(home, module="tests.support.unpaced")
        self.paths = Paths.under(home)
        self.panels = {name: stack.enter_context(ListPanel()) for name in NAMES}
        for name, panel in self.panels.items():
            panel.movie_categories = [category(1, f"{name}'s drama"), category(2, f"{name}'s comedy")]
            panel.channels = [channel(n, name=f"{name} channel {n}") for n in range(1, 201)]
            panel.movies = [movie(n, name=f"{name} film {n}") for n in range(1, MANY + 1)]
            panel.series = [series(n, name=f"{name} serial {n}") for n in range(1, 101)]
            self.line.add_profile(name, panel.url, "user", f"secret-of-{name}")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return self.line.start(*arguments)

    def foreign_words(self, name: str) -> list[str]:
        """What a profile's library file says of the other profiles."""
        data = self.paths.library_db(name).read_bytes()
        return [other for other in NAMES if other != name and f"{other} film".encode() in data]

    def assert_sound(self, name: str) -> None:
        with closing(sqlite3.connect(self.paths.library_db(name))) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert database.execute("SELECT count(*) FROM movie").fetchone() == (MANY,)


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[Crowd]:
    with ExitStack() as stack:
        yield Crowd(tmp_path / "home", stack)


def _ended_well(processes: list[subprocess.Popen[str]]) -> None:
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, f"{out}\n{err}"
        assert "locked" not in out + err


def test_profiles_sync_at_once_while_others_read_and_mark(crowd: Crowd) -> None:
    stop, locked, read = Event(), list[str](), [0]

    def read_and_mark() -> None:
        """What an app does meanwhile: its own reads of a library, its user's marks."""
        with UserStore(crowd.paths.user_db) as user:
            while not stop.is_set():
                for name in NAMES:
                    try:
                        user.toggle_mark(name, Kind.MOVIE, "501", Mark.FAVOURITE, f"{name} film 1")
                        with LibraryStore.open(crowd.paths.library_db(name), readonly=True) as store:
                            found = store.page(Query(Kind.MOVIE, sort="name"), limit=50)
                            assert all(item.name.startswith(name) for item in found.items)
                            read[0] += 1
                    except sqlite3.OperationalError as error:
                        locked.append(str(error))

    app = Thread(target=read_and_mark)
    app.start()
    try:
        for _ in range(3):
            _ended_well([crowd.start("sync", name) for name in NAMES])
            for panel in crowd.panels.values():
                panel.movies.reverse()
                panel.movies[0]["rating"] = "9.1"
    finally:
        stop.set()
        app.join()
    assert locked == []
    assert read[0] > 10
    for name in NAMES:
        crowd.assert_sound(name)
        assert crowd.foreign_words(name) == []


def test_one_profile_is_synced_by_one_process_at_a_time_and_the_others_say_who_has_it(crowd: Crowd) -> None:
    processes = [crowd.start("sync", "ann", "--full") for _ in range(4)]
    ended = [(process.communicate(timeout=60), process.returncode) for process in processes]
    codes = sorted(code for _, code in ended)
    assert codes[0] == 0
    assert set(codes) <= {0, 5}
    assert all("Another sync of “ann” is running" in err for (_, err), code in ended if code == 5)
    crowd.assert_sound("ann")


def test_sync_all_leaves_a_broken_profile_behind_and_does_the_others(crowd: Crowd) -> None:
    crowd.panels["bob"].login = {"user_info": {"auth": 0}}
    document = crowd.line.json("sync", "--all", expect=3)
    statuses = {report["profile"]: report["status"] for report in document["profiles"]}
    assert statuses == {"ann": "completed", "bob": "failed", "cem": "completed"}
    assert crowd.line.json("list", "movies", "--profile", "bob", "--limit", "1")["total"] == 0


def test_removing_a_profile_in_the_middle_takes_exactly_its_own(crowd: Crowd) -> None:
    _ended_well([crowd.start("sync", name) for name in NAMES])
    with UserStore(crowd.paths.user_db) as user:
        for name in NAMES:
            user.set_mark(name, Kind.MOVIE, "501", Mark.FAVOURITE, f"{name} film 1")
    syncing = [crowd.start("sync", name, "--full") for name in ("ann", "cem")]
    crowd.line.run("profile", "remove", "bob", "--yes")
    _ended_well(syncing)
    left = {path.name for path in crowd.paths.data.rglob("*") if path.is_file()}
    assert not [name for name in left if "bob" in name]
    everything = b"".join(file.read_bytes() for file in crowd.paths.data.parent.rglob("*") if file.is_file())
    assert b"secret-of-bob" not in everything
    assert b"bob film" not in everything
    with UserStore(crowd.paths.user_db) as user:
        assert [bool(user.ids_with(name, Kind.MOVIE, Mark.FAVOURITE)) for name in NAMES] == [True, False, True]
    for name in ("ann", "cem"):
        crowd.assert_sound(name)
    assert [profile["name"] for profile in crowd.line.json("profile", "list")["profiles"]] == ["ann", "cem"]


@pytest.mark.parametrize("delay_s", [0.0, 0.3, 0.5, 0.7])
def test_a_profile_removed_while_it_syncs_is_gone_or_refused_but_never_half_there(crowd: Crowd, delay_s: float) -> None:
    name = "ann"
    syncing = crowd.start("sync", name)
    time.sleep(delay_s)  # no condition to wait for: any moment must do
    removing = crowd.start("profile", "remove", name, "--yes")
    _, said = removing.communicate(timeout=60)
    _, err = syncing.communicate(timeout=60)
    assert "Traceback" not in said + err
    names = [profile["name"] for profile in crowd.line.json("profile", "list")["profiles"]]
    if removing.returncode == 0:
        assert name not in names
        assert not crowd.paths.library_db(name).exists(), "its library came back"
    else:
        assert removing.returncode == 5, said
        assert name in names
