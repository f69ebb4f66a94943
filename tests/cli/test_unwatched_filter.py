"""`list --unwatched`: what was watched is left out, series when every stored episode was."""

from __future__ import annotations

from tests.cli.invoke import Cli
from tui_app.catalog import Kind, Mark
from tui_app.store.user.user_store import UserStore


def ids(cli: Cli, what: str, *more: str) -> list[str]:
    return [item["id"] for item in cli.json("list", what, "--limit", "1000", *more)["items"]]


def watch(cli: Cli, kind: Kind, *ids_: str) -> None:
    with UserStore(cli.paths.user_db) as user:
        user.set_marks("home", kind, [(id_, "A title") for id_ in ids_], Mark.WATCHED, on=True)


def test_watched_movies_are_left_out(synced: Cli) -> None:
    all_of_them = ids(synced, "movies")
    watch(synced, Kind.MOVIE, *all_of_them[:2])
    assert ids(synced, "movies", "--unwatched") == all_of_them[2:]


def test_series_are_left_out_when_every_stored_episode_was_watched(synced: Cli) -> None:
    all_of_them = ids(synced, "series")
    seasons = synced.json("show", "series", all_of_them[0])["seasons"]
    episodes = [episode["id"] for season in seasons for episode in season["episodes"]]
    watch(synced, Kind.EPISODE, *episodes[1:])
    assert ids(synced, "series", "--unwatched") == all_of_them
    assert ids(synced, "episodes", "--unwatched") == episodes[:1]
    watch(synced, Kind.EPISODE, episodes[0])
    assert ids(synced, "series", "--unwatched") == all_of_them[1:]


def test_channels_have_no_end_and_categories_no_watched_ones(synced: Cli) -> None:
    assert "does not apply to channels" in synced("list", "channels", "--unwatched", expect=2).err
    assert "Categories" in synced("list", "categories", "--unwatched", expect=2).err
