"""Every document a command prints fits its schema to the letter, and every command that prints one has a schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
import pytest
from jsonschema import Draft202012Validator

from tests.cli.conftest import PASSWORD
from tests.cli.invoke import Cli
from tests.support.command_line import CommandLine
from tests.support.servers import dead_address
from tui_app.catalog import Kind, Mark
from tui_app.cli.documents import schemas
from tui_app.cli.main import root_command
from tui_app.demo import DemoPanel
from tui_app.store.user.user_store import UserStore

#: Command → the documents it prints with `--json`, beside "error".
DOCUMENTS: Final = {
    "sync": ("sync", "sync-all"),
    "list": ("list", "list-categories", "list-category-tree"),
    "search": ("search", "search-all"),
    "show": ("show-movie", "show-series", "show-channel"),
    "download": ("download",),
    "record": ("record",),
    "epg now": ("epg-now",),
    "epg show": ("epg-show",),
    "epg search": ("epg-search",),
    "history": ("history",),
    "mark": ("mark",),
    "marks import": ("marks-report",),
    "marks merge": ("marks-report",),
    "changes": ("changes",),
    "export": ("export", "export-report"),
    "stats": ("stats",),
    "backup": ("backup",),
    "restore": ("restore",),
    "doctor": ("doctor",),
    "where": ("where",),
    "profile add": ("profile-test",),
    "profile set": ("profile-test",),
    "profile test": ("profile-test",),
    "profile list": ("profile-list",),
    "profile use": ("profile-use",),
    "profile remove": ("profile-remove",),
    "profile rename": ("profile-rename",),
    "cache check": ("cache-check",),
    "cache clear": ("cache-clear",),
    "cache compact": ("cache-compact",),
}
OTHERS: Final = {"error", "hook", "marks", "panel"}


def fits(name: str, document: Any) -> Any:
    """The document, when it fits; what is wrong with it else."""
    problems = [f"{problem.json_path}: {problem.message}" for problem in validator(name).iter_errors(document)]
    assert problems == [], f"{name}: {problems[:5]}"
    return document


def validator(name: str) -> Draft202012Validator:
    schema = schemas.schema(name)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def commands(group: click.Group, words: str = "") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{words}{name} ")
        else:
            yield words + name, command


def test_every_command_that_prints_json_has_its_schemas_and_none_is_left_over() -> None:
    with_json = {words for words, command in commands(root_command) if any(p.name == "as_json" for p in command.params)}
    assert with_json == set(DOCUMENTS)
    assert {name for names in DOCUMENTS.values() for name in names} | OTHERS == set(schemas.DOCUMENTS)


def test_schemas_are_strict() -> None:
    """Else they would prove nothing: no object takes a key nobody described."""

    def loose(part: Any) -> Iterator[Any]:
        if isinstance(part, dict):
            if part.get("type") == "object" and part.get("additionalProperties", True) is True:
                yield part
            for inner in part.values():
                yield from loose(inner)
        elif isinstance(part, list):
            for inner in part:
                yield from loose(inner)

    for name in schemas.DOCUMENTS:
        assert list(loose(schemas.schema(name))) == [], name
        assert not validator(name).is_valid({}) and not validator(name).is_valid({"unknown": 1})


def test_schemas_say_what_each_document_and_each_part_of_it_is() -> None:
    for name in schemas.DOCUMENTS:
        schema = schemas.schema(name)
        described = [schema, *schema.get("$defs", {}).values()]
        assert [part["title"] for part in described if not part.get("description", "").endswith(".")] == [], name
        assert not any("msgspec" in part["description"] for part in described), name


def test_a_key_that_a_subclass_takes_out_is_not_described() -> None:
    assert "container" in schemas.schema("show-movie")["required"]
    assert "container" not in schemas.schema("show-series")["properties"]


def test_what_reading_commands_print(synced: Cli) -> None:
    with UserStore(synced.paths.user_db) as user:
        user.set_mark("home", Kind.MOVIE, "100002", Mark.FAVOURITE, "Nosferatu")
    series = fits("list", synced.json("list", "series"))["items"][0]["id"]
    fits("show-series", synced.json("show", "series", series, "--offline"))
    assert fits("show-series", synced.json("show", "series", series))["seasons"]
    for what in ("channels", "movies", "episodes"):
        listed = fits("list", synced.json("list", what, "--limit", "1000"))["items"]
    fits("show-movie", synced.json("show", "movie", "100001", "--offline"))
    assert fits("show-movie", synced.json("show", "movie", "100001"))["details"] == "fresh"
    guides = [fits("show-channel", synced.json("show", "channel", str(id))) for id in range(1002, 1012)]
    assert any(guide["now"] for guide in guides)
    fits("list-categories", synced.json("list", "categories"))
    found = synced("search", "-", "--json", stdin=f"general\n\n{listed[0]['name']}\n1\n").out.splitlines()
    kinds = {result["kind"] for line in found for result in fits("search", json.loads(line))["results"]}
    assert len(found) == 4 and "episode" in kinds and "movie" in kinds
    fits("stats", synced.json("stats"))
    fits("where", synced.json("where"))
    fits("doctor", synced.json("doctor"))
    fits("export", synced("export", "--format", "json").document)


def test_what_an_empty_home_prints(cli: Cli) -> None:
    fits("profile-list", cli.json("profile", "list"))
    fits("doctor", cli.json("doctor"))
    fits("where", cli.json("where"))
    assert fits("error", cli.json("list", "movies", expect=2))["error"]["code"] == "usage"


def test_what_changing_commands_print(synced: Cli, tmp_path: Path) -> None:
    fits("changes", synced.json("changes"))
    fits("cache-check", synced.json("cache", "check"))
    fits("cache-compact", synced.json("cache", "compact"))
    fits("export-report", synced.json("export", "movies", "--format", "m3u", "-o", str(tmp_path / "x")))
    fits("backup", synced.json("backup", str(tmp_path / "b")))
    fits("restore", synced.json("restore", str(tmp_path / "b"), "--yes"))
    fits("restore", synced.json("restore", str(tmp_path / "b"), "--yes", "--replace"))
    fits("profile-use", synced.json("profile", "use", "home"))
    fits("profile-rename", synced.json("profile", "rename", "home", "other"))
    fits("cache-clear", synced.json("cache", "clear", "--yes"))
    fits("stats", synced.json("stats"))
    fits("profile-list", synced.json("profile", "list"))
    fits("profile-remove", synced.json("profile", "remove", "other", "--yes"))


def test_what_asking_the_provider_prints(cli: Cli, panel: DemoPanel) -> None:
    link = ("--url", panel.url, "--username", panel.username, "--password-stdin")
    fits("profile-test", cli.json("profile", "add", "one", *link, stdin=f"{PASSWORD}\n"))
    fits("profile-test", cli.json("profile", "add", "no", *link, stdin="wrong-one\n", expect=4))
    fits("profile-test", cli.json("profile", "add", "two", *link, "--no-test", stdin=f"{PASSWORD}\n"))
    fits("profile-test", cli.json("profile", "test", "two"))
    fits("profile-test", cli.json("profile", "set", "two", "--user-agent", "Player/1"))
    fits("sync", cli.json("sync", "one"))
    fits("sync", cli.json("sync", "one", "--full", "--only", "movies"))
    fits("sync-all", cli.json("sync", "--all"))
    cli("profile", "set", "two", "--url", dead_address(), "--no-test")
    assert fits("sync", cli.json("sync", "two", expect=6))["error"]["code"] == "unreachable"
    fits("sync-all", cli.json("sync", "--all", expect=3))
    fits("changes", cli.json("changes"))
    fits("stats", cli.json("stats", "--profile", "two"))
    text = cli.paths.profiles_file.read_text()
    cli.paths.profiles_file.write_text(text.replace("[profiles.two]\n", "[profiles.two]\nread_timeout_s = -1\n"))
    fits("sync-all", cli.json("sync", "--all", expect=3))
    fits("error", cli.json("sync", "two", expect=1))


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "movie", "no-such"),
        ("list", "movies", "--category", "No such"),
        ("sync", "nobody"),
        ("no-such-command",),
        ("changes", "--since", "never"),
        ("export", "--format", "m3u"),
    ],
)
def test_what_a_failing_command_prints(synced: Cli, arguments: tuple[str, ...]) -> None:
    answer = CommandLine(synced.home)
    expect = 1 if arguments[0] == "show" else 2
    error = fits("error", answer.json(*arguments, expect=expect))["error"]
    assert error["message"]


def test_the_panel_line(tmp_path: Path) -> None:
    running = CommandLine(tmp_path).start("panel", "--movies", "5", "--channels", "5", "--series", "1", "--until-eof")
    assert running.stdout and running.stdin and running.stderr
    fits("panel", json.loads(running.stdout.readline()))
    running.stdin.close()
    assert running.wait(20) == 0
    running.stdout.close()
    running.stderr.close()


def test_the_command_prints_them_all(cli: Cli) -> None:
    listed = cli("schema").out
    assert all(name in listed for name in schemas.DOCUMENTS)
    assert json.loads(cli("schema", "search").out) == schemas.schema("search")
    assert json.loads(cli("schema", "--all").out) == {name: schemas.schema(name) for name in schemas.DOCUMENTS}
    assert "xtream-tui schema" in cli("schema", "nothing", expect=2).err
