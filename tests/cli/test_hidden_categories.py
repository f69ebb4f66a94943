"""Hidden categories on the command line: what `list`, `search` and `export` leave out, and what the counts say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine
from tests.support.list_panel import ListPanel, category


@pytest.fixture
def line(tmp_path: Path) -> Iterator[CommandLine]:
    """Channels in a hidden category, in a visible one, and one in both, the hidden one first."""
    with ListPanel() as panel:
        panel.channel_categories = [category(1, "Sports; UK"), category(2, "|TR| Ulusal")]
        placed = {11: [1], 12: [2], 13: [1, 2], 14: [2], 15: [1]}
        panel.channels = [
            {"num": n, "name": f"News {n}", "stream_id": n, "category_id": str(ids[0]), "category_ids": ids}
            for n, ids in placed.items()
        ]
        panel.movies, panel.series = [], []
        line = CommandLine(tmp_path)
        line.add_profile("home", panel.url, "me", "a-password")
        line.run("sync")
        line.run("list", "channels")
        hide(line)
        yield line


def hide(line: CommandLine) -> None:
    from tui_app.catalog import Kind
    from tui_app.paths import Paths
    from tui_app.store.user.user_store import UserStore

    with UserStore(Paths.under(line.home).user_db) as user:
        user.hide_categories("home", Kind.CHANNEL, [("1", "Sports; UK")])


def ids(line: CommandLine, *arguments: str) -> list[str]:
    document = line.json(*arguments)
    return sorted(one["id"] for one in document.get("items", document.get("results")))


@pytest.mark.fcase(102)
def test_f102_hidden_categories_are_left_out_unless_asked_for(line: CommandLine) -> None:
    for command in (("list", "channels"), ("search", "news")):
        assert ids(line, *command) == ["12", "13", "14"]
        assert ids(line, *command, "--include-hidden") == ["11", "12", "13", "14", "15"]
    assert line.json("list", "channels")["total"] == line.json("search", "news")["total"] == 3


@pytest.mark.fcase(102)
def test_f102_counts_are_what_list_shows_of_each_category(line: CommandLine) -> None:
    found = line.json("list", "categories", "--kind", "channel")["items"]
    assert [(one["id"], one["count"], one["hidden"]) for one in found] == [("1", 3, True), ("2", 3, False)]
    for one in found:
        assert line.json("list", "channels", "--category", one["id"])["total"] == one["count"]


@pytest.mark.fcase(102)
def test_f102_exports_follow_and_name_visible_categories(line: CommandLine) -> None:
    exported = line.run("export", "channels", "--format", "m3u").out
    assert [f"News {n}" in exported for n in (11, 12, 13, 14, 15)] == [False, True, True, True, False]
    assert "Sports" not in exported
    assert line.json("list", "channels", "--sort", "number")["items"][1]["categories"] == ["|TR| Ulusal"]
    everything = line.run("export", "channels", "--format", "m3u", "--include-hidden").out
    assert "News 11" in everything and "Sports" in everything
    assert "News 15" in line.run("export", "channels", "--format", "csv", "--category", "1").out


@pytest.mark.fcase(102)
def test_f102_a_hit_that_is_visible_elsewhere_names_no_hidden_category(line: CommandLine) -> None:
    def categories(*more: str) -> dict[str, str]:
        return {one["id"]: one["category"] for one in line.json("search", "news", *more)["results"]}

    assert categories()["13"] == "|TR| Ulusal"
    assert categories("--include-hidden")["13"] == "Sports; UK"
