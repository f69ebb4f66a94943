"""`xtream-tui mcp`, spoken to by the client of the protocol's own SDK over the standard streams of a real process."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from mcp import ClientSession, StdioServerParameters, stdio_client

from tests.cli.conftest import PASSWORD, USERNAME
from tests.cli.invoke import Cli
from tests.cli.test_schemas import fits
from tests.support.command_line import CommandLine
from tui_app.handbook import TITLES, chapter


@asynccontextmanager
async def assistant(cli: Cli, *more: str) -> AsyncIterator[ClientSession]:
    """A session with the server of this home."""
    environment = {name: str(value) for name, value in CommandLine(cli.home).environment.items()}
    server = StdioServerParameters(command=sys.executable, args=["-m", "tui_app", "mcp", *more], env=environment)
    async with stdio_client(server) as (reading, writing), ClientSession(reading, writing) as session:
        await session.initialize()
        yield session


async def ask(session: ClientSession, tool: str, **arguments: Any) -> Any:
    """The document a tool returns."""
    result = await session.call_tool(tool, arguments)
    assert not result.is_error, result
    return json.loads(result.content[0].text)  # type: ignore[union-attr]


@pytest.fixture
def with_guide(synced: Cli) -> Cli:
    """A synced home that holds one channel's programmes."""
    synced("epg", "show", "1003")
    return synced


async def test_an_assistant_finds_a_film_and_what_is_on(with_guide: Cli) -> None:
    async with assistant(with_guide) as session:
        found = fits("search", await ask(session, "search", query="nosferatoo", kind="movie"))["results"][0]
        assert found["name"] == "Nosferatu"
        shown = fits("show-movie", await ask(session, "show", kind="movie", id=found["id"], similar=True))
        assert shown["year"] == 1922 and shown["similar"]
        listed = await ask(
            session, "list_items", what="movies", genre="Comedy", year="1920-1929", sort="rating", desc=True
        )
        assert fits("list", listed)["items"] and all(1920 <= item["year"] <= 1929 for item in listed["items"])
        assert fits("list-category-tree", await ask(session, "list_categories", kind="movie", tree=True))["groups"]
        assert fits("epg-show", await ask(session, "epg_show", channel="1003"))["programmes"]
        assert any(one["now"] for one in fits("epg-now", await ask(session, "epg_now"))["channels"])
        assert "channels_covered" in fits("epg-search", await ask(session, "epg_search", words="the"))
        fits("changes", await ask(session, "changes", since="1d"))
        fits("history", await ask(session, "history"))
        fits("stats", await ask(session, "stats"))


async def test_every_tool_only_reads_and_says_so(synced: Cli) -> None:
    async with assistant(synced) as session:
        tools = (await session.list_tools()).tools
    assert {tool.name for tool in tools} == {
        "search", "list_items", "list_categories", "show", "changes", "history", "stats", "epg_now", "epg_show",
        "epg_search",
    }  # fmt: skip
    assert all(tool.annotations is not None and tool.annotations.read_only_hint and tool.description for tool in tools)


async def test_no_secret_and_no_stream_address_is_returned(synced: Cli) -> None:
    async with assistant(synced) as session:
        answers = [
            await session.call_tool("search", {"query": USERNAME}),
            await session.call_tool("list_items", {"what": "channels", "limit": 1000}),
            await session.call_tool("show", {"kind": "channel", "id": "1003"}),
            await session.call_tool("stats", {}),
        ]
    text = "".join(str(answer) for answer in answers)
    assert PASSWORD not in text and "/live/" not in text and "http://127" not in text


@pytest.mark.parametrize("query", ["--help", "-", "--profile=other", "; rm -rf /", "\u202e", "-- --json"])
async def test_any_text_is_only_something_to_look_for(synced: Cli, query: str) -> None:
    async with assistant(synced) as session:
        result = await session.call_tool("search", {"query": query})
        if query == "-":
            assert result.is_error
        else:
            assert json.loads(result.content[0].text)["query"] == query  # type: ignore[union-attr]
        assert (await ask(session, "search", query="nosferatu"))["total"] >= 1  # still there


async def test_errors_are_the_sentences_of_the_command_line(synced: Cli) -> None:
    async with assistant(synced) as session:
        for tool, arguments, words in (
            ("show", {"kind": "movie", "id": "no-such"}, "no movie with the id no-such"),
            ("list_items", {"what": "movies", "genre": "No such"}, "no movie genre"),
            ("changes", {"since": "whenever"}, "not a point in time"),
        ):
            result = await session.call_tool(tool, arguments)
            assert result.is_error and words in str(result.content)


async def test_the_handbook_is_there_to_read(synced: Cli) -> None:
    async with assistant(synced) as session:
        resources = (await session.list_resources()).resources
        assert {str(resource.uri) for resource in resources} == {f"handbook://{name}" for name in TITLES}
        name = next(iter(TITLES))
        read = await session.read_resource(f"handbook://{name}")
        assert read.contents[0].text == chapter(name).text  # type: ignore[union-attr]


def test_an_unknown_profile_is_said_before_it_starts(synced: Cli) -> None:
    assert "nobody" in synced("mcp", "--profile", "nobody", expect=2).err
