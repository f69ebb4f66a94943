"""Details fetched with `show` fill the gaps of a sparse list, through the real commands and a real panel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import CommandLine
from tests.support.list_panel import category
from tests.support.refusing_panel import RefusingPanel

INFO = {"releasedate": "2011-01-02", "genre": "Drama", "cast": "Asta Nielsen", "rating": "8.5"}
LISTED: dict[str, str] = {"movie": "movies", "series": "series"}


def sparse(panel: RefusingPanel) -> None:
    panel.movie_categories = panel.series_categories = [category(1, "S")]
    panel.movies = [{"num": n, "name": f"T{n}", "category_id": "1", "stream_id": n} for n in (1, 2)]
    panel.series = [{"num": n, "name": f"T{n}", "category_id": "1", "series_id": n} for n in (1, 2)]
    panel.answers = {
        "get_vod_info": lambda query: {"info": INFO, "movie_data": {"stream_id": int(query["vod_id"])}},
        "get_series_info": lambda query: {"info": INFO, "episodes": {}},
    }


def facts(line: CommandLine, kind: str, *filters: str) -> list[Any]:
    items = line.json("list", LISTED[kind], *filters)["items"]
    return [(item["id"], item["year"], item["genre"], item["rating"]) for item in items]


@pytest.mark.fcase(94)
def test_f94_what_show_fetched_is_in_lists_and_search_and_survives_syncs(tmp_path: Path) -> None:
    with RefusingPanel() as panel:
        sparse(panel)
        line = CommandLine(tmp_path)
        line.add_profile("home", panel.url, "me", "a-password")
        line.run("sync")
        for kind in LISTED:
            line.run("show", kind, "1")
        for _ in range(2):
            for kind in LISTED:
                assert facts(line, kind) == [("1", 2011, "Drama", 8.5), ("2", None, None, None)]
                assert (
                    facts(line, kind, "--year", "2011", "--genre", "drama", "--min-rating", "8")
                    == facts(line, kind)[:1]
                )
                found = line.json("search", "asta nielsen", "--kind", kind)["results"]
                assert [(hit["id"], hit["year"]) for hit in found] == [("1", 2011)]
            report = line.json("sync", "--full")
            assert [report[part]["changed"] for part in ("movies", "series")] == [0, 0]
        panel.movies[0]["name"] = "T1 anew"
        line.run("sync")
        changed = line.json("changes")["runs"][0]["changes"]
        assert [set(change["fields"]) for change in changed] == [{"name"}]
        assert facts(line, "movie")[0] == ("1", 2011, "Drama", 8.5)
