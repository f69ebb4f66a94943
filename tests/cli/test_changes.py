"""`changes`: what each sync of a real panel added, changed and removed, for people and for scripts."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.cli.conftest import PASSWORD, USERNAME, add_profile
from tests.cli.invoke import Cli
from tests.support.present import present
from tui_app.catalog import LISTED_KINDS, ChangedItem, Changes, Kind
from tui_app.cli.params import parse_moment
from tui_app.demo import DemoPanel
from tui_app.store.library_store import LibraryStore
from tui_app.store.write import history
from tui_app.store.write.differences import ItemChange
from tui_app.sync.lock import SyncLock
from tui_app.widgets.words import fields_words, name_words, summary_words


@pytest.fixture
def living() -> Iterator[DemoPanel]:
    """A panel whose library changes."""
    with DemoPanel(seed=5, channels=60, movies=240, series=30, username=USERNAME, password=PASSWORD) as running:
        yield running


def test_each_sync_lists_exactly_what_differed(cli: Cli, living: DemoPanel) -> None:
    add_profile(cli, living)
    for generation, mode in ((0, ()), (1, ()), (1, ()), (5, ("--full",))):
        living.generation = generation
        cli("sync", *mode)
    runs = cli.json("changes")["runs"]
    assert [(run["mode"], run["status"]) for run in runs] == [
        ("full", "completed"), ("incremental", "completed"), ("incremental", "completed"), ("incremental", "completed"),
    ]  # fmt: skip
    assert [run["run"] for run in runs] == [4, 3, 2, 1]
    for run, (before, after) in zip(runs, ((1, 5), (1, 1), (0, 1)), strict=False):
        found = Counter((change["kind"], change["change"]) for change in run["changes"])
        for kind in LISTED_KINDS:
            expected = living.expected_changes(kind, before, after)
            assert [found[kind.value, what] for what in ("added", "changed", "removed")] == list(expected)
            assert run["counts"][kind.plural] == expected._asdict()
        assert run["omitted"] == 0
        assert all(bool(change["fields"]) is (change["change"] == "changed") for change in run["changes"])
    first = Counter((change["kind"], change["change"]) for change in runs[-1]["changes"])
    assert first == {("channel", "added"): 60, ("movie", "added"): 240, ("series", "added"): 30}


def test_a_changed_field_has_its_old_and_its_new_value(cli: Cli, living: DemoPanel) -> None:
    add_profile(cli, living)
    cli("sync")
    before = {item["id"]: item for item in cli.json("list", "movies", "--limit", "1000")["items"]}
    living.generation = 3
    cli("sync")
    after = {item["id"]: item for item in cli.json("list", "movies", "--limit", "1000")["items"]}
    changes = [change for change in cli.json("changes")["runs"][0]["changes"] if change["kind"] == "movie"]
    for change in changes:
        was, now = before.get(change["id"]), after.get(change["id"])
        assert (was is None, now is None) == (change["change"] == "added", change["change"] == "removed")
        assert change["name"] == present(now or was)["name"]
        for field in {"name", "rating", "year"} & change["fields"].keys():
            assert change["fields"][field] == [present(was)[field], present(now)[field]]
    assert any("name" in change["fields"] for change in changes)


def test_people_read_a_line_a_sync_and_the_first_changes_below(cli: Cli, living: DemoPanel) -> None:
    add_profile(cli, living)
    cli("sync")
    living.generation = 1
    cli("sync")
    out = cli("changes").out
    newest, first = out.split("\n\n")
    added, changed, removed = living.expected_changes(Kind.MOVIE, 0, 1)
    assert f"incremental  completed  +1 channel, +{added} movies, +1 series, " in newest
    assert newest.count("\n  + ") == added + 2 and newest.count("\n  ~ ") == changed + 2
    assert newest.count("\n  − ") == removed + 2
    assert "→" in newest
    assert len(first.splitlines()) == 22 and "and 310 more; show them with --all" in first
    assert len(cli("changes", "--all").out.split("\n\n")[1].splitlines()) == 331


def test_a_sync_that_failed_is_listed_with_its_reason_and_no_changes(cli: Cli, living: DemoPanel) -> None:
    add_profile(cli, living)
    cli("sync")
    living.stop()
    cli("sync", expect=6)
    newest = cli.json("changes")["runs"][0]
    assert (newest["status"], newest["changes"], newest["counts"]) == ("failed", [], {})
    assert "refuses connections" in newest["reason"]
    line = cli("changes").out.splitlines()[0]
    assert "incremental  failed" in line and "refuses connections" in line and "nothing new" not in line


def test_a_sync_that_was_killed_is_told_from_one_that_runs(synced: Cli) -> None:
    with LibraryStore.open(synced.paths.library_db("home")) as store:
        store.start_run("incremental", int(time.time()))
    newest = synced.json("changes")["runs"][0]
    assert (newest["status"], newest["changes"]) == ("failed", []) and "interrupted" in newest["reason"]
    with SyncLock(synced.paths.sync_lock("home"), "home"):
        assert synced.json("changes")["runs"][0]["status"] == "running"
    with LibraryStore.open(synced.paths.library_db("home")) as store:
        store.start_run("incremental", int(time.time()))
    assert [run["status"] for run in synced.json("changes")["runs"]] == ["failed", "failed", "completed"]


def test_since_leaves_out_older_syncs_and_says_so_when_none_is_left(synced: Cli) -> None:
    (run,) = synced.json("changes", "--since", "1h")["runs"]
    assert abs(run["at"] - time.time()) < 3600
    assert synced.json("changes", "--since", str(run["at"]))["runs"] == [run]
    assert synced.json("changes", "--since", str(run["at"] + 1)) == {"runs": []}
    answer = synced("changes", "--since", "2100-01-01")
    assert answer.out == "" and "No sync since 2100-01-01 00:00" in answer.err


def test_more_changes_than_are_kept_are_counted(synced: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "RUN_CHANGES", 241)
    films = [ItemChange(Kind.MOVIE, str(number), f"Film {number}", "added", {}) for number in range(1_240)]
    with LibraryStore.open(synced.paths.library_db("home")) as store:
        run = store.start_run("incremental", 4_000_000_000)
        store.record_changes(run, [ItemChange(Kind.MOVIE, "1", "News [/b]\x1b[2J", "changed", {"rating": (None, 6.1)})])
        store.record_changes(run, films)
        store.finish_run(run, "completed", 4_000_000_000, summary={"movies": Changes(changed=1, added=1_240)})
    assert synced.json("changes")["runs"][0]["omitted"] == 1_000
    newest = synced("changes", "--all").out.split("\n\n")[0]
    assert "+1,240 movies, 1 changed" in newest
    assert "~ movie    News [/b]\ufffd[2J  (rating none → 6.1)" in newest
    assert "and 1,000 changes that were counted but not stored" in newest


def test_without_a_sync_it_says_what_to_do(cli: Cli, panel: DemoPanel) -> None:
    add_profile(cli, panel)
    answer = cli("changes")
    assert answer.out == "" and "xtream-tui sync" in answer.err
    assert cli.json("changes") == {"runs": []}


@pytest.mark.parametrize("words", ["soon", "", "2026-13-01", "3y", "1732300000000"])
def test_no_moment_is_refused_with_examples(synced: Cli, words: str) -> None:
    answer = synced("changes", "--since", words, expect=2)
    assert f"'{words}' is not a point in time: write 2026-11-20, " in answer.err and len(answer.err.splitlines()) == 1


def test_moments_are_dates_times_ages_or_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        now = 1_795_375_000  # 22 November 2026, 20:16:40 in Berlin
        midnight = now - 20 * 3600 - 16 * 60 - 40
        expected = {
            "2026-11-22": midnight,
            "20261122": midnight,
            "today": midnight,
            "Yesterday": midnight - 86_400,
            "2026-11-22 18:30": midnight + 66_600,
            "2026-11-22T18:30": midnight + 66_600,
            "2026-11-22t17:30z": midnight + 66_600,
            "2026-11-22T18:30:00+01:00": midnight + 66_600,
            "90m": now - 5_400,
            "12h": now - 43_200,
            "3d": now - 259_200,
            "2w": now - 1_209_600,
            "1d 12h": now - 129_600,
            "999999w": 0,
            "0": 0,
            "1795375000": now,
        }
        assert {words: parse_moment(words, now) for words in expected} == expected
    finally:
        monkeypatch.undo()
        time.tzset()


def test_changes_are_worded() -> None:
    counts = {"categories": Changes(added=3), "movies": Changes(added=1, changed=2), "series": Changes(removed=1_041)}
    assert summary_words(counts) == "+1 movie, 2 changed, −1,041"
    assert summary_words({"categories": Changes(added=3)}) == summary_words({}) == "nothing new"
    fields = {
        "name": ("Old", "New"),
        "added": (None, 86_400 * 365),
        "is_adult": (None, True),
        "duration_s": (60, 5_400),
    }
    changed = ChangedItem(Kind.MOVIE, "1", "New", "changed", fields | {"plot": ("a\nb", "")})
    assert name_words(changed) == "Old → New"
    assert fields_words(changed) == (
        "date none → 1971-01-01, for adults none → yes, length 1 min → 1 h 30 min, plot a b → none"
    )
