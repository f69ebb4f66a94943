"""What shells offer behind a Tab: asked the way each shell asks, then in the shells themselves."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import click
import pytest

from tests.cli.invoke import Cli
from tests.support.command_line import REPOSITORY, CommandLine
from tests.support.pty_app import PtyApp
from tui_app.catalog import Kind
from tui_app.catalog.filters import KEYS
from tui_app.cli.main import root_command
from tui_app.cli.params import COMPLETION_VARIABLE
from tui_app.cli.reference import commands_of
from tui_app.store.user.user_store import UserStore

AWKWARD = """Kids' "Fun", Films & $HOME *"""


def offered(home: Path, words: str, *, begun: str = "") -> list[str]:
    """What bash is answered for `xtream-tui WORDS BEGUN<Tab>`."""
    line = ["xtream-tui", *words.split(), begun]
    asked = {COMPLETION_VARIABLE: "bash_complete", "COMP_WORDS": "\n".join(line), "COMP_CWORD": str(len(line) - 1)}
    answer = CommandLine(home, extra_environment=asked).run("")
    return [entry.partition(",")[2] for entry in answer.out.splitlines() if entry]


def unescaped(values: list[str]) -> list[str]:
    return [value.replace("\\", "") for value in values]


@pytest.fixture
def named_awkwardly(synced: Cli) -> Cli:
    """A synced home with one movie category that shells have trouble with."""
    with closing(sqlite3.connect(synced.paths.library_db("home"))) as library, library:
        library.execute("UPDATE category SET name = ? WHERE key = (SELECT min(key) FROM category WHERE kind = 'movie')",
                        (AWKWARD,))  # fmt: skip
    return synced


def test_every_command_and_option_is_offered() -> None:
    for command in commands_of(root_command):
        ctx, found = click.Context(root_command), root_command
        for name in command.name.split():
            sub = found.get_command(ctx, name) if isinstance(found, click.Group) else None
            assert sub is not None
            ctx = click.Context(sub, parent=ctx)
            found = sub  # type: ignore[assignment]
        offered_options = {item.value for item in found.shell_complete(ctx, "--")}
        assert {option.names[0] for option in command.options} <= offered_options
        if command.is_group:
            inside = {other.name.rpartition(" ")[2] for other in commands_of(root_command)
                      if other.name.rpartition(" ")[0] == command.name and other.name}  # fmt: skip
            assert inside <= {item.value for item in found.shell_complete(ctx, "")}


def test_profiles_kinds_categories_and_genres_are_offered(synced: Cli) -> None:
    assert offered(synced.home, "--profile") == ["home"]
    assert offered(synced.home, "sync") == ["home"]
    assert offered(synced.home, "sync home") == []  # named already
    assert offered(synced.home, "profile remove", begun="H") == ["home"]
    assert offered(synced.home, "search x --kind") == ["channel", "movie", "series", "episode"]
    assert offered(synced.home, "sync --only", begun="movies,") == ["movies,channels", "movies,series"]
    categories = [row["name"] for row in synced.json("list", "categories", "--kind", "movie")["items"]]
    assert offered(synced.home, "list movies --category") == [name for name in categories if name != "Uncategorised"]
    assert set(offered(synced.home, "list channels --category")).isdisjoint(categories)
    genres = offered(synced.home, "list movies --genre", begun="dr")
    assert "Drama" in genres
    assert all(genre.lower().startswith("dr") for genre in genres)


def test_keys_and_values_of_a_filter_are_offered(synced: Cli) -> None:
    filters = "list movies --filter"
    assert offered(synced.home, filters) == [f"{key.name}:" for key in KEYS]
    assert offered(synced.home, filters, begun="qu") == ["quality:"]
    assert "genre:Drama" in unescaped(offered(synced.home, filters, begun="genre:dr"))
    assert unescaped(offered(synced.home, filters, begun="'year:1920 -genre:wes'")) == ["year:1920 -genre:Western"]
    assert unescaped(offered(synced.home, filters, begun="is:unw")) == ["is:unwatched"]
    categories = [row["name"] for row in synced.json("list", "categories", "--kind", "movie")["items"]]
    found = unescaped(offered(synced.home, filters, begun="cat:cla"))
    assert found == [f'cat:"{name}"' for name in categories if name.startswith("CLASSICS")]
    assert offered(synced.home, "list channels --filter", begun="cat:cla") == []


