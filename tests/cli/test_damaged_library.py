"""A library whose bits flipped: every command ends with an answer or one plain line, and a check or a sync helps."""

from __future__ import annotations

import random

import pytest
from click.testing import CliRunner

from tests.cli.invoke import Cli
from tui_app.cli import root_command
from tui_app.paths import HOME_VARIABLE

_COMMANDS = (
    ("list", "movies", "--sort", "name", "--limit", "500"),
    ("list", "series", "--sort", "rating"),
    ("list", "categories"),
    ("search", "keton"),
    ("stats",),
    ("cache", "check"),
    ("cache", "compact"),
)


def flip(content: bytes, seed: int) -> bytes:
    """Some bits flipped, some sectors overwritten."""
    rng = random.Random(seed)
    changed = bytearray(content)
    for _ in range(rng.choice((5, 30, 100))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    for _ in range(rng.randint(0, 12)):
        start = rng.randrange(len(changed) // 512) * 512
        changed[start : start + 512] = rng.randbytes(512)
    return bytes(changed)


def run_all(cli: Cli, seeds: range) -> int:
    """How many commands said that something is wrong; none may do worse than that."""
    library = cli.paths.library_db("home")
    sound = library.read_bytes()
    said = 0
    for seed in seeds:
        library.write_bytes(flip(sound, seed))
        for command in _COMMANDS:
            result = CliRunner(env={HOME_VARIABLE: str(cli.home)}).invoke(root_command, [*command, "--json"])
            assert result.exception is None or isinstance(result.exception, SystemExit), (seed, command, result)
            assert result.exit_code in (0, 1), (seed, command, result.output)
            said += result.exit_code
    return said


def test_no_command_crashes_whatever_bits_flip(synced: Cli) -> None:
    assert run_all(synced, range(8)) > 4


@pytest.mark.slow
def test_no_command_crashes_whatever_bits_flip_at_length(synced: Cli) -> None:
    assert run_all(synced, range(8, 108)) > 50


def test_a_damaged_library_is_made_anew_by_clearing_and_syncing(synced: Cli) -> None:
    library = synced.paths.library_db("home")
    content = bytearray(library.read_bytes())
    quarter = len(content) // 4
    content[-quarter:] = b"\xff" * quarter
    library.write_bytes(content)
    assert "cache clear" in synced("cache", "check", expect=1).out
    # The damaged file was set aside already.
    assert synced.json("cache", "clear", "--yes") == {"profile": "home", "cleared": True, "items": 0}
    assert synced.json("sync")["movies"]["total"] == 240
    assert synced.json("cache", "check")["sound"]