def test_saved_filters_of_the_kind_are_offered(synced: Cli) -> None:
    assert offered(synced.home, "list movies --saved") == []
    with UserStore(synced.paths.user_db) as user:
        for kind, name in ((Kind.MOVIE, "Old ones"), (Kind.MOVIE, "Best"), (Kind.SERIES, "Short")):
            user.save_filter("home", kind, name, "year:1920..1929")
    assert unescaped(offered(synced.home, "list movies --saved")) == ["Best", "Old ones"]
    assert unescaped(offered(synced.home, "export movies --saved", begun="o")) == ["Old ones"]
    assert offered(synced.home, "list series --saved") == ["Short"]


def test_an_option_named_like_ours_completes_like_ours() -> None:
    """`--category` of any command, also one that comes later, offers categories, and so on."""
    wanted = {"category", "genre", "kind", "profile", "only", "shell", "what", "filter_text", "saved"}
    lacking = [
        f"{command.name} {parameter.name}: add shell_complete= (tui_app/cli/completing.py)"
        for command in _click_commands(root_command)
        for parameter in command.params
        if parameter.name in wanted
        and parameter._custom_shell_complete is None
        and not isinstance(parameter.type, click.Choice)
    ]
    assert lacking == []


def _click_commands(group: click.Group) -> list[click.Command]:
    ctx = click.Context(group)
    found = [command for name in group.list_commands(ctx) if (command := group.get_command(ctx, name)) is not None]
    return [group, *found, *(inner for sub in found if isinstance(sub, click.Group) for inner in _click_commands(sub))]


def test_nothing_to_offer_is_no_error_and_changes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "nobody"
    assert offered(home, "list movies --category") == []
    assert not home.exists()
    settings = home / "config" / "profiles.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("this is no toml [")
    assert offered(home, "sync") == []


def test_a_damaged_library_is_left_alone(synced: Cli) -> None:
    library = synced.paths.library_db("home")
    library.write_bytes(b"no database" * 1000)
    assert offered(synced.home, "list movies --category") == []
    assert library.read_bytes() == b"no database" * 1000


def test_an_answer_is_quick(synced: Cli) -> None:
    """Under 0.3 s of one core, the interpreter's start included: the shell stands still meanwhile."""
    spent = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert offered(synced.home, "list movies --category")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(spent) < 0.3


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_in_order_for_its_shell(cli: Cli, shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    script = tmp_path / "script"
    script.write_text(cli("completion", shell).out)
    done = subprocess.run([shell, "-n", str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


_STARTS = {
    "bash": "bash --norc --noprofile -i",
    "zsh": "zsh -f -i",
    "fish": "fish --no-config --interactive",
}
_PREPARE = {
    "bash": 'bind "set bell-style none"; eval "$(xtream-tui completion bash)"; PS1="ready""> "',
    "zsh": 'autoload -Uz compinit; compinit -u -D; eval "$(xtream-tui completion zsh)"; PS1="ready""> "',
    "fish": 'xtream-tui completion fish | source; function fish_prompt; echo -n "ready""> "; end',
}


@pytest.mark.parametrize("shell", list(_STARTS))
def test_a_name_with_blanks_commas_and_quotes_arrives_whole(named_awkwardly: Cli, shell: str, tmp_path: Path) -> None:
    """Typed in the real shell with one Tab, and run: the program is given exactly the category's name."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    bin_folder = _with_the_program(tmp_path)
    environment = {
        "XTREAM_TUI_HOME": str(named_awkwardly.home), "PATH": f"{bin_folder}:{os.environ['PATH']}",
        "HOME": str(tmp_path), "TERM": "xterm", "PYTHONPATH": str(REPOSITORY),
    }  # fmt: skip
    own_terminal = (
        "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
    )
    argv = [sys.executable, "-c", own_terminal, *_STARTS[shell].split()]
    with PtyApp(argv, columns=200, env=environment) as terminal:
        terminal.settle(0.5)
        terminal.write(_PREPARE[shell].encode() + b"\r")
        terminal.wait_for("ready>")
        terminal.settle(0.2)
        terminal.write(b"xtream-tui list movies --category Kid\t")
        terminal.wait_for("Films")
        terminal.write(b"\r")
        terminal.wait_for("given:")
        terminal.settle(0.2)
        assert f"given:<{AWKWARD}>" in terminal.text


def _with_the_program(tmp_path: Path) -> Path:
    """A folder with an `xtream-tui` that completes as ours does, and when it is run prints its last argument."""
    folder = tmp_path / "bin"
    folder.mkdir()
    command = folder / "xtream-tui"
    command.write_text(f"""#!/bin/sh
if [ -n "${COMPLETION_VARIABLE}" ] || [ "$1" = completion ]; then exec "{sys.executable}" -m tui_app "$@"; fi
for last; do :; done
printf 'given:<%s>\\n' "$last"
""")
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    return folder
